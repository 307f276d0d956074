"""What channels changed is found where it is known, and where nothing can be known that is said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

import duckdb
import numpy as np
import pytest
from scipy.optimize import minimize

from ingestion.effects import EffectsError
from ingestion.effects import effects as command
from ingestion.effects.estimating import Effect, estimate
from ingestion.effects.fitting import (
    HALF_LIVES,
    TOLERANCE,
    em_ratios,
    fit,
    log_likelihood,
    risks,
)
from ingestion.effects.observing import Observed, observe
from ingestion.warehouse import Warehouse
from tests.attribution import simulated
from tests.warehouse import worlds

ZONE = "Asia/Shanghai"
LONG = 60
OF_EFFECTS = ("stg_channel_effects__fits", "stg_channel_effects__days", "int_effects_newest")
ALL_ROWS = "select * from marts.channel_effects order by conversion_type, channel"


@pytest.fixture(scope="module")
def world() -> simulated.World:
    return simulated.simulate(people=5000, days=LONG, seed=11)


def observed_in(
    world: simulated.World, lookback_days: int = LONG, shuffled_by: int | None = None
) -> Observed:
    with duckdb.connect() as database:
        simulated.fill(database, world, lookback_days, shuffled_by)
        return observe(database, "purchase", ZONE, ["member_id", "phone"])


@pytest.fixture(scope="module")
def effects(world: simulated.World) -> dict[str, Effect]:
    return {effect.channel: effect for effect in estimate(observed_in(world))}


def test_shares_are_the_true_ones_within_the_error_that_is_told(
    world: simulated.World, effects: dict[str, Effect]
) -> None:
    causes = world.watched()["cause"].value_counts(normalize=True)
    told = {name: effect for name, effect in effects.items() if effect.standard_error is not None}
    assert set(told) == {"search", "video", "letter", "banner", "baseline"}
    for name, effect in told.items():
        true = causes.get(name, 0.0)
        assert abs(effect.share - true) < 3 * effect.standard_error, name
        assert 0 < effect.standard_error < 0.04, name
    for name in ("search", "video", "letter"):
        assert effects[name].finding == "effect"
        assert causes[name] > 0.05
    shared_out = sum(effect.conversions for effect in effects.values())
    assert shared_out == pytest.approx(len(world.watched()))
    assert len(world.watched()) < len(world.conversions) * 0.9


def test_parts_of_days_are_the_true_ones_of_any_stretch(
    world: simulated.World, effects: dict[str, Effect]
) -> None:
    """What an experiment is set beside: three weeks, whose error is 1.7 times that of nine."""
    watched = world.watched()
    for effect in effects.values():
        assert sum(effect.by_day) == pytest.approx(effect.conversions, abs=1e-9)
        assert len(effect.by_day) == LONG
    for first, last in ((7, 27), (28, 48)):
        inside = watched[watched["day"].between(first, last)]
        for name in ("search", "video", "letter", "banner"):
            told = sum(effects[name].by_day[first : last + 1]) / len(inside)
            true = (inside["cause"] == name).mean()
            assert abs(told - true) < 6 * effects[name].standard_error, name


@pytest.mark.parametrize("counts", ["new", "repeat"])
def test_nobody_is_watched_who_cannot_convert(counts: str) -> None:
    """Else what a channel does would be spread over days on which it can do nothing."""
    within = []
    for seed in range(4):
        world = simulated.simulate(people=3000, days=LONG, seed=seed)._replace(counts=counts)
        causes = world.watched()["cause"].value_counts(normalize=True)
        found = {effect.channel: effect for effect in estimate(observed_in(world))}
        for name in ("search", "video", "letter", "baseline"):
            within.append(found[name].low <= causes[name] <= found[name].high)
    assert len(within) == 16
    assert sum(within) > 13


def test_a_channel_without_effect_has_none_and_one_that_hardly_touched_is_unknown(
    effects: dict[str, Effect],
) -> None:
    assert effects["banner"].finding == "no_effect_seen"
    assert effects["banner"].share < 0.05
    # it led to as many as the others did, which is what allocations look at
    assert effects["banner"].led_conversions > effects["letter"].led_conversions
    assert effects["rare"].finding == "too_few_conversions"
    assert (effects["rare"].low, effects["rare"].high) == (None, None)


def test_who_was_about_to_convert_anyway_misleads_it() -> None:
    """What the documentation warns of: were this not so any more, it should say so."""
    world = simulated.simulate(people=3000, days=LONG, seed=11, intent=0.8)
    found = {effect.channel: effect for effect in estimate(observed_in(world))}
    assert "banner" not in set(world.conversions["cause"])
    assert found["banner"].finding == "effect"
    assert found["banner"].share > 0.25


def test_the_same_rows_in_any_order_give_the_same_bits() -> None:
    world = simulated.simulate(people=1500, days=30, seed=3)
    first, second = (estimate(observed_in(world, 30, order)) for order in (None, 1))
    assert len(first) == len(simulated.LAWS) + 1
    assert first == second


@pytest.mark.parametrize("touches", ["none", "all of them later"])
def test_nothing_is_said_where_no_touch_came_before(touches: str) -> None:
    world = simulated.simulate(people=500, days=20, seed=7)
    later = world.touchpoints.assign(
        touched_at=world.touchpoints["touched_at"] + np.timedelta64(100, "D")
    )
    observed = observed_in(world._replace(touchpoints=later[:0] if touches == "none" else later))
    assert observed.conversions == len(world.conversions) > 0
    assert (len(observed.day), observed.customers, observed.channels) == (0, 0, ())
    assert estimate(observed) == []


def test_nothing_is_said_of_what_one_customer_does() -> None:
    world = simulated.simulate(people=400, days=LONG, seed=7)
    one = world.watched()["customer_id"].iloc[0]
    observed = observed_in(world._replace(conversions=world.conversions.assign(customer_id=one)))
    assert len(observed.day) > 100
    assert estimate(observed) == []


def test_no_step_makes_it_less_likely(world: simulated.World) -> None:
    risk, _ = risks(observed_in(world))
    found = fit(risk)
    assert len(found.grown) > 3
    assert np.diff(found.grown).min() > -1e-9
    weights = np.full(len(risk.exposure), 0.01)
    for _ in range(20):
        stepped = weights * em_ratios(risk, weights)
        assert log_likelihood(risk, stepped) > log_likelihood(risk, weights)
        weights = stepped


def by_the_day(
    world: simulated.World, observed: Observed
) -> Callable[[np.ndarray], tuple[float, np.ndarray]]:
    """The likelihood and its gradient by definition: each customer, each day, each touch."""
    touched, converted = defaultdict(set), defaultdict(int)
    columns = ["customer_id", "channel", "day"]
    for who, channel, day in world.touchpoints[columns].itertuples(index=False):
        touched[who].add((observed.channels.index(channel), day))
    for who, day in world.counted()[["customer_id", "day"]].itertuples(index=False):
        converted[who, day] += 1
    first = world.conversions.groupby("customer_id")["day"].min()
    known = dict(world.known()[["customer_id", "day"]].itertuples(index=False))
    weeks = -(-(observed.days - 1) // 7)
    rows, counts = [], []
    for who, its in touched.items():
        since, until = max(min(day for _, day in its), known.get(who, observed.days)), observed.days
        if world.counts == "new":
            until = min(until, first.get(who, until) + 1)
        if world.counts == "repeat":
            since = max(since, first.get(who, until))
        for day in range(since + 1, until):
            row = np.zeros((len(observed.channels), len(HALF_LIVES)))
            for channel, then in its:
                if 1 <= day - then <= 7:
                    row[channel] += [2 ** (-(day - then) / half) for half in HALF_LIVES]
            week = np.eye(weeks)[(day - 1) // 7]
            rows.append(np.concatenate([row.ravel(), week]))
            counts.append(converted[who, day])
    design, happened = np.array(rows), np.array(counts)

    def likelihood(weights: np.ndarray) -> tuple[float, np.ndarray]:
        hazard = design @ weights
        logs = np.where(happened > 0, happened * np.log(np.maximum(hazard, 1e-300)), 0)
        slope = design.T @ (happened / np.maximum(hazard, 1e-300) - 1)
        return float(logs.sum() - hazard.sum()), slope

    return likelihood


@pytest.mark.parametrize("counts", ["every", "new", "repeat"])
def test_no_weights_are_likelier_by_definition(counts: str) -> None:
    small = simulated.simulate(people=250, days=24, seed=5)._replace(counts=counts)
    observed = observed_in(small, lookback_days=7)
    risk, exposure = risks(observed)
    likelihood = by_the_day(small, observed)
    found = fit(risk)
    assert likelihood(found.weights)[0] == pytest.approx(found.grown[-1], abs=1e-6)
    np.testing.assert_allclose(exposure.sum(axis=0), risk.exposure)

    start = np.full(len(risk.exposure), 1e-3)
    best = minimize(
        lambda weights: tuple(-part for part in likelihood(weights)),
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[(0, None)] * len(start),
        options={"maxiter": 5000, "ftol": 1e-14},
    )
    assert best.fun < -likelihood(start)[0] - 1
    assert -best.fun - found.grown[-1] < 2 * TOLERANCE


def test_a_fit_reaches_the_mart_and_a_later_one_takes_its_place(
    world: simulated.World, warehouse: Warehouse
) -> None:
    with pytest.raises(EffectsError, match="holds no warehouse yet"):
        command.effects(warehouse)
    warehouse.root.mkdir()
    with duckdb.connect(str(warehouse.database)) as database:
        database.execute("create schema intermediate")
    with pytest.raises(EffectsError, match="models are not built yet"):
        command.effects(warehouse)

    few = world._replace(conversions=world.conversions[::50])
    with duckdb.connect(str(warehouse.database)) as database:
        simulated.fill(database, few, LONG)
    assert "too few to say anything" in "\n".join(command.effects(warehouse))

    with duckdb.connect(str(warehouse.database)) as database:
        simulated.fill(database, world, LONG)
    told = "\n".join(command.effects(warehouse))
    assert "search" in told
    assert "unknown: it led to" in told
    worlds.dbt(warehouse.root, "seed", "--select", "channels")
    worlds.dbt(warehouse.root, "build", "--select", *OF_EFFECTS, "channel_effects")
    first = worlds.query(warehouse.root, ALL_ROWS)
    assert [row[1] for row in first] == ["banner", "baseline", "letter", "rare", "search", "video"]

    command.effects(warehouse)
    worlds.dbt(warehouse.root, "build", "--select", *OF_EFFECTS, "channel_effects")
    second = worlds.query(warehouse.root, ALL_ROWS)
    assert [row[:-1] for row in second] == [row[:-1] for row in first]
    assert second[0][-1] > first[0][-1]
    assert worlds.query(warehouse.root, "select count(*) from raw.channel_effects") == [(12,)]
