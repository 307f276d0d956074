"""Publish: a candidate becomes the batch that readers see, or nothing changes.

A reader asks current.json which batch is current and opens that batch's files. Files of a batch
never change. The pointer is replaced in one step, after everything it names is safely on disk, so a
publisher that dies at any moment leaves the previous batch published and complete.
"""

import contextlib
import fcntl
import hashlib
import json
import logging
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from expectations.audit import AuditResult, run_audit
from expectations.export import Exported, Exporter, build_marts_database
from expectations.marts import MARTS_DATABASE, Mart, PublishError
from expectations.reported import REPORTS, carry_reports
from ingestion.backup import back_up
from ingestion.warehouse import Warehouse

log = logging.getLogger(__name__)

KEPT_BATCHES = 3
KEPT_REPORTS = 10
_CANDIDATE = ".candidate-"
_REMOVED = ".removed-"
_POINTER_DRAFT = ".current.json-"

Auditor = Callable[..., AuditResult]


class AuditBlockedError(PublishError):
    """The audit did not accept the candidate."""

    def __init__(self, result: AuditResult) -> None:
        """Keep the result and make its text the message."""
        super().__init__(result.describe())
        self.result = result


@dataclass(frozen=True)
class Publication:
    """A batch that was published."""

    batch: str
    directory: Path
    audit: AuditResult


def publish(
    warehouse: Warehouse,
    marts: Sequence[Mart],
    exporter: Exporter,
    *,
    auditor: Auditor = run_audit,
    allow_shrink: bool = False,
    backup: bool = True,
    wait_seconds: float = 0,
) -> Publication:
    """Export, audit and publish the marts as one batch.

    Args:
        warehouse: where to publish.
        marts: what to publish.
        exporter: reads the marts of the engine that built them.
        auditor: judges the candidate.
        allow_shrink: skip the comparisons with the previous publish.
        backup: copy the build database, too.
        wait_seconds: how long to wait for another publisher.

    Raises:
        AuditBlockedError: an expectation failed or errored; what was published stays.
        PublishError: the export or the lock failed; what was published stays.
    """
    warehouse.published.mkdir(parents=True, exist_ok=True)
    with _only_publisher(warehouse.published, wait_seconds):
        _sweep_leftovers(warehouse.published)
        batch = new_batch()
        candidate = warehouse.published / f"{_CANDIDATE}{batch}"
        candidate.mkdir()
        try:
            rows = exporter(marts, candidate)
            reported = carry_reports(candidate, _readable_batches(warehouse), time_of(batch))
            if reported is not None:
                marts, rows = [*marts, REPORTS], rows | {REPORTS.name: reported}
            exported = build_marts_database(candidate, marts, rows)
            result = auditor(
                candidate / MARTS_DATABASE,
                {name: mart.rows for name, mart in exported.items()},
                report=warehouse.audit / batch,
                previous=None if allow_shrink else _previous_database(warehouse),
            )
            _keep_last_reports(warehouse)
            if result.blocking:
                raise AuditBlockedError(result)
            if backup and warehouse.database.exists():
                back_up(warehouse)
            directory = _accept(warehouse, batch, candidate, exported, result)
        finally:
            shutil.rmtree(candidate, ignore_errors=True)
        _keep_last_batches(warehouse)
    log.info("published batch %s", batch)
    return Publication(batch, directory, result)


def new_batch() -> str:
    """Return a name for a batch: UTC time to the millisecond, so that names sort, and a suffix."""
    now = datetime.now(UTC)
    return f"{now:%Y%m%dT%H%M%S}{now.microsecond // 1000:03d}Z-{secrets.token_hex(2)}"


def time_of(batch: str) -> datetime:
    """Return when a batch was named (UTC)."""
    return datetime.strptime(batch.partition("Z")[0], "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC)


def contract_fingerprint(exported: dict[str, Exported]) -> str:
    """Return a digest of all marts' column names and types: it changes when a reader may break."""
    columns = {name: list(mart.columns.items()) for name, mart in exported.items()}
    return hashlib.sha256(json.dumps(columns, sort_keys=True).encode()).hexdigest()


def _accept(
    warehouse: Warehouse,
    batch: str,
    candidate: Path,
    exported: dict[str, Exported],
    result: AuditResult,
) -> Path:
    for file in candidate.iterdir():
        file.chmod(0o444)
        _fsync(file)
    _fsync(candidate)
    directory = warehouse.published / batch
    candidate.rename(directory)
    _fsync(warehouse.published)
    _point_to(
        warehouse,
        {
            "batch": batch,
            "published_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "database": f"{batch}/{MARTS_DATABASE}",
            "report": os.path.relpath(result.report, warehouse.published),
            "contract": contract_fingerprint(exported),
            "marts": {
                name: {
                    "rows": mart.rows,
                    "file": f"{batch}/{name}.parquet",
                    "columns": mart.columns,
                }
                for name, mart in exported.items()
            },
        },
    )
    return directory


def _point_to(warehouse: Warehouse, pointer: dict[str, Any]) -> None:
    draft = warehouse.published / f"{_POINTER_DRAFT}{pointer['batch']}"
    draft.write_text(json.dumps(pointer, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    _fsync(draft)
    os.replace(draft, warehouse.pointer)
    _fsync(warehouse.published)


def _previous_database(warehouse: Warehouse) -> Path | None:
    current = warehouse.current()
    if current is None:
        return None
    database = warehouse.published / current["database"]
    return database if database.exists() else None


@contextlib.contextmanager
def _only_publisher(published: Path, wait_seconds: float) -> Iterator[None]:
    with open(published / ".lock", "a+", encoding="utf-8") as lock:
        deadline = time.monotonic() + wait_seconds
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    lock.seek(0)
                    holder = lock.read().strip() or "unknown"
                    raise PublishError(
                        f"another publisher is at work (process {holder}); "
                        "wait for it to end, or give --wait SECONDS"
                    ) from None
                time.sleep(0.1)
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _sweep_leftovers(published: Path) -> None:
    """Remove what a killed publisher left; only the holder of the lock may do so."""
    for path in published.iterdir():
        if path.name.startswith((_CANDIDATE, _REMOVED)):
            shutil.rmtree(path)
        elif path.name.startswith(_POINTER_DRAFT):
            path.unlink()


def _batches(published: Path) -> list[Path]:
    return sorted(
        path for path in published.iterdir() if path.is_dir() and not path.name.startswith(".")
    )


def _readable_batches(warehouse: Warehouse) -> list[Path]:
    """The batch that readers see, then those before it."""
    current = warehouse.current()
    names = [path.name for path in reversed(_batches(warehouse.published))]
    return [warehouse.published / name for name in names if current and name <= current["batch"]]


def _keep_last_batches(warehouse: Warehouse) -> None:
    current = warehouse.current()
    assert current is not None
    others = [path for path in _batches(warehouse.published) if path.name != current["batch"]]
    for path in others[: -(KEPT_BATCHES - 1)]:
        # Renamed first: a batch directory is whole or absent, also if this process dies here.
        removed = path.with_name(f"{_REMOVED}{path.name}")
        path.rename(removed)
        shutil.rmtree(removed)


def _keep_last_reports(warehouse: Warehouse) -> None:
    published = {path.name for path in _batches(warehouse.published)}
    reports = sorted(path for path in warehouse.audit.iterdir() if path.is_dir())
    for path in reports[:-KEPT_REPORTS]:
        if path.name not in published:
            shutil.rmtree(path)


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
