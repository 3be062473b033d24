"""Lines that line up: columns of a fixed number of cells, one of which takes what is left of the page.

A cell is what a terminal gives a narrow character; wide ones take two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len, set_cell_size

from crm_rules.report.page import Page, words

GAP: Final = 2
"""Columns between two columns."""

LEAST: Final = 8
"""Columns the widest one keeps, however narrow the page."""

Cell = tuple[str, str]
"""Text and style."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        title: what stands above it.
        width: cells; 0 for the one that takes what is left.
        right: numbers and dates end together.
    """

    title: str
    width: int
    right: bool = True


def table(page: Page, columns: Sequence[Column], rows: Sequence[Sequence[Cell]], head: bool = True) -> None:
    """Add rows to a page; text that is too long for its column ends in `…`.

    A column of numbers is as wide as its longest one: a number that has lost digits is another number.
    """
    least = [
        max([c.width, *(cell_len(words(row[i][0]).plain) for row in rows)]) if c.right else c.width
        for i, c in enumerate(columns)
    ]
    fixed = sum(least) + GAP * (len(columns) - 1)
    room = max(page.width - fixed, LEAST)
    widths = [width or room for width in least]
    if head:
        _row(page, columns, widths, [(c.title, "dim") for c in columns])
    for row in rows:
        _row(page, columns, widths, row)


def _row(page: Page, columns: Sequence[Column], widths: Sequence[int], row: Sequence[Cell]) -> None:
    cells: list[Cell] = []
    for column, width, (text, style) in zip(columns, widths, row, strict=True):
        if cells:
            cells.append((" " * GAP, ""))
        cells.append((fitted(text, width, column.right), style))
    page.row(*cells)


def fitted(text: str, width: int, right: bool = False) -> str:
    """Text in exactly `width` cells, cut with `…` where it is too long."""
    lead = text[: len(text) - len(text.lstrip(" "))]
    clean = lead + words(text.lstrip(" ")).plain
    length = cell_len(clean)
    if length > width:
        clean = set_cell_size(clean, width - 1).rstrip(" ") + "…"
        length = cell_len(clean)
    return " " * (width - length) + clean if right else clean + " " * (width - length)
