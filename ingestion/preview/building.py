"""dbt builds in a copy of a warehouse, in a process that ends with it.

The project is read as for the warehouse itself: of what was read for its last build dbt reads only
what has been edited since, and else would read all again, as the copy lies elsewhere.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from dbt.cli.main import dbtRunner

QUIETLY = ("--quiet", "--no-use-colors")
PROJECT = str(Path(__file__).parents[2])
PLACES = ("--project-dir", PROJECT, "--profiles-dir", PROJECT)


def build_in(scratch: str, *arguments: str) -> int:
    """Read the project for the warehouse of the environment, then run dbt on the one in scratch.

    Returns:
        dbt's exit code: 1 where something failed, 2 where dbt could not run.
    """
    # what is wrong with the project the build tells
    read = dbtRunner().invoke(["--log-level", "none", "parse", *PLACES])
    os.environ["OMNITOUCH_WAREHOUSE"] = scratch
    manifest = read.result if read.success else None
    done = dbtRunner(manifest=manifest).invoke([*QUIETLY, *arguments, *PLACES])
    return 0 if done.success else 2 if done.exception else 1


if __name__ == "__main__":
    sys.exit(build_in(*sys.argv[1:]))
