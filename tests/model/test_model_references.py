"""Between the entries: ids are unique, references lead somewhere, all of it reported at once."""

from __future__ import annotations

from typing import Any

import pytest

from crm_rules.model.problems import Problem
from crm_rules.model.project import Project, validate_project
from crm_rules.model.references import references_of


def only_problem(data: Any) -> Problem:
    project, problems = validate_project(data)
    assert project is None
    assert len(problems) == 1, problems
    return problems[0]


REFERENCES = """
    requirements.analysts -> team
    success_measures.goal_ids -> goals
    seats.department -> departments
    team.backs_up -> team
    project_managers.id -> team
    competences.covered_by -> team
    replacements.leaver -> team
    contracts.vendor -> vendors
    service_records.contract -> contracts
    scope_items.goal_ids -> goals
    knowledge_items.holders -> team
    internal_experts.id -> team
    champions.id -> team/stakeholders
    user_groups.department -> departments
    tasks.owner -> team
    tasks.contributors -> team
    tasks.after -> tasks
    tasks.parent -> tasks
    tasks.calendar -> calendars
"""


def test_the_references_of_a_project() -> None:
    declared = [f"{r.part.name}.{r.name} -> {'/'.join(r.ref.targets)}" for r in references_of(Project)]
    assert declared == [line.strip() for line in REFERENCES.strip().splitlines()]


def naming(relation: str, field: str, name: str) -> dict[str, Any]:
    """A project in which one field names `name`."""
    many = field in {"analysts", "goal_ids", "backs_up", "covered_by", "holders", "contributors", "after"}
    fields: dict[str, Any] = {field: [name] if many else name}
    if relation == "requirements":
        return {relation: fields}
    return {relation: [{"id": "one", **fields}]}


CASES = [line.strip().replace(" -> ", ".").split(".") for line in REFERENCES.strip().splitlines()]


@pytest.mark.parametrize(("relation", "field", "targets"), CASES)
def test_a_reference_that_leads_somewhere_is_fine(relation: str, field: str, targets: str) -> None:
    for target in targets.split("/"):
        data = naming(relation, field, "two")
        data.setdefault(target, []).append({"id": "two"})
        assert validate_project(data)[1] == []


@pytest.mark.parametrize(("relation", "field", "targets"), CASES)
def test_a_reference_that_leads_nowhere_names_the_nearest_id(relation: str, field: str, targets: str) -> None:
    target = targets.split("/")[0]
    data = naming(relation, field, "anne")
    data.setdefault(target, []).append({"id": "ann"})
    problem = only_problem(data)
    assert problem.message == f"no entry of {targets.replace('/', ' or ')} has the id 'anne'"
    assert problem.hint == "did you mean 'ann'?"
    assert problem.path[0] == relation
    assert field in problem.path


def test_without_a_near_id_the_hint_says_what_to_add() -> None:
    problem = only_problem({"team": [{"id": "ann"}], "tasks": [{"id": "t", "owner": "walter"}]})
    assert problem == Problem(
        ("tasks", 0, "owner"), "no entry of team has the id 'walter'", "list it under team: '- id: walter' is enough"
    )


def test_an_empty_list_is_no_reason_to_doubt_the_list() -> None:
    problem = only_problem({"team": [], "tasks": [{"id": "t", "owner": "ann"}]})
    assert problem.message == "no entry of team has the id 'ann'"


def test_a_list_that_was_left_out_is_said_to_be() -> None:
    problem = only_problem({"tasks": [{"id": "t", "owner": "ann"}]})
    assert problem.message == "'ann' is not listed anywhere: the project has no list 'team'"
    assert problem.hint == "add team: [{id: ann}]; if there are more, name team under incomplete"
    assert validate_project({"team": [{"id": "ann"}], "incomplete": ["team"], "tasks": [{"id": "t", "owner": "ann"}]})[
        0
    ]


def test_with_two_lists_to_look_in_both_are_named() -> None:
    problem = only_problem({"champions": [{"id": "ann"}]})
    assert problem.message == "'ann' is not listed anywhere: the project has no list 'team' or 'stakeholders'"
    problem = only_problem({"champions": [{"id": "ann"}], "stakeholders": []})
    assert problem.message == "no entry of team or stakeholders has the id 'ann'"


def test_an_id_used_twice_names_both_places() -> None:
    problem = only_problem({"team": [{"id": "ann"}, {"id": "bob"}, {"id": "ann"}]})
    assert problem.message == "two entries of team have the id 'ann'"
    assert (problem.path, problem.other) == (("team", 2, "id"), ("team", 0, "id"))


def test_the_third_use_of_an_id_points_at_the_first() -> None:
    _, problems = validate_project({"goals": [{"id": "g"}, {"id": "g"}, {"id": "g"}]})
    assert [(p.path[1], p.other) for p in problems] == [(1, ("goals", 0, "id")), (2, ("goals", 0, "id"))]


def test_the_same_id_in_two_lists_is_fine() -> None:
    assert validate_project({"goals": [{"id": "x"}], "team": [{"id": "x"}]})[1] == []


def test_ids_differ_by_case() -> None:
    assert validate_project({"goals": [{"id": "x"}, {"id": "X"}]})[1] == []


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"tasks": [{"id": "a", "after": ["a"]}]}, "a task cannot wait for itself"),
        ({"tasks": [{"id": "a", "after": ["a SS+3d"]}]}, "a task cannot wait for itself"),
        ({"team": [{"id": "a", "backs_up": ["a"]}]}, "nobody can back up themselves"),
    ],
)
def test_an_entry_that_names_itself(data: Any, message: str) -> None:
    problem = only_problem(data)
    assert (problem.message, problem.hint) == (message, "leave it out")
    assert problem.path[-1] == 0


def test_tasks_that_wait_for_each_other_are_no_error_of_the_file() -> None:
    tasks = [{"id": "a", "after": ["c"]}, {"id": "b", "after": ["a"]}, {"id": "c", "after": ["b FF-2d"]}]
    assert validate_project({"tasks": tasks})[1] == []


@pytest.mark.parametrize(
    "team",
    ["ann", {"ann": {}}, [None], [{"name": "Ann"}], [{"id": "ann berg"}], [{"id": 3}]],
    ids=["text", "mapping", "blank entry", "entry without id", "malformed id", "number as id"],
)
def test_nothing_is_said_about_references_into_a_list_that_cannot_be_read(team: Any) -> None:
    problem = only_problem({"team": team, "tasks": [{"id": "t", "owner": "ann"}]})
    assert problem.path[0] == "team"


def test_members_given_as_a_set_are_checked_too() -> None:
    problem = only_problem({"team": [{"id": "ann"}], "tasks": [{"id": "t", "contributors": {"ann", "bob"}}]})
    assert problem.message == "no entry of team has the id 'bob'"


def test_the_same_wrong_reference_gets_the_same_advice_everywhere() -> None:
    tasks = [{"id": "t1", "owner": "anne"}, {"id": "t2", "owner": "anne"}]
    _, problems = validate_project({"team": [{"id": "ann"}], "tasks": tasks})
    assert [p.hint for p in problems] == ["did you mean 'ann'?"] * 2


def test_a_reference_that_is_no_id_is_reported_once() -> None:
    problem = only_problem({"team": [], "tasks": [{"id": "t", "owner": "ann berg"}]})
    assert problem.message == "text 'ann berg' cannot be an id"


def test_references_are_checked_beside_values() -> None:
    _, problems = validate_project({"team": [{"id": "ann", "qualified": 1}], "tasks": [{"id": "t", "owner": "an"}]})
    assert [p.path for p in problems] == [("team", 0, "qualified"), ("tasks", 0, "owner")]


def test_a_flood_of_wrong_references_is_reported_in_full() -> None:
    team = [{"id": f"person{i}"} for i in range(200)]
    tasks = [{"id": f"t{i}", "owner": f"persona{i}"} for i in range(200)]
    _, problems = validate_project({"team": team, "tasks": tasks})
    assert len(problems) == 200
    assert [p.hint for p in problems[:2]] == ["did you mean 'person0'?", "did you mean 'person1'?"]
    assert problems[199].hint == "list it under team: '- id: persona199' is enough"
