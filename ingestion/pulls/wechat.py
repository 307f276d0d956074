"""WeChat official accounts 公众号: user info of all followers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from ingestion.pulls.accounts import Account
from ingestion.pulls.vendor import Answer, Call, Grant, Page, Request, Vendor, Verdict
from ingestion.pulls.windows import Everything, Window

USERS_A_CALL = 100
TOKEN_CODES = {40001, 40014, 41001, 42001}  # wrong, not valid, missing, expired
LATER_CODES = {-1, 45009, 45011, 45033, 6000}  # busy, too many calls, data in use


def judge(answer: Answer) -> Verdict:
    """What ``errcode`` means; a good answer may have none. WeCom's codes are the same."""
    code = answer.get("errcode", 0)
    if code == 0:
        return Verdict.GOOD
    if code in TOKEN_CODES:
        return Verdict.TOKEN
    return Verdict.LATER if code in LATER_CODES else Verdict.FATAL


def explain(answer: Answer) -> str:
    """The vendor's code and words."""
    return f"errcode {answer.get('errcode')} {answer.get('errmsg', '')}"


def sign(request: Request, account: Account, token: str, now: datetime) -> Request:
    """The token goes into the query."""
    return replace(request, secret_params={"access_token": token})


def renew(call: Call, account: Account, refresh_token: str | None) -> Grant:
    """A stable token: unlike the older kind it does not void those of the brand's other systems."""
    wanted = {"grant_type": "client_credential", "appid": account.account}
    wanted["secret"] = account.secret("secret")
    granted = call(Request("POST", "/cgi-bin/stable_token", secret_body=wanted))
    return Grant(granted["access_token"], granted["expires_in"])


def user_pages(call: Call, account: Account, window: Window) -> Iterator[Page]:
    """User info of every follower, a hundred a page."""
    followers = list(_followers(call))
    for start in range(0, len(followers), USERS_A_CALL):
        openids = followers[start : start + USERS_A_CALL]
        users = [{"openid": openid, "lang": "zh_CN"} for openid in openids]
        request = Request("POST", "/cgi-bin/user/info/batchget", body={"user_list": users})
        answer = call(request)
        yield Page(request, answer, answer["user_info_list"])


def _followers(call: Call) -> Iterator[str]:
    """The open id of every follower; the list goes on where the last page ended."""
    after = ""
    while True:
        params = {"next_openid": after} if after else {}
        answer = call(Request("GET", "/cgi-bin/user/get", params))
        if not answer["count"]:
            return
        yield from answer["data"]["openid"]
        after = answer["next_openid"]
        if not after:
            return


USERS = Vendor(
    base_url="https://api.weixin.qq.com",
    schedule=Everything(),
    pages=user_pages,
    key=lambda user: (user["openid"],),
    judge=judge,
    explain=explain,
    sign=sign,
    renew=renew,
    token_opens_account=True,
    personal={"nickname": "drop", "headimgurl": "drop", "remark": "drop"},
)
