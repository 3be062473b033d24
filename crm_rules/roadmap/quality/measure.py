"""Counting and judging: what a check found, the limits it is held to, and the verdict.

A count may be open: some members of the population cannot be told. It is then an interval, and a verdict is
given only where both of its ends agree.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

from crm_rules.roadmap.quality.results import Verdict


@dataclass(frozen=True, slots=True)
class Measure:
    """What a check counted.

    Attributes:
        count: the numerator.
        of: the denominator; None where a share would mean nothing.
        offenders: ids of tasks or links to show, sorted.
        undecided: ids of members of the population that may have to be counted as well, sorted.
        why: why members are undecided.
        note: what else should be known.
        local: what is counted stays so whatever tasks are not listed. Matters for plans that are not complete.
        of_links: the ids are those of links.
    """

    count: int
    of: int | None
    offenders: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()
    why: str = "something is not known"
    note: str = ""
    local: bool = True
    of_links: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """The check cannot be carried out.

    Attributes:
        reason: what is missing, in words.
        offenders: ids of tasks somebody should look at all the same, sorted.
        undecided: ids of tasks of which too little is known, sorted, where that is what is missing.
    """

    reason: str
    offenders: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()


Found = Measure | Gap


def counted(
    offenders: Iterable[str],
    of: int | None,
    *,
    undecided: Iterable[str] = (),
    why: str = "something is not known",
    local: bool = True,
    of_links: bool = False,
) -> Measure:
    """A measure whose numerator is the number of offenders."""
    listed = tuple(sorted(set(offenders)))
    return Measure(len(listed), of, listed, tuple(sorted(set(undecided))), why, "", local, of_links)


class Bound(StrEnum):
    """What a limit holds a count to."""

    NONE = "none"  # nothing may be counted
    AT_MOST = "at_most"  # a share of the population
    AT_LEAST = "at_least"  # a share of the population
    OPEN = "open"  # anything: the number is for information


@dataclass(frozen=True, slots=True)
class Limit:
    """What a check is held to.

    Attributes:
        bound: see `Bound`.
        share: for `AT_MOST` and `AT_LEAST`.
        text: the limit in words.
    """

    bound: Bound
    share: Fraction = Fraction(0)
    text: str = ""

    def broken(self, count: int, of: int | None) -> bool:
        """Whether a count breaks the limit."""
        match self.bound:
            case Bound.NONE:
                return count > 0
            case Bound.AT_MOST:
                return of is not None and count > self.share * of
            case Bound.AT_LEAST:
                return of is not None and count < self.share * of
            case _:
                return False


NONE: Final = Limit(Bound.NONE, text="none")
OPEN: Final = Limit(Bound.OPEN, text="no limit")


def at_most(percent: int) -> Limit:
    """At most so many percent of the population."""
    return Limit(Bound.AT_MOST, Fraction(percent, 100), f"at most {percent} %")


def at_least(percent: int) -> Limit:
    """At least so many percent of the population."""
    return Limit(Bound.AT_LEAST, Fraction(percent, 100), f"at least {percent} %")


def index_of(hundredths: int) -> Limit:
    """A performance index of at least so many hundredths."""
    return Limit(Bound.AT_LEAST, Fraction(hundredths, 100), f"at least {hundredths / 100:.2f}")


UNLISTED: Final = "there may be tasks that are not listed"
SPARED: Final = "one alone is not held against a plan"


def judge(limit: Limit, level: Verdict, found: Measure, *, spare_one: bool, complete: bool) -> tuple[Verdict, str]:
    """The verdict on a measure and what to say about it.

    Args:
        limit: what the measure is held to.
        level: the verdict where the limit is broken.
        found: the measure.
        spare_one: a share is broken by two or more only; on a short list one task is a large share.
        complete: whether all tasks of the plan are listed.
    """
    if found.of == 0:
        return Verdict.NOT_MEASURABLE, "there is nothing to count it among"
    if limit.bound is Bound.OPEN:
        if not complete:
            return Verdict.NOT_MEASURABLE, UNLISTED
        return Verdict.INFO, "; ".join(filter(None, (found.note, _open(found))))
    # Whoever is counted in addition moves the verdict one way only, so the two ends decide for all between.
    low = _verdict(limit, level, found.count, found.of, spare_one)
    high = _verdict(limit, level, found.count + len(found.undecided), found.of, spare_one)
    if not complete and not (low is level and found.local and limit.bound is Bound.NONE):
        return Verdict.NOT_MEASURABLE, UNLISTED
    if low is not high:
        return Verdict.NOT_MEASURABLE, _open(found)
    spared = SPARED if low is Verdict.INFO is not level else ""
    return low, "; ".join(filter(None, (spared, found.note, _open(found))))


def _verdict(limit: Limit, level: Verdict, count: int, of: int | None, spare_one: bool) -> Verdict:
    """The verdict on a number."""
    if not limit.broken(count, of):
        return Verdict.PASSED
    return Verdict.INFO if spare_one and _wrong(limit, count, of) == 1 else level


def _wrong(limit: Limit, count: int, of: int | None) -> int | None:
    """How many members of the population break a limit that is a share; None where it is no share."""
    if limit.bound is Bound.AT_MOST:
        return count
    if limit.bound is Bound.AT_LEAST and of is not None:
        return of - count
    return None


def _open(found: Measure) -> str:
    number = len(found.undecided)
    if not number:
        return ""
    subject = "link" if found.of_links else "task"
    return f"{number} {subject}{'s' if number > 1 else ''} cannot be told: {found.why}"
