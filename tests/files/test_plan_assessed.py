"""From the file of a scheduling program to findings: rules run over an imported plan, and point into its file."""

from __future__ import annotations

from pathlib import Path

import crm_rules as cr
from crm_rules.files.plan_import import load_plan
from crm_rules.files.plan_project import project_of
from tests.files.mspdi_samples import link, mspdi, task

ASSESSOR = cr.Assessor()


def findings(path: Path, *tasks: str) -> dict[str, cr.Finding]:
    """The certain findings about a plan, by rule."""
    path.write_text(mspdi(*tasks), "utf-8")
    assessment = ASSESSOR.assess(project_of(load_plan(path)).project)
    return {f.rule: f for f in assessment.findings if f.certainty == "certain"}


def test_a_loop_is_found_and_placed(tmp_path: Path) -> None:
    path = tmp_path / "plan.xml"
    found = findings(path, task(1, link(2)), task(2, link(1)), task(3))["roadmap.dependency-cycle"]
    places = {str(e.place) for e in found.evidence if e.place is not None}
    assert places == {f"{path}:3"}


def test_kinds_guessed_from_names_reach_the_rules(tmp_path: Path) -> None:
    rule = "training.training-programme-not-in-roadmap"
    path = tmp_path / "plan.xml"
    assert rule in findings(path, task(1, Name="User training"))
    assert rule not in findings(path, task(1, Name="User training"), task(2, Name="Schulungskonzept"))
