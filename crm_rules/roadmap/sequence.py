"""Work that was done in another order than the links say. Nothing is judged by it but the order of what happened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from crm_rules.roadmap.network import FROM_FINISH, TO_FINISH, is_finished
from crm_rules.roadmap.outline import Outline
from crm_rules.roadmap.plan import Plan, PlanLink, PlanTask, TaskState


def out_of_sequence(plan: Plan, outline: Outline) -> tuple[PlanLink, ...]:
    """Links whose successor went ahead although its predecessor had not, sorted.

    A link from finish to start is broken when the successor has started and the predecessor is not finished, or
    finished later than that; the other types accordingly. Lags are left out of account. What is not known to have
    happened has not.
    """
    tasks = {t.id: t for t in plan.tasks if t.id not in outline.dropped}
    if not any(t.actual_start is not None or is_finished(t) for t in plan.tasks):
        return ()
    return tuple(sorted(_broken(plan, tasks, outline), key=lambda k: k.sort_key))


def _broken(plan: Plan, tasks: dict[str, PlanTask], outline: Outline) -> Iterator[PlanLink]:
    for link in plan.links:
        before, after = tasks.get(link.predecessor), tasks.get(link.successor)
        if before is None or after is None or before.id in outline.parts or after.id in outline.parts:
            continue
        happened, then = _event(after, finish=link.type in TO_FINISH)
        if not happened:
            continue
        first, since = _event(before, finish=link.type in FROM_FINISH)
        if not first or (then is not None and since is not None and then < since):
            yield link


def _event(task: PlanTask, *, finish: bool) -> tuple[bool, dt.datetime | None]:
    """Whether a task has finished, or started, and when as far as somebody says."""
    if finish:
        return is_finished(task), task.actual_finish
    started = task.actual_start is not None or is_finished(task)
    return started and task.state is not TaskState.DROPPED, task.actual_start
