"""Recordings: every page of one window in one file, which appears whole or not at all."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from ingestion.pseudonyms import Pseudonymiser
from ingestion.pulls.vendor import Page, PullError, Vendor
from ingestion.records import UNFORESEEN, digest

READINGS = 3


class Recording(NamedTuple):
    """A window that was read to its end and adds up.

    Attributes:
        path: its file, not in its place yet.
        rows: how many rows.
        keys: tells which rows there are.
        content: tells what they say.
    """

    path: Path
    rows: int
    keys: str
    content: str


class DriftedError(RuntimeError):
    """The pages do not add up: rows moved between them while they were read."""


def record(
    path: Path,
    pages: Callable[[], Iterator[Page]],
    vendor: Vendor,
    envelope: dict[str, Any],
    pseudonymiser: Pseudonymiser,
) -> Recording:
    """Read a window into ``path``, anew where its rows moved meanwhile.

    Raises:
        PullError: an answer that nobody foresaw, or rows that keep moving.
    """
    drifted = ""
    for _ in range(READINGS):
        try:
            return _record(path, pages(), vendor, envelope, pseudonymiser)
        except DriftedError as error:
            drifted = str(error)
        except UNFORESEEN as error:
            raise PullError(
                f"an answer of unexpected shape ({type(error).__name__}); compare it with the "
                "vendor's documentation"
            ) from error
    raise PullError(
        f"{drifted}, {READINGS} times; the vendor is still changing these figures: pull again later"
    )


def _record(
    path: Path,
    pages: Iterator[Page],
    vendor: Vendor,
    envelope: dict[str, Any],
    pseudonymiser: Pseudonymiser,
) -> Recording:
    known: dict[str, str] = {}
    sums = _Sums()
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wb") as file:
        for page in pages:
            sums.add(page)
            for row in page.rows:
                key = digest(*map(str, vendor.key(row)))
                if key in known:
                    raise DriftedError("a row stands on two pages")
                known[key] = digest(orjson.dumps(row).decode())
            line = {
                "fetched_at": envelope["fetched_at"],
                "request": {
                    "account": envelope["account"],
                    **page.request.params,
                    **(page.request.body or {}),
                },
                "response": _concealed(page.answer, vendor.personal, pseudonymiser),
            }
            file.write(orjson.dumps(line) + b"\n")
    sums.check()
    # Keyed: what a window says could be guessed from a plain hash where it holds one phone.
    keys, content = (
        pseudonymiser.token("recording", digest(*sorted(parts)))
        for parts in (known, (key + value for key, value in known.items()))
    )
    return Recording(path, len(known), keys, content)


class _Sums:
    """How many rows came, and how many the vendor tells of, part by part."""

    def __init__(self) -> None:
        self._parts: dict[str, tuple[int, int, int | None]] = {}

    def add(self, page: Page) -> None:
        rows, rows_of_last, total = self._parts.get(page.part, (0, -1, page.total))
        if rows_of_last == 0:
            raise DriftedError("a page in the middle is empty")
        if total != page.total:
            raise DriftedError("the number of rows changes from page to page")
        self._parts[page.part] = rows + len(page.rows), len(page.rows), total

    def check(self) -> None:
        for rows, _, total in self._parts.values():
            if total not in (None, rows):
                raise DriftedError(f"{rows} rows came, the vendor tells of {total}")


def _concealed(value: Any, personal: dict[str, str], pseudonymiser: Pseudonymiser) -> Any:
    """The answer with personal identifiers as pseudonyms, whether a field is known or not."""
    if isinstance(value, dict):
        return {
            pseudonymiser.scrub(name): (
                _token(item, personal[name], pseudonymiser)
                if name in personal
                else _concealed(item, personal, pseudonymiser)
            )
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [_concealed(item, personal, pseudonymiser) for item in value]
    return pseudonymiser.scrub_values(value)


def _token(value: Any, kind: str, pseudonymiser: Pseudonymiser) -> Any:
    if kind == "plain":
        return value
    if kind == "drop" or value in (None, ""):
        return None
    if kind == "phone":
        return pseudonymiser.phone(value)
    return pseudonymiser.secret(kind, str(value))
