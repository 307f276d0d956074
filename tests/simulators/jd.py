"""JD 京东 JOS: MD5 over sorted parameters, fields and states by name, two places for errors."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from tests.simulators.server import Answered, Asked
from tests.simulators.shop import Shop, as_text, beijing, refused

SECRETS = {"app_key": "JDK1", "app_secret": "jd-secret", "access_token": "jd-token"}


def order(number: int, changed: datetime, placed: datetime, **fields: Any) -> dict[str, Any]:
    """A paid order of one line of 199 yuan."""
    moment = as_text(placed)
    line = {"skuId": "100", "outerSkuId": "SKU1", "jdPrice": "219.00", "itemTotal": "1"}
    known = {"orderId": f"{number}", "orderState": "WAIT_SELLER_STOCK_OUT", "pin": "lili"}
    known |= {"orderPayment": "205.00", "freightPrice": "6.00", "orderStartTime": moment}
    known |= {
        "paymentConfirmTime": moment,
        "modified": as_text(changed),
        "openIdBuyer": f"o{number}",
    }
    return {**known, "consigneeInfo": {"fullname": "李丽"}, "itemInfoList": [line], **fields}


class Jd(Shop):
    newest_first = False
    calls_per_second = 10

    def sell(
        self, number: int, changed: datetime, placed: datetime | None = None, **fields: Any
    ) -> None:
        self.put(f"{number}", changed, order(number, changed, placed or changed, **fields))

    def answer(self, asked: Asked) -> Answered:
        body = dict(asked.body)
        signature = body.pop("sign", "")
        said = "".join(f"{name}{body[name]}" for name in sorted(body))
        key = SECRETS["app_secret"]
        expected = hashlib.md5(f"{key}{said}{key}".encode()).hexdigest().upper()
        if signature != expected:
            return told("10", "无效签名", "Invalid sign")
        if not self.is_near(beijing(body["timestamp"])):
            return told("8", "非法的时间戳参数", "Invalid timestamp")
        if body["access_token"] != SECRETS["access_token"]:
            return told("19", "token已过期或者不存在，请重新授权", "Invalid access_token")
        return self._search(json.loads(body["360buy_param_json"]))

    def too_many(self) -> Answered:
        return told("2", "限制时间内调用次数过于频繁", "call limited")

    def _search(self, wanted: dict[str, Any]) -> Answered:
        start, end = beijing(wanted["start_date"]), beijing(wanted["end_date"])
        number, size = int(wanted["page"]), int(wanted["page_size"])
        if end - start > timedelta(days=31) or not wanted["order_state"]:
            return found(success=False, errorCode="10100001", chineseErrCode="时间跨度过大")
        if not (1 <= size <= 50 and number >= 1):
            return found(success=False, errorCode="10100002", chineseErrCode="分页参数错误")
        if wanted["dateType"] != 0:
            return found(success=False, errorCode="10100003", chineseErrCode="按修改时间查询")
        states = wanted["order_state"].split(",")
        rows = [row for row in self.changed_within(start, end) if row["orderState"] in states]
        fields = wanted["optional_fields"].split(",")
        shown = [
            {name: row[name] for name in fields if name in row}
            for row in self.page(rows, number - 1, size)
        ]
        return found(success=True, rows=shown, total=len(rows))


def found(
    success: bool, rows: list[dict[str, Any]] | None = None, total: int = 0, **error: str
) -> Answered:
    result = {"apiResult": {"success": success, **error}, "orderTotal": total}
    page = {"code": "0", "searchorderinfo_result": {**result, "orderInfoList": rows or []}}
    return Answered(200, {"jingdong_pop_order_search_responce": page})


def told(code: str, chinese: str, english: str) -> Answered:
    return refused(error_response={"code": code, "zh_desc": chinese, "en_desc": english})
