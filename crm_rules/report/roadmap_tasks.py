"""The tasks of a roadmap as every format shows them: in which order, at which depth, with which marks.

What a mark means is decided here once, so that table, chart and graph never disagree. Only results of the
roadmap are read; nothing is scheduled.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from crm_rules.report.phrases import be, count
from crm_rules.roadmap.analysis import Roadmap, TaskSchedule
from crm_rules.roadmap.plan import LagUnit, LinkType, PlanTask, TaskState, days_of

MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_LAST: Final = 1 << 200
"""A working minute after all others, for sorting what has no date."""


class Mark(StrEnum):
    """What a reader has to know first about a task. The first that holds is shown."""

    DONE = "done"
    CRITICAL = "critical"
    NEAR = "near-critical"
    UNKNOWN = "unknown"  # whether it is critical is not known
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class TaskView:
    """One task as it is shown.

    Attributes:
        task: the task as planned.
        schedule: its results.
        mark: what catches the eye.
        depth: number of summary tasks it lies in.
        summary: it consists of other tasks.
        per_day: working minutes of a day in which durations and float are shown.
    """

    task: PlanTask
    schedule: TaskSchedule
    mark: Mark
    depth: int
    summary: bool
    per_day: int

    @property
    def id(self) -> str:
        """Id of the task."""
        return self.task.id

    @property
    def name(self) -> str:
        """Name of the task."""
        return self.task.name

    @property
    def critical(self) -> bool:
        """Whether it is certainly critical."""
        return self.mark is Mark.CRITICAL

    @property
    def milestone(self) -> bool:
        """Whether it takes no time."""
        return self.task.duration_minutes == 0 and not self.summary

    @property
    def length_text(self) -> str:
        """Its duration in working days; `?` when it is not known."""
        return days_text(self.task.duration_minutes, self.per_day)

    @property
    def float_text(self) -> str:
        """Its total float in working days; `?` when it is not known."""
        return days_text(self.schedule.total_float_minutes, self.per_day)

    @property
    def started(self) -> bool:
        """Whether work on it has begun."""
        return self.mark is Mark.DONE or self.task.actual_start is not None


def task_views(roadmap: Roadmap) -> tuple[TaskView, ...]:
    """All scheduled tasks by start, parts below the summary task they belong to.

    Tasks without a date come last; of tasks that start together, the shorter one first, then by id.
    """
    planned = {t.id: t for t in roadmap.plan.tasks}
    parts: dict[str | None, list[str]] = {}
    for name in roadmap.tasks:
        parent = planned[name].parent
        while parent is not None and parent not in roadmap.tasks:
            parent = planned[parent].parent
        parts.setdefault(parent, []).append(name)
    starts = _earliest(roadmap, parts)
    found: list[TaskView] = []
    # A stack instead of recursion: outlines of imported plans may be deeper than Python calls.
    pending = [(name, 0) for name in _in_order(roadmap, parts.get(None, ()), starts)]
    while pending:
        name, depth = pending.pop()
        schedule, inner = roadmap.tasks[name], parts.get(name, [])
        mark = _mark(planned[name], schedule)
        found.append(TaskView(planned[name], schedule, mark, depth, schedule.summary, roadmap.plan.minutes_per_day))
        pending += [(part, depth + 1) for part in _in_order(roadmap, inner, starts)]
    return tuple(found)


def flat(roadmap: Roadmap) -> dict[str, TaskView]:
    """Tasks by id for tables that show some of them only: without indent, and with names that tell them apart."""
    names = names_of(roadmap)
    return {v.id: replace(v, depth=0, task=replace(v.task, name=names[v.id])) for v in task_views(roadmap)}


def graph_views(roadmap: Roadmap) -> tuple[TaskView, ...]:
    """The tasks of a dependency graph, by start: all but the summary tasks that no link leads to or from."""
    linked = {name for k in roadmap.plan.links for name in (k.predecessor, k.successor)}
    return tuple(v for v in flat(roadmap).values() if not v.summary or v.id in linked)


def names_of(roadmap: Roadmap) -> dict[str, str]:
    """Names by id of all tasks of the plan; where several have the same, with what they are part of, or the id."""
    tasks = {t.id: t for t in roadmap.plan.tasks}
    shared = Counter(t.name for t in tasks.values())
    found = {}
    for task in tasks.values():
        parent = None if task.parent is None else tasks[task.parent].name
        found[task.id] = task.name if shared[task.name] == 1 else f"{task.name} ({parent or task.id})"
    again = Counter(found.values())
    return {i: name if again[name] == 1 else f"{tasks[i].name} ({i})" for i, name in found.items()}


def _in_order(roadmap: Roadmap, names: Iterable[str], starts: Mapping[str, int]) -> list[str]:
    """Last first, as a stack wants them."""

    def key(name: str) -> tuple[int, int, str]:
        finish = roadmap.tasks[name].finish_minutes
        return starts[name], _LAST if finish is None else finish, name

    return sorted(names, key=key, reverse=True)


def _earliest(roadmap: Roadmap, parts: Mapping[str | None, list[str]]) -> dict[str, int]:
    """When each task starts; a summary task with its first part when it has no date of its own."""
    found: dict[str, int] = {}
    order: list[str] = []
    pending = list(parts.get(None, ()))
    while pending:
        name = pending.pop()
        order.append(name)
        pending += parts.get(name, ())
    for name in reversed(order):
        own = roadmap.tasks[name].start_minutes
        found[name] = min((found[p] for p in parts.get(name, ())), default=_LAST) if own is None else own
    return found


def _mark(task: PlanTask, schedule: TaskSchedule) -> Mark:
    if task.state is TaskState.DONE or task.actual_finish is not None:
        return Mark.DONE
    if schedule.critical:
        return Mark.CRITICAL
    if schedule.critical is None:
        return Mark.UNKNOWN
    return Mark.NEAR if schedule.near_critical else Mark.PLAIN


_URGENCY: Final = {Mark.CRITICAL: 0, Mark.NEAR: 1, Mark.UNKNOWN: 2, Mark.PLAIN: 3, Mark.DONE: 4}


def most_urgent(views: Sequence[TaskView], most: int) -> tuple[tuple[TaskView, ...], str]:
    """At most so many tasks, in their order, and what was left out in words; "" when nothing was.

    Critical tasks stay longest, then those with little float; work that is done is the first to go. Summary tasks
    do not count and stay as long as any part of them does.
    """
    work = [v for v in views if not v.summary]
    if len(work) <= most:
        return tuple(views), ""
    ranked = sorted(work, key=_urgency)
    kept = {v.id for v in ranked[:most]}
    left_out = ranked[most:]
    done = sum(v.mark is Mark.DONE for v in left_out)
    said = [f"{done:,} that {be(done)} done"] if done else []
    if len(left_out) > done:
        said.append(f"{len(left_out) - done:,} with more float")
    return with_summaries(views, kept), f"{count(len(left_out), 'task')} ({' and '.join(said)})"


def with_summaries(views: Sequence[TaskView], kept: Container[str]) -> tuple[TaskView, ...]:
    """The tasks kept and the summary tasks they are part of, in their order."""
    found: list[TaskView] = []
    wanted = -1
    # Parts stand below what they belong to: read backwards, a summary is wanted when it lies above a kept part.
    for view in reversed(views):
        if view.id in kept or (view.summary and view.depth < wanted):
            found.append(view)
            wanted = view.depth
        elif view.depth < wanted:
            wanted = view.depth
    return tuple(reversed(found))


def _urgency(view: TaskView) -> tuple[int, int, str]:
    total = view.schedule.total_float_minutes
    return _URGENCY[view.mark], _LAST if total is None else total, view.id


# -- links --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LinkView:
    """What joins two tasks that are shown; several links between them are one.

    Attributes:
        predecessor, successor: ids of the tasks.
        text: types and lags; "" for a plain finish to start.
        critical: it is part of a critical path.
        loop: it is part of a loop, so that nothing was scheduled by it.
    """

    predecessor: str
    successor: str
    text: str
    critical: bool
    loop: bool


def link_views(roadmap: Roadmap, shown: Iterable[TaskView]) -> tuple[LinkView, ...]:
    """The links between tasks that are shown, in the order of the tasks they leave and enter."""
    place = {v.id: n for n, v in enumerate(shown)}
    tangled = {task: cycle.id for cycle in roadmap.cycles for task in cycle.tasks}
    texts: dict[tuple[str, str], list[str]] = {}
    for link in sorted(roadmap.plan.links, key=lambda k: k.sort_key):
        if link.predecessor in place and link.successor in place:
            ends = link.predecessor, link.successor
            texts.setdefault(ends, []).append(link_text(link.type, link.lag, link.unit, roadmap.plan.minutes_per_day))
    critical = {(k.predecessor, k.successor) for k in roadmap.critical_links or ()}
    found = []
    for (before, after), said in texts.items():
        loop = before in tangled and tangled[before] == tangled.get(after)
        text = "" if said == ["FS"] else ", ".join(dict.fromkeys(said))
        found.append(LinkView(before, after, text, (before, after) in critical, loop))
    return tuple(sorted(found, key=lambda k: (place[k.predecessor], place[k.successor])))


# -- wording ------------------------------------------------------------------------------------


def day_text(value: dt.date | None, unknown: str = "?") -> str:
    """A date as short as it can be read without doubt: `12 May 2026`."""
    return unknown if value is None else f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def days_text(minutes: int | None, per_day: int, unknown: str = "?") -> str:
    """Working minutes as working days of so many minutes, with at most one decimal: `12`, `2.5`, `-3`."""
    if minutes is None:
        return unknown
    days = days_of(minutes, per_day)
    if isinstance(days, int):
        return f"{days:,}"
    rounded = f"{days:,.1f}"
    # Rounding must not turn a little into nothing.
    return rounded if float(rounded.replace(",", "")) else ("<0.1" if minutes > 0 else ">-0.1")


def days_in(roadmap: Roadmap, minutes: int | None) -> str:
    """Working minutes in working days of the plan, with the unit: `1 working day`, `2.5 working days`."""
    text = days_text(minutes, roadmap.plan.minutes_per_day)
    return f"{text} working day" if text == "1" else f"{text} working days"


def facts_text(view: TaskView) -> tuple[str, ...]:
    """What a drawing says of a task besides its name: when a milestone is, how long other work takes, and its float."""
    if view.milestone:
        at = view.schedule.finish
        return ("milestone",) if at is None else (day_text(at.date()),)
    if view.summary:
        return ()
    minutes, total = view.task.duration_minutes, view.schedule.total_float_minutes
    said = ["duration not known" if minutes is None else f"{view.length_text} d"]
    if view.mark not in (Mark.DONE, Mark.CRITICAL) or (total or 0) < 0:
        said.append("float not known" if total is None else f"float {view.float_text} d")
    return tuple(said)


def link_text(type_: LinkType, lag: int, unit: LagUnit, per_day: int) -> str:
    """A link as planners write it: `FS`, `SS+3d`, `FF-1d`, `FS+2ed`, `SS+50%`."""
    text = type_.value.upper()
    if not lag:
        return text
    match unit:
        case LagUnit.PERCENT:
            return f"{text}{_signed(lag / 100)}%"
        case LagUnit.ELAPSED:
            return f"{text}{_signed(lag / (24 * 60))}ed"
        case LagUnit.WORKING:
            return f"{text}{_signed(days_of(lag, per_day))}d"


def _signed(number: float) -> str:
    return f"{round(number, 2):+.15g}"
