"""Rule credits of N journeys: the product's model beside unnest + group by, and a package."""

from __future__ import annotations

from functools import partial
from importlib.util import find_spec
from pathlib import Path

from benchmarks.journeys import GROUPED_BY, JOURNEYS, journeys_told, tell_journeys
from benchmarks.measure import Benchmark, Contender, Work
from benchmarks.warehouse import (
    build_statement,
    compile_models,
    compiled,
    execute,
    fill,
    make_empty,
    opened_copy,
    sql_work,
    statements_as_work,
)

MODEL = "int_credits_by_rule"
SHARES = {"few": 20, "all": 1}
"""One journey in so many converts: the goal is stated for one in 20."""

TOUCHES = """
    select
        journey_id as conversion_id,
        'purchase' as conversion_type,
        'c' || lpad(cast(journey_id as varchar), 19, '0') as customer_id,
        cast(hash(journey_id, touch_position) >> 1 as bigint) as touchpoint_id,
        path[touch_position] as channel,
        'campaign_' || touch_position % 50 as campaign_id,
        1.0 as weight,
        cast(null as timestamp) as lead_at,
        timestamp '2026-07-30' - to_hours(13 * (len(path) - touch_position + 1)) as touched_at,
        13.0 * (len(path) - touch_position + 1) as hours_before,
        13.0 as nearest_hours_before,
        touch_position,
        len(path) as path_length
    from (
        select *, unnest(range(1, len(path) + 1)) as touch_position
        from journeys
        where journey_id % {one_in} = 0 and len(path) <= 50
    )
"""
UNNEST = """
    create temp table counted as
    select channel, count(*) as touches, sum(1.0 / path_length) as linear
    from (select unnest(path) as channel, len(path) as path_length from journeys)
    group by channel
"""
# The least that these three models cost: they look at the touches of conversions alone.
BY_HAND = """
    create temp table counted as
    select
        channel,
        count(*) filter (touch_position = 1) as first_touch,
        count(*) filter (touch_position = path_length) as last_touch,
        sum(1.0 / path_length) as linear
    from intermediate.int_touchpoints_sequenced
    group by channel
"""
# What the package tells, and no more: the ledger's credits of three models, added up.
TOTALS = """
    create temp table counted as
    select attribution_model, channel, sum(credit) as conversions, {value} as value
    from ({ledger}) as ledger {worth}
    group by attribution_model, channel
"""
WITHOUT_VALUE = {"value": "0", "worth": ""}
WITH_VALUE = {"value": "sum(credit * value)", "worth": "inner join worth using (conversion_id)"}
VALUED = {"": False, ", with values": True}
WORTH = """
    create table worth as
    select journey_id as conversion_id, 1.0 + journey_id % 100 as value
    from journeys
    where journey_id % 20 = 0
"""
LAST_TOUCHES = """
    select round(sum(conversions)), round(sum(value))
    from counted
    where attribution_model = 'last_touch'
"""
THREE = "delete from seeds.attribution_models where attribution_model not in {models}"
MODELS_OF_PACKAGE = ("first_touch", "last_touch", "linear")
OUTCOME = f"""
    select count(distinct conversion_id), count(*), round(sum(credit))
    from intermediate.{MODEL}
"""


def prepare(directory: Path, events: int) -> None:
    for name, one_in in SHARES.items():
        warehouse = directory / name
        make_empty(warehouse)
        execute(warehouse, JOURNEYS.format(journeys=events))
        fill(warehouse, "intermediate.int_touchpoints_sequenced", TOUCHES.format(one_in=one_in))
        compile_models(warehouse, MODEL)
    tell_journeys(directory / "few")
    execute(directory / "few", WORTH)


def ours(name: str, directory: Path, _: int) -> Work:
    warehouse = directory / name
    return sql_work(warehouse, [build_statement(warehouse, MODEL)], OUTCOME)


def totals(is_valued: bool, directory: Path, _: int) -> Work:
    """First, last and linear touch by channel, by the SQL of the ledger."""
    warehouse = directory / "few"
    database = opened_copy(warehouse)
    database.execute(THREE.format(models=MODELS_OF_PACKAGE))
    database.execute("checkpoint")
    told = WITH_VALUE if is_valued else WITHOUT_VALUE
    statement = TOTALS.format(ledger=compiled(warehouse, MODEL), **told)
    return statements_as_work(database, [statement], LAST_TOUCHES)


def unnest(directory: Path, _: int) -> Work:
    return sql_work(directory / "few", [UNNEST], "select cast(sum(touches) as bigint) from counted")


def by_hand(directory: Path, _: int) -> Work:
    outcome = "select cast(sum(last_touch) as bigint) from counted"
    return sql_work(directory / "few", [BY_HAND], outcome)


def channel_attribution(how: str, is_valued: bool, directory: Path, _: int) -> Work:
    """First, last and linear touch; fetching the journeys is part of the work."""
    from ChannelAttribution import heuristic_models

    def work() -> str:
        paths = journeys_told(directory / "few", how)
        if not is_valued:
            return f"{heuristic_models(paths, 'path', 'conversions')['last_touch'].sum():,.0f}"
        told = heuristic_models(paths, "path", "conversions", var_value="value")
        last = [told[f"last_touch_{what}"].sum() for what in ("conversions", "value")]
        return ", ".join(f"{total:,.0f}" for total in last)

    return work


BENCHMARK = Benchmark(
    "rule credits of N journeys",
    prepare,
    (
        Contender("unnest + group by channel", unnest),
        Contender("3 models by hand", by_hand),
        *(
            Contender(f"ours, 3 models by channel{told}", partial(totals, is_valued))
            for told, is_valued in VALUED.items()
        ),
        Contender("ours, ledger, one in 20 converts", partial(ours, "few")),
        Contender("ours, ledger, all convert", partial(ours, "all")),
        *(
            Contender(
                f"ChannelAttribution, {how}{told}", partial(channel_attribution, how, is_valued)
            )
            for how in GROUPED_BY
            for told, is_valued in VALUED.items()
            if find_spec("ChannelAttribution")
        ),
    ),
)
