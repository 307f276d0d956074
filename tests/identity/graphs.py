"""A warehouse of which only the identity graph is run, on records that a test makes up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import networkx as nx
import pandas as pd

from tests.warehouse import worlds
from tests.warehouse.worlds import query

MODELS = (
    "int_identifier_sets_observed",
    "int_identifier_values_blocked",
    "int_identifier_sets_exploded",
    "int_identifier_retractions",
    "int_identifiers_touched",
    "int_identifiers_observed",
    "int_identifier_links_exact",
    "int_identifiers_parted",
    "int_identifier_links_retracted",
    "int_identifier_links_judged",
    "int_identifier_link_changes",
    "int_identifiers_clustered",
    "int_identifiers_separated",
    "int_identifier_links_trusted",
    "int_identifiers_grouped",
    "int_identifiers_resolved",
    "int_identifier_customer_changes",
)


def empty(directory: Path) -> None:
    """A warehouse with everything the identity models read, and nothing in it."""
    worlds.empty_warehouse(directory)
    worlds.dbt(directory, "run", "--select", "+path:models/intermediate/identity")


def execute(warehouse: Path, *statements: str) -> None:
    with duckdb.connect(str(warehouse / "omnitouch.duckdb")) as database:
        for statement in statements:
            database.execute(statement)


def deliver(warehouse: Path, records: Iterable[Mapping[str, Any]], load: int) -> None:
    """Append records (event_type, identifiers, occurred_at) as the events of one load."""
    rows = [
        {
            "event_id": f"{load}-{number}",
            "source": "sensors",
            "event_type": record["event_type"],
            "identifier_set": record["identifiers"],
            "occurred_at": record["occurred_at"],
            "load_seq": load,
        }
        for number, record in enumerate(records)
    ]
    if rows:
        with duckdb.connect(str(warehouse / "omnitouch.duckdb")) as database:
            database.register("arrived", pd.DataFrame(rows))
            database.execute(
                "insert into intermediate.int_events_unioned by name select *, "
                "cast(cast('0x' || substr(md5(identifier_set), 1, 16) as ubigint) >> 1 as bigint) "
                "as identifier_set_id from arrived"
            )


def build(warehouse: Path, *arguments: str) -> None:
    worlds.dbt(warehouse, "run", "--select", *MODELS, *arguments)


def customers(warehouse: Path) -> dict[str, str]:
    """The customer of every identifier, by its text."""
    return dict(
        query(
            warehouse,
            "select identifier_type || ':' || namespace || ':' || identifier_value, customer_id "
            "from intermediate.int_identifiers_observed "
            "inner join intermediate.int_identifiers_resolved using (identifier_id)",
        )
    )


def groups(labels: Mapping[Any, str]) -> dict[str, frozenset[Any]]:
    """What belongs to each label."""
    found = defaultdict(set)
    for item, label in labels.items():
        found[label].add(item)
    return {label: frozenset(items) for label, items in found.items()}


def connected(warehouse: Path, links: str) -> dict[int, int]:
    """The smallest identifier that each linked one is connected to, as networkx has it."""
    graph = nx.Graph(
        query(
            warehouse,
            f"select strong_id, weak_id from intermediate.{links} where rejected_by is null",
        )
    )
    return {
        node: min(component) for component in nx.connected_components(graph) for node in component
    }
