"""The identity graph ends the same for any order of links and retractions, and its ids stay.

Worlds never meet, so that many schedules go through one run of the models.
OMNITOUCH_TEST_IDENTITY_EXAMPLES raises how many times that many worlds are drawn.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.identity import graphs
from tests.warehouse import worlds

WORLDS = 250
DELIVERIES = 4
STOP = "int_identifier_link_changes"
EXAMPLES = int(os.environ.get("OMNITOUCH_TEST_IDENTITY_EXAMPLES", "2"))
# of each world, by its number
IDENTIFIERS = (
    *(f"member_id::M{at}w{{}}" for at in range(3)),
    *(f"phone::{at}{{:031x}}" for at in range(3)),
    "wechat_open_id:wx1:O0w{}",
    "wechat_open_id:wx2:O0w{}",
    *(f"cookie_id::C{at}w{{}}" for at in range(5)),
    *(f"ocean_click_id::K{at}w{{}}" for at in range(3)),
)
BLOCKED = "cookie_id::unknown"
EVENT_TYPES = ("browse",) * 12 + (
    "identity_unlink",
    "identity_unlink",
    "erasure_requested",
    "merge_consent_withdrawn",
    "merge_consent_given",
)
START = datetime(2026, 1, 1)


def records(chance: random.Random) -> Iterator[tuple[int, dict[str, Any]]]:
    """The records of a world, and the delivery that brings each."""
    for _ in range(chance.randint(2, 14)):
        named = chance.sample(IDENTIFIERS, chance.randint(1, 3))
        if chance.random() < 0.05:
            named.append(BLOCKED)
        yield (
            chance.randint(1, DELIVERIES),
            {
                "event_type": chance.choice(EVENT_TYPES),
                "identifiers": named,
                "occurred_at": START + timedelta(days=chance.randint(0, 400)),
            },
        )


def of_world(number: int, record: dict[str, Any]) -> dict[str, Any]:
    named = [text.format(number) for text in record["identifiers"]]
    return record | {"identifiers": " ".join(named)}


@pytest.mark.slow
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="OMNITOUCH_TEST_IDENTITY_EXAMPLES" not in os.environ,
    # a seed says no less for being smaller
    phases=(Phase.generate,),
)
@given(seed=st.integers(1, 2**32))
def test_any_schedule_ends_in_the_graph_of_a_rebuild(
    template: Path, tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    chance = random.Random(seed)
    drawn = [list(records(chance)) for _ in range(WORLDS)]
    warehouse = tmp_path_factory.mktemp("schedules")
    worlds.start_over(warehouse, template)
    # so low a limit that worlds of this size reach it
    graphs.execute(warehouse, "update seeds.identifier_types set max_links = 5 where max_links > 5")
    stopped = {chance.randint(1, DELIVERIES - 1)} if chance.random() < 0.5 else set()
    before: dict[str, str] = {}
    for load in range(1, DELIVERIES + 1):
        arrived = [
            of_world(number, record)
            for number, world in enumerate(drawn)
            for delivery, record in world
            if delivery == load
        ]
        graphs.deliver(warehouse, arrived, load)
        if load in stopped:
            # a run that ends before the graph: the next one has the verdicts of both
            graphs.build(warehouse, "--exclude", *graphs.MODELS[graphs.MODELS.index(STOP) + 1 :])
            continue
        graphs.build(warehouse)
        now = graphs.customers(warehouse)
        check_ids(before, now)
        before = now
    incremental = state(warehouse)
    graphs.build(warehouse, "--full-refresh")
    rebuilt = state(warehouse)
    for name, rows in incremental.items():
        assert rows == rebuilt[name], name
    assert graphs.customers(warehouse) == before
    assert dict(rebuilt["clustered"]) == graphs.connected(warehouse, "int_identifier_links_judged")
    check_customers(warehouse, before)


def check_ids(before: dict[str, str], now: dict[str, str]) -> None:
    """Whoever did not change kept the id, and so did whoever only grew."""
    groups, groups_before = graphs.groups(now), graphs.groups(before)
    for customer, identifiers in groups_before.items():
        here = {now[identifier] for identifier in identifiers}
        if len(here) == 1:
            (customer_now,) = here
            others = {before.get(identifier) for identifier in groups[customer_now]}
            assert others - {None, customer} or customer_now == customer


def check_customers(warehouse: Path, customers: dict[str, str]) -> None:
    """Customers are what the trusted links connect; nobody has two member ids."""
    connected = graphs.connected(warehouse, "int_identifier_links_trusted")
    components = {
        identifier: str(connected.get(identifier, identifier))
        for (identifier,) in graphs.query(
            warehouse, "select identifier_id from intermediate.int_identifiers_observed"
        )
    }
    resolved = dict(
        graphs.query(
            warehouse,
            "select identifier_id, customer_id from intermediate.int_identifiers_resolved",
        )
    )
    assert set(graphs.groups(resolved).values()) == set(graphs.groups(components).values())
    members = [customer for text, customer in customers.items() if text.startswith("member_id")]
    assert len(members) == len(set(members)) > WORLDS


def state(warehouse: Path) -> dict[str, list[tuple[Any, ...]]]:
    """What a rebuild must find again."""
    tables = {
        "observed": "int_identifiers_observed",
        "judged": "int_identifier_links_judged",
        "clustered": "int_identifiers_clustered",
        "separated": "int_identifiers_separated",
        "resolved": "int_identifiers_resolved",
    }
    return {
        name: graphs.query(warehouse, f"select * from intermediate.{table} order by all")
        for name, table in tables.items()
    }
