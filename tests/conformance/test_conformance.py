"""Every engine answers every conformance case as it is written down."""

from __future__ import annotations

import pytest

from crm_rules.engine.registry import engine_named, installed_engines
from crm_rules.explain.verify import verify
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


@pytest.mark.parametrize("engine", installed_engines())
@pytest.mark.parametrize("name", names())
def test_the_answer_is_the_expected_one(name: str, engine: str, cases: dict[str, Case]) -> None:
    case = _case(cases, name, engine)
    run = engine_named(engine).run(case.program, case.facts)
    assert answer(run, case.expected) == case.expected
    assert case.silent is not bool(run.certain_records or run.possible_records)


@pytest.mark.parametrize("engine", installed_engines())
@pytest.mark.parametrize("name", names())
def test_certain_answers_alone_are_the_same(name: str, engine: str, cases: dict[str, Case]) -> None:
    case = _case(cases, name, engine)
    run = engine_named(engine).run(case.program, case.facts, possible=False)
    assert answer(run, case.expected)["certain"] == case.expected["certain"]
    assert not run.possible_records


def _case(cases: dict[str, Case], name: str, engine: str) -> Case:
    case = cases[name]
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
