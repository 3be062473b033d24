"""What decided a condition: the fields, absences and findings it was read off.

`deciding` gives the readings that make a condition true or false: all of them for *and*, the
first that suffices for *or*. `open_points` gives what leaves a condition unknown. Neither
searches: both follow one expression for facts already bound.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from crm_rules.facts.schema import RelationKind, Schema
from crm_rules.facts.values import Row, Value
from crm_rules.rules.clauses import clause_truth, clauses_truth, matches
from crm_rules.rules.expressions import (
    Aggregate,
    And,
    AtLeast,
    Compare,
    Const,
    Expr,
    Field,
    In,
    Known,
    Local,
    Not,
    Or,
    Raised,
    children,
)
from crm_rules.rules.rule import Absent, AnyOf, Check, Clause, Condition, Each, Let, Rule, Some
from crm_rules.rules.semantics import Candidate, World, all_of, evaluate, is_known


@dataclass(frozen=True, slots=True)
class FieldReading:
    """A field of a fact was read."""

    relation: str
    row: Row
    column: str
    index: int
    value: Value


@dataclass(frozen=True, slots=True)
class FactReading:
    """A fact was there."""

    relation: str
    row: Row


@dataclass(frozen=True, slots=True)
class AbsenceReading:
    """Among the facts of a relation none matched."""

    relation: str
    considered: int
    text: str


@dataclass(frozen=True, slots=True)
class AggregateReading:
    """An aggregate was taken over the facts of a relation."""

    relation: str
    function: str
    members: tuple[Row, ...]
    considered: int
    value: Value


@dataclass(frozen=True, slots=True)
class RaisedReading:
    """A rule had fired, or had not."""

    rule: str
    raised: bool


Reading = FieldReading | FactReading | AbsenceReading | AggregateReading | RaisedReading


@dataclass(frozen=True, slots=True)
class OpenField:
    """A field whose value is not known."""

    relation: str
    row: Row
    column: str


@dataclass(frozen=True, slots=True)
class OpenList:
    """A list that may have more entries than stated."""

    relation: str


@dataclass(frozen=True, slots=True)
class OpenFact:
    """A derived fact that is possible and not certain."""

    relation: str
    row: Row


@dataclass(frozen=True, slots=True)
class OpenRule:
    """A rule that has possibly fired."""

    rule: str


OpenPoint = OpenField | OpenList | OpenFact | OpenRule


@dataclass(frozen=True, slots=True)
class Reader:
    """Follows the conditions of one rule for facts already bound.

    Attributes:
        schema: what can be said.
        world: the final facts and findings of a run.
        lets: `let` names of the rule to their expressions.
    """

    schema: Schema
    world: World
    lets: Mapping[str, Expr]

    @staticmethod
    def of(rule: Rule, schema: Schema, world: World) -> Reader:
        """A reader for a rule."""
        return Reader(schema, world, {c.name: c.value.expr for c in rule.when if isinstance(c, Let)})

    # -- what decided -----------------------------------------------------------------------

    def deciding(self, expr: Expr, env: Mapping[str, Any], wanted: bool) -> Iterator[Reading]:
        """Readings that make `expr` true (or false, when not `wanted`); it must have that truth."""
        match expr:
            case And(items=items) | Or(items=items):
                if isinstance(expr, And) is wanted:
                    for item in items:
                        yield from self.deciding(item, env, wanted)
                    return
                decisive = next(i for i in items if evaluate(i, env, self.world) is wanted)
                yield from self.deciding(decisive, env, wanted)
            case Not(item=item):
                yield from self.deciding(item, env, not wanted)
            case AtLeast(count=count, items=items):
                agreeing = [i for i in items if evaluate(i, env, self.world) is wanted]
                for item in agreeing[:count] if wanted else agreeing:
                    yield from self.deciding(item, env, wanted)
            case Raised(rules=rules):
                truths = [(r, self.world.raised(r)) for r in rules]
                if wanted:
                    yield RaisedReading(next(r for r, t in truths if t), raised=True)
                else:
                    yield from (RaisedReading(r, raised=False) for r, _ in truths)
            case _:
                yield from self.value_readings(expr, env)

    def value_readings(self, expr: Expr, env: Mapping[str, Any]) -> Iterator[Reading]:
        """Everything a value was computed from."""
        match expr:
            case Field(var=var, relation=relation, column=column, index=index):
                row = env[var]
                yield FieldReading(relation, row, column.name, index, row[index])
            case Local(name=name):
                if name in self.lets:
                    yield from self.value_readings(self.lets[name], env)
            case Aggregate():
                yield self._aggregate(expr, env)
            case Raised(rules=rules):
                for rule in rules:
                    truth = self.world.raised(rule)
                    if truth is not None:
                        yield RaisedReading(rule, truth)
            case Const():
                return
            case _:
                for operand in _operands(expr):
                    yield from self.value_readings(operand, env)

    def _aggregate(self, expr: Aggregate, env: Mapping[str, Any]) -> AggregateReading:
        members: list[Row] = []
        candidates = self.world.candidates(expr.relation)
        for candidate in candidates:
            inner = {**env, expr.var: candidate.row}
            if candidate.certain and all_of(evaluate(c, inner, self.world) for c in expr.where):
                members.append(candidate.row)
        stated = sum(c.certain for c in candidates)
        value = evaluate(expr, env, self.world)
        return AggregateReading(expr.relation, expr.function, tuple(members), stated, value)

    def clause_readings(self, clause: Clause, env: dict[str, Any]) -> Iterator[Reading]:
        """Readings that make a clause true; it must be true."""
        match clause:
            case Each(var=var, relation=relation, where=where):
                yield FactReading(relation, env[var])
                yield from self._conditions(where, env)
            case Some(var=var, relation=relation, where=where):
                row = next(c.row for c, truth in matches(clause, env, self.world) if truth)
                yield FactReading(relation, row)
                yield from self._conditions(where, {**env, var: row})
            case Absent(relation=relation, where=where):
                stated = sum(c.certain for c in self.world.candidates(relation))
                yield AbsenceReading(relation, stated, " and ".join(c.text for c in where))
            case Let(name=name, value=value):
                env[name] = evaluate(value.expr, env, self.world)
            case Check(condition=condition):
                yield from self.deciding(condition.expr, env, wanted=True)
            case AnyOf(alternatives=alternatives):
                for alternative in alternatives:
                    inner = dict(env)
                    if clauses_truth(alternative, inner, self.world):
                        for c in alternative:
                            yield from self.clause_readings(c, inner)
                        return

    def _conditions(self, where: tuple[Condition, ...], env: Mapping[str, Any]) -> Iterator[Reading]:
        for condition in where:
            yield from self.deciding(condition.expr, env, wanted=True)

    # -- what is open -----------------------------------------------------------------------

    def open_points(self, expr: Expr, env: Mapping[str, Any]) -> Iterator[OpenPoint]:
        """What leaves a condition or value unknown; nothing when it is known."""
        match expr:
            case And(items=items) | Or(items=items) | AtLeast(items=items):
                for item in items:
                    if evaluate(item, env, self.world) is None:
                        yield from self.open_points(item, env)
            case Not(item=item):
                yield from self.open_points(item, env)
            case Raised(rules=rules):
                yield from (OpenRule(r) for r in rules if self.world.raised(r) is None)
            case Field(var=var, relation=relation, column=column, index=index):
                row = env[var]
                if not is_known(row[index]):
                    yield from self._open_field(relation, row, column.name)
            case Local(name=name):
                if name in self.lets:
                    yield from self.open_points(self.lets[name], env)
            case Aggregate():
                yield from self._open_aggregate(expr, env)
            case Const() | Known():
                return
            case _:
                for operand in _operands(expr):
                    yield from self.open_points(operand, env)

    def _open_field(self, relation: str, row: Row, column: str) -> Iterator[OpenPoint]:
        kind = self.schema.relations[relation].kind
        if kind is RelationKind.DERIVED:
            yield OpenFact(relation, row)
        elif kind is RelationKind.LIST and not is_known(row[0]):
            yield OpenList(relation)
        else:
            yield OpenField(relation, row, column)

    def _open_aggregate(self, expr: Aggregate, env: Mapping[str, Any]) -> Iterator[OpenPoint]:
        for candidate in self.world.candidates(expr.relation):
            inner = {**env, expr.var: candidate.row}
            truths = [(c, evaluate(c, inner, self.world)) for c in expr.where]
            if any(t is False for _, t in truths):
                continue
            if not candidate.certain:
                yield self.open_candidate(expr.relation, candidate)
                continue
            for condition, truth in truths:
                if truth is None:
                    yield from self.open_points(condition, inner)
            if expr.value is not None and not is_known(evaluate(expr.value, inner, self.world)):
                yield from self.open_points(expr.value, inner)

    def open_candidate(self, relation: str, candidate: Candidate) -> OpenPoint:
        """Why a fact is only possible."""
        if self.schema.relations[relation].kind is RelationKind.DERIVED:
            return OpenFact(relation, candidate.row)
        return OpenList(relation)

    def open_in_clause(self, clause: Clause, env: dict[str, Any]) -> Iterator[OpenPoint]:
        """What leaves a clause unknown; nothing when it is true."""
        match clause:
            case Each(var=var, relation=relation, where=where):
                row = env[var]
                if not self._is_certain(relation, row):
                    yield self.open_candidate(relation, Candidate(row, certain=False))
                for condition in where:
                    if evaluate(condition.expr, env, self.world) is None:
                        yield from self.open_points(condition.expr, env)
            case Some() | Absent():
                if clause_truth(clause, env, self.world) is not None:
                    return
                for candidate, _ in matches(clause, env, self.world):
                    if not candidate.certain:
                        yield self.open_candidate(clause.relation, candidate)
                    inner = {**env, clause.var: candidate.row}
                    for condition in clause.where:
                        if evaluate(condition.expr, inner, self.world) is None:
                            yield from self.open_points(condition.expr, inner)
            case Let(name=name, value=value):
                env[name] = evaluate(value.expr, env, self.world)
            case Check(condition=condition):
                if evaluate(condition.expr, env, self.world) is None:
                    yield from self.open_points(condition.expr, env)
            case AnyOf(alternatives=alternatives):
                truths = [(a, clauses_truth(a, dict(env), self.world)) for a in alternatives]
                if any(t for _, t in truths):
                    return
                for alternative, truth in truths:
                    if truth is None:
                        inner = dict(env)
                        for c in alternative:
                            yield from self.open_in_clause(c, inner)

    def _is_certain(self, relation: str, row: Row) -> bool:
        return any(c.certain for c in self.world.candidates(relation) if c.row == row)


def _operands(expr: Expr) -> Iterable[Expr]:
    """Direct subexpressions; `children` without a look at fields for what conditions mostly consist of."""
    match expr:
        case Compare(left=left, right=right):
            return left, right
        case In(item=item, container=container):
            return item, container
        case _:
            return children(expr)
