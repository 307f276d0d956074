"""One pull of a database: each table's new rows are landed, remembered, and loaded.

The cursor of a table moves only when the rows before it are landed for good, so that a pull that
is cut short reads some rows again and misses none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

import orjson

from ingestion.databases import TableError
from ingestion.databases.declaration import SEEN_AT, Table, read_tables
from ingestion.databases.reading import Reader, Row, connect
from ingestion.loading import Outcome, landed_rows, load_files
from ingestion.pseudonyms import Pseudonymiser, configured_pseudonymiser
from ingestion.pulls.kept import keep, put_in_place, read_kept
from ingestion.redaction import redacted_row
from ingestion.warehouse import Warehouse

ROWS_PER_FILE = 50_000
# A snapshot that comes back with fewer than this share of its rows is not believed.
KEPT_SHARE = 0.5


@dataclass
class Pulled:
    """What a pull brought of one table.

    Attributes:
        table: its name.
        rows: rows landed.
        gone: rows that a snapshot had and this one has not.
        error: why the table was given up; rows landed before that are kept.
    """

    table: str
    rows: int = 0
    gone: int = 0
    error: str = ""


def pull_tables(
    warehouse: Warehouse,
    declaration: Path,
    say: Callable[[str], None],
    accept_shrunk: bool = False,
) -> tuple[list[Pulled], Outcome]:
    """Land the new rows of every declared table, and load them.

    A table that fails is given up, the others go on.

    Raises:
        ManifestError: the declaration cannot be followed.
        TableError: the database's address cannot be used.
        WarehouseBusyError: another pull or loader is at work.
        KeyChangedError, LoadFailedError: as when files are loaded.
    """
    address, tables = read_tables(declaration, warehouse)
    engine = connect(address)
    pseudonymiser = configured_pseudonymiser()
    pulled = []
    with warehouse.pulling():
        for table in tables:
            pull = _Pull(warehouse, table, pseudonymiser)
            try:
                reader = Reader(engine, table)
                if table.cursor:
                    pull.what_is_new(reader)
                else:
                    pull.everything(reader, accept_shrunk)
            except TableError as error:
                pull.pulled.error = str(error)
            except (TypeError, RecursionError) as error:
                # without its text, which may show what the row holds
                pull.pulled.error = (
                    f"{table.table}: a row cannot be written as JSON ({type(error).__name__}); is "
                    "one of its columns nested over 200 deep?"
                )
            pulled.append(pull.pulled)
    engine.dispose()
    files = [file for table in tables for file in landed_rows(table.entry)]
    return pulled, load_files(warehouse, lambda: files, say)


class _Pull:
    """The pull of one table."""

    def __init__(self, warehouse: Warehouse, table: Table, pseudonymiser: Pseudonymiser) -> None:
        self.table, self.pseudonymiser = table, pseudonymiser
        self.state_file = warehouse.pulls / "tables" / f"{table.entry.name}.json"
        self.state = read_kept(self.state_file)
        self.copy = self.state_file.with_suffix(".snapshot.jsonl")
        self.started = datetime.now(UTC).isoformat()
        self.pulled = Pulled(table.table)
        # left by a pull that was cut short
        for hidden in table.folder.glob(".*.part"):
            hidden.unlink()

    def what_is_new(self, reader: Reader) -> None:
        """Land the rows written since the cursor; it follows file by file."""
        entry = self.table.entry
        cursor = self.state.get("cursor") if self.state.get("by") == self.table.cursor else None
        for number, part in enumerate(_parts(reader.rows(cursor))):
            path = self._path(f"{number:04}")
            with (hidden := _hidden(path)).open("wb") as file:
                for row in part:
                    file.write(_line(redacted_row(row.values, entry, self.pseudonymiser)))
            put_in_place(hidden, path)
            self.pulled.rows += len(part)
            if seen := [row.cursor for row in part if row.cursor is not None]:
                cursor = reader.reached(seen[-1], cursor)
                keep(self.state_file, {"by": self.table.cursor, "cursor": cursor})

    def everything(self, reader: Reader, accept_shrunk: bool) -> None:
        """Land what changed since the last snapshot, and what of it is gone."""
        path = self._path("snapshot")
        landed, copy = _hidden(path), _hidden(self.copy)
        before = {key: _digest(row) for key, row in self._last()}
        keys = set()
        try:
            with landed.open("wb") as changes, copy.open("wb") as snapshot:
                for row in reader.rows(None):
                    kept = redacted_row(row.values, self.table.entry, self.pseudonymiser)
                    key = self._key(kept)
                    keys.add(key)
                    snapshot.write(_line(kept))
                    if before.get(key) != _digest(kept):
                        changes.write(_line(kept | {SEEN_AT: self.started}))
                        self.pulled.rows += 1
                if len(keys) < len(before) * KEPT_SHARE and not accept_shrunk:
                    self.pulled.rows = 0
                    raise TableError(
                        f"{self.table.table}: holds {len(keys):,} rows, held {len(before):,} "
                        "before; nothing is landed. Pull with --accept-shrunk if that is right"
                    )
                for key, row in self._last():
                    if key not in keys:
                        self.pulled.gone += 1
                        if self.table.when_gone:
                            changes.write(_line(row | self._gone()))
            if self.pulled.rows or self.pulled.gone:
                put_in_place(landed, path)
                # a snapshot killed here finds the same changes again
                put_in_place(copy, self.copy)
        finally:
            landed.unlink(missing_ok=True)
            copy.unlink(missing_ok=True)

    def _last(self) -> Iterator[tuple[bytes, dict[str, Any]]]:
        """The rows of the last snapshot by their keys."""
        if self.copy.exists():
            with self.copy.open("rb") as lines:
                for line in lines:
                    row = orjson.loads(line)
                    yield self._key(row), row

    def _gone(self) -> dict[str, str]:
        columns = self.table.entry.columns
        mark = {columns[field]: value for field, value in self.table.when_gone.items()}
        return mark | {SEEN_AT: self.started}

    def _key(self, row: dict[str, Any]) -> bytes:
        return orjson.dumps([row.get(column) for column in self.table.key] or row)

    def _path(self, name: str) -> Path:
        return self.table.folder / f"{self.started:.26}-{name}.jsonl".replace(":", "")


def _parts(rows: Iterable[Row]) -> Iterator[list[Row]]:
    part: list[Row] = []
    for row in rows:
        part.append(row)
        if len(part) == ROWS_PER_FILE:
            yield part
            part = []
    if part:
        yield part


def _hidden(path: Path) -> Path:
    """The name that a file has until it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.with_name(f".{path.name}.part")


def _line(row: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(row, default=str, option=orjson.OPT_APPEND_NEWLINE)
    except TypeError:
        return orjson.dumps(_in_64_bits(row), default=str, option=orjson.OPT_APPEND_NEWLINE)


def _in_64_bits(value: Any) -> Any:
    """A JSON value with its larger integers as text, which keeps all their digits."""
    if isinstance(value, dict):
        return {name: _in_64_bits(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_in_64_bits(item) for item in value]
    return str(value) if isinstance(value, int) and not -(2**63) <= value < 2**64 else value


def _digest(row: dict[str, Any]) -> bytes:
    return blake2b(_line(row), digest_size=16).digest()
