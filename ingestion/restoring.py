"""The backup of the build database in the place of one that a crash has spoilt.

DuckDB writes parts of its catalog in place. A process killed within such a write, or a machine that
loses power, leaves a file that does not open, or of which some tables cannot be read. Publishing
keeps a backup; what came after it is in the landing folder still, and is loaded and built again.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from ingestion import ToldError
from ingestion.warehouse import Warehouse

# What DuckDB says of a file that holds something else than was written.
SIGNS = (
    "Corrupt database file",
    "Corrupt WAL file",
    "replaying WAL file",
    "Could not read enough bytes",
    "not a valid DuckDB database file",
    "metadata pointer",
)
EACH_TABLE = "select format('{}.{}', schema_name, table_name) from duckdb_tables()"


class DamagedError(ToldError):
    """The build database is damaged, and there is no backup that could take its place."""


def restore_if_damaged(warehouse: Warehouse, say: Callable[[str], None]) -> None:
    """Put the backup in the place of a damaged build database, which is moved aside.

    The caller holds the warehouse for loading. A database that another process has open is left
    to whoever opens it next.

    Raises:
        DamagedError: there is no backup, or it is damaged itself.
    """
    reason = _damage(warehouse)
    if reason is None:
        return
    if not warehouse.backup.exists():
        raise DamagedError(
            f"{warehouse.database} is damaged ({reason}), and nothing was ever published that "
            "would have left a backup. Move it away and load again: all files of the landing "
            "folder are read anew, and customers may get other ids."
        )
    made_at = datetime.fromtimestamp(warehouse.backup.stat().st_mtime, UTC)
    _put_in_place(warehouse)
    say(
        f"the database was damaged ({reason}); the backup of {made_at:%Y-%m-%d %H:%M} UTC is in "
        f"its place, files that came since are loaded again. The damaged one is kept as "
        f"{_aside(warehouse.database).name}"
    )


def _damage(warehouse: Warehouse) -> str | None:
    """What is wrong with the database, or None."""
    if not warehouse.database.exists():
        return None
    log = _log_of(warehouse.database)
    try:
        # Tables are read when they are asked for, so that opening does not tell of all of them.
        # What nothing has written to since it was closed in good order need not be looked through.
        marks = (warehouse.backup, warehouse.in_order)
        if log.exists() or all(_is_newer(warehouse.database, mark) for mark in marks):
            with duckdb.connect(str(warehouse.database), read_only=True) as database:
                for (table,) in database.execute(EACH_TABLE).fetchall():
                    database.execute("select count(*) from pragma_storage_info(?)", [table])
        else:
            duckdb.connect(str(warehouse.database), read_only=True).close()
    except duckdb.Error as error:
        told = str(error).partition("\n")[0]
        return told if any(sign in told for sign in SIGNS) else None
    return None


def _put_in_place(warehouse: Warehouse) -> None:
    """Every step leaves what the next run can begin with, should this one be killed."""
    draft = warehouse.database.with_suffix(".restoring")
    shutil.copyfile(warehouse.backup, draft)
    try:
        duckdb.connect(str(draft), read_only=True).close()
    except duckdb.Error as error:
        draft.unlink()
        raise DamagedError(
            f"{warehouse.database} and its backup {warehouse.backup} are both damaged. Move them "
            "away and load again: all files of the landing folder are read anew, and customers "
            "may get other ids."
        ) from error
    with draft.open("rb") as copied:
        os.fsync(copied.fileno())
    # Loads that it remembers may not have happened in the backup.
    shutil.rmtree(warehouse.dlt, ignore_errors=True)
    log = _log_of(warehouse.database)
    if log.exists():  # it would be replayed into the backup
        log.replace(_aside(log))
    _aside(warehouse.database).unlink(missing_ok=True)
    _aside(warehouse.database).hardlink_to(warehouse.database)
    draft.replace(warehouse.database)


def _is_newer(one: Path, other: Path) -> bool:
    return not other.exists() or one.stat().st_mtime_ns > other.stat().st_mtime_ns


def _log_of(database: Path) -> Path:
    """The write-ahead log, there until the database is closed in good order."""
    return database.with_name(f"{database.name}.wal")


def _aside(path: Path) -> Path:
    return path.with_name(f"{path.name}.damaged")
