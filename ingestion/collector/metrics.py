"""Counts for /metrics, in Prometheus' text format, over all worker processes."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import orjson

PREFIX = "omnitouch_collector"
# Upper bounds in seconds: an SSD syncs in a millisecond, a disk in ten, a busy one in a hundred.
FSYNC_BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
HELP = {
    "requests_total": ("counter", "Requests, by protocol and what became of them"),
    "records_total": ("counter", "Records written, by source"),
    "denied_total": ("counter", "Records not written because the person refused, by what said so"),
    "received_bytes_total": ("counter", "Bytes of request bodies"),
    "written_bytes_total": ("counter", "Bytes appended to landing files"),
    "rescued_files_total": ("counter", "Files that killed processes had left open"),
    "queue_bytes": ("gauge", "Bytes that wait for the disk"),
    "fsync_seconds": ("histogram", "How long an fsync took"),
}


class Metrics:
    """The counts of this process; where it has siblings, their counts are added when asked.

    A request for /metrics reaches any one worker: each leaves its counts in ``folder``, and the
    one that answers adds them up.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Count for one process, or (with ``folder``) for one of several."""
        self._folder = folder
        self._samples: Counter[str] = Counter()
        for bound in (*map(str, FSYNC_BOUNDS), "+Inf"):  # the order in which they are rendered
            self.add("fsync_seconds_bucket", 0, le=bound)

    def add(self, name: str, amount: float = 1, **labels: str) -> None:
        """Count something up."""
        self._samples[_series(name, *labels.items())] += amount  # type: ignore[assignment]

    def observe_fsync(self, seconds: float) -> None:
        """One more fsync in the histogram."""
        for bound in FSYNC_BOUNDS:
            if seconds <= bound:
                self.add("fsync_seconds_bucket", le=str(bound))
        self.add("fsync_seconds_bucket", le="+Inf")
        self.add("fsync_seconds_count")
        self.add("fsync_seconds_sum", seconds)

    def publish(self, queue_bytes: int) -> None:
        """Leave the counts where the siblings find them."""
        self._samples[_series("queue_bytes")] = queue_bytes
        if self._folder:
            path = self._folder / f"{os.getpid()}.json"
            path.with_suffix(".new").write_bytes(orjson.dumps(dict(self._samples)))
            path.with_suffix(".new").replace(path)

    def render(self) -> str:
        """All counts as Prometheus reads them."""
        samples = Counter(self._samples)
        for path in self._siblings():
            samples.update(orjson.loads(path.read_bytes()))
        lines = []
        for name, (kind, text) in HELP.items():
            own = [series for series in samples if series.startswith(f"{PREFIX}_{name}")]
            lines += [f"# HELP {PREFIX}_{name} {text}", f"# TYPE {PREFIX}_{name} {kind}"]
            lines += [f"{series} {samples[series]:.9g}" for series in own]
        return "\n".join(lines) + "\n"

    def _siblings(self) -> Iterator[Path]:
        if self._folder:
            yield from (
                path for path in self._folder.glob("*.json") if path.stem != str(os.getpid())
            )


@lru_cache(maxsize=1000)
def _series(name: str, *labels: tuple[str, str]) -> str:
    inner = ",".join(f'{label}="{value}"' for label, value in sorted(labels))
    return f"{PREFIX}_{name}{{{inner}}}" if inner else f"{PREFIX}_{name}"
