"""What the checker says about mistakes, word for word, and what it lets pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_rules.errors import RulesetError
from crm_rules.program.program import compile_program
from crm_rules.rules.draft import ClauseDraft, RuleDraft
from crm_rules.rules.expressions import And, Compare, Const, Field, In, Known, Not
from crm_rules.rules.rule import Absent, AnyOf, Check, Each, Let, Some
from tests.engine.drafts import any_of, check, each, let, none, risk, some
from tests.program.subject import CONVENTIONS, SCHEMA, compiled, complaints, rule

MISTAKES = (Path(__file__).parent / "mistakes.txt").read_text("utf-8").split("\n## ")[1:]


def drafts(text: str) -> list[RuleDraft]:
    """The rules of a case."""
    if not text.startswith("--- "):
        return [rule(text)]
    files = (part.partition("\n") for part in text.removeprefix("--- ").split("\n--- "))
    return [rule(body, rule_id) for rule_id, _, body in files]


@pytest.mark.parametrize("case", MISTAKES, ids=lambda case: case.partition("\n")[0])
def test_a_mistake_is_told_word_for_word(case: str) -> None:
    _, _, rest = case.partition("\n")
    text, _, told = rest.partition("\n>>>\n")
    assert complaints(drafts(text)) == told.rstrip("\n")


def test_problems_of_all_rules_are_told_together_and_in_the_order_of_files() -> None:
    wrong = "when:\n  - each: p in people\n    where: p.laod > 0.5"
    with pytest.raises(RulesetError) as caught:
        compiled(rule(wrong, "b"), rule(wrong, "a"), rule("", "c"))
    assert [str(d.span) for d in caught.value.diagnostics] == ["a.yaml:3:14", "b.yaml:3:14"]


READY = each("p in people", "p.ready")


@pytest.mark.parametrize(
    "when",
    [
        # Thresholds of a pack may make a condition always or never hold; they are meant to be changed.
        [each("p in people", "p.ready", "settings.many > 2")],
        # The value of a let is no condition, also where it is true or false.
        [READY, let("f", "1 < 2"), check("p.ready == f")],
        [READY, any_of([let("n", "0"), check("p.age > n")], [check("p.load > 0.5")])],
        # Two none clauses may say opposite things under the same name.
        [
            READY,
            none("q in people", "p.id in q.backs", "q.age > 5"),
            none("q in people", "p.id in q.backs", "q.age < 3"),
        ],
        # A witness and an aggregate speak of other people than the rule.
        [
            each("p in people", "p.age > 5"),
            some("q in people", "q.age < 3"),
            check("count(r for r in people if r.age < 3) > 1"),
        ],
        # The ends of a range may touch.
        [each("p in people", "p.age >= 5 and p.age <= 5")],
        [each("p in people", "0.5 <= p.load <= 1")],
    ],
)
def test_a_rule_without_a_mistake_passes(when: list[ClauseDraft]) -> None:
    assert complaints([risk("r", *when)]) == ""


def test_a_conclusion_and_a_risk_may_rest_on_the_same_conditions() -> None:
    concluding = rule("kind: conclusion\nthen:\n  conclude:\n    busy: {who: p.id}", "one")
    assert complaints([concluding, rule("", "two")]) == ""


def test_rules_for_different_phases_may_have_the_same_conditions() -> None:
    assert complaints([rule("phases: [plan]", "one"), rule("phases: [build]", "two")]) == ""


def test_drafts_are_checked_and_left_out() -> None:
    program = compiled(rule("status: draft", "one"), rule("when:\n  - each: p in people\n    where: p.age > 5", "two"))
    assert [r.id for r in program.rules] == ["two"]
    with pytest.raises(RulesetError):
        compiled(rule("status: draft\nwhen:\n  - each: p in people\n    where: p.laod > 5", "one"))


def test_a_rule_that_is_not_run_can_be_asked_for_and_is_never_raised() -> None:
    asking = 'when:\n  - each: p in people\n    where: p.ready\n  - check: not raised("one")'
    program = compiled(rule("status: draft", "one"), rule(asking, "two"))
    assert [r.id for r in program.rules] == ["two"]


def test_warnings_do_not_stop_the_work() -> None:
    cross = "when:\n  - each: p in people\n    where: p.load > 0.5\n  - each: j in jobs\n    where: j.duration > 3"
    draft = rule(cross)
    assert complaints([draft]).splitlines()[0] == "rule.yaml:4:11: warning: no condition links 'j' to p"
    assert len(compile_program([draft], SCHEMA, CONVENTIONS).rules) == 1


# -- what becomes of a rule ---------------------------------------------------------------------


def test_clauses_become_typed_data() -> None:
    text = """\
when:
  - each: p in people
    where:
      - p.level >= "medium" and not p.mood == "calm"
      - p.since < "2024-05-01"
  - some: j in jobs
    where: j.owner == p.id
  - none: q in people
    where: p.id in q.backs
  - let: n
    be: count(k for k in jobs)
  - any:
      - - check: n > settings.many
      - - check: p.age is unknown
"""
    (found,) = compiled(rule(text)).rules
    assert [type(c) for c in found.when] == [Each, Some, Absent, Let, AnyOf]
    first, _, absent, value, either = found.when
    assert isinstance(first, Each)
    assert isinstance(absent, Absent)
    assert isinstance(value, Let)
    assert isinstance(either, AnyOf)
    assert (first.var, first.relation, str(first.span)) == ("p", "people", "rule.yaml:2:11")
    both = first.where[0].expr
    assert isinstance(both, And)
    level, mood = both.items
    # Ordinal members are held as ranks, others as text.
    assert isinstance(level, Compare)
    assert level.right == Const(2, SCHEMA.relations["people"].column("level").type)
    assert isinstance(mood, Not)
    assert isinstance(mood.item, Compare)
    assert mood.item.right == Const("calm", SCHEMA.relations["people"].column("mood").type)
    since = first.where[1]
    assert (since.text, str(since.span)) == ('p.since < "2024-05-01"', "rule.yaml:5:9")
    assert isinstance(absent.where[0].expr, In)
    assert value.name == "n"
    checks = [c for alternative in either.alternatives for c in alternative]
    assert all(isinstance(c, Check) for c in checks)
    threshold, unknown = (c.condition.expr for c in checks if isinstance(c, Check))
    assert isinstance(threshold, Compare)
    assert isinstance(threshold.right, Const)
    assert (threshold.right.value, threshold.right.setting) == (3, "many")
    assert isinstance(unknown, Known)
    assert unknown.negated
    assert isinstance(unknown.item, Field)
    assert (unknown.item.var, unknown.item.index, unknown.item.derived) == ("p", 3, False)


def test_phases_become_a_range_and_messages_templates() -> None:
    (found,) = compiled(rule("phases: [run, build]")).rules
    assert (found.phases, found.first_phase, found.last_phase) == (("run", "build"), 1, 2)
    assert found.risk is not None
    assert found.risk.about == "p"
    assert [type(p).__name__ for p in found.risk.cause.parts] == ["Hole", "str"]
    assert found.risk.cause.source == "{p.name} works"


def test_a_finding_is_about_the_first_fact_or_else_the_project() -> None:
    body = "then:\n  risk: {cause: c, event: x, effect: y, likelihood: 3, impact: 4}\n"
    (first,) = compiled(rule("when:\n  - each: p in people\n    where: p.load > 0.5\n" + body)).rules
    (project,) = compiled(rule('when:\n  - check: site.phase == "run"\n' + body)).rules
    assert [r.risk.about for r in (first, project) if r.risk is not None] == ["p", "site"]
