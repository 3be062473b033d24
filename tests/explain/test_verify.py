"""The verifier believes no engine: every way of being wrong is found."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from crm_rules.engine.protocol import Derived, Run
from crm_rules.engine.reference import ReferenceEngine
from crm_rules.explain.verify import verify
from tests.explain.subject import run


def test_a_correct_run_has_no_problems() -> None:
    result = run()
    assert verify(result) == []
    assert verify(ReferenceEngine().run(result.program, result.facts)) == []


def _row(result: Run, relation: str, key: str) -> tuple[Any, ...]:
    return next(r for r in result.facts.extensions[relation].rows if r[0] == key)


def _without(records: Any, position: int) -> list[Any]:
    return [r for r in records if r[0] != position]


def extra_certain(r: Run) -> Run:
    record = (r.program.by_id["weak"], _row(r, "bridges", "b2"))
    return dataclasses.replace(r, certain_records=[*r.certain_records, record])


def possible_as_certain(r: Run) -> Run:
    weak = r.program.by_id["weak"]
    moved = [x for x in r.possible_records if x[0] == weak]
    assert moved
    return dataclasses.replace(
        r, certain_records=[*r.certain_records, *moved], possible_records=_without(r.possible_records, weak)
    )


def certain_as_possible(r: Run) -> Run:
    many = r.program.by_id["many"]
    moved = [x for x in r.certain_records if x[0] == many]
    return dataclasses.replace(
        r, certain_records=_without(r.certain_records, many), possible_records=[*r.possible_records, *moved]
    )


def recorded_twice(r: Run) -> Run:
    return dataclasses.replace(r, certain_records=[*r.certain_records, r.certain_records[0]])


def wrong_witness(r: Run) -> Run:
    alarm = r.program.by_id["alarm"]
    changed = [(*x[:-1], _row(r, "bridges", "b2")) if x[0] == alarm else x for x in r.certain_records]
    return dataclasses.replace(r, certain_records=changed)


def no_such_fact(r: Run) -> Run:
    record = (r.program.by_id["weak"], ("b9", None, None, 0, True))
    return dataclasses.replace(r, certain_records=[*r.certain_records, record])


def unsupported_fact(r: Run) -> Run:
    return dataclasses.replace(
        r, derived={**r.derived, "weak": Derived((("b1",), ("b2",)), r.derived["weak"].possible)}
    )


def missing_fact(r: Run) -> Run:
    return dataclasses.replace(r, derived={**r.derived, "weak": Derived()})


@pytest.mark.parametrize(
    ("forge", "word"),
    [
        (extra_certain, "false"),
        (possible_as_certain, "only possible"),
        (certain_as_possible, "is certain"),
        (recorded_twice, "twice"),
        (wrong_witness, "witness"),
        (no_such_fact, "no fact"),
        (unsupported_fact, "follows from no certain firing"),
        (missing_fact, "missing"),
    ],
)
def test_a_forged_run_is_found_out(forge: Callable[[Run], Run], word: str) -> None:
    problems = verify(forge(run()))
    assert any(word in p for p in problems), problems
