"""A backup of the build database, for when a crash has spoilt it (docs/reliability.md)."""

import logging
import os
import shutil

import duckdb

from expectations.warehouse import Warehouse

log = logging.getLogger(__name__)


def back_up(warehouse: Warehouse) -> None:
    """Copy the build database, in place of the backup before; where that fails, it says why.

    It never fails a publication: the marts are good without it.
    """
    draft = warehouse.backup.with_suffix(".draft")
    try:
        warehouse.backup.parent.mkdir(exist_ok=True)
        with duckdb.connect(str(warehouse.build_database), read_only=True):
            shutil.copyfile(warehouse.build_database, draft)  # nobody writes to it meanwhile
        duckdb.connect(str(draft), read_only=True).close()
        with draft.open("rb") as copied:
            os.fsync(copied.fileno())
        draft.replace(warehouse.backup)
    except (duckdb.Error, OSError) as error:
        draft.unlink(missing_ok=True)
        log.warning("no backup of the database: %s", str(error).partition("\n")[0])
