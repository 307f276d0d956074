"""A warehouse to measure on: dbt in this process, the SQL of a model, a copy to write to."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.measure import PROJECT, Work

MEMORY_LIMIT = "6GB"


def dbt(
    warehouse: Path, *arguments: str, callback: Callable[[Any], None] | None = None
) -> list[Any]:
    """Run dbt in this process on a warehouse; return the results of its nodes.

    Raises:
        RuntimeError: a node failed.
    """
    # not above: what dbt itself occupies is no part of what plain SQL needs
    from dbt.cli.main import dbtRunner

    from tests.warehouse.worlds import environment, manifest, release

    paths = {
        "OMNITOUCH_WAREHOUSE": str(warehouse),
        "DBT_TARGET_PATH": str(warehouse / "target"),
        "DBT_LOG_PATH": str(warehouse / "logs"),
    }
    project = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--quiet"]
    with environment(**paths):
        runner = dbtRunner(manifest=manifest(), callbacks=[callback] if callback else [])
        result = runner.invoke([*arguments, *project])
        release()
    results = list(getattr(result.result, "results", []))
    if not result.success:
        failed = [f"{item.node.name}: {item.message}" for item in results if item.status == "error"]
        raise RuntimeError(f"dbt {arguments[0]} failed: {failed or result.exception}")
    return results


def dbt_work(warehouse: Path, *arguments: str) -> Work:
    """``dbt`` as work to measure; parsing the project is not part of it."""
    from tests.warehouse.worlds import manifest

    manifest()
    return lambda: dbt(warehouse, *arguments) and None


def make_empty(warehouse: Path) -> None:
    """A warehouse with every model built, of nothing."""
    warehouse.mkdir(parents=True)
    dbt(warehouse, "seed")
    dbt(warehouse, "run")


def compile_models(warehouse: Path, *models: str) -> None:
    """Have dbt write the SQL that a full build of these models runs."""
    dbt(warehouse, "compile", "--full-refresh", "--log-level", "none", "--select", *models)


def compiled(warehouse: Path, model: str) -> str:
    """The query of a compiled model."""
    (path,) = (warehouse / "target" / "compiled").rglob(f"{model}.sql")
    return path.read_text() + "\n"


def build_statement(warehouse: Path, model: str) -> str:
    """The statement that builds a compiled model in full."""
    return f"create or replace table intermediate.{model} as ({compiled(warehouse, model)})"


def copy_of(warehouse: Path) -> Path:
    """A copy of the warehouse's database to write to, the last one's gone."""
    copy = warehouse.with_name("copy")
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir()
    shutil.copy(warehouse / "omnitouch.duckdb", copy)
    return copy


def sql_work(warehouse: Path, statements: list[str], outcome: str) -> Work:
    """Statements as work on a copy of the warehouse, closing it included."""
    return statements_as_work(opened_copy(warehouse), statements, outcome)


def opened_copy(warehouse: Path) -> duckdb.DuckDBPyConnection:
    """A connection to a copy of the warehouse's database."""
    path = copy_of(warehouse) / "omnitouch.duckdb"
    return duckdb.connect(str(path), config={"memory_limit": MEMORY_LIMIT})


def statements_as_work(
    database: duckdb.DuckDBPyConnection, statements: list[str], outcome: str
) -> Work:
    """Statements on an open database as work, closing it included."""

    def work() -> str:
        for statement in statements:
            database.execute(statement)
        row = database.execute(outcome).fetchone()
        database.close()
        return ", ".join(f"{number:,}" for number in row or ())

    return work


def fill(warehouse: Path, table: str, query: str) -> None:
    """Put the rows of a query into a table that dbt made; columns not named stay null."""
    with duckdb.connect(str(warehouse / "omnitouch.duckdb")) as database:
        database.execute(f"insert into {table} by name {query}")


def execute(warehouse: Path, *statements: str) -> None:
    """Run statements on the warehouse's database."""
    with duckdb.connect(str(warehouse / "omnitouch.duckdb")) as database:
        for statement in statements:
            database.execute(statement)
