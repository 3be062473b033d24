"""The passes on the clock: the same as on the axis where both can tell, and what only they can."""

from __future__ import annotations

from hypothesis import given

from crm_rules.roadmap.analysis import analyse
from crm_rules.roadmap.plan import Plan
from tests.roadmap.plans import dated_plans, on_the_clock


@given(dated_plans())
def test_both_ways_to_schedule_agree(base: Plan) -> None:
    one, other = analyse(base), on_the_clock(base)
    for name, task in one.tasks.items():
        assert task == other.tasks[name]
    assert one.critical_paths() == other.critical_paths()
    assert (one.critical_path_count, one.finish, one.finish_minutes) == (
        other.critical_path_count,
        other.finish,
        other.finish_minutes,
    )
    assert one.critical_links == other.critical_links
    for name in one.tasks:
        if not one.tasks[name].summary:
            assert one.driving_slack(name) == other.driving_slack(name)
