"""Aliyun SMS replies 上行短信 (SmsUp): a JSON array of what people answered to a message."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from ingestion.files import LandedFile
from ingestion.gateway import (
    Request,
    Results,
    as_list,
    as_object,
    dump,
    each,
    load_json,
    read_requests,
    required,
)
from ingestion.pseudonyms import Pseudonymiser
from ingestion.records import BadRecord, BadRecordError, Record, digest, local_moment

# A command is a word or two; longer texts are conversation, which nobody downstream needs.
LONGEST_COMMAND = 4


def read(file: LandedFile, pseudonymiser: Pseudonymiser) -> Iterator[Record | BadRecord]:
    """Every reply; key: sequence_id, or else (phone, send_time, text).

    Which commands end the messages (退订, TD) is said by the seed event_name_map.
    """

    def record(item: Any, request: Request) -> Record:
        reply = dict(as_object(item, "the reply"))
        phone = pseudonymiser.phone(required(reply, "phone_number"))
        if phone is None:
            raise BadRecordError("phone_number is no phone", "Send the full number.")
        text = str(reply.pop("content", None) or "")
        sent_at = required(reply, "send_time")
        local_moment(sent_at)
        kept = pseudonymiser.scrub_values({**reply, "phone_number": phone})
        kept |= {"_command": command(text), "_length": len(text)}
        sequence = reply.get("sequence_id")
        key = (str(sequence),) if sequence else (phone, sent_at, digest(text))
        return Record("reply", key, sent_at, request.received_at, dump(kept))

    def parse(request: Request) -> Results:
        replies = as_list(load_json(request.body), "the body")
        yield from each(replies, lambda item: record(item, request))

    return read_requests(file, parse)


def command(text: str) -> str:
    """The reply as a command: without blanks and punctuation, in capitals; empty where it is none.

    A run of digits is no command either: it could be part of a number.
    """
    plain = re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text)).upper()
    return plain if len(plain) <= LONGEST_COMMAND and not plain.isdigit() else ""
