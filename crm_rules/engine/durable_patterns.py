"""What durable-rules matches, as data: patterns of facts joined on equal numbers.

A rule in one mode is a set of variants; a variant is a row of patterns, positive ones first. The *sure*
program matches certain facts under true conditions, the *loose* one possible facts under conditions
that are not false.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from crm_rules.rules.expressions import Expr
from crm_rules.rules.rule import Clause, Let

Mode = Literal["sure", "loose"]

CONTEXT: Final = ""
"""Relation of the one fact that drives rules without positive clauses."""


@dataclass(frozen=True, slots=True)
class Premise:
    """A condition and the `let` values it reads, in order."""

    condition: Expr | Clause
    lets: tuple[Let, ...] = ()


@dataclass(frozen=True, slots=True)
class Side:
    """One side of an equality: a value of one fact, or with `element` any member of its set."""

    expr: Expr
    element: bool = False


Class = Literal["known", "open", "either"]
"""What is required of a side: a value that can be equal to another one, an unknown one, or either.
A missing value, and an empty set, is none of them: it equals nothing."""


@dataclass(frozen=True, slots=True)
class Token:
    """A number that two facts share when their sides are equal; 0 where a side has no known value."""

    side: Side


@dataclass(frozen=True, slots=True)
class Is:
    """1 when a side is of a class, else 0."""

    side: Side
    wanted: Class


@dataclass(frozen=True, slots=True)
class Holds:
    """1 when a condition on the fact alone holds in a mode, else 0."""

    premise: Premise
    mode: Mode


Cell = Token | Is | Holds


@dataclass(frozen=True, slots=True)
class Join:
    """Equality of a cell of this pattern's fact with a cell of an earlier pattern's fact.

    `own` is None for the number 1.
    """

    own: Token | None
    other: int
    cell: Cell


@dataclass(frozen=True, slots=True)
class View:
    """Which facts of a relation a pattern is about.

    Attributes:
        relation: the relation, or `CONTEXT`.
        var: the name its facts have in conditions.
        mode: certain facts and true conditions, or possible facts and conditions that are not false.
        premises: conditions on the fact alone.
        classes: what is required of its sides.
        exploded: sets of which each member makes a copy of the fact.
    """

    relation: str
    var: str
    mode: Mode
    premises: tuple[Premise, ...] = ()
    classes: tuple[tuple[Side, Class], ...] = ()
    exploded: tuple[Side, ...] = ()


Role = Literal["each", "some", "none", "context"]


@dataclass(frozen=True, slots=True)
class Pattern:
    """One fact of a match.

    Attributes:
        view: which facts.
        role: what the fact is for.
        number: position among the rule's clauses of that role.
        joins: equalities with earlier patterns.
        projected: whether facts that agree in all cells are one; only the first of them can be told.
    """

    view: View
    role: Role
    number: int
    joins: tuple[Join, ...]
    projected: bool

    @property
    def cells(self) -> tuple[Token, ...]:
        """The cells a projected fact consists of."""
        return tuple(dict.fromkeys(j.own for j in self.joins if j.own is not None))


@dataclass(frozen=True, slots=True)
class Variant:
    """One alternative of a rule: patterns, positive ones first."""

    rule: int
    patterns: tuple[Pattern, ...]


WitnessSource = Literal["match", "search"]


@dataclass(frozen=True, slots=True)
class RulePlan:
    """A rule in one mode.

    Attributes:
        rule: its position.
        mode: the mode.
        variants: the alternatives; together they find every match, possibly more than once.
        filters: conditions over a match.
        late: conditions over a match that may come true while a recursive stratum is running.
        bound: `some` clauses whose fact filters read: number to name.
        witnesses: for each outermost `some`, where its witness comes from.
    """

    rule: int
    mode: Mode
    variants: tuple[Variant, ...]
    filters: tuple[Premise, ...]
    late: tuple[Premise, ...]
    bound: Mapping[int, str]
    witnesses: tuple[WitnessSource, ...]
