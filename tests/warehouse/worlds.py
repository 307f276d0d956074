"""Small worlds of the sample brand, delivered to a warehouse bit by bit."""

from __future__ import annotations

import atexit
import os
import random
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest
from pandas.testing import assert_frame_equal

from ingestion.loading import run as load
from ingestion.sample_brand import write_sample_brand
from ingestion.sources import SOURCES
from ingestion.warehouse import Warehouse
from tests.ingestion import wire
from tests.warehouse import learned
from tests.warehouse.sparing import kept, sparing

PROJECT = Path(__file__).parents[2]
RECORD_TABLES = (*(source.name for source in SOURCES), "declared")
# Names the loads themselves, which differ from one schedule of deliveries to another.
NAMES_LOADS = "load_accounting"
NAMES_CUSTOMERS = (
    "customer_id",
    "likely_customer_id",
    "other_customer_id",
    "sharer_customer_id",
)
# Tell when what became known: that is another story for each schedule.
TELL_WHEN = (NAMES_LOADS, "customer_identifier_history", "customer_changes")
# What a channel's events and profiles can break.
CHANNEL_TESTS = (
    "events,test_type:data",
    "customers,test_type:data",
    "customer_tags,test_type:data",
)
CHANNEL_TESTS += ("customer_attributes,test_type:data", "path:models/intermediate/profiles")
CHANNEL_TESTS += ("path:models/intermediate/events", "path:seeds")
# All models, and those that are kept up: what is built whole needs no rehearsal between deliveries.
EVERYTHING = ("--exclude", "staging")
GROWING = ("--select", "+config.materialized:incremental", *EVERYTHING)
# Views of what is kept up stand since the first delivery.
VIEWS = "config.materialized:view,+config.materialized:incremental"
# What channels fill; what is made of journeys after that is half of all models, and not theirs.
FILLED = ("+marts.core", "+marts.accounts", "+unmapped_events", "+referrals")
UNFILLED = (
    *("int_conversions_numbered+", "int_paths_grouped+", "int_paths_sequenced+"),
    "int_ad_reports_dated+",
    *("int_first_journeys_traced+", "stg_channel_effects__fits+", "int_segment_acts+"),
    *("stg_scores__figures+", "int_score_dates+", "int_purchase_days+", "int_customer_days+"),
    *("marts.journeys", "marts.operations", "test_type:unit"),
)
LINES_PER_SOURCE = 20
# Nobody reads artifacts and logs here, and they are a third of what a small run costs.
SPARINGLY = ("--quiet", "--no-write-json", "--log-level-file", "none")
# Other tests have the other cores, and threads wait for each other in Python.
ONE_BY_ONE = ("--threads", "1")
# In a small world few members teach what a match is, little is likely, and groups are small.
SMALL_WORLD = (
    "--vars",
    "{match_min_settled_pairs: 1, match_shrinkage: 2, "
    "match_keep_from: 0.3, match_likely_from: 0.4, interval_groups: 5}",
)


@contextmanager
def environment(**values: str) -> Iterator[None]:
    """Environment variables for as long as the block lasts."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@cache
def manifest() -> Manifest:
    """The parsed project: parsing takes longer than building a small world.

    ``OMNITOUCH_READ`` may name an empty warehouse for which dbt has read it, as ``./check`` does.
    """
    arguments = ["parse", "--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--quiet"]
    with tempfile.TemporaryDirectory() as directory:
        known = os.environ.get("OMNITOUCH_READ")
        if known:
            shutil.copytree(Path(known, "target"), Path(directory, "target"))
        paths = {
            "OMNITOUCH_WAREHOUSE": known or directory,
            "DBT_TARGET_PATH": f"{directory}/target",
        }
        with environment(**paths), sparing():
            result = dbtRunner().invoke([*arguments, "--log-path", f"{directory}/logs"])
    assert result.success, result.exception
    return result.result


@cache
def kept_manifest() -> Manifest:
    """The parsed project for the runs of tests; benchmarks measure dbt without such savings."""
    return kept(manifest())


def dbt(
    warehouse: Path, *arguments: str, settings: tuple[str, ...] = SMALL_WORLD
) -> list[tuple[str, str]]:
    """Run dbt in this process on a warehouse; a failure names the nodes that failed.

    Returns the name of each node that ran, and the file that it is declared in.
    """
    paths = {
        "OMNITOUCH_WAREHOUSE": str(warehouse),
        "DBT_TARGET_PATH": str(warehouse / "target"),
        "DBT_LOG_PATH": str(warehouse / "logs"),
    }
    project = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
    with environment(**paths), sparing():
        result = dbtRunner(manifest=kept_manifest()).invoke(
            [*SPARINGLY, *arguments, *ONE_BY_ONE, *project, *settings]
        )
        release()
    done = getattr(result.result, "results", None) or []
    failed = [
        f"{item.node.name}: {item.message}" for item in done if item.status in ("error", "fail")
    ]
    assert result.success, failed or result.exception
    return [(item.node.name, item.node.original_file_path) for item in done]


def assert_promises_hold(warehouse: Path, *selected: str) -> None:
    """Run the tests of what channels fill; of marts there must be some, not of seeds alone."""
    ran = dbt(warehouse, "test", "--select", *selected, "--exclude", *UNFILLED)
    assert any(name.startswith("grain_") and "marts" in folder for name, folder in ran), ran


def models_of(delivery: int, deliveries: int) -> tuple[str, ...]:
    """What to run after a delivery, from 1: after the last one everything."""
    models = GROWING if delivery < deliveries else EVERYTHING
    return (*models, VIEWS) if delivery > 1 else models


def release() -> None:
    """Close the database that dbt-duckdb keeps open in this process: its file is to be swapped."""
    kept = DuckDBConnectionManager._ENV
    if kept is not None:
        kept.close()
    DuckDBConnectionManager.close_all_connections()


def write_world(
    directory: Path, people: int, days: int, seed: int, every_source: bool = False
) -> None:
    """The sample brand's raw files, all loaded into ``directory/omnitouch.duckdb``.

    With ``every_source`` there are some records of the sources that the brand does not use, too.
    """
    write_sample_brand(directory, people=people, days=days, seed=seed)
    warehouse = Warehouse(directory)
    for source, good in wire.GOOD_LINES.items():
        if every_source and not (warehouse.landing / source).is_dir():
            wire.deliver(warehouse, source, [good(number) for number in range(LINES_PER_SOURCE)])
    load(
        warehouse,
        [directory / "landing" / "declared" / "sample_brand.yml"],
        lambda _: None,
    )
    if every_source:
        wire.deliver(warehouse, "segment", reported_again(warehouse), "again.jsonl")
        wire.deliver(warehouse, "sensors", list(shares()), "shares.jsonl")
        for source, lines in companies().items():
            wire.deliver(warehouse, source, lines, "companies.jsonl")
        load(warehouse, [], lambda _: None)


def shares() -> Iterator[wire.Line]:
    """Friends who come through somebody's share, and who that was in the end."""
    for number in range(LINES_PER_SOURCE):
        sharer, member = f"sharer{number}", f"L{number // 2}"
        came = {"$identity_cookie_id": f"friend{number}"}
        known = {"$identity_cookie_id": sharer, "$identity_login_id": member}
        through = {"$share_distinct_id": sharer}
        yield wire.sensors(wire.sensors_event(2 * number, identities=came, properties=through))
        yield wire.sensors(wire.sensors_event(2 * number + 1, identities=known))


def companies() -> dict[str, list[wire.Line]]:
    """Companies of the CRM, people who change between them, deals, and forms with their domains."""
    contacts, deals, forms = [], [], []
    for number in range(LINES_PER_SOURCE):
        company, at = number % 4, wire.MOMENT * 1000 + number
        known = {"_id": f"person{number}", "email": f"p{number}@company{company}.cn"}
        known["job_title"] = ("总经理", "采购总监", "专员")[number % 3]
        for version in range(2 if number % 3 == 0 else 1):
            where = {"account_id": f"A{company + version}", "last_modified_time": at + version}
            contacts.append(wire.fxiaoke_crm(0, "ContactObj", **known, **where))
        deal = {
            "_id": f"deal{number // 2}",
            "contact_id": known["_id"],
            "account_id": f"A{company}",
        }
        status = {"sales_status__r": ("进行中", "赢单")[number % 2], "amount": str(100 + number)}
        deals.append(
            wire.fxiaoke_crm(0, "NewOpportunityObj", **deal, **status, last_modified_time=at)
        )
        # some deals are deleted in the end, some restored
        for version in range((0, 1, 2)[number // 2 % 3]):
            again = {**status, "is_deleted": version == 0, "last_modified_time": at + 2 + version}
            deals.append(wire.fxiaoke_crm(0, "NewOpportunityObj", **deal, **again))
        mail = f"f{number}@company{number % 6}.cn"
        forms.append(wire.registration_forms(1000 + number, email=mail, phone=None))
    return {"fxiaoke_crm": contacts + deals, "registration_forms": forms}


def reported_again(warehouse: Warehouse) -> list[wire.Line]:
    """Orders of the own shop as another SDK on its pages tells them: sooner, or later."""
    with duckdb.connect(str(warehouse.database), read_only=True) as database:
        orders = database.execute(
            "select payload ->> '$.properties.order_id', "
            "cast(payload ->> '$.time' as bigint) / 1000 "
            "+ if(row_number() over (order by event_id) % 2 = 0, 1, -1) "
            "from raw.sensors where payload ->> '$.event' = 'PayOrder' order by event_id limit ?",
            [LINES_PER_SOURCE],
        ).fetchall()
    assert orders
    return [
        wire.segment(
            wire.segment_call(
                LINES_PER_SOURCE + number,
                event="Order Completed",
                originalTimestamp=datetime.fromtimestamp(second, UTC).isoformat(),
                properties={"order_id": order_id, "total": number},
            )
        )
        for number, (order_id, second) in enumerate(orders)
    ]


@cache
def seeded() -> Path:
    """The database of a warehouse with seeds and staging, built once in a process."""
    directory = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, directory)
    dbt(directory, "seed")
    dbt(directory, "run", "--select", "staging")
    return directory


def empty_warehouse(directory: Path) -> None:
    """A warehouse with seeds and staging, and nothing delivered."""
    directory.mkdir(parents=True, exist_ok=True)
    start_over(directory, seeded())


def ask_for_levels(warehouse: Path) -> None:
    """One more attribution model: Shapley of campaigns, which ad reports can place anew."""
    with duckdb.connect(str(warehouse / "omnitouch.duckdb")) as database:
        database.execute(
            """
            insert into seeds.attribution_models
            select * replace (
                'shapley_campaign' as attribution_model, '沙普利（活动）' as name_zh,
                'campaign' as level
            )
            from seeds.attribution_models where attribution_model = 'shapley'
            """
        )


def start_over(warehouse: Path, template: Path) -> None:
    """Put the warehouse back to the state of the template."""
    for leftover in warehouse.glob("omnitouch.duckdb*"):
        leftover.unlink()
    shutil.copy(template / "omnitouch.duckdb", warehouse / "omnitouch.duckdb")


def deal(world: Path, deliveries: int, seed: int) -> list[dict[str, list[str]]]:
    """Every record of a world, dealt to deliveries: {table: event ids} each.

    Half of the schedules deal record by record, in any order; the others by the hour of receipt,
    with some records arriving late.
    """
    chance = random.Random(seed)
    dealt: list[dict[str, list[str]]] = [{} for _ in range(deliveries)]
    by_time = chance.random() < 0.5
    with duckdb.connect(str(world / "omnitouch.duckdb"), read_only=True) as database:
        tables = database.execute("select table_name from duckdb_tables()").fetchall()
        # a channel that the sample brand lacks has no table
        landed = {name for (name,) in tables}
        for table in (name for name in RECORD_TABLES if name in landed):
            rows = database.execute(
                f"select event_id, percent_rank() over (order by received_at) from raw.{table} "
                "order by event_id"
            ).fetchall()
            for event_id, rank in rows:
                at = min(int(rank * deliveries), deliveries - 1) if by_time else 0
                if not by_time or chance.random() < 0.1:
                    at = chance.randrange(at, deliveries)
                dealt[at].setdefault(table, []).append(event_id)
    return dealt


def deliver(world: Path, warehouse: Path, delivery: dict[str, list[str]], number: int) -> None:
    """Land one delivery, as dlt would: its rows under a load of their own, then the load's end."""
    load_id = f"{1_790_000_000 + number}.5"
    with duckdb.connect(str(warehouse / "omnitouch.duckdb")) as database:
        database.execute(f"attach '{world / 'omnitouch.duckdb'}' as world (read_only)")
        for table, event_ids in delivery.items():
            columns = "event_id, source, record_type, occurred_at_raw, received_at, payload"
            database.execute(
                f"insert into raw.{table} ({columns}, _dlt_load_id) "
                f"select {columns}, '{load_id}' from world.raw.{table} "
                "where event_id in (select unnest(?))",
                [event_ids],
            )
        database.execute(
            "insert into raw._dlt_loads (load_id, schema_name, status, inserted_at) "
            f"values ('{load_id}', 'omnitouch', 0, now())"
        )


def built_whole(world: Path, seed: int, levels: bool = False) -> dict[str, pd.DataFrame]:
    """The marts of a world with something of everything, delivered and built in one go."""
    write_world(world, people=120, days=40, seed=seed, every_source=True)
    warehouse = world / "whole"
    empty_warehouse(warehouse)
    if levels:
        ask_for_levels(warehouse)
    learned.land(warehouse)
    deliver(world, warehouse, deal(world, 1, seed)[0], number=1)
    dbt(warehouse, "run", *EVERYTHING)
    found = marts(warehouse)
    assert len(found["orders"]) > 20
    assert len(found["touchpoint_credits"]) > 100
    assert len(found["referrals"]) == LINES_PER_SOURCE
    assert len(found["customer_matches"]) > 3
    assert len(found["account_contacts"]) > LINES_PER_SOURCE
    assert found["segment_members"]["segment"].nunique() > 3
    assert set(found["accounts"]["account_source"]) == {"crm", "email_domain"}
    assert {"sms", "wechat", "wecom"} <= set(found["customer_consents"]["consent"])
    ((withdrawn,),) = query(warehouse, "select count(*) from intermediate.int_events_withdrawn")
    assert withdrawn > 2
    assert found["recent_activities"]["activity_number"].max() == 20
    assert found["customer_scores"].groupby("score_name")["grade"].nunique().min() > 1
    assert found["customer_value"]["expected_value"].notna().any()
    return found


def query(warehouse: Path, sql: str) -> list[tuple[Any, ...]]:
    """The rows of a query on the warehouse's build database."""
    with duckdb.connect(str(warehouse / "omnitouch.duckdb"), read_only=True) as database:
        return database.execute(sql).fetchall()


def marts(warehouse: Path) -> dict[str, pd.DataFrame]:
    """Every mart that does not tell when, rows and columns in an order of their own."""
    with duckdb.connect(str(warehouse / "omnitouch.duckdb"), read_only=True) as database:
        names = database.execute(
            "select table_name from information_schema.tables where table_schema = 'marts'"
        ).fetchall()
        frames = {
            name: database.execute(f"select * from marts.{name}").df()
            for (name,) in names
            if name not in TELL_WHEN
        }
    return comparable(frames)


def comparable(frames: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Marts with each customer named after the smallest of the identifiers.

    A customer's id is minted when the customer is first seen, so it depends on the schedule; who is
    one customer does not.
    """
    identifiers = frames["customer_identifiers"]
    smallest = identifiers.groupby("customer_id")["identifier_id"].min()
    assert smallest.is_unique
    for frame in frames.values():
        for column in frame.columns.intersection(list(NAMES_CUSTOMERS)):
            frame[column] = frame[column].map(smallest).fillna(frame[column])
    return {name: in_order(frame) for name, frame in frames.items()}


def generations(warehouse: Path) -> dict[str, str]:
    """The run that built each incremental model in full."""
    with duckdb.connect(str(warehouse / "omnitouch.duckdb"), read_only=True) as database:
        return dict(
            database.execute("select model, generation from intermediate.watermarks").fetchall()
        )


def in_order(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows sorted by every column that is no float, which rounding could misplace."""
    exact = [name for name in frame.columns if frame[name].dtype.kind != "f"]
    keys = frame[exact].astype(str)
    return frame.loc[keys.sort_values(exact).index].reset_index(drop=True)


def assert_same(left: dict[str, pd.DataFrame], right: dict[str, pd.DataFrame]) -> None:
    """Equal marts: keys and decimals exactly, floats to 1e-9."""
    assert left.keys() == right.keys()
    for name, frame in left.items():
        assert_frame_equal(frame, right[name], check_dtype=False, rtol=1e-9, atol=1e-9, obj=name)
