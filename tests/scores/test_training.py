"""A score is judged on a later time, calibrated, and used only where it beats its baselines."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

import duckdb
import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from ingestion.scores import Fit
from ingestion.scores.training import (
    BASELINES,
    FEWEST_LEARNED,
    Definition,
    bins,
    calibration,
    fit_score,
    judge,
    learn,
    lift_of_first,
    look_at_customers,
)

INTENT = Definition("purchase_intent", "known", "buys", 14)
FEATURES = ["active_recency", "interest", "order_recency", "order_value", "orders"]
DAYS = [date(2026, 7, 1) + timedelta(days=7 * week) for week in range(10)]
SEED = 5


def customers(weights: dict[str, float], per_day: int = 2000) -> pd.DataFrame:
    """Customers on days, of whom a known logistic law says who buys."""
    rng = np.random.default_rng(SEED)
    rows = pd.DataFrame(rng.gamma(2.0, 0.5, (per_day * len(DAYS), len(FEATURES))), columns=FEATURES)
    rows.insert(0, "as_of_date", np.repeat(DAYS, per_day))
    log_odds = -2.5 + sum(weight * rows[name] for name, weight in weights.items())
    rows["comes_true"] = rng.random(len(rows)) < 1 / (1 + np.exp(-log_odds))
    return rows


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return customers({"interest": 1.0, "orders": 0.6, "active_recency": 0.3})


@pytest.fixture(scope="module")
def fit(rows: pd.DataFrame) -> Fit:
    fitted = fit_score(INTENT, rows, FEATURES)
    assert isinstance(fitted, Fit)
    return fitted


def metrics(fit: Fit) -> dict[str, dict[str | None, float]]:
    """Metrics that are of all customers: by name, then by contender."""
    found: dict[str, dict[str | None, float]] = defaultdict(dict)
    for figure in fit.figures:
        if figure.kind == "metric" and figure.bin is None:
            found[figure.name][figure.contender] = figure.value
    return found


def test_the_law_is_found(rows: pd.DataFrame) -> None:
    model = learn(rows, FEATURES)
    weights = dict(zip(FEATURES, model.weights / model.deviation, strict=True))
    assert weights["interest"] == pytest.approx(1.0, abs=0.1)
    assert weights["orders"] == pytest.approx(0.6, abs=0.1)
    assert weights["order_value"] == pytest.approx(0.0, abs=0.1)


def test_a_score_that_is_better_than_its_baselines_is_published(fit: Fit) -> None:
    assert fit.is_published
    auc = metrics(fit)["auc"]
    assert auc["model"] > max(auc[name] for name in BASELINES)
    assert auc["model"] >= 0.95 * auc["gradient_boosting"]
    assert auc["average"] == 0.5
    assert (
        f"AUC {auc['model']:.3f} on 4,000 customers as of 2026-08-26 to 2026-09-02" in fit.verdict
    )


def test_as_many_come_true_as_are_foretold(fit: Fit) -> None:
    found = metrics(fit)
    # of 400 a tenth: by chance alone some is off by two or three hundredths
    assert found["calibration_error_mean"]["model"] < 0.03
    assert found["brier"]["model"] < found["brier"]["average"]


def test_a_score_that_knows_no_more_than_recency_is_not_published() -> None:
    fitted = fit_score(INTENT, customers({"active_recency": 0.8}), ["active_recency"])
    assert isinstance(fitted, Fit)
    assert not fitted.is_published
    assert "not better than recency alone" in fitted.verdict


def test_nothing_is_learned_from_what_was_not_known_on_the_first_day_it_is_judged_on(
    rows: pd.DataFrame, fit: Fit
) -> None:
    judged_from = DAYS[-2]
    unknown = (rows["as_of_date"] > judged_from - timedelta(days=14)) & (
        rows["as_of_date"] < judged_from
    )
    assert unknown.sum() == 2000
    others = rows.assign(comes_true=rows["comes_true"] ^ unknown)
    altered = fit_score(INTENT, others, FEATURES)
    assert isinstance(altered, Fit)
    assert metrics(altered)["auc"]["model"] == metrics(fit)["auc"]["model"]
    # what is used then has learned from all
    assert altered.figures[1] != fit.figures[1]


def test_a_sample_is_of_whole_customers_and_the_same_again() -> None:
    with duckdb.connect() as database:
        database.execute(
            """
            create schema intermediate;
            create table intermediate.int_customer_snapshots as
            select 'c' || person as customer_id, date '2026-07-01' + cast(day as int) as as_of_date
            from range(1000) as people (person) cross join range(10) as days (day);
            create table intermediate.int_score_dates as
            select distinct as_of_date from intermediate.int_customer_snapshots;
            create table intermediate.int_customer_features as
            select distinct customer_id from intermediate.int_customer_snapshots
            """
        )

        def sample(most_rows: int) -> list[tuple[str, int, date]]:
            look_at_customers(database, date(2026, 7, 3), most_rows)
            query = (
                "select customer_id, count(*), min(as_of_date) from snapshots "
                "group by all order by all"
            )
            return database.execute(query).fetchall()

        assert len(sample(8000)) == 1000
        half = sample(4000)
        assert sample(4000) == half
        assert 400 < len(half) < 600
        assert {row[1:] for row in half} == {(8, date(2026, 7, 3))}


def test_too_few_say_nothing(rows: pd.DataFrame) -> None:
    refused = fit_score(INTENT, rows[rows["as_of_date"] >= DAYS[-2]], FEATURES)
    assert refused == (
        f"too few to learn from: 0 of 0 came true, it takes {FEWEST_LEARNED} that do and that do "
        "not, on days whose outcome is known"
    )
    assert "too few to learn from" in str(fit_score(INTENT, rows.iloc[:0], FEATURES))


def test_metrics_are_what_their_names_say() -> None:
    truth = np.array([True, False, True, False, False, False, False, False, False, False] * 2)
    foretold = np.arange(20) / 20
    figures = {figure.name: figure.value for figure in judge("model", truth, foretold)}
    assert figures["auc"] == roc_auc_score(truth, foretold)
    assert figures["brier"] == pytest.approx(((foretold - truth) ** 2).mean())
    # the first tenth are the last two, and nobody of them buys
    assert figures["lift_of_first_tenth"] == 0
    # who is as probable as another comes first by chance alone
    assert lift_of_first(2, truth, np.full(20, 0.2)) == pytest.approx(1)
    assert lift_of_first(2, np.sort(truth)[::-1], np.full(20, 0.2)) == pytest.approx(1)
    # the first, who buys, and one of the others, of whom 3 of 19 do
    assert lift_of_first(2, truth, np.eye(20)[0]) == pytest.approx((1 + 3 / 19) / 2 / 0.2)
    told = {(each.name, each.bin): each.value for each in calibration(truth, foretold)}
    assert told["calibration_foretold", 1] == pytest.approx(0.025)
    assert told["calibration_came_true", 1] == 0.5
    assert told["calibration_came_true", 10] == 0
    assert told["calibration_error_most", None] == pytest.approx(0.925)


def test_bins_end_between_values() -> None:
    values = np.array([0.0] * 60 + [1.0] * 15 + [2.0] * 15 + [3.0] * 10)
    found = [(each.kind, each.bin, each.value) for each in bins("orders", values)]
    assert found == [
        ("bin_from", 1, None), ("bin_share", 1, 0.6),
        ("bin_from", 2, 0.5), ("bin_share", 2, 0.15),
        ("bin_from", 3, 1.5), ("bin_share", 3, 0.25),
    ]  # fmt: skip
    assert [each.value for each in bins("orders", np.zeros(5))] == [None, 1.0]
