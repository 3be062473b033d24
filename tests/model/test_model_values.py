"""Single values: what is taken, and what is said about what is not."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import pytest
from pydantic import ValidationError

from crm_rules.model.enums import Baseline, Level, PerformerCriterion, Phase, Role
from crm_rules.model.governance import Stakeholder
from crm_rules.model.people import TeamMember, TeamPlan
from crm_rules.model.problems import Problem
from crm_rules.model.project import Project, validate_project
from crm_rules.model.project_profile import ProjectProfile
from crm_rules.model.roadmap import Task
from crm_rules.model.scope import ChangeRequest


def only_problem(data: Any) -> Problem:
    project, problems = validate_project(data)
    assert project is None
    assert len(problems) == 1, problems
    return problems[0]


def member(**fields: Any) -> dict[str, Any]:
    return {"team": [{"id": "ann", **fields}]}


def task(**fields: Any) -> dict[str, Any]:
    return {"tasks": [{"id": "cfg", **fields}]}


BOOL_HINT = "write true or false"
DATE_HINT = "write it as YYYY-MM-DD, for example 2026-03-02"
QUOTES = "put it in quotes to make it text"
PHASES = "preparation, selection, requirements, implementation, training, operation"


@pytest.mark.parametrize(
    ("field", "value", "message", "hint"),
    [
        # true or false
        ("qualified", "yes", "expected true or false, found text 'yes'", BOOL_HINT),
        ("qualified", 1, "expected true or false, found 1", BOOL_HINT),
        ("qualified", 0.0, "expected true or false, found 0.0", BOOL_HINT),
        ("qualified", [], "expected true or false, found an empty list", BOOL_HINT),
        # numbers
        ("operational_load", 70, "expected a number from 0 to 1 (share), found 70", "write 0.7 for 70 %"),
        ("operational_load", "70 %", "expected a number from 0 to 1 (share), found text '70 %'", "write 0.7 for 70 %"),
        (
            "operational_load",
            "0,5%",
            "expected a number from 0 to 1 (share), found text '0,5%'",
            "write 0.005 for 0.5 %",
        ),
        (
            "operational_load",
            "0.7",
            "expected a number from 0 to 1 (share), found text '0.7'",
            "write 0.7 without quotes",
        ),
        ("operational_load", 1000, "expected a number from 0 to 1 (share), found 1000", None),
        ("operational_load", "a lot", "expected a number from 0 to 1 (share), found text 'a lot'", None),
        ("operational_load", -0.1, "expected a number from 0 to 1 (share), found -0.1", None),
        ("operational_load", True, "expected a number from 0 to 1 (share), found true", None),
        ("operational_load", math.nan, "expected a number from 0 to 1 (share), found nan", None),
        ("operational_load", math.inf, "expected a number from 0 to 1 (share), found inf", None),
        pytest.param(
            "operational_load",
            10**5000,
            "expected a number from 0 to 1 (share), found a huge number",
            None,
            id="a number too long to print",
        ),
        ("operational_load", "nan", "expected a number from 0 to 1 (share), found text 'nan'", None),
        # one of a choice
        (
            "employment",
            "inhouse",
            "expected one of in_house, freelance, integrator, product_vendor, found text 'inhouse'",
            "did you mean 'in_house'?",
        ),
        (
            "employment",
            "IN_HOUSE",
            "expected one of in_house, freelance, integrator, product_vendor, found text 'IN_HOUSE'",
            "did you mean 'in_house'?",
        ),
        ("leaving_risk", 3, "expected one of none, low, medium, high, found 3", None),
        ("leaving_risk", False, "expected one of none, low, medium, high, found false", None),
        ("leaving_risk", ["low"], "expected one of none, low, medium, high, found a list", None),
        # text
        ("name", 12, "expected text, found 12", QUOTES),
        ("name", True, "expected text, found true", QUOTES),
        ("name", {"first": "Ann"}, "expected text, found a mapping", None),
        ("name", " ", "expected text, found blank text", "leave the field out when it is not known"),
        ("name", "Ann\x1b[2J", "text must not contain the character U+001B", None),
        ("name", "Ann\u202ekraM", "text must not contain the character U+202E", None),
        ("name", "Ann\ud800", "text must not contain the character U+D800", None),
        # several
        ("roles", "client_pm", "expected a list, found text 'client_pm'", "write [client_pm]"),
        ("roles", "client pm", "expected a list, found text 'client pm'", "write [one, two] or []"),
        ("roles", {"client_pm": True}, "expected a list, found a mapping", "write [one, two] or []"),
        ("backs_up", True, "expected a list, found true", "write [one, two] or []"),
        ("colour", "red", "team has no field 'colour'", None),
        ("operational_lod", 0.7, "team has no field 'operational_lod'", "did you mean 'operational_load'?"),
        ("critical", True, "team has no field 'critical'", None),
        ("x" * 99, 1, f"team has no field '{'x' * 39}…'", None),
    ],
)
def test_a_field_of_an_entry_that_does_not_fit(field: str, value: Any, message: str, hint: str | None) -> None:
    problem = only_problem(member(**{field: value}))
    assert (problem.path, problem.message, problem.hint) == (("team", 0, field), message, hint)
    assert problem.about == ("key" if "has no field" in message else "value")


@pytest.mark.parametrize(
    ("field", "value", "message", "hint"),
    [
        ("stage", 1.0, "expected a whole number of at least 0, found 1.0", "write 1"),
        ("stage", 1.5, "expected a whole number of at least 0, found 1.5", None),
        ("stage", "1", "expected a whole number of at least 0, found text '1'", "write 1 without quotes"),
        ("stage", True, "expected a whole number of at least 0, found true", None),
        ("stage", -1, "expected a whole number of at least 0, found -1", None),
        ("duration", "3d", "expected a number of at least 0 (days), found text '3d'", None),
        ("duration", "3 %", "expected a number of at least 0 (days), found text '3 %'", None),
        (
            "duration",
            "1234567.5",
            "expected a number of at least 0 (days), found text '1234567.5'",
            "write 1234567.5 without quotes",
        ),
        ("duration", "-3", "expected a number of at least 0 (days), found text '-3'", None),
        (
            "kind",
            "terms_of_refrence",
            "expected one of the 56 values of TaskKind, found text 'terms_of_refrence'",
            "did you mean 'terms_of_reference'?",
        ),
        (
            "kind",
            "zzz",
            "expected one of the 56 values of TaskKind, found text 'zzz'",
            "such as concept_visualisation, utilisation_plan, goal_definition",
        ),
        ("start", "2026-02-30", "2026-02-30 is not a day of the calendar", None),
        ("start", "0000-01-01", "0000-01-01 is not a day of the calendar", None),
        ("start", "2026-3-1", "expected a date, found text '2026-3-1'", "write the day alone, as 2026-03-01"),
        (
            "start",
            "2026-03-01T12:00:00Z",
            "expected a date, found text '2026-03-01T12:00:00Z'",
            "write the day alone, as 2026-03-01",
        ),
        ("start", "20.3.2026", "expected a date, found text '20.3.2026'", DATE_HINT),
        ("start", "20260301", "expected a date, found text '20260301'", DATE_HINT),
        ("start", 20260301, "expected a date, found 20260301", DATE_HINT),
        ("start", "२०२६-०३-०१", "expected a date, found text '२०२६-०३-०१'", DATE_HINT),
        ("start", dt.datetime(2026, 3, 1), "expected a date, found the time 2026-03-01 00:00:00", DATE_HINT),  # noqa: DTZ001
        ("critical", True, "'critical' is computed from the schedule and cannot be written", "leave it out"),
        ("after", "tor", "expected a list, found text 'tor'", "write [tor]"),
    ],
)
def test_a_field_of_a_task_that_does_not_fit(field: str, value: Any, message: str, hint: str | None) -> None:
    problem = only_problem(task(**{field: value}))
    assert (problem.path, problem.message, problem.hint) == (("tasks", 0, field), message, hint)


@pytest.mark.parametrize(
    ("data", "path", "message", "hint"),
    [
        # members of a field
        (
            member(roles=["client_pm", "tester"]),
            ("team", 0, "roles", 1),
            "expected one of the 16 values of Role, found text 'tester'",
            "did you mean 'vendor_tester'?",
        ),
        (
            {"selection": {"criteria": ["price"]}},
            ("selection", "criteria", 0),
            "expected one of the 11 values of SelectionCriterion, found text 'price'",
            (
                "expected one of: goal_fit, functionality, implementation_record, active_development, "
                "quality_accountability, continuity, service_level, documentation, modifiability, total_cost, "
                "appearance"
            ),
        ),
        (
            member(roles=["client_pm", None]),
            ("team", 0, "roles", 1),
            "expected one of the 16 values of Role, found nothing",
            (
                "expected one of: sponsor, client_pm, vendor_pm, analyst, developer, graphic_designer, client_tester, "
                "vendor_tester, business_expert, it_specialist, knowledge_keeper, trainer, internal_expert, champion, "
                "system_owner, visionary"
            ),
        ),
        (
            {"team": [], "tasks": [{"id": "a", "contributors": [7]}]},
            ("tasks", 0, "contributors", 0),
            "expected an id of team, found 7",
            QUOTES,
        ),
        (
            {"team_plan": {"criteria_ranking": ["speed", "quality", "speed"]}},
            ("team_plan", "criteria_ranking"),
            "'speed' is named twice",
            "name each member once, in the order meant",
        ),
        (
            {"tasks": [{"id": "tor"}, {"id": "cfg", "after": ["tor", "tor +3d"]}]},
            ("tasks", 1, "after"),
            "'tor' is named twice with the same type of link",
            "keep one of the two",
        ),
        (
            task(after=["cfg2 XX"]),
            ("tasks", 0, "after", 0),
            "'XX' is not a type of link",
            "expected one of FS, SS, FF, SF",
        ),
        # fields of sections
        (
            {"project": {"phase": "implementaton"}},
            ("project", "phase"),
            f"expected one of {PHASES}, found text 'implementaton'",
            "did you mean 'implementation'?",
        ),
        ({"project": {"id": "p"}}, ("project", "id"), "project is a section and needs no id", "leave it out"),
        ({"project": {"as_of": "2026-01-01"}}, ("project", "as_of"), "project has no field 'as_of'", None),
        ({"project": {3: 4}}, ("project", 3), "a key must be text, found 3", None),
        (
            {"budget": ["adequate"]},
            ("budget",),
            "expected the fields of budget, found a list",
            "write them as 'adequate: …'",
        ),
        # entries
        (
            {"team": [{"name": "Ann"}]},
            ("team", 0),
            "this person has no id",
            "add 'id:' and a short name that others can refer to",
        ),
        ({"team": ["ann"]}, ("team", 0), "expected the fields of a person, found text 'ann'", "write '- id: ann'"),
        (
            {"integrations": [None]},
            ("integrations", 0),
            "expected the fields of an integration, found nothing",
            "write '- id: ann'",
        ),
        (
            {"team": {"ann": {}}},
            ("team",),
            "expected a list of entries, found a mapping",
            "start each entry with '- ', or write [] for none",
        ),
        ({"team": [{"id": 7}]}, ("team", 0, "id"), "expected text, found 7", QUOTES),
        *(
            (
                {"team": [{"id": bad}]},
                ("team", 0, "id"),
                f"text {shown} cannot be an id",
                "use 1 to 64 letters, digits, dots, dashes or underscores, beginning with a letter or digit",
            )
            for bad, shown in [
                ("ann berg", "'ann berg'"),
                ("", "''"),
                ("-ann", "'-ann'"),
                ("_ann", "'_ann'"),
                ("ann\n", "'ann\\n'"),
                ("ann/berg", "'ann/berg'"),
                ("a" * 65, f"'{'a' * 39}…'"),
            ]
        ),
        # top level
        (None, (), "expected sections and lists, found nothing", "begin with 'project:' or 'team:'"),
        ([], (), "expected sections and lists, found an empty list", "begin with 'project:' or 'team:'"),
        ("text", (), "expected sections and lists, found text 'text'", "begin with 'project:' or 'team:'"),
        ({"taems": []}, ("taems",), "a project has no section or list 'taems'", "did you mean 'team'?"),
        ({"zzz": []}, ("zzz",), "a project has no section or list 'zzz'", None),
        (
            {"task_links": []},
            ("task_links",),
            "'task_links' is computed from the tasks and cannot be written",
            "leave it out",
        ),
        ({7: []}, (7,), "a key must be text, found 7", None),
        (
            {"schema": "crm-rules/project/2"},
            ("schema",),
            "this version understands 'crm-rules/project/1', found text 'crm-rules/project/2'",
            "correct the schema line",
        ),
        ({"as_of": 2026}, ("as_of",), "expected a date, found 2026", DATE_HINT),
        # incomplete and waivers
        ({"incomplete": "team"}, ("incomplete",), "expected a list, found text 'team'", "write [team]"),
        ({"incomplete": [1]}, ("incomplete", 0), "expected text, found 1", QUOTES),
        ({"incomplete": ["teams"]}, ("incomplete", 0), "there is no list 'teams'", "did you mean 'team'?"),
        ({"incomplete": ["cycles"]}, ("incomplete", 0), "there is no list 'cycles'", None),
        (
            {"incomplete": ["budget"]},
            ("incomplete", 0),
            "there is no list 'budget'",
            "budget is a section; what is not known of it is simply left out",
        ),
        (
            {"waivers": [{"rule": "a.b", "reason": "agreed"}]},
            ("waivers", 0),
            "this waiver has no 'approved_by'",
            "add 'approved_by:', who answers for accepting it",
        ),
        (
            {"waivers": ["a.b"]},
            ("waivers", 0),
            "expected the fields of a waiver, found text 'a.b'",
            "write '- rule: some.rule'",
        ),
        (
            {"waivers": [{"rule": "a.b", "reason": "agreed", "approved_by": "PMO", "until": "2026-01-01"}]},
            ("waivers", 0, "until"),
            "waivers has no field 'until'",
            "expected one of: about, approved_by, expires, reason, rule",
        ),
    ],
)
def test_anything_else_that_does_not_fit(
    data: Any, path: tuple[str | int, ...], message: str, hint: str | None
) -> None:
    problem = only_problem(data)
    assert (problem.path, problem.message, problem.hint) == (path, message, hint)


def test_everything_wrong_is_reported_at_once() -> None:
    _, problems = validate_project(
        {
            "as_of": "soon",
            "project": {"phase": "middle", "colour": "red"},
            "team": [{"id": "ann", "qualified": "yes", "backs_up": ["bob"]}, {"id": "ann"}],
            "incomplete": ["people"],
            "waivers": [{}],
        }
    )
    assert [p.path for p in problems] == [
        ("as_of",),
        ("project", "phase"),
        ("project", "colour"),
        ("team", 0, "qualified"),
        ("waivers", 0),
        ("waivers", 0),
        ("waivers", 0),
        ("team", 1, "id"),
        ("team", 0, "backs_up", 0),
        ("incomplete", 0),
    ]


def test_pydantic_never_speaks_for_itself() -> None:
    """Its own wording begins with Input, Field, Extra, Keys or Value; ours never does."""
    strange: list[Any] = [
        None,
        True,
        3,
        0.5,
        "x",
        "",
        [],
        [None],
        [[]],
        {},
        {"a": 1},
        {1: 1},
        object(),
        b"x",
        dt.date.max,
    ]
    said = []
    for name in ("project", "team", "tasks", "incomplete", "waivers", "as_of", "schema", "nothing"):
        for value in strange:
            said += validate_project({name: value})[1]
            said += validate_project({name: [value]})[1]
            said += validate_project({name: {"name": value, "skipped_phases": value, "phase": [value]}})[1]
            said += validate_project({name: [{"id": value, "roles": [value], "after": [value], "rule": value}]})[1]
    assert len(said) > 300
    assert [p for p in said if p.message.split()[0] in {"Input", "Field", "Extra", "Keys", "Value", "String"}] == []


def test_values_that_fit_are_taken_as_they_are() -> None:
    member = TeamMember.model_validate({"id": "Ärztin.1_a-b", "operational_load": 1, "roles": ["trainer", "analyst"]})
    assert member.operational_load == 1.0
    assert isinstance(member.operational_load, float)
    assert member.roles == (Role.ANALYST, Role.TRAINER)
    assert Task.model_validate({"id": "t", "start": "2026-03-02"}).start == dt.date(2026, 3, 2)
    assert Task(id="t", start=dt.date(2026, 3, 2)).start == dt.date(2026, 3, 2)
    assert Task(id="t", name=" two\nlines \n").name == "two\nlines"
    assert Stakeholder(id="s", support=Level.NONE).support is Level.NONE


def test_a_set_is_sorted_and_holds_each_member_once() -> None:
    assert TeamMember.model_validate({"id": "a", "roles": ["trainer", "analyst", "trainer"]}).roles == (
        Role.ANALYST,
        Role.TRAINER,
    )
    assert ChangeRequest.model_validate({"id": "c", "changes": {"scope", "budget"}}).changes == (
        Baseline.BUDGET,
        Baseline.SCOPE,
    )
    assert ChangeRequest.model_validate({"id": "c", "changes": frozenset()}).changes == ()


def test_a_set_of_scale_members_is_sorted_by_the_scale() -> None:
    profile = ProjectProfile.model_validate({"skipped_phases": ["training", "preparation", "selection"]})
    assert profile.skipped_phases == (Phase.PREPARATION, Phase.SELECTION, Phase.TRAINING)


def test_a_ranking_keeps_its_order() -> None:
    plan = TeamPlan.model_validate({"criteria_ranking": ["speed", "budget", "quality"]})
    assert plan.criteria_ranking == (
        PerformerCriterion.SPEED,
        PerformerCriterion.BUDGET,
        PerformerCriterion.QUALITY,
    )


def test_a_blank_is_unknown_unless_it_means_something() -> None:
    project, problems = validate_project(
        {
            "project": None,
            "goals": None,
            "incomplete": None,
            "waivers": None,
            "team": [{"id": "ann", "roles": None, "backs_up": None, "qualified": None}],
            "tasks": [{"id": "t", "after": None, "contributors": None}],
        }
    )
    assert problems == []
    assert project is not None
    assert project.project is None
    assert project.goals is None
    assert project.incomplete == ()
    assert project.waivers == ()
    assert project == Project(team=(TeamMember(id="ann"),), tasks=(Task(id="t"),))
    ann = TeamMember(id="ann")
    assert (ann.name, ann.roles, ann.backs_up, ann.qualified) == (None, None, (), None)
    assert (Task(id="t").after, Task(id="t").contributors) == ((), ())


def test_links_of_a_task_are_given_parsed() -> None:
    task = Task(id="t", after=("tor", "cfg SS+3d"))
    assert [(link.predecessor, link.type.value, link.lag) for link in task.links] == [
        ("tor", "fs", 0),
        ("cfg", "ss", 3),
    ]
    # One predecessor may hold back both ends.
    assert len(Task(id="t", after=("cfg SS", "cfg FF")).links) == 2


def test_a_piece_built_in_code_is_checked_too() -> None:
    with pytest.raises(ValidationError, match="cannot be an id"):
        TeamMember(id="ann berg")
    with pytest.raises(ValidationError, match="roles"):
        TeamMember.model_validate({"id": "ann", "roles": ["boss"]})
