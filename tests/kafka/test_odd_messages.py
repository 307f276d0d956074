"""Odd messages, and files that cannot be read, without a broker."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from ingestion.loading import Outcome
from ingestion.pseudonyms import configured_pseudonymiser
from ingestion.redaction import redacted_row
from ingestion.sources import declared
from ingestion.streams.declaration import Stream, read_streams
from ingestion.streams.landing import Message, land
from ingestion.warehouse import Warehouse

ROWS = (
    "bootstrap: a:1\nstreams:\n  - {topic: rows, source: crm, shape: events, columns: "
    "{occurred_at: at, event: what}, identifiers: {phone: tel}}\n"
)
NOTHING = Outcome(0, 0, 0, 0, 0, [], [])


def declaration(folder: Path) -> Path:
    path = folder / "streams.yml"
    path.write_text(ROWS, encoding="utf-8")
    return path


@pytest.fixture
def stream(warehouse: Warehouse, tmp_path: Path) -> Stream:
    return read_streams(declaration(tmp_path), warehouse).streams["rows"]


def test_a_row_nested_too_deep_lands_as_junk(stream: Stream) -> None:
    deep = b'{"at": ' + b"[" * 300 + b"]" * 300 + b"}"
    messages = [Message(7, deep, datetime.now(UTC)), Message(8, b'{"at": 1}', datetime.now(UTC))]
    (path,) = land(stream, 0, messages, configured_pseudonymiser())
    first, second = path.read_bytes().splitlines()
    assert first
    assert orjson.loads(second) == {"at": 1}


@pytest.mark.parametrize("text", ["+852 9123 4567", "010-62345678", "无"])
def test_what_is_no_mobile_is_neither_kept_nor_an_identifier(stream: Stream, text: str) -> None:
    assert stream.entry
    pseudonymiser = configured_pseudonymiser()
    kept = redacted_row({"tel": text}, stream.entry, pseudonymiser)
    assert text not in kept["tel"]
    assert declared.identifier("phone", "", kept["tel"], pseudonymiser) == []
    masked = {"tel": "139****5678"}
    assert redacted_row(masked, stream.entry, pseudonymiser) == masked


def test_a_time_that_cannot_be_is_now() -> None:
    pytest.importorskip("confluent_kafka", reason="needs the kafka extra")
    from ingestion.streams.consuming import _moment

    assert _moment(1_783_000_000_000).year == 2026
    for sent in (None, 1_783_000_000_000_000, 2**63 - 1):
        assert datetime.now(UTC) - _moment(sent) < timedelta(minutes=1)


def test_nothing_is_committed_past_a_file_that_cannot_be_read(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("confluent_kafka", reason="needs the kafka extra")
    from ingestion.streams import consuming

    @contextmanager
    def consumer(*_: Any) -> Any:
        yield SimpleNamespace()

    outcomes = [NOTHING._replace(refused=["a file"])] * 2 + [NOTHING]
    loads, said, commits = [], [], []

    def load(_: Any, files: list[Any], __: Any) -> Outcome:
        loads.append(list(files))
        return outcomes[len(loads) - 1]

    monkeypatch.setattr(consuming, "_consumer", consumer)
    monkeypatch.setattr(consuming, "_is_drained", lambda *_: len(loads) == 3)
    monkeypatch.setattr(consuming, "_land", lambda *_: ["file"] if not loads else [])
    monkeypatch.setattr(consuming, "_load", load)
    monkeypatch.setattr(consuming, "_commit", lambda *_: commits.append(len(loads)))
    refused = consuming.consume(
        warehouse, declaration(tmp_path), said.append, lambda _: None, once=True, seconds=0
    )
    assert loads == [["file"]] * 3
    assert said == ["error: nothing of this file could be read: a file"]
    # once all is loaded, and again with nothing new
    assert commits[0] == 3
    assert refused == []
