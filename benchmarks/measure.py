"""Contenders measured in processes of their own, one after the other, and the table of results."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import NamedTuple

PROJECT = Path(__file__).parents[1]
RESULTS = Path(__file__).parent / "RESULTS.md"

KEY = "benchmark " * 4
"""Pseudonymises what is read; nothing of it is kept."""

EVENTS_PER_PERSON = 30
"""Sensors events that a person of the sample brand leaves in 90 days."""

Work = Callable[[], object]
"""What is measured; it returns what came out, so that contenders can be told to agree.

Where that has to be counted first, it returns what counts: no part of the work."""


class Contender(NamedTuple):
    """Someone who does the work.

    ``set_up`` makes everything ready below a directory and returns the work itself. ``start_up``
    names the contender whose cost is no part of the work, and is taken off.
    """

    name: str
    set_up: Callable[[Path, int], Work]
    start_up: str = ""


class Benchmark(NamedTuple):
    """Contenders, the first of which is the reference of all ratios."""

    title: str
    prepare: Callable[[Path, int], None]
    contenders: tuple[Contender, ...]


def narrowed(benchmark: Benchmark, texts: list[str]) -> Benchmark:
    """The reference, contenders whose name holds one of the texts, and what is taken off these.

    Raises:
        ValueError: no contender's does.
    """
    found = [
        contender
        for contender in benchmark.contenders
        if any(text in contender.name for text in texts)
    ]
    if not found:
        names = ", ".join(contender.name for contender in benchmark.contenders)
        raise ValueError(f"no contender is named like {texts}; there are {names}")
    kept = {benchmark.contenders[0].name}
    kept |= {name for contender in found for name in (contender.name, contender.start_up)}
    return benchmark._replace(
        contenders=tuple(one for one in benchmark.contenders if one.name in kept)
    )


class Report(NamedTuple):
    """Not what something costs but what it is worth: a table of its own, made once."""

    title: str
    table: Callable[[Path, int], str]


class Cost(NamedTuple):
    """What one contender needed, and what came out."""

    cpu_seconds: float
    wall_seconds: float
    peak_mb: float
    outcome: str


def compare(name: str, benchmark: Benchmark, directory: Path, events: int, rounds: int) -> str:
    """Prepare, run every contender ``rounds`` times in turn, return the table of medians."""
    in_own_process(name, "prepare", directory, events)
    runs: dict[str, list[Cost]] = {contender.name: [] for contender in benchmark.contenders}
    for number in range(1, rounds + 1):
        for contender in benchmark.contenders:
            cost = in_own_process(name, contender.name, directory, events)
            runs[contender.name].append(cost)
            print(f"  {number}/{rounds} {contender.name}: {cost.cpu_seconds:.2f} CPU s", flush=True)
    return _table(name, benchmark, {key: _median(costs) for key, costs in runs.items()}, events)


def in_own_process(name: str, part: str, directory: Path, events: int) -> Cost:
    """Run one part of a benchmark in a fresh process.

    Raises:
        CalledProcessError: it failed; what it said is on the screen.
    """
    result = directory / "cost.json"
    # dbt and dlt are slower to start where nothing compiled may be kept
    settings = {key: text for key, text in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run(
        [sys.executable, "-m", "benchmarks.one", name, part, directory, str(events), result],
        cwd=PROJECT,
        env=settings | {"OMNITOUCH_HMAC_KEY": KEY},
        check=True,
    )
    return Cost(*json.loads(result.read_text()))


def record(text: str) -> None:
    """Print a table and append it to the results."""
    print(text)
    with RESULTS.open("a", encoding="utf-8") as file:
        file.write(text)


def heading(title: str, events: int, rounds: int, left_out: tuple[str, ...] = ()) -> str:
    """What was measured, when, with what, and without whom."""
    versions = f"Python {platform.python_version()}, DuckDB {version('duckdb')}"
    runs = f"median of {rounds}" if rounds > 1 else "one run"
    cores = os.cpu_count()
    without = f"; left out: {', '.join(left_out)}" if left_out else ""
    how = f"{date.today()}, {versions}, {cores} cores, {runs}{without}"
    return f"\n### {title}, {events:,}\n\n{how}.\n\n"


def _median(costs: list[Cost]) -> Cost:
    outcomes = {cost.outcome for cost in costs}
    if len(outcomes) > 1:
        raise ValueError(f"the same work came to different ends: {outcomes}")
    numbers = (median(column) for column in list(zip(*costs, strict=True))[:3])
    return Cost(*numbers, costs[0].outcome)


def _table(name: str, benchmark: Benchmark, costs: dict[str, Cost], events: int) -> str:
    work = {
        contender.name: costs[contender.name].cpu_seconds
        - (costs[contender.start_up].cpu_seconds if contender.start_up else 0)
        for contender in benchmark.contenders
    }
    reference = work[benchmark.contenders[0].name]
    lines = [
        "| contender | CPU s | less start-up | wall s | peak MB | ratio | outcome |",
        "|---|---:|---:|---:|---:|---:|---|",
    ]
    for contender in benchmark.contenders:
        cost = costs[contender.name]
        less = f"{work[contender.name]:.2f}" if contender.start_up else ""
        lines.append(
            f"| {contender.name} | {cost.cpu_seconds:.2f} | {less} | {cost.wall_seconds:.2f} "
            f"| {cost.peak_mb:.0f} | {work[contender.name] / reference:.2f} | {cost.outcome} |"
        )
    return "\n".join(lines) + "\n"
