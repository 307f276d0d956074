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
from expectations.marts import Mart, PublishError

log = logging.getLogger(__name__)

FIGURES_OF = "channel_performance"
REPORTS = Mart(
    name="channel_reports",
    description=(
        "One row per month, attribution model, conversion type, channel and time that its figures "
        "stood in what was published. Ask for one moment, one model and one type before adding "
        "anything up."
    ),
    column_types={
        **dict.fromkeys(("attribution_model", "conversion_type", "channel"), "varchar"),
        "report_month": "date",
        **dict.fromkeys(("conversions", "new_customers", "revenue", "spend"), "decimal(18, 4)"),
        **dict.fromkeys(("reported_from", "reported_until"), "timestamp"),
    },
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
SAME = " and ".join(
    f"past.{column} is not distinct from told.{column}"
    for column in REPORTS.column_descriptions
    if not column.startswith("reported")
)
# To four places: nobody reads more, and the last bits of a sum are no news.
HISTORY = f"""
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

    -- a clock that ran ahead before does not turn the history around
    clock as (
        select greatest(
            cast($now as timestamp),
            max(greatest(reported_from, reported_until)) + interval 1 millisecond
        ) as now
        from past
    ),

    told as (
        select
            figures.*,
            clock.now as reported_from,
            cast(null as timestamp) as reported_until
        from figures
        cross join clock
    ),

    standing as (
        select past.*
        from past
        inner join told on {SAME}
        where past.reported_until is null
    ),

    ended as (
        select * replace (coalesce(reported_until, (select now from clock)) as reported_until)
        from (from past except all from standing)
    ),

    fresh as (
        select told.*
        from told
        anti join standing as past on {SAME}
    )

    from ended union all from standing union all from fresh
    order by all
"""
COLUMNS = ", ".join(f"{column} {kind}" for column, kind in REPORTS.column_types.items())
COUNT = "select count(*) from read_parquet($1)"


def carry_reports(candidate: Path, batches: Iterable[Path], now: datetime) -> int | None:
    """Write the candidate's history, from that of the batch before and the figures beside it.

    Args:
        candidate: holds channel_performance.parquet; without it the history stays as it is.
        batches: directories of published batches, the current one first.
        now: when the candidate is published (UTC).

    Returns:
        The rows written; None where there is neither a history nor a figure.

    Raises:
        PublishError: there is a history, and no batch's can be read.
    """
    file, figures = (parquet_file(candidate, name) for name in (REPORTS.name, FIGURES_OF))
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        past = _past(connection, batches)
        if figures.exists():
            parameters = {"figures": str(figures), "now": now}
            connection.execute(f"create table history as {HISTORY}", parameters)
            connection.table("history").write_parquet(str(file), compression="zstd")
        elif past:
            shutil.copyfile(past, file)
        else:
            return None
        ((rows,),) = connection.execute(COUNT, [str(file)]).fetchall()
    return rows


def _past(connection: duckdb.DuckDBPyConnection, batches: Iterable[Path]) -> Path | None:
    """Make the table `past` of the newest history that can be read; where it lies."""
    connection.execute(f"create table past ({COLUMNS})")
    files = [file for batch in batches if (file := parquet_file(batch, REPORTS.name)).exists()]
    for file in files:
        try:
            connection.execute("insert into past from read_parquet($1)", [str(file)])
        except duckdb.Error as error:
            log.warning("%s cannot be read, an older batch is asked: %s", file, error)
        else:
            return file
    if files:
        raise PublishError(
            f"what was reported cannot be read from {files[0]}, nor from older batches: put a copy "
            "of it back, or delete these files to begin a new history, once with --allow-shrink"
        )
    return None
