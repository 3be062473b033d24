"""The working minutes of the plan's calendar as one axis, and where on the clock it begins.

Which date the project starts on is decided here, once, for both ways to schedule it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from crm_rules.roadmap.outline import Outline
from crm_rules.roadmap.plan import ConstraintType, Plan, PlanTask
from crm_rules.roadmap.working_time import WorkingCalendar, absolute


@dataclass(frozen=True, slots=True)
class Axis:
    """Working minutes since the project start.

    Attributes:
        calendar: the plan's own.
        zero: minute of the clock at which the project starts, at the beginning of work.
        start: the date that says when that is; None when the plan names none. The axis then begins with a
            working week, and no date may be shown.
    """

    calendar: WorkingCalendar
    zero: int
    start: dt.datetime | None

    @staticmethod
    def of(plan: Plan, waiting: Collection[str], outline: Outline) -> Axis:
        """The axis of a plan.

        It begins at the plan's start; without one at the earliest date stated, reported or laid down for the start of
        a task that waits for no other; without one at the earliest date the plan names at all.

        Args:
            plan: the plan.
            waiting: ids of tasks that wait for others, or are on a loop.
            outline: its summary tasks.
        """
        calendar = plan.calendar
        first = plan.start
        if first is None:
            tasks = [t for t in plan.tasks if t.id not in outline.dropped and t.id not in outline.parts]
            free = (date for t in tasks if t.id not in waiting for date in _starts(t))
            first = min(free, default=None) or min((d for t in tasks for d in _clock_dates(t)), default=None)
            first = first or plan.status_date
        at = 0 if first is None else absolute(first)
        return Axis(calendar, calendar.start_at(calendar.worked(at)), first)

    @property
    def base(self) -> int:
        """Count of the calendar at the project start."""
        return self.calendar.worked(self.zero)

    def minutes(self, at: dt.datetime) -> int:
        """Working minutes from project start to a date and time, negative before it."""
        return self.calendar.worked(absolute(at)) - self.base


def _starts(task: PlanTask) -> Iterator[dt.datetime]:
    """Dates on which the task is said to start."""
    if task.start is not None:
        yield dt.datetime.combine(task.start, dt.time())
    if task.actual_start is not None:
        yield task.actual_start
    if task.manual and task.pinned_start is not None:
        yield task.pinned_start
    laid = task.constraint
    if laid is not None and laid.at is not None and laid.type in (ConstraintType.SNET, ConstraintType.MSO):
        yield laid.at


def _clock_dates(task: PlanTask) -> Iterator[dt.datetime]:
    """Dates that cannot be scheduled without knowing when the project starts."""
    dates = (task.actual_start, task.actual_finish, task.deadline, task.pinned_start, task.pinned_finish)
    yield from (date for date in dates if date is not None)
    if task.constraint is not None and task.constraint.at is not None:
        yield task.constraint.at
