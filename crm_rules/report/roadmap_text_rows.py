"""Tasks as lines of a table: which columns there are and what stands in each, one row of a table of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from crm_rules.report.page import Page
from crm_rules.report.roadmap_table import Cell, Column, table
from crm_rules.report.roadmap_tasks import Mark, TaskView, day_text, days_text

WIDE: Final = 96
"""Columns of a page from which there is room for more than dates and one number."""

DEEPEST: Final = 6
"""Steps by which parts of summary tasks are indented at most."""

MARKS: Final = MappingProxyType(
    {Mark.DONE: "✓", Mark.CRITICAL: "●", Mark.NEAR: "○", Mark.UNKNOWN: "?", Mark.PLAIN: " "}
)

MILESTONE: Final = "◆"

_STYLES: Final = {Mark.DONE: "dim", Mark.CRITICAL: "red", Mark.NEAR: "yellow", Mark.UNKNOWN: "magenta"}


@dataclass(frozen=True, slots=True)
class Row:
    """One line.

    Attributes:
        view: the task.
        dated: dates are shown; else days since the start of the project.
        note: what else is said of the task in this table.
    """

    view: TaskView
    dated: bool
    note: str = ""

    @property
    def style(self) -> str:
        """How what decides is emphasised."""
        return _STYLES.get(self.view.mark, "")


@dataclass(frozen=True, slots=True)
class _Field:
    column: Column
    cell: Callable[[Row], Cell] = field(repr=False)


def task_rows(
    page: Page,
    views: Sequence[TaskView],
    columns: Sequence[str],
    notes: Mapping[str, str] | None = None,
    head: bool = True,
) -> None:
    """Add tasks to a page; what does not fit is cut from the names.

    Args:
        page: the page.
        views: the tasks, in the order of the lines.
        columns: names of `FIELDS` behind mark and name.
        notes: text of the column `after`, `slack` or `moves` by task id.
        head: whether titles stand above the columns.
    """
    dated = any(v.schedule.start is not None for v in views)
    fields = [FIELDS[name] for name in ("mark", "name", *columns)]
    rows = [Row(v, dated, (notes or {}).get(v.id, "")) for v in views]
    table(page, [f.column for f in fields], [[f.cell(row) for f in fields] for row in rows], head)


def _name(row: Row) -> Cell:
    view = row.view
    style = "bold" if view.summary else "dim" if view.mark is Mark.DONE else ""
    return "  " * min(view.depth, DEEPEST) + view.name, style


def _days(row: Row) -> Cell:
    if row.view.summary:
        return "", ""
    return MILESTONE if row.view.milestone else row.view.length_text, "dim"


def _start(row: Row) -> Cell:
    schedule = row.view.schedule
    if not row.dated:
        return _day_number(row, schedule.start_minutes), ""
    # What has begun is no plan any more.
    faint = row.view.milestone or row.view.started
    return "?" if schedule.start is None else day_text(schedule.start.date()), "dim" if faint else ""


def _finish(row: Row) -> Cell:
    schedule = row.view.schedule
    if not row.dated:
        return _day_number(row, schedule.finish_minutes), ""
    faint = row.view.mark is Mark.DONE
    return "?" if schedule.finish is None else day_text(schedule.finish.date()), "dim" if faint else ""


def _day_number(row: Row, minutes: int | None) -> str:
    return "?" if minutes is None else f"day {days_text(minutes, row.view.per_day)}"


def _minutes(row: Row, minutes: int | None, unknown: str = "?") -> str:
    return days_text(minutes, row.view.per_day, unknown)


FIELDS: Final[Mapping[str, _Field]] = MappingProxyType(
    {
        "mark": _Field(Column("", 1, right=False), lambda row: (MARKS[row.view.mark], row.style)),
        "name": _Field(Column("Task", 0, right=False), _name),
        "after": _Field(Column("After", 7, right=False), lambda row: (row.note, "dim")),
        "days": _Field(Column("Days", 5), _days),
        "drag": _Field(Column("Drag", 5), lambda row: (_minutes(row, row.view.schedule.drag_minutes, ""), row.style)),
        "start": _Field(Column("Start", 11), _start),
        "finish": _Field(Column("Finish", 11), _finish),
        "float": _Field(
            Column("Float", 6), lambda row: ("", "") if row.view.mark is Mark.DONE else (row.view.float_text, row.style)
        ),
        "free": _Field(
            Column("Free", 6),
            lambda row: (
                "" if row.view.mark is Mark.DONE else _minutes(row, row.view.schedule.free_float_minutes),
                "dim",
            ),
        ),
        "slack": _Field(Column("Slack", 6), lambda row: (row.note, "bold" if row.note == "0" else "")),
        "moves": _Field(Column("Moves", 10), lambda row: (row.note, "bold")),
        "owner": _Field(Column("Owner", 14, right=False), lambda row: (", ".join(row.view.task.owners), "dim")),
    }
)
"""Everything a table of tasks can say."""
