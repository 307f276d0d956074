"""Xiaohongshu 小红书聚光: daily offline reports of creatives 创意.

Shop orders count for seven days after the click, so days are read again for longer than that.
"""

from __future__ import annotations

from collections.abc import Iterator
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
from ingestion.sources.xiaohongshu_reports import REPORT

BASE_URL = "https://adapi.xiaohongshu.com/api/open"
PAGE_SIZE = 1000


def judge(answer: Answer) -> Verdict:
    """What the answer means; only ``success`` tells for sure."""
    return Verdict.GOOD if answer.get("success") is True else verdict_of_words(explain(answer))


def explain(answer: Answer) -> str:
    """The vendor's code and words."""
    words = answer.get("msg") or answer.get("message") or answer.get("errorMsg") or ""
    return f"code {answer.get('code') or answer.get('errorCode')} {words}"


def sign(request: Request, account: Account, token: str, now: datetime) -> Request:
    """The token goes into a header."""
    return request.with_headers(Access_Token=token)


def renew(call: Call, account: Account, refresh_token: str | None) -> Grant:
    """Trade the refresh token, which is void from then on, for a new pair."""
    request = Request(
        "POST",
        "/oauth2/refresh_token",
        secret_body={
            "app_id": int(account.secret("app_id")),
            "secret": account.secret("secret"),
            "refresh_token": refresh_token or account.secret("refresh_token"),
        },
    )
    granted = call(request)["data"]
    lifetime = granted["access_token_expires_in"]
    return Grant(granted["access_token"], lifetime, granted["refresh_token"])


def report_pages(call: Call, account: Account, window: Window) -> Iterator[Page]:
    """The report's pages, numbered from 1."""
    number, read, total = 1, 0, 1
    while read < total:
        body = {
            "advertiser_id": int(account.account),
            "start_date": window.first_day,
            "end_date": window.last_day,
            "time_unit": "DAY",
            "page_num": number,
            "page_size": PAGE_SIZE,
        }
        request = Request("POST", "/jg/data/report/offline/creativity", body=body)
        answer = call(request)
        rows = answer["data"].get("data_list") or []
        total = answer["data"].get("total_count") or 0
        yield Page(request, answer, rows, total)
        number, read = number + 1, number * PAGE_SIZE


REPORTS = Vendor(
    base_url=BASE_URL,
    schedule=Days(lag=8, deep_lag=31, longest=30),
    pages=report_pages,
    key=lambda row: tuple(row.get(name) for name in REPORT.dimensions),
    judge=judge,
    explain=explain,
    sign=sign,
    renew=renew,
    personal=dict.fromkeys(REPORT.dimensions + REPORT.figures, "plain"),
)
