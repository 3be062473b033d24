"""What every engine is given and what every engine returns.

A firing is the rule with the facts bound by its `each` clauses. A certain firing also has a
witness per outermost `some` clause: the first certain match in fact order. Witnesses of
relations derived in the same recursive stratum are left out (None): which of them is
well-founded is for the explainer to decide. Results are sets; only `Run` gives them an order.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property, partial
from typing import Any, Protocol

from crm_rules.errors import LimitReached
from crm_rules.facts.base import FactBase
from crm_rules.facts.schema import RelationKind
from crm_rules.facts.values import UNNAMED, Row, row_order
from crm_rules.program.program import Program
from crm_rules.rules.rule import Rule
from crm_rules.rules.semantics import Candidate, Truth


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a run stops instead of going on for ever.

    Attributes:
        derived_facts: most facts one run may derive.
        firings: most firings one run may record.
        rounds: most rounds a recursive stratum may take.
        combinations: most combinations of facts the reference engine tries; engines that look things up
            have no such limit.
        matches: most matches durable-rules may report in one run. Of a match the conditions that are no
            equalities are yet to be tried, so that there may be many more of them than firings.
        seconds: longest time a run may take. In a process of its own the whole run is interrupted,
            whatever it is at, its start included; 60 when None, and at most `threading.TIMEOUT_MAX`.
            In the process of its caller only the engine durable-rules looks at the clock, and only
            between matches and between batches of facts: what its library does with one batch cannot be
            interrupted, by Ctrl-C neither. None is no limit there.

    Raises:
        ValueError: a number is negative, or not whole, or `seconds` is not above zero.
    """

    derived_facts: int = 1_000_000
    firings: int = 5_000_000
    rounds: int = 10_000
    combinations: int = 150_000
    matches: int = 20_000_000
    seconds: float | None = None

    def __post_init__(self) -> None:
        for f in fields(self):
            value = getattr(self, f.name)
            if f.name == "seconds":
                # Not a number is not above zero either.
                if value is not None and not (isinstance(value, int | float) and value > 0):
                    raise ValueError(f"seconds has to be a number above 0, not {value!r}")
            elif not isinstance(value, int) or isinstance(value, bool) or value < 0:
                raise ValueError(f"{f.name} has to be a whole number of at least 0, not {value!r}")

    def timeout(self, default: float = threading.TIMEOUT_MAX) -> float:
        """`seconds`, or the default where it is None; never more than can be waited for."""
        return min(default if self.seconds is None else self.seconds, threading.TIMEOUT_MAX)


@dataclass(frozen=True, slots=True)
class Firing:
    """One rule with the facts it holds for.

    Attributes:
        rule: id of the rule.
        facts: the row of each `each` clause, in order.
        certain: whether the conditions are true, or only not false.
        witnesses: for a certain firing, the row of each outermost `some` clause; else empty.
    """

    rule: str
    facts: tuple[Row, ...]
    certain: bool
    witnesses: tuple[Row | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Derived:
    """The facts derived for one relation; the two do not overlap."""

    certain: tuple[Row, ...] = ()
    possible: tuple[Row, ...] = ()


Record = tuple[Any, ...]
"""A firing as engines record it: position of the rule, then its rows (see `Run`)."""


@dataclass(frozen=True)
class Run:
    """The answer of an engine.

    Attributes:
        program: what was run.
        facts: what it was run over.
        engine: name of the engine.
        certain_records: the certain firings in any order, each the position of the rule, the rows of
            its `each` clauses and its witnesses.
        possible_records: the firings that are possible and not certain, in any order, each the
            position of the rule and the rows of its `each` clauses.
        derived: derived relation to its facts, in fact order.
        complete: whether the possible program was run as well.
    """

    program: Program
    facts: FactBase
    engine: str
    certain_records: Sequence[Record]
    possible_records: Sequence[Record]
    derived: Mapping[str, Derived]
    complete: bool = True

    @cached_property
    def certain(self) -> Mapping[int, Sequence[Record]]:
        """Position of a rule to its certain firings: rows, then witnesses; rules that are silent are missing."""
        return _by_rule(self.certain_records)

    @cached_property
    def possible(self) -> Mapping[int, Sequence[Record]]:
        """Position of a rule to its firings that are only possible: rows."""
        return _by_rule(self.possible_records)

    def firings(self) -> Iterator[Firing]:
        """All firings in canonical order: rule, certain first, then facts in fact order."""
        for position, rule in enumerate(self.program.rules):
            arity = len(rule.eaches)
            certain = sorted(self.certain.get(position, ()), key=partial(_facts_order, arity))
            for raw in certain:
                yield Firing(rule.id, raw[:arity], True, raw[arity:])
            for raw in sorted(self.possible.get(position, ()), key=_rows_order):
                yield Firing(rule.id, raw, False)

    @cached_property
    def view(self) -> View:
        """The final facts and findings, for evaluating expressions against them."""
        return View(self)

    def same_answers(self, other: Run) -> bool:
        """Whether two runs agree in every firing, witness and derived fact."""
        return not self.differences(other)

    def differences(self, other: Run) -> list[tuple[str, Firing | None, Firing | None]]:
        """Firings and derived facts in which two runs differ: what, here, there."""
        found: list[tuple[str, Firing | None, Firing | None]] = []
        mine, theirs = list(self.firings()), list(other.firings())
        mine_set, theirs_set = set(mine), set(theirs)
        found.extend((f.rule, f, None) for f in mine if f not in theirs_set)
        found.extend((f.rule, None, f) for f in theirs if f not in mine_set)
        for name in sorted({*self.derived, *other.derived}):
            if self.derived.get(name, Derived()) != other.derived.get(name, Derived()):
                found.append((name, None, None))
        duplicated = len(mine) != len(mine_set) or len(theirs) != len(theirs_set)
        if duplicated:
            found.append(("a firing is recorded twice", None, None))
        return found


def too_many_rounds(limits: Limits, rules: Iterable[Rule]) -> LimitReached:
    """The error for a recursive stratum that does not come to an end."""
    message = f"a recursive stratum took more than {limits.rounds:,} rounds (limit: rounds)"
    return LimitReached(message, [placed(r) for r in rules])


def too_many_facts(limits: Limits) -> LimitReached:
    """The error for a run that derives too much."""
    return LimitReached(f"more than {limits.derived_facts:,} derived facts (limit: derived facts)")


def too_many_firings(limits: Limits) -> LimitReached:
    """The error for a run in which too much fires."""
    return LimitReached(f"more than {limits.firings:,} firings (limit: firings)")


def too_many_matches(limits: Limits, rule: Rule) -> LimitReached:
    """The error for a run with too many matches; `rule` has the one too many."""
    message = f"durable-rules reported more than {limits.matches:,} matches, the last one of {rule.id} (limit: matches)"
    return LimitReached(message, [placed(rule)])


def too_slow(engine: str, seconds: float) -> LimitReached:
    """The error for a run that takes too long."""
    return LimitReached(f"the engine '{engine}' gave no answer within {seconds:g} seconds (limit: seconds)")


def placed(rule: Rule) -> str:
    """A rule's id with its place, for `LimitReached.rules`."""
    return rule.id if rule.span is None else f"{rule.id} ({rule.span})"


class Engine(Protocol):
    """Runs programs.

    Running keeps nothing: two runs with equal arguments give equal results, in any thread.
    """

    name: str

    def run(self, program: Program, facts: FactBase, *, possible: bool = True, limits: Limits | None = None) -> Run:
        """Run a program over facts.

        Args:
            program: what to run.
            facts: asserted facts, of the program's schema.
            possible: run the possible program as well; without it only certain results are given.
            limits: where to stop; the defaults of `Limits` when None.

        Raises:
            LimitReached: the run was stopped at a limit.
            EngineError: the engine cannot vouch for its answer.
            UnsupportedByEngine: the engine cannot run this program.
        """


def _facts_order(arity: int, record: Record) -> tuple[object, ...]:
    return _rows_order(record[:arity])


def _by_rule(records: Sequence[Record]) -> Mapping[int, Sequence[Record]]:
    grouped: dict[int, list[Record]] = {}
    for record in records:
        grouped.setdefault(record[0], []).append(record[1:])
    return grouped


def _rows_order(rows: Sequence[Row | None]) -> tuple[object, ...]:
    return tuple(() if r is None else row_order(r) for r in rows)


def is_open(row: Row) -> bool:
    """Whether a derived row has an unknown value and so may stand for any number of facts."""
    return any(v is None or v is UNNAMED for v in row)


def storable(values: Sequence[object]) -> bool:
    """Whether a derived row may be certain: every value is known (or known to be missing)."""
    return not any(v is None or v is UNNAMED for v in values)


@dataclass(slots=True)
class View:
    """The final state of a run as a `World`."""

    run: Run
    _candidates: dict[str, tuple[Candidate, ...]] = field(default_factory=dict)

    def candidates(self, relation: str) -> Sequence[Candidate]:
        """Every fact of a relation that may hold, in fact order; what stands for many comes last."""
        found = self._candidates.get(relation)
        if found is None:
            found = self._candidates[relation] = asserted_candidates(self.run.facts, relation) or self._derived(
                relation
            )
        return found

    def _derived(self, relation: str) -> tuple[Candidate, ...]:
        derived = self.run.derived.get(relation, Derived())
        return order_candidates(
            [Candidate(r) for r in derived.certain]
            + [Candidate(r, certain=False, plural=is_open(r)) for r in derived.possible]
        )

    def raised(self, rule: str) -> Truth:
        """Whether a rule has fired."""
        position = self.run.program.by_id.get(rule)
        if position is None:
            return False
        if self.run.certain.get(position):
            return True
        return None if self.run.possible.get(position) else False


def order_candidates(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Fact order."""
    return tuple(sorted(candidates, key=lambda c: row_order(c.row)))


def asserted_candidates(facts: FactBase, relation: str) -> tuple[Candidate, ...]:
    """The stated facts of a list or section, with the placeholder of an open list at the end."""
    if facts.schema.relations[relation].kind is RelationKind.DERIVED or relation not in facts.extensions:
        return ()
    extension = facts.extensions[relation]
    stated = tuple(Candidate(r) for r in extension.rows)
    if extension.complete:
        return stated
    return (*stated, Candidate(facts.placeholder(relation), certain=False, plural=True))
