"""Conditions decided before any fact is known, and rules that contradict each other."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from crm_rules.diagnostics import Diagnostic
from crm_rules.facts.schema import Arity, Kind
from crm_rules.rules.draft import Text
from crm_rules.rules.expressions import MIRRORED, And, Compare, Const, Expr, Field, walk
from crm_rules.rules.rule import AnyOf, Check, Clause, Let, Rule, conditions
from crm_rules.rules.semantics import compare


@dataclass(slots=True)
class _Range:
    """What a conjunction of comparisons leaves of one field."""

    low: float
    high: float
    low_open: bool = False
    high_open: bool = False
    equal: set[Any] = field(default_factory=set)
    unequal: set[Any] = field(default_factory=set)
    members: int | None = None

    def empty(self) -> bool:
        if len(self.equal) > 1 or self.equal & self.unequal:
            return True
        if self.low > self.high or (self.low == self.high and (self.low_open or self.high_open)):
            return True
        numbers = [v for v in self.equal if isinstance(v, int | float) and not isinstance(v, bool)]
        for v in numbers:
            if (
                v < self.low
                or v > self.high
                or (v == self.low and self.low_open)
                or (v == self.high and self.high_open)
            ):
                return True
        return self.members is not None and len(self.unequal) >= self.members


def _field_range(f: Field) -> _Range | None:
    column = f.column
    if column.arity is not Arity.ONE:
        return None
    if column.type.kind is Kind.NUMBER:
        low = -math.inf if column.type.minimum is None else column.type.minimum
        high = math.inf if column.type.maximum is None else column.type.maximum
        return _Range(low, high)
    if column.type.kind is Kind.ENUM:
        assert column.type.enum is not None
        count = len(column.type.enum.members)
        return _Range(0, count - 1, members=count) if column.type.enum.ordinal else _Range(0, 0, members=count)
    if column.type.kind is Kind.BOOL:
        return _Range(0, 1, members=2)
    return None


def _narrow(r: _Range, op: str, value: Any) -> None:
    match op:
        case "==":
            r.equal.add(value)
        case "!=":
            r.unequal.add(value)
        case "<" | "<=":
            if value < r.high or (value == r.high and op == "<"):
                r.high, r.high_open = value, op == "<"
        case _:
            if value > r.low or (value == r.low and op == ">"):
                r.low, r.low_open = value, op == ">"


def _comparisons(expr: Expr) -> Iterable[tuple[Field, str, Any]]:
    if isinstance(expr, And):
        for item in expr.items:
            yield from _comparisons(item)
    elif isinstance(expr, Compare):
        if isinstance(expr.left, Field) and isinstance(expr.right, Const):
            yield expr.left, expr.op, expr.right.value
        elif isinstance(expr.right, Field) and isinstance(expr.left, Const):
            yield expr.right, MIRRORED[expr.op], expr.left.value


def _settings_used(expr: Expr) -> bool:
    return any(isinstance(e, Const) and e.setting for e in walk(expr))


def _never(exprs: Sequence[Expr]) -> bool:
    ranges: dict[tuple[str, int], _Range] = {}
    for expr in exprs:
        for f, op, value in _comparisons(expr):
            r = ranges.get((f.var, f.index)) or _field_range(f)
            if r is None:
                continue
            ranges[(f.var, f.index)] = r
            _narrow(r, op, value)
    return any(r.empty() for r in ranges.values())


def _always(expr: Expr) -> bool:
    """Whether a single comparison of a field with a literal holds for every value of the field."""
    for f, op, value in _comparisons(expr) if isinstance(expr, Compare) else ():
        opposite = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}[op]
        r = _field_range(f)
        if r is None or f.column.type.kind is Kind.BOOL:
            return False
        _narrow(r, opposite, value)
        return r.empty()
    return False


def decided_conditions(head: Text, when: Sequence[Clause]) -> list[Diagnostic]:
    """Conditions that can never or always hold, whatever the facts."""
    problems: list[Diagnostic] = []

    def report(text: str, span: Any, verdict: str) -> None:
        problems.append(Diagnostic(f"'{text}' can {verdict} hold", span or head.span))

    for clause in when:
        for condition in conditions(clause):
            if isinstance(clause, Let):
                continue
            expr = condition.expr
            if isinstance(expr, Const) or (
                isinstance(expr, Compare) and isinstance(expr.left, Const) and isinstance(expr.right, Const)
            ):
                holds = expr.value if isinstance(expr, Const) else compare(expr.op, expr.left.value, expr.right.value)  # type: ignore[union-attr]
                if not _settings_used(expr):
                    report(condition.text, condition.span, "always" if holds else "never")
            elif _never([expr]):
                report(condition.text, condition.span, "never")
            elif _always(expr):
                report(condition.text, condition.span, "always")
    if not problems:
        together = [c.expr for clause in when if not isinstance(clause, AnyOf | Let) for c in conditions(clause)]
        if len(together) > 1 and _never(together):
            problems.append(head.problem("the conditions of this rule can never hold together"))
        for clause in when:
            if isinstance(clause, AnyOf):
                for alternative in clause.alternatives:
                    if _never([c.expr for inner in alternative if isinstance(inner, Check) for c in conditions(inner)]):
                        problems.append(Diagnostic("an alternative of any can never hold", clause.span or head.span))
    return problems


def _renamed(rule: Rule) -> tuple[Clause, ...]:
    """The clauses with variables named by position, so that only meaning is compared."""
    mapping: dict[str, str] = {}

    def expression(expr: Any) -> Any:
        changes: dict[str, Any] = {}
        for name in expr.__dataclass_fields__:
            value = getattr(expr, name)
            if isinstance(value, Expr):
                changes[name] = expression(value)
            elif isinstance(value, tuple):
                changes[name] = tuple(expression(v) if isinstance(v, Expr) else v for v in value)
            elif name in ("var", "name") and isinstance(value, str) and value in mapping:
                changes[name] = mapping[value]
        return replace(expr, **changes) if changes else expr

    def clause(c: Any) -> Any:
        for name in ("var", "name"):
            if hasattr(c, name):
                mapping[getattr(c, name)] = f"${len(mapping)}"
        changes: dict[str, Any] = {}
        for name in c.__dataclass_fields__:
            value = getattr(c, name)
            if name in ("var", "name"):
                changes[name] = mapping[value]
            elif name in ("condition", "value"):
                changes[name] = replace(value, expr=expression(value.expr), text="")
            elif name == "where":
                changes[name] = tuple(replace(v, expr=expression(v.expr), text="") for v in value)
            elif name == "alternatives":
                changes[name] = tuple(tuple(clause(i) for i in alternative) for alternative in value)
        return replace(c, **changes)

    return tuple(clause(c) for c in rule.when)


def same_conditions(rules: Sequence[Rule], heads: Mapping[str, Text]) -> list[Diagnostic]:
    """Pairs of rules with the same conditions and different results."""
    seen: dict[tuple[Clause, ...], Rule] = {}
    problems: list[Diagnostic] = []
    for rule in rules:
        if rule.status != "active":
            continue
        key = _renamed(rule)
        first = seen.setdefault(key, rule)
        if first is not rule and (first.first_phase, first.last_phase) == (rule.first_phase, rule.last_phase):
            problems.append(
                heads[rule.id].problem(
                    f"this rule has the same conditions as {first.id} and a different result",
                    hint="merge them, or say in the conditions how they differ",
                )
            )
    return problems
