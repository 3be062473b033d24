"""What the roadmap is computed from: tasks and links as plain data, times in whole minutes.

No file format, no project model and no calculation may live here. Whoever has tasks to schedule
(a project file, an imported plan, a test) builds a `Plan`.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MINUTES_PER_DAY: Final = 480
"""Working minutes of one working day: durations and lags in days are multiples of this."""


class LinkType(StrEnum):
    """Which end of the predecessor holds back which end of the successor (precedence diagram method)."""

    FS = "fs"  # finish to start: the successor starts after the predecessor has finished
    SS = "ss"  # start to start
    FF = "ff"  # finish to finish
    SF = "sf"  # start to finish

    @property
    def from_finish(self) -> bool:
        """Whether the link leaves the finish of the predecessor."""
        return self in (LinkType.FS, LinkType.FF)

    @property
    def to_finish(self) -> bool:
        """Whether the link enters the finish of the successor."""
        return self in (LinkType.FF, LinkType.SF)

    @staticmethod
    def joining(from_finish: bool, to_finish: bool) -> LinkType:
        """The type that joins the two ends named."""
        if from_finish:
            return LinkType.FF if to_finish else LinkType.FS
        return LinkType.SF if to_finish else LinkType.SS


class TaskState(StrEnum):
    """What a task is to the schedule."""

    OPEN = "open"  # to be done, or being done
    DONE = "done"  # finished: keeps its place in the network, never critical
    DROPPED = "dropped"  # no longer part of the plan


@dataclass(frozen=True, slots=True)
class PlanTask:
    """One task.

    Attributes:
        id: unique within the plan.
        name: wording for readers; the id where nothing better is known.
        duration_minutes: working minutes, at least 0; None when unknown.
        state: open, done or dropped.
        start, finish: stated dates. They anchor the calendar and give away which link of a loop is
            wrong; they do not constrain the schedule.
        stage: number of the roll-out stage; None when unknown.
    """

    id: str
    name: str
    duration_minutes: int | None
    state: TaskState = TaskState.OPEN
    start: dt.date | None = None
    finish: dt.date | None = None
    stage: int | None = None


@dataclass(frozen=True, slots=True, order=True)
class PlanLink:
    """A dependency of one task on another.

    Attributes:
        predecessor, successor: task ids.
        type: which ends are joined.
        lag_minutes: working minutes to wait; negative for a lead.
    """

    predecessor: str
    successor: str
    type: LinkType = LinkType.FS
    lag_minutes: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """Tasks and the links between them. Their order carries no meaning.

    Attributes:
        tasks: the tasks that are known.
        links: the links between them; several between two tasks are legal (SS with FF).
        complete: False when there may be more tasks than are known.

    Raises:
        ValueError: two tasks of one id, a link to a task that is not there, or a negative duration;
            the message names all of them.
    """

    tasks: tuple[PlanTask, ...]
    links: tuple[PlanLink, ...] = ()
    complete: bool = True

    def __post_init__(self) -> None:
        counted = Counter(t.id for t in self.tasks)
        problems = [f"{n} tasks have the id {i!r}" for i, n in sorted(counted.items()) if n > 1]
        problems += [
            f"task {t.id!r} has a negative duration"
            for t in self.tasks
            if t.duration_minutes is not None and t.duration_minutes < 0
        ]
        problems += [
            f"link {k.predecessor!r} -> {k.successor!r} names the unknown task {end!r}"
            for k in self.links
            for end in (k.predecessor, k.successor)
            if end not in counted
        ]
        if problems:
            raise ValueError("; ".join(problems))


def minutes_of(days: float) -> int:
    """Working days as whole working minutes, rounded to the nearest minute.

    Raises:
        ValueError, OverflowError: `days` is not a finite number.
    """
    whole, part = divmod(days, 1)  # so that no number of days is too large
    return int(whole) * MINUTES_PER_DAY + round(part * MINUTES_PER_DAY)


def days_of(minutes: int) -> int | float:
    """Working minutes as working days; a whole number where it is one."""
    days, rest = divmod(minutes, MINUTES_PER_DAY)
    return days if not rest else minutes / MINUTES_PER_DAY


def named_links(links: Iterable[PlanLink]) -> tuple[tuple[str, PlanLink], ...]:
    """Links with ids that are unique and do not depend on their order, sorted by task ids and type.

    The id reads `tor->cfg fs`; of several links of one type between two tasks the second (by lag)
    and later ones carry a number, `tor->cfg fs #2`.
    """
    seen: Counter[str] = Counter()
    named: list[tuple[str, PlanLink]] = []
    for link in sorted(links):
        name = f"{link.predecessor}->{link.successor} {link.type.value}"
        seen[name] += 1
        named.append((name if seen[name] == 1 else f"{name} #{seen[name]}", link))
    return tuple(named)
