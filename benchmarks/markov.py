"""Removal effects of N journeys: chains solved by dbt, beside counting their steps."""

from __future__ import annotations

import shutil
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import duckdb

from benchmarks.journeys import GROUPED_BY, JOURNEYS, journeys_told, tell_journeys
from benchmarks.measure import Benchmark, Contender, Work
from benchmarks.warehouse import copy_of, dbt_work, execute, fill, make_empty, sql_work

MODELS = (
    *("int_paths_counted", "int_steps_grouped", "int_channel_transitions_counted"),
    *("int_channel_states_split", "int_channel_chains", "int_states_visited"),
)
PATHS = """
    select
        'purchase' as conversion_type,
        'channel' as level,
        cast(journey_id // 20 % 20 as int) as sample_group,
        array_to_string(path, ' > ') as path,
        cast(len(path) as bigint) as path_length,
        count(*) filter (journey_id % 20 = 0) as conversions,
        0 as revenue,
        count(*) filter (journey_id % 20 <> 0) as non_conversions
    from journeys
    group by all
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
    from intermediate.int_removal_effects_shared
"""


def prepare(directory: Path, events: int) -> None:
    make_empty(directory / "empty")
    shutil.copytree(directory / "empty", directory / "three")
    execute(directory / "three", JOURNEYS.format(journeys=events))
    fill(directory / "three", "intermediate.int_paths_grouped", PATHS)
    shutil.copytree(directory / "three", directory / "one")
    execute(directory / "one", "delete from seeds.attribution_models where markov_order > 1")
    tell_journeys(directory / "one")


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


def channel_attribution(how: str, directory: Path, _: int) -> Work:
    """Order 1 at its defaults, a simulation; fetching the journeys is part of the work."""
    from ChannelAttribution import markov_model

    def work() -> str:
        paths = journeys_told(directory / "one", how)
        found = markov_model(
            paths, "path", "conversions", var_null="non_conversions", out_more=True, verbose=False
        )
        effects = found["removal_effects"]["removal_effect"].sum()
        return f"{len(found['removal_effects'])} effects, of order 1 {effects}"

    return work


BENCHMARK = Benchmark(
    "Markov removal effects of N journeys",
    prepare,
    (
        Contender("unnest + group by step", steps),
        Contender("dbt run, no paths", partial(ours, "empty")),
        Contender("ours, order 1", partial(ours, "one"), start_up="dbt run, no paths"),
        Contender("ours, orders 1 to 3", partial(ours, "three"), start_up="dbt run, no paths"),
        *(
            Contender(f"ChannelAttribution, {how}", partial(channel_attribution, how))
            for how in GROUPED_BY
            if find_spec("ChannelAttribution")
        ),
    ),
)
