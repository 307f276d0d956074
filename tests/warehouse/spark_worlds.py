"""The same small worlds on Spark: one session, one warehouse, emptied between schedules."""

from __future__ import annotations

import json
import shutil
from functools import cache
from pathlib import Path

import deltalake
import duckdb
import pandas as pd
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest

from tests.warehouse import worlds


@cache
def _manifest(warehouse: Path) -> Manifest:
    result = dbtRunner().invoke(["parse", *_arguments(), "--no-partial-parse"])
    assert result.success, result.exception
    return result.result


def _arguments() -> list[str]:
    project = str(worlds.PROJECT)
    return ["--project-dir", project, "--profiles-dir", project, "--quiet"]


def dbt(warehouse: Path, *arguments: str) -> dict[str, float]:
    """Run dbt in this process, whose Spark session stays; return the seconds of each node."""
    with worlds.environment(
        OMNITOUCH_ENGINE="spark",
        OMNITOUCH_WAREHOUSE=str(warehouse),
        DBT_TARGET_PATH=str(warehouse / "target"),
        DBT_LOG_PATH=str(warehouse / "logs"),
    ):
        result = dbtRunner(manifest=_manifest(warehouse)).invoke([*arguments, *_arguments()])
    nodes = getattr(result.result, "results", None) or []
    failed = [f"{n.node.name}: {n.message}" for n in nodes if n.status in ("error", "fail")]
    assert result.success, failed or result.exception
    return {node.node.name: node.execution_time for node in nodes}


def empty(warehouse: Path) -> None:
    """Take back every delivery; the models are built anew by the next --full-refresh."""
    raw = warehouse / "lake" / "raw"
    for table in worlds.RECORD_TABLES:
        deltalake.DeltaTable(str(raw / table)).delete()
    shutil.rmtree(raw / "_dlt_loads", ignore_errors=True)


def deliver(world: Path, warehouse: Path, delivery: dict[str, list[str]], number: int) -> None:
    """Land one delivery, as dlt would: its rows under a load of their own, then the load's end."""
    load_id = f"{1_790_000_000 + number}.5"
    raw = warehouse / "lake" / "raw"
    with duckdb.connect(str(world / "omnitouch.duckdb"), read_only=True) as database:
        database.execute("set timezone = 'UTC'")
        for table, event_ids in delivery.items():
            rows = database.execute(
                "select event_id, source, record_type, occurred_at_raw, received_at, payload, "
                f"'{load_id}' as _dlt_load_id from raw.{table} "
                "where event_id in (select unnest(?))",
                [event_ids],
            ).to_arrow_table()
            deltalake.write_deltalake(str(raw / table), rows, mode="append")
    (raw / "_dlt_loads").mkdir(exist_ok=True)
    (raw / "_dlt_loads" / f"omnitouch__{load_id}.jsonl").write_text(
        json.dumps({"load_id": load_id, "schema_name": "omnitouch", "status": 0})
    )


def marts(warehouse: Path, schema: str = "marts") -> dict[str, pd.DataFrame]:
    """Every mart, rows and columns in an order of their own, read without Spark."""
    frames = {}
    for directory in sorted((warehouse / "lake" / f"{schema}.db").iterdir()):
        rows = deltalake.DeltaTable(str(directory)).to_pyarrow_table()  # noqa: F841
        with duckdb.connect() as database:
            frame = database.execute("set timezone = 'UTC'; from rows").df()
        for name in frame.select_dtypes("datetimetz"):
            frame[name] = frame[name].dt.tz_localize(None)
        if directory.name != worlds.NAMES_LOADS:
            frames[directory.name] = worlds.in_order(frame)
    return frames
