"""Ingestion of N Sensors events: the product's loader beside DuckDB reading the same files."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from benchmarks.measure import Benchmark, Contender, Work

PEOPLE = 5000


def prepare(directory: Path, events: int) -> None:
    from ingestion.sample_brand import write_sample_brand

    write_sample_brand(directory / "brand", people=PEOPLE, events_per_person=events / PEOPLE)


def ours(directory: Path, _: int) -> Work:
    from ingestion.loading import run
    from ingestion.warehouse import Warehouse

    root = directory / "warehouse"
    shutil.rmtree(root, ignore_errors=True)
    (root / "landing").mkdir(parents=True)
    (root / "landing" / "sensors").symlink_to(directory / "brand" / "landing" / "sensors")
    return lambda: f"{run(Warehouse(root), [], lambda _: None).rows_landed:,} events"


def read_json(directory: Path, _: int) -> Work:
    path = directory / "lines.duckdb"
    path.unlink(missing_ok=True)
    files = directory / "brand" / "landing" / "sensors" / "*.jsonl.gz"

    def work() -> str:
        with duckdb.connect(str(path)) as database:
            database.execute(
                "create table lines as select * from "
                f"read_json('{files}', format = 'newline_delimited')"
            )
            (lines,) = database.execute("select count(*) from lines").fetchall()[0]
        return f"{lines:,} lines"

    return work


BENCHMARK = Benchmark(
    "ingestion of N Sensors events",
    prepare,
    (Contender("DuckDB read_json into a table", read_json), Contender("ours, dlt", ours)),
)
