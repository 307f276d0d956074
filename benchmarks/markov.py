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
from tests.attribution.oracle import removal_effects

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
EXACT = "create table exact as select cast(null as text) as channel, 0.0::double as effect limit 0"
OUTCOME = """
    select
        count(*),
        max(coalesce(abs(removal_effect / exact.effect - 1), 1)) filter (effects.markov_order = 1)
    from intermediate.int_removal_effects_shared as effects
    left join exact on effects.unit = exact.channel
"""
# A simulation is as exact as it is long: it ends when ten of them vary by less than this.
SIMULATIONS = {
    **{how: (how, 0.05) for how in GROUPED_BY},
    "paths grouped, to 0.5 %": ("paths grouped", 0.005),
}


def prepare(directory: Path, events: int) -> None:
    make_empty(directory / "empty")
    execute(directory / "empty", EXACT)
    shutil.copytree(directory / "empty", directory / "three")
    execute(directory / "three", JOURNEYS.format(journeys=events))
    fill(directory / "three", "intermediate.int_paths_grouped", PATHS)
    tell_exact(directory / "three")
    shutil.copytree(directory / "three", directory / "one")
    execute(directory / "one", "delete from seeds.attribution_models where markov_order > 1")
    tell_journeys(directory / "one")


def tell_exact(warehouse: Path) -> None:
    """Effects of order 1 by a matrix of numpy, which shares nothing with the SQL."""
    with duckdb.connect(str(warehouse / "omnitouch.duckdb")) as database:
        counted = database.execute(
            "select string_split(path, ' > '), sum(conversions)::double, "
            "sum(non_conversions)::double from intermediate.int_paths_grouped group by path"
        ).fetchall()
        effects = removal_effects({tuple(path): counts for path, *counts in counted}, 1)
        database.executemany("insert into exact values (?, ?)", [*effects.items()])


def outcome(effects: int, error: float | None) -> str:
    if not effects:
        return "no effects"
    off = "less than 1e-9" if error < 1e-9 else f"up to {error:.1e}"
    return f"{effects} effects, of order 1 off by {off}"


def ours(name: str, directory: Path, _: int) -> Work:
    copy = copy_of(directory / name)
    work = dbt_work(copy, "run", "--select", *MODELS)

    def run() -> str:
        work()
        with duckdb.connect(str(copy / "omnitouch.duckdb"), read_only=True) as database:
            return outcome(*database.execute(OUTCOME).fetchall()[0])

    return run


def steps(directory: Path, _: int) -> Work:
    return sql_work(directory / "one", [STEPS], "select count(*) from counted")


def channel_attribution(how: str, variation: float, directory: Path, _: int) -> Work:
    """Order 1, a simulation; fetching the journeys is part of the work."""
    from ChannelAttribution import markov_model

    with duckdb.connect(str(directory / "one" / "omnitouch.duckdb"), read_only=True) as database:
        exact = dict(database.execute("from exact").fetchall())

    def work() -> str:
        paths = journeys_told(directory / "one", how)
        found = markov_model(
            paths,
            "path",
            "conversions",
            var_null="non_conversions",
            out_more=True,
            conv_par=variation,
            verbose=False,
        )
        effects = dict(found["removal_effects"].itertuples(index=False))
        return outcome(len(effects), max(abs(effects[name] / exact[name] - 1) for name in exact))

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
            Contender(f"ChannelAttribution, {name}", partial(channel_attribution, *how))
            for name, how in SIMULATIONS.items()
            if find_spec("ChannelAttribution")
        ),
    ),
)
