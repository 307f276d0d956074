"""A running collector, what is sent to it, and what it has written."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from ingestion.warehouse import Warehouse
from tests.conftest import TEST_KEY

PROJECT = Path(__file__).parents[2]
PHONE = "13812345678"
IMEI = "490154203237518"
BROWSER = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15"


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Service:
    """One collector process (or several workers) on a port of its own."""

    def __init__(self, root: Path, process: subprocess.Popen[str]) -> None:
        self.warehouse = Warehouse(root)
        self.process = process
        self.greeting: list[str] = []
        assert process.stdout
        for line in process.stdout:
            self.greeting.append(line.rstrip())
            if line.startswith("Load"):
                break
        else:
            raise AssertionError(f"the collector did not start: {self.greeting}")
        address = self.greeting[0].split()[1].removeprefix("http://")
        self.host, _, port = address.partition(":")
        self.port = int(port)

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self.host, self.port, timeout=30)

    def send(
        self,
        method: str,
        path: str,
        body: bytes | str = b"",
        headers: dict[str, str] | None = None,
        connection: http.client.HTTPConnection | None = None,
    ) -> Answer:
        own = connection or self.connect()
        content = body.encode() if isinstance(body, str) else body
        own.request(method, path, content, {"User-Agent": BROWSER, **(headers or {})})
        response = own.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        answer = Answer(response.status, found, response.read())
        if connection is None:
            own.close()
        return answer

    def post(self, path: str, body: bytes | str, **headers: str) -> Answer:
        return self.send("POST", path, body, _named(headers))

    def get(self, path: str, **headers: str) -> Answer:
        return self.send("GET", path, headers=_named(headers))

    def lines(self, source: str, holding: str = "") -> list[dict[str, Any]]:
        """The lines on disk, those in open files too, that hold a text."""
        folder = self.warehouse.landing / source
        paths = sorted(path for path in folder.glob("*/*") if path.suffix in (".part", ".jsonl"))
        texts = [line for path in paths for line in path.read_text().splitlines()]
        return [json.loads(text) for text in texts if text and holding in text]

    def line(self, source: str, holding: str) -> dict[str, Any]:
        (only,) = self.lines(source, holding)
        return only

    def metric(self, series: str) -> float:
        for line in self.get("/metrics").body.decode().splitlines():
            if line.startswith(f"omnitouch_collector_{series} "):
                return float(line.rpartition(" ")[2])
        return 0.0

    def stop(self) -> int:
        """Stop as an operator does; everything is handed over then."""
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=60)
        return self.process.returncode

    def kill(self) -> None:
        """End every process at once, without a word."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate(timeout=60)


@contextmanager
def running(
    root: Path,
    settings: dict[str, Any] | None = None,
    secrets: dict[str, str] | None = None,
    largest_file: int | None = None,
) -> Iterator[Service]:
    """A collector for the warehouse ``root``; ``largest_file``: bytes at which writing fails."""
    path = root.with_name(f"{root.name}.yml")
    path.parent.mkdir(parents=True, exist_ok=True)
    given = settings or {}
    # A busy machine may stall; what then happens has a test of its own.
    journal = {"answer_within_seconds": 60, **given.get("journal", {})}
    text = yaml.safe_dump({"port": 0, **given, "journal": journal})
    path.write_text(text, encoding="utf-8")
    own = {
        "OMNITOUCH_WAREHOUSE": str(root),
        "OMNITOUCH_COLLECTOR": str(path),
        "OMNITOUCH_HMAC_KEY": TEST_KEY,
        **(secrets or {}),
    }
    limit: Callable[[], None] | None = None
    if largest_file:

        def limit() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))

    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "ingestion", "collect"],
        cwd=PROJECT,
        env={**os.environ, **own},
        stdout=subprocess.PIPE,
        stderr=None,
        text=True,
        start_new_session=True,
        preexec_fn=limit,
    )
    try:
        yield Service(root, process)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate(timeout=60)


def on_disk(folder: Path) -> bytes:
    """Every byte below a folder, compressed ones unfolded."""
    content = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    return b"\n".join(gzip.decompress(c) if c[:2] == b"\x1f\x8b" else c for c in content)


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
