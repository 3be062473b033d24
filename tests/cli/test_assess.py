"""`crm-rules assess`: what goes where, and which options change what."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crm_rules import api
from crm_rules.report.registry import FORMATS
from tests.cli.calling import PACK, PROJECT, ROOT, Result, call

SMALL = ("assess", PROJECT, "--pack", PACK)


def small(*arguments: str | Path) -> Result:
    return call(*SMALL, *arguments)


def as_json(*arguments: str | Path) -> dict[str, object]:
    found = json.loads(small("--format", "json", *arguments).out)
    assert isinstance(found, dict)
    return found


def rules_of(*arguments: str) -> list[str]:
    findings = as_json(*arguments)["findings"]
    assert isinstance(findings, list)
    return list(dict.fromkeys(f["rule"] for f in findings))


TEXT = small().out
JSON = small("--format", "json").out


def test_text_is_the_text_report_without_colours() -> None:
    assert (ROOT / "tests/report/data/small-80.txt").read_text("utf-8") == TEXT
    assert small("--all").out == (ROOT / "tests/report/data/small-80-all.txt").read_text("utf-8")


def test_json_is_the_assessment() -> None:
    assert json.loads(JSON)["schema"] == "crm-rules/assessment/1"
    assert small("--format", "json", "--all").out == JSON


def test_results_go_to_standard_output_and_nothing_else_does() -> None:
    result = small("--cross-check")
    assert result.out == TEXT
    assert result.err == f"{' and '.join(api.installed_engines())} give the same answers.\n"
    assert small().err == ""


# -- --format and -o ----------------------------------------------------------------------------

PAIRS: list[tuple[list[str], str | None, dict[str, str]]] = [
    ([], "text", {}),
    (["--format", "json"], "json", {}),
    (["-o", "a.json"], None, {"a.json": "json"}),
    (["-o", "a.txt"], None, {"a.txt": "text"}),
    (["-o", "a"], None, {"a": "text"}),
    (["-o", "a.JSON", "-o", "b.txt"], None, {"a.JSON": "json", "b.txt": "text"}),
    (["-o", "-"], "text", {}),
    (["--format", "json", "-o", "a"], None, {"a": "json"}),
    (["-o", "a", "--format", "json"], None, {"a": "json"}),
    (["--format", "json", "-o", "-"], "json", {}),
    (["--format", "text", "-o", "a.json"], None, {"a.json": "text"}),
    (["--format", "text", "--format", "json", "-o", "a"], "text", {"a": "json"}),
    (["--format", "json", "--format", "text", "-o", "a"], "json", {"a": "text"}),
    (["--format", "json", "-o", "a", "--format", "text"], "text", {"a": "json"}),
    (["--format", "json", "-o", "a", "--format", "text", "-o", "b"], None, {"a": "json", "b": "text"}),
    (["--format", "json", "--format", "text", "-o", "a", "-o", "b"], None, {"a": "json", "b": "text"}),
    (["-o", "a", "-o", "b", "--format", "json", "--format", "text"], None, {"a": "json", "b": "text"}),
    (["--format=json", "-oa", "--format", "text"], "text", {"a": "json"}),
]


@pytest.mark.parametrize(("arguments", "out", "files"), PAIRS, ids=lambda v: " ".join(v) if isinstance(v, list) else "")
def test_each_format_goes_where_it_was_sent(
    arguments: list[str], out: str | None, files: dict[str, str], tmp_path: Path
) -> None:
    expected = {"text": TEXT, "json": JSON}
    placed = [a.replace("-oa", f"-o{tmp_path / 'a'}") for a in arguments]
    placed = [
        str(tmp_path / a) if before == "-o" and a != "-" else a
        for before, a in zip(["", *placed], placed, strict=False)
    ]
    result = small(*placed)
    assert result.code == 1
    assert result.out == ("" if out is None else expected[out])
    written = {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()}
    assert written == {name: expected[kind] for name, kind in files.items()}
    assert result.err == "".join(f"{kind} written to {tmp_path / name}\n" for name, kind in files.items())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--format", "json", "--format", "text"], "Only one format can go to standard output"),
        (["--format", "json", "-o", "-", "--format", "text"], "Only one format can go to standard output"),
        (["--format", "json", "-o", "a", "-o", "b"], "2 files (-o) for 1 --format"),
        (["--format", "json", "-o", "a", "--format", "text", "-o", "a"], "the same file: a."),
        (
            ["--format", "json", "-o", "a", "-o", "b", "--format", "text", "--format", "text"],
            "Put -o b behind the --format it belongs to",
        ),
        (["-o", "a", "--format", "json", "--format", "text"], "Put -o a behind the --format it belongs to"),
    ],
)
def test_what_cannot_be_sent_anywhere_is_refused_before_anything_is_written(
    arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = call("assess", ROOT / PROJECT, "--pack", ROOT / PACK, *arguments)
    assert result.code == 2
    assert said in result.err
    assert result.out == ""
    assert not (ROOT / "a").exists()
    assert list(tmp_path.iterdir()) == []


def test_every_format_can_be_asked_for() -> None:
    for name in FORMATS:
        assert small("--format", name).out


# -- what is reported ---------------------------------------------------------------------------

ALL_RULES = rules_of()


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ("goals", ["goals.vague", "goals.unmeasured", "goals.finish-line"]),
        ("goals.vague", ["goals.vague"]),
        ("goals.finish", ["goals.finish-line"]),
        ("GOA-01", ["goals.vague"]),
        ("PEO", ["people.busy-owner-of-critical-task"]),
        ("*.vague", ["goals.vague"]),
        ("people.[dn]*", ["people.duties-not-defined", "people.nobody-from-the-client"]),
        ("goals.vague, PEO-01", ["people.busy-owner-of-critical-task", "goals.vague"]),
    ],
)
def test_rules_are_chosen_by_id_beginning_family_row_or_pattern(option: str, expected: list[str]) -> None:
    assert set(rules_of("--select", option)) == set(expected)
    assert set(rules_of("--ignore", option)) == set(ALL_RULES) - set(expected)


def test_choices_can_be_repeated_and_combined() -> None:
    assert set(rules_of("--select", "goals", "--ignore", "goals.vague")) == {"goals.unmeasured", "goals.finish-line"}
    assert set(rules_of("--select", "goals.vague", "--select", "PEO-01")) == set(
        rules_of("--select", "goals.vague,PEO-01")
    )


def test_choosing_changes_no_conclusion() -> None:
    assert as_json("--select", "goals")["conclusions"] == as_json()["conclusions"]


def test_a_choice_that_fits_no_rule_is_refused_with_the_nearest_name() -> None:
    result = small("--select", "goals.vage")
    assert "--select 'goals.vage' fits no rule; did you mean 'goals.vague'?" in result.err


# -- what is assumed ----------------------------------------------------------------------------


def test_the_day_can_be_another_one() -> None:
    assert as_json()["as_of"] == "2026-03-02"
    assert as_json("--as-of", "2027-01-31")["as_of"] == "2027-01-31"
    assert "as of 31 January 2027" in small("--as-of", "2027-01-31").out


def test_settings_can_be_other_ones() -> None:
    def busy(*arguments: str) -> list[str]:
        findings = as_json("--select", "PEO-01", *arguments)["findings"]
        assert isinstance(findings, list)
        return [f["about_name"] for f in findings if f["certainty"] == "certain"]

    assert busy() == ["Ann Berg", "Bob Dahl"]
    assert busy("--setting", " busy_from = 0.61 ") == ["Ann Berg"]
    assert busy("--setting", "busy_from=1") == []
    assert as_json("--setting", "busy_from=0.9")["pack"] != as_json()["pack"]


def test_a_setting_nobody_declared_is_refused_with_the_nearest_name() -> None:
    result = small("--setting", "busy_form=1")
    assert "There is no setting 'busy_form'; did you mean 'busy_from'?" in result.err


def test_packs_can_be_named() -> None:
    assert call("assess", PROJECT, "--pack", "crm").out == call("assess", PROJECT).out


def test_engines_give_the_same_answer() -> None:
    answers = {}
    for engine in api.installed_engines():
        found = as_json("--engine", engine)
        answers[found.pop("engine")] = found
    assert set(answers) == set(api.installed_engines())
    assert all(answer == answers[api.DEFAULT_ENGINE] for answer in answers.values())


def test_an_engine_that_is_not_there_is_refused_with_the_nearest_name() -> None:
    assert "there is no engine 'complied'; did you mean 'compiled'?" in small("--engine", "complied").err
