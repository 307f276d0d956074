"""A suggested budget is the best one there is within what channels ever had."""

from __future__ import annotations

import datetime

import duckdb
import numpy as np
import pandas as pd
import pytest
from scipy.optimize import brentq

from tests.warehouse import worlds
from tests.warehouse.worlds import query

WORLDS, WEEKS, ELASTICITY = 40, 16, 0.5
CHANNELS = ("sms", "douyin_ads", "baidu_sem", "xiaohongshu")
TABLES = """
    create schema if not exists intermediate;
    create schema if not exists marts;
    create table intermediate.int_spend_weeks as from weeks;
"""
MODELS = (
    *("int_spend_curves", "int_budgets_pulled", "int_budgets_split"),
    *("int_budget_errors", "budget_suggestions"),
)


@pytest.fixture(scope="module")
def suggested(tmp_path_factory: pytest.TempPathFactory) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Worlds in which conversions are scale × spend ^ 0.5, more or less; each is a model's."""
    directory = tmp_path_factory.mktemp("budgets")
    chance = np.random.default_rng(3)
    rows = []
    for world in range(WORLDS):
        for channel in CHANNELS[: 1 + world % 4]:
            spend = chance.uniform(500, 5000) * chance.uniform(0.4, 1.6, WEEKS)
            noise = np.exp(chance.normal(0, 0.1, WEEKS))
            conversions = chance.uniform(0.05, 0.8) * spend**ELASTICITY * noise
            rows += [
                (f"world {world}", "purchase", channel, week, *figures)
                for week, figures in enumerate(zip(spend, conversions, strict=True))
            ]
    columns = ["attribution_model", "conversion_type", "channel", "week_start"]
    weeks = pd.DataFrame(rows, columns=[*columns, "spend", "conversions"])
    monday = datetime.date(2026, 3, 2)
    weeks["week_start"] = [monday + datetime.timedelta(weeks=n) for n in weeks["week_start"]]
    worlds.dbt(directory, "seed", "--select", "channels")
    with duckdb.connect(str(directory / "omnitouch.duckdb")) as database:
        database.register("weeks", weeks)
        database.execute(TABLES)
    worlds.dbt(directory, "run", "--select", *MODELS)
    names = (
        *("attribution_model", "channel", "weekly_spend", "weekly_conversions", "elasticity"),
        *("elasticity_error", "lowest_spend", "highest_spend", "suggested_spend"),
        *("suggested_spend_low", "suggested_spend_high", "conversions_change", "finding"),
    )
    found = query(directory, f"select {', '.join(names)} from marts.budget_suggestions")
    return weeks, pd.DataFrame(found, columns=list(names))


def best(world: pd.DataFrame, elasticity: float) -> np.ndarray:
    """The spends at which one more yuan brings the same, by searching its value."""
    scale = world["weekly_conversions"] / world["weekly_spend"] ** elasticity

    def spend(log_return: float) -> np.ndarray:
        wanted = (scale * elasticity / np.exp(log_return)) ** (1 / (1 - elasticity))
        return np.clip(wanted, world["lowest_spend"], world["highest_spend"])

    budget = world["weekly_spend"].sum()
    found = brentq(lambda level: spend(level).sum() - budget, -40, 20, xtol=1e-13)
    return spend(found)


def test_one_more_yuan_brings_the_same_everywhere_within_what_channels_had(suggested) -> None:
    _, found = suggested
    assert found["attribution_model"].nunique() == WORLDS
    for _, world in found.groupby("attribution_model"):
        elasticity = min(max(world["elasticity"].iloc[0], 0.05), 0.8)
        expected = best(world, elasticity)
        assert world["suggested_spend"].to_numpy() == pytest.approx(expected, rel=1e-6)
        assert world["suggested_spend"].sum() == pytest.approx(world["weekly_spend"].sum())
        gain = world["weekly_conversions"] * ((expected / world["weekly_spend"]) ** elasticity - 1)
        assert world["conversions_change"].to_numpy() == pytest.approx(gain, abs=1e-4)
        assert world["conversions_change"].sum() >= -1e-9


def test_the_curve_is_found_and_its_interval_holds_it(suggested) -> None:
    _, found = suggested
    curves = found.drop_duplicates("attribution_model")
    assert curves["elasticity"].mean() == pytest.approx(ELASTICITY, abs=0.03)
    off = (curves["elasticity"] - ELASTICITY).abs()
    held = off <= 2.131 * curves["elasticity_error"]
    assert 0.85 <= held.mean() <= 1
    assert set(found["finding"]) >= {"raise", "lower", "keep"}
    moved = found[found["finding"] == "raise"]
    assert (moved["suggested_spend_low"] > moved["weekly_spend"] - 1e-9).all()


def test_what_does_not_follow_spend_has_no_suggestion(tmp_path) -> None:
    chance = np.random.default_rng(4)
    monday = datetime.date(2026, 3, 2)
    weeks = pd.DataFrame(
        [
            ("linear", "purchase", channel, monday + datetime.timedelta(weeks=week))
            for channel in ("sms", "email")
            for week in range(WEEKS)
        ],
        columns=["attribution_model", "conversion_type", "channel", "week_start"],
    )
    weeks["spend"] = chance.uniform(500, 1500, len(weeks))
    weeks["conversions"] = chance.uniform(5, 15, len(weeks))
    worlds.dbt(tmp_path, "seed", "--select", "channels")
    with duckdb.connect(str(tmp_path / "omnitouch.duckdb")) as database:
        database.register("weeks", weeks)
        database.execute(TABLES)
    worlds.dbt(tmp_path, "run", "--select", *MODELS)
    assert query(
        tmp_path,
        "select distinct finding, suggested_spend, cost_of_one_more from marts.budget_suggestions",
    ) == [("curve_unknown", None, None)]
