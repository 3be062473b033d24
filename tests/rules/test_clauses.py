"""Clauses in three values, one at a time, and the witness of `some`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from crm_rules.facts.schema import Column, Kind, Relation, RelationKind, Schema, ValueType
from crm_rules.facts.values import UNNAMED, Row
from crm_rules.program.check import Conventions, check_rules
from crm_rules.rules.clauses import clause_truth, clauses_truth, matches, witness
from crm_rules.rules.draft import ClauseDraft
from crm_rules.rules.rule import Clause, Each, Some
from crm_rules.rules.semantics import Candidate, Interval, Truth
from tests.engine.drafts import any_of, check, each, let, none, risk, some

PEOPLE = Relation(
    "people",
    RelationKind.LIST,
    (
        Column("id", ValueType(Kind.KEY, targets=frozenset({"people"}))),
        Column("load", ValueType(Kind.NUMBER)),
        Column("ready", ValueType(Kind.BOOL)),
    ),
)
SCHEMA = Schema.of([PEOPLE])
ANN: Row = ("ann", 0.7, True)
BOB: Row = ("bob", 0.2, False)
EVE: Row = ("eve", None, None)
SOMEONE: Row = (UNNAMED, None, None)


@dataclass
class Facts:
    people: list[Candidate]

    def candidates(self, relation: str) -> Sequence[Candidate]:
        return self.people

    def raised(self, rule: str) -> Truth:
        return rule == "other"


STATED = Facts([Candidate(ANN), Candidate(BOB)])
WITH_EVE = Facts([Candidate(ANN), Candidate(BOB), Candidate(EVE)])
OPEN = Facts([Candidate(ANN), Candidate(BOB), Candidate(SOMEONE, certain=False, plural=True)])
NOBODY = Facts([])


def clauses(*drafts: ClauseDraft) -> tuple[Clause, ...]:
    rules, problems = check_rules([risk("r", *drafts)], SCHEMA, Conventions())
    assert rules, problems
    return rules[0].when


@pytest.mark.parametrize(
    ("condition", "stated", "with_eve", "open_", "nobody"),
    [
        ("p.load > 0.5", True, True, True, False),
        ("p.load > 0.9", False, None, None, False),
        ("p.id == p.id", True, True, True, False),
        ("p.load > 0.9 and p.id == 'ann'", False, False, False, False),
    ],
)
def test_some_and_none_are_opposites(
    condition: str, stated: Truth, with_eve: Truth, open_: Truth, nobody: Truth
) -> None:
    exists, missing = clauses(some("p in people", condition)), clauses(none("p in people", condition))
    opposite = {True: False, False: True, None: None}
    for world, truth in ((STATED, stated), (WITH_EVE, with_eve), (OPEN, open_), (NOBODY, nobody)):
        assert clauses_truth(exists, {}, world) is truth
        assert clauses_truth(missing, {}, world) is opposite[truth]


def test_conditions_of_a_clause_hold_of_the_same_fact() -> None:
    (clause,) = clauses(some("p in people", "p.load < 0.5", "p.ready"))
    assert clause_truth(clause, {}, STATED) is False


def test_each_is_as_true_as_its_conditions() -> None:
    (clause,) = clauses(each("p in people", "p.load > 0.5", "p.ready"))
    assert isinstance(clause, Each)
    assert [clause_truth(clause, {"p": row}, STATED) for row in (ANN, BOB, EVE)] == [True, False, None]


def test_let_is_true_and_names_a_value() -> None:
    env: dict[str, Any] = {}
    when = clauses(let("n", "count(p for p in people if p.load > 0.5)"), check("n > 1"))
    assert clauses_truth(when, env, WITH_EVE) is None
    assert env["n"] == Interval(1, 2)
    assert clauses_truth(when, {}, STATED) is False


def test_any_takes_the_better_alternative_and_binds_nothing_outside() -> None:
    when = clauses(
        any_of(
            [some("p in people", "p.load > 0.9")],
            [let("n", "count(p for p in people)"), check("n > 5")],
            [check('raised("r")')],
        )
    )
    env: dict[str, Any] = {}
    assert clauses_truth(when, env, STATED) is False
    assert clauses_truth(when, env, WITH_EVE) is None
    assert env == {}
    assert clauses_truth(when, env, OPEN) is None


def test_clauses_hold_together() -> None:
    when = clauses(some("p in people", "p.load > 0.9"), none("q in people", "q.load > 0.6"))
    assert clauses_truth(when, {}, WITH_EVE) is False
    assert clauses_truth(when[:1], {}, WITH_EVE) is None


def test_the_witness_is_the_first_certain_match() -> None:
    (clause,) = clauses(some("p in people", "p.load < 0.5"))
    assert isinstance(clause, Some)
    assert witness(clause, {}, Facts([Candidate(EVE), Candidate(BOB, certain=False), Candidate(BOB)])) == BOB
    assert witness(clause, {}, Facts([Candidate(EVE), Candidate(BOB, certain=False)])) is None
    assert [truth for _, truth in matches(clause, {}, WITH_EVE)] == [True, None]
