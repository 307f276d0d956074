"""Tencent Ads 腾讯广告, Marketing API 3.0: daily reports of creatives, leads.

Every request carries a timestamp, good for 300 seconds, and a nonce that no other request had.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any

import orjson

from ingestion.pulls.accounts import Account
from ingestion.pulls.vendor import Answer, Call, Grant, Page, Request, Vendor, Verdict
from ingestion.pulls.windows import Days, Moments, Window
from ingestion.sources.tencent_leads import LEADS as TENCENT_LEADS
from ingestion.sources.tencent_reports import REPORT

BASE_URL = "https://api.e.qq.com/v3.0"
PAGE_SIZE = 1000
LEADS_PAGE_SIZE = 100
FIELDS = ("adgroup_name", *REPORT.dimensions, *REPORT.figures)
TOKEN_CODES = {11000, 11002}  # expired, no longer valid
# Busy, and the limits of a second and a minute; that of a day (11018) is over tomorrow only.
LATER_CODES = {10000, 11008, 11016, 11017, 11019}


def judge(answer: Answer) -> Verdict:
    """What the answer's ``code`` means: https://developers.e.qq.com/v3.0/docs/errors."""
    code = answer.get("code")
    if code == 0:
        return Verdict.GOOD
    if code in TOKEN_CODES:
        return Verdict.TOKEN
    return Verdict.LATER if code in LATER_CODES else Verdict.FATAL


def explain(answer: Answer) -> str:
    """The vendor's code and words."""
    return f"code {answer.get('code')} {answer.get('message_cn') or answer.get('message', '')}"


def sign(request: Request, account: Account, token: str, now: datetime) -> Request:
    """The token, the time and a nonce go into the query."""
    secret = {"access_token": token, "timestamp": int(now.timestamp()), "nonce": token_hex(16)}
    return replace(request, secret_params=secret)


def renew(call: Call, account: Account, refresh_token: str | None) -> Grant:
    """Trade the refresh token for an access token; the refresh token stays good."""
    request = Request(
        "GET",
        "/oauth/token",
        secret_params={
            "client_id": account.secret("client_id"),
            "client_secret": account.secret("client_secret"),
            "grant_type": "refresh_token",
            "refresh_token": refresh_token or account.secret("refresh_token"),
        },
    )
    granted = call(request)["data"]
    lifetime = granted["access_token_expires_in"]
    return Grant(granted["access_token"], lifetime, granted.get("refresh_token"))


def report_pages(call: Call, account: Account, window: Window) -> Iterator[Page]:
    """The report's pages, numbered from 1."""
    params = {
        "level": "REPORT_LEVEL_DYNAMIC_CREATIVE",
        "date_range": _json({"start_date": window.first_day, "end_date": window.last_day}),
        "group_by": _json(REPORT.dimensions),
        "fields": _json(FIELDS),
    }
    yield from _pages(call, account, "/daily_reports/get", params, "list", PAGE_SIZE)


def lead_pages(call: Call, account: Account, window: Window) -> Iterator[Page]:
    """The pages of all leads that were made or worked on in the window."""
    span = {
        "start_time": int(window.start.timestamp()),
        "end_time": int(window.end.timestamp()) - 1,
        "time_type": "TIME_TYPE_ACTION_TIME",
    }
    params = {"time_range": _json(span)}
    yield from _pages(call, account, "/leads_list/get", params, "leads_info", LEADS_PAGE_SIZE)


def _pages(
    call: Call, account: Account, path: str, params: dict[str, Any], rows: str, size: int
) -> Iterator[Page]:
    number, last = 1, 1
    while number <= last:
        page = {"account_id": account.account, **params, "page": number, "page_size": size}
        request = Request("GET", path, page)
        answer = call(request)
        told = answer["data"]["page_info"]
        yield Page(request, answer, answer["data"][rows], told["total_number"])
        number, last = number + 1, told["total_page"]


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


REPORTS = Vendor(
    base_url=BASE_URL,
    schedule=Days(lag=8, deep_lag=31, longest=90),
    pages=report_pages,
    key=lambda row: tuple(row.get(name) for name in REPORT.dimensions),
    judge=judge,
    explain=explain,
    sign=sign,
    renew=renew,
    personal=dict.fromkeys(REPORT.dimensions + REPORT.figures, "plain"),
)
LEADS = replace(
    REPORTS,
    schedule=Moments(longest=timedelta(days=1), overlap=timedelta(minutes=30)),
    pages=lead_pages,
    key=lambda row: (row["leads_id"],),
    personal={
        **dict.fromkeys(TENCENT_LEADS.ids, "plain"),
        "leads_telephone": "phone",
        "leads_email": "email",
        "id_number": "id_number",
        **dict.fromkeys(("leads_name", "nick_name", "leads_qq", "leads_wechat"), "drop"),
        **dict.fromkeys(("address", "call_middle_num", "call_record_url"), "drop"),
        **dict.fromkeys(("bundle", "custom_qa", "layer_form_content", "owner_name"), "drop"),
        **dict.fromkeys(("all_follow_records",), "drop"),
    },
)
