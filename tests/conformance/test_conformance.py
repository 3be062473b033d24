"""Every engine answers every conformance case as it is written down."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import get_args

import pytest

from crm_rules.engine.registry import ENGINES, engine_named, installed_engines
from crm_rules.explain.verify import verify
from crm_rules.rules.expressions import AggregateFunction, ArithOp, CompareOp, Expr, walk
from crm_rules.rules.functions import FUNCTIONS, OVERLAP
from crm_rules.rules.rule import AnyOf, Clause, conditions
from tests.conformance.case import Case, answer, expanded, names, read_case


@pytest.fixture(scope="session")
def cases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Case]:
    """The cases read so far."""
    folder = tmp_path_factory.mktemp("conformance")

    class Read(dict[str, Case]):
        def __missing__(self, name: str) -> Case:
            self[name] = read_case(name, folder / name)
            return self[name]

    return Read()


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", names())
def test_the_answer_is_the_expected_one(name: str, engine: str, cases: dict[str, Case]) -> None:
    case = _case(cases, name, engine)
    run = engine_named(engine).run(case.program, case.facts)
    assert answer(run, case.expected) == case.expected
    assert case.silent is not bool(run.certain_records or run.possible_records)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", names())
def test_certain_answers_alone_are_the_same(name: str, engine: str, cases: dict[str, Case]) -> None:
    case = _case(cases, name, engine)
    run = engine_named(engine).run(case.program, case.facts, possible=False)
    assert answer(run, case.expected)["certain"] == case.expected["certain"]
    assert not run.possible_records


def test_every_part_of_the_language_is_in_some_case(cases: dict[str, Case]) -> None:
    clauses: set[type[Clause]] = set()
    nodes: set[type[Expr]] = set()
    words: set[str] = set()
    for rule in (rule for name in names() for rule in cases[name].program.rules):
        clauses |= set(_clauses(rule.when))
        for clause in rule.when:
            for expr in (e for condition in conditions(clause) for e in walk(condition.expr)):
                nodes.add(type(expr))
                words |= {str(v) for f in ("op", "function") if (v := getattr(expr, f, None)) is not None}
    assert clauses == set(get_args(Clause))
    assert nodes == set(get_args(Expr))
    for known in (FUNCTIONS, [OVERLAP], get_args(CompareOp), get_args(ArithOp), get_args(AggregateFunction)):
        assert set(known) - words == set()


def _clauses(clauses: Sequence[Clause]) -> Iterator[type[Clause]]:
    for clause in clauses:
        yield type(clause)
        if isinstance(clause, AnyOf):
            for alternative in clause.alternatives:
                yield from _clauses(alternative)


def _case(cases: dict[str, Case], name: str, engine: str) -> Case:
    case = cases[name]
    if engine not in installed_engines():
        pytest.skip(f"the engine '{engine}' is not installed here")
    if engine in case.skip:
        pytest.skip(case.skip[engine])
    return case


@pytest.mark.parametrize("name", [n for n in names() if not n.startswith("size/")])
def test_the_answer_stands_up_to_the_verifier(name: str, cases: dict[str, Case]) -> None:
    case = cases[name]
    for engine in installed_engines():
        assert verify(engine_named(engine).run(case.program, case.facts)) == []


def test_repetitions_are_written_out() -> None:
    assert expanded({"f<n>": {"repeat": 2, "of": "<n+1>"}, "l": [{"repeat": 12, "of": {"id": "t<n//10><n%10>"}}]}) == {
        "f0": 1,
        "f1": 2,
        "l": [{"id": f"t{n // 10}{n % 10}"} for n in range(12)],
    }
    assert expanded("a<x*3>b") == "axxxb"
