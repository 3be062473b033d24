"""Tasks that contradict themselves or each other are refused, with the field at fault."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from crm_rules.errors import ProjectError
from crm_rules.files.project import parse_project
from crm_rules.model.problems import Problem
from crm_rules.model.project import Project, validate_project
from crm_rules.model.roadmap import Task

TODAY = "2026-03-02"


def problems(*tasks: dict[str, Any], **parts: Any) -> list[Problem]:
    project, found = validate_project({"as_of": TODAY, "tasks": list(tasks), **parts})
    assert (project is None) == bool(found)
    return found


def task(**fields: Any) -> dict[str, Any]:
    return {"id": "cfg", **fields}


NO_EARLIER = "start_no_earlier_than"


@pytest.mark.parametrize(
    ("fields", "field", "message", "hint"),
    [
        # order
        (
            {"start": "2026-03-09", "finish": "2026-03-06"},
            "finish",
            "'finish' 2026-03-06 is before 'start' 2026-03-09",
            "correct one of the two",
        ),
        (
            {"status": "done", "actual_start": "2026-02-09", "actual_finish": "2026-02-06"},
            "actual_finish",
            "'actual_finish' 2026-02-06 is before 'actual_start' 2026-02-09",
            "correct one of the two",
        ),
        (
            {"baseline_start": "2026-03-09", "baseline_finish": "2026-03-06"},
            "baseline_finish",
            "'baseline_finish' 2026-03-06 is before 'baseline_start' 2026-03-09",
            "correct one of the two",
        ),
        (
            {"status": "done", "start": "2026-02-09", "finish": "2026-02-12", "actual_finish": "2026-02-06"},
            "actual_finish",
            "'actual_finish' 2026-02-06 is before 'start' 2026-02-09",
            "correct one of the two",
        ),
        (
            {"status": "done", "start": "2026-02-02", "finish": "2026-02-06", "actual_start": "2026-02-09"},
            "finish",
            "'finish' 2026-02-06 is before 'actual_start' 2026-02-09",
            "correct one of the two",
        ),
        # laid down
        (
            {"constraint": NO_EARLIER},
            "constraint",
            "'start_no_earlier_than' needs a date",
            "add 'constraint_date: YYYY-MM-DD'",
        ),
        (
            {"constraint_date": TODAY},
            "constraint_date",
            "a date is laid down, but not what it does",
            "add a constraint, such as 'constraint: start_no_earlier_than'",
        ),
        (
            {"constraint": "as_late_as_possible", "constraint_date": TODAY},
            "constraint_date",
            "a date is laid down, but not what it does",
            "add a constraint, such as 'constraint: start_no_earlier_than'",
        ),
        ({"manual": True}, "manual", "a task scheduled by hand needs a start or a finish", "add 'start: YYYY-MM-DD'"),
        (
            {"manual": True, "finish": TODAY, "constraint": NO_EARLIER, "constraint_date": TODAY},
            "constraint",
            "a task scheduled by hand takes its dates from its start and finish, not from a constraint",
            "leave out the constraint, or manual",
        ),
        # happened
        (
            {"status": "running", "actual_start": "2026-03-03"},
            "actual_start",
            "the task cannot have begun on 2026-03-03, after the day the facts describe, 2026-03-02",
            "correct the date, the status or as_of",
        ),
        (
            {"status": "running", "start": "2026-03-03"},
            "start",
            "the task cannot have begun on 2026-03-03, after the day the facts describe, 2026-03-02",
            "correct the date, the status or as_of",
        ),
        (
            {"status": "done", "finish": "2026-03-03"},
            "finish",
            "the task cannot have finished on 2026-03-03, after the day the facts describe, 2026-03-02",
            "correct the date, the status or as_of",
        ),
        (
            {"status": "done", "finish": TODAY, "actual_finish": "2026-04-01"},
            "actual_finish",
            "the task cannot have finished on 2026-04-01, after the day the facts describe, 2026-03-02",
            "correct the date, the status or as_of",
        ),
        (
            {"status": "running", "actual_finish": "2026-02-27"},
            "actual_finish",
            "the task has been finished but is running",
            "write 'status: done'",
        ),
        (
            {"actual_start": "2026-02-27"},
            "actual_start",
            "the task has begun but is planned",
            "write 'status: running'",
        ),
        ({"progress": 0.5}, "progress", "the task has progressed but is planned", "write 'status: running'"),
        (
            {"status": "done", "remaining": 2},
            "remaining",
            "the task is done but needs more days",
            "write 'status: running'",
        ),
        (
            {"status": "done", "progress": 0.9},
            "progress",
            "the task is done but its progress is less than 1",
            "leave it out",
        ),
        # estimates
        (
            {"duration": 5, "optimistic_duration": 3},
            "optimistic_duration",
            "'optimistic_duration' says nothing without 'pessimistic_duration'",
            "add 'pessimistic_duration:'",
        ),
        (
            {"duration": 5, "pessimistic_duration": 9},
            "pessimistic_duration",
            "'pessimistic_duration' says nothing without 'optimistic_duration'",
            "add 'optimistic_duration:'",
        ),
        (
            {"optimistic_duration": 3, "pessimistic_duration": 9},
            "optimistic_duration",
            "the estimate has no likely value",
            "add 'likely_duration:' or 'duration:'",
        ),
        (
            {"duration": 2, "optimistic_duration": 3, "pessimistic_duration": 9},
            "optimistic_duration",
            "'duration' 2 is less than 'optimistic_duration' 3",
            "correct one of the two",
        ),
        (
            {"duration": 2, "likely_duration": 10, "optimistic_duration": 3, "pessimistic_duration": 9},
            "pessimistic_duration",
            "'pessimistic_duration' 9 is less than 'likely_duration' 10",
            "correct one of the two",
        ),
        (
            {"likely_duration": 2.5, "optimistic_duration": 3, "pessimistic_duration": 9},
            "likely_duration",
            "'likely_duration' 2.5 is less than 'optimistic_duration' 3",
            "correct one of the two",
        ),
    ],
)
def test_a_task_that_contradicts_itself_is_refused(fields: dict[str, Any], field: str, message: str, hint: str) -> None:
    (problem,) = problems(task(**fields))
    assert (problem.path, problem.message, problem.hint) == (("tasks", 0, field), message, hint)


@pytest.mark.parametrize(
    "fields",
    [
        {"start": TODAY, "finish": TODAY, "duration": 0},
        {"start": "2026-09-01", "finish": "2026-09-02"},  # planned
        {"status": "running", "start": TODAY, "finish": "2026-09-01"},
        {"status": "running", "start": "2026-09-01", "actual_start": TODAY},
        {"status": "running", "progress": 1, "remaining": 0},
        {"status": "running", "duration": 2, "remaining": 40},
        {"status": "done", "progress": 1, "remaining": 0, "actual_finish": TODAY, "finish": "2026-09-01"},
        {"status": "dropped", "start": "2026-09-01", "finish": "2026-09-02"},
        {"status": "dropped", "actual_start": TODAY, "progress": 0.5},
        {"progress": 0},
        {"constraint": "as_late_as_possible"},
        {"constraint": "must_finish_on", "constraint_date": "2026-09-01"},
        {"manual": True, "start": TODAY},
        {"manual": True, "start": TODAY, "constraint": "as_soon_as_possible"},
        {"duration": 3, "optimistic_duration": 3, "pessimistic_duration": 3},
        {"likely_duration": 3},
        {"deadline": "2020-01-01"},  # missed, but no contradiction
    ],
)
def test_what_is_merely_unusual_is_taken(fields: dict[str, Any]) -> None:
    assert problems(task(**fields)) == []


def test_without_a_day_of_the_facts_nothing_lies_in_the_future() -> None:
    assert problems(task(status="done", finish="2099-01-01"), as_of=None) == []


def test_progress_is_not_reported_from_the_future() -> None:
    (problem,) = problems(roadmap={"status_date": "2026-03-03"})
    assert problem.path == ("roadmap", "status_date")
    assert problem.message == "progress cannot be known up to 2026-03-03 when the facts describe 2026-03-02"
    assert problems(roadmap={"status_date": "2026-03-02"}) == []


def test_what_cannot_be_read_is_reported_once() -> None:
    for fields in (
        {"start": "soon", "finish": "2026-02-01"},
        {"status": "finished", "actual_start": "2026-09-01", "progress": 0.5},
        {"constraint": "later", "constraint_date": TODAY},
        {"constraint": ["must_start_on"]},
        {"optimistic_duration": "short", "duration": 1, "pessimistic_duration": 2},
        {"manual": "yes"},
    ):
        assert len(problems(task(**fields))) == 1


def test_everything_wrong_is_said_at_once() -> None:
    found = problems(
        task(start="2026-03-09", finish="2026-03-06", progress=0.5, optimistic_duration=9, duration="long"),
        {"id": "b", "manual": True, "after": ["nobody"]},
        {"id": "c", "parent": "c"},
    )
    assert [p.path for p in found] == [
        ("tasks", 0, "duration"),
        ("tasks", 1, "after", 0),
        ("tasks", 2, "parent"),
        ("tasks", 0, "finish"),
        ("tasks", 0, "progress"),
        ("tasks", 0, "optimistic_duration"),
        ("tasks", 1, "manual"),
    ]


# --- parts and wholes --------------------------------------------------------


def outline(**parents: str) -> list[dict[str, Any]]:
    names = sorted({*parents, *parents.values()})
    return [{"id": n, **({"parent": parents[n]} if n in parents else {})} for n in names]


def test_summaries_may_be_nested() -> None:
    assert problems(*outline(a="b", b="c", d="c")) == []


def test_a_task_that_is_part_of_itself_is_refused_once() -> None:
    (problem,) = problems(*outline(a="b", b="c", c="a", d="a"))
    assert problem.path == ("tasks", 0, "parent")
    assert problem.message == "the task is part of itself: a in b in c in a"


def test_each_loop_of_parts_is_named() -> None:
    found = problems(*outline(a="b", b="a", c="d", d="c"))
    assert [p.message for p in found] == [
        "the task is part of itself: a in b in a",
        "the task is part of itself: c in d in c",
    ]


def test_a_task_does_not_wait_for_what_it_is_part_of() -> None:
    tasks = outline(a="b", b="c")
    tasks[0]["after"] = ["c SS"]
    (problem,) = problems(*tasks)
    assert problem.path == ("tasks", 0, "after", 0)
    assert (problem.message, problem.hint) == (
        "the task cannot wait for 'c', which it is part of",
        "leave the link out",
    )


def test_a_task_does_not_wait_for_its_parts() -> None:
    tasks = outline(a="b", b="c", d="e")
    tasks[2]["after"] = ["d", "a FF+1d"]
    (problem,) = problems(*tasks)
    assert problem.path == ("tasks", 2, "after", 1)
    assert problem.message == "the task cannot wait for 'a', which is part of it"


def test_links_between_parts_of_different_tasks_are_fine() -> None:
    tasks = outline(a="b", c="d")
    tasks[0]["after"] = ["c", "d"]
    tasks[1]["after"] = ["c"]
    assert problems(*tasks) == []


def test_models_are_checked_like_authored_data() -> None:
    bad = Task(id="a", start=dt.date(2026, 3, 9), finish=dt.date(2026, 3, 6))
    with pytest.raises(ProjectError, match=r"tasks\[a\]\.finish: 'finish' 2026-03-06 is before 'start' 2026-03-09"):
        Project(tasks=(bad,))


def test_a_file_shows_the_line_at_fault() -> None:
    with pytest.raises(ProjectError) as caught:
        parse_project(
            """
tasks:
  - id: cfg
    constraint: must_start_on
  - id: data
    start: 2026-03-09
    finish: 2026-03-06
""".lstrip(),
            "plan.yaml",
        )
    assert [(d.span.line, d.message) for d in caught.value.diagnostics if d.span is not None] == [
        (3, "'must_start_on' needs a date"),
        (6, "'finish' 2026-03-06 is before 'start' 2026-03-09"),
    ]
