"""Export: from the build database of either engine to one parquet file per mart and marts.duckdb.

Only the reading of the source differs between the engines. Both exporters hand DuckDB a relation,
and DuckDB casts every column to its contract type and writes the file, so that what is published
has the same types whichever engine built it.
"""

import logging
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from expectations.marts import MARTS_DATABASE, Mart, PublishError

log = logging.getLogger(__name__)

Exporter = Callable[[Sequence[Mart], Path], dict[str, int]]
"""Writes <mart>.parquet for every mart into a directory, returns the rows written per mart."""


@dataclass(frozen=True)
class Exported:
    """What a candidate holds of one mart."""

    rows: int
    columns: dict[str, str]


def export_from_duckdb(build_database: Path) -> Exporter:
    """Return the exporter of marts built by DuckDB in `build_database`."""

    def export(marts: Sequence[Mart], candidate: Path) -> dict[str, int]:
        if not build_database.exists():
            raise PublishError(f"{build_database} is missing: run dbt build first")
        try:
            connection = duckdb.connect(str(build_database), read_only=True)
        except duckdb.IOException as error:
            raise PublishError(f"the build database cannot be read now: {error}") from error
        with connection:
            connection.execute("set TimeZone = 'UTC'")
            return {
                mart.name: _write_parquet(
                    connection,
                    mart,
                    f"{_identifier(mart.schema)}.{_identifier(mart.table)}",
                    candidate,
                )
                for mart in marts
            }

    return export


def export_from_spark(session_factory: Callable[[], Any]) -> Exporter:
    """Return the exporter of marts built by Spark.

    Args:
        session_factory: returns a SparkSession that sees the tables `marts.<name>`; called once.
    """

    def export(marts: Sequence[Mart], candidate: Path) -> dict[str, int]:
        session = session_factory()
        rows = {}
        with duckdb.connect() as connection:
            connection.execute("set TimeZone = 'UTC'")
            for mart in marts:
                parts = candidate / f".spark-{mart.name}"
                table = session.table(f"`{mart.schema}`.`{mart.table}`")
                table.write.parquet(f"file://{parts.absolute()}")
                source = f"read_parquet({_literal(f'{parts}/*.parquet')})"
                rows[mart.name] = _write_parquet(connection, mart, source, candidate)
                shutil.rmtree(parts)
        return rows

    return export


def build_marts_database(
    candidate: Path, marts: Sequence[Mart], rows_exported: dict[str, int]
) -> dict[str, Exported]:
    """Build the candidate's marts.duckdb from its parquet files.

    Every mart becomes a table in `main`, with its descriptions as comments.

    Raises:
        PublishError: a table does not hold as many rows as its source gave.
    """
    exported = {}
    with duckdb.connect(str(candidate / MARTS_DATABASE)) as connection:
        connection.begin()
        for mart in marts:
            name = _identifier(mart.name)
            file = _literal(str(parquet_file(candidate, mart.name)))
            connection.execute(f"create table {name} as select * from read_parquet({file})")
            columns = {
                column: kind
                for column, kind, *_ in connection.execute(f"describe {name}").fetchall()
            }
            _comment(connection, f"table {name}", mart.description)
            for column, description in mart.column_descriptions.items():
                if column in columns:
                    _comment(connection, f"column {name}.{_identifier(column)}", description)
            rows = _single(connection, f"select count(*) from {name}")
            if rows != rows_exported[mart.name]:
                raise PublishError(
                    f"{mart.name}: {rows_exported[mart.name]} rows were exported, "
                    f"{rows} arrived in {MARTS_DATABASE}"
                )
            exported[mart.name] = Exported(rows, columns)
        connection.commit()
    log.info(
        "exported %d marts, %s rows", len(exported), f"{sum(e.rows for e in exported.values()):,}"
    )
    return exported


def parquet_file(directory: Path, mart: str) -> Path:
    """Return the file that holds a mart in a batch or candidate directory."""
    return directory / f"{mart}.parquet"


def _write_parquet(
    connection: duckdb.DuckDBPyConnection, mart: Mart, source: str, candidate: Path
) -> int:
    try:
        columns = [row[0] for row in connection.execute(f"describe from {source}").fetchall()]
    except duckdb.CatalogException:
        raise PublishError(f"{mart.schema}.{mart.table} is not built: run dbt build") from None
    selected = ", ".join(
        f"cast({_identifier(column)} as {mart.column_types[column]}) as {_identifier(column)}"
        if column in mart.column_types
        else _identifier(column)
        for column in columns
    )
    file = _literal(str(parquet_file(candidate, mart.name)))
    return _single(
        connection,
        f"copy (select {selected} from {source}) to {file} (format parquet, compression zstd)",
    )


def _comment(connection: duckdb.DuckDBPyConnection, target: str, text: str) -> None:
    if text:
        connection.execute(f"comment on {target} is {_literal(text)}")


def _single(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
