"""Sensors Analytics 神策 SDKs: beacons and ajax of the web, images, zipped batches of apps."""

from __future__ import annotations

import re
from functools import partial
from urllib.parse import urlencode

import numpy as np
from starlette.responses import Response

from ingestion.collector.requests import Context, Endpoint, Reading, Received, pixel
from ingestion.records import BadRecordError
from ingestion.sources.sensors import form_of, json_of

CRC = re.compile(rb"(?:crc=)?(-?\d{1,10})")
_POWERS = np.ones(1, np.uint32)


def endpoints(context: Context) -> list[Endpoint]:
    """The gateway's usual addresses; an SDK takes any path."""
    read = partial(_read, context)
    return [
        Endpoint("sensors", "sensors", ("GET", "POST"), path, read, pixel)
        for path in ("/sa", "/sa.gif")
    ]


def _read(context: Context, request: Received) -> Reading:
    form = form_of(request.body, request.query)
    text = json_of(form, context.settings.limits.unzipped_bytes)
    cleaned = context.privacy.json(text)
    project = context.privacy.pseudonymiser.scrub(request.parameters.get("project", ""))
    return Reading(
        answer=pixel() if request.method == "GET" else Response(),
        body=cleaned.body,
        query=urlencode({"project": project}) if project else "",
        records=cleaned.records,
        denied=cleaned.denied,
        key=project,
        flaw=_flaw(form),
    )


def _flaw(form: dict[str, bytes]) -> BadRecordError | None:
    """What the checksum says; SDKs that send none are believed."""
    found = CRC.fullmatch(form.get("ext", form.get("crc", b"")))
    packed = form.get("data") or form.get("data_list")
    if not found or not packed or int(found[1]) == java_hash(packed):
        return None
    return BadRecordError(
        "the checksum (crc) is not that of the data",
        "It was changed on its way: look at proxies between the SDK and the collector.",
    )


def java_hash(text: bytes) -> int:
    """``String.hashCode`` of an ASCII text, which the SDKs send as their checksum.

    >>> java_hash(b"data")
    3076010
    """
    global _POWERS
    if len(_POWERS) < len(text):
        # 31 to the power of each character's distance from the end; wraps at 32 bits as Java does
        powers = np.cumprod(np.full(2 * len(text), 31, np.uint32), dtype=np.uint32)
        _POWERS = np.concatenate((powers[::-1], np.ones(1, np.uint32)))
    characters = np.frombuffer(text, np.uint8).astype(np.uint32)
    return int(np.dot(characters, _POWERS[len(_POWERS) - len(text) :]).astype(np.int32))
