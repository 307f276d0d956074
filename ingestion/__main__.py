"""``python -m ingestion``: write the sample brand, load raw files, consume Kafka topics."""

from __future__ import annotations

import argparse
import sys
from functools import partial
from pathlib import Path

from ingestion.loading import KeyChangedError, Outcome, run
from ingestion.manifest import ManifestError
from ingestion.pipeline import LoadFailedError
from ingestion.streams import StreamError
from ingestion.warehouse import Warehouse, WarehouseBusyError

SHOWN = 10


def main() -> int:
    """Run one command.

    Exit code 1: nothing more was done, one sentence says why. Exit code 2: everything else is
    loaded, but of some files nothing could be read.
    """
    parser = argparse.ArgumentParser(prog="python -m ingestion", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    sample = commands.add_parser("sample", help="write the sample brand's raw files")
    sample.add_argument("--people", type=int, default=5000)
    sample.add_argument("--days", type=int, default=90)
    sample.add_argument("--seed", type=int, default=7)
    loading = commands.add_parser("load", help="load new raw files into the warehouse")
    loading.add_argument("manifests", nargs="*", type=Path, help="manifests of declared files")
    consuming = commands.add_parser("consume", help="load the messages of Kafka topics")
    consuming.add_argument("declaration", type=Path, help="the YAML page that names the topics")
    consuming.add_argument("--once", action="store_true", help="stop at the topics' current end")
    consuming.add_argument("--every", type=float, default=60, help="seconds between two loads")
    arguments = parser.parse_args()
    warehouse = Warehouse.from_environment()
    if arguments.command == "sample":
        from ingestion.sample_brand import write_sample_brand

        print(write_sample_brand(warehouse.root, arguments.people, arguments.days, arguments.seed))
        return 0
    try:
        if arguments.command == "consume":
            return _consume(warehouse, arguments)
        outcome = run(warehouse, arguments.manifests, print)
    except (
        ManifestError,
        KeyChangedError,
        LoadFailedError,
        StreamError,
        WarehouseBusyError,
    ) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    _report(outcome)
    for line in outcome.refused:
        print(f"error: nothing of this file could be read: {line}", file=sys.stderr)
    return 2 if outcome.refused else 0


def _consume(warehouse: Warehouse, arguments: argparse.Namespace) -> int:
    try:
        from ingestion.streams.consuming import consume  # only the kafka extra has its client
    except ModuleNotFoundError as error:
        raise StreamError(
            f"{error.name} is not installed: uv sync --extra kafka, or pip install confluent-kafka"
        ) from error
    say = partial(print, flush=True)
    consume(warehouse, arguments.declaration, say, _report, arguments.once, seconds=arguments.every)
    return 0


def _report(outcome: Outcome) -> None:
    print(
        f"{outcome.files} files: {outcome.rows_read:,} rows read = {outcome.rows_landed:,} landed "
        f"+ {outcome.rows_duplicate:,} duplicate + {outcome.rows_quarantined:,} quarantined",
        flush=True,
    )
    for line in outcome.quarantined[:SHOWN]:
        print(f"  quarantined: {line}")
    if outcome.rows_quarantined > SHOWN:
        print(f"  … and {outcome.rows_quarantined - SHOWN:,} more, all in raw.quarantine")


if __name__ == "__main__":
    raise SystemExit(main())
