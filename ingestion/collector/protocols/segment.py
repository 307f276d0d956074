"""Segment and RudderStack SDKs: one call each, or batches; the write key says whose they are."""

from __future__ import annotations

import base64
import binascii
from functools import partial
from typing import Any
from urllib.parse import urlencode

from starlette.responses import JSONResponse, Response

from ingestion.collector.requests import Context, Endpoint, Reading, Received

CALLS = ("track", "identify", "page", "screen", "group", "alias", "batch", "import")
# analytics.js 2 calls /v1/t, /v1/p …
LETTERS = {name[0]: name for name in ("track", "identify", "page", "screen", "group", "alias")}


def endpoints(context: Context) -> list[Endpoint]:
    """The tracking API of both, and the stubs without which their web SDKs do not begin."""
    read = partial(_read, context)
    calls = [f"/v1/{call}" for call in (*CALLS, *LETTERS, "b")]
    return [
        *(
            Endpoint("segment", "segment", ("POST",), path, read, _accepted)
            for path in (*calls, "/beacon/v1/batch")
        ),
        # A redirect from one to the other would cost the SDK its credentials.
        *(
            Endpoint("segment", "", ("GET",), path, _source_config)
            for path in ("/sourceConfig", "/sourceConfig/")
        ),
        Endpoint("segment", "", ("GET",), "/v1/projects/{write_key}/settings", _project_settings),
    ]


def _accepted() -> Response:
    return JSONResponse({"success": True})


def _read(context: Context, request: Received) -> Reading:
    cleaned = context.privacy.json(request.body, inside="batch")
    own_key = cleaned.value.get("writeKey") if isinstance(cleaned.value, dict) else None
    key = _basic_user(request) or request.parameters.get("writeKey") or str(own_key or "")
    # The call's name counts where a single message does not repeat it.
    call = request.path.rpartition("/")[2]
    query = {"writeKey": key, "type": LETTERS.get(call, call)}
    return Reading(
        answer=_accepted(),
        body=cleaned.body,
        query=urlencode({name: context.privacy.clean(text) for name, text in query.items()}),
        records=cleaned.records,
        denied=cleaned.denied,
        key=key,
    )


def _basic_user(request: Received) -> str:
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(encoded).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _source_config(request: Received) -> Response:
    """What RudderStack's web SDK must know before it sends: a source, nothing to load."""
    key = request.parameters.get("writeKey") or _basic_user(request)
    source: dict[str, Any] = {
        "id": "omnitouch",
        "name": "omnitouch",
        "writeKey": key,
        "enabled": True,
        "workspaceId": "omnitouch",
        "config": {
            "statsCollection": {"errors": {"enabled": False}, "metrics": {"enabled": False}}
        },
        "connections": [],
        "destinations": [],
        "dataplanes": {},
    }
    return JSONResponse({"source": source})


def _project_settings(request: Received) -> Response:
    """What Segment's web SDK must know before it sends: everything comes here."""
    host = request.base_url.partition("://")[2]
    integration = {"apiKey": request.names["write_key"], "apiHost": f"{host}/v1"}
    return JSONResponse({"integrations": {"Segment.io": integration}})
