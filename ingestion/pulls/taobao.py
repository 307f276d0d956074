"""Taobao and Tmall 淘宝天猫, Open Platform TOP: trades by the time they changed.

A window is at most one day; the vendor advises half an hour. Pages are read from the last one.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from ingestion.pulls.accounts import Account
from ingestion.pulls.backwards import read_backwards
from ingestion.pulls.vendor import Answer, Call, Page, Request, Vendor, Verdict
from ingestion.pulls.windows import Moments, Window
from ingestion.records import BEIJING

PAGE_SIZE = 50
FIELDS = (
    "tid,status,created,pay_time,end_time,modified,payment,post_fee,buyer_open_uid,ouid,"
    "o2o_guide_id,o2o_shop_id,orders"
)
LATER_CODES = {7, 9, 10, 15}  # too many calls, a proxy's or a service's own trouble
TOKEN_CODES = {26, 27}  # no session, no longer valid


def judge(answer: Answer) -> Verdict:
    """What ``error_response`` means; ``isv.`` at the head of its sub_code: our own mistake."""
    if not (error := answer.get("error_response")):
        return Verdict.GOOD
    if error.get("code") in TOKEN_CODES:
        return Verdict.TOKEN
    ours = str(error.get("sub_code") or "").startswith("isv.")
    return Verdict.LATER if error.get("code") in LATER_CODES and not ours else Verdict.FATAL


def explain(answer: Answer) -> str:
    """The vendor's codes and words."""
    error = answer.get("error_response") or {}
    words = error.get("sub_msg") or error.get("msg", "")
    return f"code {error.get('code')} {error.get('sub_code', '')} {words}"


def sign(request: Request, account: Account, token: str, now: datetime) -> Request:
    """Every parameter is signed, sorted by name."""
    system = {
        "app_key": account.secret("app_key"),
        "session": token,
        "timestamp": f"{now.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}",
        "format": "json",
        "v": "2.0",
        "sign_method": "hmac-sha256",
    }
    said = "".join(
        f"{name}{value}" for name, value in sorted({**(request.body or {}), **system}.items())
    )
    system["sign"] = (
        hmac.digest(account.secret("app_secret").encode(), said.encode(), "sha256").hex().upper()
    )
    return replace(request, secret_body=system)


def version(trade: dict[str, Any]) -> tuple[Any, ...]:
    """What tells trades in a window apart."""
    return trade["tid"], trade["modified"]


def trade_pages(call: Call, account: Account, window: Window) -> Iterator[Page]:
    """The pages of the trades that changed within the window.

    The first page is asked for with the total; the others without, which is what costs the vendor.
    """

    def ask(number: int) -> Page:
        body = {
            "method": "taobao.trades.sold.increment.get",
            "fields": FIELDS,
            "start_modified": f"{window.start:%Y-%m-%d %H:%M:%S}",
            "end_modified": f"{window.end:%Y-%m-%d %H:%M:%S}",
            "page_no": number,
            "page_size": PAGE_SIZE,
            "use_has_next": "true" if number > 1 else "false",
        }
        request = Request("POST", "/router/rest", body=body, form=True)
        answer = call(request)
        found = answer["trades_sold_increment_get_response"]
        # TOP leaves `trades` out of an empty page.
        trades = (found.get("trades") or {}).get("trade") or []
        return Page(request, answer, trades, found.get("total_results"))

    yield from read_backwards(ask, PAGE_SIZE, version)


TRADES = Vendor(
    base_url="https://eco.taobao.com",
    schedule=Moments(longest=timedelta(minutes=30), settle=timedelta(minutes=1)),
    pages=trade_pages,
    key=version,
    judge=judge,
    explain=explain,
    sign=sign,
    calls_per_second=10,
)
