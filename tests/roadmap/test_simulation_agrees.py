"""A simulation in which nothing varies is the schedule: dates, progress, summaries and deadlines at random.

Plans that need a clock are not among them: they are simulated in a simpler way, which is named.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace
from typing import Any

from crm_rules.roadmap.analysis import analyse
from crm_rules.roadmap.plan import Constraint, ConstraintType, LinkType, Plan, PlanLink, PlanTask, TaskState
from crm_rules.roadmap.simulation import simulate
from crm_rules.roadmap.simulation_result import Simulation

START = dt.datetime.fromisoformat("2027-01-04T08:00")
DAYS = (0, 1, 2, 3, 4, 7, 8, 9)
PLANS = 400


def dated_plan(seed: int) -> Plan:
    """Up to seven tasks, some finished, started, dropped, held by dates or part of a summary task."""
    chance = random.Random(seed)
    names = "abcdefg"[: chance.randint(2, 7)]
    tasks = [
        PlanTask(
            name,
            name.upper(),
            chance.randint(0, 6) * 120,
            deadline=some_date(chance) if chance.random() < 0.2 else None,
            **fields(chance),
        )
        for name in names
    ]
    if len(names) > 3 and chance.random() < 0.3:
        for place in chance.sample(range(len(names)), 2):
            tasks[place] = replace(tasks[place], parent="s")
        tasks.append(PlanTask("s", "S", 0, deadline=some_date(chance) if chance.random() < 0.5 else None))
    inside = {t.id for t in tasks if t.parent}
    links = []
    for _ in range(chance.randint(0, 2 * len(names))):
        first, last = sorted(chance.sample([t.id for t in tasks], 2))
        kind = chance.choice(list(LinkType)) if chance.random() < 0.4 and "s" not in (first, last) else LinkType.FS
        if not (last == "s" and first in inside):
            links.append(PlanLink(first, last, kind, chance.choice([0, 0, 60, -60, 240])))
    status = some_date(chance) if chance.random() < 0.4 else None
    after = chance.random() < 0.7
    return Plan(tuple(tasks), tuple(links), start=START, status_date=status, work_after_status=after)


def some_date(chance: random.Random) -> dt.datetime:
    return START + dt.timedelta(days=chance.choice(DAYS), minutes=chance.choice([0, 60, 240, 300, 540]))


def fields(chance: random.Random) -> dict[str, Any]:
    """Progress or a constraint, in one task of two."""
    begun = some_date(chance)
    return chance.choice(
        [
            *[{}] * 6,
            {"actual_start": begun},
            {"actual_start": begun, "remaining_minutes": chance.randint(0, 5) * 60},
            {"state": TaskState.DONE, "actual_start": begun, "actual_finish": begun + dt.timedelta(hours=2)},
            {"state": TaskState.DONE},
            {"state": TaskState.DROPPED},
            {"constraint": Constraint(ConstraintType.SNET, begun)},
            {"constraint": Constraint(ConstraintType.FNET, START + dt.timedelta(days=chance.choice(DAYS[2:])))},
        ]
    )


def test_a_simulation_without_spread_has_the_dates_and_the_critical_tasks_of_the_schedule() -> None:
    compared = 0
    for seed in range(PLANS):
        roadmap = analyse(dated_plan(seed))
        found = simulate(roadmap, samples=2, spread=(0.0, 0.0))
        if not isinstance(found, Simulation):
            continue
        compared += 1
        assert {s.kind for s in found.simplifications} <= {"progress"}, seed
        assert {i: t.criticality for i, t in found.tasks.items()} == {
            i: float(roadmap.tasks[i].critical is True) for i in found.tasks
        }, seed
        assert set(found.finishes) == {roadmap.finish_minutes}, seed
    assert compared > PLANS * 0.8
