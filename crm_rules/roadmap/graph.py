"""The plan as a networkx graph, for users to take away. No analysis may live here."""

from __future__ import annotations

import networkx as nx

from crm_rules.roadmap.plan import Plan, days_of, named_links


def graph_of(plan: Plan) -> nx.MultiDiGraph[str]:
    """The dependency graph of a plan: one node per task, one edge per link.

    It is a multigraph because two tasks may be linked more than once (start to start together with
    finish to finish); the edge key is the link's id. Nodes carry `name`, `duration_days` (None when
    unknown), `state`, `start`, `finish`, `stage`; edges carry `type` (`fs`, `ss`, `ff`, `sf`) and
    `lag_days`. Nodes and edges are inserted in the order of their ids.
    """
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for task in sorted(plan.tasks, key=lambda t: t.id):
        minutes = task.duration_minutes
        graph.add_node(
            task.id,
            name=task.name,
            duration_days=None if minutes is None else days_of(minutes),
            state=task.state.value,
            start=task.start,
            finish=task.finish,
            stage=task.stage,
        )
    for key, link in named_links(plan.links):
        graph.add_edge(link.predecessor, link.successor, key=key, type=link.type.value, lag_days=days_of(link.lag))
    return graph
