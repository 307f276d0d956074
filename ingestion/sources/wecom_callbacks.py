"""WeCom 企业微信 callbacks: XML events about external contacts, decrypted by the collector."""

from __future__ import annotations

from collections.abc import Iterator

from ingestion.files import LandedFile
from ingestion.gateway import Request, Results, dump, read_requests, required
from ingestion.pseudonyms import Pseudonymiser
from ingestion.records import BadRecord, BadRecordError, Record, instant
from ingestion.sources.wechat_oa import message_of

# Of employees, whose names, phones and addresses other events tell, only who took part lands.
KEPT = ("ToUserName", "CreateTime", "MsgType", "Event", "ChangeType", "UserID", "ExternalUserID")
KEPT += ("State", "Source", "FailReason", "LinkId", "ChatId", "UpdateDetail", "JoinScene")


def read(file: LandedFile, pseudonymiser: Pseudonymiser) -> Iterator[Record | BadRecord]:
    """Every callback; key: (corp, employee, contact, Event, ChangeType, CreateTime, chat or link).

    WeCom sends again what is not answered within five seconds.
    """

    def parse(request: Request) -> Results:
        message = message_of(request.body)
        if "Encrypt" in message and "Event" not in message:
            raise BadRecordError(
                "the message is still encrypted", "Let the collector decrypt it (EncodingAESKey)."
            )
        kept = pseudonymiser.scrub_values(
            {name: message[name] for name in KEPT if message.get(name)}
        )
        created = required(kept, "CreateTime")
        instant(created)
        required(kept, "Event")
        names = ("ToUserName", "UserID", "ExternalUserID", "Event", "ChangeType", "CreateTime")
        key = tuple(kept.get(name, "") for name in (*names, "ChatId", "LinkId"))
        yield Record(required(kept, "MsgType"), key, created, request.received_at, dump(kept))

    return read_requests(file, parse)
