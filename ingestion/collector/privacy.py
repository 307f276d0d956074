"""What may be written: only what the person allows, and no personal identifier as it came."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlencode
from xml.etree import ElementTree

import orjson

from ingestion.collector.settings import ConsentSettings
from ingestion.gateway import load_json
from ingestion.pseudonyms import Pseudonymiser, may_be_personal

TRUNCATED = {4: 24, 6: 48}


class Consent:
    """Tells what a person refused."""

    def __init__(self, settings: ConsentSettings) -> None:
        """Look where the settings say."""
        self._headers = {name.lower(): values for name, values in settings.headers.items()}
        self._cookies = settings.cookies
        self._query = settings.query
        self._properties = [
            (path.split("."), values) for path, values in settings.properties.items()
        ]
        self._words = {word.encode() for _, values in self._properties for word in values}

    def may_be_denied(self, text: bytes) -> bool:
        """Whether events in a raw text are worth asking: False only where none can say no."""
        lowered = text.lower()
        return b"\\u" in lowered or any(word in lowered for word in self._words)

    def denial(
        self, headers: Mapping[str, str], cookies: Mapping[str, str], query: Mapping[str, str]
    ) -> str:
        """What in a request says no, such as ``header dnt``; empty where nothing does."""
        for what, given, denying in (
            ("header", headers, self._headers),
            ("cookie", cookies, self._cookies),
            ("query", query, self._query),
        ):
            for name, values in denying.items():
                if str(given.get(name, "")).lower() in values:
                    return f"{what} {name}"
        return ""

    def is_denied(self, event: Any) -> bool:
        """Whether an event itself says no."""
        for path, values in self._properties:
            value = event
            for name in path:
                value = value.get(name) if isinstance(value, dict) else None
            if isinstance(value, (str, int)) and str(value).lower() in values:
                return True
        return False


class Cleaned(NamedTuple):
    """A JSON body that may be written: parsed and as text, its records, and those refused."""

    value: Any
    body: str
    records: int
    denied: int


class Privacy:
    """Cleans records before they are written."""

    def __init__(self, pseudonymiser: Pseudonymiser, consent: ConsentSettings) -> None:
        """Pseudonymise under the deployment's key."""
        self.pseudonymiser = pseudonymiser
        self.consent = Consent(consent)
        # Paths and user agents repeat.
        self.scrub = lru_cache(maxsize=10_000)(pseudonymiser.scrub)

    def json(self, text: bytes, inside: str = "") -> Cleaned:
        """A body cleaned: one event, a list of them, or such a list under ``inside``.

        Raises:
            BadRecordError: no JSON.
        """
        parsed = load_json(text)
        is_personal = may_be_personal(text)
        if is_personal:
            parsed = self.clean(parsed)
        is_batch = isinstance(parsed, dict) and isinstance(parsed.get(inside), list)
        events = parsed[inside] if is_batch else parsed
        listed = events if isinstance(events, list) else [events]
        kept = (
            [event for event in listed if not self.consent.is_denied(event)]
            if self.consent.may_be_denied(text)
            else listed
        )
        denied = len(listed) - len(kept)
        if denied and is_batch:
            parsed = parsed | {inside: kept}
        elif denied:
            parsed = kept
        # Unchanged text stays as it came, to the last digit of its numbers.
        body = dump_json(parsed) if is_personal or denied else text.decode()
        return Cleaned(parsed, body, len(kept), denied)

    def clean(self, value: Any) -> Any:
        """A JSON value without personal identifiers."""
        return self.pseudonymiser.scrub_values(value)

    def clean_query(
        self,
        parameters: Mapping[str, str],
        hashed: Mapping[str, str],
        plain: Collection[str] = (),
    ) -> str:
        """A query string without personal identifiers.

        Args:
            parameters: the query.
            hashed: parameter → type of its hash.
            plain: parameters that stay as they are: an ad's id can look like a phone.
        """
        kept = {
            name: self.pseudonymiser.vendor_hash(hashed[name], value)
            if name in hashed
            else value
            if name in plain
            else self.pseudonymiser.scrub(value)
            for name, value in parameters.items()
        }
        return urlencode(kept)

    def clean_xml(self, root: ElementTree.Element) -> str:
        """An XML text without personal identifiers."""
        for element in root.iter():
            element.text = self.pseudonymiser.scrub(element.text or "")
        return ElementTree.tostring(root, encoding="unicode")


def dump_json(value: Any) -> str:
    """JSON text."""
    return orjson.dumps(value).decode()


def truncated(ip: str) -> str:
    """The network of an address: its first 24 bits, or 48 of IPv6."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return ""
    network = ipaddress.ip_network((ip, TRUNCATED[address.version]), strict=False)
    return str(network.network_address)
