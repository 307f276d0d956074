"""Where a warehouse keeps its files: one directory holds everything a run writes."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingestion import ToldError


@dataclass(frozen=True)
class Warehouse:
    """The directory of one warehouse; several can live side by side."""

    root: Path

    @classmethod
    def from_environment(cls) -> Warehouse:
        """The warehouse named by ``OMNITOUCH_WAREHOUSE`` (default: ``./warehouse``)."""
        return cls(Path(os.environ.get("OMNITOUCH_WAREHOUSE") or "warehouse").resolve())

    @property
    def landing(self) -> Path:
        """Raw channel files, one folder a source."""
        return self.root / "landing"

    @property
    def database(self) -> Path:
        """The DuckDB build database, private to dlt and dbt."""
        return self.root / "omnitouch.duckdb"

    @property
    def backup(self) -> Path:
        """The build database as it was when it was last published."""
        return self.root / "backup" / self.database.name

    @property
    def in_order(self) -> Path:
        """As old as the last load that ended, and closed the build database, in good order."""
        return self.root / "loaded_in_order"

    @property
    def lake(self) -> Path:
        """The Delta tables that dlt lands for Spark."""
        return self.root / "lake"

    @property
    def dlt(self) -> Path:
        """Dlt's working directory: load packages and state."""
        return self.root / "dlt"

    @property
    def pulls(self) -> Path:
        """What pulls remember: cursors, tokens, recordings kept aside."""
        return self.root / "pulls"

    @property
    def manifest(self) -> Path:
        """The manifest of the dbt run; dbt called without a target path keeps it in ./target."""
        folders = [os.environ.get("DBT_TARGET_PATH", ""), str(self.root / "target"), "target"]
        found = [Path(folder, "manifest.json") for folder in folders if folder]
        return max(
            (path for path in found if path.exists()),
            key=lambda path: path.stat().st_mtime,
            default=self.root / "target" / "manifest.json",
        )

    @property
    def audit(self) -> Path:
        """One directory of HTML report per audit."""
        return self.root / "audit"

    @property
    def published(self) -> Path:
        """What readers see: one directory per batch and the pointer to the current one."""
        return self.root / "published"

    @property
    def pointer(self) -> Path:
        """The file that names the current batch."""
        return self.published / "current.json"

    def current(self) -> dict[str, Any] | None:
        """What ``current.json`` says, or None before the first publication."""
        try:
            return json.loads(self.pointer.read_bytes())
        except FileNotFoundError:
            return None

    def loading(self) -> AbstractContextManager[None]:
        """Hold the warehouse for one loader.

        Raises:
            WarehouseBusyError: another loader holds it.
        """
        return self._held("loading", "loaded")

    def pulling(self) -> AbstractContextManager[None]:
        """Hold the landing folder for one pull.

        Raises:
            WarehouseBusyError: another pull is at work.
        """
        return self._held("pulling", "pulled into")

    def previewing(self) -> AbstractContextManager[Path]:
        """A folder that one preview works in.

        Raises:
            WarehouseBusyError: another preview is at work.
        """
        return self._scratch("preview", "previewing", "previewed")

    def matching(self) -> AbstractContextManager[Path]:
        """A folder for what one matching of records cannot hold in memory.

        Raises:
            WarehouseBusyError: another one is at work.
        """
        return self._scratch("matching", "matching", "matched into")

    @contextmanager
    def _scratch(self, name: str, by: str, done: str) -> Iterator[Path]:
        """A folder that is gone at the end; what a killed process left in it goes first."""
        folder = self.root / name
        with self._held(by, done):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(mode=0o700)
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def _held(self, by: str, done: str) -> Iterator[None]:
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / f"{by}.lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                lock.seek(0)
                holder = lock.read().strip() or "unknown"
                raise WarehouseBusyError(
                    f"{self.root} is being {done} by process {holder}; wait for it to end, "
                    "or set OMNITOUCH_WAREHOUSE to another directory."
                ) from error
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            yield


class WarehouseBusyError(ToldError):
    """Another process is loading, previewing or matching, or pulling into this warehouse."""
