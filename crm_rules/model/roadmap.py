"""The plan in time: roadmap, tasks, and the names of what is computed from them.

The computed columns and lists are declared here because rules read them beside the stated ones;
how they are computed is none of this file's business.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Strict

from crm_rules.facts.schema import Arity, Column, Kind, Relation, RelationKind, ValueType
from crm_rules.facts.values import NO_VALUE
from crm_rules.model.base import (
    Count,
    Date,
    Days,
    Entry,
    Flag,
    Id,
    Months,
    Ordered,
    Ref,
    Section,
    SetOf,
    Share,
    TeamId,
    fact,
    refuse,
)
from crm_rules.model.enums import ConstraintType, LagUnit, LinkType, TaskStatus, enum_type
from crm_rules.model.links import Link, LinkError, parse_link
from crm_rules.model.order import ORDER_LISTS, PHASE_OF_TASK
from crm_rules.model.schedule_checks import SCHEDULE_CHECKS
from crm_rules.model.task_kinds import TaskKind
from crm_rules.model.working_hours import HOURS, WEEKDAYS, DaysOff, Hours, Weekdays


class Roadmap(Section):
    """The roadmap as a whole (PMBOK: schedule model; PM²: Project Work Plan)."""

    exists: Flag | None = fact(
        "there is an overview of the main tasks and of how they hang together",
        ask="Are the main tasks of the introduction and how they hang together laid down?",
    )
    links_defined: Flag | None = fact(
        "the overview says which task has to wait for which", ask="Does the roadmap say which task depends on which?"
    )
    schedule_agreed: Flag | None = fact(
        "everybody concerned has accepted dates for selection and introduction",
        ask="Have dates for selection and introduction been set and agreed?",
    )
    planned_months: Months | None = fact(
        "time the introduction is meant to take from beginning to end",
        ask="How many months is the whole introduction planned to take?",
    )
    elapsed_months: Months | None = fact(
        "time since the introduction began", ask="How many months have gone by since the project began?"
    )
    start: Date | None = fact("day the work of the roadmap begins", ask="On which day does the work begin?")
    status_date: Date | None = fact(
        "day up to which progress is reported; work that is left comes later (PMBOK: data date)",
        ask="Up to the end of which day is progress reported?",
        blank="the day the facts describe",
    )
    weekdays: Weekdays = fact(
        "days of the week that are worked",
        ask="On which days of the week does the project work?",
        blank="Monday to Friday",
        default=WEEKDAYS,
    )
    hours: Hours = fact(
        "hours of a day of work, such as 08:00-12:00; together they are the working day durations are counted in",
        ask="At which hours does the project work?",
        blank="8 to 12 and 13 to 17 o'clock",
        default=HOURS,
    )
    holidays: DaysOff = fact(
        "days nobody works, such as 2026-05-01 or 2026-12-24..2027-01-01",
        ask="On which days does nobody work on the project?",
        blank="no days off besides the weekends",
        default=(),
    )


class Calendar(Entry):
    """Working time other than the project's (PMBOK: resource calendar)."""

    singular: ClassVar[str] = "calendar"
    completeness: ClassVar[str] = "Are these all the calendars that differ from the project's?"

    weekdays: Weekdays = fact(
        "days of the week that are worked",
        ask="Which days of the week does '{name}' work?",
        blank="Monday to Friday",
        default=WEEKDAYS,
    )
    hours: Hours = fact(
        "hours of a day of work, such as 08:00-12:00",
        ask="Which hours of the day does '{name}' work?",
        blank="8 to 12 and 13 to 17 o'clock",
        default=HOURS,
    )
    holidays: DaysOff = fact(
        "days off, such as 2026-05-01 or 2026-12-24..2027-01-01; those of the project are not among them",
        ask="Which days off does '{name}' have?",
        blank="no days off besides the weekends",
        default=(),
    )


def _read_link(text: str) -> str:
    try:
        parse_link(text)
    except LinkError as error:
        raise refuse(error.message, error.hint) from None
    return text


def _read_links(texts: tuple[str, ...]) -> tuple[str, ...]:
    seen: set[tuple[str, LinkType]] = set()
    for link in map(parse_link, texts):
        if (link.predecessor, link.type) in seen:
            raise refuse(f"'{link.predecessor}' is named twice with the same type of link", "keep one of the two")
        seen.add((link.predecessor, link.type))
    return texts


def _predecessor(text: str) -> str:
    return parse_link(text).predecessor


LinkText = Annotated[
    str,
    Strict(),
    AfterValidator(_read_link),
    Ref(("tasks",), itself="a task cannot wait for itself", reads=_predecessor),
]


class Task(Entry):
    """Task of the roadmap (PMBOK: activity)."""

    singular: ClassVar[str] = "task"
    completeness: ClassVar[str] = "Are these all the tasks of the roadmap?"

    kind: TaskKind | None = fact("sort of work, whatever the task is called", ask="What kind of task is '{name}'?")
    stage: Count | None = fact(
        "number of the roll-out stage, 0 for what comes before all stages",
        ask="To which roll-out stage does the task '{name}' belong?",
    )
    owner: TeamId | None = fact("person who answers for the result", ask="Who answers for the task '{name}'?")
    contributors: SetOf[TeamId] = fact(
        "people who work on it besides its owner",
        ask="Who else works on the task '{name}'?",
        blank="nobody else",
        default=(),
    )
    duration: Days | None = fact(
        "working days it is planned to take", ask="How many working days is the task '{name}' planned to take?"
    )
    start: Date | None = fact(
        "day it begins, planned or actual", ask="When does the task '{name}' start, or when did it?"
    )
    finish: Date | None = fact(
        "day it ends, planned or actual", ask="When does the task '{name}' finish, or when did it?"
    )
    # A blank is not unknown: what is on the critical path would then change as tasks are reported done.
    status: TaskStatus = fact(
        "how far it has come",
        ask="Is the task '{name}' still planned, running, done, or dropped?",
        blank="planned",
        default=TaskStatus.PLANNED,
    )
    after: Annotated[Ordered[LinkText], AfterValidator(_read_links)] = fact(
        "tasks it waits for, each with an optional type of link and lag",
        ask="Which tasks must come before the task '{name}'?",
        blank="waits for no other task",
        default=(),
    )
    parent: Annotated[Id, Ref(("tasks",), itself="a task cannot be part of itself")] | None = fact(
        "task it is part of; the dates of that one follow from its parts (PMBOK: summary activity)",
        ask="Which task is '{name}' part of?",
        blank="part of no other task",
        nothing=True,
    )
    calendar: Annotated[Id, Ref(("calendars",))] | None = fact(
        "working time it is carried out in",
        ask="In which working time is the task '{name}' carried out?",
        blank="that of the project",
        nothing=True,
    )
    constraint: ConstraintType = fact(
        "what the date laid down for it does (PMBOK: imposed date)",
        ask="Is a date laid down for the task '{name}', and what does it fix?",
        blank="as soon as possible",
        default=ConstraintType.AS_SOON_AS_POSSIBLE,
    )
    constraint_date: Date | None = fact(
        "date laid down for it: the first day of work for a start, the last one for a finish",
        ask="Which date is laid down for the task '{name}'?",
        blank="no date is laid down",
        nothing=True,
    )
    deadline: Date | None = fact(
        "day by which it is to be finished; missing it is shown and moves nothing",
        ask="By which day does the task '{name}' have to be finished?",
        blank="none of its own",
        nothing=True,
    )
    manual: Flag = fact(
        "scheduled by hand: its start and finish stand, whatever it waits for",
        ask="Do the dates of the task '{name}' stand whatever it waits for?",
        blank="its dates follow from its links",
        default=False,
    )
    actual_start: Date | None = fact(
        "day it really began",
        ask="When did the task '{name}' really begin?",
        blank="the start of a task that is running or done; none while it is planned",
        nothing=True,
    )
    actual_finish: Date | None = fact(
        "day it was really finished",
        ask="When was the task '{name}' really finished?",
        blank="the finish of a task that is done; none before",
        nothing=True,
    )
    progress: Share | None = fact(
        "part of its duration that has gone by in work",
        ask="How much of the duration of the task '{name}', from 0 to 1, has been worked off?",
        blank="0 while it is planned, 1 when it is done",
    )
    remaining: Days | None = fact(
        "working days it still needs",
        ask="How many working days does the task '{name}' still need?",
        blank="what its progress leaves of its duration",
    )
    baseline_start: Date | None = fact(
        "day it was agreed to begin (PMBOK: schedule baseline)",
        ask="When was the task '{name}' to begin when the schedule was agreed?",
        blank="none was agreed",
        nothing=True,
    )
    baseline_finish: Date | None = fact(
        "day it was agreed to be finished",
        ask="When was the task '{name}' to be finished when the schedule was agreed?",
        blank="none was agreed",
        nothing=True,
    )
    baseline_duration: Days | None = fact(
        "working days it was agreed to take",
        ask="How many working days was the task '{name}' to take when the schedule was agreed?",
        blank="none was agreed",
        nothing=True,
    )
    optimistic_duration: Days | None = fact(
        "working days it takes when everything goes well (PMBOK: three-point estimate)",
        ask="How many working days does the task '{name}' take if everything goes well?",
    )
    likely_duration: Days | None = fact(
        "working days it takes most probably",
        ask="How many working days does the task '{name}' most probably take?",
        blank="its planned duration",
    )
    pessimistic_duration: Days | None = fact(
        "working days it takes when everything goes badly",
        ask="How many working days does the task '{name}' take if everything goes badly?",
    )

    @property
    def links(self) -> tuple[Link, ...]:
        """`after`, parsed, in the author's order."""
        return tuple(parse_link(text) for text in self.after)

    @property
    def began(self) -> Date | None:
        """Day it really began; None when it has not, or nobody says."""
        if self.actual_start is None and self.status in (TaskStatus.RUNNING, TaskStatus.DONE):
            return self.start
        return self.actual_start

    @property
    def ended(self) -> Date | None:
        """Day it was really finished; None when it has not been, or nobody says."""
        return self.finish if self.actual_finish is None and self.status is TaskStatus.DONE else self.actual_finish

    @property
    def worked(self) -> float | None:
        """Part of the duration that has gone by in work, 0 to 1; None when nobody says."""
        if self.progress is None:
            return {TaskStatus.PLANNED: 0.0, TaskStatus.DONE: 1.0}.get(self.status)
        return self.progress

    @property
    def days_left(self) -> float | None:
        """Working days it still needs; None when nobody says."""
        if self.remaining is None:
            if self.status is TaskStatus.DONE:
                return 0.0
            if self.duration is not None and self.worked is not None:
                return round(self.duration * (1 - self.worked), 6)  # 10 days at 0.9 leave 1 and not a little less
        return self.remaining

    def implied(self) -> Mapping[str, Any]:
        """See `Record.implied`."""
        planned = self.status is TaskStatus.PLANNED
        ended: Any = self.ended
        if ended is None and (planned or self.status is TaskStatus.RUNNING):
            ended = NO_VALUE
        return {
            "actual_start": NO_VALUE if planned else self.began,
            "actual_finish": ended,
            "progress": self.worked,
            "remaining": self.days_left,
            "likely_duration": self.duration if self.likely_duration is None else self.likely_duration,
        }


def _days(name: str, doc: str) -> Column:
    return Column(name, ValueType(Kind.NUMBER, unit="days"), doc=doc, computed=True)


def _key(name: str, target: str, doc: str, arity: Arity = Arity.ONE) -> Column:
    return Column(name, ValueType(Kind.KEY, targets=frozenset({target})), arity, doc, computed=True)


COMPUTED_TASK_COLUMNS: tuple[Column, ...] = (
    Column(
        "critical",
        ValueType(Kind.BOOL),
        doc="a delay of the task delays the project; never of a summary task, whose parts say it",
        computed=True,
    ),
    _days("total_float_days", "working days the task can slip before the project does"),
    _days("free_float_days", "working days the task can slip before another task does"),
    _days("early_start_day", "earliest start, in working days from the start of the project"),
    _days("early_finish_day", "earliest finish, in working days from the start of the project"),
    _days("late_start_day", "latest start, in working days from the start of the project"),
    _days("late_finish_day", "latest finish, in working days from the start of the project"),
    PHASE_OF_TASK,
)
"""Columns the schedule and the kind add to tasks; never written by an author."""

COMPUTED_LISTS: tuple[Relation, ...] = (
    Relation(
        "task_links",
        RelationKind.LIST,
        (
            _key("id", "task_links", "key"),
            _key("predecessor", "tasks", "task waited for"),
            _key("successor", "tasks", "task that waits"),
            Column(
                "type",
                ValueType(Kind.ENUM, enum=enum_type(LinkType)),
                doc="which ends of the two tasks are tied together",
                computed=True,
            ),
            _days(
                "lag_days",
                "days between the ends tied together, of the kind the unit says; part of a duration is in working "
                "days; negative for a lead",
            ),
            Column(
                "lag_unit",
                ValueType(Kind.ENUM, enum=enum_type(LagUnit)),
                doc="what the lag is counted in",
                computed=True,
            ),
        ),
        doc="Dependency between two tasks (PMBOK: logical relationship).",
        singular="link",
        computed=True,
    ),
    Relation(
        "cycles",
        RelationKind.LIST,
        (
            _key("id", "cycles", "key"),
            Column("path", ValueType(Kind.TEXT), doc="names of the tasks round the loop", computed=True),
            _key("tasks", "tasks", "tasks that wait for each other", Arity.SET),
            Column(
                "size",
                ValueType(Kind.NUMBER, integer=True, minimum=1),
                doc="number of tasks that wait for each other",
                computed=True,
            ),
        ),
        doc="Tasks that wait for each other in a loop, so that none of them can start (PMBOK: network loop).",
        singular="cycle",
        computed=True,
    ),
    *ORDER_LISTS,
    SCHEDULE_CHECKS,
)
"""Lists computed from the tasks; never in a project file."""
