"""Where one person has several tasks at a time: periods of overlapping spans, from stated dates or the schedule.

A person counts as the owner of a task. Done and dropped tasks ask nothing of anybody any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from crm_rules.roadmap.ordering_view import PlanView
from crm_rules.roadmap.plan import MINUTES_PER_DAY, TaskState
from crm_rules.roadmap.times import CLOCK_DAY, weekdays
from crm_rules.rules.ordering import End

Span = tuple[int, int, str]
"""First day, the day after the last one, task."""


@dataclass(frozen=True, slots=True)
class OverlapPeriod:
    """A period without a break in which at least two tasks of one person run.

    Attributes:
        person: their id.
        tasks: ids of all tasks that run in it, sorted.
        most: largest number of tasks on one day.
        first, last: tasks whose start begins and whose finish ends the period.
        by_day: on dates, otherwise in working days from project start.
        days: working days.
    """

    person: str
    tasks: tuple[str, ...]
    most: int
    first: str
    last: str
    by_day: bool
    days: int


def overlap_periods(view: PlanView, owners: Mapping[str, str]) -> tuple[OverlapPeriod, ...]:
    """Periods in which people answer for several tasks, sorted by person and time.

    Args:
        view: the plan.
        owners: task id to the person who answers for it, where that is known.
    """
    spans: dict[tuple[str, bool], list[Span]] = {}
    for name, task in view.tasks.items():
        if name not in owners or task.state is not TaskState.OPEN:
            continue
        found = _days(view, name)
        if found is not None and found[1][0] < found[1][1]:
            spans.setdefault((owners[name], found[0]), []).append(found[1])
    return tuple(
        period for (person, by_day), own in sorted(spans.items()) for period in _periods(person, by_day, sorted(own))
    )


def _days(view: PlanView, name: str) -> tuple[bool, Span] | None:
    """Whether a task has dates, and its working days: counted from year 1 where it has, else from project start."""
    start, finish = view.times.of(name, End.START), view.times.of(name, End.FINISH)
    days = [m.day if m.day is not None else None if m.clock is None else m.clock // CLOCK_DAY for m in (start, finish)]
    if days[0] is not None and days[1] is not None:
        return True, (weekdays(days[0]), weekdays(days[1] + 1), name)
    if start.minutes is None or finish.minutes is None:
        return None
    return False, (start.minutes // MINUTES_PER_DAY, -(-finish.minutes // MINUTES_PER_DAY), name)


def _periods(person: str, by_day: bool, spans: Iterable[Span]) -> list[OverlapPeriod]:
    """The periods of one person, by a sweep over the days on which something starts or ends."""
    turns: dict[int, tuple[list[str], list[str]]] = {}
    for start, finish, name in spans:
        turns.setdefault(start, ([], []))[0].append(name)
        turns.setdefault(finish, ([], []))[1].append(name)
    found: list[OverlapPeriod] = []
    running: dict[str, None] = {}
    inside: dict[str, None] = {}
    begun, first, most = 0, "", 0
    for day in sorted(turns):
        starting, ending = turns[day]
        before = len(running)
        for name in ending:
            del running[name]
        last = max(ending, default="")
        running.update(dict.fromkeys(starting))
        if before >= 2 and len(running) < 2:
            found.append(OverlapPeriod(person, tuple(sorted(inside)), most, first, last, by_day, day - begun))
            inside, most = {}, 0
        if len(running) >= 2:
            if not inside:
                begun, first = day, max(starting, default=min(running))
            inside.update(running)
            most = max(most, len(running))
    return found
