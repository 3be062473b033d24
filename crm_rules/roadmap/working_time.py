"""Working time: from working minutes since the project start to the date and time a reader expects.

The schedule itself knows no dates. Holidays and other working times become further fields of
`WorkingCalendar`; nothing outside this file may know which days are worked.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class Edge(StrEnum):
    """Which side of a break an instant is shown on: Friday 17:00 and Monday 08:00 are the same working instant."""

    START = "start"  # the side where work begins
    FINISH = "finish"  # the side where work ends


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """Days and hours of work, the same every week.

    Attributes:
        weekdays: days worked, Monday = 0, ascending, at least one.
        periods: (from, to) in minutes after midnight, ascending, within one day; together they are
            the working minutes of a day.
    """

    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4)
    periods: tuple[tuple[int, int], ...] = ((8 * 60, 12 * 60), (13 * 60, 17 * 60))

    @property
    def minutes_per_day(self) -> int:
        """Working minutes of a day."""
        return sum(end - begin for begin, end in self.periods)

    def instant(self, origin: dt.date, minutes: int, edge: Edge) -> dt.datetime | None:
        """The instant `minutes` working minutes after work begins on `origin`.

        Args:
            origin: first day; when it is not worked, the next working day.
            minutes: working minutes, may be negative.
            edge: side of a break to show, where the instant falls on one.

        Returns:
            The local date and time; None when it lies outside the years dates can express.
        """
        days, rest = divmod(minutes, self.minutes_per_day)
        if edge is Edge.FINISH and not rest:
            days, rest = days - 1, self.minutes_per_day
        try:
            day = self._working_day(origin, days)
        except OverflowError:
            return None
        return dt.datetime.combine(day, dt.time()) + dt.timedelta(minutes=self._minute_of_day(rest, edge))

    def _working_day(self, origin: dt.date, days: int) -> dt.date:
        """The working day `days` working days after the first one that is not before `origin`."""
        monday = origin - dt.timedelta(days=origin.weekday())
        ahead = sum(1 for weekday in self.weekdays if weekday < origin.weekday())
        weeks, position = divmod(ahead + days, len(self.weekdays))
        return monday + dt.timedelta(days=weeks * 7 + self.weekdays[position])

    def _minute_of_day(self, worked: int, edge: Edge) -> int:
        """Minute after midnight at which `worked` minutes of the day are done (start: about to be followed by work)."""
        for begin, end in self.periods:
            length = end - begin
            if worked < length or (worked == length and edge is Edge.FINISH):
                return begin + worked
            worked -= length
        raise AssertionError("more minutes than the day has")


STANDARD = WorkingCalendar()
"""Monday to Friday, 8 to 12 and 13 to 17 o'clock, no holidays."""
