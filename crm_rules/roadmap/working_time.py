"""Working time: from counts of working minutes to dates and times, and back.

A schedule is computed in counts. `WorkingCalendar.worked` says how many minutes have been worked before a
minute of the clock, `start_at` and `finish_at` go back; a task of d minutes that starts at `t` finishes at
`finish_at(worked(t) + d)`. Nothing outside this file may know which days and hours are worked.

Minutes of the clock are counted from `EPOCH` in local time, without time zones or summer time. Both counts
are whole numbers without bound: a plan may lie outside the years a date can express.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from heapq import heappop, heappush
from itertools import pairwise
from typing import Final, Self

Periods = tuple[tuple[int, int], ...]
"""Times of work within a day: (from, to) in minutes after midnight, ascending, at most 1440."""

EPOCH: Final = dt.datetime(1, 1, 1)  # noqa: DTZ001 - local working time
"""Where minutes are counted from: the beginning of a Monday."""

_MINUTE: Final = dt.timedelta(minutes=1)
_DAY: Final = 24 * 60
_LAST: Final = dt.date.max.toordinal() * _DAY - 1


def absolute(at: dt.datetime) -> int:
    """Minutes on the clock from `EPOCH` to a local date and time; seconds are dropped.

    Raises:
        TypeError: `at` has a time zone.
    """
    return (at - EPOCH) // _MINUTE


def moment(minute: int) -> dt.datetime | None:
    """The local date and time `minute` minutes after `EPOCH`; None outside the years dates can express."""
    return EPOCH + dt.timedelta(minutes=minute) if 0 <= minute <= _LAST else None


class Edge(StrEnum):
    """Which side of a break an instant is shown on: Friday 17:00 and Monday 08:00 are the same working instant."""

    START = "start"  # the side where work begins
    FINISH = "finish"  # the side where work ends


@dataclass(frozen=True, slots=True)
class CalendarException:
    """Days that are not worked as the week says.

    Attributes:
        first, last: the days, both included.
        periods: times of work of each of these days; () when they are not worked.
        name: what the days are called; "" when nobody says.

    Raises:
        ValueError: `last` is before `first`, or the periods are not ascending within a day.
    """

    first: dt.date
    last: dt.date
    periods: Periods = ()
    name: str = ""

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"the exception ends on {self.last}, before it begins on {self.first}")
        if problem := _disorder(self.periods):
            raise ValueError(f"the exception from {self.first} to {self.last}: {problem}")


def week_of(weekdays: Iterable[int], periods: Periods) -> tuple[Periods, ...]:
    """A week with the same times of work on each of `weekdays` (Monday = 0) and none on the others."""
    worked = frozenset(weekdays)
    return tuple(periods if weekday in worked else () for weekday in range(7))


_STANDARD_WEEK: Final = week_of(range(5), ((8 * 60, 12 * 60), (13 * 60, 17 * 60)))


@dataclass(frozen=True, slots=True)
class _Rhythm:
    """Periods that come again every `length` minutes, from `EPOCH` on and before it.

    Attributes:
        length: minutes on the clock after which they repeat.
        total: minutes worked in that time.
        begins, ends: of each period.
        before: minutes worked before each period.
    """

    length: int
    total: int
    begins: tuple[int, ...]
    ends: tuple[int, ...]
    before: tuple[int, ...]

    @classmethod
    def of(cls, days: tuple[Periods, ...]) -> Self:
        begins: list[int] = []
        ends: list[int] = []
        before: list[int] = []
        total = 0
        for day, periods in enumerate(days):
            for begin, end in periods:
                begins.append(day * _DAY + begin)
                ends.append(day * _DAY + end)
                before.append(total)
                total += end - begin
        return cls(len(days) * _DAY, total, tuple(begins), tuple(ends), tuple(before))

    def worked(self, at: int) -> int:
        rounds, minute = divmod(at, self.length)
        i = bisect_right(self.begins, minute) - 1
        if i < 0:
            return rounds * self.total
        return rounds * self.total + self.before[i] + min(minute, self.ends[i]) - self.begins[i]

    def start_at(self, count: int) -> int:
        rounds, rest = divmod(count, self.total)
        i = bisect_right(self.before, rest) - 1
        return rounds * self.length + self.begins[i] + rest - self.before[i]

    def finish_at(self, count: int) -> int:
        # The minute after the last one worked.
        return self.start_at(count - 1) + 1


@dataclass(frozen=True, slots=True)
class _Course:
    """All of time cut where the rhythm changes; piece 0 has no beginning and the last one no end.

    Attributes:
        begins: minute at which each piece after the first begins.
        counts: minutes worked by then; never descending.
        rhythms, offsets: of each piece; `worked` is the count of the rhythm plus the offset.
    """

    begins: tuple[int, ...]
    counts: tuple[int, ...]
    rhythms: tuple[_Rhythm, ...]
    offsets: tuple[int, ...]

    @classmethod
    def of(cls, week: tuple[Periods, ...], exceptions: tuple[CalendarException, ...]) -> Self:
        regular = _Rhythm.of(week)
        begins: list[int] = []
        counts: list[int] = []
        rhythms, offsets = [regular], [0]

        def change(at: int, rhythm: _Rhythm) -> None:
            counts.append(offsets[-1] + rhythms[-1].worked(at))
            begins.append(at)
            rhythms.append(rhythm)
            offsets.append(counts[-1] - rhythm.worked(at))

        for first, after, periods in _flattened(exceptions):
            # Right behind another exception this leaves a piece of no length, which no search below finds.
            change(first * _DAY, _Rhythm.of((periods,)))
            change(after * _DAY, regular)
        return cls(tuple(begins), tuple(counts), tuple(rhythms), tuple(offsets))


def _flattened(exceptions: tuple[CalendarException, ...]) -> Iterator[tuple[int, int, Periods]]:
    """Exceptions without overlap, ascending: (first day, day after the last, periods), days counted from `EPOCH`."""
    spans = [(e.first.toordinal() - 1, e.last.toordinal(), e.periods) for e in exceptions]
    coming = sorted(range(len(spans)), key=lambda i: spans[i][0], reverse=True)
    # Ordered by what wins: the fewer days, then the later declared.
    running: list[tuple[int, int]] = []
    cuts = sorted({day for first, after, _ in spans for day in (first, after)})
    for day, next_day in pairwise(cuts):
        while coming and spans[coming[-1]][0] == day:
            i = coming.pop()
            heappush(running, (spans[i][1] - spans[i][0], -i))
        while running and spans[-running[0][1]][1] <= day:
            heappop(running)
        if running:
            yield day, next_day, spans[-running[0][1]][2]


def _disorder(periods: Periods) -> str | None:
    """What is wrong with the times of work of a day."""
    done = 0
    for begin, end in periods:
        if not 0 <= begin < end <= _DAY:
            return f"work from minute {begin} to minute {end} of a day is not possible"
        if begin < done:
            return f"the time of work that begins at minute {begin} overlaps or precedes the one before it"
        done = end
    return None


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """Days and hours of work: a week that repeats, and exceptions from it.

    Attributes:
        name: what it is called.
        week: times of work of the seven weekdays, Monday first. Work across midnight is two periods, one
            up to 1440 and one from 0.
        exceptions: days worked differently. Where they overlap the one with fewer days holds, of two that
            are equally long the one that comes later in the tuple.

    Raises:
        ValueError: no time of the week is worked, or the periods of a day are not ascending within it; the
            message names all of them.
    """

    name: str = "standard"
    week: tuple[Periods, ...] = _STANDARD_WEEK
    exceptions: tuple[CalendarException, ...] = ()
    _course: _Course = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        problems = [f"weekday {i}: {problem}" for i, day in enumerate(self.week) if (problem := _disorder(day))]
        if len(self.week) != 7:
            problems.append(f"a week has 7 days, not {len(self.week)}")
        if not any(self.week):
            problems.append("no time of the week is worked")
        if problems:
            raise ValueError(f"calendar {self.name!r}: " + "; ".join(problems))
        object.__setattr__(self, "_course", _Course.of(self.week, self.exceptions))

    def worked(self, at: int) -> int:
        """Working minutes from `EPOCH` to the minute `at` of the clock; never descending, negative before `EPOCH`."""
        course = self._course
        piece = bisect_right(course.begins, at)
        return course.offsets[piece] + course.rhythms[piece].worked(at)

    def start_at(self, count: int) -> int:
        """The latest minute of the clock at which `count` minutes are worked: where the next work begins."""
        course = self._course
        # A piece that is not worked ends with the count it begins with, so the one found here is worked.
        piece = bisect_right(course.counts, count)
        return course.rhythms[piece].start_at(count - course.offsets[piece])

    def finish_at(self, count: int) -> int:
        """The earliest minute of the clock at which `count` minutes are worked: where the work before it ended."""
        course = self._course
        piece = bisect_left(course.counts, count)
        return course.rhythms[piece].finish_at(count - course.offsets[piece])

    def begun_by(self, at: int) -> int:
        """The greatest count with `start_at` no later than the minute `at`: what is worked when work begins by then."""
        count = self.worked(at)
        return count if self.start_at(count) <= at else count - 1

    def minutes_on(self, day: dt.date) -> int:
        """Working minutes of a day."""
        begin = (day.toordinal() - 1) * _DAY
        return self.worked(begin + _DAY) - self.worked(begin)

    def instant(self, origin: dt.date, minutes: int, edge: Edge) -> dt.datetime | None:
        """The instant `minutes` working minutes after work begins on `origin`.

        Args:
            origin: first day; when it is not worked, the next working day.
            minutes: working minutes, may be negative.
            edge: side of a break to show, where the instant falls on one.

        Returns:
            The local date and time; None when it lies outside the years dates can express.
        """
        count = self.worked((origin.toordinal() - 1) * _DAY) + minutes
        return moment(self.start_at(count) if edge is Edge.START else self.finish_at(count))


STANDARD: Final = WorkingCalendar()
"""Monday to Friday, 8 to 12 and 13 to 17 o'clock, no holidays."""

ALL_HOURS: Final = WorkingCalendar("all hours", week_of(range(7), ((0, _DAY),)))
"""Every minute of the clock."""
