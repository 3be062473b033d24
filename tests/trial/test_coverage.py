"""Changes no example notices are found, and only those."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from crm_rules.api import compile_packs
from crm_rules.engine.reference import ReferenceEngine
from crm_rules.trial.coverage import rests_on, what_it_did, what_it_would_do
from crm_rules.trial.examples import run_examples
from crm_rules.trial.given import Givens
from tests.trial.packs import pack, rule

Found = list[tuple[str, str, str, int]]


def uncovered(folder: Path, rules: Mapping[str, str]) -> Found:
    """What no example needs: rule, kind of change, part, and its line; all examples have to pass."""
    report = run_examples(pack(folder, rules))
    assert [o.failure for o in report.outcomes if not o.passed] == []
    assert report.passed is (not report.uncovered)
    return [(u.rule, u.kind, u.clause, u.place.line if u.place else 0) for u in report.uncovered]


RICH = rule(
    "- check: city.rich",
    """
    {name: rich, given: {city: {rich: true}}, expect: fires}
    {name: poor, given: {city: {rich: false}}, expect: silent}
    """,
)
BUSY = """
- each: b in bridges
  where:
    - b.open
    - b.span > 10
"""
NEEDED = """
{name: open and long, given: {bridges: [{id: b, open: true, span: 20}]}, expect: fires}
{name: closed, given: {bridges: [{id: b, open: false, span: 20}]}, expect: silent}
"""


def test_an_example_per_line_covers_a_rule(tmp_path: Path) -> None:
    short = "{name: short, given: {bridges: [{id: b, open: true, span: 10}]}, expect: silent}"
    assert uncovered(tmp_path, {"a.rule": rule(BUSY, NEEDED + short)}) == []


def test_a_line_no_example_needs_is_named(tmp_path: Path) -> None:
    assert uncovered(tmp_path, {"a.rule": rule(BUSY, NEEDED)}) == [("a.rule", "removal", "b.span > 10", 7)]


def test_an_example_in_which_something_is_possible_counts(tmp_path: Path) -> None:
    unknown = "{name: length unknown, given: {bridges: [{id: b, open: true}]}, expect: possible}"
    assert uncovered(tmp_path, {"a.rule": rule(BUSY, NEEDED + unknown)}) == []


def test_a_negation_can_go_unnoticed_where_a_removal_does_not(tmp_path: Path) -> None:
    when = """
        - check: city.rich
        - some: b in bridges
          where: b.open
    """
    examples = """
        {name: both, given: {city: {rich: true}, bridges: [{id: a, open: true}, {id: b, open: false}]}, expect: fires}
        {name: nobody knows, given: {city: {rich: true}, bridges: [{id: a}]}, expect: possible}
        {name: none, given: {city: {rich: true}}, expect: silent}
        {name: poor, given: {city: {rich: false}, bridges: [{id: a, open: true}]}, expect: silent}
    """
    assert uncovered(tmp_path, {"a.rule": rule(when, examples)}) == [("a.rule", "negation", "b.open", 6)]


def test_alternatives_and_what_is_in_them_have_to_be_needed(tmp_path: Path) -> None:
    when = """
        - any:
            - - check: city.rich
            - - check: city.warned
              - none: b in bridges
                where: b.open
    """
    fires = """
        {name: rich, given: {city: {rich: true, warned: false}}, expect: fires}
        {name: neither, given: {city: {rich: false, warned: false}}, expect: silent}
    """
    assert uncovered(tmp_path / "1", {"a.rule": rule(when, fires)}) == [
        ("a.rule", "removal", "check: city.warned; none: b in bridges", 6),
        ("a.rule", "removal", "none: b in bridges", 7),
        ("a.rule", "negation", "none: b in bridges", 7),
        ("a.rule", "removal", "b.open", 8),
        ("a.rule", "negation", "b.open", 8),
    ]
    more = """
        {name: warned, given: {city: {rich: false, warned: true}, bridges: [{id: b, open: false}]}, expect: fires}
        {name: way out, given: {city: {rich: false, warned: true}, bridges: [{id: b, open: true}]}, expect: silent}
    """
    assert uncovered(tmp_path / "2", {"a.rule": rule(when, fires + more)}) == []


def test_only_active_rules_have_to_be_covered(tmp_path: Path) -> None:
    head = "kind: risk\nstatus: deprecated\nreplaced_by: a.new"
    rules = {
        "a.old": rule(BUSY, NEEDED, head=head),
        "a.new": RICH,
    }
    assert uncovered(tmp_path, rules) == []


# --- rules that rest on others -----------------------------------------------------------------------------

WEAK = rule(
    "- each: b in bridges\n  where: b.state <= 'poor'",
    """
    {name: poor, given: {bridges: [{id: b, state: poor}]}, expect: fires}
    {name: fair, given: {bridges: [{id: b, state: fair}]}, expect: silent}
    """,
    head="kind: conclusion",
    then="then:\n  conclude:\n    weak: {about: b.id}\n",
)
ALARM = rule(
    "- each: w in weak\n- some: b in bridges\n  where: [b.id == w.about, b.open]",
    """
    {name: open, given: {bridges: [{id: b, state: poor, open: true}]}, expect: fires}
    {name: closed, given: {bridges: [{id: b, state: poor, open: false}]}, expect: silent}
    {name: another is open, given: {bridges: [{id: a, state: fair, open: true}]}, expect: silent}
    """,
)
PANIC = rule(
    "- check: raised('c.alarm')\n- check: not city.warned",
    """
    {name: no warning, given: {city: {warned: false}, bridges: [{id: b, state: poor, open: true}]}, expect: fires}
    {name: warning, given: {city: {warned: true}, bridges: [{id: b, state: poor, open: true}]}, expect: silent}
    {name: nothing to fear, given: {city: {warned: false}}, expect: silent}
    """,
)
CHAIN = {"b.weak": WEAK, "c.alarm": ALARM, "a.panic": PANIC, "d.other": RICH}


def test_a_change_is_tried_with_the_rules_below(tmp_path: Path) -> None:
    # The line that joins the bridge to the finding goes unnoticed: no example has a weak bridge and an open other one.
    assert uncovered(tmp_path, CHAIN) == [("c.alarm", "removal", "b.id == w.about", 6)]


def test_what_a_rule_rests_on(tmp_path: Path) -> None:
    program = compile_packs([pack(tmp_path, CHAIN | RECURSIVE)])
    assert {r.id: rests_on(program, r) for r in program.rules} == {
        "a.panic": {"b.weak", "c.alarm"},
        "b.weak": set(),
        "c.alarm": {"b.weak"},
        "d.other": set(),
        "r.first": set(),
        "r.next": {"r.first", "r.next"},
    }


REACH = """
- each: r in reached
  where: r.steps < 5
- each: b in bridges
  where: r.about in b.next_to
"""
FIRST = rule(
    "- each: b in bridges\n  where: b.open",
    """
    {name: open, given: {bridges: [{id: b, open: true}]}, expect: fires}
    {name: closed, given: {bridges: [{id: b, open: false}]}, expect: silent}
    """,
    head="kind: conclusion",
    then="then:\n  conclude:\n    reached: {about: b.id, steps: 0}\n",
)


NEXT = rule(
    REACH,
    """
    {name: round trip, given: {bridges: [{id: a, open: true, next_to: [b]}, {id: b, next_to: [a]}]}, expect: fires}
    {name: no way, given: {bridges: [{id: a, open: true}, {id: b}]}, expect: silent}
    """,
    head="kind: conclusion",
    then="then:\n  conclude:\n    reached: {about: b.id, steps: r.steps + 1}\n",
)
RECURSIVE = {"r.first": FIRST, "r.next": NEXT}


def test_a_change_that_makes_a_recursion_endless_is_noticed(tmp_path: Path) -> None:
    assert uncovered(tmp_path, RECURSIVE) == []


def test_a_change_after_which_nothing_is_defined_is_passed_over(tmp_path: Path) -> None:
    # The second alternative looks at what the rule itself derives, which it may not do in the negative.
    when = """
        - each: b in bridges
          where: b.span > 10
        - any:
            - - check: b.open
            - - some: w in weak
                where: w.about in b.next_to
    """
    examples = """
        {name: open, given: {bridges: [{id: b, span: 20, open: true}]}, expect: fires}
        {name: closed, given: {bridges: [{id: b, span: 20, open: false}]}, expect: silent}
        {name: short, given: {bridges: [{id: b, span: 5, open: true}]}, expect: silent}
    """
    then = "then:\n  conclude:\n    weak: {about: b.id}\n"
    assert uncovered(tmp_path, {"a.rule": rule(when, examples, head="kind: conclusion", then=then)}) == [
        ("a.rule", "removal", "some: w in weak", 8),
        ("a.rule", "removal", "w.about in b.next_to", 9),
        ("a.rule", "negation", "w.about in b.next_to", 9),
    ]


# --- how changes are tried ---------------------------------------------------------------------------------


@pytest.mark.parametrize("rule_id", sorted(CHAIN))
def test_a_rule_that_is_not_changed_does_what_it_did(tmp_path: Path, rule_id: str) -> None:
    loaded = pack(tmp_path, CHAIN)
    program = compile_packs([loaded])
    states: list[dict[str, Any]] = [
        {},
        {"state": "poor"},
        {"state": "poor", "open": True},
        {"state": "fair", "open": True},
    ]
    found: set[str] = set()
    for first, second in itertools.product(states, states):
        for city, unlisted in itertools.product([{"warned": False, "rich": True}, {"warned": True}, {}], [True, False]):
            given = {"bridges": [{"id": "a", **first}, {"id": "b", **second}], "city": city}
            facts, _ = Givens(loaded.schema).facts({} if unlisted else given, unlisted)
            assert facts is not None
            run = ReferenceEngine().run(program, facts)
            found.add(what_it_did(run, rule_id))
            assert what_it_would_do(run, program.rule(rule_id)) == what_it_did(run, rule_id)
    assert {"fires", "possible"} <= found


def test_a_rule_that_is_changed_still_waits_for_its_phase(tmp_path: Path) -> None:
    examples = """
        {name: busy, given: {team: [{id: ann, operational_load: 0.7}]}, expect: fires}
        {name: early, given: {project: {phase: preparation}, team: [{id: a, operational_load: 0.2}]}, expect: silent}
    """
    text = rule("- each: p in team\n  where: p.operational_load > 0.5", examples, head="kind: risk\nphases: [training]")
    report = run_examples(pack(tmp_path, {"a.rule": text}, crm=True, facts="{}", conclusions="{}"))
    assert [(u.kind, u.clause) for u in report.uncovered] == [
        ("removal", "each: p in team"),
        ("removal", "p.operational_load > 0.5"),
    ]
