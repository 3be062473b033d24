"""Which changes are made to a rule, and that a negation is one."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

import pytest

from crm_rules.diagnostics import Span
from crm_rules.rules.clauses import clause_truth, clauses_truth
from crm_rules.rules.expressions import Not
from crm_rules.rules.rule import Absent, AnyOf, Check, Clause, Each, Let, Some, conditions
from crm_rules.rules.semantics import Candidate, Truth, negate
from crm_rules.trial.mutants import mutants
from tests.trial.packs import checked

WHEN = """
- each: b in bridges
  where:
    - b.open
    - b.span > 10
- some: p in people
  where: p.id == b.inspector
- none: o in bridges
  where: o.span > b.span
- let: n
  be: count(p for p in people if p.trained)
- check: n < 3
- any:
    - - check: city.rich
    - - let: m
        be: n + 1
      - check: m > 1
      - none: q in people
        where: q.trained
"""


def text_of(clauses: Sequence[Clause]) -> str:
    """Clauses in a short form of their own, so that expectations can be read."""
    return " & ".join(_clause(c) for c in clauses)


def _clause(clause: Clause) -> str:
    lines = "".join(f" [{c.text}]" for c in conditions(clause))
    match clause:
        case Each(var=var) | Some(var=var) | Absent(var=var):
            return f"{type(clause).__name__.lower()} {var}{lines}"
        case Let(name=name):
            return f"let {name}"
        case Check(condition=condition):
            return condition.text
        case AnyOf(alternatives=alternatives):
            return "(" + " | ".join(text_of(a) for a in alternatives) + ")"


def test_every_part_is_left_out_and_negated_once(tmp_path: Path) -> None:
    rule = checked(tmp_path, WHEN)
    each, some, none = "each b [b.open] [b.span > 10]", "some p [p.id == b.inspector]", "absent o [o.span > b.span]"
    either = "(city.rich | let m & m > 1 & absent q [q.trained])"
    whole = [each, some, none, "let n", "n < 3", either]
    assert text_of(rule.when) == " & ".join(whole)

    def with_part(position: int, *parts: str) -> str:
        return " & ".join([*whole[:position], *parts, *whole[position + 1 :]])

    expected = [
        # What b is called is said elsewhere, so only its lines can be changed.
        ("removal", "b.open", with_part(0, "each b [b.span > 10]")),
        ("negation", "b.open", with_part(0, "each b [not (b.open)] [b.span > 10]")),
        ("removal", "b.span > 10", with_part(0, "each b [b.open]")),
        ("negation", "b.span > 10", with_part(0, "each b [b.open] [not (b.span > 10)]")),
        ("removal", "some: p in people", with_part(1)),
        ("negation", "some: p in people", with_part(1, "absent p [p.id == b.inspector]")),
        ("removal", "p.id == b.inspector", with_part(1, "some p")),
        ("negation", "p.id == b.inspector", with_part(1, "some p [not (p.id == b.inspector)]")),
        ("removal", "none: o in bridges", with_part(2)),
        ("negation", "none: o in bridges", with_part(2, "some o [o.span > b.span]")),
        ("removal", "o.span > b.span", with_part(2, "absent o")),
        ("negation", "o.span > b.span", with_part(2, "absent o [not (o.span > b.span)]")),
        ("removal", "check: n < 3", with_part(4)),
        ("negation", "check: n < 3", with_part(4, "not (n < 3)")),
        ("removal", "any of 2 alternatives", with_part(5)),
        (
            "negation",
            "any of 2 alternatives",
            with_part(5, "(not (city.rich))", "(let m & not (m > 1) | let m & some q [q.trained])"),
        ),
        ("removal", "check: city.rich", with_part(5, "(let m & m > 1 & absent q [q.trained])")),
        ("negation", "check: city.rich", with_part(5, "(not (city.rich) | let m & m > 1 & absent q [q.trained])")),
        ("removal", "let: m = n + 1; check: m > 1; none: q in people", with_part(5, "(city.rich)")),
        (
            "negation",
            "let: m = n + 1; check: m > 1; none: q in people",
            with_part(5, "(city.rich | let m & not (m > 1) | let m & some q [q.trained])"),
        ),
        ("removal", "check: m > 1", with_part(5, "(city.rich | let m & absent q [q.trained])")),
        ("negation", "check: m > 1", with_part(5, "(city.rich | let m & not (m > 1) & absent q [q.trained])")),
        ("removal", "none: q in people", with_part(5, "(city.rich | let m & m > 1)")),
        ("negation", "none: q in people", with_part(5, "(city.rich | let m & m > 1 & some q [q.trained])")),
        ("removal", "q.trained", with_part(5, "(city.rich | let m & m > 1 & absent q)")),
        ("negation", "q.trained", with_part(5, "(city.rich | let m & m > 1 & absent q [not (q.trained)])")),
    ]
    assert [(m.kind, m.clause, text_of(m.rule.when)) for m in mutants(rule)] == expected


def test_only_the_conditions_change(tmp_path: Path) -> None:
    rule = checked(tmp_path, WHEN)
    for mutant in mutants(rule):
        assert mutant.rule.when != rule.when
        assert (mutant.rule.id, mutant.rule.risk, mutant.rule.examples) == (rule.id, rule.risk, rule.examples)


def test_a_change_points_at_the_line_it_changes(tmp_path: Path) -> None:
    found = {m.clause: m.place for m in mutants(checked(tmp_path, WHEN))}
    file = str(tmp_path / "a" / "rule.yaml")
    places = {clause: (span.file, span.line, span.column) for clause, span in found.items() if isinstance(span, Span)}
    assert places == {
        "b.open": (file, 6, 9),
        "b.span > 10": (file, 7, 9),
        "some: p in people": (file, 8, 11),
        "p.id == b.inspector": (file, 9, 12),
        "none: o in bridges": (file, 10, 11),
        "o.span > b.span": (file, 11, 12),
        "check: n < 3": (file, 14, 12),
        "any of 2 alternatives": (file, 15, 5),
        "check: city.rich": (file, 16, 18),
        "let: m = n + 1; check: m > 1; none: q in people": (file, 17, 16),
        "check: m > 1": (file, 19, 18),
        "none: q in people": (file, 20, 17),
        "q.trained": (file, 21, 18),
    }


def test_a_fact_nothing_else_speaks_of_can_be_left_out(tmp_path: Path) -> None:
    rule = checked(tmp_path, "- each: b in bridges\n  where: b.open\n- check: city.rich")
    assert [(m.kind, m.clause, text_of(m.rule.when)) for m in mutants(rule)][:2] == [
        ("removal", "each: b in bridges", "city.rich"),
        ("negation", "each: b in bridges", "absent b [b.open] & city.rich"),
    ]


@pytest.mark.parametrize(
    "when",
    [
        "- each: b in bridges\n- check: b.open",
        "- each: b in bridges\n- some: p in people\n  where: p.id == b.inspector",
        "- each: b in bridges\n- let: n\n  be: b.span\n- check: n > 1",
        "- each: b in bridges\n- any:\n    - - check: b.open\n    - - check: city.rich",
    ],
)
def test_a_fact_another_clause_speaks_of_stays(tmp_path: Path, when: str) -> None:
    assert "each: b in bridges" not in {m.clause for m in mutants(checked(tmp_path, when))}


def test_a_fact_a_conclusion_speaks_of_stays(tmp_path: Path) -> None:
    then = "then:\n  conclude:\n    weak: {about: b.id}\n"
    rule = checked(tmp_path, "- each: b in bridges\n  where: b.open", head="kind: conclusion", then=then)
    assert {m.clause for m in mutants(rule)} == {"b.open"}


def test_changes_that_come_to_the_same_are_one(tmp_path: Path) -> None:
    rule = checked(tmp_path, "- some: b in bridges\n  where: [b.open, b.open]\n- check: city.rich")
    kinds = [m.kind for m in mutants(rule) if m.clause == "b.open"]
    # Both lines can be negated, but it does not matter which of the two is left out.
    assert kinds == ["removal", "negation", "negation"]


class Nothing:
    """A world without facts and findings."""

    def candidates(self, relation: str) -> Sequence[Candidate]:
        return ()

    def raised(self, rule: str) -> Truth:
        return False


def test_the_negation_of_any_is_its_negation(tmp_path: Path) -> None:
    when = """
        - any:
            - - check: city.rich
              - let: same
                be: city.warned == city.large
              - check: same
            - - check: city.old
              - check: city.large
            - - check: city.warned
    """
    rule = checked(tmp_path, when)
    (either,) = rule.when
    (negation,) = (m.rule.when for m in mutants(rule) if m.clause.startswith("any") and m.kind == "negation")
    truths = list(itertools.product((True, False, None), repeat=4))
    before = [clause_truth(either, {"city": ("city", *truth)}, Nothing()) for truth in truths]
    after = [clauses_truth(negation, {"city": ("city", *truth)}, Nothing()) for truth in truths]
    assert set(before) == {True, False, None}
    assert after == [negate(truth) for truth in before]


def test_a_negated_line_is_a_not(tmp_path: Path) -> None:
    rule = checked(tmp_path, "- check: city.rich")
    _, negation = mutants(rule)
    (clause,) = negation.rule.when
    assert isinstance(clause, Check)
    assert isinstance(clause.condition.expr, Not)
