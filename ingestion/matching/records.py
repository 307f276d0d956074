"""Records to match, as their files tell them: known by one identifier each.

None of it is written down, but for what spills while it is compared (docs/matching.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pyarrow as pa

from ingestion.files import LandedFile
from ingestion.identifiers import identifier
from ingestion.loading import matching_files
from ingestion.manifest import DeclaredFile, ManifestError
from ingestion.matching.cleaning import CLEANED, ONE_BYTE_EACH
from ingestion.matching.declaration import ROLES, Declaration, check_roles
from ingestion.pseudonyms import Pseudonymiser
from ingestion.records import BadRecord, Unfinished
from ingestion.tables import Row, read_csv, read_jsonl, read_parquet

# What DuckDB compares byte by byte is compared here, for typos, character by character.
SPELLED = ("full_name", "first_name", "surname", "birth_date", "city", "address")
NO_IDENTIFIER = "it has no identifier. Fill the column that `id` names"


@dataclass
class Records:
    """What the files of a declaration hold: read = distinct + repeated + left out.

    Attributes:
        table: one row per distinct record: ``record`` (its number), ``identifier``, the roles, and
            of those in ``SPELLED`` the spelling by which typos are counted.
        read: records met in the files.
        left_out: ``file, position: reason. remedy`` of those that cannot be compared.
    """

    table: pa.Table
    read: int
    left_out: list[str] = field(default_factory=list)

    @property
    def roles(self) -> list[str]:
        """The roles of which some record tells something."""
        table = self.table
        return [
            role
            for role in table.column_names
            if role in ROLES and table[role].null_count < table.num_rows
        ]

    @property
    def repeated(self) -> int:
        """Records that say what another one said before, word by word."""
        return self.read - self.table.num_rows - len(self.left_out)


def read_records(declaration: Declaration, pseudonymiser: Pseudonymiser) -> Records:
    """The distinct records of all files, in an order that the files' order does not change.

    Raises:
        ManifestError: a file is not there, is being written, or has not the declared columns; or
            all records lack what they should tell.
    """
    roles = declaration.roles
    distinct: set[tuple[str, ...]] = set()
    left_out: list[str] = []
    read = 0
    for entry in declaration.files:
        ((named, id_column),) = entry.identifiers.items()
        kind, _, namespace = named.partition(":")
        for file in matching_files(entry):
            for row in _rows(entry, file):
                read += 1
                if isinstance(row, BadRecord):
                    left_out.append(f"{file.path}, {row.position}: {row.reason}. {row.remedy}")
                    continue
                position, texts = row
                # of a phone its own pseudonym, without the hashes by which vendors know it
                known_by = identifier(kind, namespace, texts.get(id_column, ""), pseudonymiser)
                if not known_by:
                    left_out.append(f"{file.path}, {position}: {NO_IDENTIFIER}.")
                    continue
                said = (texts.get(entry.columns.get(role), "") for role in roles)
                cleaned = (CLEANED[role](text) for role, text in zip(roles, said, strict=True))
                distinct.add((known_by[0], *cleaned))
    records = Records(_table(roles, sorted(distinct)), read, left_out)
    if distinct:
        check_roles(declaration.name, records.roles)
    return records


def _rows(entry: DeclaredFile, file: LandedFile) -> Iterator[Row | BadRecord]:
    """The file's rows; a file of which none can be read stops the run."""
    if entry.format == "csv" and not entry.header and not _has_header(entry, file):
        return
    rows = bad = 0
    for row in _read(entry, file, entry.column_names):
        rows += 1
        if isinstance(row, BadRecord):
            bad += 1
            if isinstance(row, Unfinished):
                raise _refused(entry, file, row)
        yield row
    if rows and bad == rows:
        raise _refused(entry, file, row)


def _has_header(entry: DeclaredFile, file: LandedFile) -> bool:
    """Whether rows follow a first line that has some declared column.

    Where it has none it may be somebody's record, and must not be shown as names of columns.
    """
    refused: BadRecord | None = None
    for row in _read(entry, file, []):
        if isinstance(row, BadRecord):
            refused = row
            continue
        if row[1].keys() & set(entry.column_names):
            return True
        wanted = ", ".join(map(repr, entry.column_names))
        reason = f"its first line has {len(row[1])} fields, and none of {wanted} is among them"
        remedy = "Correct the mapping or the separator; list the columns under `header` if need be."
        refused = BadRecord("line 1", reason, remedy, "")
        break
    if refused:
        raise _refused(entry, file, refused)
    return False


def _refused(entry: DeclaredFile, file: LandedFile, bad: BadRecord) -> ManifestError:
    where = f"{entry.manifest.name}: {file.path}, {bad.position}"
    return ManifestError(f"{where}: {bad.reason}. {bad.remedy}")


def _read(entry: DeclaredFile, file: LandedFile, columns: list[str]) -> Iterator[Row | BadRecord]:
    if entry.format == "parquet":
        return read_parquet(file, columns)
    if entry.format == "jsonl":
        return read_jsonl(file, columns)
    return read_csv(file, columns, entry.encoding, entry.separator, entry.header)


def _table(roles: list[str], rows: list[tuple[str, ...]]) -> pa.Table:
    known_by, *told = zip(*rows, strict=True) if rows else [()] * (1 + len(roles))
    columns = {"record": pa.array(range(len(rows)), pa.int64()), "identifier": list(known_by)}
    for role, texts in zip(roles, told, strict=True):
        columns[role] = pa.array([text or None for text in texts], pa.string())
        if role in SPELLED:
            spelled = [text.translate(ONE_BYTE_EACH) or None for text in texts]
            columns[f"{role}_spelled"] = pa.array(spelled, pa.string())
    return pa.table(columns)
