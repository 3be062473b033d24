"""Plans with estimates in three points, in days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from crm_rules.roadmap.plan import Estimate, Plan, minutes_of
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
