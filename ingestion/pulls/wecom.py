"""WeCom 企业微信: every external contact of every employee who may have some."""

from __future__ import annotations

from collections.abc import Iterator

from ingestion.pulls.accounts import Account
from ingestion.pulls.vendor import Call, Grant, Page, Request, Vendor
from ingestion.pulls.wechat import explain, judge, sign
from ingestion.pulls.windows import Everything, Window

EMPLOYEES_A_CALL = 100
CONTACTS_A_CALL = 100


def renew(call: Call, account: Account, refresh_token: str | None) -> Grant:
    """A token of the corporation (``account`` is its corpid) for the secret of 客户联系."""
    secret = {"corpid": account.account, "corpsecret": account.secret("secret")}
    granted = call(Request("GET", "/cgi-bin/gettoken", secret_params=secret))
    return Grant(granted["access_token"], granted["expires_in"])


def contact_pages(call: Call, account: Account, window: Window) -> Iterator[Page]:
    """Contacts with their details, a hundred employees at a time, to the end of their cursor."""
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


CONTACTS = Vendor(
    base_url="https://qyapi.weixin.qq.com",
    schedule=Everything(),
    pages=contact_pages,
    key=lambda entry: (
        entry["external_contact"]["external_userid"],
        entry["follow_info"]["userid"],
    ),
    judge=judge,
    explain=explain,
    sign=sign,
    renew=renew,
    token_opens_account=True,
    personal=dict.fromkeys(
        ("name", "position", "avatar", "remark", "description", "remark_corp_name"), "drop"
    ),
)
