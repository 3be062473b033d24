"""The roadmap as facts for rules, as a graph and as JSON."""

from __future__ import annotations

import json
import pickle

import networkx as nx
import pytest

from crm_rules.facts.values import NO_VALUE
from crm_rules.model.order import ORDER_LISTS, PHASE_OF_TASK
from crm_rules.model.project import Project
from crm_rules.model.roadmap import COMPUTED_LISTS, COMPUTED_TASK_COLUMNS
from crm_rules.roadmap.analysis import analyse
from crm_rules.roadmap.facts import COLUMNS, roadmap_entries
from crm_rules.roadmap.from_project import plan_of
from crm_rules.roadmap.plan import LinkType, Plan, PlanLink, PlanTask, TaskState, days_of, minutes_of
from tests.roadmap.plans import DAY, plan


def test_columns_and_lists_are_those_the_schema_declares() -> None:
    assert set(COLUMNS) == {c.name for c in COMPUTED_TASK_COLUMNS} - {PHASE_OF_TASK.name}
    facts = roadmap_entries(analyse(plan({"a": 1, "b": 1}, "a->b", "b->a")))
    declared = [r for r in COMPUTED_LISTS if r not in ORDER_LISTS]
    assert set(facts.lists) == {r.name for r in declared}
    for relation in declared:
        for entry in facts.lists[relation.name]:
            assert set(entry) == {c.name for c in relation.columns}
            for column in relation.columns:
                column.encode(entry[column.name])


def test_columns() -> None:
    columns, _, causes = roadmap_entries(analyse(plan({"a": 2, "b": 0.5, "c": 1}, "a->c", "b->c", "c->b", dropped="c")))
    assert columns["a"] == {
        "critical": True,
        "total_float_days": 0,
        "free_float_days": 0,
        "early_start_day": 0,
        "early_finish_day": 2,
        "late_start_day": 0,
        "late_finish_day": 2,
    }
    assert columns["b"]["total_float_days"] == 1.5
    assert columns["c"]["critical"] is False
    assert columns["c"]["late_start_day"] is NO_VALUE
    assert dict(causes) == {}


def test_unknown_values_have_causes() -> None:
    columns, lists, causes = roadmap_entries(analyse(plan({"a": None, "b": 1, "c": 5}, "a->b")))
    assert columns["b"]["early_start_day"] is None
    assert causes["tasks", "b", "early_start_day"] == ("tasks[a].duration",)
    assert ("tasks", "a", "early_start_day") not in causes
    with pytest.raises(KeyError):
        causes["tasks", "a", "early_start_day"]
    unknown = sum(v is None for row in columns.values() for v in row.values())
    unknown += sum(v is None for check in lists["schedule_checks"] for v in check.values())
    assert len(causes) == len(dict(causes)) == unknown


def test_link_ids_are_unique_and_stable() -> None:
    texts = ("a->b", "a->b fs+2", "a->b ss", "b->c", "a->b fs-1")
    base = plan(dict.fromkeys("abc", 1), *texts)
    links = roadmap_entries(analyse(base)).lists["task_links"]
    assert [(k["id"], k["lag_days"]) for k in links] == [
        ("a->b fs", -1),
        ("a->b fs #2", 0),
        ("a->b fs #3", 2),
        ("a->b ss", 0),
        ("b->c fs", 0),
    ]
    turned = plan(dict.fromkeys("abc", 1), *reversed(texts))
    assert roadmap_entries(analyse(turned)).lists["task_links"] == links


def test_cycles_are_worded_with_names() -> None:
    facts = roadmap_entries(analyse(plan(dict.fromkeys("abc", 1), "c->a", "a->b", "b->c")))
    assert facts.lists["cycles"] == [{"id": "loop a", "path": "A -> B -> C -> A", "tasks": {"a", "b", "c"}, "size": 3}]


def test_graph_is_a_multigraph_with_everything_on_it() -> None:
    r = analyse(plan({"a": 2, "b": None, "c": 1}, "a->b ss", "a->b ff+1", dropped="c"))
    graph = r.graph
    assert isinstance(graph, nx.MultiDiGraph)
    assert graph.nodes["a"]["duration_days"] == 2
    assert graph.nodes["a"]["critical"] is True
    assert graph.nodes["b"]["duration_days"] is None
    assert graph.nodes["c"]["state"] == "dropped"
    assert sorted((k, d["type"], d["lag_days"]) for _, _, k, d in graph.edges(keys=True, data=True)) == [
        ("a->b ff", "ff", 1),
        ("a->b ss", "ss", 0),
    ]


def test_json_has_the_parts_there_are() -> None:
    told = analyse(plan({"a": 1, "b": 2, "x": 1, "y": 1}, "a->b", "x->y", "y->x")).to_dict()
    assert json.loads(json.dumps(told)) == told
    assert {"tasks", "critical_paths", "cycles", "finish"} <= set(told)
    assert not {"ordering", "quality"} & set(told)
    assert told["critical_paths"] is None
    assert told["cycles"] == [{"id": "loop x", "tasks": ["x", "y"], "path": ["x", "y"], "culprit": None, "blame": None}]
    known = analyse(plan({"a": 1, "b": 2}, "a->b")).to_dict()
    assert known["critical_paths"] == [["a", "b"]]
    assert known["tasks"][1]["driving"] == [{"predecessor": "a", "type": "fs", "lag_minutes": 0, "through": []}]
    assert {"early_start", "late_finish", "total_float_minutes", "free_float_minutes", "critical"} <= set(
        known["tasks"][0]
    )


def test_roadmap_survives_pickling() -> None:
    r = analyse(plan({"a": None, "b": 2}, "a->b"))
    copy = pickle.loads(pickle.dumps(r))
    assert copy.to_dict() == r.to_dict()
    assert copy.causes("b", "early_start_minutes") == ("tasks[a].duration",)


def test_causes_of_nothing() -> None:
    r = analyse(plan({"a": None}))
    with pytest.raises(KeyError):
        r.causes("a", "name")
    with pytest.raises(KeyError):
        r.causes("nobody", "critical")


def test_days_and_minutes() -> None:
    assert minutes_of(2.5) == 1200
    assert minutes_of(-0.5) == -240
    assert minutes_of(0.1) == 48
    assert minutes_of(1e300) == int(1e300) * DAY
    assert (days_of(960), days_of(-240), days_of(48)) == (2, -0.5, 0.1)
    assert isinstance(days_of(960), int)
    with pytest.raises((ValueError, OverflowError)):
        minutes_of(float("nan"))


def test_plan_of_a_project() -> None:
    project = Project.model_validate(
        {
            "tasks": [
                {"id": "tor", "name": "Terms of reference", "duration": 10, "start": "2026-03-02", "stage": 1},
                {"id": "cfg", "duration": 1.5, "after": ["tor SS+3d", "tor FF-1d"], "status": "done"},
                {"id": "old", "status": "dropped", "after": ["cfg"]},
            ]
        }
    )
    tor, cfg, old = plan_of(project).tasks
    assert (tor.name, tor.duration_minutes, tor.state, tor.stage) == ("Terms of reference", 4800, TaskState.OPEN, 1)
    assert (cfg.name, cfg.duration_minutes, cfg.state) == ("cfg", 720, TaskState.DONE)
    assert (old.duration_minutes, old.state) == (None, TaskState.DROPPED)
    assert plan_of(project).links == (
        PlanLink("tor", "cfg", LinkType.SS, 3 * DAY),
        PlanLink("tor", "cfg", LinkType.FF, -DAY),
        PlanLink("cfg", "old"),
    )
    assert plan_of(project).complete


def test_plan_of_a_project_that_says_little() -> None:
    assert plan_of(Project.model_validate({})) == Plan((), (), complete=False)
    some = Project.model_validate({"tasks": [{"id": "a"}], "incomplete": ["tasks"]})
    assert plan_of(some) == Plan((PlanTask("a", "a", None),), (), complete=False)
    assert plan_of(Project.model_validate({"tasks": []})) == Plan(())
