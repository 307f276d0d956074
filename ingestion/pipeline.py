"""The one module that knows destination, dataset, contract and file format of the raw schema.

Every record lands as a thin typed envelope plus its payload as one JSON text, as Arrow, merged on
``event_id`` without ever rewriting a landed row: at-least-once intake, exactly-once effect. The
files read and the rows quarantined are part of the same load package as the records, so that a
load is in the warehouse whole or not at all, whenever the process dies.
"""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import dlt
import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from dlt.common.schema.typing import TWriteDispositionConfig
from dlt.destinations.exceptions import DatabaseUndefinedRelation
from dlt.pipeline.exceptions import PipelineStepFailed

from ingestion import ToldError
from ingestion.backup import is_damage
from ingestion.blocklist import blocked_identifiers
from ingestion.files import LandedFile
from ingestion.pseudonyms import Pseudonymiser
from ingestion.records import (
    ENCODED,
    UNFORESEEN,
    BadRecord,
    Record,
    Unfinished,
    Unreadable,
    digest,
    packed_digest,
)
from ingestion.sources import SOURCES
from ingestion.warehouse import Warehouse, WarehouseBusyError

DATASET = "raw"
# Small enough to stay in the processor's cache until Arrow takes it.
ROWS_PER_BATCH = 5_000
INSERT_ONLY: TWriteDispositionConfig = {"disposition": "merge", "strategy": "insert-only"}
UPSERT: TWriteDispositionConfig = {"disposition": "merge", "strategy": "upsert"}

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
BLOCKED_IDENTIFIERS = pa.schema(
    [
        pa.field("block_id", pa.string(), nullable=False),
        ("listed_type", pa.string()),
        ("listed_value", pa.string()),
        ("identifier_type", pa.string()),
        ("token", pa.string()),
    ]
)
RECORD_MATCHES = pa.schema(
    [
        pa.field("match_id", pa.string(), nullable=False),
        ("declaration", pa.string()),
        ("one_identifier", pa.string()),
        ("other_identifier", pa.string()),
        ("probability", pa.float64()),
        ("match_weight", pa.float64()),
        ("evidence", pa.string()),
        ("matched_at", pa.timestamp("us", tz="UTC")),
    ]
)
CHANNEL_EFFECTS = pa.schema(
    [
        pa.field("effect_id", pa.string(), nullable=False),
        ("fit_id", pa.string()),
        ("method", pa.string()),
        ("conversion_type", pa.string()),
        ("channel", pa.string()),
        ("all_conversions", pa.int64()),
        ("conversions", pa.int64()),
        ("effect_conversions", pa.float64()),
        ("effect_share", pa.float64()),
        ("standard_error", pa.float64()),
        ("share_low", pa.float64()),
        ("share_high", pa.float64()),
        ("led_conversions", pa.int64()),
        ("finding", pa.string()),
        ("customers", pa.int64()),
        ("first_day", pa.date32()),
        ("last_day", pa.date32()),
        ("fitted_at", pa.timestamp("us", tz="UTC")),
    ]
)
CHANNEL_EFFECT_DAYS = pa.schema(
    [
        pa.field("effect_day_id", pa.string(), nullable=False),
        ("effect_id", pa.string()),
        ("effect_date", pa.date32()),
        ("effect_conversions", pa.float64()),
    ]
)
SCORE_FIGURES = pa.schema(
    [
        pa.field("figure_id", pa.string(), nullable=False),
        ("fit_id", pa.string()),
        ("score_name", pa.string()),
        ("method", pa.string()),
        ("kind", pa.string()),
        ("name", pa.string()),
        ("contender", pa.string()),
        ("bin", pa.int64()),
        ("value", pa.float64()),
        ("note", pa.string()),
        ("first_day", pa.date32()),
        ("last_day", pa.date32()),
        ("fitted_at", pa.timestamp("us", tz="UTC")),
    ]
)
LOAD_ID = "_dlt_load_id"
RECORD_TABLES = (*(source.name for source in SOURCES), "declared")
KEYS = {
    "quarantine": "quarantine_id",
    "loaded_files": "file_id",
    "blocked_identifiers": "block_id",
    "record_matches": "match_id",
    "channel_effects": "effect_id",
    "channel_effect_days": "effect_day_id",
    "score_figures": "figure_id",
}
SCHEMAS = {
    "quarantine": QUARANTINE,
    "loaded_files": LOADED_FILES,
    "blocked_identifiers": BLOCKED_IDENTIFIERS,
    "record_matches": RECORD_MATCHES,
    "channel_effects": CHANNEL_EFFECTS,
    "channel_effect_days": CHANNEL_EFFECT_DAYS,
    "score_figures": SCORE_FIGURES,
}
TABLES = (*RECORD_TABLES, *KEYS)

SETTINGS = {
    # dlt's default insert_values is seven times slower into DuckDB.
    "LOADER_FILE_FORMAT": "parquet",
    "NORMALIZE__PARQUET_NORMALIZER__ADD_DLT_LOAD_ID": "true",
    # The files read and the quarantine come last: they are known once the records are read.
    "EXTRACT__NEXT_ITEM_MODE": "fifo",
    "EXTRACT__WORKERS": "1",
    "LOAD__WORKERS": "2",
    # What is in the warehouse need not be kept a second and third time.
    "LOAD__DELETE_COMPLETED_JOBS": "true",
    "LOAD__TRUNCATE_STAGING_DATASET": "true",
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "RUNTIME__LOG_LEVEL": "CRITICAL",
}


class FileToRead(NamedTuple):
    """One file, and how its records are read.

    ``declared``: a file of which nothing could be read is tried again, as a user's mapping of it
    may be wrong.
    """

    source: str
    file: LandedFile
    read: Callable[[LandedFile, Pseudonymiser], Iterator[Record | BadRecord]]
    declared: bool = False

    @property
    def file_id(self) -> str:
        """Names this state of the file: it changes as soon as the file does."""
        modified = self.file.modified_at.isoformat()
        return digest(self.source, self.file.path, str(self.file.size), modified)


class Loaded(NamedTuple):
    """The loads that one package became, and the files of which nothing could be read."""

    load_ids: list[str]
    refused: list[str]


class LoadFailedError(ToldError):
    """A load package that the warehouse refused; the files in it are read again next time."""


@contextmanager
def open_pipeline(warehouse: Warehouse) -> Iterator[dlt.Pipeline]:
    """The pipeline of a warehouse: into DuckDB, or Delta tables where Spark is the engine.

    Raises:
        WarehouseBusyError: another process has the database open.
        LoadFailedError: the database cannot be opened.
    """
    os.environ.update(SETTINGS)
    # What fails is said once, in one sentence, not in dlt's tracebacks as well.
    logging.getLogger("dlt").setLevel(logging.CRITICAL)
    held: AbstractContextManager[Any] = nullcontext()
    if on_spark():
        destination: Any = dlt.destinations.filesystem(bucket_url=str(warehouse.lake))
        # dlt takes a folder that Spark made, or a run cut short, only with its own mark in it.
        mark = warehouse.lake / DATASET / "init"
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
    else:
        # dlt opens the database time and again; while it is open anyway that costs nothing, and
        # it is written back once, not at every closing.
        held = connected(warehouse)
        destination = dlt.destinations.duckdb(str(warehouse.database))
    with held:
        yield dlt.pipeline(
            pipeline_name="omnitouch",
            pipelines_dir=str(warehouse.dlt),
            destination=destination,
            dataset_name=DATASET,
        )


def connected(warehouse: Warehouse, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """The open database; nobody else writes to it meanwhile.

    Raises:
        WarehouseBusyError: another process has it open.
        LoadFailedError: it cannot be opened.
    """
    try:
        return duckdb.connect(str(warehouse.database), read_only=read_only)
    except duckdb.IOException as error:
        if holder := re.search(r"PID (\d+)", str(error)):
            raise WarehouseBusyError(
                f"{warehouse.database} is open in process {holder[1]}; wait for it to end."
            ) from error
        first_line = str(error).partition("\n")[0]
        remedy = "; python -m ingestion load restores it" if is_damage(error) else ""
        raise LoadFailedError(f"The database cannot be opened: {first_line}{remedy}") from error


def finish_pending(pipeline: dlt.Pipeline) -> None:
    """Finish what a killed run left: dlt would load only that, and pass over the new files.

    A package that the warehouse refuses would be tried for ever; it is given up instead, and its
    files, never marked as loaded, are read again.

    Raises:
        LoadFailedError: the pending package was refused.
    """
    _drop_half_deleted(pipeline)
    if not pipeline.has_pending_data:
        return
    try:
        pipeline.normalize()
        _take_back_copies(pipeline)
        pipeline.load()
    except PipelineStepFailed as error:
        _give_up(pipeline)
        raise LoadFailedError(
            "The load that an earlier run left behind was refused and given up "
            f"({_reason(error)}). Its files are read again by the next run."
        ) from error


def _drop_half_deleted(pipeline: dlt.Pipeline) -> None:
    """Delete extracted packages that are normalized already.

    dlt commits the normalized package and then deletes the extracted one; killed in between, it
    would stumble over what is left of it, and the whole package be given up.
    """
    normalized = pipeline.list_normalized_load_packages()
    for load_id in set(pipeline.list_extracted_load_packages()).intersection(normalized):
        shutil.rmtree(Path(pipeline.working_dir, "normalize", "extracted", load_id))


def _take_back_copies(pipeline: dlt.Pipeline) -> None:
    """Clear the staging tables of what half-done jobs may have copied into them.

    dlt repeats a job that was killed after its commit and before the note of it; a merge that only
    inserts would then land every row of that copy twice.
    """
    if on_spark():
        return  # dlt merges into Delta from the files themselves
    for load_id in pipeline.list_normalized_load_packages():
        for job in pipeline.get_load_package_info(load_id).jobs["started_jobs"]:
            table, file_format = job.job_file_info.table_name, job.job_file_info.file_format
            if file_format != "parquet":
                continue
            key = KEYS.get(table, "event_id")
            with pipeline.sql_client() as client, client.with_staging_dataset():
                client.execute_sql(
                    f"delete from {client.make_qualified_table_name(table)} "
                    f"where {key} in (select {key} from read_parquet(%s))",
                    job.file_path,
                )


def load(pipeline: dlt.Pipeline, files: list[FileToRead], pseudonymiser: Pseudonymiser) -> Loaded:
    """Load the files as one package.

    Raises:
        LoadFailedError: the warehouse refused the package; nothing of it counts as loaded.
    """
    ledger = _Ledger(pseudonymiser)
    by_source: dict[str, list[FileToRead]] = {}
    for file in files:
        by_source.setdefault(file.source, []).append(file)
    resources = [
        _resource(source, "event_id", _batches(reads, ledger))
        for source, reads in by_source.items()
    ]
    tables = {"quarantine": ledger.quarantined, "loaded_files": ledger.loaded}
    if unknown := newly_blocked(pipeline, pseudonymiser):
        tables["blocked_identifiers"] = unknown
    for name, rows in tables.items():
        resources.append(_resource(name, KEYS[name], _table(rows, SCHEMAS[name])))
    return Loaded(_run(pipeline, resources), ledger.refused)


def replace_matches(
    pipeline: dlt.Pipeline, declaration: str, matches: list[dict[str, Any]]
) -> None:
    """Let these be the only matches of a declaration.

    The former ones go last: a run that is cut short leaves too many matches, never too few.

    Raises:
        LoadFailedError: the warehouse refused the new ones; the former ones stay.
    """
    name = "record_matches"
    resource = _resource(name, KEYS[name], _table(matches, SCHEMAS[name]), UPSERT)
    load_ids = _run(pipeline, [resource]) if matches else []
    landed = read_table(pipeline, name, ["declaration", LOAD_ID]).to_pylist()
    # a load brings the matches of one declaration
    for load_id in {row[LOAD_ID] for row in landed if row["declaration"] == declaration}:
        if load_id not in load_ids:
            _delete_load(pipeline, name, load_id)


def land_effects(
    pipeline: dlt.Pipeline, effects: list[dict[str, Any]], days: list[dict[str, Any]]
) -> None:
    """Add the estimates of one fit, and their days; those of former fits stay beside them.

    Raises:
        LoadFailedError: the warehouse refused them.
    """
    _add(pipeline, channel_effects=effects, channel_effect_days=days)


def land_scores(pipeline: dlt.Pipeline, figures: list[dict[str, Any]]) -> None:
    """Add the figures of new fits; those of former fits stay beside them.

    Raises:
        LoadFailedError: the warehouse refused them.
    """
    _add(pipeline, score_figures=figures)


def _add(pipeline: dlt.Pipeline, **tables: list[dict[str, Any]]) -> None:
    _run(
        pipeline,
        [_resource(name, KEYS[name], _table(rows, SCHEMAS[name])) for name, rows in tables.items()],
    )


def _run(pipeline: dlt.Pipeline, resources: list[Any]) -> list[str]:
    try:
        contract: Any = {"columns": "freeze", "data_type": "freeze"}
        return pipeline.run(resources, schema_contract=contract).loads_ids
    except PipelineStepFailed as error:
        _give_up(pipeline)
        raise LoadFailedError(f"The warehouse refused the load: {_reason(error)}") from error


def newly_blocked(pipeline: dlt.Pipeline, pseudonymiser: Pseudonymiser) -> list[dict[str, str]]:
    """The pseudonyms of the blocklist that the warehouse does not know yet.

    Raises:
        ManifestError: the blocklist holds a value that its type cannot have.
    """
    known = set(read_table(pipeline, "blocked_identifiers", ["block_id"])["block_id"].to_pylist())
    return [row for row in blocked_identifiers(pseudonymiser) if row["block_id"] not in known]


def read_table(pipeline: dlt.Pipeline, name: str, columns: list[str]) -> pa.Table:
    """Columns of a raw table; no rows where it does not exist yet."""
    empty = pa.table({column: pa.array([], pa.string()) for column in columns})
    if on_spark():
        table = _delta_table(pipeline, name)
        return table.to_pyarrow_table(columns=columns) if table else empty
    with pipeline.sql_client() as client:
        try:
            query = f"select {', '.join(columns)} from {DATASET}.{name}"
            with client.execute_query(query) as cursor:
                return cursor.arrow()
        except DatabaseUndefinedRelation:
            return empty


def rows_by_load(pipeline: dlt.Pipeline, tables: Iterable[str]) -> dict[tuple[str, str], int]:
    """How many rows of each of the raw tables each load brought, by table and load id."""
    if on_spark():
        return {
            (table, row["values"]): row["counts"]
            for table in tables
            for row in pc.value_counts(read_table(pipeline, table, [LOAD_ID])[LOAD_ID]).to_pylist()
        }
    found: dict[tuple[str, str], int] = {}
    # One client for all of them: dlt resolves its whole configuration for each.
    with pipeline.sql_client() as client:
        for table in tables:
            query = f"select {LOAD_ID}, count(*) from {DATASET}.{table} group by all"
            with suppress(DatabaseUndefinedRelation):
                rows = client.execute_sql(query) or ()
                found |= {(table, load_id): count for load_id, count in rows}
    return found


def _reason(error: PipelineStepFailed) -> str:
    """The cause in one line; dlt hands on whole tracebacks."""
    cause: Any = error.__cause__ or error
    lines = str(getattr(cause, "failed_message", cause)).strip().splitlines()
    errors = [line for line in lines if re.match(r"[\w.]+(Error|Exception|Failed)\b", line)]
    return (errors or lines or [type(cause).__name__])[-1][:500]


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
    for table, load_id in rows_by_load(pipeline, TABLES):
        if load_id not in complete:
            _delete_load(pipeline, table, load_id)


def _delete_load(pipeline: dlt.Pipeline, table: str, load_id: str) -> None:
    if on_spark():
        _delta_table(pipeline, table).delete(f"{LOAD_ID} = '{load_id}'")
    else:
        with pipeline.sql_client() as client:
            client.execute_sql(f"delete from {DATASET}.{table} where {LOAD_ID} = %s", load_id)


def _complete_loads(pipeline: dlt.Pipeline) -> set[str]:
    if on_spark():
        rows = [_json(path) for path in (_lake(pipeline) / "_dlt_loads").glob("*.jsonl")]
    else:
        rows = read_table(pipeline, "_dlt_loads", ["load_id", "status"]).to_pylist()
    return {row["load_id"] for row in rows if row.get("status") == 0}


def on_spark() -> bool:
    """Whether the warehouse is built by Spark."""
    return os.environ.get("OMNITOUCH_ENGINE", "duckdb") == "spark"


def _lake(pipeline: dlt.Pipeline) -> Path:
    return Path(pipeline.destination.config_params["bucket_url"]) / DATASET


def _delta_table(pipeline: dlt.Pipeline, name: str) -> Any:
    """A raw table by its place: dlt knows no tables once its working directory is lost."""
    from deltalake import DeltaTable  # only the Spark extra has it

    path = str(_lake(pipeline) / name)
    return DeltaTable(path) if DeltaTable.is_deltatable(path) else None


def _json(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_bytes())
    except ValueError:  # cut short by a crash, so that load did not end
        return {}


def _resource(
    name: str,
    key: str,
    batches: Iterator[pa.Table],
    disposition: TWriteDispositionConfig = INSERT_ONLY,
) -> Any:
    return dlt.resource(
        batches,
        name=name,
        primary_key=key,
        write_disposition=disposition,
        table_format="delta" if on_spark() else None,
    )


@dataclass
class _Ledger:
    """What is known of one package while its files are read."""

    pseudonymiser: Pseudonymiser
    seen: set[bytes] = field(default_factory=set)
    quarantined: list[dict[str, Any]] = field(default_factory=list)
    loaded: list[dict[str, Any]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def _batches(reads: list[FileToRead], ledger: _Ledger) -> Iterator[pa.Table]:
    columns: tuple[list[Any], ...] = tuple([] for _ in RECORDS)
    event_ids, sources, record_types, times, received, payloads = columns
    seen = ledger.seen
    last_received_at: datetime | None = None
    microseconds = 0
    for read in reads:
        source = read.source
        rows = repeated = 0
        bad: list[BadRecord] = []
        for result in _results(read, ledger.pseudonymiser):
            rows += 1
            if isinstance(result, BadRecord):
                bad.append(result)
                continue
            record_type, key, occurred_at_raw, received_at, payload = result
            # A merge that only inserts does not tell apart what comes twice in one package.
            if (packed := packed_digest(source, record_type, *key)) in seen:
                repeated += 1
                continue
            seen.add(packed)
            event_ids.append(packed.hex())
            sources.append(source)
            record_types.append(record_type)
            times.append(occurred_at_raw)
            # As a count: Arrow takes it ten times faster than an instant with its zone. The records
            # of one request share one instant.
            if received_at is not last_received_at:
                last_received_at = received_at
                microseconds = round(received_at.timestamp() * 1_000_000)
            received.append(microseconds)
            payloads.append(payload)
            if len(event_ids) == ROWS_PER_BATCH:
                yield _arrow(columns)
        _enter(ledger, read, rows, bad, repeated)
    if event_ids:
        yield _arrow(columns)


def _results(read: FileToRead, pseudonymiser: Pseudonymiser) -> Iterator[Record | BadRecord]:
    """What the file holds; where the disk fails, a bad record says so."""
    try:
        yield from read.read(read.file, pseudonymiser)
    except OSError as error:
        yield Unreadable(
            "file",
            f"the file cannot be read ({error.strerror})",
            "Make it readable, load again.",
            "",
        )
    except UNFORESEEN as error:
        # a reader's own fault must not stop the other files, now or for ever
        yield Unreadable(
            "file",
            f"the file cannot be read to its end ({type(error).__name__})",
            "Please report it; the other files have landed.",
            "",
        )


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


def _enter(
    ledger: _Ledger, read: FileToRead, rows: int, bad: list[BadRecord], repeated: int
) -> None:
    """Note what became of a file's rows.

    A file of which nothing could be read for a reason that lies outside it (its mapping, the disk),
    or whose last line waits for its end, does not count as loaded under its own id: it is read
    again as soon as that is put right.
    """
    scrub = ledger.pseudonymiser.scrub
    name, file_id = scrub(read.file.path), read.file_id
    unfinished = bool(bad) and isinstance(bad[-1], Unfinished)
    refused = (
        bool(bad)
        and not unfinished
        and (isinstance(bad[-1], Unreadable) or (read.declared and len(bad) == rows))
    )
    if unfinished or refused:
        reason = f"{scrub(bad[-1].reason)}. {bad[-1].remedy}"
        file_id = digest(file_id, reason)
    if refused:
        ledger.refused.append(f"{read.source}/{name}, {bad[-1].position}: {reason}")
    ledger.quarantined += (
        {
            "quarantine_id": digest(file_id, str(number)),
            "source": read.source,
            "file": name,
            "position": record.position,
            "reason": scrub(record.reason),
            "remedy": record.remedy,
            "excerpt": scrub(ENCODED.sub("…", record.excerpt)),
        }
        for number, record in enumerate(bad)
    )
    ledger.loaded.append(
        {
            "file_id": file_id,
            "source": read.source,
            "file": name,
            "size": read.file.size,
            "modified_at": read.file.modified_at,
            "rows_read": rows,
            "rows_quarantined": len(bad),
            "rows_repeated": repeated,
            "key_fingerprint": ledger.pseudonymiser.fingerprint(),
        }
    )
