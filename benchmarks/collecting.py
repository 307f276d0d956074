"""N Sensors requests: the collector beside a Starlette handler that only reads them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.measure import PROJECT, Benchmark, Contender, Work

PEOPLE = 500


def prepare(directory: Path, requests: int) -> None:
    from ingestion.sample_brand import write_sample_brand

    # They are sent over and over: enough of them to be unlike one another.
    events = min(requests, 20_000)
    write_sample_brand(directory / "brand", people=PEOPLE, events_per_person=events / PEOPLE)


def bare(directory: Path, requests: int) -> Work:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    async def read(request: Request) -> Response:
        await request.body()
        return Response()

    return _serving(Starlette(routes=[Route("/sa", read, methods=["POST"])]), directory, requests)


def ours(fsync: str, directory: Path, requests: int) -> Work:
    from ingestion.collector.app import create_app

    root = directory / "warehouse"
    shutil.rmtree(root, ignore_errors=True)
    settings = directory / "collector.yml"
    settings.write_text(f"journal: {{fsync: {fsync}}}\nlimits: {{per_ip: {{per_second: 0}}}}\n")
    os.environ |= {"OMNITOUCH_WAREHOUSE": str(root), "OMNITOUCH_COLLECTOR": str(settings)}
    serve = _serving(create_app(), directory, requests)

    def work() -> str:
        outcome = serve()
        written = sum(
            path.read_bytes().count(b"\n") for path in root.glob("landing/sensors/*/*.jsonl")
        )
        if written != requests:
            raise ValueError(f"{requests} were acknowledged, {written} are on disk")
        return str(outcome)

    return work


def _serving(app: Any, directory: Path, requests: int) -> Work:
    """Answer all requests in this process; the senders are one of their own, and none of ours."""
    import uvicorn

    config = uvicorn.Config(
        app, port=0, loop="uvloop", http="httptools", access_log=False, log_level="warning"
    )
    socket = config.bind_socket()
    socket.listen(config.backlog)
    acknowledged = directory / "acknowledged"

    def work() -> str:
        # uvicorn raises the signal that stopped it once more.
        signal.signal(signal.SIGTERM, lambda *_: None)
        port, folder = str(socket.getsockname()[1]), directory / "brand" / "landing" / "sensors"
        senders = [sys.executable, "-m", "benchmarks.senders", folder, port, str(requests)]
        # Not a child that is waited for: its cost is not the server's.
        subprocess.run(
            ["setsid", "--fork", *senders, str(os.getpid()), acknowledged], cwd=PROJECT, check=True
        )
        uvicorn.Server(config).run(sockets=[socket])
        return f"{int(acknowledged.read_text()):,} acknowledged"

    return work


BENCHMARK = Benchmark(
    "collecting N Sensors requests, one event each",
    prepare,
    (
        Contender("a Starlette handler that reads and answers", bare),
        Contender("ours, fsync when the system likes (os)", partial(ours, "os")),
        Contender("ours, fsync every 50ms", partial(ours, "50ms")),
        Contender("ours, fsync before every answer (group)", partial(ours, "group")),
    ),
)
