"""A plan written again so that it fits one axis of working minutes, and what that leaves out, by name.

A simulation has no clock: it adds minutes. What a plan says beyond durations, links and dates not to start or
finish before is said in those terms here, so that a simulated task and a scheduled one mean the same wherever
they can, and is named in a `Simplification` where they cannot:

* Finished work keeps its actual dates. Started work is its remainder, resumed at the status date at the
  earliest and after what is unfinished before it (retained logic); three points shrink with it.
* A date to be kept (deadline, SNLT, FNLT, MSO, MFO) is a promise: it caps late dates, moves nothing, and the
  share of samples that keep it is reported. To draw samples in which it is always kept would beg the question.
* A summary task becomes two points, one before the starts of its parts and one after their finishes.
* Minutes of another calendar, and of the clock, become the plan's by the hours of a usual week.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from crm_rules.roadmap.analysis import Roadmap
from crm_rules.roadmap.plan import (
    ConstraintType,
    Estimate,
    LagCalendar,
    LagUnit,
    LinkType,
    Plan,
    PlanLink,
    PlanTask,
    TaskState,
)
from crm_rules.roadmap.working_time import ALL_HOURS, WorkingCalendar, absolute, moment

_WEEK: Final = 7 * 24 * 60


@dataclass(frozen=True, slots=True)
class Simplification:
    """Something a plan says that is simulated in a simpler way.

    Attributes:
        kind: `as-late-as-possible`, `calendar`, `levelling`, `lag`, `manual`, `must-date`, `no-start`,
            `progress`, `summary`, or `other-dates` for whatever else tells the simulation from the schedule.
        message: one sentence: what was done instead.
        tasks: ids of the tasks concerned, sorted.
    """

    kind: str
    message: str
    tasks: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {"kind": self.kind, "message": self.message, "tasks": list(self.tasks)}


_MESSAGES: Final = {
    "as-late-as-possible": "tasks to be done as late as possible are simulated as soon as possible",
    "calendar": "durations on other calendars are converted by the hours of a usual week; holidays are the plan's",
    "lag": "lags in percent stay as long as they are in the plan, others on other calendars are converted likewise",
    "levelling": "levelling delays are converted from the clock by the hours of a usual week",
    "manual": "tasks scheduled by hand start no earlier than their date, and later when what they wait for is late",
    "must-date": "dates that must be kept are not forced; how often they are kept is counted",
    "no-start": "dates are left out, because nobody says when the project starts",
    "progress": "started work without a stated remainder is drawn in full, and does not end before the status date",
    "summary": "links from the start, or to the finish, of a summary task hold by its links, not by its parts",
}


@dataclass(frozen=True, slots=True)
class Promise:
    """A date of the plan that a task is to keep.

    Attributes:
        task: task id.
        kind: `deadline`, or the constraint (`snlt`, `fnlt`, `mso`, `mfo`).
        at: the date and time as the plan has it.
        minutes: working minutes from project start until then.
        of_start: starts have to be no later, else finishes.
        holders: ids of the tasks that have to: the task itself, or the parts of a summary task.
    """

    task: str
    kind: str
    at: dt.datetime
    minutes: int
    of_start: bool
    holders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Axis:
    """Working minutes of the plan's calendar from the project start.

    Attributes:
        calendar: whose working time.
        origin: minutes worked on it before the project start; None when nobody says when that is.
    """

    calendar: WorkingCalendar
    origin: int | None

    @classmethod
    def of(cls, roadmap: Roadmap) -> Axis:
        """The axis a roadmap was scheduled on."""
        calendar = roadmap.plan.calendar
        if roadmap.plan.start is not None:
            return cls(calendar, calendar.worked(absolute(roadmap.plan.start)))
        for task in roadmap.tasks.values():
            if task.early_start is not None and task.early_start_minutes is not None:
                return cls(calendar, calendar.worked(absolute(task.early_start)) - task.early_start_minutes)
        return cls(calendar, None)

    def minutes(self, at: dt.datetime) -> int | None:
        """Where a date lies; None without a project start."""
        return None if self.origin is None else self.calendar.worked(absolute(at)) - self.origin

    def date(self, minutes: int) -> dt.datetime | None:
        """When work ends at that point, at 0 when it begins; None without a start or outside the calendar's years."""
        if self.origin is None:
            return None
        edge = self.calendar.finish_at if minutes else self.calendar.start_at
        return moment(edge(self.origin + minutes))


@dataclass(frozen=True, slots=True)
class PlainPlan:
    """What is left for the network.

    Attributes:
        plan: tasks with durations in minutes of the plan's calendar, links with lags in the same; dropped
            and summary tasks are dropped ones. Estimates are what is left to be drawn.
        start_floors, finish_floors: minutes, by task id, that a start and a finish are not before; 0 for starts
            that are not among them.
        begun: ids of tasks in progress; they are what is left of them.
        promises: sorted by task and kind.
        axis: for dates.
        simplifications: sorted by kind.
    """

    plan: Plan
    start_floors: dict[str, int]
    finish_floors: dict[str, int]
    begun: frozenset[str]
    promises: tuple[Promise, ...]
    axis: Axis
    simplifications: tuple[Simplification, ...]


def plain_plan(roadmap: Roadmap) -> PlainPlan:
    """Write the plan of a roadmap again."""
    return _Writer(roadmap).write()


class _Writer:
    """Goes over tasks, then links; collects floors, promises and what was simplified."""

    def __init__(self, roadmap: Roadmap) -> None:
        self.plan = roadmap.plan
        self.axis = Axis.of(roadmap)
        self.tasks = {t.id: t for t in self.plan.tasks}
        self.parts: dict[str, list[PlanTask]] = {}
        for task in self.plan.tasks:
            if task.parent is not None:
                self.parts.setdefault(task.parent, []).append(task)
        self.answered: set[str] = set()  # tasks whose dates no link can move any more
        self.begun: dict[str, int] = {}  # actual starts of tasks of which only the remainder is left
        self.delays: dict[str, int] = {}
        self.start_floors: dict[str, int] = {}
        self.finish_floors: dict[str, int] = {}
        self.promises: list[Promise] = []
        self.notes: defaultdict[str, set[str]] = defaultdict(set)

    def write(self) -> PlainPlan:
        tasks = tuple(self._summary(t) if t.id in self.parts else self._task(t) for t in self.plan.tasks)
        links = [plain for link in self.plan.links if (plain := self._link(link)) is not None]
        for summary, members in self.parts.items():
            parts = [t for t in members if t.state is not TaskState.DROPPED or t.id in self.parts]
            links += (PlanLink(part.id, summary, LinkType.FF) for part in parts)
            links += (PlanLink(summary, part.id, LinkType.SS) for part in parts if part.id not in self.answered)
        return PlainPlan(
            plan=Plan(tasks, tuple(links), name=self.plan.name, calendar=self.plan.calendar),
            start_floors=self.start_floors,
            finish_floors=self.finish_floors,
            begun=frozenset(self.begun),
            promises=tuple(sorted(self.promises, key=lambda p: (p.task, p.kind))),
            axis=self.axis,
            simplifications=tuple(
                Simplification(kind, _MESSAGES[kind], tuple(sorted(self.notes[kind]))) for kind in sorted(self.notes)
            ),
        )

    # --- Tasks ---

    def _summary(self, task: PlanTask) -> PlanTask:
        """A dropped task, of which the network keeps the two points. What is laid down for it holds for its parts."""
        if task.state is not TaskState.DROPPED:
            self._lay_down(task, self._leaves(task.id))
        return PlanTask(task.id, task.name, 0, TaskState.DROPPED)

    def _leaves(self, summary: str) -> list[str]:
        found: list[str] = []
        pending = [summary]
        while pending:
            task = pending.pop()
            if task in self.parts:
                pending += (part.id for part in self.parts[task])
            elif self.tasks[task].state is not TaskState.DROPPED:
                found.append(task)
        return found

    def _task(self, task: PlanTask) -> PlanTask:
        """The task without anything but duration, state and estimate."""
        duration, estimate = task.duration_minutes, task.estimate
        calendar = self._calendar(task.calendar)
        own, week = _week(self.plan.calendar), _week(calendar)
        if calendar != self.plan.calendar:
            self.notes["calendar"].add(task.id)
        if own != week:
            duration = None if duration is None else _scaled(duration, own, week)
            estimate = None if estimate is None else _scaled_estimate(estimate, own, week)
        begun = self._at(task.actual_start, task)
        state = TaskState.DONE if task.state is TaskState.OPEN and is_over(task) else task.state
        if state is TaskState.DONE:
            duration = self._finish(task, begun, duration or 0)
        elif state is TaskState.OPEN:
            self._lay_down(task, [task.id])
            if begun is None:
                self._delay(task)
            else:
                rest = None if task.remaining_minutes is None else _scaled(task.remaining_minutes, own, week)
                self._resume(task, begun, 0 if rest is None else max(0, (duration or 0) - rest))
                if rest is not None:
                    duration = rest
                    if estimate is not None:
                        estimate = _scaled_estimate(estimate, rest, estimate.likely) if estimate.likely else None
        return PlanTask(task.id, task.name, duration, state, level_of_effort=task.level_of_effort, estimate=estimate)

    def _finish(self, task: PlanTask, begun: int | None, duration: int) -> int:
        """Put finished work where it was done, if anybody says; returns its duration."""
        finish = self._at(task.actual_finish, task)
        if finish is None and begun is not None:
            finish = begun + duration
        if finish is None:
            return duration
        self.answered.add(task.id)
        self.start_floors[task.id] = finish - duration if begun is None else min(begun, finish)
        return finish - self.start_floors[task.id]

    def _resume(self, task: PlanTask, begun: int, done: int) -> None:
        """What is left of started work, or all of it where nobody says, ends no earlier than the status date."""
        self.begun[task.id] = begun
        status = self._at(self.plan.earliest_work, task)
        self.start_floors[task.id] = begun + done
        if task.remaining_minutes is None:
            self.notes["progress"].add(task.id)
            if status is not None:
                self._raise(self.finish_floors, task.id, status)
        elif status is not None:
            self.start_floors[task.id] = max(begun + done, status)

    def _delay(self, task: PlanTask) -> None:
        """What keeps work that has not started from starting, other than links and constraints."""
        status = self._at(self.plan.earliest_work, task)
        if status is not None:
            self._raise(self.start_floors, task.id, status)
        if task.levelling_delay_minutes:
            self.notes["levelling"].add(task.id)
            self.delays[task.id] = _scaled(task.levelling_delay_minutes, _week(self.plan.calendar), _WEEK)
            self._raise(self.start_floors, task.id, self.delays[task.id])

    def _lay_down(self, task: PlanTask, holders: Sequence[str]) -> None:
        """Constraint, deadline and dates by hand of a task, which hold for `holders`."""
        if task.deadline is not None:
            self._promise(task, "deadline", task.deadline, holders)
        if task.manual and task.pinned_start is not None:
            self.notes["manual"].add(task.id)
            self._hold(self.start_floors, holders, task.pinned_start)
        constraint = task.constraint
        if constraint is None:
            return
        if constraint.type is ConstraintType.ALAP:
            self.notes["as-late-as-possible"].add(task.id)
        if constraint.at is None:
            return
        if constraint.type in (ConstraintType.SNET, ConstraintType.MSO):
            self._hold(self.start_floors, holders, constraint.at)
        elif constraint.type is ConstraintType.FNET or (
            constraint.type is ConstraintType.MFO and task.id not in self.parts  # only the last part can finish then
        ):
            self._hold(self.finish_floors, holders, constraint.at)
        if constraint.type.hard:
            if self.plan.constraints_override_links:
                self.notes["must-date"].add(task.id)
            of_start = constraint.type in (ConstraintType.SNLT, ConstraintType.MSO)
            self._promise(task, constraint.type.value, constraint.at, holders, of_start)

    def _promise(
        self, task: PlanTask, kind: str, at: dt.datetime, holders: Sequence[str], of_start: bool = False
    ) -> None:
        minutes = self._at(at, task)
        # What has started has kept or broken a date of its start already.
        kept_by = tuple(sorted(i for i in holders if not of_start or self._waits(self.tasks[i])))
        if minutes is not None and kept_by:
            self.promises.append(Promise(task.id, kind, at, minutes, of_start, kept_by))

    def _hold(self, floors: dict[str, int], tasks: Sequence[str], at: dt.datetime) -> None:
        for task in map(self.tasks.__getitem__, tasks):
            minutes = self._at(at, task)
            # The start of what has started is no question any more.
            if minutes is not None and not is_over(task) and (floors is self.finish_floors or self._waits(task)):
                self._raise(floors, task.id, minutes)

    @staticmethod
    def _waits(task: PlanTask) -> bool:
        return task.actual_start is None and not is_over(task)

    @staticmethod
    def _raise(floors: dict[str, int], task: str, minutes: int) -> None:
        floors[task] = max(minutes, floors.get(task, 0))

    def _at(self, at: dt.datetime | None, task: PlanTask) -> int | None:
        if at is None:
            return None
        minutes = self.axis.minutes(at)
        if minutes is None:
            self.notes["no-start"].add(task.id)
        return minutes

    def _calendar(self, name: str | None) -> WorkingCalendar:
        return self.plan.calendar if name is None else self.plan.calendars[name]

    # --- Links ---

    def _link(self, link: PlanLink) -> PlanLink | None:
        """The link with its lag in minutes of the axis; None where progress has answered it."""
        if link.successor in self.answered or (link.predecessor in self.answered and link.successor in self.begun):
            return None
        lag = self._lag(link) + self.delays.get(link.successor, 0)
        if link.predecessor in self.begun and not link.type.from_finish:
            # The node of the predecessor is its remainder, which starts later than the task did.
            floors = self.finish_floors if link.type.to_finish else self.start_floors
            for task in self._leaves(link.successor) if link.successor in self.parts else (link.successor,):
                if task not in self.answered:
                    self._raise(floors, task, self.begun[link.predecessor] + lag)
            return None
        if link.predecessor in self.parts and not link.type.from_finish:
            self.notes["summary"].add(link.predecessor)
        if link.successor in self.parts and link.type.to_finish:
            self.notes["summary"].add(link.successor)
        return PlanLink(link.predecessor, link.successor, link.type, lag)

    def _lag(self, link: PlanLink) -> int:
        """The lag in minutes of the axis."""
        if not link.lag:
            return 0
        calendar = ALL_HOURS if link.unit is LagUnit.ELAPSED else self._lag_calendar(link)
        if link.unit is LagUnit.PERCENT:
            predecessor = self.tasks[link.predecessor]
            whole = predecessor.duration_minutes
            if whole is None:
                whole = predecessor.estimate.likely if predecessor.estimate is not None else 0
            lag, calendar = _scaled(whole, link.lag, 10_000), self._calendar(predecessor.calendar)
        else:
            lag = link.lag
        if link.unit is LagUnit.PERCENT or calendar != self.plan.calendar:
            self.notes["lag"].update((link.predecessor, link.successor))
        return _scaled(lag, _week(self.plan.calendar), _week(calendar))

    def _lag_calendar(self, link: PlanLink) -> WorkingCalendar:
        match self.plan.lag_calendar:
            case LagCalendar.PREDECESSOR:
                name = self.tasks[link.predecessor].calendar
            case LagCalendar.SUCCESSOR:
                name = self.tasks[link.successor].calendar
            case LagCalendar.PROJECT:
                name = None
            case LagCalendar.CLOCK:
                return ALL_HOURS
        return self._calendar(name)


def is_over(task: PlanTask) -> bool:
    """Whether nothing is left to be done, by the state of a task or by its dates."""
    nothing_left = task.actual_start is not None and task.duration_minutes == 0 and not task.remaining_minutes
    return task.state is not TaskState.OPEN or task.actual_finish is not None or nothing_left


def _week(calendar: WorkingCalendar) -> int:
    """Working minutes of a usual week; those of the clock where only exceptional days are worked."""
    return sum(end - begin for day in calendar.week for begin, end in day) or _WEEK


def _scaled(minutes: int, numerator: int, denominator: int) -> int:
    """Rounded to the nearest minute, halves up: whole numbers without bound."""
    return minutes if numerator == denominator else (2 * minutes * numerator + denominator) // (2 * denominator)


def _scaled_estimate(estimate: Estimate, numerator: int, denominator: int) -> Estimate:
    points = (estimate.optimistic, estimate.likely, estimate.pessimistic)
    low, mode, high = (_scaled(point, numerator, denominator) for point in points)
    return Estimate(low, mode, high)
