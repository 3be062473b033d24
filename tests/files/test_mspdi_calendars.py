"""Calendars of Microsoft Project XML: bases, exceptions that recur, work weeks, and what overrides what."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from crm_rules.errors import ProjectError
from crm_rules.files.imported import ImportedPlan
from crm_rules.roadmap.working_time import WorkingCalendar
from tests.files.mspdi_samples import STANDARD, WEEK, element, elements, mspdi, read, task

HOURS = "<WorkingTimes><WorkingTime><FromTime>10:00:00</FromTime><ToTime>14:00:00</ToTime></WorkingTime></WorkingTimes>"


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def calendar(uid: int, *inside: str, base: int | None = None, name: str | None = None, week: str = WEEK) -> str:
    head = elements(UID=uid, Name=name or f"C{uid}", IsBaseCalendar=int(base is None), BaseCalendarUID=base)
    return "\n" + element("Calendar", head + (element("WeekDays", week) if week else "") + "".join(inside))


def exception(first: str, last: str, *, hours: str = "", **values: object) -> str:
    period = element("TimePeriod", elements(FromDate=f"{first}T00:00:00", ToDate=f"{last}T23:59:00"))
    working = elements(DayWorking=int(bool(hours)))
    return element("Exception", period + elements(**values) + working + hours)


def exceptions(*inside: str) -> str:
    return element("Exceptions", "".join(inside))


def imported(*calendars: str, own: int = 2) -> ImportedPlan:
    return read(mspdi(task(1), calendars="".join(calendars), CalendarUID=own))


def own(*inside: str) -> WorkingCalendar:
    """The calendar of a plan that works the standard week, with what is added here."""
    return imported(calendar(2, *inside)).plan.calendar


def free(found: WorkingCalendar, first: str, last: str) -> list[str]:
    """The weekdays of a range that are not worked."""
    days = (dt.date.fromordinal(n) for n in range(day(first).toordinal(), day(last).toordinal() + 1))
    return [d.isoformat() for d in days if d.weekday() < 5 and not found.minutes_on(d)]


class TestWeek:
    def test_days_begin_with_sunday(self) -> None:
        assert [bool(d) for d in own().week] == [True] * 5 + [False] * 2

    def test_a_day_worked_without_times_has_the_usual_ones(self) -> None:
        found = imported(calendar(2, week="<WeekDay><DayType>1</DayType><DayWorking>1</DayWorking></WeekDay>"))
        assert found.plan.calendar.week[6] == ((480, 720), (780, 1020))

    def test_times_that_overlap_or_touch_are_one(self) -> None:
        times = "".join(
            element("WorkingTime", elements(FromTime=a, ToTime=b))
            for a, b in (("13:00:00", "15:00:00"), ("08:00:00", "12:00:00"), ("12:00:00", "13:30:00"))
        )
        week = f"<WeekDay><DayType>2</DayType><DayWorking>1</DayWorking><WorkingTimes>{times}</WorkingTimes></WeekDay>"
        assert imported(calendar(2, week=week)).plan.calendar.week[0] == ((480, 900),)

    def test_empty_slots_are_no_times(self) -> None:
        week = (
            "<WeekDay><DayType>2</DayType><DayWorking>1</DayWorking><WorkingTimes><WorkingTime/>"
            "<WorkingTime><FromTime>08:00:00</FromTime><ToTime>12:00:00</ToTime></WorkingTime></WorkingTimes></WeekDay>"
        )
        assert imported(calendar(2, week=week)).plan.calendar.week[0] == ((480, 720),)

    def test_a_whole_day(self) -> None:
        week = (
            "<WeekDay><DayType>2</DayType><DayWorking>1</DayWorking><WorkingTimes>"
            "<WorkingTime><FromTime>00:00:00</FromTime><ToTime>00:00:00</ToTime></WorkingTime></WorkingTimes></WeekDay>"
        )
        assert imported(calendar(2, week=week)).plan.calendar.week[0] == ((0, 1440),)


class TestExceptions:
    def test_a_range_that_is_not_worked(self) -> None:
        found = own(exceptions(exception("2026-12-24", "2026-12-31", Name="Christmas")))
        assert free(found, "2026-12-21", "2027-01-04") == [f"2026-12-{d}" for d in (24, 25, 28, 29, 30, 31)]
        assert found.exceptions[0].name == "Christmas"

    def test_a_saturday_that_is_worked(self) -> None:
        found = own(exceptions(exception("2026-03-07", "2026-03-07", hours=HOURS, Type=1)))
        assert found.minutes_on(day("2026-03-07")) == 240

    @pytest.mark.parametrize(
        ("values", "expected"),
        [
            ({"Type": 7, "Period": 3}, ["2026-03-02", "2026-03-05", "2026-03-11"]),
            ({"Type": 2, "Month": 2, "MonthDay": 5}, ["2026-03-05"]),
            ({"Type": 3, "Month": 2, "MonthItem": 4, "MonthPosition": 1}, ["2026-03-09"]),
            ({"Type": 4, "Period": 1, "MonthDay": 12}, ["2026-03-12"]),
            ({"Type": 5, "Period": 1, "MonthItem": 1, "MonthPosition": 0}, ["2026-03-02"]),
            ({"Type": 5, "Period": 1, "MonthItem": 6, "MonthPosition": 4}, []),
            ({"Type": 6, "Period": 1, "DaysOfWeek": 2 + 32}, ["2026-03-02", "2026-03-06", "2026-03-09", "2026-03-13"]),
            ({"Type": 6, "Period": 2, "DaysOfWeek": 2}, ["2026-03-02"]),
        ],
    )
    def test_recurring_ones_in_two_weeks(self, values: dict[str, Any], expected: list[str]) -> None:
        found = own(exceptions(exception("2026-03-02", "2026-03-15", **values)))
        assert free(found, "2026-02-23", "2026-03-20") == expected

    @pytest.mark.parametrize(
        ("item", "position", "expected"),
        [(0, 0, 1), (0, 4, 31), (1, 0, 2), (1, 4, 31), (2, 0, 1), (2, 3, 14), (3, 0, 1), (3, 4, 29), (9, 4, 28)],
    )
    def test_positions_in_march_2026(self, item: int, position: int, expected: int) -> None:
        """March 2026 begins on a Sunday."""
        rule: dict[str, Any] = {"Type": 5, "MonthItem": item, "MonthPosition": position}
        found = own(exceptions(exception("2026-03-01", "2026-03-31", hours=HOURS, **rule)))
        assert [d for d in range(1, 32) if found.minutes_on(dt.date(2026, 3, d)) == 240] == [expected]

    def test_a_day_that_a_month_does_not_have_is_passed_over(self) -> None:
        found = own(exceptions(exception("2026-01-01", "2026-06-30", Type=4, MonthDay=31)))
        assert free(found, "2026-01-01", "2026-06-30") == ["2026-03-31"], "31 January and 31 May are at weekends"

    def test_the_29th_of_february(self) -> None:
        found = own(exceptions(exception("2023-01-01", "2029-01-01", Type=2, Month=1, MonthDay=29)))
        assert free(found, "2023-01-01", "2029-01-01") == ["2024-02-29", "2028-02-29"]

    def test_a_number_of_occurrences(self) -> None:
        rule: dict[str, Any] = {"Type": 6, "Period": 1, "DaysOfWeek": 2, "EnteredByOccurrences": 1, "Occurrences": 2}
        found = own(exceptions(exception("2026-03-02", "2026-12-31", **rule)))
        assert free(found, "2026-03-01", "2026-12-31") == ["2026-03-02", "2026-03-09"]

    @pytest.mark.parametrize("kind", [0, 8, 10, -1])
    def test_a_recurrence_nobody_knows_is_no_long_holiday(self, kind: int) -> None:
        found = imported(calendar(2, exceptions(exception("2026-03-02", "2026-12-31", Type=kind))))
        assert found.plan.calendar.exceptions == ()
        assert [n.message for n in found.notes] == [
            f"an exception of a calendar recurs in a way that is not known ({kind}) and is left out"
        ]

    def test_an_exception_without_a_type_is_a_range(self) -> None:
        for values in ({}, {"Type": 9}):
            found = own(exceptions(exception("2026-03-02", "2026-03-03", **values)))  # type: ignore[arg-type]
            assert free(found, "2026-03-01", "2026-03-08") == ["2026-03-02", "2026-03-03"]

    def test_the_old_form_among_the_days(self) -> None:
        old = (
            "<WeekDay><DayType>0</DayType><DayWorking>0</DayWorking><TimePeriod>"
            "<FromDate>2026-03-04T00:00:00</FromDate><ToDate>2026-03-05T23:59:00</ToDate></TimePeriod></WeekDay>"
        )
        found = imported(calendar(2, week=WEEK + old)).plan.calendar
        assert free(found, "2026-03-02", "2026-03-06") == ["2026-03-04", "2026-03-05"]
        newer = imported(calendar(2, exceptions(), week=WEEK + old)).plan.calendar
        assert free(newer, "2026-03-02", "2026-03-06") == [], "newer files repeat them for older programs only"

    def test_of_two_exceptions_the_shorter_holds(self) -> None:
        holidays = exception("2026-08-03", "2026-08-14")
        worked = exception("2026-08-05", "2026-08-05", hours=HOURS)
        for order in ((holidays, worked), (worked, holidays)):
            assert own(exceptions(*order)).minutes_on(day("2026-08-05")) == 240


class TestWorkWeeks:
    WEEKS = element(
        "WorkWeeks",
        element(
            "WorkWeek",
            elements(Name="Summer")
            + element("TimePeriod", elements(FromDate="2026-07-01T00:00:00", ToDate="2026-07-31T23:59:00"))
            + element("WeekDays", f"<WeekDay><DayType>6</DayType><DayWorking>1</DayWorking>{HOURS}</WeekDay>"),
        ),
    )

    def test_days_it_defines_are_worked_its_way_while_it_holds(self) -> None:
        found = own(self.WEEKS)
        assert [found.minutes_on(day(d)) for d in ("2026-06-26", "2026-07-03", "2026-07-31", "2026-07-30")] == [
            480,
            240,
            240,
            480,
        ]

    def test_an_exception_holds_against_it_however_long(self) -> None:
        found = own(self.WEEKS, exceptions(exception("2026-07-06", "2026-07-24")))
        assert free(found, "2026-07-01", "2026-07-31") == [
            f"2026-07-{d:02}" for d in range(6, 25) if d % 7 not in (4, 5)
        ]
        assert found.minutes_on(day("2026-07-31")) == 240


class TestBases:
    HOLIDAYS = exceptions(exception("2026-08-03", "2026-08-14", Name="Works holidays"))

    def test_days_and_holidays_come_from_the_base(self) -> None:
        short = f"<WeekDay><DayType>2</DayType><DayWorking>1</DayWorking>{HOURS}</WeekDay>"
        found = imported(calendar(1, self.HOLIDAYS), calendar(2, base=1, week=short)).plan.calendar
        assert found.week[0] == ((600, 840),)
        assert found.week[1] == ((480, 720), (780, 1020))
        assert found.minutes_on(day("2026-08-03")) == 0, "a holiday, though the calendar has Mondays of its own"

    def test_its_own_exceptions_hold_against_those_of_the_base_however_long(self) -> None:
        own_time = exceptions(exception("2026-07-27", "2026-08-07", hours=HOURS))
        short = exceptions(exception("2026-08-05", "2026-08-05"), exception("2026-08-12", "2026-08-12"))
        found = imported(calendar(1, short), calendar(2, own_time, base=1, week="")).plan.calendar
        assert found.minutes_on(day("2026-08-05")) == 240
        assert found.minutes_on(day("2026-08-12")) == 0

    def test_what_is_left_of_a_holiday_of_the_base_on_both_sides(self) -> None:
        own_time = exceptions(exception("2026-08-05", "2026-08-06", hours=HOURS))
        found = imported(calendar(1, self.HOLIDAYS), calendar(2, own_time, base=1, week="")).plan.calendar
        minutes = [found.minutes_on(dt.date(2026, 8, d)) for d in (3, 4, 5, 6, 7, 10, 14, 17)]
        assert minutes == [0, 0, 240, 240, 0, 0, 0, 480]

    def test_a_chain_of_bases(self) -> None:
        found = imported(calendar(3, self.HOLIDAYS), calendar(1, base=3, week=""), calendar(2, base=1, week=""))
        assert found.plan.calendar.minutes_on(day("2026-08-03")) == 0

    def test_a_base_that_is_not_there_is_said(self) -> None:
        found = imported(calendar(2, base=9, week=""))
        assert found.plan.calendar.week[0] == ((480, 720), (780, 1020))
        assert "derived from calendar 9, which is not in the file" in found.notes[0].message

    def test_calendars_derived_from_each_other_are_refused(self) -> None:
        with pytest.raises(ProjectError, match="is derived from itself"):
            imported(calendar(1, base=2), calendar(2, base=1))
        with pytest.raises(ProjectError, match="is derived from itself"):
            imported(calendar(2, base=2))


class TestOfThePlan:
    def test_a_calendar_that_is_not_there(self) -> None:
        found = imported(STANDARD, own=7)
        assert found.plan.calendar.name == "Standard"
        assert found.notes[0].message == "the calendar of the plan (7) is not in the file"

    def test_no_calendars_at_all(self) -> None:
        found = imported()
        assert found.plan.calendar == WorkingCalendar()
        assert "is not in the file or has no working time" in found.notes[0].message

    def test_a_calendar_without_working_time_is_not_used_and_said(self) -> None:
        never = "".join(f"<WeekDay><DayType>{d}</DayType><DayWorking>0</DayWorking></WeekDay>" for d in range(1, 8))
        found = read(mspdi(task(1, CalendarUID=2), calendars=STANDARD + calendar(2, week=never)))
        assert found.plan.tasks[0].calendar is None
        assert found.notes[0].message == "calendar 'C2' has no working time"

    def test_two_calendars_of_one_name_are_told_apart(self) -> None:
        short = f"<WeekDay><DayType>2</DayType><DayWorking>1</DayWorking>{HOURS}</WeekDay>"
        none = "<WeekDay><DayType>2</DayType><DayWorking>0</DayWorking></WeekDay>"
        calendars = STANDARD + calendar(2, name="Part", week=short) + calendar(3, name="Part", week=none)
        found = read(mspdi(task(1, CalendarUID=2), task(2, CalendarUID=3), calendars=calendars))
        assert [t.calendar for t in found.plan.tasks] == ["Part (2)", "Part (3)"]
        assert found.plan.calendars["Part (3)"].week[0] == ()

    def test_a_task_with_the_hours_of_the_plan_needs_no_calendar(self) -> None:
        found = read(mspdi(task(1, CalendarUID=2), calendars=STANDARD + calendar(2)))
        assert found.plan.tasks[0].calendar is None

    def test_a_task_with_a_calendar_that_is_not_there(self) -> None:
        found = read(mspdi(task(1, CalendarUID=5)))
        assert "the calendar of task 'Task 1' (UID 1) (5) is not in the file" in found.notes[0].message
