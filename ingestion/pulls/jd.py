"""JD 京东 JOS: POP orders by the time they changed.

Nothing comes that is not asked for by name, neither fields nor states.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import md5
from typing import Any

import orjson

from ingestion.pulls.accounts import Account
from ingestion.pulls.backwards import read_backwards
from ingestion.pulls.vendor import (
    Answer,
    Call,
    Page,
    Request,
    Vendor,
    Verdict,
    verdict_of_words,
)
from ingestion.pulls.windows import Moments, Window
from ingestion.records import BEIJING

PAGE_SIZE = 50
FIELDS = (
    "orderId,orderState,orderPayment,freightPrice,orderStartTime,orderEndTime,paymentConfirmTime,"
    "modified,payType,openIdBuyer,itemInfoList"
)
STATES = (
    "WAIT_SELLER_STOCK_OUT,WAIT_SELLER_DELIVERY,WAIT_GOODS_RECEIVE_CONFIRM,FINISHED_L,"
    "TRADE_CANCELED,LOCKED,PAUSE,POP_ORDER_PAUSE"
)
BY_CHANGE, OLDEST_FIRST = 0, 0


def judge(answer: Answer) -> Verdict:
    """What ``error_response`` means, or the ``apiResult`` within an answer that has none."""
    if "error_response" not in answer and _found(answer).get("apiResult", {}).get("success"):
        return Verdict.GOOD
    return verdict_of_words(explain(answer))


def explain(answer: Answer) -> str:
    """The vendor's code and words."""
    if error := answer.get("error_response"):
        return f"code {error.get('code')} {error.get('zh_desc')} {error.get('en_desc')}"
    result = _found(answer).get("apiResult", {})
    return f"code {result.get('errorCode')} {result.get('chineseErrCode')}"


def sign(request: Request, account: Account, token: str, now: datetime) -> Request:
    """Every parameter is signed, sorted by name, the secret at both ends; JD knows MD5 only."""
    secret = {
        "access_token": token,
        "timestamp": f"{now.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}",
    }
    named = sorted({**(request.body or {}), **secret}.items())
    key = account.secret("app_secret")
    said = key + "".join(f"{name}{value}" for name, value in named) + key
    return replace(request, secret_body={**secret, "sign": md5(said.encode()).hexdigest().upper()})


def version(order: dict[str, Any]) -> tuple[Any, ...]:
    """What tells orders in a window apart."""
    return order["orderId"], order["modified"]


def order_pages(call: Call, account: Account, window: Window) -> Iterator[Page]:
    """The pages of the orders that changed within the window."""

    def ask(number: int) -> Page:
        wanted = {
            "start_date": f"{window.start:%Y-%m-%d %H:%M:%S}",
            "end_date": f"{window.end:%Y-%m-%d %H:%M:%S}",
            "order_state": STATES,
            "optional_fields": FIELDS,
            "page": str(number),
            "page_size": str(PAGE_SIZE),
            "sortType": OLDEST_FIRST,
            "dateType": BY_CHANGE,
        }
        body = {
            "method": "jingdong.pop.order.search",
            "app_key": account.secret("app_key"),
            "v": "2.0",
            "360buy_param_json": orjson.dumps(wanted).decode(),
        }
        request = Request("POST", "/routerjson", body=body, form=True)
        answer = call(request)
        found = _found(answer)
        return Page(request, answer, found.get("orderInfoList") or [], found["orderTotal"])

    yield from read_backwards(ask, PAGE_SIZE, version)


def _found(answer: Answer) -> dict[str, Any]:
    """JD spells it ``responce``."""
    page = answer.get("jingdong_pop_order_search_responce") or {}
    return page.get("searchorderinfo_result") or {}


ORDERS = Vendor(
    base_url="https://api.jd.com",
    schedule=Moments(longest=timedelta(days=1), settle=timedelta(minutes=1)),
    pages=order_pages,
    key=version,
    judge=judge,
    explain=explain,
    sign=sign,
)
