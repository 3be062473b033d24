"""Kinds from names: a table of realistic names, and the rules by which phrases decide."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_rules.diagnostics import Diagnostic
from crm_rules.errors import RulesetError
from crm_rules.files import task_names
from crm_rules.files.nodes import plain
from crm_rules.files.task_names import bundled_task_names, load_task_names, parse_task_names
from crm_rules.files.text import SourceText
from crm_rules.files.yaml_text import parse_yaml
from crm_rules.model.task_kinds import TaskKind
from crm_rules.roadmap.kind_names import KindNames, Recognition, folded, with_guessed_kinds
from crm_rules.roadmap.plan import Plan, PlanTask
from tests.files.task_name_examples import ENGLISH, EXAMPLES, GERMAN, POLISH

TABLE = bundled_task_names()


class TestExamples:
    @pytest.mark.parametrize(("name", "kind"), EXAMPLES.items())
    def test_name(self, name: str, kind: str | None) -> None:
        found = TABLE.recognise(name)
        assert (found.kind and found.kind.value) == kind, str(found)

    def test_there_are_enough_of_them(self) -> None:
        assert len(EXAMPLES) >= 500
        assert len(EXAMPLES) == len(ENGLISH) + len(GERMAN) + len(POLISH), "no name in two languages"
        for names in (ENGLISH, GERMAN, POLISH):
            assert sum(kind is None for kind in names.values()) >= 12

    @pytest.mark.parametrize("language", [0, 1, 2])
    def test_every_kind_has_phrases_in_each_language_that_stand_for_it(self, language: int) -> None:
        """A phrase without stars is a name; none of them may fall to another kind or to a qualifier."""
        # No name says of itself that it belongs nowhere.
        for kind in set(TaskKind) - {TaskKind.OTHER}:
            phrases = _phrases(kind)[language]
            assert len(phrases) >= 2, kind
            for phrase in phrases:
                found = TABLE.recognise(phrase.replace("*", ""))
                assert found.kind is kind, f"{phrase}: {found}"


def _phrases(kind: TaskKind) -> list[list[str]]:
    """The phrases of a kind by language, as the bundled file has them."""
    return [_BUNDLED[kind.value][language] for language in ("en", "de", "pl")]


def _bundled() -> dict[str, dict[str, list[str]]]:
    problems: list[Diagnostic] = []
    root = parse_yaml(SourceText("names", Path(task_names.__file__).with_suffix(".yaml").read_text("utf-8")), problems)
    assert root is not None
    assert not problems
    table: dict[str, dict[str, list[str]]] = plain(root)["kinds"]
    return table


_BUNDLED = _bundled()


class TestRules:
    table = KindNames(
        {
            TaskKind.TRAINING: ("training", "schulung*"),
            TaskKind.TRAINING_PROGRAMME: ("training plan", "plan training"),
            TaskKind.CLIENT_TEST: ("test by client", "*abnahme*"),
            TaskKind.ROLE_ASSIGNMENT: ("roles and duties",),
        },
        other=("training room",),
        qualifiers=("prepar*", "plan"),
        ignored=("the",),
        joining=("and", "und"),
    )

    @pytest.mark.parametrize(
        ("name", "kind"),
        [
            ("training", "training"),
            ("TRAINING!", "training"),
            ("trainings", None),
            ("the training", "training"),
            ("training 1", "training"),
            ("training plan", "training_programme"),
            ("plan the training", "training_programme"),
            ("plan of training", None),
            ("training room", None),
            ("training, training room", None),
            ("prepare training", None),
            ("preparing", None),
            ("Schulungen", "training"),
            ("Schulungsraum", None),
            ("Teilabnahmen", "client_test"),
            ("Abnahmeprotokolle", None),
            ("test by the client", "client_test"),
            ("test by a client", None),
            ("roles and duties", "role_assignment"),
            ("roles und duties", "role_assignment"),
            ("roles & duties", "role_assignment"),
            ("roles duties", None),
            ("training and Schulung", "training"),
            ("training and Abnahme", None),
        ],
    )
    def test_name(self, name: str, kind: str | None) -> None:
        found = self.table.recognise(name).kind
        assert (found and found.value) == kind

    def test_what_decided_is_said(self) -> None:
        recognise = self.table.recognise
        assert str(recognise("Training plan 2")) == "training_programme, because of 'training plan'"
        assert str(recognise("training and Abnahme")) == (
            "no kind: 'training' and '*abnahme*' could be training or client_test"
        )
        assert str(recognise("prepare training")) == "no kind: 'training', but also 'prepar*'"
        assert str(recognise("training room")) == "no kind: 'training room' is none"
        assert str(recognise("sales")) == "no kind: no phrase of the table"

    def test_undecided_is_not_unknown(self) -> None:
        assert self.table.recognise("training and Abnahme").ambiguous
        assert not self.table.recognise("sales").ambiguous
        assert self.table.recognise("sales") == Recognition()

    @pytest.mark.parametrize(
        ("one", "other"),
        [("Prüfung", "PRUEFUNG"), ("Größe", "groesse"), ("szkoleń", "Szkolen"), ("założenie", "zalozenie")],
    )
    def test_spellings(self, one: str, other: str) -> None:
        assert folded(one) == folded(other)

    def test_a_phrase_for_two_things_is_refused(self) -> None:
        with pytest.raises(ValueError, match="'the Test' stands for training and contract"):
            KindNames({TaskKind.TRAINING: ("test",), TaskKind.CONTRACT: ("the Test",)}, ignored=("the",))
        with pytest.raises(ValueError, match="stands for training and a qualifier"):
            KindNames({TaskKind.TRAINING: ("test",)}, qualifiers=("test",))
        with pytest.raises(ValueError, match="'the' has no words that count"):
            KindNames({TaskKind.TRAINING: ("the",)}, ignored=("the",))


class TestExtending:
    def test_new_phrases_are_added(self) -> None:
        table = TABLE.extended(KindNames({TaskKind.TRAINING: ("brown bag lunch",)}))
        assert table.recognise("Brown-bag lunch").kind is TaskKind.TRAINING
        assert table.recognise("UAT").kind is TaskKind.CLIENT_TEST

    def test_phrases_are_overridden(self) -> None:
        table = TABLE.extended(KindNames({TaskKind.VENDOR_TEST: ("uat",)}))
        assert table.recognise("UAT").kind is TaskKind.VENDOR_TEST

    def test_phrases_are_withdrawn(self) -> None:
        table = TABLE.extended(KindNames(other=("UAT",)))
        assert table.recognise("UAT").kind is None

    def test_a_qualifier_becomes_a_kind(self) -> None:
        assert TABLE.recognise("Budget").kind is None
        assert TABLE.extended(KindNames({TaskKind.FUNDING: ("budget*",)})).recognise("Budget").kind is TaskKind.FUNDING

    def test_ignored_words_are_added_first(self) -> None:
        more = KindNames({TaskKind.VENDOR_TEST: ("uat yttrium",)}, ignored=("yttrium",))
        assert TABLE.extended(more).recognise("UAT").kind is TaskKind.VENDOR_TEST


class TestPlans:
    plan = Plan(
        (
            PlanTask("s", "Training", 0),
            PlanTask("a", "UAT", 480, parent="s"),
            PlanTask("b", "Chores", 480),
            PlanTask("c", "UAT", 480, kind="training"),
        )
    )

    def test_only_tasks_without_a_kind_that_are_no_summaries(self) -> None:
        plan, found = with_guessed_kinds(self.plan, TABLE)
        assert [(t.kind, t.kind_guessed) for t in plan.tasks] == [
            (None, False),
            ("client_test", True),
            (None, False),
            ("training", False),
        ]
        assert found.keys() == {"a", "b"}
        assert found["a"].phrases == ("UAT",)


class TestFile:
    def test_a_table_of_ones_own(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        path = tmp_path_factory.mktemp("names") / "names.yaml"
        path.write_text(
            "schema: crm-rules/task-names/1\n"
            "kinds:\n  training: [brown bag]\n  contract: {en: [deal], de: [Handel]}\nother: [big deal]\n"
        )
        table = load_task_names(path)
        assert table.kinds == {TaskKind.TRAINING: ("brown bag",), TaskKind.CONTRACT: ("deal", "Handel")}
        assert table.other == ("big deal",)

    def test_all_mistakes_at_once(self) -> None:
        text = "schema: crm-rules/task-names/2\nkinds:\n  trainning: [x]\n  contract: deal\nothers: []\n"
        with pytest.raises(RulesetError) as caught:
            parse_task_names(text, "n.yaml")
        assert [(d.span.line if d.span else 0, d.hint) for d in caught.value.diagnostics] == [
            (1, "this release reads crm-rules/task-names/1"),
            (3, "did you mean 'training'?"),
            (4, "write [deal]"),
            (5, "did you mean 'other'?"),
        ]

    def test_a_phrase_for_two_things(self) -> None:
        text = "schema: crm-rules/task-names/1\nkinds: {training: [x], contract: [X]}\n"
        with pytest.raises(RulesetError, match=r"n\.yaml:2:35: the phrase 'X' stands for training and contract"):
            parse_task_names(text, "n.yaml")
