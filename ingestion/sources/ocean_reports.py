"""Ocean Engine 巨量引擎 ad reports: day x promotion, no person in them.

Figures of a day move for a week (WeChat conversions for a month), so each fetch is a version.
"""

from __future__ import annotations

from collections.abc import Iterator

from ingestion.files import LandedFile
from ingestion.gateway import Pull, as_list, as_object, dump, read_pulls, required
from ingestion.pseudonyms import Pseudonymiser
from ingestion.records import BadRecord, BadRecordError, Record, digest, moment


def read(file: LandedFile, _: Pseudonymiser) -> Iterator[Record | BadRecord]:
    """Every report row; key: (advertiser, dimensions, fetch): each fetch is a version."""

    def parse(pull: Pull) -> Iterator[Record | BadRecordError]:
        if pull.response.get("code") != 0:
            raise BadRecordError(
                f"the API answered code {str(pull.response.get('code'))[:20]}",
                "Renew the token or slow down, then pull this window again.",
            )
        advertiser = required(pull.request, "advertiser_id")
        data = as_object(pull.response.get("data"), "data")
        for row in as_list(data.get("rows"), "data.rows"):
            try:
                known = as_object(row, "the row")
                dimensions = as_object(known.get("dimensions"), "dimensions")
                metrics = as_object(known.get("metrics"), "metrics")
                day = required(dimensions, "stat_time_day")
                moment(day)
            except BadRecordError as error:
                yield error
                continue
            payload = dump(
                {
                    "dimensions": dimensions,
                    "metrics": metrics,
                    "_advertiser_id": advertiser,
                    "_fetched_at": pull.fetched_at_raw,
                }
            )
            key = (advertiser, digest(dump(dimensions)), pull.fetched_at_raw)
            yield Record("report", key, day, pull.fetched_at, payload)

    return read_pulls(file, parse)
