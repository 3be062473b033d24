"""Plans for the quality checks, and a way to write down what a check has to say about one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from crm_rules.roadmap.analysis import Roadmap, analyse
from crm_rules.roadmap.plan import (
    Baseline,
    Constraint,
    ConstraintType,
    Plan,
    TaskState,
)
from crm_rules.roadmap.quality import Verdict
from tests.roadmap.plans import DAY, link, plan

at = dt.datetime.fromisoformat
day = dt.date.fromisoformat

FAILED, WARNING, INFO = Verdict.FAILED, Verdict.WARNING, Verdict.INFO
PASSED, GAP = Verdict.PASSED, Verdict.NOT_MEASURABLE

STATUS = at("2026-03-06 17:00")  # a Friday; projects here start on Monday 2 March


def tasks(base: Plan, changes: Mapping[str, Mapping[str, Any]], **whole: Any) -> Plan:
    """The plan with fields of tasks, and of the plan itself, replaced."""
    return replace(base, tasks=tuple(replace(t, **changes.get(t.id, {})) for t in base.tasks), **whole)


def chain(length: int, days: float = 1, **whole: Any) -> Plan:
    """Tasks t01, t02, ... in a row."""
    names = [f"t{n:02d}" for n in range(1, length + 1)]
    row = plan(dict.fromkeys(names, days), *(f"{a}->{b}" for a, b in pairwise(names)))
    return replace(row, **whole)


def linked(base: Plan, *texts: str) -> Plan:
    """The plan with more links."""
    return replace(base, links=(*base.links, *map(link, texts)))


def dated(base: Plan, **whole: Any) -> Plan:
    """The plan with a start for its first task, so that everything has dates."""
    first = min(t.id for t in base.tasks)
    return tasks(base, {first: {"start": day("2026-03-02")}}, **whole)


def scheduled(base: Plan, floats: Mapping[str, int]) -> Roadmap:
    """The roadmap of a plan with other total floats (in days)."""
    found = analyse(base)
    changed = {i: replace(t, total_float_minutes=floats[i] * DAY) if i in floats else t for i, t in found.tasks.items()}
    return replace(found, tasks=changed)


def forecast(start: str, stated: str | None = None) -> Roadmap:
    """A row of three, the first finished, the second under way, the third planned to begin at `start`."""
    base = tasks(
        PROGRESS,
        {
            "t01": finished("2026-03-02 08:00", "2026-03-02 17:00"),
            "t02": {"actual_start": at("2026-03-03 08:00")},
            "t03": {"start": None if stated is None else day(stated)},
        },
    )
    ahead: dict[str, dict[str, Any]] = {
        "t02": {"early_start": at("2026-03-03 08:00"), "early_finish": at("2026-03-09 17:00")},
        "t03": {"early_start": at(start), "early_finish": at("2026-03-10 17:00")},
    }
    found = analyse(base)
    return replace(found, tasks={i: replace(t, **ahead.get(i, {})) for i, t in found.tasks.items()})


def wrong_path() -> Roadmap:
    """Two tasks side by side of which the short one is said to be critical."""
    found = analyse(plan({"a": 1000, "b": 1}))
    said = {i: replace(t, critical=i == "b", total_float_minutes=0) for i, t in found.tasks.items()}
    return replace(found, tasks=said)


def constrained(kind: ConstraintType) -> dict[str, Any]:
    return {"constraint": Constraint(kind, at("2026-03-20 17:00"))}


def agreed(finish: str, days: float | None = None) -> dict[str, Any]:
    minutes = None if days is None else round(days * DAY)
    return {"baseline": Baseline(at("2026-03-02 08:00"), at(finish), minutes)}


def finished(start: str, finish: str) -> dict[str, Any]:
    return {"state": TaskState.DONE, "actual_start": at(start), "actual_finish": at(finish)}


@dataclass(frozen=True)
class Case:
    """What a check says about a plan.

    Attributes:
        check: its id; several checks of different profiles may say the same.
        base: the plan, or the roadmap where the schedule matters.
        verdict, count, of, offenders, reason: of the result.
    """

    check: str
    base: Plan | Roadmap | Callable[[], Plan | Roadmap]
    verdict: Verdict
    count: int | None = None
    of: int | None = None
    offenders: str = ""
    reason: str = ""

    def roadmap(self) -> Roadmap:
        base = self.base() if callable(self.base) else self.base
        return base if isinstance(base, Roadmap) else analyse(base)

    def profile(self) -> str:
        return "dcma" if self.check.startswith("dcma") else "decm" if self.check.startswith("06A") else "roadmap"


ROW = chain(3)  # t01 -> t02 -> t03, a day each

NO_STATUS = "the plan has no status date"
NO_BASELINE = "no task has a baseline"
ONE_OPEN = "1 task cannot be told: "
ONE = "one alone is not held against a plan"

# One summary task s made of t02 and t03, written for chain(4).
PHASES = tasks(
    replace(chain(4), tasks=(*chain(4).tasks, replace(chain(1).tasks[0], id="s", name="S", duration_minutes=None))),
    {"t02": {"parent": "s"}, "t03": {"parent": "s"}},
)
PROGRESS = dated(ROW, status_date=STATUS)
