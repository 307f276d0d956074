"""dbt builds in a process that reads the project before there is anything to build."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TextIO

from dbt.cli.exceptions import DbtUsageException
from dbt.cli.main import dbtRunner

# The log tells each node; its SQL is in target/, and in the log, too, would be a twentieth more.
SPARINGLY = ("--log-level", "warn", "--log-level-file", "info")


def build_when_told(options: Sequence[str], told: TextIO) -> int:
    """Read the project, wait for a line, then run ``dbt build``.

    Args:
        options: of ``dbt build``.
        told: where the line comes from; at its end without one, nothing is built. What is edited
            in the project before it comes is not seen.

    Returns:
        dbt's exit code: 1 where something failed, 2 where dbt could not run; 0 where nothing was to
        be built.
    """
    # what is wrong with the project the build tells
    read = dbtRunner().invoke(["--log-level", "none", "parse"])
    if not told.readline():
        return 0
    done = dbtRunner(manifest=read.result if read.success else None).invoke(
        ["build", *SPARINGLY, *options]
    )
    # anything else dbt tells by itself
    if isinstance(done.exception, DbtUsageException):
        print(f"error: {done.exception}", file=sys.stderr)
    return 0 if done.success else 2 if done.exception else 1
