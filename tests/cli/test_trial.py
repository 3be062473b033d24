"""`crm-rules test`: what an author is told about examples that fail and conditions that none of them needs."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

import pytest

from crm_rules.api import installed_engines
from tests.cli.calling import PACK, ROOT, call
from tests.cli.test_rules import change

ENGINES = installed_engines()


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A copy of the small pack to make mistakes in."""
    return Path(copytree(ROOT / PACK, tmp_path / "pack"))


def test_a_pack_whose_examples_hold_passes() -> None:
    result = call("test", PACK, "--no-coverage")
    assert (result.code, result.err) == (0, "")
    runs = 19 * len(ENGINES)
    assert " ".join(result.out.split()) == (
        f"small 1.2.0: 9 rules, 19 examples on {' and '.join(ENGINES)}: {runs} of {runs} runs passed."
    )


def test_one_rule_on_one_engine() -> None:
    result = call("test", PACK, "--no-coverage", "--rule", "goals.vague", "--engine", "reference")
    assert result.out == "small 1.2.0: 1 rule, 2 examples on reference: 2 of 2 runs passed.\n"


def test_an_example_that_comes_out_differently_fails_with_its_place(pack: Path) -> None:
    change(pack / "goals" / "finish-line.yaml", "completion_defined: true}}", "completion_defined: false}}")
    result = call("test", pack, "--no-coverage", "--rule", "goals.finish-line")
    assert (result.code, result.err) == (1, "")
    assert result.out.startswith(f"── Failed ─ {len(ENGINES)} runs ──")
    assert f"  defined: expected fires, found silent ({', '.join(ENGINES)})" in result.out
    assert f"{pack}/goals/finish-line.yaml:15" in "".join(result.out.split())
    assert f"{len(ENGINES)} of {2 * len(ENGINES)} runs passed" in " ".join(result.out.split())


def test_a_condition_no_example_needs_is_named() -> None:
    result = call("test", PACK, "--rule", "goals.vague")
    assert result.code == 1
    assert "── Not tested " in result.out
    assert "  can be left out: goal.main\n" in result.out
    assert "goals/vague.yaml:8" in result.out
    assert "changed rules noticed." in result.out


def test_a_mistake_in_what_an_example_states_is_an_invalid_rule(pack: Path) -> None:
    change(
        pack / "goals" / "vague.yaml",
        "- {name: vague, given: {goals: [{id: g, main: true",
        "- {name: vague, given: {goals: [{id: g, main: maybe",
    )
    result = call("test", pack, "--no-coverage", "--rule", "goals.vague")
    assert result.code == 3
    assert "expected true or false, found text 'maybe'" in result.err
    assert "1 rule, 2 examples" in result.out


def test_the_nearest_rule_is_named() -> None:
    assert (
        "small has no rule 'goals.vage'; did you mean 'goals.vague'?" in call("test", PACK, "--rule", "goals.vage").err
    )
