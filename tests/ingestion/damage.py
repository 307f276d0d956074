"""A database as a process leaves it that is killed while it writes a block of the catalog."""

from __future__ import annotations

from pathlib import Path

import duckdb

# Of DuckDB's format: three headers, then blocks.
HEADERS = 3 * 4096
BLOCK = 256 * 1024


def tear(database: Path, number: int = 0) -> None:
    """Overwrite the second half of one block of the catalog, by default the first."""
    with database.open("r+b") as file:
        file.seek(HEADERS + _blocks(database)[number] * BLOCK + BLOCK // 2)
        file.write(bytes(BLOCK // 2))


def tear_what_opening_reads(database: Path) -> None:
    """Tear the first block without which the database does not open."""
    sound = database.read_bytes()
    for number in range(count_blocks(database)):
        tear(database, number)
        if not opens(database):
            return
        database.write_bytes(sound)


def opens(database: Path) -> bool:
    try:
        duckdb.connect(str(database), read_only=True).close()
    except duckdb.IOException:
        return False
    return True


def count_blocks(database: Path) -> int:
    return len(_blocks(database))


def _blocks(database: Path) -> list[int]:
    duckdb.connect(str(database)).close()  # what a log holds is written back
    with duckdb.connect(str(database), read_only=True) as connection:
        found = connection.execute(
            "select block_id from pragma_metadata_info() where free_blocks < total_blocks "
            "order by block_id"
        ).fetchall()
    return [block for (block,) in found]
