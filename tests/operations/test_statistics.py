"""The statistics that the marts compute in SQL are those of scipy."""

from __future__ import annotations

from itertools import product

import duckdb
import jinja2
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tests.warehouse.worlds import PROJECT

FOLDER = PROJECT / "macros" / "statistics"
DEFINITIONS = "".join(path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.sql")))


def computed(call: str, rows: list[tuple[float, ...]]) -> np.ndarray:
    """What a macro gives for rows of the columns a, b, c and d."""
    environment = jinja2.Environment(extensions=["jinja2.ext.do"])
    sql = environment.from_string(DEFINITIONS + "{{ " + call + " }}").render()
    given = pd.DataFrame(rows, columns=list("abcd"[: len(rows[0])]), dtype="float64")
    with duckdb.connect() as database:
        database.register("given", given.rename_axis("place").reset_index())
        found = database.execute(f"select {sql} from given order by place").fetchall()
    return np.array([value for (value,) in found])


Z = [0.0, 1e-9, 1e-3, 0.3, 0.66, 0.6629, 0.663, 1.0, 1.959963984540054, 3.0, 5.6, 5.7, 8.0, 20.0]
DEGREES = [3.0, 3.7, 5.0, 9.2, 28.6, 29.0, 61.3, 100.0, 316.0, 1e3, 12_345.6, 1e5, 1e6, 3e7, 1e9]


def test_normal_tails_are_those_of_scipy_to_the_last_figures() -> None:
    found = computed("normal_p('a')", [(sign * z,) for z in Z for sign in (1, -1)])
    expected = np.repeat(2 * stats.norm.sf(Z), 2)
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=0)


def test_the_error_function_has_two_sides() -> None:
    points = [-6.0, -2.0, -0.5, -0.4, 0.0, 0.4, 0.5, 2.0, 4.0, 4.1, 6.0]
    found = computed("complementary_error('a')", [(x,) for x in points])
    np.testing.assert_allclose(found, 2 * stats.norm.sf(np.sqrt(2) * np.array(points)), rtol=1e-13)


def test_students_tails_are_those_of_scipy() -> None:
    cases = list(product([*Z, 2.5, 4.2, 12.0, 60.0, 1e4], DEGREES))
    found = computed("student_p('a', 'b')", cases)
    t, degrees = np.array(cases).T
    np.testing.assert_allclose(found, 2 * stats.t.sf(t, degrees), rtol=0, atol=1e-10)


def test_students_quantile_is_that_of_scipy() -> None:
    cases = [(degrees,) for degrees in [10.0, *DEGREES] if degrees >= 10]
    near = computed("student_quantile_near('a')", cases)
    p = computed("student_p('a', 'b')", [(x, *case) for x, case in zip(near, cases, strict=True)])
    found = computed(
        "student_quantile('a', 'b', 'c')",
        [(*pair, *case) for *pair, case in zip(near, p, cases, strict=True)],
    )
    np.testing.assert_allclose(found, stats.t.ppf(0.975, np.array(cases)[:, 0]), rtol=1e-9)
    # below, it would be off by 1e-7 and more
    assert computed("student_quantile('a', 'b', 'c')", [(2.3, 0.05, 9.9)]) == [None]


def test_chi_squares_tails_are_those_of_scipy() -> None:
    cases = list(product([0.0, 1e-6, 0.5, 1.0, 3.84, 10.0, 40.0, 200.0], range(1, 10)))
    found = computed("chi_square_p('a', 'cast(b as bigint)')", cases)
    x, degrees = np.array(cases).T
    np.testing.assert_allclose(found, stats.chi2.sf(x, degrees), rtol=1e-11)
    assert computed("chi_square_p('a', 'b')", [(0.0, 0.0)]) == [1.0]
    assert computed("chi_square_p('a', 'b')", [(40.0, 10.0)]) == [None]


RATES = [(3, 40, 9, 41), (0, 30, 4, 35), (120, 1000, 150, 1010), (50, 50, 49, 50)]


def wilson(successes: int, trials: int) -> tuple[float, float]:
    interval = stats.binomtest(successes, trials).proportion_ci(0.95, method="wilson")
    return interval.low, interval.high


@pytest.mark.parametrize("sign", ["-", "+"])
def test_the_interval_of_a_difference_is_newcombes(sign: str) -> None:
    found = computed(f"newcombe_bound('a', 'b', 'c', 'd', '{sign}')", RATES)
    for value, (x, n, other_x, other_n) in zip(found, RATES, strict=True):
        (low, high), (other_low, other_high) = wilson(x, n), wilson(other_x, other_n)
        rate, other = x / n, other_x / other_n
        expected = {
            "-": other - rate - np.hypot(high - rate, other - other_low),
            "+": other - rate + np.hypot(rate - low, other_high - other),
        }
        assert value == pytest.approx(expected[sign], abs=1e-12)
    # Newcombe's own example (e): 56 of 70 against 48 of 80
    (published,) = computed(f"newcombe_bound('a', 'b', 'c', 'd', '{sign}')", [(48, 80, 56, 70)])
    assert published == pytest.approx({"-": 0.0524, "+": 0.3339}[sign], abs=5e-5)


def test_the_least_count_to_be_expected_is_that_of_the_table() -> None:
    found = computed("fewest_expected('a', 'b', 'c', 'd')", RATES)
    tables = [[[x, n - x], [other_x, other_n - other_x]] for x, n, other_x, other_n in RATES]
    expected = [stats.contingency.expected_freq(table).min() for table in tables]
    np.testing.assert_allclose(found, expected)


def test_z_of_two_rates_squared_is_pearsons_chi_square() -> None:
    found = computed("rates_z('a', 'b', 'c', 'd')", RATES)
    for z, (x, n, other_x, other_n) in zip(found, RATES, strict=True):
        table = [[x, n - x], [other_x, other_n - other_x]]
        assert z**2 == pytest.approx(stats.chi2_contingency(table, correction=False).statistic)
        assert np.sign(z) == np.sign(other_x / other_n - x / n)
