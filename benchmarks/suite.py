"""All benchmarks by name."""

from __future__ import annotations

from benchmarks import (
    attribution_truth,
    collecting,
    credits,
    identity,
    identity_quality,
    incremental,
    loading,
    markov,
    paths,
    scores,
    sessions,
    whole,
)
from benchmarks.measure import Benchmark, Report

BENCHMARKS: dict[str, Benchmark] = {
    "collecting": collecting.BENCHMARK,
    "ingestion": loading.BENCHMARK,
    "identity": identity.BENCHMARK,
    "sessions": sessions.BENCHMARK,
    "paths": paths.BENCHMARK,
    "credits": credits.BENCHMARK,
    "markov": markov.BENCHMARK,
    "incremental": incremental.BENCHMARK,
    "whole": whole.BENCHMARK,
}
REPORTS: dict[str, Report] = {
    "identity_quality": identity_quality.REPORT,
    "attribution_truth": attribution_truth.REPORT,
    "scores": scores.REPORT,
}
