"""The engines that are installed side by side: one project, a roadmap of 10,000 tasks, a recursive program."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from crm_rules.api import Assessor, load_project, project_facts
from crm_rules.engine.protocol import Engine
from crm_rules.engine.registry import DEFAULT_ENGINE, FOREIGN_ENGINES, engine_named, installed_engines
from crm_rules.errors import LimitReached
from crm_rules.facts.base import FactBase
from crm_rules.program.program import Program
from tests.bench import large
from tests.bench.stages import EXAMPLE
from tests.bench.timing import SLOW_ROUNDS, against, contest, show, table

LARGE_ROUNDS: Final = 5
"""Measurements of each engine where one call takes seconds."""


@dataclass(frozen=True, slots=True)
class Case:
    """A program and what it runs over."""

    name: str
    program: Program
    facts: FactBase
    rounds: int


def cases() -> Iterator[Case]:
    """The bundled pack over an example project, and the two of the large benchmark."""
    assessor = Assessor()
    facts, _ = project_facts(load_project(EXAMPLE), assessor.program.schema, assessor.orderings)
    yield Case("One project: the bundled pack over the troubled example", assessor.program, facts, SLOW_ROUNDS)
    for case in large.cases():
        yield Case(case.name, case.program, case.facts, LARGE_ROUNDS)


def answering(case: Case) -> tuple[dict[str, Engine], dict[str, str]]:
    """The engines that answer a case, which all have to give the same run, and why the others do not.

    Raises:
        AssertionError: two engines differ.
    """
    engines: dict[str, Engine] = {}
    silent: dict[str, str] = {}
    expected = engine_named(DEFAULT_ENGINE).run(case.program, case.facts)
    for name in installed_engines():
        engine = engine_named(name)
        try:
            run = engine.run(case.program, case.facts)
        except LimitReached as error:
            silent[name] = str(error)
            continue
        assert run.same_answers(expected), f"{name} and {DEFAULT_ENGINE} differ"
        engines[name] = engine
    return engines, silent


def bench(rounds: int) -> None:
    """Measure and print."""
    for case in cases():
        engines, silent = answering(case)
        run = engine_named(DEFAULT_ENGINE).run(case.program, case.facts)
        stated = sum(len(e.rows) for e in case.facts.extensions.values())
        derived = sum(len(d.certain) for d in run.derived.values())
        show(f"Engines: {case.name}")
        show(
            f"{stated:,} facts, {len(case.program.rules)} rules, {len(run.certain_records):,} certain and "
            f"{len(run.possible_records):,} possible firings, {derived:,} derived facts"
        )
        times = contest(
            {name: lambda e=engine, c=case: e.run(c.program, c.facts) for name, engine in engines.items()},  # type: ignore[misc]
            min(rounds, case.rounds),
        )
        table(("", "time", "ratio", ""), against(times, DEFAULT_ENGINE, {}))
        for name, reason in silent.items():
            show(f"  {name}: no answer, {reason}")
        for name in sorted(FOREIGN_ENGINES - {*engines, *silent}):
            show(f"  {name}: not installed")
        show()
