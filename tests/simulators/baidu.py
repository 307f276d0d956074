"""Baidu Marketing 百度营销: two reports, rows numbered from 0, names of the deleted marked."""

from __future__ import annotations

from typing import Any

from ingestion.pulls.vendor import Clock
from tests.simulators.server import Answered, Asked, Simulator

SECRETS = {
    "app_id": "baidu-app",
    "secret_key": "baidu-secret-key",
    "user_id": "51",
    "refresh_token": "baidu-refresh-0",
}
SEARCH, FEED = 2284618, 2330652
CONVERSIONS = {SEARCH: "ocpcConversions", FEED: "ocpcTargetTrans"}
TOKEN_LIFETIME_SECONDS = 86400


def unit(day: str, number: int = 1, deleted: bool = False, **figures: Any) -> dict[str, Any]:
    """A row of either report."""
    mark = "[已删除]" if deleted else ""
    row = {"date": day, "userId": 51, "campaignId": 610 + number, "adGroupId": 710 + number}
    row |= {"campaignNameStatus": f"品牌词{number}{mark}", "adGroupNameStatus": f"面霜{mark}"}
    row |= {"impression": 9000, "click": 310, "cost": 402.5}
    return row | {"ocpcConversions": 6, "ocpcTargetTrans": 6} | figures


class Baidu(Simulator):
    """One account; ``reports`` holds the rows of each report."""

    def __init__(self, clock: Clock, account: str = "花间护肤") -> None:
        self.account = account
        self.reports: dict[int, list[dict[str, Any]]] = {SEARCH: [], FEED: []}
        self.access_token, self.token_ends = "", clock.now().timestamp()
        self.refresh_token = SECRETS["refresh_token"]
        self.renewals = 0
        super().__init__(clock)

    def answer(self, asked: Asked) -> Answered:
        if asked.path == "/oauth/refreshToken":
            return self._renew(asked.body)
        header, body = asked.body.get("header", {}), asked.body.get("body", {})
        if header.get("userName") != self.account:
            return failed(2, 8101, "Username is not authorized")
        if (
            header.get("accessToken") != self.access_token
            or self.clock.now().timestamp() >= self.token_ends
        ):
            return failed(2, 8104, "access token is invalid or expired")
        return self._report(body)

    def too_many(self) -> Answered:
        return failed(2, 421, "There are too many requests, or the request rate exceeds limit")

    def _renew(self, body: dict[str, Any]) -> Answered:
        wanted = {"appId": SECRETS["app_id"], "secretKey": SECRETS["secret_key"], "userId": 51}
        wanted["refreshToken"] = self.refresh_token
        if body != wanted:
            return Answered(200, {"code": 894, "message": "refreshToken 无效"})
        self.renewals += 1
        self.refresh_token = f"baidu-refresh-{self.renewals}"
        self.access_token = f"baidu-access-{self.renewals}"
        self.token_ends = self.clock.now().timestamp() + TOKEN_LIFETIME_SECONDS
        granted = {"accessToken": self.access_token, "refreshToken": self.refresh_token}
        granted |= {"expiresIn": TOKEN_LIFETIME_SECONDS, "refreshExpiresIn": 30 * 86400}
        return Answered(200, {"code": 0, "message": "success", "data": granted})

    def _report(self, body: dict[str, Any]) -> Answered:
        report, columns = body["reportType"], body["columns"]
        if report not in self.reports or CONVERSIONS[report] not in columns:
            return failed(2, 800100, "columns must hold a conversion metric")
        if len(body["sorts"]) > 2 or any(sort["column"] not in columns for sort in body["sorts"]):
            return failed(2, 800101, "sorts must be two of the columns at most")
        found = [
            {name: row[name] for name in columns}
            for row in self.reports[report]
            if body["startDate"] <= row["date"] <= body["endDate"]
        ]
        start = body["startRow"]
        rows = found[start : start + body["rowCount"]]
        data = [{"rows": rows, "rowCount": len(rows), "totalRowCount": len(found)}]
        if not found:
            data = []
        return Answered(200, {"header": {"status": 0, "desc": "success"}, "body": {"data": data}})


def failed(status: int, code: int, message: str) -> Answered:
    failure = {"code": code, "message": message, "position": ""}
    return Answered(200, {"header": {"status": status, "failures": [failure]}, "body": {}})
