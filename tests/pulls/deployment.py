"""A warehouse with an accounts file, as somebody who pulls has it."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import yaml

from ingestion.pulls.pulling import Pulled, pull
from ingestion.warehouse import Warehouse
from tests.simulators.server import TestClock


class Deployment:
    def __init__(self, accounts_file: Path, warehouse: Warehouse, clock: TestClock) -> None:
        self.accounts_file, self.warehouse, self.clock = accounts_file, warehouse, clock
        self.accounts: list[dict[str, Any]] = []

    def add(self, source: str, account: str, url: str, **settings: Any) -> None:
        settings = {"since": "2026-07-01", "base_url": url, **settings}
        self.accounts.append({"source": source, "account": account})
        self.change(**settings)

    def change(self, **settings: Any) -> None:
        """Other settings of the account added last."""
        self.accounts[-1] |= settings
        self.accounts_file.write_text(yaml.safe_dump({"accounts": self.accounts}))

    def pull(self, **options: Any) -> Pulled:
        """Pull the only account."""
        (pulled,) = pull(self.warehouse, self.accounts_file, clock=self.clock, **options)
        return pulled

    def recordings(self) -> list[Path]:
        return sorted(self.warehouse.landing.rglob("*.jsonl.gz"))

    def lines(self) -> list[dict[str, Any]]:
        """Every recorded page, in the order of fetching."""
        pages = [
            json.loads(line)
            for path in self.recordings()
            for line in gzip.decompress(path.read_bytes()).splitlines()
        ]
        return sorted(pages, key=lambda page: page["fetched_at"])

    def state(self) -> dict[str, Any]:
        (path,) = (self.warehouse.pulls / "state").rglob("*.json")
        return json.loads(path.read_text())

    def everything_written(self) -> str:
        """The text of all files but the tokens', whatever they are."""
        texts = []
        for path in self.warehouse.root.rglob("*"):
            if path.is_file() and path.parent.name != "tokens":
                raw = path.read_bytes()
                texts.append(
                    (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode(errors="replace")
                )
        return "\n".join(texts)
