"""dbt builds in a process that reads the project before there is anything to build."""

from __future__ import annotations

from typing import TextIO

from dbt.cli.main import dbtRunner

# The log tells each node; its SQL is in target/, and in the log, too, would be a twentieth more.
BUILD = ("build", "--exclude-resource-type", "unit_test", "--log-level", "warn")
BUILD += ("--log-level-file", "info")


def build_when_told(told: TextIO, *options: str) -> int:
    """Read the project, wait for a line, then build everything.

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
    return 0 if done.success else 2 if done.exception else 1
