"""How rules become what durable-rules can match: patterns joined on equal numbers.

A rule turns into one or more *variants*, each a row of positive patterns (facts of its `each` and
`some` clauses) followed by negated ones (its `none` clauses). Only equalities become joins. A
condition on one fact becomes a premise of that fact's pattern, any other condition a filter over the
facts matched; both are evaluated by `rules.semantics`. What is planned here never changes a result,
only who finds it.

The *sure* program matches certain facts under true conditions, the *loose* one possible facts under
conditions that are not false. In the loose program an equality with an unknown side holds, so a join
is an alternative: both sides known and equal, or one of them open. durable-rules has no usable *or*;
each alternative is a variant of its own. Where this would be too many, only so many sides at once are
taken apart; what the rest of a match has to fulfil is left to filters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, product
from math import prod
from typing import Final, Literal

from crm_rules.engine.durable_patterns import (
    CONTEXT,
    Class,
    Holds,
    Is,
    Join,
    Mode,
    Pattern,
    Premise,
    RulePlan,
    Side,
    Token,
    Variant,
    View,
    WitnessSource,
)
from crm_rules.errors import UnsupportedByEngine
from crm_rules.facts.schema import Arity, RelationKind
from crm_rules.program.plan import conjuncts
from crm_rules.program.program import Program
from crm_rules.rules.expressions import Arith, Call, Compare, Const, Expr, Field, In, Raised, names, walk
from crm_rules.rules.functions import OVERLAP
from crm_rules.rules.rule import Absent, AnyOf, Check, Clause, Each, Let, Some

FLIPPED: Final[Mapping[Mode, Mode]] = {"sure": "loose", "loose": "sure"}

MOST_PATTERNS_OF_RULE: Final = 16
"""Patterns durable-rules takes in one rule; it accepts more and fails when facts arrive."""

MOST_JOINS: Final = 12
"""Equalities in one pattern, well below what durable-rules takes."""

MOST_VARIANTS: Final = 128
"""Variants of one rule."""

MOST_ALTERNATIVES: Final = 9
"""Negated patterns for one `none`; beyond them the clause is evaluated outside durable-rules."""

MOST_EXPLODED: Final = 2
"""Sets per pattern of which every member becomes a fact of its own."""


def plan_variants(program: Program, position: int, mode: Mode) -> RulePlan:
    """Plan a rule of a program in one mode.

    Raises:
        UnsupportedByEngine: durable-rules cannot match so many facts at once.
    """
    return _Planner(program, position, mode).plan()


# -- planning ---------------------------------------------------------------------------------

_Owner = tuple[Literal["each", "some"], int]
_End = tuple[_Owner, Side]
_UNLIMITED: Final = 1_000
"""More open sides than any rule has."""


@dataclass(frozen=True, slots=True)
class _Equality:
    """An equality between two facts of a match."""

    left: _End
    right: _End

    @property
    def ends(self) -> tuple[_End, _End]:
        return self.left, self.right


@dataclass(slots=True)
class _Quantified:
    """What is to be matched for a `some` or `none` clause."""

    number: int
    clause: Some | Absent
    premises: list[Premise] = field(default_factory=list)
    joins: list[tuple[Side, int, Side]] = field(default_factory=list)  # own side, each, its side
    filters: list[Expr] = field(default_factory=list)
    lifted: list[Expr] = field(default_factory=list)


class _Planner:
    """Plans one rule; all lists grow in the order of the clauses, so that plans are reproducible."""

    def __init__(self, program: Program, position: int, mode: Mode) -> None:
        self.program, self.position, self.mode = program, position, mode
        self.rule = program.rules[position]
        stratum = program.strata[program.stratum_of[position]]
        self.own_relations = stratum.relations if stratum.recursive else frozenset[str]()
        self.own_rules = {program.rules[p].id for p in stratum.rules} if stratum.recursive else set[str]()
        self.sections = frozenset(n for n, r in program.schema.relations.items() if r.kind is RelationKind.SECTION)
        self.eaches = self.rule.eaches
        self.facts = {e.var: i for i, e in enumerate(self.eaches)}
        self.lets = {c.name: c for c in self.rule.when if isinstance(c, Let)}
        self.always: list[Premise] = []
        self.premises: list[list[Premise]] = [[] for _ in self.eaches]
        self.filters: list[Premise] = []
        self.late: list[Premise] = []
        self.equalities: list[_Equality] = []
        self.checked: list[Premise] = []
        self.somes: list[_Quantified] = []
        self.nones: list[_Quantified] = []

    def plan(self) -> RulePlan:
        if len(self.eaches) > MOST_PATTERNS_OF_RULE:
            raise UnsupportedByEngine(
                self.rule.id,
                f"it combines {len(self.eaches)} facts, and durable-rules matches at most"
                f" {MOST_PATTERNS_OF_RULE} at once",
            )
        gate = self.program.gate(self.rule)
        if gate is not None:
            self._condition(gate)
        for clause in self.rule.when:
            match clause:
                case Each(where=where):
                    for c in where:
                        self._condition(c.expr)
                case Check(condition=condition):
                    self._condition(condition.expr)
                case AnyOf():
                    self._clause(clause)
        sources: list[WitnessSource] = []
        for number, some in enumerate(self.rule.somes):
            sources.append("match" if self._some(number, some) else "search")
        for number, none in enumerate(c for c in self.rule.when if isinstance(c, Absent)):
            self._none(number, none)
        bound = {s.number: s.clause.var for s in self.somes if s.filters}
        most_open = self._most_open(self.equalities)
        complete = most_open == _UNLIMITED
        return RulePlan(
            self.position,
            self.mode,
            tuple(self._variants(most_open)),
            tuple(self.filters if complete else [*self.checked, *self.filters]),
            tuple(self.late),
            bound,
            tuple(sources),
        )

    # -- where conditions go ----------------------------------------------------------------

    def _support(self, free: Iterable[str]) -> frozenset[int]:
        """The `each` clauses whose facts these names read, through `let` as well."""
        found: set[int] = set()
        for name in free:
            if name in self.facts:
                found.add(self.facts[name])
            elif name in self.lets:
                found |= self._support(names(self.lets[name].value.expr))
        return frozenset(found)

    def _premise(self, condition: Expr | Clause, free: Iterable[str]) -> Premise:
        needed: set[str] = set()
        pending = list(free)
        while pending:
            name = pending.pop()
            if name in self.lets and name not in needed:
                needed.add(name)
                pending.extend(names(self.lets[name].value.expr))
        return Premise(condition, tuple(let for name, let in self.lets.items() if name in needed))

    def _condition(self, expr: Expr) -> None:
        for part in conjuncts(expr):
            free = names(part)
            equality = None if self._is_late(part) else self._equality(part)
            if equality is None or not self._fit([equality]):
                self._place(self._premise(part, free), self._support(free), self._is_late(part))
            else:
                self.equalities.append(equality)
                self.checked.append(self._premise(part, free))

    def _clause(self, clause: Clause) -> None:
        """A clause that is evaluated outside durable-rules."""
        free = free_names(clause)
        self._place(self._premise(clause, free), self._support(free), self._clause_is_late(clause))

    def _place(self, premise: Premise, support: frozenset[int], late: bool) -> None:
        if late:
            self.late.append(premise)
        elif not support:
            self.always.append(premise)
        elif len(support) == 1:
            self.premises[min(support)].append(premise)
        else:
            self.filters.append(premise)

    def _is_late(self, expr: Expr) -> bool:
        return any(isinstance(e, Raised) and not self.own_rules.isdisjoint(e.rules) for e in walk(expr))

    def _clause_is_late(self, clause: Clause) -> bool:
        match clause:
            case AnyOf(alternatives=alternatives):
                return any(self._clause_is_late(c) for a in alternatives for c in a)
            case Some(relation=relation) if relation in self.own_relations:
                return True
            case Let(value=value):
                return self._is_late(value.expr)
            case Check(condition=condition):
                return self._is_late(condition.expr)
            case Each(where=where) | Some(where=where) | Absent(where=where):
                return any(self._is_late(c.expr) for c in where)

    # -- equalities -------------------------------------------------------------------------

    def _equality(self, expr: Expr) -> _Equality | None:
        """The equality of two `each` facts a condition stands for."""
        ends = [(self.facts[v], side) for v, side in self._sides(expr) if v in self.facts]
        if len(ends) != 2 or ends[0][0] == ends[1][0]:
            return None
        return _Equality((("each", ends[0][0]), ends[0][1]), (("each", ends[1][0]), ends[1][1]))

    def _sides(self, expr: Expr) -> list[tuple[str, Side]]:
        """The two names an equality or membership connects, each with its side; empty for any other condition."""
        if isinstance(expr, Compare) and expr.op == "==":
            found = [self._side(expr.left), self._side(expr.right)]
        elif isinstance(expr, In):
            found = [self._side(expr.item), self._container(expr.container)]
        else:
            return []
        return [f for f in found if f is not None] if None not in found else []

    def _side(self, expr: Expr) -> tuple[str, Side] | None:
        """The one fact an expression reads, if its values are plain ones."""
        for part in walk(expr):
            if isinstance(part, Call):
                if part.function == OVERLAP:
                    return None
            elif not isinstance(part, Field | Const | Arith):
                return None
        if isinstance(expr, Field) and expr.column.arity is not Arity.ONE:
            return None
        free = names(expr) - self.sections
        return (next(iter(free)), Side(expr)) if len(free) == 1 else None

    def _container(self, expr: Expr) -> tuple[str, Side] | None:
        if isinstance(expr, Field) and expr.var not in self.sections:
            return expr.var, Side(expr, element=True)
        return None

    def _fit(self, equalities: Sequence[_Equality]) -> bool:
        """Whether there is room for equalities beside those planned already."""
        candidate = [*self.equalities, *equalities]
        every = [end for e in candidate for end in e.ends]
        ends = set(every)
        # A copy of a fact holds one member of a set, so that two memberships in one set cannot be joins.
        if any(side.element and every.count((owner, side)) > 1 for owner, side in ends):
            return False
        for owner in {owner for owner, _ in ends}:
            if sum(side.element for o, side in ends if o == owner) > MOST_EXPLODED:
                return False
            if sum(owner in (e.left[0], e.right[0]) for e in candidate) > MOST_JOINS:
                return False
        return True

    def _most_open(self, equalities: Sequence[_Equality]) -> int:
        """How many open sides at once can be taken apart without too many variants."""
        candidates: list[int] = [_UNLIMITED, *range(len(equalities), 1, -1)]
        for most in candidates:
            if sum(1 for _ in islice(self._assignments(equalities, most), MOST_VARIANTS + 1)) <= MOST_VARIANTS:
                return most
        return 1

    def _relation(self, owner: _Owner) -> str:
        role, number = owner
        return self.eaches[number].relation if role == "each" else self.rule.somes[number].relation

    def _assignments(self, equalities: Sequence[_Equality], most_open: int) -> Iterator[dict[_End, Class]]:
        """Combinations of what the sides of the equalities may be; they exclude each other.

        As soon as `most_open` sides are open, all further ones are left out: they may be anything.
        """
        partners: dict[_End, list[_End]] = {}
        for e in equalities:
            partners.setdefault(e.left, []).append(e.right)
            partners.setdefault(e.right, []).append(e.left)
        ends = list(partners)

        def complete(number: int, chosen: dict[_End, Class], still_open: int) -> Iterator[dict[_End, Class]]:
            if number == len(ends) or not still_open:
                yield chosen
                return
            end = ends[number]
            options: tuple[Class, ...] = ("known",)
            if self.mode == "loose":
                if all(chosen.get(p) == "open" for p in partners[end]):
                    # Everything it is compared with is open, so that its own value does not matter.
                    options = ("either",)
                elif may_be_open(self.program, self._relation(end[0]), end[1], "loose"):
                    options = ("known", "open")
            for option in options:
                yield from complete(number + 1, {**chosen, end: option}, still_open - (option == "open"))

        return complete(0, {}, most_open)

    # -- quantified clauses -----------------------------------------------------------------

    def _hides(self, clause: Some | Absent) -> bool:
        """Whether the clause gives a name anew, so that premises cannot be told apart by names."""
        return clause.var in self.facts or clause.var in self.lets or clause.var in self.sections

    def _quantified(self, number: int, clause: Some | Absent) -> _Quantified | None:
        """Sort the conditions of a clause; None when it cannot be matched by durable-rules."""
        if self._hides(clause) or any(self._is_late(c.expr) for c in clause.where):
            return None
        found = _Quantified(number, clause)
        for part in (p for c in clause.where for p in conjuncts(c.expr)):
            free = names(part)
            support = self._support(free)
            if clause.var not in free:
                found.lifted.append(part)
            elif not support:
                found.premises.append(self._premise(part, free))
            elif (join := self._own_join(clause.var, part)) is not None:
                found.joins.append(join)
            else:
                found.filters.append(part)
        return found

    def _own_join(self, var: str, expr: Expr) -> tuple[Side, int, Side] | None:
        sides = self._sides(expr)
        if len(sides) != 2 or {v for v, _ in sides} == {var}:
            return None
        (a, left), (b, right) = sides
        if a == var and b in self.facts:
            return left, self.facts[b], right
        if b == var and a in self.facts:
            return right, self.facts[a], left
        return None

    def _some(self, number: int, clause: Some) -> bool:
        """Plan a `some`; returns whether durable-rules matches its facts."""
        found = self._quantified(number, clause)
        # A second `some` with filters would have to be combined with every fact of the first one.
        if (
            found is None
            or (found.filters and any(s.filters for s in self.somes))
            or self._patterns() >= MOST_PATTERNS_OF_RULE
            or len(found.joins) > MOST_JOINS
        ):
            self._clause(clause)
            return False
        equalities = [
            _Equality((("each", other), theirs), (("some", number), own)) for own, other, theirs in found.joins
        ]
        # Whether a fact exists can be told only if all its equalities are joins.
        if equalities and (not self._fit(equalities) or self._most_open([*self.equalities, *equalities]) != _UNLIMITED):
            self._clause(clause)
            return False
        self.equalities.extend(equalities)
        self.somes.append(found)
        for part in found.lifted:
            free = names(part)
            self._place(self._premise(part, free), self._support(free), late=False)
        for part in found.filters:
            self.filters.append(self._premise(part, names(part)))
        return True

    def _none(self, number: int, clause: Absent) -> None:
        found = self._quantified(number, clause)
        if found is not None:
            lifted = [(part, self._support(names(part))) for part in found.lifted]
            fits = (
                not found.filters
                and all(len(support) <= 1 for _, support in lifted)
                # Members of an earlier fact's set would have to be absent all at once.
                and not any(theirs.element for _, _, theirs in found.joins)
                and len(found.joins) + len(lifted) <= MOST_JOINS
                and _few_sets([own for own, _, _ in found.joins if own.element])
            )
            alternatives = self._count_alternatives(found)
            if fits and alternatives <= MOST_ALTERNATIVES and self._patterns() + alternatives <= MOST_PATTERNS_OF_RULE:
                self.nones.append(found)
                return
        self._clause(clause)

    def _patterns(self) -> int:
        """Patterns planned so far."""
        return max(len(self.eaches) + len(self.somes), 1) + sum(map(self._count_alternatives, self.nones))

    def _count_alternatives(self, none: _Quantified) -> int:
        """How many alternatives a `none` clause has, without making them: joins multiply them."""
        return prod(map(len, self._options_of(none)))

    def _alternatives_of(self, none: _Quantified) -> Iterator[tuple[tuple[Class, ...], tuple[Join, ...]]]:
        """The ways in which a fact may match a `none` clause: what its sides are, and the joins that remain.

        The positions of joined facts are those of their `each` clauses.
        """
        for combination in product(*self._options_of(none)):
            yield tuple(c for c, _ in combination), tuple(j for _, joins in combination for j in joins)

    def _options_of(self, none: _Quantified) -> list[list[tuple[Class, tuple[Join, ...]]]]:
        """For each equality of a `none` clause, the ways in which it may hold."""
        mode = FLIPPED[self.mode]
        per_join: list[list[tuple[Class, tuple[Join, ...]]]] = []
        for own, other, theirs in none.joins:
            relation = self.eaches[other].relation
            options: list[tuple[Class, tuple[Join, ...]]] = [("known", (Join(Token(own), other, Token(theirs)),))]
            if mode == "loose":
                if may_be_open(self.program, none.clause.relation, own, "loose"):
                    missing = may_be_missing(theirs)
                    options.append(("open", (Join(None, other, Is(theirs, "either")),) if missing else ()))
                if may_be_open(self.program, relation, theirs, self.mode):
                    options.append(("either", (Join(None, other, Is(theirs, "open")),)))
            per_join.append(options)
        return per_join

    # -- variants ---------------------------------------------------------------------------

    def _variants(self, most_open: int) -> Iterator[Variant]:
        for classes in self._assignments(self.equalities, most_open):
            yield Variant(self.position, tuple(self._patterns_of(classes)))

    def _patterns_of(self, classes: Mapping[_End, Class]) -> list[Pattern]:
        active = [e for e in self.equalities if all(classes.get(end) == "known" for end in e.ends)]
        order = self._order(active)
        place = {owner: i for i, owner in enumerate(order)}
        patterns: list[Pattern] = []
        for position, owner in enumerate(order):
            joins = []
            for e in active:
                for (own, side), (other, theirs) in (e.ends, e.ends[::-1]):
                    if own == owner and place[other] < position:
                        joins.append(Join(Token(side), place[other], Token(theirs)))
            patterns.append(self._positive(owner, classes, active, tuple(joins), first=position == 0))
        if not patterns:
            view = View(CONTEXT, CONTEXT, self.mode, tuple(self.always))
            patterns.append(Pattern(view, "context", 0, (), projected=False))
        for none in self.nones:
            patterns.extend(self._negated(none, place))
        return patterns

    def _order(self, active: Sequence[_Equality]) -> list[_Owner]:
        """Facts that are joined come one after the other; `some` clauses come last."""
        order: list[_Owner] = []
        remaining: list[_Owner] = [("each", i) for i in range(len(self.eaches))]
        while remaining:
            joined = [r for r in remaining if any({r, o} == {e.left[0], e.right[0]} for e in active for o in order)]
            order.append(joined[0] if joined else remaining[0])
            remaining.remove(order[-1])
        return order + [("some", s.number) for s in self.somes]

    def _positive(
        self,
        owner: _Owner,
        classes: Mapping[_End, Class],
        active: Sequence[_Equality],
        joins: tuple[Join, ...],
        first: bool,
    ) -> Pattern:
        role, number = owner
        wanted = tuple((side, c) for (o, side), c in classes.items() if o == owner)
        joined = {end for e in active for end in e.ends}
        exploded = tuple(side for side, _ in wanted if side.element and (owner, side) in joined)
        if role == "each":
            clause: Each | Some | Absent = self.eaches[number]
            premises = self.premises[number]
            projected = False
        else:
            some = next(s for s in self.somes if s.number == number)
            clause, premises, projected = some.clause, some.premises, not some.filters
        everything = tuple([*self.always, *premises] if first else premises)
        view = View(clause.relation, clause.var, self.mode, everything, wanted, exploded)
        return Pattern(view, role, number, joins, projected)

    def _negated(self, none: _Quantified, place: Mapping[_Owner, int]) -> Iterator[Pattern]:
        mode = FLIPPED[self.mode]
        premises = list(none.premises)
        flags: list[Join] = []
        for part in none.lifted:
            free = names(part)
            premise, support = self._premise(part, free), self._support(free)
            if support:
                flags.append(Join(None, place[("each", min(support))], Holds(premise, mode)))
            else:
                premises.append(premise)
        for classes, alternative in self._alternatives_of(none):
            required: dict[Side, Class] = {}
            possible = True
            for (own, _, _), wanted in zip(none.joins, classes, strict=True):
                earlier = required.get(own, wanted)
                if earlier != wanted and "either" not in (earlier, wanted):
                    possible = False
                required[own] = wanted if earlier == "either" else earlier
            if not possible:
                continue
            joins = tuple(Join(j.own, place[("each", j.other)], j.cell) for j in alternative)
            exploded = tuple(dict.fromkeys(j.own.side for j in joins if j.own is not None and j.own.side.element))
            view = View(none.clause.relation, none.clause.var, mode, tuple(premises), tuple(required.items()), exploded)
            yield Pattern(view, "none", none.number, (*joins, *flags), projected=True)


def _few_sets(sides: Sequence[Side]) -> bool:
    """Whether sets can be exploded: not too many, and each for one membership only."""
    return len(set(sides)) == len(sides) <= MOST_EXPLODED


# -- what values a side can have --------------------------------------------------------------


def may_be_open(program: Program, relation: str, side: Side, mode: Mode) -> bool:
    """Whether a side of a certain or a possible fact can be unknown."""
    expr = side.expr
    if not isinstance(expr, Field) or side.element:
        return True
    declared = program.schema.relations[relation]
    if declared.kind is RelationKind.DERIVED:
        # A derived fact with an unknown value is never certain.
        return mode == "loose"
    return expr.index > 0 or (mode == "loose" and not expr.column.type.targets <= {relation})


def may_be_missing(side: Side) -> bool:
    """Whether a side can be known to have no value."""
    expr = side.expr
    if not isinstance(expr, Field) or side.element or expr.derived:
        return True
    return expr.column.may_be_nothing


def free_names(clause: Clause) -> frozenset[str]:
    """Names a clause reads from outside."""
    match clause:
        case Each(var=var, where=where) | Some(var=var, where=where) | Absent(var=var, where=where):
            return frozenset().union(*(names(c.expr) for c in where)) - {var}
        case Let(value=value):
            return names(value.expr)
        case Check(condition=condition):
            return names(condition.expr)
        case AnyOf(alternatives=alternatives):
            free: set[str] = set()
            for alternative in alternatives:
                bound: set[str] = set()
                for inner in alternative:
                    free |= free_names(inner) - bound
                    if isinstance(inner, Let):
                        bound.add(inner.name)
            return frozenset(free)
