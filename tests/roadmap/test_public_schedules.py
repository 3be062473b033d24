"""The schedule against the results that Microsoft Project and Primavera stored in public files.

Early start, late finish, total slack, free slack and the critical flag of every task must be equal, with no
tolerance. Instants are compared by the working time of the task, since the programs store either side of a break.
What does not follow from the rest of its file is named in `EXCEPTIONS`.
"""

from __future__ import annotations

import datetime as dt
import sys

import pytest

from crm_rules.files.imported import StoredResult
from crm_rules.roadmap.analysis import Roadmap, analyse
from crm_rules.roadmap.plan import Plan
from crm_rules.roadmap.results import TaskSchedule
from crm_rules.roadmap.working_time import absolute
from tests.roadmap.data import FILES, public_schedule, stored_results

VALUES = ("early start", "late finish", "total slack", "free slack", "critical")

EXCEPTIONS: dict[tuple[str, str, str], str] = {
    (
        "mpxj_slack9.mpp.xml",
        "11",
        "total slack",
    ): "a milestone that must finish on a date: start slack of one day less although early and late dates are equal",
}
"""(file, task, value) that is stored otherwise, and why."""


def differences(
    plan: Plan, roadmap: Roadmap, stored: dict[str, StoredResult]
) -> tuple[int, dict[tuple[str, str], str]]:
    """How many values were compared, and (task, value) to what differs."""
    compared = 0
    found: dict[tuple[str, str], str] = {}
    calendars = {t.id: plan.calendar if t.calendar is None else plan.calendars[t.calendar] for t in plan.tasks}

    def count(task: str, at: dt.datetime | None) -> int | None:
        return None if at is None else calendars[task].worked(absolute(at))

    for name, expected in sorted(stored.items()):
        task: TaskSchedule = roadmap.tasks[name]
        pairs = (
            (count(name, task.early_start), count(name, expected.early_start), expected.early_start is not None),
            (count(name, task.late_finish), count(name, expected.late_finish), expected.late_finish is not None),
            (task.total_float_minutes, expected.total_float_minutes or 0, True),
            (task.free_float_minutes, expected.free_float_minutes or 0, True),
            (task.critical, expected.critical, expected.critical is not None),
        )
        for value, (ours, theirs, is_stored) in zip(VALUES, pairs, strict=True):
            compared += is_stored
            if is_stored and ours != theirs:
                found[name, value] = f"{ours} where {theirs} is stored"
    return compared, found


@pytest.mark.parametrize("name", FILES)
def test_equals_what_the_program_stored(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    plan, stored = public_schedule(name).plan, stored_results(name)
    roadmap = analyse(plan)
    assert set(stored) == set(roadmap.tasks)
    compared, found = differences(plan, roadmap, stored)
    expected = {(task, value) for file, task, value in EXCEPTIONS if file == name}
    with capsys.disabled():
        sys.stdout.write(f"\n{name}: {len(stored)} tasks, {compared - len(found)} of {compared} values equal ")
    assert found.keys() == expected, found
