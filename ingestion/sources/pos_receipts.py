"""POS receipts 门店小票: CSV exports by our own file contract (no vendor standard exists).

One file a day of export. A file holds everything a till (store, POS) sold on each business date it
mentions, so a later export of the same till and date replaces the earlier one: that is how voids
and corrections come. Which export is later is said by the file's name: ``YYYY-MM-DD.csv``, and for
a second one of the same day ``YYYY-MM-DD-2.csv``. Of one name, the file that changed last counts:
a file put right under its old name is a new version of all its lines.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import UTC
from functools import cache
from pathlib import Path

from ingestion.files import LandedFile
from ingestion.gateway import dump, required
from ingestion.pseudonyms import Pseudonymiser
from ingestion.records import BadRecord, BadRecordError, Record, local_moment, moment
from ingestion.tables import read_csv, read_rows

HEADERS = Path(__file__).parents[2] / "seeds" / "pos_receipt_headers.csv"
REQUIRED = ["store_id", "pos_id", "receipt_no", "line_no", "type", "business_date", "sold_at"]
REQUIRED += ["sku", "qty", "amount"]
ORIGINAL = ("original_business_date", "original_receipt_no")
KINDS = {"SALE": 1, "RETURN": -1}
EXPORT = re.compile(r"(\d{4}-\d{2}-\d{2})(?:-(\d{1,12})(?!\d))?")
NUMBER = re.compile(r"[+-]?[0-9]{1,14}(\.[0-9]+)?")


def read(file: LandedFile, pseudonymiser: Pseudonymiser) -> Iterator[Record | BadRecord]:
    """Every receipt line; key: (store, pos, receipt, line, date, type, export, state of the file).

    What is the same in every state of a file still lands anew with each: a till's day counts as
    one state has it, or a receipt that was taken out would stay.
    """
    export = EXPORT.match(file.name)
    if not export:
        yield BadRecord(
            "file name", f"{file.name} does not start with a date", "Name it YYYY-MM-DD.csv.", ""
        )
        return
    day, number = export.groups(default="1")
    version = {
        "_export": f"{day}-{number:0>12}",
        "_modified_at": file.modified_at.astimezone(UTC).isoformat(" ", "microseconds"),
        "_size": f"{file.size:0>12}",
    }
    yield from read_rows(
        read_csv(file, columns=REQUIRED, renamed=_fields_of_headers()),
        lambda texts: _record(
            {field: text.strip() for field, text in texts.items()}, day, version, pseudonymiser
        ),
    )


@cache
def _fields_of_headers() -> dict[str, str]:
    with HEADERS.open(encoding="utf-8") as file:
        return {row["header"]: row["field"] for row in csv.DictReader(file)}


def _record(
    line: dict[str, str], exported_on: str, version: dict[str, str], pseudonymiser: Pseudonymiser
) -> Record:
    kind = required(line, "type")
    if kind not in KINDS:
        raise BadRecordError(f"type {kind[:20]!r} is unknown", "Use SALE or RETURN.")
    for field in ("amount", "qty"):
        number = required(line, field)
        if not NUMBER.fullmatch(number):
            raise BadRecordError(f"{field} is no number", "Write numbers with a dot.")
        if float(number) * KINDS[kind] < 0:
            raise BadRecordError(
                f"{field} of a {kind} has the wrong sign",
                "A SALE is positive, a RETURN negative: correct the type or the sign.",
            )
    if phone := line.get("phone"):
        # A masked phone (138****0001) is no identifier; it stays readable as it is.
        line["phone"] = pseudonymiser.phone(phone) or pseudonymiser.scrub(phone)
    sold_at = required(line, "sold_at")
    line["business_date"] = _day(required(line, "business_date"))
    if kind == "RETURN":
        _name_original(line)
    key = (
        *(required(line, name) for name in ("store_id", "pos_id", "receipt_no", "line_no")),
        line["business_date"],
        kind,
        *version.values(),
    )
    payload = dump({**pseudonymiser.scrub_values(line), **version})
    local_moment(sold_at)
    return Record("receipt_line", key, sold_at, moment(exported_on), payload)


def _name_original(line: dict[str, str]) -> None:
    """A return may name the receipt that it takes back: by half of its name nothing is found."""
    if not any(line.get(field) for field in ORIGINAL):
        return
    for field in ORIGINAL:
        if not line.get(field):
            raise BadRecordError(
                f"{field} of the RETURN is missing",
                "Name the original receipt by its business date and number, or by neither.",
            )
    line["original_business_date"] = _day(line["original_business_date"])


def _day(text: str) -> str:
    """A day as receipts are named by it, however a till writes it."""
    return moment(text).date().isoformat()
