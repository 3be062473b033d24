"""Rules over what tasks state: a blank that means nothing answers, and only what is unknown asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_rules.trial.examples import run_examples
from tests.trial.packs import pack, rule

LATE = """
    {name: late, given: {tasks: [{id: a, status: done, start: 2026-03-03, baseline_start: 2026-03-02}]}, expect: fires}
    {name: planned, given: {tasks: [{id: a, start: 2026-03-03, baseline_start: 2026-03-02}]}, expect: silent}
    {name: not agreed, given: {tasks: [{id: a, status: running, start: 2026-03-03}]}, expect: silent}
    {name: nobody says, given: {tasks: [{id: a, status: running, baseline_start: 2026-03-02}]}, expect: possible}
"""

RULES = {
    "missed.deadline": rule(
        '- each: t in tasks\n  where: t.deadline < "2026-04-01"',
        """
        {name: due, given: {tasks: [{id: a, deadline: 2026-03-31}]}, expect: fires}
        {name: later, given: {tasks: [{id: a, deadline: 2026-04-01}]}, expect: silent}
        {name: none, given: {tasks: [{id: a}]}, expect: silent}
        """,
    ),
    "late.start": rule(
        "- each: t in tasks\n  where: t.actual_start > t.baseline_start",
        LATE,
    ),
    "summary.done": rule(
        """
        - each: whole in tasks
          where: whole.status == "done"
        - some: part in tasks
          where: part.parent == whole.id and part.remaining > 0
        """,
        """
        {name: left, given: {tasks: [{id: a, status: done}, {id: b, parent: a, duration: 1}]}, expect: fires}
        {name: all done, given: {tasks: [{id: a, status: done}, {id: b, parent: a, status: done}]}, expect: silent}
        {name: no part, given: {tasks: [{id: a, status: done}, {id: b, duration: 1}]}, expect: silent}
        {name: how long, given: {tasks: [{id: a, status: done}, {id: b, parent: a}]}, expect: possible}
        {name: open, given: {tasks: [{id: a, status: running}, {id: b, parent: a, duration: 1}]}, expect: silent}
        """,
    ),
    "long.lag": rule(
        '- each: k in task_links\n  where: k.lag_days > 1 and k.lag_unit == "percent"',
        """
        {name: half, given: {tasks: [{id: a, duration: 4}, {id: b, after: [a SS+50%]}]}, expect: fires}
        {name: half of little, given: {tasks: [{id: a, duration: 2}, {id: b, after: [a SS+50%]}]}, expect: silent}
        {name: half of what, given: {tasks: [{id: a}, {id: b, after: [a SS+50%]}]}, expect: possible}
        {name: days, given: {tasks: [{id: a, duration: 4}, {id: b, after: [a +2ed]}]}, expect: silent}
        """,
    ),
}


@pytest.mark.parametrize("name", RULES)
def test_rules_read_what_the_roadmap_states(tmp_path: Path, name: str) -> None:
    report = run_examples(pack(tmp_path, {name: RULES[name]}, crm=True, facts="{}", conclusions="{}"))
    assert report.passed, report
