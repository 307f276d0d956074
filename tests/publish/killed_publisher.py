"""Publish in forked processes and kill them: one order per line of stdin, as JSON.

Forking after the slow imports lets the kills fall into the publishing, not into the imports.
"""

import json
import os
import signal
import sys
import time
from pathlib import Path

from expectations.audit import AuditResult, import_great_expectations, run_audit
from expectations.export import export_from_duckdb
from expectations.marts import read_marts
from expectations.publish import publish
from ingestion.warehouse import Warehouse

# As few as agree with each other, so that many kills take little time.
MARTS = ("ad_performance", "channel_performance", "conversion_postings", "conversions", "orders")
MARTS += ("touchpoint_credits",)


def accept_everything(_database: Path, rows: dict[str, int], *, report: Path, **_: object):
    """Stand in for the audit."""
    report.mkdir(parents=True)
    return AuditResult(report / "index.html", len(rows), 0)


def run(order: dict) -> None:
    """Publish the marts of a build into a warehouse."""
    warehouse, build = Warehouse(Path(order["warehouse"])), Warehouse(Path(order["build"]))
    publish(
        warehouse,
        read_marts(build.manifest, MARTS),
        export_from_duckdb(build.database),
        auditor=run_audit if order["audited"] else accept_everything,
        allow_shrink=True,
    )


def main() -> None:
    """Answer every order with the seconds it took."""
    import_great_expectations()
    for line in sys.stdin:
        order = json.loads(line)
        started = time.monotonic()
        child = os.fork()
        if child == 0:
            os.dup2(2, 1)
            try:
                run(order)
            finally:
                os._exit(0)
        if order["kill_after"] is not None:
            time.sleep(order["kill_after"])
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        print(time.monotonic() - started, flush=True)


if __name__ == "__main__":
    main()
