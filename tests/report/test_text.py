"""What holds for the text report of every project: it fits, it is plain where it has to be, it leaves nothing out."""

from __future__ import annotations

import re

import pytest
from rich.cells import cell_len

from crm_rules.api import load_project
from crm_rules.assessment.assessment import Assessment
from crm_rules.report.text import text_report
from crm_rules.report.text_findings import FULL_LEVELS
from tests.report.small import ROOT, assessor, of_text, small, view

CODES = re.compile(r"\x1b\[[0-9;]*m")
EXAMPLES = {
    "small": small(),
    **{
        path.parent.name: assessor("rulesets/crm").assess(load_project(path))
        for path in sorted((ROOT / "examples").glob("*/project.yaml"))
    },
}


@pytest.fixture(params=EXAMPLES)
def assessment(request: pytest.FixtureRequest) -> Assessment:
    return EXAMPLES[request.param]


def section(report: str, title: str) -> str:
    """The text below a heading."""
    _, _, rest = report.partition(f"── {title} ")
    assert rest, f"there is no heading {title}"
    return rest.partition("\n")[2].partition("\n── ")[0]


def test_there_are_examples() -> None:
    assert {"steady-course", "troubled-rollout"} <= set(EXAMPLES)


@pytest.mark.parametrize("everything", [False, True])
@pytest.mark.parametrize("width", [60, 80, 110])
def test_every_line_fits(assessment: Assessment, width: int, everything: bool) -> None:
    lines = text_report(assessment, view(width, everything=everything)).split("\n")
    # Names of rules and paths are never cut, so that they can be copied; all else is wrapped.
    too_long = [line for line in lines if cell_len(line) > width and " " in line.strip()]
    assert too_long == []
    assert [line for line in lines if line != line.rstrip()] == []


def test_a_page_is_never_wider_than_reads_well(assessment: Assessment) -> None:
    assert text_report(assessment, view(300)) == text_report(assessment, view(110))


@pytest.mark.parametrize("everything", [False, True])
def test_colours_change_nothing_but_colours(assessment: Assessment, everything: bool) -> None:
    plain = text_report(assessment, view(everything=everything))
    colored = text_report(assessment, view(color=True, everything=everything))
    assert "\x1b" not in plain
    assert "\x1b[" in colored
    assert CODES.sub("", colored) == plain


def test_the_environment_changes_nothing(assessment: Assessment, monkeypatch: pytest.MonkeyPatch) -> None:
    before = text_report(assessment, view(color=True)), text_report(assessment, view())
    for name, value in {"NO_COLOR": "1", "FORCE_COLOR": "1", "COLUMNS": "42", "TERM": "dumb"}.items():
        monkeypatch.setenv(name, value)
    assert (text_report(assessment, view(color=True)), text_report(assessment, view())) == before


def test_every_severe_finding_stands_there_with_its_rule_and_score(assessment: Assessment) -> None:
    lines = text_report(assessment, view(110)).split("\n")
    for finding in assessment.risks:
        if finding.level in FULL_LEVELS:
            score = f"{finding.likelihood} × {finding.impact} = {finding.exposure}"
            first = max((f for f in assessment.risks if f.rule == finding.rule), key=lambda f: f.exposure)
            assert any(finding.rule in line for line in lines)
            if finding == first:
                assert any(line.startswith(finding.title[:30]) and line.endswith(score) for line in lines)


def test_with_everything_every_certain_finding_is_told_in_full(assessment: Assessment) -> None:
    report = " ".join(text_report(assessment, view(everything=True)).split())
    for finding in assessment.risks:
        assert " ".join(finding.statement.split()) in report
        for evidence in finding.evidence:
            assert f"{evidence.path} = {evidence.value.split()[0]}" in report
    for recommendation in assessment.recommendations:
        action = recommendation.action
        assert action in report or f"{action[0].upper()}{action[1:]}" in report


def test_without_everything_a_bad_project_comes_to_the_point_within_two_pages() -> None:
    report = text_report(EXAMPLES["troubled-rollout"], view())
    before_details = report.partition("── Critical")[0]
    assert before_details.count("\n") <= 130
    for title in ("What it comes to", "What to do first", "What to ask first", "Roadmap"):
        assert section(before_details, title).strip()


def test_recommendations_of_one_kind_are_one() -> None:
    advice = section(text_report(small(), view(110)), "What to do first")
    assert "Write down what Ann Berg answers for. Likewise for Bob Dahl and Cem Acar." in advice
    assert advice.count("answers for") == 1


def test_waived_findings_are_shown_apart_with_the_reason() -> None:
    report = text_report(small(), view())
    accepted = section(report, "Accepted")
    assert "A team member's duties are not defined: Eva Falk" in accepted
    assert "She leaves on Friday." in accepted
    assert "Eva Falk" not in report.replace(accepted, "")


def test_a_late_finding_says_when_it_was_due() -> None:
    (finding,) = (f for f in small().risks if f.rule == "goals.vague")
    assert finding.late
    report = text_report(small(), view(everything=True))
    assert "faster quotations · goals.vague · late, due in selection" in report


def test_places_name_the_file_where_it_is_in_doubt() -> None:
    assert "  project.yaml:8\n" in text_report(small(), view())
    elsewhere = of_text("project: {completion_defined: false}\nteam: [{id: a, side: supplier}]\n")
    assert "  p.yaml:3\n" in text_report(elsewhere, view())


def test_wide_characters_keep_their_columns() -> None:
    goals = "goals: [{id: g, name: 顧客満足度を高める, main: true, clear: false}]\nsuccess_measures: []\n"
    lines = text_report(of_text(goals), view()).split("\n")
    assert any("顧客満足度を高める" in line for line in lines)
    assert max(map(cell_len, lines)) <= 80


def test_the_roadmap_says_what_stands_in_the_way_of_a_date() -> None:
    def roadmap(text: str) -> str:
        return " ".join(section(text_report(of_text(text), view()), "Roadmap").split())

    assert roadmap("tasks: [{id: a, duration: 2}]") == (
        "The plan takes 2 working days; no first task states its start, so there is no date. Critical path of 1 task: a"
    )
    assert roadmap("tasks: [{id: a, name: Dig, start: 2026-03-02}, {id: b, duration: 1}]") == (
        "The finish cannot be computed: 1 task without a duration (Dig)."
    )
    assert roadmap("tasks: [{id: a, duration: 1}]\nincomplete: [tasks]") == (
        "The finish cannot be computed: there may be tasks that are not listed."
    )
    assert "no heading" not in roadmap("tasks: [{id: a, duration: 1}, {id: b, duration: 1}]")
    assert roadmap("tasks: [{id: a, duration: 1}, {id: b, duration: 1}]").endswith("1 more chain of tasks is critical.")


def test_a_project_without_tasks_has_no_roadmap() -> None:
    assert "Roadmap" not in text_report(of_text("project: {name: x}"), view())
