"""WeChat official account 公众号 and WeCom 企业微信: tokens of two hours, lists that go on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from ingestion.pulls.vendor import Clock
from tests.simulators.server import Answered, Asked, Simulator

APP_ID, CORP_ID = "wx2f6b8c1d90a4e7b5", "ww1d90a4e7b5"
SECRETS = {"secret": "wechat-secret"}
CORP_SECRETS = {"secret": "wecom-secret"}
TOKEN_LIFETIME = timedelta(hours=2)
FOLLOWERS_A_PAGE = 10_000


class _Tokens(Simulator):
    def __init__(self, clock: Clock) -> None:
        self.access_token, self.token_ends, self.grants = "", datetime(2000, 1, 1, tzinfo=UTC), 0
        super().__init__(clock)

    def grant(self) -> Answered:
        self.grants += 1
        self.access_token = f"access-{self.grants}"
        self.token_ends = self.clock.now() + TOKEN_LIFETIME
        granted = {"access_token": self.access_token, "expires_in": 7200}
        return Answered(200, granted)

    def refusal(self, asked: Asked) -> Answered | None:
        if asked.query.get("access_token") != self.access_token:
            return told(40014, "invalid access_token")
        return told(42001, "access_token expired") if self.clock.now() >= self.token_ends else None

    def too_many(self) -> Answered:
        return told(45009, "reach max api daily quota limit")


class OfficialAccount(_Tokens):
    """Followers, by open id."""

    def __init__(self, clock: Clock, app_id: str = APP_ID) -> None:
        self.app_id = app_id
        self.followers: dict[str, dict[str, Any]] = {}
        self.most_followers_a_page = FOLLOWERS_A_PAGE
        super().__init__(clock)

    def follow(self, openid: str, **fields: Any) -> None:
        known = {"subscribe": 1, "openid": openid, "subscribe_time": 1783051506, "remark": "李总"}
        self.followers[openid] = {**known, **fields}

    def answer(self, asked: Asked) -> Answered:
        if asked.path == "/cgi-bin/stable_token":
            wanted = {"grant_type": "client_credential", "appid": self.app_id, **SECRETS}
            return self.grant() if asked.body == wanted else told(40125, "invalid appsecret")
        if refusal := self.refusal(asked):
            return refusal
        if asked.path == "/cgi-bin/user/get":
            return self._list(asked.query.get("next_openid", ""))
        if asked.path == "/cgi-bin/user/info/batchget":
            wanted_users = asked.body["user_list"]
            if len(wanted_users) > 100:
                return told(40032, "invalid openid list size")
            users = [self.followers[user["openid"]] for user in wanted_users]
            return Answered(200, {"user_info_list": users})
        return Answered(404, {})

    def _list(self, after: str) -> Answered:
        known = sorted(self.followers)
        rest = [openid for openid in known if openid > after][: self.most_followers_a_page]
        page = {"total": len(known), "count": len(rest), "next_openid": rest[-1] if rest else ""}
        return Answered(200, {**page, "data": {"openid": rest}} if rest else page)


class WeCom(_Tokens):
    """Employees, and the contacts of each."""

    def __init__(self, clock: Clock) -> None:
        self.contacts: dict[str, list[dict[str, Any]]] = {}
        self.tags: dict[str, dict[str, str]] = {}
        self.most_contacts_a_page = 100
        super().__init__(clock)

    def meet(self, userid: str, external_userid: str, unionid: str = "", **fields: Any) -> None:
        """An employee and a customer add each other."""
        contact = {"external_userid": external_userid, "type": 1, "name": "丽丽"}
        if unionid:
            contact["unionid"] = unionid
        follow = {"userid": userid, "createtime": 1783051506, "remark": "李总", "tag_id": []}
        entry = {"external_contact": contact, "follow_info": {**follow, **fields}}
        self.contacts.setdefault(userid, []).append(entry)

    def answer(self, asked: Asked) -> Answered:
        if asked.path == "/cgi-bin/gettoken":
            wanted = {"corpid": CORP_ID, "corpsecret": CORP_SECRETS["secret"]}
            return self.grant() if asked.query == wanted else told(40001, "invalid credential")
        if refusal := self.refusal(asked):
            return refusal
        if asked.path == "/cgi-bin/externalcontact/get_follow_user_list":
            return good(follow_user=list(self.contacts))
        if asked.path == "/cgi-bin/externalcontact/get_corp_tag_list":
            groups = [
                {
                    "group_id": f"group-{group}",
                    "group_name": group,
                    "tag": [{"id": tag_id, "name": name} for tag_id, name in tags.items()],
                }
                for group, tags in self.tags.items()
            ]
            return good(tag_group=groups)
        if asked.path == "/cgi-bin/externalcontact/batch/get_by_user":
            return self._contacts(asked.body)
        return Answered(404, {})

    def _contacts(self, body: dict[str, Any]) -> Answered:
        if len(body["userid_list"]) > 100 or not 0 < body["limit"] <= 100:
            return told(40058, "invalid request parameter")
        known = [entry for user in body["userid_list"] for entry in self.contacts[user]]
        if not known:
            return told(84061, "not external contact")
        size = min(body["limit"], self.most_contacts_a_page)
        start = int(body["cursor"] or 0)
        rest = start + size
        following = str(rest) if rest <= len(known) else ""
        return good(external_contact_list=known[start:rest], next_cursor=following)


def good(**fields: Any) -> Answered:
    return Answered(200, {"errcode": 0, "errmsg": "ok", **fields})


def told(code: int, words: str) -> Answered:
    return Answered(200, {"errcode": code, "errmsg": words})
