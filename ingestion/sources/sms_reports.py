"""Aliyun SMS delivery reports 短信回执: a JSON array of phones, sent and reported times."""

from __future__ import annotations

from collections.abc import Iterator

from ingestion.files import LandedFile
from ingestion.gateway import Request, as_list, as_object, dump, load_json, read_requests, required
from ingestion.pseudonyms import Pseudonymiser
from ingestion.records import BadRecord, BadRecordError, Record, moment


def read(file: LandedFile, pseudonymiser: Pseudonymiser) -> Iterator[Record | BadRecord]:
    """Every report; key: (biz_id, phone, report_time): one biz_id covers a whole batch."""

    def parse(request: Request) -> Iterator[Record | BadRecordError]:
        for item in as_list(load_json(request.body), "the body"):
            try:
                report = dict(as_object(item, "the report"))
                phone = pseudonymiser.phone(required(report, "phone_number"))
                if phone is None:
                    raise BadRecordError("phone_number is no phone", "Send the full number.")
                report["phone_number"] = phone
                sent_at = required(report, "send_time")
                moment(sent_at)
                biz_id = required(report, "biz_id")
            except BadRecordError as error:
                yield error
                continue
            key = (biz_id, phone, str(report.get("report_time")))
            payload = dump(pseudonymiser.scrub_values(report))
            yield Record("report", key, sent_at, request.received_at, payload)

    return read_requests(file, parse)
