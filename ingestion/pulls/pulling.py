"""One pull: every account's due windows are read, recorded into ``landing/``, and remembered.

A recording gets its place only when all its pages were read and add up, and the cursor moves only
after that: a pull that is cut short anywhere reads some windows again and misses none.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC
from functools import partial
from pathlib import Path
from shutil import rmtree
from typing import Any

from ingestion.pseudonyms import Pseudonymiser, configured_pseudonymiser
from ingestion.pulls import VENDORS
from ingestion.pulls.accounts import Account, AccountsError, read_accounts
from ingestion.pulls.api import Api
from ingestion.pulls.kept import keep, put_in_place, read_kept
from ingestion.pulls.recording import Recording, record
from ingestion.pulls.vendor import Clock, PullError
from ingestion.pulls.windows import Window
from ingestion.warehouse import Warehouse


@dataclass
class Pulled:
    """What a pull brought for one account.

    Attributes:
        windows: windows read to their end.
        files: recordings landed.
        rows: rows in these.
        unchanged: windows that say what they said before; nothing is landed for them.
        suspects: what was kept aside, and why.
        error: why the account was given up; windows before that are landed.
    """

    source: str
    account: str
    windows: int = 0
    files: int = 0
    rows: int = 0
    unchanged: int = 0
    suspects: list[str] = field(default_factory=list)
    error: str = ""


def pull(
    warehouse: Warehouse,
    accounts_file: Path,
    only: Collection[str] = (),
    accept_shrunk: bool = False,
    clock: Clock | None = None,
) -> list[Pulled]:
    """Pull every account of the file, or those of the sources ``only``.

    An account that fails is given up, the others go on.

    Raises:
        AccountsError: the accounts file cannot be followed.
        WarehouseBusyError: another pull is at work.
    """
    accounts = read_accounts(accounts_file, VENDORS)
    if unknown := sorted(set(only) - set(VENDORS)):
        raise AccountsError(
            f"{unknown[0]!r} cannot be pulled; there are {', '.join(sorted(VENDORS))}"
        )
    pseudonymiser = configured_pseudonymiser()
    with warehouse.pulling():
        # left by a pull that was cut short
        rmtree(warehouse.pulls / "partial", ignore_errors=True)
        return [
            _Pull(warehouse, account, pseudonymiser, accept_shrunk, clock or Clock()).run()
            for account in accounts
            if not only or account.source in only
        ]


class _Pull:
    """The pull of one account."""

    def __init__(
        self,
        warehouse: Warehouse,
        account: Account,
        pseudonymiser: Pseudonymiser,
        accept_shrunk: bool,
        clock: Clock,
    ) -> None:
        self.account, self.clock = account, clock
        self.vendor = VENDORS[account.source]
        self.pseudonymiser, self.accept_shrunk = pseudonymiser, accept_shrunk
        place = Path(account.source, account.name)
        self.landing = warehouse.landing / place
        self.partial = warehouse.pulls / "partial" / place
        self.suspect = warehouse.pulls / "suspect" / place
        self.tokens = warehouse.pulls / "tokens"
        self.state_file = warehouse.pulls / "state" / place.with_suffix(".json")
        self.state: dict[str, Any] = {"windows": {}, "suspects": {}} | read_kept(self.state_file)
        self.pulled = Pulled(account.source, account.account)

    def run(self) -> Pulled:
        since = self.account.since.isoformat()
        if since < self.state.setdefault("since", since):
            # Earlier days are wanted than ever before: they come first, then all that follow.
            self.state |= {"since": since, "cursor": None}
        now = self.clock.now()
        try:
            api = Api(self.vendor, self.account, self.tokens, self.clock)
            for window in self.vendor.schedule.due(self.state, self.account, now):
                self._read(api, window)
            keep(self.state_file, self.vendor.schedule.finished(self.state, now))
        except (PullError, AccountsError) as error:
            self.pulled.error = str(error)
        return self.pulled

    def _read(self, api: Api, window: Window) -> None:
        fetched_at = self.clock.now().astimezone(UTC).isoformat(timespec="milliseconds")
        stamp = fetched_at.replace("+00:00", "Z")
        name = f"{window.name}.{stamp.translate(str.maketrans('', '', '-:.'))}.jsonl.gz"
        try:
            recording = record(
                self.partial / name,
                partial(self.vendor.pages, api.call, self.account, window),
                self.vendor,
                {"fetched_at": stamp, "account": self.account.account},
                self.pseudonymiser,
            )
        except PullError as error:
            raise PullError(f"{window.first_day} to {window.last_day}: {error}") from error
        self._place(recording, window, name)
        keep(self.state_file, self.state)

    def _place(self, recording: Recording, window: Window, name: str) -> None:
        """Land the recording, unless it says nothing new or too little."""
        known = self.state["windows"].get(window.name, {"rows": 0, "content": None})
        self.pulled.windows += 1
        if recording.content == known["content"] or recording.rows == known["rows"] == 0:
            recording.path.unlink()
            self.pulled.unchanged += 1
        elif self._is_suspect(recording, window, known["rows"]):
            aside = self.suspect / f"{window.name}.jsonl.gz"
            put_in_place(recording.path, aside)
            self.state["suspects"][window.name] = {"rows": recording.rows, "keys": recording.keys}
            self.pulled.suspects.append(
                f"{window.name}: {recording.rows:,} rows came where there were {known['rows']:,}; "
                f"kept aside as {aside}. What landed before stays. If the same rows come again, "
                "or with --accept-shrunk, they land"
            )
            return
        else:
            put_in_place(recording.path, self.landing / name)
            self.pulled.files += 1
            self.pulled.rows += recording.rows
        self.state["suspects"].pop(window.name, None)
        (self.suspect / f"{window.name}.jsonl.gz").unlink(missing_ok=True)
        self.state["windows"][window.name] = {"rows": recording.rows, "content": recording.content}
        self.state["cursor"] = max(
            self.state.get("cursor") or "", self.vendor.schedule.cursor_after(window)
        )

    def _is_suspect(self, recording: Recording, window: Window, rows_before: int) -> bool:
        if self.accept_shrunk or recording.rows >= self.account.keep_share * rows_before:
            return False
        again = self.state["suspects"].get(window.name)
        return again is None or again["keys"] != recording.keys
