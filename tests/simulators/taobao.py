"""Taobao 淘宝 TOP: signed calls, windows of at most a day, the newest change first."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any

from tests.simulators.server import Answered, Asked
from tests.simulators.shop import Shop, as_text, beijing, refused

SECRETS = {"app_key": "23000001", "app_secret": "top-secret", "access_token": "top-session"}


def trade(number: int, changed: datetime, placed: datetime, **fields: Any) -> dict[str, Any]:
    """A paid trade of one line of 80 yuan."""
    line = {"oid": f"{number}1", "num": 1, "payment": "80.00", "refund_status": "NO_REFUND"}
    known = {"tid": f"{number}", "status": "WAIT_SELLER_SEND_GOODS", "buyer_open_uid": f"U{number}"}
    known |= {"created": as_text(placed), "pay_time": as_text(placed), "payment": "92.00"}
    known |= {"modified": as_text(changed), "post_fee": "12.00", "receiver_name": "李丽"}
    return {**known, "orders": {"order": [line]}, **fields}


class Taobao(Shop):
    newest_first = True
    calls_per_second = 20

    def sell(
        self, number: int, changed: datetime, placed: datetime | None = None, **fields: Any
    ) -> None:
        self.put(f"{number}", changed, trade(number, changed, placed or changed, **fields))

    def answer(self, asked: Asked) -> Answered:
        body = {str(name): str(value) for name, value in asked.body.items()}
        signature = body.pop("sign", "")
        said = "".join(f"{name}{body[name]}" for name in sorted(body))
        key = SECRETS["app_secret"].encode()
        expected = hmac.new(key, said.encode(), hashlib.sha256).hexdigest().upper()
        if asked.path != "/router/rest" or body["app_key"] != SECRETS["app_key"]:
            return told(29, "Invalid app Key")
        if body["sign_method"] != "hmac-sha256" or signature != expected:
            return told(25, "Invalid signature")
        if not self.is_near(beijing(body["timestamp"])):
            return told(31, "Invalid timestamp")
        if body["session"] != SECRETS["access_token"]:
            return told(27, "Invalid session")
        return self._trades(body)

    def too_many(self) -> Answered:
        return told(7, "App Call Limited", "accesscontrol.limited-by-app-access-count")

    def _trades(self, body: dict[str, str]) -> Answered:
        start, end = beijing(body["start_modified"]), beijing(body["end_modified"])
        number, size = int(body["page_no"]), int(body["page_size"])
        if end - start > timedelta(days=1) or end <= start:
            return told(41, "Invalid Arguments", "isv.invalid-parameter:end_modified")
        if start < self.clock.now() - timedelta(days=92):
            return told(41, "Invalid Arguments", "isv.invalid-parameter:start_modified")
        if not (1 <= size <= 100 and number >= 1 and body["fields"]):
            return told(41, "Invalid Arguments", "isv.invalid-parameter")
        rows = self.changed_within(start, end)
        wanted = body["fields"].split(",")
        shown = [
            {name: row[name] for name in wanted if name in row}
            for row in self.page(rows, number - 1, size)
        ]
        page: dict[str, Any] = {"request_id": "r1"}
        if shown:
            page["trades"] = {"trade": shown}
        if body.get("use_has_next") == "true":
            page["has_next"] = number * size < len(rows)
        else:
            page["total_results"] = len(rows)
        return Answered(200, {"trades_sold_increment_get_response": page})


def told(code: int, words: str, sub_code: str = "") -> Answered:
    return refused(error_response={"code": code, "msg": words, "sub_code": sub_code})
