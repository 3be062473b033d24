"""The scoring tables: what the numbers 1 to 5 mean, and which exposure is which level.

Everything that bands a score reads these tables; there is no other place with a threshold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Level = Literal["low", "medium", "high", "critical"]

LEVELS: Final[tuple[tuple[int, Level], ...]] = ((20, "critical"), (12, "high"), (6, "medium"), (0, "low"))
"""Lowest exposure of each level, highest level first."""

LEVEL_ORDER: Final[tuple[Level, ...]] = ("low", "medium", "high", "critical")
"""Levels in ascending order."""

MIDDLE: Final = 3
"""Score taken where a computed likelihood or impact is unknown."""


@dataclass(frozen=True, slots=True)
class Grade:
    """One step of a scale: the number and what it stands for."""

    score: int
    meaning: str


LIKELIHOOD: Final = (
    Grade(1, "under 10 %"),
    Grade(2, "10 to 30 %"),
    Grade(3, "30 to 50 %"),
    Grade(4, "50 to 70 %"),
    Grade(5, "above 70 %"),
)

IMPACT: Final = (
    Grade(1, "hours"),
    Grade(2, "days, or under 2 % of the budget"),
    Grade(3, "weeks, or under 10 % of the budget"),
    Grade(4, "months, or under 30 % of the budget"),
    Grade(5, "goal missed, legal breach or stop of service"),
)


def level_of(exposure: int) -> Level:
    """Level of an exposure (likelihood × impact, 1 to 25)."""
    return next(level for lowest, level in LEVELS if exposure >= lowest)


def at_or_above(level: Level, threshold: Level) -> bool:
    """Whether a level reaches a threshold."""
    return LEVEL_ORDER.index(level) >= LEVEL_ORDER.index(threshold)
