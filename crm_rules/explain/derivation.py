"""Derivations: one firing with everything it was concluded from, down to stated facts.

A derived fact or a raised rule may be supported by many firings. The canonical one is chosen
by content: lowest rank first (so that no derivation rests on itself), then canonical order
of firings. The engine that ran plays no part in the choice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from crm_rules.engine.protocol import Firing, Run
from crm_rules.errors import EngineError
from crm_rules.explain.digest import digest
from crm_rules.explain.paths import fact_path
from crm_rules.explain.ranking import Ranking
from crm_rules.explain.readings import (
    FactReading,
    FieldReading,
    OpenFact,
    OpenField,
    OpenList,
    OpenPoint,
    OpenRule,
    RaisedReading,
    Reader,
    Reading,
)
from crm_rules.facts.schema import RelationKind
from crm_rules.facts.values import Row
from crm_rules.rules.clauses import clauses_truth, matches
from crm_rules.rules.expressions import Expr
from crm_rules.rules.rule import Clause, Let, Rule, Some
from crm_rules.rules.semantics import Truth, evaluate, settle


@dataclass(frozen=True, slots=True)
class Step:
    """One clause of a rule and the readings that made it true."""

    clause: Clause
    readings: tuple[Reading, ...]


@dataclass(frozen=True)
class Derivation:
    """One certain firing, explained.

    Attributes:
        id: hash of its content; equal derivations have equal ids.
        firing: what fired.
        rule: the rule.
        steps: its clauses with what they were read off.
        premises: derivations of the derived facts and raised rules among the readings, in order
            of reading, each once.
    """

    id: str
    firing: Firing
    rule: Rule
    steps: tuple[Step, ...]
    premises: tuple[Derivation, ...]

    @cached_property
    def leaves(self) -> tuple[Reading, ...]:
        """Readings of stated facts and of absences in the whole tree, each once, in order of reading."""
        found: dict[Reading, None] = {}
        for derivation in self.walk():
            for step in derivation.steps:
                found.update((r, None) for r in step.readings if not isinstance(r, RaisedReading))
        return tuple(found)

    def walk(self) -> Iterator[Derivation]:
        """This derivation and all below it, each once, premises after what rests on them."""
        seen: set[str] = set()
        stack = [self]
        while stack:
            derivation = stack.pop()
            if derivation.id not in seen:
                seen.add(derivation.id)
                yield derivation
                stack.extend(reversed(derivation.premises))


@dataclass(frozen=True, slots=True)
class _Parts:
    """What explaining a firing needs of its rule, looked up once per rule.

    Attributes:
        rule: the rule.
        gate: the condition under which it may speak in the present phase; None when always.
        vars, relations: names of the facts it binds, and where they come from.
        lets: the values it names.
        reader: follows its conditions in the final state of the run.
    """

    rule: Rule
    gate: Expr | None
    vars: tuple[str, ...]
    relations: tuple[str, ...]
    lets: tuple[Let, ...]
    reader: Reader


@dataclass
class Explainer:
    """Explains the firings of one run.

    Building a derivation evaluates every clause anew, in three values and without the engine's
    joins; a firing that does not hold raises EngineError instead of being explained.
    """

    run: Run
    _derivations: dict[Firing, Derivation] = field(default_factory=dict)
    _rules: dict[str, _Parts] = field(default_factory=dict)

    @cached_property
    def sections(self) -> Mapping[str, Row]:
        """Rows of the sections, which are always bound."""
        relations = self.run.program.schema.relations.values()
        return {r.name: self.run.facts.extensions[r.name].rows[0] for r in relations if r.kind is RelationKind.SECTION}

    @cached_property
    def firings(self) -> Mapping[str, tuple[Firing, ...]]:
        """Rule id to its firings in canonical order."""
        grouped: dict[str, list[Firing]] = {}
        for firing in self.run.firings():
            grouped.setdefault(firing.rule, []).append(firing)
        return {rule: tuple(found) for rule, found in grouped.items()}

    def env(self, firing: Firing) -> dict[str, Any]:
        """Names bound by a firing: sections, facts and `let` values."""
        env = self._bound(firing)
        for clause in self._parts(firing.rule).lets:
            env[clause.name] = evaluate(clause.value.expr, env, self.run.view)
        return env

    def _bound(self, firing: Firing) -> dict[str, Any]:
        env: dict[str, Any] = dict(self.sections)
        env.update(zip(self._parts(firing.rule).vars, firing.facts, strict=True))
        return env

    def _parts(self, rule_id: str) -> _Parts:
        parts = self._rules.get(rule_id)
        if parts is None:
            program = self.run.program
            rule = program.rule(rule_id)
            parts = self._rules[rule_id] = _Parts(
                rule,
                program.gate(rule),
                tuple(e.var for e in rule.eaches),
                tuple(e.relation for e in rule.eaches),
                tuple(c for c in rule.when if isinstance(c, Let)),
                Reader.of(rule, program.schema, self.run.view),
            )
        return parts

    def truth(self, firing: Firing) -> Truth:
        """Truth of a firing's conditions, evaluated anew; that its facts are certain is not looked at."""
        return self._truth(self._parts(firing.rule), self._bound(firing))

    def _truth(self, parts: _Parts, env: dict[str, Any]) -> Truth:
        """See `truth`; `let` values are added to `env`."""
        if parts.gate is not None and evaluate(parts.gate, env, self.run.view) is not True:
            return False
        return clauses_truth(parts.rule.when, env, self.run.view)

    # -- support ----------------------------------------------------------------------------

    @cached_property
    def concluded_by(self) -> Mapping[tuple[str, Row], tuple[Firing, ...]]:
        """Derived fact to the firings that derive it (certain ones for certain facts), in canonical order."""
        found: dict[tuple[str, Row], list[Firing]] = {}
        for firings in self.firings.values():
            for firing in firings:
                for relation, row in self.conclusions(firing):
                    found.setdefault((relation, row), []).append(firing)
        return {fact: tuple(firings) for fact, firings in found.items()}

    def conclusions(self, firing: Firing) -> Iterator[tuple[str, Row]]:
        """Facts a firing derives."""
        rule = self._parts(firing.rule).rule
        if rule.concludes:
            env = self.env(firing)
            for conclude in rule.concludes:
                yield conclude.relation, tuple(settle(evaluate(v, env, self.run.view)) for v in conclude.values)

    @cached_property
    def rankings(self) -> Mapping[int, Ranking]:
        """Recursive stratum to the ranks of its firings."""
        strata = self.run.program.strata
        return {n: Ranking(self, n) for n, stratum in enumerate(strata) if stratum.recursive}

    def ranking(self, rule: str) -> Ranking | None:
        """The ranking a rule belongs to; None when it runs in a stratum that feeds only upwards."""
        program = self.run.program
        number = program.stratum_of[program.by_id[rule]]
        return self.rankings.get(number) if program.strata[number].recursive else None

    def rank(self, firing: Firing) -> int:
        """Length of the longest chain of premises a certain firing has in its own stratum."""
        ranking = self.ranking(firing.rule)
        return -1 if ranking is None else ranking.ranks[firing]

    def support_of_fact(self, relation: str, row: Row) -> Firing | None:
        """The canonical certain firing that derives a fact."""
        return self._canonical([f for f in self.concluded_by.get((relation, row), ()) if f.certain])

    def support_of_rule(self, rule: str) -> Firing | None:
        """The canonical certain firing of a rule."""
        return self._canonical([f for f in self.firings.get(rule, ()) if f.certain])

    def _canonical(self, firings: list[Firing]) -> Firing | None:
        return min(firings, key=self.rank) if firings else None

    # -- derivations ------------------------------------------------------------------------

    def derivation(self, firing: Firing) -> Derivation:
        """The canonical derivation of a certain firing.

        Raises:
            EngineError: the firing does not hold when its conditions are evaluated anew.
        """
        known = self._derivations.get(firing)
        if known is not None:
            return known
        if not firing.certain:
            raise ValueError("only certain firings are derived")
        parts = self._parts(firing.rule)
        env = self._bound(firing)
        if self._truth(parts, env) is not True:
            raise EngineError(f"rule {firing.rule} is reported for facts for which its conditions do not hold")
        rule, reader = parts.rule, parts.reader
        ranking = self.ranking(firing.rule)
        if ranking is not None:
            reader = replace(reader, world=ranking.below(ranking.ranks[firing]))
        steps = tuple(Step(clause, tuple(reader.clause_readings(clause, env))) for clause in rule.when)
        premises: dict[str, Derivation] = {}
        for step in steps:
            for reading in step.readings:
                support = self._support(reading)
                if support is not None and support != firing:
                    premise = self.derivation(support)
                    premises[premise.id] = premise
        derivation = Derivation(self._id(firing, premises), firing, rule, steps, tuple(premises.values()))
        self._derivations[firing] = derivation
        return derivation

    def _support(self, reading: Reading) -> Firing | None:
        if isinstance(reading, RaisedReading) and reading.raised:
            return self.support_of_rule(reading.rule)
        if isinstance(reading, FactReading | FieldReading):
            relation = self.run.program.schema.relations[reading.relation]
            if relation.kind is RelationKind.DERIVED:
                return self.support_of_fact(reading.relation, reading.row)
        return None

    def _id(self, firing: Firing, premises: Mapping[str, Derivation]) -> str:
        bound = zip(self._parts(firing.rule).relations, firing.facts, strict=True)
        facts = [fact_path(self.run.facts, relation, row) for relation, row in bound]
        return digest([firing.rule, facts, list(premises)], 16)

    def witnesses(self, firing: Firing) -> dict[str, Row | None]:
        """Name of each outermost `some` clause to the fact a message may name; None when there is none.

        For a certain firing these are the witnesses of its derivation; for a possible one the first
        stated fact that may match.
        """
        rule = self.run.program.rule(firing.rule)
        found: dict[str, Row | None] = {}
        if firing.certain:
            for step in self.derivation(firing).steps:
                if isinstance(step.clause, Some):
                    first = next(r for r in step.readings if isinstance(r, FactReading))
                    found[step.clause.var] = first.row
            return found
        env = self.env(firing)
        for clause in rule.somes:
            candidates = [c for c, _ in matches(clause, env, self.run.view)]
            stated = [c.row for c in candidates if not c.plural]
            found[clause.var] = stated[0] if stated else candidates[0].row if candidates else None
        return found

    # -- what is open -----------------------------------------------------------------------

    def open_points(self, firing: Firing) -> tuple[OpenPoint, ...]:
        """Unknown fields and open lists a possible firing hinges on, through everything it rests on."""
        found: dict[OpenPoint, None] = {}
        visited: set[Firing] = set()
        queue = [firing]
        while queue:
            current = queue.pop(0)
            if current in visited or current.certain:
                continue
            visited.add(current)
            for point in self._own_open_points(current):
                match point:
                    case OpenField() | OpenList():
                        found[point] = None
                    case OpenFact(relation=relation, row=row):
                        queue.extend(self.concluded_by.get((relation, row), ()))
                    case OpenRule(rule=rule):
                        queue.extend(self.firings.get(rule, ()))
        return tuple(found)

    def _own_open_points(self, firing: Firing) -> Iterator[OpenPoint]:
        parts = self._parts(firing.rule)
        env = self.env(firing)
        for clause in parts.rule.when:
            yield from parts.reader.open_in_clause(clause, env)
