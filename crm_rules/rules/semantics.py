"""What expressions mean: three-valued evaluation, one expression at a time.

A condition is True, False or None (unknown). A value is an ordinary value, None (unknown),
`NO_VALUE` (known to be missing), `UNNAMED` (key of an unlisted member), or an `Interval`
(a count that unknown facts leave open). The reference engine, the verifier and the
explainer evaluate with this file; the compiled engine generates code for the common cases
and calls the helpers below for the rest.

Kleene's strong logic of indeterminacy: *and* takes the weaker value, *or* the stronger,
negation of unknown is unknown (S. C. Kleene, Introduction to Metamathematics, 1952, §64).
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from crm_rules.facts.values import NO_VALUE, UNNAMED, Row, Value
from crm_rules.rules.expressions import (
    Aggregate,
    And,
    Arith,
    AtLeast,
    Call,
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
)
from crm_rules.rules.functions import FUNCTIONS, OVERLAP

Truth = bool | None


@dataclass(frozen=True, slots=True)
class Interval:
    """A number known to lie between two bounds, both included; never a single point."""

    low: float
    high: float


def interval(low: float, high: float) -> Value:
    """The number when the bounds agree, else the interval."""
    return low if low == high else Interval(low, high)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A fact as an evaluator meets it.

    Attributes:
        row: its values.
        certain: whether the fact holds for certain.
        plural: whether the row may stand for any number of facts, or for none.
    """

    row: Row
    certain: bool = True
    plural: bool = False


class World(Protocol):
    """What an expression is evaluated against."""

    def candidates(self, relation: str) -> Sequence[Candidate]:
        """Every fact of a relation that may hold, in fact order."""

    def raised(self, rule: str) -> Truth:
        """Whether a rule has fired: for certain, possibly (None), or not at all."""


def all_of(truths: Iterable[Value]) -> Truth:
    """Kleene's *and*; here and below a missing value counts as false."""
    result: Truth = True
    for t in truths:
        if t is False or t is NO_VALUE:
            return False
        if t is None:
            result = None
    return result


def any_of(truths: Iterable[Value]) -> Truth:
    """Kleene's *or*."""
    result: Truth = False
    for t in truths:
        if t is True:
            return True
        if t is None:
            result = None
    return result


def negate(truth: Value) -> Truth:
    """Kleene's *not*."""
    return None if truth is None else truth is not True


def at_least(count: int, truths: Iterable[Value]) -> Truth:
    """At least `count` of the conditions hold."""
    certain = possible = 0
    for t in truths:
        certain += t is True
        possible += t is True or t is None
    return True if certain >= count else (None if possible >= count else False)


_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def compare(op: str, left: Value, right: Value) -> Truth:
    """A comparison in three values."""
    if left is NO_VALUE or right is NO_VALUE:
        return op == "!="
    if left is None or right is None:
        return None
    if left is UNNAMED or right is UNNAMED:
        if left is right:
            return None
        return op == "!="
    if isinstance(left, Interval) or isinstance(right, Interval):
        return _compare_intervals(op, left, right)
    return _OPERATORS[op](left, right)


def _bounds(value: Value) -> tuple[float, float]:
    return (value.low, value.high) if isinstance(value, Interval) else (value, value)


def _compare_intervals(op: str, left: Value, right: Value) -> Truth:
    (a, b), (c, d) = _bounds(left), _bounds(right)
    if op in ("==", "!="):
        # Two proper intervals, or an interval and a point, are never equal for certain.
        overlap: Truth = False if b < c or d < a else None
        return overlap if op == "==" else negate(overlap)
    test = _OPERATORS[op]
    if op in (">", ">="):
        surely, hardly = test(a, d), test(b, c)
    else:
        surely, hardly = test(b, c), test(a, d)
    return True if surely else (None if hardly else False)


def contains(container: Value, item: Value) -> Truth:
    """Membership in three values."""
    if container is NO_VALUE or item is NO_VALUE:
        return False
    if container is None:
        return None
    return any_of(compare("==", item, member) for member in container)


def overlap(left: Value, right: Value) -> Truth:
    """Whether two sets share a member, in three values."""
    if left == () or right == ():
        return False
    if left is None or right is None:
        return None
    return any_of(contains(right, member) for member in left)


def _times(a: float, b: float) -> float:
    # No matches of anything are no matches, whatever the other factor: 0 x infinity is 0 here.
    return 0 if a == 0 or b == 0 else a * b


def arithmetic(op: str, left: Value, right: Value) -> Value:
    """Arithmetic over unknown, missing and open numbers.

    Division by zero and results beyond the range of a float have no value. Dividing by an
    interval is unknown.
    """
    if left is NO_VALUE or right is NO_VALUE:
        return NO_VALUE
    if left is None or right is None:
        return None
    (a, b), (c, d) = _bounds(left), _bounds(right)
    try:
        match op:
            case "+":
                result = interval(a + c, b + d)
            case "-":
                result = interval(a - d, b - c)
            case "*":
                corners = [_times(x, y) for x in (a, b) for y in (c, d)]
                result = interval(min(corners), max(corners))
            case _:
                if c != d:
                    return None
                if c == 0:
                    return NO_VALUE
                result = interval(min(a / c, b / c), max(a / c, b / c))
    except OverflowError:
        return NO_VALUE
    if isinstance(result, float) and not math.isfinite(result):
        return NO_VALUE
    return result


def call(function: str, args: Sequence[Value]) -> Value:
    """A function of the table: missing before unknown, unknown before the implementation."""
    if function == OVERLAP:
        return overlap(args[0], args[1])
    if any(a is NO_VALUE for a in args):
        return NO_VALUE
    if any(a is None or a is UNNAMED or isinstance(a, Interval) for a in args):
        return None
    return FUNCTIONS[function].apply(*args)


def is_known(value: Value) -> bool:
    """Whether a value is known to the last digit."""
    return not (value is None or value is UNNAMED or isinstance(value, Interval))


def settle(value: Value) -> Value:
    """The form in which a value enters a derived fact.

    Open numbers are unknown, and whole numbers are held as such: 2 and 2.0 are the same fact, so that
    it must not depend on which of them is derived first.
    """
    if isinstance(value, Interval):
        return None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, tuple):
        return tuple(settle(v) for v in value)
    return value


def total(function: str, values: Sequence[Value]) -> Value:
    """Sum, smallest, largest, or share of true ones, of known members.

    The sum of nothing is 0; the smallest, largest and share of nothing have no value.
    """
    if any(not is_known(v) for v in values):
        return None
    if any(v is NO_VALUE for v in values):
        return NO_VALUE
    if function == "sum":
        if any(isinstance(v, float) for v in values):
            try:
                result = math.fsum(values)
            except OverflowError:
                return NO_VALUE
            return result if math.isfinite(result) else NO_VALUE
        return sum(values)
    if not values:
        return NO_VALUE
    if function == "share":
        return sum(values) / len(values)
    return min(values) if function == "min" else max(values)


def evaluate(expr: Expr, env: Mapping[str, Any], world: World) -> Value:
    """The value of an expression.

    Args:
        expr: what to evaluate.
        env: name to bound row (facts) or value (`let`).
        world: facts and findings it may refer to.
    """
    match expr:
        case Field(var=var, index=index):
            return env[var][index]
        case Const(value=value):
            return value
        case Local(name=name):
            return env[name]
        case Compare(op=op, left=left, right=right):
            return compare(op, evaluate(left, env, world), evaluate(right, env, world))
        case And(items=items):
            return all_of(evaluate(i, env, world) for i in items)
        case Or(items=items):
            return any_of(evaluate(i, env, world) for i in items)
        case Not(item=item):
            return negate(evaluate(item, env, world))
        case In(item=item, container=container):
            return contains(evaluate(container, env, world), evaluate(item, env, world))
        case Known(item=item, negated=negated):
            return is_known(evaluate(item, env, world)) is not negated
        case Arith(op=op, left=left, right=right):
            return arithmetic(op, evaluate(left, env, world), evaluate(right, env, world))
        case Raised(rules=rules):
            return any_of(world.raised(r) for r in rules)
        case AtLeast(count=count, items=items):
            return at_least(count, (evaluate(i, env, world) for i in items))
        case Call(function=function, args=args):
            return call(function, [evaluate(a, env, world) for a in args])
        case Aggregate():
            return _aggregate(expr, env, world)


def _aggregate(expr: Aggregate, env: Mapping[str, Any], world: World) -> Value:
    low, high = 0, 0.0
    members: list[Value] = []
    inner = dict(env)
    for candidate in world.candidates(expr.relation):
        inner[expr.var] = candidate.row
        truth = all_of(evaluate(c, inner, world) for c in expr.where)
        if truth is False:
            continue
        certain = truth is True and candidate.certain and not candidate.plural
        if expr.function == "count":
            low += certain
            high += math.inf if candidate.plural else 1
        elif not certain:
            return None
        else:
            assert expr.value is not None
            members.append(evaluate(expr.value, inner, world))
    if expr.function == "count":
        return interval(low, high if high == math.inf else int(high))
    return total(expr.function, members)
