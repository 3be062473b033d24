"""How planned rules are laid out in rulesets of durable-rules, and what its facts look like.

Nothing but small whole numbers reaches the library. A fact of a *kind* has the properties

    id, sid     its identity and the one working memory there is
    k           the number of its kind
    u           1, compared in the last place of every pattern but the first
    f0, f1 …    1 where the fact belongs to a view, else 0
    c0, c1 …    cells that joins compare

Facts that are needed only as far as their cells go (`some` and `none`) are projected: kinds of their
own without views, a fact per combination of cells. What a `none` clause must not find are *shadows*,
which no positive pattern ever matches and which are asserted before anything else.

The numbers below keep a ruleset away from limits of the library beyond which it answers wrongly,
crashes or does not return: 64 alternatives one fact may start, 252 properties of a fact, 511 literals
of one property.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from crm_rules.engine.durable_patterns import (
    Cell,
    Class,
    Holds,
    Is,
    Mode,
    Pattern,
    Premise,
    RulePlan,
    Side,
    Token,
    Variant,
    View,
)
from crm_rules.errors import EngineError

MOST_PATTERNS_OF_RULESET: Final = 58
"""Patterns in one ruleset, besides the two it has anyway."""

MOST_PROPERTIES: Final = 200
"""Views and cells of one kind, as long as they are not those of a single rule."""

PROPERTIES_OF_FACT: Final = 252
"""Properties durable-rules reads of one fact; a batch ends without a word at a fact that has more."""

SID: Final = "s"
KIND, ONE = "k", "u"
BOOT, CANARY = "boot", "canary"
BOOT_KIND, CANARY_KIND, FIRST_KIND = 1, 2, 3

RESERVED: Final = ("id", "sid", "$s", "$time", "$timerName", "$baseTime", "$m", "$i", "$forward", "m")
"""Names the library gives a meaning of its own."""

RESERVED_IDS: Final = (f"sid-{SID}", SID, "$pulse")
"""Identities of facts the library makes itself."""

_OFFSET, _PRIME, _MASK = 0x811C9DC5, 0x01000193, 0xFFFFFFFF


def fnv1a(text: str, start: int = _OFFSET) -> int:
    """The 32-bit hash that is all the library compares of names and identities."""
    for byte in text.encode():
        start = (start ^ byte) * _PRIME & _MASK
    return start


class Identities:
    """Numbers of facts (`f1`, `f2` …) no two of which the library can take for each other."""

    def __init__(self, taken: Iterable[int] | None = None) -> None:
        self._taken = set(map(fnv1a, RESERVED_IDS) if taken is None else taken)
        # The hash of f12 continues the hash of f1.
        self._hashes = [fnv1a("f")]
        self._numbers: list[int] = []

    def first(self, count: int) -> Sequence[int]:
        """The first numbers, at least so many."""
        while len(self._numbers) < count:
            number = len(self._hashes)
            found = fnv1a(str(number % 10), self._hashes[number // 10])
            self._hashes.append(found)
            if found not in self._taken:
                self._taken.add(found)
                self._numbers.append(number)
        return self._numbers


# -- what facts are made of ---------------------------------------------------------------------


@dataclass(slots=True)
class Numbering:
    """Conditions and sides of a stratum by number, so that each is evaluated once per fact."""

    premises: dict[tuple[str, str, Premise], int] = field(default_factory=dict)
    sides: dict[tuple[str, str, Side], int] = field(default_factory=dict)

    def premise(self, view: View, premise: Premise) -> int:
        """Number of a condition on the facts of a view."""
        return self.premises.setdefault((view.relation, view.var, premise), len(self.premises))

    def side(self, view: View, side: Side) -> int:
        """Number of a side of the facts of a view."""
        return self.sides.setdefault((view.relation, view.var, side), len(self.sides))


@dataclass(frozen=True, slots=True)
class Selection:
    """Which facts belong to a view: numbers of premises, and sides with their class."""

    premises: tuple[int, ...]
    classes: tuple[tuple[int, Class], ...]


@dataclass(frozen=True, slots=True)
class TokenCell:
    """`Token`, numbered."""

    side: int


@dataclass(frozen=True, slots=True)
class IsCell:
    """`Is`, numbered."""

    side: int
    wanted: Class


@dataclass(frozen=True, slots=True)
class HoldsCell:
    """`Holds`, numbered."""

    premise: int
    mode: Mode


NumberedCell = TokenCell | IsCell | HoldsCell


@dataclass(slots=True)
class KindLayout:
    """Facts of one shape.

    Attributes:
        code: value of `k`.
        relation: what they are facts of.
        mode: whether certain or possible facts.
        exploded: sides of which each member makes a copy.
        projected: whether facts that agree in all cells are one.
        shadow: whether only negated patterns match them.
        views: `f0`, `f1` …; a projected kind has exactly one, which is not written out.
        cells: `c0`, `c1` …
    """

    code: int
    relation: str
    mode: Mode
    exploded: tuple[int, ...]
    projected: bool = False
    shadow: bool = False
    views: dict[Selection, int] = field(default_factory=dict)
    cells: dict[NumberedCell, int] = field(default_factory=dict)

    @property
    def properties(self) -> tuple[str, ...]:
        """Names of its properties besides the four every fact has."""
        views = () if self.projected else tuple(f"f{i}" for i in range(len(self.views)))
        return (*views, *(f"c{i}" for i in range(len(self.cells))))

    @property
    def template(self) -> str:
        """A fact as JSON, with `%d` for the number of its identity and for its properties."""
        fixed = f'"id":"f%d","sid":"{SID}","{KIND}":{self.code},"{ONE}":1'
        return "{" + fixed + "".join(f',"{name}":%d' for name in self.properties) + "}"


@dataclass(frozen=True, slots=True)
class PlacedRule:
    """A variant in a ruleset.

    Attributes:
        plan: what it is a variant of.
        eaches: alias of the pattern of each `each` clause, in order.
        somes: number of a `some` clause to the alias of its pattern.
        needs: kinds and views without whose facts it cannot match.
        shadows: kinds of what must be absent.
    """

    plan: RulePlan
    eaches: tuple[str, ...]
    somes: Mapping[int, str]
    needs: tuple[tuple[int, int], ...]
    shadows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Shard:
    """One ruleset: its text for the library, the kinds of its facts by code, and its rules by name."""

    text: str
    kinds: Mapping[int, KindLayout]
    rules: Mapping[str, PlacedRule]


def lay_out(plans: Iterable[RulePlan], numbering: Numbering) -> tuple[Shard, ...]:
    """Distribute the variants of rules over as few rulesets as the library can be trusted with."""
    shards: list[Shard] = []
    builder = _Builder(numbering)
    for plan in plans:
        for variant in plan.variants:
            if not builder.takes(variant):
                shards.append(builder.shard())
                builder = _Builder(numbering)
            builder.add(plan, variant)
    if builder.rules:
        shards.append(builder.shard())
    return tuple(shards)


class _Builder:
    """A ruleset under construction."""

    def __init__(self, numbering: Numbering) -> None:
        self.numbering = numbering
        self.patterns = 0
        self.kinds: dict[tuple[Any, ...], KindLayout] = {}
        self.rules: dict[str, PlacedRule] = {}
        self.texts: dict[str, Any] = {
            BOOT: {"all": [{"m0": {KIND: BOOT_KIND}}]},
            CANARY: {"all": [{"m0": {KIND: CANARY_KIND}}]},
        }

    def takes(self, variant: Variant) -> bool:
        """Whether there is room for another variant."""
        if not self.rules:
            return True
        largest = max((len(k.views) + len(k.cells) for k in self.kinds.values()), default=0)
        needed = sum(1 + 2 * len(p.joins) for p in variant.patterns)
        return self.patterns + len(variant.patterns) <= MOST_PATTERNS_OF_RULESET and largest + needed <= MOST_PROPERTIES

    def add(self, plan: RulePlan, variant: Variant) -> None:
        name = f"r{len(self.rules)}"
        kinds = [self._kind(p) for p in variant.patterns]
        views = [
            kind.views.setdefault(self._selection(p.view), len(kind.views))
            for kind, p in zip(kinds, variant.patterns, strict=True)
        ]
        texts: list[dict[str, Any]] = []
        for number, pattern in enumerate(variant.patterns):
            tests = self._tests(number, pattern, variant.patterns, kinds, views[number])
            suffix = "$not" if pattern.role == "none" else ""
            texts.append({f"m{number}{suffix}": {"$and": tests}})
        # Each name has kinds of its own, so that no fact is ever two of a match. Where one was, the
        # library would leave the match out by default.
        self.texts[name] = {"all": texts, "dist": 0}
        by_role = {(p.role, p.number): f"m{i}" for i, p in enumerate(variant.patterns)}
        positive = [i for i, p in enumerate(variant.patterns) if p.role != "none"]
        eaches = sorted(n for role, n in by_role if role == "each")
        self.rules[name] = PlacedRule(
            plan,
            tuple(by_role[("each", n)] for n in eaches),
            {n: alias for (role, n), alias in by_role.items() if role == "some"},
            tuple((kinds[i].code, views[i]) for i in positive),
            tuple(kind.code for kind in kinds if kind.shadow),
        )
        self.patterns += len(variant.patterns)

    def _tests(
        self, number: int, pattern: Pattern, patterns: Sequence[Pattern], kinds: Sequence[KindLayout], view: int
    ) -> list[dict[str, Any]]:
        kind = kinds[number]
        tests: list[dict[str, Any]] = [{KIND: kind.code}]
        if not kind.projected:
            tests.append({f"f{view}": 1})
        for join in pattern.joins:
            own = ONE if join.own is None else self._cell(kind, pattern.view, join.own)
            other = self._cell(kinds[join.other], patterns[join.other].view, join.cell)
            tests.append({own: {f"m{join.other}": other}})
        if number:
            # When the last equality of a pattern is false, the library reads beyond the end of the
            # pattern. This one never is. (Equalities are looked up by hash, so that only values with
            # one hash are compared at all: 40189 and 797186 are the smallest two numbers.)
            tests.append({ONE: {"m0": ONE}})
        return tests

    def _kind(self, pattern: Pattern) -> KindLayout:
        view = pattern.view
        exploded = tuple(self.numbering.side(view, s) for s in view.exploded)
        shadow = pattern.role == "none"
        key: tuple[Any, ...] = (view.relation, view.var, view.mode, exploded)
        if pattern.projected:
            key = (*key, shadow, self._selection(view), pattern.cells)
        kind = self.kinds.get(key)
        if kind is None:
            code = FIRST_KIND + len(self.kinds)
            kind = KindLayout(code, view.relation, view.mode, exploded, pattern.projected, shadow)
            self.kinds[key] = kind
        return kind

    def _selection(self, view: View) -> Selection:
        return Selection(
            tuple(sorted({self.numbering.premise(view, p) for p in view.premises})),
            tuple(sorted((self.numbering.side(view, s), c) for s, c in view.classes)),
        )

    def _cell(self, kind: KindLayout, view: View, cell: Cell) -> str:
        numbered: NumberedCell
        match cell:
            case Token(side=side):
                numbered = TokenCell(self.numbering.side(view, side))
            case Is(side=side, wanted=wanted):
                numbered = IsCell(self.numbering.side(view, side), wanted)
            case Holds(premise=premise, mode=mode):
                numbered = HoldsCell(self.numbering.premise(view, premise), mode)
        return f"c{kind.cells.setdefault(numbered, len(kind.cells))}"

    def shard(self) -> Shard:
        """The finished ruleset."""
        kinds = {k.code: k for k in self.kinds.values()}
        check_names(kinds.values())
        return Shard(json.dumps(self.texts), kinds, self.rules)


def check_names(kinds: Iterable[KindLayout]) -> None:
    """Make sure that the library can tell all names of a ruleset apart.

    Raises:
        EngineError: it cannot, or a fact has too many properties.
    """
    for kind in kinds:
        count = len(kind.properties) + len(("id", "sid", KIND, ONE))
        if count > PROPERTIES_OF_FACT:
            raise EngineError(f"facts for durable-rules have {count} properties, and it reads {PROPERTIES_OF_FACT}")
        if not distinct([*RESERVED, KIND, ONE, *kind.properties]):
            raise EngineError("durable-rules cannot tell the properties of its facts apart")
    if not distinct([*RESERVED, *aliases()]):
        raise EngineError("durable-rules cannot tell the patterns of a rule apart")


def aliases() -> Iterator[str]:
    """Names of patterns."""
    return (f"m{i}" for i in range(16))


def distinct(names: Sequence[str]) -> bool:
    """Whether no two names have the same hash."""
    return len(set(map(fnv1a, names))) == len(names)
