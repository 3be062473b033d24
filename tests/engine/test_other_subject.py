"""A pack about bridges runs unchanged: the inference rooms know rules and facts, and nothing of CRM."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from crm_rules.diagnostics import Diagnostic
from crm_rules.engine.protocol import Run
from crm_rules.engine.registry import engine_named, installed_engines
from crm_rules.explain.verify import verify
from crm_rules.facts.base import FactBase
from crm_rules.facts.schema import EnumType, Schema
from crm_rules.files.nodes import plain
from crm_rules.files.ruleset import load_pack
from crm_rules.files.text import SourceText
from crm_rules.files.yaml_text import parse_yaml
from crm_rules.program.check import Conventions
from crm_rules.program.program import compile_program
from crm_rules.rules.rule import Example
from crm_rules.trial.given import Givens
from tests.engine.answers import answer
from tests.engine.choices import Seeded
from tests.engine.knowledge import Comparison
from tests.engine.random_facts import random_completion

PACK = load_pack(Path(__file__).parents[1] / "data" / "bridges", Schema.of([]))
PROGRAM = compile_program(
    PACK.drafts,
    PACK.schema,
    Conventions(EnumType("Actor", ("engineer", "mayor")), frozenset(PACK.sources), PACK.settings),
)
GIVENS = Givens(PACK.schema)
EXAMPLES = [(r.id, e) for r in PROGRAM.rules for e in r.examples]
ENGINES = [engine_named(name) for name in installed_engines()]

TOWN = """\
town: {today: 2025-06-01, season: flood}
bridges:
  - {id: arch, load: 0.95, state: poor, material: stone, inspected: 2024-01-01, cables: [power]}
  - {id: log, load: 0.1, state: fair, material: wood, inspected: 2025-05-01, cables: []}
  - {id: span, load: 0.9, material: steel, inspected: 2025-05-01, cables: [water]}
places:
  - {id: centre, people: 9000, hospital: true}
  - {id: hill, people: 800, hospital: false}
  - {id: mill, people: 150, hospital: false}
  - {id: port, people: 700, hospital: false}
roads:
  - {id: r1, start: centre, end: hill, over: []}
  - {id: r2, start: hill, end: mill, over: [log]}
  - {id: r3, start: centre, end: port, over: [span]}
suppliers: [{id: power, backup: false}, {id: water, backup: false}]
"""


def town(**more: Any) -> FactBase:
    """The facts of the town."""
    problems: list[Diagnostic] = []
    root = parse_yaml(SourceText("town.yaml", TOWN), problems)
    assert root is not None, problems
    return stated({**plain(root), **more})


def stated(given: Mapping[str, Any]) -> FactBase:
    """Facts as rules state them in their examples."""
    facts, problems = GIVENS.facts(given)
    assert facts is not None, problems
    return facts


def run(facts: FactBase) -> Run:
    """The answer all engines give."""
    first, *others = (e.run(PROGRAM, facts) for e in ENGINES)
    for other in others:
        assert first.differences(other) == []
        assert answer(first) == answer(other)
    assert verify(first) == []
    return first


def findings(found: Run) -> list[tuple[str, bool, tuple[object, ...]]]:
    """Risks and issues with the keys of their facts."""
    reporting = {r.id for r in PROGRAM.rules if r.kind != "conclusion"}
    return [(f.rule, f.certain, tuple(r[0] for r in f.facts)) for f in found.firings() if f.rule in reporting]


def test_the_pack_uses_the_language_to_the_full() -> None:
    assert [(s.recursive, len(s.rules)) for s in PROGRAM.strata] == [
        (False, 2),
        (False, 3),
        (True, 2),
        (False, 1),
        (False, 1),
    ]
    assert len(PROGRAM.rules) == 9


@pytest.mark.parametrize(("rule", "example"), EXAMPLES, ids=lambda x: x.name if isinstance(x, Example) else x)
def test_examples_come_out_as_expected(rule: str, example: Example) -> None:
    certain = {f.certain for f in run(stated(example.given)).firings() if f.rule == rule}
    assert ("fires" if True in certain else "possible" if certain else "silent") == example.expect


def test_a_town_in_the_flood() -> None:
    found = run(town())
    assert findings(found) == [
        ("structure.cable-without-backup", True, ("arch", "arch", "power")),
        ("structure.cable-without-backup", False, ("span", "span", "water")),
        ("structure.inspection-overdue", True, ("arch",)),
        ("traffic.hospital-cut-off", True, ("mill",)),
        ("traffic.hospital-cut-off", False, ("port",)),
        ("traffic.town-in-danger", True, ()),
    ]
    assert found.derived["unsafe"].certain == (("arch",), ("log",))
    assert found.derived["unsafe"].possible == (("span",),)
    assert found.derived["reachable"].certain == (("centre", "hill"), ("hill", "centre"))


def test_knowing_the_town_better_keeps_what_was_certain() -> None:
    facts = town(incomplete=["bridges", "roads", "suppliers"])
    before = run(facts)
    for seed in range(30):
        after = run(random_completion(Seeded(seed), facts))
        comparison = Comparison(before, after)
        assert comparison.retracted() == []
        assert comparison.unforeseen() == []
        assert list(after.possible_records) == []
