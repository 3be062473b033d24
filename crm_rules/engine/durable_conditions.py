"""Conditions that are evaluated outside durable-rules: prepared once, with an index where keys are compared.

What a condition means is decided by `rules.semantics` and `rules.clauses` alone. They are shown fewer
candidates where an equality inside an aggregate or a quantified clause rules the others out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from crm_rules.engine.durable_patterns import Premise
from crm_rules.engine.durable_plan import free_names
from crm_rules.facts.schema import Kind, ValueType
from crm_rules.facts.values import NO_VALUE, Value
from crm_rules.program.plan import Probe, choose_probe, conjuncts
from crm_rules.rules.clauses import clause_truth
from crm_rules.rules.expressions import Aggregate, Expr, Local, names, walk
from crm_rules.rules.rule import Absent, Clause, Some
from crm_rules.rules.semantics import Candidate, Truth, World, all_of, evaluate


@dataclass(frozen=True, slots=True)
class Lookup:
    """An aggregate that is computed first and then read by name."""

    name: str
    aggregate: Aggregate
    probe: Probe


@dataclass(frozen=True, slots=True)
class Formula:
    """An expression in which aggregates with an index are read by name."""

    expr: Expr
    lookups: tuple[Lookup, ...] = ()


@dataclass(frozen=True, slots=True)
class Prepared:
    """A premise, ready to be evaluated any number of times."""

    lets: tuple[tuple[str, Formula], ...]
    condition: Formula | Clause
    probe: Probe | None = None


def prepare(premise: Premise) -> Prepared:
    """Prepare a premise."""
    lets = tuple((let.name, formula(let.value.expr)) for let in premise.lets)
    condition = premise.condition
    if isinstance(condition, Some | Absent):
        where = [p for c in condition.where for p in conjuncts(c.expr)]
        return Prepared(lets, condition, _probe(condition.var, where, free_names(condition), where))
    if isinstance(condition, Clause):
        return Prepared(lets, condition)
    return Prepared(lets, formula(condition))


def formula(expr: Expr) -> Formula:
    """Prepare an expression."""
    lookups: list[Lookup] = []
    return Formula(_extract(expr, lookups), tuple(lookups))


def _extract(expr: Expr, lookups: list[Lookup]) -> Expr:
    if isinstance(expr, Aggregate):
        where = [p for c in expr.where for p in conjuncts(c)]
        probe = _probe(expr.var, where, names(expr), [*where, *([] if expr.value is None else [expr.value])])
        if probe is None:
            return expr
        # No author can write such a name; what its type is does not matter to evaluation.
        lookups.append(Lookup(f"#{len(lookups)}", expr, probe))
        return Local(lookups[-1].name, ValueType(Kind.NUMBER))
    changed: dict[str, Any] = {}
    for f in fields(expr):
        value = getattr(expr, f.name)
        if isinstance(value, Expr):
            changed[f.name] = _extract(value, lookups)
        elif isinstance(value, tuple) and any(isinstance(v, Expr) for v in value):
            changed[f.name] = tuple(_extract(v, lookups) if isinstance(v, Expr) else v for v in value)
    return replace(expr, **changed) if changed else expr


def _probe(var: str, where: Sequence[Expr], free: Iterable[str], inner: Iterable[Expr]) -> Probe | None:
    # An aggregate further inside may be about the same relation and has to see all of it.
    if any(isinstance(part, Aggregate) for expr in inner for part in walk(expr)):
        return None
    return choose_probe(var, where, frozenset(free))[0]


# -- evaluation ---------------------------------------------------------------------------------


@dataclass(slots=True)
class _Index:
    """Positions of candidates by the value of a column."""

    buckets: dict[Value, list[int]] = field(default_factory=dict)
    open: list[int] = field(default_factory=list)
    every: list[int] = field(default_factory=list)

    def add(self, position: int, value: Value, element: bool) -> None:
        members = value if element and isinstance(value, tuple) else (value,)
        # NaN equals nothing, itself included.
        known = [m for m in members if m is not NO_VALUE and m == m]
        if not known:
            return
        self.every.append(position)
        if any(m is None for m in known):
            self.open.append(position)
            return
        for member in dict.fromkeys(known):
            self.buckets.setdefault(member, []).append(position)

    def matches(self, key: Value) -> Sequence[int]:
        if key is None:
            return self.every
        if key is NO_VALUE or key != key:
            return ()
        return sorted([*self.buckets.get(key, ()), *self.open])


@dataclass(frozen=True, slots=True)
class _Narrowed:
    """A world in which a relation has fewer candidates."""

    world: World
    relation: str
    remaining: Sequence[Candidate]

    def candidates(self, relation: str) -> Sequence[Candidate]:
        return self.remaining if relation == self.relation else self.world.candidates(relation)

    def raised(self, rule: str) -> Truth:
        return self.world.raised(rule)


class Evaluator:
    """Evaluates prepared conditions against a world; relations it indexes must not change any more.

    Args:
        world: facts and findings.
        changing: relations that are still growing, of which no index is made.
    """

    def __init__(self, world: World, changing: Iterable[str] = ()) -> None:
        self.world = world
        self._changing = frozenset(changing)
        self._indexes: dict[tuple[str, int, bool], _Index] = {}

    def truth(self, prepared: Prepared, env: dict[str, Any]) -> Truth:
        """Truth of a premise; values of `let` are added to `env`."""
        for name, value in prepared.lets:
            env[name] = self.value(value, env)
        condition = prepared.condition
        if isinstance(condition, Formula):
            return all_of((self.value(condition, env),))
        world = self.world
        if prepared.probe is not None and isinstance(condition, Some | Absent):
            world = self._narrowed(condition.relation, prepared.probe, env)
        return all_of((clause_truth(condition, env, world),))

    def value(self, prepared: Formula, env: dict[str, Any]) -> Value:
        """Value of an expression."""
        for lookup in prepared.lookups:
            world = self._narrowed(lookup.aggregate.relation, lookup.probe, env)
            env[lookup.name] = evaluate(lookup.aggregate, env, world)
        return evaluate(prepared.expr, env, self.world)

    def _narrowed(self, relation: str, probe: Probe, env: dict[str, Any]) -> World:
        candidates = self.world.candidates(relation)
        if relation in self._changing or len(candidates) < 2:
            return self.world
        name = (relation, probe.column, probe.element)
        index = self._indexes.get(name)
        if index is None:
            index = self._indexes[name] = _Index()
            for position, candidate in enumerate(candidates):
                index.add(position, candidate.row[probe.column], probe.element)
        found = index.matches(evaluate(probe.key, env, self.world))
        return _Narrowed(self.world, relation, [candidates[i] for i in found])
