"""Drag: on paper, and against the project finish of the network in which the task takes no time."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given

from crm_rules.roadmap.analysis import analyse, read
from crm_rules.roadmap.axis import Axis
from crm_rules.roadmap.network import Network
from crm_rules.roadmap.outline import Outline
from crm_rules.roadmap.plan import Constraint, ConstraintType, Plan, PlanTask, TaskState
from crm_rules.roadmap.progress import needs_clock, on_axis
from crm_rules.roadmap.schedule import schedule
from tests.roadmap.plans import DAY, dated_plans, link, on_the_clock, plans, with_durations


def at(day: int, hour: int = 8) -> dt.datetime:
    """A time in March 2026; the 2nd is a Monday."""
    return dt.datetime(2026, 3, day, hour)  # noqa: DTZ001 - local working time


def task(name: str, days: float, **changes: Any) -> PlanTask:
    return PlanTask(name, name.upper(), round(days * DAY), **changes)


def drags(plan: Plan) -> dict[str, float | None]:
    """In days, and the same by both ways to run the passes."""
    found, clock = analyse(plan), on_the_clock(plan)
    assert {i: t.drag_minutes for i, t in found.tasks.items()} == {i: t.drag_minutes for i, t in clock.tasks.items()}
    return {i: None if t.drag_minutes is None else t.drag_minutes / DAY for i, t in found.tasks.items()}


def test_of_a_task_in_progress_is_what_its_rest_costs() -> None:
    # Status: the evening of the 3rd. a (5 days, since the 2nd) has 4 left: 4, 5, 6, 9; then z on the 10th. Without them
    # z waits for b (1 day, the 4th) and comes on the 5th: 3 days earlier. w and y are done, and hold nobody up.
    finished = {"state": TaskState.DONE, "actual_start": at(2), "actual_finish": at(2, 17)}
    tasks = (
        task("a", 5, actual_start=at(2), remaining_minutes=4 * DAY),
        task("b", 1),
        task("w", 1, **finished),
        task("y", 1, **finished),
        task("z", 1),
    )
    links = tuple(map(link, ("w->a", "a->z", "b->z", "y->z", "w->y")))
    assert drags(Plan(tasks, links, start=at(2), status_date=at(3, 17))) == dict.fromkeys("bwy") | {"a": 3, "z": 1}


def test_of_a_task_in_progress_nobody_says_how_far() -> None:
    # a (4 days, since the 2nd) ends on the 5th, but no earlier than the status date, the 3rd. z 6. Two days are lost.
    tasks = (task("a", 4, actual_start=at(2)), task("z", 1))
    plan = Plan(tasks, (link("a->z"),), start=at(2), status_date=at(3, 17))
    assert drags(plan) == {"a": 2, "z": 1}


def test_a_finish_that_is_not_before_a_date_costs_nothing() -> None:
    # a (2 days) is not to finish before the evening of the 6th, however long it takes; z 9.
    tasks = (task("a", 2, constraint=Constraint(ConstraintType.FNET, at(6, 17))), task("z", 1))
    assert drags(Plan(tasks, (link("a->z"),), start=at(2))) == {"a": 0, "z": 1}


def test_what_is_critical_by_its_deadline_does_not_make_the_project_longer() -> None:
    # a (2 days) is due on the evening of the 3rd, x (5 days) ends the project.
    tasks = (task("a", 2, deadline=at(3, 17)), task("x", 5))
    assert drags(Plan(tasks, start=at(2))) == {"a": 0, "x": 3}


@pytest.mark.parametrize(("kind", "date", "saved"), [("mso", at(9), 2), ("mfo", at(10, 17), 0)])
def test_of_tasks_that_must_be_on_a_date(kind: str, date: dt.datetime, saved: int) -> None:
    # b (2 days) is 9-10, whatever a (2 days) before it does; z on the 11th. Without b's time z follows its start, but
    # not where b is to finish on the 10th.
    tasks = (task("a", 2), task("b", 2, constraint=Constraint(ConstraintType(kind), date)), task("z", 1))
    assert drags(Plan(tasks, (link("a->b"), link("b->z")), start=at(2))) == {"a": None, "b": saved, "z": 1}


def test_of_tasks_before_one_that_is_pulled_against_them() -> None:
    # b must start on the 3rd although a ends on the 4th: a, two days late, holds nothing up. b 3-4, x 5 days 2-6.
    tasks = (task("a", 3), task("b", 2, constraint=Constraint(ConstraintType.MSO, at(3))), task("x", 5))
    assert drags(Plan(tasks, (link("a->b"),), start=at(2))) == {"a": 0, "b": 0, "x": 2}


@given(plans(sizes=(1, 7)))
def test_is_the_difference_to_the_finish_of_the_plan_in_which_it_takes_no_time(base: Plan) -> None:
    found = analyse(base)
    assert found.finish_minutes is not None
    for name, one in found.tasks.items():
        if not one.critical:
            assert one.drag_minutes is None
            continue
        without = analyse(with_durations(base, {name: 0})).finish_minutes
        assert without is not None
        assert one.drag_minutes == max(0, found.finish_minutes - without), name


def without_work(network: Network, node: int) -> Network:
    """The network in which what is left of one task takes no time."""
    durations, floors = list(network.durations), list(network.floors)
    durations[node] = 0
    floors[node] = max(floors[node] or 0, network.ends[node] or 0)
    return replace(network, durations=durations, floors=floors)


@given(dated_plans())
def test_the_same_with_dates_and_progress(base: Plan) -> None:
    outline = Outline.of(base)
    _, network = read(base, outline)
    waiting = {network.ids[i] for i in range(network.tasks) if network.incoming[i]}
    axis = Axis.of(base, waiting, outline)
    assume(not needs_clock(base, network, axis, outline))
    network = on_axis(network, base, axis, outline)
    found = analyse(base)
    assert found.finish_minutes == schedule(network).finish
    assert found.finish_minutes is not None
    for node, name in enumerate(network.ids[: network.tasks]):
        if found.tasks[name].critical:
            without = schedule(without_work(network, node)).finish
            assert without is not None
            assert found.tasks[name].drag_minutes == max(0, found.finish_minutes - without), name


def test_a_path_that_is_late_for_a_deadline_saves_nothing_beside_a_longer_one() -> None:
    # a (5 days), b (2 days, due on the 9th, ends on the 10th); c (10 days) ends on the 13th. Without c the project ends
    # on the 10th, 3 days earlier; without a or b c is still there.
    plan = Plan((task("a", 5), task("b", 2, deadline=at(9, 17)), task("c", 10)), (link("a->b"),), start=at(2))
    assert drags(plan) == {"a": 0, "b": 0, "c": 3}
    # The chain that is late is shown first.
    assert analyse(plan).critical_paths() == (("a", "b"), ("c",))
