"""The weights under which what was seen is likeliest, and whose part each conversion is.

On a day, a customer converts with the hazard

    baseline of the week + sum of weight[channel, basis] * basis(age) over the touches remembered

and no weight is negative. What is expected of all days is linear in the weights, so touches and
customers are counted, not sampled; only conversions are looked at one by one.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ingestion.effects import EffectsError
from ingestion.effects.observing import Observed

HALF_LIVES = (1, 4, 16)
"""Days in which what a touch adds halves, one basis each: most of them together bend as needed."""

# Of the logarithm of the likelihood; a standard error is a matter of 0.5.
TOLERANCE = 1e-3
MOST_ROUNDS = 200
MOST_SWEEPS = 1000
SHORTEST_STRIDE = 1e-3


class Risks(NamedTuple):
    """What the likelihood needs to know.

    Attributes:
        parts: of each conversion (row), what each weight (column: channel by basis) multiplies.
        week: of each conversion.
        exposure: of each weight, then of each week's baseline, what it multiplies on all days of
            all customers: the conversions that a weight of 1 would lead to.
    """

    parts: np.ndarray
    week: np.ndarray
    exposure: np.ndarray


class Fit(NamedTuple):
    """The weights found, the logarithm of their likelihood, and how it grew step by step."""

    weights: np.ndarray
    grown: list[float]


def bases(lookback_days: int) -> np.ndarray:
    """Each basis (column) by the age of a touch (row); on its own day it adds nothing."""
    ages = np.arange(lookback_days + 1)[:, None]
    return np.where(ages > 0, 0.5 ** (ages / np.array(HALF_LIVES)), 0.0)


def risks(observed: Observed) -> tuple[Risks, np.ndarray]:
    """All risks (their exposure is that of all groups), and the exposure of each group."""
    groups, channels, ages = observed.remembered.shape
    basis = bases(ages - 1)
    parts = np.zeros((len(observed.day), channels, len(HALF_LIVES)))
    np.add.at(parts, (observed.led_row, observed.led_channel), basis[observed.led_age])
    touched = np.einsum("gca,ab->gcb", observed.remembered, basis.cumsum(axis=0))
    # who was known and touched by yesterday is watched from today on
    present = np.cumsum(observed.entered, axis=1)[:, :-1]
    by_week = np.add.reduceat(present, np.arange(0, present.shape[1], 7), axis=1)
    exposure = np.hstack([touched.reshape(groups, -1), by_week])
    # the first day, when nobody is watched yet, is no week's
    week = (observed.day - 1) // 7
    return Risks(parts.reshape(len(parts), -1), week, exposure.sum(axis=0)), exposure


def hazards(risk: Risks, weights: np.ndarray) -> np.ndarray:
    """Of each conversion, the hazard under these weights."""
    touched, baseline = np.split(weights, [risk.parts.shape[1]])
    return np.einsum("nk,k->n", risk.parts, touched) + baseline[risk.week]


def log_likelihood(risk: Risks, weights: np.ndarray) -> float:
    """Of conversions on the days on which they were, and of none on the others."""
    with np.errstate(divide="ignore"):  # a baseline of 0 on the day of a conversion: impossible
        logarithms = np.log(hazards(risk, weights))
    return float(logarithms.sum() - (risk.exposure * weights).sum())


def em_ratios(risk: Risks, weights: np.ndarray) -> np.ndarray:
    """By how much EM multiplies each weight: conversions that are its part, by those expected."""
    inverse = 1 / hazards(risk, weights)
    weeks = len(weights) - risk.parts.shape[1]
    claimed = np.concatenate(
        [
            np.einsum("nk,n->k", risk.parts, inverse),
            np.bincount(risk.week, inverse, weeks),
        ]
    )
    return np.divide(claimed, risk.exposure, out=np.zeros_like(claimed), where=risk.exposure > 0)


def fit(risk: Risks, start: np.ndarray | None = None) -> Fit:
    """The likeliest weights.

    The logarithm of the likelihood is concave, and after a step of EM expected conversions are as
    many as there are: so it lacks at most their number times what the largest ratio exceeds 1 by.
    EM alone would creep for ever where bases resemble each other; each step is followed by a stride
    of Newton's, as long as that is likelier than another step.

    Raises:
        EffectsError: no end was found.
    """
    conversions = len(risk.week)
    if start is None:
        start = np.full(len(risk.exposure), conversions / risk.exposure.sum())
    weights, grown = start, []
    for _ in range(MOST_ROUNDS):
        once = weights * em_ratios(risk, weights)
        ratios = em_ratios(risk, once)
        grown.append(log_likelihood(risk, once))
        if conversions * (ratios.max() - 1) < TOLERANCE:
            return Fit(once, grown)
        weights = _stride(risk, once, ratios)
    raise EffectsError(f"no end was found in {MOST_ROUNDS} rounds: please report it")


def _stride(risk: Risks, weights: np.ndarray, ratios: np.ndarray) -> np.ndarray:
    """Towards the top of the parabola that fits here; another step of EM where that is likelier."""
    step = weights * ratios
    reached, length = log_likelihood(risk, step), 1.0
    direction = _top(risk, weights, ratios) - weights
    while length > SHORTEST_STRIDE:
        strode = weights + length * direction
        if log_likelihood(risk, strode) > reached:
            return strode
        length /= 2
    return step


def _top(risk: Risks, weights: np.ndarray, ratios: np.ndarray) -> np.ndarray:
    """Where the parabola is highest, no weight being negative: one weight after the other."""
    curvature = _curvature(risk, weights)
    own = np.diag(curvature)
    slope = risk.exposure * (ratios - 1)
    top = weights.copy()
    for _ in range(MOST_SWEEPS):
        gain = 0.0
        for number in np.flatnonzero(own):
            change = max(slope[number] / own[number], -top[number])
            top[number] += change
            slope -= change * curvature[number]
            gain = max(gain, change**2 * own[number])
        if gain < TOLERANCE**4:
            break
    return top


def _curvature(risk: Risks, weights: np.ndarray) -> np.ndarray:
    """How the slope of the log-likelihood falls in one weight (row) as another one rises."""
    inverse = 1 / hazards(risk, weights)
    touched, weeks = risk.parts.shape[1], len(weights) - risk.parts.shape[1]
    scaled = risk.parts * inverse[:, None]
    across = np.zeros((weeks, touched))
    np.add.at(across, risk.week, scaled * inverse[:, None])
    within = np.diag(np.bincount(risk.week, inverse**2, weeks))
    return np.block([[np.einsum("nk,nl->kl", scaled, scaled), across.T], [across, within]])
