"""Ocean Engine 巨量引擎: OAuth whose refresh tokens are good once, the custom report."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import orjson

from ingestion.pulls.vendor import Clock
from tests.simulators.server import Answered, Asked, Simulator

TOKEN_LIFETIME = timedelta(days=1)
TOLD_AFTER = timedelta(minutes=10)
SECRETS = {"app_id": "1001", "secret": "ocean-app-secret", "refresh_token": "ocean-refresh-0"}


def promotion(day: str, number: int = 1, **metrics: str) -> dict[str, Any]:
    """A row of the report."""
    dimensions = {
        "stat_time_day": day,
        "cdp_project_id": "7301",
        "cdp_project_name": "夏日焕新",
        "cdp_promotion_id": str(7400 + number),
        "cdp_promotion_name": f"面霜-信息流{number}",
    }
    told = {"stat_cost": "100.50", "show_cnt": "5000", "click_cnt": "120", "convert_cnt": "3"}
    return {"dimensions": dimensions, "metrics": told | metrics}


def clue(number: int, made_at: str, **fields: Any) -> dict[str, Any]:
    """A lead, personal as the vendor's are."""
    lead = {"clue_id": str(7420 + number), "advertiser_id": "17001", "promotion_id": 7401}
    lead |= {"clue_type": 0, "clue_source": 1, "create_time_detail": made_at, "name": "韩梅梅"}
    lead |= {"telephone": f"1390013{number:04}", "weixin": "hanmeimei", "address": "岳麓区一号"}
    lead |= {"external_url": f"https://l.example/x?clickid=B.{number}", "clue_state_name": "新线索"}
    return lead | {"convert_status": "合法转化", "app_name": "抖音"} | fields


class Ocean(Simulator):
    """One advertiser; ``report`` holds the rows of every day, ``leads`` all leads."""

    calls_per_second = 10

    def __init__(self, clock: Clock, advertiser: str = "17001") -> None:
        self.advertiser = advertiser
        self.report: dict[str, list[dict[str, Any]]] = {}
        self.leads: list[dict[str, Any]] = []
        self.most_rows_a_page = 1000
        self.refresh_token = SECRETS["refresh_token"]
        self.access_token, self.token_ends = "", clock.now()
        self.renewals = 0
        super().__init__(clock)

    def answer(self, asked: Asked) -> Answered:
        if asked.path == "/oauth2/refresh_token/":
            return self._renew(asked.body)
        if asked.headers.get("access-token") != self.access_token:
            return told(40105, "access_token无效")
        if self.clock.now() >= self.token_ends:
            return told(40102, "access_token已过期")
        if asked.path == "/v3.0/report/custom/get/":
            return self._report(asked.query)
        if asked.path == "/2/tools/clue/get/":
            return self._leads(asked.query)
        return Answered(404, {})

    def too_many(self) -> Answered:
        return told(40100, "请求过于频繁")

    def _renew(self, body: dict[str, Any]) -> Answered:
        if (body.get("app_id"), body.get("secret")) != (SECRETS["app_id"], SECRETS["secret"]):
            return told(40002, "app_id或secret错误")
        if body.get("refresh_token") != self.refresh_token:
            return told(40107, "refresh_token无效")
        self.renewals += 1
        self.refresh_token = f"ocean-refresh-{self.renewals}"
        self.access_token = f"ocean-access-{self.renewals}"
        self.token_ends = self.clock.now() + TOKEN_LIFETIME
        granted = {
            "access_token": self.access_token,
            "expires_in": int(TOKEN_LIFETIME.total_seconds()),
            "refresh_token": self.refresh_token,
            "refresh_token_expires_in": 30 * 86400,
        }
        return told(0, "OK", granted)

    def _report(self, query: dict[str, str]) -> Answered:
        first, last = (date.fromisoformat(query[name]) for name in ("start_time", "end_time"))
        if query["advertiser_id"] != self.advertiser:
            return told(40002, "没有该广告主的权限")
        if (last - first).days > 29 or last < first:
            return told(40000, "时间跨度不能超过30天")
        wanted = orjson.loads(query["dimensions"]), orjson.loads(query["metrics"])
        rows = [
            {
                "dimensions": {name: row["dimensions"][name] for name in wanted[0]},
                "metrics": {name: row["metrics"][name] for name in wanted[1]},
            }
            for day in days(first, last)
            for row in self.report.get(day, [])
        ]
        return self.page(query, rows, "rows")

    def _leads(self, query: dict[str, str]) -> Answered:
        if self.advertiser not in orjson.loads(query["advertiser_ids"]):
            return told(40002, "没有该广告主的权限")
        made = [
            lead
            for lead in self.leads
            if query["start_time"] <= lead["create_time_detail"] <= query["end_time"]
        ]
        return self.page(query, [self._known(lead) for lead in made], "list")

    def _known(self, lead: dict[str, Any]) -> dict[str, Any]:
        """Where a lead came from is told some ten minutes after it was made."""
        if self.clock.now() < moment(lead["create_time_detail"]) + TOLD_AFTER:
            return {**lead, "convert_status": "数据获取中", "app_name": ""}
        return lead

    def page(self, query: dict[str, str], rows: list[dict[str, Any]], name: str) -> Answered:
        number, asked_size = int(query.get("page", 1)), int(query.get("page_size", 20))
        if number < 1 or not 1 <= asked_size <= 1000:
            return told(40000, "page或page_size不合法")
        size = min(asked_size, self.most_rows_a_page)
        info = {
            "page": number,
            "page_size": size,
            "total_number": len(rows),
            "total_page": -(-len(rows) // size),
        }
        data = {name: rows[(number - 1) * size : number * size], "page_info": info}
        return told(0, "OK", data)


def told(code: int, message: str, data: dict[str, Any] | None = None) -> Answered:
    return Answered(
        200, {"code": code, "message": message, "request_id": "20260704R1", "data": data or {}}
    )


def days(first: date, last: date) -> list[str]:
    return [(first + timedelta(days=at)).isoformat() for at in range((last - first).days + 1)]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")
