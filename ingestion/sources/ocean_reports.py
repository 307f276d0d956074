"""Ocean Engine 巨量引擎 ad reports: day x promotion, no person in them.

Figures of a day move for a week (WeChat conversions for a month), so each fetch is a version.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingestion.files import LandedFile
from ingestion.gateway import (
    Pull,
    Results,
    as_list,
    as_object,
    dump,
    each,
    read_pulls,
    required,
)
from ingestion.pseudonyms import Pseudonymiser
from ingestion.records import BadRecord, BadRecordError, Record, digest, moment


def read(file: LandedFile, pseudonymiser: Pseudonymiser) -> Iterator[Record | BadRecord]:
    """Every report row; key: (advertiser, dimensions, fetch): each fetch is a version."""

    def parse(pull: Pull) -> Results:
        if pull.response.get("code") != 0:
            raise BadRecordError(
                f"the API answered code {str(pull.response.get('code'))[:20]}",
                "Renew the token or slow down, then pull this window again.",
            )
        advertiser = required(pull.request, "advertiser_id")
        data = as_object(pull.response.get("data"), "data")

        def record(row: Any) -> Record:
            known = as_object(row, "the row")
            dimensions = pseudonymiser.scrub_values(
                as_object(known.get("dimensions"), "dimensions")
            )
            day = required(dimensions, "stat_time_day")
            moment(day)
            payload = {
                "dimensions": dimensions,
                "metrics": as_object(known.get("metrics"), "metrics"),
                "_advertiser_id": advertiser,
                "_fetched_at": pull.fetched_at_raw,
            }
            key = (advertiser, digest(dump(dimensions)), pull.fetched_at_raw)
            return Record("report", key, day, pull.fetched_at, dump(payload))

        yield from each(as_list(data.get("rows"), "data.rows"), record)

    return read_pulls(file, parse)
