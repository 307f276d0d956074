"""dbt builds in a process that reads the project before there is anything to build."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import Any, TextIO

from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest

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
    # what is wrong with the project the build tells
    read = dbtRunner().invoke(["--log-level", "none", "parse"])
    if not told.readline():
        return 0
    manifest = read.result if read.success else None
    done = dbtRunner(manifest=manifest).invoke([*BUILD, *options])
    if manifest and not done.exception:
        for line in _lines_at_fault(manifest, done.result.results):
            print(line, file=sys.stderr)
    return 0 if done.success else 2 if done.exception else 1


def _lines_at_fault(manifest: Manifest, results: Any) -> Iterator[str]:
    """What dbt only counts: seeds are written by hand, and whoever did wants to know which line."""
    for result in results:
        test = result.node
        parents = getattr(test.depends_on, "nodes", [])
        if result.status != "fail" or not all(parent.startswith("seed.") for parent in parents):
            continue
        seed = manifest.nodes[test.attached_node or parents[0]]
        command = ["--log-level", "none", "show", "--inline", test.compiled_code]
        shown = dbtRunner(manifest=manifest).invoke([*command, "--limit", str(ROWS_SHOWN)])
        for row in shown.result.results[0].agate_table.rows if shown.success else []:
            told = row.dict()
            first, *others = told
            # beside the line's own name, what the test found
            said = [first, *(name for name in others if name not in seed.columns)]
            values = ", ".join(f"{name} {told[name]}" for name in said if told[name] is not None)
            # a number that long may be somebody's
            yield (
                f"{seed.original_file_path}: {re.sub(r'[0-9]{7,}', '…', values)}: "
                f"it must be that {test.name.replace('_', ' ')}"
            )
