"""`crm-rules rules`: lists, pages and checks. Golden files are written anew with CRM_RULES_WRITE_GOLDEN set."""

from __future__ import annotations

import json
import os
from pathlib import Path
from shutil import copytree

import pytest

from tests.cli.calling import PACK, ROOT, call

DATA = ROOT / "tests" / "cli" / "data"

PAGES = {
    "rules-list": ("list",),
    "rules-show-risk": ("show", "people.busy-owner-of-critical-task"),
    "rules-show-conclusion": ("show", "conclusions.work-stalls"),
    "rules-show-strength": ("show", "goals.finish-line"),
}


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A copy of the small pack to make mistakes in."""
    return Path(copytree(ROOT / PACK, tmp_path / "pack"))


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert text.count(old) == 1, old
    file.write_text(text.replace(old, new), "utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_the_expected_one(name: str) -> None:
    command, *rest = PAGES[name]
    result = call("rules", command, *rest, "--pack", PACK)
    assert (result.code, result.err) == (0, "")
    expected = DATA / f"{name}.txt"
    if os.environ.get("CRM_RULES_WRITE_GOLDEN"):
        expected.write_text(result.out, "utf-8")
    assert result.out == expected.read_text("utf-8")


# -- list ---------------------------------------------------------------------------------------


def test_the_list_for_programs_says_where_rules_are() -> None:
    rules = json.loads(call("rules", "list", "--pack", PACK, "--format", "json").out)
    assert [r["id"] for r in rules] == sorted(r["id"] for r in rules)
    (vague,) = (r for r in rules if r["id"] == "goals.vague")
    assert vague == {
        "id": "goals.vague",
        "title": "The main goal is vague",
        "kind": "risk",
        "status": "active",
        "family": "goals",
        "phases": ["preparation", "selection"],
        "catalogue": "GOA-01",
        "sources": [],
        "file": "tests/report/data/pack/goals/vague.yaml",
    }


def test_the_list_is_that_of_all_packs_or_of_some_families() -> None:
    def ids(*arguments: str) -> set[str]:
        return {r["id"] for r in json.loads(call("rules", "list", "--format", "json", *arguments).out)}

    both = ids("--pack", "crm", "--pack", PACK)
    assert both == ids() | ids("--pack", PACK)
    goals = ids("--pack", PACK, "--family", "goals")
    assert goals == {i for i in ids("--pack", PACK) if i.startswith("goals.")}
    assert ids("--pack", PACK, "--family", "goals", "--family", "people") > goals


# -- show ---------------------------------------------------------------------------------------


def test_every_rule_of_the_bundled_pack_has_a_page() -> None:
    rules = json.loads(call("rules", "list", "--format", "json").out)
    longest = max(rules, key=lambda r: len(r["sources"]) + len(r["phases"]))
    for rule in (rules[0], rules[len(rules) // 2], rules[-1], longest):
        result = call("rules", "show", rule["id"])
        assert result.code == 0
        assert result.out.startswith(rule["title"][:40])
        assert max(map(len, result.out.split("\n"))) <= 80
        for source in rule["sources"]:
            assert source in result.out


def test_the_source_is_the_python_of_that_rule() -> None:
    result = call("rules", "show", "people.busy-owner-of-critical-task", "--pack", PACK, "--source")
    assert result.code == 0
    compile(result.out, "shown", "exec")
    assert "0.5" in result.out
    other = call("rules", "show", "goals.vague", "--pack", PACK, "--source")
    assert other.out != result.out


def test_a_draft_has_a_page_and_no_source(pack: Path) -> None:
    change(pack / "goals" / "vague.yaml", "kind: risk\n", "kind: risk\nstatus: draft\n")
    assert "goals.vague · risk · draft" in call("rules", "show", "goals.vague", "--pack", pack).out
    result = call("rules", "show", "goals.vague", "--pack", pack, "--source")
    assert (result.code, result.out) == (2, "")
    assert "goals.vague is a draft: no engine runs it" in result.err


def test_the_nearest_id_is_named() -> None:
    result = call("rules", "show", "goals.vage", "--pack", PACK)
    assert "There is no rule 'goals.vage'; did you mean 'goals.vague'?" in result.err


# -- check --------------------------------------------------------------------------------------


def test_a_sound_pack_is_summed_up() -> None:
    result = call("rules", "check", PACK)
    assert result.out == "small 1.2.0: 9 rules, 3 conclusions, 19 examples, 1 source; no problems.\n"
    assert result.err == ""


def test_all_problems_of_all_rules_are_shown_with_their_number(pack: Path) -> None:
    change(pack / "goals" / "vague.yaml", "goal.clear == false", "goal.claer == false")
    change(pack / "people" / "duties-not-defined.yaml", "person.responsibility_defined", "person.responsible")
    result = call("rules", "check", pack)
    assert (result.code, result.out) == (3, "")
    shown = [line for line in result.err.split("\n") if line.startswith(str(pack))]
    assert [line.removeprefix(f"{pack}/") for line in shown] == [
        "goals/vague.yaml:8:29: goals has no field 'claer'",
        "people/duties-not-defined.yaml:6:19: team has no field 'responsible'",
    ]
    assert "did you mean 'clear'?" in result.err
    assert result.err.endswith("\n2 errors.\n")


def test_what_examples_state_is_checked_too(pack: Path) -> None:
    change(
        pack / "goals" / "vague.yaml",
        "{name: vague, given: {goals: [{id: g, main: true",
        "{name: vague, given: {goals: [{id: g, mian: true",
    )
    result = call("rules", "check", pack)
    assert (result.code, result.out) == (3, "")
    assert "goals/vague.yaml:22:43: goals has no field 'mian'" in result.err
    assert "did you mean 'main'?" in result.err


def test_warnings_are_shown_and_do_not_fail(pack: Path) -> None:
    rule = pack / "goals" / "unmeasured.yaml"
    change(rule, "  - none: measure in", "  - each: measure in")
    change(rule, "goal.id in measure.goal_ids", "measure.benchmark_defined == false")
    change(rule, "name: no measure, given: {goals: [{id: g}]}, expect: fires", "name: x, given: {}, expect: silent")
    change(rule, "goal_ids: [g]}]}, expect: silent", "benchmark_defined: false}]}, expect: fires")
    result = call("rules", "check", pack)
    assert result.code == 0, result.err
    assert "unmeasured.yaml:6:11: warning: " in result.err
    assert result.err.endswith("\n1 warning.\n")
    assert result.out.endswith("; 1 warning.\n")
