"""One run of the loader: find the new files, load them, say what became of every row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

import dlt

from ingestion import ToldError
from ingestion.backup import restore_if_damaged
from ingestion.files import LandedFile, list_files
from ingestion.manifest import DeclaredFile, ManifestError, read_manifest
from ingestion.pipeline import (
    LOAD_ID,
    RECORD_TABLES,
    FileToRead,
    finish_pending,
    forget_incomplete,
    load,
    newly_blocked,
    on_spark,
    open_pipeline,
    read_table,
    rows_by_load,
)
from ingestion.pseudonyms import Pseudonymiser, configured_pseudonymiser
from ingestion.sources import SOURCES, declared
from ingestion.streams.landing import is_of_stream, named_by_offset
from ingestion.warehouse import Warehouse

# Bounds the memory of one package and what a crash has to repeat.
BYTES_PER_LOAD = 192 * 1024 * 1024


class KeyChangedError(ToldError):
    """The warehouse was loaded under another pseudonymisation key."""


class Outcome(NamedTuple):
    """What became of the rows of one run: read = landed + duplicate + quarantined.

    ``refused`` names the files of which nothing could be read; the next run tries them again.
    """

    files: int
    rows_read: int
    rows_landed: int
    rows_duplicate: int
    rows_quarantined: int
    quarantined: list[str]
    refused: list[str]


def run(warehouse: Warehouse, manifests: list[Path], say: Callable[[str], None]) -> Outcome:
    """Load every new or changed file of the landing folder and of the manifests.

    A load that was cut short is finished first. Files already loaded are passed over; a file that
    grew is read again, and its known records count as duplicates.

    Raises:
        ManifestError: a manifest cannot be followed, or names files that are not there.
        KeyChangedError: the pseudonymisation key is not the one the warehouse knows.
        LoadFailedError: the warehouse refused a load.
        WarehouseBusyError: another loader is at work.
    """
    entries = [entry for path in manifests for entry in read_manifest(path)]
    return load_files(warehouse, lambda: (*_landed(warehouse), *_declared(entries)), say)


def load_files(
    warehouse: Warehouse, find: Callable[[], Iterable[FileToRead]], say: Callable[[str], None]
) -> Outcome:
    """Load what is new or changed of the files that ``find`` finds; as :func:`run` otherwise."""
    pseudonymiser = configured_pseudonymiser()
    with ready_pipeline(warehouse, pseudonymiser, say) as (pipeline, known):
        fresh = [file for file in find() if file.file_id not in known]
        load_ids: list[str] = []
        refused: list[str] = []
        parts = _in_parts(fresh)
        if known and not parts and newly_blocked(pipeline, pseudonymiser):
            parts = [[]]  # a number that was put on the blocklist takes effect without new files
        for number, part in enumerate(parts, 1):
            say(f"load {number} of {len(parts)}: {len(part)} files")
            loaded = load(pipeline, part, pseudonymiser)
            load_ids += loaded.load_ids
            refused += loaded.refused
        return _outcome(pipeline, load_ids, refused)


@contextmanager
def ready_pipeline(
    warehouse: Warehouse, pseudonymiser: Pseudonymiser, say: Callable[[str], None] = print
) -> Iterator[tuple[dlt.Pipeline, set[str]]]:
    """The pipeline, held for one loader, with nothing pending; and the ids of the files it knows.

    Raises:
        DamagedError: the database is damaged, and nothing can take its place.
        KeyChangedError: the pseudonymisation key is not the one the warehouse knows.
        LoadFailedError: the warehouse refused what an earlier run left behind.
        WarehouseBusyError: another loader is at work.
    """
    with warehouse.loading():
        if not on_spark():
            restore_if_damaged(warehouse, say)
        with open_pipeline(warehouse) as pipeline:
            finish_pending(pipeline)
            forget_incomplete(pipeline)
            yield pipeline, _known_files(pipeline, pseudonymiser)
        warehouse.in_order.touch()


def _landed(warehouse: Warehouse) -> Iterator[FileToRead]:
    for source in SOURCES:
        folder = warehouse.landing / source.name
        if folder.is_dir():
            for file in list_files(str(folder), source.pattern):
                read = named_by_offset(source.read) if is_of_stream(file) else source.read
                yield FileToRead(source.name, file, read)


def matching_files(entry: DeclaredFile) -> list[LandedFile]:
    """The files that an entry's path matches.

    Raises:
        ManifestError: there is none.
    """
    files = list_files(entry.folder, entry.pattern) if Path(entry.folder).is_dir() else []
    if not files:
        raise ManifestError(
            f"{entry.manifest.name}: {entry.name}: no file matches {entry.path} "
            f"(looked in {entry.folder})"
        )
    return files


def _declared(entries: list[DeclaredFile]) -> Iterator[FileToRead]:
    for entry in entries:
        for file in matching_files(entry):
            # The name sets apart entries that read one file as two shapes.
            named = replace(file, path=f"{entry.name}/{file.path}")
            yield FileToRead("declared", named, partial(declared.read, entry), declared=True)


def landed_rows(entry: DeclaredFile) -> Iterator[FileToRead]:
    """Files of rows that we landed ourselves, under the names by which any load knows them."""
    if Path(entry.folder).is_dir():
        for file in list_files(entry.folder, entry.pattern):
            named = replace(file, path=f"{entry.name}/{file.path}")
            yield FileToRead("declared", named, partial(declared.read, entry))


def _known_files(pipeline: dlt.Pipeline, pseudonymiser: Pseudonymiser) -> set[str]:
    loaded = read_table(pipeline, "loaded_files", ["file_id", "key_fingerprint"])
    check_key(loaded["key_fingerprint"].to_pylist(), pseudonymiser)
    return set(loaded["file_id"].to_pylist())


def check_key(fingerprints: Iterable[str], pseudonymiser: Pseudonymiser) -> None:
    """Refuse a key other than that by whose fingerprints files were loaded.

    Raises:
        KeyChangedError: it is another.
    """
    if set(fingerprints) - {pseudonymiser.fingerprint()}:
        raise KeyChangedError(
            "The pseudonymisation key is not the one this warehouse was loaded with: the same "
            "person would get new pseudonyms. Set OMNITOUCH_HMAC_KEY to the old key, or load "
            "everything into a new warehouse."
        )


def _in_parts(files: list[FileToRead]) -> list[list[FileToRead]]:
    parts: list[list[FileToRead]] = []
    size = BYTES_PER_LOAD
    for file in files:
        # Compressed text unfolds about eight times.
        weight = file.file.size * (8 if file.file.name.endswith(".gz") else 1)
        if size + weight > BYTES_PER_LOAD:
            parts.append([])
            size = 0
        parts[-1].append(file)
        size += weight
    return parts


def _outcome(pipeline: dlt.Pipeline, load_ids: list[str], refused: list[str]) -> Outcome:
    columns = ["rows_read", "rows_quarantined", LOAD_ID]
    files = [
        row
        for row in read_table(pipeline, "loaded_files", columns).to_pylist()
        if row[LOAD_ID] in load_ids
    ]
    columns = ["file", "position", "reason", "remedy", LOAD_ID]
    quarantined = [
        f"{row['file']}, {row['position']}: {row['reason']}. {row['remedy']}"
        for row in read_table(pipeline, "quarantine", columns).to_pylist()
        if row[LOAD_ID] in load_ids
    ]
    read = sum(row["rows_read"] for row in files)
    landed = sum(
        rows
        for (_, load_id), rows in rows_by_load(pipeline, RECORD_TABLES).items()
        if load_id in load_ids
    )
    return Outcome(
        files=len(files),
        rows_read=read,
        rows_landed=landed,
        rows_duplicate=read - landed - len(quarantined),
        rows_quarantined=len(quarantined),
        quarantined=quarantined,
        refused=refused,
    )
