"""Who is calling: the customer of an identifier, and what they did last on any channel.

Reads the published marts. A phone is asked for as people write it, and is in no answer.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import duckdb

from ingestion.explain import find, literal, published_marts
from ingestion.identifiers import identifier_types
from ingestion.pseudonyms import Pseudonymiser
from ingestion.warehouse import Warehouse

CONSENTS = {
    "can_sms": "SMS 短信",
    "can_email": "e-mail 邮件",
    "is_follower": "official account 公众号",
    "is_wecom_contact": "WeCom 企业微信",
}


class Recent(NamedTuple):
    """A row of ``customers``, and the customer's rows of ``recent_activities``."""

    customer: dict[str, Any]
    activities: list[dict[str, Any]]

    def as_json(self) -> dict[str, Any]:
        """The rows with texts for times and numbers for money."""
        return {
            "customer": _plain(self.customer),
            "activities": [_plain(activity) for activity in self.activities],
        }


def recent(warehouse: Warehouse, asked: str, pseudonymiser: Pseudonymiser) -> Recent:
    """The customer of an identifier: a phone, an e-mail address, or ``type:value``.

    Raises:
        ExplainError: nothing is published, or the identifier is none, unknown, or in several
            namespaces.
    """
    with published_marts(warehouse) as marts:
        node = find(marts, _typed(asked.strip(), pseudonymiser), pseudonymiser)
        theirs = f"where customer_id = {literal(node.customer_id)}"
        (customer,) = _rows(marts, f"from customers {theirs}")
        activities = _rows(marts, f"from recent_activities {theirs} order by activity_number")
    return Recent(customer, activities)


def told(found: Recent) -> list[str]:
    """Lines for an agent: who it is, then one line an activity."""
    customer = found.customer
    known = [customer[name] for name in ("member_level", "company", "city", "tags")]
    agreed = [
        f"{name}: {'yes' if customer[column] else 'no'}"
        for column, name in CONSENTS.items()
        if customer[column] is not None
    ]
    orders = "1 order" if customer["order_count"] == 1 else f"{customer['order_count']:,} orders"
    bought = f"{orders} of {customer['net_revenue']:,.2f} CNY"
    if customer["last_order_at"]:
        bought += f", the last on {customer['last_order_at']:%Y-%m-%d}"
    head = [
        f"Customer {customer['customer_id']}",
        "; ".join([*filter(None, known), bought]),
        "; ".join(agreed),
    ]
    return [*filter(None, head), *(_line(activity) for activity in found.activities)]


def _typed(asked: str, pseudonymiser: Pseudonymiser) -> str:
    """What was asked for as ``type:value``: people write a phone or an address without its type."""
    if asked.partition(":")[0] in identifier_types():
        return asked
    if pseudonymiser.phone(asked):
        return f"phone:{asked}"
    return f"email:{asked}" if "@" in asked else asked


def _rows(marts: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    found = marts.execute(query)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _line(activity: dict[str, Any]) -> str:
    english = (activity["event_type"] or "").replace("_", " ")
    times = f"×{activity['times']}" if activity["times"] > 1 else None
    amount = None if activity["amount"] is None else f"{activity['amount']:,.2f} CNY"
    about = ("item", "content_id", "keyword", "source_order_id", "store_id", "staff_id")
    words = (
        activity["channel_zh"] or activity["channel"] or activity["source"],
        f"{activity['activity_zh']} {english}".strip(),
        *(activity[name] for name in about),
        amount,
        times,
    )
    return f"  {activity['last_at_local']:%Y-%m-%d %H:%M}  {'  '.join(filter(None, words))}"


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: _as_json(value) for name, value in row.items()}


def _as_json(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value
