"""The checks of the roadmap as facts for rules."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from crm_rules.api import load_project, project_facts
from crm_rules.facts.values import NO_VALUE
from crm_rules.roadmap.analysis import analyse
from crm_rules.roadmap.plan import LagUnit, Plan, PlanLink
from crm_rules.roadmap.quality import PROFILES
from crm_rules.roadmap.quality_facts import CheckFacts, check_entries
from tests.roadmap.plans import plan
from tests.roadmap.quality_plans import ROW, at, dated, tasks


def facts(base: Plan) -> CheckFacts:
    return check_entries(analyse(base))


def entry(base: Plan, check: str) -> dict[str, Any]:
    return next(e for e in facts(base).entries if e["id"] == check)


def test_every_check_of_the_default_profile_is_a_fact() -> None:
    assert [e["id"] for e in facts(ROW).entries] == [row.id for row in PROFILES["roadmap"].rows]


def test_offending_tasks_are_named_and_counted() -> None:
    base = tasks(plan(dict.fromkeys("abcdef", 1), "a->b", "a->c", "a->d", "a->e", "a->f"), {"c": {"name": "Load data"}})
    assert entry(base, "missing-successor") == {
        "id": "missing-successor",
        "name": "Missing successors",
        "verdict": "warning",
        "count": 4,
        "tasks": {"c", "d", "e", "f"},
        "shown": "Load data; D; E and 1 more",
    }


def test_offending_links_are_shown_as_the_tasks_they_join() -> None:
    found = entry(plan(dict.fromkeys("abc", 2), "a->b fs-1", "b->c"), "lead")
    assert (found["tasks"], found["shown"], found["count"]) == ({"a", "b"}, "A -> B", 1)


def test_what_the_plan_does_not_say_is_known_not_to_be_measurable() -> None:
    found = facts(ROW)
    missed = next(e for e in found.entries if e["id"] == "missed")
    assert (missed["verdict"], missed["count"], missed["tasks"], missed["shown"]) == (
        "not_measurable",
        NO_VALUE,
        set(),
        "",
    )
    assert found.causes == {}


def test_a_verdict_that_unknown_durations_decide_is_unknown_and_says_why() -> None:
    base = tasks(dated(plan({"a": None, "b": 1, "c": 2}, "a->b", "b->c")), {"c": {"deadline": at("2026-03-06 17:00")}})
    found = facts(base)
    late = next(e for e in found.entries if e["id"] == "negative-float")
    assert (late["verdict"], late["count"], late["tasks"], late["shown"]) == (None, None, None, None)
    assert found.causes["schedule_checks", "negative-float", "verdict"] == ("tasks[a].duration",)
    # That nothing waits for two of the tasks does not depend on how long they are.
    assert next(e for e in found.entries if e["id"] == "missing-successor")["verdict"] == "passed"


def test_a_lag_that_is_part_of_an_unknown_duration_leaves_its_check_open() -> None:
    base = replace(plan({"a": None, "b": 1}), links=(PlanLink("a", "b", lag=6000, unit=LagUnit.PERCENT),))
    found = facts(base)
    assert found.causes["schedule_checks", "long-lag", "verdict"] == ("tasks[a].duration",)
    assert entry(base, "lag")["verdict"] == "info"


def test_unlisted_tasks_leave_every_check_open_that_is_not_failed() -> None:
    found = facts(replace(plan(dict.fromkeys("ab", 2), "a->b fs-1"), complete=False))
    known = {e["id"]: e["verdict"] for e in found.entries if e["verdict"] is not None}
    assert known == {"lead": "warning"}
    assert set(found.causes.values()) == {("tasks",)}


def test_checks_point_at_the_first_task_to_look_at(tmp_path: Path) -> None:
    file = tmp_path / "project.yaml"
    file.write_text(
        "tasks:\n  - {id: z, duration: 1}\n  - {id: a, duration: 3, after: [z]}\n  - {id: b, after: [a FS-1d]}\n",
        encoding="utf-8",
    )
    found, _ = project_facts(load_project(file))
    checks = found.extensions["schedule_checks"]
    assert (len(checks.rows), checks.complete) == (len(PROFILES["roadmap"].rows), True)
    lines = {key: place.line for (name, key, _), place in found.origin.places.items() if name == "schedule_checks"}
    # A lead joins a (line 3) and b, b lacks a duration (line 4); what has no task to show stands where the tasks do.
    shown = {check: lines[check] for check in ("", "lead", "unknown-duration", "isolated")}
    assert shown == {"": 1, "lead": 3, "unknown-duration": 4, "isolated": 1}
