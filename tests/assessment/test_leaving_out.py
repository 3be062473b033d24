"""Leaving a field out of the troubled project turns what depends on it into questions that name it."""

from __future__ import annotations

import copy
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from crm_rules.api import Assessment, Assessor, load_project
from crm_rules.model.project import Project
from crm_rules.model.schema import project_schema

TROUBLED = Path(__file__).parents[2] / "examples" / "troubled-rollout" / "project.yaml"
EXEMPT = {"project.phase"}
"""The phase gate speaks about what is known (decision 0003), so the phase is no ordinary field."""

SPEAK_OF_IGNORANCE = {"roadmap.critical-task-without-owner", "roadmap.critical-duration-unknown"}
"""Rules that find fault with something not being stated: they test `is unknown`."""


@cache
def assessor() -> Assessor:
    return Assessor()


@cache
def plain_data() -> dict[str, Any]:
    return load_project(TROUBLED).model_dump(by_alias=True, exclude_unset=True, mode="json")


@cache
def before() -> Assessment:
    return assessor().assess(load_project(TROUBLED))


def without(path: str) -> Project:
    """The troubled project with one field left out."""
    changed = copy.deepcopy(plain_data())
    entry, _, field = path.rpartition(".")
    name, _, key = entry.partition("[")
    if key:
        record = next(e for e in changed[name] if e["id"] == key.removesuffix("]"))
    else:
        record = changed[name]
    del record[field]
    return Project.from_dict(changed)


def computed(path: str) -> bool:
    """Whether evidence is about a list that is computed."""
    return project_schema().relations[path.partition("[")[0].partition(".")[0]].computed


def stated_fields() -> list[str]:
    """Fields that are evidence of some finding, that an author wrote, and that are unknown when blank."""
    schema = project_schema()
    found: dict[str, None] = {}
    for finding in before().risks:
        for evidence in finding.evidence:
            entry, dot, field = evidence.path.rpartition(".")
            relation = schema.relations[(entry or evidence.path).partition("[")[0]]
            if not dot or evidence.path in EXEMPT or relation.computed:
                continue
            column = relation.column(field)
            if not column.computed and column.blank is None:
                found[evidence.path] = None
    return sorted(found)


FIELDS = stated_fields()


def test_there_is_something_to_leave_out() -> None:
    assert len(FIELDS) > 60


@pytest.mark.parametrize("path", FIELDS)
def test_leaving_a_field_out_turns_exactly_what_depends_on_it_into_questions(path: str) -> None:
    after = assessor().assess(without(path))
    certain_before = {f.id: f for f in before().findings if f.certainty == "certain"}
    certain_after = {f.id for f in after.findings if f.certainty == "certain"}
    # An absence or a count rests on every entry of its list, so on this field as well. What is computed from
    # the tasks as a whole rests on all of them.
    rests_on = {path, path.partition("[")[0]}
    if "tasks" in rests_on:
        rests_on |= {e.path for f in certain_before.values() for e in f.evidence if computed(e.path)}
    dependent = {f for f, finding in certain_before.items() if any(e.path in rests_on for e in finding.evidence)}
    assert dependent

    for finding in after.findings:
        if finding.id in dependent and finding.certainty == "certain":
            assert all(e.path != path for e in finding.evidence), "what is still certain rests on something else now"
    lost = set(certain_before) - certain_after
    assert lost <= dependent, "a finding that does not rest on the field is gone"
    new_certain = [f.rule for f in after.findings if f.id in certain_after - set(certain_before)]
    assert set(new_certain) <= SPEAK_OF_IGNORANCE, "knowing less makes nothing certain"

    possible = {f.id for f in after.findings if f.certainty == "possible"}
    assert lost <= possible
    decided = {d.finding for q in after.questions if q.path == path for d in q.decides}
    assert lost <= decided, "what is no longer certain is asked for by name"
    new = possible - {f.id for f in before().findings}
    assert new <= decided, "what becomes possible hinges on the field"


def test_a_duration_left_out_is_asked_for() -> None:
    changed = copy.deepcopy(plain_data())
    task = next(t for t in changed["tasks"] if before().roadmap.tasks[t["id"]].critical)
    del task["duration"]
    after = assessor().assess(Project.from_dict(changed))
    path = f"tasks[{task['id']}].duration"
    asked = next(q for q in after.questions if q.path == path)
    critical = "team.overloaded-expert-on-critical-path"
    assert any(f.rule == critical for f in before().risks)
    hinging = {f.id for f in after.possible if f.rule == critical}
    assert hinging
    assert hinging & {d.finding for d in asked.decides}
