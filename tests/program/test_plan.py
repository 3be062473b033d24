"""Plans change what a rule costs and never what it means: every condition is tested, where its names are bound."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings

from crm_rules.facts.schema import RelationKind
from crm_rules.program.plan import (
    Define,
    Either,
    Exists,
    Probe,
    Scan,
    Step,
    choose_probe,
    conjuncts,
    plan_rule,
)
from crm_rules.program.plan import Test as Checked
from crm_rules.program.program import Program, compile_program
from crm_rules.rules.draft import ClauseDraft, Text
from crm_rules.rules.expressions import Const, Expr, Field, names
from crm_rules.rules.rule import Absent, AnyOf, Clause, Let, conditions
from tests.engine.drafts import any_of, check, each, let, none, risk, some
from tests.engine.random_cases import Case
from tests.program.subject import CONVENTIONS, SCHEMA
from tests.strategies import cases


def program(*when: ClauseDraft) -> Program:
    return compile_program([risk("r", *when)], SCHEMA, CONVENTIONS)


def plan(*when: ClauseDraft) -> tuple[Step, ...]:
    return plan_rule(program(*when), 0)


def probe_of(step: Step) -> tuple[str, bool] | None:
    """Column a step looks up, and whether it looks for a member."""
    assert isinstance(step, Scan | Exists)
    if step.probe is None:
        return None
    return SCHEMA.relations[step.relation].columns[step.probe.column].name, step.probe.element


# -- every plan is complete and sound -------------------------------------------------------------


def all_conditions(steps: Sequence[Step], bound: frozenset[str]) -> Iterator[Expr]:
    """All conditions and values in a plan; asserts that the names of each are bound there."""

    def known(expr: Expr, *more: str) -> Expr:
        assert names(expr) <= bound | set(more), expr
        return expr

    for step in steps:
        match step:
            case Checked(expr=expr):
                yield known(expr)
            case Define(name=name, expr=expr):
                yield known(expr)
                assert name not in bound
                bound |= {name}
            case Scan(var=var, probe=probe, filters=filters) | Exists(var=var, probe=probe, filters=filters):
                if probe is not None:
                    known(probe.key)
                    yield known(probe.condition, var)
                for expr in filters:
                    yield known(expr, var)
                if isinstance(step, Scan):
                    assert var not in bound
                    bound |= {var}
            case Either(alternatives=alternatives):
                for alternative in alternatives:
                    yield from all_conditions(alternative, bound)


def authored(clauses: Sequence[Clause]) -> Iterator[Expr]:
    for clause in clauses:
        if isinstance(clause, AnyOf):
            for alternative in clause.alternatives:
                yield from authored(alternative)
        elif isinstance(clause, Let):
            yield clause.value.expr
        else:
            for condition in conditions(clause):
                yield from conjuncts(condition.expr)


@settings(max_examples=40)
@given(cases())
def test_every_condition_is_tested_once_where_its_names_are_bound(case: Case) -> None:
    always = frozenset(n for n, r in case.schema.relations.items() if r.kind is RelationKind.SECTION)
    for position, rule in enumerate(case.program.rules):
        gate = case.program.gate(rule)
        expected = Counter([*authored(rule.when), *([] if gate is None else [gate])])
        for first in (None, *range(len(rule.eaches))):
            steps = plan_rule(case.program, position, first)
            assert Counter(all_conditions(steps, always)) == expected
            scanned = [s.var for s in steps if isinstance(s, Scan)]
            assert sorted(scanned) == sorted(e.var for e in rule.eaches)
            if first is not None:
                assert scanned[0] == rule.eaches[first].var
            exists = [s for s in steps if isinstance(s, Exists)]
            assert sorted(s.witness for s in exists if s.witness is not None) == list(range(len(rule.somes)))
            assert sum(s.negated for s in exists) == sum(isinstance(c, Absent) for c in rule.when)
            for s in exists:
                if s.witness is not None:
                    assert rule.somes[s.witness].var == s.var


def test_the_scans_of_a_plan_are_those_of_the_rule() -> None:
    steps = plan(each("p in people", "p.ready"), each("j in jobs", "j.owner == p.id"))
    assert Counter((s.var, s.relation) for s in steps if isinstance(s, Scan)) == {("p", "people"): 1, ("j", "jobs"): 1}


# -- lookups ------------------------------------------------------------------------------------


def test_the_second_fact_of_a_join_is_looked_up() -> None:
    for when in (
        (each("p in people", "p.ready"), each("j in jobs", "j.owner == p.id")),
        (each("j in jobs"), each("p in people", "j.owner == p.id", "p.ready")),
    ):
        first, second = (s for s in plan(*when) if isinstance(s, Scan))
        assert first.probe is None
        assert probe_of(second) in {("owner", False), ("id", False)}


@pytest.mark.parametrize(
    ("clause", "lookup"),
    [
        (some("j in jobs", "j.owner == p.id"), ("owner", False)),
        (some("j in jobs", "p.id == j.owner"), ("owner", False)),
        (none("q in people", "p.id in q.backs"), ("backs", True)),
        (some("q in people", "q.id == p.id and q.ready"), ("id", False)),
        (none("q in people", "'vip' in q.tags"), ("tags", True)),
        (some("q in people", "q.mood == 'calm'"), ("mood", False)),
        # A join beats a literal.
        (some("q in people", "q.mood == 'calm'", "q.name == p.name"), ("name", False)),
        (some("q in people", "q.name == p.name", "q.mood == 'calm'"), ("name", False)),
        # What is no equality cannot be looked up, nor can truth or a computed key.
        (some("q in people", "q.age > p.age"), None),
        (some("q in people", "q.id != p.id"), None),
        (some("q in people", "q.ready == true"), None),
        (some("q in people", "q.age == p.age + 1"), None),
        (some("q in people", "q.id in p.backs"), None),
        (some("q in people", "q.name == p.name or q.ready"), None),
    ],
)
def test_what_is_looked_up(clause: ClauseDraft, lookup: tuple[str, bool] | None) -> None:
    (step,) = (s for s in plan(each("p in people", "p.load > 0.5"), clause) if isinstance(s, Exists))
    assert probe_of(step) == lookup
    assert step.negated is (clause.keyword == "none")


def test_a_lookup_by_a_section_needs_no_fact_before_it() -> None:
    (step,) = (s for s in plan(some("q in people", "q.age == site.limit")) if isinstance(s, Exists))
    assert probe_of(step) == ("age", False)


def test_a_fact_is_not_looked_up_by_itself() -> None:
    (scan,) = (s for s in plan(each("p in people", "p.id in p.backs", "p.id == p.id")) if isinstance(s, Scan))
    assert scan.probe is None
    assert len(scan.filters) == 2


def test_a_lookup_leaves_the_other_conditions() -> None:
    rule = program(each("p in people", "p.ready"), some("j in jobs", "j.owner == p.id", "j.duration > 3")).rules[0]
    (clause,) = rule.somes
    exprs = [c.expr for c in clause.where]
    chosen, left = choose_probe("j", exprs, frozenset({"p"}))
    assert chosen == Probe(1, Field("p", "people", SCHEMA.relations["people"].columns[0], 0), False, exprs[0])
    assert left == (exprs[1],)
    assert choose_probe("j", exprs, frozenset()) == (None, tuple(exprs))


# -- order ----------------------------------------------------------------------------------------


def kinds(steps: Sequence[Step]) -> list[str]:
    return [type(s).__name__ for s in steps]


def test_what_needs_no_fact_is_tested_before_any_is_bound() -> None:
    steps = plan(each("p in people", "p.ready"), check("site.limit > 3"), none("j in jobs", "j.duration > 9"))
    assert kinds(steps) == ["Test", "Exists", "Scan"]


def test_a_condition_on_two_facts_waits_for_both() -> None:
    steps = plan(each("p in people", "p.ready"), each("j in jobs", "j.owner == p.id"), check("j.duration > p.age"))
    last = max(i for i, s in enumerate(steps) if isinstance(s, Scan))
    tests = [s for s in steps[last:] if isinstance(s, Checked)]
    scan = steps[last]
    assert isinstance(scan, Scan)
    assert len(tests) + len([f for f in scan.filters if names(f) == {"p", "j"}]) == 1


def test_a_value_is_defined_before_it_is_used() -> None:
    steps = plan(
        each("p in people", "p.ready"),
        let("n", "count(j for j in jobs if j.owner == p.id)"),
        let("m", "n * 2"),
        check("m > 4"),
    )
    assert kinds(steps) == ["Scan", "Define", "Define", "Test"]
    assert [s.name for s in steps if isinstance(s, Define)] == ["n", "m"]


def test_conjunctions_are_taken_apart() -> None:
    steps = plan(
        each("p in people", "p.ready and (p.load > 0.5 and p.age > 3)"), check("p.level > 'low' and 0 < p.age < 9")
    )
    (scan, *tests) = steps
    assert isinstance(scan, Scan)
    assert len(scan.filters) + len(tests) == 6


def test_alternatives_keep_their_own_order() -> None:
    steps = plan(
        each("p in people", "p.ready"),
        any_of(
            [let("n", "count(j for j in jobs if j.owner == p.id)"), check("n > 1 and n < 9")],
            [some("j in jobs", "j.owner == p.id"), none("q in people", "p.id in q.backs")],
        ),
    )
    (either,) = (s for s in steps if isinstance(s, Either))
    assert [kinds(a) for a in either.alternatives] == [["Define", "Test", "Test"], ["Exists", "Exists"]]
    inner = [s for s in either.alternatives[1] if isinstance(s, Exists)]
    assert [probe_of(s) for s in inner] == [("owner", False), ("backs", True)]
    # Only outermost witnesses are recorded.
    assert [s.witness for s in inner] == [None, None]


def test_the_phase_is_tested_first() -> None:
    drafts = [risk("r", each("p in people", "p.ready"), phases=(Text("build"),))]
    found = compile_program(drafts, SCHEMA, CONVENTIONS)
    assert kinds(plan_rule(found, 0)) == ["Test", "Scan"]


def test_a_constant_lookup_is_used_where_there_is_nothing_better() -> None:
    (scan,) = plan(each("p in people", "p.mood == 'calm'", "p.age > 3"))
    assert isinstance(scan, Scan)
    assert scan.probe is not None
    assert isinstance(scan.probe.key, Const)
    assert len(scan.filters) == 1
