"""Ten thousand tasks, and a recursion of some ten thousand pairs: joins at scale."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from crm_rules.engine.protocol import Run
from crm_rules.engine.registry import engine_named
from crm_rules.facts.base import FactBase
from crm_rules.program.program import Program
from tests.bench.large_plan import (
    Entries,
    Found,
    chains,
    closure_by_hand,
    closure_program,
    join_program,
    joins_by_hand,
    large_plan,
    plan_facts,
    plan_objects,
    plan_schema,
)
from tests.bench.timing import SLOW_ROUNDS, against, contest, show, table

BY_HAND: Final = "by hand, with dictionaries"
CERTAIN: Final = "compiled, certain answers"
FULL: Final = "compiled, certain and possible"

Matches = frozenset[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Case:
    """Rules in both forms, and the facts for each."""

    name: str
    program: Program
    facts: FactBase
    by_hand: Callable[[Any], Found]
    objects: Any


def cases() -> Iterator[Case]:
    """The joins and the recursion."""
    schema = plan_schema()
    plans: list[tuple[str, Program, Callable[[Any], Found], Entries]] = [
        ("A plan of 10,000 tasks, joins", join_program(schema), joins_by_hand, large_plan()),
        ("Chains of tasks, transitive closure", closure_program(schema), closure_by_hand, chains()),
    ]
    for name, program, by_hand, entries in plans:
        yield Case(name, program, plan_facts(schema, entries), by_hand, plan_objects(entries))


def agree(case: Case) -> tuple[int, int]:
    """Check that the engine finds what the rules by hand find.

    Returns:
        The number of certain firings, and of derived facts.

    Raises:
        AssertionError: it does not, or something is merely possible although everything is known.
    """
    found = case.by_hand(case.objects)
    expected = frozenset((rule, *(f if isinstance(f, tuple) else f.id for f in facts)) for rule, *facts in found)
    assert len(expected) == len(found)
    engine = engine_named("compiled")
    full, certain = engine.run(case.program, case.facts), engine.run(case.program, case.facts, possible=False)
    assert _matches(full) == _matches(certain) == expected
    assert not full.possible_records
    return len(full.certain_records), sum(len(d.certain) for d in full.derived.values())


def _matches(run: Run) -> Matches:
    """Certain firings; a derived fact stands for itself, another one for its key."""
    rules = run.program.rules
    derived = run.program.derived_in
    found: set[tuple[Any, ...]] = set()
    for position, *rows in run.certain_records:
        rule = rules[position]
        relations = [e.relation for e in rule.eaches] + [s.relation for s in rule.somes]
        matched = zip(relations, rows, strict=True)
        found.add((rule.id, *(row if relation in derived else row[0] for relation, row in matched)))
    return frozenset(found)


def bench(rounds: int) -> None:
    """Measure and print."""
    engine = engine_named("compiled")
    for case in cases():
        firings, derived = agree(case)
        stated = sum(len(e.rows) for e in case.facts.extensions.values())
        show(case.name)
        show(f"{stated:,} facts, {len(case.program.rules)} rules, {firings:,} firings, {derived:,} derived facts")
        times = contest(
            {
                BY_HAND: lambda case=case: case.by_hand(case.objects),  # type: ignore[misc]
                CERTAIN: lambda case=case: engine.run(case.program, case.facts, possible=False),  # type: ignore[misc]
                FULL: lambda case=case: engine.run(case.program, case.facts),  # type: ignore[misc]
            },
            min(rounds, SLOW_ROUNDS),
        )
        table(("", "time", "ratio", "target"), against(times, BY_HAND, {}))
        show()
