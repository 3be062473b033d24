"""Where random cases take their choices from: a seed for speed, Hypothesis for shrinking.

Every choice is a number below a bound, and 0 stands for the simplest alternative.
"""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


class Choices(ABC):
    """A stream of choices."""

    @abstractmethod
    def below(self, bound: int) -> int:
        """A whole number from 0 to `bound` - 1."""

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`."""
        return low + self.below(high - low + 1)

    def chance(self, percent: int) -> bool:
        """True in so many of a hundred cases."""
        return self.below(100) >= 100 - percent

    def pick(self, items: Sequence[T]) -> T:
        """One of the items; items that stand there twice are taken twice as often."""
        return items[self.below(len(items))]

    def sample(self, items: Sequence[T], low: int, high: int) -> list[T]:
        """Some different items in the given order: from `low` to `high` of them, as far as there are so many."""
        left = list(range(len(items)))
        taken = [left.pop(self.below(len(left))) for _ in range(min(self.between(low, high), len(items)))]
        return [items[i] for i in sorted(taken)]


class Seeded(Choices):
    """Choices that follow from a seed."""

    def __init__(self, seed: int) -> None:
        self._next = random.Random(seed).random

    def below(self, bound: int) -> int:
        return int(self._next() * bound)


class Drawn(Choices):
    """Choices drawn by Hypothesis."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw

    def below(self, bound: int) -> int:
        return self._draw(st.integers(0, bound - 1))
