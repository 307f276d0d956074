"""Landed files: which there are, and their lines whatever state the file is in."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from typing import IO, Any

from dlt.sources.filesystem import filesystem

from ingestion.records import BadRecord, Unfinished, excerpt

MAX_LINE_BYTES = 16 * 1024 * 1024
# How names end while somebody still writes the file.
HALF_WRITTEN = (".part", ".filepart", ".partial", ".tmp", ".crdownload")
# Who writes a file without renaming it pauses for less than that within a line, and who made one by
# hand has not started the load by then.
SETTLED = timedelta(seconds=2)


@dataclass(frozen=True)
class LandedFile:
    """One raw file, as listed by dlt's filesystem source.

    ``size`` and ``modified_at`` tell whether it changed since it was last read.
    """

    path: str
    size: int
    modified_at: datetime
    item: Any

    @property
    def name(self) -> str:
        """The file's name without its folder."""
        return PurePosixPath(self.path).name

    def may_grow(self, bytes_read: int) -> bool:
        """Whether somebody may be writing it: it changed so lately, or since it was listed."""
        changed_ago = datetime.now(UTC) - self.modified_at.astimezone(UTC)
        grew = bytes_read > self.size and not self.name.endswith(".gz")
        return grew or changed_ago < SETTLED

    def open(self) -> IO[bytes]:
        """The file's bytes; gzip is undone where the name says so."""
        raw: IO[bytes] = self.item.open(mode="rb", compression="disable")
        return io.BufferedReader(_Unzipped(raw), 256 * 1024) if self.name.endswith(".gz") else raw


class _Unzipped(io.RawIOBase):
    """The bytes of a gzip file, as much at a time as comes.

    Lines are cut from a buffer of a sensible size: GzipFile's own has 8 KiB, and to fill it costs
    more than to unzip. What was good before a damage is handed out before the error is raised.
    """

    def __init__(self, raw: IO[bytes]) -> None:
        self._stream = gzip.GzipFile(fileobj=raw)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._stream.read1(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def list_files(folder: str, pattern: str) -> list[LandedFile]:
    """The files below ``folder`` (a path or any URL fsspec knows) in the order of their names.

    Hidden ones, and those whose names say that they are still being written, are passed over.
    """
    listed = filesystem(bucket_url=folder, file_glob=pattern)
    files = [
        LandedFile(
            path=item["relative_path"],
            size=item["size_in_bytes"],
            modified_at=item["modification_date"],
            item=item,
        )
        for item in listed
        if not _is_half_written(PurePosixPath(item["relative_path"]))
    ]
    return sorted(files, key=lambda file: file.path)


def _is_half_written(path: PurePosixPath) -> bool:
    return path.suffix.lower() in HALF_WRITTEN or any(part.startswith(".") for part in path.parts)


def read_lines(
    file: LandedFile, ended_only: bool = False
) -> Iterator[tuple[int, bytes] | BadRecord]:
    """The file's numbered lines, without blank ones.

    With ``ended_only`` a last line without its end waits until the file stood for a while: of rows
    whose last field may be cut, nothing else tells that they are not whole.

    A compressed file that ends early gives its good lines first, then one bad record. A line
    longer than 16 MiB is passed over as a bad record: it would not fit beside the others.
    """
    number = bytes_read = 0
    try:
        with file.open() as stream:
            while line := stream.readline(MAX_LINE_BYTES):
                number += 1
                bytes_read += len(line)
                if len(line) == MAX_LINE_BYTES and not line.endswith(b"\n"):
                    while (rest := stream.readline(MAX_LINE_BYTES)) and not rest.endswith(b"\n"):
                        continue
                    yield BadRecord(
                        f"line {number}",
                        "the line is longer than 16 MiB",
                        "Split the batch at the sender.",
                        excerpt(line),
                    )
                    continue
                if ended_only and not line.endswith(b"\n") and file.may_grow(bytes_read):
                    yield Unfinished(
                        f"line {number}",
                        "the last line has no end, and the file changed just now",
                        "It is read by the next load, once it is ended or nobody writes any more.",
                        excerpt(line),
                    )
                elif not line.isspace():
                    yield number, line.rstrip(b"\r\n")
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        yield BadRecord(
            f"after line {number}",
            f"the compressed file is damaged or ends early ({error})",
            "Deliver the whole file again; the lines before the damage have landed.",
            "",
        )
