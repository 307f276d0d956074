"""Youzan 有赞: trades by the time they changed, and of trades paid back in part the refunds.

A change is told half a minute after it happened at the earliest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from ingestion.pulls.accounts import Account
from ingestion.pulls.backwards import read_backwards
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
from ingestion.pulls.windows import Moments, Window
from ingestion.sources.youzan_trades import DROPPED

PAGE_SIZE = 100
PAID_BACK_IN_PART = 2


def judge(answer: Answer) -> Verdict:
    """What ``code`` means, or the gateway's ``gw_err_resp`` beside it."""
    if answer.get("code") == 200 and answer.get("success", True):
        return Verdict.GOOD
    return verdict_of_words(explain(answer))


def explain(answer: Answer) -> str:
    """The vendor's code and words."""
    error = answer.get("gw_err_resp") or {}
    code = error.get("err_code", answer.get("code"))
    return f"code {code} {error.get('err_msg') or answer.get('message', '')}"


def sign(request: Request, account: Account, token: str, now: datetime) -> Request:
    """The token goes into the query."""
    return replace(request, secret_params={"access_token": token})


def renew(call: Call, account: Account, refresh_token: str | None) -> Grant:
    """A token of the shop (``account`` is its kdt_id) for an application of its own 自用型应用."""
    request = Request(
        "POST",
        "/auth/token",
        secret_body={
            "authorize_type": "silent",
            "client_id": account.secret("client_id"),
            "client_secret": account.secret("client_secret"),
            "grant_id": account.account,
            "refresh": False,
        },
    )
    granted = call(request)["data"]
    # `expires` is a moment, in milliseconds
    lifetime = granted["expires"] / 1000 - datetime.now(UTC).timestamp()
    return Grant(granted["access_token"], lifetime)


def version(trade: dict[str, Any]) -> tuple[Any, ...]:
    """What tells trades in a window apart; one that was asked for alone tells more."""
    about = trade["full_order_info"]["order_info"]
    return about["tid"], about["update_time"], "refund_order" in trade


def trade_pages(call: Call, account: Account, window: Window) -> Iterator[Page]:
    """The pages of the trades that changed within the window, then refunds trade by trade."""

    def ask(number: int) -> Page:
        body = {
            "start_update": f"{window.start:%Y-%m-%d %H:%M:%S}",
            "end_update": f"{window.end:%Y-%m-%d %H:%M:%S}",
            "page_no": number,
            "page_size": PAGE_SIZE,
        }
        request = Request("POST", "/api/youzan.trades.sold.get/4.0.4", body=body)
        answer = call(request)
        found = answer["data"]
        return Page(request, answer, found["full_order_info_list"], found["total_results"])

    refunded: list[str] = []
    for page in read_backwards(ask, PAGE_SIZE, version):
        yield page
        for trade in page.rows:
            about = trade["full_order_info"]["order_info"]
            if about.get("refund_state") == PAID_BACK_IN_PART:
                refunded.append(about["tid"])
    for tid in refunded:
        request = Request("POST", "/api/youzan.trade.get/4.0.0", body={"tid": tid})
        answer = call(request)
        yield Page(request, answer, [answer["data"]])


TRADES = Vendor(
    base_url="https://open.youzanyun.com",
    schedule=Moments(longest=timedelta(hours=6), settle=timedelta(seconds=30)),
    pages=trade_pages,
    key=version,
    judge=judge,
    explain=explain,
    sign=sign,
    renew=renew,
    token_opens_account=True,
    personal={**dict.fromkeys(DROPPED, "drop"), "buyer_phone": "phone"},
)
