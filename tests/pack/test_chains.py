"""What a few stated facts lead to, through all steps of the chain of conclusions, and where it stops."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from crm_rules.api import Assessor, installed_engines
from crm_rules.diagnostics import Diagnostic
from crm_rules.explain.verify import verify
from crm_rules.files.nodes import plain
from crm_rules.files.text import SourceText
from crm_rules.files.yaml_text import parse_yaml
from crm_rules.model.project import Project


def _chains() -> list[dict[str, Any]]:
    file = Path(__file__).with_name("chains.yaml")
    problems: list[Diagnostic] = []
    root = parse_yaml(SourceText(file.name, file.read_text("utf-8")), problems)
    assert root is not None
    assert problems == []
    chains: list[dict[str, Any]] = plain(root)
    return chains


CHAINS = _chains()


@cache
def assessor(engine: str) -> Assessor:
    """The bundled pack, compiled once per engine."""
    return Assessor(engine=engine)


@pytest.mark.parametrize("engine", installed_engines())
@pytest.mark.parametrize("chain", CHAINS, ids=lambda chain: str(chain["name"]))
def test_the_chain_is_drawn_as_far_as_it_reaches(chain: dict[str, Any], engine: str) -> None:
    assessment = assessor(engine).assess(Project.from_dict(chain["given"]))
    drawn = {name for name, facts in assessment.run.derived.items() if facts.certain}
    assert drawn == set(chain["derives"])
    assert drawn.isdisjoint(chain["not_derived"])
    assert {c.name for c in assessment.conclusions if c.certainty == "certain"} == drawn
    assert verify(assessment.run) == []


def test_what_must_not_follow_is_something_that_could() -> None:
    known = {name for pack in assessor("compiled").packs for name in pack.conclusions}
    assert {name for chain in CHAINS for name in chain["not_derived"]} <= known
