"""What customers will do next and be worth: learned here, scored in the warehouse by plain SQL.

A fit lands as a table of figures (weights, parameters, metrics); former fits stay beside it. What
was learned is judged on a later time than it was learned from, and used only where it is better
than what anybody could do without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from ingestion import ToldError


class ScoresError(ToldError):
    """Nothing can be fitted; the message says why and what to do."""


class Figure(NamedTuple):
    """One figure of a fit.

    Attributes:
        kind: verdict, intercept, weight, mean, deviation, parameter, bin_from, bin_share or metric.
        name: the feature, the parameter or the metric.
        value: the figure; None where a bin has no lower end.
        contender: of a metric, whose it is.
        bin: the number of the bin, from 1.
        note: of a verdict, why.
    """

    kind: str
    name: str
    value: float | None
    contender: str | None = None
    bin: int | None = None
    note: str | None = None


@dataclass(frozen=True)
class Fit:
    """All that one fit of a score says.

    Attributes:
        score_name: the score.
        method: how it was fitted.
        first_day: the first day that was learned from.
        last_day: the last one.
        figures: what came of it, a verdict first.
    """

    score_name: str
    method: str
    first_day: date
    last_day: date
    figures: list[Figure]

    @property
    def is_published(self) -> bool:
        """Whether it may be used."""
        return self.figures[0].value == 1

    @property
    def verdict(self) -> str:
        """Why, or why not."""
        return self.figures[0].note or ""


def verdict(is_published: bool, why: str) -> Figure:
    """Whether a fit may be used, and why."""
    return Figure("verdict", "is_published", float(is_published), note=why)
