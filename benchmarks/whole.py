"""The sample brand from nothing to published marts, step by step; N is its Sensors events."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

from benchmarks.measure import EVENTS_PER_PERSON, PROJECT, Benchmark, Contender, Work

MANIFEST = "landing/declared/sample_brand.yml"
DBT = str(Path(sys.executable).with_name("dbt"))


def prepare(directory: Path, events: int) -> None:
    (directory / "people").write_text(str(events // EVENTS_PER_PERSON))


def step(*commands: str) -> partial[Work]:
    return partial(run, commands)


def run(commands: tuple[str, ...], directory: Path, _: int) -> Work:
    """One command of ./run, in a process of its own as there."""
    root = directory / "warehouse"
    if commands[-1] == "sample":
        shutil.rmtree(root, ignore_errors=True)
    people = ("--people", (directory / "people").read_text()) if commands[-1] == "sample" else ()
    last = (str(root / MANIFEST),) if commands[-1] == "load" else ()
    paths = {
        "OMNITOUCH_WAREHOUSE": str(root),
        "DBT_TARGET_PATH": str(root / "target"),
        "DBT_LOG_PATH": str(root / "logs"),
    }

    def work() -> None:
        subprocess.run(
            [*commands, *people, *last],
            cwd=PROJECT,
            env=os.environ | paths,
            stdout=subprocess.DEVNULL,
            check=True,
        )

    return work


BENCHMARK = Benchmark(
    "raw files to published marts, N Sensors events",
    prepare,
    (
        Contender("write the sample brand", step(sys.executable, "-m", "ingestion", "sample")),
        Contender("load raw files", step(sys.executable, "-m", "ingestion", "load")),
        Contender("dbt build, tests too", step(DBT, "--log-level", "warn", "build")),
        Contender("audit and publish", step(sys.executable, "-m", "expectations", "publish")),
    ),
)
