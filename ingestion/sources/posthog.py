"""PostHog events: page views, autocaptured clicks, identifications, the brand's own events."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, timedelta
from typing import Any

from ingestion.files import LandedFile
from ingestion.gateway import (
    Request,
    Results,
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
    "page_title": "properties.title",
    "screen": "properties.$screen_name",
    "element_text": "properties.$el_text",
    "search_query": "properties.query",
    "duration_seconds": "properties.$prev_pageview_duration",
    "revenue": "properties.revenue",
    "coupon": "properties.coupon",
}


def read(file: LandedFile, pseudonymiser: Pseudonymiser) -> Iterator[Record | BadRecord]:
    """Every event; key: uuid or ``$insert_id``, or else (token, distinct_id, event, time)."""

    def record(item: Any, request: Request, token: str) -> Record:
        event = pseudonymiser.scrub_values(as_object(item, "the event"))
        name = required(event, "event")
        distinct_id = str(event.get("distinct_id") or at(event, "properties.distinct_id") or "")
        happened_at = str(event.get("timestamp") or _before(request, event))
        own = {
            "distinct_id": required({"distinct_id": distinct_id}, "distinct_id"),
            # who it was until now: of an identification, or of an alias
            "_previous_id": at(event, "properties.$anon_distinct_id")
            or at(event, "properties.alias"),
            "_occurred_ms": round(moment(happened_at, UTC).timestamp() * 1000),
            "_properties": {
                name: value
                for name, path in PROPERTIES.items()
                if (value := at(event, path)) not in (None, "")
            },
            "_ip": request.ip,
            "_user_agent": pseudonymiser.scrub(request.user_agent),
            "_project": pseudonymiser.scrub(token),
        }
        event_key = event.get("uuid") or at(event, "properties.$insert_id")
        key = (str(event_key),) if event_key else (token, distinct_id, name, happened_at)
        return Record(name, key, happened_at, request.received_at, dump(event | own))

    def parse(request: Request) -> Results:
        body = load_json(request.body)
        listed = body.get("batch", body) if isinstance(body, dict) else body
        token = query_of(request.query).get("token", "")
        items = listed if isinstance(listed, list) else [listed]
        yield from each(items, lambda item: record(item, request, token))

    return read_requests(file, parse)


def _before(request: Request, event: dict[str, Any]) -> str:
    """When an event without a time happened: so many milliseconds before it was sent."""
    offset = timedelta(milliseconds=float(event.get("offset") or 0))
    return (request.received_at - offset).isoformat()
