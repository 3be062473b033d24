"""From the file of a scheduling program to findings: rules run over an imported plan, and point into its file."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

import crm_rules as cr
from crm_rules.files.plan_import import load_plan
from crm_rules.files.plan_project import project_of
from tests.files.mspdi_samples import STANDARD, link, mspdi, task

ASSESSOR = cr.Assessor()


def findings(path: Path, *tasks: str) -> dict[str, cr.Finding]:
    """The certain findings about a plan, by rule."""
    path.write_text(mspdi(*tasks), "utf-8")
    assessment = ASSESSOR.assess(project_of(load_plan(path)))
    return {f.rule: f for f in assessment.findings if f.certainty == "certain"}


def test_a_loop_is_found_and_placed(tmp_path: Path) -> None:
    path = tmp_path / "plan.xml"
    found = findings(path, task(1, link(2)), task(2, link(1)), task(3))["roadmap.dependency-cycle"]
    places = {str(e.place) for e in found.evidence if e.place is not None}
    assert places == {f"{path}:3"}


def test_kinds_guessed_from_names_reach_the_rules(tmp_path: Path) -> None:
    rule = "training.training-programme-not-in-roadmap"
    path = tmp_path / "plan.xml"
    assert rule in findings(path, task(1, Name="User training"))
    assert rule not in findings(path, task(1, Name="User training"), task(2, Name="Schulungskonzept"))


# --- The schedule is that of the plan ------------------------------------------------------------

SATURDAY = (
    "<Exceptions><Exception><TimePeriod><FromDate>2026-03-07T00:00:00</FromDate><ToDate>2026-03-07T23:59:00</ToDate>"
    "</TimePeriod><DayWorking>1</DayWorking><WorkingTimes><WorkingTime><FromTime>08:00:00</FromTime>"
    "<ToTime>12:00:00</ToTime></WorkingTime></WorkingTimes></Exception></Exceptions></Calendar>"
)


def test_dates_come_from_the_plan_where_a_project_could_not_say_them(tmp_path: Path) -> None:
    path = tmp_path / "plan.xml"
    calendar = STANDARD.replace("</Calendar>", SATURDAY)
    path.write_text(mspdi(task(1, Duration="PT44H0M0S"), calendars=calendar), "utf-8")
    subject = cr.load_subject(path)
    assert isinstance(subject, cr.ImportedProject)
    assert str(ASSESSOR.assess(subject).roadmap.finish) == "2026-03-07 12:00:00"
    # A project has no Saturday that is worked.
    assert str(ASSESSOR.assess(subject.project).roadmap.finish) == "2026-03-09 12:00:00"
    assert any("worked exceptionally" in note.message for note in subject.notes)


def test_tasks_are_called_alike_in_what_is_stated_and_what_is_computed(tmp_path: Path) -> None:
    path = tmp_path / "plan.csv"
    path.write_text(
        "ID,Task name,Duration,Predecessors,Start,Resource names,Parent\n"
        "The whole,All of it,,,,,\n"
        "A 1,Configuration,2d,,2026-03-02,Ann Berg,The whole\n"
        "A/2,Client acceptance test,1d,A 1,,,The whole\n",
        "utf-8",
    )
    subject = cr.load_subject(path)
    assert isinstance(subject, cr.ImportedProject)
    plan = subject.plan
    assert [t.id for t in subject.project.tasks or ()] == [t.id for t in plan.tasks] == ["The-whole", "A-1", "A-2"]
    assert [(t.parent, t.owners) for t in plan.tasks] == [
        (None, ()),
        ("The-whole", ("Ann-Berg",)),
        ("The-whole", ()),
    ]
    assert [(k.predecessor, k.successor) for k in plan.links] == [("A-1", "A-2")]
    roadmap = ASSESSOR.assess(subject).roadmap
    assert (str(roadmap.finish), roadmap.critical_path) == ("2026-03-04 17:00:00", ("A-1", "A-2"))


@pytest.mark.parametrize("as_of", [None, dt.date(2026, 4, 1)])
def test_the_day_taken_for_today_does_not_replace_the_status_date_of_a_plan(as_of: dt.date | None) -> None:
    stated = dt.datetime.fromisoformat("2026-03-06 17:00")
    plan = cr.Plan((cr.PlanTask("a", "A", 480),), status_date=stated)
    assert cr.project_of(cr.ImportedPlan(plan), as_of).plan.status_date == stated


def test_the_day_taken_for_today_is_the_status_date_of_a_plan_without_one() -> None:
    plan = cr.Plan((cr.PlanTask("a", "A", 480),))
    assert cr.project_of(cr.ImportedPlan(plan)).plan.status_date is None
    found = cr.project_of(cr.ImportedPlan(plan), dt.date(2026, 4, 1)).plan.status_date
    assert found == dt.datetime.fromisoformat("2026-04-01 17:00")


# --- Guesses ---------------------------------------------------------------------------------------

KINDS = """ID,Task name,Kind,Duration,Predecessors
1,Configuration,{first},5d,
2,Go-live,{second},1d,1
3,UAT,{third},5d,1
"""


def assessed(path: Path, **kinds: str) -> cr.Assessment:
    path.write_text(KINDS.format(**{"first": "", "second": "", "third": "", **kinds}), "utf-8")
    return ASSESSOR.assess(cr.load_subject(path))


@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        ({}, " (the kinds of 'UAT' and 'Go-live' were recognised from the name)"),
        ({"third": "client_test"}, " (the kind of 'Go-live' was recognised from the name)"),
        ({"second": "operation_start", "third": "client_test"}, ""),
    ],
)
def test_evidence_tells_recognised_kinds_from_stated_ones(tmp_path: Path, kinds: dict[str, str], said: str) -> None:
    assessment = assessed(tmp_path / "plan.csv", **kinds)
    (finding,) = (f for f in assessment.findings if f.rule == "roadmap.client-test-before-rollout")
    (evidence,) = finding.evidence
    assert evidence.value.partition(" (")[0].startswith("violated by ")
    assert evidence.value.removeprefix(evidence.value.partition(" (")[0]) == said


def test_an_absence_among_recognised_kinds_says_so(tmp_path: Path) -> None:
    found = findings(tmp_path / "plan.xml", task(1, Name="User training"))["training.training-programme-not-in-roadmap"]
    (evidence,) = found.evidence
    assert evidence.path == "tasks"
    assert evidence.value.endswith(
        'task.kind == "training_programme" (kinds of tasks were recognised from their names)'
    )


def test_only_guesses_are_asked_for_to_be_confirmed(tmp_path: Path) -> None:
    asked = [q for q in assessed(tmp_path / "plan.csv", first="configuration").questions if not q.decides]
    assert [(q.path, q.weight) for q in asked] == [("tasks[2].kind", 0), ("tasks[3].kind", 0)]
    assert asked[1].text == "Is 'UAT' of the kind client's test (test by the client)? It was recognised from 'UAT'."
    assert asked[1].answer.startswith("yes, or one of ")


def test_the_kind_of_a_task_says_what_it_was_recognised_from(tmp_path: Path) -> None:
    rule = "roadmap.rollout-preparation-without-float"
    found = findings(tmp_path / "plan.xml", task(1, Name="UAT"), task(2, link(1), Name="Rollout"))[rule]
    (evidence,) = (e for e in found.evidence if e.path == "tasks[1].kind")
    assert evidence.value == "client's test (recognised from 'UAT')"
