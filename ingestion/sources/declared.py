"""Declared files: any table a manifest describes, row by row, under the product's own field names.

Only mapped columns land: what nobody asked for is not collected.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from ingestion.exchange_rates import currency_code
from ingestion.files import LandedFile
from ingestion.gateway import dump
from ingestion.identifiers import HASHES, SECRET, identifier
from ingestion.manifest import EPOCHS, ORDER_STATUSES, SHAPES, DeclaredFile
from ingestion.pseudonyms import Pseudonymiser
from ingestion.records import BadRecord, BadRecordError, Record, check_epoch, digest, instant
from ingestion.tables import Row, read_csv, read_jsonl, read_parquet, read_rows
from ingestion.tags import tag_text
from ingestion.variables import brand_time_zone

PERSONAL_TYPES = (*SECRET, *HASHES)
SEEN_AT = "_seen_at"
"""The column in which a pull says when it saw a row: ISO 8601, whatever the table writes."""
TIMES = ("occurred_at", "updated_at", "date")
AMOUNTS = ("value", "amount", "unit_price", "refunded", "cost")
COUNTS = ("quantity", "impressions", "clicks", "conversions", "non_conversions", "duration_seconds")
# What rows and ends of paths are called in marts that stand for no channel.
NO_CHANNELS = ("(start)", "(conversion)", "(null)", "(none)", "(all)", "(unknown customer)")
NO_CHANNELS += ("unattributed", "baseline")
MAY_BE_NEGATIVE = ("amount", "quantity", "value")
# How spreadsheets write times (2026/7/3 9:05), and figures (1,234.50).
UNPADDED = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T]+(\d{1,2})(?=:))?")
THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")


def read(
    declared: DeclaredFile, file: LandedFile, pseudonymiser: Pseudonymiser
) -> Iterator[Record | BadRecord]:
    """Every row of a declared file.

    Key: the row's content and how often the file had it before, so that equal rows of one file all
    land and the same file delivered twice lands once. A message says no file: equal ones are one.
    With columns under ``key`` each content of an order is a version, and of other shapes the first
    row that has the key lands. A row of a file whose key is empty has none.
    """
    seen: Counter[str] = Counter()
    received_at = file.modified_at.astimezone(UTC)

    def record(texts: dict[str, str]) -> Record:
        fields = _mapped(declared, texts, pseudonymiser)
        payload = dump(fields)
        is_keyed = "key" in fields
        named = fields["key"] if is_keyed and declared.shape != "orders" else payload
        content = digest(declared.source, declared.shape, named)
        once = is_keyed or declared.format == "messages"
        occurrence = "" if once else str(seen[content])
        seen[content] += 1
        occurred_at = fields.get("occurred_at") or fields.get("date") or ""
        return Record(declared.shape, (content, occurrence), occurred_at, received_at, payload)

    return read_rows(_rows(declared, file), record)


def _rows(declared: DeclaredFile, file: LandedFile) -> Iterator[Row | BadRecord]:
    if declared.format == "parquet":
        return read_parquet(file, declared.column_names)
    if declared.format == "messages":
        return read_jsonl(file, [])
    if declared.format == "jsonl":
        return read_jsonl(file, declared.needed_columns)
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
        # a conversion in a file of touches comes through no channel of its own
        converted = declared.shape == "touches" and fields.get("event") != "touch"
        if name not in fields and not (converted and name == "channel"):
            column = declared.columns.get(name, name)
            raise BadRecordError(
                f"{name} (column {column!r}) is empty", "Fill it, or give a constant for it."
            )
    if declared.shape == "orders":
        _check_order(declared, fields)
    for name in TIMES:
        if name in fields:
            fields[name] = _utc(declared, fields[name], name)
    for name in (*AMOUNTS, *COUNTS):
        if name in fields:
            fields[name] = _number(declared, fields[name], name)
    if "currency" in fields:
        fields["currency"] = currency_code(fields["currency"], _day(fields))
    # Numbers are left alone: the decimals of an amount can look like a phone.
    checked = {*TIMES, *AMOUNTS, *COUNTS}
    fields = {
        name: text if name in checked else pseudonymiser.scrub(text)
        for name, text in fields.items()
    }
    if "tags" in fields:
        fields["tags"] = tag_text(fields["tags"])
    if "path" in fields:
        steps = [step.strip() for step in fields["path"].split(declared.path_separator)]
        fields["path"] = " > ".join(_channel(step) for step in steps if step)
        if not fields["path"]:
            raise BadRecordError(
                "path names no channel",
                f"Write channels in order, parted by {declared.path_separator!r}.",
            )
    if "channel" in fields:
        fields["channel"] = _channel(fields["channel"])
    if identifiers := _identifiers(declared, texts, pseudonymiser):
        fields["identifiers"] = " ".join(identifiers)
    fields["source"] = declared.source
    fields["money_unit"] = declared.money_unit
    if declared.key:
        parts = [_key_part(declared, column, texts, pseudonymiser) for column in declared.key]
        if any(parts):
            fields["key"] = " | ".join(parts)
        elif declared.format == "messages":
            # a row of a table, told again whenever it is read
            raise BadRecordError(
                f"key ({', '.join(declared.key)}) is empty", "Name columns that every row has."
            )
    return fields


def _check_order(declared: DeclaredFile, fields: dict[str, str]) -> None:
    if fields["status"] not in ORDER_STATUSES:
        raise BadRecordError(
            f"status {fields['status'][:30]!r} is none of {', '.join(ORDER_STATUSES)}",
            "Say which of these it means: `values: {status: {your word: paid}}`.",
        )
    is_sale = fields["status"] in ("paid", "completed")
    if is_sale and not {"amount", "unit_price"} & fields.keys():
        column = declared.columns.get("amount", declared.columns.get("unit_price"))
        raise BadRecordError(
            f"amount (column {column!r}) is empty", "Fill it; what cost nothing says 0."
        )


def _channel(text: str) -> str:
    """A channel's name, which stands in paths, `a > b`, and in marts beside rows of no channel."""
    if text in NO_CHANNELS or ">" in text:
        raise BadRecordError(
            f"a channel cannot be called {text[:30]!r}",
            f"Give it another name, without > and none of {', '.join(NO_CHANNELS)}.",
        )
    return text


def _utc(declared: DeclaredFile, text: str, name: str) -> str:
    """A time as UTC text; a ``date`` stays the day it names."""
    try:
        is_seen = declared.columns.get(name) == SEEN_AT
        parsed = datetime.fromisoformat(text) if is_seen else _parsed_time(declared, text)
    except BadRecordError:
        raise
    except (ValueError, OverflowError) as error:
        raise BadRecordError(
            f"{name} {text[:30]!r} is no time", "Write ISO 8601, or declare `time_format`."
        ) from error
    if parsed.tzinfo is None:
        parsed = parsed.replace(tzinfo=declared.time_zone)
    check_epoch(parsed.timestamp())
    if name == "date":
        return parsed.date().isoformat()
    return parsed.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")


def _day(fields: dict[str, str]) -> str:
    """The day of a row where the brand lives, by which exchange rates go."""
    if "date" in fields:
        return fields["date"]
    moment = datetime.fromisoformat(fields["occurred_at"]).replace(tzinfo=UTC)
    return moment.astimezone(brand_time_zone()).date().isoformat()


def _parsed_time(declared: DeclaredFile, text: str) -> datetime:
    if declared.time_format in EPOCHS:
        return instant(text, EPOCHS[declared.time_format]).astimezone(declared.time_zone)
    if declared.time_format:
        return datetime.strptime(text, declared.time_format)
    if written := UNPADDED.match(text):
        year, month, day, hour = written.groups()
        padded = f"{year}-{month:0>2}-{day:0>2}" + (f" {hour:0>2}" if hour else "")
        text = padded + text[written.end() :]
    return datetime.fromisoformat(text)


def _number(declared: DeclaredFile, text: str, name: str) -> str:
    if THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise BadRecordError(f"{name} is no number", "Write digits with a dot.") from error
    if not number.is_finite():
        raise BadRecordError(f"{name} is not finite", "Write digits with a dot.")
    if number and not -40 < number.adjusted() < 14:
        raise BadRecordError(f"{name} is too large or too small", "Check the column and its unit.")
    if number < 0 and not (
        name in MAY_BE_NEGATIVE
        and declared.shape == "orders"
        and declared.negative_amounts == "return"
    ):
        raise BadRecordError(
            f"{name} is negative",
            "Correct it; amounts below 0 of orders are returns with `negative_amounts: return`.",
        )
    return format(number, "f")


def _key_part(
    declared: DeclaredFile, column: str, texts: dict[str, str], pseudonymiser: Pseudonymiser
) -> str:
    """A key column's text; of a personal identifier's column what is kept of the identifier."""
    for name, identifier_column in declared.identifiers.items():
        kind, _, namespace = name.partition(":")
        if identifier_column == column and kind in PERSONAL_TYPES:
            return " ".join(identifier(kind, namespace, texts.get(column, ""), pseudonymiser))
    return pseudonymiser.scrub(texts.get(column, "").strip())


def _identifiers(
    declared: DeclaredFile, texts: dict[str, str], pseudonymiser: Pseudonymiser
) -> list[str]:
    """``type:namespace:value`` of every identifier the row has."""
    found = []
    for name, column in declared.identifiers.items():
        kind, _, namespace = name.partition(":")
        found += identifier(kind, namespace, texts.get(column, ""), pseudonymiser)
    return found
