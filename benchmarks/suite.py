"""All benchmarks by name."""

from __future__ import annotations

from benchmarks import collecting, credits, identity, incremental, loading, paths, sessions, whole
from benchmarks.measure import Benchmark

BENCHMARKS: dict[str, Benchmark] = {
    "collecting": collecting.BENCHMARK,
    "ingestion": loading.BENCHMARK,
    "identity": identity.BENCHMARK,
    "sessions": sessions.BENCHMARK,
    "paths": paths.BENCHMARK,
    "credits": credits.BENCHMARK,
    "incremental": incremental.BENCHMARK,
    "whole": whole.BENCHMARK,
}
