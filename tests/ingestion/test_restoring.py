"""A database that a crash has spoilt: the backup takes its place, and nothing is lost."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import duckdb
import pytest

from expectations.backup import back_up
from expectations.warehouse import Warehouse as Published
from ingestion.loading import run as load
from ingestion.restoring import DamagedError
from ingestion.warehouse import Warehouse
from tests.ingestion import wire
from tests.ingestion.damage import tear

BEFORE, AFTER = range(50), range(50, 90)


def deliver(warehouse: Warehouse, numbers: range) -> None:
    lines = [wire.sensors(wire.sensors_event(number)) for number in numbers]
    wire.deliver(warehouse, "sensors", lines, f"{numbers.start}.jsonl")


@pytest.fixture
def spoilt(warehouse: Warehouse) -> Warehouse:
    """Published after the first of two loads; then the database was torn."""
    deliver(warehouse, BEFORE)
    load(warehouse, [], print)
    with duckdb.connect() as database:  # a table that takes several blocks of the catalog
        database.execute(f"attach '{warehouse.database}' as built (row_group_size 2048)")
        columns = ", ".join(f"range + {number} as column_{number}" for number in range(8))
        database.execute(f"create table built.large as select {columns} from range(2048 * 1500)")
    back_up(Published(warehouse.root))
    deliver(warehouse, AFTER)
    load(warehouse, [], print)
    tear(warehouse.database)
    return warehouse


@pytest.mark.parametrize("log", ["a log left", "no log"])
def test_the_backup_takes_its_place_and_what_came_since_is_loaded_again(
    spoilt: Warehouse, log: str
) -> None:
    if log == "a log left":
        Path(f"{spoilt.database}.wal").write_bytes(b"half an entry")
    torn = spoilt.database.read_bytes()
    said: list[str] = []
    outcome = load(spoilt, [], said.append)
    assert "damaged (" in said[0]
    assert "omnitouch.duckdb.damaged" in said[0]
    assert (outcome.rows_read, outcome.rows_landed) == (len(AFTER), len(AFTER))
    wire.assert_balanced(spoilt)
    assert len(wire.records(spoilt)["sensors"]) == len(BEFORE) + len(AFTER)
    assert Path(f"{spoilt.database}.damaged").read_bytes() == torn
    assert not Path(f"{spoilt.database}.wal").exists()
    said.clear()
    assert load(spoilt, [], said.append).files == 0
    assert said == []


def test_a_table_that_opening_does_not_read_is_looked_at_after_a_run_that_did_not_end(
    spoilt: Warehouse,
) -> None:
    sound = spoilt.backup.read_bytes()
    for number in range(10):
        spoilt.database.write_bytes(sound)  # later than the backup
        tear(spoilt.database, number)
        with suppress(duckdb.IOException):
            duckdb.connect(str(spoilt.database), read_only=True).close()
            break
    else:
        pytest.fail("every block of the catalog is read when the database is opened")
    said: list[str] = []
    load(spoilt, [], said.append)
    assert "damaged (" in said[0]
    assert len(wire.records(spoilt)["sensors"]) == len(BEFORE) + len(AFTER)


def test_without_a_backup_it_says_what_to_do(spoilt: Warehouse) -> None:
    spoilt.backup.unlink()
    with pytest.raises(DamagedError, match="Move it away and load again"):
        load(spoilt, [], print)
    spoilt.database.unlink()
    assert load(spoilt, [], print).rows_landed == len(BEFORE) + len(AFTER)


def test_a_backup_that_is_damaged_takes_nobodys_place(spoilt: Warehouse) -> None:
    torn = spoilt.database.read_bytes()
    tear(spoilt.backup)
    with pytest.raises(DamagedError, match="both damaged"):
        load(spoilt, [], print)
    assert spoilt.database.read_bytes() == torn


def test_killed_while_it_restores_it_is_restored_by_the_next_load(
    spoilt: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    for step in ("replace", "hardlink_to", "unlink"):
        with monkeypatch.context() as patch:
            patch.setattr(Path, step, die)
            with pytest.raises(KeyboardInterrupt):
                load(spoilt, [], print)
    assert load(spoilt, [], print).rows_landed == len(AFTER)
