"""Engines that disagree are an error, and the first disagreement is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from crm_rules.engine import registry
from crm_rules.engine.protocol import Limits, Run
from crm_rules.engine.reference import ReferenceEngine
from crm_rules.errors import EngineError, LimitReached, UnsupportedByEngine
from crm_rules.facts.base import FactBase
from crm_rules.program.program import Program
from tests.cli.calling import PACK, PROJECT, Result, call

BUSY = "people.busy-owner-of-critical-task"


class FaultyEngine:
    """The reference engine with a defect."""

    name = "faulty"

    def __init__(self, defect: Callable[[Run], Run]) -> None:
        self.defect = defect

    def run(self, program: Program, facts: FactBase, *, possible: bool = True, limits: Limits | None = None) -> Run:
        run = ReferenceEngine().run(program, facts, possible=possible, limits=limits)
        return self.defect(replace(run, engine=self.name))


def check_with(defect: Callable[[Run], Run], monkeypatch: pytest.MonkeyPatch) -> Result:
    engines = {"compiled": registry.ENGINES["compiled"], "faulty": lambda: FaultyEngine(defect)}
    monkeypatch.setattr(registry, "ENGINES", engines)
    return call("assess", PROJECT, "--pack", PACK, "--cross-check")


def of_busy(run: Run) -> int:
    return run.program.by_id[BUSY]


def test_a_finding_one_engine_misses_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    def forget(run: Run) -> Run:
        return replace(run, certain_records=[r for r in run.certain_records if r[0] != of_busy(run)])

    result = check_with(forget, monkeypatch)
    assert (result.code, result.out) == (4, "")
    assert result.err == (
        "The engines disagree in 2 places. The first:\n"
        "\n"
        "  rule      people.busy-owner-of-critical-task\n"
        "  about     person = team[ann]\n"
        "  compiled  certain, task = tasks[cfg]\n"
        "  faulty    silent\n"
        "\n"
        "No assessment is given. Please report this together with the project file, or\n"
        "one that shows the same.\n"
    )


def test_certainty_matters(monkeypatch: pytest.MonkeyPatch) -> None:
    def doubt(run: Run) -> Run:
        first = next(r for r in run.certain_records if r[0] == of_busy(run))
        arity = 1 + len(run.program.rule(BUSY).eaches)
        return replace(
            run,
            certain_records=[r for r in run.certain_records if r is not first],
            possible_records=[*run.possible_records, first[:arity]],
        )

    result = check_with(doubt, monkeypatch)
    assert result.code == 4
    assert "in 1 place." in result.err
    assert "  compiled  certain, task = tasks[" in result.err
    assert "  faulty    possible\n" in result.err


def test_the_witness_matters(monkeypatch: pytest.MonkeyPatch) -> None:
    def mistake(run: Run) -> Run:
        other = run.facts.extensions["tasks"].rows[-1]
        records = [(*r[:-1], other) if r[0] == of_busy(run) else r for r in run.certain_records]
        return replace(run, certain_records=records)

    result = check_with(mistake, monkeypatch)
    assert result.code == 4
    assert "  faulty    certain, task = tasks[try]\n" in result.err


def test_derived_facts_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    result = check_with(lambda run: replace(run, derived={}), monkeypatch)
    assert result.code == 4
    assert (
        "  rule      doubtful\n  about     doubtful[project]\n  compiled  possible\n  faulty    silent\n" in result.err
    )


def test_a_finding_given_twice_is_a_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    result = check_with(lambda run: replace(run, certain_records=[*run.certain_records] * 2), monkeypatch)
    assert result.code == 4
    assert " and certain" in result.err


def test_all_engines_stand_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    def forget(run: Run) -> Run:
        return replace(run, certain_records=[r for r in run.certain_records if r[0] != of_busy(run)])

    engines = {"compiled": registry.ENGINES["compiled"], "faulty": lambda: FaultyEngine(forget)}
    monkeypatch.setattr(registry, "ENGINES", {**engines, "reference": ReferenceEngine})
    result = call("assess", PROJECT, "--pack", PACK, "--cross-check", "--engine", "faulty")
    assert result.code == 4
    assert "The engines disagree in 2 places." in result.err
    assert (
        "  compiled   certain, task = tasks[cfg]\n  faulty     silent\n  reference  certain, task = tasks[cfg]\n"
    ) in result.err


REFUSALS = {
    "a rule it cannot run": UnsupportedByEngine(BUSY, "no such luck"),
    "a limit": LimitReached("too much of it"),
    "a crash": EngineError("it fell over"),
}


def refusing(error: EngineError) -> Callable[[Run], Run]:
    def refuse(run: Run) -> Run:
        raise error

    return refuse


@pytest.mark.parametrize("why", REFUSALS)
def test_an_engine_without_an_answer_is_named_and_the_others_are_compared(
    why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    engines = {"compiled": registry.ENGINES["compiled"], "faulty": lambda: FaultyEngine(refusing(REFUSALS[why]))}
    monkeypatch.setattr(registry, "ENGINES", {**engines, "reference": ReferenceEngine})
    result = call("assess", PROJECT, "--pack", PACK, "--cross-check")
    assert result.code == 1
    assert result.err == (
        f"The engine 'faulty' gives no answer: {REFUSALS[why]}\ncompiled and reference give the same answers.\n"
    )


def test_nothing_compared_is_not_agreement(monkeypatch: pytest.MonkeyPatch) -> None:
    result = check_with(refusing(LimitReached("too much of it")), monkeypatch)
    assert (result.code, result.out) == (3, "")
    assert result.err.endswith("Nothing was compared, because fewer than two engines gave an answer.\n")


def test_an_engine_that_cannot_run_the_pack_is_no_defect(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = FaultyEngine(refusing(REFUSALS["a rule it cannot run"]))
    monkeypatch.setattr(registry, "ENGINES", {**registry.ENGINES, "faulty": lambda: engine})
    result = call("assess", PROJECT, "--pack", PACK, "--engine", "faulty")
    assert (result.code, result.out) == (3, "")
    assert result.err == (
        f"Error: rule {BUSY}: no such luck\nThe chosen engine cannot run this pack; 'compiled' runs every pack.\n"
    )


def test_without_the_option_other_engines_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(_: Run) -> Run:
        raise AssertionError

    monkeypatch.setattr(registry, "ENGINES", {**registry.ENGINES, "faulty": lambda: FaultyEngine(never)})
    assert call("assess", PROJECT, "--pack", PACK).code == 1
