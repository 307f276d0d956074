"""How many conversions are each channel's doing, and how far that can be trusted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from ingestion.effects.fitting import HALF_LIVES, Fit, Risks, fit, hazards, risks
from ingestion.effects.observing import GROUPS, Observed

BASELINE = "baseline"
EFFECT, NONE_SEEN, TOO_FEW = "effect", "no_effect_seen", "too_few_conversions"
FEWEST_CONVERSIONS = 100
FEWEST_LED = 30
# Student's t of 19 degrees of freedom: 20 groups tell how far their own spread can be trusted.
QUANTILE = 2.093


class Effect(NamedTuple):
    """A channel's doing, or the baseline's, of the conversions of watched customers.

    Attributes:
        channel: its name, or BASELINE.
        conversions: those that are its part.
        share: the same as a share.
        standard_error: of the share; None where too little was seen.
        low: where a 95 % interval of the share begins.
        high: where it ends.
        led_conversions: those that a touch of the channel led to, whatever else did.
        finding: EFFECT, NONE_SEEN or TOO_FEW; None for the baseline.
        by_day: its part of each day's conversions, from the first day on.
    """

    channel: str
    conversions: float
    share: float
    standard_error: float | None
    low: float | None
    high: float | None
    led_conversions: int
    finding: str | None
    by_day: tuple[float, ...]


def estimate(observed: Observed) -> list[Effect]:
    """The effect of each channel, and at last the baseline.

    None where there are too few conversions, or too few customers for a spread among them.
    """
    groups = len(np.unique(observed.group))
    if len(observed.day) < FEWEST_CONVERSIONS or groups < GROUPS // 2:
        return []
    risk, exposure = risks(observed)
    whole = fit(risk)
    parts = _parts(risk, whole)
    left_out = [_without(number, observed.group, risk, exposure, whole) for number in range(GROUPS)]
    apart = np.array(left_out)
    spread = ((apart - apart.mean(axis=0)) ** 2).sum(axis=0)
    errors = np.sqrt((GROUPS - 1) / GROUPS * spread)
    errors[:-1] = np.maximum(errors[:-1], _least_errors(risk, whole) / len(observed.day))
    led = np.bincount(
        np.unique(observed.led_row * len(observed.channels) + observed.led_channel)
        % len(observed.channels),
        minlength=len(observed.channels),
    )
    days = [tuple(day.tolist()) for day in _parts_by_day(observed, risk, whole)]
    return list(_told(observed, parts, errors, led, days))


def _told(
    observed: Observed,
    parts: np.ndarray,
    errors: np.ndarray,
    led: np.ndarray,
    days: list[tuple[float, ...]],
) -> Iterator[Effect]:
    for number, channel in enumerate((*observed.channels, BASELINE)):
        of_days = days[number]
        part, watched = float(parts[number]), len(observed.day)
        share, error = min(part / watched, 1.0), float(errors[number])
        low, high = max(share - QUANTILE * error, 0.0), min(share + QUANTILE * error, 1.0)
        if channel == BASELINE:
            yield Effect(channel, part, share, error, low, high, watched, None, of_days)
        elif led[number] < FEWEST_LED:
            few = int(led[number])
            yield Effect(channel, part, share, None, None, None, few, TOO_FEW, of_days)
        else:
            finding = EFFECT if low > 0 else NONE_SEEN
            yield Effect(channel, part, share, error, low, high, int(led[number]), finding, of_days)


def _parts(risk: Risks, fitted: Fit) -> np.ndarray:
    """Of the conversions, the part of each channel and, at last, of the baseline.

    Hazards add up, so a conversion is a channel's doing with the probability that is the channel's
    share of the hazard on that day.
    """
    touched, baseline = np.split(fitted.weights, [risk.parts.shape[1]])
    inverse = 1 / hazards(risk, fitted.weights)
    claimed = touched * np.einsum("nk,n->k", risk.parts, inverse)
    return np.append(
        claimed.reshape(-1, len(HALF_LIVES)).sum(axis=1), (baseline[risk.week] * inverse).sum()
    )


def _parts_by_day(observed: Observed, risk: Risks, fitted: Fit) -> Iterator[np.ndarray]:
    """The same parts day by day, of each channel and, at last, of the baseline."""
    touched, baseline = np.split(fitted.weights, [risk.parts.shape[1]])
    inverse = 1 / hazards(risk, fitted.weights)
    for first in range(0, len(touched), len(HALF_LIVES)):
        bases = slice(first, first + len(HALF_LIVES))
        claimed = (risk.parts[:, bases] @ touched[bases]) * inverse
        yield np.bincount(observed.day, claimed, observed.days)
    yield np.bincount(observed.day, baseline[risk.week] * inverse, observed.days)


def _without(
    number: int, group: np.ndarray, risk: Risks, exposure: np.ndarray, whole: Fit
) -> np.ndarray:
    """The parts as shares, had the customers of one group not been."""
    others = Risks(
        risk.parts[group != number],
        risk.week[group != number],
        np.delete(exposure, number, axis=0).sum(axis=0),
    )
    return _parts(others, fit(others, whole.weights)) / len(others.week)


def _least_errors(risk: Risks, fitted: Fit) -> np.ndarray:
    """Of each channel's part, the error that is left if all other weights were known.

    No group says anything of a channel that has none in any of them: that is not certainty.
    """
    count = risk.parts.shape[1]
    exposure = risk.exposure[:count].reshape(-1, len(HALF_LIVES))
    # a conversion more, spread as the channel's others are
    mix = fitted.weights[:count].reshape(exposure.shape) * exposure + 1 / len(HALF_LIVES)
    mix /= mix.sum(axis=1, keepdims=True)
    parts = risk.parts.reshape(-1, *exposure.shape)
    per_weight = np.divide(mix, exposure, out=np.zeros_like(mix), where=exposure > 0)
    gained = np.einsum("ncb,cb->nc", parts, per_weight) / hazards(risk, fitted.weights)[:, None]
    information = (gained**2).sum(axis=0)
    return 1 / np.sqrt(np.maximum(information, np.finfo(float).tiny))
