"""Xiaohongshu 小红书聚光: pages of a thousand rows at most; orders are booked back seven days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from ingestion.pulls.vendor import Clock
from tests.simulators.server import Answered, Asked, Simulator

SECRETS = {"app_id": "694", "secret": "xhs-app-secret", "refresh_token": "xhs-refresh-0"}
BOOKED_BACK = timedelta(days=7)
TOKEN_LIFETIME = timedelta(days=1)


def creativity(day: str, number: int = 1, **figures: str) -> dict[str, str]:
    """A row of the report; numbers are texts."""
    row = {"time": day, "campaign_id": "81", "campaign_name": "种草", "unit_id": "82"}
    row |= {"creativity_id": str(830 + number), "creativity_name": f"笔记{number}"}
    row |= {"fee": "320.40", "impression": "45000", "click": "1300", "leads": "1"}
    return row | {"success_goods_order": "4"} | figures


class Xiaohongshu(Simulator):
    """One advertiser. Of a day's orders a part is booked each of the seven days after it."""

    def __init__(self, clock: Clock, advertiser: str = "9001") -> None:
        self.advertiser = advertiser
        self.report: list[dict[str, str]] = []
        self.refresh_token = SECRETS["refresh_token"]
        self.access_token, self.token_ends = "", clock.now()
        self.renewals = 0
        super().__init__(clock)

    def answer(self, asked: Asked) -> Answered:
        if asked.method != "POST":
            return Answered(405, {})
        if asked.path == "/oauth2/refresh_token":
            return self._renew(asked.body)
        if (
            asked.headers.get("access-token") != self.access_token
            or self.clock.now() >= self.token_ends
        ):
            return failed(40001, "access token 已失效")
        if asked.path != "/jg/data/report/offline/creativity":
            return Answered(404, {})
        return self._report(asked.body)

    def too_many(self) -> Answered:
        return failed(42900, "请求过于频繁")

    def _renew(self, body: dict[str, Any]) -> Answered:
        wanted = {**SECRETS, "app_id": 694, "refresh_token": self.refresh_token}
        if body != wanted:
            return failed(40005, "refresh_token 无效")
        self.renewals += 1
        self.refresh_token = f"xhs-refresh-{self.renewals}"
        self.access_token = f"xhs-access-{self.renewals}"
        self.token_ends = self.clock.now() + TOKEN_LIFETIME
        granted = {"access_token": self.access_token, "refresh_token": self.refresh_token}
        granted |= {"access_token_expires_in": int(TOKEN_LIFETIME.total_seconds())}
        return good(granted)

    def _report(self, body: dict[str, Any]) -> Answered:
        if body["advertiser_id"] != int(self.advertiser):
            return failed(40003, "无该广告主权限")
        number, size = body.get("page_num", 1), body.get("page_size", 20)
        if number < 1 or not 1 <= size <= 1000 or body["time_unit"] != "DAY":
            return failed(40000, "参数错误")
        found = [
            self._booked(row)
            for row in self.report
            if body["start_date"] <= row["time"] <= body["end_date"]
        ]
        page = found[(number - 1) * size : number * size]
        return good({"data_list": page, "total_count": len(found)})

    def _booked(self, row: dict[str, str]) -> dict[str, str]:
        age = min(self.clock.now().date() - date.fromisoformat(row["time"]), BOOKED_BACK)
        orders = int(row["success_goods_order"]) * age.days // BOOKED_BACK.days
        return {**row, "success_goods_order": str(orders)}


def good(data: dict[str, Any]) -> Answered:
    return Answered(200, {"success": True, "code": 0, "msg": "成功", "data": data})


def failed(code: int, message: str) -> Answered:
    return Answered(200, {"success": False, "code": code, "msg": message})
