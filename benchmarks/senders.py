"""Senders of a benchmark: ``python -m benchmarks.senders``, a process apart whose cost is its own.

They read gateway lines, send each line's request again over connections that stay open, and stop
the server when everything is acknowledged.
"""

from __future__ import annotations

import asyncio
import gzip
import os
import signal
import sys
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

import orjson
import uvloop

CONNECTIONS = 64
END = b"\r\n\r\n"


class Sender(asyncio.Protocol):
    """One connection: the next request goes out when the answer to the last one is there."""

    def __init__(self, requests: Iterator[bytes], done: asyncio.Future[int]) -> None:
        """Take from ``requests`` until there is none; ``done`` gets what was acknowledged."""
        self._requests = requests
        self._done = done
        self._acknowledged = 0
        self._answer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]
        self._send()

    def data_received(self, data: bytes) -> None:
        """Count a whole answer, and go on."""
        self._answer += data
        if END not in self._answer:
            return
        if not self._answer.startswith(b"HTTP/1.1 200"):
            self._done.set_exception(RuntimeError(self._answer[:100].decode()))
            return
        self._acknowledged += 1
        self._answer = b""
        self._send()

    def connection_lost(self, error: Exception | None) -> None:
        """Say so, unless everything was answered."""
        if not self._done.done():
            self._done.set_exception(error or RuntimeError("the server hung up"))

    def _send(self) -> None:
        if request := next(self._requests, None):
            self._transport.write(request)
        else:
            self._done.set_result(self._acknowledged)


def requests_of(folder: Path) -> list[bytes]:
    """The requests in the gateway lines below a folder, as a browser writes them."""
    requests = []
    for path in sorted(folder.glob("*.jsonl.gz")):
        for text in gzip.decompress(path.read_bytes()).splitlines():
            line = orjson.loads(text)
            body = line["body"].encode()
            head = (
                f"POST /sa?{line['query']} HTTP/1.1\r\nHost: collect.example\r\n"
                f"User-Agent: {line['user_agent']}\r\nOrigin: https://shop.example\r\n"
                f"Content-Type: text/plain;charset=UTF-8\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            requests.append(head.encode() + body)
    return requests


async def send(port: int, requests: list[bytes], count: int) -> int:
    """Send ``count`` requests, over and over the same; returns how many were acknowledged."""
    loop = asyncio.get_running_loop()
    rest = islice(cycle(requests), count)
    done = [loop.create_future() for _ in range(CONNECTIONS)]
    for one in done:
        await loop.create_connection(lambda own=one: Sender(rest, own), "127.0.0.1", port)
    return sum(await asyncio.gather(*done))


def main() -> None:
    """Send what lies in a folder to a port, note how much was acknowledged, stop the server."""
    folder, port, count, server, result = sys.argv[1:]
    try:
        acknowledged = uvloop.run(send(int(port), requests_of(Path(folder)), int(count)))
        Path(result).write_text(str(acknowledged))
    finally:
        os.kill(int(server), signal.SIGTERM)


if __name__ == "__main__":
    main()
