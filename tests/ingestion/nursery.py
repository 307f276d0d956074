"""``python -m tests.ingestion.nursery``: loaders that start at once, as all is imported already.

Reads one order a line (JSON), forks a loader that follows it, and answers with what became of it.
An order may have the loader killed: after some seconds, or by the step of dlt that it names:
``extract``, ``commit`` (what was extracted is normalized, and half deleted), ``normalize``,
``copy`` (a table's rows are staged, the job is not marked as done), ``load`` (the rows are in, the
load is not marked as complete) or ``complete`` (it is, but its package is still in the working
directory).
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

from dlt.common.storages.load_package import PackageStorage
from dlt.destinations.impl.duckdb.duck import DuckDbCopyJob
from dlt.load.load import Load
from dlt.pipeline.pipeline import Pipeline

import ingestion.loading  # noqa: F401  the command itself imports it when it is needed
from ingestion.__main__ import main


def die(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_deleting(packages: PackageStorage, load_id: str, **_: Any) -> None:
    jobs = f"{packages.get_package_path(load_id)}/new_jobs"
    # dlt also deletes what is not there
    if packages.storage.has_folder(jobs):
        packages.storage.delete_folder(jobs, recursively=True)
        die()


def dying_after(step: Callable[..., Any]) -> Callable[..., Any]:
    def run(*arguments: Any, **named: Any) -> None:
        step(*arguments, **named)
        die()

    return run


def load(order: dict[str, Any]) -> None:
    """In the forked process: be the loader."""
    os.environ["OMNITOUCH_WAREHOUSE"] = order["warehouse"]
    sys.argv = ["ingestion", *order["arguments"]]
    step = order.get("dies_after")
    if step == "commit":
        PackageStorage.delete_package = die_deleting
    elif step == "load":
        Load.complete_package = die
    elif step == "copy":
        DuckDbCopyJob.run = dying_after(DuckDbCopyJob.run)
    elif step == "complete":
        PackageStorage.complete_loading_package = die
    elif step:
        setattr(Pipeline, step, dying_after(getattr(Pipeline, step)))
    try:
        code = main()
    except BaseException:
        sys.excepthook(*sys.exc_info())
        code = 70
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def follow(order: dict[str, Any]) -> dict[str, Any]:
    """Start the loader, kill it where the order says so, and tell how it ended."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        started = time.monotonic()
        if not (child := os.fork()):
            os.dup2(output.fileno(), 1)
            os.dup2(errors.fileno(), 2)
            load(order)
        if seconds := order.get("killed_after"):
            time.sleep(seconds)
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        answer = {"code": os.waitstatus_to_exitcode(status), "seconds": time.monotonic() - started}
        for name, file in (("output", output), ("errors", errors)):
            file.seek(0)
            answer[name] = file.read().decode()
        return answer


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(follow(json.loads(line))), flush=True)
