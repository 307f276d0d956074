"""Whether customers are people: the identity models on a sample brand beside its truth."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import EVENTS_PER_PERSON, KEY, Report
from benchmarks.warehouse import dbt

if TYPE_CHECKING:
    from tests.identity import quality

DAYS, SEED = 90, 7
HEADER = (
    "| links that join | precision | recall | F1 | B-cubed precision | recall | F1 "
    "| largest customer | customers with two member ids |\n"
    "|---|---:|---:|---:|---:|---:|---:|---:|---:|\n"
)
CALIBRATION_HEADER = (
    "| likely matches | probability from | pairs | predicted | true |\n|---|---:|---:|---:|---:|\n"
)


def table(directory: Path, events: int) -> str:
    """Build the brand and its identity graph, return a row for each set of rules."""
    # not above: what dbt itself needs is no part of other benchmarks
    from tests.identity import quality
    from tests.warehouse.worlds import environment, write_world

    people = events // EVENTS_PER_PERSON
    with environment(OMNITOUCH_HMAC_KEY=KEY):
        write_world(directory, people, DAYS, SEED)
        dbt(directory, "seed")
        dbt(directory, "run", "--select", "+customer_matches", "+match_calibration")
        found = quality.measured(directory)
        tenths = quality.calibration(directory)
    rows = (f"| {name} | " + " | ".join(map(_cell, one)) + " |\n" for name, one in found.items())
    lost = found[quality.WITHOUT_RULES].recall - found[quality.WHOLE].recall
    command = f"`python -m benchmarks identity_quality --events {events}`"
    return (
        f"{command}: {people:,} people, {DAYS} days, seed {SEED}.\n\n{HEADER}{''.join(rows)}\n"
        "The recall of no rule at all is the most there is: pairs that any chain of records "
        f"connects. The rules lose {100 * lost:.2f} points of it.\n\n{_calibration(tenths)}"
    )


def _calibration(tenths: list[quality.Tenth]) -> str:
    from tests.identity.quality import calibration_error, share_of_true

    rows = "".join(
        f"| {tenth.method} | {tenth.probability_from:.1f} | {tenth.pairs:,} "
        f"| {tenth.predicted:.3f} | {tenth.observed:.3f} |\n"
        for tenth in tenths
    )
    lines = []
    for method in dict.fromkeys(tenth.method for tenth in tenths):
        its = [tenth for tenth in tenths if tenth.method == method]
        lines.append(
            f"{method.capitalize()}: calibration error from 0.5 on "
            f"{100 * calibration_error(its):.2f} points; of pairs from 0.8 on "
            f"{100 * share_of_true(its, 0.8):.2f} % are one person.\n"
        )
    return CALIBRATION_HEADER + rows + "\n" + "".join(lines)


def _cell(figure: float) -> str:
    return f"{figure:.4f}" if isinstance(figure, float) else f"{figure:,}"


REPORT = Report("identifiers grouped to customers, N Sensors events", table)
