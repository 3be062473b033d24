"""A list of tasks, in whatever kind of table, put together as a plan.

Tasks are named by the numbers or ids of the list. Rows without a name and without an id are passed over; cells that
cannot be read are errors, all of them at once, each with its row and column.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, TypeVar

from crm_rules.diagnostics import did_you_mean
from crm_rules.files.imported import Findings, ImportedPlan
from crm_rules.files.plan_sheets import Row, Sheet
from crm_rules.files.plan_values import (
    Amount,
    CellError,
    DayOrder,
    date_time,
    day_order,
    duration,
    flag,
    identifier,
    is_nothing,
    link,
    share,
    split_links,
    writes_fractions,
)
from crm_rules.files.text import shortened
from crm_rules.model.task_kinds import TaskKind
from crm_rules.model.wording import quoted
from crm_rules.roadmap.kind_names import folded
from crm_rules.roadmap.plan import Baseline, Plan, PlanLink, PlanTask, TaskState
from crm_rules.roadmap.working_time import ALL_HOURS, STANDARD, absolute, moment

_T = TypeVar("_T")
_DATES: Final = ("start", "finish", "actual_start", "actual_finish", "baseline_start", "baseline_finish", "deadline")
_DONE: Final = (
    "done|complete|completed|finished|closed|erledigt|fertig|abgeschlossen|zakonczone|zakonczony|wykonane|gotowe"
)
_DROPPED: Final = (
    "dropped|cancelled|canceled|inactive|rejected|entfallt|abgebrochen|gestrichen|anulowane|odwolane|odrzucone"
)
_OPEN: Final = (
    "open|planned|not started|in progress|running|started|to do|todo|new|on hold|on schedule|late|future task|"
    "offen|geplant|nicht begonnen|in arbeit|laufend|begonnen|neu|"
    "planowane|otwarte|w toku|w trakcie|nierozpoczete|rozpoczete|nowe|do zrobienia"
)
_STATES: Final = {
    folded(word): state
    for state, words in ((TaskState.DONE, _DONE), (TaskState.DROPPED, _DROPPED), (TaskState.OPEN, _OPEN))
    for word in words.split("|")
}
_KINDS: Final = {folded(text): kind for kind in TaskKind for text in (kind.value, kind.value.replace("_", " "))}


def plan_of_sheet(sheet: Sheet) -> ImportedPlan:
    """The plan a list of tasks describes.

    Raises:
        ProjectError: with all problems at once, each with its row and column.
    """
    return _List(sheet).result()


@dataclass(frozen=True, slots=True)
class _Entry:
    """One row that is a task."""

    id: str
    name: str
    row: Row
    level: int | None


class _List:
    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._columns = sheet.columns
        self._findings = Findings(sheet.header.place.file)
        self._order: DayOrder | None = day_order(
            (c for name in _DATES for c in self._column(name) if isinstance(c, str)), self._columns.language
        )
        self._fractions = writes_fractions(self._column("percent"))
        self._id_field = "id" if self._has("id") else "unique_id"
        self._elapsed = False
        self._undated: list[_Entry] = []

    def result(self) -> ImportedPlan:
        entries = self._entries()
        parents = self._parents(entries)
        ids = {e.id for e in entries}
        tasks = tuple(self._task(e, parents.get(e.id)) for e in entries)
        links = self._links(entries, ids)
        self._remark(set(parents.values()))
        self._findings.raise_errors()
        plan = Plan(
            tasks=tasks,
            links=links,
            calendars={ALL_HOURS.name: ALL_HOURS} if self._elapsed else {},
        )
        return ImportedPlan(plan, self._findings.notes(), {}, {e.id: e.row.place for e in entries})

    # --- Cells ----------------------------------------------------------------

    def _has(self, field: str) -> bool:
        return field in self._columns.fields

    def _column(self, field: str) -> list[object]:
        index = self._columns.fields.get(field)
        if index is None:
            return []
        return [r.cells[index] if index < len(r.cells) else None for r in self._sheet.rows]

    def _cell(self, row: Row, field: str) -> object:
        """The value of a cell; None where it says that there is nothing."""
        index = self._columns.fields.get(field)
        value = row.cells[index] if index is not None and index < len(row.cells) else None
        return None if is_nothing(value) else value

    def _read(self, row: Row, field: str, read: Callable[[object], _T]) -> _T | None:
        value = self._cell(row, field)
        if value is None:
            return None
        try:
            return read(value)
        except CellError as e:
            self._problem(row, field, e.message, e.hint)
            return None

    def _problem(self, row: Row, field: str, message: str, hint: str | None = None) -> None:
        heading = self._columns.headings[field]
        self._findings.error(f"column '{shortened(heading)}': {message}", row.at(self._columns.fields[field]), hint)

    # --- Rows -----------------------------------------------------------------

    def _entries(self) -> list[_Entry]:
        entries: list[_Entry] = []
        seen: dict[str, Row] = {}
        for row in self._sheet.rows:
            name = self._cell(row, "name")
            stated = self._cell(row, self._id_field)
            if name is None and stated is None:
                continue
            if stated is None and self._has(self._id_field):
                self._problem(row, self._id_field, "the task has no id", "links name tasks by it")
                continue
            if name is None and not self._says_more(row):
                continue  # programs export blank rows with their number
            key = identifier(stated) if stated is not None else str(len(entries) + 1)
            if key in seen:
                where = seen[key].number
                self._problem(row, self._id_field, f"two tasks have the id {quoted(key)}; the first is in row {where}")
                continue
            seen[key] = row
            level = self._read(row, "outline_level", _whole)
            entries.append(_Entry(key, key if name is None else " ".join(str(name).split()), row, level))
        return entries

    def _says_more(self, row: Row) -> bool:
        return any(self._cell(row, f) is not None for f in self._columns.fields if f != self._id_field)

    def _parents(self, entries: Iterable[_Entry]) -> dict[str, str]:
        """Task to the task it is part of: as the list names it, else by levels, else by outline numbers."""
        entries = list(entries)
        if self._has("parent"):
            return self._named_parents(entries)
        parents: dict[str, str] = {}
        if self._has("outline_level"):
            above: list[tuple[int, str]] = []
            for entry in entries:
                level = 1 if entry.level is None else entry.level
                while above and above[-1][0] >= level:
                    above.pop()
                if above:
                    parents[entry.id] = above[-1][1]
                above.append((level, entry.id))
        elif self._has("outline_number"):
            numbers = {str(n): e.id for e in entries if (n := self._cell(e.row, "outline_number")) is not None}
            for number, key in numbers.items():
                parent = numbers.get(number.rpartition(".")[0])
                if parent is not None:
                    parents[key] = parent
        return parents

    def _named_parents(self, entries: Iterable[_Entry]) -> dict[str, str]:
        entries = list(entries)
        known = {e.id: e.row for e in entries}
        parents: dict[str, str] = {}
        for entry in entries:
            value = self._cell(entry.row, "parent")
            if value is None:
                continue
            parent = identifier(value)
            if parent not in known:
                self._problem(entry.row, "parent", f"no task has the id {quoted(parent)}", did_you_mean(parent, known))
            else:
                parents[entry.id] = parent
        for key in _endless(parents):
            self._problem(known[key], "parent", f"task {quoted(key)} is part of itself")
        return parents

    def _task(self, entry: _Entry, parent: str | None) -> PlanTask:
        row = entry.row
        language, unit = self._columns.language, self._columns.duration_unit
        length = self._read(row, "duration", lambda v: duration(v, language, unit))
        if length is None and self._read(row, "milestone", flag):
            length = Amount(0)
        dates = {f: self._read(row, f, lambda v: date_time(v, self._order)) for f in _DATES}
        self._check_order(row, dates)
        done = self._read(row, "percent", lambda v: share(v, self._fractions))
        state = self._state(row, done, dates["actual_finish"] is not None)
        began, ended = _begin(dates["actual_start"]), _end(dates["actual_finish"])
        minutes = None if length is None else length.minutes
        elapsed = length is not None and length.elapsed
        self._elapsed |= elapsed
        agreed = Baseline(_begin(dates["baseline_start"]), _end(dates["baseline_finish"]))
        under_way = state is TaskState.OPEN and bool(done)
        if under_way and began is None:
            self._undated.append(entry)
        return PlanTask(
            id=entry.id,
            name=entry.name,
            duration_minutes=minutes,
            state=state,
            start=_day(dates["start"]),
            finish=_day(dates["finish"]),
            stage=self._read(row, "stage", _stage),
            kind=self._read(row, "kind", _kind),
            owners=self._read(row, "owner", _owners) or (),
            parent=parent,
            calendar=ALL_HOURS.name if elapsed else None,
            deadline=_end(dates["deadline"]),
            actual_start=began,
            actual_finish=ended,
            remaining_minutes=_left(minutes, done) if began is not None or under_way else None,
            baseline=None if agreed == Baseline() else agreed,
            source=str(row.at(0).cell or f"line {row.number}"),
        )

    def _check_order(self, row: Row, dates: Mapping[str, tuple[dt.datetime, bool] | None]) -> None:
        for first, last in (
            ("start", "finish"),
            ("actual_start", "actual_finish"),
            ("baseline_start", "baseline_finish"),
        ):
            begin, end = dates[first], dates[last]
            if begin is not None and end is not None and end[0].date() < begin[0].date():
                message = f"the task ends on {end[0].date()}, before it begins on {begin[0].date()}"
                self._problem(row, last, message)

    def _state(self, row: Row, done: Fraction | None, finished: bool) -> TaskState:
        if self._read(row, "active", flag) is False:
            return TaskState.DROPPED
        stated = self._read(row, "status", _state)
        if stated is not None and stated is not TaskState.OPEN:
            return stated
        return TaskState.DONE if finished or done == 1 else TaskState.OPEN

    # --- Links ----------------------------------------------------------------

    def _links(self, entries: Iterable[_Entry], ids: set[str]) -> tuple[PlanLink, ...]:
        field, names = "predecessors", {i: i for i in ids}
        if not self._has(field) and self._has("unique_predecessors"):
            field = "unique_predecessors"
            entries = list(entries)
            names = {identifier(value): e.id for e in entries if (value := self._cell(e.row, "unique_id")) is not None}
        links: dict[PlanLink, None] = {}
        for entry in entries:
            value = self._cell(entry.row, field)
            for text in () if value is None else split_links(identifier(value)):
                try:
                    found = link(text, names, self._columns.language)
                except CellError as e:
                    self._problem(entry.row, field, e.message, e.hint)
                    continue
                if found.predecessor not in names:
                    hint = did_you_mean(found.predecessor, names)
                    self._problem(entry.row, field, f"no task has the id {quoted(found.predecessor)}", hint)
                    continue
                source = str(entry.row.at(self._columns.fields[field]).cell or f"line {entry.row.number}")
                links[PlanLink(names[found.predecessor], entry.id, found.type, found.lag, found.unit, source)] = None
        return tuple(links)

    def _remark(self, summaries: Container[str]) -> None:
        place = self._sheet.header.place
        if self._columns.unused:
            listed = ", ".join(f"'{shortened(h)}'" for h in self._columns.unused[:20])
            self._findings.warning(f"columns nobody reads: {listed}", place)
        if self._columns.repeated:
            listed = ", ".join(f"'{shortened(h)}'" for h in self._columns.repeated)
            self._findings.warning(f"columns that say the same as an earlier one: {listed}", place)
        if not self._has("id") and not self._has("unique_id"):
            self._findings.warning("the list has no column of ids; tasks are numbered from 1 on", place)
        if not self._has("predecessors") and not self._has("unique_predecessors"):
            self._findings.warning("the list has no column of predecessors; no task waits for another", place)
        undated = [e for e in self._undated if e.id not in summaries]
        if undated:
            also = f" (and {len(undated) - 1:,} more)" if len(undated) > 1 else ""
            row = undated[0].row
            self._findings.warning(
                f"task {quoted(shortened(undated[0].name))}{also} is under way, but nobody says since when",
                row.at(self._columns.fields["percent"]),
                "what is left of it is scheduled as if it began only now; give its actual start",
            )


def _day(date: tuple[dt.datetime, bool] | None) -> dt.date | None:
    return None if date is None else date[0].date()


def _begin(date: tuple[dt.datetime, bool] | None) -> dt.datetime | None:
    """When work begins on a day; the time where one was written."""
    if date is None or date[1]:
        return None if date is None else date[0]
    if not STANDARD.minutes_on(date[0].date()):
        return date[0]
    return moment(STANDARD.start_at(STANDARD.worked(absolute(date[0]))))


def _end(date: tuple[dt.datetime, bool] | None) -> dt.datetime | None:
    """When work ends on a day; the time where one was written."""
    if date is None or date[1]:
        return None if date is None else date[0]
    if not STANDARD.minutes_on(date[0].date()):
        return date[0]
    return moment(STANDARD.finish_at(STANDARD.worked(absolute(date[0]) + 24 * 60)))


def _left(minutes: int | None, done: Fraction | None) -> int | None:
    if minutes is None or done is None:
        return None
    return minutes - (minutes * done + Fraction(1, 2)).__floor__()


def _whole(value: object) -> int:
    text = identifier(value)
    if not re.fullmatch(r"\d{1,6}", text, re.ASCII):
        raise CellError(f"{quoted(text)} is no whole number")
    return int(text)


def _stage(value: object) -> int:
    """The number of `2`, `Stage 2` or `Etap 2`."""
    numbers = re.findall(r"\d+", identifier(value), re.ASCII)
    if len(numbers) != 1 or len(numbers[0]) > 6:
        raise CellError(f"{quoted(str(value))} is no number of a stage", "write its number, like 1 or Stage 1")
    return int(numbers[0])


def _kind(value: object) -> str:
    text = folded(str(value).strip().replace("-", " "))
    kind = _KINDS.get(text) or _KINDS.get(text.replace(" ", "_"))
    if kind is None:
        raise CellError(
            f"{quoted(str(value))} is no kind of task", did_you_mean(str(value), [k.value for k in TaskKind])
        )
    return kind.value


def _owners(value: object) -> tuple[str, ...]:
    """Names without units: `Ann[50%];Bo` names two."""
    text = re.sub(r"\[[^\]]*\]", "", str(value))
    parts = re.split(r"[;\n]" if re.search(r"[;\n]", text) else ",", text)
    return tuple(sorted({" ".join(p.split()) for p in parts} - {""}))


def _state(value: object) -> TaskState:
    state = _STATES.get(folded(" ".join(str(value).split())))
    if state is None:
        raise CellError(f"{quoted(str(value))} is no status of a task", "write planned, running, done or dropped")
    return state


def _endless(parents: Mapping[str, str]) -> list[str]:
    """Tasks that are part of themselves, by however many steps."""
    endless: list[str] = []
    seen: set[str] = set()
    for task in parents:
        way: list[str] = []
        at: str | None = task
        while at is not None and at not in seen:
            seen.add(at)
            way.append(at)
            at = parents.get(at)
        if at in way:
            endless += way[way.index(at) :]
    return endless
