"""The critical path test: delay a critical task in a copy of the plan and see whether the finish follows.

DCMA 12. If adding 600 working days to a critical task does not move the finish of the plan by as much, the path
is not what it seems: a link is missing, or a constraint holds the finish where it is. Where a constraint or a
deadline holds it, the float of the task has to fall by as much instead.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from crm_rules.roadmap.analysis import analyse
from crm_rules.roadmap.plan import PlanTask
from crm_rules.roadmap.quality.measure import Found, Gap, Measure
from crm_rules.roadmap.quality.progress import finished, under_way
from crm_rules.roadmap.quality.view import PlanView
from crm_rules.roadmap.working_time import absolute

ADDED_DAYS: Final = 600
"""Working days added to the task."""

TOLERANCE: Final = 100
"""The finish may fall short by one part in so many: with several calendars days differ in length."""


def critical_path_test(view: PlanView) -> Found:
    """By how many whole working days the finish moves (numerator), of those a critical task is delayed by."""
    if view.roadmap.finish_minutes is None:
        return Gap("the finish of the plan is not known", undecided=tuple(view.incomplete))
    task = _delayed(view)
    if task is None:
        return Gap("no unfinished task with a duration is critical")
    added = ADDED_DAYS * view.day
    extra = _own_minutes(view, task, added)
    longer = replace(
        task,
        duration_minutes=(task.duration_minutes or 0) + extra,
        remaining_minutes=None if task.remaining_minutes is None else task.remaining_minutes + extra,
    )
    copy = replace(view.plan, tasks=tuple(longer if t.id == task.id else t for t in view.plan.tasks))
    after = analyse(copy)
    before_float, after_float = view.schedule(task.id).total_float_minutes, after.tasks[task.id].total_float_minutes
    moved = (after.finish_minutes or 0) - view.roadmap.finish_minutes
    fallen = 0 if before_float is None or after_float is None else before_float - after_float
    days = max(moved, fallen) // view.day
    followed = max(moved, fallen) * TOLERANCE >= added * (TOLERANCE - 1)
    what = "the finish moves" if moved >= fallen else "its float falls"
    note = f"{_called(view, task)} delayed by {ADDED_DAYS} working days: {what} by {days:,}"
    return Measure(min(days, ADDED_DAYS), ADDED_DAYS, () if followed else (task.id,), note=note)


def _called(view: PlanView, task: PlanTask) -> str:
    """The name of a task, with its id where several have that name."""
    namesakes = sum(t.name == task.name for t in view.plan.tasks)
    return task.name if namesakes == 1 else f"{task.name} ({task.id})"


def _delayed(view: PlanView) -> PlanTask | None:
    """The task to delay: critical, unfinished and as near the status date as there is one.

    That is one under way, then the one that starts first, then the longest; farther off the test would leave out
    the path up to it.
    """
    limit = view.plan.critical_limit_minutes
    candidates = [
        t
        for i, t in view.work.items()
        if not finished(t)
        and not t.level_of_effort
        and not t.manual
        and t.duration_minutes
        and view.schedule(i).critical
        and (view.schedule(i).total_float_minutes or 0) <= limit
    ]

    def nearest(task: PlanTask) -> tuple[bool, int, int, str]:
        start = view.schedule(task.id).early_start_minutes
        return not under_way(task), start or 0, -(task.duration_minutes or 0), task.id

    return min(candidates, key=nearest, default=None)


def _own_minutes(view: PlanView, task: PlanTask, minutes: int) -> int:
    """As many working minutes of the task's calendar as are worked while the plan's has so many."""
    finish = view.schedule(task.id).early_finish
    if task.calendar is None or finish is None:
        return minutes
    own, at = view.plan.calendars[task.calendar], absolute(finish)
    until = view.calendar.finish_at(view.calendar.worked(at) + minutes)
    return own.worked(until) - own.worked(at)
