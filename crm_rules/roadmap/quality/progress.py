"""How far a task has come, as far as its data tell."""

from __future__ import annotations

from crm_rules.roadmap.network import is_finished as finished
from crm_rules.roadmap.plan import PlanTask

__all__ = ["finished", "started", "under_way"]


def under_way(task: PlanTask) -> bool:
    """Whether somebody reports work on a task that is not finished."""
    if finished(task):
        return False
    if task.actual_start is not None:
        return True
    return (
        task.remaining_minutes is not None
        and task.duration_minutes is not None
        and task.remaining_minutes < task.duration_minutes
    )


def started(task: PlanTask) -> bool:
    """Whether a task is under way or finished."""
    return finished(task) or under_way(task)
