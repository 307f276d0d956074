"""Start the collector: one socket, one or several worker processes."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Callable
from dataclasses import replace

import uvicorn
from uvicorn.supervisors import Multiprocess

from ingestion.collector.app import METRICS_FOLDER, Collector
from ingestion.collector.metrics import Metrics
from ingestion.collector.settings import Settings, SettingsError, read_settings
from ingestion.warehouse import Warehouse

HIGHEST_PORT = 65_535
GRACE_SECONDS = 10
# Longer than a proxy in front keeps its connections: else it sends into one that just closes.
KEEP_ALIVE_SECONDS = 75
# A worker that is silent for so long is replaced; one on a busy machine is not.
HEALTHCHECK_SECONDS = 30


def serve(
    warehouse: Warehouse,
    say: Callable[[str], None],
    host: str | None = None,
    port: int | None = None,
    workers: int | None = None,
) -> None:
    """Collect until told to stop (SIGINT, SIGTERM); what is received by then is handed over.

    Raises:
        SettingsError: the settings cannot be followed.
        SystemExit: the address cannot be had.
    """
    settings = read_settings(warehouse)
    given = {"host": host, "port": port, "workers": workers}
    settings = replace(
        settings, **{name: value for name, value in given.items() if value is not None}
    )
    if not 0 <= settings.port <= HIGHEST_PORT:
        raise SettingsError(f"there is no port {settings.port}: take one up to {HIGHEST_PORT}")
    # What is wrong with the settings is said once, here, not by every worker.
    sources = {endpoint.source for endpoint in Collector(warehouse, settings, Metrics()).endpoints}
    config = uvicorn.Config(
        "ingestion.collector.app:create_app",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        loop="uvloop",
        http="httptools",
        ws="none",
        # An access log would hold what stands in the queries.
        access_log=False,
        log_level="warning",
        server_header=False,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_worker_healthcheck=HEALTHCHECK_SECONDS,
    )
    socket = config.bind_socket()
    # From here on senders wait for the workers instead of being turned away.
    socket.listen(config.backlog)
    with tempfile.TemporaryDirectory(prefix="omnitouch_metrics_") as folder:
        # uvicorn raises the signal that stopped it once more: there is nothing left to stop.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: None)
        say(_greeting(warehouse, settings, socket.getsockname()[1], sources - {""}))
        if settings.workers == 1:
            uvicorn.Server(config).run(sockets=[socket])
        else:
            os.environ[METRICS_FOLDER] = folder
            Multiprocess(config, sockets=[socket]).run()
    say(f"Stopped. Everything received lies in {warehouse.landing}.")


def _greeting(warehouse: Warehouse, settings: Settings, port: int, sources: set[str]) -> str:
    journal = settings.journal
    fsync = {"group": "before every answer", "os": "when the system likes"}.get(
        journal.fsync, f"every {journal.fsync}"
    )
    lines = [
        f"Collecting  http://{settings.host}:{port} with {settings.workers} worker(s)",
        f"Writes to   {warehouse.landing}/<source>/, on disk {fsync}",
        f"Sources     {', '.join(sorted(sources))}",
        f"Hands over  after {journal.rotate_seconds:g} s or {journal.rotate_bytes // 2**20} MiB",
        "Load        python -m ingestion load",
    ]
    return "\n".join(lines)
