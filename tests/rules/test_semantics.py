"""Expressions in three values: the tables, intervals, what is missing and who is unnamed.

Where it can be done, an operator is compared with all the worlds an unknown value allows: its result
is true if it is true in all of them, false if it is true in none, else unknown.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from crm_rules.facts.schema import Arity, Column, EnumType, Kind, Relation, RelationKind, Schema, ValueType
from crm_rules.facts.values import NO_VALUE, UNNAMED, Row
from crm_rules.program.typecheck import ExpressionChecker, Vocabulary, sections
from crm_rules.rules.draft import Setting, Text
from crm_rules.rules.semantics import (
    Candidate,
    Interval,
    Truth,
    all_of,
    any_of,
    arithmetic,
    at_least,
    call,
    compare,
    contains,
    evaluate,
    interval,
    is_known,
    negate,
    overlap,
    settle,
    total,
)

TRUTHS: tuple[Truth, ...] = (True, False, None)
SIGNS = {True: "T", False: "F", None: "U"}


def summary(outcomes: Iterable[bool]) -> Truth:
    """Three-valued result for the outcomes of all possible worlds."""
    found = set(outcomes)
    return None if len(found) == 2 else found.pop()


def worlds(truths: Sequence[Truth]) -> Iterable[tuple[bool, ...]]:
    """All ways in which the unknown ones may turn out."""
    return itertools.product(*((True, False) if t is None else (t,) for t in truths))


# -- connectives ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("connective", "table"),
    [
        # right:                      T F U     T F U     T F U
        (all_of, {True: "TFU", False: "FFF", None: "UFU"}),
        (any_of, {True: "TTT", False: "TFU", None: "TUU"}),
    ],
)
def test_connectives_follow_kleene(connective: Any, table: Mapping[Truth, str]) -> None:
    assert {left: "".join(SIGNS[connective((left, right))] for right in TRUTHS) for left in TRUTHS} == table


def test_negation_leaves_the_unknown_unknown() -> None:
    assert [negate(t) for t in TRUTHS] == [False, True, None]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_at_least_is_what_all_worlds_say(count: int) -> None:
    for truths in itertools.product(TRUTHS, repeat=3):
        assert at_least(count, truths) is summary(sum(w) >= count for w in worlds(truths)), truths


def test_connectives_of_nothing() -> None:
    assert (all_of(()), any_of(()), at_least(1, ())) == (True, False, False)


def test_a_missing_condition_counts_as_false() -> None:
    assert all_of((True, NO_VALUE)) is False
    assert any_of((NO_VALUE, None)) is None
    assert any_of((NO_VALUE,)) is False
    assert negate(NO_VALUE) is True
    assert at_least(1, (NO_VALUE, False)) is False
    assert at_least(1, (NO_VALUE, None)) is None


# -- comparisons ----------------------------------------------------------------------------

OPERATORS = ("==", "!=", "<", "<=", ">", ">=")
NUMBERS = tuple(interval(low, high) for low in range(3) for high in range(low, 3))


def points(value: Any) -> range:
    low, high = (value.low, value.high) if isinstance(value, Interval) else (value, value)
    return range(int(low), int(high) + 1)


def apply(op: str, a: int, b: int) -> bool:
    return {"==": a == b, "!=": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[op]


@pytest.mark.parametrize("op", OPERATORS)
def test_comparing_intervals_is_what_all_their_points_say(op: str) -> None:
    for left, right in itertools.product(NUMBERS, repeat=2):
        expected = summary(apply(op, a, b) for a in points(left) for b in points(right))
        assert compare(op, left, right) is expected, (left, right)


def test_an_interval_is_never_a_single_point() -> None:
    assert interval(2, 2) == 2
    assert interval(2, 3) == Interval(2, 3)


@pytest.mark.parametrize(
    ("op", "limit", "expected"),
    [
        (">=", 1, True),
        (">=", 2, None),
        ("<", 1, False),
        ("<", 9, None),
        ("==", 0, False),
        ("!=", 0, True),
        ("==", 7, None),
    ],
)
def test_an_interval_may_have_no_upper_bound(op: str, limit: int, expected: Truth) -> None:
    assert compare(op, Interval(1, math.inf), limit) is expected


@pytest.mark.parametrize("op", OPERATORS)
@pytest.mark.parametrize("other", [1, None, "ann", UNNAMED, NO_VALUE, Interval(1, 2), dt.date(2024, 5, 1)])
def test_what_is_missing_differs_from_everything_even_from_the_unknown(op: str, other: object) -> None:
    assert compare(op, NO_VALUE, other) is (op == "!=")
    assert compare(op, other, NO_VALUE) is (op == "!=")


@pytest.mark.parametrize("op", OPERATORS)
@pytest.mark.parametrize("other", [1, None, "ann", Interval(1, 2), dt.date(2024, 5, 1)])
def test_comparing_the_unknown_is_unknown(op: str, other: object) -> None:
    assert compare(op, None, other) is None
    assert compare(op, other, None) is None


def test_the_unnamed_is_nobody_who_was_stated() -> None:
    assert compare("==", UNNAMED, "ann") is False
    assert compare("!=", "ann", UNNAMED) is True
    assert compare("==", UNNAMED, UNNAMED) is None
    assert compare("!=", UNNAMED, UNNAMED) is None
    assert compare("==", UNNAMED, None) is None


# -- sets -----------------------------------------------------------------------------------

DOMAIN = ("a", "b")
SETS = ((), ("a",), ("b",), ("a", "b"))


@pytest.mark.parametrize("container", [*SETS, None])
@pytest.mark.parametrize("item", [*DOMAIN, None])
def test_membership_is_what_all_worlds_say(container: Any, item: Any) -> None:
    outside = ("c",)  # what is unknown need not be anything stated
    expected = summary(
        i in c
        for c in (SETS if container is None else (container,))
        for i in ((*DOMAIN, *outside) if item is None else (item,))
    )
    assert contains(container, item) is expected


@pytest.mark.parametrize("left", [*SETS, None])
@pytest.mark.parametrize("right", [*SETS, None])
def test_overlap_is_what_all_worlds_say(left: Any, right: Any) -> None:
    expected = summary(
        bool(set(a) & set(b))
        for a in (SETS if left is None else (left,))
        for b in (SETS if right is None else (right,))
    )
    assert overlap(left, right) is expected


def test_the_unnamed_is_in_no_stated_set() -> None:
    assert contains(("ann",), UNNAMED) is False
    assert contains(None, UNNAMED) is None
    assert overlap(("ann",), ()) is False


def test_nothing_is_in_what_is_missing_and_what_is_missing_is_in_nothing() -> None:
    assert contains(NO_VALUE, "a") is False
    assert contains(("a",), NO_VALUE) is False
    assert contains(None, NO_VALUE) is False


# -- arithmetic -----------------------------------------------------------------------------

COMPUTE = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b}
SIGNED = tuple(interval(low, high) for low in range(-2, 3) for high in range(low, 3))


@pytest.mark.parametrize("op", COMPUTE)
def test_arithmetic_on_intervals_spans_the_results_of_all_points(op: str) -> None:
    for left, right in itertools.product(SIGNED, repeat=2):
        results = [COMPUTE[op](a, b) for a in points(left) for b in points(right)]
        assert arithmetic(op, left, right) == interval(min(results), max(results)), (left, right)


@pytest.mark.parametrize("divisor", [2, -2, 0.5])
def test_an_interval_divided_by_a_number_spans_its_results(divisor: float) -> None:
    for value in SIGNED:
        results = [a / divisor for a in points(value)]
        assert arithmetic("/", value, divisor) == interval(min(results), max(results))


def test_division_by_an_interval_is_unknown() -> None:
    assert arithmetic("/", 1, Interval(1, 2)) is None
    assert arithmetic("/", Interval(1, 2), Interval(1, 2)) is None


@pytest.mark.parametrize("op", ["+", "-", "*", "/"])
def test_arithmetic_swallows_what_is_missing_before_what_is_unknown(op: str) -> None:
    for other in (1, None, NO_VALUE, Interval(1, 2)):
        assert arithmetic(op, NO_VALUE, other) is NO_VALUE
        assert arithmetic(op, other, NO_VALUE) is NO_VALUE
    for other in (1, None, Interval(1, 2)):
        assert arithmetic(op, None, other) is None
        assert arithmetic(op, other, None) is None


def test_results_nobody_can_write_down_are_missing() -> None:
    assert arithmetic("/", 1, 0) is NO_VALUE
    assert arithmetic("/", Interval(0, 1), 0) is NO_VALUE
    assert arithmetic("*", 1e308, 10) is NO_VALUE
    assert arithmetic("+", 10**400, 0.5) is NO_VALUE
    assert arithmetic("/", 10**400, 3) is NO_VALUE


def test_no_matches_times_anything_are_no_matches() -> None:
    assert arithmetic("*", Interval(0, math.inf), 0) == 0
    assert arithmetic("*", Interval(0, math.inf), Interval(0, 2)) == Interval(0, math.inf)
    assert arithmetic("-", Interval(0, math.inf), Interval(0, math.inf)) == Interval(-math.inf, math.inf)


# -- functions and totals -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "args", "result"),
    [
        ("abs", [-2], 2),
        ("days_between", [dt.date(2024, 5, 1), dt.date(2024, 5, 9)], 8),
        ("days_between", [dt.date(2024, 5, 9), dt.date(2024, 5, 1)], -8),
        ("first", [("b", "a")], "b"),
        ("first", [()], NO_VALUE),
        ("index", [("b", "a"), "a"], 1),
        ("index", [("b", "a"), "c"], NO_VALUE),
        ("len", [("b", "a")], 2),
        ("len", [()], 0),
        ("lower", ["ÄB"], "äb"),
        ("overlap", [("a",), ("a", "b")], True),
    ],
)
def test_functions_on_known_values(function: str, args: list[object], result: object) -> None:
    assert call(function, args) == result


@pytest.mark.parametrize("unknown", [None, UNNAMED, Interval(1, 2)])
def test_a_function_of_something_unknown_is_unknown_unless_something_is_missing(unknown: object) -> None:
    assert call("index", [("a",), unknown]) is None
    assert call("index", [NO_VALUE, unknown]) is NO_VALUE


@pytest.mark.parametrize(
    ("function", "values", "result"),
    [
        ("sum", [], 0),
        ("sum", [1, 2], 3),
        ("sum", [0.1] * 10, 1.0),
        ("sum", [10**20, 1, -(10**20)], 1),
        ("sum", [1e308, 1e308], NO_VALUE),
        ("min", [], NO_VALUE),
        ("max", [], NO_VALUE),
        ("share", [], NO_VALUE),
        ("min", [3, 1, 2], 1),
        ("max", [dt.date(2024, 5, 1), dt.date(2024, 5, 9)], dt.date(2024, 5, 9)),
        ("share", [True, False, False, True], 0.5),
        ("sum", [1, NO_VALUE], NO_VALUE),
        ("max", [NO_VALUE, None], None),
        ("sum", [1, Interval(1, 2)], None),
        ("share", [True, None], None),
    ],
)
def test_totals(function: str, values: list[object], result: object) -> None:
    found = total(function, values)
    assert found == result
    assert type(found) is type(result)


def test_sums_do_not_depend_on_the_order_of_members() -> None:
    members = [1e16, 1.0, -1e16, 0.1, 3]
    assert len({total("sum", list(p)) for p in itertools.permutations(members)}) == 1


def test_known_is_what_is_known_to_the_last_digit() -> None:
    assert [is_known(v) for v in (0, "", (), False, NO_VALUE)] == [True] * 5
    assert [is_known(v) for v in (None, UNNAMED, Interval(1, 2))] == [False] * 3


def test_values_settle_into_one_form() -> None:
    assert settle(Interval(1, 2)) is None
    assert settle(NO_VALUE) is NO_VALUE
    assert settle(UNNAMED) is UNNAMED
    for value, form in ((2.0, "2"), (-0.0, "0"), (0.5, "0.5"), (True, "True"), ((1.0, 2), "(1, 2)")):
        assert repr(settle(value)) == form


# -- whole expressions ------------------------------------------------------------------------

LEVEL = EnumType("Level", ("none", "low", "medium", "high"), ordinal=True)
PEOPLE = Relation(
    "people",
    RelationKind.LIST,
    (
        Column("id", ValueType(Kind.KEY, targets=frozenset({"people"}))),
        Column("load", ValueType(Kind.NUMBER)),
        Column("ready", ValueType(Kind.BOOL)),
        Column("level", ValueType(Kind.ENUM, enum=LEVEL)),
        Column("backs", ValueType(Kind.KEY, targets=frozenset({"people"})), Arity.SET),
        Column("since", ValueType(Kind.DATE)),
        Column("flags", ValueType(Kind.BOOL), Arity.SEQUENCE),
    ),
)
SITE = Relation(
    "site",
    RelationKind.SECTION,
    (Column("id", ValueType(Kind.KEY, targets=frozenset({"site"}))), Column("limit", ValueType(Kind.NUMBER))),
)
SCHEMA = Schema.of([SITE, PEOPLE])
ANN: Row = ("ann", 0.7, True, 2, ("bob",), dt.date(2024, 5, 1), (True,))
BOB: Row = ("bob", 0.2, False, 0, (), dt.date(2024, 5, 9), ())
EVE: Row = ("eve", None, None, None, None, None, None)
SOMEONE: Row = (UNNAMED, None, None, None, None, None, None)


@dataclass
class Facts:
    """A world of people."""

    people: list[Candidate]
    fired: dict[str, Truth] = field(default_factory=dict)

    def candidates(self, relation: str) -> Sequence[Candidate]:
        assert relation == "people"
        return self.people

    def raised(self, rule: str) -> Truth:
        return self.fired[rule]


STATED = Facts([Candidate(ANN), Candidate(BOB)], {"yes": True, "no": False, "maybe": None})
OPEN = Facts([*STATED.people, Candidate(SOMEONE, certain=False, plural=True)], STATED.fired)


def value(text: str, world: Facts = STATED, **rows: Row) -> Any:
    """The value of an expression in which some rows are bound."""
    problems: list[object] = []
    vocabulary = Vocabulary(SCHEMA, frozenset(STATED.fired), {"few": Setting("few", 1)})
    scope = {**sections(SCHEMA), **dict.fromkeys(rows, PEOPLE)}
    typed = ExpressionChecker(vocabulary, problems.append).value(Text(text), scope)
    assert typed is not None, problems
    return evaluate(typed.expr, {"site": ("site", None), **rows}, world)


@pytest.mark.parametrize(
    ("text", "ann", "eve"),
    [
        ("p.load", 0.7, None),
        ("p.load > 0.5", True, None),
        ("0.5 < p.load < 0.6", False, None),
        ("p.ready", True, None),
        ("not p.ready", False, None),
        ("p.ready == false", False, None),
        ("p.level >= 'medium'", True, None),
        ("p.level == 'low'", False, None),
        ("p.level in ['low', 'medium']", True, None),
        ("p.level not in ['low', 'medium']", False, None),
        ("p.since < '2024-05-02'", True, None),
        ("days_between(p.since, '2024-05-03')", 2, None),
        ("'bob' in p.backs", True, None),
        ("p.id in p.backs", False, None),
        ("overlap(p.backs, ['bob', 'cid'])", True, None),
        ("len(p.backs) == 1", True, None),
        ("p.load is known", True, False),
        ("p.load is unknown", False, True),
        ("p.load * 2 - 1 < 1", True, None),
        ("-p.load", -0.7, None),
        ("p.load > settings.few", False, None),
        ("p.load > site.limit", None, None),
        ("p.load > 0.5 or site.limit > 0", True, None),
        ("p.load < 0.5 and site.limit > 0", False, None),
        ("at_least(2, p.ready, p.load > 0.5, site.limit > 0)", True, None),
        ("p.id == p.id", True, True),
        ("first(p.flags)", True, None),
    ],
)
def test_expressions_about_somebody_known_and_somebody_unknown(text: str, ann: object, eve: object) -> None:
    assert value(text, p=ANN) == ann
    assert value(text, p=EVE) == eve
    assert type(value(text, p=ANN)) is type(ann)


def test_a_missing_condition_makes_its_negation_true() -> None:
    assert value("first(p.flags)", p=BOB) is NO_VALUE
    assert value("not first(p.flags)", p=BOB) is True
    assert value("first(p.flags) or p.load > 0.5", p=BOB) is False


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ('raised("yes")', True),
        ('raised("no")', False),
        ('raised("maybe")', None),
        ('raised("no", "yes")', True),
        ('raised("no", "maybe")', None),
        ('not raised("maybe")', None),
        ('at_least(2, raised("yes"), raised("maybe"), raised("no"))', None),
    ],
)
def test_findings_of_other_rules(text: str, result: object) -> None:
    assert value(text) is result


@pytest.mark.parametrize(
    ("text", "closed", "open_"),
    [
        ("count(p for p in people)", 2, Interval(2, math.inf)),
        ("count(p for p in people if p.load > 0.5)", 1, Interval(1, math.inf)),
        ("count(p for p in people if p.id == 'ann')", 1, 1),
        ("sum(p.load for p in people)", 0.9, None),
        ("sum(p.load for p in people if p.id == 'ann')", 0.7, 0.7),
        ("min(p.level for p in people)", 0, None),
        ("max(p.since for p in people if p.ready)", dt.date(2024, 5, 1), None),
        ("min(p.load for p in people if p.load > 9)", NO_VALUE, None),
        ("share(p.ready for p in people)", 0.5, None),
        ("count(p for p in people) > 1", True, True),
        ("count(p for p in people) > 2", False, None),
        ("count(p for p in people) - 2 < 1", True, None),
        ("count(p for p in people) is known", True, False),
        ("count(p for p in people if count(q for q in people if p.id in q.backs) > 0)", 1, Interval(1, math.inf)),
        ("min(p.load for p in people if p.load > 9) == 1", False, None),
    ],
)
def test_aggregates_over_a_complete_and_over_an_open_list(text: str, closed: object, open_: object) -> None:
    assert value(text) == pytest.approx(closed) if isinstance(closed, float) else value(text) == closed
    assert value(text, OPEN) == (pytest.approx(open_) if isinstance(open_, float) else open_)


def test_a_count_includes_what_only_may_match() -> None:
    world = Facts([Candidate(ANN), Candidate(EVE)])
    assert value("count(p for p in people if p.load > 0.5)", world) == Interval(1, 2)
    assert value("count(p for p in people if p.load > 0.5) < 3", world) is True
    assert value("sum(p.load for p in people if p.load > 0.5)", world) is None


def test_a_merely_possible_fact_counts_as_one_unless_it_stands_for_many() -> None:
    world = Facts([Candidate(ANN), Candidate(BOB, certain=False)])
    assert value("count(p for p in people)", world) == Interval(1, 2)
    assert value("share(p.ready for p in people)", world) is None


def test_the_name_in_an_aggregate_is_its_own() -> None:
    assert value("count(q for q in people if q.load > p.load)", p=BOB) == 1
