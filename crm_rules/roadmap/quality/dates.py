"""Checks of dates: stated ones against each other and the links, progress against the status date, dates against
the baseline.

A stated date is a day without a time, so it contradicts something only if no time on that day would agree.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final

from crm_rules.roadmap.plan import LagCalendar, LagUnit, LinkType, PlanLink, PlanTask
from crm_rules.roadmap.quality.measure import Found, Gap, Measure, counted
from crm_rules.roadmap.quality.progress import finished, under_way
from crm_rules.roadmap.quality.view import PlanView
from crm_rules.roadmap.working_time import ALL_HOURS, WorkingCalendar

NO_STATUS: Final = Gap("the plan has no status date")
NO_BASELINE: Final = Gap("no task has a baseline")
CLOCK_DAY: Final = 24 * 60


# -- stated dates ---------------------------------------------------------------------------------


def finish_before_start(view: PlanView) -> Found:
    """Tasks of which some finish lies before the start beside it: stated, actual, laid down by hand or agreed."""

    def backwards(task: PlanTask) -> bool:
        agreed = task.baseline
        pairs: list[tuple[dt.datetime | None, dt.datetime | None]] = [
            (task.actual_start, task.actual_finish),
            (task.pinned_start, task.pinned_finish),
        ]
        if agreed is not None:
            pairs.append((agreed.start, agreed.finish))
        stated = task.start is not None and task.finish is not None and task.finish < task.start
        return stated or any(a is not None and b is not None and b < a for a, b in pairs)

    return counted((i for i, t in view.work.items() if backwards(t)), len(view.work))


def dates_against_links(view: PlanView) -> Found:
    """Links whose successor is dated before its predecessor lets it.

    A date that is not stated is taken from the other one and the duration. Lags are counted on the lag calendar
    of the plan.
    """
    judged = [(i, verdict) for i, k in view.links if (verdict := _contradicts(view, k)) is not None]
    if not judged:
        return Gap("no two linked tasks have dates")
    return counted((i for i, wrong in judged if wrong), len(judged), of_links=True)


def _contradicts(view: PlanView, link: PlanLink) -> bool | None:
    """Whether the stated dates of two tasks contradict their link; None where there are none."""
    before, after = view.work.get(link.predecessor), view.work.get(link.successor)
    if before is None or after is None or before is after:
        return None
    earlier = _stated(view, before, finish=link.type.from_finish)
    later = _stated(view, after, finish=link.type.to_finish)
    if earlier is None or later is None:
        return None
    if link.lag >= 0 and later < earlier:
        return True
    waits, calendar = link.lag, _lag_calendar(view, link)
    if link.unit is LagUnit.PERCENT:
        if before.duration_minutes is None:
            return False
        waits = waits * before.duration_minutes // 10_000
    # The latest moment of the later day against the earliest one of the earlier day.
    between = calendar.worked(_midnight(later) + CLOCK_DAY) - calendar.worked(_midnight(earlier))
    return between < waits


def _lag_calendar(view: PlanView, link: PlanLink) -> WorkingCalendar:
    if link.unit is LagUnit.ELAPSED or view.plan.lag_calendar is LagCalendar.CLOCK:
        return ALL_HOURS
    whose = {LagCalendar.PREDECESSOR: link.predecessor, LagCalendar.SUCCESSOR: link.successor}
    task = view.work.get(whose.get(view.plan.lag_calendar, ""))
    return view.calendar if task is None or task.calendar is None else view.plan.calendars[task.calendar]


def _stated(view: PlanView, task: PlanTask, *, finish: bool) -> dt.date | None:
    """The day stated for an end of a task, or worked out from the other end and the duration."""
    own, other = (task.finish, task.start) if finish else (task.start, task.finish)
    if own is not None:
        return own
    if other is None or task.duration_minutes is None:
        return None
    calendar = view.calendar if task.calendar is None else view.plan.calendars[task.calendar]
    if finish:
        count = calendar.worked(_midnight(other)) + task.duration_minutes
        # The day of the last minute worked: work up to midnight ends on the day before.
        minute = calendar.finish_at(count) - 1 if task.duration_minutes else _midnight(other)
    else:
        count = calendar.worked(_midnight(other) + CLOCK_DAY) - task.duration_minutes
        minute = calendar.start_at(count) if task.duration_minutes else _midnight(other)
    days = minute // CLOCK_DAY + 1
    return dt.date.fromordinal(days) if 1 <= days <= dt.date.max.toordinal() else None


def _midnight(day: dt.date) -> int:
    return (day.toordinal() - 1) * CLOCK_DAY


def due_after_next_starts(view: PlanView) -> Found:
    """Tasks whose deadline is later than the start of a task that waits for their finish."""
    due = {i: t.deadline for i, t in view.incomplete.items() if t.deadline is not None}
    if not due:
        return Gap("no task has a deadline")
    offenders: set[str] = set()
    undecided: set[str] = set()
    linked: set[str] = set()
    for _, link in view.links:
        deadline = due.get(link.predecessor)
        if deadline is None or link.type is not LinkType.FS or link.successor not in view.work:
            continue
        linked.add(link.predecessor)
        task, planned = view.work[link.successor], view.schedule(link.successor).early_start
        if task.start is not None:
            late = deadline.date() > task.start
        elif planned is not None:
            late = view.later(deadline, planned)
        else:
            undecided.add(link.predecessor)
            continue
        if late:
            offenders.add(link.predecessor)
    if not linked:
        return Gap("no task with a deadline has a successor that waits for its finish")
    return counted(offenders, len(linked), undecided=undecided - offenders, why="the start of the next is not known")


# -- progress -------------------------------------------------------------------------------------


def forecast_in_past(view: PlanView) -> Found:
    """Unfinished tasks planned for a time before the status date: their finish, or the start of what has not begun.

    Stated dates count as well as scheduled ones.
    """
    status = view.status
    if status is None:
        return NO_STATUS

    def past(days: Iterable[dt.date | None], moments: Iterable[dt.datetime | None]) -> bool | None:
        stated = [day < status.date() for day in days if day is not None]
        planned = [at < status for at in moments if at is not None]
        return any(stated + planned) if stated or planned else None

    verdicts: dict[str, bool | None] = {}
    for name, task in view.incomplete.items():
        when = view.schedule(name)
        if under_way(task):
            verdicts[name] = past([task.finish], [when.early_finish])
        else:
            verdicts[name] = past([task.start, task.finish], [when.early_start, when.early_finish])
    return counted(
        (i for i, v in verdicts.items() if v),
        len(verdicts),
        undecided=(i for i, v in verdicts.items() if v is None),
        why="no date is stated or can be worked out",
    )


def actual_in_future(view: PlanView) -> Found:
    """Tasks whose actual dates lie after the status date."""
    status = view.status
    if status is None:
        return NO_STATUS
    dated = {
        i: [at for at in (t.actual_start, t.actual_finish) if at is not None]
        for i, t in view.total.items()
        if t.actual_start is not None or t.actual_finish is not None
    }
    if not dated:
        return Gap("no task has actual dates")
    return counted((i for i, moments in dated.items() if max(moments) > status), len(dated))


def begun_without_start(view: PlanView) -> Found:
    """Tasks that are under way and have no actual start (DECM 06A505a)."""
    begun = {i: t for i, t in view.total.items() if under_way(t)}
    if not begun:
        return Gap("no task is reported as under way")
    return counted((i for i, t in begun.items() if t.actual_start is None), len(begun))


def done_without_finish(view: PlanView) -> Found:
    """Finished tasks without the date they finished on (DECM 06A505b)."""
    done = {i: t for i, t in view.total.items() if finished(t)}
    if not done:
        return Gap("no task is finished")
    return counted((i for i, t in done.items() if t.actual_finish is None and t.finish is None), len(done))


# -- baseline -------------------------------------------------------------------------------------


def without_baseline(view: PlanView) -> Found:
    """Tasks for which no start and finish were agreed (DECM 06A501a)."""

    def open_(task: PlanTask) -> bool:
        return task.baseline is None or task.baseline.start is None or task.baseline.finish is None

    return counted((i for i, t in view.total.items() if open_(t)), len(view.total))


def missed(view: PlanView) -> Found:
    """Of the tasks agreed to be finished by the status date, those that finished later or will (DCMA 11)."""
    status, due = view.status, _agreed(view)
    if not due:
        return NO_BASELINE
    if status is None:
        return NO_STATUS
    due = {i: at for i, at in due.items() if at <= status}
    if not due:
        return Gap("no task was to be finished by the status date")
    offenders: list[str] = []
    undecided: list[str] = []
    for name, agreed in due.items():
        task = view.total[name]
        at: dt.datetime | None = task.actual_finish
        if at is None and not finished(task):
            at = view.schedule(name).early_finish
        if at is not None:
            late = view.later(at, agreed)
        elif task.finish is not None:
            late = task.finish > agreed.date()
        else:
            undecided.append(name)
            continue
        if late:
            offenders.append(name)
    return counted(offenders, len(due), undecided=undecided, why="the finish is not known")


def finished_as_agreed(view: PlanView) -> Found:
    """Baseline execution index: tasks finished against tasks to be finished by the status date (DCMA 14).

    The denominator takes in the tasks without a baseline. Tasks finished early count, so the index may exceed 1.
    """
    status, agreed = view.status, _agreed(view)
    if not agreed:
        return NO_BASELINE
    if status is None:
        return NO_STATUS

    def by_now(task: PlanTask) -> bool:
        if not finished(task):
            return False
        # Of a task that is done nothing but an actual finish says that it was not yet.
        return task.actual_finish is None or task.actual_finish <= status

    if min(agreed.values()) > status:
        return Gap("no task was to be finished by the status date")
    due = {i for i in view.total if i not in agreed or agreed[i] <= status}
    done = {i for i, t in view.total.items() if by_now(t)}
    return Measure(len(done), len(due), tuple(sorted(due - done)))


def _agreed(view: PlanView) -> dict[str, dt.datetime]:
    """Agreed finish by task, where one was agreed."""
    return {
        i: t.baseline.finish for i, t in view.total.items() if t.baseline is not None and t.baseline.finish is not None
    }
