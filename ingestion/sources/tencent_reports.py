"""Tencent Ads 腾讯广告 daily reports (daily_reports/get): day x ad x creative, cost in fen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingestion.files import LandedFile
from ingestion.gateway import Pull, as_list, as_object
from ingestion.pseudonyms import Pseudonymiser
from ingestion.records import BadRecord, BadRecordError, Record
from ingestion.sources.flat_reports import FlatReport, read_report


def rows(pull: Pull, name: str = "list") -> list[Any]:
    """The list of that name in an answer of Tencent Ads.

    Raises:
        BadRecordError: the answer is an error, or holds no such list.
    """
    if pull.response.get("code") != 0:
        raise BadRecordError(
            f"the API answered code {str(pull.response.get('code'))[:20]}",
            "Renew the token or slow down, then pull this window again.",
        )
    return as_list(as_object(pull.response.get("data"), "data").get(name), f"data.{name}")


REPORT = FlatReport(
    rows=rows,
    account="account_id",
    day="date",
    dimensions=("date", "adgroup_id", "dynamic_creative_id"),
    figures=("account_id", "view_count", "valid_click_count", "cost", "conversions_count"),
)


def read(file: LandedFile, pseudonymiser: Pseudonymiser) -> Iterator[Record | BadRecord]:
    """Every report row; key: (account, dimensions, fetch)."""
    return read_report(file, pseudonymiser, REPORT)
