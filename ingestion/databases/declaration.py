"""What a page of YAML says of a database: its tables, and what their rows are.

The format is described in docs/databases.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ingestion.manifest import (
    KEYED,
    DeclaredFile,
    ManifestError,
    check_known,
    declared_entry,
    read_page,
)
from ingestion.secrets import named_secret
from ingestion.sources.declared import SEEN_AT
from ingestion.warehouse import Warehouse

SETTINGS = ("connection", "time_zone", "tables")
OF_TABLES = ("table", "cursor", "overlap", "mode", "when_gone")
OF_FILES = ("path", "format", "encoding", "separator", "header")
OVERLAP = 600
# When a snapshot saw a row change; the time of rows that tell none themselves.
CHANGED_AT = {"orders": "updated_at", "profiles": "occurred_at"}


@dataclass(frozen=True)
class Table:
    """One table, and how its rows are read.

    Attributes:
        table: its name, with its schema where that is not the connection's own.
        entry: the mapping of its rows.
        cursor: the column that grows whenever a row is written; empty for a snapshot.
        overlap: what is read again before the cursor: seconds, or a count of ids.
        when_gone: field → value of a row that a snapshot no longer has.
    """

    table: str
    entry: DeclaredFile
    cursor: str
    overlap: int
    when_gone: dict[str, str]

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that tell rows apart; those of people are told apart by who they are."""
        return self.entry.key or tuple(self.entry.identifiers.values())

    @property
    def folder(self) -> Path:
        """Where its files land."""
        return Path(self.entry.folder)


def read_tables(path: Path, warehouse: Warehouse) -> tuple[str, list[Table]]:
    """The connection of one declaration (a secret), and the tables to read through it.

    Raises:
        ManifestError: the file cannot be read or says something that cannot be.
    """
    content = read_page(path, "tables")
    where = path.name
    check_known(where, "setting", content, SETTINGS)
    if not content.get("connection"):
        raise ManifestError(
            f"{where}: `connection` is missing: the name of the secret that holds the database's "
            "address, such as postgresql+psycopg://reader:password@host/shop"
        )
    zone = {"time_zone": content["time_zone"]} if "time_zone" in content else {}
    tables = [_table(path.resolve(), warehouse, zone, item) for item in content["tables"]]
    names = [table.entry.name for table in tables]
    if not names:
        raise ManifestError(f"{where}: `tables` is empty: name at least one table")
    if repeated := {name for name in names if names.count(name) > 1}:
        raise ManifestError(f"{where}: the name {sorted(repeated)[0]!r} is used twice")
    return named_secret(where, "connection", content["connection"]), tables


def _table(declaration: Path, warehouse: Warehouse, zone: dict[str, Any], item: Any) -> Table:
    name = item.get("table") if isinstance(item, dict) else None
    if not isinstance(name, str) or not name:
        raise ManifestError(f"{declaration.name}: an entry of `tables` without a `table`")
    where = f"{declaration.name}: {name}"
    for setting in OF_FILES:
        if setting in item:
            raise ManifestError(f"{where}: `{setting}` is for files: drop it")
    mapping = {setting: value for setting, value in item.items() if setting not in OF_TABLES}
    called = str(mapping.setdefault("name", name))
    if not re.fullmatch(r"[\w.-]+", called):
        raise ManifestError(f"{where}: the name {called!r} may hold letters, digits, _ . - only")
    folder = warehouse.landing / "declared" / called / "tables"
    mapping = zone | mapping | {"path": str(folder / "*.jsonl"), "format": "jsonl"}
    entry = replace(declared_entry(declaration, mapping), format="messages")
    mode = item.get("mode", "incremental")
    check_known(where, "mode", [mode], ("incremental", "snapshot"))
    cursor = item.get("cursor", "")
    if bool(cursor) == (mode == "snapshot"):
        raise ManifestError(
            f"{where}: needs either `cursor`, the column that grows whenever a row is written, or "
            "`mode: snapshot`, which reads the whole table every time"
        )
    changed_at = CHANGED_AT.get(entry.shape, "")
    if changed_at and changed_at not in entry.columns:
        # Without a time a row that changes back would be taken for the one that it was.
        if cursor:
            raise ManifestError(f"{where}: map `{changed_at}` to the column of the last change")
        entry = replace(entry, columns=entry.columns | {changed_at: SEEN_AT})
    if entry.shape in KEYED and not entry.key:
        raise ManifestError(f"{where}: `key` is missing: the columns that name a row")
    return Table(name, entry, cursor, _overlap(where, item), _when_gone(where, item, entry, mode))


def _overlap(where: str, item: dict[str, Any]) -> int:
    text = item.get("overlap", str(OVERLAP))
    if not isinstance(text, str) or not text.isdecimal():
        raise ManifestError(f"{where}: `overlap` is no whole number (of seconds, or of ids)")
    return int(text)


def _when_gone(where: str, item: dict[str, Any], entry: DeclaredFile, mode: str) -> dict[str, str]:
    fields = item.get("when_gone") or {}
    if not isinstance(fields, dict):
        raise ManifestError(f"{where}: `when_gone` is no mapping")
    if fields and (mode != "snapshot" or entry.shape not in ("orders", "profiles")):
        raise ManifestError(f"{where}: `when_gone` is for snapshots of orders and profiles")
    if fields and entry.shape == "orders" and entry.columns["updated_at"] != SEEN_AT:
        raise ManifestError(
            f"{where}: `when_gone` and a mapped `updated_at`: a deleted row keeps the time of its "
            "last change, and would be told of that day. Leave `updated_at` out: the pull tells "
            "the time"
        )
    check_known(where, "mapped field", fields, entry.columns)
    return fields
