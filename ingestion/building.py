"""dbt builds in a process that reads the project before there is anything to build."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.contracts.graph.manifest import Manifest

from ingestion.pseudonyms import PERSONAL

# The log tells each node; its SQL is in target/, and in the log, too, would be a twentieth more.
BUILD = ("build", "--exclude-resource-type", "unit_test", "--log-level", "warn")
BUILD += ("--log-level-file", "info")
ROWS_SHOWN = 5


def build_when_told(told: TextIO, *options: str) -> int:
    """Read the project, wait for a line, then build everything.

    Lines of seeds that break a rule are told on stderr, and in which file they stand.

    Args:
        told: where the line comes from; at its end without one, nothing is built. What is edited
            in the project before it comes is not seen.
        options: more options of ``dbt build``.

    Returns:
        dbt's exit code: 1 where something failed, 2 where dbt could not run; 0 where nothing was to
        be built.
    """
    manifest = read_project()
    if not told.readline():
        return 0
    done = dbtRunner(manifest=manifest).invoke([*BUILD, *options])
    at_fault: Iterator[str] = iter(())
    if not manifest:
        at_fault = _lines_in_another_encoding()
    elif not done.exception:
        at_fault = _lines_at_fault(manifest, done.result.results)
    for line in at_fault:
        print(line, file=sys.stderr)
    return exit_code(done)


def read_project(*options: str) -> Manifest | None:
    """The project, or None where something is wrong with it: what that is the build tells."""
    read = dbtRunner().invoke(["--log-level", "none", "parse", *options])
    return read.result if read.success else None


def exit_code(done: dbtRunnerResult) -> int:
    """What dbt would end with: 1 where something failed, 2 where it could not run."""
    return 0 if done.success else 2 if done.exception else 1


def _lines_in_another_encoding() -> Iterator[str]:
    """Seeds that a spreadsheet saved as GBK: dbt reads no project that has one, nor names it."""
    for path in sorted(Path("seeds").rglob("*.csv")):
        try:
            path.read_bytes().decode()
        except UnicodeDecodeError as error:
            line = 1 + error.object[: error.start].count(b"\n")
            yield f"{path}, line {line}: no UTF-8 text. Save it as CSV UTF-8."


def _lines_at_fault(manifest: Manifest, results: Any) -> Iterator[str]:
    """What dbt only counts: seeds are written by hand, and whoever did wants to know which line."""
    for result in results:
        if result.status == "error" and result.node.resource_type == "seed":
            yield from _lines_out_of_shape(result.node)
        test = result.node
        parents = getattr(test.depends_on, "nodes", [])
        seed = manifest.nodes.get(getattr(test, "attached_node", None) or "")
        if result.status != "fail" or not seed or not _are_seeds(parents):
            continue
        key = _key_of(manifest, seed.unique_id)
        command = ["--log-level", "none", "--log-level-file", "none"]
        command += ["show", "--inline", test.compiled_code, "--limit", str(ROWS_SHOWN)]
        shown = dbtRunner(manifest=manifest).invoke(command)
        for row in shown.result.results[0].agate_table.rows if shown.success else []:
            # the line's own key, and what the test found
            told = {
                name: value
                for name, value in row.dict().items()
                if value and (name in key or name not in seed.columns)
            }
            values = ", ".join(f"{name} {value}" for name, value in told.items())
            yield f"{seed.original_file_path}: {PERSONAL.sub('…', values)}: {_rule(test)}"


def _lines_out_of_shape(seed: Any) -> Iterator[str]:
    """Where DuckDB and dbt name no line: those with a comma too few or too many."""
    path = seed.original_file_path
    with Path(seed.root_path, path).open(encoding="utf-8", newline="") as file:
        lines = csv.reader(file, strict=True)
        begins_at = 1
        try:
            names = next(lines, [])
            begins_at = lines.line_num + 1
            for values in lines:
                if values and len(values) != len(names):
                    yield (
                        f"{path}, line {begins_at}: {len(values)} values for {len(names)} "
                        "columns. Leave nothing between the commas of an empty value, and put a "
                        "text that has a comma in double quotes."
                    )
                begins_at = lines.line_num + 1
        except csv.Error as error:
            yield f"{path}, line {begins_at}: {error}. Close every double quote."


def _are_seeds(parents: list[str]) -> bool:
    return all(parent.startswith("seed.") for parent in parents)


def _key_of(manifest: Manifest, seed: str) -> list[str]:
    """The columns that tell the lines of a seed apart: those of its test of the grain."""
    for node in manifest.nodes.values():
        metadata = getattr(node, "test_metadata", None)
        if metadata and metadata.name == "grain" and getattr(node, "attached_node", "") == seed:
            return list(metadata.kwargs["columns"])
    return []


def _rule(test: Any) -> str:
    """What a line must keep, in words: a test's own name says it, dbt's names for others do not."""
    kwargs = test.test_metadata.kwargs
    column = kwargs.get("column_name")
    values = ", ".join(map(str, kwargs.get("values", [])))
    known = {
        "grain": f"there must be one line for each {', '.join(kwargs.get('columns', []))}, "
        "with all that it needs",
        "unique": f"{column} must be of one line only",
        "not_null": f"{column} must not be empty",
        "accepted_values": f"{column} must be one of {values}",
        "relationships": f"{column} must be one of {kwargs.get('field')} in {kwargs.get('to')}",
        "is_a_channel": f"{column} must be a channel of the seed channels",
    }
    rule = test.test_metadata.name
    return known.get(rule, f"it must be that {test.name.replace('_', ' ')}")
