"""Access tokens: made by hand, or renewed before they end; rotating refresh tokens are kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from ingestion.pulls.accounts import Account
from ingestion.pulls.kept import keep, read_kept
from ingestion.pulls.vendor import Call, Clock, PullError, Vendor

RENEW_BEFORE = timedelta(minutes=5)


class FixedToken:
    """An access token that somebody made by hand."""

    def __init__(self, account: Account) -> None:
        """Take the secret ``access_token`` of the account."""
        self._account = account
        self._token = account.secret("access_token")

    def current(self) -> str:
        """The token."""
        return self._token

    def renew(self) -> str:
        """It cannot be renewed here.

        Raises:
            PullError: always.
        """
        raise PullError(
            f"the access token is refused; make a new one and set the secret access_token of "
            f"{self._account.credentials}"
        )


class RenewedToken:
    """An access token that the vendor renews, kept in the warehouse for the next pull.

    A refresh token that was used is void at many vendors: the new one is on the disk before the
    access token that came with it is used. Configuring another refresh token drops what is kept.
    """

    def __init__(
        self, path: Path, account: Account, vendor: Vendor, call: Call, clock: Clock
    ) -> None:
        """Keep tokens at ``path``; ``call`` sends a request without a token."""
        self._path, self._account, self._vendor = path, account, vendor
        self._call, self._clock = call, clock
        self._configured = account.find_secret("refresh_token")
        mark = sha256((self._configured or "").encode()).hexdigest()
        kept = read_kept(path)
        self._kept = kept if kept.get("configured") == mark else {"configured": mark}

    def current(self) -> str:
        """A token that is good for some minutes yet."""
        ends = self._kept.get("ends_at")
        if ends and self._clock.now() < datetime.fromisoformat(ends) - RENEW_BEFORE:
            return str(self._kept["access_token"])
        return self.renew()

    def renew(self) -> str:
        """A new token.

        Raises:
            PullError: the vendor grants none.
        """
        assert self._vendor.renew
        refresh_token = self._kept.get("refresh_token") or self._configured
        grant = self._vendor.renew(self._call, self._account, refresh_token)
        ends_at = self._clock.now() + timedelta(seconds=grant.lifetime_seconds)
        self._kept |= {
            "access_token": grant.access_token,
            "ends_at": ends_at.isoformat(),
            "refresh_token": grant.refresh_token or refresh_token,
        }
        keep(self._path, self._kept)
        return grant.access_token
