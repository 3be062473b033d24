"""A run of a laid-out program: strata, rounds, filters, provenance. The matching is done elsewhere.

Strata are run one after the other, in each the sure program before the loose one. Matches become
firings when their filters hold; a firing is recorded once, however many matches say so. A recursive
stratum is run in rounds: what its rules derive is asserted as further facts until nothing is new.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Protocol

from crm_rules.engine.durable_code import PhaseCode, ProgramCode, RuleCode
from crm_rules.engine.durable_conditions import Evaluator, Prepared
from crm_rules.engine.durable_facts import FactMaker, Table, Tokens, holds
from crm_rules.engine.durable_layout import KindLayout, Shard
from crm_rules.engine.durable_patterns import CONTEXT, Mode
from crm_rules.engine.protocol import (
    Derived,
    Limits,
    Record,
    Run,
    asserted_candidates,
    is_open,
    order_candidates,
    storable,
    too_many_facts,
    too_many_firings,
    too_many_matches,
    too_many_rounds,
    too_slow,
)
from crm_rules.errors import EngineError
from crm_rules.facts.base import FactBase
from crm_rules.facts.schema import RelationKind
from crm_rules.facts.values import Row
from crm_rules.program.program import Program
from crm_rules.rules.clauses import witness
from crm_rules.rules.semantics import Candidate, Truth, settle

Match = tuple[str, Mapping[str, int]]
"""Name of a rule in its ruleset, and alias to number of the fact."""

Fact = tuple[KindLayout, tuple[int, ...]]
"""Kind of a fact, and the values of the kind's properties."""


class Memory(Protocol):
    """The working memory of one ruleset during one run."""

    def assert_facts(self, facts: Sequence[Fact]) -> Iterator[tuple[Sequence[int], Iterator[Match]]]:
        """Assert facts, in one batch or several.

        Yields:
            Numbers given to the facts of a batch, in order, and every match that is new: one at a time,
            as there may be more than can be kept, and all of them before the next batch is asked for.

        Raises:
            EngineError: facts were refused or not read to the last.
        """


Open = Callable[[Shard], AbstractContextManager[Memory]]
"""Opens a working memory of a ruleset; leaving it forgets all facts."""


Rows = tuple[Row, ...]


class DurableRun:
    """Everything that changes during one run; a `World` for the strata still to run.

    Args:
        program: what to run.
        facts: what to run it over.
        code: the program, laid out.
        open_: opens working memories.
        limits: where to stop.
        possible: whether possible firings are asked for.
        engine: name of the engine.
    """

    def __init__(
        self,
        program: Program,
        facts: FactBase,
        code: ProgramCode,
        open_: Open,
        limits: Limits,
        possible: bool,
        engine: str,
    ) -> None:
        self.program, self.facts, self.code = program, facts, code
        self.open, self.limits, self.possible, self.engine = open_, limits, possible, engine
        self._end = monotonic() + limits.timeout()
        self.sections = {
            r.name: facts.extensions[r.name].rows[0]
            for r in program.schema.relations.values()
            if r.kind is RelationKind.SECTION
        }
        self.tokens: Tokens = {}
        self.certain: dict[int, dict[Rows, tuple[Row | None, ...]]] = {}
        self.loose: dict[int, set[Rows]] = {}
        self._known = {name: asserted_candidates(facts, name) for name in program.schema.relations}
        self._derived: dict[str, dict[Row, bool]] = {
            r.name: {} for r in program.schema.relations.values() if r.kind is RelationKind.DERIVED
        }
        self._firings = self._facts = self._matches = 0

    def run(self) -> Run:
        """Run all strata."""
        for number in range(len(self.code)):
            self._stratum(number)
        derived = {
            name: Derived(
                tuple(c.row for c in self._known[name] if c.certain),
                tuple(c.row for c in self._known[name] if not c.certain) if self.possible else (),
            )
            for name in self._derived
        }
        certain: list[Record] = [
            (rule, *rows, *witnesses) for rule, firings in self.certain.items() for rows, witnesses in firings.items()
        ]
        merely: list[Record] = []
        if self.possible:
            for rule, found in self.loose.items():
                sure = self.certain.get(rule, {})
                merely.extend((rule, *rows) for rows in found if rows not in sure)
        return Run(self.program, self.facts, self.engine, certain, merely, derived, self.possible)

    # -- the world --------------------------------------------------------------------------

    def candidates(self, relation: str) -> Sequence[Candidate]:
        """Every fact of a relation that may hold, in fact order."""
        return self._known[relation]

    def raised(self, rule: str) -> Truth:
        """Whether a rule has fired: for certain, possibly (None), or not at all."""
        position = self.program.by_id.get(rule, -1)
        return True if self.certain.get(position) else (None if self.loose.get(position) else False)

    # -- strata -----------------------------------------------------------------------------

    def _stratum(self, number: int) -> None:
        stratum, code = self.program.strata[number], self.code[number]
        growing = stratum.relations if stratum.recursive else frozenset[str]()
        evaluator = Evaluator(self, growing)
        maker = FactMaker(code.premises, code.sides, evaluator, self.sections, self.tokens)
        tables: dict[str, Table] = {CONTEXT: Table([()], [True])}
        for phase in code.phases:
            for relation in growing:
                self.settle(relation)
                tables[relation] = self._growing_table(relation, phase.mode)
            _Phase(self, phase, maker, evaluator, tables, growing).run()
        for phase in code.phases[1:]:
            self._compare(phase.rules)
        for relation in stratum.relations:
            self.settle(relation)

    def table(self, relation: str) -> Table:
        """The rows of a relation that is final."""
        candidates = self._known[relation]
        return Table([c.row for c in candidates], [c.certain for c in candidates])

    def _growing_table(self, relation: str, mode: Mode) -> Table:
        rows = {row: sure for row, sure in self._derived[relation].items() if sure or mode == "loose"}
        return Table(list(rows), list(rows.values()))

    def settle(self, relation: str) -> None:
        """Show the facts found so far for a relation, in fact order."""
        self._known[relation] = order_candidates(
            [Candidate(row, sure, is_open(row)) for row, sure in self._derived[relation].items()]
        )

    def _compare(self, rules: Iterable[int]) -> None:
        """What is certain is possible: a loose program that does not say so has lost a match."""
        for position in rules:
            if not self.certain.get(position, {}).keys() <= self.loose.get(position, set()):
                rule = self.program.rules[position].id
                raise EngineError(f"durable-rules lost a match of rule {rule}, so that its answers cannot be trusted")

    # -- limits -----------------------------------------------------------------------------

    def look_at_clock(self) -> None:
        """Stop when the time is over."""
        if monotonic() > self._end:
            raise too_slow(self.engine, self.limits.timeout())

    def count_match(self, position: int) -> None:
        """Take down that a rule has a match, which may come to nothing."""
        self._matches += 1
        if self._matches > self.limits.matches:
            raise too_many_matches(self.limits, self.program.rules[position])

    # -- what is found ----------------------------------------------------------------------

    def fire(self, position: int, rows: Rows, mode: Mode) -> None:
        """Take down a firing; its witnesses come later."""
        if mode == "sure":
            self.certain.setdefault(position, {})[rows] = ()
            self._firings += 1
        else:
            self.loose.setdefault(position, set()).add(rows)
            self._firings += rows not in self.certain.get(position, ())
        if self._firings > self.limits.firings:
            raise too_many_firings(self.limits)

    def derive(self, relation: str, row: Row, sure: bool) -> bool:
        """Take down a derived fact; returns whether it is new, or newly certain."""
        rows = self._derived[relation]
        before = rows.get(row)
        rows[row] = bool(before) or sure
        if before is None:
            self._facts += 1
            if self._facts > self.limits.derived_facts:
                raise too_many_facts(self.limits)
        return before is None or (sure and not before)


@dataclass(slots=True)
class _Firing:
    """A firing: its rows, and for each `some` that is matched the position of the first fact seen."""

    rows: Rows
    first: dict[int, int]


@dataclass(slots=True)
class _Net:
    """A ruleset during a phase.

    Attributes:
        shard: the ruleset.
        memory: its working memory.
        alive: views whose facts some rule can use.
        rows: number of a fact to the position of its row.
        fed: growing relation to the number of rows asserted already.
        seen: kind to the projected facts that were asserted.
    """

    shard: Shard
    memory: Memory
    alive: frozenset[tuple[int, int]]
    rows: dict[int, int] = field(default_factory=dict)
    fed: dict[str, int] = field(default_factory=dict)
    seen: dict[int, set[tuple[int, ...]]] = field(default_factory=dict)


class _Phase:
    """One stratum in one mode."""

    def __init__(
        self,
        run: DurableRun,
        code: PhaseCode,
        maker: FactMaker,
        evaluator: Evaluator,
        tables: dict[str, Table],
        growing: frozenset[str],
    ) -> None:
        self._run, self._code, self._mode = run, code, code.mode
        self._maker, self._evaluator, self._tables, self._growing = maker, evaluator, tables, growing
        self._fired: dict[int, dict[tuple[int, ...], _Firing]] = {position: {} for position in code.rules}
        self._waiting: list[tuple[RuleCode, tuple[int, ...], dict[int, int]]] = []

    def run(self) -> None:
        if self._growing:
            with ExitStack() as stack:
                nets = [net for shard in self._code.shards if (net := self._open(shard, stack)) is not None]
                self._rounds(nets)
        else:
            for shard in self._code.shards:
                with ExitStack() as stack:
                    self._open(shard, stack)
        self._witnesses()

    def _rounds(self, nets: Sequence[_Net]) -> None:
        for _ in range(self._run.limits.rounds):
            fed = [self._feed(net) for net in nets]
            if not self._retry() and not any(fed):
                return
        rules = [self._run.program.rules[position] for position in self._code.rules]
        raise too_many_rounds(self._run.limits, rules)

    # -- facts ------------------------------------------------------------------------------

    def _table(self, kind: KindLayout) -> Table:
        table = self._tables.get(kind.relation)
        if table is None:
            table = self._tables[kind.relation] = self._run.table(kind.relation)
        return table

    def _open(self, shard: Shard, stack: ExitStack) -> _Net | None:
        """Open a ruleset and assert all facts there are; None when none of its rules can fire."""
        views = {
            (kind.code, number): self._maker.selected(selection, self._table(kind), kind.mode)
            for kind in shard.kinds.values()
            for selection, number in kind.views.items()
        }
        fed = {relation: len(self._tables[relation].rows) for relation in self._growing}
        usable = {view for view, rows in views.items() if shard.kinds[view[0]].relation in fed or any(rows)}
        rules = [rule for rule in shard.rules.values() if usable.issuperset(rule.needs)]
        if not rules:
            return None
        alive = frozenset(view for rule in rules for view in rule.needs)
        net = _Net(shard, stack.enter_context(self._run.open(shard)), alive, fed=fed)
        shadows = {code for rule in rules for code in rule.shadows}
        # A fact that must be absent has to be there before anything it could stand in the way of.
        self._assert(net, [shard.kinds[code] for code in sorted(shadows)], views)
        self._assert(net, [kind for kind in shard.kinds.values() if not kind.shadow], views)
        return net

    def _feed(self, net: _Net) -> bool:
        """Assert what has been derived since the last time; returns whether there was anything."""
        start, end = dict(net.fed), {r: len(self._tables[r].rows) for r in self._growing}
        kinds = [k for k in net.shard.kinds.values() if start.get(k.relation, 0) < end.get(k.relation, 0)]
        net.fed.update(end)
        if start == end:
            return False
        views = {
            (kind.code, number): self._maker.selected(selection, self._table(kind), kind.mode, start[kind.relation])
            for kind in kinds
            for selection, number in kind.views.items()
        }
        self._assert(net, kinds, views, start)
        return True

    def _assert(
        self,
        net: _Net,
        kinds: Iterable[KindLayout],
        views: Mapping[tuple[int, int], list[bool]],
        start: Mapping[str, int] | None = None,
    ) -> None:
        rows: list[int] = []
        facts: list[Fact] = []
        for kind in kinds:
            begin = (start or {}).get(kind.relation, 0)
            table = self._table(kind)
            nothing = [False] * (len(table.rows) - begin)
            members = [
                views[(kind.code, n)] if kind.shadow or (kind.code, n) in net.alive else nothing
                for n in kind.views.values()
            ]
            seen = net.seen.setdefault(kind.code, set())
            for row, values in self._maker.facts(kind, table, members, begin):
                if kind.projected:
                    if values in seen:
                        continue
                    seen.add(values)
                rows.append(row)
                facts.append((kind, values))
        done = 0
        for numbers, matches in net.memory.assert_facts(facts):
            net.rows.update(zip(numbers, rows[done : done + len(numbers)], strict=True))
            done += len(numbers)
            self._run.look_at_clock()
            for match in matches:
                self._take(net, match)

    # -- matches ----------------------------------------------------------------------------

    def _take(self, net: _Net, match: Match) -> None:
        name, facts = match
        placed = net.shard.rules[name]
        self._run.count_match(placed.plan.rule)
        eaches = tuple(net.rows[facts[alias]] for alias in placed.eaches)
        somes = {number: net.rows[facts[alias]] for number, alias in placed.somes.items()}
        self._match(self._code.rules[placed.plan.rule], eaches, somes)

    def _match(self, code: RuleCode, eaches: tuple[int, ...], somes: dict[int, int]) -> None:
        self._run.look_at_clock()
        firing = self._fired[code.plan.rule].get(eaches)
        if (firing is None or code.filters) and not self._hold(code.filters, code, eaches, somes):
            return
        if firing is None:
            if not self._hold(code.late, code, eaches, somes):
                self._waiting.append((code, eaches, somes))
                return
            firing = self._fire(code, eaches)
        for number, position in somes.items():
            firing.first[number] = min(position, firing.first.get(number, position))

    def _hold(
        self, conditions: Sequence[Prepared], code: RuleCode, eaches: tuple[int, ...], somes: Mapping[int, int]
    ) -> bool:
        if not conditions:
            return True
        env = self._env(code, eaches)
        somes_of_rule = self._run.program.rules[code.plan.rule].somes
        for number, var in code.plan.bound.items():
            env[var] = self._tables[somes_of_rule[number].relation].rows[somes[number]]
        return all(holds(self._evaluator.truth(c, env), self._mode) for c in conditions)

    def _env(self, code: RuleCode, eaches: tuple[int, ...]) -> dict[str, Any]:
        env: dict[str, Any] = dict(self._run.sections)
        rule = self._run.program.rules[code.plan.rule]
        for each, position in zip(rule.eaches, eaches, strict=True):
            env[each.var] = self._tables[each.relation].rows[position]
        return env

    def _retry(self) -> bool:
        """Look again at matches whose late conditions did not hold; returns whether any does now."""
        if not self._waiting:
            return False
        for relation in self._growing:
            self._run.settle(relation)
        waiting, self._waiting = self._waiting, []
        for code, eaches, somes in waiting:
            self._match(code, eaches, somes)
        return len(self._waiting) < len(waiting)

    def _fire(self, code: RuleCode, eaches: tuple[int, ...]) -> _Firing:
        position = code.plan.rule
        rule = self._run.program.rules[position]
        rows = tuple(self._tables[e.relation].rows[i] for e, i in zip(rule.eaches, eaches, strict=True))
        firing = self._fired[position][eaches] = _Firing(rows, {})
        self._run.fire(position, rows, self._mode)
        if code.concludes:
            env = self._env(code, eaches)
            self._define(code, env)
            for relation, values in code.concludes:
                self._conclude(relation, tuple(settle(self._evaluator.value(v, env)) for v in values))
        return firing

    def _define(self, code: RuleCode, env: dict[str, Any]) -> None:
        for name, value in code.lets:
            env[name] = self._evaluator.value(value, env)

    def _conclude(self, relation: str, row: Row) -> None:
        sure = self._mode == "sure" and storable(row)
        new = self._run.derive(relation, row, sure)
        # What is merely possible is for the loose program to go on from.
        if new and relation in self._growing and (sure or self._mode == "loose"):
            table = self._tables[relation]
            table.rows.append(row)
            table.certain.append(sure)

    # -- witnesses --------------------------------------------------------------------------

    def _witnesses(self) -> None:
        """Find the witness of each `some` of each certain firing: the first certain match in fact order."""
        if self._mode == "loose":
            return
        for relation in self._growing:
            self._run.settle(relation)
        for position, firings in self._fired.items():
            rule, code = self._run.program.rules[position], self._code.rules[position]
            if not rule.somes or not firings:
                continue
            witnessed = self._run.program.witnessed(position)
            for eaches, firing in firings.items():
                found: list[Row | None] = []
                for number, some in enumerate(rule.somes):
                    if not witnessed[number]:
                        found.append(None)
                    elif code.plan.witnesses[number] == "match":
                        found.append(self._tables[some.relation].rows[firing.first[number]])
                    else:
                        env = self._env(code, eaches)
                        self._define(code, env)
                        found.append(witness(some, env, self._run))
                self._run.certain[position][firing.rows] = tuple(found)
