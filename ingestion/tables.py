"""Rows of tabular files (CSV, JSON lines, Parquet) as dictionaries of texts."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ingestion.files import LandedFile, read_lines
from ingestion.gateway import as_object, load_json
from ingestion.records import BadRecord, BadRecordError

Row = tuple[str, dict[str, str]]
csv.field_size_limit(16 * 1024 * 1024)


def read_csv(
    file: LandedFile,
    columns: list[str],
    encoding: str = "utf-8",
    separator: str = ",",
    header: list[str] | None = None,
    renamed: dict[str, str] | None = None,
) -> Iterator[Row | BadRecord]:
    """The rows of a CSV file as (position, {column: text}).

    Args:
        file: the landed file.
        columns: columns that must be there (after ``renamed``); without one of them nothing of the
            file can land.
        encoding: of the file; a byte order mark is passed over.
        separator: one character, or ``whitespace`` for columns aligned by blanks.
        header: the column names of a file that has no header line.
        renamed: header text to column name, for headers in another language.
    """
    lines = _Decoded(file, encoding)
    rows = (
        (re.split(r"\s+", line.strip()) for line in lines)
        if separator == "whitespace"
        else csv.reader(lines, delimiter=separator)
    )
    names = header
    while True:
        try:
            row = next(rows)
        except StopIteration:
            yield from lines.take_bad()
            return
        except csv.Error as error:
            yield lines.bad(
                f"no CSV ({error})", "Quote fields that hold the separator or quotes.", ""
            )
            continue
        bad_lines = lines.take_bad()
        yield from bad_lines
        if names is None:
            if bad_lines:
                return
            names = [(renamed or {}).get(name.strip(), name.strip()) for name in row]
            if missing := [column for column in columns if column not in names]:
                yield lines.bad(*missing_columns(missing, names), "")
                return
        elif len(row) != len(names):
            yield lines.bad(
                f"{len(row)} fields, the header has {len(names)}",
                "Quote fields that hold the separator.",
                separator.join(row) if separator != "whitespace" else " ".join(row),
            )
        else:
            yield f"line {lines.number}", dict(zip(names, row, strict=True))


def read_jsonl(file: LandedFile) -> Iterator[Row | BadRecord]:
    """The objects of a JSON lines file; nested values keep their JSON text."""
    for line in read_lines(file):
        if isinstance(line, BadRecord):
            yield line
            continue
        number, text = line
        try:
            yield f"line {number}", _texts(as_object(load_json(text), "the line"))
        except BadRecordError as error:
            excerpt = text[:2000].decode(errors="replace")
            yield BadRecord(f"line {number}", error.reason, error.remedy, excerpt)


def read_parquet(file: LandedFile, columns: list[str]) -> Iterator[Row | BadRecord]:
    """The rows of a Parquet file, batch by batch; only ``columns`` are read."""
    try:
        parquet = pq.ParquetFile(file.open())
        if missing := [column for column in columns if column not in parquet.schema_arrow.names]:
            yield BadRecord("schema", *missing_columns(missing, parquet.schema_arrow.names), "")
            return
        number = 0
        for batch in parquet.iter_batches(batch_size=20_000, columns=columns):
            for row in batch.to_pylist():
                number += 1
                yield f"row {number}", _texts(row)
    except (pa.ArrowException, OSError) as error:
        yield BadRecord("file", f"no whole Parquet file ({error})", "Deliver the file again.", "")


def missing_columns(missing: list[str], found: list[str]) -> tuple[str, str]:
    """Reason and remedy where a file lacks columns that its mapping names."""
    return (
        f"column {', '.join(map(repr, missing))} not found; the file has {', '.join(found)[:500]}",
        "Correct the mapping (names are case sensitive), the separator or the encoding.",
    )


class _Decoded:
    """The decoded lines of a file; undecodable ones are set aside as bad records."""

    def __init__(self, file: LandedFile, encoding: str) -> None:
        self._lines = read_lines(file)
        self._encoding = encoding
        self._bad: list[BadRecord] = []
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            if isinstance(line, BadRecord):
                self._bad.append(line)
                continue
            self.number, text = line
            if self.number == 1:
                text = text.removeprefix(b"\xef\xbb\xbf")
            try:
                yield text.decode(self._encoding) + "\n"
            except UnicodeDecodeError:
                hint = "gb18030" if _decodes(text, "gb18030") else "the file's own"
                self._bad.append(
                    self.bad(f"no {self._encoding} text", f"Declare `encoding: {hint}`.", "")
                )
                if self.number == 1:
                    return

    def bad(self, reason: str, remedy: str, excerpt: str) -> BadRecord:
        """A bad record at the current line."""
        return BadRecord(f"line {self.number}", reason, remedy, excerpt)

    def take_bad(self) -> list[BadRecord]:
        """The bad lines met since the last call."""
        taken, self._bad = self._bad, []
        return taken


def _decodes(text: bytes, encoding: str) -> bool:
    try:
        text.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _texts(row: dict[str, Any]) -> dict[str, str]:
    return {name: _text(value) for name, value in row.items() if value is not None}


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
