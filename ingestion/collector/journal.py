"""Durable append: what is acknowledged is on disk, and the loader never reads half a line.

Lines of one source grow a hidden file (``.….part``) below ``landing/<source>/<day>/``; when it is
full or old it is renamed to ``.jsonl``, which the loader takes and nobody writes again. All lines
that wait are written together and share one fsync (group commit), so that many senders cost
hardly more than one. A file belongs to one process, which holds a lock on it: what a killed one
left behind is told from what another worker still writes.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import logging
import os
import secrets
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from ingestion.collector.settings import JournalSettings

OPEN, PUBLISHED = ".part", ".jsonl"
LONGEST_TICK = 0.25
logger = logging.getLogger("omnitouch.collector")


class NotWrittenError(OSError):
    """The line is not on disk, so its request must not be acknowledged."""


class Waiting(NamedTuple):
    """A line and who waits for it."""

    source: str
    line: bytes
    since: float
    written: asyncio.Future[None]


class OpenFile:
    """One file that lines are appended to, under a hidden name until it is published."""

    def __init__(self, folder: Path, name: str, observe_fsync: Callable[[float], None]) -> None:
        """Create it, and hold it; ``observe_fsync`` is told how long each took (seconds).

        Raises:
            OSError: there is no room, or no right to.
        """
        self._observe_fsync = observe_fsync
        while True:
            _make_folder(folder)
            self.path = folder / f".{name}{OPEN}"
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
            self.descriptor = os.open(self.path, flags, 0o640)
            fcntl.flock(self.descriptor, fcntl.LOCK_EX)
            # A rescuer may have cleared the empty file away before it was held.
            if os.fstat(self.descriptor).st_nlink:
                break
            os.close(self.descriptor)
        self.size = 0
        self.opened = time.monotonic()
        self.is_dirty = False
        _sync_folder(folder)

    def append(self, data: bytes, is_durable: bool) -> None:
        """Write all of the data, and have it on disk where ``is_durable`` says so.

        Raises:
            OSError: it failed; what of it is in the file is cut away when the file is published.
        """
        self.is_dirty = True
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self.descriptor, rest) :]
        if is_durable:
            self.sync()
        self.size += len(data)

    def sync(self) -> None:
        """Have everything appended on disk."""
        began = time.perf_counter()
        os.fsync(self.descriptor)
        self._observe_fsync(time.perf_counter() - began)
        self.is_dirty = False

    def publish(self) -> None:
        """Hand the file to the loader, without anything that was never acknowledged."""
        try:
            os.ftruncate(self.descriptor, self.size)
            if self.size:
                self.sync()
                self.path.rename(_published(self.path))
            else:
                self.path.unlink()
            _sync_folder(self.path.parent)
        finally:
            os.close(self.descriptor)


class Journal:
    """Appends lines to the landing folder of their source."""

    def __init__(
        self, landing: Path, settings: JournalSettings, observe_fsync: Callable[[float], None]
    ) -> None:
        """Write below ``landing``; ``observe_fsync`` is told how long each fsync took (seconds)."""
        self.queued_bytes = 0
        self.failure: str | None = None
        self._landing = landing
        self._settings = settings
        self._observe_fsync = observe_fsync
        self._files: dict[str, OpenFile] = {}
        # One thread does all that touches the disk: files need no further lock.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._waiting: list[Waiting] = []
        self._group: list[Waiting] = []
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._is_closing = False

    async def open(self) -> list[Path]:
        """Begin; returns the files rescued from processes that were killed."""
        loop = asyncio.get_running_loop()
        rescued = await loop.run_in_executor(self._thread, lambda: list(rescue(self._landing)))
        tasks = (self._commit(), self._tick(), self._give_up())
        self._tasks = [asyncio.create_task(task) for task in tasks]
        return rescued

    async def append(self, source: str, line: bytes) -> None:
        """Return once the line is written and, where the policy says so, on disk.

        Raises:
            NotWrittenError: it is not; the sender must keep it.
        """
        if self._is_closing or self.queued_bytes + len(line) > self._settings.queue_bytes:
            raise NotWrittenError("the queue for the disk is full")
        loop = asyncio.get_running_loop()
        written: asyncio.Future[None] = loop.create_future()
        self._waiting.append(Waiting(source, line, loop.time(), written))
        self.queued_bytes += len(line)
        self._wake.set()
        await written

    async def close(self) -> None:
        """Write what waits, and hand all files to the loader."""
        self._is_closing = True
        self._wake.set()
        if self._tasks:
            await self._tasks[0]
            for task in self._tasks[1:]:
                task.cancel()
        await asyncio.get_running_loop().run_in_executor(self._thread, self._publish_all)
        self._thread.shutdown()

    async def _commit(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting or not self._is_closing:
            await self._wake.wait()
            self._wake.clear()
            self._group, self._waiting = self._waiting, []
            group = self._group
            if not group:
                continue
            failed = await loop.run_in_executor(self._thread, self._write, group)
            self.queued_bytes -= sum(len(waiting.line) for waiting in group)
            for waiting in group:
                if waiting.written.done():
                    continue
                if error := failed.get(waiting.source):
                    waiting.written.set_exception(NotWrittenError(error))
                else:
                    waiting.written.set_result(None)

    async def _give_up(self) -> None:
        """Let nobody wait for a slow disk longer than platforms wait for us."""
        loop = asyncio.get_running_loop()
        limit = self._settings.answer_within_seconds
        while True:
            await asyncio.sleep(min(limit / 4, LONGEST_TICK))
            for waiting in (*self._group, *self._waiting):
                if waiting.since < loop.time() - limit and not waiting.written.done():
                    waiting.written.set_exception(NotWrittenError("the disk is too slow"))

    async def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        tick = min(self._settings.fsync_every or LONGEST_TICK, LONGEST_TICK)
        while True:
            await asyncio.sleep(tick)
            await loop.run_in_executor(self._thread, self._maintain)

    def _write(self, group: list[Waiting]) -> dict[str, str]:
        """Write a group of lines; returns which sources failed, and why."""
        lines: dict[str, list[bytes]] = {}
        for waiting in group:
            lines.setdefault(waiting.source, []).append(waiting.line)
        failed: dict[str, str] = {}
        for source, own in lines.items():
            try:
                file = self._file(source)
                file.append(b"".join(own), is_durable=self._settings.fsync == "group")
            except OSError as error:
                failed[source] = self._fail(source, error)
                continue
            if file.size >= self._settings.rotate_bytes:
                self._publish(source)
        if not failed:
            self.failure = None
        return failed

    def _maintain(self) -> None:
        for source, file in list(self._files.items()):
            if time.monotonic() - file.opened >= self._settings.rotate_seconds:
                self._publish(source)
            elif file.is_dirty and self._settings.fsync_every:
                try:
                    file.sync()
                except OSError as error:
                    self._fail(source, error)

    def _file(self, source: str) -> OpenFile:
        if source not in self._files:
            now = datetime.now(UTC)
            folder = self._landing / source / f"{now:%Y-%m-%d}"
            name = f"{now:%H%M%S}-{secrets.token_hex(6)}"
            self._files[source] = OpenFile(folder, name, self._observe_fsync)
        return self._files[source]

    def _publish(self, source: str) -> None:
        file = self._files.pop(source)
        try:
            file.publish()
        except OSError as error:
            # It keeps its hidden name; the next start rescues it.
            self._note(source, error)

    def _publish_all(self) -> None:
        for source in list(self._files):
            self._publish(source)

    def _fail(self, source: str, error: OSError) -> str:
        """What became of a file after an error is unknown: go on in another one."""
        if source in self._files:
            self._publish(source)
        return self._note(source, error)

    def _note(self, source: str, error: OSError) -> str:
        reason = error.strerror or type(error).__name__
        if reason != self.failure:
            logger.error("landing/%s cannot be written: %s", source, reason)
        self.failure = reason
        return reason


def rescue(landing: Path) -> Iterator[Path]:
    """Publish what killed processes left, cut after the last whole line; yields the files.

    A file that is still held is a living process's and stays as it is.
    """
    for path in sorted(landing.glob(f"*/*/.*{OPEN}")):
        with contextlib.suppress(FileNotFoundError, BlockingIOError), path.open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(file.fileno()).st_ino != path.stat().st_ino:
                continue
            whole = file.read().rfind(b"\n") + 1
            file.truncate(whole)
            os.fsync(file.fileno())
            if not whole:
                path.unlink()
                continue
            yield path.rename(_published(path))
            _sync_folder(path.parent)


def _published(path: Path) -> Path:
    return path.with_name(path.name.removeprefix(".").removesuffix(OPEN) + PUBLISHED)


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    """Have the folder's names on disk: a file without its name is lost."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
