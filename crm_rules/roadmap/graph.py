"""The plan as a networkx graph, for users to take away. No analysis may live here."""

from __future__ import annotations

from typing import Any

import networkx as nx

from crm_rules.roadmap.plan import LagUnit, Plan, PlanLink, PlanTask, days_of, named_links


def graph_of(plan: Plan) -> nx.MultiDiGraph[str]:
    """The dependency graph of a plan: one node per task, one edge per link.

    It is a multigraph because two tasks may be linked more than once (start to start together with
    finish to finish); the edge key is the link's id. Nodes and edges are inserted in the order of their ids.

    Nodes carry every attribute of `PlanTask` but the id, under its name, with enumerations as their text, and
    `duration_days` (None when unknown); `constraint` is its type and `constraint_date` its date, `baseline` is the
    dates and the duration agreed, and `estimate` the three points, as dictionaries. Edges carry `type` (`fs`, `ss`,
    `ff`, `sf`), `lag`, `unit` and `source` as `PlanLink` has them, and `lag_days`: the lag in working days, None
    where it is counted otherwise. The graph carries `name`, `start`, `status_date` and `lag_calendar`. What is part of
    which summary task is told by `parent`, not by edges.
    """
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(
        name=plan.name, start=plan.start, status_date=plan.status_date, lag_calendar=plan.lag_calendar.value
    )
    for task in sorted(plan.tasks, key=lambda t: t.id):
        graph.add_node(task.id, **_task_attributes(task))
    for key, link in named_links(plan.links):
        graph.add_edge(link.predecessor, link.successor, key=key, **_link_attributes(link))
    return graph


def _task_attributes(task: PlanTask) -> dict[str, Any]:
    minutes, laid, agreed, estimate = task.duration_minutes, task.constraint, task.baseline, task.estimate
    return {
        "name": task.name,
        "duration_minutes": minutes,
        "duration_days": None if minutes is None else days_of(minutes),
        "state": task.state.value,
        "start": task.start,
        "finish": task.finish,
        "stage": task.stage,
        "kind": task.kind,
        "kind_guessed": task.kind_guessed,
        "owners": list(task.owners),
        "parent": task.parent,
        "calendar": task.calendar,
        "constraint": None if laid is None else laid.type.value,
        "constraint_date": None if laid is None else laid.at,
        "deadline": task.deadline,
        "manual": task.manual,
        "pinned_start": task.pinned_start,
        "pinned_finish": task.pinned_finish,
        "actual_start": task.actual_start,
        "actual_finish": task.actual_finish,
        "remaining_minutes": task.remaining_minutes,
        "levelling_delay_minutes": task.levelling_delay_minutes,
        "level_of_effort": task.level_of_effort,
        "baseline": None
        if agreed is None
        else {"start": agreed.start, "finish": agreed.finish, "duration_minutes": agreed.duration_minutes},
        "estimate": None
        if estimate is None
        else {
            "optimistic": estimate.optimistic,
            "likely": estimate.likely,
            "pessimistic": estimate.pessimistic,
        },
        "source": task.source,
    }


def _link_attributes(link: PlanLink) -> dict[str, Any]:
    return {
        "type": link.type.value,
        "lag": link.lag,
        "unit": link.unit.value,
        "lag_days": days_of(link.lag) if link.unit is LagUnit.WORKING else None,
        "source": link.source,
    }
