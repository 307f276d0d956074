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
        "--only",
        action="append",
        metavar="TEXT",
        help="contenders whose name holds this text, beside the reference",
    )
    options = parser.parse_args()
    if options.people:
        options.events = options.people * EVENTS_PER_PERSON
    if unknown := set(options.names) - set(known):
        parser.error(f"no benchmark {sorted(unknown)}; there are {', '.join(known)}")
    benchmarks = BENCHMARKS
    if options.only:
        if not options.names or set(options.names) & set(REPORTS):
            parser.error(f"--only picks contenders: name some of {', '.join(BENCHMARKS)}")
        try:
            benchmarks = {name: narrowed(BENCHMARKS[name], options.only) for name in options.names}
        except ValueError as error:
            parser.error(str(error))
    for name in options.names or known:
        print(f"{name}: preparing {options.events:,}", flush=True)
        with tempfile.TemporaryDirectory(prefix="omnitouch_benchmark_") as directory:
            if report := REPORTS.get(name):
                title, rounds, left_out = report.title, 1, ()
                table = report.table(Path(directory), options.events)
            else:
                title, rounds = benchmarks[name].title, options.rounds
                contenders = benchmarks[name].contenders
                left_out = tuple(
                    one.name for one in BENCHMARKS[name].contenders if one not in contenders
                )
                table = compare(name, benchmarks[name], Path(directory), options.events, rounds)
        record(heading(title, options.events, rounds, left_out) + table)


if __name__ == "__main__":
    main()
