"""Xiaohongshu 小红书聚光 offline reports: day x creative 创意, likes and orders included."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingestion.files import LandedFile
from ingestion.gateway import Pull, as_list, as_object
from ingestion.pseudonyms import Pseudonymiser
from ingestion.records import BadRecord, BadRecordError, Record
from ingestion.sources.flat_reports import FlatReport, read_report


def _rows(pull: Pull) -> list[Any]:
    if pull.response.get("success") is not True:
        raise BadRecordError(
            f"the API answered code {str(pull.response.get('code'))[:20]}",
            "Renew the token or slow down, then pull this window again.",
        )
    data = as_object(pull.response.get("data"), "data")
    return as_list(data.get("data_list"), "data.data_list")


REPORT = FlatReport(
    rows=_rows,
    account="advertiser_id",
    day="time",
    dimensions=("time", "campaign_id", "unit_id", "creativity_id", "keyword", "placement"),
    figures=(
        *("fee", "impression", "click", "like", "collect", "comment", "share", "follow"),
        *("leads", "success_goods_order", "purchase_order_gmv_7d"),
    ),
)


def read(file: LandedFile, pseudonymiser: Pseudonymiser) -> Iterator[Record | BadRecord]:
    """Every report row; key: (advertiser, dimensions, fetch)."""
    return read_report(file, pseudonymiser, REPORT)
