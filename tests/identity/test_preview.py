"""A preview of edited rules says what the next build then does, and touches nothing."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion.warehouse import Warehouse
from tests.ingestion import wire
from tests.warehouse import worlds

PHONES = [f"1390000000{number}" for number in range(10)]
TILL = "13800000009"
PROJECT_PARTS = ("macros", "models", "seeds", "tests/data", "ingestion", "expectations")
COLUMNS = "time,member,phone,cookie,device,event"
FILES = """
files:
  - name: visits
    path: "visits*.csv"
    shape: events
    columns: {occurred_at: time, event: event}
    identifiers: {member_id: member, phone: phone, cookie_id: cookie, device_id: device}
  - name: shop
    path: orders.csv
    shape: orders
    columns: {occurred_at: time, order_id: order, amount: amount}
    identifiers: {phone: phone}
"""
VISITS = [
    # three phones on one tablet: as few as the rules let be one person
    *(f"2026-07-0{day} 10:00:00,,{PHONES[day]},tablet,,browse" for day in (1, 2, 3)),
    # the phone that a till fills in, with two people's cookies and with nobody's
    f"2026-07-01 11:00:00,,{TILL},guest-a,,browse",
    f"2026-07-02 11:00:00,,{TILL},guest-b,,browse",
    f"2026-07-03 11:00:00,,{TILL},,,browse",
    # four phones of a family on one device: too many
    *(f"2026-07-0{day} 12:00:00,,{PHONES[day]},,family,browse" for day in (4, 5, 6, 7)),
    # somebody whom no rule concerns
    f"2026-07-01 13:00:00,M1,{PHONES[8]},own,,browse",
]
ORDERS = [
    f"2026-07-05 10:00:00,A1,100,{PHONES[2]}",
    f"2026-07-05 10:00:00,A2,70,{PHONES[8]}",
]
OF_DEVICES = "false,false,false,1"
EDITS = {
    "identifier_types": {
        f"cookie_id,Cookie,30,,{OF_DEVICES},3,": f"cookie_id,Cookie,30,,{OF_DEVICES},1,",
        f"device_id,设备 ID,20,,{OF_DEVICES},3,": f"device_id,设备 ID,20,,{OF_DEVICES},9,",
    },
    "identifier_blocklist": {"reason\n": f"reason\nphone,{TILL},the phone of a till\n"},
}
DBT = "from dbt.cli.main import cli; cli()"
NO_TESTS = ("--exclude-resource-types", "test", "unit_test")
BUILT = ("+customer_changes", "+orders", "+int_identifier_links_trusted")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where each test finds the warehouse: what dbt read for another place it reads again."""
    return tmp_path_factory.mktemp("place") / "previewed"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory, place: Path) -> Path:
    """A built warehouse, what dbt read for its build, and the files that it was loaded with."""
    directory = tmp_path_factory.mktemp("template")
    write(directory, "visits.csv", COLUMNS, VISITS)
    write(directory, "orders.csv", "time,order,amount,phone", ORDERS)
    (directory / "files" / "manifest.yml").write_text(FILES, encoding="utf-8")
    warehouse = Warehouse(directory / "warehouse")
    worlds.empty_warehouse(warehouse.root)
    wire.load(warehouse, directory / "files" / "manifest.yml")
    worlds.dbt(warehouse.root, "run", "--select", *BUILT)
    read(place / "warehouse", target=warehouse.root / "target")
    return directory


@pytest.fixture
def warehouse(template: Path, place: Path) -> Iterator[Warehouse]:
    shutil.copytree(template, place)
    yield Warehouse(place / "warehouse")
    shutil.rmtree(place)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A work tree whose rules may be edited."""
    directory = tmp_path / "project"
    for part in PROJECT_PARTS:
        shutil.copytree(wire.PROJECT / part, directory / part)
    for file in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(wire.PROJECT / file, directory)
    return directory


def write(directory: Path, name: str, header: str, rows: list[str]) -> None:
    (directory / "files").mkdir(exist_ok=True)
    text = "\n".join([header, *rows, ""])
    (directory / "files" / name).write_text(text, encoding="utf-8")


def edit(project: Path, edits: dict[str, dict[str, str]]) -> None:
    for seed, lines in edits.items():
        path = project / "seeds" / f"{seed}.csv"
        text = path.read_text(encoding="utf-8")
        for line, edited in lines.items():
            assert text.count(line) == 1
            text = text.replace(line, edited)
        path.write_text(text, encoding="utf-8")


def preview(warehouse: Warehouse, project: Path, *arguments: str) -> str:
    """What a preview prints; it leaves the database as it is, and nothing beside it."""
    before = hashlib.sha256(warehouse.database.read_bytes()).digest()
    ran = wire.command(warehouse, "preview-identity", *arguments, project=project)
    assert ran.returncode == 0, ran.stderr
    assert hashlib.sha256(warehouse.database.read_bytes()).digest() == before
    assert_cleared(warehouse)
    assert not [phone for phone in (*PHONES, TILL) if phone in ran.stdout + ran.stderr]
    return ran.stdout


def refused(warehouse: Warehouse, project: Path = wire.PROJECT) -> str:
    ran = wire.command(warehouse, "preview-identity", project=project)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert_cleared(warehouse)
    *_, error = ran.stderr.strip().splitlines()
    assert error.startswith("error: ")
    return error


def assert_cleared(warehouse: Warehouse) -> None:
    assert not (warehouse.root / "preview").exists()
    assert not (warehouse.root / "omnitouch.duckdb.wal").exists()


def read(warehouse: Path, target: Path) -> None:
    run_dbt(wire.PROJECT, warehouse, target, "parse")


def build(warehouse: Warehouse, project: Path) -> None:
    target = warehouse.root / "target"
    run_dbt(project, warehouse.root, target, "build", "--select", *BUILT, *NO_TESTS)


def run_dbt(project: Path, warehouse: Path, target: Path, *arguments: str) -> None:
    folders = {
        "OMNITOUCH_WAREHOUSE": warehouse,
        "DBT_TARGET_PATH": target,
        "DBT_LOG_PATH": target.parent / "logs",
    }
    subprocess.run(
        [sys.executable, "-c", DBT, "--quiet", *arguments],
        cwd=project,
        env={**os.environ, **{name: str(folder) for name, folder in folders.items()}},
        check=True,
    )


def owners(warehouse: Warehouse) -> dict[str, dict[str, str]]:
    """Whose every event and order is, and whose every identifier."""
    sets = "inner join intermediate.int_identifier_sets_resolved using (identifier_set_id)"
    queries = {
        "events": f"select event_id, customer_id from intermediate.int_events_unioned {sets}",
        "orders": "select source_order_id, customer_id from marts.orders",
        "identifiers": "select identifier_id, customer_id "
        "from intermediate.int_identifiers_resolved",
        "verdicts": "select (least(strong_id, weak_id), greatest(strong_id, weak_id))::text, "
        "coalesce(rejected_by, '') from intermediate.int_identifier_links_trusted",
    }
    return {name: dict(wire.query(warehouse, query)) for name, query in queries.items()}


@pytest.mark.slow
def test_a_preview_says_what_the_next_build_does(warehouse: Warehouse, project: Path) -> None:
    edit(project, EDITS)
    found: dict[str, Any] = json.loads(preview(warehouse, project, "--json", "--changes", "99"))
    assert found["edits"] == [
        {"seed": "identifier_types", "lines_added": 2, "lines_removed": 2},
        {"seed": "identifier_blocklist", "lines_added": 1, "lines_removed": 0},
    ]
    # of four phones and their device, four follow the oldest phone
    assert (found["merged"]["customers"], found["merged"]["into"]) == (4, 1)
    # two phones and the tablet leave the first; two cookies and two hashes leave the till's phone
    assert (found["split"]["customers"], found["split"]["into"]) == (2, 7)
    assert found["links_accepted"] == {"shared": 4}
    assert found["links_rejected"] == {"shared": 3, "blocked_value": 4}
    # all of the till's, one of them with nothing but its phone; two of three on the tablet; three
    # of the family's four
    assert (found["events"], found["events_of_nobody"]) == (3 + 2 + 3, 1)
    assert (found["orders"], found["net_revenue"]) == (1, 100)
    # each phone with its two hashes, and the device
    assert found["largest"]["identifiers"] == 4 * 3 + 1
    assert found["newly_blocked"] == 1

    # a load without files, which brings nothing but the pseudonyms of the blocked phone
    manifest = warehouse.root.parent / "files" / "manifest.yml"
    assert wire.command(warehouse, "load", manifest, project=project).returncode == 0
    text = preview(warehouse, project, "--changes", "1").splitlines()
    counts = found["customers_before"], found["customers_after"]
    assert "Customers: {} now, {} by these rules".format(*counts) in text
    assert len([line for line in text if " -> " in line]) == 1
    assert "Next: dbt build (or ./run) applies the rules." in text

    before = owners(warehouse)
    build(warehouse, project)
    now = owners(warehouse)
    changes = wire.query(
        warehouse,
        "select change_type, previous_customer_id, customer_id, identifier_count, caused_by_rule "
        "from marts.customer_changes",
    )
    told = [tuple(change.values()) for change in found["changes"]]
    assert sorted((*row[:4], row[6]) for row in told) == sorted(changes)
    for name in ("events", "orders"):
        moved = [key for key, owner in now[name].items() if owner != before[name][key]]
        assert found[name] == len(moved), name
    for when, state in (("customers_before", before), ("customers_after", now)):
        assert found[when] == len(set(state["identifiers"].values()))
    held = {link for link, rule in before["verdicts"].items() if not rule}
    newly = [rule for link, rule in now["verdicts"].items() if rule and link in held]
    assert found["links_rejected"] == {rule: newly.count(rule) for rule in set(newly)}

    assert preview(warehouse, project).splitlines() == [
        "No rule is edited: the seeds are those of the warehouse.",
        f"Nothing changes: {found['customers_after']} customers, all their links as they are.",
    ]


def test_what_is_not_built_yet_is_not_taken_for_a_change_of_rules(warehouse: Warehouse) -> None:
    files = warehouse.root.parent
    write(files, "visits2.csv", COLUMNS, ["2026-07-09 10:00:00,M1,,another,,browse"])
    wire.load(warehouse, files / "files" / "manifest.yml")
    assert "holds loads that no build has taken yet (1)" in refused(warehouse)
    worlds.dbt(warehouse.root, "run", "--select", "int_loads_sequenced")
    assert "holds a build cut short" in refused(warehouse)


def test_rules_that_do_not_build_are_refused(warehouse: Warehouse, project: Path) -> None:
    line = f"phone,{TILL},the phone of a till\n"
    edit(project, {"identifier_blocklist": {"reason\n": "reason\n" + line + line}})
    error = refused(warehouse, project)
    assert "grain_identifier_blocklist" in error
    assert TILL not in error


def test_a_preview_waits_for_nobody_and_says_for_whom(warehouse: Warehouse) -> None:
    with duckdb.connect(str(warehouse.database)):
        assert f"is open in process {os.getpid()}" in refused(warehouse)
    with warehouse.previewing() as folder:
        folder.rmdir()
        # nor does it make one beside who is at work
        assert f"is being previewed by process {os.getpid()}" in refused(warehouse)


def test_a_warehouse_of_spark_or_of_nothing_cannot_be_previewed(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "has no omnitouch.duckdb yet" in refused(Warehouse(tmp_path / "nothing"))
    monkeypatch.setenv("OMNITOUCH_ENGINE", "spark")
    assert "needs a warehouse in DuckDB" in refused(warehouse)


def test_an_interrupted_preview_leaves_nothing(warehouse: Warehouse) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "ingestion", "preview-identity"],
        cwd=wire.PROJECT,
        env={**os.environ, "OMNITOUCH_WAREHOUSE": str(warehouse.root)},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # tests that run in the background of a shell have it ignored, and would hand that on
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stderr
    while not process.stderr.readline().startswith("building"):
        assert process.poll() is None
    assert (warehouse.root / "preview" / "omnitouch.duckdb").exists()
    os.killpg(process.pid, signal.SIGINT)
    process.communicate()
    assert process.returncode != 0
    assert_cleared(warehouse)
