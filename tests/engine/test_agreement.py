"""Engines agree on whatever the language can express, and nothing depends on an order."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from hypothesis import given, settings

from crm_rules.engine import registry
from crm_rules.engine.compiled import CompiledEngine
from crm_rules.engine.protocol import Engine, Limits, Run
from crm_rules.engine.reference import ReferenceEngine
from crm_rules.errors import EngineError, RulesetError
from crm_rules.explain.verify import verify
from crm_rules.facts.base import FactBase
from crm_rules.program.program import Program
from tests import fuzz
from tests.engine.answers import answer, renamed, shuffled
from tests.engine.choices import Seeded
from tests.engine.random_cases import Case, random_case
from tests.house.checkout import ROOT
from tests.strategies import cases

COMPILED = CompiledEngine()
REFERENCE = ReferenceEngine()
ENGINES = (COMPILED, REFERENCE)


@settings(max_examples=80)
@given(cases())
def test_engines_give_the_same_run(case: Case) -> None:
    one, other = (e.run(case.program, case.facts) for e in ENGINES)
    assert one.differences(other) == []
    assert answer(one) == answer(other)


@settings(max_examples=40)
@given(cases())
def test_certain_answers_are_the_certain_part_of_all_answers(case: Case) -> None:
    for engine in ENGINES:
        everything = engine.run(case.program, case.facts)
        alone = engine.run(case.program, case.facts, possible=False)
        assert [f for f in everything.firings() if f.certain] == list(alone.firings())
        assert {n: d.certain for n, d in everything.derived.items()} == {n: d.certain for n, d in alone.derived.items()}
        assert not any(d.possible for d in alone.derived.values())


@settings(max_examples=40)
@given(cases())
def test_nothing_is_recorded_twice_and_nothing_is_both_certain_and_possible(case: Case) -> None:
    for engine in ENGINES:
        run = engine.run(case.program, case.facts)
        firings = [(f.rule, f.facts) for f in run.firings()]
        assert len(set(firings)) == len(firings)
        for derived in run.derived.values():
            rows = [*derived.certain, *derived.possible]
            assert len(set(rows)) == len(rows)


@settings(max_examples=40)
@given(cases())
def test_running_again_gives_the_same_bytes(case: Case) -> None:
    for engine in ENGINES:
        first = answer(engine.run(case.program, case.facts))
        assert answer(engine.run(case.program, case.facts)) == first


@pytest.mark.parametrize("seed", range(40))
def test_the_order_of_facts_and_rules_changes_nothing(seed: int) -> None:
    case = random_case(Seeded(seed))
    again = shuffled(case, Seeded(seed))
    assert again.program.fingerprint == case.program.fingerprint
    for engine in ENGINES:
        assert answer(engine.run(again.program, again.facts)) == answer(engine.run(case.program, case.facts))


@pytest.mark.parametrize("seed", range(40))
def test_the_names_of_rules_change_nothing(seed: int) -> None:
    case = random_case(Seeded(seed))
    other, old = renamed(case)
    for engine in ENGINES:
        run, again = engine.run(case.program, case.facts), engine.run(other.program, other.facts)
        assert {(f.rule, f.facts, f.certain, f.witnesses) for f in run.firings()} == {
            (old[f.rule], f.facts, f.certain, f.witnesses) for f in again.firings()
        }
        assert {n: repr(d) for n, d in run.derived.items()} == {n: repr(d) for n, d in again.derived.items()}


def test_the_hash_seed_changes_nothing() -> None:
    digests = {
        subprocess.run(
            [sys.executable, "-m", "tests.engine.answers", engine, "0", "25"],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for engine, seed in (("compiled", "0"), ("compiled", "1"), ("reference", "2"))
    }
    assert len(digests) == 1
    assert len(digests.pop()) == 64


def test_the_independent_verifier_confirms_every_run() -> None:
    confirmed = 0
    for seed in range(100):
        case = random_case(Seeded(seed))
        try:
            run = COMPILED.run(case.program, case.facts)
        except RulesetError:
            continue
        assert verify(run) == [], f"seed {seed}{case}"
        confirmed += len(run.certain_records) + len(run.possible_records)
    assert confirmed > 350


# -- many programs, and programs worth comparing ------------------------------------------------


def test_engines_agree_on_hundreds_of_programs_in_which_much_happens() -> None:
    tally = fuzz.fuzz(ENGINES, seed=20, numbers=range(250))
    assert tally.failure == ""
    assert tally.unanswered == []
    counts = tally.counts
    assert tally.compared["compiled", "reference"] >= 2 * counts["programs"]
    assert counts["rejected"] <= 8
    assert counts["programs that fire"] >= 0.8 * counts["programs"]
    assert counts["recursive programs"] >= 0.1 * counts["programs"]
    for what in ("negations", "aggregates", "raised", "any", "some", "certain firings", "possible firings"):
        assert counts[what] >= 0.25 * counts["programs"], what


class Wrong:
    """An engine that forgets a possible firing whenever there are three."""

    name = "wrong"

    def run(self, program: Program, facts: FactBase, *, possible: bool = True, limits: Limits | None = None) -> Run:
        run = REFERENCE.run(program, facts, possible=possible, limits=limits)
        records = list(run.possible_records)
        if len(records) >= 3:
            records.pop()
        return Run(program, facts, self.name, run.certain_records, records, run.derived, possible)


class Broken:
    """An engine that fails on every recursive program."""

    name = "broken"

    def run(self, program: Program, facts: FactBase, *, possible: bool = True, limits: Limits | None = None) -> Run:
        if any(s.recursive for s in program.strata):
            raise ZeroDivisionError("on purpose")
        return REFERENCE.run(program, facts, possible=possible, limits=limits)


@pytest.mark.parametrize(
    ("engine", "words"),
    [(Wrong(), "reference and wrong differ, asked for all answers"), (Broken(), "an engine failed")],
)
def test_a_wrong_engine_is_noticed_and_the_program_shown(engine: Engine, words: str) -> None:
    tally = fuzz.fuzz((REFERENCE, engine), seed=20, numbers=range(100))
    assert tally.counts["disagreements"] == 1
    head, _, rest = tally.failure.partition("\n")
    assert head.startswith("program ")
    assert head.endswith(f"of seed 20: {words}")
    assert "\n--- rule" in rest
    number = int(head.split()[1])
    assert fuzz.fuzz((REFERENCE, engine), seed=20, numbers=range(number, number + 1)).failure == tally.failure


def test_the_command_prints_the_same_every_time(capsys: pytest.CaptureFixture[str]) -> None:
    printed = []
    for _ in range(2):
        assert fuzz.main(["--programs", "25", "--seed", "4", "--engines", "compiled,reference"]) == 0
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[1]
    head, *lines = printed[0].splitlines()
    assert head == "seed 4, engines compiled, reference"
    assert lines[0].split() == ["programs", "25"]
    assert lines[-2].split() == ["disagreements", "0"]
    assert lines[-1].split(maxsplit=1)[1] == "runs of compiled and reference compared"


class Failing:
    """An engine that crashes on every program."""

    name = "failing"

    def run(self, program: Program, facts: FactBase, *, possible: bool = True, limits: Limits | None = None) -> Run:
        raise EngineError("it fell over")


def test_crashes_are_counted_and_listed_and_no_agreement(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(registry, "ENGINES", {"compiled": CompiledEngine, "failing": Failing})
    assert fuzz.main(["--programs", "3", "--seed", "3", "--engines", "compiled,failing"]) == 1
    printed = capsys.readouterr().out
    assert re.search(r"^ +crashes +8$", printed, re.MULTILINE)
    assert "program 2: failing: it fell over\n" in printed
    assert printed.endswith("\nno run of compiled and failing was compared\n")


def test_the_time_for_the_command_can_be_limited() -> None:
    assert fuzz.fuzz(ENGINES, seed=1, numbers=range(1000), seconds=0.0).counts["programs"] == 0
