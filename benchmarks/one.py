"""One part of a benchmark in this process: ``python -m benchmarks.one`` is called by the others."""

from __future__ import annotations

import json
import re
import resource
import sys
import time
from pathlib import Path

from benchmarks.suite import BENCHMARKS


def main() -> None:
    """Set up, do the work, write down what the work alone cost."""
    name, part, directory, events, result = sys.argv[1:]
    benchmark = BENCHMARKS[name]
    folder = Path(directory)
    if part == "prepare":
        benchmark.prepare(folder, int(events))
        Path(result).write_text(json.dumps([0, 0, 0, ""]))
        return
    contender = next(one for one in benchmark.contenders if one.name == part)
    work = contender.set_up(folder, int(events))
    cpu, wall = _cpu_seconds(), time.perf_counter()
    outcome = work()
    cost = [_cpu_seconds() - cpu, time.perf_counter() - wall, _peak_mb()]
    outcome = outcome() if callable(outcome) else outcome
    Path(result).write_text(json.dumps([*cost, str(outcome or "")]))


def _cpu_seconds() -> float:
    """Of all threads of this process, and of the processes it waited for."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _peak_mb() -> float:
    """Of this process or the largest one it waited for.

    ``ru_maxrss`` of a process starts at what its parent held, so Linux is asked directly.
    """
    own = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    waited_for = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return max(int(own[1]) if own else 0, waited_for) / 1024


if __name__ == "__main__":
    main()
