"""dbt builds in a copy of a warehouse, in a process that ends with it.

The project is read as for the warehouse itself: of what was read for its last build dbt reads only
what has been edited since, and else would read all again, as the copy lies elsewhere.
"""

from __future__ import annotations

import os
import sys

from dbt.cli.main import dbtRunner

QUIETLY = ("--quiet", "--no-use-colors")


def build_in(scratch: str, *arguments: str) -> int:
    """Read the project for the warehouse of the environment, then run dbt on the one in scratch.

    Returns:
        dbt's exit code: 1 where something failed, 2 where dbt could not run.
    """
    # what is wrong with the project the build tells
    read = dbtRunner().invoke(["--log-level", "none", "parse"])
    os.environ["OMNITOUCH_WAREHOUSE"] = scratch
    manifest = read.result if read.success else None
    done = dbtRunner(manifest=manifest).invoke([*QUIETLY, *arguments])
    return 0 if done.success else 2 if done.exception else 1


if __name__ == "__main__":
    sys.exit(build_in(*sys.argv[1:]))
