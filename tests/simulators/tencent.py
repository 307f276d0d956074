"""Tencent Ads 腾讯广告: timestamps good for 300 s, nonces good once, reports of 90 days at most."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import orjson

from ingestion.pulls.vendor import Clock
from tests.simulators.server import Answered, Asked, Simulator

SECRETS = {
    "client_id": "1110001",
    "client_secret": "tencent-client-secret",
    "refresh_token": "tencent-refresh",
}
TOLERANCE_SECONDS = 300
TOKEN_LIFETIME = timedelta(days=1)


def creative(day: str, number: int = 1, **figures: Any) -> dict[str, Any]:
    """A row of the daily report; ids have eleven digits, as a phone has."""
    row = {"date": day, "account_id": 2001, "adgroup_id": 13800138000 + number}
    row |= {"adgroup_name": f"朋友圈-{number}", "dynamic_creative_id": 18012345670 + number}
    row |= {"view_count": 51000, "valid_click_count": 900, "cost": 88010, "conversions_count": 12}
    return row | figures


def lead(number: int, acted_at: str, **fields: Any) -> dict[str, Any]:
    """A lead, personal as the vendor's are."""
    known = {"account_id": 2001, "leads_id": 9000 + number, "click_id": f"t{number}"}
    known |= {"adgroup_id": "13800138001", "leads_type": "LEADS_TYPE_FORM", "leads_name": "韩梅梅"}
    known |= {"leads_telephone": f"1390013{number:04}", "leads_wechat": "hanmeimei"}
    known |= {"leads_create_time": "2026-07-08 10:00:00", "leads_action_time": acted_at}
    return known | {"leads_follow_tag": "LEADS_FOLLOW_TAG_DEFAULT"} | fields


class Tencent(Simulator):
    """One account; ``report`` holds the rows of every day, ``leads`` all leads."""

    def __init__(self, clock: Clock, account: str = "2001") -> None:
        self.account = account
        self.report: dict[str, list[dict[str, Any]]] = {}
        self.leads: list[dict[str, Any]] = []
        self.most_rows_a_page = 1000
        self.access_token, self.token_ends = "", clock.now()
        self.renewals = 0
        self.nonces: set[str] = set()
        super().__init__(clock)

    def answer(self, asked: Asked) -> Answered:
        query = asked.query
        if asked.path == "/oauth/token":
            return self._renew(query)
        if abs(int(query.get("timestamp", 0)) - self.clock.now().timestamp()) > TOLERANCE_SECONDS:
            return told(12001, "timestamp 超出允许的误差范围")
        if not 0 < len(query.get("nonce", "")) <= 32 or query["nonce"] in self.nonces:
            return told(12002, "nonce 不合法")
        self.nonces.add(query["nonce"])
        if query.get("access_token") != self.access_token:
            return told(11002, "access_token 无效")
        if self.clock.now() >= self.token_ends:
            return told(11000, "access_token 已过期")
        if query.get("account_id") != self.account:
            return told(18002, "没有该账户的权限")
        if asked.path == "/daily_reports/get":
            return self._report(query)
        if asked.path == "/leads_list/get":
            return self._leads(query)
        return Answered(404, {})

    def too_many(self) -> Answered:
        return told(11016, "应用程序已达到每秒的请求限制")

    def _renew(self, query: dict[str, str]) -> Answered:
        wanted = {**SECRETS, "grant_type": "refresh_token"}
        if {name: query.get(name) for name in wanted} != wanted:
            return told(11012, "refresh_token 过期")
        self.renewals += 1
        self.access_token = f"tencent-access-{self.renewals}"
        self.token_ends = self.clock.now() + TOKEN_LIFETIME
        granted = {
            "access_token": self.access_token,
            "access_token_expires_in": int(TOKEN_LIFETIME.total_seconds()),
            "refresh_token": SECRETS["refresh_token"],
        }
        return told(0, "", granted)

    def _report(self, query: dict[str, str]) -> Answered:
        span = orjson.loads(query["date_range"])
        first, last = (date.fromisoformat(span[name]) for name in ("start_date", "end_date"))
        if (last - first).days >= 90:
            return told(33001, "时间跨度不能超过90天")
        fields = orjson.loads(query["fields"])
        rows = [
            {name: row[name] for name in fields}
            for day, rows_of_day in sorted(self.report.items())
            if first.isoformat() <= day <= last.isoformat()
            for row in rows_of_day
        ]
        return self.page(query, rows, "list")

    def _leads(self, query: dict[str, str]) -> Answered:
        span = orjson.loads(query["time_range"])
        if span["time_type"] != "TIME_TYPE_ACTION_TIME":
            return told(33001, "time_type 不合法")
        found = [
            lead
            for lead in self.leads
            if span["start_time"]
            <= datetime.fromisoformat(f"{lead['leads_action_time']}+08:00").timestamp()
            <= span["end_time"]
        ]
        return self.page(query, found, "leads_info")

    def page(self, query: dict[str, str], rows: list[dict[str, Any]], name: str) -> Answered:
        number, size = int(query["page"]), int(query["page_size"])
        if not 1 <= number <= 99999:
            return told(33001, "page 不合法")
        size = min(size, self.most_rows_a_page)
        info = {"page": number, "page_size": size}
        info |= {"total_number": len(rows), "total_page": -(-len(rows) // size)}
        data = {name: rows[(number - 1) * size : number * size], "page_info": info}
        return told(0, "", data)


def told(code: int, message: str, data: dict[str, Any] | None = None) -> Answered:
    return Answered(200, {"code": code, "message": "", "message_cn": message, "data": data or {}})
