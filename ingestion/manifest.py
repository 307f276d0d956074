"""Declared files: one YAML manifest says what any CSV, JSON lines or Parquet file holds.

The manifest's own format is described in docs/declared-files.md.
"""

from __future__ import annotations

import codecs
import difflib
import re
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from ingestion import ToldError
from ingestion.identifiers import identifier_types, rule_of


@dataclass(frozen=True)
class Shape:
    """What one kind of declared file may hold.

    Attributes:
        required: fields that a row cannot do without.
        optional: further fields.
        defaults: values of fields that are neither a column nor a constant.
    """

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    defaults: dict[str, str] = field(default_factory=dict)
    of_people: bool = True

    @property
    def fields(self) -> tuple[str, ...]:
        """Every field a mapping may name."""
        return self.required + self.optional


_TOUCH = ("channel", "campaign", "ad", "creative", "content", "keyword", "value", "order_id")
_TOUCH += ("product", "store", "staff", "url", "duration_seconds", "share_code")
_ORDER = ("order_id", "line_id", "amount", "quantity", "unit_price", "product", "status")
_ORDER += ("refunded", "currency", "store", "updated_at", "original_order_id")
_SPEND = ("account", "campaign", "campaign_name", "ad", "impressions", "clicks", "conversions")
_SPEND += ("currency", "updated_at")
_PROFILE = ("occurred_at", "name", "gender", "birthday", "birth_year", "province", "city", "level")
_PROFILE += ("points", "company", "job_title", "industry", "member_since", "tags")
SHAPES = {
    "events": Shape(("occurred_at", "event"), (*_TOUCH, "discriminator")),
    "touches": Shape(("occurred_at", "channel"), ("event", *_TOUCH[1:]), {"event": "touch"}),
    "orders": Shape(("occurred_at",), _ORDER, {"status": "paid"}),
    "ad_spend": Shape(("date", "channel", "cost"), _SPEND, of_people=False),
    "paths": Shape(("path", "conversions"), ("value", "non_conversions"), of_people=False),
    "profiles": Shape((), _PROFILE),
}
# Of orders a key names the row and each change is a version; of the others the first one counts.
KEYED = ("orders", "events", "touches")
FORMATS = {".csv": "csv", ".txt": "csv", ".tsv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}
FORMATS |= {".json": "jsonl", ".parquet": "parquet"}
ORDER_STATUSES = ("placed", "paid", "completed", "refunded", "cancelled")
# Times as a count since 1970: how many a second has.
EPOCHS = {"epoch": 1, "epoch_ms": 1000}


class ManifestError(ToldError):
    """A manifest that cannot be followed; the message names the file, the entry and the remedy."""


@dataclass(frozen=True)
class DeclaredFile:
    """One entry of a manifest, checked."""

    manifest: Path
    name: str
    path: str
    shape: str
    source: str
    format: str
    columns: dict[str, str]
    identifiers: dict[str, str]
    constants: dict[str, str]
    defaults: dict[str, str]
    values: dict[str, dict[str, str]]
    key: tuple[str, ...]
    encoding: str
    separator: str
    path_separator: str
    header: list[str] | None
    time_zone: tzinfo
    time_format: str | None
    money_unit: str
    negative_amounts: str

    @property
    def folder(self) -> str:
        """The folder that ``pattern`` is relative to."""
        whole = Path(self.manifest.parent, self.path)
        fixed = [part for part in whole.parent.parts if not set(part) & set("*?[")]
        return str(Path(*fixed))

    @property
    def pattern(self) -> str:
        """The file or glob below ``folder``."""
        return str(Path(self.manifest.parent, self.path).relative_to(self.folder))

    @property
    def column_names(self) -> list[str]:
        """Every column of the file that the mapping needs."""
        return list(dict.fromkeys((*self.columns.values(), *self.identifiers.values(), *self.key)))

    @property
    def needed_columns(self) -> list[str]:
        """Those that some row must have even where rows leave out what they have no value for."""
        required = [
            self.columns[name] for name in SHAPES[self.shape].required if name in self.columns
        ]
        only = self.identifiers.values() if len(self.identifiers) == 1 else ()
        return list(dict.fromkeys((*required, *only, *self.key)))


def read_manifest(path: Path) -> list[DeclaredFile]:
    """The declared files of one manifest.

    Raises:
        ManifestError: the manifest is not there, no YAML, or says something that cannot be.
    """
    content = read_page(path, "files")
    entries = [
        declared_entry(path.resolve(), entry, at) for at, entry in enumerate(content["files"], 1)
    ]
    names = [entry.name for entry in entries]
    if repeated := {name for name in names if names.count(name) > 1}:
        raise ManifestError(f"{path}: the name {sorted(repeated)[0]!r} is used twice")
    return entries


def read_page(path: Path, entries: str) -> dict[str, Any]:
    """A page of YAML that holds a list of ``entries``.

    Raises:
        ManifestError: it is not there, no YAML, or holds no such list.
    """
    try:
        # Every scalar stays text: an order status `no` is no boolean, a code 007 no number.
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    except OSError as error:
        raise ManifestError(f"{path}: cannot be read ({error.strerror})") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ManifestError(f"{path}: no YAML: {error}") from error
    if not isinstance(content, dict) or not isinstance(content.get(entries), list):
        raise ManifestError(f"{path}: holds no list named `{entries}`")
    return content


def declared_entry(manifest: Path, entry: Any, at: int = 1) -> DeclaredFile:
    """One entry, checked; ``at`` names it where it has no name.

    Raises:
        ManifestError: it says something that cannot be.
    """
    if not isinstance(entry, dict):
        raise ManifestError(f"{manifest.name}: file {at} is no mapping")
    where = f"{manifest.name}: {entry.get('name', f'file {at}')}"
    check_known(where, "setting", entry, SETTINGS)
    for name in ("name", "path", "shape"):
        if not entry.get(name):
            raise ManifestError(f"{where}: `{name}` is missing")
    for name in set(entry) - {"columns", "identifiers", "constants", "values", "key", "header"}:
        if not isinstance(entry[name], str):
            raise ManifestError(f"{where}: `{name}` is no text")
    check_known(where, "shape", [entry["shape"]], SHAPES)
    shape = SHAPES[entry["shape"]]
    columns, constants = _texts(where, entry, "columns"), _texts(where, entry, "constants")
    identifiers = _texts(where, entry, "identifiers")
    customer = columns.pop("customer", None)
    source = str(entry.get("source", entry["name"]))
    if not re.fullmatch(r"[\w.-]+", source):
        raise ManifestError(f"{where}: the source {source!r} may hold letters, digits, _ . - only")
    identifiers = {_ruled(where, source, name): column for name, column in identifiers.items()}
    if customer:
        identifiers = {f"customer_key:{source}": customer, **identifiers}
    mapped = _mapping(where, entry, "values")
    values = {name: _texts(f"{where}: values", mapped, name) for name in mapped}
    check_known(where, "field", [*columns, *constants, *values], shape.fields)
    if entry["shape"] == "orders":
        meant = [*values.get("status", {}).values(), *filter(None, [constants.get("status")])]
        check_known(where, "order status", meant, ORDER_STATUSES)
    given = {*columns, *constants, *shape.defaults}
    if missing := [name for name in shape.required if name not in given]:
        raise ManifestError(
            f"{where}: a file of {entry['shape']} needs {', '.join(missing)}: "
            "name a column under `columns` or a value under `constants`"
        )
    if entry["shape"] == "orders" and not {"amount", "unit_price"} & given:
        raise ManifestError(f"{where}: orders need `amount`, or `quantity` and `unit_price`")
    if entry.get("key") and entry["shape"] not in KEYED:
        raise ManifestError(f"{where}: `key` is for {', '.join(KEYED)}; drop it")
    if shape.of_people and not identifiers:
        raise ManifestError(
            f"{where}: says not who: map `customer` under `columns`, or `identifiers` by type"
        )
    if not shape.of_people and identifiers:
        raise ManifestError(f"{where}: {entry['shape']} are about no person: drop the identifiers")
    return DeclaredFile(
        manifest=manifest,
        name=entry["name"],
        path=entry["path"],
        shape=entry["shape"],
        source=source,
        format=_format(where, entry),
        columns=columns,
        identifiers=identifiers,
        constants=constants,
        defaults=shape.defaults,
        values=values,
        key=tuple(_list(where, entry, "key")),
        encoding=_encoding(where, str(entry.get("encoding", "utf-8"))),
        separator=_separator(where, entry),
        path_separator=str(entry.get("path_separator") or ">"),
        header=_list(where, entry, "header") or None,
        time_zone=_zone(where, str(entry.get("time_zone", "Asia/Shanghai"))),
        time_format=_time_format(where, entry.get("time_format")),
        money_unit=_one_of(where, entry, "money_unit", ("yuan", "fen")),
        negative_amounts=_one_of(where, entry, "negative_amounts", ("quarantine", "return")),
    )


SETTINGS = ("name", "path", "shape", "source", "format", "columns", "identifiers", "constants")
SETTINGS += ("values", "key", "encoding", "separator", "path_separator", "header", "time_zone")
SETTINGS += ("time_format", "money_unit", "negative_amounts")


def check_known(where: str, what: str, names: Any, allowed: Any) -> None:
    """Refuse names that nobody knows, and say which one was meant.

    Raises:
        ManifestError: a name is not among those allowed.
    """
    for name in names:
        if name not in allowed:
            close = difflib.get_close_matches(str(name), list(allowed), n=1)
            hint = f"; did you mean {close[0]!r}?" if close else "."
            raise ManifestError(
                f"{where}: unknown {what} {name!r}{hint} Known: {', '.join(allowed)}"
            )


def _mapping(where: str, entry: dict[str, Any], name: str) -> dict[str, Any]:
    value = entry.get(name) or {}
    if not isinstance(value, dict):
        raise ManifestError(f"{where}: `{name}` is no mapping")
    return value


def _texts(where: str, entry: dict[str, Any], name: str) -> dict[str, str]:
    value = _mapping(where, entry, name)
    for key, item in value.items():
        if not isinstance(item, str) or not item:
            raise ManifestError(f"{where}: `{name}`: {key} has no text beside it")
    return value


def _list(where: str, entry: dict[str, Any], name: str) -> list[str]:
    value = entry.get(name) or []
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ManifestError(f"{where}: `{name}` is no list of names; write [a, b]")
    return value


def _ruled(where: str, source: str, name: str) -> str:
    """``type:namespace`` of an identifier as the source calls it."""
    if rule := rule_of(source, name):
        return ":".join(rule)
    check_known(where, "identifier type", [name.partition(":")[0]], identifier_types())
    return name


def _separator(where: str, entry: dict[str, Any]) -> str:
    separator = entry.get("separator", "\t" if ".tsv" in entry["path"].lower() else ",")
    if separator != "whitespace" and (len(separator) != 1 or separator in '"\r\n'):
        raise ManifestError(
            f"{where}: the separator {separator!r} is neither one character nor `whitespace`"
        )
    return separator


def _time_format(where: str, text: str | None) -> str | None:
    if text and text not in EPOCHS:
        try:
            datetime.strptime(datetime.now().strftime(text), text)
        except ValueError as error:
            raise ManifestError(
                f"{where}: time_format {text!r} cannot be read ({error}); "
                "try '%Y-%m-%d %H:%M:%S', epoch or epoch_ms"
            ) from error
    return text


def _one_of(where: str, entry: dict[str, Any], name: str, allowed: tuple[str, ...]) -> str:
    value = str(entry.get(name, allowed[0]))
    check_known(where, name, [value], allowed)
    return value


def _format(where: str, entry: dict[str, Any]) -> str:
    if given := entry.get("format"):
        check_known(where, "format", [given], ("csv", "jsonl", "parquet"))
        return str(given)
    suffixes = [suffix.lower() for suffix in Path(entry["path"]).suffixes if suffix != ".gz"]
    if not suffixes or suffixes[-1] not in FORMATS:
        raise ManifestError(
            f"{where}: cannot tell the format: set `format` to csv, jsonl or parquet"
        )
    return FORMATS[suffixes[-1]]


def _encoding(where: str, name: str) -> str:
    try:
        # Lines are told apart before they are decoded: UTF-16 would fall to pieces.
        if "a,\n".encode(name) in (b"a,\n", b"\xef\xbb\xbfa,\n"):
            return codecs.lookup(name).name
    except (LookupError, UnicodeError) as error:
        raise ManifestError(f"{where}: unknown encoding {name!r}; try utf-8 or gb18030") from error
    raise ManifestError(f"{where}: files in {name!r} cannot be read; save them as utf-8")


def _zone(where: str, name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ManifestError(f"{where}: unknown time_zone {name!r}; try Asia/Shanghai") from error
