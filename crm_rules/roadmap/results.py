"""The schedule of a task as users get it. Nothing is computed here."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from crm_rules.roadmap.plan import LinkType


@dataclass(frozen=True, slots=True)
class Driver:
    """What holds a task at its early dates: without it (and others that tie with it) the task could move earlier.

    Attributes:
        predecessor: task id.
        type: ends that are joined.
        lag_minutes: minutes between them, as the link counts them.
        through: ids of dropped or summary tasks the order was written through, nearest to the held task first.
            Of several tasks that drive through the same one, one stands for all.
    """

    predecessor: str
    type: LinkType
    lag_minutes: int
    through: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TaskSchedule:
    """The schedule of one task that is part of the plan. None is unknown throughout.

    Attributes:
        id: task id.
        early_start_minutes, early_finish_minutes, late_start_minutes, late_finish_minutes: working minutes
            from project start, on the plan's calendar; negative before it.
        total_float_minutes: working minutes, on the task's own calendar, it can move without moving the project finish,
            missing a deadline or a date laid down (PMBOK: late - early; of a task in progress by its finish). Negative
            when that is missed already.
        free_float_minutes: how far it can move without moving any successor, or the project finish; at least 0.
        critical: total float at or below the plan's limit, and not done.
        driving: predecessors that certainly hold the task where it is, sorted; empty when it starts with the project.
        early_start, early_finish, late_start, late_finish: the same as dates and times; None also when the
            roadmap has no start date. A task without duration stands at the end of the work before it
            (17:00), one that waits for a start or a date at the beginning (08:00). What happened is shown as it was.
        interfering_float_minutes: total float less free float: what it can move at the cost of its successors.
        independent_float_minutes: what it can move when its predecessors are as late and its successors as early
            as they may be.
        drag_minutes: working minutes by which it lengthens the project (Devaux): what would be saved if it took no
            time; None also for tasks that are not critical. In plans with several calendars, or with dates that
            overrule links, an estimate from the floats.
        longest_path: driving links lead from it to a task that finishes last.
        near_critical: not critical, but by no more than the roadmap's band.
        out_of_sequence: it went ahead although something it waits for had not.
        start, finish: the dates it is planned for: the early ones, or the late ones of a task as late as possible.
        start_minutes, finish_minutes: the same in working minutes from project start.
        summary: it is a summary task, its dates are those of its parts.
    """

    id: str
    early_start_minutes: int | None
    early_finish_minutes: int | None
    late_start_minutes: int | None
    late_finish_minutes: int | None
    total_float_minutes: int | None
    free_float_minutes: int | None
    critical: bool | None
    driving: tuple[Driver, ...]
    early_start: dt.datetime | None
    early_finish: dt.datetime | None
    late_start: dt.datetime | None
    late_finish: dt.datetime | None
    interfering_float_minutes: int | None = None
    independent_float_minutes: int | None = None
    drag_minutes: int | None = None
    longest_path: bool | None = None
    near_critical: bool | None = None
    out_of_sequence: bool = False
    start: dt.datetime | None = None
    finish: dt.datetime | None = None
    start_minutes: int | None = None
    finish_minutes: int | None = None
    summary: bool = False

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready: ISO date-times, minutes, drivers as objects."""
        return {
            "id": self.id,
            "summary": self.summary,
            "start": iso(self.start),
            "finish": iso(self.finish),
            "early_start": iso(self.early_start),
            "early_finish": iso(self.early_finish),
            "late_start": iso(self.late_start),
            "late_finish": iso(self.late_finish),
            "early_start_minutes": self.early_start_minutes,
            "early_finish_minutes": self.early_finish_minutes,
            "late_start_minutes": self.late_start_minutes,
            "late_finish_minutes": self.late_finish_minutes,
            "total_float_minutes": self.total_float_minutes,
            "free_float_minutes": self.free_float_minutes,
            "interfering_float_minutes": self.interfering_float_minutes,
            "independent_float_minutes": self.independent_float_minutes,
            "drag_minutes": self.drag_minutes,
            "critical": self.critical,
            "near_critical": self.near_critical,
            "longest_path": self.longest_path,
            "out_of_sequence": self.out_of_sequence,
            "driving": [
                {
                    "predecessor": d.predecessor,
                    "type": d.type.value,
                    "lag_minutes": d.lag_minutes,
                    "through": list(d.through),
                }
                for d in self.driving
            ],
        }


def iso(instant: dt.datetime | None) -> str | None:
    """A date and time as JSON has it."""
    return None if instant is None else instant.isoformat()
