"""From a project file to the plan: days become minutes of the right calendar, and nothing is made up."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from crm_rules.files.project import parse_project
from crm_rules.model.enums import ConstraintType as Wording
from crm_rules.model.enums import LagUnit as Unit
from crm_rules.model.project import Project
from crm_rules.model.roadmap import COMPUTED_LISTS
from crm_rules.roadmap.analysis import analyse
from crm_rules.roadmap.facts import roadmap_entries
from crm_rules.roadmap.from_project import plan_of
from crm_rules.roadmap.plan import (
    Baseline,
    Constraint,
    ConstraintType,
    Estimate,
    LagUnit,
    LinkType,
    Plan,
    PlanLink,
    PlanTask,
)
from crm_rules.roadmap.working_time import STANDARD

DAY = 480


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def made(*tasks: dict[str, Any], **parts: Any) -> Plan:
    return plan_of(Project.from_dict({"tasks": list(tasks), **parts}))


def one(fields: dict[str, Any], **parts: Any) -> PlanTask:
    (task,) = made({"id": "t", **fields}, **parts).tasks
    return task


# --- the plan as a whole -----------------------------------------------------


def test_a_project_that_says_nothing_has_the_standard_calendar() -> None:
    nothing: dict[str, Any] = {}
    for parts in (nothing, {"roadmap": nothing}):
        plan = made(**parts)
        assert (plan.calendar.week, plan.calendar.exceptions) == (STANDARD.week, ())
        assert (plan.name, plan.start, plan.status_date, plan.minutes_per_day) == ("", None, None, DAY)
        assert dict(plan.calendars) == {}


def test_the_working_time_of_the_project() -> None:
    plan = made(
        {"id": "a", "duration": 2},
        {"id": "b", "duration": 0.5, "after": ["a +1d", "a SS+2ed"]},
        project={"name": "CRM for sales"},
        roadmap={
            "start": "2026-03-02",
            "weekdays": ["mon", "tue", "wed", "thu"],
            "hours": ["9-12", "13-17:30"],
            "holidays": ["2026-03-03..2026-03-05"],
        },
    )
    assert plan.name == "CRM for sales"
    assert plan.start == at("2026-03-02T09:00")
    worked = [plan.calendar.minutes_on(dt.date(2026, 3, day)) for day in range(2, 13)]
    assert worked == [450, 0, 0, 0, 0, 0, 0, 450, 450, 450, 450]
    # A day is a day of the project.
    assert [t.duration_minutes for t in plan.tasks] == [900, 225]
    assert [(k.type, k.lag, k.unit) for k in plan.links] == [
        (LinkType.FS, 450, LagUnit.WORKING),
        (LinkType.SS, 2880, LagUnit.ELAPSED),
    ]


def test_calendars_of_their_own() -> None:
    plan = made(
        {"id": "load", "duration": 1, "calendar": "weekend", "deadline": "2026-03-07"},
        roadmap={"holidays": ["2026-03-07"]},
        calendars=[{"id": "weekend", "weekdays": ["sat", "sun"], "hours": ["0-6", "20-24"]}],
    )
    (task,) = plan.tasks
    weekend = plan.calendars["weekend"]
    assert (task.calendar, weekend.name) == ("weekend", "weekend")
    assert weekend.minutes_on(dt.date(2026, 3, 7)) == 10 * 60
    assert weekend.minutes_on(dt.date(2026, 3, 9)) == 0
    assert task.duration_minutes == DAY  # of the project
    assert task.deadline == at("2026-03-08T00:00")  # the end of that Saturday


def test_progress_is_known_to_the_end_of_the_day() -> None:
    assert made(as_of="2026-03-02").status_date == at("2026-03-02T17:00")
    section = {"status_date": "2026-02-27", "hours": ["9-15"]}
    assert made(as_of="2026-03-02", roadmap=section).status_date == at("2026-02-27T15:00")
    assert made(as_of="2026-03-02", roadmap={}).status_date == at("2026-03-02T17:00")
    assert made(as_of="2026-03-01").status_date == at("2026-03-01T00:00")  # a Sunday


def test_the_ends_of_the_dates_do_no_harm() -> None:
    section = {"hours": ["0-24"], "weekdays": ["mon", "fri"]}
    plan = made(as_of="9999-12-31", roadmap={"start": "0001-01-01", **section})
    assert (plan.start, plan.status_date) == (at("0001-01-01T00:00"), at("9999-12-31T00:00"))


# --- tasks -------------------------------------------------------------------


def test_a_task_that_says_nothing() -> None:
    assert one({}) == PlanTask("t", "t", None)


def test_who_and_what() -> None:
    team = [{"id": "eve"}, {"id": "ann"}, {"id": "bob"}]
    task = one({"kind": "vendor_test", "stage": 2, "owner": "eve", "contributors": ["ann", "eve", "bob"]}, team=team)
    assert (task.kind, task.kind_guessed, task.stage) == ("vendor_test", False, 2)
    assert task.owners == ("ann", "bob", "eve")
    assert one({"contributors": ["bob"]}, team=team).owners == ("bob",)


@pytest.mark.parametrize(
    ("fields", "start", "finish", "remaining"),
    [
        ({"start": "2026-02-02", "finish": "2026-02-06"}, None, None, None),
        ({"status": "running", "duration": 5}, None, None, None),
        ({"status": "running", "start": "2026-02-02", "finish": "2026-02-06"}, "2026-02-02T08:00", None, None),
        ({"status": "running", "start": "2026-03-09", "actual_start": "2026-02-03"}, "2026-02-03T08:00", None, None),
        ({"status": "running", "duration": 3, "progress": 0.4}, None, None, 864),
        ({"status": "running", "duration": 3, "progress": 0.4, "remaining": 2.5}, None, None, 1200),
        ({"status": "running", "progress": 0.4}, None, None, None),
        ({"status": "done"}, None, None, None),
        ({"status": "done", "start": "2026-02-02"}, "2026-02-02T08:00", None, None),
        (
            {"status": "done", "duration": 9, "start": "2026-02-02", "finish": "2026-02-06"},
            "2026-02-02T08:00",
            "2026-02-06T17:00",
            None,
        ),
        ({"status": "done", "finish": "2026-02-06", "actual_finish": "2026-02-09"}, None, "2026-02-09T17:00", None),
        # On a Sunday.
        ({"status": "done", "finish": "2026-02-08"}, None, "2026-02-08T00:00", None),
        # A milestone.
        (
            {"status": "done", "duration": 0, "start": "2026-02-06", "finish": "2026-02-06"},
            "2026-02-06T17:00",
            "2026-02-06T17:00",
            None,
        ),
        ({"status": "dropped", "start": "2026-02-02", "finish": "2026-02-06"}, None, None, None),
    ],
)
def test_what_happened(fields: dict[str, Any], start: str | None, finish: str | None, remaining: int | None) -> None:
    task = one(fields, as_of="2026-03-02")
    assert task.actual_start == (None if start is None else at(start))
    assert task.actual_finish == (None if finish is None else at(finish))
    assert task.remaining_minutes == remaining
    assert (task.pinned_start, task.pinned_finish) == (None, None)


@pytest.mark.parametrize(
    ("wording", "type_", "when"),
    [
        ("start_no_earlier_than", ConstraintType.SNET, "2026-03-03T08:00"),
        ("finish_no_earlier_than", ConstraintType.FNET, "2026-03-03T17:00"),
        ("start_no_later_than", ConstraintType.SNLT, "2026-03-03T08:00"),
        ("finish_no_later_than", ConstraintType.FNLT, "2026-03-03T17:00"),
        ("must_start_on", ConstraintType.MSO, "2026-03-03T08:00"),
        ("must_finish_on", ConstraintType.MFO, "2026-03-03T17:00"),
    ],
)
def test_dates_laid_down(wording: str, type_: ConstraintType, when: str) -> None:
    assert one({"constraint": wording, "constraint_date": "2026-03-03"}).constraint == Constraint(type_, at(when))


def test_constraints_without_a_date() -> None:
    assert one({"constraint": "as_late_as_possible"}).constraint == Constraint(ConstraintType.ALAP)
    assert one({"constraint": "as_soon_as_possible"}).constraint is None


def test_the_model_and_the_plan_know_the_same_constraints_and_lags() -> None:
    for wording in Wording:
        fields = {"constraint": wording.value} | ({"constraint_date": "2026-03-03"} if wording.dated else {})
        found = one(fields).constraint
        assert (ConstraintType.ASAP if found is None else found.type).dated == wording.dated
    shown = {entry["lag_unit"] for entry in links("a +1d", "a +1ed", "a +1%")}
    assert shown == {unit.value for unit in Unit}


def test_a_deadline_is_the_end_of_its_day() -> None:
    assert one({"deadline": "2026-03-03"}).deadline == at("2026-03-03T17:00")


def test_a_task_scheduled_by_hand_keeps_its_days() -> None:
    task = one({"manual": True, "start": "2026-03-03", "finish": "2026-03-04"})
    assert task.manual
    assert (task.pinned_start, task.pinned_finish) == (at("2026-03-03T08:00"), at("2026-03-04T17:00"))
    assert one({"manual": True, "finish": "2026-03-04"}).pinned_start is None


def test_what_was_agreed() -> None:
    assert one({"baseline_finish": "2026-03-03"}).baseline == Baseline(finish=at("2026-03-03T17:00"))
    full = one({"baseline_start": "2026-03-02", "baseline_finish": "2026-03-03", "baseline_duration": 2})
    assert full.baseline == Baseline(at("2026-03-02T08:00"), at("2026-03-03T17:00"), 2 * DAY)


def test_estimates() -> None:
    ends = {"optimistic_duration": 1, "pessimistic_duration": 5}
    assert one({"duration": 3, **ends}).estimate == Estimate(DAY, 3 * DAY, 5 * DAY)
    assert one({"duration": 4, "likely_duration": 2, **ends}).estimate == Estimate(DAY, 2 * DAY, 5 * DAY)
    assert one({"duration": 4, "likely_duration": 2}).estimate is None


def test_parts_of_tasks() -> None:
    _, build = made({"id": "stage"}, {"id": "build", "parent": "stage"}).tasks
    assert build.parent == "stage"


def test_tasks_and_links_know_their_lines() -> None:
    plan = plan_of(parse_project("tasks:\n  - id: a\n  - id: b\n    after: [a]\n"))
    assert [t.source for t in plan.tasks] == ["line 2", "line 3"]
    assert [k.source for k in plan.links] == ["line 4"]
    assert made({"id": "a"}).tasks[0].source == ""


# --- links -------------------------------------------------------------------


def links(*after: str, duration: float | None = 3, **roadmap: Any) -> list[dict[str, Any]]:
    return entries_of({"id": "a", **({} if duration is None else {"duration": duration})}, *after, **roadmap)[0]


def entries_of(task: dict[str, Any], *after: str, **roadmap: Any) -> tuple[list[dict[str, Any]], Any]:
    others = [{"id": f"b{i}", "duration": 1, "after": [text]} for i, text in enumerate(after)]
    facts = roadmap_entries(analyse(made(task, *others, roadmap=roadmap)))
    return facts.lists["task_links"], facts.causes


def test_lags_of_every_unit() -> None:
    assert made({"id": "a"}, {"id": "b", "after": ["a -1w", "a SS+1.5ed", "a FF-12.34%"]}).links == (
        PlanLink("a", "b", LinkType.FS, -5 * DAY),
        PlanLink("a", "b", LinkType.SS, 2160, LagUnit.ELAPSED),
        PlanLink("a", "b", LinkType.FF, -1234, LagUnit.PERCENT),
    )


def test_rules_see_lags_in_days() -> None:
    found = links("a -1d", "a +1.5ed", "a +50%", "a -25%", "a +0%", hours=["8-14"])
    assert [(e["lag_days"], e["lag_unit"]) for e in found] == [
        (-1, "working_days"),
        (1.5, "elapsed_days"),
        (1.5, "percent"),
        (-0.75, "percent"),
        (0, "working_days"),
    ]
    declared = next(r for r in COMPUTED_LISTS if r.name == "task_links")
    assert all(set(e) == {c.name for c in declared.columns} for e in found)


def test_part_of_an_unknown_duration_is_unknown_for_a_reason() -> None:
    found, causes = entries_of({"id": "a"}, "a SS+50%", "a +1d")
    assert [e["lag_days"] for e in found] == [None, 1]
    (key,) = [k for k in causes if k[0] == "task_links"]
    assert key == ("task_links", found[0]["id"], "lag_days")
    assert causes[key] == ("tasks[a].duration",)
