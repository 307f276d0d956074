"""Who is who before and after, compared within the copy."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

import duckdb

from ingestion.explain import shortened

# What a build overwrites, kept aside. Of a link either end may become the stronger.
SNAPSHOT = (
    "create schema before",
    "create table before.customers as "
    "select identifier_id, customer_id from intermediate.int_identifiers_resolved",
    "create table before.sets as "
    "select identifier_set_id, customer_id from intermediate.int_identifier_sets_resolved",
    "create table before.links as select least(strong_id, weak_id) as one, "
    "greatest(strong_id, weak_id) as other, rejected_by "
    "from intermediate.int_identifier_links_trusted",
    "create table before.changes as select coalesce(max(change_seq), 0) as change_seq "
    "from intermediate.int_identifier_customer_changes",
)
CHANGES = (
    "(select * from intermediate.int_identifier_customer_changes where change_type in "
    "('merge', 'split') and change_seq > (select change_seq from before.changes))"
)
MOVED_SETS = (
    "(select resolved.* from intermediate.int_identifier_sets_resolved as resolved "
    "inner join before.sets as kept using (identifier_set_id) "
    "where resolved.customer_id <> kept.customer_id)"
)
SAMPLES = 3


class Edit(NamedTuple):
    """A seed that the work tree has otherwise than the warehouse."""

    seed: str
    lines_added: int
    lines_removed: int


class Moves(NamedTuple):
    """Customers whose identifiers go to other customers."""

    customers: int
    into: int
    identifiers: int


class Change(NamedTuple):
    """Two customers between whom identifiers move."""

    change_type: str
    previous_customer_id: str
    customer_id: str
    identifiers: int
    sample: list[str]
    link: list[str] | None
    rule: str | None


class Largest(NamedTuple):
    """The largest of the customers to whom identifiers come."""

    customer_id: str
    identifiers: int
    identifiers_before: int


class Comparison(NamedTuple):
    """What edited rules would change.

    ``links_rejected`` counts links that hold now by the rule that would reject them,
    ``links_accepted`` those that would hold by the rule that rejects them now. Links are made and
    unmade where another identifier of their records becomes the strongest.
    """

    edits: list[Edit]
    newly_blocked: int
    customers_before: int
    customers_after: int
    merged: Moves
    split: Moves
    links_rejected: dict[str, int]
    links_accepted: dict[str, int]
    links_made: int
    links_unmade: int
    events: int
    events_of_nobody: int
    orders: int
    net_revenue: Decimal
    largest: Largest | None
    changes: list[Change]

    @property
    def changes_nothing(self) -> bool:
        """Whether every link and every record stays what and whose it is."""
        return not (
            self.merged.customers
            or self.split.customers
            or self.links_rejected
            or self.links_accepted
            or self.links_made
            or self.links_unmade
            or self.events
            or self.orders
        )

    def as_json(self) -> dict[str, Any]:
        """The same as a JSON object."""
        nested = {
            "edits": [edit._asdict() for edit in self.edits],
            "merged": self.merged._asdict(),
            "split": self.split._asdict(),
            "net_revenue": float(self.net_revenue),
            "largest": self.largest and self.largest._asdict(),
            "changes": [change._asdict() for change in self.changes],
        }
        return self._asdict() | nested


def compare(
    database: duckdb.DuckDBPyConnection, edits: list[Edit], newly_blocked: int, changes: int
) -> Comparison:
    """The copy after its build against what was kept aside before."""
    rejected, accepted, made, unmade = _links(database)
    (events, events_of_nobody), (orders, net_revenue) = _records(database)
    return Comparison(
        edits=edits,
        newly_blocked=newly_blocked,
        customers_before=_customers(database, "before.customers"),
        customers_after=_customers(database, "intermediate.int_identifiers_resolved"),
        merged=_moves(database, "merge"),
        split=_moves(database, "split"),
        links_rejected=rejected,
        links_accepted=accepted,
        links_made=made,
        links_unmade=unmade,
        events=events,
        events_of_nobody=events_of_nobody,
        orders=orders,
        net_revenue=net_revenue,
        largest=_largest(database),
        changes=_changes(database, changes),
    )


def _customers(database: duckdb.DuckDBPyConnection, table: str) -> int:
    return database.execute(f"select count(distinct customer_id) from {table}").fetchall()[0][0]


def _moves(database: duckdb.DuckDBPyConnection, change_type: str) -> Moves:
    (row,) = database.execute(
        "select count(distinct previous_customer_id), count(distinct customer_id), count(*) "
        f"from {CHANGES} where change_type = ?",
        [change_type],
    ).fetchall()
    return Moves(*row)


def _links(
    database: duckdb.DuckDBPyConnection,
) -> tuple[dict[str, int], dict[str, int], int, int]:
    rows = database.execute(
        """
        with now as (
            select
                least(strong_id, weak_id) as one, greatest(strong_id, weak_id) as other, rejected_by
            from intermediate.int_identifier_links_trusted
        )
        select
            before.one is not null as was, now.one is not null as is,
            before.rejected_by, now.rejected_by, count(*)
        from before.links as before
        full join now on before.one = now.one and before.other = now.other
        group by all
        order by count(*) desc, before.rejected_by, now.rejected_by
        """
    ).fetchall()
    both = [
        (rule_before, rule, count) for was, is_, rule_before, rule, count in rows if was and is_
    ]
    return (
        {rule: count for rule_before, rule, count in both if rule and not rule_before},
        {rule_before: count for rule_before, rule, count in both if rule_before and not rule},
        sum(count for was, _, _, rule, count in rows if not was and not rule),
        sum(count for _, is_, rule, _, count in rows if not is_ and not rule),
    )


def _records(
    database: duckdb.DuckDBPyConnection,
) -> tuple[tuple[int, int], tuple[int, Decimal]]:
    """Events that get another customer, and of these nobody; orders that do, and their money."""
    (events,) = database.execute(
        "select count(*), count(*) filter (sets.customer_id = 'unknown') "
        f"from intermediate.int_events_unioned inner join {MOVED_SETS} as sets "
        "using (identifier_set_id) where exclusion_reason is null"
    ).fetchall()
    (orders,) = database.execute(
        "select count(*), coalesce(sum(orders.net_revenue), 0) from marts.orders as orders "
        "inner join intermediate.int_orders_composed as composed "
        "on orders.order_id = cast(composed.order_id as varchar) "
        f"inner join {MOVED_SETS} as sets using (identifier_set_id)"
    ).fetchall()
    return events, orders


def _largest(database: duckdb.DuckDBPyConnection) -> Largest | None:
    rows = database.execute(
        f"""
        with grown as (
            select customer_id, count(*) as identifiers
            from intermediate.int_identifiers_resolved
            where customer_id in (select customer_id from {CHANGES})
            group by customer_id
        )
        select
            customer_id, identifiers,
            (select count(*) from before.customers where customer_id = grown.customer_id)
        from grown
        order by identifiers desc, customer_id
        limit 1
        """
    ).fetchall()
    return Largest(*rows[0]) if rows else None


def _changes(database: duckdb.DuckDBPyConnection, limit: int) -> list[Change]:
    """The largest changes, each with its strongest identifiers and a link that did it."""
    rows = database.execute(
        f"""
        select
            changes.change_type, changes.previous_customer_id, changes.customer_id, count(*),
            list(changes.identifier_id order by types.strength, changes.identifier_id)[:{SAMPLES}],
            min((changes.caused_by_strong_id, changes.caused_by_weak_id))
                filter (changes.caused_by_strong_id is not null),
            min(changes.caused_by_rule)
        from {CHANGES} as changes
        left join intermediate.int_identifiers_observed as identifiers using (identifier_id)
        left join seeds.identifier_types as types using (identifier_type)
        group by changes.change_type, changes.previous_customer_id, changes.customer_id
        order by count(*) desc, changes.previous_customer_id, changes.customer_id
        limit ?
        """,
        [limit],
    ).fetchall()
    named = {identifier_id for row in rows for identifier_id in (*row[4], *_ends(row[5]))}
    names = {
        identifier_id: shortened(*parts)
        for identifier_id, *parts in database.execute(
            "select identifier_id, identifier_type, namespace, identifier_value "
            "from intermediate.int_identifiers_observed "
            "where identifier_id in (select unnest(?::bigint[]))",
            [list(named)],
        ).fetchall()
    }
    return [
        Change(
            *row[:4],
            sample=[names[identifier_id] for identifier_id in row[4]],
            link=[names[end] for end in _ends(row[5])] or None,
            rule=row[6],
        )
        for row in rows
    ]


def _ends(link: Any) -> tuple[int, ...]:
    """The two ends of a link as DuckDB hands it over: a tuple, or a mapping of its fields."""
    return tuple(link.values() if isinstance(link, dict) else link or ())
