"""Plans with estimates in three points, in days, and their simulation."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from crm_rules.roadmap.plan import Estimate, Plan, minutes_of
from crm_rules.roadmap.simulation import simulate
from crm_rules.roadmap.simulation_result import Simulation
from tests.roadmap.plans import plan

Days = float | tuple[float, float, float] | None
"""A duration, or optimistic, likely and pessimistic ones."""


def estimated(durations: Mapping[str, Days], *links: str, done: str = "", dropped: str = "") -> Plan:
    """A plan as `plans.plan` writes it; three points stand for an estimate and its likely duration."""
    base = plan(
        {i: d[1] if isinstance(d, tuple) else d for i, d in durations.items()}, *links, done=done, dropped=dropped
    )
    points = {i: Estimate(*map(minutes_of, d)) for i, d in durations.items() if isinstance(d, tuple)}
    return replace(base, tasks=tuple(replace(t, estimate=points.get(t.id)) for t in base.tasks))


def paths(count: int, length: int = 1, points: tuple[float, float, float] = (8, 10, 15)) -> Plan:
    """Parallel chains of tasks with the same estimate."""
    names = [[f"p{n}t{m}" for m in range(length)] for n in range(count)]
    links = [f"{a}->{b}" for chain in names for a, b in itertools.pairwise(chain)]
    return estimated(dict.fromkeys(itertools.chain(*names), points), *links)


def simulated(base: Plan, **options: Any) -> Simulation:
    found = simulate(base, **options)
    assert isinstance(found, Simulation), found
    return found
