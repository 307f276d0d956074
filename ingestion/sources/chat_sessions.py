"""Sessions and visitor cards of an online chat 在线客服 (易聊 EasyLiao: chatRecord, visitorCard).

Agents and robots go on writing tags, intent and score after a session has ended, and the phone on
the visitor's card; every version lands.
"""

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
    load_json,
    read_pulls,
    required,
)
from ingestion.pseudonyms import Pseudonymiser
from ingestion.records import BadRecord, Record, instant
from ingestion.tags import tag_text

# Names, accounts of other messengers and free notes: nobody downstream needs them.
DROPPED = ("name", "userRealName", "weixin", "qq", "msn", "note", "mobile", "tel", "email")
KINDS = {"chatRecord": "chat", "chatRecordByChatId": "chat", "chatRecordByTalkQuality": "chat"}
KINDS |= {"visitorCard": "card", "newVisitorCardByStaticId": "card"}


def read(file: LandedFile, pseudonymiser: Pseudonymiser) -> Iterator[Record | BadRecord]:
    """Every session and card; key: (chatId or card id, fetch): each fetch is a version."""

    def record(item: Any, kind: str, pull: Pull) -> Record:
        session = as_object(item, "the session")
        kept = {name: value for name, value in session.items() if name not in DROPPED}
        kept = pseudonymiser.scrub_values(kept)
        for name in ("mobile", "tel"):
            if session.get(name) and (token := pseudonymiser.phone(session[name])):
                kept.setdefault("_phone", token)
        if email := str(session.get("email") or "").strip():
            kept["_email"] = pseudonymiser.secret("email", email)
            if domain := pseudonymiser.email_domain(email):
                kept["_email_domain"] = domain
        noted = [session.get("summarizeName"), session.get("tags"), session.get("ntagName")]
        if tags := tag_text(pseudonymiser.scrub_values(noted)):
            kept["_tags"] = tags
        started_at = required(session, "createTime")
        instant(started_at, per_second=1000)
        name = required(session, "chatId" if kind == "chat" or not session.get("id") else "id")
        required(session, "visitorStaticId")
        return Record(kind, (name, pull.fetched_at_raw), started_at, pull.fetched_at, dump(kept))

    def parse(pull: Pull) -> Results:
        kind = KINDS.get(str(pull.request.get("dataType")), "chat")
        data = pull.response.get("data")
        # the vendor writes the list as one JSON text
        sessions = as_list(load_json(data) if isinstance(data, str) else data, "data")
        yield from each(sessions, lambda item: record(item, kind, pull))

    return read_pulls(file, parse)
