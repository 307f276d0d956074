"""A run that is killed at any moment is simply run again, and readers never notice."""

from __future__ import annotations

import fcntl
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import duckdb
import pytest

from ingestion.loading import run as load
from ingestion.sample_brand import write_sample_brand
from ingestion.warehouse import Warehouse
from tests.ingestion.damage import opens, tear_what_opening_reads
from tests.warehouse import worlds

KILLS = int(os.environ.get("OMNITOUCH_TEST_KILLS", "2"))
# The first build of a warehouse, its seeds among it.
UNTESTED = "build --exclude-resource-type test --exclude-resource-type unit_test"
MANIFEST = "landing/declared/sample_brand.yml"
STEPS = """
set -e
{python} -m ingestion load {warehouse}/{manifest}
{python} -m dbt.cli.main --log-level error --log-level-file none {dbt}
{python} -m expectations publish
"""


def start(warehouse: Path, dbt: str = "run") -> subprocess.Popen[bytes]:
    """All steps of a run, in a process group of their own."""
    environment = {
        **os.environ,
        "OMNITOUCH_WAREHOUSE": str(warehouse),
        "DBT_TARGET_PATH": str(warehouse / "target"),
        "DBT_LOG_PATH": str(warehouse / "logs"),
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    steps = STEPS.format(python=sys.executable, warehouse=warehouse, manifest=MANIFEST, dbt=dbt)
    with (warehouse / "output.txt").open("ab") as output:
        return subprocess.Popen(
            ["bash", "-c", steps],
            cwd=worlds.PROJECT,
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def finish(warehouse: Path, dbt: str = "run") -> None:
    assert start(warehouse, dbt).wait() == 0, (warehouse / "output.txt").read_text()[-3000:]


class Reader(threading.Thread):
    """Reads the published side all the time, and remembers what did not fit together."""

    def __init__(self, warehouse: Path) -> None:
        super().__init__(daemon=True)
        self.published = warehouse / "published"
        self.torn: list[str] = []
        self.reads = 0
        self.done = threading.Event()

    def run(self) -> None:
        while not self.done.wait(0.05):
            pointer = self.published / "current.json"
            if not pointer.exists():
                continue
            try:
                batch = json.loads(pointer.read_text())["batch"]
                database = self.published / batch / "marts.duckdb"
                with duckdb.connect(str(database), read_only=True) as marts:
                    ((orders, counted, credited, models),) = marts.execute(
                        """
                        select
                            (select count(*) from orders
                             where order_kind = 'sale' and paid_at is not null
                             and customer_id <> 'unknown'),
                            (select coalesce(sum(order_count), 0) from customers),
                            (select coalesce(sum(conversions), 0) from touchpoint_credits
                             where attribution_model = 'linear'),
                            (select coalesce(sum(conversions), 0) from channel_performance
                             where attribution_model = 'linear')
                        """
                    ).fetchall()
                self.reads += 1
                if orders != counted or abs(credited - models) > 1e-6:
                    self.torn.append(f"{batch}: {orders} {counted} {credited} {models}")
            except (OSError, ValueError, duckdb.Error) as error:
                self.torn.append(repr(error))


@pytest.mark.slow
def test_runs_killed_at_random_moments_end_in_the_same_marts(tmp_path: Path) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    write_sample_brand(whole, people=100, days=24, seed=3)
    worlds.empty_warehouse(whole)
    load(Warehouse(whole), [whole / MANIFEST], lambda _: None)
    worlds.dbt(whole, "run", *worlds.EVERYTHING, settings=())

    # the same files, a few more before every try, so that each try has something to load
    files = [path for path in sorted((whole / "landing").rglob("*")) if path.is_file()]
    declared = [path for path in files if path.parent.name == "declared"]
    chance = random.Random(11)
    others = [path for path in files if path not in declared]
    chance.shuffle(others)
    for path in declared:
        copy(path, whole, killed)
    began = time.monotonic()
    finish(killed, UNTESTED)
    first = time.monotonic() - began

    reader = Reader(killed)
    reader.start()
    survived = 0
    for kill in range(KILLS):
        for path in others[kill::KILLS]:
            copy(path, whole, killed)
        process = start(killed)
        try:
            # later runs read less of the project than the first one did
            process.wait(timeout=chance.uniform(0.1, 0.7) * first)
            survived += 1
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    # what a kill does that hits a write of the catalog, which it does now and then
    wait_for(killed / "omnitouch.duckdb")
    if opens(killed / "omnitouch.duckdb"):
        tear_what_opening_reads(killed / "omnitouch.duckdb")
    finish(killed)
    assert "the database was damaged" in (killed / "output.txt").read_text()
    reader.done.set()
    reader.join()

    assert survived < KILLS, "every run ended before it was killed"
    assert reader.reads > KILLS
    assert reader.torn == []
    worlds.assert_same(worlds.marts(killed), worlds.marts(whole))


def wait_for(database: Path) -> None:
    """Wait until the killed process has let go of it: DuckDB locks a file in the same way."""
    with database.open("r+b") as file:
        fcntl.lockf(file, fcntl.LOCK_EX)


def copy(path: Path, whole: Path, killed: Path) -> None:
    target = killed / path.relative_to(whole)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(path, target)
