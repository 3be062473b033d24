"""Tasks and lags as the passes on the clock see them: dates in minutes of the clock, working time by calendar.

What is finished, begun, pinned or free to move is told apart here, once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from crm_rules.roadmap.axis import Axis
from crm_rules.roadmap.network import is_finished
from crm_rules.roadmap.outline import Outline
from crm_rules.roadmap.plan import ConstraintType, LagCalendar, LagUnit, Plan, PlanLink, PlanTask
from crm_rules.roadmap.progress import OF_FINISH, constraints_of, deadline_of, left_of, yielding
from crm_rules.roadmap.working_time import WorkingCalendar, absolute

Shift = Callable[[int], int]
"""Moves an instant by a lag."""


class Kind(IntEnum):
    """What moves a task."""

    FREE = 0
    FIXED = 1  # finished
    BEGUN = 2
    MANUAL = 3


@dataclass(slots=True)
class Job:
    """A task as the passes see it; dates in minutes of the clock.

    Attributes:
        calendar: its working time.
        kind: what moves it.
        duration: working minutes, of a task in progress those that are left; 0 while unknown.
        known: whether the duration is.
        milestone: it has no duration.
        start, finish: dates that stand: actual or pinned ones.
        not_before: the earliest start progress and the project start allow.
        bounds: dated constraints that early dates obey, and late ones the hard among them.
        start_by, deadline: dates that only late dates obey, of the start and of the finish; None for none.
        delay: minutes on the clock between what holds the task and its start.
        alap: as late as possible.
    """

    calendar: WorkingCalendar
    kind: Kind
    duration: int
    known: bool
    milestone: bool
    start: int
    finish: int
    not_before: int
    bounds: tuple[tuple[ConstraintType, int], ...]
    start_by: int | None
    deadline: int | None
    delay: int
    alap: bool


def job_of(
    task: PlanTask, plan: Plan, by_id: dict[str, PlanTask], axis: Axis, outline: Outline, *, single: bool
) -> Job:
    """The job of a task; `single` says that it waits for no other."""
    calendar = plan.calendar if task.calendar is None else plan.calendars[task.calendar]
    deadline = deadline_of(task, by_id, outline)
    laid = tuple(constraints_of(task, by_id, outline))
    start_by: dt.datetime | None = None
    if not plan.constraints_override_links:
        kept = [c for c in laid if c.type.hard and c.at is not None]
        start_by = min((c.at for c in kept if c.at is not None and c.type not in OF_FINISH), default=None)
        finishes = (deadline, *(c.at for c in kept if c.type in OF_FINISH))
        deadline = min((date for date in finishes if date is not None), default=None)
        laid = tuple(floor for c in laid if (floor := yielding(c)) is not None)
    bounds = tuple((c.type, absolute(c.at)) for c in laid if c.at is not None)
    duration = task.duration_minutes
    job = Job(
        calendar=calendar,
        kind=Kind.FREE,
        duration=duration or 0,
        known=duration is not None,
        milestone=duration == 0,
        start=0,
        finish=0,
        not_before=axis.zero,
        bounds=bounds,
        start_by=None if start_by is None else absolute(start_by),
        deadline=None if deadline is None else absolute(deadline),
        delay=task.levelling_delay_minutes,
        alap=task.constraint is not None and task.constraint.type is ConstraintType.ALAP,
    )
    status = None if plan.earliest_work is None else absolute(plan.earliest_work)
    started = None if task.actual_start is None else absolute(task.actual_start)
    if is_finished(task):
        job.bounds, job.start_by, job.deadline, job.delay, job.alap = (), None, None, 0, False
        _finished(job, task, started)
    elif started is not None:
        job.kind, job.start, job.milestone, job.delay, job.alap = Kind.BEGUN, started, False, 0, False
        left = task.remaining_minutes
        count = calendar.worked(started)
        if left is not None:
            job.duration = left
            count += max(0, (duration or 0) - left)
            if status is not None:
                count = max(count, calendar.worked(status))
        elif status is not None:
            count = max(count, calendar.worked(status) - (duration or 0))
        job.not_before = calendar.start_at(count)
    elif task.manual and (task.pinned_start is not None or task.pinned_finish is not None):
        job.kind = Kind.MANUAL
        _pinned(job, task)
    else:
        job.duration = left_of(task) or 0
        early = [date for kind, date in bounds if kind in (ConstraintType.SNET, ConstraintType.FNET)]
        if single and early:
            # A date laid down for a task that waits for none takes the place of the project start.
            job.not_before = min(axis.zero, *(calendar.start_at(calendar.worked(d) - job.duration) for d in early))
        if status is not None:
            job.not_before = max(job.not_before, calendar.start_at(calendar.worked(status)))
    return job


def _finished(job: Job, task: PlanTask, started: int | None) -> None:
    worked = job.calendar.worked
    if task.actual_finish is not None:
        job.finish = absolute(task.actual_finish)
    elif started is not None:
        job.finish = job.calendar.finish_at(worked(started) + job.duration) if job.duration else started
    else:
        return  # finished nobody knows when: it keeps its place in the network
    job.kind, job.known = Kind.FIXED, job.known or task.actual_finish is not None
    if started is None:
        started = job.calendar.start_at(worked(job.finish) - job.duration) if job.duration else job.finish
    job.start = min(started, job.finish)


def _pinned(job: Job, task: PlanTask) -> None:
    worked = job.calendar.worked
    start = None if task.pinned_start is None else absolute(task.pinned_start)
    finish = None if task.pinned_finish is None else absolute(task.pinned_finish)
    if start is None:
        assert finish is not None  # one of them is there
        start = job.calendar.start_at(worked(finish) - job.duration) if job.duration else finish
    if finish is None:
        finish = job.calendar.finish_at(worked(start) + job.duration) if job.duration else start
    elif not job.known:
        job.duration, job.known = max(0, worked(finish) - worked(start)), True
        job.milestone = not job.duration
    job.start, job.finish = start, finish


def shifts_of(
    plan: Plan, link: PlanLink | None, lag: int, calendars: Sequence[WorkingCalendar], ends: tuple[int, int]
) -> tuple[Shift | None, Shift | None]:
    """How a link's lag moves an instant onwards, and back to the latest it does not move further; None without lag."""
    if link is None or not lag:
        return None, None
    if link.unit is LagUnit.ELAPSED or plan.lag_calendar is LagCalendar.CLOCK:
        return (lambda at: at + lag), (lambda at: at - lag)
    of = {LagCalendar.PREDECESSOR: calendars[ends[0]], LagCalendar.SUCCESSOR: calendars[ends[1]]}
    calendar = of.get(plan.lag_calendar, plan.calendar)
    worked, start_at = calendar.worked, calendar.start_at
    if lag > 0:
        return (lambda at: calendar.finish_at(worked(at) + lag)), (lambda at: start_at(worked(at) - lag))
    return (lambda at: start_at(worked(at) + lag)), (lambda at: start_at(calendar.begun_by(at) - lag))
