"""What supports a conclusion: findings and other conclusions, directly and all the way down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from crm_rules.facts.schema import RelationKind
from crm_rules.program.program import Program
from crm_rules.rules.expressions import Aggregate, Expr, Not, Raised, children
from crm_rules.rules.rule import Absent, AnyOf, Clause, Each, Rule, Some, conditions


def supporting_rules(rule: Rule) -> tuple[str, ...]:
    """Rules whose firing speaks for this rule's conditions, in order of mention."""
    found: dict[str, None] = {}
    for clause in rule.when:
        if not isinstance(clause, Absent):
            for condition in conditions(clause):
                found.update((r, None) for r in _raised(condition.expr))
    return tuple(found)


def _raised(expr: Expr) -> Iterator[str]:
    if isinstance(expr, Raised):
        yield from expr.rules
    elif not isinstance(expr, Not | Aggregate):
        for child in children(expr):
            yield from _raised(child)


def supporting_relations(rule: Rule, program: Program) -> tuple[str, ...]:
    """Derived relations whose facts this rule's conditions ask for, in order of mention."""
    found: dict[str, None] = {}

    def collect(clause: Clause) -> None:
        if isinstance(clause, Each | Some):
            if program.schema.relations[clause.relation].kind is RelationKind.DERIVED:
                found[clause.relation] = None
        elif isinstance(clause, AnyOf):
            for alternative in clause.alternatives:
                for inner in alternative:
                    collect(inner)

    for clause in rule.when:
        collect(clause)
    return tuple(found)


@dataclass
class SupportGraph:
    """Certain findings and conclusions of one run, and who supports whom.

    Attributes:
        program: the program that was run.
        findings: rule id to the ids of its certain findings.
        exposures: finding id to exposure.
        concluded: names of the conclusions that were drawn for certain.
        fired: rules that fired for certain.
    """

    program: Program
    findings: Mapping[str, tuple[str, ...]]
    exposures: Mapping[str, int]
    concluded: frozenset[str]
    fired: frozenset[str]
    _direct: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=dict)
    _below: dict[str, frozenset[str]] = field(default_factory=dict)
    _strength: dict[str, tuple[int, int]] = field(default_factory=dict)

    @cached_property
    def derivers(self) -> Mapping[str, tuple[Rule, ...]]:
        """Conclusion to the rules that have derived it, in order."""
        found: dict[str, dict[str, Rule]] = {}
        for rule in self.program.rules:
            if rule.id in self.fired:
                for conclude in rule.concludes:
                    found.setdefault(conclude.relation, {})[rule.id] = rule
        return {name: tuple(rules.values()) for name, rules in found.items()}

    def direct(self, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Findings and conclusions that support a conclusion directly, each once, in order of mention."""
        known = self._direct.get(name)
        if known is None:
            known = self._direct[name] = self._find_direct(name)
        return known

    def _find_direct(self, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        findings: dict[str, None] = {}
        conclusions: dict[str, None] = {}
        for rule in self.derivers.get(name, ()):
            for relation in supporting_relations(rule, self.program):
                if relation in self.concluded:
                    conclusions[relation] = None
            for supporter in supporting_rules(rule):
                if supporter not in self.fired:
                    continue
                findings.update((f, None) for f in self.findings.get(supporter, ()))
                for conclude in self.program.rule(supporter).concludes:
                    if conclude.relation in self.concluded:
                        conclusions[conclude.relation] = None
        conclusions.pop(name, None)
        return tuple(findings), tuple(conclusions)

    def everything(self, name: str) -> frozenset[str]:
        """All findings a conclusion rests on, directly or through others."""
        known = self._below.get(name)
        if known is not None:
            return known
        found: set[str] = set()
        seen = {name}
        queue = [name]
        while queue:
            findings, conclusions = self.direct(queue.pop())
            found.update(findings)
            queue.extend(c for c in conclusions if c not in seen)
            seen.update(conclusions)
        self._below[name] = frozenset(found)
        return self._below[name]

    def strength(self, name: str) -> tuple[int, int]:
        """Highest exposure below a conclusion, and the number of findings."""
        known = self._strength.get(name)
        if known is None:
            below = self.everything(name)
            known = self._strength[name] = max((self.exposures[f] for f in below), default=0), len(below)
        return known

    def chain(self, name: str) -> tuple[str, ...]:
        """The strongest way down: conclusions by their highest exposure, then the finding; ties by name."""
        chain = [name]
        seen = {name}
        while True:
            findings, conclusions = self.direct(chain[-1])
            best_finding = min(findings, key=lambda f: (-self.exposures[f], f), default=None)
            onward = [c for c in conclusions if c not in seen]
            best = min(onward, key=lambda c: (*(-n for n in self.strength(c)), c), default=None)
            if best is not None and (best_finding is None or self.strength(best)[0] > self.exposures[best_finding]):
                chain.append(best)
                seen.add(best)
                continue
            return (*chain, best_finding) if best_finding is not None else tuple(chain)
