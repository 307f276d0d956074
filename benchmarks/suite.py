"""All benchmarks by name."""

from __future__ import annotations

from benchmarks import credits, identity, incremental, loading, paths, sessions, whole
from benchmarks.measure import Benchmark

BENCHMARKS: dict[str, Benchmark] = {
    "ingestion": loading.BENCHMARK,
    "identity": identity.BENCHMARK,
    "sessions": sessions.BENCHMARK,
    "paths": paths.BENCHMARK,
    "credits": credits.BENCHMARK,
    "incremental": incremental.BENCHMARK,
    "whole": whole.BENCHMARK,
}
