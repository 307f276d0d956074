"""Files and bodies that somebody is still writing, or wrote in several pieces."""

from __future__ import annotations

import gzip
import json
import os
import time
from pathlib import Path

import pytest

from ingestion.files import list_files, read_lines
from ingestion.gateway import OverLimitError, unzipped
from ingestion.records import BadRecordError, Unfinished
from ingestion.sources import SOURCES
from ingestion.warehouse import Warehouse
from tests.ingestion import wire

MANIFEST = """
files:
  - name: visits
    path: visits*
    shape: events
    format: csv
    columns: {customer: who, occurred_at: at, event: what}
"""
HEAD = "at,what,who\n2026-07-03 10:00:00,browse,c1\n"


def write(path: Path, text: str) -> None:
    """Write a file that changes just now, however long the test takes to get to reading it."""
    path.write_text(text)
    ahead = time.time() + 60
    os.utime(path, (ahead, ahead))


def landed(warehouse: Warehouse) -> list[str]:
    rows = [json.loads(payload) for _, payload in wire.raw(warehouse, "declared")]
    return sorted(row["identifiers"].rpartition(":")[2] for row in rows)


@pytest.mark.parametrize("name", ["{}.part", "{}.tmp", "{}.filepart", ".{}", ".upload/{}"])
def test_files_that_say_that_they_are_being_written_are_passed_over(
    warehouse: Warehouse, name: str
) -> None:
    for source in SOURCES:
        whole = wire.FILE_NAMES[source.name]
        path = warehouse.landing / source.name / name.format(whole)
        path.parent.mkdir(parents=True)
        path.write_bytes(wire.text_of(source.name, [wire.GOOD_LINES[source.name](1)]))
    manifest = wire.declare(warehouse.root, MANIFEST)
    (warehouse.root / "visits.csv").write_text(HEAD)
    (warehouse.root / "visits2.csv.part").write_text(HEAD.replace("c1", "c2"))
    outcome = wire.load(warehouse, manifest)
    assert (outcome.files, outcome.rows_read) == (1, 1)
    assert landed(warehouse) == ["c1"]


def test_a_row_that_is_still_being_written_waits_for_its_end(warehouse: Warehouse) -> None:
    manifest = wire.declare(warehouse.root, MANIFEST)
    path = warehouse.root / "visits.csv"
    write(path, f"{HEAD}2026-07-03 10:01:00,browse,c1")
    outcome = wire.load(warehouse, manifest)
    assert (outcome.rows_landed, outcome.rows_quarantined, outcome.refused) == (1, 1, [])
    assert "has no end" in outcome.quarantined[0]
    path.write_text(f"{HEAD}2026-07-03 10:01:00,browse,c1234\n")
    wire.load(warehouse, manifest)
    assert landed(warehouse) == ["c1", "c1234"]


def test_a_last_row_without_its_end_lands_once_nobody_writes_any_more(
    warehouse: Warehouse,
) -> None:
    manifest = wire.declare(warehouse.root, MANIFEST)
    path = warehouse.root / "visits.csv"
    write(path, f"{HEAD}2026-07-03 10:01:00,browse,c2")
    wire.load(warehouse, manifest)
    assert landed(warehouse) == ["c1"]
    before = time.time() - 3600
    os.utime(path, (before, before))
    outcome = wire.load(warehouse, manifest)
    assert (outcome.rows_landed, outcome.rows_duplicate) == (1, 1)
    assert landed(warehouse) == ["c1", "c2"]
    assert wire.load(warehouse, manifest).files == 0


def test_a_row_that_was_written_on_since_the_file_was_listed_waits_too(tmp_path: Path) -> None:
    path = tmp_path / "visits.csv"
    path.write_text(f"{HEAD}2026-07-03 10:01:00,browse,c1")
    before = time.time() - 3600
    os.utime(path, (before, before))
    (file,) = list_files(str(tmp_path), "*.csv")
    assert [*read_lines(file, ended_only=True)][-1] == (3, b"2026-07-03 10:01:00,browse,c1")
    with path.open("a") as more:
        more.write("23")
    *_, last = read_lines(file, ended_only=True)
    assert isinstance(last, Unfinished)


def test_a_line_of_json_that_was_cut_lands_when_it_is_whole(warehouse: Warehouse) -> None:
    text = wire.text_of("wechat_oa", [wire.wechat_oa(1), wire.wechat_oa(2)])
    path = warehouse.landing / "wechat_oa" / "2026-07-03.jsonl"
    path.parent.mkdir(parents=True)
    path.write_bytes(text[:-30])
    first = wire.load(warehouse)
    assert (first.rows_landed, first.rows_quarantined) == (1, 1)
    path.write_bytes(text)
    again = wire.load(warehouse)
    assert (again.rows_landed, again.rows_duplicate, again.rows_quarantined) == (1, 1, 0)


def test_every_zip_of_a_body_is_undone(tmp_path: Path) -> None:
    first, second = (gzip.compress(text) for text in (b"[1,", b"2]"))
    assert unzipped(first + second, 100) == b"[1,2]"
    assert unzipped(first + second + b"\0\0", 100) == b"[1,2]"
    assert unzipped(gzip.compress(b""), 100) == b""
    with pytest.raises(OverLimitError):
        unzipped(first + second, 3)
    with pytest.raises(OverLimitError):
        unzipped(first + second, 4)
    with pytest.raises(BadRecordError, match="cut short"):
        unzipped(first + second[:-4], 100)
    with pytest.raises(BadRecordError, match="cut short"):
        unzipped(b"", 100)
    # each is small, all of them are a way to keep a collector busy
    with pytest.raises(OverLimitError, match="zips in a row"):
        unzipped(gzip.compress(b"") * 100_000, 100)
