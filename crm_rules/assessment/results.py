"""What an assessment consists of, as plain frozen values that keep ids instead of references."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from crm_rules.assessment.scales import Level
from crm_rules.diagnostics import Span

Certainty = Literal["certain", "possible"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A fact, or an absence, a finding rests on.

    Attributes:
        path: what it is: `team[ann].operational_load`, or a list for an absence.
        value: the value in words; what was found among the entries for an absence.
        place: where it was written; None for facts of a project built in code.
    """

    path: str
    value: str
    place: Span | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One reportable conclusion of one rule about certain facts.

    Attributes:
        id: fingerprint of the rule and the facts bound by its `each` clauses; stable between runs.
        rule: id of the rule.
        kind: risk, issue or strength.
        certainty: certain, or possible when unknown facts could still decide it.
        family: group in reports.
        about: path of the fact it is about.
        about_name: what that is called.
        title: the defect, in a few words.
        cause, event, effect: "because *cause*, *event*; *effect*".
        likelihood, impact: 1 to 5, see `scales`.
        exposure: likelihood × impact.
        level: band of the exposure.
        reason: why these scores.
        phases: lifecycle phases in which this should be settled; empty = all.
        late: should have been settled in an earlier phase.
        sources: where the knowledge comes from.
        catalogue: row of the knowledge catalogue; empty when none.
        evidence: what it rests on, each item once; empty for possible findings.
        waived: reason of the waiver that covers it; None when it counts.
        supports: conclusions it feeds directly.
    """

    id: str
    rule: str
    kind: str
    certainty: Certainty
    family: str
    about: str
    about_name: str
    title: str
    cause: str
    event: str
    effect: str
    likelihood: int
    impact: int
    exposure: int
    level: Level
    reason: str
    phases: tuple[str, ...]
    late: bool
    sources: tuple[str, ...]
    catalogue: str
    evidence: tuple[Evidence, ...]
    waived: str | None
    supports: tuple[str, ...]

    @property
    def statement(self) -> str:
        """The finding as one sentence."""
        return f"Because {self.cause}, {self.event}; {self.effect}."


@dataclass(frozen=True, slots=True)
class Conclusion:
    """A derived statement about the project and what supports it.

    Attributes:
        id: fingerprint of the relation and its values.
        name: the derived relation.
        about: path of what it is about.
        title: the conclusion in a few words.
        sentence: what it means.
        certainty: certain or possible.
        rank: its level in the graph of conclusions, 1 = drawn from findings alone; 0 when not stated.
        catalogue: row of the knowledge catalogue; empty when none.
        rules: rules that derive it.
        findings: findings that support it directly.
        conclusions: conclusions that support it directly.
        weight: number of certain findings it rests on, directly or through other conclusions.
        exposure: highest exposure among them; 0 when none.
        chain: names of the conclusions from this one down along its strongest support, then the
            rule of the finding at the end.
    """

    id: str
    name: str
    about: str
    title: str
    sentence: str
    certainty: Certainty
    rank: int
    catalogue: str
    rules: tuple[str, ...]
    findings: tuple[str, ...]
    conclusions: tuple[str, ...]
    weight: int
    exposure: int
    chain: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recommendation:
    """Something somebody can do, merged over everything it addresses.

    Attributes:
        id: fingerprint of action and actor.
        action: what to do, imperative.
        actor: who must act.
        helpers: who else takes part.
        effort: low, medium or high.
        findings: certain findings it addresses.
        conclusions: conclusions it addresses.
        exposure: sum of the exposures of those findings; recommendations are ranked by it.
        level: highest level among them.
    """

    id: str
    action: str
    actor: str
    helpers: tuple[str, ...]
    effort: str
    findings: tuple[str, ...]
    conclusions: tuple[str, ...]
    exposure: int
    level: Level


@dataclass(frozen=True, slots=True)
class Decides:
    """A finding an answer would help to decide."""

    finding: str
    exposure: int


@dataclass(frozen=True, slots=True)
class Question:
    """A fact worth asking for.

    Attributes:
        path: the field, or the list that may not be complete.
        text: the question.
        answer: what an answer looks like.
        decides: possible findings that hinge on it, highest exposure first.
        weight: sum of their exposures; questions are ranked by it.
    """

    path: str
    text: str
    answer: str
    decides: tuple[Decides, ...]
    weight: int


@dataclass(frozen=True, slots=True)
class PackInfo:
    """Which knowledge was applied."""

    name: str
    version: str
    fingerprint: str
