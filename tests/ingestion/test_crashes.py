"""A loader killed at any moment is simply started again: nothing is lost, nothing is doubled."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ingestion.sample_brand import write_sample_brand
from ingestion.warehouse import Warehouse
from tests.ingestion import wire
from tests.ingestion.test_pseudonyms import uncompressed

KILLS = int(os.environ.get("OMNITOUCH_TEST_KILLS", "6"))
PHONE = "13912345678"
Records = dict[str, list[tuple]]
Loader = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def loader() -> Iterator[Loader]:
    """Run a loader of a warehouse as a process of its own; it may be killed on its way."""
    nursery = subprocess.Popen(
        [sys.executable, "-m", "tests.ingestion.nursery"],
        cwd=wire.PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert nursery.stdin
    assert nursery.stdout

    def load(warehouse: Warehouse, **killed: Any) -> dict[str, Any]:
        manifest = warehouse.landing / "declared" / "sample_brand.yml"
        order = {"warehouse": str(warehouse.root), "arguments": ["load", str(manifest)], **killed}
        nursery.stdin.write(json.dumps(order) + "\n")
        nursery.stdin.flush()
        return json.loads(nursery.stdout.readline())

    yield load
    nursery.communicate()


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Raw files of a small sample brand, and a personal line that must not show anywhere."""
    root = tmp_path_factory.mktemp("landing")
    write_sample_brand(root, 150, 8)
    personal = [wire.sensors(wire.sensors_event(at, note=f"call {PHONE}")) for at in range(50)]
    wire.deliver(Warehouse(root), "sensors", [*personal, f"broken {PHONE}"], "personal.jsonl")
    return root / "landing"


@pytest.fixture
def delivered(tmp_path: Path, landing: Path) -> Warehouse:
    """A warehouse that all files were delivered to, none of them loaded."""
    # the files' own times are kept: they are part of what names a file
    shutil.copytree(landing, tmp_path / "landing", copy_function=shutil.copy2)
    return Warehouse(tmp_path)


@pytest.fixture(scope="module")
def undisturbed(
    loader: Loader, landing: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Records, float]:
    """What a load that nobody disturbs lands, and the seconds it takes."""
    warehouse = Warehouse(tmp_path_factory.mktemp("undisturbed"))
    shutil.copytree(landing, warehouse.landing, copy_function=shutil.copy2)
    seconds = loader(warehouse)["seconds"]
    wire.assert_balanced(warehouse)
    return wire.records(warehouse), seconds


def assert_ends_as(expected: Records, warehouse: Warehouse, loader: Loader) -> None:
    done = loader(warehouse)
    assert done["code"] == 0, done["errors"]
    wire.assert_balanced(warehouse)
    assert wire.records(warehouse) == expected


def assert_nothing_personal(warehouse: Warehouse) -> None:
    for path in warehouse.root.rglob("*"):
        if path.is_file() and not path.is_relative_to(warehouse.landing):
            try:
                content = uncompressed(path)
            except (OSError, ValueError):
                content = path.read_bytes()  # cut short by the kill
            assert PHONE.encode() not in content, path


@pytest.mark.parametrize("share", range(3))
def test_killed_at_random_moments_it_lands_the_same(
    share: int, delivered: Warehouse, loader: Loader, undisturbed: tuple[Records, float]
) -> None:
    expected, seconds = undisturbed
    chance = random.Random(share)
    killed = 0
    for at in range(share, KILLS, 3):
        # spread over the whole run, from the first file to the last commit
        ended = loader(delivered, killed_after=seconds * (at + chance.random()) / KILLS)
        killed += ended["code"] == -9
        assert_nothing_personal(delivered)
    # a machine that just got faster lets all of them through
    while not killed:
        seconds /= 2
        killed += loader(delivered, killed_after=seconds)["code"] == -9
    assert_ends_as(expected, delivered, loader)


STEPS = ["extract", "commit", "normalize", "copy", "load", "complete"]


@pytest.mark.parametrize("step", STEPS)
def test_killed_between_two_steps_it_lands_the_same(
    step: str, delivered: Warehouse, loader: Loader, undisturbed: tuple[Records, float]
) -> None:
    assert loader(delivered, dies_after=step)["code"] == -9
    assert_ends_as(undisturbed[0], delivered, loader)
    assert "0 files" in loader(delivered)["output"]


@pytest.mark.parametrize("step", ["extract", "load", "complete"])
def test_a_lost_working_directory_loses_no_row(
    step: str, delivered: Warehouse, loader: Loader, undisturbed: tuple[Records, float]
) -> None:
    assert loader(delivered, dies_after=step)["code"] == -9
    shutil.rmtree(delivered.dlt)
    assert_ends_as(undisturbed[0], delivered, loader)


@pytest.mark.parametrize("step", ["extract", "normalize"])
def test_a_poisoned_package_is_given_up_and_its_files_are_read_again(
    step: str, delivered: Warehouse, loader: Loader, undisturbed: tuple[Records, float]
) -> None:
    assert loader(delivered, dies_after=step)["code"] == -9
    (poisoned,) = delivered.dlt.rglob("sensors.*.parquet")
    poisoned.write_bytes(b"PAR1 this was a table PAR1")
    gave_up = wire.command(delivered, "load")
    assert gave_up.returncode == 1, gave_up.stdout
    (message,) = gave_up.stderr.splitlines()
    assert "given up" in message
    assert "read again by the next run" in message
    assert_ends_as(undisturbed[0], delivered, loader)
