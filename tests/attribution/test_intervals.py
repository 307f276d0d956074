"""Intervals hold the figure that the same model gives for everybody, as often as they say."""

from __future__ import annotations

from collections import Counter
from functools import partial

import duckdb
import numpy as np
import pandas as pd
import pytest

from tests.attribution import oracle
from tests.attribution.oracle import Paths
from tests.attribution.test_learned_models import CHAINS, STEPS, VALUES
from tests.warehouse import worlds
from tests.warehouse.worlds import query

WORLDS, PEOPLE, EVERYBODY, REDRAWN = 100, 300, 30_000, 100
CHANNELS = ("sms", "store", "direct", "email", "push")
# What the models read, of everybody who was drawn; each world is a conversion type of its own.
TABLES = """
    create schema if not exists intermediate;
    create schema if not exists marts;
    create table intermediate.int_identifiers_resolved as
    select distinct
        names.customer_id, cast(hash(journeys.customer_id) >> 1 as bigint) as identifier_id
    from journeys
    cross join lateral (
        select customer_id union all select customer_id || '-' || number
    ) as names (customer_id);
    create table intermediate.int_touchpoints_sequenced as
    select
        cast(hash(customer_id, number) >> 1 as bigint) as conversion_id, conversion_type,
        customer_id, cast(hash(customer_id, number, place) >> 1 as bigint) as touchpoint_id,
        path[place] as channel, cast(null as text) as campaign_id,
        cast(null as timestamp) as touched_at, place as touch_position, len(path) as path_length
    from journeys, range(1, len(path) + 1) as places (place)
    where is_converted;
    create table intermediate.int_journeys_unconverted as
    select
        -- one for each of several journeys, in the group of the person
        conversion_type, customer_id || '-' || number as customer_id,
        array_to_string(path, ' > ') as path, len(path) as path_length
    from journeys
    where not is_converted;
    create table intermediate.int_customers_touched (customer_id text, touched_seq bigint);
    create table intermediate.int_conversions_identified as
    select distinct conversion_id, conversion_type, customer_id, 0.0 as revenue
    from intermediate.int_touchpoints_sequenced;
    create table intermediate.int_journeys_by_level (
        conversion_type text, level text, customer_id text, sampled_id bigint, path text,
        path_length bigint, conversions double, revenue double, non_conversions double
    );
    create table intermediate.int_touchpoints_at_levels (
        level text, touchpoint_id bigint, unit text, channel text
    );
    create table intermediate.int_conversions_numbered as
    select distinct conversion_type from intermediate.int_conversions_identified;
    create table intermediate.int_paths_arrived (
        path text, conversions double, revenue double, non_conversions double
    );
"""
LEDGER = """
    create table marts.touchpoint_credits as
    with credits as (
        select 'linear' as attribution_model, conversion_id, channel, 1.0 / path_length as credit
        from intermediate.int_touchpoints_sequenced
        union all
        select attribution_model, conversion_id, channel, credit
        from intermediate.int_credits_by_markov
    )
    select
        attribution_model, conversion_type, customer_id,
        cast(conversion_id as varchar) as conversion_id, channel, credit,
        credit as conversions, 10.0 * credit as revenue
    from credits
    inner join intermediate.int_conversions_identified using (conversion_id)
"""
MODELS = (
    *("int_customers_grouped", "int_journeys_converted", "int_paths_grouped"),
    *(*STEPS, *CHAINS, *VALUES, "int_credits_by_markov"),
)
CREDITS = (
    *(
        "int_credits_grouped",
        "int_credits_resampled",
        "int_credits_paired",
        "int_credits_reweighed",
    ),
    *("int_credits_ranked", "int_credits_compared", "attribution_intervals"),
)
INTERVALS = """
    select
        attribution_model, conversion_type, channel, credit_share_error, credit_share_low,
        credit_share_high
    from marts.attribution_intervals
    union all
    select
        attribution_model || '_removals', conversion_type, channel, removal_effect_error,
        removal_effect_low, removal_effect_high
    from marts.channel_removal_effects
    union all
    select
        'shapley_rates', conversion_type, channel, shapley_value_error, shapley_value_low,
        shapley_value_high
    from marts.channel_shapley_values
"""
Journeys = list[list[tuple[tuple[str, ...], bool]]]
"""Of each person the channels of each journey, and whether it converted."""


def live(chance: np.random.Generator, people: int) -> Journeys:
    """People who like some channels more than others, and come once or often."""
    everybody: Journeys = []
    for _ in range(people):
        likes = chance.dirichlet([1.5, 1, 0.8, 0.5, 0.3])
        keen = chance.beta(2, 4)
        journeys = []
        for _ in range(1 + chance.poisson(1)):
            length = 1 + chance.poisson(1.5)
            path = tuple(CHANNELS[number] for number in chance.choice(5, size=length, p=likes))
            journeys.append((path, bool(chance.random() < keen * (1 + ("store" in path)) / 2)))
        everybody.append(journeys)
    return everybody


def linear(people: Journeys) -> dict[str, float]:
    """Each channel's part of all conversions."""
    earned: Counter[str] = Counter()
    for journeys in people:
        for path, is_converted in journeys:
            for channel in path if is_converted else ():
                earned[channel] += 1 / len(path)
    return {name: earned[name] / earned.total() for name in CHANNELS}


def paths_of(people: Journeys) -> Paths:
    counted: dict[tuple[str, ...], list[float]] = {}
    for journeys in people:
        for path, is_converted in journeys:
            counted.setdefault(path, [0, 0])[not is_converted] += 1
    return {path: (converted, lost) for path, (converted, lost) in counted.items()}


def markov(order: int, people: Journeys) -> dict[str, float]:
    """Each channel's part of all conversions, where touches of a path weigh its removal effect."""
    paths = paths_of(people)
    effects = oracle.removal_effects(paths, order)
    earned: Counter[str] = Counter()
    for path, (converted, _) in paths.items():
        weights = [effects.get(channel, 0) for channel in path]
        for channel, weight in zip(path, weights, strict=True):
            earned[channel] += converted * weight / sum(weights)
    return {name: earned[name] / earned.total() for name in CHANNELS}


def removals(order: int, people: Journeys) -> dict[str, float]:
    """What share of conversions would be lost without each channel."""
    return oracle.removal_effects(paths_of(people), order)


def shapley_rates(people: Journeys) -> dict[str, float]:
    """What each channel adds to the rate of conversion."""
    return oracle.shapley_by_sets(paths_of(people))


FIGURES = pytest.mark.parametrize(
    ("model", "figure"),
    [
        ("linear", linear),
        *((f"markov_{order}", partial(markov, order)) for order in (1, 2, 3)),
        ("markov_2_removals", partial(removals, 2)),
        ("shapley_rates", shapley_rates),
    ],
)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Journeys], pd.DataFrame]:
    directory = tmp_path_factory.mktemp("intervals")
    chance = np.random.default_rng(5)
    samples = [live(chance, PEOPLE) for _ in range(WORLDS)]
    journeys = pd.DataFrame(
        [
            (f"world {world}", f"{world}:{person}", number, list(path), is_converted)
            for world, people in enumerate(samples)
            for person, journeys in enumerate(people)
            for number, (path, is_converted) in enumerate(journeys)
        ],
        columns=["conversion_type", "customer_id", "number", "path", "is_converted"],
    )
    worlds.dbt(directory, "seed", "--select", "attribution_models", "channels")
    with duckdb.connect(str(directory / "omnitouch.duckdb")) as database:
        database.execute(
            "delete from seeds.attribution_models "
            "where attribution_model <> 'linear' and kind <> 'markov'"
        )
        database.execute("update seeds.attribution_models set conversion_types = null")
        database.register("journeys", journeys)
        database.execute(TABLES)
    worlds.dbt(directory, "run", "--select", *MODELS)
    with duckdb.connect(str(directory / "omnitouch.duckdb")) as database:
        database.execute(LEDGER)
    worlds.dbt(directory, "run", "--select", *CREDITS)
    names = ["attribution_model", "conversion_type", "channel", "error", "low", "high"]
    return samples, pd.DataFrame(query(directory, INTERVALS), columns=names)


@pytest.fixture(scope="module")
def everybody() -> Journeys:
    return live(np.random.default_rng(6), EVERYBODY)


@FIGURES
def test_nineteen_of_twenty_intervals_hold_the_figure_of_everybody(
    drawn, everybody, model, figure
) -> None:
    _, found = drawn
    truth = figure(everybody)
    intervals = found[found["attribution_model"] == model]
    assert len(intervals) == WORLDS * len(CHANNELS)
    figures = intervals["channel"].map(truth)
    held = (intervals["low"] <= figures) & (figures <= intervals["high"])
    assert 0.90 <= held.mean() <= 1
    assert held.groupby(intervals["channel"]).mean().min() > 0.85
    # an interval that holds everything says nothing
    assert (intervals["high"] - intervals["low"]).mean() < 0.2


@FIGURES
def test_errors_are_those_of_people_drawn_again(drawn, model, figure) -> None:
    samples, found = drawn
    chance = np.random.default_rng(7)
    redrawn = []
    for world in range(4):
        people = samples[world]
        drawings = [
            figure([people[at] for at in chance.integers(PEOPLE, size=PEOPLE)])
            for _ in range(REDRAWN)
        ]
        redrawn.append(pd.DataFrame(drawings).std())
    ours = found[
        (found["attribution_model"] == model)
        & found["conversion_type"].isin([f"world {world}" for world in range(4)])
    ]
    ratio = ours["error"].mean() / pd.concat(redrawn).mean()
    assert 0.85 < ratio < 1.2
