"""The plan of a project. The only file of the roadmap that knows the project model.

A project file knows days, a plan knows minutes. A day stands for the beginning of its working time where
something starts, and for the end of it where something finishes or is reported; the duration of a task is
counted in the project's working days, whatever the calendar of the task.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from crm_rules.model.enums import ConstraintType as Wording
from crm_rules.model.enums import LagUnit as Unit
from crm_rules.model.enums import TaskStatus, Weekday
from crm_rules.model.links import Link
from crm_rules.model.project import Project
from crm_rules.model.roadmap import Task
from crm_rules.model.working_hours import days_off, minutes_of_day
from crm_rules.roadmap.plan import (
    Baseline,
    Constraint,
    ConstraintType,
    Estimate,
    LagUnit,
    LinkType,
    Plan,
    PlanLink,
    PlanTask,
    TaskState,
    minutes_of,
)
from crm_rules.roadmap.working_time import (
    STANDARD,
    CalendarException,
    WorkingCalendar,
    absolute,
    moment,
    week_of,
)

_STATES: Final = {
    TaskStatus.PLANNED: TaskState.OPEN,
    TaskStatus.RUNNING: TaskState.OPEN,
    TaskStatus.DONE: TaskState.DONE,
    TaskStatus.DROPPED: TaskState.DROPPED,
}
_CONSTRAINTS: Final = {
    Wording.AS_LATE_AS_POSSIBLE: ConstraintType.ALAP,
    Wording.START_NO_EARLIER_THAN: ConstraintType.SNET,
    Wording.FINISH_NO_EARLIER_THAN: ConstraintType.FNET,
    Wording.START_NO_LATER_THAN: ConstraintType.SNLT,
    Wording.FINISH_NO_LATER_THAN: ConstraintType.FNLT,
    Wording.MUST_START_ON: ConstraintType.MSO,
    Wording.MUST_FINISH_ON: ConstraintType.MFO,
}
_ON_START: Final = (ConstraintType.SNET, ConstraintType.SNLT, ConstraintType.MSO)
_WEEKDAYS: Final = tuple(Weekday)
_MINUTES_PER_CLOCK_DAY: Final = 24 * 60


def plan_of(project: Project) -> Plan:
    """The tasks of a project and their links, as the roadmap takes them.

    A task without a status counts as open: it is in the plan until someone says otherwise. A project
    that leaves its tasks out has a plan that is empty and not complete.
    """
    tasks = project.tasks or ()
    section = project.roadmap
    calendar = STANDARD
    minutes_per_day = sum(end - begin for begin, end in STANDARD.week[0])
    start, status_date = None, project.as_of
    if section is not None:
        calendar = _calendar("project", section.weekdays, section.hours, section.holidays)
        minutes_per_day = sum(end - begin for begin, end in map(minutes_of_day, section.hours))
        start, status_date = section.start, section.status_date or project.as_of
    calendars = {c.id: _calendar(c.id, c.weekdays, c.hours, c.holidays) for c in project.calendars or ()}
    reader = _Reader(project, calendar, calendars, minutes_per_day)
    return Plan(
        tasks=tuple(reader.task(task) for task in tasks),
        links=tuple(reader.link(task, link) for task in tasks for link in task.links),
        complete=project.tasks is not None and "tasks" not in project.incomplete,
        name=(project.project and project.project.name) or "",
        start=_begin(start, calendar),
        status_date=end_of_work(status_date, calendar),
        calendar=calendar,
        calendars=calendars,
        minutes_per_day=minutes_per_day,
    )


def _calendar(name: str, weekdays: Iterable[Weekday], hours: Iterable[str], holidays: Iterable[str]) -> WorkingCalendar:
    week = week_of(map(_WEEKDAYS.index, weekdays), tuple(map(minutes_of_day, hours)))
    return WorkingCalendar(name, week, tuple(CalendarException(*days_off(text)) for text in holidays))


def _begin(day: dt.date | None, calendar: WorkingCalendar) -> dt.datetime | None:
    """The instant at which work begins on a day; midnight where nobody works on it."""
    if day is None:
        return None
    midnight = dt.datetime.combine(day, dt.time())
    if not calendar.minutes_on(day):
        return midnight
    return moment(calendar.start_at(calendar.worked(absolute(midnight))))


def end_of_work(day: dt.date | None, calendar: WorkingCalendar) -> dt.datetime | None:
    """The instant at which work ends on a day; the midnight it begins with where nobody works on it."""
    if day is None:
        return None
    midnight = dt.datetime.combine(day, dt.time())
    if not calendar.minutes_on(day):
        return midnight
    return moment(calendar.finish_at(calendar.worked(absolute(midnight) + _MINUTES_PER_CLOCK_DAY))) or midnight


@dataclass(frozen=True, slots=True)
class _Reader:
    """Turns tasks and links of the model into those of a plan."""

    project: Project
    calendar: WorkingCalendar
    calendars: dict[str, WorkingCalendar]
    minutes_per_day: int

    def task(self, task: Task) -> PlanTask:
        calendar = self.calendar if task.calendar is None else self.calendars[task.calendar]
        duration = self._minutes(task.duration)
        started, finished = _begin(task.began, calendar), end_of_work(task.ended, calendar)
        if duration == 0 and finished is not None:
            started = finished  # a milestone is reached in an instant
        return PlanTask(
            id=task.id,
            name=task.name or task.id,
            duration_minutes=duration,
            state=_STATES[task.status],
            start=task.start,
            finish=task.finish,
            stage=task.stage,
            kind=None if task.kind is None else task.kind.value,
            owners=tuple(sorted({*task.contributors, *(() if task.owner is None else (task.owner,))})),
            parent=task.parent,
            calendar=task.calendar,
            constraint=_constraint(task, calendar),
            deadline=end_of_work(task.deadline, calendar),
            manual=task.manual,
            pinned_start=_begin(task.start, calendar) if task.manual else None,
            pinned_finish=end_of_work(task.finish, calendar) if task.manual else None,
            actual_start=started,
            actual_finish=finished,
            remaining_minutes=self._remaining(task, duration),
            baseline=self._baseline(task, calendar),
            estimate=self._estimate(task),
            source=self._line(task, ""),
        )

    def link(self, task: Task, link: Link) -> PlanLink:
        match link.unit:
            case Unit.WORKING_DAYS:
                lag, unit = minutes_of(link.lag, self.minutes_per_day), LagUnit.WORKING
            case Unit.ELAPSED_DAYS:
                lag, unit = minutes_of(link.lag, _MINUTES_PER_CLOCK_DAY), LagUnit.ELAPSED
            case Unit.PERCENT:
                lag, unit = minutes_of(link.lag, 100), LagUnit.PERCENT  # hundredths of a percent
        return PlanLink(link.predecessor, task.id, LinkType(link.type.value), lag, unit, self._line(task, "after"))

    def _minutes(self, days: float | None) -> int | None:
        return None if days is None else minutes_of(days, self.minutes_per_day)

    def _remaining(self, task: Task, duration: int | None) -> int | None:
        """Minutes a task that has begun and is not finished still needs."""
        if task.status is not TaskStatus.RUNNING:
            return None
        if task.remaining is None and duration is not None and task.progress is not None:
            return duration - round(duration * task.progress)
        return self._minutes(task.remaining)

    def _baseline(self, task: Task, calendar: WorkingCalendar) -> Baseline | None:
        start, finish = _begin(task.baseline_start, calendar), end_of_work(task.baseline_finish, calendar)
        minutes = self._minutes(task.baseline_duration)
        return None if start is None and finish is None and minutes is None else Baseline(start, finish, minutes)

    def _estimate(self, task: Task) -> Estimate | None:
        likely = self._minutes(task.duration if task.likely_duration is None else task.likely_duration)
        low, high = self._minutes(task.optimistic_duration), self._minutes(task.pessimistic_duration)
        return None if low is None or likely is None or high is None else Estimate(low, likely, high)

    def _line(self, task: Task, column: str) -> str:
        place = self.project.places.get(("tasks", task.id, column))
        if place is None:
            return ""
        return place.cell or f"line {place.line}"


def _constraint(task: Task, calendar: WorkingCalendar) -> Constraint | None:
    kind = _CONSTRAINTS.get(task.constraint)
    if kind is None:
        return None
    edge = _begin if kind in _ON_START else end_of_work
    return Constraint(kind, edge(task.constraint_date, calendar))
