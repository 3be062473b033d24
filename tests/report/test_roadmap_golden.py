"""What people and programs see of a roadmap: of the examples, and of a plan with every kind of trouble.

With CRM_RULES_WRITE_GOLDEN set, the files are written anew; read the difference before it is committed.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from crm_rules.report.roadmap_content import RoadmapContent
from crm_rules.report.roadmap_dot import roadmap_dot
from crm_rules.report.roadmap_json import roadmap_json
from crm_rules.report.roadmap_mermaid import mermaid_flowchart, mermaid_gantt
from crm_rules.report.roadmap_text import roadmap_text
from crm_rules.report.view import View
from tests.report.plans import DATA, FILES, content

RENDERERS: dict[str, Callable[[RoadmapContent], str]] = {
    "txt": lambda c: roadmap_text(c, View()),
    "all.txt": lambda c: roadmap_text(c, View(110, everything=True)),
    "json": roadmap_json,
    "gantt.mmd": mermaid_gantt,
    "graph.mmd": mermaid_flowchart,
    "dot": roadmap_dot,
}


@pytest.mark.parametrize("suffix", RENDERERS)
@pytest.mark.parametrize("name", FILES)
def test_the_roadmap_is_shown_as_expected(name: str, suffix: str) -> None:
    actual = RENDERERS[suffix](content(name))
    expected = DATA / f"{name}.{suffix}"
    if os.environ.get("CRM_RULES_WRITE_GOLDEN"):
        expected.write_text(actual, "utf-8")
    assert actual == expected.read_text("utf-8")
