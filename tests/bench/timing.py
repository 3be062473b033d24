"""Measuring side by side, and printing what was measured.

Contestants take turns in an order drawn anew for every round, so that what else the machine does
hits all of them alike; what counts is the median. Times are processor time of this process. The
garbage collector is off while the clock runs, as in `timeit`.
"""

from __future__ import annotations

import gc
import random
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final

ROUNDS: Final = 25
"""Measurements of each contestant."""

LEAST: Final = 0.005
"""Seconds one measurement takes at least; short work is repeated until then."""

Contestants = Mapping[str, Callable[[], object]]


def contest(contestants: Contestants, rounds: int = ROUNDS, seed: int = 1) -> dict[str, float]:
    """Median seconds of one call of each contestant."""
    repeats = {name: _repeats(run) for name, run in contestants.items()}
    taken: dict[str, list[float]] = {name: [] for name in contestants}
    chance = random.Random(seed)
    order = list(contestants)
    for _ in range(rounds):
        chance.shuffle(order)
        for name in order:
            taken[name].append(_measure(contestants[name], repeats[name]))
    return {name: statistics.median(times) for name, times in taken.items()}


def _repeats(run: Callable[[], object]) -> int:
    run()
    return max(1, round(LEAST / max(_measure(run, 1), 1e-7)))


def _measure(run: Callable[[], object], repeats: int) -> float:
    gc.collect()
    gc.disable()
    try:
        start = time.process_time()
        for _ in range(repeats):
            run()
        return (time.process_time() - start) / repeats
    finally:
        gc.enable()


# -- printing ---------------------------------------------------------------------------------


def show(text: str = "") -> None:
    """Print a line."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def duration(seconds: float) -> str:
    """A duration in the unit that suits it."""
    for unit, factor in (("s", 1), ("ms", 1e3), ("µs", 1e6)):
        if seconds * factor >= 1 or unit == "µs":
            number = seconds * factor
            return f"{number:.{0 if number >= 100 else 1 if number >= 10 else 2}f} {unit}"
    raise AssertionError("the last unit takes everything")


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table; the first column is text, the others are flush right."""
    widths = [max(len(r[i]) for r in (head, *rows)) for i in range(len(head))]
    for row in (head, *rows):
        cells = [row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True))]
        show("  " + "   ".join(cells).rstrip())


def against(
    times: Mapping[str, float], yardstick: str, targets: Mapping[str, float]
) -> list[tuple[str, str, str, str]]:
    """Rows of a table: name, time, ratio to the yardstick, target."""
    return [
        (
            name,
            duration(seconds),
            f"{seconds / times[yardstick]:.2f}",
            f"at most {targets[name]:.1f}" if name in targets else "",
        )
        for name, seconds in times.items()
    ]
