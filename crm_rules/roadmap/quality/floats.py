"""Checks of durations, float and the critical path, and of what constrains them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Final

from crm_rules.roadmap.plan import ConstraintType, PlanTask
from crm_rules.roadmap.quality.measure import Found, Gap, Measure, counted
from crm_rules.roadmap.quality.view import PlanView

UNKNOWN_FLOAT: Final = "the float is not known"

MILESTONE_WORDS: Final = ("milestone", "meilenstein", "kamień milowy", "kamien milowy")
"""What a milestone is called in names of tasks: English, German, Polish (with and without its letters)."""


# -- durations ------------------------------------------------------------------------------------


def unknown_duration(view: PlanView) -> Found:
    """Unfinished tasks without a duration."""
    return counted((i for i, t in view.incomplete.items() if t.duration_minutes is None), len(view.incomplete))


def long_tasks(view: PlanView, *, days: int) -> Found:
    """Unfinished tasks planned to take more than so many working days."""
    return _over(view, lambda task: task.duration_minutes, days, "the duration is not known")


def long_agreed_tasks(view: PlanView, *, days: int) -> Found:
    """Unfinished tasks agreed to take more than so many working days (DCMA 8)."""

    def agreed(task: PlanTask) -> int | None:
        return None if task.baseline is None else task.baseline.duration_minutes

    if view.incomplete and all(agreed(t) is None for t in view.incomplete.values()):
        return Gap("no unfinished task has a baseline duration")
    return _over(view, agreed, days, "the baseline duration is not known")


def _over(view: PlanView, minutes: Callable[[PlanTask], int | None], days: int, why: str) -> Found:
    lengths = {i: minutes(t) for i, t in view.incomplete.items()}
    undecided = [i for i, n in lengths.items() if n is None]
    over = (i for i, n in lengths.items() if n is not None and n > days * view.day)
    return counted(over, len(lengths), undecided=undecided, why=why)


def milestones_with_duration(view: PlanView) -> Found:
    """Tasks called a milestone that take time."""
    pattern = re.compile("|".join(MILESTONE_WORDS))
    named = {i: t for i, t in view.work.items() if pattern.search(t.name.lower())}
    if not named:
        return Gap("no task is called a milestone")
    return counted((i for i, t in named.items() if t.duration_minutes), len(named))


def without_owner(view: PlanView) -> Found:
    """Unfinished tasks of a working day or more to which nobody is assigned (DCMA 10)."""
    if not any(t.owners for t in view.work.values()):
        return Gap("no task names anybody it is assigned to")
    sized = {i: t for i, t in view.incomplete.items() if t.duration_minutes is None or t.duration_minutes >= view.day}
    unowned = {i: t for i, t in sized.items() if not t.owners}
    undecided = [i for i, t in unowned.items() if t.duration_minutes is None]
    return counted(unowned.keys() - set(undecided), len(sized), undecided=undecided, why="the duration is not known")


# -- constraints ----------------------------------------------------------------------------------


def _constrained(view: PlanView, types: frozenset[ConstraintType]) -> Found:
    held = (i for i, t in view.incomplete.items() if t.constraint is not None and t.constraint.type in types)
    return counted(held, len(view.incomplete))


def hard_constraints(view: PlanView) -> Found:
    """Unfinished tasks with MSO, MFO, SNLT or FNLT."""
    return _constrained(view, frozenset(c for c in ConstraintType if c.hard))


def soft_constraints(view: PlanView) -> Found:
    """Unfinished tasks with SNET or FNET."""
    return _constrained(view, frozenset((ConstraintType.SNET, ConstraintType.FNET)))


# -- float ----------------------------------------------------------------------------------------


def _floats(view: PlanView, wrong: Callable[[int], bool], *, gap: str = UNKNOWN_FLOAT) -> Found:
    floats = {i: view.schedule(i).total_float_minutes for i in view.incomplete}
    undecided = [i for i, f in floats.items() if f is None]
    if floats and len(undecided) == len(floats):
        return Gap(gap, undecided=tuple(undecided))
    found = (i for i, f in floats.items() if f is not None and wrong(f))
    return counted(found, len(floats), undecided=undecided, why=UNKNOWN_FLOAT)


def high_float(view: PlanView, *, days: int, percent_of_remaining: int = 0) -> Found:
    """Unfinished tasks with more total float than so many working days, or than so much of the remaining time.

    The larger of the two is the limit.
    """
    limit = days * view.day
    if percent_of_remaining:
        if view.remaining is None:
            return Gap("the finish of the plan is not known", undecided=tuple(view.incomplete))
        limit = max(limit, view.remaining * percent_of_remaining // 100)
    return _floats(view, lambda minutes: minutes > limit)


def negative_float(view: PlanView) -> Found:
    """Unfinished tasks that are late for a deadline or a constraint."""
    found = _floats(view, lambda minutes: minutes < 0)
    if not found.offenders and not _can_be_late(view):
        return Gap("nothing can be late: there is no deadline, hard constraint or task scheduled by hand")
    return found


def _can_be_late(view: PlanView) -> bool:
    return any(
        t.deadline is not None or t.manual or (t.constraint is not None and t.constraint.type.hard)
        for i, t in view.all_tasks.items()
        if i in view.roadmap.tasks
    )


def critical_share(view: PlanView) -> Found:
    """Unfinished tasks that are critical."""
    critical = {i: view.schedule(i).critical for i in view.incomplete}
    undecided = [i for i, c in critical.items() if c is None]
    if critical and len(undecided) == len(critical):
        return Gap("it is not known which tasks are critical", undecided=tuple(undecided))
    why = "it is not known whether they are critical"
    return counted((i for i, c in critical.items() if c), len(critical), undecided=undecided, why=why)


def near_critical(view: PlanView) -> Found:
    """Unfinished tasks that are not critical and have little float, see `Roadmap.near_critical_minutes`."""
    near = {i: view.schedule(i).near_critical for i in view.incomplete}
    undecided = [i for i, n in near.items() if n is None]
    if near and len(undecided) == len(near):
        return Gap(UNKNOWN_FLOAT, undecided=tuple(undecided))
    return counted((i for i, n in near.items() if n), len(near), undecided=undecided, why=UNKNOWN_FLOAT)


def path_length_index(view: PlanView) -> Found:
    """Critical path length index (DCMA 13): (length + float) / length, in working minutes of the plan's calendar.

    The length runs from the status date to the finish of the plan. The float of the plan is the time from that
    finish to the deadline of the task that ends it, or without one to the finish agreed for it (Winter, and
    Edwards, on how the float of a project is taken). Without either the float is 0 by construction and the index
    would always be 1.
    """
    status, finish = view.status, view.roadmap.finish
    if status is None:
        return Gap("the plan has no status date")
    if finish is None:
        return Gap("the finish of the plan is not known", undecided=tuple(view.incomplete))
    last = [
        t
        for i, t in view.work.items()
        if i in view.roadmap.tasks and view.schedule(i).early_finish_minutes == view.roadmap.finish_minutes
    ]
    required, basis = _required(last)
    if required is None:
        return Gap("the task that ends the plan has neither a deadline nor a baseline finish")
    length = view.between(status, finish)
    if length <= 0:
        return Gap("the plan finishes before its status date")
    return Measure(length + view.between(finish, required), length, tuple(t.id for t in last), note=basis)


def _required(last: list[PlanTask]) -> tuple[dt.datetime | None, str]:
    """When the tasks that end the plan have to be finished, and what says so."""
    deadlines = [t.deadline for t in last if t.deadline is not None]
    if deadlines:
        return min(deadlines), "float to the deadline of the last task"
    agreed = [t.baseline.finish for t in last if t.baseline is not None and t.baseline.finish is not None]
    if agreed:
        return max(agreed), "float to the baseline finish of the last task"
    return None, ""
