"""One per cent of new records on a warehouse of N events: the increment beside a full refresh."""

from __future__ import annotations

import resource
import shutil
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.measure import EVENTS_PER_PERSON, Benchmark, Contender, Work
from benchmarks.warehouse import copy_of, dbt, dbt_work, execute, make_empty

NEW_SHARE = 0.01
START_UP, NOTHING_NEW = "dbt run, empty warehouse", "dbt run, nothing new"
SHOWN = 12


def prepare(directory: Path, events: int) -> None:
    """A warehouse built without the records that arrived last; these, and one that has them too."""
    from tests.warehouse.worlds import write_world

    make_empty(directory / "empty")
    world, built = directory / "world", directory / "built"
    write_world(world, people=events // EVENTS_PER_PERSON, days=90, seed=7)
    shutil.rmtree(world / "landing")
    shutil.copytree(directory / "empty", built)
    shutil.copy(world / "omnitouch.duckdb", built)
    hold_back(built / "omnitouch.duckdb", directory / "new.duckdb")
    dbt(built, "seed")
    dbt(built, "run")
    shutil.copytree(built, directory / "arrived")
    deliver(directory / "arrived", directory / "new.duckdb")


def hold_back(database_path: Path, new_path: Path) -> None:
    """Move the newest records of every channel to a database of their own."""
    with duckdb.connect(str(database_path)) as database:
        database.execute(f"attach '{new_path}' as held")
        for table in record_tables(database):
            database.execute(
                f"create table held.{table} as from raw.{table} qualify percent_rank() over "
                f"(order by received_at, occurred_at_raw, event_id) > {1 - NEW_SHARE}"
            )
            database.execute(
                f"delete from raw.{table} where event_id in (select event_id from held.{table})"
            )


def deliver(warehouse: Path, new_path: Path) -> None:
    """Land the records that were held back, as a load of their own."""
    load_id = "1900000000.5"
    with duckdb.connect(str(new_path), read_only=True) as new:
        tables = [name for (name,) in new.execute("show tables").fetchall()]
    execute(
        warehouse,
        f"attach '{new_path}' as held (read_only)",
        *(
            f"insert into raw.{table} by name "
            f"select * replace ('{load_id}' as _dlt_load_id) from held.{table}"
            for table in tables
        ),
        "insert into raw._dlt_loads (load_id, schema_name, status, inserted_at) "
        f"values ('{load_id}', 'omnitouch', 0, now())",
    )


def record_tables(database: duckdb.DuckDBPyConnection) -> list[str]:
    rows = database.execute(
        "select table_name from information_schema.columns "
        "where table_schema = 'raw' and column_name = 'event_id'"
    ).fetchall()
    return [name for (name,) in rows]


def run(name: str, arguments: tuple[str, ...], directory: Path, _: int) -> Work:
    copy = copy_of(directory / name)
    work = dbt_work(copy, "run", *arguments)

    def counted() -> str:
        work()
        with duckdb.connect(str(copy / "omnitouch.duckdb"), read_only=True) as database:
            numbers = database.execute(
                "select (select count(*) from marts.events), (select count(*) from marts.customers)"
            ).fetchall()[0]
        return "{:,} events, {:,} customers".format(*numbers)

    return counted


def by_model(arguments: tuple[str, ...], directory: Path, _: int) -> Work:
    """One model after the other, so that the CPU of each can be told."""
    copy = copy_of(directory / "arrived")
    started: dict[str, float] = {}
    cost: dict[str, float] = {}

    def watch(event: Any) -> None:
        if event.info.name in ("NodeStart", "NodeFinished"):
            node = event.data.node_info.node_name
            usage = resource.getrusage(resource.RUSAGE_SELF)
            now = usage.ru_utime + usage.ru_stime
            if event.info.name == "NodeStart":
                started[node] = now
            else:
                cost[node] = now - started[node]

    def work() -> str:
        dbt(copy, "run", "--threads", "1", *arguments, callback=watch)
        dearest = sorted(cost.items(), key=lambda item: -item[1])[:SHOWN]
        return ", ".join(f"{name} {seconds:.2f}" for name, seconds in dearest)

    return work


BENCHMARK = Benchmark(
    "1 % new records on a warehouse of N Sensors events",
    prepare,
    (
        Contender("full refresh", partial(run, "arrived", ("--full-refresh",)), START_UP),
        Contender("1 % new", partial(run, "arrived", ()), START_UP),
        Contender(NOTHING_NEW, partial(run, "built", ()), START_UP),
        Contender(START_UP, partial(run, "empty", ())),
        Contender("full refresh by model", partial(by_model, ("--full-refresh",))),
        Contender("1 % new by model", partial(by_model, ())),
    ),
)
