"""WeChat user info (cgi-bin/user/info/batchget): openid to unionid, and how a follower came."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingestion.files import LandedFile
from ingestion.gateway import Pull, as_list, dump, read_pages, required
from ingestion.pseudonyms import Pseudonymiser
from ingestion.records import BadRecord, Record
from ingestion.tags import tag_text


def read(file: LandedFile, pseudonymiser: Pseudonymiser) -> Iterator[Record | BadRecord]:
    """Every user of every page; key: (appid, openid, fetch): each fetch is a version."""
    return read_pages(file, pseudonymiser, _users, _record)


def _users(pull: Pull) -> list[Any]:
    _app_id(pull)
    return as_list(pull.response.get("user_info_list"), "user_info_list")


def _record(user: dict[str, Any], pull: Pull) -> Record:
    app_id = _app_id(pull)
    key = (app_id, required(user, "openid"), pull.fetched_at_raw)
    told = {"_appid": app_id, "_tags": tag_text(user.get("tagid_list"))}
    payload = dump({**user, **told})
    return Record("user_info", key, pull.fetched_at_raw, pull.fetched_at, payload)


def _app_id(pull: Pull) -> str:
    """Recorded by somebody else's puller, or as the account of our own."""
    return str(pull.request.get("appid") or required(pull.request, "account"))
