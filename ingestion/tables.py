"""Rows of tabular files (CSV, JSON lines, Parquet) as dictionaries of texts."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from ingestion.files import LandedFile, read_lines
from ingestion.gateway import as_object, load_json
from ingestion.records import UNFORESEEN, BadRecord, BadRecordError, Record, excerpt

Row = tuple[str, dict[str, str]]
# A quote that is never closed must not swallow the rows after it.
MAX_LINES_PER_ROW = 100
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
    lines = _Lines(file, encoding)
    names = header
    for line in lines:
        if isinstance(line, BadRecord):
            yield line
            if names is None:
                return
            continue
        number, text = line
        row = _fields(text, separator, lines, len(names) if names else None)
        if names is None:
            names = [(renamed or {}).get(name.strip(), name.strip()) for name in row or ()]
            if wrong := wrong_columns(columns, names):
                yield BadRecord(f"line {number}", *wrong, "")
                return
        elif row is None:
            yield BadRecord(
                f"line {number}",
                "a quote is not closed, or stands within a field",
                "Quote fields that hold quotes, and double the quotes in them.",
                excerpt(text),
            )
        elif len(row) != len(names):
            yield BadRecord(
                f"line {number}",
                f"{len(row)} fields, the header has {len(names)}",
                "Quote fields that hold the separator.",
                excerpt(text),
            )
        else:
            yield f"line {number}", dict(zip(names, row, strict=True))


def read_rows(
    rows: Iterable[Row | BadRecord], record: Callable[[dict[str, str]], Record]
) -> Iterator[Record | BadRecord]:
    """One record a row; an odd row never stops the good ones around it."""
    for row in rows:
        if isinstance(row, BadRecord):
            yield row
            continue
        position, texts = row
        try:
            yield record(texts)
        except (BadRecordError, *UNFORESEEN) as error:
            known = error if isinstance(error, BadRecordError) else BadRecordError.unforeseen(error)
            yield BadRecord(position, known.reason, known.remedy, excerpt(",".join(texts.values())))


def read_jsonl(file: LandedFile, columns: list[str]) -> Iterator[Row | BadRecord]:
    """The objects of a JSON lines file; nested values keep their JSON text.

    An object may leave out what it has no value for; a column that no object has is missing.
    """
    if wrong := wrong_columns(columns, _names_in(file, set(columns))):
        yield BadRecord("file", *wrong, "")
        return
    for line in read_lines(file):
        if isinstance(line, BadRecord):
            yield line
            continue
        number, text = line
        try:
            yield f"line {number}", _texts(as_object(load_json(text), "the line"))
        except (BadRecordError, *UNFORESEEN) as error:
            known = error if isinstance(error, BadRecordError) else BadRecordError.unforeseen(error)
            yield BadRecord(f"line {number}", known.reason, known.remedy, excerpt(text))


def read_parquet(file: LandedFile, columns: list[str]) -> Iterator[Row | BadRecord]:
    """The rows of a Parquet file, batch by batch; only ``columns`` are read."""
    try:
        with file.open() as stream:
            parquet = pq.ParquetFile(stream)
            if wrong := wrong_columns(columns, parquet.schema_arrow.names):
                yield BadRecord("schema", *wrong, "")
                return
            number = 1
            for batch in parquet.iter_batches(batch_size=20_000, columns=columns):
                yield from _rows_of(batch, number)
                number += batch.num_rows
    except (pa.ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.errno:
            raise  # the disk failed, not the file
        yield BadRecord("file", f"no whole Parquet file ({error})", "Deliver the file again.", "")


def wrong_columns(wanted: list[str], found: list[str]) -> tuple[str, str] | None:
    """Reason and remedy where a file lacks columns that its mapping names, or has one twice."""
    if missing := [column for column in wanted if column not in found]:
        return (
            f"column {', '.join(map(repr, missing))} not found; "
            f"the file has {', '.join(found)[:500]}",
            "Correct the mapping (names are case sensitive), the separator or the encoding.",
        )
    if repeated := [column for column in wanted if found.count(column) > 1]:
        return f"column {repeated[0]!r} stands in the file twice", "Rename one of the two."
    return None


def _rows_of(batch: pa.RecordBatch, number: int) -> Iterator[Row | BadRecord]:
    """The rows of a batch, numbered from ``number``; an odd one stops no other."""
    try:
        values = _with_text_times(batch).to_pylist()
    except UNFORESEEN as error:
        if batch.num_rows > 1:
            for at in range(batch.num_rows):
                yield from _rows_of(batch.slice(at, 1), number + at)
            return
        known = BadRecordError.unforeseen(error)
        yield BadRecord(f"row {number}", known.reason, known.remedy, "")
        return
    for at, row in enumerate(values):
        try:
            yield f"row {number + at}", _texts(row)
        except UNFORESEEN as error:
            known = BadRecordError.unforeseen(error)
            yield BadRecord(f"row {number + at}", known.reason, known.remedy, "")


def _with_text_times(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Times as text: Python's own end in the year 9999, and one such row would stop its batch."""
    columns = [
        column.cast(pa.string())
        if pa.types.is_timestamp(column.type) or pa.types.is_date(column.type)
        else column
        for column in batch.columns
    ]
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


def _names_in(file: LandedFile, wanted: set[str]) -> list[str]:
    """The names that the file's objects use, looked through until all wanted ones are found.

    A file without any object counts as having them: its lines say themselves what is wrong.
    """
    found: dict[str, None] = {}
    for line in read_lines(file):
        if isinstance(line, tuple):
            with suppress(BadRecordError):
                found |= dict.fromkeys(as_object(load_json(line[1]), "the line"))
        if wanted <= found.keys():
            return list(wanted)
    return list(found or wanted)


class _Lines:
    """The decoded lines of a file, numbered; lines that were taken can be given back."""

    def __init__(self, file: LandedFile, encoding: str) -> None:
        self._decoded = _decoded(file, encoding)
        self._back: deque[tuple[int, str] | BadRecord] = deque()

    def __iter__(self) -> Iterator[tuple[int, str] | BadRecord]:
        while (line := self.take()) is not None:
            yield line

    def take(self) -> tuple[int, str] | BadRecord | None:
        """The next line; None at the end."""
        return self._back.popleft() if self._back else next(self._decoded, None)

    def give_back(self, lines: list[tuple[int, str] | BadRecord]) -> None:
        """Let these lines come next."""
        self._back.extendleft(reversed(lines))


def _fields(text: str, separator: str, lines: _Lines, width: int | None) -> list[str] | None:
    """The fields of a row that starts with this line; None where its quotes make no sense.

    A quoted field may hold line breaks: further lines are taken until its quote is closed, and
    given back where the row that they make is none.
    """
    if separator == "whitespace":
        return text.split()
    if '"' not in text:
        return text.split(separator)
    taken: list[tuple[int, str] | BadRecord] = []

    def row_lines() -> Iterator[str]:
        yield text + "\n"
        while len(taken) < MAX_LINES_PER_ROW and (line := lines.take()) is not None:
            taken.append(line)
            if isinstance(line, BadRecord):
                return
            yield line[1] + "\n"

    try:
        row = next(csv.reader(row_lines(), delimiter=separator, strict=True))
    except csv.Error:
        row = None
    if taken and (row is None or len(row) != (width or len(row))):
        lines.give_back(taken)
        return None
    return row


def _decoded(file: LandedFile, encoding: str) -> Iterator[tuple[int, str] | BadRecord]:
    for line in read_lines(file, ended_only=True):
        if isinstance(line, BadRecord):
            yield line
            continue
        number, raw = line
        if number == 1:
            raw = raw.removeprefix(b"\xef\xbb\xbf")
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            hint = "gb18030" if _decodes(raw, "gb18030") else "the file's own"
            yield BadRecord(
                f"line {number}",
                f"no {encoding} text",
                f"Save the file as UTF-8, or declare `encoding: {hint}`.",
                "",
            )
            continue
        if "\0" in text:
            yield BadRecord(
                f"line {number}", "the line holds NUL bytes", "Export it as UTF-8 text.", ""
            )
        else:
            yield number, text


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
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    if isinstance(value, dict | list):
        return orjson.dumps(value, default=str).decode()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
