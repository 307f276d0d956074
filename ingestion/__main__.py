"""``python -m ingestion``: sample, collect, pull, load, build, match, learn, explain, look up."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ingestion import ToldError
from ingestion.warehouse import Warehouse

# what loads is slow to import, and who looks something up may have a caller on the line
if TYPE_CHECKING:
    from ingestion.loading import Outcome

SHOWN = 10


def main() -> int:
    """Run one command.

    Exit code 1: nothing more was done, one sentence says why. Exit code 2: everything else is
    loaded or pulled, but some files or accounts could not be read. ``build`` ends as dbt does.
    """
    parser = argparse.ArgumentParser(prog="python -m ingestion", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    sample = commands.add_parser("sample", help="write the sample brand's raw files")
    sample.add_argument("--people", type=int, default=5000)
    sample.add_argument("--days", type=int, default=90)
    sample.add_argument("--seed", type=int, default=7)
    sample.set_defaults(run=_sample)
    collecting = commands.add_parser("collect", help="take what SDKs and platforms send over HTTP")
    collecting.add_argument("--host", help="address to listen on (default: 127.0.0.1)")
    collecting.add_argument("--port", type=int, help="default: 8000")
    collecting.add_argument("--workers", type=int, help="processes (default: 1)")
    collecting.set_defaults(run=_collect)
    pulling = commands.add_parser("pull", help="pull from the vendors' APIs into landing/")
    pulling.add_argument("accounts", type=Path, help="which accounts: see docs/pulls.md")
    pulling.add_argument("--only", action="append", default=[], metavar="SOURCE")
    pulling.add_argument(
        "--accept-shrunk", action="store_true", help="land answers that hold far fewer rows, too"
    )
    pulling.set_defaults(run=_pull)
    loading = commands.add_parser("load", help="load new raw files into the warehouse")
    loading.add_argument("manifests", nargs="*", type=Path, help="manifests of declared files")
    loading.set_defaults(run=_load)
    building = commands.add_parser(
        "build", help="dbt build, once a line comes in; the project is read meanwhile"
    )
    building.set_defaults(run=_build)
    consuming = commands.add_parser("consume", help="load the messages of Kafka topics")
    consuming.add_argument("declaration", type=Path, help="the YAML page that names the topics")
    consuming.add_argument("--once", action="store_true", help="stop at the topics' current end")
    consuming.add_argument("--every", type=float, default=60, help="seconds between two loads")
    consuming.set_defaults(run=_consume)
    tables = commands.add_parser("pull-tables", help="load the new rows of a database's tables")
    tables.add_argument("declaration", type=Path, help="the YAML page that names the tables")
    tables.add_argument(
        "--accept-shrunk", action="store_true", help="land snapshots with far fewer rows, too"
    )
    tables.set_defaults(run=_pull_tables)
    matching = commands.add_parser("match", help="find records that are probably one person's")
    matching.add_argument("declaration", type=Path, help="the YAML page that names the files")
    matching.set_defaults(run=_match)
    estimating = commands.add_parser(
        "effects", help="estimate how many conversions are each channel's doing"
    )
    estimating.set_defaults(run=_effects)
    scoring = commands.add_parser(
        "scores", help="learn what customers will be worth, who will buy and who will stay away"
    )
    scoring.set_defaults(run=_scores)
    explaining = commands.add_parser("explain", help="why two identifiers are one customer, or not")
    explaining.add_argument("one", help="type:value, such as phone:13912345678")
    explaining.add_argument("other", help="type:value, such as member_id:M1")
    explaining.set_defaults(run=_explain)
    ringing = commands.add_parser(
        "recent", help="who is calling: the customer of an identifier, and what they did last"
    )
    # several: a phone with blanks and no quotes must not come back in an error
    ringing.add_argument(
        "asked", nargs="+", help="a phone, an e-mail address or type:value; -: from stdin"
    )
    ringing.add_argument("--json", action="store_true", help="print one JSON object instead")
    ringing.set_defaults(run=_recent)
    previewing = commands.add_parser(
        "preview-identity", help="what edited identity rules would merge and split"
    )
    previewing.add_argument("--json", action="store_true", help="print one JSON object instead")
    previewing.add_argument(
        "--changes", type=int, default=SHOWN, help=f"largest changes to show (default: {SHOWN})"
    )
    previewing.set_defaults(run=_preview_identity)
    arguments = parser.parse_args()
    try:
        return arguments.run(Warehouse.from_environment(), arguments)
    except ToldError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


@contextmanager
def _extra(extra: str, package: str) -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        missing = str(error.name).partition(".")[0]
        raise ToldError(
            f"{missing} is not installed: uv sync --extra {extra}, or pip install {package}"
        ) from error


def _sample(warehouse: Warehouse, arguments: argparse.Namespace) -> int:
    from ingestion.sample_brand import write_sample_brand

    print(write_sample_brand(warehouse.root, arguments.people, arguments.days, arguments.seed))
    return 0


def _collect(warehouse: Warehouse, arguments: argparse.Namespace) -> int:
    from ingestion.collector.service import serve

    serve(warehouse, print, arguments.host, arguments.port, arguments.workers)
    return 0


def _pull(warehouse: Warehouse, arguments: argparse.Namespace) -> int:
    from ingestion.pulls.pulling import pull

    pulled = pull(warehouse, arguments.accounts, arguments.only, arguments.accept_shrunk)
    for account in pulled:
        print(
            f"{account.source} {account.account}: {account.windows} windows read, {account.rows:,} "
            f"rows in {account.files} new files, {account.unchanged} windows as before"
        )
        for suspect in account.suspects:
            print(f"  suspect: {suspect}")
        if account.error:
            print(f"error: {account.source} {account.account}: {account.error}", file=sys.stderr)
    return 2 if any(account.error for account in pulled) else 0


def _load(warehouse: Warehouse, arguments: argparse.Namespace) -> int:
    from ingestion.loading import run

    outcome = run(warehouse, arguments.manifests, print)
    _report(outcome)
    for line in outcome.refused:
        print(f"error: nothing of this file could be read: {line}", file=sys.stderr)
    return 2 if outcome.refused else 0


def _build(_: Warehouse, __: argparse.Namespace) -> int:
    from ingestion.building import build_when_told

    return build_when_told(sys.stdin)


def _consume(warehouse: Warehouse, arguments: argparse.Namespace) -> int:
    with _extra("kafka", "confluent-kafka"):
        from ingestion.streams.consuming import consume
    say = partial(print, flush=True)
    refused = consume(
        warehouse, arguments.declaration, say, _report, arguments.once, seconds=arguments.every
    )
    return 2 if refused else 0


def _pull_tables(warehouse: Warehouse, arguments: argparse.Namespace) -> int:
    from ingestion.databases.pulling import pull_tables

    pulled, outcome = pull_tables(warehouse, arguments.declaration, print, arguments.accept_shrunk)
    for table in pulled:
        gone = f", {table.gone:,} gone" if table.gone else ""
        print(f"{table.table}: {table.rows:,} rows read{gone}")
        if table.error:
            print(f"error: {table.error}", file=sys.stderr)
    _report(outcome)
    for line in outcome.refused:
        print(f"error: nothing of this file could be read: {line}", file=sys.stderr)
    return 2 if outcome.refused or any(table.error for table in pulled) else 0


def _match(warehouse: Warehouse, arguments: argparse.Namespace) -> int:
    with _extra("matching", "splink"):
        from ingestion.matching.matching import match
    print(*match(warehouse, arguments.declaration), sep="\n")
    return 0


def _effects(warehouse: Warehouse, _: argparse.Namespace) -> int:
    from ingestion.effects.effects import effects

    print(*effects(warehouse), sep="\n")
    return 0


def _scores(warehouse: Warehouse, _: argparse.Namespace) -> int:
    with _extra("scores", "scikit-learn"):
        from ingestion.scores.scores import scores
    print(*scores(warehouse), sep="\n")
    return 0


def _explain(warehouse: Warehouse, arguments: argparse.Namespace) -> int:
    from ingestion.explain import explain
    from ingestion.pseudonyms import configured_pseudonymiser

    lines = explain(warehouse, arguments.one, arguments.other, configured_pseudonymiser())
    print(*lines, sep="\n")
    return 0


def _recent(warehouse: Warehouse, arguments: argparse.Namespace) -> int:
    from ingestion.pseudonyms import configured_pseudonymiser
    from ingestion.recent import recent, told

    # what a command line holds, other users of the machine can see
    asked = " ".join(arguments.asked)
    asked = sys.stdin.readline() if asked == "-" else asked
    found = recent(warehouse, asked, configured_pseudonymiser())
    lines = [json.dumps(found.as_json(), ensure_ascii=False)] if arguments.json else told(found)
    print(*lines, sep="\n")
    return 0


def _preview_identity(warehouse: Warehouse, arguments: argparse.Namespace) -> int:
    from ingestion.preview.rehearsal import preview
    from ingestion.preview.report import told
    from ingestion.pseudonyms import configured_pseudonymiser

    say = partial(print, file=sys.stderr, flush=True)
    found = preview(warehouse, configured_pseudonymiser(), max(arguments.changes, 0), say)
    lines = [json.dumps(found.as_json(), ensure_ascii=False)] if arguments.json else told(found)
    print(*lines, sep="\n")
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
