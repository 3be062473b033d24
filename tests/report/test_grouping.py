"""What a reader takes in as one is shown as one, and nothing is lost on the way."""

from __future__ import annotations

from dataclasses import replace

from crm_rules.report.grouping import group_findings, group_questions, group_recommendations, possible_risks
from tests.report.small import of_text, small


def test_findings_of_one_rule_and_level_are_one_group() -> None:
    groups = group_findings(small().risks)
    assert [f for g in groups for f in g.findings] == list(small().risks)
    by_rule = {g.first.rule: g for g in groups}
    assert by_rule["people.duties-not-defined"].subjects == ("Ann Berg", "Bob Dahl", "Cem Acar")
    assert by_rule["people.nobody-from-the-client"].subjects == ()


def test_levels_are_not_mixed() -> None:
    first, second, third = (f for f in small().risks if f.rule == "people.duties-not-defined")
    worse = replace(second, level="critical", exposure=20)
    assert [g.findings for g in group_findings([worse, first, third])] == [(worse,), (first, third)]


def test_evidence_is_shared_or_a_findings_own() -> None:
    by_rule = {g.first.rule: g for g in group_findings(small().risks)}
    group = by_rule["people.busy-owner-of-critical-task"]
    assert group.shared == ()
    assert [e.path for e in group.own(group.first)] == [
        "team[ann].operational_load",
        "tasks[cfg].owner",
        "tasks[cfg].critical",
    ]
    alone = by_rule["people.nobody-from-the-client"]
    assert alone.shared == ()
    assert alone.own(alone.first) == alone.first.evidence


def test_recommendations_from_one_line_of_one_rule_are_one_piece_of_advice() -> None:
    groups = group_recommendations(small())
    assert sorted(m.id for g in groups for m in g.members) == sorted(r.id for r in small().recommendations)
    (free,) = (g for g in groups if g.first.actor == "line_management")
    assert [m.action for m in free.members] == [
        "free Ann Berg from other work until Configure the core is done",
        "free Bob Dahl from other work until Load the customers is done",
    ]
    assert free.likewise == ("Bob Dahl",)
    assert free.exposure == 25 + 20


def test_two_lines_of_a_rule_for_one_actor_stay_two() -> None:
    groups = [g for g in group_recommendations(small()) if g.first.actor == "client_pm"]
    assert [m.action for g in groups for m in g.members if "Cem" in m.action] == [
        "name a deputy for Cem Acar",
        "write down what Cem Acar answers for",
    ]
    assert [len(g.members) for g in groups] == [2, 3, 3]


def test_advice_is_ordered_by_the_exposure_of_all_it_addresses() -> None:
    exposures = [g.exposure for g in group_recommendations(small())]
    assert exposures == sorted(exposures, reverse=True)
    assert len(set(exposures)) > 2


def test_the_same_question_about_several_entries_is_one() -> None:
    tasks = "tasks: [{id: t, duration: 1, owner: a}, {id: u, duration: 1, owner: b}]"
    assessment = of_text(f"team: [{{id: a, name: Ann}}, {{id: b, name: Bob}}]\n{tasks}\ngoals: []")
    groups = {g.first.path: g for g in group_questions(assessment)}
    assert sorted(q.path for g in groups.values() for q in g.members) == sorted(q.path for q in assessment.questions)
    load = groups["team[a].operational_load"]
    assert [q.path for q in load.members] == ["team[a].operational_load", "team[b].operational_load"]
    assert load.likewise == ("Bob",)
    assert load.exposure == sum(f.exposure for f in load.decides)
    assert len(load.decides) == 2


def test_strengths_that_may_yet_show_endanger_nothing() -> None:
    assessment = of_text("goals: []\nteam: []\ntasks: []\nsuccess_measures: []")
    assert [f.rule for f in assessment.possible] == ["goals.finish-line"]
    assert possible_risks(assessment) == ()
