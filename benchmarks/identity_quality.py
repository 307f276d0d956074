"""Whether customers are people: the identity models on a sample brand beside its truth."""

from __future__ import annotations

from pathlib import Path

from benchmarks.measure import KEY, Report
from benchmarks.warehouse import dbt

EVENTS_PER_PERSON = 30
DAYS, SEED = 90, 7
HEADER = (
    "| links that join | precision | recall | F1 | B-cubed precision | recall | F1 "
    "| largest customer | customers with two member ids |\n"
    "|---|---:|---:|---:|---:|---:|---:|---:|---:|\n"
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
        dbt(directory, "run", "--select", "+int_identifiers_resolved")
        found = quality.measured(directory)
    rows = (f"| {name} | " + " | ".join(map(_cell, one)) + " |\n" for name, one in found.items())
    lost = found[quality.WITHOUT_RULES].recall - found[quality.WHOLE].recall
    command = f"`python -m benchmarks identity_quality --events {events}`"
    return (
        f"{command}: {people:,} people, {DAYS} days, seed {SEED}.\n\n{HEADER}{''.join(rows)}\n"
        "The recall of no rule at all is the most there is: pairs that any chain of records "
        f"connects. The rules lose {100 * lost:.2f} points of it.\n"
    )


def _cell(figure: float) -> str:
    return f"{figure:.4f}" if isinstance(figure, float) else f"{figure:,}"


REPORT = Report("identifiers grouped to customers, N Sensors events", table)
