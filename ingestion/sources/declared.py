"""Declared files: any table a manifest describes, row by row, under the product's own field names.

Only mapped columns land: what nobody asked for is not collected.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from ingestion.files import LandedFile
from ingestion.gateway import dump
from ingestion.manifest import SHAPES, DeclaredFile
from ingestion.pseudonyms import Pseudonymiser
from ingestion.records import BadRecord, BadRecordError, Record, check_epoch, digest
from ingestion.tables import Row, read_csv, read_jsonl, read_parquet

TIMES = ("occurred_at", "updated_at", "date")
AMOUNTS = ("value", "amount", "unit_price", "refunded", "cost")
COUNTS = ("quantity", "impressions", "clicks", "conversions", "non_conversions")
MAY_BE_NEGATIVE = ("amount", "quantity", "value")
SECRET = ("phone", "email", "id_number", "imei")
HASHES = ("phone_md5", "phone_sha256", "imei_md5", "mac_md5")


def read(
    declared: DeclaredFile, file: LandedFile, pseudonymiser: Pseudonymiser
) -> Iterator[Record | BadRecord]:
    """Every row of a declared file.

    Key: the columns under ``key`` with the row's content, each change a version; without ``key``
    the row's content and how often the file had it before, so that equal rows of one file all
    land and the same file delivered twice lands once.
    """
    seen: Counter[str] = Counter()
    for row in _rows(declared, file):
        if isinstance(row, BadRecord):
            yield row
            continue
        position, texts = row
        try:
            fields = _mapped(declared, texts, pseudonymiser)
        except BadRecordError as error:
            yield BadRecord(position, error.reason, error.remedy, ",".join(texts.values()))
            continue
        payload = dump(fields)
        content = digest(declared.source, declared.shape, payload)
        occurrence = "" if declared.key else str(seen[content])
        if not declared.key:
            seen[content] += 1
        occurred_at = fields.get("occurred_at") or fields.get("date") or ""
        received_at = file.modified_at.astimezone(UTC)
        yield Record(declared.shape, (content, occurrence), occurred_at, received_at, payload)


def _rows(declared: DeclaredFile, file: LandedFile) -> Iterator[Row | BadRecord]:
    if declared.format == "parquet":
        return read_parquet(file, declared.column_names)
    if declared.format == "jsonl":
        return read_jsonl(file)
    return read_csv(
        file, declared.column_names, declared.encoding, declared.separator, declared.header
    )


def _mapped(
    declared: DeclaredFile, texts: dict[str, str], pseudonymiser: Pseudonymiser
) -> dict[str, str]:
    fields = {**declared.defaults, **declared.constants}
    for name, column in declared.columns.items():
        if text := texts.get(column, "").strip():
            fields[name] = declared.values.get(name, {}).get(text, text)
    for name in SHAPES[declared.shape].required:
        if name not in fields:
            column = declared.columns.get(name, name)
            raise BadRecordError(
                f"{name} (column {column!r}) is empty", "Fill it, or give a constant for it."
            )
    for name in TIMES:
        if name in fields:
            fields[name] = _utc(declared, fields[name], name)
    for name in (*AMOUNTS, *COUNTS):
        if name in fields:
            fields[name] = _number(declared, fields[name], name)
    # Numbers are left alone: the decimals of an amount can look like a phone.
    checked = {*TIMES, *AMOUNTS, *COUNTS}
    fields = {
        name: text if name in checked else pseudonymiser.scrub(text)
        for name, text in fields.items()
    }
    if "path" in fields:
        steps = [step.strip() for step in fields["path"].split(declared.path_separator)]
        fields["path"] = " > ".join(step for step in steps if step)
    if identifiers := _identifiers(declared, texts, pseudonymiser):
        fields["identifiers"] = " ".join(identifiers)
    fields["source"] = declared.source
    fields["money_unit"] = declared.money_unit
    for at, column in enumerate(declared.key):
        fields[f"key_{at}"] = texts.get(column, "")
    return fields


def _utc(declared: DeclaredFile, text: str, name: str) -> str:
    """A time as UTC text; a ``date`` stays the day it names."""
    try:
        parsed = (
            datetime.strptime(text, declared.time_format)
            if declared.time_format
            else datetime.fromisoformat(text.replace("/", "-"))
        )
    except ValueError as error:
        raise BadRecordError(
            f"{name} {text[:30]!r} is no time", "Write ISO 8601, or declare `time_format`."
        ) from error
    if name == "date":
        return parsed.date().isoformat()
    if parsed.tzinfo is None:
        parsed = parsed.replace(tzinfo=declared.time_zone)
    check_epoch(parsed.timestamp())
    return parsed.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")


def _number(declared: DeclaredFile, text: str, name: str) -> str:
    try:
        number = Decimal(text.replace(",", ""))
    except InvalidOperation as error:
        raise BadRecordError(f"{name} is no number", "Write digits with a dot.") from error
    if not number.is_finite():
        raise BadRecordError(f"{name} is not finite", "Write digits with a dot.")
    if number < 0 and not (
        name in MAY_BE_NEGATIVE
        and declared.shape == "orders"
        and declared.negative_amounts == "return"
    ):
        raise BadRecordError(
            f"{name} is negative",
            "Correct it; for orders, `negative_amounts: return` reads such rows as returns.",
        )
    return format(number, "f")


def _identifiers(
    declared: DeclaredFile, texts: dict[str, str], pseudonymiser: Pseudonymiser
) -> list[str]:
    """``type:namespace:value`` of every identifier the row has; blanks inside are written %20."""
    found = []
    for name, column in declared.identifiers.items():
        text = texts.get(column, "").strip()
        if not text:
            continue
        identifier_type, _, namespace = name.partition(":")
        if identifier_type == "phone":
            # A masked phone tells nothing apart; it is no identifier.
            token = pseudonymiser.phone(text)
            found += phone_identifiers(token) if token else []
            continue
        if identifier_type in SECRET:
            text = pseudonymiser.token(identifier_type, text.lower()).rpartition(".")[2]
        elif identifier_type in HASHES:
            text = pseudonymiser.vendor_hash(identifier_type, text).rpartition(".")[2]
        else:
            text = pseudonymiser.scrub(text)
        found.append(f"{identifier_type}:{namespace}:{text}".replace(" ", "%20"))
    return found


def phone_identifiers(token: str) -> list[str]:
    """The three identifiers of a phone's token: our own, and two that vendors' hashes meet."""
    _, _, own, md5, sha256 = token.split(".")
    return [f"phone::{own}", f"phone_md5::{md5}", f"phone_sha256::{sha256}"]
