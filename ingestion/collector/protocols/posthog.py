"""PostHog SDKs: events one by one or in batches, gzipped, or as base64 when a page closes."""

from __future__ import annotations

import base64
import binascii
from functools import partial
from urllib.parse import urlencode

from starlette.responses import JSONResponse, Response

from ingestion.collector.requests import Context, Endpoint, Reading, Received
from ingestion.gateway import unzipped
from ingestion.records import BadRecordError
from ingestion.sources.sensors import form_of

EVENTS = ("/e", "/i/v0/e", "/capture", "/track", "/batch", "/engage")
FLAGS = ("/decide", "/flags")
# No feature flags, no recordings, no surveys: the SDK then sends events and asks for nothing more.
CONFIGURATION = {
    "supportedCompression": ["gzip", "gzip-js"],
    "featureFlags": {},
    "featureFlagPayloads": {},
    "flags": {},
    "errorsWhileComputingFlags": False,
    "sessionRecording": False,
    "surveys": False,
    "heatmaps": False,
    "capturePerformance": False,
    "autocapture_opt_out": False,
    "autocaptureExceptions": False,
    "siteApps": [],
    "toolbarParams": {},
    "isAuthenticated": False,
    "defaultIdentifiedOnly": True,
    "hasFeatureFlags": False,
}


def endpoints(context: Context) -> list[Endpoint]:
    """The capture API, and the stubs of flags and configuration that the SDKs ask for first."""
    read = partial(_read, context)
    slashed = [path + slash for path in EVENTS for slash in ("", "/")]
    return [
        *(Endpoint("posthog", "posthog", ("POST",), path, read, _accepted) for path in slashed),
        *(
            Endpoint("posthog", "", ("GET", "POST"), path + slash, _configuration)
            for path in FLAGS
            for slash in ("", "/")
        ),
        Endpoint("posthog", "", ("GET",), "/array/{token}/config", _configuration),
    ]


def _accepted() -> Response:
    return JSONResponse({"status": 1})


def _configuration(_: Received) -> Response:
    return JSONResponse(CONFIGURATION)


def _read(context: Context, request: Received) -> Reading:
    text = _json_of(request, context.settings.limits.unzipped_bytes)
    cleaned = context.privacy.json(text, inside="batch")
    first = cleaned.value[0] if isinstance(cleaned.value, list) and cleaned.value else cleaned.value
    first = first if isinstance(first, dict) else {}
    key = str(first.get("api_key") or first.get("token") or request.parameters.get("token", ""))
    return Reading(
        answer=_accepted(),
        body=cleaned.body,
        query=urlencode({"token": context.privacy.clean(key)}) if key else "",
        records=cleaned.records,
        denied=cleaned.denied,
        key=key,
    )


def _json_of(request: Received, limit: int) -> bytes:
    body = request.body
    if body[:2] == b"\x1f\x8b":  # compression=gzip-js names it in the query, not in a header
        return unzipped(body, limit)
    if body[:1] in (b"{", b"["):
        return body
    data = form_of(body, "").get("data", b"")
    if data[:1] in (b"{", b"["):
        return data
    try:
        text = base64.b64decode(data, validate=True)
    except binascii.Error as error:
        raise BadRecordError("the body is no base64", "The body was cut on its way.") from error
    return unzipped(text, limit) if text[:2] == b"\x1f\x8b" else text
