"""What a source yields: records and bad records, and the key that makes a record land once."""

from __future__ import annotations

import re
import string
import time
from datetime import UTC, datetime, timedelta, timezone
from hashlib import blake2b
from typing import NamedTuple

BEIJING = timezone(timedelta(hours=8))
LOCAL_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?")
CLOCK_SKEW_SECONDS = 48 * 3600
EARLIEST_EPOCH = datetime(1990, 1, 1, tzinfo=UTC).timestamp()
EXCERPT_CHARACTERS = 2000
# What a vendor's odd record can raise while it is taken apart.
UNFORESEEN = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)
# Bodies travel as base64: an excerpt must not carry a phone in that disguise.
ENCODED = re.compile(r"(?:[A-Za-z0-9+/_-]|%2[BbFf]|%3[Dd]){24,}=*")
_CUT_OFF = f"{string.ascii_letters}{string.digits}%@._+-/= "


class Record(NamedTuple):
    """One raw record, free of personal identifiers, on its way to the raw schema.

    Attributes:
        record_type: the vendor's own kind of record (``track``, ``event``, ``trade`` …).
        key: natural key and, for records that change, their version; hashed to ``event_id``.
        occurred_at_raw: the vendor's time as written; staging gives it its zone.
        received_at: when it reached us.
        payload: the record as one JSON text.
    """

    record_type: str
    key: tuple[str, ...]
    occurred_at_raw: str
    received_at: datetime
    payload: str


class BadRecord(NamedTuple):
    """A record that cannot land: what is wrong with it and what helps.

    Attributes:
        position: where it stands in its file, e.g. ``line 7``.
        reason: what is wrong, without any personal value.
        remedy: what to do about it.
        excerpt: the start of the raw text; scrubbed before it is written.
    """

    position: str
    reason: str
    remedy: str
    excerpt: str


class Unreadable(BadRecord):
    """A file that could not be read to its end for a reason that is not in the file."""


class Unfinished(BadRecord):
    """A last line that may still be being written: the file is read again by the next load."""


class BadRecordError(ValueError):
    """Raised while one record is parsed; the reader turns it into a ``BadRecord``."""

    def __init__(self, reason: str, remedy: str) -> None:
        """Keep reason and remedy apart: the quarantine has a column for each."""
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy

    @classmethod
    def unforeseen(cls, error: Exception) -> BadRecordError:
        """What to say of a record whose shape nobody thought of."""
        return cls(
            f"unexpected shape ({type(error).__name__})", "Compare it with the vendor's format."
        )


def excerpt(text: bytes | str) -> str:
    """The start of a raw text, never ending within a number: half a phone is not recognised."""
    start = text[: 4 * EXCERPT_CHARACTERS]
    raw = start.encode(errors="replace") if isinstance(start, str) else start
    shown = raw.decode(errors="replace")
    whole = len(start) == len(text) and len(shown) <= EXCERPT_CHARACTERS
    return shown if whole else shown[:EXCERPT_CHARACTERS].rstrip(_CUT_OFF)


def digest(*parts: str) -> str:
    """128-bit hash of the parts as 32 hex digits; parts cannot run into one another."""
    return packed_digest(*parts).hex()


def packed_digest(*parts: str) -> bytes:
    """The same hash as 16 bytes."""
    return blake2b("\x1f".join(parts).encode(errors="replace"), digest_size=16).digest()


def moment(text: str, zone: timezone = BEIJING) -> datetime:
    """The instant of a vendor's time text (naive texts are in ``zone``), or of an ISO text.

    Raises:
        BadRecordError: not a time, or one that cannot be true.
    """
    try:
        parsed = datetime.fromisoformat(text)
    except (ValueError, TypeError) as error:
        raise BadRecordError(
            f"{text[:40]!r} is not a time" if isinstance(text, str) else "the time is missing",
            "Send times as YYYY-MM-DD HH:MM:SS, or with a zone as ISO 8601.",
        ) from error
    if parsed.tzinfo is None:
        parsed = parsed.replace(tzinfo=zone)
    check_epoch(parsed.timestamp())
    return parsed


def local_moment(text: str) -> datetime:
    """The instant of a vendor's naive local time; staging gives it the brand's zone.

    Raises:
        BadRecordError: not written as vendors write it, or a time that cannot be true.
    """
    if not LOCAL_TIME.fullmatch(text):
        raise BadRecordError(
            f"{text[:40]!r} is not a time as vendors write it",
            "Send local times as YYYY-MM-DD HH:MM:SS.",
        )
    return moment(text)


def instant(epoch: object, per_second: int = 1) -> datetime:
    """The instant of an epoch counted in seconds (``per_second=1000``: in milliseconds).

    Raises:
        BadRecordError: not a number, or a time that cannot be true.
    """
    return datetime.fromtimestamp(check_instant(epoch, per_second), UTC)


def check_instant(epoch: object, per_second: int = 1) -> float:
    """The seconds of an epoch that could be true.

    Raises:
        BadRecordError: not a number, or a time that cannot be true.
    """
    try:
        seconds = float(epoch) / per_second  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        raise BadRecordError("the time is missing or no number", "Send an epoch time.") from error
    check_epoch(seconds)
    return seconds


def check_epoch(seconds: float) -> None:
    """Refuse times that no clock skew explains: they would stretch every look-back window.

    Raises:
        BadRecordError: earlier than 1990 or more than 48 hours ahead of our clock.
    """
    if not EARLIEST_EPOCH <= seconds <= time.time() + CLOCK_SKEW_SECONDS:
        year = datetime.fromtimestamp(seconds, UTC).year if 0 <= seconds < 2.5e11 else "none"
        raise BadRecordError(
            f"the time lies before 1990 or more than 48 hours in the future (year {year})",
            "Check the sender's clock and the unit (seconds or milliseconds), then deliver again.",
        )
