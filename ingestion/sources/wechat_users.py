"""WeChat user info (cgi-bin/user/info/batchget): openid to unionid, and how a follower came."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingestion.files import LandedFile
from ingestion.gateway import (
    Pull,
    Results,
    as_list,
    as_object,
    dump,
    each,
    read_pulls,
    required,
)
from ingestion.pseudonyms import Pseudonymiser
from ingestion.records import BadRecord, Record


def read(file: LandedFile, pseudonymiser: Pseudonymiser) -> Iterator[Record | BadRecord]:
    """Every user of every page; key: (appid, openid, fetch): each fetch is a version."""

    def parse(pull: Pull) -> Results:
        app_id = required(pull.request, "appid")

        def record(user: Any) -> Record:
            known = pseudonymiser.scrub_values(as_object(user, "the user"))
            key = (app_id, required(known, "openid"), pull.fetched_at_raw)
            payload = dump({**known, "_appid": app_id})
            return Record("user_info", key, pull.fetched_at_raw, pull.fetched_at, payload)

        users = as_list(pull.response.get("user_info_list"), "user_info_list")
        yield from each(users, record)

    return read_pulls(file, parse)
