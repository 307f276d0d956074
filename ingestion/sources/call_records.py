"""Call records of a call center 呼叫中心 (kf5 逸创云客服: GET /apiv2/voice/histories.json).

A record comes again when its rating or the tags of its transcript are there; every version lands.
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
    read_pulls,
    required,
)
from ingestion.pseudonyms import Pseudonymiser
from ingestion.records import BadRecord, BadRecordError, Record, local_moment
from ingestion.tags import tag_text

DIRECTIONS = {"呼入": "inbound", "inbound": "inbound", "呼出": "outbound", "outbound": "outbound"}
DROPPED = ("user_name", "from", "to", "transcript")


def read(file: LandedFile, pseudonymiser: Pseudonymiser) -> Iterator[Record | BadRecord]:
    """Every call of every page; key: (id, fetch): each fetch is a version.

    The customer is who called in, or who was called; the brand's own number is kept as it is.
    """

    def record(item: Any, pull: Pull) -> Record:
        call = as_object(item, "the call")
        direction = DIRECTIONS.get(required(call, "type").strip().lower())
        if direction is None:
            raise BadRecordError("type is neither 呼入 nor 呼出", "Send the type as kf5 writes it.")
        customer, line = ("from", "to") if direction == "inbound" else ("to", "from")
        kept = {name: value for name, value in call.items() if name not in DROPPED}
        kept = pseudonymiser.scrub_values(kept) | {"_direction": direction}
        # a hidden or a landline number names nobody; the call still took place
        if phone := pseudonymiser.phone(call.get(customer)):
            kept["_phone"] = phone
        kept["_line"] = pseudonymiser.scrub(str(call.get(line) or ""))
        if tags := tag_text(pseudonymiser.scrub_values(call.get("tags"))):
            kept["_tags"] = tags
        started_at = required(call, "created_at")
        local_moment(started_at)
        key = (required(call, "id"), pull.fetched_at_raw)
        return Record("call", key, started_at, pull.fetched_at, dump(kept))

    def parse(pull: Pull) -> Results:
        calls = as_list(pull.response.get("calls"), "calls")
        yield from each(calls, lambda item: record(item, pull))

    return read_pulls(file, parse)
