"""Typed expressions as data.

Every name is resolved, every literal is encoded the way rows hold it, every type has been
checked. Engines, verifier and page generators read these nodes and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Literal

from crm_rules.facts.schema import Arity, Column, ValueType
from crm_rules.facts.values import Value

CompareOp = Literal["==", "!=", "<", "<=", ">", ">="]
ArithOp = Literal["+", "-", "*", "/"]
AggregateFunction = Literal["count", "sum", "min", "max", "share"]

MIRRORED: dict[CompareOp, CompareOp] = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
"""The operator that means the same with the sides exchanged."""


@dataclass(frozen=True, slots=True)
class Const:
    """A literal or a pack setting, encoded; a list literal is a tuple.

    1, 1.0 and True are different literals although they are equal values: arithmetic on them gives
    different results, so that an expression with the one cannot stand in for one with the other.
    """

    value: Value
    type: ValueType
    arity: Arity = Arity.ONE
    setting: str | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Const) and self._form() == other._form()

    def __hash__(self) -> int:
        return hash(self._form())

    def _form(self) -> tuple[object, ...]:
        return exact(self.value), self.type, self.arity, self.setting


@dataclass(frozen=True, slots=True)
class Field:
    """A column of the fact bound to a name; `index` is its position in the row."""

    var: str
    relation: str
    column: Column
    index: int
    derived: bool = False


@dataclass(frozen=True, slots=True)
class Local:
    """A value named by `let`."""

    name: str
    type: ValueType
    arity: Arity = Arity.ONE


@dataclass(frozen=True, slots=True)
class Compare:
    """A comparison of two single values."""

    op: CompareOp
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class In:
    """Membership of a value in a set, a sequence or a literal list."""

    item: Expr
    container: Expr


@dataclass(frozen=True, slots=True)
class And:
    """All hold."""

    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one holds."""

    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Does not hold."""

    item: Expr


@dataclass(frozen=True, slots=True)
class Known:
    """`x is known`, or `x is unknown` when negated; a statement about what we know."""

    item: Expr
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Arith:
    """Arithmetic on two numbers."""

    op: ArithOp
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Raised:
    """At least one of these rules has fired."""

    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AtLeast:
    """At least `count` of the items hold."""

    count: int
    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A value over the facts of a relation for which all of `where` holds.

    `value` is the summed, compared or shared expression; None for `count`.
    """

    function: AggregateFunction
    var: str
    relation: str
    where: tuple[Expr, ...]
    value: Expr | None


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the function table."""

    function: str
    args: tuple[Expr, ...]


Expr = Const | Field | Local | Compare | In | And | Or | Not | Known | Arith | Raised | AtLeast | Aggregate | Call


def exact(value: Value) -> object:
    """What is equal for values that no operation can tell apart: of one Python type, to the sign of a zero."""
    if isinstance(value, tuple):
        return tuple(map(exact, value))
    return type(value), value.hex() if isinstance(value, float) else value


def children(expr: Expr) -> Iterator[Expr]:
    """Direct subexpressions, left to right."""
    for f in fields(expr):
        value = getattr(expr, f.name)
        if isinstance(value, Expr):
            yield value
        elif isinstance(value, tuple):
            yield from (v for v in value if isinstance(v, Expr))


def walk(expr: Expr) -> Iterator[Expr]:
    """The expression and everything below it, parents first."""
    yield expr
    for child in children(expr):
        yield from walk(child)


def names(expr: Expr) -> frozenset[str]:
    """Names from outside that the expression reads (its own aggregate variables excluded)."""
    if isinstance(expr, Field):
        return frozenset((expr.var,))
    if isinstance(expr, Local):
        return frozenset((expr.name,))
    free: frozenset[str] = frozenset()
    for child in children(expr):
        free |= names(child)
    return free - {expr.var} if isinstance(expr, Aggregate) else free
