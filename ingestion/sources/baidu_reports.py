"""Baidu Marketing 百度营销 reports (getReportData): day x unit 单元, of search and of feed ads.

Names of what was deleted end in "[已删除]" from then on: they tell nothing apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingestion.files import LandedFile
from ingestion.gateway import Pull, as_list, as_object, required
from ingestion.pseudonyms import Pseudonymiser
from ingestion.records import BadRecord, BadRecordError, Record
from ingestion.sources.flat_reports import FlatReport, read_report

# Which product the numbered reports are of: https://dev2.baidu.com, 数据报告.
SEARCH = {"170026", "2208157", "2290316", "2284618", "2602783", "2665235"}
FEED = {"2172649", "2149145", "2276038", "2330652", "2094816"}


def _rows(pull: Pull) -> list[Any]:
    header = as_object(pull.response.get("header"), "header")
    if header.get("status") != 0:
        raise BadRecordError(
            f"the API answered status {str(header.get('status'))[:20]}",
            "Renew the token or slow down, then pull this window again.",
        )
    reports = as_list(as_object(pull.response.get("body"), "body").get("data"), "body.data")
    return [row for report in reports for row in as_list(report.get("rows"), "rows")]


def _kind(pull: Pull) -> str:
    number = required(as_object(pull.request.get("body"), "request.body"), "reportType")
    if number in SEARCH:
        return "search"
    if number in FEED:
        return "feed"
    raise BadRecordError(
        f"report {number[:20]} is neither of search nor of feed ads",
        "Pull one of the reports in ingestion/sources/baidu_reports.py.",
    )


REPORT = FlatReport(
    rows=_rows,
    account="account",
    day="date",
    dimensions=("date", "campaignId", "adGroupId", "wInfoId", "ideaId", "device"),
    figures=("userId", "impression", "click", "cost", "ocpcConversions", "ocpcTargetTrans"),
    kind=_kind,
)


def read(file: LandedFile, pseudonymiser: Pseudonymiser) -> Iterator[Record | BadRecord]:
    """Every report row; key: (search or feed, account, dimensions, fetch)."""
    return read_report(file, pseudonymiser, REPORT)
