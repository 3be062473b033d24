"""A small project and a small pack that give at least one of everything a report shows."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from crm_rules.api import Assessment, Assessor, labels, load_project, parse_project
from crm_rules.report.view import View

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "report" / "data"
PACK = "tests/report/data/pack"
PROJECT = "tests/report/data/project.yaml"


@cache
def assessor(pack: str = PACK) -> Assessor:
    """The small pack, or another one, compiled once."""
    before = Path.cwd()
    os.chdir(ROOT)  # messages and places name files as the command line shows them
    try:
        return Assessor([pack])
    finally:
        os.chdir(before)


@cache
def small() -> Assessment:
    """The small project, assessed."""
    return of_file(PROJECT)


def of_file(file: str, pack: str = PACK) -> Assessment:
    """A project file, named from the root of the checkout, assessed."""
    before = Path.cwd()
    os.chdir(ROOT)
    try:
        return assessor(pack).assess(load_project(file))
    finally:
        os.chdir(before)


def of_text(text: str) -> Assessment:
    """A project given as text, assessed with the small pack."""
    return assessor().assess(parse_project("schema: crm-rules/project/1\n" + text, "p.yaml"))


def view(width: int = 80, color: bool = False, everything: bool = False) -> View:
    """A view with the wording the command uses."""
    return View(width, color, everything, labels())
