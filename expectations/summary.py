"""Summary: what the current batch says, in one screen of plain text."""

import json
import shlex
import sys
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from expectations.marts import PublishError
from expectations.publish import time_of
from expectations.reported import REPORTS
from ingestion.warehouse import Warehouse

ZONE = ZoneInfo("Asia/Shanghai")
UNATTRIBUTED = "unattributed"
# The order a reader expects; models that are not in it follow by name.
# As many as a terminal has room for; the marts have all.
MODELS = (
    *("first_touch", "last_touch", "last_non_direct"),
    *("linear", "time_decay", "position_based", "shapley", "markov_1"),
)
MONTHS_TOLD = 3
# Orders, or where there are none aggregated paths: never both, which may be of the same orders.
# Spend stands beside orders in either case.
IS_SHOWN = """(
    conversion_type = 'purchase'
    or conversion_type = 'path'
    and not exists (from touchpoint_credits where conversion_type = 'purchase')
)"""


def summarize(warehouse: Warehouse) -> str:
    """Return the end-of-run summary of the published marts.

    Raises:
        PublishError: nothing is published yet.
    """
    current = warehouse.current()
    if current is None:
        raise PublishError(f"{warehouse.pointer} is missing: run python -m expectations publish")
    database = warehouse.published / current["database"]
    with duckdb.connect(str(database), read_only=True) as connection:
        sections = [
            _heading(current),
            _totals(connection, current["marts"]),
            _restated(connection, current),
            _credits(connection, current["marts"]),
            _return_on_spend(connection, current["marts"]),
            _to_be_estimated(connection, current["marts"]),
            _places(warehouse, current, database),
        ]
    return "\n\n".join(section for section in sections if section)


def width(text: str) -> int:
    """Return how many terminal cells a text takes: a Chinese character takes two."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Align text columns: the first to the left, the others to the right."""
    widths = [max(map(width, column)) for column in zip(header, *rows, strict=True)]
    return "\n".join(
        "  ".join(
            _padded(cell, cells, left=number == 0)
            for number, (cell, cells) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in (header, *rows)
    )


def _padded(text: str, cells: int, *, left: bool) -> str:
    padding = " " * (cells - width(text))
    return text + padding if left else padding + text


def _heading(current: dict[str, Any]) -> str:
    at = datetime.fromisoformat(current["published_at"]).astimezone(ZONE)
    return f"Published {current['batch']} ({at:%Y-%m-%d %H:%M} {ZONE.key})"


def _totals(connection: duckdb.DuckDBPyConnection, marts: dict[str, Any]) -> str:
    lines = []
    if "customers" in marts:
        found, identified, identifiers = connection.execute(
            "select count(*), count(*) filter (is_identified), sum(identifier_count) from customers"
        ).fetchall()[0]
        told = f"{found:,} found, {identified:,} identified, {identifiers or 0:,} identifiers"
        lines.append(("Customers", told if found else "none found"))
    if "customer_matches" in marts:
        (likely,) = connection.execute(
            "select count(*) from customer_matches where probability >= 0.8"
        ).fetchall()[0]
        if likely:
            lines.append(("Likely", f"{likely:,} of them part of another one, p >= 0.8"))
    if "orders" in marts:
        sold, returned, open_orders, gross, refunded, net = connection.execute(
            """
            with counted as (
                select *, order_kind = 'return'
                    or (paid_at is not null and order_status <> 'cancelled') as counts
                from orders
            )
            select
                count(*) filter (counts and order_kind = 'sale'),
                count(*) filter (order_kind = 'return'),
                count(*) filter (not counts),
                coalesce(sum(gross_revenue) filter (counts), 0),
                coalesce(sum(refunded_revenue) filter (counts), 0),
                coalesce(sum(net_revenue), 0)
            from counted
            """
        ).fetchall()[0]
        if sold or returned or open_orders:
            told = f"{sold:,} sales, {returned:,} returns, {open_orders:,} unpaid or cancelled"
            lines.append(("Orders", told))
            told = f"{gross:,.2f} gross, {refunded:,.2f} refunded, {net:,.2f} net (CNY)"
            lines.append(("Revenue", told))
        else:
            lines.append(("Orders", "none"))
    return "\n".join(f"{label:<11}{text}" for label, text in lines)


def _restated(connection: duckdb.DuckDBPyConnection, current: dict[str, Any]) -> str:
    """Months that were over, and of which this batch tells other figures than the one before."""
    if REPORTS.name not in current["marts"]:
        return ""
    months = connection.execute(
        """
        with this as (
            select max(greatest(reported_from, reported_until)) as told_at from channel_reports
        ),
        reports as (
            select
                *,
                reported_from < told_at and coalesce(reported_until >= told_at, true) as was_told,
                reported_until is null as is_told
            from channel_reports, this
            -- a batch without news adds nothing to the history
            where conversion_type = 'purchase' and told_at >= $now
        )
        select
            strftime(report_month, '%Y-%m'),
            sum(revenue) filter (was_told), sum(revenue) filter (is_told),
            sum(spend) filter (was_told), sum(spend) filter (is_told)
        from reports
        -- each model shows all revenue and all spend
        where attribution_model = (select min(attribution_model) from reports where is_told)
        group by report_month
        having
            report_month < (select max(report_month) from reports)
            and bool_or(was_told)
            and (
                round(sum(revenue) filter (was_told), 2) <> round(sum(revenue) filter (is_told), 2)
                or round(sum(spend) filter (was_told), 2) <> round(sum(spend) filter (is_told), 2)
            )
        order by report_month desc
        """,
        {"now": time_of(current["batch"]).replace(tzinfo=None)},
    ).fetchall()
    lines = []
    for month, revenue_then, revenue, spend_then, spend in months[:MONTHS_TOLD]:
        told = [f"{month}:"]
        if round(revenue, 2) != round(revenue_then, 2):
            told.append(f"purchases {revenue_then:,.2f} → {revenue:,.2f}")
        if round(spend, 2) != round(spend_then, 2):
            told.append(f"spend {spend_then:,.2f} → {spend:,.2f}")
        lines.append(f"{'' if lines else 'Restated':<11}{' '.join(told)} (CNY)")
    if len(months) > MONTHS_TOLD:
        lines.append(f"{'':<11}and {len(months) - MONTHS_TOLD} months before: channel_reports")
    return "\n".join(lines)


def _credits(connection: duckdb.DuckDBPyConnection, marts: dict[str, Any]) -> str:
    if "touchpoint_credits" not in marts:
        return ""
    cells = connection.execute(
        f"""
        select coalesce(channel, '-'), attribution_model, sum(conversions)
        from touchpoint_credits
        where {IS_SHOWN}
        group by all
        """
    ).fetchall()
    if not cells:
        return "Conversions credited to channels: none yet, no order has converted"
    credited = {(channel, model): value for channel, model, value in cells}
    models = _in_order({model for _, model, _ in cells})
    total = {
        channel: sum(credited.get((channel, model), 0) for model in models)
        for channel, _, _ in cells
    }
    # Rounded, so that channels with equal credits keep the order of their names.
    channels = sorted(total, key=lambda name: (name == UNATTRIBUTED, -round(total[name], 6), name))
    names = _channel_names(connection)
    rows = [
        [names.get(channel, channel), *(_number(credited.get((channel, m)), 1) for m in models)]
        for channel in channels
    ]
    sums = [sum(credited.get((c, model), 0) for c in channels) for model in models]
    rows.append(["total", *(_number(value, 1) for value in sums)])
    return "Conversions credited to channels, by model\n" + table(["channel", *models], rows)


def _return_on_spend(connection: duckdb.DuckDBPyConnection, marts: dict[str, Any]) -> str:
    if not {"channel_performance", "touchpoint_credits"} <= marts.keys():
        return ""
    cells = connection.execute(
        f"""
        select coalesce(channel, '-'), attribution_model, sum(spend), sum(revenue) / sum(spend)
        from channel_performance
        where {IS_SHOWN}
        group by all
        having sum(spend) > 0
        """
    ).fetchall()
    if not cells:
        return "Return on ad spend: no spend is known"
    models = _in_order({model for _, model, _, _ in cells})
    spent = {channel: spend for channel, _, spend, _ in cells}
    roas = {(channel, model): value for channel, model, _, value in cells}
    names = _channel_names(connection)
    rows = [
        [
            names.get(channel, channel),
            _number(spent[channel], 2),
            *(_number(roas.get((channel, model)), 2) for model in models),
        ]
        for channel in sorted(spent, key=lambda name: (-spent[name], name))
    ]
    header = ["channel", "spend (CNY)", *models]
    return "Return on ad spend (revenue ÷ spend), by model\n" + table(header, rows)


def _to_be_estimated(connection: duckdb.DuckDBPyConnection, marts: dict[str, Any]) -> str:
    """Credits share out what happened; what channels changed is asked by a command of its own."""
    if not {"channel_effects", "touchpoint_credits"} <= marts.keys():
        return ""
    (is_due,) = connection.execute(
        """
        select exists (from touchpoint_credits where conversion_type = 'purchase')
            and not exists (from channel_effects)
        """
    ).fetchall()[0]
    command = f"{shlex.quote(sys.executable)} -m ingestion effects"
    return f"{'Effects':<11}not estimated yet; what channels changed: {command}" if is_due else ""


def _places(warehouse: Warehouse, current: dict[str, Any], database: Path) -> str:
    report = (warehouse.published / current["report"]).resolve()
    lines = [
        ("Files", f"{database.parent}/*.parquet, {len(current['marts'])} marts"),
        ("Report", f"{report}"),
        ("Open", _open_command(database)),
    ]
    return "\n".join(f"{label:<11}{text}" for label, text in lines)


def _open_command(database: Path) -> str:
    """What lists the marts: DuckDB's package is installed, its own program is not."""
    path = json.dumps(str(database), ensure_ascii=False)
    code = f'import duckdb; duckdb.connect({path}, True).sql("show tables").show(max_rows=99)'
    return f"{shlex.quote(sys.executable)} -c {shlex.quote(code)}"


def _channel_names(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return the display names of channels, from channel_performance or the first that has them."""
    holder = connection.execute(
        """
        select table_name from duckdb_columns()
        where column_name in ('channel', 'channel_name')
        group by table_name having count(*) = 2
        order by table_name <> 'channel_performance', table_name limit 1
        """
    ).fetchone()
    if holder is None:
        return {}
    return dict(
        connection.execute(
            f'select channel, any_value(channel_name) from "{holder[0]}"'
            " where channel is not null and channel_name is not null group by channel"
        ).fetchall()
    )


def _in_order(models: set[str]) -> list[str]:
    return [model for model in MODELS if model in models] or sorted(models)


def _number(value: Any, digits: int) -> str:
    return "-" if value is None else f"{value:,.{digits}f}"
