"""Channels without a vendor's standard, by the file contracts of ingestion/contracts.

Marketing automation 营销自动化, registrations 活动登记, sales guides 导购, loyalty 会员 and
partners 合作方 deliver CSV or JSON lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from ingestion.contracts import Contract, contract
from ingestion.files import LandedFile
from ingestion.gateway import dump
from ingestion.identifiers import identifier, rule_of
from ingestion.pseudonyms import Pseudonymiser
from ingestion.records import (
    BEIJING,
    UNFORESEEN,
    BadRecord,
    BadRecordError,
    Record,
    digest,
    moment,
)
from ingestion.tags import tag_text


def read(name: str, file: LandedFile, pseudonymiser: Pseudonymiser) -> Iterator[Record | BadRecord]:
    """Every row; key: its content, so that each change is a version.

    A row that breaks the contract is quarantined with its place and the rule, without its values.
    """
    agreed = contract(name)
    received_at = file.modified_at.astimezone(UTC)
    for row in agreed.rows(file):
        if isinstance(row, BadRecord):
            yield row
            continue
        position, values = row
        try:
            yield record(agreed, values, received_at, pseudonymiser)
        except (BadRecordError, *UNFORESEEN) as error:
            known = error if isinstance(error, BadRecordError) else BadRecordError.unforeseen(error)
            yield BadRecord(position, known.reason, known.remedy, "")


def record(
    agreed: Contract, values: dict[str, Any], received_at: datetime, pseudonymiser: Pseudonymiser
) -> Record:
    """One row as a record: times in UTC, who it is about in ``identifiers``, all else as it came.

    Raises:
        BadRecordError: the row breaks the contract.
    """
    row = {name: value for name, value in values.items() if value is not None and value != ""}
    agreed.check(row)
    times = {name: _utc(name, row[name]) for name in row if "x-time" in agreed.fields[name]}
    who = _identifiers(agreed, row, pseudonymiser)
    told = {
        name: value
        for name, value in row.items()
        if name not in times and not _says_who(agreed, name)
    }
    tags = tag_text(told.pop("tags", None))
    # Numbers are left alone: the decimals of an amount can look like a phone.
    numbers = {name: value for name, value in told.items() if isinstance(value, int | float)}
    kept = {**pseudonymiser.scrub_values(told), **numbers}
    kept |= {name: time.isoformat(sep=" ") for name, time in times.items()}
    kept |= {"identifiers": " ".join(who), "_tags": pseudonymiser.scrub(tags)}
    # what a partner sends may be a plain hash of a phone: its token stands for it
    key = [
        " ".join(who) if name == "id_value" else pseudonymiser.scrub(str(row[name]))
        for name in agreed.key
    ]
    kept |= {"_key": digest(*key)}
    # a row whose address came as a token tells no domain, and is a version of its own: were it the
    # same as the one with the address, what is kept would depend on which came first
    if domain := pseudonymiser.email_domain(row.get("email")):
        kept["_email_domain"] = domain
    payload = dump(kept)
    record_type = str(row.get("event", agreed.name))
    return Record(record_type, (payload,), row[agreed.time], received_at, payload)


def _utc(name: str, text: str) -> datetime:
    try:
        # a consent may well end in ten years
        parsed = datetime.fromisoformat(text) if name == "expires_at" else moment(text)
        zoned = parsed if parsed.tzinfo else parsed.replace(tzinfo=BEIJING)
        return zoned.astimezone(UTC).replace(tzinfo=None)
    except (BadRecordError, ValueError, OverflowError) as error:
        raise BadRecordError(
            f"{name} is no time, before 1990 or in the future", "Correct the time or its zone."
        ) from error


def _identifiers(agreed: Contract, row: dict[str, Any], pseudonymiser: Pseudonymiser) -> list[str]:
    if "id_type" in agreed.fields:
        rule = rule_of(row["partner"], row["id_type"])
        if rule is None:
            raise BadRecordError(
                f"the id_type {row['id_type'][:40]!r} of {row['partner'][:40]!r} is unknown",
                "Add a line for it to seeds/identifier_rules.csv.",
            )
        if found := identifier(*rule, row["id_value"], pseudonymiser):
            return found
        raise BadRecordError("id_value is no phone", "Send whole numbers, or their hashes.")
    found = []
    for name, field in agreed.fields.items():
        if name in row and (kind := field.get("x-identifier")):
            namespace = str(row.get(field.get("x-namespace", ""), ""))
            found += identifier(kind, namespace, row[name], pseudonymiser)
    return found


def _says_who(agreed: Contract, name: str) -> bool:
    return name == "id_value" or "x-identifier" in agreed.fields[name]
