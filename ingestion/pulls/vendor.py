"""What a vendor module says about its API; everything else is the same for all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import Enum
from time import sleep
from typing import Any, NamedTuple

from ingestion.pulls.accounts import Account
from ingestion.pulls.windows import Days, Everything, Moments, Window

Answer = dict[str, Any]


@dataclass(frozen=True)
class Request:
    """One call of an API. Only what has no secret in it is recorded beside the answer.

    Attributes:
        path: below the vendor's address, or a whole address at another host of the vendor.
        params: the query; recorded.
        body: sent as JSON; recorded.
        form: send the body as a form instead.
        headers: not recorded.
        secret_params: more of the query, not recorded.
        secret_body: more of the body, not recorded.
    """

    method: str
    path: str
    params: dict[str, Any] = field(default_factory=dict)
    body: dict[str, Any] | None = None
    form: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    secret_params: dict[str, Any] = field(default_factory=dict)
    secret_body: dict[str, Any] = field(default_factory=dict)

    def with_headers(self, **headers: str) -> Request:
        """The request with further headers; underscores in their names are dashes."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, headers={**self.headers, **named})


class Verdict(Enum):
    """What an answer means for the next call."""

    GOOD = "good"
    LATER = "later"  # too many calls, or the vendor's own trouble
    TOKEN = "token"  # the access token is no longer good
    FATAL = "fatal"  # no repetition helps


class Grant(NamedTuple):
    """An access token; ``refresh_token`` is None where the old one stays good."""

    access_token: str
    lifetime_seconds: float
    refresh_token: str | None = None


class Page(NamedTuple):
    """One page of a window.

    Attributes:
        request: what was asked for.
        answer: the vendor's answer, whole.
        rows: the rows in it.
        total: how many rows the vendor says the window has; None where it does not say.
        part: which of several lists that make up the window it belongs to.
    """

    request: Request
    answer: Answer
    rows: list[dict[str, Any]]
    total: int | None = None
    part: str = ""


Call = Callable[[Request], Answer]


@dataclass(frozen=True)
class Vendor:
    """One kind of record of one vendor.

    Attributes:
        base_url: the vendor's address.
        schedule: which windows are asked for.
        pages: yields the pages of a window, in any order that the vendor needs.
        key: what tells the rows of a window apart.
        judge: what an answer means: vendors tell errors in the body of a 200.
        explain: the vendor's own words for an error.
        sign: adds the access token, timestamp and signature to a request; called anew for
            every attempt.
        renew: trades the refresh token (None: the app's own credentials) for an access token;
            None: access tokens are made by hand.
        token_opens_account: a renewed token opens the one account it was renewed for, not all that
            the application may see.
        calls_per_second: what the vendor bears.
        personal: fields that are no use in the clear, wherever they stand in an answer: ``phone``,
            ``email`` and ``id_number`` become pseudonyms, ``drop`` leaves nothing, ``plain``
            everything: ids and figures can look like a phone. All others are scrubbed.
    """

    base_url: str
    schedule: Days | Moments | Everything
    pages: Callable[[Call, Account, Window], Iterator[Page]]
    key: Callable[[dict[str, Any]], tuple[Any, ...]]
    judge: Callable[[Answer], Verdict]
    explain: Callable[[Answer], str]
    sign: Callable[[Request, Account, str, datetime], Request]
    renew: Callable[[Call, Account, str | None], Grant] | None = None
    token_opens_account: bool = False
    calls_per_second: float = 5
    personal: dict[str, str] = field(default_factory=dict)


def verdict_of_words(words: str) -> Verdict:
    """What an error means, of vendors whose codes are not all documented, by its words."""
    lower = words.lower()
    if "token" in lower:
        return Verdict.TOKEN
    if any(word in lower for word in ("频", "限流", "繁忙", "稍后", "too many", "limit", "retry")):
        return Verdict.LATER
    return Verdict.FATAL


class Clock:
    """The time, and waiting; tests pass one of their own."""

    def now(self) -> datetime:
        """The present moment, UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Wait."""
        sleep(seconds)


class PullError(RuntimeError):
    """A window that could not be read; the message says why and what helps, never a secret."""
