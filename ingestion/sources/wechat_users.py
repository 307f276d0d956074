"""WeChat user info (cgi-bin/user/info/batchget): openid to unionid, and how a follower came."""

from __future__ import annotations

from collections.abc import Iterator

from ingestion.files import LandedFile
from ingestion.gateway import Pull, as_list, as_object, dump, read_pulls, required
from ingestion.pseudonyms import Pseudonymiser
from ingestion.records import BadRecord, BadRecordError, Record


def read(file: LandedFile, pseudonymiser: Pseudonymiser) -> Iterator[Record | BadRecord]:
    """Every user of every page; key: (appid, openid, fetch): each fetch is a version."""

    def parse(pull: Pull) -> Iterator[Record | BadRecordError]:
        app_id = required(pull.request, "appid")
        for user in as_list(pull.response.get("user_info_list"), "user_info_list"):
            try:
                known = pseudonymiser.scrub_values(as_object(user, "the user"))
                openid = required(known, "openid")
            except BadRecordError as error:
                yield error
                continue
            key = (app_id, openid, pull.fetched_at_raw)
            payload = dump({**known, "_appid": app_id})
            yield Record("user_info", key, pull.fetched_at_raw, pull.fetched_at, payload)

    return read_pulls(file, parse)
