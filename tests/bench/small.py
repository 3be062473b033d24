"""One project, 120 facts, 100 rules: the engine against the same rules written by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from crm_rules.engine.protocol import Run
from crm_rules.engine.registry import engine_named
from crm_rules.facts.base import FactBase
from crm_rules.program.program import Program, compile_program
from tests.bench.by_hand import Found, one_function_for_all, one_function_per_rule
from tests.bench.one_project import (
    INCOMPLETE,
    UNKNOWN_SHARE,
    project_entries,
    project_facts,
    project_objects,
    project_schema,
)
from tests.bench.rule_pairs import PAIRS
from tests.bench.timing import against, contest, duration, show, table

PER_RULE: Final = "by hand, a function per rule"
FUSED: Final = "by hand, one tuned function"
CERTAIN: Final = "compiled, certain answers"
FULL: Final = "compiled, certain and possible"
REFERENCE: Final = "reference, certain and possible"

TARGETS: Final = {CERTAIN: 1.0, FULL: 2.5}

Matches = frozenset[tuple[str, ...]]
"""Certain firings: rule, then the keys of the facts it matched."""


@dataclass(frozen=True, slots=True)
class Case:
    """A project in both shapes."""

    name: str
    facts: FactBase
    objects: Any


def program() -> Program:
    """The hundred rules."""
    return compile_program([pair.draft() for pair in PAIRS], project_schema())


def cases() -> Iterator[Case]:
    """Projects that make about 150 certain firings each."""
    schema = project_schema()
    for name, seed, share, incomplete in (
        ("everything known", 9, 0.0, ()),
        ("a tenth of the fields unknown", 3, UNKNOWN_SHARE, ()),
        ("a tenth of the fields unknown, two of twelve lists incomplete", 3, UNKNOWN_SHARE, INCOMPLETE),
    ):
        entries = project_entries(seed, share)
        facts = project_facts(schema, entries, incomplete)
        yield Case(name, facts, project_objects(schema, entries, incomplete))


def matches_by_hand(found: Found) -> Matches:
    """What rules written by hand have found."""
    keys = [(rule, *(fact.id for fact in facts)) for rule, *facts in found]
    assert len(set(keys)) == len(keys)
    return frozenset(keys)


def matches_of(run: Run) -> Matches:
    """What an engine has found for certain; witnesses count as matched facts."""
    rules = run.program.rules
    return frozenset((rules[rule].id, *(row[0] for row in rows)) for rule, *rows in run.certain_records)


def agree(program: Program, case: Case) -> tuple[int, int]:
    """Check that all contestants give the same answers.

    Returns:
        The number of certain and of possible firings.

    Raises:
        AssertionError: they do not.
    """
    engine = engine_named("compiled")
    full = engine.run(program, case.facts)
    expected = matches_by_hand(one_function_per_rule(PAIRS)(case.objects))
    assert matches_by_hand(one_function_for_all(PAIRS)(case.objects)) == expected
    assert matches_of(engine.run(program, case.facts, possible=False)) == expected
    assert matches_of(full) == expected
    assert full.same_answers(engine_named("reference").run(program, case.facts))
    return len(full.certain_records), len(full.possible_records)


def bench(rounds: int) -> None:
    """Measure and print."""
    compiled, reference = engine_named("compiled"), engine_named("reference")
    rules = program()
    per_rule, fused = one_function_per_rule(PAIRS), one_function_for_all(PAIRS)
    for case in cases():
        certain, possible = agree(rules, case)
        stated = sum(len(e.rows) for e in case.facts.extensions.values())
        show(f"One project, {case.name}")
        show(f"{stated} facts, {len(rules.rules)} rules, {certain} certain and {possible} possible firings")
        times = contest(
            {
                PER_RULE: lambda case=case: per_rule(case.objects),  # type: ignore[misc]
                FUSED: lambda case=case: fused(case.objects),  # type: ignore[misc]
                CERTAIN: lambda case=case: compiled.run(rules, case.facts, possible=False),  # type: ignore[misc]
                FULL: lambda case=case: compiled.run(rules, case.facts),  # type: ignore[misc]
            },
            rounds,
        )
        slow = contest({REFERENCE: lambda case=case: reference.run(rules, case.facts)}, 3)  # type: ignore[misc]
        seconds = slow.seconds(REFERENCE)
        rows = [
            *against(times, PER_RULE, TARGETS),
            (REFERENCE, duration(seconds), f"{seconds / times.seconds(PER_RULE):.0f}", ""),
        ]
        table(("", "time", "ratio", "target"), rows)
        show()
