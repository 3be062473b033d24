"""The example plans have their expected assessments beside them, as the example projects do."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path

import pytest

import crm_rules as cr
from crm_rules.api import load_subject, verify

ROOT = Path(__file__).parents[2]
PLANS = sorted(p.name for p in (ROOT / "examples" / "plans").iterdir() if p.suffix in (".xml", ".csv"))


@cache
def assessment(name: str) -> cr.Assessment:
    # Places are written as the command line shows them: relative to the checkout.
    before = Path.cwd()
    os.chdir(ROOT)
    try:
        return cr.assess(load_subject(f"examples/plans/{name}"))
    finally:
        os.chdir(before)


def certain(name: str) -> dict[str, cr.Finding]:
    return {f.rule: f for f in assessment(name).findings if f.certainty == "certain"}


def test_there_are_plans() -> None:
    assert PLANS == ["sales-crm.csv", "sales-crm.xml"]


@pytest.mark.parametrize("name", PLANS)
def test_the_assessment_is_the_expected_one(name: str) -> None:
    found = assessment(name)
    # Possible findings and their questions belong to what a plan cannot say; here is what it does say.
    shown = found.to_dict()
    shown["findings"] = [f for f in shown["findings"] if f["certainty"] == "certain"]
    shown["questions"] = [q for q in shown["questions"] if not q["decides"]]
    shown["conclusions"] = [c for c in shown["conclusions"] if c["certainty"] == "certain"]
    shown["recommendations"] = [r for r in shown["recommendations"] if r["findings"]]
    actual = json.dumps(shown, ensure_ascii=False, indent=2) + "\n"
    expected = ROOT / "examples" / "plans" / f"{name}.expected.json"
    if os.environ.get("CRM_RULES_WRITE_GOLDEN"):
        expected.write_text(actual, encoding="utf-8")
    assert actual == expected.read_text(encoding="utf-8"), "run 'make golden' and review the difference"
    assert verify(found.run) == []


def test_the_schedule_is_that_of_the_plan_with_its_calendar() -> None:
    # Good Friday, Easter Monday and Labour Day are not worked; a list of tasks cannot say so.
    assert str(assessment("sales-crm.xml").roadmap.finish) == "2026-05-20 17:00:00"
    assert str(assessment("sales-crm.csv").roadmap.finish) == "2026-05-15 17:00:00"
    assert "roadmap.late-for-deadline" in certain("sales-crm.xml")
    assert "roadmap.late-for-deadline" not in certain("sales-crm.csv")


@pytest.mark.parametrize(("name", "line"), [("sales-crm.xml", 143), ("sales-crm.csv", 9)])
def test_a_go_live_before_the_end_of_testing_is_found_at_its_line(name: str, line: int) -> None:
    (evidence,) = certain(name)["roadmap.client-test-before-rollout"].evidence
    assert evidence.value == (
        "violated by dates (the kinds of 'User acceptance testing' and 'Go-live' were recognised from the name)"
    )
    assert str(evidence.place) == f"examples/plans/{name}:{line}"


def test_a_heading_is_no_work() -> None:
    assert not [f for f in certain("sales-crm.xml").values() if f.about == "tasks[1]"]
    assert not [q for q in assessment("sales-crm.xml").questions if q.path in ("tasks[1].kind", "tasks[1].duration")]


def test_every_guessed_kind_is_asked_for_last() -> None:
    questions = assessment("sales-crm.xml").questions
    guessed = [q for q in questions if not q.decides]
    assert guessed == list(questions[-len(guessed) :])
    assert [q.path for q in guessed] == [f"tasks[{n}].kind" for n in (2, 3, 4, 5, 6, 7, 8)]
    assert guessed[5].text == (
        "Is 'User acceptance testing' of the kind client's test (test by the client)? "
        "It was recognised from 'user acceptance test'."
    )
