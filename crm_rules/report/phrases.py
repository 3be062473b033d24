"""Counts, lists and levels as a reader would write them, and the colours levels have on a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from types import MappingProxyType
from typing import Final

from crm_rules.assessment.results import Finding
from crm_rules.assessment.scales import LEVEL_ORDER
from crm_rules.explain.narration import listing

WORST_FIRST: Final = tuple(reversed(LEVEL_ORDER))

STYLES: Final = MappingProxyType(
    {"critical": "bold red", "high": "red", "medium": "yellow", "low": "cyan", "late": "magenta", "do": "green"}
)
"""Styles of levels and of a few other things that catch the eye."""


def count(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun: `1 finding`, `2 findings`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def by_level(findings: Iterable[Finding]) -> str:
    """How many findings there are of each level: `4 critical, 39 high and 7 medium`."""
    found = Counter(f.level for f in findings)
    return listing([f"{found[level]:,} {level}" for level in WORST_FIRST if found[level]])


def shortened(items: Sequence[str], most: int, more: str = "more") -> str:
    """An enumeration of at most `most` items: `a, b and 3 more`."""
    if len(items) <= most:
        return listing(items)
    return listing([*items[: most - 1], f"{len(items) - most + 1} {more}"])


def sentence(text: str) -> str:
    """Text with a capital letter in front and a full stop behind."""
    return capitalised(text if text.endswith((".", "!", "?")) else text + ".")


def capitalised(text: str) -> str:
    """Text with a capital letter in front."""
    return text[:1].upper() + text[1:]


def be(number: int) -> str:
    """The verb to a count: `is` or `are`."""
    return "is" if number == 1 else "are"
