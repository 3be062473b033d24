"""Working time, and the dates of a roadmap."""

from __future__ import annotations

import datetime as dt
import pickle
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_rules.roadmap.analysis import analyse
from crm_rules.roadmap.working_time import (
    ALL_HOURS,
    STANDARD,
    CalendarException,
    Edge,
    Periods,
    WorkingCalendar,
    absolute,
    moment,
    week_of,
)
from tests.roadmap.plans import DAY, plan, with_tasks

MONDAY = dt.date(2026, 3, 2)


@pytest.mark.parametrize(
    ("minutes", "edge", "expected"),
    [
        (0, Edge.START, "2026-03-02T08:00:00"),
        (240, Edge.FINISH, "2026-03-02T12:00:00"),
        (240, Edge.START, "2026-03-02T13:00:00"),
        (300, Edge.START, "2026-03-02T14:00:00"),
        (DAY, Edge.FINISH, "2026-03-02T17:00:00"),
        (DAY, Edge.START, "2026-03-03T08:00:00"),
        (5 * DAY, Edge.FINISH, "2026-03-06T17:00:00"),
        (5 * DAY, Edge.START, "2026-03-09T08:00:00"),
        (-DAY, Edge.START, "2026-02-27T08:00:00"),
        (0, Edge.FINISH, "2026-02-27T17:00:00"),
    ],
)
def test_instants(minutes: int, edge: Edge, expected: str) -> None:
    instant = WorkingCalendar().instant(MONDAY, minutes, edge)
    assert instant is not None
    assert instant.isoformat() == expected


@pytest.mark.parametrize("day", [5, 6])
def test_work_that_begins_at_the_weekend_begins_on_monday(day: int) -> None:
    friday = WorkingCalendar().instant(MONDAY - dt.timedelta(days=7 - day), 0, Edge.START)
    assert friday == dt.datetime(2026, 3, 2, 8)  # noqa: DTZ001 - local working time


def test_dates_beyond_the_calendar_are_none() -> None:
    assert WorkingCalendar().instant(MONDAY, 10**9 * DAY, Edge.START) is None
    assert WorkingCalendar().instant(MONDAY, 10**300, Edge.START) is None


@given(st.dates(dt.date(2000, 1, 1), dt.date(2050, 1, 1)), st.integers(-400, 400))
def test_days_are_counted_like_a_person_would(origin: dt.date, count: int) -> None:
    day = origin
    while day.weekday() > 4:
        day += dt.timedelta(days=1)
    step = 1 if count > 0 else -1
    left = abs(count)
    while left:
        day += dt.timedelta(days=step)
        left -= day.weekday() < 5
    instant = WorkingCalendar().instant(origin, count * DAY, Edge.START)
    assert instant is not None
    assert instant.date() == day


def test_five_day_task_from_monday_ends_on_friday() -> None:
    base = plan({"a": 5, "b": 1, "m": 0}, "a->b", "b->m")
    a, _, _ = base.tasks
    r = analyse(with_tasks(base, a=replace(a, start=MONDAY)))
    assert r.start_date == MONDAY
    shown = {t["id"]: (t["early_start"], t["early_finish"]) for t in r.to_dict()["tasks"]}
    assert shown["a"] == ("2026-03-02T08:00:00", "2026-03-06T17:00:00")
    assert shown["b"] == ("2026-03-09T08:00:00", "2026-03-09T17:00:00")
    assert shown["m"] == ("2026-03-09T17:00:00", "2026-03-09T17:00:00")
    assert r.to_dict()["finish"] == "2026-03-09T17:00:00"


def test_start_milestone_stands_at_the_beginning_of_the_first_day() -> None:
    base = plan({"kickoff": 0, "a": 1}, "kickoff->a")
    kickoff, _ = base.tasks
    r = analyse(with_tasks(base, kickoff=replace(kickoff, start=MONDAY)))
    assert r.tasks["kickoff"].early_finish == dt.datetime(2026, 3, 2, 8)  # noqa: DTZ001 - local working time


def test_anchor_is_the_earliest_start_of_a_task_that_waits_for_nobody() -> None:
    base = plan({"a": 2, "b": 1, "c": 1}, "a->c")
    a, b, c = base.tasks
    # c is stated earlier but waits for a; a's start is unknown.
    dated = with_tasks(base, b=replace(b, start=MONDAY), c=replace(c, start=dt.date(2026, 1, 1)))
    assert analyse(dated).start_date == MONDAY
    earlier = with_tasks(dated, a=replace(a, start=dt.date(2026, 2, 2)))
    assert analyse(earlier).start_date == dt.date(2026, 2, 2)


def test_a_task_on_a_loop_is_no_anchor() -> None:
    base = plan({"a": 1, "b": 1, "c": 1}, "a->b", "b->a")
    a, _, c = base.tasks
    dated = with_tasks(base, a=replace(a, start=dt.date(2026, 1, 1)), c=replace(c, start=MONDAY))
    assert analyse(dated).start_date == MONDAY


def test_without_a_stated_start_there_are_no_dates() -> None:
    r = analyse(plan({"a": 1}))
    assert (r.start_date, r.finish, r.tasks["a"].early_start) == (None, None, None)
    assert r.finish_days == 1


# --- Counts and minutes ------------------------------------------------------

DAY_MINUTES = 1440
HALF_DAY = ((8 * 60, 12 * 60),)
NIGHTS = week_of(range(5), ((0, 6 * 60), (22 * 60, DAY_MINUTES)))


def at(text: str) -> int:
    return absolute(dt.datetime.fromisoformat(text))


def shown(minute: int) -> str:
    found = moment(minute)
    assert found is not None
    return found.isoformat(" ", "minutes")


def minutes_worked(calendar: WorkingCalendar, day: dt.date) -> frozenset[int]:
    """Minutes of a day that are worked, read off the declaration one by one."""
    periods = calendar.week[day.weekday()]
    fewest = None
    for exception in calendar.exceptions:
        days = (exception.last - exception.first).days
        if exception.first <= day <= exception.last and (fewest is None or days <= fewest):
            periods, fewest = exception.periods, days
    return frozenset(minute for a, b in periods for minute in range(a, b))


@st.composite
def periods(draw: st.DrawFn) -> Periods:
    cuts = sorted(draw(st.sets(st.integers(0, 24), max_size=6)))
    return tuple((a * 60, b * 60) for a, b in zip(cuts[::2], cuts[1::2], strict=False))


WINDOW = dt.date(2026, 2, 23)
WINDOW_DAYS = 21


@st.composite
def calendars(draw: st.DrawFn) -> WorkingCalendar:
    week = draw(st.lists(periods(), min_size=7, max_size=7).filter(any))
    exceptions = []
    for _ in range(draw(st.integers(0, 5))):
        first = WINDOW + dt.timedelta(days=draw(st.integers(0, WINDOW_DAYS - 1)))
        last = first + dt.timedelta(days=draw(st.integers(0, 8)))
        exceptions.append(CalendarException(first, last, draw(st.just(()) | periods())))
    return WorkingCalendar("drawn", tuple(week), tuple(exceptions))


@given(calendars())
def test_minutes_are_counted_one_by_one(calendar: WorkingCalendar) -> None:
    begin = absolute(dt.datetime.combine(WINDOW, dt.time()))
    count = calendar.worked(begin)
    for day in range(WINDOW_DAYS + 9):
        midnight = begin + day * DAY_MINUTES
        date = WINDOW + dt.timedelta(days=day)
        minutes = minutes_worked(calendar, date)
        assert calendar.minutes_on(date) == len(minutes)
        for hour in range(24):
            minute = hour * 60
            assert calendar.worked(midnight + minute) == count
            if minute in minutes:  # all periods begin and end on the hour
                assert calendar.worked(midnight + minute + 1) == count + 1
                assert calendar.start_at(count) == midnight + minute
                assert calendar.finish_at(count + 60) == midnight + minute + 60
                assert calendar.start_at(count + 59) == calendar.finish_at(count + 59) == midnight + minute + 59
                count += 60
            else:
                assert calendar.worked(midnight + minute + 1) == count
    assert calendar.worked(begin + (WINDOW_DAYS + 9) * DAY_MINUTES) == count


around = st.integers(at("2026-02-01T00:00"), at("2026-04-15T00:00"))
anywhere = st.integers(-(10**9), 10**9) | st.integers(10**40, 10**41) | around


@given(calendars(), anywhere)
def test_both_edges_have_the_count_they_were_asked_for(calendar: WorkingCalendar, count: int) -> None:
    start, finish = calendar.start_at(count), calendar.finish_at(count)
    assert finish <= start
    assert calendar.worked(start) == calendar.worked(finish) == count
    assert calendar.worked(start + 1) == count + 1
    assert calendar.worked(finish - 1) == count - 1


@given(calendars(), anywhere)
def test_every_minute_lies_between_the_edges_of_its_count(calendar: WorkingCalendar, minute: int) -> None:
    count = calendar.worked(minute)
    assert calendar.finish_at(count) <= minute <= calendar.start_at(count)


@given(calendars(), around, st.integers(0, 20_000), st.integers(0, 20_000))
def test_work_may_be_done_in_two_parts(calendar: WorkingCalendar, minute: int, one: int, other: int) -> None:
    pause = calendar.finish_at(calendar.worked(minute) + one)
    assert calendar.finish_at(calendar.worked(pause) + other) == calendar.finish_at(
        calendar.worked(minute) + one + other
    )


@given(calendars(), anywhere, st.integers(0, 10**6))
def test_more_clock_is_never_less_work(calendar: WorkingCalendar, minute: int, more: int) -> None:
    assert 0 <= calendar.worked(minute + more) - calendar.worked(minute) <= more


@pytest.mark.parametrize("calendar", [STANDARD, ALL_HOURS, WorkingCalendar("nights", NIGHTS)])
def test_counts_begin_at_the_epoch_and_go_both_ways(calendar: WorkingCalendar) -> None:
    per_week = sum(b - a for day in calendar.week for a, b in day)
    assert calendar.worked(0) == 0
    assert calendar.worked(7 * DAY_MINUTES) == per_week
    assert calendar.worked(-7 * DAY_MINUTES) == -per_week
    assert calendar.worked(-7 * DAY_MINUTES * 10**30) == -per_week * 10**30


@given(st.integers(-(10**12), 10**12))
def test_every_minute_counts_round_the_clock(minute: int) -> None:
    assert ALL_HOURS.worked(minute) == ALL_HOURS.start_at(minute) == ALL_HOURS.finish_at(minute) == minute


def test_a_night_shift_goes_on_across_midnight() -> None:
    calendar = WorkingCalendar("nights", NIGHTS)
    count = calendar.worked(at("2026-03-02T22:00"))
    assert shown(calendar.finish_at(count + 8 * 60)) == "2026-03-03 06:00"
    assert shown(calendar.start_at(count + 8 * 60)) == "2026-03-03 22:00"
    assert shown(calendar.start_at(count + 2 * 60)) == shown(calendar.finish_at(count + 2 * 60)) == "2026-03-03 00:00"
    # Friday's shift ends at midnight, for Saturday is not worked.
    assert shown(calendar.finish_at(calendar.worked(at("2026-03-06T22:00")) + 2 * 60)) == "2026-03-07 00:00"
    assert shown(calendar.start_at(calendar.worked(at("2026-03-07T00:00")))) == "2026-03-09 00:00"


def test_holidays_are_passed_over() -> None:
    easter = CalendarException(dt.date(2026, 4, 3), dt.date(2026, 4, 6), name="Easter")
    calendar = WorkingCalendar("site", exceptions=(easter,))
    count = calendar.worked(at("2026-04-02T17:00"))
    assert shown(calendar.finish_at(count)) == "2026-04-02 17:00"
    assert shown(calendar.start_at(count)) == "2026-04-07 08:00"
    assert calendar.minutes_on(dt.date(2026, 4, 6)) == 0
    assert STANDARD.minutes_on(dt.date(2026, 4, 6)) == DAY


def test_the_exception_of_fewer_days_holds_and_of_equal_ones_the_later() -> None:
    christmas = CalendarException(dt.date(2026, 12, 21), dt.date(2027, 1, 1))
    monday = dt.date(2026, 12, 28)
    tuesday = dt.date(2026, 12, 29)
    calendar = WorkingCalendar(
        "site",
        exceptions=(
            CalendarException(monday, monday, HALF_DAY),
            CalendarException(tuesday, tuesday),
            christmas,
            CalendarException(tuesday, tuesday, ((0, 60),)),
        ),
    )
    worked = [calendar.minutes_on(monday + dt.timedelta(days=i)) for i in range(-7, 8)]
    assert worked == [0] * 7 + [240, 60] + [0] * 5 + [DAY]


def test_exceptions_may_reach_to_both_ends_of_the_dates() -> None:
    never = WorkingCalendar("none", exceptions=(CalendarException(dt.date.min, dt.date.max),))
    assert never.worked(absolute(dt.datetime(9999, 12, 31))) == 0  # noqa: DTZ001 - local working time
    assert moment(never.start_at(0)) is None
    assert never.finish_at(0) == -2 * DAY_MINUTES - 7 * 60  # Friday 17:00 of the week before
    assert moment(never.finish_at(0)) is None


def test_moments_go_back_to_minutes() -> None:
    assert moment(0) == dt.datetime(1, 1, 1)  # noqa: DTZ001 - local working time
    last = dt.datetime(9999, 12, 31, 23, 59)  # noqa: DTZ001 - local working time
    assert moment(absolute(last)) == last
    assert absolute(last.replace(second=59)) == absolute(last)
    assert moment(absolute(last) + 1) is None
    assert moment(-1) is None
    with pytest.raises(TypeError):
        absolute(last.replace(tzinfo=dt.UTC))


def test_a_calendar_is_a_value() -> None:
    one = WorkingCalendar("a", NIGHTS, (CalendarException(MONDAY, MONDAY),))
    other = WorkingCalendar("a", NIGHTS, (CalendarException(MONDAY, MONDAY),))
    assert one == other
    assert len({one, other, replace(one, name="b"), replace(one, exceptions=())}) == 3
    kept = pickle.loads(pickle.dumps(one))
    assert kept == one
    assert kept.worked(10**9) == one.worked(10**9) != STANDARD.worked(10**9)
    assert "_course" not in repr(one)


@pytest.mark.parametrize(
    ("week", "problem"),
    [
        (((),) * 7, "no time of the week is worked"),
        ((HALF_DAY,) * 5, "a week has 7 days, not 5"),
        ((((60, 60),),) * 7, "weekday 0: work from minute 60 to minute 60 of a day is not possible"),
        ((HALF_DAY,) * 6 + (((0, 1441),),), "weekday 6: work from minute 0 to minute 1441"),
        ((((-1, 5),), *(HALF_DAY,) * 6), "weekday 0: work from minute -1 to minute 5"),
        ((((60, 120), (119, 180)), *(HALF_DAY,) * 6), "begins at minute 119 overlaps or precedes the one before it"),
        ((((600, 660), (60, 120)), *(HALF_DAY,) * 6), "begins at minute 60 overlaps or precedes the one before it"),
    ],
)
def test_impossible_weeks_are_refused(week: tuple[Periods, ...], problem: str) -> None:
    with pytest.raises(ValueError, match=r"calendar 'site': ") as caught:
        WorkingCalendar("site", week)
    assert problem in str(caught.value)


def test_all_that_is_wrong_with_a_week_is_said_at_once() -> None:
    with pytest.raises(ValueError, match=r"weekday 0: .*; weekday 3: .*; a week has 7 days, not 4"):
        WorkingCalendar("site", (((5, 1),), (), (), ((0, 9999),)))


def test_impossible_exceptions_are_refused() -> None:
    with pytest.raises(ValueError, match="ends on 2026-03-01, before it begins on 2026-03-02"):
        CalendarException(MONDAY, MONDAY - dt.timedelta(days=1))
    with pytest.raises(ValueError, match="the exception from 2026-03-02 to 2026-03-02: work from minute 9 to minute 3"):
        CalendarException(MONDAY, MONDAY, ((9, 3),))


def test_periods_may_touch() -> None:
    calendar = WorkingCalendar("site", week_of([0], ((0, 60), (60, 120))))
    assert calendar.start_at(60) == calendar.finish_at(60) == 60
