"""Calendars of Microsoft Project XML: base calendars, those derived from them, exceptions that recur.

A derived calendar takes over the days its base defines, and defines some of its own. What is worked on a
day is decided by the first that says something about it: the calendar's own exceptions, its work weeks,
exceptions and work weeks of its base, the calendar's own week, the week of its base.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from crm_rules.diagnostics import Span
from crm_rules.files.imported import Findings
from crm_rules.files.mspdi_values import date_time, minute_of_day, whole
from crm_rules.files.xml_records import Record, Shape, names
from crm_rules.roadmap.working_time import STANDARD, CalendarException, Periods, WorkingCalendar

_TIMES: Final = Shape(records={"WorkingTime": Shape(names("FromTime ToTime"))})
_RANGE: Final = Shape(names("FromDate ToDate"))
_WEEK_DAYS: Final = Shape(
    records={"WeekDay": Shape(names("DayType DayWorking"), {"WorkingTimes": _TIMES, "TimePeriod": _RANGE})}
)
_EXCEPTION: Final = Shape(
    names(
        "Name Type Period EnteredByOccurrences Occurrences DaysOfWeek MonthItem MonthPosition Month MonthDay DayWorking"
    ),
    {"TimePeriod": _RANGE, "WorkingTimes": _TIMES},
)
CALENDAR_SHAPE: Final = Shape(
    names("UID Name IsBaseCalendar BaseCalendarUID"),
    {
        "WeekDays": _WEEK_DAYS,
        "Exceptions": Shape(records={"Exception": _EXCEPTION}),
        "WorkWeeks": Shape(records={"WorkWeek": Shape(names("Name"), {"TimePeriod": _RANGE, "WeekDays": _WEEK_DAYS})}),
    },
    taken=True,
)

_MOST_DAYS: Final = 50_000
"""Days one exception or work week may be expanded into; more than the 165 years Project's dates span have weekdays."""

_LONGEST_CHAIN: Final = 20

_RECURRENCES: Final = frozenset({1, 2, 3, 4, 5, 6, 7, 9})
"""Types of exceptions that are read: 1 to 7 as `_rule` says, 9 for none."""

_DEFAULT_DAY: Final[Periods] = STANDARD.week[0]


@dataclass(frozen=True, slots=True)
class _Own:
    """What one calendar says itself.

    Attributes:
        base: UID of the calendar it is derived from; None when it is not.
        days: weekday (Monday = 0) to its working times, where it says so.
        exceptions: days worked differently.
        weeks: days worked differently because of a work week.
    """

    uid: int
    name: str
    line: int
    base: int | None
    days: Mapping[int, Periods]
    exceptions: tuple[CalendarException, ...]
    weeks: tuple[CalendarException, ...]


class Calendars:
    """The calendars of one file, resolved on demand."""

    def __init__(self, records: Iterable[Record], findings: Findings) -> None:
        self._findings = findings
        self._own: dict[int, _Own] = {}
        self._resolved: dict[int, WorkingCalendar | None] = {}
        for record in records:
            own = self._read(record)
            if own is None:
                continue
            if own.uid in self._own:
                findings.error(f"two calendars have the UID {own.uid}", findings.line(record.line))
            else:
                self._own[own.uid] = own
        names = [own.name for own in self._own.values()]
        self._names = {u: o.name if names.count(o.name) == 1 else f"{o.name} ({u})" for u, o in self._own.items()}

    def __contains__(self, uid: int) -> bool:
        return uid in self._own

    def get(self, uid: int) -> WorkingCalendar | None:
        """A calendar by its UID, named uniquely within the file; None when it is not there or has no working time."""
        if uid not in self._resolved:
            self._resolved[uid] = self._resolve(uid)
        return self._resolved[uid]

    def standard(self) -> int | None:
        """UID of the first calendar that is derived from no other; None when there is none."""
        return next((u for u, own in self._own.items() if own.base is None), None)

    def _resolve(self, uid: int) -> WorkingCalendar | None:
        chain: list[_Own] = []
        at: int | None = uid
        while at is not None and at in self._own:
            chain.append(self._own[at])
            at = self._own[at].base
            if len(chain) > _LONGEST_CHAIN:
                self._findings.error(
                    f"calendar '{self._own[uid].name}' is derived from itself",
                    self._findings.line(self._own[uid].line),
                )
                return None
        if not chain:
            return None
        own = chain[0]
        if at is not None:
            self._findings.warning(
                f"calendar '{own.name}' is derived from calendar {at}, which is not in the file",
                self._findings.line(own.line),
                "days it does not define are taken from the standard week, Monday to Friday, 8 to 12 and 13 to 17",
            )
        exceptions: tuple[CalendarException, ...] = ()
        week = list(STANDARD.week)
        for each in reversed(chain):
            for day, periods in each.days.items():
                week[day] = periods
            # A week of its own is what people with other hours have; it does not undo the holidays of its base.
            exceptions = _over(each.exceptions, _over(each.weeks, exceptions))
        if not any(week):
            self._findings.warning(
                f"calendar '{own.name}' has no working time",
                self._findings.line(own.line),
                "tasks that use it are scheduled on the calendar of the plan",
            )
            return None
        return WorkingCalendar(self._names[uid], tuple(week), exceptions)

    def _read(self, record: Record) -> _Own | None:
        uid = whole(record.values.get("UID", ""))
        if uid is None:
            self._findings.error("a calendar has no UID", self._findings.line(record.line))
            return None
        base = whole(record.values.get("BaseCalendarUID", ""))
        is_base = record.values.get("IsBaseCalendar") in ("1", "true")
        days: dict[int, Periods] = {}
        dated: list[CalendarException] = []
        for list_of in record.each("WeekDays"):
            for entry in list_of.each("WeekDay"):
                kind = whole(entry.values.get("DayType", ""))
                if kind == 0:
                    dated += self._exceptions(entry)
                elif kind is not None and 1 <= kind <= 7:
                    days[(kind + 5) % 7] = self._day(entry)
                else:
                    self._findings.error("a day of a calendar has no DayType from 0 to 7", self._line(entry))
        listed = record.first("Exceptions")
        if listed is not None:
            # Files of Project 2007 and later repeat exceptions among the days for older programs, without recurrence.
            dated = [e for entry in listed.each("Exception") for e in self._exceptions(entry)]
        weeks = [
            e for list_of in record.each("WorkWeeks") for entry in list_of.each("WorkWeek") for e in self._week(entry)
        ]
        return _Own(
            uid,
            record.values.get("Name") or f"calendar {uid}",
            record.line,
            None if base is None or base < 0 or (base == 0 and is_base) else base,
            days,
            tuple(dated),
            tuple(weeks),
        )

    def _line(self, record: Record) -> Span:
        return self._findings.line(record.line)

    def _day(self, entry: Record) -> Periods:
        """Working times of a day, put in order; a day that is worked without times has the standard ones."""
        if entry.values.get("DayWorking", "0") in ("0", "false"):
            return ()
        times = entry.first("WorkingTimes")
        if times is None:
            return _DEFAULT_DAY
        periods: list[tuple[int, int]] = []
        for time in times.each("WorkingTime"):
            begin = minute_of_day(time.values.get("FromTime", ""))
            end = minute_of_day(time.values.get("ToTime", ""))
            if begin is None and end is None:
                continue  # Project writes empty slots
            if begin == end and begin:
                continue
            end = end or 1440  # midnight at the end of a day is written 00:00 too
            if begin is None or end <= begin:
                self._findings.error("a working time has no FromTime before its ToTime", self._line(time))
                continue
            periods.append((begin, end))
        return _joined(sorted(periods)) if periods else ()

    def _range(self, entry: Record) -> tuple[dt.date, dt.date] | None:
        span = entry.first("TimePeriod")
        first = date_time(span.values.get("FromDate", "")) if span else None
        last = date_time(span.values.get("ToDate", "")) if span else None
        if first is None or last is None or last.date() < first.date():
            self._findings.error("a period of a calendar has no FromDate before its ToDate", self._line(entry))
            return None
        return first.date(), last.date()

    def _exceptions(self, entry: Record) -> Iterator[CalendarException]:
        span = self._range(entry)
        if span is None:
            return
        periods = self._day(entry)
        name = entry.values.get("Name", "")
        kind = whole(entry.values.get("Type", "1"))
        if kind not in _RECURRENCES:
            # Its range reaches from the first to the last of the days; read as one holiday it would be a long one.
            self._findings.warning(
                f"an exception of a calendar recurs in a way that is not known ({kind}) and is left out",
                self._line(entry),
            )
            return
        rule = _rule(entry, *span)
        if rule is None:
            yield CalendarException(*span, periods, name)
            return
        days = list(islice(rule, _MOST_DAYS + 1))
        if len(days) > _MOST_DAYS:
            self._findings.error(f"an exception of a calendar has more than {_MOST_DAYS:,} days", self._line(entry))
            return
        if entry.values.get("EnteredByOccurrences") in ("1", "true"):
            days = days[: whole(entry.values.get("Occurrences", "")) or len(days)]
        for day in days:
            yield CalendarException(day, day, periods, name)

    def _week(self, entry: Record) -> Iterator[CalendarException]:
        span = self._range(entry)
        if span is None:
            return
        first, last = span
        if (last - first).days > _MOST_DAYS:
            self._findings.error(
                f"a work week of a calendar holds for more than {_MOST_DAYS:,} days", self._line(entry)
            )
            return
        days = {
            (kind + 5) % 7: self._day(day)
            for list_of in entry.each("WeekDays")
            for day in list_of.each("WeekDay")
            if (kind := whole(day.values.get("DayType", ""))) is not None and 1 <= kind <= 7
        }
        for day in _days(first, last):
            if day.weekday() in days:
                yield CalendarException(day, day, days[day.weekday()], entry.values.get("Name", ""))


def _joined(periods: list[tuple[int, int]]) -> Periods:
    """Ascending periods with those that overlap or touch made one."""
    joined: list[tuple[int, int]] = []
    for begin, end in periods:
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return tuple(joined)


def _over(upper: tuple[CalendarException, ...], lower: tuple[CalendarException, ...]) -> tuple[CalendarException, ...]:
    """Both, with the days of `upper` cut out of `lower`: among equals a calendar prefers the shorter exception."""
    if not upper or not lower:
        return upper + lower
    covered = _covered(upper)
    kept: list[CalendarException] = []
    for exception in lower:
        begin = exception.first
        for first, last in covered:
            if last < begin:
                continue
            if first > exception.last:
                break
            if begin < first:
                kept.append(replace(exception, first=begin, last=first - _DAY))
            begin = last + _DAY
        if begin <= exception.last:
            kept.append(replace(exception, first=begin))
    return (*kept, *upper)


def _covered(exceptions: Iterable[CalendarException]) -> list[tuple[dt.date, dt.date]]:
    """The days of exceptions as ranges that do not touch, ascending."""
    ranges: list[tuple[dt.date, dt.date]] = []
    for first, last in sorted((e.first, e.last) for e in exceptions):
        if ranges and first <= ranges[-1][1] + _DAY:
            ranges[-1] = (ranges[-1][0], max(last, ranges[-1][1]))
        else:
            ranges.append((first, last))
    return ranges


# --- Recurrence ---------------------------------------------------------------

_DAY: Final = dt.timedelta(days=1)


def _days(first: dt.date, last: dt.date, step: int = 1) -> Iterator[dt.date]:
    for ordinal in range(first.toordinal(), last.toordinal() + 1, step):
        yield dt.date.fromordinal(ordinal)


def _months(first: dt.date, last: dt.date, step: int) -> Iterator[tuple[int, int]]:
    """Years and months from that of `first` to that of `last`."""
    for n in range(first.year * 12 + first.month - 1, last.year * 12 + last.month, step):
        yield n // 12, n % 12 + 1


def _day_of(year: int, month: int, day: int) -> dt.date | None:
    return dt.date(year, month, day) if 1 <= day <= calendar.monthrange(year, month)[1] else None


def _positioned(year: int, month: int, item: int, position: int) -> dt.date | None:
    """The first to fourth or the last (`position` 0 to 4) day of a sort in a month.

    `item` is 0 for days, 1 for weekdays, 2 for days of the weekend, 3 to 9 for Sunday to Saturday.
    """
    weekdays = {0: range(7), 1: range(5), 2: range(5, 7)}.get(item, ((item + 3) % 7,))
    length = calendar.monthrange(year, month)[1]
    days = [day for n in range(1, length + 1) if (day := dt.date(year, month, n)).weekday() in weekdays]
    if position == 4:
        return days[-1]
    return days[position] if 0 <= position < len(days) else None


def _rule(entry: Record, first: dt.date, last: dt.date) -> Iterator[dt.date] | None:
    """The days of an exception that recurs; None when it is one range of days.

    Types: 1 and 7 daily, 2 yearly by date, 3 yearly by position, 4 monthly by date, 5 monthly by position, 6 weekly.
    """

    def number(name: str, default: int) -> int:
        value = whole(entry.values.get(name, ""))
        return default if value is None else value

    kind = number("Type", 1)
    step = min(max(number("Period", 1), 1), 10_000)
    month, day = number("Month", 0) % 12 + 1, number("MonthDay", 1)
    item, position = number("MonthItem", 0), number("MonthPosition", 0)
    match kind:
        case 2:
            found = (_day_of(year, month, day) for year in range(first.year, last.year + 1))
        case 3:
            found = (_positioned(year, month, item, position) for year in range(first.year, last.year + 1))
        case 4:
            found = (_day_of(year, m, day) for year, m in _months(first, last, step))
        case 5:
            found = (_positioned(year, m, item, position) for year, m in _months(first, last, step))
        case 6:
            return _weekly(number("DaysOfWeek", 0), first, last, step)
        case 7 if step > 1:
            return _days(first, last, step)
        case _:
            return None
    return (d for d in found if d is not None and first <= d <= last)


def _weekly(mask: int, first: dt.date, last: dt.date, step: int) -> Iterator[dt.date]:
    """Days whose bit (1 Sunday to 64 Saturday) is set, in every `step`-th week from that of `first` on."""
    begin = first.toordinal() - first.isoweekday() % 7  # the Sunday of the week
    for day in _days(first, last):
        if mask >> day.isoweekday() % 7 & 1 and (day.toordinal() - begin) // 7 % step == 0:
            yield day
