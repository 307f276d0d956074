"""What was reported: the figures of channels by month, for as long as each batch told them.

Marts say what is known now; who closed July on the third of August asks for what was known then.
Each batch carries the history of the one before it, and what its own figures change. So the history
is published, audited and kept like every mart, and holds nothing that readers never saw.
"""

import logging
import shutil
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import duckdb

from expectations.export import parquet_file
from expectations.marts import Mart

log = logging.getLogger(__name__)

FIGURES_OF = "channel_performance"
REPORTS = Mart(
    name="channel_reports",
    description=(
        "One row per month, attribution model, conversion type, channel and time that its figures "
        "stood in what was published. Ask for one moment, one model and one type before adding "
        "anything up."
    ),
    column_descriptions={
        "attribution_model": "The model (seed attribution_models)",
        "conversion_type": "What counted as a conversion (seed conversion_types)",
        "channel": "The channel (seed channels), or unattributed",
        "report_month": "First day of the month; null for paths, which have no days",
        "conversions": "Conversions credited to the channel, as reported then",
        "new_customers": "Of these, those that were the first of their customer",
        "revenue": "What they were worth (CNY)",
        "spend": "What the channel cost (CNY)",
        "reported_from": "When the batch was published that first told these figures (UTC)",
        "reported_until": "When the batch was published that told others; null: told now (UTC)",
    },
)
# To four places: nobody reads more, and the last bits of a sum are no news.
HISTORY = """
    with figures as (
        select
            attribution_model,
            conversion_type,
            channel,
            cast(date_trunc('month', performance_date) as date) as report_month,
            cast(sum(conversions) as decimal(18, 4)) as conversions,
            cast(sum(new_customers) as decimal(18, 4)) as new_customers,
            cast(sum(revenue) as decimal(18, 4)) as revenue,
            cast(sum(spend) as decimal(18, 4)) as spend
        from read_parquet($figures)
        group by all
    ),

    told as (
        select
            *,
            cast($now as timestamp) as reported_from,
            cast(null as timestamp) as reported_until
        from figures
    ),

    past as (
        {past}
    ),

    standing as (
        select past.*
        from past
        inner join told on {same}
        where past.reported_until is null
    ),

    ended as (
        select * replace (coalesce(reported_until, cast($now as timestamp)) as reported_until)
        from (from past except all from standing)
    ),

    fresh as (
        select told.*
        from told
        anti join standing as past on {same}
    )

    from ended union all from standing union all from fresh
    order by all
"""
SAME = " and ".join(
    f"past.{column} is not distinct from told.{column}"
    for column in REPORTS.column_descriptions
    if not column.startswith("reported")
)


def carry_reports(candidate: Path, batches: Iterable[Path], now: datetime) -> int | None:
    """Write the candidate's history, from that of the batch before and the figures beside it.

    Args:
        candidate: holds channel_performance.parquet; without it the history stays as it is.
        batches: directories of published batches, the current one first.
        now: when the candidate is published (UTC).

    Returns:
        The rows written; None where there is neither a history nor a figure.
    """
    file, figures = (parquet_file(candidate, name) for name in (REPORTS.name, FIGURES_OF))
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        past = _newest_history(connection, batches)
        if figures.exists():
            before = f"from read_parquet('{past}')" if past else "from told limit 0"
            connection.execute(
                f"create table history as {HISTORY.format(past=before, same=SAME)}",
                {"figures": str(figures), "now": now},
            )
            connection.execute(f"copy history to '{file}' (format parquet, compression zstd)")
        elif past:
            shutil.copyfile(past, file)
        else:
            return None
        return _rows(connection, file)


def _newest_history(connection: duckdb.DuckDBPyConnection, batches: Iterable[Path]) -> Path | None:
    for file in (parquet_file(batch, REPORTS.name) for batch in batches):
        if file.exists():
            try:
                connection.execute("select * from read_parquet($1)", [str(file)]).fetchall()
            except duckdb.Error as error:
                log.warning("%s cannot be read, an older batch is asked: %s", file, error)
            else:
                return file
    return None


def _rows(connection: duckdb.DuckDBPyConnection, file: Path) -> int:
    ((rows,),) = connection.execute("select count(*) from read_parquet($1)", [str(file)]).fetchall()
    return rows
