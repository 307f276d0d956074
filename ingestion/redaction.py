"""Requests, pulled pages and rows without personal identifiers, in the form they came in.

What a process of our own writes down is pseudonymised first; the readers of landed files leave
tokens as they are.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from typing import Any
from urllib.parse import quote, unquote_to_bytes

import orjson

from ingestion.manifest import DeclaredFile
from ingestion.pseudonyms import Pseudonymiser
from ingestion.sources.declared import AMOUNTS, COUNTS, HASHES, SECRET, TIMES

# Bodies travel as base64: a text must not carry a phone in that disguise.
ENCODED = re.compile(r"(?:[A-Za-z0-9+/_-]|%2[BbFf]|%3[Dd]){24,}=*")
BODIES = ("body", "data")
PACKED = ("data", "data_list")
MAX_UNZIPPED_BYTES = 64 * 1024 * 1024


def redacted_line(line: dict[str, Any], pseudonymiser: Pseudonymiser) -> dict[str, Any]:
    """A gateway line or pulled page; a body that cannot be read loses what may be encoded in it."""
    redacted = {}
    for name, value in line.items():
        if name in BODIES and isinstance(value, str):
            packed = line.get("body_encoding") == "base64"
            change = _redacted_base64 if packed else _redacted_text
            redacted[name] = change(value, pseudonymiser)
        elif name in ("query", "uri") and isinstance(value, str):
            redacted[name] = _redacted_query(value, pseudonymiser)
        else:
            redacted[name] = pseudonymiser.scrub_values(value)
    return redacted


def redacted_row(
    row: dict[str, Any], entry: DeclaredFile, pseudonymiser: Pseudonymiser
) -> dict[str, Any]:
    """The mapped columns of a row, which is all that is asked for."""
    types = {column: name.partition(":")[0] for name, column in entry.identifiers.items()}
    figures = {entry.columns.get(name) for name in (*TIMES, *AMOUNTS, *COUNTS)}
    redacted = {}
    for column in entry.column_names:
        value = row.get(column)
        if value is None:
            continue
        kind = types.get(column, "")
        text = str(value).strip()
        if kind == "phone":
            redacted[column] = pseudonymiser.phone(text) or pseudonymiser.scrub(text)
        elif kind in SECRET and text:
            redacted[column] = pseudonymiser.secret(kind, text)
        elif kind in HASHES and text:
            redacted[column] = pseudonymiser.vendor_hash(kind, text)
        else:
            redacted[column] = value if column in figures else pseudonymiser.scrub_values(value)
    return redacted


def redacted_junk(text: str, pseudonymiser: Pseudonymiser) -> str:
    """What nobody can read, on one line."""
    return ENCODED.sub("…", pseudonymiser.scrub(" ".join(text.split())))


def _redacted_text(text: str, pseudonymiser: Pseudonymiser) -> str:
    if text[:1] in ("{", "["):
        return _redacted_json(text.encode(), pseudonymiser) or redacted_junk(text, pseudonymiser)
    if text[:1] == "<":
        return pseudonymiser.scrub(text)
    return _redacted_form(text, pseudonymiser)


def _redacted_base64(text: str, pseudonymiser: Pseudonymiser) -> str:
    plain = _unpacked(text.encode())
    if plain is None:
        return redacted_junk(text, pseudonymiser)
    redacted = _redacted_text(plain.decode(errors="replace"), pseudonymiser)
    return base64.b64encode(redacted.encode()).decode()


def _redacted_query(text: str, pseudonymiser: Pseudonymiser) -> str:
    path, mark, query = text.rpartition("?")
    return pseudonymiser.scrub(path) + mark + _redacted_form(query, pseudonymiser)


def _redacted_form(text: str, pseudonymiser: Pseudonymiser) -> str:
    """Each field scrubbed; those that carry packed JSON are unpacked for it."""
    fields = []
    for field in text.split("&"):
        name, mark, value = field.partition("=")
        if name in PACKED and value:
            value = _redacted_pack(value, pseudonymiser)
        fields.append(name + mark + value if name in PACKED else pseudonymiser.scrub(field))
    return "&".join(fields)


def _redacted_pack(value: str, pseudonymiser: Pseudonymiser) -> str:
    plain = _unpacked(unquote_to_bytes(value))
    redacted = _redacted_json(plain, pseudonymiser) if plain else None
    if redacted is None:
        return redacted_junk(value, pseudonymiser)
    return quote(base64.b64encode(redacted.encode()), safe="")


def _redacted_json(text: bytes, pseudonymiser: Pseudonymiser) -> str | None:
    try:
        return orjson.dumps(pseudonymiser.scrub_values(orjson.loads(text))).decode()
    except (orjson.JSONDecodeError, RecursionError):
        return None


def _unpacked(text: bytes) -> bytes | None:
    try:
        packed = base64.b64decode(text, validate=True)
        if packed[:2] != b"\x1f\x8b":
            return packed
        unzipped = zlib.decompressobj(wbits=31)
        plain = unzipped.decompress(packed, MAX_UNZIPPED_BYTES)
        return plain if unzipped.eof else None
    except (binascii.Error, zlib.error):
        return None
