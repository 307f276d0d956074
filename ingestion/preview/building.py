"""dbt builds in a copy of a warehouse, in a process that ends with it.

The project is read as for the warehouse itself: of what was read for its last build dbt reads only
what has been edited since, and else would read all again, as the copy lies elsewhere.
"""

from __future__ import annotations

import os
import sys

from dbt.cli.main import dbtRunner

from ingestion.building import exit_code, read_project

# it is started in the project, whatever dbt's own variables say
HERE = ("--project-dir", ".", "--profiles-dir", ".")


def build_in(scratch: str, *arguments: str) -> int:
    """Read the project for the warehouse of the environment, then run dbt on the one in scratch.

    Returns:
        dbt's exit code: 1 where something failed, 2 where dbt could not run.
    """
    manifest = read_project(*HERE)
    os.environ["OMNITOUCH_WAREHOUSE"] = scratch
    return exit_code(
        dbtRunner(manifest=manifest).invoke(["--quiet", "--no-use-colors", *arguments, *HERE])
    )


if __name__ == "__main__":
    sys.exit(build_in(*sys.argv[1:]))
