"""Baidu Marketing 百度营销: daily reports of units 单元, of search and of feed 信息流 ads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from ingestion.pulls.accounts import Account
from ingestion.pulls.vendor import (
    Answer,
    Call,
    Grant,
    Page,
    Request,
    Vendor,
    Verdict,
    verdict_of_words,
)
from ingestion.pulls.windows import Days, Window
from ingestion.sources.baidu_reports import REPORT

BASE_URL = "https://api.baidu.com"
OAUTH_URL = "https://u.baidu.com"
ROW_COUNT = 1000
COLUMNS = ("date", "userId", "campaignId", "campaignNameStatus", "adGroupId", "adGroupNameStatus")
COLUMNS += ("impression", "click", "cost")
# The units' reports, and the conversions that each knows.
UNITS = {2284618: "ocpcConversions", 2330652: "ocpcTargetTrans"}


def judge(answer: Answer) -> Verdict:
    """What the answer means: calls of the API have a header, those of OAuth a code."""
    if (status := answer.get("header", {}).get("status", answer.get("code"))) == 0:
        return Verdict.GOOD
    verdict = verdict_of_words(explain(answer))
    # 3: the vendor's own trouble
    return Verdict.LATER if status == 3 and verdict is Verdict.FATAL else verdict


def explain(answer: Answer) -> str:
    """The vendor's codes and words."""
    header = answer.get("header") or {}
    failures = header.get("failures") or [answer]
    told = "; ".join(f"{failure.get('code')} {failure.get('message', '')}" for failure in failures)
    return f"status {header.get('status')}: {told}"


def sign(request: Request, account: Account, token: str, now: datetime) -> Request:
    """The account's name and the token go into the body."""
    return replace(
        request, secret_body={"header": {"userName": account.account, "accessToken": token}}
    )


def renew(call: Call, account: Account, refresh_token: str | None) -> Grant:
    """Trade the refresh token for a new pair."""
    request = Request(
        "POST",
        f"{OAUTH_URL}/oauth/refreshToken",
        secret_body={
            "appId": account.secret("app_id"),
            "secretKey": account.secret("secret_key"),
            "userId": int(account.secret("user_id")),
            "refreshToken": refresh_token or account.secret("refresh_token"),
        },
    )
    granted = call(request)["data"]
    return Grant(granted["accessToken"], granted["expiresIn"], granted["refreshToken"])


def report_pages(call: Call, account: Account, window: Window) -> Iterator[Page]:
    """The pages of the search report, then of the feed report; rows are numbered from 0."""
    for report, conversions in UNITS.items():
        start, total = 0, 1
        while start < total:
            asked = {
                "reportType": report,
                "startDate": window.first_day,
                "endDate": window.last_day,
                "timeUnit": "DAY",
                "columns": [*COLUMNS, conversions],
                "sorts": [{"column": name, "sortRule": "ASC"} for name in ("date", "adGroupId")],
                "filters": [],
                "startRow": start,
                "rowCount": ROW_COUNT,
                "needSum": False,
            }
            path = "/json/sms/service/OpenApiReportService/getReportData"
            request = Request("POST", path, body={"body": asked})
            answer = call(request)
            # an account without such ads has no report at all
            (told,) = answer["body"]["data"] or [{"rows": [], "totalRowCount": 0}]
            rows = [row | {"_report": report} for row in told["rows"]]
            yield Page(request, answer, rows, told["totalRowCount"], part=str(report))
            start, total = start + ROW_COUNT, told["totalRowCount"]


REPORTS = Vendor(
    base_url=BASE_URL,
    schedule=Days(lag=8, deep_lag=31, longest=366),
    pages=report_pages,
    key=lambda row: (row["_report"], row["date"], row["campaignId"], row["adGroupId"]),
    judge=judge,
    explain=explain,
    sign=sign,
    renew=renew,
    personal=dict.fromkeys(REPORT.dimensions + REPORT.figures, "plain"),
)
