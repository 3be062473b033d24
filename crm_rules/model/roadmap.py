"""The plan in time: roadmap, tasks, and the names of what is computed from them.

The computed columns and lists are declared here because rules read them beside the stated ones;
how they are computed is none of this file's business.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import AfterValidator, Strict

from crm_rules.facts.schema import Arity, Column, Kind, Relation, RelationKind, ValueType
from crm_rules.model.base import (
    Count,
    Date,
    Days,
    Entry,
    Flag,
    Months,
    Ordered,
    Ref,
    Section,
    SetOf,
    TeamId,
    fact,
    refuse,
)
from crm_rules.model.enums import LinkType, TaskStatus, enum_type
from crm_rules.model.links import Link, LinkError, parse_link
from crm_rules.model.order import ORDER_LISTS, PHASE_OF_TASK
from crm_rules.model.task_kinds import TaskKind


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

    @property
    def links(self) -> tuple[Link, ...]:
        """`after`, parsed, in the author's order."""
        return tuple(parse_link(text) for text in self.after)


def _days(name: str, doc: str) -> Column:
    return Column(name, ValueType(Kind.NUMBER, unit="days"), doc=doc, computed=True)


def _key(name: str, target: str, doc: str, arity: Arity = Arity.ONE) -> Column:
    return Column(name, ValueType(Kind.KEY, targets=frozenset({target})), arity, doc, computed=True)


COMPUTED_TASK_COLUMNS: tuple[Column, ...] = (
    Column("critical", ValueType(Kind.BOOL), doc="a delay of the task delays the project", computed=True),
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
            _days("lag_days", "working days between the ends tied together; negative for a lead"),
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
)
"""Lists computed from the tasks; never in a project file."""
