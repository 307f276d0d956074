"""WeCom 企业微信: every external contact of every employee who may have some."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingestion.pulls import wechat
from ingestion.pulls.accounts import Account
from ingestion.pulls.vendor import Answer, Call, Grant, Page, Request, Vendor, Verdict
from ingestion.pulls.windows import Everything, Window

EMPLOYEES_A_CALL = 100
CONTACTS_A_CALL = 100
NO_CONTACTS = 84061


def judge(answer: Answer) -> Verdict:
    """As at WeChat; that employees have no contacts is told as an error."""
    return Verdict.GOOD if answer.get("errcode") == NO_CONTACTS else wechat.judge(answer)


def renew(call: Call, account: Account, refresh_token: str | None) -> Grant:
    """A token of the corporation (``account`` is its corpid) for the secret of 客户联系."""
    secret = {"corpid": account.account, "corpsecret": account.secret("secret")}
    granted = call(Request("GET", "/cgi-bin/gettoken", secret_params=secret))
    return Grant(granted["access_token"], granted["expires_in"])


def contact_pages(call: Call, account: Account, window: Window) -> Iterator[Page]:
    """Contacts with their details, a hundred employees at a time, to the end of their cursor.

    Before them the names of the corporation's tags: contacts name only their ids.
    """
    yield from _tag_pages(call)
    listed = call(Request("GET", "/cgi-bin/externalcontact/get_follow_user_list"))
    everybody = listed["follow_user"]
    for start in range(0, len(everybody), EMPLOYEES_A_CALL):
        employees, cursor = everybody[start : start + EMPLOYEES_A_CALL], ""
        while True:
            body = {"userid_list": employees, "cursor": cursor, "limit": CONTACTS_A_CALL}
            request = Request("POST", "/cgi-bin/externalcontact/batch/get_by_user", body=body)
            answer = call(request)
            # employees without contacts, and the end of a list that ends with a full page
            if contacts := answer.get("external_contact_list") or []:
                yield Page(request, answer, contacts)
            cursor = answer.get("next_cursor") or ""
            if not cursor:
                break


def _tag_pages(call: Call) -> Iterator[Page]:
    request = Request("POST", "/cgi-bin/externalcontact/get_corp_tag_list", body={})
    # A tag's `name` would be concealed as a contact's.
    groups = [
        {
            "group_id": group["group_id"],
            "group_name": group["group_name"],
            "tag": [{"id": tag["id"], "tag_name": tag["name"]} for tag in group["tag"]],
        }
        for group in call(request)["tag_group"]
    ]
    if groups:
        yield Page(request, {"errcode": 0, "tag_group": groups}, groups, part="tags")


def contact_and_employee(entry: dict[str, Any]) -> tuple[Any, ...]:
    """What tells contacts apart: each comes once for every employee who knows it."""
    if "group_id" in entry:
        return (entry["group_id"],)
    return entry["external_contact"]["external_userid"], entry["follow_info"].get("userid")


CONTACTS = Vendor(
    base_url="https://qyapi.weixin.qq.com",
    schedule=Everything(),
    pages=contact_pages,
    key=contact_and_employee,
    judge=judge,
    explain=wechat.explain,
    sign=wechat.sign,
    renew=renew,
    token_opens_account=True,
    personal=dict.fromkeys(
        ("name", "position", "avatar", "remark", "description", "remark_corp_name"), "drop"
    ),
)
