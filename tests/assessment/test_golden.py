"""Every example project has its expected assessment beside it.

After a change that is meant to change results, `make golden` writes the files anew; the
difference is then part of the change and is reviewed like code.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from crm_rules.api import Assessment, Assessor, installed_engines, load_project, verify

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(p.parent.name for p in (ROOT / "examples").glob("*/project.yaml"))


@cache
def assessment(name: str, engine: str = "compiled") -> Assessment:
    # Places are written as the command line shows them: relative to the checkout.
    before = Path.cwd()
    os.chdir(ROOT)
    try:
        return Assessor(engine=engine).assess(load_project(f"examples/{name}/project.yaml"))
    finally:
        os.chdir(before)


def without_engine(text: str) -> str:
    found = json.loads(text)
    del found["engine"]
    return json.dumps(found, ensure_ascii=False, indent=2)


def test_there_are_examples() -> None:
    assert {"steady-course", "troubled-rollout"} <= set(EXAMPLES)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_assessment_is_the_expected_one(name: str) -> None:
    expected = ROOT / "examples" / name / "expected.json"
    actual = assessment(name).to_json()
    if os.environ.get("CRM_RULES_WRITE_GOLDEN"):
        expected.write_text(actual, encoding="utf-8")
    assert actual == expected.read_text(encoding="utf-8"), "run 'make golden' and review the difference"


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("engine", [e for e in installed_engines() if e != "compiled"])
def test_every_engine_gives_the_same_assessment(name: str, engine: str) -> None:
    assert not assessment(name, engine).run.differences(assessment(name).run)
    assert without_engine(assessment(name, engine).to_json()) == without_engine(assessment(name).to_json())


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("engine", installed_engines())
def test_every_firing_is_verified_independently(name: str, engine: str) -> None:
    assert verify(assessment(name, engine).run) == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_certain_finding_rests_on_evidence_with_a_place(name: str) -> None:
    for finding in assessment(name).findings:
        if finding.certainty == "certain":
            assert finding.evidence, finding.rule
            for evidence in finding.evidence:
                assert evidence.place is not None, (finding.rule, evidence)
                assert evidence.place.file == f"examples/{name}/project.yaml"
                assert evidence.place.line


def test_the_well_run_project_has_nothing_above_medium() -> None:
    found = assessment("steady-course")
    assert [f.rule for f in found.at_or_above("high")] == []
    assert found.risks, "it is run by people: small imperfections are found"
    assert not any(c.certainty == "certain" for c in found.conclusions)


def test_two_hash_seeds_give_the_same_bytes() -> None:
    code = (
        "import crm_rules as cr, hashlib;"
        "a = cr.assess(cr.load_project('examples/troubled-rollout/project.yaml'));"
        "print(hashlib.sha256(a.to_json().encode()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1
