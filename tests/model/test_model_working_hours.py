"""Days and hours of work as authors write them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_rules.files.project import parse_project
from crm_rules.model.enums import Weekday
from crm_rules.model.problems import Problem
from crm_rules.model.project import validate_project
from crm_rules.model.roadmap import Calendar, Roadmap
from crm_rules.model.working_hours import days_off, minutes_of_day


def only_problem(data: Any) -> Problem:
    project, problems = validate_project(data)
    assert project is None
    assert len(problems) == 1, problems
    return problems[0]


def test_what_is_left_out_is_a_common_week() -> None:
    for record in (Roadmap(), Calendar(id="night")):
        assert [day.label for day in record.weekdays] == ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]
        assert record.hours == ("08:00-12:00", "13:00-17:00")
        assert record.holidays == ()


def test_a_file_says_when_work_is_done() -> None:
    project = parse_project(
        """
        roadmap:
          weekdays: [fri, mon, fri]
          hours: [8-12:30, 13:15 - 24]
          holidays: [2026-12-24..2027-01-01, 2026-05-01, 2026-12-24 .. 2026-12-24]
        calendars:
          - {id: night, weekdays: [sun], hours: [0:00-6:00, 22:00-24:00]}
        """
    )
    assert project.roadmap is not None
    assert project.roadmap.weekdays == (Weekday.MON, Weekday.FRI)
    assert project.roadmap.hours == ("08:00-12:30", "13:15-24:00")
    assert project.roadmap.holidays == ("2026-05-01", "2026-12-24", "2026-12-24..2027-01-01")
    assert project.calendars is not None
    assert project.calendars[0].hours == ("00:00-06:00", "22:00-24:00")


def test_days_off_may_be_dates() -> None:
    assert Roadmap.model_validate({"holidays": [dt.date(2026, 5, 1)]}).holidays == ("2026-05-01",)


@pytest.mark.parametrize(
    ("field", "value", "message", "hint"),
    [
        ("weekdays", [], "no day of the week is worked", "leave the field out"),
        ("weekdays", ["monday"], "expected one of mon, tue, wed, thu, fri, sat, sun, found text 'monday'", "did you"),
        ("weekdays", "mon", "expected a list, found text 'mon'", "write [mon]"),
        ("hours", [], "no hours are worked", "leave the field out"),
        ("hours", ["8 to 12"], "text '8 to 12' are no hours of a day", "write them like '08:00-12:00'"),
        ("hours", ["8:00-8:00"], "text '8:00-8:00' are no hours of a day", "write them like"),
        ("hours", ["8:60-12:00"], "text '8:60-12:00' are no hours of a day", "write them like"),
        ("hours", ["8-12:75"], "text '8-12:75' are no hours of a day", "write them like"),
        ("hours", ["8:00-24:01"], "text '8:00-24:01' are no hours of a day", "write them like"),
        ("hours", ["25:00-3:00"], "text '25:00-3:00' are no hours of a day", "write them like"),
        (
            "hours",
            ["22:00-6:30"],
            "text '22:00-6:30' are no hours of a day",
            "write work across midnight in two parts: '00:00-06:30' and '22:00-24:00'",
        ),
        (
            "hours",
            ["18-0"],
            "text '18-0' are no hours of a day",
            "midnight at the end of the day is 24:00: '18:00-24:00'",
        ),
        ("hours", [8], "expected text, found 8", "put it in quotes to make it text"),
        ("hours", ["13-17", "8-12"], "'08:00-12:00' begins before the hours in front of it end", "write them in order"),
        ("hours", ["8-12", "11:59-17"], "'11:59-17:00' begins before the hours in front of it end", "write them in"),
        ("holidays", ["1 May"], "text '1 May' is neither a day nor a range of days", "write it as 2026-05-01 or"),
        ("holidays", ["2026-05-01-2026-05-02"], "text '2026-05-01-2026-05-02' is neither", "write it as"),
        ("holidays", ["2026-02-30"], "2026-02-30 is not a day of the calendar", None),
        ("holidays", ["2026-02-01..2026-02-30"], "2026-02-30 is not a day of the calendar", None),
        ("holidays", ["2026-05-02..2026-05-01"], "2026-05-01 is before 2026-05-02", "write it as 2026-05-01..2026"),
        ("holidays", [dt.datetime(2026, 5, 1)], "expected text, found the time 2026-05-01 00:00:00", None),  # noqa: DTZ001
        ("holidays", "2026-05-01", "expected a list, found text '2026-05-01'", "write [2026-05-01]"),
    ],
)
def test_what_is_no_working_time_is_refused_with_advice(field: str, value: Any, message: str, hint: str | None) -> None:
    for data in ({"roadmap": {field: value}}, {"calendars": [{"id": "night", field: value}]}):
        problem = only_problem(data)
        assert field in problem.path
        assert problem.message.startswith(message)
        assert (problem.hint is None) == (hint is None)
        assert (problem.hint or "").startswith(hint or "")


def test_hours_may_follow_at_once() -> None:
    assert Roadmap(hours=("8-12", "12-13")).hours == ("08:00-12:00", "12:00-13:00")


clock = st.integers(0, 24 * 60)


@given(clock, clock)
def test_hours_read_back_as_they_were_written(begin: int, end: int) -> None:
    text = f"{begin // 60}:{begin % 60:02}-{end // 60}:{end % 60:02}"
    if begin < end:
        (read,) = Roadmap(hours=(text,)).hours
        assert minutes_of_day(read) == minutes_of_day(text) == (begin, end)
    else:
        with pytest.raises(ValueError, match="-"):
            minutes_of_day(text)


@given(st.dates(), st.dates())
def test_days_off_read_back_as_they_were_written(first: dt.date, last: dt.date) -> None:
    text = f"{first}..{last}"
    if first <= last:
        (read,) = Roadmap(holidays=(text,)).holidays
        assert days_off(read) == days_off(text) == (first, last)
    else:
        with pytest.raises(ValueError, match=r"\.\."):
            days_off(text)
