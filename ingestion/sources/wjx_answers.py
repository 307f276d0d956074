"""Questionnaire answers 问卷星答卷 (答卷 API 推送): one JSON object a submitted questionnaire."""

from __future__ import annotations

from collections.abc import Iterator

from ingestion.files import LandedFile
from ingestion.gateway import (
    Request,
    Results,
    as_object,
    dump,
    load_json,
    read_requests,
    required,
)
from ingestion.pseudonyms import Pseudonymiser
from ingestion.records import BadRecord, Record, local_moment


def read(file: LandedFile, pseudonymiser: Pseudonymiser) -> Iterator[Record | BadRecord]:
    """Every answer; key: (activity, joinid), as a push that failed is sent again.

    ``sojumpparm`` is whatever the brand put into the link; a member number there says who answered.
    """

    def parse(request: Request) -> Results:
        answer = as_object(load_json(request.body), "the answer")
        submitted_at = required(answer, "submittime")
        local_moment(submitted_at)
        key = (required(answer, "activity"), required(answer, "joinid"))
        kept = {name: value for name, value in answer.items() if name != "sign"}
        payload = dump(pseudonymiser.scrub_values(kept))
        yield Record("answer", key, submitted_at, request.received_at, payload)

    return read_requests(file, parse)
