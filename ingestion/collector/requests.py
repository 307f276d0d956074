"""One request as it came, and what a protocol makes of it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from starlette.responses import Response

from ingestion.collector.privacy import Privacy
from ingestion.collector.settings import Settings
from ingestion.records import BadRecordError

# The smallest GIF there is: one transparent pixel.
PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


class RefusedError(Exception):
    """A request that is not taken: its sender is not who it says, or asks for what is not there."""

    def __init__(self, status: int, reason: str) -> None:
        """``reason`` is a word for the counts; the answer says nothing more."""
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(frozen=True)
class Received:
    """One HTTP request; its body without Content-Encoding.

    Attributes:
        base_url: scheme and host as the sender wrote them.
        query, parameters: as it was written, and taken apart.
        headers: by their names in lower case.
        names: the variable parts of the path.
        denial: what in the request says that the person refused; empty where nothing does.
    """

    method: str
    base_url: str
    path: str
    query: str
    parameters: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    names: dict[str, Any] = field(default_factory=dict)
    denial: str = ""


@dataclass
class Reading:
    """What a protocol made of a request: a gateway line, free of personal identifiers.

    Attributes:
        answer: what the sender is told once the line is on disk.
        body, query: what the line holds of the request.
        records: how many records that is; 0 leaves nothing to write.
        denied: how many more there were whose person refused.
        key: whose request it is, for the rate limit: project or write key.
        flaw: why the loader is to quarantine the line.
        answer_if_lost: told instead where the line could not be written; else the sender is
            asked to come again.
    """

    answer: Response
    body: str = ""
    query: str = ""
    records: int = 1
    denied: int = 0
    key: str = ""
    flaw: BadRecordError | None = None
    answer_if_lost: Response | None = None


class Context(NamedTuple):
    """What protocols need beside the request."""

    settings: Settings
    privacy: Privacy


Read = Callable[[Received], "Reading | Response"]


class Endpoint(NamedTuple):
    """One address that senders call.

    Attributes:
        protocol: its name in the counts.
        source: folder below ``landing/``.
        read: makes the line; a response alone where there is nothing to write.
        accepted: tells a sender that what cannot be read was kept for the quarantine: sending it
            again would not make it better.
    """

    protocol: str
    source: str
    methods: tuple[str, ...]
    path: str
    read: Read
    accepted: Callable[[], Response] = Response


def pixel() -> Response:
    """The answer to a request that a page made for an image."""
    headers = {"Cache-Control": "no-store"}
    return Response(PIXEL, media_type="image/gif", headers=headers)
