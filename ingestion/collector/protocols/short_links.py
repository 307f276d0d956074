"""Short links in messages and print: a click is noted, gets an id, and goes on to its target.

The id travels on the target's address (``omni_click_id``), so that the visit meets the click, and
with it the message and whoever it was sent to.
"""

from __future__ import annotations

import csv
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import yaml
from starlette.responses import RedirectResponse

from ingestion.collector.privacy import dump_json
from ingestion.collector.requests import Context, Endpoint, Reading, Received, RefusedError
from ingestion.collector.settings import SettingsError
from ingestion.pseudonyms import Pseudonymiser

CLICK_ID = "omni_click_id"
REQUIRED = ("code", "target")
OPTIONAL = ("channel", "campaign", "message_id", "member_id", "phone")
# What fetches a link because it stands in a message, before or without anyone opening it.
BOT = re.compile(
    r"bot\b|bot/|crawler|spider|slurp|preview|facebookexternalhit|curl/|wget/|python-|okhttp|"
    r"go-http-client|java/|headless|scanner|mshots|linkcheck",
    re.IGNORECASE,
)
AHEAD = re.compile(r"prefetch|prerender|preview", re.IGNORECASE)
AHEAD_HEADERS = ("purpose", "sec-purpose", "x-purpose", "x-moz")
logger = logging.getLogger("omnitouch.collector")


@dataclass
class Table:
    """The declared short links by code; read again when the file changes."""

    path: Path
    pseudonymiser: Pseudonymiser
    links: dict[str, dict[str, str]]
    modified_ns: int

    @classmethod
    def read(cls, path: Path, pseudonymiser: Pseudonymiser) -> Table:
        """The table in a CSV or YAML file.

        Raises:
            SettingsError: it cannot be read, or a line of it cannot be followed.
        """
        try:
            modified_ns = path.stat().st_mtime_ns
            rows = _rows(path)
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise SettingsError(f"{path}: cannot be read: {error}") from error
        links: dict[str, dict[str, str]] = {}
        for number, row in enumerate(rows, 1):
            link = _link(row, f"{path}: link {number}", pseudonymiser)
            if link["code"] in links:
                raise SettingsError(f"{path}: link {number}: code {link['code']!r} is used twice")
            links[link["code"]] = link
        return cls(path, pseudonymiser, links, modified_ns)

    def find(self, code: str) -> dict[str, str] | None:
        """The link of a code; a table that cannot be read any more stays as it was."""
        try:
            if self.path.stat().st_mtime_ns != self.modified_ns:
                fresh = Table.read(self.path, self.pseudonymiser)
                self.links, self.modified_ns = fresh.links, fresh.modified_ns
        except (OSError, SettingsError) as error:
            logger.error("the short links stay as they were: %s", error)
        return self.links.get(code)


def endpoints(context: Context) -> list[Endpoint]:
    """``/s/<code>``, where a table of links is set.

    Raises:
        SettingsError: the table cannot be followed.
    """
    if not context.settings.short_links:
        return []
    path = context.settings.folder / context.settings.short_links
    table = Table.read(path, context.privacy.pseudonymiser)
    read = partial(_read, context, table)
    return [Endpoint("short_links", "short_links", ("GET", "HEAD"), "/s/{code}", read)]


def _read(context: Context, table: Table, request: Received) -> Reading:
    link = table.find(request.names["code"])
    if link is None:
        raise RefusedError(404, "unknown_code")
    visitor = visitor_of(request.method, request.headers)
    click = {"click_id": uuid4().hex, "visitor": visitor, **link}
    answer = plain = _redirect(link["target"])
    if visitor == "person" and not request.denial:
        answer = _redirect(with_parameter(link["target"], CLICK_ID, click["click_id"]))
    # A customer is never kept waiting for our disk: without a line there is no id, but a page.
    body = dump_json(context.privacy.clean(click))
    return Reading(answer=answer, body=body, answer_if_lost=plain)


def visitor_of(method: str, headers: Mapping[str, str]) -> str:
    """``person``, or what else fetches links: ``prefetch``, ``bot``."""
    ahead = any(AHEAD.search(headers.get(name, "")) for name in AHEAD_HEADERS)
    if method == "HEAD" or ahead:
        return "prefetch"
    agent = headers.get("user-agent", "")
    return "bot" if not agent or BOT.search(agent) else "person"


def with_parameter(url: str, name: str, value: str) -> str:
    """The URL with one more query parameter; all else stays as it is written."""
    address, hash_mark, fragment = url.partition("#")
    separator = "&" if "?" in address else "?"
    return f"{address}{separator}{name}={value}{hash_mark}{fragment}"


def _redirect(target: str) -> RedirectResponse:
    # Anyone who kept the answer would come past us unseen the next time.
    return RedirectResponse(target, 302, headers={"Cache-Control": "no-store"})


def _rows(path: Path) -> list[dict[str, Any]]:
    text = path.read_text(encoding="utf-8-sig")
    if path.suffix in (".yml", ".yaml"):
        rows = yaml.load(text, Loader=yaml.BaseLoader) or []
        return rows if isinstance(rows, list) else [rows]
    return list(csv.DictReader(text.splitlines()))


def _link(row: Any, where: str, pseudonymiser: Pseudonymiser) -> dict[str, str]:
    if not isinstance(row, dict):
        raise SettingsError(f"{where}: is no mapping of {', '.join(REQUIRED + OPTIONAL)}")
    if unknown := set(row) - {*REQUIRED, *OPTIONAL}:
        raise SettingsError(f"{where}: unknown column {sorted(map(str, unknown))[0]!r}")
    link = {name: str(value).strip() for name, value in row.items() if value}
    if missing := [name for name in REQUIRED if not link.get(name)]:
        raise SettingsError(f"{where}: {missing[0]} is missing")
    target = urlsplit(link["target"])
    if target.scheme not in ("http", "https") or not target.netloc:
        raise SettingsError(f"{where}: the target is no http address")
    if "phone" in link:
        phone = pseudonymiser.phone(link["phone"])
        if phone is None:
            raise SettingsError(f"{where}: the phone is no whole phone number")
        link["phone"] = phone
    return link
