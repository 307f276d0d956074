"""Sensors Analytics 神策 gateway lines: web, H5, app and mini program SDKs.

One request carries one event (``data=``) or several (``data_list=``), base64, gzipped where the
app says so. ``_track_id`` alone is no key: it is nine random digits. ``track_signup`` and
``track_id_bind`` records land too: a bound phone is not repeated in later events, so they alone
hold the link.
"""

from __future__ import annotations

import binascii
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import unquote_to_bytes

import orjson

from ingestion.files import LandedFile
from ingestion.gateway import (
    Request,
    Results,
    as_object,
    each,
    load_json,
    query_of,
    read_requests,
    required,
    unzipped,
)
from ingestion.pseudonyms import Pseudonymiser, may_be_personal
from ingestion.records import BadRecord, BadRecordError, Record, check_instant

MAX_UNZIPPED_BYTES = 64 * 1024 * 1024


def read(file: LandedFile, pseudonymiser: Pseudonymiser) -> Iterator[Record | BadRecord]:
    """Every SDK event of the file; key: (project, distinct_id, time, _track_id, event, type)."""
    # A few projects and some thousand browsers: scrubbing each of them once is enough.
    scrub = lru_cache(maxsize=10_000)(pseudonymiser.scrub)

    def parse(request: Request) -> Results:
        text = json_of(form_of(request.body, request.query))
        personal = may_be_personal(text)
        parsed = load_json(text)
        project = scrub(_project(request.query))
        # What the request itself tells of its events joins their text without parsing it again.
        context = {"_ip": request.ip, "_user_agent": scrub(request.user_agent)}
        tail = b"," + orjson.dumps(context | {"_project": project})[1:]

        def record(event: Any) -> Record:
            known = as_object(event, "the event")
            alone = parsed is event
            own_text = text if alone else orjson.dumps(known)
            # One event of a batch is personal, the others seldom are. An exponent may hide digits.
            if personal and (alone or b"e+1" in own_text or may_be_personal(own_text)):
                known = pseudonymiser.scrub_values(known)
                own_text = orjson.dumps(known)
            return _record(known, own_text, project, tail, request.received_at)

        if isinstance(parsed, list):
            yield from each(parsed, record)
        else:
            yield record(parsed)

    return read_requests(file, parse)


def form_of(body: bytes, query: str) -> dict[str, bytes]:
    """The fields of the body, or of the query where the SDK sent an image request."""
    raw = body or query.encode()
    if raw[:1] in (b"{", b"["):
        return {"json": raw}
    fields = (field.partition(b"=") for field in raw.split(b"&"))
    return {name.decode(errors="replace"): _unquoted(value) for name, _, value in fields}


def _unquoted(value: bytes) -> bytes:
    """The value without its escapes; base64 has but three, and they are most of what comes."""
    if b"%" not in value:
        return value
    plain = value.replace(b"%2B", b"+").replace(b"%2F", b"/")
    # Padding stands at the end.
    plain = plain[:-6] + plain[-6:].replace(b"%3D", b"=")
    return unquote_to_bytes(value) if b"%" in plain else plain


def json_of(form: dict[str, bytes], limit: int = MAX_UNZIPPED_BYTES) -> bytes:
    """One event, or an array of them, as JSON text of at most ``limit`` unzipped bytes.

    Raises:
        BadRecordError: the fields hold none, or it is damaged or too large.
    """
    for field in ("json", "data", "data_list"):
        if value := form.get(field):
            return value if field == "json" else _unpacked(value, field, limit)
    raise BadRecordError(
        "the request holds no event (no data, no data_list)",
        "Health checks can stay; otherwise look at the SDK's server URL.",
    )


def _unpacked(value: bytes, field: str, limit: int) -> bytes:
    try:
        packed = binascii.a2b_base64(value, strict_mode=True)
    except binascii.Error as error:
        raise BadRecordError(f"{field} is no base64", "The body was cut or re-encoded.") from error
    return unzipped(packed, limit) if packed[:2] == b"\x1f\x8b" else packed


@lru_cache(maxsize=1000)
def _project(query: str) -> str:
    return query_of(query).get("project", "")


def _record(
    event: dict[str, Any], text: bytes, project: str, tail: bytes, received_at: datetime
) -> Record:
    time = event.get("time")
    check_instant(time, per_second=1000)
    record_type = required(event, "type")
    key = (
        project,
        str(event.get("distinct_id")),
        str(time),
        str(event.get("_track_id")),
        str(event.get("event")),
        record_type,
    )
    payload = (text.rstrip()[:-1] + tail).decode()
    return Record(record_type, key, str(time), received_at, payload)
