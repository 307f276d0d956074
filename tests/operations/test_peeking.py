"""Who looks every day finds differences that are none; what holds at every look does not."""

from __future__ import annotations

import numpy as np
import pytest

from tests.operations.test_statistics import computed

TESTS, LOOKS, PEOPLE_A_LOOK, RATE, TYPICAL_EFFECT = 2_000, 60, 100, 0.1, 0.02


def ever_significant(call: str, counts: np.ndarray, minimum: int = 1) -> float:
    """The share of tests that show p below 5 % at any look."""
    rows = [tuple(map(float, row)) for row in counts.reshape(-1, 4)]
    p = computed(call, rows).astype(float).reshape(counts.shape[:2])
    return float((np.nan_to_num(p, nan=1.0)[:, minimum - 1 :] < 0.05).any(axis=1).mean())


@pytest.fixture(scope="module")
def counts() -> np.ndarray:
    """(converted, people) of two variants without a difference, at each look of each test."""
    rng = np.random.default_rng(11)
    converted = rng.binomial(PEOPLE_A_LOOK, RATE, (TESTS, LOOKS, 2)).cumsum(axis=1)
    people = np.arange(1, LOOKS + 1)[None, :, None] * PEOPLE_A_LOOK + np.zeros_like(converted)
    return np.stack([converted[..., 0], people[..., 0], converted[..., 1], people[..., 1]], axis=2)


DIFFERENCE = "(c / d - a / b)"
SQUARE_ERROR = "(a / b * (1 - a / b) / b + c / d * (1 - c / d) / d)"
ALWAYS_VALID = f"always_valid_p('{DIFFERENCE}', '{SQUARE_ERROR}', '{TYPICAL_EFFECT}')"
Z_TEST = "normal_p(rates_z('a', 'b', 'c', 'd'))"


def test_daily_looks_find_what_is_not_there_unless_p_is_always_valid(counts: np.ndarray) -> None:
    naive, sequential = ever_significant(Z_TEST, counts), ever_significant(ALWAYS_VALID, counts)
    at_the_end = ever_significant(Z_TEST, counts, minimum=LOOKS)
    # docs/operations.md tells these
    assert naive > 0.3
    assert sequential < 0.05
    assert 0.035 < at_the_end < 0.065


def test_a_difference_is_found_early_and_its_interval_holds_it(counts: np.ndarray) -> None:
    rng = np.random.default_rng(12)
    better = counts.copy()
    better[..., 2] = rng.binomial(PEOPLE_A_LOOK, RATE + 0.04, counts.shape[:2]).cumsum(axis=1)
    assert ever_significant(ALWAYS_VALID, better) > 0.95
    some = better[:300]
    rows = [tuple(map(float, row)) for row in some.reshape(-1, 4)]
    reach = computed(f"always_valid_reach('{SQUARE_ERROR}', '{TYPICAL_EFFECT}')", rows)
    a, b, c, d = np.array(rows).T
    misses = np.abs(c / d - a / b - 0.04) > reach.astype(float)
    # at no look of 95 of a hundred tests
    assert misses.reshape(some.shape[:2]).any(axis=1).mean() < 0.05
    # the interval leaves out 0 just where p is below 5 %
    p = computed(ALWAYS_VALID, rows).astype(float)
    near = np.abs(p - 0.05) < 1e-9
    assert ((np.abs(c / d - a / b) > reach) == (p < 0.05))[~near].all()
