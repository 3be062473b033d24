"""Tasks whose dates are those of others: summary tasks, and those that only accompany work (level of effort)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from crm_rules.roadmap.axis import Axis
from crm_rules.roadmap.network import FROM_FINISH, TO_FINISH, Network, lag_of
from crm_rules.roadmap.outline import Outline
from crm_rules.roadmap.plan import Plan, PlanTask
from crm_rules.roadmap.results import TaskSchedule
from crm_rules.roadmap.schedule import Schedule
from crm_rules.roadmap.working_time import moment

_T = TypeVar("_T", int, dt.datetime)


def summary_schedules(
    outline: Outline, plan: Plan, tasks: Mapping[str, TaskSchedule], network: Network, found: Schedule
) -> dict[str, TaskSchedule]:
    """The summary tasks: from the first start to the last finish of their parts.

    Total float is the lesser of what start and finish have, of a summary in progress what the finish has. Free float is
    the least of the links that lead from its parts to others. A summary is critical when a part is.
    """
    plan_tasks = {t.id: t for t in plan.tasks}
    nodes = {name: i for i, name in enumerate(network.ids[: network.tasks])}
    result: dict[str, TaskSchedule] = {}
    for name in outline.bottom_up():
        parts = [
            part
            for i in outline.parts[name]
            if i not in outline.dropped and (part := tasks.get(i) or result.get(i)) is not None
        ]
        inside = [nodes[leaf] for leaf in outline.leaves(name) if leaf in nodes]
        begun = any(plan_tasks[leaf].actual_start is not None for leaf in outline.leaves(name))
        result[name] = _summary(name, parts, begun, _free(inside, name, network, found), plan_tasks)
    return result


def _summary(
    name: str, parts: Sequence[TaskSchedule], begun: bool, free: int | None, plan: Mapping[str, PlanTask]
) -> TaskSchedule:
    early_start = _of(min, (p.start_minutes for p in parts))
    early_finish = _of(max, (p.finish_minutes for p in parts))
    # What is pinned is no later than it is.
    late = [(p, plan[p.id].manual) for p in parts]
    late_start = _of(min, (p.start_minutes if pinned else p.late_start_minutes for p, pinned in late))
    late_finish = _of(max, (p.finish_minutes if pinned else p.late_finish_minutes for p, pinned in late))
    total: int | None = None
    if None not in (early_start, early_finish, late_start, late_finish):
        total = (late_finish or 0) - (early_finish or 0)
        if not begun:
            total = min(total, (late_start or 0) - (early_start or 0))
    flags = [p.critical for p in parts]
    longest = [p.longest_path for p in parts]
    known_free = None if total is None else max(0, total) if free is None else max(0, free)
    start, finish = _of(min, (p.start for p in parts)), _of(max, (p.finish for p in parts))
    return TaskSchedule(
        id=name,
        early_start_minutes=early_start,
        early_finish_minutes=early_finish,
        late_start_minutes=late_start,
        late_finish_minutes=late_finish,
        total_float_minutes=total,
        free_float_minutes=known_free,
        critical=any_of(flags),
        driving=(),
        early_start=start,
        early_finish=finish,
        late_start=_of(min, (p.start if pinned else p.late_start for p, pinned in late)),
        late_finish=_of(max, (p.finish if pinned else p.late_finish for p, pinned in late)),
        longest_path=any_of(longest),
        near_critical=any_of([p.near_critical for p in parts]) if any_of(flags) is False else False,
        start=start,
        finish=finish,
        start_minutes=early_start,
        finish_minutes=early_finish,
        summary=True,
    )


def any_of(flags: Iterable[bool | None]) -> bool | None:
    """Whether one of them is true; None when that depends on an unknown one."""
    known = list(flags)
    return True if True in known else None if None in known else False


def _of(choose: Callable[[Iterable[_T]], _T], values: Iterable[_T | None]) -> _T | None:
    """Least or greatest of values; None when there is none, or one is unknown."""
    all_values = list(values)
    known = [v for v in all_values if v is not None]
    return choose(known) if known and len(known) == len(all_values) else None


def _free(inside: Sequence[int], name: str, network: Network, found: Schedule) -> int | None:
    """Least slack of the links that leave a summary task; None when none does, or nothing is known."""
    own = set(inside)
    least: int | None = None
    for i in inside:
        for k in network.outgoing[i]:
            j = network.heads[k]
            slack = found.slack[k]
            if j in own or slack is None:
                continue
            if not network.is_task[j]:
                further = found.free_float[j]
                if network.ids[j] != name or further is None:
                    continue
                slack += further
            least = slack if least is None else min(least, slack)
    return least


def accompanying(plan: Plan, outline: Outline, tasks: Mapping[str, TaskSchedule], axis: Axis) -> list[TaskSchedule]:
    """Level-of-effort tasks: they begin with the first and end with the last of what they are linked to.

    They have no float but that of their finish, and are never critical. Lags count as working time.
    """
    effort = sorted(
        t.id for t in plan.tasks if t.level_of_effort and t.id not in outline.dropped and t.id not in outline.parts
    )
    if not effort:
        return []
    known = {t.id: t for t in plan.tasks}
    ends: dict[str, list[tuple[bool, str, bool, int]]] = {}
    for link in plan.links:
        lag = lag_of(link, known[link.predecessor]) or 0
        leaves, enters = link.type in FROM_FINISH, link.type in TO_FINISH
        ends.setdefault(link.successor, []).append((enters, link.predecessor, leaves, lag))
        ends.setdefault(link.predecessor, []).append((leaves, link.successor, enters, -lag))
    return [_accompaniment(known[name], ends.get(name, ()), tasks, axis) for name in effort]


def _accompaniment(
    task: PlanTask, ends: Iterable[tuple[bool, str, bool, int]], tasks: Mapping[str, TaskSchedule], axis: Axis
) -> TaskSchedule:
    found: dict[tuple[bool, bool], list[int | None]] = {
        (finish, late): [] for finish in (False, True) for late in (False, True)
    }
    for own_finish, other, of_finish, lag in ends:
        held = tasks.get(other)
        if held is None:
            continue
        early = held.early_finish_minutes if of_finish else held.early_start_minutes
        late = held.late_finish_minutes if of_finish else held.late_start_minutes
        found[own_finish, False].append(None if early is None else early + lag)
        found[own_finish, True].append(None if late is None else late + lag)
    start = _of(min, found[False, False]) if found[False, False] else 0
    late_start = _of(min, found[False, True]) if found[False, True] else start
    finish = _end(found[True, False], start, task.duration_minutes)
    late_finish = _end(found[True, True], late_start, task.duration_minutes)
    total = None if finish is None or late_finish is None else late_finish - finish
    shown = [None, None, None, None] if axis.start is None else _dates((start, finish, late_start, late_finish), axis)
    return TaskSchedule(
        id=task.id,
        early_start_minutes=start,
        early_finish_minutes=finish,
        late_start_minutes=late_start,
        late_finish_minutes=late_finish,
        total_float_minutes=total,
        free_float_minutes=None if total is None else max(0, total),
        critical=False,
        driving=(),
        early_start=shown[0],
        early_finish=shown[1],
        late_start=shown[2],
        late_finish=shown[3],
        longest_path=False,
        near_critical=False,
        start=shown[0],
        finish=shown[1],
        start_minutes=start,
        finish_minutes=finish,
    )


def _end(bounds: list[int | None], start: int | None, duration: int | None) -> int | None:
    if bounds:
        finish = _of(max, bounds)
        return finish if finish is None or start is None else max(start, finish)
    return None if start is None or duration is None else start + duration


def _dates(minutes: Sequence[int | None], axis: Axis) -> list[dt.datetime | None]:
    base, start_at, finish_at = axis.base, axis.calendar.start_at, axis.calendar.finish_at
    sides = (start_at, finish_at, start_at, finish_at)
    return [None if m is None else moment(side(base + m)) for m, side in zip(minutes, sides, strict=True)]
