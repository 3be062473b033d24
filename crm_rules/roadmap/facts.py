"""The roadmap as facts for rules: computed columns of `tasks`, and lists of links, loops and checks.

Only the wording and the shape of facts live here; nothing is computed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from crm_rules.facts.values import NO_VALUE
from crm_rules.roadmap.analysis import Roadmap
from crm_rules.roadmap.plan import LagUnit, Plan, PlanLink, days_of, named_links
from crm_rules.roadmap.quality_facts import check_entries

COLUMNS: Final[Mapping[str, str]] = {
    "critical": "critical",
    "total_float_days": "total_float_minutes",
    "free_float_days": "free_float_minutes",
    "early_start_day": "early_start_minutes",
    "early_finish_day": "early_finish_minutes",
    "late_start_day": "late_start_minutes",
    "late_finish_day": "late_finish_minutes",
}
"""Computed column of `tasks` to the field of `TaskSchedule` it shows (minutes become working days)."""

_UNITS: Final[Mapping[LagUnit, str]] = {
    LagUnit.WORKING: "working_days",
    LagUnit.ELAPSED: "elapsed_days",
    LagUnit.PERCENT: "percent",
}


class Causes(Mapping[tuple[str, str, str], tuple[str, ...]]):
    """(relation, key, column) of every computed value that is unknown, to the paths of the inputs that leave it so.

    Looked up on demand, because the paths of all values together can be quadratic in the number of tasks.
    """

    def __init__(
        self, roadmap: Roadmap, others: Mapping[tuple[str, str, str], tuple[str, ...]] = MappingProxyType({})
    ) -> None:
        self._roadmap = roadmap
        self._others = others
        unknown = {t.id for t in roadmap.plan.tasks if t.duration_minutes is None}
        self._lags = {
            ("task_links", key, "lag_days"): (f"tasks[{link.predecessor}].duration",)
            for key, link in named_links(roadmap.plan.links)
            if link.unit is LagUnit.PERCENT and link.lag and link.predecessor in unknown
        }
        self._keys = (
            dict.fromkeys(self._lags)
            | {
                ("tasks", task.id, column): None
                for task in roadmap.tasks.values()
                for column, value in COLUMNS.items()
                if getattr(task, value) is None and not (task.summary and column == "critical")
            }
            | dict.fromkeys(others)
        )

    def __getitem__(self, key: tuple[str, str, str]) -> tuple[str, ...]:
        if key not in self._keys:
            raise KeyError(key)
        if key in self._others:
            return self._others[key]
        return self._lags.get(key) or self._roadmap.causes(key[1], COLUMNS[key[2]])

    def __iter__(self) -> Iterator[tuple[str, str, str]]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)


class RoadmapFacts(NamedTuple):
    """What a roadmap adds to the facts of a project.

    Attributes:
        columns: task id to computed column to value; None is unknown. A dropped task is not critical, and
            its other columns are `NO_VALUE`: known to be nothing. A summary task is not critical either.
        lists: entries of `task_links` (all links as written, those of dropped tasks included), of `cycles` and of
            `schedule_checks` (see `quality_facts`). All are complete exactly when the list of tasks is
            (`roadmap.plan.complete`).
        causes: see `Causes`.
    """

    columns: dict[str, dict[str, Any]]
    lists: dict[str, list[dict[str, Any]]]
    causes: Mapping[tuple[str, str, str], tuple[str, ...]]


def roadmap_entries(roadmap: Roadmap) -> RoadmapFacts:
    """The facts of a roadmap, as authored values."""
    columns: dict[str, dict[str, Any]] = {}
    for name in sorted(t.id for t in roadmap.plan.tasks):
        task = roadmap.tasks.get(name)
        if task is None:
            columns[name] = {column: False if column == "critical" else NO_VALUE for column in COLUMNS}
            continue
        # A heading is no work: what is critical about it is said of its parts.
        values: dict[str, Any] = {"critical": False if task.summary else task.critical}
        for column, source in COLUMNS.items():
            if column != "critical":
                minutes: int | None = getattr(task, source)
                values[column] = None if minutes is None else days_of(minutes, roadmap.plan.minutes_per_day)
        columns[name] = values
    names = {t.id: t.name for t in roadmap.plan.tasks}
    durations = {t.id: t.duration_minutes for t in roadmap.plan.tasks}
    links = [
        {
            "id": key,
            "predecessor": link.predecessor,
            "successor": link.successor,
            "type": link.type.value,
            "lag_days": _lag_days(roadmap.plan, link, durations[link.predecessor]),
            "lag_unit": _UNITS[link.unit],
        }
        for key, link in named_links(roadmap.plan.links)
    ]
    cycles = [
        {
            "id": cycle.id,
            "path": " -> ".join(names[i] for i in (*cycle.path, cycle.path[0])),
            "tasks": set(cycle.tasks),
            "size": len(cycle.tasks),
        }
        for cycle in roadmap.cycles
    ]
    checks = check_entries(roadmap)
    lists: dict[str, list[dict[str, Any]]] = {"task_links": links, "cycles": cycles, "schedule_checks": checks.entries}
    return RoadmapFacts(columns, lists, Causes(roadmap, checks.causes))


def _lag_days(plan: Plan, link: PlanLink, duration: int | None) -> int | float | None:
    """The lag of a link in days of the kind its unit says; None for part of an unknown duration."""
    match link.unit:
        case LagUnit.WORKING:
            return days_of(link.lag, plan.minutes_per_day)
        case LagUnit.ELAPSED:
            return days_of(link.lag, 24 * 60)
        case LagUnit.PERCENT if not link.lag:
            return 0
        case LagUnit.PERCENT:
            return None if duration is None else days_of((link.lag * duration + 5_000) // 10_000, plan.minutes_per_day)
