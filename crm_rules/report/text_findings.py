"""The part of the text report for whoever has to check: findings with what they rest on, and what is set aside."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from rich.text import Text

from crm_rules.assessment.assessment import Assessment
from crm_rules.assessment.results import Evidence, Finding, Recommendation
from crm_rules.diagnostics import Span
from crm_rules.explain.narration import listing
from crm_rules.report.grouping import FindingGroup, group_findings, possible_risks
from crm_rules.report.page import Page, Words, words
from crm_rules.report.phrases import STYLES, be, capitalised, count, sentence, shortened
from crm_rules.report.view import View

FULL_LEVELS: Final = ("critical", "high")
"""Levels whose findings are always shown with everything they rest on."""

MOST_NAMES: Final = 6
MOST_EVIDENCE: Final = 5
MOST_EVIDENCE_EACH: Final = 2
"""Facts shown for one finding, and for each finding of a group."""


def severe(page: Page, assessment: Assessment, view: View) -> None:
    """Critical and high findings in full."""
    for level in FULL_LEVELS:
        _level(page, assessment, view, level)


def minor(page: Page, assessment: Assessment, view: View) -> None:
    """Medium and low findings, in two lines each unless everything is to be shown."""
    place = _short_places(assessment)
    for level in ("medium", "low"):
        if view.everything:
            _level(page, assessment, view, level)
            continue
        found = [f for f in assessment.risks if f.level == level]
        if found:
            page.heading(capitalised(level), count(len(found), "finding"), _heading(level))
            for group in group_findings(found):
                _brief(page, group, place)


def _level(page: Page, assessment: Assessment, view: View, level: str) -> None:
    found = [f for f in assessment.risks if f.level == level]
    if not found:
        return
    page.heading(capitalised(level), f"{count(len(found), 'finding')}, likelihood × impact = exposure", _heading(level))
    writer = _Writer(page, assessment, view)
    for group in group_findings(found):
        if view.everything:
            for finding in group.findings:
                writer.finding(FindingGroup((finding,)))
        else:
            writer.finding(group)


def _heading(level: str) -> str:
    """Style of the heading of a level."""
    return " ".join(dict.fromkeys(f"bold {STYLES[level]}".split()))


class _Writer:
    """Writes findings in full."""

    def __init__(self, page: Page, assessment: Assessment, view: View) -> None:
        self.page = page
        self.assessment = assessment
        self.view = view
        self.place = _short_places(assessment)
        self.actions: dict[str, list[Recommendation]] = {}
        for recommendation in assessment.recommendations:
            for finding in recommendation.findings:
                self.actions.setdefault(finding, []).append(recommendation)

    def finding(self, group: FindingGroup) -> None:
        page, first = self.page, group.first
        score = f"{first.likelihood} × {first.impact} = {first.exposure}"
        page.pair(words((first.title, "bold")), words((score, STYLES[first.level])))
        page.parts(*_about(group, self.assessment))
        page.text(first.statement, indent=2)
        if len(group.findings) > 1:
            others = group.subjects[1:]
            same = f"The same holds for {listing(others)}." if others else f"It holds {len(group.findings):,} times."
            page.text(same, indent=2)
        if self.view.everything and first.reason:
            page.text(words(("Score: ", "dim"), sentence(first.reason)), indent=2)
        for evidence in self._evidence(group):
            self._fact(evidence)
        self._actions(first)
        if self.view.everything:
            self._background(first)
        page.blank()

    def _background(self, finding: Finding) -> None:
        """What follows from a finding, and where the knowledge comes from."""
        titles = {c.name: c.title for c in self.assessment.conclusions}
        leads = [titles.get(name, name) for name in finding.supports]
        if leads:
            self.page.text(words(("Leads to: ", "dim"), "; ".join(leads)), indent=2, hang=2)
        if finding.sources:
            self.page.text(words((f"Sources: {', '.join(finding.sources)}", "dim")), indent=2, hang=2)

    def _evidence(self, group: FindingGroup) -> Iterator[Evidence | str]:
        """Facts to show, and a note where some are left out."""
        if self.view.everything or len(group.findings) == 1:
            most = len(group.first.evidence) if self.view.everything else MOST_EVIDENCE
            yield from _limited(group.first.evidence, most)
            return
        for finding in group.findings:
            yield from _telling(finding, group.own(finding))
        yield from _limited(group.shared, MOST_EVIDENCE_EACH)

    def _fact(self, evidence: Evidence | str) -> None:
        if isinstance(evidence, str):
            self.page.text(words((evidence, "dim")), indent=4)
            return
        fact = words((evidence.path, "cyan"), (" = ", "dim"), evidence.value)
        self.page.pair(fact, words((self.place(evidence.place), "dim")), indent=4, hang=2)

    def _actions(self, finding: Finding) -> None:
        # What is recommended because of a conclusion stands at the beginning, not under each of its findings.
        actions = self.actions.get(finding.id, [])
        actions = [r for r in actions if not r.conclusions] or actions
        shown = actions if self.view.everything else actions[:1]
        for action in shown:
            who = self.view.label(action.actor)
            line = words(f"{capitalised(who)}: ", sentence(action.action))
            if len(shown) < len(actions) and action is shown[-1]:
                line.append_text(words((f" {count(len(actions) - len(shown), 'more action')}.", "dim")))
            self.page.item(Text("→ ", STYLES["do"]), line, indent=2)


def _telling(finding: Finding, evidence: Sequence[Evidence]) -> Iterator[Evidence]:
    """The facts that say most about one finding of several, in their order.

    Conditions go from the general to the particular: the last fact about the subject itself comes first, then the
    last one about anything else, then what is left from the end.
    """
    own = [e for e in evidence if e.path.startswith(f"{finding.about}.")]
    others = [e for e in evidence if e not in own]
    wanted = [*own[-1:], *others[-1:], *reversed(own[:-1]), *reversed(others[:-1])][:MOST_EVIDENCE_EACH]
    yield from (e for e in evidence if e in wanted)


def _limited(items: Sequence[Evidence], most: int) -> Iterator[Evidence | str]:
    if len(items) <= most:
        yield from items
        return
    yield from items[: most - 1]
    yield f"and {count(len(items) - most + 1, 'more fact')}"


def _about(group: FindingGroup, assessment: Assessment) -> Iterator[Words]:
    """Who or what it is about, which rule says so, whether it has happened, and whether it is late."""
    if group.subjects:
        yield shortened(group.subjects, MOST_NAMES)
    yield words((group.first.rule, "dim"))
    if group.first.kind == "issue":
        yield "it has happened"
    if any(f.late for f in group.findings):
        yield words((f"late, due in {_due(group.first, assessment)}", STYLES["late"]))


def _due(finding: Finding, assessment: Assessment) -> str:
    """The last phase in which a finding should have been settled."""
    program = assessment.run.program
    rank, phase = program.rule(finding.rule).last_phase, program.schema.phase
    if rank is None or phase is None:
        return "an earlier phase"
    enum = program.schema.relations[phase[0]].column(phase[1]).type.enum
    return "an earlier phase" if enum is None else enum.label(enum.members[rank])


def _brief(page: Page, group: FindingGroup, shown: Callable[[Span | None], str]) -> None:
    first = group.first
    page.item(_exposure(first), _named(group))
    rule = words((first.rule, "dim"))
    if any(f.late for f in group.findings):
        rule.append_text(words((" · ", "dim"), ("late", STYLES["late"])))
    place = next((e.place for e in reversed(first.evidence) if e.place), None)
    page.pair(rule, words((shown(place), "dim")), indent=5)


def _short_places(assessment: Assessment) -> Callable[[Span | None], str]:
    """How places are shown: without the folder where all facts come from one file, which the title names."""
    files = {place.file for place in assessment.run.facts.origin.places.values()}

    def shown(place: Span | None) -> str:
        if place is None:
            return ""
        name = re.split(r"[/\\]", place.file)[-1] if len(files) == 1 else place.file
        return str(Span(name, place.line, cell=place.cell))

    return shown


# -- what does not count ------------------------------------------------------------------------


def strengths(page: Page, assessment: Assessment, view: View) -> None:
    """What is sound."""
    found = [f for f in assessment.findings if f.kind == "strength" and f.certainty == "certain"]
    if not found:
        return
    page.heading("What is sound")
    for group in group_findings(found):
        page.item(Text("+ ", STYLES["do"]), _named(group), indent=2)
        if view.everything:
            page.text(group.first.statement, indent=4)


def waived(page: Page, assessment: Assessment, _: View) -> None:
    """Findings somebody has accepted, with the reason given."""
    found = [f for f in assessment.findings if f.waived is not None and f.certainty == "certain"]
    if not found:
        return
    page.heading("Accepted", f"{count(len(found), 'finding')} that {be(len(found))} not counted")
    for finding in found:
        page.item(_exposure(finding), _named(FindingGroup((finding,))))
        page.text(words(("Reason: ", "dim"), sentence(finding.waived or "")), indent=5)


def possible(page: Page, assessment: Assessment, view: View) -> None:
    """Findings that open questions would decide, when everything is to be shown."""
    found = possible_risks(assessment) if view.everything else ()
    if not found:
        return
    page.heading("Possible", f"{count(len(found), 'finding')} that open questions would decide")
    for group in group_findings(found):
        page.item(_exposure(group.first), _named(group))
        page.text(words((group.first.rule, "dim")), indent=5)


def _exposure(finding: Finding) -> Text:
    return Text(f"{finding.exposure:>3}  ", STYLES[finding.level])


def _named(group: FindingGroup) -> Text:
    names = f": {shortened(group.subjects, MOST_NAMES)}" if group.subjects else ""
    return words(group.first.title, names)
