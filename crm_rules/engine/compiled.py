"""The default engine: generated Python, run stratum by stratum.

A program is turned into source once (`codegen`) and kept in a small cache by fingerprint. A
run holds all its state in one object, so that programs can be shared between threads.
Recursive strata iterate over new facts only (semi-naive evaluation; Bancilhon 1986): first to
the certain fixpoint, then from there to the possible one.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crm_rules.engine.codegen.frame import Uses
from crm_rules.engine.codegen.loops import Phase, reactive
from crm_rules.engine.codegen.strata import looks_at, rule_sources, stratum_source, uses_of
from crm_rules.engine.locks import ProcessLock
from crm_rules.engine.protocol import (
    Derived,
    Limits,
    Run,
    is_open,
    too_many_facts,
    too_many_firings,
    too_many_rounds,
)
from crm_rules.errors import UnsupportedByEngine
from crm_rules.facts.base import FactBase
from crm_rules.facts.schema import RelationKind
from crm_rules.facts.values import NO_VALUE, UNNAMED, Row, row_order
from crm_rules.program.program import Program
from crm_rules.rules.semantics import (
    arithmetic,
    call,
    compare,
    contains,
    interval,
    is_known,
    overlap,
    settle,
    total,
)

CACHED_PROGRAMS = 32
"""How many compiled programs a process keeps."""

DEFAULT_LIMITS = Limits()
_NOTHING = Derived()

Function = Callable[["_State"], None]


@dataclass(frozen=True, slots=True)
class _Flat:
    """A stratum whose rules do not feed each other: one function."""

    run: Function


@dataclass(frozen=True, slots=True)
class _Recursive:
    """A stratum whose rules feed each other.

    Attributes:
        alone: the rules in the certain program, where nothing is possible that is not certain or
            nobody needs to know.
        sure, loose: the rules in the certain program and, after it, in the possible one; empty where
            nobody needs to know.
        relations, rules: what the stratum looks at besides itself.
    """

    alone: tuple[_RuleFunctions, ...]
    sure: tuple[_RuleFunctions, ...]
    loose: tuple[_RuleFunctions, ...]
    relations: frozenset[str]
    rules: frozenset[int]


@dataclass(frozen=True, slots=True)
class _RuleFunctions:
    """A rule of a recursive stratum.

    Attributes:
        position: the rule.
        everything: the function that joins all facts.
        new: the functions that join the new facts of a relation, for each `each` clause over it.
        reactive: whether the rule looks at the stratum otherwise as well, so that it is run again as a whole.
    """

    position: int
    everything: Function
    new: tuple[tuple[str, Function], ...]
    reactive: bool


@dataclass(frozen=True, slots=True)
class Code:
    """A compiled program: its strata in order, and the relations it may derive facts of."""

    strata: tuple[_Flat | _Recursive, ...]
    derived: tuple[str, ...]


class CompiledEngine:
    """Generated, specialised Python with index joins and provenance."""

    name = "compiled"

    def __init__(self) -> None:
        self._cache: OrderedDict[tuple[str, bool], Code] = OrderedDict()
        self._lock = ProcessLock()

    def run(self, program: Program, facts: FactBase, *, possible: bool = True, limits: Limits | None = None) -> Run:
        """Run a program; see `engine.protocol.Engine`."""
        code = self.prepare(program, possible)
        state = _State(program, facts, limits or DEFAULT_LIMITS, possible)
        for number, stratum in enumerate(code.strata):
            if isinstance(stratum, _Flat):
                stratum.run(state)
                if len(state.fired) + len(state.maybe) > state.limits.firings:
                    state.too_many_firings()
            else:
                state.fixpoint(number, stratum)
            state.finish(number)
        maybe = state.maybe if possible else ()
        return Run(program, facts, self.name, state.fired, maybe, state.derived_facts(code.derived), possible)

    def prepare(self, program: Program, possible: bool = True) -> Code:
        """Compile a program, or take it from the cache; `run` does this by itself."""
        key = (program.fingerprint, possible)
        with self._lock.here:
            code = self._cache.get(key)
            if code is not None:
                self._cache.move_to_end(key)
                return code
        uses = uses_of(program)
        code = Code(
            tuple(_compile(program, n, uses, possible) for n in range(len(program.strata))),
            tuple(r.name for r in program.schema.relations.values() if r.kind is RelationKind.DERIVED),
        )
        with self._lock.here:
            self._cache[key] = code
            while len(self._cache) > CACHED_PROGRAMS:
                self._cache.popitem(last=False)
        return code

    def source(self, program: Program, rule: str, possible: bool = True) -> str:
        """The Python source generated for one rule, for reading.

        Raises:
            KeyError: the program has no such rule.
        """
        position = program.by_id[rule]
        number = program.stratum_of[position]
        uses = uses_of(program)
        if not program.strata[number].recursive:
            return stratum_source(program, number, uses, possible, only=position)
        loose = possible or position in uses.decisive
        phases = [Phase("sure", again=True), Phase("loose")] if loose else [Phase("sure")]
        found = [rule_sources(program, number, uses, phase) for phase in phases]
        return "\n".join(source for sources in found for source, p, _ in sources if p == position)


def _compile(program: Program, number: int, uses: Uses, possible: bool) -> _Flat | _Recursive:
    stratum = program.strata[number]
    if not stratum.recursive:
        try:
            return _Flat(_load(stratum_source(program, number, uses, possible), f"stratum_{number}"))
        except SyntaxError:
            alone = ((p, stratum_source(program, number, uses, possible, only=p)) for p in stratum.rules)
            raise _too_deep(program, next(p for p, source in alone if not _nests(source))) from None
    # Rules that feed each other are needed together or not at all.
    loose = possible or not uses.decisive.isdisjoint(stratum.rules)
    relations, rules = looks_at([program.rules[p] for p in stratum.rules])
    return _Recursive(
        _rule_functions(program, number, uses, Phase("sure")),
        _rule_functions(program, number, uses, Phase("sure", again=True)) if loose else (),
        _rule_functions(program, number, uses, Phase("loose")) if loose else (),
        relations - stratum.relations,
        frozenset(program.by_id[r] for r in rules if r in program.by_id).difference(stratum.rules),
    )


def _rule_functions(program: Program, number: int, uses: Uses, phase: Phase) -> tuple[_RuleFunctions, ...]:
    by_rule: dict[int, tuple[list[Function], list[tuple[str, Function]]]] = {}
    for source, position, relation in rule_sources(program, number, uses, phase):
        try:
            function = _load(source, source.partition("(")[0].removeprefix("def "))
        except SyntaxError:
            raise _too_deep(program, position) from None
        everything, new = by_rule.setdefault(position, ([], []))
        if relation is None:
            everything.append(function)
        else:
            new.append((relation, function))
    found: list[_RuleFunctions] = []
    for position, (everything, new) in by_rule.items():
        found.append(_RuleFunctions(position, everything[0], tuple(new), reactive(program, position)))
    return tuple(found)


def _nests(source: str) -> bool:
    """Whether Python can nest the loops and branches of a source."""
    try:
        compile(source, "<crm_rules>", "exec")
    except SyntaxError:
        return False
    return True


def _too_deep(program: Program, rule: int) -> UnsupportedByEngine:
    # The only rules of Python's grammar that generated code can break.
    return UnsupportedByEngine(
        program.rules[rule].id, "it has too many clauses (limit: Python nests 20 loops and 100 levels)"
    )


def _load(source: str, name: str) -> Function:
    namespace: dict[str, Any] = dict(_NAMESPACE)
    # The source is generated from checked rules; no authored text enters it other than as a literal.
    exec(compile(source, f"<crm_rules {name}>", "exec"), namespace)  # noqa: S102
    function: Function = namespace[name]
    return function


class _GrowingIndex:
    """Possible rows by key, of a relation that still grows; rows whose key is unknown match every key."""

    __slots__ = ("buckets", "everything", "unknown")

    def __init__(self) -> None:
        self.buckets: dict[Any, list[Row]] = {}
        self.unknown: list[Row] = []
        self.everything: list[Row] = []

    def add(self, row: Row, column: int, element: bool) -> None:
        value = row[column]
        if value is NO_VALUE or (element and value == ()):
            return
        self.everything.append(row)
        if value is None:
            self.unknown.append(row)
        elif element:
            for member in dict.fromkeys(value):
                self.buckets.setdefault(member, []).append(row)
        else:
            self.buckets.setdefault(value, []).append(row)

    def matches(self, key: Any) -> list[Row]:
        if key is None:
            return self.everything
        if key is NO_VALUE:
            return []
        found = self.buckets.get(key)
        if found is None:
            return self.unknown
        return found + self.unknown if self.unknown else found


Buckets = dict[Any, Any]
"""Rows by the value of a column."""

Place = tuple[str, int, bool]
"""Relation, column, and whether the members of the column are looked up."""


class _State:
    """Everything that changes during one run."""

    def __init__(self, program: Program, facts: FactBase, limits: Limits, full: bool) -> None:
        self.program, self.facts, self.limits, self.full = program, facts, limits, full
        self.fired: list[tuple[Any, ...]] = []
        self.maybe: list[tuple[Any, ...]] = []
        self.sure_flags = bytearray(len(program.rules))
        self.loose_flags = bytearray(len(program.rules))
        self.found: dict[str, dict[Row, bool]] = {}
        self.final: dict[str, Derived] = {}
        self.new: dict[str, list[Row]] = {}
        self.fresh: dict[str, list[Row]] = {}
        self.postponed: dict[str, list[Row]] = {}
        self.growing: frozenset[str] = frozenset()
        self.seen: dict[int, set[Any]] = {}
        self.derived_count = 0
        self._certain: dict[str, Any] = {}
        self._possible: dict[str, Any] = {}
        self._by_key: dict[str, dict[Any, Row]] = {}
        self._sure_indexes: dict[Place, Buckets] = {}
        self._loose_indexes: dict[Place, tuple[Buckets, Sequence[Row]]] = {}
        self._growing_indexes: dict[Place, _GrowingIndex] = {}

    # -- what generated code reads ----------------------------------------------------------

    def certain(self, relation: str) -> Sequence[Row]:
        """Certain rows of a derived relation."""
        rows: Sequence[Row] = self._certain.setdefault(relation, [])
        return rows

    def possible(self, relation: str) -> Sequence[Row]:
        """Possible rows of a derived relation."""
        rows: Sequence[Row] = self._possible.setdefault(relation, [])
        return rows

    def certain_set(self, relation: str) -> set[Row]:
        """Certain rows of a derived relation, for telling them from others."""
        return set(self.certain(relation))

    def by_key(self, relation: str) -> dict[Any, Row]:
        """Stated rows of a list by their key."""
        index = self._by_key.get(relation)
        if index is None:
            index = self._by_key[relation] = {row[0]: row for row in self.facts.extensions[relation].rows}
        return index

    def sure_index(self, relation: str, column: int, element: bool) -> Buckets:
        """Certain rows by the known values of a column."""
        place = (relation, column, element)
        index = self._sure_indexes.get(place)
        if index is None:
            extension = self.facts.extensions.get(relation)
            rows = self.certain(relation) if extension is None else extension.rows
            index = self._sure_indexes[place] = _indexed(rows, column, element)
            for special in (None, NO_VALUE, UNNAMED):
                index.pop(special, None)
        return index

    def loose_index(self, relation: str, column: int, element: bool) -> tuple[Buckets, Sequence[Row]]:
        """Possible rows by the value of a column, and those that match a value nobody states.

        A row whose value is unknown is in every bucket; all rows are in the bucket of None.
        """
        place = (relation, column, element)
        found = self._loose_indexes.get(place)
        if found is None:
            listed = self.facts.listed.get(relation)
            rows = self.possible(relation) if listed is None else listed[0]
            index = _indexed(rows, column, element)
            unknown = index.pop(None, ())
            if unknown:
                for bucket in index.values():
                    bucket += unknown
            if element or NO_VALUE in index:
                rows = [row for row in rows if row[column] is not NO_VALUE and row[column] != ()]
            index[None], index[NO_VALUE] = rows, ()
            found = self._loose_indexes[place] = index, unknown
        return found

    def growing_index(self, relation: str, column: int, element: bool) -> _GrowingIndex:
        """Possible rows of a relation of the present recursive stratum."""
        place = (relation, column, element)
        index = self._growing_indexes.get(place)
        if index is None:
            index = self._growing_indexes[place] = _GrowingIndex()
            for row in self.possible(relation):
                index.add(row, column, element)
        return index

    def facts_of(self, relation: str) -> dict[Row, bool]:
        """Facts derived so far, and whether they are certain."""
        return self.found.setdefault(relation, {})

    def derive(self, relation: str) -> Callable[[Row, bool], None]:
        """What takes down derived facts where it takes more than a certain row with known values."""
        rows = self.facts_of(relation)

        def add(row: Row, certain: bool) -> None:
            # A row that may be certain has no unknown value; see `protocol.storable`.
            if certain and None not in row and UNNAMED not in row:
                rows[row] = True
            else:
                rows.setdefault(row, False)

        if relation not in self.growing:
            return add
        fresh = self.fresh.setdefault(relation, [])

        def add_new(row: Row, certain: bool) -> None:
            if row in rows:
                return
            if certain and (None in row or UNNAMED in row):
                self.postponed.setdefault(relation, []).append(row)
            else:
                rows[row] = certain
                fresh.append(row)

        return add_new

    def too_many_firings(self) -> None:
        raise too_many_firings(self.limits)

    # -- strata -----------------------------------------------------------------------------

    def finish(self, number: int) -> None:
        """Make the relations of a stratum final: sorted rows, and no index of an earlier state."""
        stratum = self.program.strata[number]
        for relation in stratum.relations:
            rows = self.found.get(relation)
            if not rows:
                continue
            certain = ordered = in_fact_order(rows)
            possible: tuple[Row, ...] = ()
            if False in rows.values():
                certain = tuple([r for r in ordered if rows[r]])
                possible = tuple([r for r in ordered if not rows[r]])
            self.final[relation] = Derived(certain, possible)
            self._certain[relation], self._possible[relation] = certain, ordered
            if stratum.recursive:
                self._forget_indexes(relation)
            else:
                self.derived_count += len(rows)
        if self.derived_count > self.limits.derived_facts:
            raise too_many_facts(self.limits)

    def _forget_indexes(self, relation: str) -> None:
        indexes: dict[Place, Any]
        for indexes in (self._sure_indexes, self._growing_indexes):
            for place in [p for p in indexes if p[0] == relation]:
                del indexes[place]

    def derived_facts(self, relations: Iterable[str]) -> dict[str, Derived]:
        """Final facts of derived relations."""
        final = self.final
        if self.full:
            return {name: final.get(name, _NOTHING) for name in relations}
        found = {name: final.get(name, _NOTHING) for name in relations}
        return {name: Derived(d.certain) if d.possible else d for name, d in found.items()}

    def fixpoint(self, number: int, stratum: _Recursive) -> None:
        """Run a recursive stratum: the certain program to its fixpoint, then the possible one."""
        own = sorted(self.program.strata[number].relations)
        # Facts that rules below found for these relations are the start; possible ones wait.
        start = {r: self.found.get(r, {}) for r in own}
        # What the rules derive besides becomes final later; nothing in this stratum reads it.
        self.growing, self.postponed = self.program.strata[number].relations, {}
        self.seen = {f.position: set() for f in stratum.alone}
        alone = not stratum.loose or self._all_known(stratum, start)
        for relation in own:
            self._certain[relation] = [r for r, sure in start[relation].items() if sure]
            self.found[relation] = dict.fromkeys(self._certain[relation], True)
            self.derived_count += len(self.found[relation])
            self._forget_indexes(relation)
        self._rounds(stratum.alone if alone else stratum.sure, self._certain, self.sure_flags)
        if alone:
            for f in stratum.alone:
                self.loose_flags[f.position] |= self.sure_flags[f.position]
        else:
            for relation in own:
                rows = dict.fromkeys([*start[relation], *self.postponed.get(relation, ())], False)
                certain = self.found[relation]
                self.found[relation] = {**rows, **certain}
                self.derived_count += len(self.found[relation]) - len(certain)
                self._possible[relation] = list(self.found[relation])
            for position, rows_seen in self.seen.items():
                self.loose_flags[position] |= bool(rows_seen)
            self._rounds(stratum.loose, self._possible, self.loose_flags)
        self.growing = frozenset()

    def _all_known(self, stratum: _Recursive, start: Mapping[str, Mapping[Row, bool]]) -> bool:
        """Whether nothing is open about anything a recursive stratum looks at, or starts from."""
        if any(False in rows.values() for rows in start.values()):
            return False
        if any(self.loose_flags[p] != self.sure_flags[p] for p in stratum.rules):
            return False
        derived = stratum.relations - self.facts.extensions.keys()
        if any(self.final.get(r, _NOTHING).possible for r in derived):
            return False
        return stratum.relations - derived <= self.facts.known

    def _rounds(self, functions: tuple[_RuleFunctions, ...], visible: dict[str, Any], flags: bytearray) -> None:
        """Run rules until neither a fact nor the flag of a rule is new."""
        self.fresh = {}
        before = bytes(flags)
        for f in functions:
            f.everything(self)
        for _ in range(self.limits.rounds):
            self.new, self.fresh = {name: rows for name, rows in self.fresh.items() if rows}, {}
            if not self.new and flags == before:
                return
            before = bytes(flags)
            for relation, rows in self.new.items():
                self._extend(relation, rows, visible)
                self.derived_count += len(rows)
            if len(self.fired) + len(self.maybe) > self.limits.firings:
                self.too_many_firings()
            if self.derived_count > self.limits.derived_facts:
                raise too_many_facts(self.limits)
            for f in functions:
                if f.reactive:
                    f.everything(self)
                    continue
                for relation, function in f.new:
                    if relation in self.new:
                        function(self)
        raise too_many_rounds(self.limits, (self.program.rules[f.position] for f in functions))

    def _extend(self, relation: str, new: list[Row], visible: dict[str, Any]) -> None:
        """Make new facts visible to the next round, in rows and in indexes."""
        visible[relation].extend(new)
        if visible is self._certain:
            for (name, column, element), index in self._sure_indexes.items():
                if name == relation:
                    for key, rows in _indexed(new, column, element).items():
                        if key is not NO_VALUE:
                            index.setdefault(key, []).extend(rows)
            return
        for (name, column, element), growing in self._growing_indexes.items():
            if name == relation:
                for row in new:
                    growing.add(row, column, element)


def _indexed(rows: Iterable[Row], column: int, element: bool) -> Buckets:
    """Rows by the value of a column or by its members; special values are keys like any other."""
    index: Buckets = {}
    if not element:
        for row in rows:
            index.setdefault(row[column], []).append(row)
        return index
    for row in rows:
        value = row[column]
        for key in dict.fromkeys(value) if isinstance(value, tuple) else (value,):
            index.setdefault(key, []).append(row)
    return index


def sure_keys(keys: set[Any]) -> set[Any]:
    """Keys of matching rows as far as they are known."""
    keys.difference_update((None, NO_VALUE, UNNAMED))
    return keys


class _AnyKey:
    """The keys that match when the key of some matching row is unknown: all there are."""

    __slots__ = ()

    def __contains__(self, key: object) -> bool:
        return key is not NO_VALUE


_ANY_KEY = _AnyKey()


def loose_keys(keys: set[Any]) -> set[Any] | _AnyKey:
    """Keys that may be the key of a matching row; an unknown one may be if there is any such row."""
    if None in keys:
        return _ANY_KEY
    keys.discard(NO_VALUE)
    if keys:
        keys.add(None)
    return keys


def added(values: Sequence[Any]) -> Any:
    """The sum of known numbers; `semantics.total` in short."""
    try:
        result = sum(values)
        if isinstance(result, float):
            result = math.fsum(values)
    except OverflowError:
        return NO_VALUE
    return result if not isinstance(result, float) or math.isfinite(result) else NO_VALUE


def in_fact_order(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Rows in fact order; the natural order of tuples where it is the same."""
    found = list(rows)
    try:
        found.sort()
    except TypeError:
        found.sort(key=row_order)
    return tuple(found)


_NAMESPACE = {
    "NEVER": (False, NO_VALUE),
    "NO_VALUE": NO_VALUE,
    "UNNAMED": UNNAMED,
    "added": added,
    "arithmetic": arithmetic,
    "call": call,
    "compare": compare,
    "contains": contains,
    "date": dt.date,
    "inf": math.inf,
    "interval": interval,
    "is_known": is_known,
    "is_open": is_open,
    "loose_keys": loose_keys,
    "overlap": overlap,
    "settle": settle,
    "sure_keys": sure_keys,
    "total": total,
}
"""What generated code may call."""
