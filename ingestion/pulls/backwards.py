"""Pages read from the last to the first: for lists that rows leave while they are read.

A list of what changed within a span of time is sorted by that time. A row that changes once more
leaves it, and those behind it move up: read forwards, one of them moves to a page that was read
already and is lost; read backwards, it comes twice.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import Any

from ingestion.pulls.recording import DriftedError
from ingestion.pulls.vendor import Page


def read_backwards(
    ask: Callable[[int], Page], size: int, key: Callable[[dict[str, Any]], tuple[Hashable, ...]]
) -> Iterator[Page]:
    """The pages of a list, what came before left out of their rows.

    Args:
        ask: the page of a number, from 1; at least that of the first page tells the total.
        size: rows a page.
        key: tells rows apart: what a row is, then in which state.

    Raises:
        DriftedError: rows came into the list, which can hide others, or pages are not whole.
    """
    page = ask(1)
    total = page.total or 0
    seen: set[tuple[Hashable, ...]] = set()
    for number in range(max(1, -(-total // size)), 0, -1):
        # of a list of one page that page is here already
        page = page if total <= size else ask(number)
        if page.total is not None and page.total > total:
            raise DriftedError("rows come into the list while its pages are read")
        fresh = [row for row in page.rows if key(row) not in seen]
        seen.update(map(key, fresh))
        came = len({what for what, *_ in seen})
        if number == 1 and came < (page.total or 0):
            raise DriftedError(f"{came} rows came, the vendor tells of {page.total}")
        if fresh:
            yield page._replace(rows=fresh, total=None)
