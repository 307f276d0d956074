"""Aliyun SMS delivery reports 短信回执: a JSON array of phones, sent and reported times."""

from __future__ import annotations

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
from ingestion.records import BadRecord, BadRecordError, Record, local_moment


def read(file: LandedFile, pseudonymiser: Pseudonymiser) -> Iterator[Record | BadRecord]:
    """Every report; key: (biz_id, phone, report_time): one biz_id covers a whole batch."""

    def record(item: Any, request: Request) -> Record:
        report = dict(as_object(item, "the report"))
        phone = pseudonymiser.phone(required(report, "phone_number"))
        if phone is None:
            raise BadRecordError("phone_number is no phone", "Send the full number.")
        report["phone_number"] = phone
        sent_at = required(report, "send_time")
        local_moment(sent_at)
        key = (required(report, "biz_id"), phone, str(report.get("report_time")))
        payload = dump(pseudonymiser.scrub_values(report))
        return Record("report", key, sent_at, request.received_at, payload)

    def parse(request: Request) -> Results:
        reports = as_list(load_json(request.body), "the body")
        yield from each(reports, lambda item: record(item, request))

    return read_requests(file, parse)
