"""The frozen program: everything an engine, a verifier or an explainer needs to know of a pack."""

from __future__ import annotations

import datetime as dt
import enum
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cached_property
from typing import Any

from crm_rules.diagnostics import Diagnostic, Span
from crm_rules.errors import RulesetError
from crm_rules.facts.schema import Column, Relation, RelationKind, Schema
from crm_rules.program.check import Conventions, check_rules
from crm_rules.program.stratify import Stratum, stratify
from crm_rules.rules.draft import RuleDraft, Setting
from crm_rules.rules.expressions import Compare, Const, Expr, Field, Known, Or
from crm_rules.rules.rule import Rule


@dataclass(frozen=True)
class Program:
    """A checked, stratified set of rules. Running it keeps nothing.

    Attributes:
        schema: all relations, derived ones included.
        rules: rules that run (no drafts), sorted by id.
        strata: order of evaluation.
        settings: thresholds of the pack.
    """

    schema: Schema
    rules: tuple[Rule, ...]
    strata: tuple[Stratum, ...]
    settings: Mapping[str, Setting] = field(default_factory=dict)

    @cached_property
    def fingerprint(self) -> str:
        """Hash of everything that can change a result, or what an engine prepares; equal programs have equal ones.

        Wording and places of the vocabulary, which no engine reads, are left out.
        """
        schema = self.schema
        stated = [r for _, r in sorted(schema.relations.items()) if r.kind is not RelationKind.DERIVED]
        # Where rules look for the phase is written in none of them.
        phase = schema.phase and [*schema.phase, schema.relations[schema.phase[0]].index(schema.phase[1])]
        content = [
            _canonical(self.rules),
            _canonical(derived_relations(schema)),
            [[r.name, r.kind.value, _canonical(r.columns)] for r in stated],
            _canonical(self.settings),
            phase,
        ]
        return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=True).encode()).hexdigest()

    @cached_property
    def by_id(self) -> Mapping[str, int]:
        """Rule id to position in `rules`."""
        return {r.id: i for i, r in enumerate(self.rules)}

    @cached_property
    def derived_in(self) -> Mapping[str, int]:
        """Derived relation to the stratum that makes it final; relations nothing derives are missing."""
        return {name: i for i, s in enumerate(self.strata) for name in s.relations}

    @cached_property
    def stratum_of(self) -> Mapping[int, int]:
        """Position of a rule to its stratum."""
        return {rule: i for i, s in enumerate(self.strata) for rule in s.rules}

    def rule(self, rule_id: str) -> Rule:
        """A rule by id; raises KeyError when there is none."""
        return self.rules[self.by_id[rule_id]]

    def witnessed(self, rule: int) -> tuple[bool, ...]:
        """For each outermost `some` of a rule, whether engines record its witness.

        They do where the relation is final before the rule runs. Inside a recursive stratum a
        witness has to be well-founded, which only the explainer can decide.
        """
        own = self.strata[self.stratum_of[rule]].relations
        return tuple(s.relation not in own for s in self.rules[rule].somes)

    def gate(self, rule: Rule) -> Expr | None:
        """The condition under which a rule may speak in the present phase; None when always.

        With the phase unknown there is no gate, so the condition is true or false, never unknown.
        """
        if rule.first_phase is None or self.schema.phase is None:
            return None
        section, name = self.schema.phase
        relation = self.schema.relations[section]
        index = relation.index(name)
        phase = Field(section, section, relation.columns[index], index)
        first = Const(rule.first_phase, phase.column.type)
        return Or((Known(phase, negated=True), Compare(">=", phase, first)))


def compile_program(
    drafts: Iterable[RuleDraft],
    schema: Schema,
    conventions: Conventions | None = None,
    warnings: list[Diagnostic] | None = None,
) -> Program:
    """Check and stratify rules.

    Args:
        drafts: rules as authored; drafts (`status: draft`) are checked and left out of the program.
        schema: what can be said, derived relations included.
        conventions: what else rules may name.
        warnings: list to which warnings are appended.

    Raises:
        RulesetError: with every error found.
    """
    conventions = conventions or Conventions()
    rules, problems = check_rules(list(drafts), schema, conventions)
    errors = [p for p in problems if p.severity == "error"]
    if warnings is not None:
        warnings.extend(p for p in problems if p.severity == "warning")
    active = tuple(r for r in rules if r.status != "draft")
    strata, cycles = stratify(active, schema)
    if errors or cycles:
        raise RulesetError(errors + cycles)
    return program_of(active, schema, strata, conventions.settings)


def program_of(
    rules: tuple[Rule, ...], schema: Schema, strata: tuple[Stratum, ...], settings: Mapping[str, Setting] | None = None
) -> Program:
    """Freeze checked rules and their strata into a program."""
    return Program(schema, rules, strata, dict(settings or {}))


def derived_relations(schema: Schema) -> tuple[Relation, ...]:
    """The relations rules derive, by name."""
    return tuple(r for _, r in sorted(schema.relations.items()) if r.kind is RelationKind.DERIVED)


def _canonical(value: Any) -> Any:
    """A JSON form that does not depend on hash order, places or file names."""
    match value:
        case Field():
            return ["field", value.var, value.relation, _canonical(value.column), value.index, value.derived]
        case Column(name=name, type=type_, arity=arity, may_be_nothing=nothing):
            # Engines leave out what values that are none would take.
            return ["column", name, type_.kind.value, arity.value, sorted(type_.targets), nothing]
        case Span():
            return None
        case enum.Enum():
            return value.value
        case dt.date():
            return ["date", value.isoformat()]
        case float():
            return ["float", repr(value)]
        case frozenset() | set():
            return sorted(_canonical(v) for v in value)
        case Mapping():
            return {str(k): _canonical(v) for k, v in value.items()}
        case tuple() | list():
            return [_canonical(v) for v in value]
        case _ if is_dataclass(value):
            return [
                type(value).__name__,
                *(_canonical(getattr(value, f.name)) for f in fields(value) if f.name != "span"),
            ]
        case _:
            return value
