"""``python -m tests.pulls.killed_pull <accounts.yml> <moment> <call>``: a pull that dies.

It is killed at the numbered call that writes a file for good: ``before`` it or ``after`` it.
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from ingestion.pulls import kept, pulling
from ingestion.warehouse import Warehouse
from tests.simulators.server import TestClock


def main(accounts: Path, moment: str, number: int) -> None:
    put_in_place = kept.put_in_place
    calls = 0

    def dying(*arguments: Any) -> None:
        nonlocal calls
        calls += 1
        if moment == "before" and calls == number:
            os.kill(os.getpid(), signal.SIGKILL)
        put_in_place(*arguments)
        if moment == "after" and calls == number:
            os.kill(os.getpid(), signal.SIGKILL)

    kept.put_in_place = pulling.put_in_place = dying  # type: ignore[assignment]
    clock = TestClock(datetime.fromisoformat("2026-07-10T09:00:00+08:00"))
    pulling.pull(Warehouse.from_environment(), accounts, clock=clock)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
