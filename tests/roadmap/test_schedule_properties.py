"""Properties of random plans with progress, dates, deadlines and summary tasks."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from crm_rules.roadmap.analysis import Roadmap, analyse
from crm_rules.roadmap.cycles import find_loops
from crm_rules.roadmap.network import is_finished
from crm_rules.roadmap.plan import Constraint, ConstraintType, LinkType, Plan, PlanLink, PlanTask, TaskState
from crm_rules.roadmap.working_time import (
    ALL_HOURS,
    STANDARD,
    CalendarException,
    WorkingCalendar,
    absolute,
    moment,
    week_of,
)
from tests.roadmap.plans import dated_plans, instant, on_the_clock, with_tasks

SHIFTS = WorkingCalendar("shifts", week_of(range(6), ((6 * 60, 14 * 60),)))


def without_deadlines(base: Plan) -> Plan:
    """Without dates that cap late ones."""
    return replace(
        base,
        tasks=tuple(
            replace(t, deadline=None, constraint=None if t.constraint and t.constraint.type.hard else t.constraint)
            for t in base.tasks
        ),
    )


def movable(base: Plan, r: Roadmap) -> list[PlanTask]:
    """Tasks a later date can be laid down for without losing what is laid down already."""
    return [
        t
        for t in base.tasks
        if t.id in r.tasks
        and not r.tasks[t.id].summary
        and not is_finished(t)
        and t.actual_start is None
        and t.constraint is None
    ]


def not_before(base: Plan, task: PlanTask, minute: int) -> Roadmap:
    """The roadmap with a task that starts no earlier than a working minute after the project start."""
    laid = Constraint(ConstraintType.SNET, instant(minute))
    return analyse(with_tasks(base, **{task.id: replace(task, constraint=laid)}))


@given(dated_plans())
def test_float_is_never_negative_without_deadlines(base: Plan) -> None:
    for t in analyse(without_deadlines(base)).tasks.values():
        assert t.total_float_minutes is None or t.total_float_minutes >= 0
        assert t.free_float_minutes is None or t.free_float_minutes >= 0


@given(dated_plans(), st.data())
def test_total_float_is_exactly_how_far_a_task_can_move(base: Plan, data: st.DataObject) -> None:
    base = without_deadlines(base)
    r = analyse(base)
    tasks = movable(base, r)
    assume(tasks)
    task = data.draw(st.sampled_from(tasks))
    found = r.tasks[task.id]
    assert found.early_start_minutes is not None
    assert found.total_float_minutes is not None
    assert r.finish_minutes is not None
    latest = found.early_start_minutes + found.total_float_minutes
    assert not_before(base, task, latest).finish_minutes == r.finish_minutes
    later = not_before(base, task, latest + 1).finish_minutes
    assert later is not None
    assert later > r.finish_minutes


@given(dated_plans(), st.data())
def test_free_float_moves_nothing_else(base: Plan, data: st.DataObject) -> None:
    base = without_deadlines(base)
    r = analyse(base)
    tasks = movable(base, r)
    assume(tasks)
    task = data.draw(st.sampled_from(tasks))
    found = r.tasks[task.id]
    assert found.early_start_minutes is not None
    assert found.free_float_minutes is not None
    moved = not_before(base, task, found.early_start_minutes + found.free_float_minutes)
    assert moved.finish_minutes == r.finish_minutes
    for name, other in r.tasks.items():
        if name != task.id and not other.summary:
            assert moved.tasks[name].early_start_minutes == other.early_start_minutes


@given(dated_plans(), st.data())
def test_a_further_link_makes_nothing_earlier(base: Plan, data: st.DataObject) -> None:
    ids = [t.id for t in base.tasks]
    assume(len(ids) > 1)
    first, last = data.draw(st.permutations(ids))[:2]
    kind = data.draw(st.sampled_from([LinkType.FS, LinkType.FF]))
    longer = replace(base, links=(*base.links, PlanLink(first, last, kind, data.draw(st.integers(-2, 4)) * 60)))
    assume(not find_loops(longer).cycles)
    before, after = analyse(base).tasks, analyse(longer).tasks
    for name, task in before.items():
        then, now = task.early_finish_minutes, after[name].early_finish_minutes
        assert (then is None) == (now is None)
        assert then is None or now is None or now >= then


@given(dated_plans(unknown=True), st.data())
def test_order_changes_nothing(base: Plan, data: st.DataObject) -> None:
    tasks, links = data.draw(st.permutations(base.tasks)), data.draw(st.permutations(base.links))
    shuffled = replace(base, tasks=tuple(tasks), links=tuple(links))
    assert analyse(shuffled).to_dict() == analyse(base).to_dict()
    assert on_the_clock(shuffled).to_dict() == on_the_clock(base).to_dict()


@st.composite
def on_several_calendars(draw: st.DrawFn) -> Plan:
    """Plans whose tasks keep time by several calendars, one with a holiday; all links go from finish to start."""
    base = without_deadlines(draw(dated_plans()))
    day = instant(60).date()
    holiday = WorkingCalendar("holiday", STANDARD.week, (CalendarException(day, day),))
    calendars = {"all": ALL_HOURS, "shifts": SHIFTS, "holiday": holiday}
    names = st.sampled_from([None, *calendars])
    tasks = [
        replace(t, calendar=draw(names), state=TaskState.OPEN, actual_start=None, actual_finish=None, constraint=None)
        for t in base.tasks
    ]
    links = tuple(replace(k, type=LinkType.FS, lag=0) for k in base.links)
    found = replace(base, tasks=tuple(tasks), links=links, calendars=calendars)
    assume(not find_loops(found).cycles)  # dropped tasks may have hidden one
    return found


@given(on_several_calendars(), st.data())
def test_total_float_on_several_calendars(base: Plan, data: st.DataObject) -> None:
    r = on_the_clock(base)
    tasks = [t for t in movable(base, r) if t.duration_minutes]
    assume(tasks)
    task = data.draw(st.sampled_from(tasks))
    calendar = base.calendar if task.calendar is None else base.calendars[task.calendar]
    found = r.tasks[task.id]
    assert found.total_float_minutes is not None
    assert found.total_float_minutes >= 0
    assert found.early_start is not None
    assert r.finish is not None

    early = calendar.worked(absolute(found.early_start))

    def finish(by: int) -> dt.datetime:
        laid = Constraint(ConstraintType.SNET, moment(calendar.start_at(early + by)))
        moved = on_the_clock(with_tasks(base, **{task.id: replace(task, constraint=laid)})).finish
        assert moved is not None
        return moved

    assert finish(found.total_float_minutes) == r.finish
    assert finish(found.total_float_minutes + 1) > r.finish
