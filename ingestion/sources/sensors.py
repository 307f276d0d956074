"""Sensors Analytics 神策 gateway lines: web, H5, app and mini program SDKs.

One request carries one event (``data=``) or several (``data_list=``), base64, gzipped where the
app says so. ``_track_id`` alone is no key: it is nine random digits. ``track_signup`` and
``track_id_bind`` records land too: a bound phone is not repeated in later events, so they alone
hold the link.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import zlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_to_bytes

import orjson

from ingestion.files import LandedFile
from ingestion.gateway import (
    Request,
    as_list,
    as_object,
    load_json,
    query_of,
    read_requests,
    required,
)
from ingestion.pseudonyms import Pseudonymiser, may_be_personal
from ingestion.records import BadRecord, BadRecordError, Record, instant

MAX_UNZIPPED_BYTES = 64 * 1024 * 1024


def read(file: LandedFile, pseudonymiser: Pseudonymiser) -> Iterator[Record | BadRecord]:
    """Every SDK event of the file; key: (project, distinct_id, time, _track_id, event, type)."""

    def parse(request: Request) -> Iterator[Record | BadRecordError]:
        project = query_of(request.query).get("project", "default")
        for event, text, personal in _events(_form(request)):
            try:
                known = as_object(event, "the event")
                if personal:
                    known, text = pseudonymiser.scrub_values(known), None
                yield _record(known, text, request, project)
            except BadRecordError as error:
                yield error

    return read_requests(file, parse)


def _form(request: Request) -> dict[str, bytes]:
    """The form of the body, or of the query where the SDK sent an image request."""
    raw = request.body or request.query.encode()
    if raw[:1] in (b"{", b"["):
        return {"json": raw}
    fields = (field.partition(b"=") for field in raw.split(b"&"))
    return {name.decode(errors="replace"): unquote_to_bytes(value) for name, _, value in fields}


def _events(form: dict[str, bytes]) -> Iterator[tuple[Any, bytes | None, bool]]:
    """Each event, its own text where it came alone, and whether it may hold anything personal."""
    if text := form.get("json") or (_unpacked(form, "data") if form.get("data") else None):
        parsed = load_json(text)
    elif form.get("data_list"):
        text = _unpacked(form, "data_list")
        parsed = as_list(load_json(text), "data_list")
    else:
        raise BadRecordError(
            "the request holds no event (no data, no data_list)",
            "Health checks can stay; otherwise look at the SDK's server URL.",
        )
    personal = may_be_personal(text)
    if isinstance(parsed, list):
        yield from ((event, None, personal) for event in parsed)
    else:
        yield parsed, text, personal


def _unpacked(form: dict[str, bytes], field: str) -> bytes:
    try:
        packed = base64.b64decode(form[field], validate=True)
    except binascii.Error as error:
        raise BadRecordError(f"{field} is no base64", "The body was cut or re-encoded.") from error
    if packed[:2] != b"\x1f\x8b":
        return packed
    try:
        # A small zip can unfold into gigabytes: stop before memory does.
        unzipped = zlib.decompressobj(wbits=31)
        text = unzipped.decompress(packed, MAX_UNZIPPED_BYTES)
    except (zlib.error, gzip.BadGzipFile) as error:
        raise BadRecordError(f"{field} is no whole gzip", "The body was cut on its way.") from error
    if not unzipped.eof:
        raise BadRecordError(
            f"{field} is cut short or over 64 MiB unzipped", "Send smaller batches."
        )
    return text


def _record(
    event: dict[str, Any], text: bytes | None, request: Request, project: str
) -> Record:
    time = event.get("time")
    instant(time, per_second=1000)
    context = {"_ip": request.ip, "_user_agent": request.user_agent, "_project": project}
    # The request's context joins the event without parsing it again: its text ends in "}".
    body = (text or orjson.dumps(event)).rstrip()[:-1] + b"," + orjson.dumps(context)[1:]
    record_type = required(event, "type")
    key = (
        project,
        str(event.get("distinct_id")),
        str(time),
        str(event.get("_track_id")),
        str(event.get("event")),
        record_type,
    )
    return Record(record_type, key, str(time), request.received_at, body.decode())
