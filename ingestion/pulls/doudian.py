"""抖店 Douyin shop: orders and after-sales 售后单 by the time they changed; pages begin at 0."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

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
from ingestion.sources.doudian_aftersales import DROPPED as OF_AFTERSALES
from ingestion.sources.doudian_orders import DROPPED as OF_ORDERS

PAGE_SIZE = 100
TROUBLE = 20000  # the vendor's own


def judge(answer: Answer) -> Verdict:
    """What ``code`` and ``sub_code`` mean; 10000 is good."""
    if answer.get("code") == 10000:
        return Verdict.GOOD
    if answer.get("code") == TROUBLE:
        return Verdict.LATER
    return verdict_of_words(f"{answer.get('sub_code')} {answer.get('sub_msg')}")


def explain(answer: Answer) -> str:
    """The vendor's codes and words."""
    words = answer.get("sub_msg") or answer.get("msg", "")
    return f"code {answer.get('code')} {answer.get('sub_code', '')} {words}"


def sign(request: Request, account: Account, token: str, now: datetime) -> Request:
    """The signature and the token go into the query."""
    signed = _signed(request, account, now)
    return replace(signed, secret_params={**signed.secret_params, "access_token": token})


def renew(call: Call, account: Account, refresh_token: str | None) -> Grant:
    """A token of the shop for an application of its own 自用型应用."""
    wanted = {"code": "", "grant_type": "authorization_self", "shop_id": account.account}
    request = Request("POST", "/token/create", secret_body=wanted)
    granted = call(_signed(request, account, datetime.now(UTC)))["data"]
    return Grant(granted["access_token"], granted["expires_in"])


def order_pages(call: Call, account: Account, window: Window) -> Iterator[Page]:
    """The pages of the orders that changed within the window."""
    body = {
        "order_asc": True,
        "order_by": "update_time",
        "update_time_end": int(window.end.timestamp()),
        "update_time_start": int(window.start.timestamp()),
    }
    yield from _pages(call, "/order/searchList", body, "shop_order_list", order_version)


def aftersale_pages(call: Call, account: Account, window: Window) -> Iterator[Page]:
    """The pages of the after-sales that changed within the window."""
    body = {
        "order_by": ["update_time asc"],
        "update_end_time": int(window.end.timestamp()),
        "update_start_time": int(window.start.timestamp()),
    }
    yield from _pages(call, "/afterSale/List", body, "items", aftersale_version)


def order_version(order: dict[str, Any]) -> tuple[Any, ...]:
    """What tells orders in a window apart."""
    return order["order_id"], order["update_time"]


def aftersale_version(item: dict[str, Any]) -> tuple[Any, ...]:
    """What tells after-sales in a window apart."""
    return item["aftersale_info"]["aftersale_id"], item["aftersale_info"]["update_time"]


def _pages(call: Call, path: str, body: dict[str, Any], rows: str, version: Any) -> Iterator[Page]:
    def ask(number: int) -> Page:
        request = Request("POST", path, body={**body, "page": number - 1, "size": PAGE_SIZE})
        answer = call(request)
        return Page(request, answer, answer["data"].get(rows) or [], answer["data"]["total"])

    yield from read_backwards(ask, PAGE_SIZE, version)


def _signed(request: Request, account: Account, now: datetime) -> Request:
    """The body is signed as the vendor rewrites it: compact, its fields sorted."""
    body = {**(request.body or {}), **request.secret_body}
    named = {
        "app_key": account.secret("app_key"),
        "method": request.path.strip("/").replace("/", "."),
        "param_json": orjson.dumps(body, option=orjson.OPT_SORT_KEYS).decode(),
        "timestamp": str(int(now.timestamp())),
        "v": "2",
    }
    key = account.secret("app_secret")
    said = key + "".join(f"{name}{value}" for name, value in named.items()) + key
    del named["param_json"]
    signature = hmac.digest(key.encode(), said.encode(), "sha256").hex()
    secret = {**named, "sign_method": "hmac-sha256", "sign": signature}
    return replace(request, secret_params=secret)


ORDERS = Vendor(
    base_url="https://openapi-fxg.jinritemai.com",
    schedule=Moments(longest=timedelta(hours=6), settle=timedelta(minutes=1)),
    pages=order_pages,
    key=order_version,
    judge=judge,
    explain=explain,
    sign=sign,
    renew=renew,
    token_opens_account=True,
    personal=dict.fromkeys(OF_ORDERS, "drop"),
)
AFTERSALES = replace(
    ORDERS,
    pages=aftersale_pages,
    key=aftersale_version,
    personal=dict.fromkeys(OF_AFTERSALES, "drop"),
)
