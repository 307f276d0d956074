"""BG/NBD and Gamma-Gamma: published figures, simulated customers, and the SQL beside scipy."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import jinja2
import numpy as np
import pandas as pd
import pytest

from ingestion.scores import Fit
from ingestion.scores.value import (
    BgNbd,
    expected_purchases,
    fit_bg_nbd,
    fit_gamma_gamma,
    fit_value,
)
from tests.warehouse.worlds import PROJECT

MACROS = PROJECT / "macros" / "scores" / "bg_nbd.sql"
PUBLISHED = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426)


def test_the_published_parameters_of_cdnow_are_found(shared_data: Path) -> None:
    summary = shared_data / "orders" / "cdnow" / "cdnow_customers_summary.csv"
    with summary.open(encoding="utf-8") as file:
        rows = [[float(row[name]) for name in ("frequency", "recency", "T")]
                for row in csv.DictReader(file)]  # fmt: skip
    assert fit_bg_nbd(*np.array(rows).T) == pytest.approx(PUBLISHED, rel=0.01)


def test_the_parameters_of_simulated_customers_are_found() -> None:
    rng = np.random.default_rng(3)
    count, true = 20_000, BgNbd(r=0.8, alpha=6.0, a=1.2, b=3.0)
    rate = rng.gamma(true.r, 1 / true.alpha, count)
    leaves = rng.beta(true.a, true.b, count)
    t = rng.uniform(20, 60, count)
    x, t_x = np.zeros(count), np.zeros(count)
    for person in range(count):
        at = rng.exponential(1 / rate[person])
        while at < t[person]:
            x[person], t_x[person] = x[person] + 1, at
            if rng.random() < leaves[person]:
                break
            at += rng.exponential(1 / rate[person])
    # so few parameters hang together: what they foretell is what has to be right
    found = fit_bg_nbd(x, t_x, t)
    assert found.r / found.alpha == pytest.approx(true.r / true.alpha, rel=0.05)
    assert found.a / (found.a + found.b) == pytest.approx(0.286, abs=0.03)
    ahead = [expected_purchases(each, x, t_x, t, 13).sum() for each in (found, true)]
    assert ahead[0] == pytest.approx(ahead[1], rel=0.03)


def test_what_simulated_purchases_come_to_is_found() -> None:
    rng = np.random.default_rng(4)
    x = rng.integers(1, 6, 20_000)
    rate = rng.gamma(4.0, 1 / 15.0, len(x))
    mean_value = rng.gamma(6.0 * x, 1 / (rate * x))
    found = fit_gamma_gamma(x, mean_value)
    assert found == pytest.approx((6.0, 4.0, 15.0), rel=0.1)
    assert found.p * found.v / (found.q - 1) == pytest.approx(6 * 15 / 3, rel=0.02)


def test_a_fit_that_cannot_be_judged_is_not_published() -> None:
    with duckdb.connect() as database:
        # all bought again on the last day, which is held out
        database.execute(
            """
            create schema intermediate;
            create table intermediate.int_score_dates as
            select 0 as snapshot_number, date '2026-07-31' as as_of_date;
            create table intermediate.int_purchase_days as
            select customer_id, purchase_date, 1 as order_count
            from range(120) as people (customer_id)
            cross join (values (date '2026-06-01'), (date '2026-07-31')) as days (purchase_date);
            create table intermediate.int_repeat_purchases_counted as
            select
                1 as repeat_purchases, 60 as days_to_last_purchase, 60 as days_observed,
                100.0 + customer_id % 7 as repeat_value
            from range(120) as people (customer_id)
            """
        )
        fit = fit_value(database, 90)
    assert isinstance(fit, Fit)
    assert not fit.is_published
    assert fit.verdict == "not judged: too few had bought again 20 days ago"


def rendered(call: str) -> str:
    """What dbt makes of a macro call; these macros need nothing of dbt."""
    environment = jinja2.Environment(extensions=["jinja2.ext.do"])
    return environment.from_string(
        MACROS.read_text(encoding="utf-8") + "{{ " + call + " }}"
    ).render()


@pytest.mark.parametrize(
    ("weeks", "tolerance"),
    # a quarter as exact as can be; years, for customers of yesterday, to some digits
    [(90 / 7, 1e-9), (52, 1e-4), (260, 1e-2)],
)
@pytest.mark.parametrize(
    "parameters",
    [
        PUBLISHED,
        BgNbd(r=2.5, alpha=10.0, a=0.05, b=30.0),
        BgNbd(r=0.5, alpha=8.0, a=1.8, b=0.6),
        # nobody ever leaves, as far as can be told
        BgNbd(r=1.1, alpha=12.0, a=0.001, b=1000.0),
        # who leaves does so at a rate that is the same for all
        BgNbd(r=0.8, alpha=6.0, a=494.0, b=1097.0),
        BgNbd(r=0.8, alpha=4.0, a=15.0, b=40.0),
    ],
)
def test_sql_expects_what_the_published_formula_does(
    parameters: BgNbd, weeks: float, tolerance: float
) -> None:
    x, share, t = (
        grid.ravel()
        for grid in np.meshgrid([0, 1, 2, 7, 40], [0.1, 0.5, 1.0], [0.0, 0.5, 10, 39, 150])
    )
    t_x = np.where(x > 0, share * t, 0.0)
    with duckdb.connect() as database:
        database.register("cells", pd.DataFrame({"x": x, "t_x": t_x, "t": t}))
        r, alpha, a, b = parameters
        query = f"""
            with known as (
                select *, {weeks} / ({alpha} + t) as ahead,
                    {r}::double as r, {alpha}::double as alpha, {a}::double as a, {b}::double as b
                from cells
            ),
            described as (
                select *, {rendered("series_parameters('x')")} from known
            ),
            living as (
                select *, {rendered("p_alive('x', 't_x', 't')")} as alive,
                    {rendered("rest_of_series('x', 'ahead', 60)")} as rest
                from described
            ),
            summed as (
                select *, {rendered("terms_of_series('x', 'ahead', 0, 60, 'rest')")} as series
                from living
            )
            select alive, {rendered("expected_purchases('x', 'ahead', 'alive', 'series')")} as found
            from summed
        """
        found = database.execute(query).fetchnumpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = np.where(x > 0, a / (b + x - 1) * ((alpha + t) / (alpha + t_x)) ** (r + x), 0)
    np.testing.assert_allclose(found["alive"], 1 / (1 + odds), rtol=1e-12)
    expected = expected_purchases(parameters, x, t_x, t, weeks)
    np.testing.assert_allclose(found["found"], expected, rtol=tolerance)
