"""Random cases: a program with facts, what is in it, and how a person reads it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from crm_rules.facts.base import FactBase
from crm_rules.facts.schema import RelationKind, Schema
from crm_rules.program.program import Program, compile_program
from crm_rules.rules.draft import ClauseDraft, RuleDraft
from crm_rules.rules.expressions import Aggregate, Expr, Not, Raised, walk
from crm_rules.rules.rule import Absent, AnyOf, Clause, Rule, Some, conditions
from tests.engine.choices import Choices
from tests.engine.random_facts import DEGREES, Ignorance, random_facts, random_schema
from tests.engine.random_rules import CONVENTIONS, Features, random_rules

EVERYTHING = Features()
MONOTONE = Features(knowledge=False, phases=False, named_entries=False)
"""Without the parts of the language that speak about the state of knowledge, or of entries nobody may have stated."""


@dataclass(frozen=True, repr=False)
class Case:
    """Rules and the facts to run them over."""

    drafts: tuple[RuleDraft, ...]
    facts: FactBase

    @property
    def schema(self) -> Schema:
        return self.facts.schema

    @cached_property
    def program(self) -> Program:
        """The checked program; raises RulesetError for the few cases the checker refuses."""
        return compile_program(self.drafts, self.schema, CONVENTIONS)

    def __repr__(self) -> str:
        return f"\n{described(self)}\n"


def random_case(choices: Choices, features: Features = EVERYTHING, ignorance: Ignorance | None = None) -> Case:
    """A program and facts."""
    schema = random_schema(choices)
    drafts = random_rules(choices, schema, features)
    facts = random_facts(choices, schema, choices.pick(DEGREES) if ignorance is None else ignorance)
    return Case(tuple(drafts), facts)


# -- what is in a program -------------------------------------------------------------------


def counted(program: Program) -> Counter[str]:
    """How often the parts of the language that engines find hard occur in a program."""
    found: Counter[str] = Counter()
    for rule in program.rules:
        for clause in _clauses(rule.when):
            found["negations"] += isinstance(clause, Absent)
            found["some"] += isinstance(clause, Some)
            found["any"] += isinstance(clause, AnyOf)
        for part in _parts(rule):
            found["negations"] += isinstance(part, Not)
            found["aggregates"] += isinstance(part, Aggregate)
            found["raised"] += isinstance(part, Raised)
    found["recursive strata"] = sum(s.recursive for s in program.strata)
    found["strata"] = len(program.strata)
    found["rules"] = len(program.rules)
    return found


def _clauses(when: tuple[Clause, ...]) -> Iterator[Clause]:
    for clause in when:
        yield clause
        if isinstance(clause, AnyOf):
            for alternative in clause.alternatives:
                yield from _clauses(alternative)


def _parts(rule: Rule) -> Iterator[Expr]:
    for clause in rule.when:
        for condition in conditions(clause):
            yield from walk(condition.expr)
    for conclude in rule.concludes:
        for value in conclude.values:
            yield from walk(value)


# -- for people -----------------------------------------------------------------------------


def described(case: Case) -> str:
    """Facts and rules in the notation of project and rule files."""
    lines: list[str] = []
    open_ = []
    for relation in case.schema.relations.values():
        names = ", ".join(f"{c.name}: {c.type.describe()}" + _many(c.arity.value) for c in relation.columns)
        lines.append(f"# {relation.kind.value} {relation.name} ({names})")
        if relation.kind is RelationKind.DERIVED:
            continue
        extension = case.facts.extensions[relation.name]
        if not extension.complete:
            open_.append(relation.name)
        entries = []
        for row in extension.rows:
            known = ((c.name, c.decode(v)) for c, v in zip(relation.columns, row, strict=True) if v is not None)
            entries.append("{" + ", ".join(f"{n}: {_value(v)}" for n, v in known) + "}")
        if relation.kind is RelationKind.SECTION:
            lines.append(f"{relation.name}: {entries[0]}")
        else:
            lines.append(f"{relation.name}:" + ("" if entries else " []"))
            lines.extend(f"  - {entry}" for entry in entries)
    lines.append(f"incomplete: [{', '.join(open_)}]")
    for draft in case.drafts:
        notes = [draft.status] if draft.status != "active" else []
        notes += [f"phases: {', '.join(p.value for p in draft.phases)}"] if draft.phases else []
        lines.append(f"--- {draft.id}" + (f" ({'; '.join(notes)})" if notes else ""))
        lines.append("when:")
        for clause in draft.when:
            lines.extend(_described_clause(clause, "  "))
        for conclude in draft.concludes:
            values = ", ".join(f"{n}: {v.value}" for n, (_, v) in conclude.values.items())
            lines.append(f"conclude: {conclude.relation.value}: {{{values}}}")
    return "\n".join(lines)


def _many(arity: str) -> str:
    return "" if arity == "one" else f", {arity}"


def _value(value: Any) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(_value(v) for v in value) + "]"
    if isinstance(value, str):
        return value or "''"
    return str(value)


def _described_clause(clause: ClauseDraft, margin: str) -> list[str]:
    lines = [f"{margin}- {clause.keyword}: {clause.head.value}"]
    if clause.be is not None:
        lines.append(f"{margin}  be: {clause.be.value}")
    if clause.where:
        lines.append(f"{margin}  where:")
        lines.extend(f"{margin}    - {w.value}" for w in clause.where)
    for alternative in clause.alternatives:
        lines.append(f"{margin}  - # alternative")
        for inner in alternative:
            lines.extend(_described_clause(inner, margin + "    "))
    return lines
