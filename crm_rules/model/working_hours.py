"""Working time as authors write it: weekdays, hours such as `08:00-12:00`, and days off.

Only the reading of texts lives here; which minutes are worked is the business of the roadmap.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, Strict

from crm_rules.model.base import Ordered, SetOf, refuse
from crm_rules.model.enums import Weekday
from crm_rules.model.wording import found

WEEKDAYS: Final = (Weekday.MON, Weekday.TUE, Weekday.WED, Weekday.THU, Weekday.FRI)
"""Days of work where nobody says which."""

HOURS: Final = ("08:00-12:00", "13:00-17:00")
"""Hours of work where nobody says which."""

_HOURS = re.compile(r"([0-9]{1,2})(?::([0-9]{2}))?\s*-\s*([0-9]{1,2})(?::([0-9]{2}))?")
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_DAYS_OFF = re.compile(rf"({_DAY})(?:\s*\.\.\s*({_DAY}))?")
_MIDNIGHT = 24 * 60


def minutes_of_day(hours: str) -> tuple[int, int]:
    """From and to in minutes after midnight of hours as read, such as `08:00-12:00`; at most 1440.

    Raises:
        ValueError: these are no hours of one day.
    """
    parts = _HOURS.fullmatch(hours.strip())
    if parts is None:
        raise ValueError(hours)
    begin, end = (int(parts[i]) * 60 + int(parts[i + 1] or 0) for i in (1, 3))
    if any(int(parts[i] or 0) > 59 for i in (2, 4)) or not begin < end <= _MIDNIGHT:
        raise ValueError(hours)
    return begin, end


def days_off(text: str) -> tuple[dt.date, dt.date]:
    """First and last of the days off in a text as read, `2026-05-01` or `2026-12-24..2027-01-01`.

    Raises:
        ValueError: the text names no days, or the last is before the first.
    """
    parts = _DAYS_OFF.fullmatch(text.strip())
    if parts is None:
        raise ValueError(text)
    first = dt.date.fromisoformat(parts[1])
    last = dt.date.fromisoformat(parts[2]) if parts[2] else first
    if last < first:
        raise ValueError(text)
    return first, last


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _read_hours(text: str) -> str:
    try:
        begin, end = minutes_of_day(text)
    except ValueError:
        raise refuse(f"{found(text)} are no hours of a day", _hours_advice(text)) from None
    return f"{_clock(begin)}-{_clock(end)}"


def _hours_advice(text: str) -> str:
    parts = _HOURS.fullmatch(text.strip())
    if parts is not None and int(parts[1]) > int(parts[3]) and int(parts[1]) < 24:
        begin, end = (f"{int(parts[i]):02}:{parts[i + 1] or '00'}" for i in (1, 3))
        if end == "00:00":
            return f"midnight at the end of the day is 24:00: '{begin}-24:00'"
        return f"write work across midnight in two parts: '00:00-{end}' and '{begin}-24:00'"
    return "write them like '08:00-12:00'"


def _read_day(hours: tuple[str, ...]) -> tuple[str, ...]:
    if not hours:
        raise refuse("no hours are worked", "leave the field out when the hours of work are not known")
    done = 0
    for text in hours:
        begin, end = minutes_of_day(text)
        if begin < done:
            raise refuse(f"'{text}' begins before the hours in front of it end", "write them in order, without overlap")
        done = end
    return hours


def _read_weekdays(days: tuple[Weekday, ...]) -> tuple[Weekday, ...]:
    if not days:
        raise refuse("no day of the week is worked", "leave the field out when the days of work are not known")
    return days


def _date_as_text(value: object) -> object:
    return value.isoformat() if isinstance(value, dt.date) and not isinstance(value, dt.datetime) else value


def _read_days_off(text: str) -> str:
    parts = _DAYS_OFF.fullmatch(text.strip())
    if parts is None:
        raise refuse(
            f"{found(text)} is neither a day nor a range of days", "write it as 2026-05-01 or 2026-12-24..2027-01-01"
        )
    for day in parts.groups():
        try:
            dt.date.fromisoformat(day or parts[1])
        except ValueError:
            raise refuse(f"{day} is not a day of the calendar") from None
    try:
        first, last = days_off(text)
    except ValueError:
        raise refuse(f"{parts[2]} is before {parts[1]}", f"write it as {parts[2]}..{parts[1]}") from None
    return f"{first}" if first == last else f"{first}..{last}"


Hours = Annotated[
    Ordered[Annotated[str, Strict(), AfterValidator(_read_hours)]],
    AfterValidator(_read_day),
]
"""Hours of a day of work, in order, each `HH:MM-HH:MM`."""

Weekdays = Annotated[SetOf[Weekday], AfterValidator(_read_weekdays)]
"""Days of the week that are worked."""

DaysOff = SetOf[Annotated[str, BeforeValidator(_date_as_text), Strict(), AfterValidator(_read_days_off)]]
"""Days nobody works, each a date or two of them joined by `..`."""
