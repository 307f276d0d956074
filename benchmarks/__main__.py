"""``python -m benchmarks [NAME...] [--events N]``: measure, print, append to RESULTS.md."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks.measure import compare, heading, record
from benchmarks.suite import BENCHMARKS


def main() -> None:
    """Run the named benchmarks, or all of them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--events", type=int, default=1_000_000, help="rows (default: 1000000)")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each contender (default: 3)")
    options = parser.parse_args()
    if unknown := set(options.names) - set(BENCHMARKS):
        parser.error(f"no benchmark {sorted(unknown)}; there are {', '.join(BENCHMARKS)}")
    for name in options.names or BENCHMARKS:
        benchmark = BENCHMARKS[name]
        print(f"{name}: preparing {options.events:,}", flush=True)
        with tempfile.TemporaryDirectory(prefix="omnitouch_benchmark_") as directory:
            table = compare(name, benchmark, Path(directory), options.events, options.rounds)
        record(heading(benchmark.title, options.events, options.rounds) + table)


if __name__ == "__main__":
    main()
