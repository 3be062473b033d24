"""Things a reader takes in as one: findings of one rule, one piece of advice for several people, one question asked
of several entries. Order is kept, nothing is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crm_rules.assessment.assessment import Assessment
from crm_rules.assessment.results import Evidence, Finding, Question, Recommendation
from crm_rules.explain.narration import Narrator


@dataclass(frozen=True, slots=True)
class FindingGroup:
    """Findings of one rule at one level, in canonical order; the first one speaks for all."""

    findings: tuple[Finding, ...]

    @property
    def first(self) -> Finding:
        """The finding that is shown."""
        return self.findings[0]

    @property
    def subjects(self) -> tuple[str, ...]:
        """What the findings are about, each once; empty when it is the project as a whole."""
        return subjects(self.findings)

    @property
    def shared(self) -> tuple[Evidence, ...]:
        """Evidence all findings rest on; empty when there is only one finding."""
        if len(self.findings) == 1:
            return ()
        return tuple(e for e in self.first.evidence if all(e in f.evidence for f in self.findings))

    def own(self, finding: Finding) -> tuple[Evidence, ...]:
        """Evidence of one of the findings that not all of them rest on."""
        return tuple(e for e in finding.evidence if e not in self.shared)


def group_findings(findings: Iterable[Finding]) -> tuple[FindingGroup, ...]:
    """Findings of one rule and level together, in the order of the first of each."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.level, finding.rule), []).append(finding)
    return tuple(FindingGroup(tuple(members)) for members in groups.values())


def subjects(findings: Iterable[Finding]) -> tuple[str, ...]:
    """Names of what findings are about, each once, without the project itself."""
    return tuple(dict.fromkeys(f.about_name for f in findings if f.about != "project"))


def possible_risks(assessment: Assessment) -> tuple[Finding, ...]:
    """Risks and issues that unknown facts could still decide; strengths that may yet show are not among them."""
    return tuple(f for f in assessment.possible if f.kind != "strength")


@dataclass(frozen=True, slots=True)
class Advice:
    """Recommendations that come from one line of one rule and differ in what they are about.

    Attributes:
        members: the recommendations; the first one speaks for all.
        findings: what they address, each once.
        likewise: what the others are about.
    """

    members: tuple[Recommendation, ...]
    findings: tuple[Finding, ...]
    likewise: tuple[str, ...]

    @property
    def first(self) -> Recommendation:
        """The recommendation that is shown."""
        return self.members[0]

    @property
    def exposure(self) -> int:
        """Sum of the exposures of the findings."""
        return sum(f.exposure for f in self.findings)


def group_recommendations(assessment: Assessment) -> tuple[Advice, ...]:
    """Recommendations from one line of one rule together, by the exposure they address in sum."""
    known = {f.id: f for f in assessment.findings}
    origins = _Origins(assessment)
    groups: dict[tuple[str, ...], list[Recommendation]] = {}
    for recommendation in assessment.recommendations:
        addressed = [known[f] for f in recommendation.findings if f in known]
        groups.setdefault(origins.of(recommendation, addressed), []).append(recommendation)
    found = []
    for members in groups.values():
        findings = {f: known[f] for m in members for f in m.findings if f in known}
        others = [known[f] for m in members[1:] for f in m.findings if f in known]
        found.append(Advice(tuple(members), tuple(findings.values()), subjects(others)))
    return tuple(sorted(found, key=lambda a: -a.exposure))


class _Origins:
    """Finds the line of a rule a recommendation comes from."""

    def __init__(self, assessment: Assessment) -> None:
        self._program = assessment.run.program
        self._lines: dict[str, list[tuple[str, str, re.Pattern[str]]]] = {}

    def of(self, recommendation: Recommendation, findings: Sequence[Finding]) -> tuple[str, ...]:
        """Rule, actor and line, or actor and action when it comes from several rules."""
        if len({f.rule for f in findings}) == 1:
            for source, actor, form in self._of_rule(findings[0].rule):
                if actor == recommendation.actor and form.fullmatch(recommendation.action):
                    return findings[0].rule, actor, source
        return recommendation.actor, recommendation.action

    def _of_rule(self, rule: str) -> list[tuple[str, str, re.Pattern[str]]]:
        if rule not in self._lines:
            lines = self._lines[rule] = []
            for advice in self._program.rule(rule).recommends:
                form = "".join(re.escape(p) if isinstance(p, str) else "(?s:.+)" for p in advice.action.parts)
                lines.append((advice.action.source, advice.actor, re.compile(form)))
        return self._lines[rule]


@dataclass(frozen=True, slots=True)
class QuestionGroup:
    """The same field asked for of several entries.

    Attributes:
        members: the questions; the first one speaks for all.
        decides: the possible findings an answer to any of them would help to decide, each once.
        likewise: names of the entries of the others.
    """

    members: tuple[Question, ...]
    decides: tuple[Finding, ...]
    likewise: tuple[str, ...]

    @property
    def first(self) -> Question:
        """The question that is shown."""
        return self.members[0]

    @property
    def exposure(self) -> int:
        """Sum of the exposures of what would be decided."""
        return sum(f.exposure for f in self.decides)


_ENTRY_FIELD = re.compile(r"(\w+)\[(.+)\]\.(\w+)")


def group_questions(assessment: Assessment) -> tuple[QuestionGroup, ...]:
    """Questions for the same field together, by the exposure they would decide in sum."""
    known = {f.id: f for f in assessment.findings}
    narrator = Narrator(assessment.run.facts)
    groups: dict[tuple[str, ...], list[Question]] = {}
    for question in assessment.questions:
        entry = _ENTRY_FIELD.fullmatch(question.path)
        # Guesses are confirmed one by one: each question is about another one.
        key = (entry[1], entry[3]) if entry and question.decides else (question.path,)
        groups.setdefault(key, []).append(question)
    found = []
    for members in groups.values():
        decided = {d.finding: known[d.finding] for q in members for d in q.decides if d.finding in known}
        entries = [_ENTRY_FIELD.fullmatch(q.path) for q in members[1:]]
        likewise = tuple(narrator.key(e[2], [e[1]]) for e in entries if e)
        found.append(QuestionGroup(tuple(members), tuple(decided.values()), likewise))
    return tuple(sorted(found, key=lambda g: -g.exposure))
