"""Journey paths of N touches: the product's model beside counting the pairs and the usual list."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from benchmarks.measure import Benchmark, Contender, Work
from benchmarks.warehouse import (
    build_statement,
    compile_models,
    execute,
    fill,
    make_empty,
    sql_work,
)

MODEL = "int_touchpoints_sequenced"

# 25 touches a customer over 90 days, a few customers very busy (Pareto 1.5), 20 channels.
TOUCHES = """
    select
        cast(hash(i, 1) >> 1 as bigint) as touchpoint_id,
        'session' as touchpoint_kind,
        'c' || lpad(cast(cast(floor({customers} * pow(random(), 3)) as bigint) as varchar), 19, '0')
            as customer_id,
        'channel_' || cast(floor(random() * 20) as int) as channel,
        'campaign_' || cast(floor(random() * 50) as int) as campaign_id,
        1.0 as weight,
        timestamp '2026-07-01' + to_microseconds(cast(random() * 7776e9 as bigint)) as touched_at
    from range({touches}) as series (i)
"""
# Who touches more converts more: every fiftieth touch.
CONVERSIONS = """
    create or replace table intermediate.int_conversions_identified as
    select
        cast(hash(touchpoint_id) >> 1 as bigint) as conversion_id, 'purchase' as conversion_type,
        customer_id, touched_at + interval 10 minute as converted_at, 1.0 as revenue,
        touched_at + interval 10 minute - interval 30 day as window_started_at,
        cast(null as timestamp) as lead_at
    from intermediate.int_touchpoints_identified
    where touchpoint_id % 50 = 0
"""
PAIRS = """
    from intermediate.int_conversions_identified as conversions
    inner join intermediate.int_touchpoints_identified as touches
        on
            conversions.customer_id = touches.customer_id
            and touches.touched_at <= conversions.converted_at
            and touches.touched_at > conversions.converted_at - interval 30 day
"""
COUNT = f"create table pairs as select count(*) as pair_count {PAIRS}"
LISTS = f"""
    create table lists as
    select
        conversions.conversion_id,
        list(touches.channel order by touches.touched_at, touches.touchpoint_id) as path
    {PAIRS}
    group by conversions.conversion_id
"""


def prepare(directory: Path, events: int) -> None:
    warehouse = directory / "warehouse"
    make_empty(warehouse)
    touches = TOUCHES.format(touches=events, customers=events // 25)
    fill(warehouse, "intermediate.int_touchpoints_identified", touches)
    compile_models(warehouse, MODEL)
    execute(warehouse, "drop view intermediate.int_conversions_identified", CONVERSIONS)


def ours(directory: Path, _: int) -> Work:
    warehouse = directory / "warehouse"
    return sql_work(
        warehouse,
        [build_statement(warehouse, MODEL)],
        f"from intermediate.{MODEL} select count(distinct conversion_id), count(*)",
    )


def in_sql(statements: list[str], outcome: str, directory: Path, _: int) -> Work:
    return sql_work(directory / "warehouse", statements, outcome)


BENCHMARK = Benchmark(
    "journey paths of N touches",
    prepare,
    (
        Contender("count the pairs", partial(in_sql, [COUNT], "from pairs")),
        Contender(
            "range join, list(order by)",
            partial(in_sql, [LISTS], "from lists select count(*), sum(len(path))"),
        ),
        Contender("ours, last 50 touches", ours),
    ),
)
