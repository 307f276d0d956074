"""A database as a process leaves it that is killed while it writes a block of the catalog."""

from __future__ import annotations

from pathlib import Path

import duckdb

# Of DuckDB's format: three headers, then blocks.
HEADERS = 3 * 4096
BLOCK = 256 * 1024


def tear(database: Path, number: int = 0) -> None:
    """Overwrite the second half of one block of the catalog, by default the first."""
    with duckdb.connect(str(database), read_only=True) as connection:
        blocks = connection.execute(
            "select block_id from pragma_metadata_info() where free_blocks < total_blocks "
            "order by block_id"
        ).fetchall()
    with database.open("r+b") as file:
        file.seek(HEADERS + blocks[number][0] * BLOCK + BLOCK // 2)
        file.write(bytes(BLOCK // 2))
