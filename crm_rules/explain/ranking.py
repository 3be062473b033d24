"""Ranks: the order in which a fixpoint can be built, so that no derivation rests on itself.

A firing of a recursive stratum has rank n when its conditions hold on the facts below the
stratum and on what firings of rank below n derive. Every firing of a correct run has a rank;
one that has none supports only itself, and is reported as an error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from crm_rules.engine.protocol import Firing, Run, order_candidates
from crm_rules.errors import EngineError
from crm_rules.facts.values import Row
from crm_rules.rules.clauses import clauses_truth
from crm_rules.rules.semantics import Candidate, Truth, World


class Source(Protocol):
    """What ranking needs to know of a run."""

    run: Run

    @property
    def firings(self) -> Mapping[str, tuple[Firing, ...]]:
        """Rule id to its firings."""

    def env(self, firing: Firing) -> dict[str, Any]:
        """Names bound by a firing."""

    def conclusions(self, firing: Firing) -> Iterator[tuple[str, Row]]:
        """Facts a firing derives."""


@dataclass(frozen=True, slots=True)
class RankedView:
    """The final state of a run, less what a recursive stratum derives at some rank and later."""

    final: World
    facts: Mapping[str, Sequence[Row]]
    rules: Mapping[str, bool]

    def candidates(self, relation: str) -> Sequence[Candidate]:
        """Facts that may hold; of the stratum's own relations only those established."""
        if relation in self.facts:
            return order_candidates([Candidate(r) for r in self.facts[relation]])
        return self.final.candidates(relation)

    def raised(self, rule: str) -> Truth:
        """Whether a rule has fired; of the stratum's own rules only those established."""
        return self.rules[rule] if rule in self.rules else self.final.raised(rule)


@dataclass(slots=True)
class Ranking:
    """Ranks of the certain firings of one recursive stratum."""

    source: Source
    stratum: int
    ranks: dict[Firing, int] = field(default_factory=dict)
    row_ranks: dict[tuple[str, Row], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        run = self.source.run
        stratum = run.program.strata[self.stratum]
        own_rules = [run.program.rules[p].id for p in stratum.rules]
        for rule, firings in self.source.firings.items():
            if rule not in own_rules:
                for firing in firings:
                    for relation, row in self.source.conclusions(firing) if firing.certain else ():
                        if relation in stratum.relations:
                            self.row_ranks[(relation, row)] = -1
        pending = [f for r in own_rules for f in self.source.firings.get(r, ()) if f.certain]
        rank = 0
        while pending:
            view = self.below(rank)
            ready = [f for f in pending if self._holds(f, view)]
            if not ready:
                raise EngineError(f"rule {pending[0].rule} is reported to fire on nothing but itself")
            for firing in ready:
                self.ranks[firing] = rank
                for fact in self.source.conclusions(firing):
                    self.row_ranks.setdefault(fact, rank)
            pending = [f for f in pending if f not in self.ranks]
            rank += 1

    def below(self, rank: int) -> RankedView:
        """What is established before a rank."""
        run = self.source.run
        stratum = run.program.strata[self.stratum]
        facts: dict[str, list[Row]] = {r: [] for r in sorted(stratum.relations)}
        for (relation, row), at in self.row_ranks.items():
            if at < rank and relation in facts:
                facts[relation].append(row)
        rules = dict.fromkeys((run.program.rules[p].id for p in stratum.rules), False)
        rules.update((f.rule, True) for f, at in self.ranks.items() if at < rank)
        return RankedView(run.view, facts, rules)

    def _holds(self, firing: Firing, view: RankedView) -> bool:
        rule = self.source.run.program.rule(firing.rule)
        for each, row in zip(rule.eaches, firing.facts, strict=True):
            if each.relation in view.facts and (each.relation, row) not in self.row_ranks:
                return False
        return clauses_truth(rule.when, self.source.env(firing), view) is True
