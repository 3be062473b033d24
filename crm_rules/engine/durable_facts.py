"""Rows as facts of durable-rules: which views they belong to, and their values as numbers.

Everything about values is decided here, by `rules.semantics`: whether a condition holds, and whether a
side is known, open or missing. Equal values have one token, found in a Python dictionary, so that 1,
1.0 and True are equal, 2^53 + 1 and 2.0^53 are not, and no text is ever compared by the library.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from crm_rules.engine.durable_conditions import Evaluator, Prepared
from crm_rules.engine.durable_layout import HoldsCell, IsCell, KindLayout, NumberedCell, Selection, TokenCell
from crm_rules.engine.durable_patterns import Class, Mode, Side
from crm_rules.facts.values import NO_VALUE, UNNAMED, Row, Value
from crm_rules.rules.semantics import Truth, evaluate

Tokens = dict[Value, int]
"""Value to number, from 1; filled as values are met."""

Given = tuple[Class | None, tuple[int, ...]]
"""What a side of a fact is (None when it is missing), and the tokens of its value or members."""


@dataclass(slots=True)
class Table:
    """Rows of a relation during one stratum, and what has been found out about them.

    Attributes:
        rows: rows, in fact order unless the relation is growing.
        certain: whether each holds for certain.
    """

    rows: list[Row]
    certain: list[bool]
    truths: dict[int, dict[int, Truth]] = field(default_factory=dict)
    sides: dict[tuple[int, Mode], dict[int, Given]] = field(default_factory=dict)


def given(value: Value, mode: Mode, element: bool, tokens: Tokens) -> Given:
    """What a value is for equalities that are to be true (sure) or not false (loose)."""
    if value is None:
        return "open", ()
    members = value if element and isinstance(value, tuple) else (value,)
    if mode == "loose" and any(m is None for m in members):
        return "open", ()
    found: dict[int, None] = {}
    for member in members:
        # Two unnamed keys may be the same and are never known to be.
        if member is None or member is NO_VALUE or (member is UNNAMED and mode == "sure"):
            continue
        # NaN equals nothing, itself included.
        if member == member:
            found[tokens.setdefault(member, len(tokens) + 1)] = None
    return ("known", tuple(found)) if found else (None, ())


def is_of(found: Class | None, wanted: Class) -> bool:
    """Whether a side is of a class."""
    return found is not None and wanted in (found, "either")


def holds(truth: Truth, mode: Mode) -> bool:
    """Whether a condition counts as met."""
    return truth is True or (truth is None and mode == "loose")


class FactMaker:
    """Makes facts of the rows of one stratum.

    Args:
        premises: name of the fact and condition, by number.
        sides: name of the fact and side, by number.
        evaluator: evaluates them.
        sections: rows that are always bound.
        tokens: the tokens of the run.
    """

    def __init__(
        self,
        premises: Sequence[tuple[str, Prepared]],
        sides: Sequence[tuple[str, Side]],
        evaluator: Evaluator,
        sections: Mapping[str, Row],
        tokens: Tokens,
    ) -> None:
        self._premises, self._sides = premises, sides
        self._evaluator, self._sections, self._tokens = evaluator, sections, tokens

    def selected(self, selection: Selection, table: Table, mode: Mode, start: int = 0) -> list[bool]:
        """Whether each row from `start` on belongs to a view."""
        found = [True] * (len(table.rows) - start) if mode == "loose" else table.certain[start:]
        for number in selection.premises:
            for row in [i for i, f in enumerate(found, start) if f]:
                found[row - start] = holds(self._truth(number, table, row), mode)
        for number, wanted in selection.classes:
            for row in [i for i, f in enumerate(found, start) if f]:
                found[row - start] = is_of(self._given(number, table, mode, row)[0], wanted)
        return found

    def facts(
        self, kind: KindLayout, table: Table, views: Sequence[Sequence[bool]], start: int = 0
    ) -> Iterator[tuple[int, tuple[int, ...]]]:
        """The facts of a kind.

        Args:
            kind: the kind.
            table: rows of its relation.
            views: for each of its views, whether each row from `start` on belongs to it.
            start: position of the first row.

        Yields:
            Position of the row, and the values of the kind's properties.
        """
        for row, memberships in enumerate(zip(*views, strict=True), start):
            if not any(memberships):
                continue
            flags = () if kind.projected else tuple(map(int, memberships))
            sets = [self._given(number, table, kind.mode, row)[1] for number in kind.exploded]
            for members in product(*sets):
                chosen = dict(zip(kind.exploded, members, strict=True))
                yield row, flags + tuple(self._cell(cell, kind, table, row, chosen) for cell in kind.cells)

    def _cell(self, cell: NumberedCell, kind: KindLayout, table: Table, row: int, chosen: Mapping[int, int]) -> int:
        match cell:
            case TokenCell(side=side):
                tokens = self._given(side, table, kind.mode, row)[1]
                return chosen[side] if side in chosen else tokens[0] if tokens else 0
            case IsCell(side=side, wanted=wanted):
                return int(is_of(self._given(side, table, kind.mode, row)[0], wanted))
            case HoldsCell(premise=premise, mode=mode):
                return int(holds(self._truth(premise, table, row), mode))

    def _truth(self, number: int, table: Table, row: int) -> Truth:
        """Truth of a premise for a row."""
        known = table.truths.setdefault(number, {})
        if row not in known:
            var, premise = self._premises[number]
            known[row] = self._evaluator.truth(premise, {**self._sections, var: table.rows[row]})
        return known[row]

    def _given(self, number: int, table: Table, mode: Mode, row: int) -> Given:
        """What a side is in a row."""
        known = table.sides.setdefault((number, mode), {})
        found = known.get(row)
        if found is None:
            var, side = self._sides[number]
            env = {**self._sections, var: table.rows[row]}
            value = evaluate(side.expr, env, self._evaluator.world)
            found = known[row] = given(value, mode, side.element, self._tokens)
        return found
