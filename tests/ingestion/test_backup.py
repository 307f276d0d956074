"""A database that a crash has spoilt: the backup takes its place, and nothing is lost."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from ingestion.backup import DamagedError, back_up, is_damage
from ingestion.loading import run as load
from ingestion.warehouse import Warehouse
from tests.ingestion import wire
from tests.ingestion.damage import count_blocks, opens, tear

BEFORE, AFTER = range(50), range(50, 90)


def deliver(warehouse: Warehouse, numbers: range) -> None:
    lines = [wire.sensors(wire.sensors_event(number)) for number in numbers]
    wire.deliver(warehouse, "sensors", lines, f"{numbers.start}.jsonl")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Published after the first of two loads; then the database was torn."""
    warehouse = Warehouse(tmp_path_factory.mktemp("template"))
    deliver(warehouse, BEFORE)
    load(warehouse, [], print)
    with duckdb.connect() as database:  # a table that takes several blocks of the catalog
        database.execute(f"attach '{warehouse.database}' as built (row_group_size 2048)")
        columns = ", ".join(f"range + {number} as column_{number}" for number in range(8))
        database.execute(f"create table built.large as select {columns} from range(2048 * 600)")
        database.execute("delete from built.large where hash(column_0) % 3 = 0")
    back_up(warehouse)
    deliver(warehouse, AFTER)
    load(warehouse, [], print)
    tear(warehouse.database)
    return warehouse.root


@pytest.fixture
def spoilt(template: Path, tmp_path: Path) -> Warehouse:
    # the files' own times are kept: they tell what is newer, and are part of what names a file
    return Warehouse(shutil.copytree(template, tmp_path / "spoilt"))


@pytest.mark.parametrize("log", ["a log left", "no log"])
def test_the_backup_takes_its_place_and_what_came_since_is_loaded_again(
    spoilt: Warehouse, log: str
) -> None:
    if log == "a log left":
        Path(f"{spoilt.database}.wal").write_bytes(b"half an entry")
    torn = spoilt.database.read_bytes()
    (spoilt.dlt / "of_before").touch()
    said: list[str] = []
    outcome = load(spoilt, [], said.append)
    assert "damaged (" in said[0]
    assert "omnitouch.duckdb.damaged" in said[0]
    assert (outcome.rows_read, outcome.rows_landed) == (len(AFTER), len(AFTER))
    wire.assert_balanced(spoilt)
    assert len(wire.records(spoilt)["sensors"]) == len(BEFORE) + len(AFTER)
    assert Path(f"{spoilt.database}.damaged").read_bytes() == torn
    assert not Path(f"{spoilt.database}.wal").exists()
    assert not (spoilt.dlt / "of_before").exists()
    said.clear()
    assert load(spoilt, [], said.append).files == 0
    assert said == []


def test_what_opening_does_not_read_is_looked_at_after_a_run_that_did_not_end(
    spoilt: Warehouse, caplog: pytest.LogCaptureFixture
) -> None:
    sound = spoilt.backup.read_bytes()
    unnoticed = []
    for number in range(count_blocks(spoilt.backup)):
        spoilt.database.write_bytes(sound)  # later than the backup
        tear(spoilt.database, number)
        if opens(spoilt.database) and not reads_whole(spoilt.database):
            unnoticed.append(number)
            caplog.clear()
            back_up(spoilt)
            assert "no backup of the database: IO Error: Corrupt" in caplog.text
    assert len(unnoticed) > 3
    assert spoilt.backup.read_bytes() == sound

    spoilt.database.write_bytes(sound)
    tear(spoilt.database, unnoticed[-1])
    said: list[str] = []
    load(spoilt, [], said.append)
    assert "damaged (" in said[0]
    assert len(wire.records(spoilt)["sensors"]) == len(BEFORE) + len(AFTER)


def reads_whole(path: Path) -> bool:
    with duckdb.connect(str(path), read_only=True) as database:
        try:
            for table in ("large", "raw.sensors", "raw.loaded_files"):
                database.execute(f"from {table}").to_arrow_table()
        except duckdb.IOException:
            return False
    return True


def test_what_was_committed_and_not_written_back_is_in_the_backup(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    warehouse.root.mkdir()
    with duckdb.connect(str(tmp_path / "alive.duckdb")) as database:
        database.execute("set wal_autocheckpoint = '1TB'")
        database.execute("create table committed as select 7 as number")
        for end in ("", ".wal"):  # as a killed process leaves them
            shutil.copy(tmp_path / f"alive.duckdb{end}", f"{warehouse.database}{end}")
    back_up(warehouse)
    with duckdb.connect(str(warehouse.backup), read_only=True) as database:
        assert database.execute("from committed").fetchall() == [(7,)]
    assert list(warehouse.backup.parent.iterdir()) == [warehouse.backup]


def test_before_anything_was_published_all_begins_anew(spoilt: Warehouse) -> None:
    spoilt.backup.unlink()
    said: list[str] = []
    assert load(spoilt, [], said.append).rows_landed == len(BEFORE) + len(AFTER)
    assert "before anything was published" in said[0]


def test_without_a_backup_of_what_was_published_it_says_what_to_do(spoilt: Warehouse) -> None:
    spoilt.backup.unlink()
    spoilt.published.mkdir()
    spoilt.pointer.touch()
    with pytest.raises(DamagedError, match="Move it away and load again"):
        load(spoilt, [], print)
    spoilt.database.unlink()
    assert load(spoilt, [], print).rows_landed == len(BEFORE) + len(AFTER)


@pytest.mark.parametrize(
    "told",
    [
        "IO Error: Trying to read a database file with version number 999, but we can only read",
        "IO Error: Could not set lock on file: Conflicting lock is held in python (PID 7)",
        "IO Error: Cannot open file: Permission denied",
        'IO Error: Failure while replaying WAL file "a.wal": Failed to read WAL of version 9',
        'Error: Failure while replaying WAL file "a.wal": failed to allocate data of size 9 MiB',
    ],
)
def test_what_is_too_new_busy_or_out_of_reach_is_not_called_damaged(told: str) -> None:
    assert not is_damage(duckdb.IOException(told))


def test_a_disk_without_room_for_the_backup_is_told(
    spoilt: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    torn = spoilt.database.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr("shutil.copy", full)
        with pytest.raises(DamagedError, match=r"No space left on device.* it takes"):
            load(spoilt, [], print)
    assert spoilt.database.read_bytes() == torn
    assert load(spoilt, [], print).rows_landed == len(AFTER)


def test_a_backup_that_is_damaged_takes_nobodys_place(spoilt: Warehouse) -> None:
    torn = spoilt.database.read_bytes()
    tear(spoilt.backup)
    with pytest.raises(DamagedError, match=r"its backup .* cannot be read"):
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
