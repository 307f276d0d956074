"""E-mail events 邮件 (SendGrid event webhook): a JSON array of what became of each message."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from ingestion.files import LandedFile
from ingestion.gateway import (
    Request,
    Results,
    as_list,
    as_object,
    dump,
    each,
    load_json,
    read_requests,
    required,
)
from ingestion.pseudonyms import Pseudonymiser
from ingestion.records import BadRecord, Record, instant
from ingestion.tags import tag_text


def read(file: LandedFile, pseudonymiser: Pseudonymiser) -> Iterator[Record | BadRecord]:
    """Every event; key: sg_event_id. Custom arguments stand beside the vendor's own fields."""

    def record(item: Any, request: Request) -> Record:
        event = _with_domain(as_object(item, "the event"), pseudonymiser)
        email = pseudonymiser.secret("email", required(event, "email"))
        required(event, "event")
        happened_at = required(event, "timestamp")
        instant(happened_at)
        kept = pseudonymiser.scrub_values({**event, "email": email})
        # one text or a list of texts
        kept["_categories"] = tag_text(kept.get("category"))
        key = (required(event, "sg_event_id"),)
        return Record("event", key, happened_at, request.received_at, dump(kept))

    def parse(request: Request) -> Results:
        events = as_list(load_json(request.body), "the body")
        yield from each(events, lambda item: record(item, request))

    return read_requests(file, parse)


def with_domains(text: bytes, pseudonymiser: Pseudonymiser) -> bytes:
    """A webhook's body with the domain of each address beside it, before the address is a token.

    What a sender itself put there is no domain that we saw, and goes.

    Raises:
        BadRecordError: no JSON.
    """
    events = load_json(text)
    if not isinstance(events, list):
        return text
    for event in events:
        if isinstance(event, dict):
            event.pop("_email_domain", None)
    named = [
        _with_domain(event, pseudonymiser) if isinstance(event, dict) else event for event in events
    ]
    return orjson.dumps(named)


def _with_domain(event: dict[str, Any], pseudonymiser: Pseudonymiser) -> dict[str, Any]:
    domain = pseudonymiser.email_domain(event.get("email"))
    return event | {"_email_domain": domain} if domain else dict(event)
