"""Ocean Engine 巨量引擎 ad reports: day x promotion or finer, no person in them.

Figures of a day move for a week (WeChat conversions for a month), so each fetch is a version. A
report may be cut finer than a promotion's day (creative, hour, gender …): ``_dimensions`` says by
what, and ``_cell`` which of its rows a row is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingestion.files import LandedFile
from ingestion.gateway import Pull, as_list, as_object, dump, read_pages, required
from ingestion.pseudonyms import Pseudonymiser
from ingestion.records import BadRecord, BadRecordError, Record, digest, moment


def read(file: LandedFile, pseudonymiser: Pseudonymiser) -> Iterator[Record | BadRecord]:
    """Every report row; key: (advertiser, dimensions, fetch): each fetch is a version."""
    return read_pages(file, pseudonymiser, _rows, _record, plain=["metrics"])


def _rows(pull: Pull) -> list[Any]:
    if pull.response.get("code") != 0:
        raise BadRecordError(
            f"the API answered code {str(pull.response.get('code'))[:20]}",
            "Renew the token or slow down, then pull this window again.",
        )
    required(pull.request, "advertiser_id")
    return as_list(as_object(pull.response.get("data"), "data").get("rows"), "data.rows")


def _record(row: dict[str, Any], pull: Pull) -> Record:
    dimensions = as_object(row.get("dimensions"), "dimensions")
    day = dimensions.get("stat_time_hour") or required(dimensions, "stat_time_day")
    moment(day)
    cut = _cut(dimensions)
    advertiser = required(pull.request, "advertiser_id")
    payload = {
        "dimensions": dimensions,
        "metrics": as_object(row.get("metrics"), "metrics"),
        "_advertiser_id": advertiser,
        "_dimensions": " ".join(cut),
        "_cell": digest(*cut.values()),
    }
    key = (advertiser, *cut, *cut.values(), pull.fetched_at_raw)
    return Record("report", key, day, pull.fetched_at, dump(payload))


def _cut(dimensions: dict[str, Any]) -> dict[str, str]:
    """What the row is cut by, in the order of the names; whatever has an id may change its name."""
    return {
        name: str(value)
        for name, value in sorted(dimensions.items())
        if not (name.endswith("_name") and f"{name.removesuffix('_name')}_id" in dimensions)
    }
