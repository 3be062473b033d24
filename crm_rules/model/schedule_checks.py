"""What is computed about the quality of the plan: the names rules read it by.

How it is computed is none of this file's business.
"""

from __future__ import annotations

from crm_rules.facts.schema import Arity, Column, Kind, Relation, RelationKind, ValueType
from crm_rules.model.enums import Choice, enum_type


class CheckVerdict(Choice):
    """How a check of the plan came out."""

    FAILED = "failed", "breaks what holds for every plan"
    WARNING = "warning", "breaks a limit that somebody should look at"
    INFO = "info", "worth knowing, held against nobody"
    PASSED = "passed", "keeps its limit"
    NOT_MEASURABLE = "not_measurable", "the plan does not say what the check needs"


def _count(name: str, doc: str) -> Column:
    return Column(name, ValueType(Kind.NUMBER, integer=True, minimum=0), doc=doc, computed=True)


def _text(name: str, doc: str) -> Column:
    return Column(name, ValueType(Kind.TEXT), doc=doc, computed=True)


SCHEDULE_CHECKS = Relation(
    "schedule_checks",
    RelationKind.LIST,
    (
        Column("id", ValueType(Kind.KEY, targets=frozenset({"schedule_checks"})), doc="key", computed=True),
        _text("name", "what it looks at"),
        Column("verdict", ValueType(Kind.ENUM, enum=enum_type(CheckVerdict)), doc="how it came out", computed=True),
        _count("count", "what it counted"),
        Column(
            "tasks",
            ValueType(Kind.KEY, targets=frozenset({"tasks"})),
            Arity.SET,
            "tasks to be looked at, or tied together by links to be looked at",
            computed=True,
        ),
        _text("shown", "the first of those tasks or links, by name"),
    ),
    doc="Check of how well the roadmap is made, and its result.",
    singular="schedule check",
    computed=True,
)
