"""From a run to an assessment: scores, wording, evidence, support, questions."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final

from crm_rules.assessment.questions import questions
from crm_rules.assessment.results import Conclusion, Evidence, Finding, Question, Recommendation
from crm_rules.assessment.scales import LEVEL_ORDER, MIDDLE, level_of
from crm_rules.assessment.support import SupportGraph
from crm_rules.engine.protocol import Firing, Run
from crm_rules.explain.derivation import Derivation, Explainer
from crm_rules.explain.digest import Content, digest
from crm_rules.explain.narration import Narrator, number
from crm_rules.explain.paths import fact_path, field_path, key_of, place
from crm_rules.explain.readings import AbsenceReading, AggregateReading, FactReading, FieldReading, Reading
from crm_rules.facts.base import FactBase
from crm_rules.facts.schema import RelationKind
from crm_rules.facts.values import NO_VALUE, UNNAMED, Row
from crm_rules.rules.clauses import clauses_truth
from crm_rules.rules.expressions import Const, Expr, Field
from crm_rules.rules.rule import EFFORTS, Risk, Rule
from crm_rules.rules.rule import Recommendation as Advice
from crm_rules.rules.semantics import Interval, evaluate
from crm_rules.rules.templates import Hole, Template

_COLUMNS_READ: Final = re.compile(r"\.(\w+)")


@dataclass(frozen=True, slots=True)
class AcceptedFinding:
    """A waiver, as far as an assessment needs it: whose findings are accepted and why.

    Attributes:
        rule: id of the rule.
        about: id of the entry or name of the section; None for all findings of the rule.
        reason: why.
    """

    rule: str
    about: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class ConclusionInfo:
    """What a pack says about a conclusion beyond its facts: place in the graph and catalogue row."""

    rank: int = 0
    catalogue: str = ""


@dataclass(frozen=True, slots=True)
class Results:
    """Everything read off a run."""

    findings: tuple[Finding, ...]
    conclusions: tuple[Conclusion, ...]
    recommendations: tuple[Recommendation, ...]
    questions: tuple[Question, ...]
    firings: Mapping[str, Firing]


@dataclass
class Assessing:
    """Reads an assessment off one run."""

    run: Run
    explainer: Explainer
    narrator: Narrator
    waivers: tuple[AcceptedFinding, ...] = ()
    conclusion_info: Mapping[str, ConclusionInfo] = field(default_factory=dict)

    def results(self) -> Results:
        """Findings, conclusions, recommendations and questions, each in its canonical order."""
        pairs = [(f, self._finding(f, r)) for f, r in self._reportable()]
        support = self._support(pairs)
        feeds = self._feeds(support)
        pairs = [(firing, _with_supports(finding, feeds.get(finding.id, ()))) for firing, finding in pairs]
        conclusions = self._conclusions(support)
        findings = tuple(sorted((f for _, f in pairs), key=_finding_order))
        return Results(
            findings,
            conclusions,
            self._recommendations(pairs, support),
            questions(self.explainer, self.narrator, [(f, x) for f, x in pairs if x.certainty == "possible"]),
            {finding.id: firing for firing, finding in pairs},
        )

    def _reportable(self) -> Iterator[tuple[Firing, Risk]]:
        for rule in self.run.program.rules:
            if rule.risk is not None:
                for firing in self.explainer.firings.get(rule.id, ()):
                    yield firing, rule.risk

    # -- findings ---------------------------------------------------------------------------

    def _finding(self, firing: Firing, risk: Risk) -> Finding:
        rule = self.run.program.rule(firing.rule)
        env = self._message_env(firing, rule)
        likelihood, impact = self._scores(risk, env)
        relation, row = self._about(rule, risk, env)
        exposure = likelihood * impact
        fill = self.narrator.fill
        return Finding(
            id=self._fingerprint(firing, rule),
            rule=rule.id,
            kind=rule.kind,
            certainty="certain" if firing.certain else "possible",
            family=rule.family,
            about=fact_path(self.run.facts, relation, row),
            about_name=self.narrator.fact(relation, row),
            title=rule.title,
            cause=fill(risk.cause, env),
            event=fill(risk.event, env),
            effect=fill(risk.effect, env),
            likelihood=likelihood,
            impact=impact,
            exposure=exposure,
            level=level_of(exposure),
            reason=risk.reason,
            phases=rule.phases,
            late=self._late(rule),
            sources=rule.sources,
            catalogue=rule.catalogue,
            evidence=self._evidence(self.explainer.derivation(firing)) if firing.certain else (),
            waived=self._waived(rule.id, key_of(row) if row else ""),
            supports=(),
        )

    def _message_env(self, firing: Firing, rule: Rule) -> dict[str, Any]:
        """Names a message may use: what is bound, and the witnesses of `some` clauses."""
        env = self.explainer.env(firing)
        if firing.certain:
            for clause, row in zip(rule.somes, firing.witnesses, strict=True):
                if row is not None:
                    env[clause.var] = row
        missing = [c for c in rule.somes if c.var not in env]
        if missing:
            found = self.explainer.witnesses(firing)
            env.update({var: row for var, row in found.items() if row is not None})
        return env

    def _scores(self, risk: Risk, env: dict[str, Any]) -> tuple[int, int]:
        likelihood, impact = self._score(risk.likelihood, env), self._score(risk.impact, env)
        for worse in risk.raises:
            if clauses_truth(worse.when, dict(env), self.run.view) is True:
                likelihood = max(likelihood, worse.likelihood or 0)
                impact = max(impact, worse.impact or 0)
        return likelihood, impact

    def _score(self, expr: Expr, env: Mapping[str, Any]) -> int:
        value = expr.value if isinstance(expr, Const) else evaluate(expr, env, self.run.view)
        if value is None or value is NO_VALUE or isinstance(value, Interval):
            return MIDDLE
        return int(min(5, max(1, round(value))))

    def _about(self, rule: Rule, risk: Risk, env: Mapping[str, Any]) -> tuple[str, Row]:
        for each in rule.eaches:
            if each.var == risk.about:
                return each.relation, env[each.var]
        return risk.about, env[risk.about]

    def _fingerprint(self, firing: Firing, rule: Rule) -> str:
        bound = [
            [e.relation, *(["?"] if row[0] is UNNAMED else self._identity(e.relation, row))]
            for e, row in zip(rule.eaches, firing.facts, strict=True)
        ]
        return fingerprint([rule.id, bound])

    def _identity(self, relation: str, row: Row) -> list[str]:
        derived = self.run.program.schema.relations[relation].kind is RelationKind.DERIVED
        return [_plain(v) for v in (row if derived else row[:1])]

    def _late(self, rule: Rule) -> bool:
        return rule.last_phase is not None and self._phase is not None and self._phase > rule.last_phase

    @cached_property
    def _phase(self) -> int | None:
        """Rank of the present phase; None when it is not known."""
        schema = self.run.program.schema
        if schema.phase is None:
            return None
        section, name = schema.phase
        rank: int | None = self.explainer.sections[section][schema.relations[section].index(name)]
        return rank

    def _waived(self, rule: str, about: str) -> str | None:
        return next((w.reason for w in self.waivers if w.rule == rule and w.about in (None, about)), None)

    # -- evidence ---------------------------------------------------------------------------

    def _evidence(self, derivation: Derivation) -> tuple[Evidence, ...]:
        leaves = derivation.leaves
        read = {(r.relation, r.row) for r in leaves if isinstance(r, FieldReading)}
        found: dict[Evidence, None] = {}
        for leaf in leaves:
            if isinstance(leaf, FactReading) and (leaf.relation, leaf.row) in read:
                continue
            evidence = self.evidence_of(leaf)
            if evidence is not None:
                found[evidence] = None
        return tuple(found)

    def evidence_of(self, reading: Reading) -> Evidence | None:
        """A reading as evidence; None for derived facts, keys and raised rules, which are no leaves."""
        facts = self.run.facts
        if not hasattr(reading, "relation"):
            return None
        relation = facts.schema.relations[reading.relation]
        match reading:
            case FieldReading(row=row, column=column, index=index, value=value):
                if relation.kind is RelationKind.DERIVED or index == 0:
                    return None
                text = self.narrator.column(relation.columns[index], value)
                guess = facts.origin.guesses.get((relation.name, key_of(row), column))
                where = place(facts, relation.name, row, column)
                return Evidence(field_path(facts, relation.name, row, column), _guessed(text, guess), where)
            case FactReading(row=row):
                if relation.kind is RelationKind.DERIVED:
                    return None
                text = self.narrator.fact(relation.name, row)
                return Evidence(fact_path(facts, relation.name, row), text, place(facts, relation.name, row))
            case AbsenceReading(considered=considered, text=condition):
                listed = f"none of {considered} listed" if considered else "none listed"
                words = f"{listed}: {condition}" if condition and considered else listed
                words = _guessed(words, _guess_read(facts, relation.name, condition))
                return Evidence(relation.name, words, place(facts, relation.name, None))
            case AggregateReading(function=function, members=members, considered=considered, value=value):
                if function == "count":
                    words = f"{number(value)} of {considered} listed" if considered else "none listed"
                else:
                    words = f"{function} {number(value)} over {len(members)} of {considered} listed"
                return Evidence(relation.name, words, place(facts, relation.name, None))
            case _:
                return None

    # -- conclusions ------------------------------------------------------------------------

    def _support(self, pairs: Iterable[tuple[Firing, Finding]]) -> SupportGraph:
        findings: dict[str, list[str]] = {}
        exposures: dict[str, int] = {}
        for _, finding in pairs:
            # What somebody has accepted gives no weight to a conclusion and needs no advice.
            if finding.certainty == "certain" and finding.waived is None:
                findings.setdefault(finding.rule, []).append(finding.id)
                exposures[finding.id] = finding.exposure
        return SupportGraph(
            self.run.program,
            {rule: tuple(ids) for rule, ids in findings.items()},
            exposures,
            frozenset(name for name, derived in self.run.derived.items() if derived.certain),
            frozenset(self.run.program.rules[p].id for p in self.run.certain),
        )

    def _feeds(self, support: SupportGraph) -> dict[str, tuple[str, ...]]:
        feeds: dict[str, list[str]] = {}
        for name in sorted(support.concluded, key=lambda n: (self._info(n).rank, n)):
            for finding in support.direct(name)[0]:
                feeds.setdefault(finding, []).append(name)
        return {finding: tuple(names) for finding, names in feeds.items()}

    def _info(self, name: str) -> ConclusionInfo:
        return self.conclusion_info.get(name, ConclusionInfo())

    def _conclusions(self, support: SupportGraph) -> tuple[Conclusion, ...]:
        found = []
        for name, derived in self.run.derived.items():
            for row in derived.certain:
                found.append(self._conclusion(name, row, support, certain=True))
            for row in derived.possible:
                found.append(self._conclusion(name, row, support, certain=False))
        return tuple(sorted(found, key=lambda c: (c.certainty, -c.rank, -c.exposure, -c.weight, c.name, c.about)))

    def _conclusion(self, name: str, row: Row, support: SupportGraph, certain: bool) -> Conclusion:
        relation = self.run.program.schema.relations[name]
        firings = self.explainer.concluded_by.get((name, row), ())
        findings, conclusions = support.direct(name) if certain else ((), ())
        exposure, weight = support.strength(name) if certain else (0, 0)
        about = next((row[i] for i, c in enumerate(relation.columns) if c.name == "about"), row[0] if row else None)
        return Conclusion(
            id=fingerprint([name, [_plain(v) for v in row]]),
            name=name,
            about="?" if about is None or about is UNNAMED else str(about),
            title=relation.title,
            sentence=self._sentence(name, row),
            certainty="certain" if certain else "possible",
            rank=self._info(name).rank,
            catalogue=self._info(name).catalogue,
            rules=tuple(dict.fromkeys(f.rule for f in firings if f.certain or not certain)),
            findings=findings,
            conclusions=conclusions,
            weight=weight,
            exposure=exposure,
            chain=support.chain(name) if certain else (),
        )

    def _sentence(self, name: str, row: Row) -> str:
        relation = self.run.program.schema.relations[name]
        parts: list[str | Hole] = []
        for literal, hole in _holes(relation.sentence):
            parts.append(literal)
            if hole is not None:
                i = relation.index(hole)
                parts.append(Hole(Field("it", name, relation.columns[i], i, derived=True)))
        return self.narrator.fill(Template(tuple(parts), relation.sentence), {"it": row})

    # -- recommendations --------------------------------------------------------------------

    def _recommendations(
        self, pairs: Iterable[tuple[Firing, Finding]], support: SupportGraph
    ) -> tuple[Recommendation, ...]:
        merged: dict[tuple[str, str], _Merged] = {}
        for firing, finding in pairs:
            if firing.certain and finding.waived is None and finding.kind != "strength":
                rule = self.run.program.rule(firing.rule)
                env = self._message_env(firing, rule)
                for advice in rule.recommends:
                    self._merge(merged, advice, env).findings[finding.id] = finding.exposure
        for rule in self.run.program.rules:
            if rule.risk is None and rule.recommends:
                for firing in self.explainer.firings.get(rule.id, ()):
                    if firing.certain:
                        self._for_conclusion(merged, rule, firing, support)
        found = [m.result(action, actor) for (action, actor), m in merged.items()]
        return tuple(sorted(found, key=_recommendation_order))

    def _for_conclusion(
        self, merged: dict[tuple[str, str], _Merged], rule: Rule, firing: Firing, support: SupportGraph
    ) -> None:
        env = self._message_env(firing, rule)
        for advice in rule.recommends:
            entry = self._merge(merged, advice, env)
            for conclude in rule.concludes:
                entry.conclusions[conclude.relation] = None
                for finding in support.direct(conclude.relation)[0]:
                    entry.findings[finding] = support.exposures[finding]

    def _merge(self, merged: dict[tuple[str, str], _Merged], advice: Advice, env: Mapping[str, Any]) -> _Merged:
        key = (self.narrator.fill(advice.action, env), advice.actor)
        entry = merged.setdefault(key, _Merged(advice.effort))
        entry.helpers.update((h, None) for h in advice.helpers)
        entry.effort = max(entry.effort, advice.effort, key=EFFORTS.index)
        return entry


@dataclass
class _Merged:
    effort: str
    helpers: dict[str, None] = field(default_factory=dict)
    findings: dict[str, int] = field(default_factory=dict)
    conclusions: dict[str, None] = field(default_factory=dict)

    def result(self, action: str, actor: str) -> Recommendation:
        highest = max(self.findings.values(), default=0)
        return Recommendation(
            id=fingerprint([action, actor]),
            action=action,
            actor=actor,
            helpers=tuple(sorted(self.helpers)),
            effort=self.effort,
            findings=tuple(sorted(self.findings, key=lambda f: (-self.findings[f], f))),
            conclusions=tuple(self.conclusions),
            exposure=sum(self.findings.values()),
            level=level_of(highest),
        )


def fingerprint(content: Content) -> str:
    """Short stable id of texts and lists of texts: 12 hexadecimal digits, enough for a million findings."""
    return digest(content, 12)


def _guessed(words: str, guess: str | None) -> str:
    return words if guess is None else f"{words} ({guess})"


def _guess_read(facts: FactBase, relation: str, condition: str) -> str | None:
    """How values of a list came about that a condition reads and nobody stated."""
    guesses = facts.origin.guesses
    said = guesses.get((relation, "", ""))
    columns = {column for name, _, column in guesses if name == relation and column}
    return said if columns & set(_COLUMNS_READ.findall(condition)) else None


def _plain(value: Any) -> str:
    return "?" if value is None or value is UNNAMED else str(value)


def _holes(text: str) -> Iterator[tuple[str, str | None]]:
    for literal, name, _, _ in string.Formatter().parse(text):
        yield literal, name


def _with_supports(finding: Finding, supports: tuple[str, ...]) -> Finding:
    return replace(finding, supports=supports) if supports else finding


def _finding_order(f: Finding) -> tuple[Any, ...]:
    level = -LEVEL_ORDER.index(f.level)
    return (f.certainty, level, -f.impact, -f.likelihood, f.rule, f.about, f.id)


def _recommendation_order(r: Recommendation) -> tuple[Any, ...]:
    return (-r.exposure, -LEVEL_ORDER.index(r.level), EFFORTS.index(r.effort), r.actor, r.action)
