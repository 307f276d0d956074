"""Spark in the tests: one session in this process, and so one warehouse, filled by schedules."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

import duckdb
import pandas as pd
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest

from tests.warehouse import worlds
from tests.warehouse.sparing import kept, sparing

# The tables are tiny: compiling a query costs more than running it, and so does a second partition,
# looking for rows that a join could do without and for filters that follow from others, and
# remembering for a page that nobody opens. What was compiled is kept for the second delivery.
DEFAULTS = """\
spark.sql.codegen.wholeStage false
spark.sql.codegen.cache.maxEntries 20000
spark.sql.adaptive.enabled false
spark.sql.optimizer.runtime.bloomFilter.enabled false
spark.sql.constraintPropagation.enabled false
spark.databricks.delta.merge.materializeSource none
spark.databricks.delta.stats.collect false
spark.default.parallelism 1
spark.sql.ui.explainMode simple
spark.sql.ui.retainedExecutions 1
spark.ui.retainedJobs 1
spark.ui.retainedStages 1
"""
# What a session remembers by itself it need not ask Hive's metastore for, a fifth of all the work;
# the schedules ask it.
CATALOG = "hive" if int(os.environ.get("OMNITOUCH_TEST_SPARK_SCHEDULES", "0")) else "in-memory"
LONGEST_VIEW = 32_700
"""Characters of a view's query that the embedded metastore of Hive keeps."""
# Two cores are worth more to the queries than to a collector of their own and to compiling, which
# took a third of all; and a warehouse that is thrown away need not be on the disk.
JAVA = (
    "-XX:+UseParallelGC -Djdk.lang.Process.launchMechanism=VFORK -Dderby.system.durability=test "
    "-XX:ReservedCodeCacheSize=512m -XX:Tier4InvocationThreshold=30000 "
    "-XX:Tier4MinInvocationThreshold=6000 -XX:Tier4CompileThreshold=60000 "
    "-XX:Tier4BackEdgeThreshold=400000"
)


def missing() -> str | None:
    """What Spark lacks on this machine, or None."""
    for package in ("pyspark", "dbt.adapters.spark", "deltalake"):
        if importlib.util.find_spec(package) is None:
            return f"no {package}: uv sync --extra spark"
    java = shutil.which("java")
    told = subprocess.run([java, "-version"], capture_output=True, text=True) if java else None
    version = re.search(r'version "(\d+)', told.stderr) if told else None
    if version is None or int(version[1]) < 17:
        return "no Java 17"
    jars = worlds.PROJECT / ".spark-jars"
    if not list(jars.glob("delta-spark_*.jar")):
        return f"no Delta jars in {jars.name}: spark/fetch_jars"
    return None


def dbt(warehouse: Path, *arguments: str) -> None:
    """Run dbt in this process on the warehouse; a failure names the nodes that failed."""
    (warehouse / "spark").mkdir(parents=True, exist_ok=True)
    (warehouse / "spark" / "spark-defaults.conf").write_text(DEFAULTS)
    settings = worlds.environment(
        OMNITOUCH_ENGINE="spark",
        OMNITOUCH_WAREHOUSE=str(warehouse),
        OMNITOUCH_SPARK_PARTITIONS="1",
        OMNITOUCH_SPARK_CATALOG=CATALOG,
        SPARK_CONF_DIR=str(warehouse / "spark"),
        JAVA_TOOL_OPTIONS=JAVA,
        DBT_TARGET_PATH=str(warehouse / "target"),
        DBT_LOG_PATH=str(warehouse / "logs"),
    )
    project = ["--project-dir", str(worlds.PROJECT), "--profiles-dir", str(worlds.PROJECT)]
    with settings, sparing():
        result = dbtRunner(manifest=_manifest()).invoke(
            [*worlds.SPARINGLY, *arguments, *project, *worlds.SMALL_WORLD]
        )
    failed = [
        f"{item.node.name}: {item.message}"
        for item in getattr(result.result, "results", None) or []
        if item.status in ("error", "fail")
    ]
    assert result.success, failed or result.exception


@cache
def _manifest() -> Manifest:
    project = ["--project-dir", str(worlds.PROJECT), "--profiles-dir", str(worlds.PROJECT)]
    result = dbtRunner().invoke(["parse", *project, "--quiet", "--no-partial-parse"])
    assert result.success, result.exception
    return kept(result.result)


def views_too_long(warehouse: Path) -> dict[str, int]:
    """Views whose query Hive's embedded metastore would not keep, and its characters."""
    compiled = warehouse / "target" / "compiled" / "omnitouch"
    lengths = {
        node.name: len((compiled / node.original_file_path).read_text(encoding="utf-8"))
        for node in _manifest().nodes.values()
        if node.resource_type == "model" and node.config.materialized == "view"
    }
    return {name: length for name, length in lengths.items() if length > LONGEST_VIEW}


def leave_empty(tables: set[str]) -> None:
    """Make raw tables of sources that never deliver, without a log that each query would read."""
    from pyspark.sql import SparkSession

    session = SparkSession.active()
    session.sql("create schema if not exists raw location 'raw'")
    for source in _manifest().sources.values():
        if source.identifier in tables:
            columns = ", ".join(f"{at.name} {at.data_type}" for at in source.columns.values())
            columns = columns.replace("timestamptz", "timestamp")
            session.sql(f"create table raw.{source.identifier} ({columns}) using parquet")


def empty(warehouse: Path) -> None:
    """Take back every delivery; `--full-refresh` then starts over."""
    import deltalake

    raw = warehouse / "lake" / "raw"
    for table in (*worlds.RECORD_TABLES, "score_figures"):
        deltalake.DeltaTable(str(raw / table)).delete()
    shutil.rmtree(raw / "_dlt_loads", ignore_errors=True)


def deliver(world: Path, warehouse: Path, delivery: dict[str, list[str]], number: int) -> None:
    """Land one delivery, as dlt would: its rows under a load of their own, then the load's end."""
    import deltalake

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


def append(table: str, frame: pd.DataFrame) -> None:
    """Add rows to a table of this process's warehouse; columns that they lack are null."""
    from pyspark.sql import SparkSession

    rows = SparkSession.active().createDataFrame(frame)
    rows.write.format("delta").mode("append").saveAsTable(table)


def watermarks(warehouse: Path) -> dict[Path, bytes]:
    """The files that hold the watermarks, as they are now."""
    folder = warehouse / "lake" / "intermediate.db" / "watermarks"
    return {path: path.read_bytes() for path in folder.glob("model=*/*.parquet")}


def put_back(before: dict[Path, bytes]) -> None:
    """Put the watermarks back to what they were."""
    from pyspark.sql import SparkSession

    for path, content in before.items():
        for newer in path.parent.iterdir():
            newer.unlink()
        path.write_bytes(content)
    SparkSession.active().sql("refresh table intermediate.watermarks")


def table(warehouse: Path, schema: str, name: str) -> pd.DataFrame:
    """A table, read without Spark, its times as DuckDB has them: UTC without a zone."""
    import deltalake

    rows = deltalake.DeltaTable(str(warehouse / "lake" / f"{schema}.db" / name)).to_pyarrow_table()
    with duckdb.connect() as database:
        database.execute("set timezone = 'UTC'")
        frame = database.from_arrow(rows).df()
    for column in frame.select_dtypes("datetimetz"):
        frame[column] = frame[column].dt.tz_localize(None)
    return frame


def view(schema: str, name: str) -> pd.DataFrame:
    """A view, read by the session."""
    from pyspark.sql import SparkSession

    return SparkSession.active().table(f"{schema}.{name}").toPandas()


def mart(warehouse: Path, name: str) -> pd.DataFrame:
    """A mart, read without Spark."""
    return table(warehouse, "marts", name)


def marts(warehouse: Path) -> dict[str, pd.DataFrame]:
    """Every mart that does not tell when, rows and columns in an order of their own."""
    return worlds.comparable(
        {
            directory.name: mart(warehouse, directory.name)
            for directory in (warehouse / "lake" / "marts.db").iterdir()
            if directory.name not in worlds.TELL_WHEN
        }
    )
