"""Snowplow trackers: page views, structured and self-describing events, in batches or images.

All values are texts. Contexts and self-describing events are JSON in a text, often in base64.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import Any

from ingestion.files import LandedFile
from ingestion.gateway import (
    Request,
    Results,
    as_list,
    as_object,
    at,
    dump,
    each,
    load_json,
    query_of,
    read_requests,
    required,
)
from ingestion.pseudonyms import Pseudonymiser
from ingestion.records import BadRecord, BadRecordError, Record, instant

PLAIN = ("co", "ue_pr")
ENCODED = {"cx": "co", "ue_px": "ue_pr"}
# One event for all steps of a shop: its type tells which.
ECOMMERCE = "snowplow_ecommerce_action"
PROPERTIES = {
    "page_title": "page",
    "category": "se_ca",
    "label": "se_la",
    "value": "se_va",
    "revenue": "tr_tt",
    "target_url": "ue_pr.data.data.targetUrl",
}


def read(file: LandedFile, pseudonymiser: Pseudonymiser) -> Iterator[Record | BadRecord]:
    """Every event; key: eid, which a tracker's second try keeps."""

    def record(item: Any, request: Request) -> Record:
        event = pseudonymiser.scrub_values(unfolded(as_object(item, "the event")))
        happened_at = required({"dtm": event.get("ttm") or event.get("dtm")}, "dtm")
        instant(happened_at, per_second=1000)
        bought = next(iter(_contexts(event, "transaction") or _contexts(event, "refund")), {})
        own = {
            "_occurred_ms": happened_at,
            "_action": _action(event),
            "_product_id": _product_id(event),
            "_order_id": at(bought, "transaction_id"),
            "_properties": _known(
                {"revenue": at(bought, "revenue")}
                | _known({name: at(event, path) for name, path in PROPERTIES.items()})
            ),
            "_ip": request.ip,
            "_user_agent": pseudonymiser.scrub(event.get("ua") or request.user_agent),
        }
        key = (required(event, "eid"),)
        return Record(
            required(event, "e"), key, happened_at, request.received_at, dump(event | own)
        )

    def parse(request: Request) -> Results:
        yield from each(events_of(request.body, request.query), lambda item: record(item, request))

    return read_requests(file, parse)


def events_of(body: bytes, query: str) -> list[Any]:
    """The events of a batch, or the one in the query of an image request.

    Raises:
        BadRecordError: there is none.
    """
    if not body:
        return [query_of(query)]
    return as_list(as_object(load_json(body), "the body").get("data"), "data")


def unfolded(event: dict[str, Any]) -> dict[str, Any]:
    """The event with its contexts as JSON objects, under one name whichever way they came.

    Raises:
        BadRecordError: a context is no JSON.
    """
    plain = {name: value for name, value in event.items() if name not in ENCODED}
    for name in PLAIN:
        if isinstance(text := event.get(name), str) and text:
            plain[name] = load_json(text)
    for name, plain_name in ENCODED.items():
        if text := event.get(name):
            plain[plain_name] = load_json(_decoded(name, str(text).encode()))
    return plain


def _decoded(name: str, text: bytes) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4))
    except binascii.Error as error:
        raise BadRecordError(f"{name} is no base64", "The body was cut on its way.") from error


def _action(event: dict[str, Any]) -> str | None:
    """What was done, of events whose kind does not tell: their action, or the name of their schema.

    A schema is ``iglu:<vendor>/<name>/jsonschema/<version>``.
    """
    name = str(at(event, "ue_pr.data.schema") or "").partition("/")[2].partition("/")[0]
    if name == ECOMMERCE:
        return at(event, "ue_pr.data.data.type")
    return event.get("se_ac") or name or None


def _product_id(event: dict[str, Any]) -> Any:
    """The product of the event itself, or of the first product among its contexts."""
    for holder in (at(event, "ue_pr.data.data"), *_contexts(event, "product")):
        for name in ("product_id", "sku", "id"):
            if value := at(holder, name):
                return value
    return event.get("ti_sk")


def _contexts(event: dict[str, Any], name: str) -> list[Any]:
    """What the contexts of one schema say."""
    contexts = at(event, "co.data")
    return [
        at(context, "data")
        for context in (contexts if isinstance(contexts, list) else [])
        if f"/{name}/" in str(at(context, "schema"))
    ]


def _known(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "")}
