"""Why two identifiers are one customer, or are not: the chain of records between them.

Reads the published marts. What is asked for may be a phone as people write it; the key that leads
to its pseudonym is here and not in the warehouse.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import duckdb

from ingestion import ToldError
from ingestion.identifiers import identifier, identifier_types
from ingestion.pseudonyms import Pseudonymiser
from ingestion.warehouse import Warehouse

# Also what stands for bytes that are no text.
NO_TEXT = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


class ExplainError(ToldError):
    """The question cannot be answered; the message says why and what to do."""


class Node(NamedTuple):
    """An identifier, and the customer it belongs to."""

    identifier_id: str
    name: str
    customer_id: str


class Link(NamedTuple):
    """Two identifiers that records held together."""

    one: str
    other: str
    rejected_by: str | None
    records: int
    sources: str
    first_seen: str
    last_seen: str


def explain(warehouse: Warehouse, one: str, other: str, pseudonymiser: Pseudonymiser) -> list[str]:
    """Lines that say why two identifiers (``type:value``) are one customer, or are not.

    Raises:
        ExplainError: nothing is published, or an identifier is none, unknown, or in several
            namespaces.
    """
    with published_marts(warehouse) as marts:
        ends = [find(marts, text, pseudonymiser) for text in (one, other)]
        start, end = ends
        same = start.customer_id == end.customer_id
        if start.identifier_id == end.identifier_id:
            return [f"Both are {start.name}, of customer {start.customer_id}."]
        path = _shortest(marts, start, end, trusted=True) if same else None
        path = path or _shortest(marts, start, end, trusted=False)
        names = dict(_names(marts, {node for link in path or () for node in link[:2]}))
    verdict = (
        f"{start.name} and {end.name} are one customer: {start.customer_id}."
        if same
        else f"{start.name} is customer {start.customer_id}, {end.name} is customer "
        f"{end.customer_id}."
    )
    if path is None:
        return [verdict, "No chain of their records leads from one to the other."]
    return [verdict, *_told(path, start.identifier_id, names)]


def _told(path: list[Link], at: str, names: dict[str, str]) -> Iterator[str]:
    for link in path:
        after = link.other if link.one == at else link.one
        records = "1 record" if link.records == 1 else f"{link.records:,} records"
        rule = f"  rejected: {link.rejected_by}" if link.rejected_by else ""
        yield (
            f"  {names[at]} - {names[after]}: {records} of {link.sources}, "
            f"{link.first_seen} to {link.last_seen}{rule}"
        )
        at = after


@contextmanager
def published_marts(warehouse: Warehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published marts, to read.

    Raises:
        ExplainError: nothing is published, or lacks what this version reads.
    """
    current = warehouse.current()
    if current is None:
        raise ExplainError("nothing is published yet: ./run publishes the marts")
    try:
        database = warehouse.published / current["database"]
        with duckdb.connect(str(database), read_only=True) as marts:
            yield marts
    except duckdb.Error:
        # the database's own words quote the query, and with it what was asked for
        raise ExplainError(
            "what is published is older than this version: ./run publishes it anew"
        ) from None


def find(marts: duckdb.DuckDBPyConnection, text: str, pseudonymiser: Pseudonymiser) -> Node:
    """The identifier that a ``type:value`` means.

    Raises:
        ExplainError: it is none, unknown, or in several namespaces.
    """
    kind, _, value = text.partition(":")
    if NO_TEXT.search(text):
        raise ExplainError("an identifier has no control characters: type it anew")
    if kind not in identifier_types() or not value:
        raise ExplainError(
            "write an identifier as type:value, such as phone:13912345678 or member_id:M1; types "
            f"are {', '.join(identifier_types())}"
        )
    # as they landed; of a phone also its hashes: a platform may have told nothing else
    forms = (name.split(":", 2) for name in identifier(kind, "", value, pseudonymiser))
    for form, _, token in forms:
        rows = marts.execute(
            "select identifier_id, identifier_type, namespace, identifier_value, customer_id "
            f"from customer_identifiers where identifier_type = {literal(form)} "
            f"and {literal(token)} in (identifier_value, namespace || ':' || identifier_value)"
        ).fetchall()
        if len(rows) > 1:
            found = ", ".join(sorted(f"{kind}:{row[2]}:…" for row in rows))
            raise ExplainError(f"{kind} is there in {len(rows)} namespaces: name one ({found})")
        if rows:
            ((identifier_id, _, namespace, value, customer_id),) = rows
            return Node(identifier_id, shortened(form, namespace, value), customer_id)
    raise ExplainError(f"no record held that {kind}")


def literal(text: str) -> str:
    """A text in SQL. To bind a parameter duckdb imports pandas, and a caller waits for it."""
    return "'" + text.replace("'", "''") + "'"


def shortened(kind: str, namespace: str, value: str) -> str:
    """An identifier by its type and the beginning of its value."""
    shown = value if len(value) <= 20 else f"{value[:12]}…"
    return f"{kind} {namespace + ':' if namespace else ''}{shown}"


def _names(marts: duckdb.DuckDBPyConnection, identifier_ids: set[str]) -> list[tuple[str, str]]:
    rows = marts.execute(
        "select identifier_id, identifier_type, namespace, identifier_value "
        "from customer_identifiers where identifier_id in (select unnest($1))",
        [list(identifier_ids)],
    ).fetchall()
    return [(row[0], shortened(*row[1:])) for row in rows]


def _shortest(
    marts: duckdb.DuckDBPyConnection, start: Node, end: Node, trusted: bool
) -> list[Link] | None:
    """The fewest links from one to the other; of equally few, those with the most records.

    Only links of the two customers are looked at: no other can lie between two identifiers of one.
    """
    rows = marts.execute(
        "select identifier_id, other_identifier_id, rejected_by, observation_count, sources, "
        "first_seen_at::date::text, last_seen_at::date::text from identifier_links "
        "where (customer_id in ($1, $2) or other_customer_id in ($1, $2)) "
        "and (is_trusted or not $3) order by observation_count desc, link_id",
        [start.customer_id, end.customer_id, trusted],
    ).fetchall()
    links_of: defaultdict[str, list[Link]] = defaultdict(list)
    for link in map(Link._make, rows):
        links_of[link.one].append(link)
        links_of[link.other].append(link)
    reached: dict[str, Link | None] = {start.identifier_id: None}
    waiting = deque([start.identifier_id])
    while waiting and end.identifier_id not in reached:
        at = waiting.popleft()
        for link in links_of[at]:
            after = link.other if link.one == at else link.one
            if after not in reached:
                reached[after] = link
                waiting.append(after)
    if end.identifier_id not in reached:
        return None
    path: list[Link] = []
    at = end.identifier_id
    while (link := reached[at]) is not None:
        path.append(link)
        at = link.one if link.other == at else link.other
    return path[::-1]
