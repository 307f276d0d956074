"""Command line: python -m expectations publish | summary."""

import argparse
import logging
import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from expectations.audit import import_great_expectations
from expectations.export import Exporter, export_from_duckdb, export_from_spark
from expectations.marts import PublishError, read_marts
from expectations.publish import AuditBlockedError, publish
from expectations.summary import summarize
from ingestion.warehouse import Warehouse

PROJECT = Path(__file__).parents[1]
PUBLISHED, BLOCKED, NOT_RUN = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Returns:
        0 when all is well, 1 when the audit blocked the batch, 2 when nothing could be audited.
    """
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    logging.getLogger("expectations").setLevel(logging.INFO)
    warehouse = Warehouse(options.warehouse)
    try:
        if options.command == "summary":
            print(summarize(warehouse))
            return PUBLISHED
        if options.engine == "duckdb":  # Spark's export needs what the import hides
            threading.Thread(target=import_great_expectations, daemon=True).start()
        publication = publish(
            warehouse,
            read_marts(warehouse.manifest, options.marts),
            _exporter(options.engine, warehouse),
            allow_shrink=options.allow_shrink,
            backup=options.backup and options.engine == "duckdb",
            wait_seconds=options.wait,
        )
        print(publication.audit.describe())
    except AuditBlockedError as blocked:
        print(blocked, file=sys.stderr)
        return BLOCKED
    except PublishError as error:
        print(f"nothing was published: {error}", file=sys.stderr)
        return NOT_RUN
    return PUBLISHED


def _exporter(engine: str, warehouse: Warehouse) -> Exporter:
    return (
        export_from_spark(_spark_session)
        if engine == "spark"
        else export_from_duckdb(warehouse.database)
    )


def _spark_session() -> Any:
    """The embedded session that dbt used, with the same settings: it knows where the tables are."""
    import jinja2
    import yaml
    from pyspark.sql import SparkSession

    profile = yaml.safe_load((PROJECT / "profiles.yml").read_text(encoding="utf-8"))
    settings = profile["omnitouch"]["outputs"]["spark"]["server_side_parameters"]
    builder = SparkSession.builder.enableHiveSupport()
    for name, text in settings.items():
        rendered = jinja2.Template(str(text)).render(env_var=os.environ.get)
        builder = builder.config(name, rendered)
    return builder.getOrCreate()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m expectations", description=__doc__)
    parser.add_argument(
        "--warehouse",
        type=Path,
        default=Warehouse.from_environment().root,
        help="directory of the run (default: OMNITOUCH_WAREHOUSE or ./warehouse)",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("publish", help="export, audit and publish the marts")
    command.add_argument(
        "--engine",
        choices=["duckdb", "spark"],
        default=os.environ.get("OMNITOUCH_ENGINE", "duckdb"),
    )
    command.add_argument("--marts", nargs="+", default=[], help="only these (default: all)")
    command.add_argument(
        "--allow-shrink",
        action="store_true",
        help="skip the comparisons with what is published now, once, when less is right",
    )
    command.add_argument(
        "--no-backup",
        dest="backup",
        action="store_false",
        help="do not copy the build database, where the disk is backed up anyway",
    )
    command.add_argument(
        "--wait", type=float, default=0, metavar="SECONDS", help="wait for another publisher"
    )
    commands.add_parser("summary", help="show what is published")
    return parser


if __name__ == "__main__":
    sys.exit(main())
