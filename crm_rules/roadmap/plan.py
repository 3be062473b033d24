"""What the roadmap is computed from: tasks and links as plain data, times in whole minutes.

No file format, no project model and no calculation may live here. Whoever has tasks to schedule
(a project file, an imported plan, a test) builds a `Plan`.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from crm_rules.roadmap.working_time import STANDARD, WorkingCalendar

MINUTES_PER_DAY: Final = 480
"""Working minutes of one working day where a plan does not say otherwise."""


class LinkType(StrEnum):
    """Which end of the predecessor holds back which end of the successor (precedence diagram method)."""

    FS = "fs"  # finish to start: the successor starts after the predecessor has finished
    SS = "ss"  # start to start
    FF = "ff"  # finish to finish
    SF = "sf"  # start to finish

    @property
    def from_finish(self) -> bool:
        """Whether the link leaves the finish of the predecessor."""
        return self in (LinkType.FS, LinkType.FF)

    @property
    def to_finish(self) -> bool:
        """Whether the link enters the finish of the successor."""
        return self in (LinkType.FF, LinkType.SF)

    @staticmethod
    def joining(from_finish: bool, to_finish: bool) -> LinkType:
        """The type that joins the two ends named."""
        if from_finish:
            return LinkType.FF if to_finish else LinkType.FS
        return LinkType.SF if to_finish else LinkType.SS


class TaskState(StrEnum):
    """What a task is to the schedule."""

    OPEN = "open"  # to be done, or being done
    DONE = "done"  # finished: keeps its place in the network, never critical
    DROPPED = "dropped"  # no longer part of the plan


class LagUnit(StrEnum):
    """What the lag of a link is counted in."""

    WORKING = "working"  # minutes worked on the lag calendar of the plan
    ELAPSED = "elapsed"  # minutes on the clock, nights and holidays included
    PERCENT = "percent"  # part of the predecessor's duration, in working time


class LagCalendar(StrEnum):
    """Whose working time a lag is counted in. Microsoft Project knows the successor's only, Primavera all four."""

    PREDECESSOR = "predecessor"
    SUCCESSOR = "successor"
    PROJECT = "project"
    CLOCK = "clock"  # every minute counts


class ConstraintType(StrEnum):
    """What a date laid down for a task does to its schedule."""

    ASAP = "asap"  # as soon as possible: nothing
    ALAP = "alap"  # as late as possible without delaying the project
    SNET = "snet"  # start no earlier than
    FNET = "fnet"  # finish no earlier than
    SNLT = "snlt"  # start no later than, even against the links
    FNLT = "fnlt"  # finish no later than, even against the links
    MSO = "mso"  # must start on
    MFO = "mfo"  # must finish on

    @property
    def dated(self) -> bool:
        """Whether it needs a date."""
        return self not in (ConstraintType.ASAP, ConstraintType.ALAP)

    @property
    def hard(self) -> bool:
        """Whether it overrides the links."""
        return self.dated and self not in (ConstraintType.SNET, ConstraintType.FNET)


@dataclass(frozen=True, slots=True)
class Constraint:
    """A constraint on the dates of a task.

    Attributes:
        type: what it does.
        at: the date and time it names; None exactly for ASAP and ALAP.
    """

    type: ConstraintType
    at: dt.datetime | None = None

    def __post_init__(self) -> None:
        if self.type.dated is not (self.at is not None):
            raise ValueError(f"a constraint {self.type.value} {'needs a' if self.type.dated else 'has no'} date")


@dataclass(frozen=True, slots=True)
class Estimate:
    """A duration in three points, in working minutes, ascending.

    Attributes:
        optimistic, likely, pessimistic: `likely` is the mode.
    """

    optimistic: int
    likely: int
    pessimistic: int

    def __post_init__(self) -> None:
        if not 0 <= self.optimistic <= self.likely <= self.pessimistic:
            raise ValueError("an estimate needs 0 <= optimistic <= likely <= pessimistic")


@dataclass(frozen=True, slots=True)
class Baseline:
    """What was once agreed for a task; None where it was not.

    Attributes:
        start, finish: dates and times.
        duration_minutes: working minutes.
    """

    start: dt.datetime | None = None
    finish: dt.datetime | None = None
    duration_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class PlanTask:
    """One task. What is left out is not there, except for durations, which are then unknown.

    Attributes:
        id: unique within the plan.
        name: wording for readers; the id where nothing better is known.
        duration_minutes: working minutes on the task's calendar, at least 0; None when unknown. Of a task
            with children it means nothing.
        state: open, done or dropped.
        start, finish: stated dates. They anchor the calendar and give away which link of a loop is
            wrong; they constrain the schedule only of a `manual` task.
        stage: number of the roll-out stage; None when unknown.
        kind: name of the kind of task; None when unknown.
        kind_guessed: the kind was recognised from the name and has not been confirmed.
        owners: ids or names of those who answer for it or are assigned to it, sorted.
        parent: id of the summary task it is part of. A task is a summary task when others name it so: its dates
            are those of its parts, and its links and constraints hold for all of them.
        calendar: name of a calendar of the plan; None for the plan's own.
        constraint: dates laid down.
        deadline: moves no early date; finishing later makes float negative.
        manual: scheduled by hand: `pinned_start` and `pinned_finish` stand whatever the links say.
        pinned_start, pinned_finish: dates of a manual task.
        actual_start, actual_finish: what happened.
        remaining_minutes: working minutes still to do on a started task; None when nobody says.
        levelling_delay_minutes: minutes on the clock the start was put off by to relieve people.
        level_of_effort: it lasts as long as what it accompanies and drives nothing.
        baseline: what was agreed.
        estimate: duration in three points.
        source: where the task stands in its file, for messages (`line 12`, `UID 7`); "" when nowhere.
    """

    id: str
    name: str
    duration_minutes: int | None
    state: TaskState = TaskState.OPEN
    start: dt.date | None = None
    finish: dt.date | None = None
    stage: int | None = None
    kind: str | None = None
    kind_guessed: bool = False
    owners: tuple[str, ...] = ()
    parent: str | None = None
    calendar: str | None = None
    constraint: Constraint | None = None
    deadline: dt.datetime | None = None
    manual: bool = False
    pinned_start: dt.datetime | None = None
    pinned_finish: dt.datetime | None = None
    actual_start: dt.datetime | None = None
    actual_finish: dt.datetime | None = None
    remaining_minutes: int | None = None
    levelling_delay_minutes: int = 0
    level_of_effort: bool = False
    baseline: Baseline | None = None
    estimate: Estimate | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class PlanLink:
    """A dependency of one task on another.

    Attributes:
        predecessor, successor: task ids.
        type: which ends are joined.
        lag: how long to wait in minutes, negative for a lead; with `LagUnit.PERCENT` the part of the
            predecessor's duration in hundredths of a percent (5000 is half of it).
        unit: what the lag is counted in.
        source: where the link stands in its file; "" when nowhere.
    """

    predecessor: str
    successor: str
    type: LinkType = LinkType.FS
    lag: int = 0
    unit: LagUnit = LagUnit.WORKING
    source: str = field(default="", compare=False)

    @property
    def sort_key(self) -> tuple[str, str, str, int, str]:
        """Orders links by what they say."""
        return self.predecessor, self.successor, self.type.value, self.lag, self.unit.value


@dataclass(frozen=True, slots=True)
class Plan:
    """Tasks and the links between them. Their order carries no meaning.

    Attributes:
        tasks: the tasks that are known.
        links: the links between them; several between two tasks are legal (SS with FF).
        complete: False when there may be more tasks than are known.
        name: name of the plan; "" when it has none.
        start: when the project starts; None to take the earliest stated start of a task that waits for no other.
        status_date: progress is known up to here; work that is left comes later.
        work_after_status: work that is left is put after the status date, as Primavera does; False to leave it
            where links put it, as Microsoft Project does until somebody reschedules.
        constraints_override_links: hard constraints hold against links, as Microsoft Project does unless told
            otherwise; False where they give way. MSO and MFO then are the earliest dates the links may still put off,
            and all four cap late dates, so that a date the links do not allow shows as negative float. That is what
            Primavera makes of all but its mandatory dates.
        calendar: the plan's own working time.
        calendars: further calendars by name.
        lag_calendar: whose working time lags are counted in.
        critical_limit_minutes: tasks with at most this much total float are critical.
        minutes_per_day: working minutes of the working day in which durations are written and results shown,
            whatever the calendar of a task.

    Raises:
        ValueError: two tasks of one id, a link to or a summary that is not there, summaries inside each other, a
            calendar that is not there, a negative duration, or a working day without minutes; the message
            names all of them.
    """

    tasks: tuple[PlanTask, ...]
    links: tuple[PlanLink, ...] = ()
    complete: bool = True
    name: str = ""
    start: dt.datetime | None = None
    status_date: dt.datetime | None = None
    calendar: WorkingCalendar = STANDARD
    calendars: Mapping[str, WorkingCalendar] = field(default_factory=dict)
    lag_calendar: LagCalendar = LagCalendar.SUCCESSOR
    critical_limit_minutes: int = 0
    minutes_per_day: int = MINUTES_PER_DAY
    work_after_status: bool = True
    constraints_override_links: bool = True

    def __post_init__(self) -> None:
        counted = Counter(t.id for t in self.tasks)
        problems = [f"{n} tasks have the id {i!r}" for i, n in sorted(counted.items()) if n > 1]
        if self.minutes_per_day < 1:
            problems.append(f"a working day has at least one minute, not {self.minutes_per_day}")
        problems += [
            f"task {t.id!r} has a negative duration"
            for t in self.tasks
            if t.duration_minutes is not None and t.duration_minutes < 0
        ]
        problems += [
            f"link {k.predecessor!r} -> {k.successor!r} names the unknown task {end!r}"
            for k in self.links
            for end in (k.predecessor, k.successor)
            if end not in counted
        ]
        problems += [
            f"task {t.id!r} is part of the unknown task {t.parent!r}"
            for t in self.tasks
            if t.parent is not None and t.parent not in counted
        ]
        problems += [
            f"task {t.id!r} has the unknown calendar {t.calendar!r}"
            for t in self.tasks
            if t.calendar is not None and t.calendar not in self.calendars
        ]
        problems += _endless_summaries(self.tasks)
        if problems:
            raise ValueError("; ".join(problems))

    @property
    def earliest_work(self) -> dt.datetime | None:
        """Before when no work that is left may be put: the status date, unless that moves nothing; None for no date."""
        return self.status_date if self.work_after_status else None


def _endless_summaries(tasks: Iterable[PlanTask]) -> list[str]:
    """Tasks that are part of themselves, by however many steps."""
    parents = {t.id: t.parent for t in tasks if t.parent is not None}
    sound: set[str] = set()
    problems: list[str] = []
    for task in sorted(parents):
        way: list[str] = []
        at: str | None = task
        while at in parents and at not in sound and at not in way:
            way.append(at)
            at = parents[at]
        if at in way and at == task:
            problems.append(f"task {task!r} is part of itself")
        elif at not in way:
            sound.update(way)
    return problems


def minutes_of(days: float, per_day: int = MINUTES_PER_DAY) -> int:
    """Working days of `per_day` minutes as whole working minutes, rounded to the nearest minute.

    Raises:
        ValueError, OverflowError: `days` is not a finite number.
    """
    whole, part = divmod(days, 1)  # so that no number of days is too large
    return int(whole) * per_day + round(part * per_day)


def days_of(minutes: int, per_day: int = MINUTES_PER_DAY) -> int | float:
    """Working minutes as working days of `per_day` minutes; a whole number where it is one."""
    days, rest = divmod(minutes, per_day)
    return days if not rest else minutes / per_day


def named_links(links: Iterable[PlanLink]) -> tuple[tuple[str, PlanLink], ...]:
    """Links with ids that are unique and do not depend on their order, sorted by task ids and type.

    The id reads `tor->cfg fs`; of several links of one type between two tasks the second (by lag)
    and later ones carry a number, `tor->cfg fs #2`.
    """
    seen: Counter[str] = Counter()
    named: list[tuple[str, PlanLink]] = []
    for link in sorted(links, key=lambda k: k.sort_key):
        name = f"{link.predecessor}->{link.successor} {link.type.value}"
        seen[name] += 1
        named.append((name if seen[name] == 1 else f"{name} #{seen[name]}", link))
    return tuple(named)
