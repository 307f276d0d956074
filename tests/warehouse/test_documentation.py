"""The pages on events and file contracts name everything there is."""

from __future__ import annotations

import csv
import re

from ingestion.contracts import FOLDER, contract
from ingestion.sources import SOURCES
from tests.warehouse.worlds import PROJECT, RECORD_TABLES

EVENTS = (PROJECT / "docs" / "events.md").read_text(encoding="utf-8")


def test_every_event_type_is_described_as_the_seed_has_it() -> None:
    with (PROJECT / "seeds" / "event_types.csv").open(encoding="utf-8") as file:
        types = list(csv.DictReader(file))
    described = {
        name: (name_zh, stage, role, bool(touch.strip()))
        for name, name_zh, stage, role, touch in re.findall(
            r"^\| `(\w+)` (\S+) \| (\w+) \| (\w+) \| (.*?)\|", EVENTS, flags=re.M
        )
    }
    assert described == {
        row["event_type"]: (
            row["name_zh"], row["funnel_stage"], row["touch_role"],
            row["counts_as_touch"] == "true",
        )
        for row in types
    }  # fmt: skip


def test_every_property_that_staging_writes_is_documented() -> None:
    section = EVENTS.partition("## Properties")[2]
    documented = set(re.findall(r"`(\w+)`", section))
    written = {
        name
        for path in (PROJECT / "models" / "staging").glob("*/*events.sql")
        for body in re.findall(
            r"json_object\(\{(.*?)\}\) \}\} as properties", path.read_text(), re.S
        )
        for name in re.findall(r"^ {12}'(\w+)':", body, re.M)
    }
    assert len(written) > 40
    assert written - documented == set()


def test_every_table_of_records_is_accounted_for_and_staged() -> None:
    listed = (PROJECT / "macros" / "raw_record_tables.sql").read_text()
    assert set(re.findall(r"^ {8}'(\w+)',$", listed, re.M)) == set(RECORD_TABLES)
    described = (PROJECT / "models" / "staging" / "_sources.yml").read_text(encoding="utf-8")
    assert set(RECORD_TABLES) <= set(re.findall(r"^ {6}- name: (\w+)$", described, re.M))


def test_every_field_of_a_contract_is_documented_under_its_name() -> None:
    page = (PROJECT / "docs" / "file-contracts.md").read_text(encoding="utf-8")
    for path in FOLDER.glob("*.schema.json"):
        name = path.name.partition(".")[0]
        if name == "customer":
            continue
        section = page.partition(f"## `{name}`")[2].partition("\n## ")[0]
        shared = page.partition("## Who")[2].partition("\n## ")[0]
        documented = set(re.findall(r"`(\w+)`", section + shared))
        assert set(contract(name).fields) - documented == set(), name


def test_every_touchpoint_names_tests_that_exist() -> None:
    page = (PROJECT / "docs" / "touchpoints.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("|") and "---" not in line]
    named = re.findall(r"`([\w/]+\.py)::(test_\w+)`", page)
    assert len({path for path, _ in named}) > 5
    for path, name in named:
        text = (PROJECT / "tests" / path).read_text(encoding="utf-8")
        assert f"\ndef {name}(" in text, f"{path}::{name}"
    # of each row but the two headers
    without = [row for row in rows if "::test_" not in row]
    assert len(without) == 2


def test_every_source_is_of_a_touchpoint() -> None:
    page = (PROJECT / "docs" / "touchpoints.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(\w+)`", page))
    assert {source.name for source in SOURCES} - named == set()
