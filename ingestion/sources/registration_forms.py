"""Registrations of offline events 活动登记: by the file contract, or by the webhook of 金数据.

A 金数据 form numbers its fields (``field_2``); the seed form_fields says what each of them is.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache
from typing import Any

from ingestion.contracts import contract
from ingestion.files import LandedFile, read_lines
from ingestion.gateway import (
    Request,
    Results,
    as_object,
    load_json,
    read_requests,
    required,
)
from ingestion.identifiers import SEEDS
from ingestion.pseudonyms import Pseudonymiser
from ingestion.records import BadRecord, BadRecordError, Record
from ingestion.sources import contracted

NAME = "registration_forms"


def read(file: LandedFile, pseudonymiser: Pseudonymiser) -> Iterator[Record | BadRecord]:
    """Every entry; key: (form_id, entry_id) with the content, each change a version."""
    if not _is_webhook(file):
        yield from contracted.read(NAME, file, pseudonymiser)
        return

    def parse(request: Request) -> Results:
        row = entry_of(as_object(load_json(request.body), "the body"))
        row |= {"page_url": request.path} if request.path not in ("", "/") else {}
        yield contracted.record(contract(NAME), row, request.received_at, pseudonymiser)

    for result in read_requests(file, parse):
        yield result._replace(excerpt="") if isinstance(result, BadRecord) else result


def entry_of(pushed: dict[str, Any]) -> dict[str, Any]:
    """A pushed 金数据 entry in the words of the contract; fields that no rule names stay behind."""
    form, entry = required(pushed, "form"), as_object(pushed.get("entry"), "entry")
    row: dict[str, Any] = {
        "form_id": form,
        "entry_id": required(entry, "serial_number"),
        "submitted_at": required(entry, "created_at"),
        "form_name": pushed.get("form_name"),
        "updated_at": entry.get("updated_at"),
        "entry_channel": "web",
    }
    attributes = {}
    for raw_field, field in _fields_of(form).items():
        if value := entry.get(raw_field):
            if field.startswith("attributes."):
                attributes[field.partition(".")[2]] = str(value)
            else:
                row[field] = value
    if "wechat_open_id" in row:
        # the account behind a form's open ids is 金数据's own
        row["wechat_app_id"] = "jinshuju"
    if isinstance(row.get("tags"), str):
        row["tags"] = [row["tags"]]
    return row | ({"attributes": attributes} if attributes else {})


def _fields_of(form: str) -> dict[str, str]:
    return {**_rules().get("", {}), **_rules().get(form, {})}


@cache
def _rules() -> dict[str, dict[str, str]]:
    """Raw field to field of each form; under the empty form those of all."""
    rules: dict[str, dict[str, str]] = {}
    with (SEEDS / "form_fields.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            rules.setdefault(row["form_id"], {})[row["raw_field"]] = row["field"]
    return rules


def _is_webhook(file: LandedFile) -> bool:
    """Whether the file's lines are requests that a gateway received."""
    if ".csv" in file.name.lower():
        return False
    for line in read_lines(file):
        if isinstance(line, BadRecord):
            return False
        try:
            first = load_json(line[1])
        except BadRecordError:
            continue
        return isinstance(first, dict) and "body" in first
    return False
