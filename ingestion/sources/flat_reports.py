"""Ad reports whose rows hold dimensions and figures side by side, as most vendors write them.

No person stands in them. Figures of a day move for weeks, so each fetch is a version. A report may
be cut finer than an ad's day (creative, keyword …): ``_dimensions`` says by what, and ``_cell``
which of its rows a row is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ingestion.files import LandedFile
from ingestion.gateway import Pull, dump, read_pages, required
from ingestion.pseudonyms import Pseudonymiser
from ingestion.records import BadRecord, Record, digest, moment


@dataclass(frozen=True)
class FlatReport:
    """How one vendor writes its report.

    Attributes:
        rows: takes the rows out of a page, and raises where the page holds none.
        account: the field of the request that names the account.
        day: the dimension that holds the day, YYYY-MM-DD with or without an hour.
        dimensions: what a report may be cut by, the day among it.
        figures: what it tells, where the product reads it.
        kind: the kind of record that a page holds.
    """

    rows: Callable[[Pull], list[Any]]
    account: str
    day: str
    dimensions: tuple[str, ...]
    figures: tuple[str, ...]
    kind: Callable[[Pull], str] = lambda pull: "report"


def read_report(
    file: LandedFile, pseudonymiser: Pseudonymiser, report: FlatReport
) -> Iterator[Record | BadRecord]:
    """Every row; key: (kind, account, dimensions, fetch): each fetch is a version."""

    def record(row: dict[str, Any], pull: Pull) -> Record:
        account = required(pull.request, report.account)
        day = required(row, report.day)
        moment(day)
        cut = {name: str(row[name]) for name in report.dimensions if row.get(name) is not None}
        kind = report.kind(pull)
        payload = {
            **row,
            "_account_id": account,
            "_dimensions": " ".join(cut),
            "_cell": digest(*cut.values()),
        }
        key = (kind, account, *cut, *cut.values(), pull.fetched_at_raw)
        return Record(kind, key, day, pull.fetched_at, dump(payload))

    plain = report.dimensions + report.figures
    return read_pages(file, pseudonymiser, report.rows, record, plain)
