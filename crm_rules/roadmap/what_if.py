"""What a change to a plan would do to it: who moves, what becomes critical, what becomes late.

The plan is never touched: changes are made to a copy, the copy is scheduled, and both schedules are compared.
The start of the project stays where it was, so that a change moves tasks and not the zero they are counted from.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from crm_rules.diagnostics import Diagnostic, did_you_mean
from crm_rules.errors import DiagnosticError
from crm_rules.roadmap.analysis import Roadmap, TaskSchedule, analyse
from crm_rules.roadmap.change_words import Words
from crm_rules.roadmap.plan import Plan, PlanLink, PlanTask, TaskState, named_links
from crm_rules.roadmap.working_time import WorkingCalendar, absolute, moment


class ImpossibleChange(DiagnosticError):
    """Changes cannot be made to a plan as asked; whoever asked for them has to change them."""


@dataclass(frozen=True, slots=True)
class Delay:
    """A task starts later than it would.

    Attributes:
        task: id of a task that has not begun.
        minutes: working minutes of the plan's calendar, more than 0.
    """

    word: ClassVar[str] = "delay"
    task: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Lengthen:
    """A task takes longer, or less time.

    Attributes:
        task: id of a task with a duration.
        minutes: working minutes to add, negative to shorten; what is left to do cannot fall below 0.
    """

    word: ClassVar[str] = "lengthen"
    task: str
    minutes: int


@dataclass(frozen=True, slots=True)
class DropTask:
    """A task is no longer done. The order written through it stays; of a summary task all parts are dropped.

    Attributes:
        task: id of a task or a summary task.
    """

    word: ClassVar[str] = "drop"
    task: str


@dataclass(frozen=True, slots=True)
class AddLink:
    """One more link.

    Attributes:
        link: between tasks of the plan.
    """

    word: ClassVar[str] = "add"
    link: PlanLink


@dataclass(frozen=True, slots=True)
class DropLink:
    """A link is taken away.

    Attributes:
        link: its id, as `plan.named_links` gives it.
    """

    word: ClassVar[str] = "drop"
    link: str


@dataclass(frozen=True, slots=True)
class ChangeLag:
    """A link waits for another time.

    Attributes:
        link: its id, as `plan.named_links` gives it.
        lag: the new lag in the unit of the link.
    """

    word: ClassVar[str] = "change"
    link: str
    lag: int


Change = Delay | Lengthen | DropTask | AddLink | DropLink | ChangeLag


@dataclass(frozen=True, slots=True)
class Move:
    """A task whose early dates change.

    Attributes:
        task: its id.
        start_minutes, finish_minutes: working minutes later, negative for earlier; None when not known
            before or after.
        start, finish: dates and times after the change; None when not known.
    """

    task: str
    start_minutes: int | None
    finish_minutes: int | None
    start: dt.datetime | None
    finish: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changes would do. Tasks that are dropped are in no list but their own.

    Attributes:
        moves: tasks whose early start or finish changes, by id.
        finish_before, finish_after: finish of the plan; None when not known or without dates.
        finish_minutes: working minutes the plan finishes later, negative for earlier; None when not known.
        became_critical, no_longer_critical: ids, sorted.
        newly_late: tasks whose total float becomes negative, with the float after in working minutes, by id.
        dropped: ids of the tasks the changes drop, sorted.
        unknown: ids of tasks whose early dates or criticality are not known before or after, sorted.
    """

    moves: tuple[Move, ...]
    finish_before: dt.datetime | None
    finish_after: dt.datetime | None
    finish_minutes: int | None
    became_critical: tuple[str, ...]
    no_longer_critical: tuple[str, ...]
    newly_late: tuple[tuple[str, int], ...]
    dropped: tuple[str, ...]
    unknown: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready: ISO date-times, minutes."""
        return {
            "finish_before": _iso(self.finish_before),
            "finish_after": _iso(self.finish_after),
            "finish_minutes": self.finish_minutes,
            "moves": [
                {
                    "id": m.task,
                    "start_minutes": m.start_minutes,
                    "finish_minutes": m.finish_minutes,
                    "start": _iso(m.start),
                    "finish": _iso(m.finish),
                }
                for m in self.moves
            ],
            "became_critical": list(self.became_critical),
            "no_longer_critical": list(self.no_longer_critical),
            "newly_late": [{"id": task, "total_float_minutes": left} for task, left in self.newly_late],
            "dropped": list(self.dropped),
            "unknown": list(self.unknown),
        }


def what_if(base: Roadmap | Plan, changes: Iterable[Change]) -> Comparison:
    """Compare a plan with what it would be after some changes, made together.

    Args:
        base: the plan, or the roadmap where there is one already.
        changes: in any order. Links are named as they are before any of the changes.

    Raises:
        ImpossibleChange: changes name what is not there, contradict each other, or cannot be made; all
            problems are in it.
    """
    before = base if isinstance(base, Roadmap) else analyse(base)
    after = analyse(changed_plan(before, changes))
    known = {c.path for c in before.cycles}
    words = Words(after.plan)
    loops = [" -> ".join(map(words.name, (*c.path, c.path[0]))) for c in after.cycles if c.path not in known]
    if loops:
        raise ImpossibleChange([Diagnostic(f"the tasks {loop} would wait for each other in a loop") for loop in loops])
    return compare(before, after)


def changed_plan(before: Roadmap, changes: Iterable[Change]) -> Plan:
    """The plan with the changes made; it may have loops.

    A delay is written down as a finished task of its own that ends when the delayed one may begin.

    Raises:
        ImpossibleChange: see `what_if`.
    """
    return _Changing(before, tuple(changes)).plan()


def compare(before: Roadmap, after: Roadmap) -> Comparison:
    """What differs between two schedules of one project that start on the same day.

    Tasks that are not in both are left out, those that are only in `before` count as dropped.
    """
    moves: list[Move] = []
    unknown: list[str] = []
    became: list[str] = []
    no_longer: list[str] = []
    late: list[tuple[str, int]] = []
    for name, old in before.tasks.items():
        new = after.tasks.get(name)
        if new is None:
            continue
        start = _later(old.early_start_minutes, new.early_start_minutes)
        finish = _later(old.early_finish_minutes, new.early_finish_minutes)
        if None in (start, finish, old.critical, new.critical):
            unknown.append(name)
        if start or finish:
            moves.append(Move(name, start, finish, new.early_start, new.early_finish))
        if old.critical is False and new.critical:
            became.append(name)
        if old.critical and new.critical is False:
            no_longer.append(name)
        left = new.total_float_minutes
        if left is not None and left < 0 and not _is_late(old):
            late.append((name, left))
    return Comparison(
        moves=tuple(moves),
        finish_before=before.finish,
        finish_after=after.finish,
        finish_minutes=_later(before.finish_minutes, after.finish_minutes),
        became_critical=tuple(became),
        no_longer_critical=tuple(no_longer),
        newly_late=tuple(late),
        dropped=tuple(i for i in before.tasks if i not in after.tasks),
        unknown=tuple(unknown),
    )


def _later(old: int | None, new: int | None) -> int | None:
    return None if old is None or new is None else new - old


def _is_late(task: TaskSchedule) -> bool:
    return task.total_float_minutes is not None and task.total_float_minutes < 0


class _Changing:
    """Makes changes to a copy of a plan, or says all that is wrong with them."""

    def __init__(self, before: Roadmap, changes: Sequence[Change]) -> None:
        self._before = before
        self._changes = changes
        plan = before.plan
        self._plan = plan
        self._given = {t.id: t for t in plan.tasks}
        self._named = dict(named_links(plan.links))
        self._tasks, self._links = dict(self._given), dict(self._named)
        self._children: dict[str, list[str]] = {}
        for task in plan.tasks:
            if task.parent is not None:
                self._children.setdefault(task.parent, []).append(task.id)
        self._holds: list[tuple[PlanTask, PlanLink]] = []
        self._words = Words(plan)
        self._problems: list[Diagnostic] = []

    def plan(self) -> Plan:
        """The changed plan."""
        self._contradictions()
        for change in self._changes:
            match change:
                case Delay():
                    self._delay(change)
                case Lengthen():
                    self._lengthen(change)
                case DropTask():
                    self._drop(change)
                case AddLink():
                    self._add(change.link)
                case DropLink():
                    if self._link(change.link) is not None:
                        self._links.pop(change.link, None)
                case ChangeLag():
                    link = self._link(change.link)
                    if link is not None and change.link in self._links:
                        self._links[change.link] = replace(link, lag=change.lag)
        if self._problems:
            raise ImpossibleChange(self._problems)
        start = self._plan.start
        if start is None and self._before.start_date is not None:
            start = dt.datetime.combine(self._before.start_date, dt.time())
        return replace(
            self._plan,
            tasks=(*self._tasks.values(), *(task for task, _ in self._holds)),
            links=(*self._links.values(), *(link for _, link in self._holds)),
            start=start,
        )

    def _problem(self, message: str, hint: str | None = None) -> None:
        self._problems.append(Diagnostic(message, hint=hint))

    def _contradictions(self) -> None:
        """Two changes of one kind to one thing, and changes to what another change takes away."""
        seen = Counter((type(change), self._target(change)) for change in self._changes)
        for (_, target), times in seen.items():
            if times > 1:
                self._problem(f"{target} is to be changed {times} times in the same way")
        dropped = {target for kind, target in seen if kind in (DropTask, DropLink)}
        for kind, target in seen:
            if kind not in (DropTask, DropLink) and target in dropped:
                self._problem(f"{target} is to be dropped and changed")

    def _target(self, change: Change) -> str:
        """What a change is about, in words."""
        match change:
            case Delay() | Lengthen() | DropTask():
                return self._words.task(change.task)
            case AddLink():
                return f"new {self._words.link(change.link)}"
            case DropLink() | ChangeLag():
                known = self._named.get(change.link)
                return f"link '{change.link}'" if known is None else self._words.link(known)

    def _task(self, name: str, *, summary: bool = False) -> PlanTask | None:
        """A task that is part of the plan, or None and a problem."""
        task = self._given.get(name)
        if task is None:
            self._problem(f"there is no task '{name}'", did_you_mean(name, self._given))
        elif task.state is TaskState.DROPPED:
            self._problem(f"{self._words.task(name)} is dropped already")
        elif name in self._children and not summary:
            self._problem(f"{self._words.task(name)} is a summary task", "change the tasks it is made of")
        else:
            return task
        return None

    def _link(self, name: str) -> PlanLink | None:
        if name not in self._named:
            self._problem(f"there is no link '{name}'", did_you_mean(name, self._named))
        return self._named.get(name)

    def _delay(self, change: Delay) -> None:
        task = self._task(change.task)
        if change.minutes <= 0:
            self._problem(
                f"the delay of {self._words.task(change.task)} is not more than nothing", "give working minutes"
            )
            return
        if task is None:
            return
        if task.state is TaskState.DONE or task.actual_start is not None or task.actual_finish is not None:
            self._problem(f"{self._words.task(task.id)} has begun and cannot be delayed", "lengthen it instead")
            return
        if task.level_of_effort:
            self._problem(f"{self._words.task(task.id)} is level of effort", "delay what it accompanies")
            return
        if task.manual:
            calendar = self._plan.calendar if task.calendar is None else self._plan.calendars[task.calendar]
            self._tasks[task.id] = replace(
                self._tasks[task.id],
                pinned_start=_moved(task.pinned_start, change.minutes, calendar, start=True),
                pinned_finish=_moved(task.pinned_finish, change.minutes, calendar, start=False),
            )
            return
        planned = self._before.tasks[task.id]
        if planned.early_start_minutes is None:
            self._problem(f"it is not known when {self._words.task(task.id)} starts, so it cannot be delayed")
            return
        self._holds.append(self._hold(task.id, planned, change.minutes))

    def _hold(self, task: str, planned: TaskSchedule, minutes: int) -> tuple[PlanTask, PlanLink]:
        """A finished predecessor that ends when the delayed task may begin.

        Being finished it is never critical, is not put off by a status date, and takes part in nothing else.
        """
        name = f"(delay of {task})"
        while name in self._tasks:
            name = f"({name})"
        until = (planned.early_start_minutes or 0) + minutes
        first = self._before.start_date
        calendar = self._plan.calendar
        actual_start = actual_finish = None
        if first is not None and planned.early_start is not None:
            worked = calendar.worked(absolute(planned.early_start)) + minutes
            actual_finish = moment(calendar.finish_at(worked))
            actual_start = moment(calendar.start_at(worked - until))
        hold = PlanTask(
            id=name,
            name=name,
            duration_minutes=until,
            state=TaskState.DONE,
            start=first,
            actual_start=actual_start,
            actual_finish=actual_finish,
        )
        return hold, PlanLink(name, task)

    def _lengthen(self, change: Lengthen) -> None:
        task = self._task(change.task)
        if change.minutes == 0:
            self._problem(f"{self._words.task(change.task)} is to be lengthened by nothing")
        if task is None:
            return
        if task.state is TaskState.DONE or task.actual_finish is not None:
            self._problem(f"{self._words.task(task.id)} is finished and keeps its length")
            return
        if task.duration_minutes is None:
            self._problem(
                f"the duration of {self._words.task(task.id)} is not known, so it cannot be lengthened or shortened"
            )
            return
        left = task.duration_minutes if task.remaining_minutes is None else task.remaining_minutes
        if left + change.minutes < 0:
            left_of, cut = self._words.days(left), self._words.days(-change.minutes)
            self._problem(f"{self._words.task(task.id)} has {left_of} left and cannot be shortened by {cut}")
            return
        self._tasks[task.id] = replace(
            self._tasks[task.id],
            duration_minutes=task.duration_minutes + change.minutes,
            remaining_minutes=None if task.remaining_minutes is None else left + change.minutes,
        )

    def _drop(self, change: DropTask) -> None:
        if self._task(change.task, summary=True) is None:
            return
        pending = [change.task]
        while pending:
            name = pending.pop()
            pending.extend(self._children.get(name, ()))
            self._tasks[name] = replace(self._tasks[name], state=TaskState.DROPPED)

    def _add(self, link: PlanLink) -> None:
        ends = [self._task(end, summary=True) for end in dict.fromkeys((link.predecessor, link.successor))]
        if link.predecessor == link.successor:
            self._problem(f"{self._words.task(link.predecessor)} cannot wait for itself")
        elif link in self._plan.links:
            self._problem(f"the {self._words.link(link)} is there already")
        elif None not in ends:
            self._links[f"new {len(self._links)}"] = link


def _moved(at: dt.datetime | None, minutes: int, calendar: WorkingCalendar, *, start: bool) -> dt.datetime | None:
    if at is None:
        return None
    count = calendar.worked(absolute(at)) + minutes
    return moment(calendar.start_at(count) if start else calendar.finish_at(count))


def _iso(instant: dt.datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()
