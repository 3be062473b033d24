"""From a project to plain facts: what engines get to see."""

from __future__ import annotations

import datetime as dt
from enum import Enum
from typing import Any

import pytest

from crm_rules.facts.base import FactBase
from crm_rules.facts.values import NO_VALUE
from crm_rules.model.facts import project_entries
from crm_rules.model.project import Project
from crm_rules.model.schema import project_schema

DAY = dt.date(2026, 3, 2)

PROJECT = Project.from_dict(
    {
        "as_of": "2026-03-02",
        "project": {"phase": "training", "skipped_phases": ["selection", "preparation"]},
        "sponsors": [],
        "team": [
            {"id": "bob", "name": "Bob Ray", "roles": ["trainer", "analyst"], "leaving_risk": "low"},
            {"id": "ann", "backs_up": ["bob"], "operational_load": 0.7},
        ],
        "stakeholders": [{"id": "bob", "name": "Robert"}, {"id": "eve", "name": "Eve Li"}],
        "project_managers": [{"id": "bob"}, {"id": "ann", "name": "Annie"}],
        "champions": [{"id": "bob"}, {"id": "eve"}, {"id": "ann"}],
        "team_plan": {"criteria_ranking": ["speed", "quality"]},
        "tasks": [{"id": "t", "after": ["u SS+3d"], "start": "2026-03-02", "duration": 5}, {"id": "u"}],
        "incomplete": ["team"],
    }
)


def entry(relation: str, key: str) -> dict[str, Any]:
    content = project_entries(PROJECT)[0][relation]
    assert isinstance(content, list)
    return next(e for e in content if e["id"] == key)


def facts(project: Project) -> FactBase:
    entries, incomplete = project_entries(project)
    return FactBase.of(project_schema(), entries, incomplete)


def value(base: FactBase, relation: str, key: str, column: str) -> Any:
    described = base.schema.relations[relation]
    row = next(r for r in base.extensions[relation].rows if r[0] == key)
    return described.column(column).decode(row[described.index(column)])


def test_values_are_plain() -> None:
    bob = entry("team", "bob")
    assert bob["roles"] == ("analyst", "trainer")
    assert bob["leaving_risk"] == "low"
    assert not any(isinstance(v, Enum) for v in (*bob["roles"], bob["leaving_risk"]))
    assert entry("tasks", "t")["start"] == dt.date(2026, 3, 2)


def test_a_blank_that_means_something_is_replaced_by_its_meaning() -> None:
    assert entry("team", "bob")["backs_up"] == ()
    assert entry("team", "ann")["backs_up"] == ("bob",)
    assert entry("tasks", "u")["contributors"] == ()
    assert entry("team", "ann")["roles"] is None


def reported(**fields: Any) -> dict[str, Any]:
    project = Project.from_dict({"tasks": [{"id": "t", **fields}]})
    content = project_entries(project)[0]["tasks"]
    assert isinstance(content, list)
    return content[0]


@pytest.mark.parametrize(
    ("fields", "start", "finish", "progress", "remaining"),
    [
        ({}, NO_VALUE, NO_VALUE, 0, None),
        ({"duration": 4, "start": "2026-03-02", "finish": "2026-03-05"}, NO_VALUE, NO_VALUE, 0, 4),
        ({"status": "running", "duration": 4}, None, NO_VALUE, None, None),
        ({"status": "running", "start": "2026-03-02", "finish": "2026-03-05"}, DAY, NO_VALUE, None, None),
        ({"status": "running", "start": "2026-04-01", "actual_start": "2026-03-02"}, DAY, NO_VALUE, None, None),
        ({"status": "running", "duration": 10, "progress": 0.9}, None, NO_VALUE, 0.9, 1),
        ({"status": "running", "duration": 10, "progress": 0.9, "remaining": 3}, None, NO_VALUE, 0.9, 3),
        ({"status": "done", "duration": 4}, None, None, 1, 0),
        ({"status": "done", "start": "2026-03-02", "finish": "2026-03-02"}, DAY, DAY, 1, 0),
        ({"status": "done", "finish": "2026-04-01", "actual_finish": "2026-03-02"}, None, DAY, 1, 0),
        ({"status": "dropped", "start": "2026-03-02", "finish": "2026-03-02"}, None, None, None, None),
        ({"status": "dropped", "actual_start": "2026-03-02"}, DAY, None, None, None),
    ],
)
def test_what_has_happened_follows_from_the_state(
    fields: dict[str, Any], start: Any, finish: Any, progress: float | None, remaining: float | None
) -> None:
    found = reported(**fields)
    assert [found[n] for n in ("actual_start", "actual_finish", "progress", "remaining")] == [
        start,
        finish,
        progress,
        remaining,
    ]


def test_what_is_not_laid_down_is_known_to_be_nothing() -> None:
    bare = reported()
    none = [
        "parent",
        "calendar",
        "constraint_date",
        "deadline",
        "baseline_start",
        "baseline_finish",
        "baseline_duration",
    ]
    assert all(bare[name] is NO_VALUE for name in none)
    assert (bare["constraint"], bare["manual"]) == ("as_soon_as_possible", False)
    assert all(bare[name] is None for name in ("optimistic_duration", "likely_duration", "pessimistic_duration"))
    full = reported(deadline="2026-03-02", baseline_duration=3, duration=5)
    assert (full["deadline"], full["baseline_duration"], full["likely_duration"]) == (DAY, 3, 5)
    assert reported(duration=5, likely_duration=4)["likely_duration"] == 4


def test_rules_see_that_there_is_no_deadline() -> None:
    base = facts(PROJECT)
    assert value(base, "tasks", "t", "deadline") is NO_VALUE
    assert value(base, "tasks", "t", "duration") == 5
    assert all(c.may_be_nothing for c in base.schema.relations["tasks"].columns if c.nothing)


def test_progress_is_reported_up_to_the_day_of_the_facts() -> None:
    for section, day in (({}, DAY), ({"status_date": "2026-02-27"}, dt.date(2026, 2, 27))):
        base = facts(Project.from_dict({"as_of": "2026-03-02", "roadmap": section}))
        assert value(base, "roadmap", "roadmap", "status_date") == day
    base = facts(Project.from_dict({"roadmap": {}}))
    assert value(base, "roadmap", "roadmap", "status_date") is None
    assert value(base, "roadmap", "roadmap", "weekdays") == ("mon", "tue", "wed", "thu", "fri")


def test_who_has_no_name_is_called_by_the_id() -> None:
    assert entry("team", "ann")["name"] == "ann"
    assert entry("team", "bob")["name"] == "Bob Ray"


@pytest.mark.parametrize(
    ("relation", "key", "name"),
    [
        ("project_managers", "bob", "Bob Ray"),
        ("project_managers", "ann", "Annie"),
        ("champions", "bob", "Bob Ray"),
        ("champions", "eve", "Eve Li"),
        ("champions", "ann", "ann"),
    ],
)
def test_who_is_listed_elsewhere_is_called_as_there(relation: str, key: str, name: str) -> None:
    assert entry(relation, key)["name"] == name


def test_links_are_no_stated_facts() -> None:
    assert "after" not in entry("tasks", "t")


def test_lists_left_out_and_named_incomplete_are_open() -> None:
    base = facts(PROJECT)
    assert base.extensions["sponsors"].rows == ()
    assert base.extensions["sponsors"].complete
    assert not base.extensions["team"].complete
    assert len(base.extensions["team"].rows) == 2
    assert not base.extensions["goals"].complete


def test_every_stated_value_reaches_its_column() -> None:
    base = facts(PROJECT)
    assert value(base, "project", "project", "phase") == "training"
    assert value(base, "project", "project", "skipped_phases") == ("preparation", "selection")
    assert value(base, "project", "project", "as_of") == dt.date(2026, 3, 2)
    assert value(base, "team", "ann", "operational_load") == 0.7
    assert value(base, "team_plan", "team_plan", "criteria_ranking") == ("speed", "quality")
    assert value(base, "tasks", "t", "duration") == 5
    assert value(base, "tasks", "t", "critical") is None


def test_the_day_of_the_facts_needs_no_section() -> None:
    base = facts(Project(as_of=dt.date(2026, 3, 2)))
    assert value(base, "project", "project", "as_of") == dt.date(2026, 3, 2)
    assert value(base, "project", "project", "phase") is None


def test_an_empty_project_states_nothing() -> None:
    base = facts(Project())
    assert set(base.extensions) == set(project_schema().relations)
    for name, extension in base.extensions.items():
        if base.schema.relations[name].kind == "section":
            assert extension.rows == ((name, *[None] * (len(base.schema.relations[name].columns) - 1)),)
        else:
            assert extension.rows == ()
            assert not extension.complete


def test_the_schema_is_built_once() -> None:
    assert project_schema() is project_schema()
