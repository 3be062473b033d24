"""Dates of a schedule that was computed in working minutes: which side of a break each is shown on.

Work starts where the next time of work begins and finishes where one ends. A task without duration stands where
what holds it is: at the end of the work before it (17:00), or at the beginning (08:00) when it waits for the start
of something, for a date or for the project start.
"""

from __future__ import annotations

from crm_rules.roadmap.axis import Axis
from crm_rules.roadmap.network import Network
from crm_rules.roadmap.plan import Plan, PlanTask
from crm_rules.roadmap.progress import yielding
from crm_rules.roadmap.schedule import Schedule
from crm_rules.roadmap.working_time import absolute

Instants = tuple[int | None, int | None, int | None, int | None]
"""Early start and finish, late start and finish, in minutes of the clock; None is unknown."""


def instants(network: Network, found: Schedule, axis: Axis, plan: Plan) -> list[Instants]:
    """Dates of all tasks of the network, by node."""
    if found.spans is not None:
        shown: list[Instants] = []
        for i in range(network.tasks):
            span = found.spans[i]
            if span is None:
                shown.append((None, None, None, None))
            else:
                start = span.early_start if found.early_start[i] is not None else None
                finish = span.early_finish if found.early_finish[i] is not None else None
                shown.append((start, finish, span.late_start, span.late_finish))
        return shown
    base = axis.base
    start_at, finish_at = axis.calendar.start_at, axis.calendar.finish_at
    placed = _placed(network, found, axis, plan) if 0 in network.durations[: network.tasks] else {}
    result: list[Instants] = []
    for i in range(network.tasks):
        begins = ends = None
        if i in placed:
            begins = start_at if placed[i] != finish_at(base + (found.early_start[i] or 0)) else finish_at
            ends = begins
        begins, ends = begins or start_at, ends or finish_at
        early_start, early_finish = found.early_start[i], found.early_finish[i]
        late_start, late_finish = found.late_start[i], found.late_finish[i]
        result.append(
            (
                None if early_start is None else begins(base + early_start),
                None if early_finish is None else ends(base + early_finish),
                None if late_start is None else begins(base + late_start),
                None if late_finish is None else ends(base + late_finish),
            )
        )
    return result


def _placed(network: Network, found: Schedule, axis: Axis, plan: Plan) -> dict[int, int]:
    """Minute of the clock at which each node without duration stands, where it is known."""
    tasks = {t.id: t for t in plan.tasks}
    base, calendar = axis.base, axis.calendar
    at: dict[int, int] = {}
    for i in network.order:
        start = found.early_start[i]
        if network.durations[i] != 0 or start is None:
            continue
        here = base + start
        candidates = [calendar.finish_at(here)]
        if network.is_task[i] and network.floors[i] == start:
            candidates += _floors(tasks[network.ids[i]], axis, plan, here)
        for k in network.incoming[i]:
            if not found.driving[k]:
                continue
            tail, lag = network.tails[k], network.lags[k]
            if lag:
                candidates.append(calendar.finish_at(here) if lag > 0 else calendar.start_at(here))
            elif tail in at:
                candidates.append(at[tail])
            elif not network.from_finish[k]:
                candidates.append(calendar.start_at(here))
        at[i] = max(candidates)
    return at


def _floors(task: PlanTask, axis: Axis, plan: Plan, here: int) -> list[int]:
    """Instants of what keeps a task from starting earlier, as far as they are the working minute `here`."""
    calendar = axis.calendar
    dates = [axis.zero]
    if plan.earliest_work is not None:
        dates.append(calendar.start_at(calendar.worked(absolute(plan.earliest_work))))
    floor = None if task.constraint is None else yielding(task.constraint)
    if floor is not None and floor.at is not None:
        at = absolute(floor.at)
        settled = at == calendar.finish_at(calendar.worked(at))
        dates.append(at if settled else calendar.start_at(calendar.worked(at)))
    return [date for date in dates if calendar.worked(date) == here]
