"""The one module that knows destination, dataset, contract and file format of the raw schema.

Every record lands as a thin typed envelope plus its payload as one JSON text, as Arrow, merged on
``event_id`` without ever rewriting a landed row: at-least-once intake, exactly-once effect. The
files read and the rows quarantined are part of the same load package as the records, so that a
load is in the warehouse whole or not at all, whenever the process dies.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import dlt
import pyarrow as pa
import pyarrow.compute as pc
from dlt.common.pipeline import LoadInfo
from dlt.common.schema.typing import TWriteDispositionConfig
from dlt.destinations.exceptions import DatabaseUndefinedRelation
from dlt.pipeline.exceptions import PipelineStepFailed

from ingestion.files import LandedFile
from ingestion.pseudonyms import Pseudonymiser
from ingestion.records import BadRecord, Record, digest
from ingestion.sources import SOURCES
from ingestion.warehouse import Warehouse

DATASET = "raw"
ROWS_PER_BATCH = 25_000
INSERT_ONLY: TWriteDispositionConfig = {"disposition": "merge", "strategy": "insert-only"}

RECORDS = pa.schema(
    [
        pa.field("event_id", pa.string(), nullable=False),
        ("source", pa.string()),
        ("record_type", pa.string()),
        ("occurred_at_raw", pa.string()),
        ("received_at", pa.timestamp("us", tz="UTC")),
        ("payload", pa.string()),
    ]
)
QUARANTINE = pa.schema(
    [
        pa.field("quarantine_id", pa.string(), nullable=False),
        ("source", pa.string()),
        ("file", pa.string()),
        ("position", pa.string()),
        ("reason", pa.string()),
        ("remedy", pa.string()),
        ("excerpt", pa.string()),
    ]
)
LOADED_FILES = pa.schema(
    [
        pa.field("file_id", pa.string(), nullable=False),
        ("source", pa.string()),
        ("file", pa.string()),
        ("size", pa.int64()),
        ("modified_at", pa.timestamp("us", tz="UTC")),
        ("rows_read", pa.int64()),
        ("rows_quarantined", pa.int64()),
        ("rows_repeated", pa.int64()),
        ("key_fingerprint", pa.string()),
    ]
)
LOAD_ID = "_dlt_load_id"
RECORD_TABLES = (*(source.name for source in SOURCES), "declared")
KEYS = {"quarantine": "quarantine_id", "loaded_files": "file_id"}
SCHEMAS = {"quarantine": QUARANTINE, "loaded_files": LOADED_FILES}
TABLES = (*RECORD_TABLES, *KEYS)

SETTINGS = {
    # dlt's default insert_values is seven times slower into DuckDB.
    "LOADER_FILE_FORMAT": "parquet",
    "NORMALIZE__PARQUET_NORMALIZER__ADD_DLT_LOAD_ID": "true",
    # The files read and the quarantine come last: they are known once the records are read.
    "EXTRACT__NEXT_ITEM_MODE": "fifo",
    "EXTRACT__WORKERS": "1",
    "LOAD__WORKERS": "2",
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "RUNTIME__LOG_LEVEL": "CRITICAL",
}


class FileToRead(NamedTuple):
    """One file, and how its records are read."""

    source: str
    file: LandedFile
    read: Callable[[LandedFile, Pseudonymiser], Iterator[Record | BadRecord]]

    @property
    def file_id(self) -> str:
        """Names this state of the file: it changes as soon as the file does."""
        modified = self.file.modified_at.isoformat()
        return digest(self.source, self.file.path, str(self.file.size), modified)


class LoadFailedError(RuntimeError):
    """A load package that the warehouse refused; the files in it are read again next time."""


def open_pipeline(warehouse: Warehouse) -> dlt.Pipeline:
    """The pipeline of a warehouse: into DuckDB, or Delta tables where Spark is the engine."""
    os.environ.update(SETTINGS)
    if _on_spark():
        destination: Any = dlt.destinations.filesystem(bucket_url=warehouse.lake.as_uri())
    else:
        destination = dlt.destinations.duckdb(str(warehouse.database))
    return dlt.pipeline(
        pipeline_name="omnitouch",
        pipelines_dir=str(warehouse.dlt),
        destination=destination,
        dataset_name=DATASET,
    )


def finish_pending(pipeline: dlt.Pipeline) -> None:
    """Finish what a killed run left: dlt would load only that, and pass over the new files.

    A package that the warehouse refuses would be tried for ever; it is given up instead, and its
    files, never marked as loaded, are read again.

    Raises:
        LoadFailedError: the pending package was refused.
    """
    if not pipeline.has_pending_data:
        return
    try:
        pipeline.normalize()
        pipeline.load()
    except PipelineStepFailed as error:
        _give_up(pipeline)
        raise LoadFailedError(
            "The load that an earlier run left behind was refused and given up "
            f"({error.__cause__}). Its files are read again by the next run."
        ) from error


def load(pipeline: dlt.Pipeline, files: list[FileToRead], pseudonymiser: Pseudonymiser) -> LoadInfo:
    """Load the files as one package.

    Raises:
        LoadFailedError: the warehouse refused the package; nothing of it counts as loaded.
    """
    quarantined: list[dict[str, Any]] = []
    loaded: list[dict[str, Any]] = []
    seen: set[bytes] = set()
    by_source: dict[str, list[FileToRead]] = {}
    for file in files:
        by_source.setdefault(file.source, []).append(file)
    resources = [
        _resource(
            source,
            "event_id",
            _batches(reads, pseudonymiser, seen, quarantined, loaded),
        )
        for source, reads in by_source.items()
    ]
    for name, rows in (("quarantine", quarantined), ("loaded_files", loaded)):
        resources.append(_resource(name, KEYS[name], _table(rows, SCHEMAS[name])))
    try:
        return pipeline.run(resources, schema_contract={"columns": "freeze", "data_type": "freeze"})
    except PipelineStepFailed as error:
        _give_up(pipeline)
        raise LoadFailedError(f"The warehouse refused the load: {error.__cause__}") from error


def read_table(pipeline: dlt.Pipeline, name: str, columns: list[str]) -> pa.Table:
    """Columns of a raw table; no rows where it does not exist yet."""
    empty = pa.table({column: pa.array([], pa.string()) for column in columns})
    if _on_spark():
        tables = _delta_tables(pipeline)
        return tables[name].to_pyarrow_table(columns=columns) if name in tables else empty
    with pipeline.sql_client() as client:
        try:
            query = f"select {', '.join(columns)} from {DATASET}.{name}"
            with client.execute_query(query) as cursor:
                return cursor.arrow()
        except DatabaseUndefinedRelation:
            return empty


def count_landed(pipeline: dlt.Pipeline, table: str, load_ids: list[str]) -> int:
    """How many rows of a raw table these loads brought."""
    loads = read_table(pipeline, table, [LOAD_ID])[LOAD_ID]
    return pc.sum(pc.is_in(loads, pa.array(load_ids, pa.string()))).as_py() or 0


def _give_up(pipeline: dlt.Pipeline) -> None:
    """Abort what is pending and take back what of it had landed already."""
    pipeline.abort_packages()
    pipeline.load()
    forget_incomplete(pipeline)


def forget_incomplete(pipeline: dlt.Pipeline) -> None:
    """Delete rows of loads that never completed: given up, or their working directory lost.

    Rows that stayed would be passed over as duplicates when their files are read again, under the
    id of a load that no model ever takes: they would be lost.
    """
    complete = _complete_loads(pipeline)
    for table in TABLES:
        landed = pc.unique(read_table(pipeline, table, [LOAD_ID])[LOAD_ID]).to_pylist()
        for load_id in set(landed) - complete:
            if _on_spark():
                _delta_tables(pipeline)[table].delete(f"{LOAD_ID} = '{load_id}'")
            else:
                with pipeline.sql_client() as client:
                    client.execute_sql(
                        f"delete from {DATASET}.{table} where {LOAD_ID} = %s", load_id
                    )


def _complete_loads(pipeline: dlt.Pipeline) -> set[str]:
    if _on_spark():
        return set()
    rows = read_table(pipeline, "_dlt_loads", ["load_id", "status"]).to_pylist()
    return {row["load_id"] for row in rows if row["status"] == 0}


def _on_spark() -> bool:
    return os.environ.get("OMNITOUCH_ENGINE", "duckdb") == "spark"


def _delta_tables(pipeline: dlt.Pipeline) -> dict[str, Any]:
    from dlt.common.libs.deltalake import get_delta_tables  # only the Spark extra has it

    if not pipeline.default_schema_name:
        return {}
    return get_delta_tables(pipeline)


def _resource(name: str, key: str, batches: Iterator[pa.Table]) -> Any:
    return dlt.resource(
        batches,
        name=name,
        primary_key=key,
        write_disposition=INSERT_ONLY,
        table_format="delta" if _on_spark() else None,
    )


def _batches(
    reads: list[FileToRead],
    pseudonymiser: Pseudonymiser,
    seen: set[bytes],
    quarantined: list[dict[str, Any]],
    loaded: list[dict[str, Any]],
) -> Iterator[pa.Table]:
    columns: tuple[list[Any], ...] = tuple([] for _ in RECORDS)
    for read in reads:
        rows = bad = repeated = 0
        for result in read.read(read.file, pseudonymiser):
            rows += 1
            if isinstance(result, BadRecord):
                bad += 1
                quarantined.append(_quarantine_row(read, rows, result, pseudonymiser))
                continue
            event_id = digest(read.source, result.record_type, *result.key)
            # A merge that only inserts does not tell apart what comes twice in one package.
            if (packed := bytes.fromhex(event_id)) in seen:
                repeated += 1
                continue
            seen.add(packed)
            values = (
                event_id,
                read.source,
                result.record_type,
                result.occurred_at_raw,
                result.received_at,
                result.payload,
            )
            for column, value in zip(columns, values, strict=True):
                column.append(value)
            if len(columns[0]) == ROWS_PER_BATCH:
                yield _arrow(columns)
        loaded.append(_file_row(read, rows, bad, repeated, pseudonymiser))
    if columns[0]:
        yield _arrow(columns)


def _arrow(columns: tuple[list[Any], ...]) -> pa.Table:
    table = pa.Table.from_arrays(
        [pa.array(column, type=field.type) for column, field in zip(columns, RECORDS, strict=True)],
        schema=RECORDS,
    )
    for column in columns:
        column.clear()
    return table


def _table(rows: list[dict[str, Any]], schema: pa.Schema) -> Iterator[pa.Table]:
    if rows:
        yield pa.Table.from_pylist(rows, schema=schema)


def _quarantine_row(
    read: FileToRead, number: int, bad: BadRecord, pseudonymiser: Pseudonymiser
) -> dict[str, Any]:
    return {
        "quarantine_id": digest(read.file_id, str(number)),
        "source": read.source,
        "file": read.file.path,
        "position": bad.position,
        "reason": pseudonymiser.scrub(bad.reason),
        "remedy": bad.remedy,
        "excerpt": pseudonymiser.scrub(bad.excerpt)[:2000],
    }


def _file_row(
    read: FileToRead, rows: int, bad: int, repeated: int, pseudonymiser: Pseudonymiser
) -> dict[str, Any]:
    return {
        "file_id": read.file_id,
        "source": read.source,
        "file": read.file.path,
        "size": read.file.size,
        "modified_at": read.file.modified_at,
        "rows_read": rows,
        "rows_quarantined": bad,
        "rows_repeated": repeated,
        "key_fingerprint": pseudonymiser.fingerprint(),
    }
