"""Segment and RudderStack calls (track, page, identify …), alone or in batches."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
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
from ingestion.records import BadRecord, Record, moment

PROPERTIES = {
    "page_title": "context.page.title",
    "screen": "name",
    "search_query": "properties.query",
    "product_name": "properties.name",
    "revenue": "properties.revenue",
    "coupon": "properties.coupon",
    "banner": "properties.promotion_id",
    "app_name": "context.app.name",
}
# What a system calls its advertising id.
ADVERTISING_IDS = {"ios": "_idfa", "android": "_oaid"}


def read(file: LandedFile, pseudonymiser: Pseudonymiser) -> Iterator[Record | BadRecord]:
    """Every call; key: messageId, which an SDK's second try keeps."""

    def record(item: Any, request: Request, context: dict[str, str]) -> Record:
        call = pseudonymiser.scrub_values(as_object(item, "the call"))
        called_at = str(
            call.get("originalTimestamp")
            or call.get("timestamp")
            or call.get("sentAt")
            or request.received_at.isoformat()
        )
        kind = call.get("type") or required(context, "type")
        own = {
            "type": kind,
            "_occurred_ms": round(moment(called_at, UTC).timestamp() * 1000),
            "_product_id": _product_id(call),
            # an identify call tells them itself, any other in its context
            "_traits": (at(call, "context.traits") or {}) | (call.get("traits") or {}),
            "_quantity": _quantity(call),
            "_properties": {
                name: value
                for name, path in PROPERTIES.items()
                if (value := at(call, path)) not in (None, "")
            },
            # a page call tells its page itself; a server speaks for a browser elsewhere
            "_page_url": at(call, "properties.url") or at(call, "context.page.url"),
            "_referrer": at(call, "properties.referrer") or at(call, "context.page.referrer"),
            ADVERTISING_IDS.get(
                str(at(call, "context.device.type")).lower(), "_advertising_id"
            ): at(call, "context.device.advertisingId"),
            "_ip": at(call, "context.ip") or request.ip,
            "_user_agent": at(call, "context.userAgent") or pseudonymiser.scrub(request.user_agent),
            "_project": pseudonymiser.scrub(context.get("writeKey", "")),
        }
        key = (required(call, "messageId"),)
        return Record(str(kind), key, called_at, request.received_at, dump(call | own))

    def parse(request: Request) -> Results:
        body = as_object(load_json(request.body), "the body")
        calls = as_list(body["batch"], "batch") if "batch" in body else [body]
        context = query_of(request.query)
        yield from each(calls, lambda call: record(call, request, context))

    return read_requests(file, parse)


def _product_id(call: dict[str, Any]) -> Any:
    """The product a call is about: its own, or the first of its list."""
    products = at(call, "properties.products")
    listed = products[0] if isinstance(products, list) and products else None
    for holder in (at(call, "properties"), listed):
        for name in ("product_id", "sku"):
            if value := at(holder, name):
                return value
    return None


def _quantity(call: dict[str, Any]) -> float:
    """The pieces of all products of an order; one where it lists none."""
    products = at(call, "properties.products")
    listed = products if isinstance(products, list) else []
    return sum(float(at(one, "quantity") or 1) for one in listed) or 1
