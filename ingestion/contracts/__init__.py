"""File contracts: what channels without a vendor's standard have to send, as JSON Schema.

The schema is the only place that says so: it is what the files are checked against while they are
read, which of its fields are the key, the time and the identifiers (``x-key``, ``x-time``,
``x-identifier``), and how a column of a CSV file may be headed in Chinese (``title``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from ingestion.files import LandedFile, read_lines
from ingestion.gateway import as_object, load_json
from ingestion.records import BadRecord, BadRecordError
from ingestion.tables import read_csv
from ingestion.tags import tag_text

FOLDER = Path(__file__).parent
SHARED = "customer.schema.json"


@dataclass(frozen=True)
class Contract:
    """One file contract.

    Attributes:
        name: of the source, and of its schema file.
        key: the fields that name a row.
        time: the field that says when it happened.
        fields: every field with what its schema says of it.
        headers: Chinese header of a CSV file to field.
    """

    name: str
    key: tuple[str, ...]
    time: str
    fields: dict[str, dict[str, Any]]
    headers: dict[str, str]
    validator: Draft202012Validator

    def check(self, row: dict[str, Any]) -> None:
        """Pass a row that keeps the contract.

        Raises:
            BadRecordError: the first rule that it breaks, with its place, never with a value.
        """
        error = next(self.validator.iter_errors(row), None)
        if error is not None:
            place = ".".join(str(part) for part in error.absolute_path)
            raise BadRecordError(
                f"{place or 'the row'} {_rule(error)}",
                f"Correct it; the contract is ingestion/contracts/{self.name}.schema.json.",
            )

    def rows(self, file: LandedFile) -> Iterator[tuple[str, dict[str, Any]] | BadRecord]:
        """The rows of a CSV or JSON lines file as (position, {field: value}), not checked yet.

        Values of a bad row are not shown: they may be of a person nobody may know.
        """
        found = self._csv_rows(file) if ".csv" in file.name.lower() else _json_rows(file)
        for row in found:
            yield row._replace(excerpt="") if isinstance(row, BadRecord) else row

    def _csv_rows(self, file: LandedFile) -> Iterator[tuple[str, dict[str, Any]] | BadRecord]:
        for row in read_csv(file, list(self.key), renamed=self.headers):
            if isinstance(row, BadRecord):
                yield row
                continue
            position, texts = row
            try:
                yield (
                    position,
                    {
                        name: self._typed(name, text.strip())
                        for name, text in texts.items()
                        if text.strip()
                    },
                )
            except BadRecordError as error:
                yield BadRecord(position, error.reason, error.remedy, "")

    def _typed(self, name: str, text: str) -> Any:
        """A cell as the type that its schema names; what cannot be one stays text."""
        kind = self.fields.get(name, {}).get("type")
        if kind == "array":
            return tag_text(text).split("|")
        if kind == "object":
            return load_json(text)
        if kind in ("integer", "number"):
            try:
                number = float(text)
            except ValueError:
                return text
            return int(number) if number.is_integer() else number
        return text


@cache
def contract(name: str) -> Contract:
    """The contract of a source, by the source's name."""
    schema, shared = (
        json.loads((FOLDER / file).read_text(encoding="utf-8"))
        for file in (f"{name}.schema.json", SHARED)
    )
    # Written out: following references row by row takes most of the time.
    schema = _written_out(schema, shared["$defs"])
    fields = schema["properties"]
    return Contract(
        name=name,
        key=tuple(schema["x-key"]),
        time=schema["x-time"],
        fields=fields,
        headers={rule["title"]: field for field, rule in fields.items() if "title" in rule},
        validator=Draft202012Validator(schema),
    )


def _written_out(schema: Any, shared: dict[str, Any]) -> Any:
    """The schema with what it refers to in the place of its references."""
    if isinstance(schema, list):
        return [_written_out(part, shared) for part in schema]
    if not isinstance(schema, dict):
        return schema
    own = {name: _written_out(part, shared) for name, part in schema.items() if name != "$ref"}
    if reference := schema.get("$ref"):
        return {**_written_out(shared[reference.rpartition("/")[2]], shared), **own}
    return own


def _json_rows(file: LandedFile) -> Iterator[tuple[str, dict[str, Any]] | BadRecord]:
    for line in read_lines(file):
        if isinstance(line, BadRecord):
            yield line
            continue
        number, text = line
        try:
            yield f"line {number}", as_object(load_json(text), "the line")
        except BadRecordError as error:
            yield BadRecord(f"line {number}", error.reason, error.remedy, "")


def _rule(error: ValidationError) -> str:
    """The rule that was broken, in words, without the value that broke it."""
    rule: Any = error.validator_value
    match error.validator:
        case "required":
            return f"lacks {', '.join(name for name in rule if name not in error.instance)}"
        case "dependentRequired":
            return f"lacks {', '.join(sorted({need for needs in rule.values() for need in needs}))}"
        case "anyOf":
            return f"needs one of {', '.join(name for part in rule for name in part['required'])}"
        case "additionalProperties" if rule is False:
            known = error.schema["properties"]
            unknown = [name[:40] for name in error.instance if name not in known]
            return f"has fields that the contract does not know: {', '.join(unknown[:5])}"
        case "enum":
            return f"is none of {', '.join(map(str, rule))}"
        case "pattern" if "description" in error.schema:
            return f"is not what it should be: {error.schema['description']}"
        case "type":
            return f"is no {rule if isinstance(rule, str) else ', '.join(rule)}"
        case _:
            return f"breaks the rule {error.validator} {orjson.dumps(rule).decode()[:200]}"
