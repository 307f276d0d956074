"""Where the id of a customer stays when customers turn out to be one, or two."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from tests.identity import graphs
from tests.warehouse import worlds

P1 = "1" * 32


@pytest.fixture
def warehouse(template: Path, tmp_path: Path) -> Path:
    worlds.start_over(tmp_path, template)
    return tmp_path


def deliver(warehouse: Path, load: int, *records: tuple[int, str]) -> dict[str, str]:
    """Deliver records (day, identifiers), build, and tell whose every identifier is."""
    graphs.deliver(
        warehouse,
        [
            {
                "event_type": "identity_unlink" if "unlink" in named else "browse",
                "identifiers": named.removeprefix("unlink "),
                "occurred_at": datetime(2026, 7, day),
            }
            for day, named in records
        ],
        load,
    )
    graphs.build(warehouse)
    return graphs.customers(warehouse)


def test_an_id_stays_where_the_strongest_then_the_oldest_identifier_is(warehouse: Path) -> None:
    before = deliver(
        warehouse,
        1,
        (1, "cookie_id::old"),
        (2, "member_id::M1"),
        (3, "cookie_id::a"),
        (4, "cookie_id::b"),
        (5, "member_id::M2 cookie_id::c"),
        (5, "cookie_id::untouched"),
    )
    assert len(set(before.values())) == 6
    now = deliver(
        warehouse,
        2,
        # the cookie came first, the member is stronger
        (6, "member_id::M1 cookie_id::old"),
        # the older of two that are as strong
        (7, "cookie_id::b cookie_id::a"),
        # one who turns out to be two: the member keeps the id
        (8, "unlink member_id::M2 cookie_id::c"),
    )
    assert now["member_id::M1"] == now["cookie_id::old"] == before["member_id::M1"]
    assert now["cookie_id::a"] == now["cookie_id::b"] == before["cookie_id::a"]
    assert now["member_id::M2"] == before["member_id::M2"]
    assert now["cookie_id::untouched"] == before["cookie_id::untouched"]
    assert now["cookie_id::c"] not in before.values()

    graphs.build(warehouse, "--full-refresh")
    assert graphs.customers(warehouse) == now
    again = deliver(warehouse, 3, (9, "member_id::M2 cookie_id::c"))
    assert again["cookie_id::c"] == before["member_id::M2"]


def test_an_id_that_nobody_else_claims_is_not_lost(warehouse: Path) -> None:
    before = deliver(
        warehouse, 1, (1, f"member_id::M1 phone::{P1}"), (2, "wechat_open_id:wx1:O1 cookie_id::c")
    )
    # the phone goes from one to the other, whose id it must not take with it
    now = deliver(
        warehouse,
        2,
        (3, f"unlink member_id::M1 phone::{P1}"),
        (4, f"phone::{P1} wechat_open_id:wx1:O1"),
    )
    assert now["member_id::M1"] == before["member_id::M1"]
    assert now[f"phone::{P1}"] == now["cookie_id::c"] == before["cookie_id::c"]


def test_an_account_joins_nobody_who_is_named_with_it(warehouse: Path) -> None:
    now = deliver(
        warehouse,
        1,
        (1, f"phone::{P1} crm_account_id::A1"),
        (2, "crm_contact_id::C1 crm_account_id::A1"),
        (3, "crm_contact_id::C2 crm_account_id::A1 cookie_id::c"),
    )
    assert len(set(now.values())) == 4
    assert now["crm_contact_id::C2"] == now["cookie_id::c"]


def test_a_verdict_that_was_overtaken_before_the_graph_saw_it_joins_nobody(warehouse: Path) -> None:
    deliver(warehouse, 1, (1, "cookie_id::c"))
    linked = {"event_type": "browse", "occurred_at": datetime(2026, 7, 2)}
    graphs.deliver(warehouse, [linked | {"identifiers": "member_id::M1 cookie_id::c"}], 2)
    graphs.build(warehouse, "--exclude", "int_identifiers_clustered+")
    now = deliver(
        warehouse, 3, (3, "member_id::M2 cookie_id::c"), (3, "member_id::M3 cookie_id::c")
    )
    assert len({now[f"member_id::M{number}"] for number in (1, 2, 3)} | {now["cookie_id::c"]}) == 4


def test_what_moved_is_told_once(warehouse: Path) -> None:
    deliver(warehouse, 1, (1, "cookie_id::a"), (2, "member_id::M1"))
    graphs.build(warehouse)
    deliver(warehouse, 2, (3, "member_id::M1 cookie_id::a"))
    graphs.build(warehouse)
    changes = graphs.query(
        warehouse,
        "select change_type, change_seq from intermediate.int_identifier_customer_changes "
        "order by all",
    )
    assert changes == [("merge", 2), ("new", 1), ("new", 1)]
