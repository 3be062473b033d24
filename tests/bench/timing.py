"""Measuring side by side, and printing what was measured.

Contestants take turns in an order drawn anew for every round, so that what else the machine does
hits all of them alike. A ratio is the median of the ratios within one round, which a machine that
grows slower meanwhile does not change. Times are processor time of this process. The garbage
collector is off while the clock runs, as in `timeit`.
"""

from __future__ import annotations

import gc
import random
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

ROUNDS: Final = 101
"""Measurements of each contestant."""

SLOW_ROUNDS: Final = 15
"""The same where one call takes tens of milliseconds."""

LEAST: Final = 0.002
"""Seconds one measurement takes at least; short work is repeated until then."""

Contestants = Mapping[str, Callable[[], object]]


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds of one call of each contestant, round by round."""

    taken: Mapping[str, Sequence[float]]

    def seconds(self, name: str) -> float:
        """The median."""
        return statistics.median(self.taken[name])

    def ratio(self, name: str, yardstick: str) -> float:
        """How many times as long as the yardstick: the median over the rounds."""
        pairs = zip(self.taken[name], self.taken[yardstick], strict=True)
        return statistics.median(own / other for own, other in pairs)


def contest(contestants: Contestants, rounds: int = ROUNDS, seed: int = 1) -> Times:
    """Measure side by side."""
    repeats = {name: _repeats(run) for name, run in contestants.items()}
    taken: dict[str, list[float]] = {name: [] for name in contestants}
    chance = random.Random(seed)
    order = list(contestants)
    for _ in range(rounds):
        chance.shuffle(order)
        gc.collect()
        for name in order:
            taken[name].append(_measure(contestants[name], repeats[name]))
    return Times(taken)


def _repeats(run: Callable[[], object]) -> int:
    run()
    return max(1, round(LEAST / max(_measure(run, 1), 1e-7)))


def _measure(run: Callable[[], object], repeats: int) -> float:
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


def against(times: Times, yardstick: str, targets: Mapping[str, float]) -> list[tuple[str, str, str, str]]:
    """Rows of a table: name, time, ratio to the yardstick, target."""
    return [
        (
            name,
            duration(times.seconds(name)),
            f"{times.ratio(name, yardstick):.2f}",
            f"at most {targets[name]:.1f}" if name in targets else "",
        )
        for name in times.taken
    ]
