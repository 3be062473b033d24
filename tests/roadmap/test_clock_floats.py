"""Floats where calendars differ or lags run on the clock, on paper: which side of a break what may still come."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from crm_rules.roadmap.analysis import analyse
from crm_rules.roadmap.plan import Constraint, ConstraintType, LagUnit, LinkType, Plan, PlanLink, PlanTask
from crm_rules.roadmap.working_time import WorkingCalendar, moment, week_of
from tests.roadmap.plans import DAY

START = dt.datetime(2026, 3, 2, 8)  # noqa: DTZ001 - local working time; a Monday
NIGHT = WorkingCalendar("night", week_of(range(5), ((0, 360), (1320, 1440))))


def task(name: str, days: float, **changes: Any) -> PlanTask:
    return PlanTask(name, name.upper(), round(days * DAY), **changes)


def plan(*tasks: PlanTask, links: tuple[PlanLink, ...]) -> Plan:
    return Plan(tasks, links, start=START, calendars={"night": NIGHT})


def total(found: Plan) -> dict[str, int | None]:
    return {name: t.total_float_minutes for name, t in analyse(found).tasks.items()}


# a Mon 2 to Fri 6 17:00. b may not finish before Sat 7 17:00, which to b is Fri 17:00 as well as Mon 08:00; then c.
WEEKEND = plan(
    task("a", 5),
    task("b", 2),
    task("c", 1),
    links=(PlanLink("a", "b", LinkType.FF, 1440, LagUnit.ELAPSED), PlanLink("b", "c")),
)
# b starts Mon 20:00, so on Tue 3; c Mon 2 to Fri 6 ends the project. b may start on Fri 6 08:00, so a by Thu 20:00:
# the last minute it can begin with by then is the one that ends Thu 17:00. Thursday 16:59 is 4 days less 1 minute.
EVENING = plan(task("a", 1), task("b", 1), task("c", 5), links=(PlanLink("a", "b", LinkType.SS, 720, LagUnit.ELAPSED),))


def test_a_finish_may_come_while_its_successor_rests() -> None:
    # No deadline, nothing to be late for. b ends Fri 17:00, a too.
    assert total(WEEKEND) == {"a": 0, "b": 0, "c": 0}


def test_a_finish_may_come_while_a_successor_of_another_calendar_rests() -> None:
    # mig works nights: Mon 22-24, Tue 0-6. val (1 day) may not finish before Tue 06:00, that is Mon 17:00: Monday.
    # mig ends the project, on Tue 06:00; val could take until then, which is no minute of its work.
    found = plan(task("mig", 1, calendar="night"), task("val", 1), links=(PlanLink("mig", "val", LinkType.FF),))
    assert total(found) == {"mig": 0, "val": 0}


def test_a_start_may_not_come_after_the_break_its_successor_does_not_wait_for() -> None:
    assert total(EVENING) == {"a": 4 * DAY - 1, "b": 3 * DAY, "c": 0}
    late = analyse(EVENING).tasks["a"].late_start
    assert late == dt.datetime(2026, 3, 5, 16, 59)  # noqa: DTZ001


@pytest.mark.parametrize(("by", "moves"), [(4 * DAY - 1, False), (4 * DAY, True)])
def test_total_float_is_how_far_it_can_move(by: int, moves: bool) -> None:
    at = moment(EVENING.calendar.start_at(EVENING.calendar.worked(0) + _begin() + by))
    held = replace(EVENING.tasks[0], constraint=Constraint(ConstraintType.SNET, at))
    moved = analyse(replace(EVENING, tasks=(held, *EVENING.tasks[1:])))
    assert (moved.finish != analyse(EVENING).finish) is moves


def _begin() -> int:
    return EVENING.calendar.worked(int((START - dt.datetime(1, 1, 1)).total_seconds()) // 60)  # noqa: DTZ001


def test_free_float_of_what_is_waited_for_on_the_clock() -> None:
    # b starts on Tue 08:00. a may start until Mon 20:00: with the last minute of Monday, 16:59.
    assert analyse(EVENING).tasks["a"].free_float_minutes == DAY - 1


def test_a_negative_lag_reaches_no_further_than_its_break() -> None:
    # mig (nights) starts Mon 22:00; val an hour of work earlier, Mon 16:00, with 3 days and 1 hour until Fri 17:00.
    # It may start on Fri 08:00, so mig before Fri 10:00. But mig (1 day) must finish by Fri 17:00 as well: it has
    # Thu 22-24 and Fri 0-6, so it starts by Thu 22:00, three shifts after Mon 22:00.
    found = plan(
        task("mig", 1, calendar="night"),
        task("val", 1),
        task("c", 5),
        links=(PlanLink("mig", "val", LinkType.SS, -60),),
    )
    assert total(found) == {"mig": 3 * DAY, "val": 3 * DAY + 60, "c": 0}


def test_what_follows_a_task_as_late_as_possible_hangs_on_the_project_finish() -> None:
    # a (1 day) then b (1 day), a as late as possible; c ends the project. With c of 10 days, until Fri 13, a is on
    # Thu 12 and b on the 13th; nobody knows how long c takes.
    late = task("a", 1, constraint=Constraint(ConstraintType.ALAP))
    known = plan(late, task("b", 1), task("c", 10), links=(PlanLink("a", "b"),))
    assert analyse(known).tasks["b"].early_start == dt.datetime(2026, 3, 13, 8)  # noqa: DTZ001
    found = analyse(plan(late, task("b", 1), PlanTask("c", "C", None), links=(PlanLink("a", "b"),)))
    assert found.tasks["b"].early_start_minutes is None
    assert found.tasks["b"].early_finish_minutes is None
    assert found.causes("b", "early_start_minutes") == ("tasks[c].duration",)
    assert (found.tasks["a"].start, found.tasks["a"].finish_minutes) == (None, None)
    assert found.tasks["a"].early_start_minutes == 0


def test_a_finish_beyond_the_years_of_dates_is_no_date() -> None:
    # 2.1 million days of work are more than 8000 years of 260: a ends after 9999, b on its first day.
    found = analyse(plan(task("a", 2_100_000), task("b", 1), links=()))
    assert found.finish_minutes == 2_100_000 * DAY
    assert found.finish is None


@pytest.mark.parametrize(
    ("lag", "expected"),
    [
        # b begins Tue 3, or, if it takes no time, stands where a ends: Mon 17:00. Twelve hours on, that is Tue 20:00
        # or Tue 5:00, so that c begins on Wed 4 or on Tue 3. Without a lag c begins on Tue 3 in both cases.
        (720, None),
        (0, DAY),
    ],
)
def test_a_task_that_may_take_no_time_may_stand_before_the_break(lag: int, expected: int | None) -> None:
    unknown = PlanTask("b", "B", None)
    waits = PlanLink("b", "c", LinkType.SS, lag, LagUnit.ELAPSED if lag else LagUnit.WORKING)
    # The night shift elsewhere makes the plan one for the clock.
    elsewhere = task("d", 1, calendar="night")
    found = plan(task("a", 1), unknown, task("c", 1), elsewhere, links=(PlanLink("a", "b"), waits))
    assert analyse(found).tasks["c"].early_start_minutes == expected
    for minutes, day in ((0, 3), (480, 4 if lag else 3)):
        known = replace(
            found, tasks=tuple(replace(t, duration_minutes=minutes) if t is unknown else t for t in found.tasks)
        )
        assert analyse(known).tasks["c"].early_start == dt.datetime(2026, 3, day, 8)  # noqa: DTZ001
