"""``python -m benchmarks [NAME...] [--events N]``: measure, print, append to RESULTS.md."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks.measure import EVENTS_PER_PERSON, compare, heading, narrowed, record
from benchmarks.suite import BENCHMARKS, REPORTS


def main() -> None:
    """Run the named benchmarks, or all of them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    known = [*BENCHMARKS, *REPORTS]
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(known))
    parser.add_argument("--events", type=int, default=1_000_000, help="rows (default: 1000000)")
    parser.add_argument(
        "--people", type=int, help=f"of the sample brand, {EVENTS_PER_PERSON} events each"
    )
    parser.add_argument("--rounds", type=int, default=3, help="runs of each contender (default: 3)")
    parser.add_argument(
        "--only", action="append", metavar="TEXT", help="contenders whose name holds this text"
    )
    options = parser.parse_args()
    if options.people:
        options.events = options.people * EVENTS_PER_PERSON
    if unknown := set(options.names) - set(known):
        parser.error(f"no benchmark {sorted(unknown)}; there are {', '.join(known)}")
    benchmarks = BENCHMARKS
    if options.only:
        names = [name for name in options.names or BENCHMARKS if name in BENCHMARKS]
        try:
            benchmarks = {name: narrowed(BENCHMARKS[name], options.only) for name in names}
        except ValueError as error:
            parser.error(str(error))
    for name in options.names or known:
        print(f"{name}: preparing {options.events:,}", flush=True)
        with tempfile.TemporaryDirectory(prefix="omnitouch_benchmark_") as directory:
            if report := REPORTS.get(name):
                title, rounds = report.title, 1
                table = report.table(Path(directory), options.events)
            else:
                title, rounds = benchmarks[name].title, options.rounds
                table = compare(name, benchmarks[name], Path(directory), options.events, rounds)
        record(heading(title, options.events, rounds) + table)


if __name__ == "__main__":
    main()
