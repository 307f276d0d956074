"""Messages as landed files, and what a bad line in one of them is called.

``kafka/<topic>-<partition>-<first offset>-<last offset>.jsonl``: line n holds the message at the
first offset + n - 1. An offset that holds no message (compaction, a transaction's mark, a deletion)
is an empty line, which nobody reads.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from ingestion.files import LandedFile
from ingestion.gateway import as_object, dump
from ingestion.pseudonyms import Pseudonymiser
from ingestion.pulls.kept import put_in_place
from ingestion.records import UNFORESEEN, BadRecord, Record
from ingestion.redaction import redacted_junk, redacted_request, redacted_row
from ingestion.streams.declaration import FOLDER, Stream

Read = Callable[[LandedFile, Pseudonymiser], Iterator[Record | BadRecord]]
NAME = re.compile(r"(?P<topic>.+)-(?P<partition>\d+)-(?P<first>\d+)-\d+\.jsonl")
LONGEST_GAP = 10_000


class Message(NamedTuple):
    """One message; ``value`` None deletes what its key named, and is no record."""

    offset: int
    value: bytes | None
    sent_at: datetime


def land(
    stream: Stream, partition: int, messages: Iterable[Message], pseudonymiser: Pseudonymiser
) -> list[Path]:
    """Write messages of one partition, in the order of their offsets; they survive a power cut.

    One file, or several where many offsets in a row hold no message.
    """
    runs: list[list[Message]] = []
    for message in messages:
        if not runs or message.offset - runs[-1][-1].offset > LONGEST_GAP:
            runs.append([])
        runs[-1].append(message)
    return [_write(stream, partition, run, pseudonymiser) for run in runs]


def is_of_stream(file: LandedFile) -> bool:
    """Whether a landed file holds messages."""
    return file.path.startswith(f"{FOLDER}/")


def named_by_offset(read: Read) -> Read:
    """The same reader; what is bad is named by the message, not by the line of our own file."""

    def read_messages(
        file: LandedFile, pseudonymiser: Pseudonymiser
    ) -> Iterator[Record | BadRecord]:
        for result in read(file, pseudonymiser):
            yield (
                result._replace(position=_named(file, result.position))
                if isinstance(result, BadRecord)
                else result
            )

    return read_messages


def _named(file: LandedFile, position: str) -> str:
    name, line = NAME.fullmatch(file.name), re.fullmatch(r"line (\d+)", position)
    if not name or not line:
        return position
    offset = int(name["first"]) + int(line[1]) - 1
    return f"topic {name['topic']}, partition {name['partition']}, offset {offset}"


def _write(
    stream: Stream, partition: int, messages: list[Message], pseudonymiser: Pseudonymiser
) -> Path:
    first, last = messages[0].offset, messages[-1].offset
    path = stream.folder / f"{stream.topic}-{partition}-{first:012}-{last:012}.jsonl"
    partial = path.with_name(f".{path.stem}.part")
    path.parent.mkdir(parents=True, exist_ok=True)
    with partial.open("wb") as file:
        expected = first
        for message in messages:
            file.write(b"\n" * (message.offset - expected))
            file.write(_line(stream, message, pseudonymiser).encode(errors="replace") + b"\n")
            expected = message.offset + 1
    put_in_place(partial, path)
    return path


def _line(stream: Stream, message: Message, pseudonymiser: Pseudonymiser) -> str:
    if message.value is None:
        return ""
    try:
        if stream.bodies:
            content: Any = {"received_at": message.sent_at.isoformat(), "body": ""}
            content["body"] = message.value.decode()
        else:
            content = as_object(orjson.loads(message.value), "the message")
        if stream.entry:
            return dump(redacted_row(content, stream.entry, pseudonymiser))
        return dump(
            redacted_request(stream.channel.name if stream.channel else "", content, pseudonymiser)
        )
    except UNFORESEEN:
        # In no form that a reader takes, and it stays so: it goes to the quarantine by its offset.
        return redacted_junk(message.value.decode(errors="backslashreplace"), pseudonymiser) or "?"
