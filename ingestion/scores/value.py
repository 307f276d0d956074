"""How often customers buy again, whether they still do, and for how much.

BG/NBD (Fader, Hardie, Lee: "Counting Your Customers" the Easy Way, 2005): who is alive buys at a
rate of their own, a gamma of r and alpha over customers, and may leave for good after any purchase,
a beta of a and b. Gamma-Gamma (Fader, Hardie, 2013): what a purchase comes to varies around a mean
of their own. Time is in weeks.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, NamedTuple

import duckdb
import numpy as np
from scipy.optimize import minimize
from scipy.special import gammaln, hyp2f1

from ingestion.scores import Figure, Fit, ScoresError, verdict

NAME, METHOD = "customer_value", "bg_nbd_gamma_gamma_1"
FEWEST_REPEATING = 100
DAYS_A_WEEK = 7
# Parameters are looked for within e^-7 to e^7; beyond, they say no more than at the end.
FURTHEST = 7.0

KNOWN = """
    select repeat_purchases, days_to_last_purchase, days_observed, repeat_value
    from intermediate.int_repeat_purchases_counted
    order by all
"""
# As these are counted, on a day in the past, and what they did in the days after it. What
# was refunded since is not known apart, so money is not judged.
HELD_OUT = """
    with days as (
        select customer_id, purchase_date
        from intermediate.int_purchase_days
        where order_count > 0
    ),
    known as (
        select
            customer_id,
            count(*) - 1 as repeat_purchases,
            date_diff('day', min(purchase_date), max(purchase_date)) as days_to_last_purchase,
            date_diff('day', min(purchase_date), cast($day as date)) as days_observed,
            count(*) filter (purchase_date > cast($day as date) - $days) as before
        from days
        where purchase_date <= $day
        group by customer_id
    ),
    after as (
        select customer_id, count(*) as purchases
        from days
        where purchase_date > $day and purchase_date <= cast($day as date) + $days
        group by customer_id
    )
    select known.* exclude (customer_id), coalesce(after.purchases, 0) as after
    from known left join after using (customer_id)
    order by all
"""
PERIOD = """
    select
        (select as_of_date from intermediate.int_score_dates where snapshot_number = 0),
        (select min(purchase_date) from intermediate.int_purchase_days where order_count > 0)
"""


class BgNbd(NamedTuple):
    """The parameters of BG/NBD; alpha is in weeks."""

    r: float
    alpha: float
    a: float
    b: float


class GammaGamma(NamedTuple):
    """The parameters of Gamma-Gamma; v is money."""

    p: float
    q: float
    v: float


def fit_value(database: duckdb.DuckDBPyConnection, horizon_days: int) -> Fit | str:
    """Fit what customers are worth on all that is known, judged on the last days held out.

    Returns:
        The fit, or a sentence why there is none.
    """
    today, first_day = database.execute(PERIOD).fetchall()[0]
    known = database.execute(KNOWN).fetchnumpy()
    repeating, each = known["repeat_purchases"] > 0, np.ma.filled(known["repeat_value"], 0.0)
    if repeating.sum() < FEWEST_REPEATING:
        return (
            f"too few to say anything: {int(repeating.sum())} customers bought a second time, "
            f"it takes {FEWEST_REPEATING}"
        )
    purchases = fit_bg_nbd(*_weeks(known))
    paid = repeating & (each > 0)
    if paid.sum() < FEWEST_REPEATING:
        return (
            f"too few to say anything: {int(paid.sum())} customers paid for a second purchase, "
            f"it takes {FEWEST_REPEATING}"
        )
    money = fit_gamma_gamma(known["repeat_purchases"][paid], each[paid])
    # of young data, the last third
    held_out = min(horizon_days, (today - first_day).days // 3)
    judged, metrics = _judge(database, today - timedelta(days=held_out), held_out)
    parameters = {**purchases._asdict(), **money._asdict()}
    figures = [Figure("parameter", name, value) for name, value in parameters.items()]
    return Fit(NAME, METHOD, first_day, today, [judged, *figures, *metrics])


def fit_bg_nbd(x: np.ndarray, t_x: np.ndarray, t: np.ndarray) -> BgNbd:
    """The likeliest parameters for repeat purchases, weeks to the last one, weeks observed."""
    cells, counts = np.unique(np.column_stack([x, t_x, t]), axis=0, return_counts=True)
    x, t_x, t = cells.T
    scale = t.mean() or 1.0

    def unlikeliness(logarithms: np.ndarray) -> float:
        r, alpha, a, b = np.exp(logarithms) * (1, scale, 1, 1)
        return -float((counts * log_likelihood(BgNbd(r, alpha, a, b), x, t_x, t)).mean())

    r, alpha, a, b = _likeliest(unlikeliness, 4)
    return BgNbd(r, alpha * scale, a, b)


def log_likelihood(parameters: BgNbd, x: np.ndarray, t_x: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Of each customer: who is alive, or has left with the last purchase."""
    r, alpha, a, b = parameters
    common = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    common += gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
    alive = -(r + x) * np.log(alpha + t)
    with np.errstate(divide="ignore", invalid="ignore"):
        left = np.log(a) - np.log(b + x - 1) - (r + x) * np.log(alpha + t_x)
    # who has not bought again cannot have left
    return common + np.logaddexp(alive, np.where(x > 0, left, -np.inf))


def fit_gamma_gamma(x: np.ndarray, mean_value: np.ndarray) -> GammaGamma:
    """The likeliest parameters for repeat purchases (at least one) and what they came to each."""
    scale = float(mean_value.mean())
    value = mean_value / scale

    def unlikeliness(logarithms: np.ndarray) -> float:
        p, q, v = np.exp(logarithms)
        likelihoods = gammaln(p * x + q) - gammaln(p * x) - gammaln(q) + q * np.log(v)
        likelihoods += (p * x - 1) * np.log(value) + p * x * np.log(x)
        likelihoods -= (p * x + q) * np.log(x * value + v)
        return -float(likelihoods.mean())

    p, q, v = _likeliest(unlikeliness, 3)
    return GammaGamma(p, q, v * scale)


def expected_purchases(
    parameters: BgNbd, x: np.ndarray, t_x: np.ndarray, t: np.ndarray, weeks: float
) -> np.ndarray:
    """Purchases to be expected in the next weeks: formula (10) of the paper."""
    r, alpha, a, b = parameters
    shrunk = ((alpha + t) / (alpha + t + weeks)) ** (r + x)
    series = hyp2f1(r + x, b + x, a + b + x - 1, weeks / (alpha + t + weeks))
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = a / (b + x - 1) * ((alpha + t) / (alpha + t_x)) ** (r + x)
    left = np.where(x > 0, odds, 0.0)
    return (a + b + x - 1) / (a - 1) * (1 - shrunk * series) / (1 + left)


def _likeliest(unlikeliness: Callable[[np.ndarray], float], count: int) -> list[float]:
    found = minimize(
        unlikeliness,
        np.zeros(count),
        method="L-BFGS-B",
        jac="3-point",
        bounds=[(-FURTHEST, FURTHEST)] * count,
        options={"ftol": 1e-14, "gtol": 1e-9, "maxiter": 2000, "maxfun": 100_000},
    )
    if not np.isfinite(found.fun):
        raise ScoresError("no parameters of customer value were found: please report it")
    return [float(value) for value in np.exp(found.x)]


def _weeks(known: dict[str, Any]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    days = (known["days_to_last_purchase"], known["days_observed"])
    return known["repeat_purchases"], *(column / DAYS_A_WEEK for column in days)


def _judge(
    database: duckdb.DuckDBPyConnection, day: date, horizon_days: int
) -> tuple[Figure, list[Figure]]:
    """What a fit as of a day would have said of the days after, beside what they brought."""
    known = database.execute(HELD_OUT, {"day": day, "days": horizon_days}).fetchnumpy()
    x, t_x, t = _weeks(known)
    if (x > 0).sum() < FEWEST_REPEATING:
        return verdict(False, f"not judged: too few had bought again {horizon_days} days ago"), []
    expected = expected_purchases(fit_bg_nbd(x, t_x, t), x, t_x, t, horizon_days / DAYS_A_WEEK)
    errors = {
        name: float(np.sqrt(((foretold - known["after"]) ** 2).mean()))
        for name, foretold in (("model", expected), ("as_before", known["before"]))
    }
    totals = {"model": expected, "as_before": known["before"], "actual": known["after"]}
    metrics = [
        *(Figure("metric", "purchases", float(all_.sum()), name) for name, all_ in totals.items()),
        *(Figure("metric", "purchases_error", error, name) for name, error in errors.items()),
    ]
    is_better = errors["model"] < errors["as_before"]
    told = (
        f"of {len(x):,} customers as of {day}, purchases in {horizon_days} days are off by "
        f"{errors['model']:.3f} (root mean square), by {errors['as_before']:.3f} if they bought as "
        f"in as many days before; {expected.sum():,.0f} were expected, "
        f"{known['after'].sum():,.0f} came"
    )
    return verdict(is_better, told if is_better else f"not better than the past: {told}"), metrics
