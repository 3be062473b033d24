"""What is computed about the order and the load of the work: the names rules read it by.

How it is computed is none of this file's business.
"""

from __future__ import annotations

from crm_rules.facts.schema import Arity, Column, EnumType, Kind, Relation, RelationKind, ValueType
from crm_rules.model.enums import Choice, Phase, enum_type
from crm_rules.model.task_kinds import Need, TaskKind


class OrderVerdict(Choice):
    """What the roadmap does to a constraint on the order of work."""

    VIOLATED_BY_LOGIC = "violated_by_logic", "links of the roadmap lay down the opposite"
    VIOLATED_BY_DATES = "violated_by_dates", "no link decides it, and dates or progress go against it"
    NOT_SECURED = "not_secured", "the dates agree, and no link keeps them so"
    MISSING = "missing", "what should come first is not planned"
    SATISFIED = "satisfied", "links or facts keep it, or there is nothing it speaks of"


def _text(name: str, doc: str) -> Column:
    return Column(name, ValueType(Kind.TEXT), doc=doc, computed=True)


def _count(name: str, doc: str, minimum: int = 0) -> Column:
    return Column(name, ValueType(Kind.NUMBER, integer=True, minimum=minimum), doc=doc, computed=True)


def _days(name: str, doc: str) -> Column:
    return Column(name, ValueType(Kind.NUMBER, unit="days"), doc=doc, computed=True)


def _flag(name: str, doc: str) -> Column:
    return Column(name, ValueType(Kind.BOOL), doc=doc, computed=True)


def _key(name: str, target: str, doc: str, arity: Arity = Arity.ONE) -> Column:
    return Column(name, ValueType(Kind.KEY, targets=frozenset({target})), arity, doc, computed=True)


def _enum(name: str, enum: EnumType, doc: str) -> Column:
    return Column(name, ValueType(Kind.ENUM, enum=enum), doc=doc, computed=True)


_PHASE = _enum("phase", enum_type(Phase), "phase of the introduction the work belongs to")

PHASE_OF_TASK = _PHASE
"""Column of tasks: the phase of their kind."""

ORDER_LISTS: tuple[Relation, ...] = (
    Relation(
        "orderings",
        RelationKind.LIST,
        (
            _key("id", "orderings", "key, the name of the constraint"),
            _text("name", "what has to hold, in words"),
            _enum("verdict", enum_type(OrderVerdict), "what the roadmap does to it, the worst of all its tasks"),
            _key("first", "tasks", "task that should come first"),
            _key("second", "tasks", "task that should come after it"),
            _count("stage", "roll-out stage of the second task"),
            _count("others", "number of further tasks with the same verdict"),
            _text("because", "the verdict in words"),
        ),
        doc="Constraint on the order of work and what the roadmap does to it.",
        singular="ordering",
        computed=True,
    ),
    Relation(
        "task_kinds",
        RelationKind.LIST,
        (
            _key("id", "task_kinds", "key: the kind, and the stage it is needed in where that is one of several"),
            _text("name", "the kind in words"),
            _enum("kind", enum_type(TaskKind), "kind of task"),
            _PHASE,
            _enum("need", EnumType("Need", tuple(n.value for n in Need)), "how much a roadmap depends on it"),
            _flag("planned", "a task of the kind is in the roadmap"),
            _count("needed_by", "number of constraints that miss it because of work that is planned"),
            _count("severity", "how bad it is to do without, from 1 to 5", 1),
            _text("because", "what it is needed for, in words"),
        ),
        doc="Kind of work a roadmap can hold, once for the roadmap and once for each stage that needs its own.",
        singular="kind of work",
        computed=True,
    ),
    Relation(
        "task_phases",
        RelationKind.LIST,
        (
            _key("id", "task_phases", "key, the phase"),
            _text("name", "the phase in words"),
            _PHASE,
            _count("tasks", "number of its tasks in the roadmap"),
            _count("missing", "number of kinds of work the phase should have and the roadmap lacks"),
            _text("lacks", "those kinds in words"),
        ),
        doc="Phase of the introduction as the roadmap covers it.",
        singular="phase",
        computed=True,
    ),
    Relation(
        "stages",
        RelationKind.LIST,
        (
            _key("id", "stages", "key, the number of the stage"),
            _text("name", "the stage in words"),
            _count("number", "number of the stage", 1),
            _flag("first", "no stage comes before it"),
            _count("tasks", "number of its tasks"),
            _days("days", "sum of the durations of its tasks, in working days"),
            Column(
                "share", ValueType(Kind.NUMBER, unit="share"), doc="its part of the days of all stages", computed=True
            ),
            _flag("smallest", "no other stage has fewer days"),
            _flag("builds", "it configures or develops something"),
            _flag("rolls_out", "it puts something into use"),
        ),
        doc="Roll-out stage as the roadmap covers it.",
        singular="stage",
        computed=True,
    ),
    Relation(
        "overlaps",
        RelationKind.LIST,
        (
            _key("id", "overlaps", "key: the person and the first day"),
            _text("name", "person and period in words"),
            _key("person", "team", "person who answers for the tasks"),
            _key("tasks", "tasks", "tasks that run at the same time", Arity.SET),
            _count("most", "largest number of tasks on one day", 2),
            _text("begins", "when it begins"),
            _text("ends", "when it ends"),
            _days("days", "working days on which more than one task runs"),
        ),
        doc="Period in which one person answers for several running tasks without a break.",
        singular="overlap",
        computed=True,
    ),
)
"""Lists computed from the tasks and from what packs say about their order; never in a project file."""
