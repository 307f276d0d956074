"""Short links in messages and print, as the collector's redirect noted each click."""

from __future__ import annotations

from collections.abc import Iterator

from ingestion.files import LandedFile
from ingestion.gateway import (
    Request,
    Results,
    as_object,
    dump,
    load_json,
    read_requests,
    required,
)
from ingestion.pseudonyms import Pseudonymiser
from ingestion.records import BadRecord, Record


def read(file: LandedFile, pseudonymiser: Pseudonymiser) -> Iterator[Record | BadRecord]:
    """Every click; key: the id that the redirect gave it."""

    def parse(request: Request) -> Results:
        click = as_object(load_json(request.body), "the click")
        required(click, "visitor")
        required(click, "code")
        context = {"_ip": request.ip, "_user_agent": request.user_agent}
        context["_properties"] = {
            name: click[name] for name in ("code", "message_id") if click.get(name)
        }
        payload = dump(pseudonymiser.scrub_values(click | context))
        clicked_at = request.received_at.isoformat()
        key = (required(click, "click_id"),)
        yield Record("click", key, clicked_at, request.received_at, payload)

    return read_requests(file, parse)
