"""The profiles over public schedules: nothing is too odd to be checked, and known counts are found."""

from __future__ import annotations

import json

import pytest

from crm_rules.roadmap.analysis import analyse
from crm_rules.roadmap.quality import PROFILES, Verdict, check_quality
from tests.roadmap.data import FILES, public_schedule


@pytest.mark.parametrize("name", FILES)
def test_every_profile_says_something_about_every_schedule(name: str) -> None:
    roadmap = analyse(public_schedule(name).plan)
    for profile in PROFILES:
        found = check_quality(roadmap, profile)
        assert len(found.checks) == len(PROFILES[profile].rows)
        assert json.loads(json.dumps(found.to_dict())) == found.to_dict()
        assert all(c.reason for c in found.having(Verdict.NOT_MEASURABLE))
        assert found.having(Verdict.PASSED)


def test_one_link_of_each_type() -> None:
    # Five tasks joined by one FS, one SS, one FF and one SF link, one of them with a lag.
    found = check_quality(analyse(public_schedule("mpxj_mspdirelations.xml").plan), "dcma")
    counts = {c.id: (c.numerator, c.denominator) for c in found.checks}
    assert [counts[i] for i in ("dcma-02", "dcma-03", "dcma-04")] == [(0, 4), (1, 4), (1, 4)]


def test_constraints_of_the_primavera_plan() -> None:
    # 50 tasks, every one of them held by a must-start-on constraint, as the description of the file says.
    found = check_quality(analyse(public_schedule("exupery_MDL4D.xer.xml").plan), "dcma")["dcma-05"]
    assert (found.verdict, found.numerator, found.denominator) == (Verdict.FAILED, 50, 50)
