"""Conditions decided before any fact is known, and rules that contradict each other."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

from crm_rules.diagnostics import Diagnostic
from crm_rules.facts.schema import Arity, Kind
from crm_rules.rules.draft import ClauseDraft, RuleDraft, Text
from crm_rules.rules.expressions import MIRRORED, And, Compare, Const, Expr, Field, Not, walk
from crm_rules.rules.rule import Absent, AnyOf, Check, Clause, Condition, Let, Rule, conditions
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
    return _Range(-math.inf, math.inf)


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
    """Comparisons of a field with a literal that hold whenever the condition does."""
    match expr:
        case And(items=items):
            for item in items:
                yield from _comparisons(item)
        case Compare(op=op, left=Field() as f, right=Const(value=value)):
            yield f, op, _ordinal(value)
        case Compare(op=op, left=Const(value=value), right=Field() as f):
            yield f, MIRRORED[op], _ordinal(value)
        case Field():
            yield expr, "==", True
        case Not(item=Field() as f):
            yield f, "==", False


def _ordinal(value: Any) -> Any:
    return value.toordinal() if isinstance(value, dt.date) else value


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


def decided_conditions(draft: RuleDraft, when: Sequence[Clause]) -> list[Diagnostic]:
    """Conditions that can never or always hold, whatever the facts.

    Args:
        draft: the rule as authored, which knows the places.
        when: its checked clauses.
    """
    texts = {(t.value, t.span): t for t in _texts(draft.when)}
    heads = {t.span: t for t in _texts(draft.when)}

    def about(condition: Condition, verdict: str) -> Diagnostic:
        text = texts[condition.text, condition.span]
        return text.problem(f"'{condition.text}' {verdict}", length=len(text.value))

    conditions_alone = (c for clause in when for c in _tested(clause))
    problems = [about(c, verdict) for c in conditions_alone if (verdict := _verdict(c.expr)) is not None]
    if problems:
        return problems
    # What is said of one fact is said under one name; only `none` may use a name again.
    together = [c for clause in when if not isinstance(clause, AnyOf | Absent) for c in _tested(clause)]
    if _never([c.expr for c in together]):
        for one, other in combinations(together, 2):
            if _never([one.expr, other.expr]):
                return [about(other, f"can never hold together with '{one.text}'")]
        return [draft.head.problem("the conditions of this rule can never hold together")]
    exprs = [c.expr for c in together]
    for clause in when:
        head = heads.get(clause.span, draft.head)
        if isinstance(clause, Absent) and _never([*exprs, *(c.expr for c in clause.where)]):
            problems.append(head.problem("nothing can match this none, so it always holds", length=len(head.value)))
        if isinstance(clause, AnyOf):
            for alternative in clause.alternatives:
                checks = [c for inner in alternative if isinstance(inner, Check) for c in conditions(inner)]
                if _never([*exprs, *(c.expr for c in checks)]):
                    problems.append(about(checks[0], "can never hold together with what this rule asks besides"))
    return problems


def _texts(clauses: Iterable[ClauseDraft]) -> Iterator[Text]:
    """The texts of clauses; heads come last, so that nothing else is taken for one."""
    for clause in clauses:
        yield from clause.where
        if clause.be is not None:
            yield clause.be
        for alternative in clause.alternatives:
            yield from _texts(alternative)
        yield clause.head


def _verdict(expr: Expr) -> str | None:
    """What a condition can be said to do without knowing any fact; None when nothing."""
    if isinstance(expr, Const) or (
        isinstance(expr, Compare) and isinstance(expr.left, Const) and isinstance(expr.right, Const)
    ):
        if _settings_used(expr):
            return None
        holds = expr.value if isinstance(expr, Const) else compare(expr.op, expr.left.value, expr.right.value)  # type: ignore[union-attr]
        return "always holds" if holds else "can never hold"
    if _never([expr]):
        return "can never hold"
    return "always holds" if _always(expr) else None


def _tested(clause: Clause) -> Iterator[Condition]:
    """The conditions of a clause and its alternatives; values of `let` are none, though they may be true or false."""
    if isinstance(clause, AnyOf):
        for alternative in clause.alternatives:
            for inner in alternative:
                yield from _tested(inner)
    elif not isinstance(clause, Let):
        yield from conditions(clause)


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
    """Rules whose conditions another rule has as well.

    A conclusion rule and a rule that reports may share their conditions: one rule cannot do both.
    """
    seen: dict[object, Rule] = {}
    problems: list[Diagnostic] = []
    for rule in rules:
        if rule.status != "active":
            continue
        key = (_renamed(rule), rule.first_phase, rule.last_phase, rule.kind == "conclusion")
        first = seen.setdefault(key, rule)
        if first is not rule:
            problems.append(
                heads[rule.id].problem(
                    f"this rule has the same conditions as {first.id}",
                    hint="merge them, or say in the conditions how they differ",
                )
            )
    return problems
