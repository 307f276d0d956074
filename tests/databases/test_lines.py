"""Rows as lines of JSON, whatever numbers are in them."""

from __future__ import annotations

import orjson

from ingestion.databases.pulling import _digest, _line


def test_an_integer_beyond_64_bits_is_kept_as_text() -> None:
    row = {"json": {"ids": [2**64, -(2**63), 1]}}
    kept = orjson.loads(_line(row))
    assert kept == {"json": {"ids": [str(2**64), -(2**63), 1]}}
    # a snapshot compares its rows with those of the last one
    assert _digest(kept) == _digest(row)
