"""What the semantics promises about the unknown, by brute force.

Facts with gaps are completed in many ways. Knowing more never retracts a certain finding (a), never
brings one that was not possible (b), and with nothing unknown nothing is merely possible (c).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_rules.engine.compiled import CompiledEngine
from crm_rules.engine.protocol import Engine, Run
from crm_rules.engine.reference import ReferenceEngine
from crm_rules.errors import RulesetError
from crm_rules.facts.base import FactBase
from crm_rules.facts.schema import Arity, Column, Relation, RelationKind, Schema
from crm_rules.facts.values import UNNAMED
from crm_rules.program.program import compile_program
from crm_rules.rules.draft import ClauseDraft
from tests.engine.choices import Seeded
from tests.engine.drafts import any_of, check, conclusion, each, let, none, risk, some
from tests.engine.knowledge import Comparison
from tests.engine.random_cases import MONOTONE, Case, random_case
from tests.engine.random_facts import (
    BOOL,
    DEGREES,
    NOTHING_UNKNOWN,
    NUMBER,
    ORDINAL,
    key,
    random_completion,
    random_facts,
)
from tests.strategies import cases, completions

COMPILED = CompiledEngine()
ENGINES = (COMPILED, ReferenceEngine())
GAPS = [d for d in DEGREES if d != NOTHING_UNKNOWN]


@settings(max_examples=40)
@given(st.data(), cases(MONOTONE))
def test_knowing_more_retracts_nothing_and_brings_nothing_impossible(data: st.DataObject, case: Case) -> None:
    before = COMPILED.run(case.program, case.facts)
    for _ in range(3):
        after = COMPILED.run(case.program, data.draw(completions(case.facts)))
        comparison = Comparison(before, after)
        assert comparison.retracted() == []
        assert comparison.unforeseen() == []


@settings(max_examples=40)
@given(cases(ignorance=NOTHING_UNKNOWN))
def test_with_nothing_unknown_nothing_is_merely_possible(case: Case) -> None:
    for engine in ENGINES:
        run = engine.run(case.program, case.facts)
        assert [f for f in run.firings() if not f.certain] == []
        assert not any(d.possible for d in run.derived.values())


def test_hundreds_of_programs_with_many_completions_keep_the_promises() -> None:
    decided = fired = 0
    for seed in range(150):
        choices = Seeded(seed)
        case = random_case(choices, MONOTONE, choices.pick(GAPS))
        try:
            program = case.program
        except RulesetError:
            continue
        for facts in (case.facts, random_facts(choices, case.schema, choices.pick(GAPS))):
            before = COMPILED.run(program, facts)
            fired += bool(before.certain_records or before.possible_records)
            for _ in range(6):
                after = COMPILED.run(program, random_completion(choices, facts))
                comparison = Comparison(before, after)
                found = (comparison.retracted(), comparison.unforeseen(), list(after.possible_records))
                assert found == ([], [], []), f"seed {seed}{Case(case.drafts, facts)}{Case((), after.facts)}"
                decided += len(after.certain_records) > len(before.certain_records)
    # Worth comparing: most programs say something, and knowing more decides a good part of it.
    assert fired > 210
    assert decided > 600


# -- the comparison notices -----------------------------------------------------------------

PEOPLE = Schema.of(
    [
        Relation("site", RelationKind.SECTION, (Column("id", key("site")), Column("limit", NUMBER))),
        Relation(
            "people",
            RelationKind.LIST,
            (
                Column("id", key("people")),
                Column("load", NUMBER),
                Column("ready", BOOL),
                Column("level", ORDINAL),
                Column("backs", key("people"), Arity.SET),
            ),
        ),
        Relation(
            "jobs",
            RelationKind.LIST,
            (Column("id", key("jobs")), Column("owner", key("people")), Column("size", NUMBER)),
        ),
        Relation("busy", RelationKind.DERIVED, (Column("who", key("people")),)),
        Relation("sized", RelationKind.DERIVED, (Column("size", NUMBER),)),
    ]
)
LOADED = risk("loaded", each("p in people", "p.load > 0.5"))


def run(
    rules: Sequence[Any], given_: Mapping[str, Any], incomplete: Sequence[str] = (), engine: Engine = COMPILED
) -> Run:
    facts = FactBase.of(PEOPLE, given_, incomplete)
    return engine.run(compile_program(rules, PEOPLE), facts)


def findings(
    rules: Sequence[Any], given_: Mapping[str, Any], incomplete: Sequence[str] = ()
) -> dict[str, list[tuple[bool, tuple[object, ...]]]]:
    """Rule to certainty and keys of its firings; engines agree."""
    runs = [run(rules, given_, incomplete, engine) for engine in ENGINES]
    assert runs[0].differences(runs[1]) == []
    found: dict[str, list[tuple[bool, tuple[object, ...]]]] = {}
    for f in runs[0].firings():
        found.setdefault(f.rule, []).append((f.certain, tuple(row[0] for row in f.facts)))
    return found


def test_a_retracted_finding_is_noticed() -> None:
    before = run([LOADED], {"people": [{"id": "ann", "load": 1}], "jobs": []})
    after = replace(before, certain_records=[])
    (lost,) = Comparison(before, after).retracted()
    assert lost == next(before.firings())
    assert Comparison(after, before).retracted() == []


def test_an_unforeseen_finding_is_noticed() -> None:
    before = run([LOADED], {"people": [{"id": "ann", "load": 0}, {"id": "bob"}], "jobs": []})
    after = run([LOADED], {"people": [{"id": "ann", "load": 1}, {"id": "bob", "load": 1}], "jobs": []})
    (found,) = Comparison(before, after).unforeseen()
    assert found == next(after.firings())


def test_an_entry_nobody_stated_is_foreseen_only_where_the_list_was_open() -> None:
    after = run([LOADED], {"people": [{"id": "ann", "load": 1}], "jobs": []})
    open_ = run([LOADED], {"people": [], "jobs": []}, ["people"])
    closed = run([LOADED], {"people": [], "jobs": []})
    assert Comparison(open_, after).unforeseen() == []
    assert len(Comparison(closed, after).unforeseen()) == 1


# -- cases that a semantics without placeholders, intervals or plural facts gets wrong --------------


def test_an_open_list_is_one_possible_entry_with_everything_unknown() -> None:
    assert findings([LOADED], {"people": [{"id": "ann", "load": 0}], "jobs": []}, ["people"]) == {
        "loaded": [(False, (UNNAMED,))]
    }
    assert findings([LOADED], {"jobs": []}) == {"loaded": [(False, (UNNAMED,))]}


def test_an_unlisted_entry_is_none_of_the_stated_ones() -> None:
    rules = [risk("idle", each("p in people", "p.ready"), none("j in jobs", "j.owner == p.id"))]
    stated = {"people": [{"id": "ann", "ready": True}], "jobs": [{"id": "j1", "owner": "ann"}]}
    assert findings(rules, stated, ["people"]) == {"idle": [(False, (UNNAMED,))]}
    unknown_owner = {"people": [{"id": "ann", "ready": True}], "jobs": [{"id": "j1"}]}
    assert findings(rules, unknown_owner) == {"idle": [(False, ("ann",))]}


@pytest.mark.parametrize(
    "clauses",
    [
        [each("q in people", "p.id == q.id")],
        [each("q in people", "p.id != q.id")],
        [each("q in people", "not p.id == q.id")],
        [each("q in people", "not (p.id == q.id and p.id == p.id)")],
        [each("q in people", "not (p.id != q.id or p.id != p.id)")],
        [each("q in people"), let("same", "p.id == q.id"), check("same")],
        [each("q in people"), let("same", "p.id == q.id"), check("not same")],
        [each("q in people"), let("other", "p.id != q.id"), check("not other")],
    ],
)
def test_two_unlisted_entries_may_be_the_same_or_not(clauses: list[ClauseDraft]) -> None:
    found = findings([risk("pair", each("p in people"), *clauses)], {"people": [], "jobs": []}, ["people"])
    assert found == {"pair": [(False, (UNNAMED, UNNAMED))]}


@pytest.mark.parametrize(
    ("condition", "certain"),
    [
        ("count(p for p in people) >= 1", True),
        ("count(p for p in people) >= 2", False),
        ("count(p for p in people) > 99", False),
        ("count(p for p in people) < 1", None),
        ("count(p for p in people) != 0", True),
        ("count(p for p in people if p.load > 0.5) == 0", False),
    ],
)
def test_a_count_over_an_open_list_has_no_upper_bound(condition: str, certain: bool | None) -> None:
    expected = {} if certain is None else {"counted": [(certain, ())]}
    assert (
        findings([risk("counted", check(condition))], {"people": [{"id": "ann"}], "jobs": []}, ["people"]) == expected
    )


def test_a_fact_derived_from_something_unknown_may_be_many_facts() -> None:
    rules = [
        conclusion("busy.owner", {"busy": {"who": "j.owner"}}, each("j in jobs")),
        risk("crowd", check("count(b for b in busy) >= 3")),
        risk("two", check("count(b for b in busy) >= 2")),
    ]
    jobs = {"people": [{"id": "ann"}], "jobs": [{"id": "j1", "owner": "ann"}, {"id": "j2"}, {"id": "j3"}]}
    found = findings(rules, jobs)
    assert found["two"] == [(False, ())]
    assert found["crowd"] == [(False, ())]


def test_a_certain_firing_with_an_unknown_value_derives_a_possible_fact() -> None:
    rules = [
        conclusion("sized.job", {"sized": {"size": "j.size"}}, each("j in jobs")),
        risk("big", some("s in sized", "s.size > 10")),
        risk("nothing", none("s in sized")),
    ]
    found = findings(rules, {"people": [], "jobs": [{"id": "j1"}]})
    assert found["sized.job"] == [(True, ("j1",))]
    assert found["big"] == [(False, ())]
    assert found["nothing"] == [(False, ())]


def test_an_open_count_enters_a_derived_fact_as_unknown() -> None:
    rules = [
        conclusion("sized.all", {"sized": {"size": "n"}}, let("n", "count(p for p in people if p.ready)")),
        risk("two", some("s in sized", "s.size == 2")),
    ]
    people = [{"id": "ann", "ready": True}, {"id": "bob"}]
    assert findings(rules, {"people": people, "jobs": []})["two"] == [(False, ())]
    known = [{"id": "ann", "ready": True}, {"id": "bob", "ready": True}]
    assert findings(rules, {"people": known, "jobs": []})["two"] == [(True, ())]


def test_whole_numbers_are_one_fact_however_they_were_computed() -> None:
    rules = [
        conclusion("sized.half", {"sized": {"size": "j.size / 2"}}, each("j in jobs")),
        conclusion("sized.one", {"sized": {"size": "1"}}, some("j in jobs")),
        conclusion("sized.site", {"sized": {"size": "site.limit"}}, check("site.limit > 0")),
    ]
    for engine in ENGINES:
        derived = run(
            rules, {"site": {"limit": 1.0}, "people": [], "jobs": [{"id": "j", "size": 2}]}, engine=engine
        ).derived
        assert repr(derived["sized"].certain) == "((1,),)"


def test_certain_answers_alone_heed_what_is_possible_below_a_negation() -> None:
    rules = [
        conclusion("busy.loaded", {"busy": {"who": "p.id"}}, each("p in people", "p.load > 0.5")),
        risk("calm.none", none("b in busy")),
        risk("calm.count", check("count(b for b in busy) == 0")),
        risk("calm.raised", check('not raised("busy.loaded")')),
        risk("calm.any", any_of([none("b in busy")], [check("site.limit > 3")])),
    ]
    program = compile_program(rules, PEOPLE)
    open_ = FactBase.of(PEOPLE, {"people": [{"id": "ann"}], "jobs": []})
    calm = FactBase.of(PEOPLE, {"people": [{"id": "ann", "load": 0}], "jobs": []})
    for engine in ENGINES:
        assert [f.rule for f in engine.run(program, open_, possible=False).firings()] == []
        assert [f.rule for f in engine.run(program, calm, possible=False).firings()] == [
            "calm.any",
            "calm.count",
            "calm.none",
            "calm.raised",
        ]
