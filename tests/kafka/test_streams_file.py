"""A declaration that cannot be followed: one sentence names the place and the remedy."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from ingestion.manifest import ManifestError
from ingestion.streams.declaration import read_streams
from ingestion.warehouse import Warehouse
from tests.ingestion import wire

GOOD = "bootstrap: localhost:1\nstreams:\n  - {topic: shop, source: sensors}\n"


def read(warehouse: Warehouse, text: str) -> object:
    warehouse.root.mkdir(parents=True)
    path = warehouse.root / "streams.yml"
    path.write_text(text, encoding="utf-8")
    return read_streams(path, warehouse)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("streams: [{topic: shop, source: sensors}]", "`bootstrap` is missing"),
        ("bootstrap: a:1", "holds no list named `streams`"),
        ("bootstrap: a:1\nstreams: []", "name at least one topic"),
        ("bootstrap: a:1\nstreams: [{source: sensors}]", "without a `topic`"),
        ("bootstrap: a:1\nstreams: [{topic: a/b, source: sensors}]", "without a `topic`"),
        ("bootstrap: a:1\nstreams: [{topic: a}]", "`source` is missing"),
        ("bootstrap: a:1\nstreams: [{topic: a, source: sensor}]", "did you mean 'sensors'?"),
        ("bootstrap: a:1\nstreams: [{topic: a, source: pos_receipts}]", "unknown source"),
        ("bootstrap: a:1\nstreams: [{topic: a, source: sensors, message: xml}]", "message 'xml'"),
        (f"{GOOD}  - {{topic: shop, source: sensors}}", "named twice"),
        (f"{GOOD}brokers: b", "unknown setting 'brokers'"),
        (f"{GOOD}client: {{group.id: x}}", "may not set group.id"),
        (f"{GOOD}secrets: {{sasl.password: NO_SUCH_SECRET}}", "no secret NO_SUCH_SECRET"),
        ("bootstrap: a:1\nstreams: [{topic: a, shape: events}]", "needs occurred_at, event"),
        ("bootstrap: a:1\nstreams: [{topic: a, shape: events, path: x}]", "drop it"),
    ],
)
def test_what_is_wrong_is_said(warehouse: Warehouse, text: str, said: str) -> None:
    with pytest.raises(ManifestError, match=re.escape(said)):
        read(warehouse, text)


def test_secrets_are_looked_up_by_name(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAFKA_PASSWORD", "s3cret")
    cluster = read(
        warehouse,
        f"{GOOD}client: {{sasl.username: reader}}\nsecrets: {{sasl.password: KAFKA_PASSWORD}}",
    )
    assert cluster.client == {"sasl.username": "reader", "sasl.password": "s3cret"}


def test_without_the_client_library_it_says_how_to_install_it(tmp_path: Path) -> None:
    hidden = (
        "import sys; sys.modules['confluent_kafka'] = None; sys.argv[1:] = ['consume', 'x.yml']"
    )
    ran = subprocess.run(
        [sys.executable, "-c", f"{hidden}; from ingestion.__main__ import main; sys.exit(main())"],
        cwd=wire.PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert ran.stderr.startswith("error: confluent_kafka is not installed: uv sync --extra kafka")
