"""When tasks begin and end, as far as a plan says it, for comparing two of them.

Two ends are compared by the dates stated for both of them, else by the computed schedule: a date
somebody stated and one that was computed without it must not be mixed. Stated dates are days, and
two ends on one day agree with each other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from crm_rules.roadmap.analysis import Roadmap
from crm_rules.roadmap.plan import MINUTES_PER_DAY, PlanTask
from crm_rules.rules.ordering import DayUnit, End, Span

CLOCK_DAY: Final = 24 * 60
"""Minutes on the clock of a day."""
_WEEK: Final = 7
_WORKED_IN_WEEK: Final = 5
# Not from the calendar of the machine, which may speak another language.
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True, slots=True)
class Moment:
    """When an end of a task is. None is unknown throughout.

    Attributes:
        day: ordinal of the date stated for it.
        minutes: working minutes from project start, by the schedule.
        clock: the same as minutes on the clock since the beginning of year 1.
    """

    day: int | None
    minutes: int | None
    clock: int | None


class Times:
    """Moments of the tasks of a roadmap."""

    def __init__(self, roadmap: Roadmap, tasks: Mapping[str, PlanTask]) -> None:
        self._roadmap = roadmap
        self._found = {
            (name, end): _moment(roadmap, task, end) for name, task in tasks.items() for end in (End.START, End.FINISH)
        }

    def of(self, task: str, end: End) -> Moment:
        """When an end of a task is."""
        return self._found[task, end]

    def words(self, task: str, end: End, by_day: bool) -> str:
        """The moment for readers: a date, or a working day counted from project start where no date is known."""
        moment = self._found[task, end]
        if by_day and moment.day is not None:
            return f"on {_date(dt.date.fromordinal(moment.day))}"
        if moment.clock is not None:
            return f"on {_date(dt.date.fromordinal(moment.clock // CLOCK_DAY))}"
        if moment.minutes is None:
            return ""
        days, rest = divmod(moment.minutes, MINUTES_PER_DAY)
        return f"on working day {max(1, days + (1 if end is End.START or rest else 0))}"

    def causes(self, task: str, end: End) -> tuple[str, ...]:
        """The inputs that leave a moment unknown; none when the schedule knows it."""
        if self._found[task, end].minutes is not None:
            return ()
        value = "early_start_minutes" if end is End.START else "early_finish_minutes"
        return self._roadmap.causes(task, value) or (f"tasks[{task}].{end.value}",)


def _moment(roadmap: Roadmap, task: PlanTask, end: End) -> Moment:
    start = end is End.START
    happened = task.actual_start if start else task.actual_finish
    stated = happened.date() if happened is not None else task.start if start else task.finish
    found = roadmap.tasks.get(task.id)
    if found is None:
        return Moment(None if stated is None else stated.toordinal(), None, None)
    instant = found.early_start if start else found.early_finish
    return Moment(
        day=None if stated is None else stated.toordinal(),
        minutes=found.early_start_minutes if start else found.early_finish_minutes,
        clock=None if instant is None else instant.toordinal() * CLOCK_DAY + instant.hour * 60 + instant.minute,
    )


def _date(day: dt.date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def comparable_by_day(first: Moment, second: Moment) -> bool:
    """Whether two moments are compared by stated days; then the schedule does not matter."""
    return first.day is not None and second.day is not None


def distance(first: Moment, second: Moment) -> int | None:
    """Minutes from the first to the second, for telling which of several distances is larger; None when unknown."""
    if first.day is not None and second.day is not None:
        return (second.day - first.day) * MINUTES_PER_DAY
    if first.minutes is None or second.minutes is None:
        return None
    return second.minutes - first.minutes


def at_least(first: Moment, second: Moment, span: Span | None, whole: bool = False) -> bool | None:
    """Whether the second is at least a span after the first; None when that is not known.

    Args:
        first: a moment.
        second: another.
        span: None for no distance: the second is not earlier than the first.
        whole: the moments are the start and the finish of what is measured, so that both days count.
    """
    low, high = _elapsed(first, second, None if span is None else span.unit, whole)
    if low is None or high is None:
        return None
    least = 0 if span is None else span.days
    return True if low >= least else False if high < least else None


def at_most(first: Moment, second: Moment, span: Span, whole: bool = False) -> bool | None:
    """Whether the second is at most a span after the first; None when that is not known."""
    low, high = _elapsed(first, second, span.unit, whole)
    if low is None or high is None:
        return None
    return True if high <= span.days else False if low > span.days else None


Days = float | None


def _elapsed(first: Moment, second: Moment, unit: DayUnit | None, whole: bool) -> tuple[Days, Days]:
    """Bounds of the number of days between two moments; equal where it is known exactly."""
    if first.day is not None and second.day is not None:
        end = second.day + whole
        if unit is DayUnit.WORKING and end > first.day:
            days = weekdays(end) - weekdays(first.day)
            return days, days
        return end - first.day, end - first.day
    if first.minutes is None or second.minutes is None:
        return None, None
    worked = (second.minutes - first.minutes) / MINUTES_PER_DAY
    if unit is not DayUnit.CALENDAR or worked <= 0:
        return worked, worked
    if first.clock is not None and second.clock is not None:
        # From the morning of one day to the evening of another, both days are meant.
        exact = (second.clock - first.clock) / CLOCK_DAY
        return (-(-exact // 1), -(-exact // 1)) if whole else (exact // 1, exact // 1)
    return _on_the_calendar(worked)


def surely_working_days(span: Span) -> int:
    """Fewest working days that take at least a span, wherever on the calendar they begin; without holidays."""
    if span.unit is DayUnit.WORKING or not span.days:
        return span.days
    return next(days for days in range(span.days + 1) if _on_the_calendar(days)[0] >= span.days)


def weekdays(ordinal: int) -> int:
    """Mondays to Fridays before a day, counted from year 1, which began on a Monday."""
    weeks, day = divmod(ordinal - 1, _WEEK)
    return weeks * _WORKED_IN_WEEK + min(day, _WORKED_IN_WEEK)


def _on_the_calendar(worked: float) -> tuple[float, float]:
    """Least and most days on the calendar that so many working days can take, without any dates.

    The least is a row of working days that begins on the morning of a Monday, the most one that
    begins on the afternoon of a Friday.
    """
    weeks, rest = divmod(worked, _WORKED_IN_WEEK)
    low = weeks * _WEEK + rest - (0 if rest else _WEEK - _WORKED_IN_WEEK)
    return low, weeks * _WEEK + rest + (_WEEK - _WORKED_IN_WEEK)
