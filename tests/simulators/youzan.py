"""Youzan 有赞: a change shows half a minute after it happened; times come in pairs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from ingestion.pulls.vendor import Clock
from tests.simulators.server import Answered, Asked
from tests.simulators.shop import Shop, as_text, beijing, refused

KDT_ID = "40012345"
SECRETS = {"client_id": "yz-client", "client_secret": "yz-secret"}
SHOWN_AFTER = timedelta(seconds=30)


def trade(number: int, changed: datetime, placed: datetime, **fields: Any) -> dict[str, Any]:
    """A paid trade of one line of 199 yuan; fields belong to its ``order_info``."""
    moment = as_text(placed)
    about = {"tid": f"E{number}", "status": "WAIT_SELLER_SEND_GOODS", "refund_state": 0}
    about |= {"created": moment, "pay_time": moment, "update_time": as_text(changed)}
    about |= fields
    line = {"oid": f"{number}1", "num": 1, "payment": "199.00", "outer_sku_id": "SKU1"}
    return {
        "order_info": about,
        "buyer_info": {"yz_open_id": f"yz{number}", "fans_nickname": "丽丽"},
        "pay_info": {"payment": "211.00", "post_fee": "12.00"},
        "address_info": {"receiver_name": "$uhqbqg==$1$", "receiver_tel": "$uhq==$1$"},
        "orders": [line],
    }


class Youzan(Shop):
    newest_first = True
    calls_per_second = 10

    def __init__(self, clock: Clock) -> None:
        self.access_token, self.grants = "", 0
        self.refunds: dict[str, list[dict[str, Any]]] = {}
        super().__init__(clock)

    def sell(
        self, number: int, changed: datetime, placed: datetime | None = None, **fields: Any
    ) -> None:
        self.put(
            f"E{number}",
            changed,
            {"full_order_info": trade(number, changed, placed or changed, **fields)},
        )

    def answer(self, asked: Asked) -> Answered:
        if asked.path == "/auth/token":
            return self._token(asked.body)
        if asked.query.get("access_token") != self.access_token:
            return refused(gw_err_resp={"err_code": 4203, "err_msg": "请求中的token无效"})
        if asked.path == "/api/youzan.trade.get/4.0.0":
            tid = asked.body["tid"]
            return good({**self.orders[tid][1], "refund_order": self.refunds.get(tid, [])})
        if asked.path != "/api/youzan.trades.sold.get/4.0.4":
            return Answered(404, {})
        return self._trades(asked.body)

    def too_many(self) -> Answered:
        return refused(gw_err_resp={"err_code": 4005, "err_msg": "接口请求频率超限"})

    def _token(self, body: dict[str, Any]) -> Answered:
        wanted = {"authorize_type": "silent", "grant_id": KDT_ID, "refresh": False, **SECRETS}
        if body != wanted:
            return refused(code=141000001, success=False, message="参数错误")
        self.grants += 1
        self.access_token = f"yz-access-{self.grants}"
        ends = datetime.now(UTC) + timedelta(days=7)
        granted = {"access_token": self.access_token, "scope": "trade"}
        return good({**granted, "expires": int(ends.timestamp() * 1000)})

    def _trades(self, body: dict[str, Any]) -> Answered:
        if ("start_update" in body) != ("end_update" in body):
            return refused(code=106000001, success=False, message="起止时间须成对")
        start, end = beijing(body["start_update"]), beijing(body["end_update"])
        if end - start > timedelta(days=365):
            return refused(code=106000001, success=False, message="每次可搜索一年订单记录")
        if not (1 <= body["page_size"] <= 100 and body["page_no"] >= 1):
            return refused(code=106000002, success=False, message="分页参数错误")
        rows = self.changed_within(start, min(end, self.clock.now() - SHOWN_AFTER))
        shown = self.page(rows, body["page_no"] - 1, body["page_size"])
        return good({"total_results": len(rows), "full_order_info_list": shown})


def good(data: dict[str, Any]) -> Answered:
    return Answered(200, {"code": 200, "success": True, "message": "ok", "data": data})
