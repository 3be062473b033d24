"""Findings, advice, conclusions and questions, on small projects."""

from __future__ import annotations

import json
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

import pytest

import crm_rules as cr

SPONSOR = {"id": "s1", "name": "Eva Brandt", "executive": True, "expectations_known": False}


def project(**parts: Any) -> cr.Project:
    return cr.Project.from_dict(parts)


def of_rule(assessment: cr.Assessment, rule: str) -> list[cr.Finding]:
    return [f for f in assessment.findings if f.rule == rule]


def test_a_finding_says_what_who_and_why() -> None:
    (finding,) = of_rule(cr.assess(project(sponsors=[SPONSOR])), "governance.sponsor-expectations-unknown")
    assert finding.certainty == "certain"
    assert (finding.about, finding.about_name) == ("sponsors[s1]", "Eva Brandt")
    assert (finding.likelihood, finding.impact, finding.exposure, finding.level) == (3, 4, 12, "high")
    assert "Eva Brandt" in finding.statement
    assert finding.catalogue == "GOV-02"
    assert [(e.path, e.value) for e in finding.evidence] == [("sponsors[s1].expectations_known", "no")]


def test_ids_are_stable_and_do_not_depend_on_other_facts() -> None:
    alone = of_rule(cr.assess(project(sponsors=[SPONSOR])), "governance.sponsor-expectations-unknown")[0]
    more = {"id": "a0", "expectations_known": False}
    among = of_rule(cr.assess(project(sponsors=[SPONSOR, more])), "governance.sponsor-expectations-unknown")
    assert alone.id in {f.id for f in among}
    assert len({f.id for f in among}) == 2


def test_an_unknown_field_becomes_a_question_with_what_it_would_decide() -> None:
    assessment = cr.assess(project(sponsors=[{"id": "s1", "name": "Eva Brandt", "executive": True}]))
    (finding,) = of_rule(assessment, "governance.sponsor-expectations-unknown")
    assert finding.certainty == "possible"
    assert finding.evidence == ()
    question = next(q for q in assessment.questions if q.path == "sponsors[s1].expectations_known")
    assert "Eva Brandt" in question.text
    assert question.answer == "yes or no"
    assert finding.id in {d.finding for d in question.decides}
    assert question.weight == sum(d.exposure for d in question.decides)
    assert finding not in assessment.risks


def test_an_unlisted_entry_is_one_question_per_list() -> None:
    assessment = cr.assess(project(sponsors=[], incomplete=["sponsors"]))
    asked = [q for q in assessment.questions if q.path.startswith("sponsors")]
    assert [q.path for q in asked] == ["sponsors"]
    (finding,) = of_rule(assessment, "governance.sponsor-expectations-unknown")
    assert "an unlisted" in finding.about_name


def test_an_empty_project_knows_nothing_for_certain() -> None:
    assessment = cr.assess(project())
    assert assessment.risks == ()
    assert assessment.possible
    assert assessment.questions
    assert assessment.roadmap is None


def test_a_finding_after_its_phase_is_marked_late() -> None:
    case = {"horizon_years": 3}
    (early,) = of_rule(
        cr.assess(project(business_case=case, project={"phase": "preparation"})), "goals.short-return-horizon"
    )
    (late,) = of_rule(
        cr.assess(project(business_case=case, project={"phase": "operation"})), "goals.short-return-horizon"
    )
    assert (early.late, late.late) == (False, True)


def test_before_its_phase_a_rule_is_silent() -> None:
    parts: dict[str, Any] = {"training_plan": {"exists": False}}
    rule = "training.no-training-planned"
    assert of_rule(cr.assess(project(**parts)), rule)
    assert not of_rule(cr.assess(project(**parts, project={"phase": "preparation"})), rule)
    assert of_rule(cr.assess(project(**parts, project={"phase": "training"})), rule)


def test_a_score_is_raised_where_a_risk_is_worse() -> None:
    def likelihood(departments: int) -> int:
        listed = [{"id": f"d{i}", "affected": True, "represented": False} for i in range(departments)]
        found = of_rule(cr.assess(project(departments=listed)), "governance.affected-department-without-seat")
        return found[0].likelihood

    assert (likelihood(1), likelihood(2)) == (3, 4)


def test_equal_advice_is_merged_and_ranked_by_what_it_addresses() -> None:
    people = [{"id": i, "side": "client", "name": i, "responsibility_defined": False} for i in ("ann", "bob")]
    assessment = cr.assess(project(team=people))
    both = [r for r in assessment.recommendations if len(r.findings) > 1]
    assert both
    exposures = [r.exposure for r in assessment.recommendations]
    assert exposures == sorted(exposures, reverse=True)
    by_id = {f.id: f.exposure for f in assessment.findings}
    for advice in assessment.recommendations:
        assert advice.exposure == sum(by_id[f] for f in advice.findings)


def test_a_waived_finding_stays_visible_and_no_longer_counts() -> None:
    waiver = {"rule": "governance.sponsor-expectations-unknown", "about": "s1", "reason": "interview on Friday"}
    waiver["approved_by"] = "PMO"
    assessment = cr.assess(project(sponsors=[SPONSOR], waivers=[waiver]))
    (finding,) = of_rule(assessment, "governance.sponsor-expectations-unknown")
    assert finding.waived == "interview on Friday"
    assert finding not in assessment.risks
    assert all(finding.id not in r.findings for r in assessment.recommendations if not r.conclusions)


@pytest.mark.parametrize(("as_of", "waived"), [("2026-03-20", True), ("2026-03-21", False)])
def test_a_waiver_counts_up_to_its_last_day(as_of: str, waived: bool) -> None:
    waiver = {"rule": "governance.sponsor-expectations-unknown", "reason": "r", "approved_by": "PMO"}
    waiver["expires"] = "2026-03-20"
    assessment = cr.assess(project(as_of=as_of, sponsors=[SPONSOR], waivers=[waiver]))
    (finding,) = of_rule(assessment, "governance.sponsor-expectations-unknown")
    assert (finding.waived is not None) is waived


def test_a_conclusion_names_its_support_and_the_strongest_way_down() -> None:
    assessment = cr.assess(project(goals=[{"id": "g1", "main": True, "clear": False}]))
    conclusion = next(c for c in assessment.conclusions if c.name == "direction_unclear")
    assert conclusion.certainty == "certain"
    (finding,) = of_rule(assessment, "goals.vague-main-goal")
    assert finding.id in conclusion.findings
    assert conclusion.name in finding.supports
    assert conclusion.chain[0] == "direction_unclear"
    assert conclusion.chain[-1] in conclusion.findings
    assert conclusion.exposure == max(f.exposure for f in assessment.risks if f.id in conclusion.findings)


def test_a_setting_can_be_changed_for_an_assessment() -> None:
    team = [{"id": "ann", "employment": "in_house", "leading_expert": True, "operational_load": 0.4}]
    rule = "team.expert-absorbed-by-daily-business"
    assert not of_rule(cr.assess(project(team=team)), rule)
    stricter = cr.Assessor(settings={"heavy_operational_load": 0.3})
    assert of_rule(stricter.assess(project(team=team)), rule)
    assert stricter.pack.fingerprint != cr.Assessor().pack.fingerprint


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"heavy_operational_lod": 0.3}, "did you mean 'heavy_operational_load'?"),
        ({"heavy_operational_load": "much"}, "cannot be 'much'"),
    ],
)
def test_a_setting_that_does_not_exist_or_fit_is_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(cr.RulesetError, match=message.replace("?", r"\?")):
        cr.Assessor(settings=settings)


def test_an_unknown_engine_is_refused_by_name() -> None:
    with pytest.raises(cr.EngineError, match="did you mean 'compiled'"):
        cr.Assessor(engine="compild")


def test_a_cycle_is_a_finding_and_stops_nothing() -> None:
    tasks = [
        {"id": "a", "duration": 5, "after": ["b"]},
        {"id": "b", "duration": 5, "after": ["a"]},
        {"id": "c", "duration": 5},
    ]
    assessment = cr.assess(project(tasks=tasks))
    (finding,) = of_rule(assessment, "roadmap.dependency-cycle")
    assert "a -> b -> a" in finding.statement
    assert assessment.to_dict()["roadmap"]["cycles"][0]["tasks"] == ["a", "b"]


def test_json_is_json_with_the_documented_keys() -> None:
    assessment = cr.assess(project(as_of="2026-03-02", sponsors=[SPONSOR]))
    found = json.loads(assessment.to_json())
    assert found == assessment.to_dict()
    assert list(found) == [
        "schema",
        "project",
        "as_of",
        "pack",
        "engine",
        "findings",
        "conclusions",
        "recommendations",
        "questions",
        "roadmap",
    ]
    assert found["schema"] == "crm-rules/assessment/1"


def test_many_projects_on_threads_and_processes() -> None:
    projects = [project(sponsors=[{**SPONSOR, "id": f"s{i}"}]) for i in range(4)]
    plain = [a.to_json() for a in cr.assess_many(projects)]
    with ThreadPoolExecutor(2) as threads:
        assert [a.to_json() for a in cr.assess_many(projects, threads)] == plain
    with ProcessPoolExecutor(1) as processes:
        assert [a.to_json() for a in cr.assess_many(projects[:1], processes)] == plain[:1]


def test_an_assessor_of_ones_own_travels_to_other_processes() -> None:
    own = cr.Assessor(engine="reference")
    projects = [project(sponsors=[])]
    plain = [a.to_json() for a in cr.assess_many(projects, assessor=own)]
    with ProcessPoolExecutor(1) as processes:
        assert [a.to_json() for a in cr.assess_many(projects, processes, own)] == plain
    assert '"engine": "reference"' in plain[0]
