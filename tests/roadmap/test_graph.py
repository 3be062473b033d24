"""The networkx graph carries all a plan says."""

from __future__ import annotations

from dataclasses import fields

from crm_rules.roadmap.analysis import analyse
from crm_rules.roadmap.graph import graph_of
from crm_rules.roadmap.plan import Baseline, Estimate, LagUnit, Plan, PlanLink, PlanTask
from tests.roadmap.plans import DAY, plan


def test_every_attribute_of_tasks_and_links_is_there() -> None:
    a = PlanTask("a", "A", DAY, owners=("ann",), baseline=Baseline(duration_minutes=DAY), estimate=Estimate(1, 2, 3))
    link = PlanLink("a", "b", lag=90, unit=LagUnit.ELAPSED, source="line 7")
    graph = graph_of(Plan((a, PlanTask("b", "B", None, source="line 3")), (link,), name="p"))
    told = {field.name for field in fields(PlanTask)} - {"id"}
    assert told <= graph.nodes["a"].keys()
    assert graph.nodes["a"]["owners"] == ["ann"]
    assert graph.nodes["a"]["baseline"]["duration_minutes"] == DAY
    assert graph.nodes["a"]["estimate"] == {"optimistic": 1, "likely": 2, "pessimistic": 3}
    assert (graph.nodes["b"]["duration_days"], graph.nodes["b"]["source"]) == (None, "line 3")
    assert graph.edges["a", "b", "a->b fs"] == {
        "type": "fs",
        "lag": 90,
        "unit": "elapsed",
        "lag_days": None,
        "source": "line 7",
    }
    assert graph.graph["name"] == "p"


def test_parallel_links_are_kept() -> None:
    graph = analyse(plan({"a": 2, "b": 1}, "a->b ss+1", "a->b ff+1")).graph
    assert graph.number_of_edges("a", "b") == 2
    assert graph.edges["a", "b", "a->b ss"]["lag_days"] == 1
    assert graph.nodes["a"]["critical"] is True
