"""WeCom 企业微信 chat archive 会话存档: pages of GetChatData, each message decrypted in place.

A line is ``{fetched_at, request: {corpid, seq, limit}, response: {errcode, chatdata: […]}}``, and
of ``chatdata`` each entry ``{seq, message: {msgid, action, from, tolist, msgtime, msgtype, …}}``.

Who wrote to whom lands, not what: set ``OMNITOUCH_KEEP_CHAT_TEXT=true`` where customers agreed that
texts are kept (phones and the like in them become pseudonyms all the same). The server forgets
after five days, so a gap in ``seq`` is a loss: it is quarantined with the numbers that are missing.
"""

from __future__ import annotations

import os
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
from ingestion.records import BadRecord, BadRecordError, Record, instant

# How the user ids of external contacts begin; whoever else writes is an employee or a robot.
EXTERNAL = ("wo", "wm")


def read(file: LandedFile, pseudonymiser: Pseudonymiser) -> Iterator[Record | BadRecord]:
    """Every message; key: (corpid, msgid)."""
    keep_text = os.environ.get("OMNITOUCH_KEEP_CHAT_TEXT", "").lower() == "true"

    def record(item: Any, pull: Pull) -> Record:
        entry = as_object(item, "the entry")
        if "message" not in entry and "encrypt_chat_msg" in entry:
            raise BadRecordError(
                "the message is still encrypted", "Decrypt it with the key of its publickey_ver."
            )
        message = as_object(entry.get("message"), "message")
        action = required(message, "action")
        # a switch is how an employee changes the corporation at work: its number counts, no more
        sent_at = required(message, "time" if action == "switch" else "msgtime")
        instant(sent_at, per_second=1000)
        corp_id = required(pull.request, "corpid")
        key = (corp_id, required(message, "msgid"))
        kept = {"msgid": key[1], "seq": entry.get("seq"), "action": action, "msgtime": sent_at}
        if action != "switch":
            kept |= _parties(message) | _told(message, keep_text)
        payload = dump(pseudonymiser.scrub_values({**kept, "_corpid": corp_id}))
        return Record("message", key, sent_at, pull.fetched_at, payload)

    def parse(pull: Pull) -> Results:
        if pull.response.get("errcode") != 0:
            raise BadRecordError(
                f"the archive answered errcode {str(pull.response.get('errcode'))[:20]}",
                "Pull this page again, within five days.",
            )
        entries = as_list(pull.response.get("chatdata") or [], "chatdata")
        yield from _gaps(entries, pull.request.get("seq"))
        yield from each(entries, lambda entry: record(entry, pull))

    return read_pulls(file, parse)


def _parties(message: dict[str, Any]) -> dict[str, Any]:
    """Which customer and which employee a message is between; a group names no single customer."""
    sender = required(message, "from")
    receivers = [str(one) for one in as_list(message.get("tolist") or [], "tolist")]
    customers = [one for one in receivers if one.startswith(EXTERNAL)]
    if sender.startswith(EXTERNAL):
        staff = [one for one in receivers if not one.startswith(EXTERNAL)]
        customer = sender
    else:
        staff = [sender]
        alone = len(customers) == 1 and not message.get("roomid")
        customer = customers[0] if alone else None
    return {
        "from_customer": sender.startswith(EXTERNAL),
        "external_userid": customer,
        "userid": staff[0] if len(staff) == 1 else None,
    }


def _told(message: dict[str, Any], keep_text: bool) -> dict[str, Any]:
    kind = required(message, "msgtype")
    properties = {"message_type": kind}
    if message.get("roomid"):
        properties["room_id"] = message["roomid"]
    if keep_text and isinstance(message.get("text"), dict):
        properties["text"] = message["text"].get("content")
    return {"msgtype": kind, "properties": properties}


def _gaps(entries: list[Any], asked_from: Any) -> Iterator[BadRecordError]:
    """An error for each run of sequence numbers that a page lacks."""
    numbers = sorted(
        int(entry["seq"])
        for entry in entries
        if isinstance(entry, dict) and str(entry.get("seq")).isdigit()
    )
    # The first pull of all asks from 0 and gets what the server still has.
    before = int(asked_from) if str(asked_from or "").isdigit() and int(asked_from) else None
    for number in numbers:
        if before is not None and number > before + 1:
            yield BadRecordError(
                f"messages {before + 1} to {number - 1} are missing",
                f"Pull from seq {before} again; the server keeps messages for five days.",
            )
        before = number
