"""Strata: what is read is final before it is negated or counted, and what feeds itself stays together."""

from __future__ import annotations

import pytest

from crm_rules.errors import RulesetError
from crm_rules.facts.schema import Column, Relation, RelationKind, Schema
from crm_rules.program.program import Program, compile_program
from crm_rules.rules.draft import ClauseDraft, RuleDraft
from tests.engine.drafts import any_of, check, conclusion, each, let, none, risk, some
from tests.engine.random_facts import NUMBER, key

PATH = (Column("a", key("jobs")), Column("b", key("jobs")))
SCHEMA = Schema.of(
    [
        Relation(
            "jobs", RelationKind.LIST, (Column("id", key("jobs")), Column("next", key("jobs")), Column("size", NUMBER))
        ),
        Relation("path", RelationKind.DERIVED, PATH),
        Relation("loop", RelationKind.DERIVED, (Column("a", key("jobs")),)),
        Relation("big", RelationKind.DERIVED, (Column("a", key("jobs")),)),
        Relation("even", RelationKind.DERIVED, (Column("a", key("jobs")),)),
        Relation("odd", RelationKind.DERIVED, (Column("a", key("jobs")),)),
    ]
)
BASE = conclusion("path.base", {"path": {"a": "j.id", "b": "j.next"}}, each("j in jobs"))
STEP = conclusion(
    "path.step", {"path": {"a": "p.a", "b": "j.next"}}, each("p in path"), each("j in jobs", "j.id == p.b")
)
LOOP = conclusion("loop.path", {"loop": {"a": "p.a"}}, each("p in path", "p.a == p.b"))
BIG = conclusion("big.size", {"big": {"a": "j.id"}}, each("j in jobs", "j.size > 3"))


def program(*drafts: RuleDraft) -> Program:
    return compile_program(drafts, SCHEMA)


def strata(*drafts: RuleDraft) -> list[tuple[list[str], list[str], bool]]:
    found = program(*drafts)
    return [([found.rules[r].id for r in s.rules], sorted(s.relations), s.recursive) for s in found.strata]


def test_rules_that_do_not_feed_each_other_share_a_stratum() -> None:
    assert strata(BIG, BASE, risk("r", each("j in jobs"))) == [(["big.size", "path.base", "r"], ["big", "path"], False)]


def test_a_recursion_runs_between_what_starts_it_and_what_reads_it() -> None:
    silent = risk("silent", none("l in loop"))
    assert strata(BASE, STEP, LOOP, silent, BIG) == [
        (["big.size", "path.base"], ["big"], False),
        (["path.step"], ["path"], True),
        (["loop.path"], ["loop"], False),
        (["silent"], [], False),
    ]


def test_a_relation_is_final_when_its_last_rule_has_run() -> None:
    late = conclusion("big.late", {"big": {"a": "l.a"}}, each("l in loop"))
    asking = risk("asking", some("b in big"))
    assert strata(BIG, BASE, LOOP, late, asking) == [
        (["big.size", "path.base"], ["path"], False),
        (["loop.path"], ["loop"], False),
        (["big.late"], ["big"], False),
        (["asking"], [], False),
    ]


def test_rules_in_a_knot_share_a_stratum_and_separate_knots_do_not() -> None:
    even = conclusion("even", {"even": {"a": "j.id"}}, each("o in odd"), each("j in jobs", "j.id == o.a"))
    odd = conclusion("odd", {"odd": {"a": "j.id"}}, each("e in even"), each("j in jobs", "j.id == e.a"))
    start = conclusion("start", {"even": {"a": "j.id"}}, each("j in jobs", "j.size > 1"))
    assert strata(even, odd, start, BASE, STEP) == [
        (["path.base", "start"], [], False),
        (["even", "odd"], ["even", "odd"], True),
        (["path.step"], ["path"], True),
    ]


@pytest.mark.parametrize(
    "clause",
    [
        some("s in path", "s.a == j.id"),
        any_of([some("s in path", "s.a == j.id")], [check("j.size > 1")]),
        check('raised("path.other")'),
        check('raised("path.other") or j.size > 1'),
        check('at_least(1, raised("path.other"), j.size > 1)'),
    ],
)
def test_recursion_may_go_through_some_any_and_findings(clause: ClauseDraft) -> None:
    other = conclusion("path.other", {"path": {"a": "p.b", "b": "p.a"}}, each("p in path"))
    me = conclusion("path.me", {"path": {"a": "j.id", "b": "j.next"}}, each("j in jobs"), clause)
    assert (["path.me", "path.other"], ["path"], True) in strata(BASE, other, me)


@pytest.mark.parametrize(
    ("clauses", "words"),
    [
        ([none("s in path", "s.a == j.id")], "rule path.me tests the absence of path; rule path.me derives path"),
        ([check("count(s for s in path) > 1")], "rule path.me aggregates (count) path; rule path.me derives path"),
        ([check("j.size > max(k.size for k in jobs if count(s for s in path) > 1)")], "aggregates (count) path"),
        ([any_of([none("s in path")], [check("j.size > 1")])], "tests the absence of path"),
        ([check('not raised("path.me")')], "rule path.me tests that there is no finding of path.me"),
        ([check('raised("path.me") == false')], "rule path.me tests that there is no finding of path.me"),
        ([check('not (j.size > 1 and raised("path.me"))')], "tests that there is no finding of path.me"),
        ([check('raised("path.me") is known')], "tests that there is no finding of path.me"),
        ([let("n", 'raised("path.me")'), check("n")], "tests that there is no finding of path.me"),
        ([none("k in jobs", 'raised("path.me")')], "tests that there is no finding of path.me"),
        ([check('count(k for k in jobs if raised("path.me")) > 1')], "tests that there is no finding of path.me"),
    ],
)
def test_what_depends_on_its_own_absence_is_refused(clauses: list[ClauseDraft], words: str) -> None:
    me = conclusion("path.me", {"path": {"a": "j.id", "b": "j.next"}}, each("j in jobs"), *clauses)
    with pytest.raises(RulesetError) as caught:
        program(me)
    (problem,) = caught.value.diagnostics
    assert problem.message.startswith(
        "negation or aggregation is part of a cycle, so the rules have no defined result: rule path.me "
    )
    assert words in problem.message
    assert problem.hint == "break the cycle at one of these steps"


def test_every_cycle_is_named_once_with_all_its_steps() -> None:
    one = conclusion("one", {"even": {"a": "j.id"}}, each("j in jobs"), none("o in odd", "o.a == j.id"))
    two = conclusion("two", {"odd": {"a": "e.a"}}, each("e in even"))
    three = risk("three", check('not raised("four")'))
    four = risk("four", check('raised("three")'))
    with pytest.raises(RulesetError) as caught:
        program(one, two, three, four, BASE, STEP)
    assert [d.message.partition(": ")[2] for d in caught.value.diagnostics] == [
        "rule one tests the absence of odd; rule one derives even; rule two reads even; rule two derives odd",
        "rule three tests that there is no finding of four; rule four tests for a finding of three",
    ]


def test_negation_outside_a_cycle_is_fine() -> None:
    assert len(strata(BASE, STEP, risk("r", each("j in jobs"), none("p in path", "p.a == j.id")))) == 3
