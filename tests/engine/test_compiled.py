"""The compiled engine by itself, and limits, recursion and copies for both engines."""

from __future__ import annotations

import ast
import copy
import pickle
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from crm_rules.engine.compiled import CACHED_PROGRAMS, CompiledEngine, in_fact_order
from crm_rules.engine.protocol import Engine, Limits, Run
from crm_rules.engine.reference import ReferenceEngine
from crm_rules.engine.registry import engine_named, installed_engines
from crm_rules.errors import EngineError, UnsupportedByEngine
from crm_rules.facts.base import FactBase
from crm_rules.facts.schema import Column, Kind, Relation, RelationKind, Schema, ValueType
from crm_rules.facts.values import NO_VALUE, UNNAMED, row_order
from crm_rules.program.program import Program, compile_program
from crm_rules.rules.draft import ClauseDraft, RuleDraft, Text
from tests.engine.answers import answer
from tests.engine.choices import Seeded
from tests.engine.drafts import any_of, check, conclusion, each, let, none, risk, some
from tests.engine.random_cases import random_case
from tests.engine.random_facts import DEGREES, NUMBER, STAGE, TEXT, key, random_facts

COMPILED = CompiledEngine()
REFERENCE = ReferenceEngine()
ENGINES = [pytest.param(COMPILED, id="compiled"), pytest.param(REFERENCE, id="reference")]

SCHEMA = Schema.of(
    [
        Relation("site", RelationKind.SECTION, (Column("id", key("site")), Column("limit", NUMBER))),
        Relation(
            "jobs",
            RelationKind.LIST,
            (Column("id", key("jobs")), Column("next", key("jobs")), Column("size", NUMBER), Column("note", TEXT)),
        ),
        Relation("path", RelationKind.DERIVED, (Column("a", key("jobs")), Column("b", key("jobs")))),
        Relation("level", RelationKind.DERIVED, (Column("job", key("jobs")), Column("n", NUMBER))),
        Relation("seen", RelationKind.DERIVED, (Column("job", key("jobs")),)),
    ]
)
BASE = conclusion("path.base", {"path": {"a": "j.id", "b": "j.next"}}, each("j in jobs"))
STEP = conclusion(
    "path.step", {"path": {"a": "p.a", "b": "j.next"}}, each("p in path"), each("j in jobs", "j.id == p.b")
)
START = conclusion("level.start", {"level": {"job": "j.id", "n": "1"}}, each("j in jobs"))
LEAST = conclusion(
    "level.least",
    {"level": {"job": "j.id", "n": "n"}},
    each("j in jobs"),
    let("n", "min(k.size for k in jobs if k.size > 9)"),
)
UP = conclusion("level.up", {"level": {"job": "v.job", "n": "v.n + 1"}}, each("v in level"))


def program(*drafts: RuleDraft) -> Program:
    return compile_program(drafts, SCHEMA)


def chain(length: int, **more: Any) -> FactBase:
    """Jobs that lead from one to the next; nobody knows where the last one leads."""
    jobs = [{"id": f"j{i:05}", "next": f"j{i + 1:05}" if i + 1 < length else None} for i in range(length)]
    return FactBase.of(SCHEMA, {"jobs": jobs, **more})


def ring(length: int) -> FactBase:
    """Jobs that lead from one to the next and back to the first."""
    return FactBase.of(SCHEMA, {"jobs": [{"id": f"j{i}", "next": f"j{(i + 1) % length}"} for i in range(length)]})


def both(found: Program, facts: FactBase) -> Run:
    """The run of the compiled engine, which equals that of the reference engine."""
    one, other = COMPILED.run(found, facts), REFERENCE.run(found, facts)
    assert one.differences(other) == []
    return one


# -- limits ---------------------------------------------------------------------------------------


def stopped(engine: Engine, limits: Limits | None, *drafts: RuleDraft, facts: FactBase | None = None) -> str:
    """What an engine says when it gives up; it has to do so before long."""
    begun = time.monotonic()
    with pytest.raises(EngineError) as caught:
        engine.run(program(*drafts), facts or chain(2), limits=limits)
    assert time.monotonic() - begun < 20
    return str(caught.value)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_recursion_without_end_stops(engine: Engine) -> None:
    assert stopped(engine, Limits(rounds=100), START, UP) == (
        "a recursive stratum took more than 100 rounds (limit: rounds)"
    )
    assert stopped(engine, Limits(derived_facts=100), START, UP) == "more than 100 derived facts (limit: derived facts)"
    assert stopped(engine, Limits(firings=100), START, UP) == "more than 100 firings (limit: firings)"


def test_a_recursion_without_end_stops_at_the_limits_everybody_has() -> None:
    assert stopped(COMPILED, None, START, UP) == "a recursive stratum took more than 10,000 rounds (limit: rounds)"


@pytest.mark.parametrize("engine", ENGINES)
def test_a_recursion_that_doubles_stops(engine: Engine) -> None:
    fork = conclusion("level.fork", {"level": {"job": "v.job", "n": "v.n * 2 + 1"}}, each("v in level"))
    double = conclusion("level.double", {"level": {"job": "v.job", "n": "v.n * 2"}}, each("v in level", "v.n > 0"))
    assert stopped(engine, Limits(derived_facts=2_000), START, fork, double) == (
        "more than 2,000 derived facts (limit: derived facts)"
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_a_possible_recursion_without_end_stops(engine: Engine) -> None:
    maybe = conclusion("level.maybe", {"level": {"job": "j.id", "n": "1"}}, each("j in jobs", "j.size > 0"))
    assert stopped(engine, Limits(rounds=100), maybe, UP) == (
        "a recursive stratum took more than 100 rounds (limit: rounds)"
    )


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("known", [True, False])
def test_a_join_of_everything_with_everything_stops(engine: Engine, known: bool) -> None:
    facts = FactBase.of(SCHEMA, {"jobs": [{"id": f"j{i}", "size": 1 if known else None} for i in range(30)]})
    cross = risk("cross", each("a in jobs", "a.size > 0"), each("b in jobs"), each("c in jobs"))
    assert stopped(engine, Limits(firings=1_000), cross, facts=facts) == "more than 1,000 firings (limit: firings)"


@pytest.mark.parametrize("engine", ENGINES)
def test_limits_are_for_what_exceeds_them(engine: Engine) -> None:
    run = engine.run(program(BASE, STEP), ring(6), limits=Limits(derived_facts=36, firings=6 + 36, rounds=7))
    assert len(run.derived["path"].certain) == 36
    for limits in (Limits(derived_facts=35), Limits(firings=41), Limits(rounds=4)):
        assert "limit: " in stopped(engine, limits, BASE, STEP, facts=ring(6))


# -- recursion --------------------------------------------------------------------------------------


def test_reachability_over_a_long_chain() -> None:
    run = COMPILED.run(program(BASE, STEP), chain(120))
    assert len(run.derived["path"].certain) == 120 * 119 // 2
    assert both(program(BASE, STEP), chain(15)).derived["path"].certain[0] == ("j00000", "j00001")


def test_reachability_in_a_circle() -> None:
    assert len(both(program(BASE, STEP), ring(6)).derived["path"].certain) == 36


def test_a_recursion_over_something_unknown_is_possible() -> None:
    run = both(program(BASE, STEP), chain(3))
    assert run.derived["path"].certain == (("j00000", "j00001"), ("j00000", "j00002"), ("j00001", "j00002"))
    # Where the last job leads is unknown, and so is what lies behind.
    assert ("j00002", None) in run.derived["path"].possible
    assert ("j00002", "j00001") in run.derived["path"].possible


def test_a_recursion_over_an_open_list_is_possible() -> None:
    open_ = FactBase.of(SCHEMA, {"jobs": [{"id": "j1", "next": "j1"}]}, ["jobs"])
    run = both(program(BASE, STEP), open_)
    assert run.derived["path"].certain == (("j1", "j1"),)
    # Nobody listed comes behind j1, but somebody unlisted may come before it.
    assert set(run.derived["path"].possible) == {(UNNAMED, None), (UNNAMED, "j1")}


@pytest.mark.parametrize(
    "clause",
    [
        some("p in path", "p.b == j.id"),
        any_of([some("p in path", "p.b == j.id")], [check("j.size > 99")]),
        any_of([check("j.size > 99")], [let("n", "j.size"), some("p in path", "p.b == j.id and n > 0")]),
    ],
)
def test_recursion_goes_through_some_and_any(clause: Any) -> None:
    start = conclusion("path.start", {"path": {"a": "j.id", "b": "j.id"}}, each("j in jobs", "j.note == 'start'"))
    on = conclusion("path.on", {"path": {"a": "j.id", "b": "j.next"}}, each("j in jobs"), clause)
    jobs: list[dict[str, object]] = [
        {"id": f"j{i}", "next": f"j{i + 1}", "size": 1, "note": "start" if i == 2 else ""} for i in range(6)
    ]
    jobs.append({"id": "j6", "size": 1, "note": ""})
    run = both(program(start, on), FactBase.of(SCHEMA, {"jobs": jobs}))
    assert run.derived["path"].certain == (("j2", "j2"), *((f"j{i}", f"j{i + 1}") for i in range(2, 6)))


def test_recursion_goes_through_findings() -> None:
    facts = {"path": {"a": "j.id", "b": "j.next"}}
    one = conclusion("one", facts, each("j in jobs", "j.size > 1"), check('raised("two")'))
    two = risk("two", check('raised("three") or raised("one")'))
    three = risk("three", some("p in path", "p.a == p.b"))
    found = program(one, two, three)
    jobs = {"jobs": [{"id": "j1", "next": "j1", "size": 2}]}
    # Findings that rest on nothing but each other are not raised.
    assert list(both(found, FactBase.of(SCHEMA, jobs)).firings()) == []
    start = conclusion("start", facts, each("j in jobs", "j.size > 1"))
    run = both(program(one, two, three, start), FactBase.of(SCHEMA, jobs))
    assert [(f.rule, f.certain) for f in run.firings()] == [(r, True) for r in ("one", "start", "three", "two")]


def test_what_a_recursive_rule_derives_besides_may_be_final_later() -> None:
    both_ = conclusion(
        "path.both",
        {"path": {"a": "p.a", "b": "j.next"}, "seen": {"job": "j.id"}},
        each("p in path"),
        each("j in jobs", "j.id == p.b"),
    )
    early = conclusion("seen.early", {"seen": {"job": "j.id"}}, each("j in jobs", "j.size > 0"))
    late = conclusion("seen.late", {"seen": {"job": "j.id"}}, each("j in jobs"), none("p in path", "p.b == j.id"))
    run = both(program(BASE, both_, early, late), chain(4))
    # The first job may be big, or nothing may lead to it; the others are passed through for certain.
    assert run.derived["seen"].certain == (("j00001",), ("j00002",), ("j00003",))
    assert run.derived["seen"].possible == (("j00000",),)


def test_witnesses_are_the_first_certain_match_and_none_within_a_recursion() -> None:
    jobs: list[dict[str, object]] = [{"id": "a"}, {"id": "b", "size": 3}, {"id": "c", "size": 3}]
    found = program(risk("r", some("j in jobs", "j.size > 2"), some("k in jobs", "k.size > 2 and k.id != 'b'")))
    (firing,) = both(found, FactBase.of(SCHEMA, {"jobs": jobs})).firings()
    assert [w[0] for w in firing.witnesses if w is not None] == ["b", "c"]
    here = {"path": {"a": "j.id", "b": "j.id"}}
    again = conclusion("again", here, each("j in jobs"), some("p in path", "p.b == j.id"))
    run = both(program(BASE, again), chain(3))
    assert {f.witnesses for f in run.firings() if f.rule == "again" and f.certain} == {(None,)}


# -- values that are easily mixed up -------------------------------------------------------------------


def test_a_missing_value_joins_with_nothing() -> None:
    rules = [
        LEAST,
        risk("joined", each("v in level"), each("w in jobs", "w.size == v.n"), v="n"),
        risk("apart", each("v in level"), each("w in jobs", "w.size != v.n"), v="n"),
        risk("negated", each("v in level", "not v.n > 3"), v="n"),
    ]
    run = both(program(*rules), FactBase.of(SCHEMA, {"jobs": [{"id": "a", "size": 1}, {"id": "b"}]}))
    assert run.derived["level"].certain == ()
    known = both(program(*rules), FactBase.of(SCHEMA, {"jobs": [{"id": "a", "size": 1}]}))
    assert known.derived["level"].certain == (("a", NO_VALUE),)
    assert [(f.rule, f.certain) for f in known.firings()] == [("apart", True), ("level.least", True), ("negated", True)]


def test_a_name_may_stand_for_facts_of_different_lists_in_different_clauses() -> None:
    many = (Column(f"c{i}", NUMBER) for i in range(9))
    lists = Schema.of(
        [
            Relation("wide", RelationKind.LIST, (Column("id", key("wide")), *many)),
            Relation("slim", RelationKind.LIST, (Column("id", key("slim")), Column("ref", key("tall")))),
            Relation("tall", RelationKind.LIST, (Column("id", key("tall")), Column("n", NUMBER))),
        ]
    )
    # The slim ones are bound first, because the tall ones can then be looked up; the wide ones have more columns.
    one = risk("one", each("z in tall"), none("b in wide", "z.n < b.c8 < 9"), each("b in slim", "b.ref == z.id"))
    two = risk(
        "two", check("count(b for b in wide if 1 < b.c8 < 9) > 0"), each("b in slim", "b.ref == 't'", "b.id != 's'")
    )
    found = compile_program([one, two], lists)
    given: dict[str, Any] = {
        "wide": [{"id": "w", "c8": 2}],
        "slim": [{"id": "r", "ref": "t"}, {"id": "s", "ref": "u"}],
        "tall": [{"id": "t", "n": 2}, {"id": "u", "n": 1}],
    }
    fired = [(f.rule, *(r[0] for r in f.facts)) for f in both(found, FactBase.of(lists, given)).firings()]
    assert fired == [("one", "t", "r"), ("two", "r")]


def test_relations_whose_names_look_like_columns_of_others_do_not_mix() -> None:
    names = ("x", "x_1", "x_1_1", "x_n")
    sections = [Relation(n, RelationKind.SECTION, (Column("id", key(n)), Column("n", NUMBER))) for n in names]
    lists = [Relation(f"l{n}", RelationKind.LIST, (Column("id", key(f"l{n}")), Column("n", NUMBER))) for n in names]
    tricky = Schema.of([*sections, *lists])
    conditions = [check(f"{n}.n == {i}") for i, n in enumerate(names)]
    joins = [some(f"{n}y in l{n}", f"{n}y.n == {n}.n") for n in names]
    found = compile_program([risk("r", *conditions, *joins)], tricky)
    given: dict[str, Any] = {n: {"n": i} for i, n in enumerate(names)}
    given |= {f"l{n}": [{"id": "a", "n": i}] for i, n in enumerate(names)}
    assert [f.certain for f in both(found, FactBase.of(tricky, given)).firings()] == [True]


def test_fact_order_is_the_same_whether_or_not_values_can_be_compared() -> None:
    for rows in ([("b", 1), ("a", 2.5), ("a", None)], [("a", UNNAMED), ("a", NO_VALUE), ("a", None)], [(2,), (1.5,)]):
        assert list(in_fact_order(rows)) == sorted(rows, key=row_order)


# -- the cache, threads and copies -----------------------------------------------------------------------


def test_a_program_is_compiled_once() -> None:
    engine = CompiledEngine()
    first, again = program(BASE), program(BASE)
    assert first is not again
    assert engine.prepare(first) is engine.prepare(again)
    assert engine.prepare(first, possible=False) is not engine.prepare(first)
    assert engine.prepare(first) is not engine.prepare(program(START))


def test_the_cache_keeps_what_was_used_last() -> None:
    engine = CompiledEngine()
    kept, dropped = program(BASE), program(START)
    code, old = engine.prepare(kept), engine.prepare(dropped)
    for number in range(CACHED_PROGRAMS - 1):
        engine.prepare(program(risk(f"r{number}", each("j in jobs"))))
        assert engine.prepare(kept) is code
    assert engine.prepare(dropped) is not old


@pytest.mark.parametrize(("columns", "phase"), [(("other", "stage"), "stage"), (("stage", "other"), "other")])
def test_programs_that_find_the_phase_elsewhere_are_not_mixed_up(columns: tuple[str, ...], phase: str) -> None:
    def subject(columns: tuple[str, ...], phase: str) -> Schema:
        stages = (Column(c, ValueType(Kind.ENUM, enum=STAGE)) for c in columns)
        site = Relation("site", RelationKind.SECTION, (Column("id", key("site")), *stages))
        jobs = Relation("jobs", RelationKind.LIST, (Column("id", key("jobs")), Column("size", NUMBER)))
        return Schema.of([site, jobs], ("site", phase))

    rule = risk("r", each("j in jobs", "j.size > 0"), phases=(Text("build"),))
    given: dict[str, Any] = {"site": {"stage": "plan", "other": "run"}, "jobs": [{"id": "a", "size": 1}]}
    engine = CompiledEngine()
    for schema in (subject(("stage", "other"), "stage"), subject(columns, phase)):
        found = compile_program([rule], schema)
        facts = FactBase.of(schema, given)
        assert engine.run(found, facts).differences(REFERENCE.run(found, facts)) == []


def test_threads_share_a_program() -> None:
    engine = CompiledEngine()
    choices = Seeded(11)
    case = next(c for c in map(random_case, map(Seeded, range(100))) if any(s.recursive for s in c.program.strata))
    bases = [random_facts(choices, case.schema, choices.pick(DEGREES)) for _ in range(8)]
    expected = [answer(REFERENCE.run(case.program, facts)) for facts in bases]
    assert len(set(expected)) > 4

    def work(number: int) -> bool:
        facts = bases[number % 8]
        return all(answer(engine.run(case.program, facts)) == expected[number % 8] for _ in range(10))

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(work, range(16))) == [True] * 16


def test_a_run_changes_neither_program_nor_facts() -> None:
    for seed in range(20):
        case = random_case(Seeded(seed))
        before = (repr(case.program), repr(case.facts))
        for engine in (COMPILED, REFERENCE):
            engine.run(case.program, case.facts)
        assert (repr(case.program), repr(case.facts)) == before


@pytest.mark.parametrize("duplicate", [lambda x: pickle.loads(pickle.dumps(x)), copy.deepcopy], ids=["pickle", "copy"])
def test_programs_facts_and_runs_can_be_copied(duplicate: Any) -> None:
    rules = [
        BASE,
        STEP,
        LEAST,
    ]
    open_ = FactBase.of(SCHEMA, {"jobs": [{"id": "a", "next": "a", "size": 1}]}, ["jobs"])
    closed = FactBase.of(SCHEMA, {"jobs": [{"id": "a", "next": "a", "size": 1}]})
    for facts in (open_, closed):
        run = COMPILED.run(program(*rules), facts)
        again = duplicate(run)
        assert again.same_answers(run)
        assert answer(again) == answer(run)
        assert again.facts == facts
        assert again.program.fingerprint == run.program.fingerprint
        assert COMPILED.run(duplicate(run.program), duplicate(facts)).same_answers(run)
    values = [v for d in run.derived.values() for row in d.certain for v in row]
    assert any(v is NO_VALUE for v in values)
    assert duplicate((UNNAMED, NO_VALUE)) == (UNNAMED, NO_VALUE)
    assert duplicate(UNNAMED) is UNNAMED
    assert duplicate(NO_VALUE) is NO_VALUE


# -- the source ------------------------------------------------------------------------------------------


def test_the_source_of_a_rule_can_be_read() -> None:
    found = program(BASE, STEP, risk("big", each("j in jobs", "j.size > 3"), none("k in jobs", "k.next == j.id")))
    engine = CompiledEngine()
    for rule in found.rules:
        for possible in (True, False):
            source = engine.source(found, rule.id, possible)
            (first, *_) = ast.parse(source).body
            assert isinstance(first, ast.FunctionDef)
            assert max(map(len, source.splitlines())) <= 160
    source = engine.source(found, "big", possible=False)
    assert "# big" in source
    assert "path.base" not in source
    assert " > 3" in source
    assert source == engine.source(found, "big", possible=False)
    with pytest.raises(KeyError):
        engine.source(found, "none")


def test_text_of_authors_enters_the_source_as_literals_only() -> None:
    nasty = "x' or __import__('os') or '"
    found = program(risk("r", each("j in jobs", f'j.note == "{nasty}"')))
    source = CompiledEngine().source(found, "r")
    literals = [n.value for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Constant)]
    names = {n.id for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Name)}
    assert nasty in literals
    assert "__import__" not in names
    facts = FactBase.of(SCHEMA, {"jobs": [{"id": "a", "note": nasty}, {"id": "b", "note": "x"}]})
    assert [f.facts[0][0] for f in both(found, facts).firings()] == ["a"]


def test_a_rule_with_many_clauses_runs() -> None:
    clauses = [some(f"s{i} in jobs", f"s{i}.size > {i}") for i in range(12)]
    clauses += [none(f"n{i} in jobs", f"n{i}.size > {i + 50}") for i in range(12)]
    clauses += [check(f"count(c for c in jobs if c.size > {i}) > 0") for i in range(12)]
    facts = FactBase.of(SCHEMA, {"jobs": [{"id": "a", "size": 20}, {"id": "b"}]}, ["jobs"])
    run = both(program(risk("r", each("j in jobs", "j.size > 0"), *clauses)), facts)
    assert [(f.facts[0][0], f.certain) for f in run.firings()] == [("a", False), ("b", False), (UNNAMED, False)]
    closed = FactBase.of(SCHEMA, {"jobs": [{"id": "a", "size": 20}]})
    run = both(program(risk("r", each("j in jobs", "j.size > 0"), *clauses)), closed)
    assert [(f.facts[0][0], f.certain) for f in run.firings()] == [("a", True)]


@pytest.mark.parametrize("recursive", [False, True])
@pytest.mark.parametrize(
    "clauses",
    [
        [each(f"e{i} in jobs", f"e{i}.id == j.next") for i in range(24)],
        [some(f"s{i} in jobs", f"s{i}.size > j.size + {i}") for i in range(150)],
    ],
    ids=["loops", "levels"],
)
def test_a_rule_with_too_many_clauses_is_named(clauses: list[ClauseDraft], recursive: bool) -> None:
    deep = risk("deep", each("j in jobs", "j.size > 0"), *clauses)
    if recursive:
        facts = {"path": {"a": "j.id", "b": "j.next"}}
        deep = conclusion("deep", facts, each("j in jobs"), some("p in path", "p.b == j.id"), *clauses)
    found = program(BASE, deep, risk("other", each("j in jobs", "j.size > 3")))
    with pytest.raises(UnsupportedByEngine) as caught:
        COMPILED.run(found, chain(2))
    assert str(caught.value) == ("rule deep: it has too many clauses (limit: Python nests 20 loops and 100 levels)")
    assert [f.rule for f in REFERENCE.run(found, chain(1)).firings() if f.certain] == ["path.base"]


# -- the registry ----------------------------------------------------------------------------------------


def test_engines_are_found_by_name_and_the_default_comes_first() -> None:
    assert installed_engines()[0] == "compiled"
    assert set(installed_engines()) >= {"compiled", "reference"}
    assert [engine_named(n).name for n in installed_engines()] == list(installed_engines())
    with pytest.raises(EngineError) as caught:
        engine_named("compield")
    assert str(caught.value) == "there is no engine 'compield'; did you mean 'compiled'?"
