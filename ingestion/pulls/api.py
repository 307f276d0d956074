"""Calls of a vendor's API: signed, at the vendor's pace, repeated while repeating can help."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
from dlt.sources.helpers.requests.retry import wait_exponential_retry_after
from dlt.sources.helpers.requests.session import Session
from requests import RequestException, Response
from requests.exceptions import HTTPError
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt

from ingestion.pulls.accounts import Account
from ingestion.pulls.tokens import FixedToken, RenewedToken
from ingestion.pulls.vendor import Answer, Clock, PullError, Request, Vendor, Verdict

ATTEMPTS = 6
TIMEOUT = timedelta(seconds=60)
LONGEST_WAIT_SECONDS = 300
EXPLANATION_CHARACTERS = 200


class TryAgainError(HTTPError):
    """This attempt failed, the next may not; ``response`` may say when to come back."""


class Api:
    """The API of one vendor as one account sees it."""

    def __init__(self, vendor: Vendor, account: Account, tokens: Path, clock: Clock) -> None:
        """Keep renewed tokens in the folder ``tokens``."""
        self._vendor, self._account, self._clock = vendor, account, clock
        self._base_url = (account.base_url or vendor.base_url).rstrip("/")
        self._session = Session(timeout=TIMEOUT, raise_for_status=False)
        self._pause = 1 / (account.calls_per_second or vendor.calls_per_second)
        self._next_call = clock.now()
        made_by_hand = vendor.renew is None or (
            account.find_secret("access_token") and not account.find_secret("refresh_token")
        )
        of_account = f".{account.name}" if vendor.token_opens_account else ""
        self._token: FixedToken | RenewedToken = (
            FixedToken(account)
            if made_by_hand
            # Accounts that share credentials share their token: a refresh voids the one before;
            # but a token that opens one account only must not read another.
            else RenewedToken(
                tokens / f"{account.credentials}{of_account}.json",
                account,
                vendor,
                self._ask_for_token,
                clock,
            )
        )

    def call(self, request: Request) -> Answer:
        """The answer to a request.

        Raises:
            PullError: the vendor refuses, or does not answer in time again and again.
        """
        token = self._token.current()
        answer = self._ask(request, token)
        if self._vendor.judge(answer) is Verdict.TOKEN:
            answer = self._ask(request, self._token.renew())
        if self._vendor.judge(answer) is not Verdict.GOOD:
            raise PullError(f"{request.path} answered: {self._said(answer)}")
        return answer

    def _ask_for_token(self, request: Request) -> Answer:
        answer = self._ask(request)
        if self._vendor.judge(answer) is not Verdict.GOOD:
            raise PullError(
                f"no access token was granted ({self._said(answer)}); authorise the account again "
                f"and renew the secrets of {self._account.credentials}"
            )
        return answer

    def _ask(self, request: Request, token: str | None = None) -> Answer:
        retrying = Retrying(
            retry=retry_if_exception_type(TryAgainError),
            stop=stop_after_attempt(ATTEMPTS),
            wait=wait_exponential_retry_after(max=LONGEST_WAIT_SECONDS),
            sleep=self._clock.sleep,
            reraise=True,
        )
        try:
            return retrying(self._attempt, request, token)
        except TryAgainError as error:
            raise PullError(f"{request.path}: {error} {ATTEMPTS} times; pull again later") from None

    def _attempt(self, request: Request, token: str | None) -> Answer:
        response = self._send(request, token)
        if response.status_code == 429 or response.status_code >= 500:
            raise TryAgainError(f"HTTP {response.status_code}", response=response)
        try:
            answer = orjson.loads(response.content)
        except orjson.JSONDecodeError:
            answer = None
        if not isinstance(answer, dict):
            if response.ok:
                raise TryAgainError("an answer that is no JSON object", response=response)
            raise PullError(f"{request.path} answered HTTP {response.status_code}")
        verdict = self._vendor.judge(answer)
        if verdict is Verdict.GOOD and not response.ok:
            raise PullError(f"{request.path} answered HTTP {response.status_code}")
        if verdict is Verdict.LATER:
            raise TryAgainError(self._said(answer), response=response)
        return answer

    def _send(self, request: Request, token: str | None) -> Response:
        now = self._clock.now()
        if (wait := (self._next_call - now).total_seconds()) > 0:
            self._clock.sleep(wait)
            now = self._clock.now()
        self._next_call = now + timedelta(seconds=self._pause)
        signed = (
            request
            if token is None
            else self._vendor.sign(request, self._account, token, self._clock.now())
        )
        content: dict[str, Any] = {}
        if signed.body is not None or signed.secret_body:
            content["data" if signed.form else "json"] = {
                **(signed.body or {}),
                **signed.secret_body,
            }
        try:
            return self._session.request(
                signed.method,
                self._url(signed.path),
                params={**signed.params, **signed.secret_params},
                headers=signed.headers,
                **content,
            )
        except RequestException as error:
            # Its text shows the address with the token in it.
            raise TryAgainError(f"no answer ({type(error).__name__})") from None

    def _url(self, path: str) -> str:
        if not path.startswith("https://"):
            return self._base_url + path
        # Another host of the vendor; a proxy or a test that stands for one stands for all.
        return self._base_url + urlsplit(path).path if self._account.base_url else path

    def _said(self, answer: Answer) -> str:
        return self._vendor.explain(answer)[:EXPLANATION_CHARACTERS]
