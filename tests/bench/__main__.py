"""Benchmarks: `python -m tests.bench [NAME]...`, all of them when none is named.

Times say little beyond the machine they were taken on; compare the ratios. Before anything is
measured, the answers of all contestants are compared as sets.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Callable, Mapping
from typing import Final

from tests.bench import cold, engines, large, monte_carlo, scheduling, small, stages
from tests.bench.timing import ROUNDS, show

BENCHES: Final[Mapping[str, Callable[[int], None]]] = {
    "small": small.bench,
    "whole": stages.bench,
    "large": large.bench,
    "schedule": scheduling.bench,
    "engines": engines.bench,
    "simulation": monte_carlo.bench,
    "cold": cold.bench,
}


def main() -> int:
    """Run the benchmarks named on the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure the engines.")
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"which: {', '.join(BENCHES)} (all when none is named)"
    )
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="measurements of each contestant (%(default)s)")
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in BENCHES]
    if unknown or options.rounds < 1:
        parser.error(f"there is no benchmark '{unknown[0]}'" if unknown else "at least one round is needed")
    show(f"Python {platform.python_version()}, {os.cpu_count()} cores; medians of processor time, ratios from this run")
    show()
    for name in options.names or BENCHES:
        BENCHES[name](options.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
