"""A project as a value: built in code, compared, copied, sent to another process."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from pydantic import ValidationError

from crm_rules.diagnostics import Span
from crm_rules.errors import ProjectError
from crm_rules.model.base import Record
from crm_rules.model.enums import Phase
from crm_rules.model.fields import parts_of
from crm_rules.model.people import TeamMember
from crm_rules.model.project import Place, Project
from crm_rules.model.project_profile import ProjectProfile
from crm_rules.model.roadmap import Task


def test_a_project_can_be_built_from_nothing() -> None:
    project = Project()
    assert project.schema_version == "crm-rules/project/1"
    assert project.team is None
    assert dict(project.places) == {}


def test_a_project_built_in_code_equals_the_same_one_read_from_data() -> None:
    built = Project(
        project=ProjectProfile(phase=Phase.TRAINING), team=(TeamMember(id="ann"),), tasks=(Task(id="t", owner="ann"),)
    )
    read = Project.from_dict(
        {
            "schema": "crm-rules/project/1",
            "project": {"phase": "training"},
            "team": [{"id": "ann"}],
            "tasks": [{"id": "t", "owner": "ann"}],
        }
    )
    assert built == read
    assert hash(built) == hash(read)
    assert built != Project(team=(TeamMember(id="ann"),))
    assert built != "project"


@pytest.mark.parametrize(
    "build",
    [
        lambda: Project(team=(TeamMember(id="ann"),), tasks=(Task(id="t", owner="an"),)),
        lambda: Project.model_validate({"team": [{"id": "ann"}], "tasks": [{"id": "t", "owner": "an"}]}),
        lambda: Project.from_dict({"team": [{"id": "ann"}], "tasks": [{"id": "t", "owner": "an"}]}),
        lambda: Project.model_validate_json('{"team": [{"id": "ann"}], "tasks": [{"id": "t", "owner": "an"}]}'),
    ],
    ids=["keywords", "model_validate", "from_dict", "json"],
)
def test_references_are_checked_however_a_project_is_built(build: Any) -> None:
    with pytest.raises(ProjectError) as caught:
        build()
    assert str(caught.value) == "tasks[t].owner: no entry of team has the id 'an'\n  did you mean 'ann'?"
    assert [d.span for d in caught.value.diagnostics] == [None]


def test_problems_without_a_file_say_where_by_a_path() -> None:
    with pytest.raises(ProjectError) as caught:
        Project.from_dict(
            {
                "project": {"phase": "midway"},
                "team": [{"id": "ann", "roles": ["boss"]}, {"name": "Bob"}, {"id": "ann"}],
                "incomplete": ["people"],
                "taems": [],
            }
        )
    assert [d.message.split(": ")[0] for d in caught.value.diagnostics] == [
        "incomplete",
        "project.phase",
        "taems",
        "team[ann].id",
        "team[ann].roles",
        "team[entry 2]",
    ]
    twice = next(d for d in caught.value.diagnostics if d.message.startswith("team[ann].id"))
    assert twice.hint == "the first is entry 1"


def test_no_path_is_shown_for_the_whole() -> None:
    with pytest.raises(ProjectError, match=r"^expected sections and lists, found 3\n"):
        Project.model_validate(3)


def records() -> list[type[Record]]:
    return [Project, *(part.record for part in parts_of(Project).values())]


@pytest.mark.parametrize("record", records(), ids=lambda r: r.__name__)
def test_nothing_in_a_project_can_be_changed(record: type[Record]) -> None:
    assert record.model_config["frozen"] is True
    assert record.model_config["extra"] == "forbid"


def test_changing_a_project_is_an_error() -> None:
    project = Project(team=(TeamMember(id="ann"),))
    with pytest.raises(ValidationError):
        project.team = ()  # type: ignore[misc]
    assert project.team is not None
    with pytest.raises(ValidationError):
        project.team[0].qualified = True  # type: ignore[misc]
    with pytest.raises(TypeError):
        project.places["team", "", ""] = Span("x")  # type: ignore[index]


def placed() -> Project:
    places: dict[Place, Span] = {}
    for line, place in enumerate(
        [
            ("project", "project", "as_of"),
            ("project", "", ""),
            ("project", "project", ""),
            ("project", "project", "phase"),
            ("team", "", ""),
            ("team", "ann", ""),
            ("team", "ann", "id"),
            ("team", "ann", "qualified"),
            ("team", "bob", ""),
            ("team", "bob", "qualified"),
            ("waivers", "0", ""),
            ("waivers", "0", "reason"),
        ],
        start=1,
    ):
        places[place] = Span("p.yaml", line, 1, 1)
    return Project.from_dict(
        {
            "as_of": "2026-03-02",
            "project": {"phase": "training"},
            "team": [{"id": "ann", "qualified": True}, {"id": "bob", "qualified": True}],
            "waivers": [{"rule": "a.b", "reason": "agreed", "approved_by": "PMO"}],
        }
    ).with_places(places)


def test_places_are_carried_along_and_do_not_matter_for_equality() -> None:
    project = placed()
    bare = project.with_places({})
    assert project.places["team", "bob", "qualified"] == Span("p.yaml", 10, 1, 1)
    assert dict(bare.places) == {}
    assert project == bare
    assert hash(project) == hash(bare)


def test_places_survive_a_process_boundary() -> None:
    project = pickle.loads(pickle.dumps(placed()))
    assert project == placed()
    assert project.places == placed().places


def test_an_unchanged_copy_is_the_same_project() -> None:
    project = placed()
    assert project.model_copy() is project
    assert project.model_copy(update={}, deep=True) is project


def test_what_a_copy_changes_loses_its_place_and_nothing_else_does() -> None:
    project = placed()
    update = {"team": [{"id": "bob", "qualified": True}, {"id": "ann", "qualified": False}], "as_of": "2026-04-01"}
    changed = project.model_copy(update=update)
    gone = set(project.places) - set(changed.places)
    assert gone == {("team", "ann", "qualified"), ("project", "project", "as_of")}
    assert all(changed.places[place] == project.places[place] for place in changed.places)
    assert changed.team is not None
    assert [(m.id, m.qualified) for m in changed.team] == [("bob", True), ("ann", False)]
    assert changed.project == project.project
    assert changed.waivers == project.waivers


def test_a_copy_without_a_list_has_no_places_in_it() -> None:
    changed = placed().model_copy(update={"team": None, "project": None})
    assert {relation for relation, _, column in changed.places if column != "as_of"} == {"waivers"}


def test_a_copy_is_checked() -> None:
    with pytest.raises(ProjectError, match="no entry of team has the id 'eve'"):
        placed().model_copy(update={"tasks": [{"id": "t", "owner": "eve"}]})


def test_a_project_reads_back_what_it_writes() -> None:
    project = Project.from_dict(
        {
            "as_of": "2026-03-02",
            "team": [{"id": "ann", "operational_load": 0.7, "roles": ["trainer"]}, {"id": "bob", "backs_up": ["ann"]}],
            "tasks": [{"id": "t", "after": ["u SS+3d"], "start": "2026-03-02"}, {"id": "u"}],
            "incomplete": ["team"],
        }
    )
    text = project.model_dump_json(by_alias=True, exclude_defaults=True)
    assert Project.model_validate_json(text) == project
    assert Project.from_dict(project.model_dump(mode="json", by_alias=True)) == project
