"""Snowplow trackers: tp2 batches by POST, single events in the query of an image (``/i``)."""

from __future__ import annotations

from functools import partial
from typing import Any

from starlette.responses import Response

from ingestion.collector.privacy import dump_json
from ingestion.collector.requests import Context, Endpoint, Reading, Received, pixel
from ingestion.gateway import at
from ingestion.records import BadRecordError
from ingestion.sources.snowplow import ENCODED, PLAIN, events_of, unfolded

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
    events = events_of(request.body, request.query)
    cleaned = context.privacy.clean([_opened(event) for event in events])
    kept = [event for event in cleaned if not context.privacy.consent.is_denied(event)]
    return Reading(
        answer=pixel() if request.method == "GET" else Response("ok"),
        body=dump_json({"schema": PAYLOAD, "data": kept}),
        records=len(kept),
        denied=len(cleaned) - len(kept),
        key=str(at(cleaned[0], "aid") or "") if cleaned else "",
    )


def _opened(event: Any) -> Any:
    """The event with its contexts open: base64 would carry a phone past every look at the text.

    What cannot be opened is left out, so that the loader quarantines this event and not the batch.
    """
    try:
        return unfolded(event) if isinstance(event, dict) else event
    except BadRecordError:
        return {name: "…" if name in (*PLAIN, *ENCODED) else event[name] for name in event}
