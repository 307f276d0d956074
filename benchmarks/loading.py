"""Ingestion of N Sensors events: the product's loader beside DuckDB reading the same files.

DuckDB takes out of them what the loader does: one row an event, its id, its payload with what the
request adds, each event once. It scrubs nothing, quarantines nothing, knows no second run, and
cannot gunzip a value: requests of apps are left out, and counted.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from benchmarks.measure import Benchmark, Contender, Work

PEOPLE = 5000

# Strings are cut, not matched: a regular expression over the bodies costs as much as all the rest.
DECODE = """
create table events as
with requests as (
    select
        received_at,
        split_part(split_part(query, 'project=', 2), '&', 1) as project,
        ip,
        user_agent,
        split_part(substr(body, strpos(body, 'data')), '&', 1) as field
    from read_json(
        '{files}',
        format = 'newline_delimited',
        columns = {{
            received_at: 'timestamptz',
            query: 'varchar',
            ip: 'varchar',
            user_agent: 'varchar',
            body: 'varchar'
        }}
    )
),

requests_unpacked as (
    select
        received_at,
        project,
        to_json({{_ip: ip, _user_agent: user_agent, _project: project}})[2:] as context,
        from_base64(url_decode(substr(field, strpos(field, '=') + 1))) as packed
    from requests
),

requests_decoded as (
    select * exclude (packed), decode(packed) as text
    from requests_unpacked
    where packed[:2] != '\\x1F\\x8B'::blob
),

events_unnested as (
    select
        * exclude (text),
        unnest(
            case when text[1] = '[' then cast(text::json as json[])::varchar[] else [text] end
        ) as event
    from requests_decoded
),

events_parsed as (
    select
        *,
        json_extract_string(event, ['distinct_id', 'time', '_track_id', 'event', 'type']) as parts
    from events_unnested
),

events_identified as (
    select
        md5(concat_ws(chr(31), project, parts[1], parts[2], parts[3], parts[4], parts[5]))
            as event_id,
        parts[5] as record_type,
        parts[2] as occurred_at_raw,
        received_at,
        left(event, length(event) - 1) || ',' || context as payload
    from events_parsed
)

select distinct on (event_id) * from events_identified
"""


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


def decoded(directory: Path, _: int) -> Work:
    path = _no_database(directory)

    def work() -> str:
        with duckdb.connect(str(path)) as database:
            database.execute(DECODE.format(files=_files(directory)))
            (events,) = database.execute("select count(*) from events").fetchall()[0]
        return f"{events:,} events"

    return work


def read_json(directory: Path, _: int) -> Work:
    path = _no_database(directory)

    def work() -> str:
        with duckdb.connect(str(path)) as database:
            database.execute(
                "create table lines as select * from "
                f"read_json('{_files(directory)}', format = 'newline_delimited')"
            )
            (lines,) = database.execute("select count(*) from lines").fetchall()[0]
        return f"{lines:,} lines"

    return work


def _no_database(directory: Path) -> Path:
    path = directory / "beside.duckdb"
    path.unlink(missing_ok=True)
    return path


def _files(directory: Path) -> str:
    return str(directory / "brand" / "landing" / "sensors" / "*.jsonl.gz")


BENCHMARK = Benchmark(
    "ingestion of N Sensors events",
    prepare,
    (
        Contender("DuckDB reads and decodes, no gzip in it", decoded),
        Contender("DuckDB read_json into a table", read_json),
        Contender("ours, dlt", ours),
    ),
)
