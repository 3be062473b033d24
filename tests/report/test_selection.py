"""Showing part of an assessment leaves what was concluded alone and counts only what is shown."""

from __future__ import annotations

from crm_rules.report.registry import DEFAULT_FORMAT, FORMATS, format_of_file
from crm_rules.report.selection import select_findings
from tests.report.small import small, view


def test_only_the_findings_asked_for_are_left() -> None:
    chosen = select_findings(small(), lambda f: f.family == "goals")
    assert {f.rule for f in chosen.findings} == {"goals.vague", "goals.unmeasured", "goals.finish-line"}
    assert [f for f in small().findings if f.family == "goals"] == list(chosen.findings)
    assert [r.actor for r in chosen.recommendations] == ["sponsor", "sponsor"]
    assert chosen.questions == ()


def test_what_was_concluded_stays() -> None:
    chosen = select_findings(small(), lambda f: f.family == "goals")
    assert chosen.conclusions == small().conclusions
    assert chosen.run is small().run
    assert "because A busy person holds a critical task" in FORMATS["text"].render(chosen, view())


def test_recommendations_count_only_what_is_left() -> None:
    (whole,) = (r for r in small().recommendations if r.actor == "top_management")
    chosen = select_findings(small(), lambda f: f.rule == "people.duties-not-defined" and f.about == "team[ann]")
    (left,) = (r for r in chosen.recommendations if r.actor == "top_management")
    assert len(whole.findings) > 1
    assert left.findings == tuple(f.id for f in chosen.findings)
    assert (left.exposure, left.level) == (12, "high")


def test_questions_count_only_what_is_left() -> None:
    chosen = select_findings(small(), lambda f: f.certainty == "possible")
    assert chosen.questions == small().questions
    assert select_findings(small(), lambda f: f.certainty == "certain").questions == ()


def test_choosing_everything_changes_no_finding() -> None:
    everything = select_findings(small(), lambda _: True)
    assert everything.findings == small().findings
    assert everything.questions == small().questions


def test_formats_have_suffixes_of_their_own() -> None:
    suffixes = [row.suffix for row in FORMATS.values()]
    assert len(set(suffixes)) == len(suffixes)
    assert [format_of_file(f"Report{suffix.upper()}") for suffix in suffixes] == list(FORMATS)
    assert format_of_file("report") == DEFAULT_FORMAT


def test_json_is_the_json_of_the_assessment() -> None:
    assert FORMATS["json"].render(small(), view()) == small().to_json()
    assert FORMATS["json"].render(small(), view(40, color=True, everything=True)) == small().to_json()
