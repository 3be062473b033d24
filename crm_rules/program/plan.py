"""How one rule is best evaluated: order of its facts, index probes, earliest tests.

A plan changes cost, never results. It is engine-neutral: a probe says which column may be
looked up by which key, conditions are attached to the first point where all their names are
bound.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crm_rules.facts.schema import Arity, RelationKind
from crm_rules.program.program import Program
from crm_rules.rules.expressions import And, Compare, Const, Expr, Field, In, names
from crm_rules.rules.rule import Absent, AnyOf, Check, Clause, Each, Let, Some


@dataclass(frozen=True, slots=True)
class Probe:
    """An index lookup: rows whose `column` equals `key`, or contains it when `element`.

    `condition` is the condition the lookup stands for.
    """

    column: int
    key: Expr
    element: bool
    condition: Expr


@dataclass(frozen=True, slots=True)
class Scan:
    """Bind a fact of an `each` clause."""

    var: str
    relation: str
    probe: Probe | None
    filters: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Test:
    """A condition over what is bound."""

    expr: Expr


@dataclass(frozen=True, slots=True)
class Define:
    """A `let`."""

    name: str
    expr: Expr


@dataclass(frozen=True, slots=True)
class Exists:
    """`some` or, negated, `none`; `witness` is the position among the rule's witnesses."""

    var: str
    relation: str
    probe: Probe | None
    filters: tuple[Expr, ...]
    negated: bool = False
    witness: int | None = None


@dataclass(frozen=True, slots=True)
class Either:
    """`any`: alternatives of steps without scans."""

    alternatives: tuple[tuple[Step, ...], ...]


Step = Scan | Test | Define | Exists | Either


def conjuncts(expr: Expr) -> Iterable[Expr]:
    """The parts of a conjunction, left to right."""
    if isinstance(expr, And):
        for item in expr.items:
            yield from conjuncts(item)
    else:
        yield expr


def choose_probe(var: str, conditions: Sequence[Expr], bound: frozenset[str]) -> tuple[Probe | None, tuple[Expr, ...]]:
    """Pick the best index lookup for `var` among its conditions.

    A join with a bound fact beats a constant: it is usually far more selective. A key must be a
    plain field or literal, whose value is never an open number.

    Returns:
        The probe, and the conditions it does not cover.
    """
    best: tuple[int, int, Probe] | None = None
    for position, condition in enumerate(conditions):
        probe = _probe(var, condition, bound)
        if probe is None:
            continue
        constant = isinstance(probe.key, Const)
        if best is None or constant < best[0]:
            best = (constant, position, probe)
    if best is None:
        return None, tuple(conditions)
    return best[2], tuple(c for i, c in enumerate(conditions) if i != best[1])


def _probe(var: str, condition: Expr, bound: frozenset[str]) -> Probe | None:
    if isinstance(condition, Compare) and condition.op == "==":
        for own, key in ((condition.left, condition.right), (condition.right, condition.left)):
            if isinstance(own, Field) and own.var == var and own.column.arity is Arity.ONE and _key(key, bound):
                return Probe(own.index, key, False, condition)
    if (
        isinstance(condition, In)
        and isinstance(condition.container, Field)
        and condition.container.var == var
        and _key(condition.item, bound)
    ):
        return Probe(condition.container.index, condition.item, True, condition)
    return None


def _key(expr: Expr, bound: frozenset[str]) -> bool:
    if isinstance(expr, Const):
        return expr.arity is Arity.ONE and not isinstance(expr.value, bool)
    return isinstance(expr, Field) and expr.var in bound and expr.column.arity is Arity.ONE


def plan_rule(program: Program, position: int, first: int | None = None) -> tuple[Step, ...]:
    """Plan one rule of a program.

    Args:
        program: the program.
        position: the rule.
        first: position among its `each` clauses of the fact to bind first; chosen when None.
    """
    rule = program.rules[position]
    always = frozenset(n for n, r in program.schema.relations.items() if r.kind is RelationKind.SECTION)
    pending: list[tuple[frozenset[str], Step | Expr]] = []
    gate = program.gate(rule)
    if gate is not None:
        pending.append((frozenset(), Test(gate)))
    witness = 0
    for clause in rule.when:
        match clause:
            case Each(where=where):
                pending.extend((names(c), c) for w in where for c in conjuncts(w.expr))
            case Some():
                pending.append((_needs(clause), _exists(clause, always | _needs(clause), witness)))
                witness += 1
            case Check(condition=condition):
                pending.extend((names(c), c) for c in conjuncts(condition.expr))
            case Let(name=name, value=value):
                pending.append((names(value.expr), Define(name, value.expr)))
            case Absent():
                pending.append((_needs(clause), _exists(clause, always | _needs(clause), None)))
            case AnyOf(alternatives=alternatives):
                steps = tuple(_alternative(a, always | _needs(clause)) for a in alternatives)
                pending.append((_needs(clause), Either(steps)))
    if first is not None:
        return _arranged(program, rule.eaches, pending, rule.eaches[first])[1]
    # The first fact decides how the others can be looked up, so every one is tried.
    plans = [_arranged(program, rule.eaches, pending, each) for each in rule.eaches or (None,)]
    return min(plans, key=lambda plan: plan[0])[1]


Pending = list[tuple[frozenset[str], "Step | Expr"]]


def _arranged(
    program: Program, eaches: Sequence[Each], conditions: Pending, first: Each | None
) -> tuple[tuple[int, int, int], tuple[Step, ...]]:
    """Bind `first`, then always the fact that is looked up most cheaply.

    Returns:
        What the order costs (facts all of which are tried, facts looked up by something else than
        their key, conditions that do not narrow down the first fact), and the steps.
    """
    relations = program.schema.relations
    bound = frozenset(n for n, r in relations.items() if r.kind is RelationKind.SECTION)
    pending = list(conditions)
    steps: list[Step] = []
    unlinked = keyless = idle = 0

    def place() -> None:
        nonlocal bound
        progress = True
        while progress:
            progress = False
            for item in list(pending):
                needed, what = item
                if needed <= bound:
                    pending.remove(item)
                    if isinstance(what, Define):
                        bound = bound | {what.name}
                    steps.append(what if isinstance(what, Scan | Test | Define | Exists | Either) else Test(what))
                    progress = True

    place()
    remaining = list(eaches)
    while remaining:
        scans = []
        for order, each in enumerate([first] if first in remaining else remaining):
            local = [w for needed, w in pending if each.var in needed and needed <= bound | {each.var} and _is_expr(w)]
            probe, filters = choose_probe(each.var, local, bound)  # type: ignore[arg-type]
            linked = probe is not None and not isinstance(probe.key, Const)
            stated = relations[each.relation].kind is not RelationKind.DERIVED
            by_key = linked and stated and probe is not None and probe.column == 0
            scans.append(((not linked, not by_key, probe is None, -len(local), order), each, probe, filters, local))
        rank, each, probe, filters, local = min(scans, key=lambda s: s[0])
        if each is first:
            idle = len(pending) - len(local)
        unlinked, keyless = unlinked + rank[0], keyless + rank[1]
        remaining.remove(each)
        pending[:] = [p for p in pending if not any(p[1] is c for c in local)]
        bound = bound | {each.var}
        # Plain tests first: they are cheaper than conditions over other relations.
        steps.append(Scan(each.var, each.relation, probe, filters))
        place()
    assert not pending, "every condition has all its names bound at the end"
    return (unlinked, keyless, idle), tuple(steps)


def _is_expr(what: Step | Expr) -> bool:
    return not isinstance(what, Scan | Test | Define | Exists | Either)


def _needs(clause: Clause) -> frozenset[str]:
    """Names a clause needs from outside."""
    match clause:
        case Each(var=var, where=where) | Some(var=var, where=where) | Absent(var=var, where=where):
            return frozenset().union(*(names(w.expr) for w in where)) - {var}
        case Let(value=value):
            return names(value.expr)
        case Check(condition=condition):
            return names(condition.expr)
        case AnyOf(alternatives=alternatives):
            needed: frozenset[str] = frozenset()
            for alternative in alternatives:
                inner: frozenset[str] = frozenset()
                for c in alternative:
                    needed |= _needs(c) - inner
                    if isinstance(c, Let):
                        inner |= {c.name}
            return needed


def _exists(clause: Some | Absent, bound: frozenset[str], witness: int | None) -> Exists:
    conditions = [c for w in clause.where for c in conjuncts(w.expr)]
    probe, filters = choose_probe(clause.var, conditions, bound)
    return Exists(clause.var, clause.relation, probe, filters, isinstance(clause, Absent), witness)


def _alternative(clauses: tuple[Clause, ...], bound: frozenset[str]) -> tuple[Step, ...]:
    steps: list[Step] = []
    for clause in clauses:
        match clause:
            case Some() | Absent():
                steps.append(_exists(clause, bound, None))
            case Check(condition=condition):
                steps.extend(Test(c) for c in conjuncts(condition.expr))
            case Let(name=name, value=value):
                steps.append(Define(name, value.expr))
                bound = bound | {name}
    return tuple(steps)
