"""A person's identifiers over the wire: who is who and why, and who is calling."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion.explain import find
from ingestion.identifiers import identifier
from ingestion.pseudonyms import Pseudonymiser
from ingestion.warehouse import Warehouse
from tests.ingestion import wire
from tests.warehouse import worlds

PHONE = "13912345678"
COLUMNS = "time,member,phone,cookie,event,item"
TOUCHES = """
files:
  - name: visits
    path: "*.csv"
    shape: events
    columns: {occurred_at: time, event: event, product: item}
    identifiers: {member_id: member, phone: phone, cookie_id: cookie}
"""
FIRST = [
    # the shop knows the phone of a member, the site a cookie of the phone
    f"2026-07-01 10:00:00,M1,{PHONE},,browse,",
    f"2026-07-02 10:00:00,M1,{PHONE},,browse,",
    f"2026-07-03 10:00:00,,{PHONE},cookie1,browse,",
    f"2026-07-03 10:01:00,,{PHONE},cookie1,add_to_cart,SKU1001",
    "2026-07-03 10:00:00,M2,,tablet,browse,",
    "2026-07-03 11:00:00,M3,,tablet,browse,",
    "2026-07-03 12:00:00,M4,,tablet,browse,",
]
SECOND = [
    # the cookie of a stranger turns out to be the member's
    "2026-07-04 10:00:00,M1,,cookie2,browse,",
    # and the phone is given up
    f"2026-07-05 10:00:00,M1,{PHONE},,identity_unlink,",
]
STRANGER = ["2026-06-01 10:00:00,,,cookie2,browse,"]


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    root = tmp_path_factory.mktemp("explained") / "warehouse"
    files = root.with_name("files")
    files.mkdir()
    manifest = files / "manifest.yml"
    manifest.write_text(TOUCHES, encoding="utf-8")
    warehouse = Warehouse(root)
    worlds.empty_warehouse(root)
    for name, rows in (("1", FIRST + STRANGER), ("2", SECOND)):
        (files / f"{name}.csv").write_text("\n".join([COLUMNS, *rows, ""]), encoding="utf-8")
        wire.load(warehouse, manifest)
        worlds.dbt(root, "run", "--select", *worlds.FILLED, "+marts.monitoring")
    marts = ("identifier_links", "customer_identifier_history", "customer_changes")
    worlds.dbt(root, "test", "--select", *marts, "identity_health", "customer_identifiers")
    publish(root)
    return warehouse


def publish(root: Path) -> None:
    """Put the marts where readers find them; that they pass an audit is no matter here."""
    (root / "published" / "batch").mkdir(parents=True)
    (root / "published" / "current.json").write_text('{"database": "batch/marts.duckdb"}')
    with duckdb.connect(str(root / "published" / "batch" / "marts.duckdb")) as marts:
        marts.execute(f"attach '{root / 'omnitouch.duckdb'}' as build (read_only)")
        for mart in (
            "customer_identifiers", "customers", "identifier_links", "recent_activities"
        ):  # fmt: skip
            marts.execute(f"create table {mart} as from build.marts.{mart}")


def explained(warehouse: Warehouse, *ends: str) -> list[str]:
    return answered(warehouse, "explain", *ends)


def answered(warehouse: Warehouse, *asked: str, typed: str = "") -> list[str]:
    ran = wire.command(warehouse, *asked, typed=typed)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert PHONE not in ran.stdout
    return ran.stdout.splitlines()


def customer(warehouse: Warehouse, value: str) -> str:
    ((customer_id,),) = wire.query(
        warehouse,
        f"select customer_id from marts.customer_identifiers where identifier_value = '{value}'",
    )
    return customer_id


def test_two_identifiers_are_one_customer_by_the_shortest_chain(warehouse: Warehouse) -> None:
    verdict, link = explained(warehouse, "member_id:M1", "cookie_id:cookie2")
    mine = customer(warehouse, "M1")
    assert verdict == f"member_id M1 and cookie_id cookie2 are one customer: {mine}."
    assert link == (
        "  member_id M1 - cookie_id cookie2: 1 record of visits, 2026-07-04 to 2026-07-04"
    )


def test_two_customers_are_told_which_rule_keeps_them_apart(warehouse: Warehouse) -> None:
    verdict, given_up, cookie = explained(warehouse, "member_id:M1", "cookie_id:cookie1")
    assert verdict == (
        f"member_id M1 is customer {customer(warehouse, 'M1')}, cookie_id cookie1 is customer "
        f"{customer(warehouse, 'cookie1')}."
    )
    # the record that parts them is no evidence for the link
    assert "2 records of visits, 2026-07-01 to 2026-07-02  rejected: unlinked" in given_up
    assert cookie.endswith("2 records of visits, 2026-07-03 to 2026-07-03")
    *_, shared = explained(warehouse, "member_id:M2", "member_id:M3")
    assert shared.endswith("rejected: shared")
    assert explained(warehouse, "member_id:M1", "member_id:M2")[1:] == [
        "No chain of their records leads from one to the other."
    ]


def test_a_phone_is_asked_for_as_people_write_it(warehouse: Warehouse) -> None:
    verdict, link = explained(warehouse, "phone:+86 139-1234-5678", "cookie_id:cookie1")
    assert "are one customer" in verdict
    assert link.startswith("  phone ")


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("13912345678", "write an identifier as type:value, such as phone:13912345678"),
        ("member_id:M9", "no record held that member_id"),
        (f"phone:{PHONE[:-1]}9", "no record held that phone"),
    ],
)
def test_what_cannot_be_found_is_told(warehouse: Warehouse, asked: str, answer: str) -> None:
    ran = wire.command(warehouse, "explain", asked, "member_id:M1")
    assert ran.returncode == 1
    assert ran.stderr.startswith(f"error: {answer}")


def test_a_caller_is_known_by_the_phone_and_by_what_they_did_last(warehouse: Warehouse) -> None:
    # the phone was given up: whose cookie it is tells who calls now
    caller = customer(warehouse, "cookie1")
    lines = answered(warehouse, "recent", "+86 139-1234-5678")
    assert lines == [
        f"Customer {caller}",
        "0 orders of 0.00 CNY",
        "  2026-07-03 10:01  直接访问  加入购物车 add to cart  山茶花保湿面霜",
        "  2026-07-03 10:00  直接访问  浏览 browse",
    ]
    # written without quotes it is the same
    assert answered(warehouse, "recent", "+86", "139", "1234", "5678") == lines
    # a command line is no place for a phone
    assert answered(warehouse, "recent", "-", typed=f"{PHONE}\n") == lines


def test_a_screen_is_told_who_calls_as_json(warehouse: Warehouse) -> None:
    (line,) = answered(warehouse, "recent", "member_id:M1", "--json")
    found = json.loads(line)
    assert found["customer"]["customer_id"] == customer(warehouse, "M1")
    assert (found["customer"]["is_member"], found["customer"]["net_revenue"]) == (True, 0)
    assert [
        (activity["activity_number"], activity["event_type"], activity["last_at"])
        for activity in found["activities"]
    ] == [
        (1, "browse", "2026-07-04T02:00:00"),
        (2, "browse", "2026-07-02T02:00:00"),
        (3, "browse", "2026-07-01T02:00:00"),
        (4, "browse", "2026-06-01T02:00:00"),
    ]


@pytest.mark.parametrize("asked", ["13912345679", "phone:139****5678", "li@example.com", "M1"])
def test_an_unknown_caller_is_told_without_the_number(warehouse: Warehouse, asked: str) -> None:
    ran = wire.command(warehouse, "recent", asked)
    assert (ran.returncode, ran.stdout) == (1, "")
    said = "write an identifier as" if asked == "M1" else "no record held that "
    assert ran.stderr.startswith(f"error: {said}")
    assert asked not in ran.stderr.replace("member_id:M1", "")


def test_an_id_that_looks_like_a_phone_or_has_blanks_is_found_as_it_landed() -> None:
    pseudonymiser = Pseudonymiser(b"k" * 32)
    with duckdb.connect() as marts:
        marts.execute(
            "create table customer_identifiers (identifier_id varchar, identifier_type varchar, "
            "namespace varchar, identifier_value varchar, customer_id varchar)"
        )
        for number, value in enumerate((PHONE, "A 7")):
            (landed,) = identifier("member_id", "", value, pseudonymiser)
            assert PHONE not in landed
            row = [f"i{number}", *landed.split(":", 2), f"c{number}"]
            marts.execute("insert into customer_identifiers values ($1, $2, $3, $4, $5)", row)
            assert find(marts, f"member_id:{value}", pseudonymiser).customer_id == f"c{number}"


def test_what_is_no_text_is_told_without_it(warehouse: Warehouse) -> None:
    ran = wire.command(warehouse, "recent", "-", typed=f"member_id:{PHONE}\0\n")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == "error: an identifier has no control characters: type it anew\n"


def test_what_an_older_version_published_is_told(tmp_path: Path) -> None:
    (tmp_path / "published").mkdir()
    (tmp_path / "published" / "current.json").write_text('{"database": "marts.duckdb"}')
    with duckdb.connect(str(tmp_path / "published" / "marts.duckdb")) as marts:
        marts.execute(
            "create table customer_identifiers as select 'i1' as identifier_id, 'member_id' as "
            "identifier_type, '' as namespace, 'M-old' as identifier_value, 'c1' as customer_id"
        )
        marts.execute("create table customers as select 'c1' as customer_id")
    ran = wire.command(Warehouse(tmp_path), "recent", "member_id:M-old")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == (
        "error: what is published is older than this version: ./run publishes it anew\n"
    )


def test_history_tells_who_an_identifier_was(warehouse: Warehouse) -> None:
    rows: list[tuple[Any, ...]] = wire.query(
        warehouse,
        """
        select
            identifiers.identifier_value,
            history.change_type,
            history.is_current,
            history.valid_from::date::text,
            history.customer_id = identifiers.customer_id,
            history.caused_by_rule,
            links.identifier_type
        from marts.customer_identifier_history as history
        inner join marts.customer_identifiers as identifiers using (identifier_id)
        left join marts.identifier_links as links on history.caused_by_link_id = links.link_id
        where identifiers.identifier_value in ('M1', 'cookie1', 'cookie2')
        order by identifiers.identifier_value, history.valid_from
        """,
    )
    today = wire.query(warehouse, "select max(valid_from)::date::text from "
                       "marts.customer_identifier_history")[0][0]  # fmt: skip
    assert rows == [
        ("M1", "new", True, "2026-07-01", True, None, None),
        ("cookie1", "new", False, "2026-07-03", False, None, None),
        ("cookie1", "split", True, today, True, "unlinked", "member_id"),
        ("cookie2", "new", False, "2026-06-01", False, None, None),
        ("cookie2", "merge", True, today, True, None, "member_id"),
    ]
    changes = wire.query(
        warehouse,
        "select change_type, identifier_count from marts.customer_changes order by all",
    )
    # a phone is three identifiers: itself, and what the hashes of platforms meet
    assert changes == [("merge", 1), ("split", 4)]


def test_health_counts_what_the_rules_keep_apart(warehouse: Warehouse) -> None:
    figures = {
        (figure, of): value
        for figure, of, value in wire.query(warehouse, "from marts.identity_health")
    }
    # of the phone and of its two hashes
    assert figures["rejected_links", "unlinked"] == 3
    assert figures["rejected_links", "shared"] == 3
    # M1 to M4, the phone's owner; the tablet
    assert figures["identified_share", "customers"] == pytest.approx(5 / 6)
    assert figures["match_rate", "visits"] == 1
    assert figures["largest_customer", "identifiers"] == 4
