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
from crm_rules.engine.durable_plan import Class, Mode, Side
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
    truths: dict[int, list[Truth]] = field(default_factory=dict)
    sides: dict[tuple[int, Mode], list[Given]] = field(default_factory=dict)


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
        if member == member:  # noqa: PLR0124 - NaN equals nothing
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

    def truths(self, number: int, table: Table) -> Sequence[Truth]:
        """Truth of a premise for every row."""
        found = table.truths.setdefault(number, [])
        if len(found) < len(table.rows):
            var, premise = self._premises[number]
            env = dict(self._sections)
            for row in table.rows[len(found) :]:
                env[var] = row
                found.append(self._evaluator.truth(premise, env))
        return found

    def given(self, number: int, table: Table, mode: Mode) -> Sequence[Given]:
        """What a side is in every row."""
        found = table.sides.setdefault((number, mode), [])
        if len(found) < len(table.rows):
            var, side = self._sides[number]
            env = dict(self._sections)
            for row in table.rows[len(found) :]:
                env[var] = row
                value = evaluate(side.expr, env, self._evaluator.world)
                found.append(given(value, mode, side.element, self._tokens))
        return found

    def selected(self, selection: Selection, table: Table, mode: Mode, start: int = 0) -> list[bool]:
        """Whether each row from `start` on belongs to a view."""
        count = len(table.rows)
        found = [True] * (count - start) if mode == "loose" else table.certain[start:]
        for number in selection.premises:
            truths = self.truths(number, table)
            found = [f and holds(truths[i], mode) for i, f in enumerate(found, start)]
        for number, wanted in selection.classes:
            sides = self.given(number, table, mode)
            found = [f and is_of(sides[i][0], wanted) for i, f in enumerate(found, start)]
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
        exploded = [self.given(number, table, kind.mode) for number in kind.exploded]
        cells = [self._cell(cell, kind, table) for cell in kind.cells]
        for offset, memberships in enumerate(zip(*views, strict=True)):
            if not any(memberships):
                continue
            row = start + offset
            flags = () if kind.projected else tuple(map(int, memberships))
            for members in product(*(sides[row][1] for sides in exploded)):
                yield row, flags + tuple(members[c] if isinstance(c, int) else c[row] for c in cells)

    def _cell(self, cell: NumberedCell, kind: KindLayout, table: Table) -> int | Sequence[int]:
        """A column of numbers, or the position among the exploded sides the number comes from."""
        match cell:
            case TokenCell(side=side):
                if side in kind.exploded:
                    return kind.exploded.index(side)
                return [tokens[0] if tokens else 0 for _, tokens in self.given(side, table, kind.mode)]
            case IsCell(side=side, wanted=wanted):
                return [int(is_of(found, wanted)) for found, _ in self.given(side, table, kind.mode)]
            case HoldsCell(premise=premise, mode=mode):
                return [int(holds(truth, mode)) for truth in self.truths(premise, table)]
