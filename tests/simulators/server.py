"""What the simulators of vendors share: HTTP, a clock that both sides read, faults on demand."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

import orjson

from ingestion.pulls.vendor import Clock


class TestClock(Clock):
    """A clock that stands still until somebody waits."""

    __test__ = False

    def __init__(self, now: datetime) -> None:
        self.time = now.astimezone(UTC)
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += timedelta(seconds=seconds)

    def at(self, text: str) -> None:
        """Set the clock, Asia/Shanghai."""
        self.time = datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


class Asked(NamedTuple):
    """A request as it came in; JSON bodies are read."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: dict[str, Any]


class Answered(NamedTuple):
    status: int
    body: dict[str, Any]
    headers: Mapping[str, str] = MappingProxyType({})


DROPPED = "the connection is closed without an answer"
SILENT = "nothing is answered until the caller gives up"


class Simulator:
    """A vendor's API on a port of its own. ``faults`` are answered first, one a call.

    ``before_answer`` is called with the number of each call: rows may move between two pages.
    """

    calls_per_second = 1000.0

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.asked: list[Asked] = []
        self.faults: deque[Answered | str] = deque()
        self.before_answer: Callable[[int], None] = lambda number: None
        self._last_calls: deque[datetime] = deque(maxlen=int(self.calls_per_second))
        self._stopping = threading.Event()
        simulator = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                simulator._serve(self)

            do_POST = do_GET  # noqa: N815

            def log_message(self, *_: Any) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()

    def answer(self, asked: Asked) -> Answered:
        """What the vendor answers when nothing is wrong."""
        raise NotImplementedError

    def too_many(self) -> Answered:
        """What the vendor answers to a call that comes too soon."""
        return Answered(429, {})

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        address = urlsplit(handler.path)
        length = int(handler.headers.get("Content-Length") or 0)
        raw = handler.rfile.read(length)
        if handler.headers.get("Content-Type", "").startswith("application/json"):
            body = orjson.loads(raw)
        else:
            body = dict(parse_qsl(raw.decode()))
        query = dict(parse_qsl(address.query, keep_blank_values=True))
        headers = {name.lower(): value for name, value in handler.headers.items()}
        asked = Asked(handler.command, address.path, query, headers, body)
        self.asked.append(asked)
        self.before_answer(len(self.asked))
        fault = self.faults.popleft() if self.faults else None
        if fault == SILENT:
            self._stopping.wait(5)
        if isinstance(fault, str):
            handler.close_connection = True
            return
        answered = fault or (self.too_many() if self._is_too_soon() else self.answer(asked))
        content = orjson.dumps(answered.body)
        handler.send_response(answered.status)
        for name, value in answered.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Type", "application/json;charset=utf-8")
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    def _is_too_soon(self) -> bool:
        now = self.clock.now()
        full = len(self._last_calls) == self._last_calls.maxlen
        soon = full and (now - self._last_calls[0]).total_seconds() < 1
        self._last_calls.append(now)
        return soon
