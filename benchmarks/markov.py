"""Removal effects of N journeys: chains solved by dbt, beside counting their steps."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

import duckdb

from benchmarks.measure import Benchmark, Contender, Work
from benchmarks.warehouse import copy_of, dbt_work, execute, fill, make_empty, sql_work

MODELS = (
    *("int_paths_counted", "int_steps_grouped", "int_channel_transitions_counted"),
    *("int_channel_states_split", "int_channel_chains", "int_states_visited"),
    "channel_removal_effects",
)
# 1 + Poisson-like 3.1 touches a journey, 20 channels of unequal size, as in credits; here each
# touch is drawn by itself, so that every state of three channels occurs.
PATHS = """
    with touches as (
        select
            journey_id,
            unnest(range(1 + cast(floor(-3.63 * ln(1 - random())) as bigint))) as place
        from range({journeys}) as series (journey_id)
    ),
    walked as (
        select
            journey_id,
            string_agg('channel_' || cast(floor(20 * pow(random(), 2)) as int), ' > ') as path
        from touches
        where place < 50
        group by journey_id
    )
    select
        'purchase' as conversion_type,
        path,
        cast(journey_id % 20 as int) as sample_group,
        cast(0 as bigint) as path_length,
        count(*) filter (journey_id // 20 % 20 = 0) as conversions,
        0 as revenue,
        count(*) filter (journey_id // 20 % 20 <> 0) as non_conversions
    from walked
    group by path, sample_group
"""
STEPS = """
    create table counted as
    with walked as (
        select string_split(path, ' > ') as path, conversions + non_conversions as journeys
        from intermediate.int_paths_grouped
    ),
    steps as (
        select unnest(path) as channel, unnest(path[2:]) as next_channel, journeys from walked
    )
    select channel, next_channel, sum(journeys) as transitions
    from steps
    group by channel, next_channel
"""
OUTCOME = """
    select count(*), round(sum(removal_effect) filter (markov_order = 1), 6)
    from marts.channel_removal_effects
"""


def prepare(directory: Path, events: int) -> None:
    make_empty(directory / "empty")
    shutil.copytree(directory / "empty", directory / "three")
    fill(directory / "three", "intermediate.int_paths_grouped", PATHS.format(journeys=events))
    shutil.copytree(directory / "three", directory / "one")
    execute(directory / "one", "delete from seeds.attribution_models where markov_order > 1")


def ours(name: str, directory: Path, _: int) -> Work:
    copy = copy_of(directory / name)
    work = dbt_work(copy, "run", "--select", *MODELS)

    def run() -> str:
        work()
        with duckdb.connect(str(copy / "omnitouch.duckdb"), read_only=True) as database:
            rows, effects = database.execute(OUTCOME).fetchall()[0]
        return f"{rows} effects, of order 1 {effects}"

    return run


def steps(directory: Path, _: int) -> Work:
    return sql_work(directory / "one", [STEPS], "select count(*) from counted")


BENCHMARK = Benchmark(
    "Markov removal effects of N journeys",
    prepare,
    (
        Contender("unnest + group by step", steps),
        Contender("dbt run, no paths", partial(ours, "empty")),
        Contender("ours, order 1", partial(ours, "one"), start_up="dbt run, no paths"),
        Contender("ours, orders 1 to 3", partial(ours, "three"), start_up="dbt run, no paths"),
    ),
)
