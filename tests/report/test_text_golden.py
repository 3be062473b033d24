"""The text report of a small project, as people see it.

With CRM_RULES_WRITE_GOLDEN set, the files are written anew; read the difference before it is committed.
"""

from __future__ import annotations

import os

import pytest

from crm_rules.assessment.assessment import Assessment
from crm_rules.report.text import text_report
from tests.report.small import DATA, of_text, small, view

UNKNOWN = """
project: {name: Nobody asked}
goals: [{id: g, name: more sales, main: true}]
incomplete: [team]
"""

SOUND = """
project: {name: All well, completion_defined: true}
goals: []
success_measures: []
team: [{id: a, side: client, operational_load: 0, responsibility_defined: true}]
tasks: []
"""

LOOP = """
as_of: 2026-03-02
goals: []
team: [{id: a, side: client, operational_load: 0.9, responsibility_defined: true}]
tasks:
  - {id: a, name: Lay the floor, duration: 3, after: [b]}
  - {id: b, name: Paint the walls, duration: 2, after: [a]}
  - {id: c, name: Move in, owner: a}
"""

CASES: dict[str, tuple[Assessment, int, bool]] = {
    "small-80": (small(), 80, False),
    "small-80-all": (small(), 80, True),
    "small-40": (small(), 40, False),
    "small-110": (small(), 110, False),
    "unknown-80": (of_text(UNKNOWN), 80, False),
    "sound-80": (of_text(SOUND), 80, False),
    "loop-80": (of_text(LOOP), 80, False),
}


@pytest.mark.parametrize("name", CASES)
def test_the_report_is_the_expected_one(name: str) -> None:
    assessment, width, everything = CASES[name]
    actual = text_report(assessment, view(width, everything=everything))
    expected = DATA / f"{name}.txt"
    if os.environ.get("CRM_RULES_WRITE_GOLDEN"):
        expected.write_text(actual, "utf-8")
    assert actual == expected.read_text("utf-8")
