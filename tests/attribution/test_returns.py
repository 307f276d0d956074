"""What is taken back or called off is taken off its sale, on its own day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ingestion.records import BadRecord, Record
from ingestion.warehouse import Warehouse
from tests.ingestion import wire
from tests.warehouse import worlds
from tests.warehouse.worlds import query

HEADER = f"{wire.POS_HEADER},原门店编号,原收银机号,原营业日期,原小票号"
DECLARED = """
files:
  - name: shop
    path: "shop*.csv"
    shape: orders
    columns: {customer: 客户, order_id: 单号, occurred_at: 下单, amount: 金额, status: 状态,
      refunded: 退款, updated_at: 更新}
    key: [单号]
"""
SHOP_HEADER = "客户,单号,下单,金额,状态,退款,更新"
PROMISES = (
    "assert_orders_hold_the_money_of_their_lines",
    "assert_postings_of_a_conversion_sum_to_its_revenue",
)
MODELS = ("+conversions", "+conversion_postings", "+touchpoint_credits", "+orders")


def row(receipt: int, day: str, amount: str, original: str = ",,,", **fields: str) -> str:
    kind = {"type": "RETURN", "qty": "-1"} if amount.startswith("-") else {}
    sold = wire.pos_row(
        receipt, date=day, at=f"{day} 12:00:00", amount=amount, **{**kind, **fields}
    )
    return f"{sold},{original}"


def export(warehouse: Path, name: str, *rows: str) -> None:
    folder = warehouse / "landing" / "pos_receipts"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")


def build(warehouse: Path, *options: str, manifests: Sequence[Path] = ()) -> None:
    wire.load(Warehouse(warehouse), *manifests)
    worlds.dbt(warehouse, "run", "--select", *MODELS, "--exclude", "staging", *options)


def booked(warehouse: Path) -> list[tuple[Any, ...]]:
    """What is booked of each sale: the day it was sold on, kind, day and money."""
    return query(
        warehouse,
        "select conversion_date, posting_kind, posting_date, amount "
        "from marts.conversion_postings order by all",
    )


def credited(warehouse: Path) -> list[tuple[Any, ...]]:
    """What each sale is worth, to conversions and to every model alike."""
    return query(
        warehouse,
        """
        select
            conversion_date, conversions.revenue,
            count(distinct attribution_model) = (select count(*) from seeds.attribution_models)
        from marts.conversions
        inner join (
            select conversion_id, attribution_model, sum(revenue) as revenue
            from marts.touchpoint_credits
            group by all
        ) as credited on
            conversions.conversion_id = credited.conversion_id
            and abs(conversions.revenue - credited.revenue) < 1e-9
        group by all
        order by all
        """,
    )


def test_returns_lower_the_sale_they_name_and_no_longer_when_they_are_voided(
    tmp_path: Path,
) -> None:
    first, second, back = date(2026, 7, 1), date(2026, 7, 2), date(2026, 7, 8)
    worlds.empty_warehouse(tmp_path)
    # a return may come sooner than its sale: tills upload late
    early = row(5, "2026-07-08", "-20.00", ",,20260702,R2", store="S1", pos="P1")
    # bought as a member, brought back by somebody to another store
    other = row(6, "2026-07-08", "-30.00", "S1,P1,2026-07-01,R1", store="S9", pos="P3")
    export(tmp_path, "2026-07-01.csv", row(1, "2026-07-01", "100.00", member="M1"))
    export(tmp_path, "2026-07-08.csv", early, row(7, "2026-07-08", "-5.00", member="M1"))
    build(tmp_path)
    assert credited(tmp_path) == [(first, 100, True)]

    export(tmp_path, "2026-07-09.csv", other, row(2, "2026-07-02", "50.00", member="M2"))
    build(tmp_path)
    assert credited(tmp_path) == [(first, 70, True), (second, 30, True)]
    assert booked(tmp_path) == [
        (first, "conversion", first, 100),
        (first, "refund", back, -30),
        (second, "conversion", second, 50),
        (second, "refund", back, -20),
    ]
    # money stands once: in orders the return is a document of its own, and says of what
    assert query(tmp_path, "select sum(net_revenue) from marts.orders") == [(Decimal(95),)]
    assert query(
        tmp_path,
        "select sales.source_order_id, returns.net_revenue from marts.orders as returns "
        "inner join marts.orders as sales on returns.original_order_id = sales.order_id order by 1",
    ) == [("S1/P1/2026-07-01/R1", -30), ("S1/P1/2026-07-02/R2", -20)]

    export(tmp_path, "2026-07-10.csv", row(8, "2026-07-08", "1.00", store="S9", pos="P3"))
    build(tmp_path)
    kept = [(first, 100, True), (second, 30, True), (back, 1, True)]
    assert credited(tmp_path) == kept
    postings = booked(tmp_path)
    build(tmp_path, "--full-refresh")
    assert credited(tmp_path) == kept
    assert booked(tmp_path) == postings


@pytest.mark.parametrize("late", [False, True])
def test_what_was_paid_and_is_called_off_is_paid_back_on_that_day(
    tmp_path: Path, late: bool
) -> None:
    """The month it was sold in stays as it was told, whichever of the two arrives first."""
    sold, partly_back, off = date(2026, 7, 1), date(2026, 7, 20), date(2026, 8, 5)
    worlds.empty_warehouse(tmp_path)
    manifest = wire.declare(tmp_path, DECLARED)
    paid = "c1,A,2026-07-01 12:00:00,100,paid,,2026-07-01 12:05:00"
    # of a cancelled order shops often show no money
    cancelled = "c1,A,2026-07-01 12:00:00,0,cancelled,,2026-08-05 09:00:00"
    never = "c2,B,2026-07-02 12:00:00,70,cancelled,,2026-07-03 09:00:00"
    # some of it was paid back before
    partly = "c1,A,2026-07-01 12:00:00,100,paid,30,2026-07-20 09:00:00"
    files = [[paid, never, partly], [cancelled]]
    files = files[::-1] if late else files
    for number, rows in enumerate(files):
        (tmp_path / f"shop{number}.csv").write_text("\n".join([SHOP_HEADER, *rows, ""]))
        build(tmp_path, manifests=[manifest])
    told = [
        (sold, "conversion", sold, 100),
        (sold, "refund", partly_back, -30),
        (sold, "refund", off, -70),
    ]
    assert booked(tmp_path) == told
    assert credited(tmp_path) == [(sold, 0, True)]
    worlds.dbt(tmp_path, "test", "--select", *PROMISES)
    statuses = "select source_order_id, order_status, net_revenue from marts.orders order by 1"
    assert query(tmp_path, statuses) == [("A", "refunded", 0), ("B", "cancelled", 0)]
    build(tmp_path, "--full-refresh", manifests=[manifest])
    assert booked(tmp_path) == told


@pytest.mark.parametrize(
    ("original", "reason"),
    [
        (",,2026-06-30,", "original_receipt_no of the RETURN is missing"),
        (",,,R1", "original_business_date of the RETURN is missing"),
        (",,someday,R1", "'someday' is not a time"),
    ],
)
def test_half_a_receipt_is_told_and_its_neighbours_land(original: str, reason: str) -> None:
    # a till may fill in the store of every line, and half a name means nothing on a sale
    rows = [
        row(1, "2026-07-01", "-9.90", "S2,,,"),
        row(2, "2026-07-01", "-9.90", original),
        row(3, "2026-07-01", "9.90", original),
    ]
    results = wire.read("pos_receipts", "\n".join([HEADER, *rows]).encode())
    assert [type(result) for result in results] == [Record, BadRecord, Record]
    bad = results[1]
    assert isinstance(bad, BadRecord)
    assert reason in bad.reason
    assert bad.position == "line 3"
