"""Every quality check against plans worked out by hand."""

from __future__ import annotations

from collections import defaultdict

import pytest

from crm_rules.roadmap.quality import PROFILES, Verdict, check_quality
from crm_rules.roadmap.quality.measure import Bound
from tests.roadmap.quality_date_cases import DATE_CASES
from tests.roadmap.quality_float_cases import BY_HAND, FLOAT_CASES
from tests.roadmap.quality_link_cases import LINK_CASES
from tests.roadmap.quality_plans import Case

CASES = (*LINK_CASES, *DATE_CASES, *FLOAT_CASES)


@pytest.mark.parametrize("case", CASES, ids=[f"{n}-{c.check}-{c.verdict.value}" for n, c in enumerate(CASES)])
def test_check(case: Case) -> None:
    found = check_quality(case.roadmap(), case.profile())[case.check]
    told = (found.verdict, found.numerator, found.denominator, " ".join(found.offenders), found.reason)
    if found.of_links:
        told = (*told[:3], "|".join(found.offenders), told[4])
    assert told == (case.verdict, case.count, case.of, case.offenders, case.reason)


def test_every_check_is_broken_kept_and_left_open_somewhere() -> None:
    shown: defaultdict[str, set[Verdict]] = defaultdict(set)
    for case in CASES:
        shown[case.check].add(case.verdict)
    by_hand = {case.check for case in BY_HAND}
    lacking = {
        row.id: (row.level, Verdict.PASSED)
        for profile in PROFILES.values()
        for row in profile.rows
        if row.id not in by_hand
        and row.limit.bound is not Bound.OPEN
        and not {row.level, Verdict.PASSED} <= shown[row.id]
    }
    assert lacking == {}
    assert {row.id for p in PROFILES.values() for row in p.rows} <= set(shown)
