"""The reference engine: the semantics, spelled out and slow.

For every rule it tries every combination of facts and evaluates every condition in three
values, stratum by stratum, until nothing changes. It has no indexes, no deltas and no
cleverness, so that it can be read beside the language page and believed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from crm_rules.engine.protocol import (
    Derived,
    Limits,
    Run,
    asserted_candidates,
    is_open,
    order_candidates,
    placed,
    storable,
    too_many_facts,
    too_many_firings,
    too_many_rounds,
)
from crm_rules.errors import LimitReached
from crm_rules.facts.base import FactBase
from crm_rules.facts.schema import RelationKind
from crm_rules.facts.values import Row
from crm_rules.program.program import Program
from crm_rules.rules.clauses import clauses_truth, witness
from crm_rules.rules.rule import Rule
from crm_rules.rules.semantics import Candidate, Truth, all_of, evaluate, settle


class ReferenceEngine:
    """Naive evaluation straight from the semantics."""

    name = "reference"

    def run(self, program: Program, facts: FactBase, *, possible: bool = True, limits: Limits | None = None) -> Run:
        """Run a program; see `engine.protocol.Engine`."""
        state = _State(program, facts, limits or Limits())
        for number in range(len(program.strata)):
            state.stratum(number)
        derived = {
            name: Derived(
                tuple(c.row for c in candidates if c.certain),
                tuple(c.row for c in candidates if not c.certain) if possible else (),
            )
            for name, candidates in state.known.items()
            if program.schema.relations[name].kind is RelationKind.DERIVED
        }
        certain = [(rule, *rows) for rule, found in state.certain.items() for rows in found]
        merely = [(rule, *rows) for rule, found in state.possible.items() for rows in found] if possible else []
        return Run(program, facts, self.name, certain, merely, derived, possible)


class _State:
    """Facts and firings so far; a `World` for the strata still to run."""

    def __init__(self, program: Program, facts: FactBase, limits: Limits) -> None:
        self.program, self.limits = program, limits
        self.tried = 0
        self.sections = {
            r.name: facts.extensions[r.name].rows[0]
            for r in program.schema.relations.values()
            if r.kind is RelationKind.SECTION
        }
        self.known = {name: asserted_candidates(facts, name) for name in program.schema.relations}
        self.certain: dict[int, list[tuple[Row | None, ...]]] = {}
        self.possible: dict[int, list[tuple[Row, ...]]] = {}

    def candidates(self, relation: str) -> Sequence[Candidate]:
        return self.known[relation]

    def raised(self, rule: str) -> Truth:
        position = self.program.by_id.get(rule, -1)
        return True if self.certain.get(position) else (None if self.possible.get(position) else False)

    def stratum(self, number: int) -> None:
        """Run the rules of one stratum until no firing and no fact is new."""
        stratum = self.program.strata[number]
        for _ in range(self.limits.rounds + 1):
            before = ({r: (self.certain.get(r), self.possible.get(r)) for r in stratum.rules}, dict(self.known))
            derived: dict[str, dict[Row, bool]] = {}
            for position in stratum.rules:
                self._fire(position, derived)
            for relation, rows in derived.items():
                self.known[relation] = order_candidates(
                    [Candidate(row, certain, is_open(row)) for row, certain in rows.items()]
                )
            firings = sum(map(len, self.certain.values())) + sum(map(len, self.possible.values()))
            if firings > self.limits.firings:
                raise too_many_firings(self.limits)
            if sum(len(self.known[r]) for r in self.program.derived_in) > self.limits.derived_facts:
                raise too_many_facts(self.limits)
            after = ({r: (self.certain.get(r), self.possible.get(r)) for r in stratum.rules}, dict(self.known))
            # Rules that do not feed each other would only say the same again.
            if before == after or not stratum.recursive:
                return
        raise too_many_rounds(self.limits, (self.program.rules[p] for p in stratum.rules))

    def _fire(self, position: int, derived: dict[str, dict[Row, bool]]) -> None:
        rule = self.program.rules[position]
        eaches, somes, witnessed = rule.eaches, rule.somes, self.program.witnessed(position)
        certain: list[tuple[Row | None, ...]] = []
        possible: list[tuple[Row, ...]] = []
        for combination in product(*(self.known[e.relation] for e in eaches)):
            self.tried += 1
            if self.tried > self.limits.combinations:
                raise LimitReached(
                    f"the reference engine tried more than {self.limits.combinations:,} combinations of facts"
                    " (limit: combinations)",
                    [placed(rule)],
                )
            env: dict[str, Any] = {
                **self.sections,
                **{e.var: c.row for e, c in zip(eaches, combination, strict=True)},
            }
            truth = all_of([self._gate(rule, env), clauses_truth(rule.when, env, self)])
            if truth is False:
                continue
            surely = truth is True and all(c.certain for c in combination)
            rows = tuple(c.row for c in combination)
            if surely:
                witnesses = tuple(witness(s, env, self) if w else None for s, w in zip(somes, witnessed, strict=True))
                certain.append((*rows, *witnesses))
            else:
                possible.append(rows)
            for conclude in rule.concludes:
                values = tuple(settle(evaluate(v, env, self)) for v in conclude.values)
                facts = derived.setdefault(conclude.relation, {c.row: c.certain for c in self.known[conclude.relation]})
                facts[values] = facts.get(values, False) or (surely and storable(values))
        self.certain[position], self.possible[position] = certain, possible

    def _gate(self, rule: Rule, env: Mapping[str, Any]) -> Truth:
        gate = self.program.gate(rule)
        return True if gate is None else evaluate(gate, env, self)
