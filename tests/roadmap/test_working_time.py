"""Working time, and the dates of a roadmap."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_rules.roadmap.analysis import analyse
from crm_rules.roadmap.working_time import Edge, WorkingCalendar
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
