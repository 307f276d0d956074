"""WeChat official-account callbacks 公众号: XML messages and events, retried up to three times."""

from __future__ import annotations

from collections.abc import Iterator

from ingestion.files import LandedFile
from ingestion.gateway import Request, Results, dump, load_xml, read_requests, required
from ingestion.pseudonyms import Pseudonymiser
from ingestion.records import BadRecord, BadRecordError, Record, instant


def read(file: LandedFile, pseudonymiser: Pseudonymiser) -> Iterator[Record | BadRecord]:
    """Every callback; key: MsgId, or for events (account, openid, CreateTime, Event, EventKey)."""

    def parse(request: Request) -> Results:
        message = pseudonymiser.scrub_values(message_of(request.body))
        if "Encrypt" in message and "FromUserName" not in message:
            raise BadRecordError(
                "the message is still encrypted", "Let the collector decrypt it (EncodingAESKey)."
            )
        created = required(message, "CreateTime")
        instant(created)
        account, openid = required(message, "ToUserName"), required(message, "FromUserName")
        record_type = required(message, "MsgType")
        key = (
            (account, message["MsgId"])
            if message.get("MsgId")
            else (account, openid, created, message.get("Event", ""), message.get("EventKey", ""))
        )
        yield Record(record_type, key, created, request.received_at, dump(message))

    return read_requests(file, parse)


def message_of(body: bytes) -> dict[str, str]:
    """The message's own fields; nested ones are left out, nothing downstream reads them."""
    root = load_xml(body)
    return {child.tag: (child.text or "").strip() for child in root if not len(child)}
