"""A backup of the build database, and its way back into the place of one that a crash has spoilt.

DuckDB writes parts of its catalog in place. A process killed within such a write, or a machine that
loses power, leaves a file that does not open, or of which some tables cannot be read. Publishing
makes a backup; what came after it is in the landing folder still, and is loaded and built again.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from ingestion import ToldError
from ingestion.pulls.kept import put_in_place
from ingestion.warehouse import Warehouse

log = logging.getLogger(__name__)

# What DuckDB says of a file that holds something else than was written.
SIGNS = (
    "Corrupt database file",
    "Corrupt WAL file",
    "Could not read enough bytes",
    "not a valid DuckDB database file",
    "metadata pointer",
)
EACH_TABLE = "select format('{}.{}', schema_name, table_name) from duckdb_tables()"
AGAIN = (
    "Run again what else was loaded or learned since: consume, pull-tables, match, scores, effects."
)


class DamagedError(ToldError):
    """The build database is damaged, and nothing can take its place."""


def back_up(warehouse: Warehouse) -> None:
    """Copy the build database over its last backup, whole and looked through.

    What is published is good without a backup: where it fails, the log says why.
    """
    database, draft = warehouse.database, warehouse.backup.with_suffix(".draft")
    try:
        draft.parent.mkdir(exist_ok=True)
        _log_of(draft).unlink(missing_ok=True)
        with duckdb.connect(str(database), read_only=True):  # nobody writes to it meanwhile
            # The log first: closing the copied database gives up the lock on it.
            if _log_of(database).exists():
                shutil.copy(_log_of(database), _log_of(draft))
            shutil.copy(database, draft)
        duckdb.connect(str(draft)).close()  # the log becomes part of it
        _look_through(draft)
        put_in_place(draft, warehouse.backup)
    except (duckdb.Error, OSError) as error:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        log.warning("no backup of the database: %s", _first_line(error))


def restore_if_damaged(warehouse: Warehouse, say: Callable[[str], None]) -> None:
    """Put the backup in the place of a damaged build database, which is moved aside.

    Before anything was published there is no backup, and nobody who knows a customer's id: then all
    begins anew. The caller holds the warehouse for loading. A database that another process has
    open is left to whoever opens it next.

    Raises:
        DamagedError: there is no backup, or it is damaged itself, or there is no room for it.
    """
    reason = _damage(warehouse)
    if reason is None:
        return
    aside = _aside(warehouse.database).name
    if warehouse.backup.exists():
        made_at = datetime.fromtimestamp(warehouse.backup.stat().st_mtime, UTC)
        _restore(warehouse)
        say(
            f"the database was damaged ({reason}); the backup of {made_at:%Y-%m-%d %H:%M} UTC is "
            f"in its place, files that came since are loaded again. {AGAIN} The damaged one is "
            f"kept as {aside}"
        )
    elif not warehouse.pointer.exists():
        _begin_anew(warehouse)
        say(
            f"the database was damaged ({reason}) before anything was published: all files are "
            f"loaded again. {AGAIN} The damaged one is kept as {aside}"
        )
    else:
        raise DamagedError(
            f"{warehouse.database} is damaged ({reason}), and there is no backup of it. Move it "
            "away and load again: all files of the landing folder are read anew, and customers "
            "may get other ids."
        )


def is_damage(error: Exception) -> bool:
    """Whether DuckDB says that a file is damaged, not busy, too new or out of reach."""
    return any(sign in _first_line(error) for sign in SIGNS)


def _damage(warehouse: Warehouse) -> str | None:
    """What is wrong with the database, or None."""
    if not warehouse.database.exists():
        return None
    # What nothing has written to since it was closed in good order need not be looked through.
    marks = (warehouse.backup, warehouse.in_order)
    is_in_doubt = _log_of(warehouse.database).exists() or all(
        _is_newer(warehouse.database, mark) for mark in marks
    )
    try:
        if is_in_doubt:
            _look_through(warehouse.database)
        else:
            duckdb.connect(str(warehouse.database), read_only=True).close()
    except duckdb.Error as error:
        return _first_line(error) if is_damage(error) else None
    return None


def _look_through(path: Path) -> None:
    """Read the whole catalog: opening reads of large tables where they begin, and no more.

    Raises:
        duckdb.Error: some of it cannot be read.
    """
    with duckdb.connect(str(path), read_only=True) as database:
        for (table,) in database.execute(EACH_TABLE).fetchall():
            # where the columns lie, and which rows are deleted
            database.execute("select count(*) from pragma_storage_info(?)", [table])
            database.table(table).count("*").fetchall()


def _restore(warehouse: Warehouse) -> None:
    """Every step leaves what the next load can begin with, should this one be killed."""
    draft = warehouse.database.with_suffix(".restoring")
    try:
        shutil.copy(warehouse.backup, draft)
        _look_through(draft)
        _clear_the_place(warehouse)
        _aside(warehouse.database).unlink(missing_ok=True)
        _aside(warehouse.database).hardlink_to(warehouse.database)
        put_in_place(draft, warehouse.database)
    except duckdb.Error as error:
        draft.unlink()
        raise DamagedError(
            f"{warehouse.database} is damaged, and its backup {warehouse.backup} cannot be read "
            f"({_first_line(error)}). Move both away and load again: all files of the landing "
            "folder are read anew, and customers may get other ids."
        ) from error
    except OSError as error:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise DamagedError(
            f"{warehouse.database} is damaged, and its backup cannot be put in its place "
            f"({error}); it takes {warehouse.backup.stat().st_size / 1e6:,.0f} MB there."
        ) from error


def _begin_anew(warehouse: Warehouse) -> None:
    _clear_the_place(warehouse)
    warehouse.database.replace(_aside(warehouse.database))


def _clear_the_place(warehouse: Warehouse) -> None:
    """Take away what belongs to the damaged database: loads under way, and a log to replay."""
    shutil.rmtree(warehouse.dlt, ignore_errors=True)
    written = _log_of(warehouse.database)
    if written.exists():
        written.replace(_aside(written))


def _is_newer(one: Path, other: Path) -> bool:
    return not other.exists() or one.stat().st_mtime_ns > other.stat().st_mtime_ns


def _log_of(database: Path) -> Path:
    """The write-ahead log, there until the database is closed in good order."""
    return database.with_name(f"{database.name}.wal")


def _aside(path: Path) -> Path:
    return path.with_name(f"{path.name}.damaged")


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
