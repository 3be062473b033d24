"""The order of work as a pack states it: the notation, the rules that come of it, and every mistake with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_rules.diagnostics import render_all
from crm_rules.errors import RulesetError
from crm_rules.files.ordering_text import Vocabulary, read_statements
from crm_rules.files.ruleset import Pack, load_pack
from crm_rules.model.enums import enum_type
from crm_rules.model.schema import project_schema
from crm_rules.model.task_kinds import TaskKind
from crm_rules.rules.ordering import DayUnit, End, Opening, Operand, Overlap, Recurrence, Scope, Sequence, Span

PACK = "schema: crm-rules/pack/1\nname: mine\nversion: 1.0.0\ntitle: Mine\nlanguages: [en]\n"

ENTRY = """
orderings:
  test-first:
    title: Tests belong before the roll-out
    catalogue: X-01
    require: client_test before rollout in each stage
    severity: 5
    rationale: People remember the first day.
    event: users find the faults
    effect: they turn away
"""


def pack_with(folder: Path, text: str) -> Pack:
    folder.joinpath("pack.yaml").write_text(PACK, encoding="utf-8")
    folder.joinpath("orderings.yaml").write_text(text, encoding="utf-8")
    return load_pack(folder, project_schema())


def problems_of(folder: Path, text: str) -> str:
    with pytest.raises(RulesetError) as caught:
        pack_with(folder, text)
    return render_all(caught.value.diagnostics)


WORDS = Vocabulary(
    enum_type(TaskKind), {"training": ("training", "training_programme")}, {"core": ("rollout", "contract")}
)

TEST = Operand("client's test", ("client_test",))
LIVE = Operand("roll-out", ("rollout",))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("client_test before rollout", [Sequence(TEST, LIVE)]),
        ("client_test  before\n rollout in each stage", [Sequence(TEST, LIVE, scope=Scope.SAME_STAGE)]),
        ("client_test before rollout of the next stage", [Sequence(TEST, LIVE, scope=Scope.NEXT_STAGE)]),
        ("client_test no later than rollout", [Sequence(TEST, LIVE, End.FINISH, End.FINISH)]),
        ("start of client_test before finish of rollout", [Sequence(TEST, LIVE, End.START, End.FINISH)]),
        ("client_test at least 1 day before rollout", [Sequence(TEST, LIVE, at_least=Span(1))]),
        (
            "client_test at most 3 working days before rollout",
            [Sequence(TEST, LIVE, at_most=Span(3, DayUnit.WORKING))],
        ),
        (
            "client_test before rollout before client_test",
            [Sequence(TEST, LIVE), Sequence(LIVE, TEST)],
        ),
        (
            "client_test of the first stage before rollout",
            [Sequence(Operand("client's test", ("client_test",), first_stage=True), LIVE)],
        ),
        ("core overlaps client_test", [Overlap(Operand("core", ("rollout", "contract")), TEST)]),
        (
            "client_test or rollout overlaps rollout",
            [Overlap(Operand("client's test or roll-out", ("client_test", "rollout")), LIVE)],
        ),
        (
            "every training task begins before rollout",
            [Opening(Operand("every training task", ("training", "training_programme")), LIVE)],
        ),
        ("client_test recurs after rollout, first within 30 days", [Recurrence(TEST, LIVE, Span(30))]),
    ],
)
def test_the_notation(text: str, expected: list[object]) -> None:
    problems: list[str] = []
    assert list(read_statements(text, WORDS, lambda message, *_: problems.append(message))) == expected
    assert problems == []


@pytest.mark.parametrize(
    ("text", "message", "found", "hint"),
    [
        ("client_test after rollout", "this says nothing about an order", None, "client_test before rollout"),
        ("cliant_test before rollout", "there is no kind of task 'cliant_test'", "cliant_test", "client_test"),
        ("core or contrct before rollout", "there is no kind of task 'contrct'", "contrct", "contract"),
        ("client test before rollout", "there is no kind of task 'client test'", "client test", "client_test"),
        ("every trainin task before rollout", "there is no phase 'trainin'", "trainin", "training"),
        (
            "core overlaps rollout of the next stage",
            "'of the next stage' does not go with this",
            "of the next stage",
            None,
        ),
        ("core begins before rollout in each stage", "'in each stage' does not go with this", "in each stage", None),
        ("start of core overlaps rollout", "'overlaps' is about whole tasks", "start of core", "leave 'start of' out"),
        ("core recurs after rollout", "this does not say how soon it happens first", None, "first within 30 days"),
        (
            "core before rollout, first within 3 days",
            "'first within' goes with 'recurs after'",
            ", first within 3 days",
            None,
        ),
    ],
)
def test_mistakes_of_notation_are_pointed_at(text: str, message: str, found: str | None, hint: str | None) -> None:
    problems: list[tuple[str, int, int, str | None]] = []
    assert read_statements(text, WORDS, lambda *problem: problems.append(problem)) == ()
    (problem,) = problems
    assert problem[0].startswith(message)
    assert found is None or text[problem[1] : problem[1] + problem[2]] == found
    assert hint is None or hint in (problem[3] or "")


def test_a_constraint_is_a_rule_like_any_other(tmp_path: Path) -> None:
    pack = pack_with(tmp_path, ENTRY)
    assert [(o.id, o.severity, [str(s) for s in o.statements]) for o in pack.orderings] == [
        ("test-first", 5, ["client's test before roll-out in each stage"])
    ]
    (rule,) = pack.drafts
    assert (rule.id, rule.catalogue, rule.status) == ("roadmap.test-first", "X-01", "active")
    assert rule.rationale.endswith("Required: client's test before roll-out in each stage.")
    assert rule.head.span is not None
    assert (Path(rule.head.span.file).name, rule.head.span.line) == ("orderings.yaml", 4)
    assert rule.risk is not None
    assert rule.risk.impact.value == "3", "two grades less when only the dates keep it"
    assert [(r.likelihood, r.impact) for r in rule.risk.raises] == [(3, 5), (4, None)]
    assert {e.expect for e in rule.examples} == {"fires", "possible", "silent"}


def test_a_draft_is_checked_and_does_not_run(tmp_path: Path) -> None:
    pack = pack_with(tmp_path, ENTRY + "    status: draft\n")
    assert pack.orderings == ()
    assert [d.status for d in pack.drafts] == ["draft"]


def test_all_mistakes_of_a_file_are_reported_at_once(tmp_path: Path) -> None:
    text = """
groups:
  core: [configuration, develoment]
  rollout: [training]
orderings:
  Test First:
    title: x
  second:
    title: Second
    require: [client_test before rolout, training before]
    severity: 7
    event: e
    effect: f
    when: []
  third:
    title: Third
"""
    shown = problems_of(tmp_path, text)
    for expected in (
        "orderings.yaml:3:25: there is no kind of task 'develoment'",
        "did you mean 'development'?",
        "'rollout' is a kind of task already",
        "'Test First' cannot be the name of an ordering",
        "there is no kind of task 'rolout'",
        "did you mean 'rollout'?",
        "this says nothing about an order",
        "a severity is from 1 to 5, found 7",
        "what has to hold stands under require",
        "this ordering has no 'require', 'severity', 'event' or 'effect'",
    ):
        assert expected in shown, shown


def test_a_rule_cannot_have_two_homes(tmp_path: Path) -> None:
    folder = tmp_path / "roadmap"
    folder.mkdir()
    folder.joinpath("test-first.yaml").write_text(
        "title: T\nkind: risk\nwhen:\n  - each: t in tasks\nthen: {}\n", encoding="utf-8"
    )
    assert "the rule roadmap.test-first has a file of its own already" in problems_of(tmp_path, ENTRY)
