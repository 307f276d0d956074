"""Build who is who by the rules of the work tree, in a copy of the warehouse that is thrown away.

The copy holds what the next build would start from, so what the models write in it is what that
build would write: the same links, the same customers, the same ids.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from ingestion.blocklist import blocked_identifiers
from ingestion.loading import check_key
from ingestion.pipeline import connected, on_spark
from ingestion.preview import PreviewError
from ingestion.preview.comparison import SNAPSHOT, Comparison, Edit, compare
from ingestion.pseudonyms import Pseudonymiser
from ingestion.warehouse import Warehouse

PROJECT = Path(__file__).parents[2]
SEEDS = (
    "identifier_types",
    "identifier_blocklist",
    "identifier_formats",
    "identifier_retractions",
)
ENDS = (
    "int_identifier_links_trusted",
    "int_identifier_sets_resolved",
    "int_identifier_customer_changes",
)
# the copy, and what is built anew in it beside what it replaces
ROOM = 1.5
SHOWN = 5
PARTIAL_PARSE = "partial_parse.msgpack"
"""What dbt keeps of the project, so that the next run reads again only what has changed."""


def preview(
    warehouse: Warehouse, pseudonymiser: Pseudonymiser, changes: int, say: Callable[[str], None]
) -> Comparison:
    """What the rules of the work tree would change; the largest ``changes`` one by one.

    Raises:
        PreviewError: there is nothing to compare with, or the rules do not build.
        KeyChangedError: the key is not the one the warehouse was loaded with.
        ManifestError: the blocklist lists a value that its type cannot have.
        WarehouseBusyError: a build, a load or another preview is at work.
    """
    if on_spark():
        raise PreviewError(
            "a preview needs a warehouse in DuckDB, as it works in a copy of its one file; "
            "OMNITOUCH_ENGINE says spark. Load the same files into a DuckDB warehouse, or into a "
            "small one a part of them, and preview there."
        )
    if not warehouse.database.exists():
        raise PreviewError(f"{warehouse.root} has no omnitouch.duckdb yet: ./run makes it")
    with warehouse.previewing() as folder:
        scratch = Warehouse(folder)
        with _to_read(warehouse) as database:
            _check_built(database)
            check_key(_column(database, "key_fingerprint", "raw.loaded_files"), pseudonymiser)
            say(f"copying {warehouse.database.stat().st_size / 1e6:,.0f} MB")
            _copy(warehouse, scratch)
        with duckdb.connect(str(scratch.database)) as database:
            before = {seed: _rows_of(database, seed) for seed in SEEDS}
            for statement in SNAPSHOT:
                database.execute(statement)
            noted = _note_blocked(database, pseudonymiser)
        say("building who is who in the copy, by the rules of the work tree")
        _build(warehouse, scratch, pseudonymiser)
        with duckdb.connect(str(scratch.database), read_only=True) as database:
            edits = [
                Edit(seed, (rows - before[seed]).total(), (before[seed] - rows).total())
                for seed in SEEDS
                if (rows := _rows_of(database, seed)) != before[seed]
            ]
            return compare(database, edits, noted, changes)


@contextmanager
def _to_read(warehouse: Warehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    with connected(warehouse, read_only=True) as database:
        try:
            yield database
        except duckdb.CatalogException as error:
            raise PreviewError(
                f"{warehouse.database} is not built yet, so there is nothing to compare with: "
                "run dbt build first."
            ) from error


def _copy(warehouse: Warehouse, scratch: Warehouse) -> None:
    """Copy the database while it is open to be read, so that nobody can write to it."""
    size = warehouse.database.stat().st_size
    free = shutil.disk_usage(warehouse.root).free
    if free < ROOM * size:
        raise PreviewError(
            f"a preview needs {ROOM * size / 1e6:,.0f} MB in {warehouse.root}, and "
            f"{free / 1e6:,.0f} MB are free"
        )
    # what a killed build committed and did not write back; first, as closing the database itself
    # gives up the lock on it
    for path in (*warehouse.root.glob("omnitouch.duckdb.wal"), warehouse.database):
        shutil.copyfile(path, scratch.root / path.name)


def _check_built(database: duckdb.DuckDBPyConnection) -> None:
    """Refuse where the models have not taken all that arrived: its changes are not the rules'.

    A load that brought no file only noted pseudonyms of the blocklist.
    """
    ((loads,),) = database.execute(
        "select count(distinct load_id) from raw._dlt_loads where status = 0 "
        "and load_id in (select _dlt_load_id from raw.loaded_files) "
        "and load_id not in (select load_id from intermediate.int_loads_sequenced)"
    ).fetchall()
    if loads or _lags(database):
        found = f"loads that no build has taken yet ({loads})" if loads else "a build cut short"
        raise PreviewError(
            f"the warehouse holds {found}: what they change could not be told from what the rules "
            "change. Run dbt build by the rules as they were (git stash keeps your edit aside), "
            "then preview."
        )


def _lags(database: duckdb.DuckDBPyConnection) -> bool:
    """Whether a model on the way to who is who has not taken all that lies upstream of it."""
    positions = dict(
        database.execute("select model, positions from intermediate.watermarks").fetchall()
    )
    sequences = dict(
        database.execute(
            "select table_name, column_name from information_schema.columns "
            "where table_schema = 'intermediate' and ends_with(column_name, '_seq')"
        ).fetchall()
    )
    waiting, seen = [ENDS[-1]], set()
    while waiting:
        model = waiting.pop()
        seen.add(model)
        for position in (positions.get(model) or "").split():
            upstream, taken = position.split("=")
            ((newest,),) = database.execute(
                f"select coalesce(max({sequences[upstream]}), 0) from intermediate.{upstream}"
            ).fetchall()
            if newest > int(taken):
                return True
            if upstream not in seen:
                waiting.append(upstream)
    return False


def _column(database: duckdb.DuckDBPyConnection, column: str, table: str) -> set[Any]:
    return {
        value for (value,) in database.execute(f"select distinct {column} from {table}").fetchall()
    }


def _rows_of(database: duckdb.DuckDBPyConnection, seed: str) -> Counter[tuple[Any, ...]]:
    return Counter(database.execute(f"select * from seeds.{seed}").fetchall())


def _note_blocked(database: duckdb.DuckDBPyConnection, pseudonymiser: Pseudonymiser) -> int:
    """Note under which pseudonyms records hold what is blocked anew, as a load would."""
    known = _column(database, "block_id", "raw.blocked_identifiers")
    unknown = [row for row in blocked_identifiers(pseudonymiser) if row["block_id"] not in known]
    for row in unknown:
        database.execute(
            f"insert into raw.blocked_identifiers ({', '.join(row)}, _dlt_load_id) "
            "values (?, ?, ?, ?, ?, 'preview')",
            [*row.values()],
        )
    return len({(row["listed_type"], row["listed_value"]) for row in unknown})


def _build(warehouse: Warehouse, scratch: Warehouse, pseudonymiser: Pseudonymiser) -> None:
    """Build what stands on the rules, up to who is who; of tests, those of the rules themselves."""
    selected = [f"{seed}+,+{end}" for seed in SEEDS for end in ENDS]
    excluded = ["resource_type:unit_test", "resource_type:test,path:models"]
    excluded.append("resource_type:test,path:tests/data")
    built = _dbt(warehouse, scratch, "build", "--select", *selected, "--exclude", *excluded)
    if built.returncode == 0:
        return
    try:
        results = json.loads((scratch.root / "target" / "run_results.json").read_bytes())["results"]
    except FileNotFoundError:
        raise PreviewError(
            f"dbt build failed: {pseudonymiser.scrub(built.stdout.strip()[-1000:])}"
        ) from None
    # a message may quote what a seed lists
    failed = [
        f"{result['unique_id'].split('.')[2]}: {pseudonymiser.scrub(str(result['message']))}"
        for result in results
        if result["status"] in ("error", "fail")
    ]
    raise PreviewError("the edited rules do not build: " + "; ".join(failed[:SHOWN]))


def _dbt(
    warehouse: Warehouse, scratch: Warehouse, *arguments: str
) -> subprocess.CompletedProcess[str]:
    """Run dbt as a process of its own, with everything it writes in the scratch folder."""
    known = warehouse.root / "target" / PARTIAL_PARSE
    if known.exists():
        (scratch.root / "target").mkdir()
        shutil.copy(known, scratch.root / "target")
    folders = {
        # what dbt read for another warehouse it reads again
        "OMNITOUCH_WAREHOUSE": warehouse.root,
        "DBT_TARGET_PATH": scratch.root / "target",
        "DBT_LOG_PATH": scratch.root / "logs",
    }
    return subprocess.run(
        [sys.executable, "-m", "ingestion.preview.building", str(scratch.root), *arguments],
        env={**os.environ, **{name: str(folder) for name, folder in folders.items()}},
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
