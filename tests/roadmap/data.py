"""Where the public schedules lie, and how tests get at them.

They belong to others and are not part of the checkout. Tests that need one take it from `schedule_file` or
`public_schedule`, which skip the test where the folder is missing.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest

from crm_rules.files.imported import ImportedPlan, StoredResult
from crm_rules.files.mspdi import load_mspdi

FILES = (
    "exupery_MDL4D.xer.xml",
    "mpsplib_16_mp_j30_a5_nr1.xml",
    "mpsplib_1_mp_j30_a10_nr1.xml",
    "mpsplib_6_mp_j30_a2_nr1.xml",
    "mpxj_mpp14baseline.mpp.xml",
    "mpxj_mspdirelations.xml",
    "mpxj_slack9.mpp.xml",
    "mpxj_task-links-project2003.xml",
    "mpxj_task-links-project2007.xml",
    "mpxj_task-links-project2010.xml",
    "mpxj_task-links-project2013.xml",
    "mpxj_task-links-project2016.xml",
    "mpxj_task-links-project2019.xml",
)
"""Names of the schedules, sorted."""


def folder() -> Path:
    """Where the schedules are looked for: CRM_RULES_ROADMAP_DATA, else beside the checkout."""
    stated = os.environ.get("CRM_RULES_ROADMAP_DATA")
    return Path(stated) if stated else Path(__file__).parents[3] / "shared" / "roadmap" / "data"


def schedule_file(name: str) -> Path:
    """The path of a public schedule; skips the test where it is missing."""
    path = folder() / name
    if not path.is_file():
        pytest.skip(f"public schedule {name} is not in {folder()}; CRM_RULES_ROADMAP_DATA can name another folder")
    return path


@cache
def _read(path: Path) -> ImportedPlan:
    return load_mspdi(path)


def public_schedule(name: str) -> ImportedPlan:
    """A public schedule as the library reads it; skips the test where it is missing."""
    return _read(schedule_file(name))


def stored_results(name: str) -> dict[str, StoredResult]:
    """What the program that wrote a public schedule computed for each task, by task id (its UID)."""
    return dict(public_schedule(name).stored)
