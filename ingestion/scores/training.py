"""Who will buy and who will stay away: a logistic regression, judged on a later time.

It is calibrated by how it is fitted: of the last customers it learned from, as many buy as it says.
"""

from __future__ import annotations

from datetime import date, timedelta
from math import ceil
from typing import Any, NamedTuple

import duckdb
import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import expit, logit
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from ingestion.scores import Figure, Fit, verdict

METHOD = "logistic_1"
# Before, hardly anything is known of anybody: the data have just begun.
FEWEST_DAYS_KNOWN = 21
HELD_OUT_SNAPSHOTS = 2
# Log-odds; nothing changes by more from one month to the next.
FURTHEST = 20.0
FEWEST_LEARNED = 100
FEWEST_JUDGED = 30
MOST_ROWS = 2_000_000
BINS = 10
PROBABILITY = "probability"
BASELINES = {
    "recency": {"buyers": ("order_recency",), "known": ("active_recency",)},
    "rfm": {"buyers": ("order_recency", "orders", "order_value")},
}
BASELINES["recency"]["prospects"] = BASELINES["recency"]["known"]
BASELINES["rfm"] |= dict.fromkeys(("known", "prospects"), BASELINES["rfm"]["buyers"])

FEATURES = "select feature from seeds.score_features order by feature"
DEFINITIONS = """
    select score_name, population, outcome, horizon_days from seeds.score_definitions order by all
"""
PERIOD = """
    select
        (select as_of_date from intermediate.int_score_dates where snapshot_number = 0),
        least(
            (select min(active_date) from intermediate.int_customer_days),
            (select min(purchase_date) from intermediate.int_purchase_days)
        )
"""
# Read once for all scores. Of a brand with very many customers, a sample teaches as much: whole
# customers, by a hash of whom, so that the same warehouse gives the same rows again. No more rows
# there are than customers and days make; to count them would be to reckon them twice.
MOST_THERE_ARE = """
    select
        (select count(*) from intermediate.int_customer_features)
        * (select count(*) from intermediate.int_score_dates where as_of_date >= $since)
"""
SNAPSHOTS = """
    create or replace temp table snapshots as
    select * from intermediate.int_customer_snapshots
    where as_of_date >= $since and hash(customer_id) % $parts = 0
"""
OF_SCORE = """
    select
        as_of_date,
        {features},
        coalesce(days_to_purchase <= $horizon_days, false) = ($outcome = 'buys') as comes_true
    from snapshots
    where
        as_of_date <= $until
        and (
            $population = 'known'
            or ($population = 'buyers' and purchase_count > 0)
            or ($population = 'prospects' and purchase_count = 0)
        )
    order by all
"""


class Definition(NamedTuple):
    """A score, as the seed score_definitions has it."""

    score_name: str
    population: str
    outcome: str
    horizon_days: int


class Model(NamedTuple):
    """A logistic regression of standardised features."""

    features: list[str]
    mean: np.ndarray
    deviation: np.ndarray
    weights: np.ndarray
    intercept: float

    def probabilities(self, rows: pd.DataFrame) -> np.ndarray:
        """How probable it is that what the score foretells comes true."""
        values = rows[self.features].to_numpy(dtype=float)
        return expit(((values - self.mean) / self.deviation) @ self.weights + self.intercept)


def fit_scores(database: duckdb.DuckDBPyConnection) -> dict[str, Fit | str]:
    """Fit every score of the seed; of each the fit, or a sentence why there is none."""
    today, first_day = database.execute(PERIOD).fetchall()[0]
    definitions = [Definition(*row) for row in database.execute(DEFINITIONS).fetchall()]
    if today is None or first_day is None:
        return {each.score_name: "nobody did anything yet" for each in definitions}
    features = [name for (name,) in database.execute(FEATURES).fetchall()]
    look_at_customers(database, first_day + timedelta(days=FEWEST_DAYS_KNOWN))
    return {
        each.score_name: fit_score(each, read(database, each, features, today), features)
        for each in definitions
    }


def look_at_customers(
    database: duckdb.DuckDBPyConnection, since: date, most_rows: int = MOST_ROWS
) -> None:
    """Keep the snapshots to learn from; of more than so many rows, those of every nth customer."""
    most = database.execute(MOST_THERE_ARE, {"since": since}).fetchall()[0][0]
    database.execute(SNAPSHOTS, {"since": since, "parts": max(ceil(most / most_rows), 1)})


def read(
    database: duckdb.DuckDBPyConnection, definition: Definition, features: list[str], today: date
) -> pd.DataFrame:
    """Customers on days whose outcome is known by today."""
    parameters: dict[str, Any] = {
        "horizon_days": definition.horizon_days,
        "outcome": definition.outcome,
        "population": definition.population,
        "until": today - timedelta(days=definition.horizon_days),
    }
    query = OF_SCORE.format(features=", ".join(features))
    rows = database.execute(query, parameters).df()
    rows["as_of_date"] = pd.to_datetime(rows["as_of_date"]).dt.date
    return rows


def fit_score(definition: Definition, rows: pd.DataFrame, features: list[str]) -> Fit | str:
    """Judge on the last days what the days before teach, then learn from all of them.

    Nothing is learned from an outcome that was not known yet on the first day it is judged on.
    """
    days = sorted(rows["as_of_date"].unique())
    judged_days = days[-HELD_OUT_SNAPSHOTS:]
    horizon = timedelta(days=definition.horizon_days)
    learned_days = [day for day in days if judged_days and day + horizon <= judged_days[0]]
    learned = rows[rows["as_of_date"].isin(learned_days)]
    judged = rows[rows["as_of_date"].isin(judged_days)]
    if refusal := _too_few(learned, FEWEST_LEARNED, "learn from"):
        return refusal
    if refusal := _too_few(judged, FEWEST_JUDGED, "be judged on"):
        return refusal
    contenders = {
        "model": learn(learned, features).probabilities(judged),
        **{
            name: learn(learned, list(of[definition.population])).probabilities(judged)
            for name, of in BASELINES.items()
        },
        "gradient_boosting": _boosted(learned, judged, features),
        "average": np.full(len(judged), learned["comes_true"].mean()),
    }
    truth = judged["comes_true"].to_numpy()
    metrics = [
        figure for name, foretold in contenders.items() for figure in judge(name, truth, foretold)
    ]
    metrics += calibration(truth, contenders["model"])
    aucs = {name: float(roc_auc_score(truth, foretold)) for name, foretold in contenders.items()}
    model = learn(rows, features)
    return Fit(
        definition.score_name,
        METHOD,
        days[0],
        days[-1] + horizon,
        [
            _verdict(aucs, len(judged), judged_days),
            *_weights(model),
            *metrics,
            *(figure for name in features for figure in bins(name, rows[name].to_numpy())),
            *bins(PROBABILITY, model.probabilities(rows)),
        ],
    )


def learn(rows: pd.DataFrame, features: list[str]) -> Model:
    """The logistic regression of these rows, on the level of their last day.

    How much more one buys than another lasts; how many buy at all does not. A feature that is the
    same for all tells nothing.
    """
    values = rows[features].to_numpy(dtype=float)
    mean, deviation = values.mean(axis=0), values.std(axis=0)
    deviation[deviation < 1e-9] = 1.0
    fitted = LogisticRegression(C=1.0, max_iter=1000)
    fitted.fit((values - mean) / deviation, rows["comes_true"].to_numpy())
    model = Model(features, mean, deviation, fitted.coef_[0], float(fitted.intercept_[0]))
    last = rows[rows["as_of_date"] == rows["as_of_date"].max()]
    return model._replace(intercept=model.intercept + _level(model, last))


def _level(model: Model, rows: pd.DataFrame) -> float:
    """By how much log-odds are to rise for as many of these rows to come true as did."""
    foretold, came_true = logit(model.probabilities(rows)), rows["comes_true"].mean()
    if came_true in (0, 1):
        return 0.0
    return float(
        brentq(lambda rise: expit(foretold + rise).mean() - came_true, -FURTHEST, FURTHEST)
    )


def judge(name: str, truth: np.ndarray, foretold: np.ndarray) -> list[Figure]:
    """How well a contender puts customers in order, and how far its probabilities are off."""
    figures = {
        "auc": roc_auc_score(truth, foretold),
        "pr_auc": average_precision_score(truth, foretold),
        "brier": brier_score_loss(truth, foretold),
        "lift_of_first_tenth": lift_of_first(max(len(truth) // 10, 1), truth, foretold),
    }
    return [Figure("metric", metric, float(value), name) for metric, value in figures.items()]


def lift_of_first(count: int, truth: np.ndarray, foretold: np.ndarray) -> float:
    """How many more come true of the so many most probable than of all.

    Of those who are as probable as the last of these, it counts the average: who of them comes
    first is chance.
    """
    last = np.sort(foretold)[-count]
    above, tied = foretold > last, foretold == last
    came_true = truth[above].sum() + (count - above.sum()) * truth[tied].mean()
    return float(came_true / count / truth.mean())


def calibration(truth: np.ndarray, foretold: np.ndarray) -> list[Figure]:
    """By tenths of customers in order of probability: what was foretold, and what came true."""
    tenths = np.array_split(np.argsort(foretold, kind="stable"), BINS)
    said = np.array([foretold[tenth].mean() for tenth in tenths])
    came = np.array([truth[tenth].mean() for tenth in tenths])
    told = {"calibration_foretold": said, "calibration_came_true": came}
    off = np.abs(said - came)
    return [
        Figure("metric", "customers_judged", float(len(truth)), "actual"),
        Figure("metric", "share_come_true", float(truth.mean()), "actual"),
        Figure("metric", "calibration_error_mean", float(off.mean()), "model"),
        Figure("metric", "calibration_error_most", float(off.max()), "model"),
        *(
            Figure("metric", metric, float(value), "model", number)
            for metric, values in told.items()
            for number, value in enumerate(values, start=1)
        ),
    ]


def bins(name: str, values: np.ndarray) -> list[Figure]:
    """How values spread, in up to ten bins: drift is told by how they spread later.

    Bins end between two values, not on one: it is had by many, and reckoned anew elsewhere.
    """
    distinct = np.unique(values)
    ends = np.quantile(values, np.arange(1, BINS) / BINS, method="lower")
    places = np.unique(np.searchsorted(distinct, ends))
    edges = [(distinct[place - 1] + distinct[place]) / 2 for place in places if place > 0]
    counts = np.bincount(np.searchsorted(edges, values, side="right"), minlength=len(edges) + 1)
    return [
        figure
        for number, (edge, count) in enumerate(zip([None, *edges], counts, strict=True), start=1)
        for figure in (
            Figure("bin_from", name, None if edge is None else float(edge), bin=number),
            Figure("bin_share", name, float(count / len(values)), bin=number),
        )
    ]


def _boosted(learned: pd.DataFrame, judged: pd.DataFrame, features: list[str]) -> np.ndarray:
    """What trees would say that may bend and combine features: how much is left to learn."""
    trees = HistGradientBoostingClassifier(
        learning_rate=0.05, max_leaf_nodes=15, early_stopping=True, random_state=0
    )
    trees.fit(learned[features].to_numpy(), learned["comes_true"].to_numpy())
    return trees.predict_proba(judged[features].to_numpy())[:, 1]


def _weights(model: Model) -> list[Figure]:
    figures = [Figure("intercept", "intercept", model.intercept)]
    for name, weight, mean, deviation in zip(
        model.features, model.weights, model.mean, model.deviation, strict=True
    ):
        figures += [
            Figure("weight", name, float(weight)),
            Figure("mean", name, float(mean)),
            Figure("deviation", name, float(deviation)),
        ]
    return figures


def _verdict(aucs: dict[str, float], customers: int, days: list[date]) -> Figure:
    beside = ", ".join(f"{name} {aucs[name]:.3f}" for name in BASELINES)
    told = (
        f"AUC {aucs['model']:.3f} on {customers:,} customers as of {days[0]} to {days[-1]}, "
        f"later than all it learned from; {beside}"
    )
    better = [name for name in BASELINES if aucs[name] >= aucs["model"]]
    if better:
        return verdict(False, f"not better than {' and '.join(better)} alone: {told}")
    return verdict(True, told)


def _too_few(rows: pd.DataFrame, fewest: int, purpose: str) -> str | None:
    came_true = int(rows["comes_true"].sum())
    rarer = min(came_true, len(rows) - came_true)
    if rarer >= fewest:
        return None
    return (
        f"too few to {purpose}: {came_true} of {len(rows):,} came true, it takes {fewest} that do "
        "and that do not, on days whose outcome is known"
    )
