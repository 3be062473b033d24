"""The order in which a project is written down changes nothing but line numbers."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from crm_rules.api import Assessor, load_project
from crm_rules.model.project import Project

TROUBLED = Path(__file__).parents[2] / "examples" / "troubled-rollout" / "project.yaml"


@pytest.mark.parametrize("seed", range(5))
def test_shuffled_entries_and_sections_give_the_same_assessment(seed: int) -> None:
    data: dict[str, Any] = load_project(TROUBLED).model_dump(by_alias=True, exclude_unset=True, mode="json")
    rng = random.Random(seed)
    names = list(data)
    rng.shuffle(names)
    shuffled = {name: data[name] for name in names}
    for entries in shuffled.values():
        if isinstance(entries, list) and entries and isinstance(entries[0], dict):
            rng.shuffle(entries)
    assessor = Assessor()
    assert assessor.assess(Project.from_dict(shuffled)).to_json() == assessor.assess(Project.from_dict(data)).to_json()
