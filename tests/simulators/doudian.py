"""抖店 Douyin shop: calls signed over sorted JSON, pages from 0, tokens that end, after-sales."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from ingestion.pulls.vendor import Clock
from tests.simulators.server import Answered, Asked
from tests.simulators.shop import Shop, refused

SHOP_ID = "4463798"
SECRETS = {"app_key": "7200000000000000001", "app_secret": "doudian-secret"}
TOKEN_LIFETIME = timedelta(days=7)


def order(number: int, changed: datetime, placed: datetime, **fields: Any) -> dict[str, Any]:
    """A paid order of one line of 199 yuan, bought in a live room."""
    moment = int(placed.timestamp())
    line = {"order_id": f"{number}1", "item_num": 1, "pay_amount": 19900, "post_amount": 0}
    line |= {"room_id": 7300000000000000001, "author_id": 55, "cid": 99, "post_receiver": "李丽"}
    known = {"order_id": f"{number}", "shop_id": int(SHOP_ID), "order_status": 105}
    known |= {"create_time": moment, "pay_time": moment, "update_time": int(changed.timestamp())}
    known |= {"doudian_open_id": f"1@#{number}", "post_receiver": "李丽", "post_tel": "13912345678"}
    return {**known, "sku_order_list": [line], **fields}


def aftersale(number: int, changed: datetime, fen: int, **fields: Any) -> dict[str, Any]:
    """An after-sale of the order of that number, paid back."""
    about = {"aftersale_id": f"a{number}", "refund_status": 3, "refund_amount": fen}
    about |= {"update_time": int(changed.timestamp()), **fields}
    return {"aftersale_info": about, "order_info": {"shop_order_id": f"{number}"}}


class Doudian(Shop):
    calls_per_second = 10

    def __init__(self, clock: Clock) -> None:
        self.access_token, self.token_ends, self.grants = "", datetime(2000, 1, 1, tzinfo=UTC), 0
        self.aftersales: list[dict[str, Any]] = []
        super().__init__(clock)

    def sell(
        self, number: int, changed: datetime, placed: datetime | None = None, **fields: Any
    ) -> None:
        self.put(f"{number}", changed, order(number, changed, placed or changed, **fields))

    def answer(self, asked: Asked) -> Answered:
        query = asked.query
        param_json = json.dumps(
            asked.body, sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )
        key = SECRETS["app_secret"]
        said = f"{key}app_key{query['app_key']}method{query['method']}param_json{param_json}"
        said += f"timestamp{query['timestamp']}v{query['v']}{key}"
        expected = hmac.new(key.encode(), said.encode(), hashlib.sha256).hexdigest()
        if query["sign"] != expected or query["method"] != asked.path[1:].replace("/", "."):
            return told(40002, "isv.invalid-sign:2", "签名校验失败")
        if asked.path == "/token/create":
            return self._token(asked.body)
        if not self.is_near(datetime.fromtimestamp(int(query["timestamp"]), UTC)):
            return told(40002, "isv.timestamp-expired:1", "请求时间戳已过期")
        if query.get("access_token") != self.access_token or self.clock.now() >= self.token_ends:
            return told(30002, "isv.access-token-expired:5", "access_token已过期")
        if not (0 < asked.body["size"] <= 100 and asked.body["page"] >= 0):
            return told(40004, "isv.parameter-invalid:16", "参数不合法")
        return self._orders(asked.body) if "searchList" in asked.path else self._list(asked.body)

    def too_many(self) -> Answered:
        return told(70000, "isv.api-traffic-limit:3", "接口触发限流")

    def _token(self, body: dict[str, Any]) -> Answered:
        wanted = {"code": "", "grant_type": "authorization_self", "shop_id": SHOP_ID}
        if body != wanted:
            return told(40004, "isv.parameter-invalid:16", "参数不合法")
        self.grants += 1
        self.access_token = f"doudian-access-{self.grants}"
        self.token_ends = self.clock.now() + TOKEN_LIFETIME
        granted = {"access_token": self.access_token, "refresh_token": "r", "shop_id": 4463798}
        return good({**granted, "expires_in": int(TOKEN_LIFETIME.total_seconds())})

    def _orders(self, body: dict[str, Any]) -> Answered:
        assert (body["order_by"], body["order_asc"]) == ("update_time", True)
        span = (body["update_time_start"], body["update_time_end"])
        rows = self.changed_within(*(datetime.fromtimestamp(at, UTC) for at in span))
        shown = self.page(rows, body["page"], body["size"]) or None
        return good({"page": body["page"], "total": len(rows), "shop_order_list": shown})

    def _list(self, body: dict[str, Any]) -> Answered:
        rows = [
            item
            for item in self.aftersales
            if body["update_start_time"]
            <= item["aftersale_info"]["update_time"]
            <= body["update_end_time"]
        ]
        shown = self.page(rows, body["page"], body["size"])
        return good({"page": body["page"], "total": len(rows), "items": shown})


def good(data: dict[str, Any]) -> Answered:
    return Answered(200, {"code": 10000, "msg": "success", "data": data, "log_id": "l1"})


def told(code: int, sub_code: str, words: str) -> Answered:
    return refused(code=code, msg="error", sub_code=sub_code, sub_msg=words)
