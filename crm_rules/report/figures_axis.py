"""Marks of an axis of time: few enough to be read, at dates people think in. Independent of any locale."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from crm_rules.report.roadmap_tasks import MONTHS
from crm_rules.roadmap.plan import MINUTES_PER_DAY

_EPOCH: Final = dt.date(1, 1, 1)
_CLOCK_DAY: Final = 1440

_DAY_STEPS: Final = (1, 2)
_WEEK_STEPS: Final = (1, 2)
_MONTH_STEPS: Final = (1, 2, 3, 6, 12, 24, 60, 120)


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark.

    Attributes:
        at: where, in the unit of the axis.
        label: what stands there.
    """

    at: float
    label: str


def day_ticks(first: float, last: float, most: int) -> Sequence[Tick]:
    """Marks at days, Mondays or firsts of months, whichever are at most so many.

    Args:
        first: the left end of the axis, in minutes on the clock since the first day of year 1.
        last: the right end.
        most: number of marks there is room for, at least 1.
    """
    begin, end = _date(first), _date(last)
    days = (last - first) / _CLOCK_DAY
    for step in _DAY_STEPS:
        if days / step <= most:
            return _ticks(_every(begin, end, step), first, last)
    monday = begin - dt.timedelta(days=begin.weekday())
    for step in _WEEK_STEPS:
        if days / (7 * step) <= most:
            return _ticks(_every(monday, end, 7 * step), first, last)
    for step in _MONTH_STEPS:
        if days / (30.4 * step) <= most or step == _MONTH_STEPS[-1]:
            return _ticks(_months(begin, end, step), first, last, months=True)
    raise AssertionError("the last step fits always")


def number_ticks(first: float, last: float, most: int) -> Sequence[Tick]:
    """Marks at round numbers of working days: 1, 2 or 5 times a power of ten.

    Args:
        first: the left end of the axis, in working minutes.
        last: the right end.
        most: number of marks there is room for, at least 1.
    """
    days = (last - first) / MINUTES_PER_DAY
    step, factors = 1, (2, 5, 10)
    while all(days / (step * f) > most for f in (1, *factors[:2])):
        step *= 10
    step = next(step * f for f in (1, *factors) if days / (step * f) <= most)
    number = -int(-first // (MINUTES_PER_DAY * step)) * step
    found = []
    while number * MINUTES_PER_DAY <= last:
        found.append(Tick(float(number * MINUTES_PER_DAY), f"day {number:,}"))
        number += step
    return found


def _date(minutes: float) -> dt.date:
    return _EPOCH + dt.timedelta(days=int(minutes // _CLOCK_DAY))


def _every(begin: dt.date, end: dt.date, days: int) -> Iterator[dt.date]:
    at = begin
    while at <= end:
        yield at
        at += dt.timedelta(days=days)


def _months(begin: dt.date, end: dt.date, months: int) -> Iterator[dt.date]:
    number = (begin.year * 12 + begin.month - 1) // months * months
    while number <= end.year * 12 + end.month - 1 and number // 12 <= dt.MAXYEAR:
        if number >= 12:
            yield dt.date(number // 12, number % 12 + 1, 1)
        number += months


def _ticks(dates: Iterator[dt.date], first: float, last: float, months: bool = False) -> list[Tick]:
    found: list[Tick] = []
    year = None
    for date in dates:
        at = float((date - _EPOCH).days * _CLOCK_DAY)
        if not first <= at <= last:
            continue
        # The year stands at the first mark and wherever it changes.
        label = MONTHS[date.month - 1] if months else f"{date.day} {MONTHS[date.month - 1]}"
        if date.year != year:
            label = f"{label} {date.year}"
        year = date.year
        found.append(Tick(at, label))
    return found
