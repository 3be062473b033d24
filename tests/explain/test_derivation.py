"""Derivations reach down to stated facts, choose canonically and never rest on themselves."""

from __future__ import annotations

import dataclasses

import pytest

from crm_rules.engine.protocol import Firing, Run
from crm_rules.engine.reference import ReferenceEngine
from crm_rules.errors import EngineError
from crm_rules.explain.derivation import Derivation, Explainer
from crm_rules.explain.readings import AbsenceReading, AggregateReading, FieldReading, OpenField, OpenList
from tests.explain.subject import ENTRIES, run


def only(result: Run, rule: str, certain: bool = True) -> Firing:
    found = [f for f in result.firings() if f.rule == rule and f.certain is certain]
    assert len(found) == 1, found
    return found[0]


def fields(derivation: Derivation) -> set[tuple[str, str, str]]:
    return {(r.relation, r.row[0], r.column) for r in derivation.leaves if isinstance(r, FieldReading)}


def test_a_derivation_names_the_fields_and_absences_it_rests_on() -> None:
    result = run()
    derivation = Explainer(result).derivation(only(result, "weak"))
    assert fields(derivation) == {("bridges", "b1", "condition"), ("bridges", "b1", "open")}
    absences = [r for r in derivation.leaves if isinstance(r, AbsenceReading)]
    assert [(a.relation, a.considered, a.text) for a in absences] == [
        ("inspections", 1, "i.bridge == b.id and i.passed")
    ]


def test_premises_lead_from_a_finding_through_conclusions_to_facts() -> None:
    result = run()
    derivation = Explainer(result).derivation(only(result, "alarm"))
    assert [p.rule.id for p in derivation.premises] == ["weak"]
    assert ("bridges", "b1", "span_m") in fields(derivation)
    assert ("bridges", "b1", "condition") in fields(derivation)


def test_an_or_is_explained_by_its_first_alternative_that_holds() -> None:
    result = run()
    assert [p.rule.id for p in Explainer(result).derivation(only(result, "either")).premises] == ["alarm"]
    quiet = run({**ENTRIES, "inspections": [{"id": "i1", "bridge": "b1", "passed": True}]})
    assert [p.rule.id for p in Explainer(quiet).derivation(only(quiet, "either")).premises] == ["many"]


def test_an_aggregate_names_its_members() -> None:
    result = run()
    derivation = Explainer(result).derivation(only(result, "many"))
    (reading,) = [r for r in derivation.leaves if isinstance(r, AggregateReading)]
    assert [m[0] for m in reading.members] == ["b1", "b2"]
    assert reading.considered == 3


def test_recursive_facts_are_explained_by_their_shortest_way() -> None:
    result = run()
    explainer = Explainer(result)
    for firing in result.firings():
        if firing.rule == "far" and firing.certain:
            derivation = explainer.derivation(firing)
            assert derivation.firing not in [d.firing for p in derivation.premises for d in p.walk()]
    rounds = [f for f in result.firings() if f.rule == "round"]
    assert len(rounds) == 3
    assert all(len(list(explainer.derivation(f).walk())) == 4 for f in rounds)  # round, then three roads


def test_a_loop_is_not_explained_by_going_round_twice() -> None:
    """Going round once more derives the same facts; the canonical derivation is the one of lowest rank."""
    result = run()
    explainer = Explainer(result)
    direct = explainer.support_of_fact("reachable", ("b1", "b2"))
    assert direct is not None
    assert direct.rule == "step"


def test_equal_runs_of_different_engines_have_equal_derivations() -> None:
    first = run()
    second = ReferenceEngine().run(first.program, first.facts)
    mine, theirs = Explainer(first), Explainer(second)
    for firing in first.firings():
        if firing.certain:
            assert mine.derivation(firing).id == theirs.derivation(firing).id


def test_a_firing_that_does_not_hold_is_not_explained() -> None:
    result = run()
    position = result.program.by_id["weak"]
    row = next(r for r in result.facts.extensions["bridges"].rows if r[0] == "b2")
    forged = dataclasses.replace(result, certain_records=[*result.certain_records, (position, row)])
    with pytest.raises(EngineError, match="weak"):
        Explainer(forged).derivation(Firing("weak", (row,), True))


def test_a_possible_firing_names_what_is_open() -> None:
    result = run()
    explainer = Explainer(result)
    points = explainer.open_points(only(result, "weak", certain=False))
    assert {(p.relation, p.row[0], p.column) for p in points if isinstance(p, OpenField)} == {("bridges", "b3", "open")}
    behind = explainer.open_points(only(result, "alarm", certain=False))
    assert {(p.row[0], p.column) for p in behind if isinstance(p, OpenField)} == {("b3", "open"), ("b3", "span_m")}


def test_an_open_list_is_named_as_a_list() -> None:
    result = run(incomplete=("inspections",))
    points = Explainer(result).open_points(next(f for f in result.firings() if f.rule == "weak"))
    assert OpenList("inspections") in points


def test_only_certain_firings_have_derivations() -> None:
    result = run()
    with pytest.raises(ValueError, match="certain"):
        Explainer(result).derivation(only(result, "weak", certain=False))


def test_an_unfounded_recursion_is_found_out() -> None:
    """Facts that only support each other have no rank."""
    result = run({**ENTRIES, "roads": []})
    far = result.program.by_id["far"]
    road = ("r9", "b1", "b1")
    loop = ("b1", "b1")
    forged = dataclasses.replace(
        result,
        certain_records=[*result.certain_records, (far, loop, road)],
        derived={**result.derived, "reachable": dataclasses.replace(result.derived["reachable"], certain=(loop,))},
    )
    with pytest.raises(EngineError, match="nothing but itself"):
        _ = Explainer(forged).rankings
