"""A small subject without CRM in it, for tests of explanations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crm_rules.diagnostics import Span
from crm_rules.engine.compiled import CompiledEngine
from crm_rules.engine.protocol import Run
from crm_rules.facts.base import FactBase, Origin
from crm_rules.facts.schema import Arity, Column, EnumType, Kind, Relation, RelationKind, Schema, ValueType
from crm_rules.program.program import Program, compile_program
from crm_rules.rules.draft import ClauseDraft, ConcludeDraft, ExampleDraft, RiskDraft, RuleDraft, Text

NUMBER = ValueType(Kind.NUMBER)
BOOL = ValueType(Kind.BOOL)
CONDITION = ValueType(Kind.ENUM, enum=EnumType("Condition", ("poor", "fair", "good"), ordinal=True))


def key(*targets: str) -> ValueType:
    return ValueType(Kind.KEY, targets=frozenset(targets))


SCHEMA = Schema.of(
    [
        Relation(
            "owner",
            RelationKind.SECTION,
            (Column("id", key("owner")), Column("solvent", BOOL, question="Is the owner solvent?")),
            singular="owner",
        ),
        Relation(
            "bridges",
            RelationKind.LIST,
            (
                Column("id", key("bridges")),
                Column("name", ValueType(Kind.TEXT)),
                Column("span_m", ValueType(Kind.NUMBER, unit="m"), question="How long is {name}?"),
                Column("condition", CONDITION, question="What condition is {name} in?"),
                Column("open", BOOL),
            ),
            singular="bridge",
            question="Are these all the bridges?",
        ),
        Relation(
            "inspections",
            RelationKind.LIST,
            (
                Column("id", key("inspections")),
                Column("bridge", key("bridges")),
                Column("findings", ValueType(Kind.TEXT), Arity.SET),
                Column("passed", BOOL, question="Did {name} pass?"),
            ),
            singular="inspection",
        ),
        Relation(
            "roads",
            RelationKind.LIST,
            (Column("id", key("roads")), Column("start", key("bridges")), Column("end", key("bridges"))),
            singular="road",
        ),
        Relation(
            "weak",
            RelationKind.DERIVED,
            (Column("about", key("bridges")),),
            title="A bridge is weak",
            sentence="{about} is weak",
        ),
        Relation(
            "reachable",
            RelationKind.DERIVED,
            (Column("start", key("bridges")), Column("end", key("bridges"))),
            title="One bridge can be reached from another",
        ),
    ]
)


def clause(keyword: str, head: str, *where: str, be: str | None = None) -> ClauseDraft:
    return ClauseDraft(keyword, Text(head), tuple(map(Text, where)), Text(be) if be else None)


def risk(cause: str = "c", likelihood: str = "3", impact: str = "4") -> RiskDraft:
    return RiskDraft(Text("risk"), None, Text(cause), Text("e"), Text("f"), Text(likelihood), Text(impact))


def rule(name: str, *when: ClauseDraft, cause: str = "c", **parts: Any) -> RuleDraft:
    examples = tuple(ExampleDraft(Text(e), e, {}, e) for e in ("fires", "silent"))
    if "concludes" in parts:
        return RuleDraft(name, Text(name), name, "conclusion", when, examples=examples, **parts)
    return RuleDraft(name, Text(name), name, "risk", when, examples=examples, risk=risk(cause), **parts)


def conclude(relation: str, **values: str) -> tuple[ConcludeDraft, ...]:
    return (ConcludeDraft(Text(relation), {k: (Text(k), Text(v)) for k, v in values.items()}),)


RULES = (
    rule(
        "weak",
        clause("each", "b in bridges", "b.condition <= 'poor'", "b.open"),
        clause("none", "i in inspections", "i.bridge == b.id", "i.passed"),
        concludes=conclude("weak", about="b.id"),
    ),
    rule("many", clause("let", "n", be="count(b for b in bridges if b.open)"), clause("check", "n >= 2")),
    rule("alarm", clause("each", "w in weak"), clause("some", "b in bridges", "b.id == w.about", "b.span_m > 50")),
    rule("either", clause("check", "raised('alarm') or raised('many') or owner.solvent == false")),
    rule("step", clause("each", "r in roads"), concludes=conclude("reachable", start="r.start", end="r.end")),
    rule(
        "far",
        clause("each", "x in reachable"),
        clause("each", "r in roads", "r.start == x.end"),
        concludes=conclude("reachable", start="x.start", end="r.end"),
    ),
    rule("round", clause("each", "x in reachable", "x.start == x.end")),
)

ENTRIES: Mapping[str, Any] = {
    "owner": {"solvent": True},
    "bridges": [
        {"id": "b1", "name": "North", "span_m": 80, "condition": "poor", "open": True},
        {"id": "b2", "span_m": 20, "condition": "good", "open": True},
        {"id": "b3", "condition": "poor"},
    ],
    "inspections": [{"id": "i1", "bridge": "b1", "passed": False}],
    "roads": [
        {"id": "r1", "start": "b1", "end": "b2"},
        {"id": "r2", "start": "b2", "end": "b3"},
        {"id": "r3", "start": "b3", "end": "b1"},
    ],
}

PLACES = {
    ("bridges", "", ""): Span("bridges.yaml", 3, 1),
    ("bridges", "b1", ""): Span("bridges.yaml", 4, 5),
    ("bridges", "b1", "condition"): Span("bridges.yaml", 5, 9),
}


def program(*more: RuleDraft) -> Program:
    return compile_program([*RULES, *more], SCHEMA)


def run(entries: Mapping[str, Any] = ENTRIES, incomplete: tuple[str, ...] = (), of: Program | None = None) -> Run:
    return CompiledEngine().run(of or program(), FactBase.of(SCHEMA, entries, incomplete, Origin(PLACES)))
