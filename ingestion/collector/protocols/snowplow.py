"""Snowplow trackers: tp2 batches by POST, single events in the query of an image (``/i``)."""

from __future__ import annotations

import base64
import binascii
from functools import partial
from typing import Any

from starlette.responses import Response

from ingestion.collector.privacy import dump_json
from ingestion.collector.requests import Context, Endpoint, Reading, Received, pixel
from ingestion.gateway import as_list, as_object, load_json
from ingestion.records import BadRecordError

# JSON in a text, plain or in base64: contexts, and what a self-describing event describes.
PLAIN = ("co", "ue_pr")
ENCODED = {"cx": "co", "ue_px": "ue_pr"}
PAYLOAD = "iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4"


def endpoints(context: Context) -> list[Endpoint]:
    """The tracker protocol's addresses."""
    read = partial(_read, context)
    tp2 = "/com.snowplowanalytics.snowplow/tp2"
    return [
        Endpoint("snowplow", "snowplow", ("POST",), tp2, read),
        Endpoint("snowplow", "snowplow", ("GET",), "/i", read, pixel),
    ]


def _read(context: Context, request: Received) -> Reading:
    if request.method == "GET":
        events: list[Any] = [request.parameters]
    else:
        events = as_list(as_object(load_json(request.body), "the body").get("data"), "data")
    # Base64 would carry a phone past every look at the text.
    cleaned = context.privacy.clean([_unfolded(as_object(event, "the event")) for event in events])
    kept = [event for event in cleaned if not context.privacy.consent.is_denied(event)]
    return Reading(
        answer=pixel() if request.method == "GET" else Response("ok"),
        body=dump_json({"schema": PAYLOAD, "data": kept}),
        records=len(kept),
        denied=len(cleaned) - len(kept),
        key=str(cleaned[0].get("aid", "")) if cleaned else "",
    )


def _unfolded(event: dict[str, Any]) -> dict[str, Any]:
    """The event with its contexts as JSON objects, under one name whichever way they came."""
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
