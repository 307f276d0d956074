"""Ocean Engine 巨量引擎: daily reports of promotions, leads.

Conversions are booked back into the past seven days (WeChat 微信内 ones: thirty), so days are read
again for that long.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson

from ingestion.pulls.accounts import Account
from ingestion.pulls.vendor import Answer, Call, Grant, Page, Request, Vendor, Verdict
from ingestion.pulls.windows import Days, Window
from ingestion.sources.ocean_leads import LEADS as OCEAN_LEADS

BASE_URL = "https://api.oceanengine.com/open_api"
PAGE_SIZE = 1000
LEADS_PAGE_SIZE = 100
DIMENSIONS = (
    "stat_time_day",
    "cdp_project_id",
    "cdp_project_name",
    "cdp_promotion_id",
    "cdp_promotion_name",
)
METRICS = ("stat_cost", "show_cnt", "click_cnt", "convert_cnt")
TOKEN_CODES = {40102, 40104, 40105}  # expired, missing, no longer valid
LATER_CODES = {40100, 40110, 50000}  # too frequent, too many at once, the vendor's own trouble


def judge(answer: Answer) -> Verdict:
    """What the answer's ``code`` means."""
    code = answer.get("code")
    if code == 0:
        return Verdict.GOOD
    if code in TOKEN_CODES:
        return Verdict.TOKEN
    return Verdict.LATER if code in LATER_CODES else Verdict.FATAL


def explain(answer: Answer) -> str:
    """The vendor's code and words."""
    return f"code {answer.get('code')} {answer.get('message', '')}"


def sign(request: Request, account: Account, token: str, now: datetime) -> Request:
    """The token goes into a header."""
    return request.with_headers(Access_Token=token)


def renew(call: Call, account: Account, refresh_token: str | None) -> Grant:
    """Trade the refresh token, which is void from then on, for a new pair."""
    request = Request(
        "POST",
        "/oauth2/refresh_token/",
        secret_body={
            "app_id": account.secret("app_id"),
            "secret": account.secret("secret"),
            "grant_type": "refresh_token",
            "refresh_token": refresh_token or account.secret("refresh_token"),
        },
    )
    granted = call(request)["data"]
    return Grant(granted["access_token"], granted["expires_in"], granted["refresh_token"])


def report_pages(call: Call, account: Account, window: Window) -> Iterator[Page]:
    """The report's pages, numbered from 1."""
    params = {
        "advertiser_id": account.account,
        "data_topic": "BASIC_DATA",
        "dimensions": orjson.dumps(DIMENSIONS).decode(),
        "metrics": orjson.dumps(METRICS).decode(),
        "filters": "[]",
        "order_by": '[{"field":"stat_time_day","type":"ASC"}]',
        "start_time": window.first_day,
        "end_time": window.last_day,
    }
    yield from _pages(call, "/v3.0/report/custom/get/", params, "rows", PAGE_SIZE)


def lead_pages(call: Call, account: Account, window: Window) -> Iterator[Page]:
    """The pages of all leads that were made in the window."""
    params = {
        "advertiser_ids": orjson.dumps([account.account]).decode(),
        "start_time": f"{window.first_day} 00:00:00",
        "end_time": f"{window.last_day} 23:59:59",
    }
    yield from _pages(call, "/2/tools/clue/get/", params, "list", LEADS_PAGE_SIZE)


def _pages(call: Call, path: str, params: dict[str, Any], rows: str, size: int) -> Iterator[Page]:
    number, last = 1, 1
    while number <= last:
        request = Request("GET", path, {**params, "page": number, "page_size": size})
        answer = call(request)
        told = answer["data"]["page_info"]
        yield Page(request, answer, answer["data"][rows], told["total_number"])
        number, last = number + 1, told["total_page"]


REPORTS = Vendor(
    base_url=BASE_URL,
    schedule=Days(lag=8, deep_lag=31, longest=30),
    pages=report_pages,
    key=lambda row: tuple(
        row["dimensions"].get(name) for name in DIMENSIONS if not name.endswith("_name")
    ),
    judge=judge,
    explain=explain,
    sign=sign,
    renew=renew,
    personal=dict.fromkeys(("metrics", "cdp_project_id", "cdp_promotion_id"), "plain"),
)
# What becomes of a lead is told some ten minutes later, and goes on: pull these often.
LEADS = replace(
    REPORTS,
    schedule=Days(lag=2, deep_lag=31, longest=30),
    pages=lead_pages,
    key=lambda row: (row["clue_id"],),
    personal={
        **dict.fromkeys(OCEAN_LEADS.ids, "plain"),
        "telephone": "phone",
        "email": "email",
        **dict.fromkeys(("name", "address", "location", "weixin", "qq", "remark"), "drop"),
        **dict.fromkeys(("remark_dict", "clue_owner_name"), "drop"),
    },
)
