"""Gateway lines: one HTTP request a line, as a collector wrote it down."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import parse_qsl
from xml.etree import ElementTree

import orjson

from ingestion.files import LandedFile, read_lines
from ingestion.pseudonyms import Pseudonymiser
from ingestion.records import (
    UNFORESEEN,
    BadRecord,
    BadRecordError,
    Record,
    excerpt,
    instant,
    moment,
)

Results = Iterator[Record | BadRecordError]
MAX_ZIPS = 1_000
PIECE_BYTES = 64 * 1024


class Request(NamedTuple):
    """One received HTTP request."""

    received_at: datetime
    path: str
    query: str
    ip: str
    user_agent: str
    body: bytes


class Pull(NamedTuple):
    """One page that a vendor's API answered."""

    fetched_at: datetime
    fetched_at_raw: str
    request: dict[str, Any]
    response: dict[str, Any]


class OverLimitError(BadRecordError):
    """More data than anyone sends in good faith."""


def unzipped(packed: bytes, limit: int) -> bytes:
    """Gzipped data, at most ``limit`` bytes of it: a small zip can unfold into gigabytes.

    Raises:
        OverLimitError: it is larger.
        BadRecordError: no whole gzip.
    """
    texts: list[bytes] = []
    room, at, zips = limit, 0, 0
    # a sender may have put several zips one after another; what follows them and is none is padding
    while not zips or packed[at : at + 2] == b"\x1f\x8b":
        zips += 1
        if zips > MAX_ZIPS:
            raise OverLimitError(f"the data is over {MAX_ZIPS:,} zips in a row", "Send one.")
        stream = zlib.decompressobj(wbits=31)
        while not stream.eof:
            # piece by piece, as what follows a zip is copied
            if not (piece := packed[at : at + PIECE_BYTES]):
                raise BadRecordError("the gzip is cut short", "The body was cut on its way.")
            try:
                texts.append(stream.decompress(piece, room + 1))
            except zlib.error as error:
                raise BadRecordError(
                    "the data is no whole gzip", "The body was cut on its way."
                ) from error
            room -= len(texts[-1])
            if room < 0:
                raise OverLimitError(
                    f"the gzip holds over {limit // 2**20} MiB", "Send smaller batches."
                )
            at += len(piece) - len(stream.unused_data)
    return b"".join(texts)


def read_requests(
    file: LandedFile, parse: Callable[[Request], Results]
) -> Iterator[Record | BadRecord]:
    """Every record in every request of the file; what cannot be read becomes a bad record.

    ``parse`` yields an error for a bad record beside good ones, and raises for a bad request.
    """
    yield from _read_json_lines(file, request_of, parse)


def read_pulls(file: LandedFile, parse: Callable[[Pull], Results]) -> Iterator[Record | BadRecord]:
    """Every record in every API page of the file; what cannot be read becomes a bad record."""
    yield from _read_json_lines(file, _pull, parse)


def read_pages(
    file: LandedFile,
    pseudonymiser: Pseudonymiser,
    items: Callable[[Pull], list[Any]],
    record: Callable[[dict[str, Any], Pull], Record],
    plain: Collection[str] = (),
) -> Iterator[Record | BadRecord]:
    """One record an item of every API page of the file, scrubbed of personal identifiers.

    Args:
        file: the landed file.
        pseudonymiser: what scrubs the items.
        items: takes the list of items out of a page, and raises where the page holds none.
        record: makes the record of one item.
        plain: the fields of an item that hold ids and figures; they stay as they are, as the
            digits of a sum, or of an ad's id, can look like a phone.
    """

    def scrubbed(item: Any) -> dict[str, Any]:
        known = as_object(item, "the item")
        kept = {name: value for name, value in known.items() if name in plain}
        personal = {name: value for name, value in known.items() if name not in plain}
        return pseudonymiser.scrub_values(personal) | kept

    def parse(pull: Pull) -> Results:
        yield from each(items(pull), lambda item: record(scrubbed(item), pull))

    yield from read_pulls(file, parse)


def each(items: Iterable[Any], record: Callable[[Any], Record]) -> Results:
    """One record an item; an odd item never stops the good ones around it."""
    for item in items:
        try:
            yield record(item)
        except BadRecordError as error:
            yield error
        except UNFORESEEN as error:
            yield BadRecordError.unforeseen(error)


def query_of(text: str) -> dict[str, str]:
    """The parameters of a query string or form body; of a repeated one the last counts."""
    return dict(parse_qsl(text, keep_blank_values=True))


def load_json(text: bytes | str) -> Any:
    """Parsed JSON.

    Raises:
        BadRecordError: no JSON.
    """
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadRecordError(
            f"no JSON: {error.msg} at byte {error.pos}", "Send whole JSON."
        ) from error


def load_xml(text: bytes) -> ElementTree.Element:
    """The root of an XML text.

    Raises:
        BadRecordError: no XML, or one that could unfold into more than it shows.
    """
    # UTF-16 would hide the words from this look; platforms write UTF-8.
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text or b"\0" in text:
        raise BadRecordError(
            "the XML declares entities or is no UTF-8", "WeChat never does: look at the sender."
        )
    try:
        return ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise BadRecordError(f"no XML ({error})", "The body was cut on its way.") from error


def as_object(value: Any, what: str) -> dict[str, Any]:
    """The value, if it is a JSON object.

    Raises:
        BadRecordError: anything else.
    """
    if not isinstance(value, dict):
        raise BadRecordError(
            f"{what} is {type(value).__name__}, not an object", "Send one JSON object."
        )
    return value


def as_list(value: Any, what: str) -> list[Any]:
    """The value, if it is a JSON array.

    Raises:
        BadRecordError: anything else.
    """
    if not isinstance(value, list):
        raise BadRecordError(f"{what} is {type(value).__name__}, not a list", "Send a JSON array.")
    return value


def at(record: Any, path: str) -> Any:
    """The value at a path of keys parted by dots; None where there is none."""
    for name in path.split("."):
        record = record.get(name) if isinstance(record, dict) else None
    return record


def required(record: dict[str, Any], field: str) -> str:
    """The field as text.

    Raises:
        BadRecordError: missing or empty.
    """
    value = record.get(field)
    if value is None or value == "":
        raise BadRecordError(f"{field} is missing", f"Send {field} with every record.")
    return str(value)


def without(value: Any, names: frozenset[str]) -> Any:
    """The JSON value without these fields, however deep they stand."""
    if isinstance(value, dict):
        return {name: without(item, names) for name, item in value.items() if name not in names}
    if isinstance(value, list):
        return [without(item, names) for item in value]
    return value


def dump(record: dict[str, Any]) -> str:
    """The record as one JSON text, its keys in the sender's order."""
    return orjson.dumps(record).decode()


def _read_json_lines(
    file: LandedFile,
    envelope: Callable[[dict[str, Any]], Any],
    parse: Callable[[Any], Results],
) -> Iterator[Record | BadRecord]:
    for line in read_lines(file):
        if isinstance(line, BadRecord):
            yield line
            continue
        number, text = line
        try:
            for result in parse(envelope(as_object(load_json(text), "the line"))):
                yield (
                    _placed(result, number, text) if isinstance(result, BadRecordError) else result
                )
        except BadRecordError as error:
            yield _placed(error, number, text)
        except UNFORESEEN as error:
            yield _placed(BadRecordError.unforeseen(error), number, text)


def _placed(error: BadRecordError, number: int, text: bytes) -> BadRecord:
    return BadRecord(f"line {number}", error.reason, error.remedy, excerpt(text))


def request_of(line: dict[str, Any]) -> Request:
    """The request that a collector's line holds.

    Raises:
        BadRecordError: it holds none, or the collector saw it arrive broken.
    """
    if flaw := line.get("flaw"):
        # The collector saw it arrive broken; it is kept for this, its account.
        raise BadRecordError(required(flaw, "reason"), required(flaw, "remedy"))
    body = line.get("body", line.get("data")) or ""
    if not isinstance(body, str):
        raise BadRecordError("the body is not text", "Write binary bodies as base64.")
    raw = body.encode()
    if line.get("body_encoding") == "base64":
        try:
            raw = base64.b64decode(raw, validate=True)
        except binascii.Error as error:
            raise BadRecordError("the body is no base64", "Check the collector.") from error
    return Request(
        received_at=_received_at(line),
        path=str(line.get("path") or ""),
        query=str(line.get("query") or str(line.get("uri") or "").partition("?")[2]),
        ip=str(line.get("ip") or ""),
        user_agent=str(line.get("user_agent", line.get("ua")) or ""),
        body=raw,
    )


def _received_at(line: dict[str, Any]) -> datetime:
    if text := line.get("received_at") or line.get("date"):
        return moment(text, UTC)
    return instant(line.get("ingest_time"), per_second=1000)


def _pull(line: dict[str, Any]) -> Pull:
    raw = required(line, "fetched_at")
    return Pull(
        fetched_at=moment(raw, UTC),
        fetched_at_raw=raw,
        request=as_object(line.get("request"), "request"),
        response=as_object(line.get("response"), "response"),
    )
