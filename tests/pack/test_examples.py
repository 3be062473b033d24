"""The examples of the bundled pack hold on every engine, and every part of every rule matters to one of them."""

from __future__ import annotations

from functools import cache

import pytest

from crm_rules.diagnostics import render_all
from crm_rules.files.pack import bundled_pack_path
from crm_rules.trial.examples import run_examples
from crm_rules.trial.results import TrialReport

FAMILIES = sorted(path.name for path in bundled_pack_path().iterdir() if path.is_dir())


@cache
def report() -> TrialReport:
    """The pack, tried once for all tests."""
    return run_examples(bundled_pack_path())


def belongs(rule: str, family: str) -> bool:
    """Whether a rule is in the folder of a family."""
    return rule.startswith(f"{family}.")


def test_examples_state_what_a_project_can_state() -> None:
    assert render_all(report().problems) == ""


@pytest.mark.parametrize("family", FAMILIES)
def test_rules_do_what_their_examples_say_on_every_engine(family: str) -> None:
    outcomes = [o for o in report().outcomes if belongs(o.rule, family)]
    assert outcomes
    assert [f"{o.place}: {o.example} ({o.engine}): {o.failure}" for o in outcomes if not o.passed] == []


@pytest.mark.parametrize("family", FAMILIES)
def test_every_part_of_every_rule_matters_to_an_example(family: str) -> None:
    uncovered = [u for u in report().uncovered if belongs(u.rule, family)]
    assert [f"{u.place}: {u.kind} of '{u.clause}' changes no example" for u in uncovered] == []


def test_nothing_was_left_out() -> None:
    assert report().examples * len({o.engine for o in report().outcomes}) == len(report().outcomes)
    assert report().mutants > report().rules
    assert report().passed
