"""accounts.yml: which accounts are pulled. The format is described in docs/pulls.md."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import dlt
import yaml

from ingestion import ToldError
from ingestion.records import digest


class AccountsError(ToldError):
    """An accounts file or a secret that cannot be used; the message names the remedy."""


@dataclass(frozen=True)
class Account:
    """One account at one vendor, and how far back it is pulled.

    Attributes:
        source: what is pulled: a vendor module, and the folder below ``landing/``.
        account: the vendor's id of the account.
        credentials: the name under which its secrets are configured; accounts may share them.
        base_url: another address of the API, such as a proxy's; empty: the vendor's own.
        since: the first day ever pulled.
        window_days: days read at once; None: as the vendor's module says.
        lag_days: days read again at every pull, because the vendor restates them; None: likewise.
        deep_lag_days: days read again once a week; None: likewise.
        keep_share: a window that comes back with fewer than this share of its rows is suspect.
        calls_per_second: None: as the vendor's module says.
    """

    source: str
    account: str
    credentials: str
    since: date
    base_url: str = ""
    window_days: int | None = None
    lag_days: int | None = None
    deep_lag_days: int | None = None
    keep_share: float = 0.5
    calls_per_second: float | None = None

    @property
    def name(self) -> str:
        """Tells the account apart in file names, whatever characters its id has."""
        plain = "".join(letter for letter in self.account if letter.isalnum() or letter in "-_")
        same = plain == self.account
        return plain if same else f"{plain}-{digest(self.account)[:8]}"

    def secret(self, name: str) -> str:
        """A secret of the account.

        Raises:
            AccountsError: it is not configured.
        """
        if value := self.find_secret(name):
            return value
        section = f"pulls.{self.credentials}"
        raise AccountsError(
            f"{self.source} {self.account}: the secret {name} is not configured; set "
            f"{section.upper().replace('.', '__')}__{name.upper()}, or {name} below [{section}] in "
            ".dlt/secrets.toml"
        )

    def find_secret(self, name: str) -> str | None:
        """A secret that the account may do without."""
        value = dlt.secrets.get(f"pulls.{self.credentials}.{name}")
        return str(value) if value else None


def read_accounts(path: Path, sources: Collection[str]) -> list[Account]:
    """The accounts of a file, checked; ``sources`` are those that can be pulled.

    Raises:
        AccountsError: the file is not there, no YAML, or says something that cannot be.
    """
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    except OSError as error:
        raise AccountsError(f"{path}: cannot be read ({error.strerror})") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise AccountsError(f"{path}: no YAML: {error}") from error
    if not isinstance(content, dict) or not isinstance(content.get("accounts"), list):
        raise AccountsError(f"{path}: holds no list named `accounts`")
    accounts = [
        _account(entry, f"{path.name}: account {at}", sources)
        for at, entry in enumerate(content["accounts"], 1)
    ]
    names = [(account.source, account.account) for account in accounts]
    if repeated := [name for name in names if names.count(name) > 1]:
        raise AccountsError(f"{path.name}: {' '.join(repeated[0])} stands in it twice")
    return accounts


SETTINGS = [field.name for field in fields(Account)]


def _account(entry: Any, where: str, sources: Collection[str]) -> Account:
    if not isinstance(entry, dict):
        raise AccountsError(f"{where} is no mapping")
    if unknown := sorted(set(entry) - set(SETTINGS)):
        raise AccountsError(
            f"{where}: {unknown[0]!r} is no setting; there are {', '.join(SETTINGS)}"
        )
    for name in ("source", "account", "since"):
        if not isinstance(entry.get(name), str) or not entry[name]:
            raise AccountsError(f"{where}: `{name}` is missing")
    if entry["source"] not in sources:
        raise AccountsError(
            f"{where}: {entry['source']!r} cannot be pulled; there are {', '.join(sorted(sources))}"
        )
    if not entry.get("base_url", "https://").startswith(("https://", "http://")):
        raise AccountsError(f"{where}: base_url must begin with https:// or http://")
    values: dict[str, Any] = {"credentials": entry["source"].partition("_")[0], **entry}
    try:
        values["since"] = date.fromisoformat(entry["since"])
        for name in ("window_days", "lag_days", "deep_lag_days"):
            if name in entry:
                values[name] = _number(name, entry[name], int, 1 if name == "window_days" else 0)
        for name in ("keep_share", "calls_per_second"):
            if name in entry:
                values[name] = _number(name, entry[name], float, 0.0)
        if not values.get("calls_per_second", 1):
            raise ValueError("calls_per_second must be more than 0")
    except ValueError as error:
        raise AccountsError(f"{where}: {error}") from error
    return Account(**values)


def _number(name: str, text: str, kind: type, least: float) -> Any:
    number = kind(text)
    if not least <= number < timedelta.max.days:
        raise ValueError(f"{name} must be at least {least}")
    return number
