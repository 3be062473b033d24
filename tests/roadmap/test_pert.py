"""PERT: its numbers, the path they belong to, and when they are not the project's."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crm_rules.roadmap.pert import Pert, pert, pert_deviation, pert_mean, sixfold_mean
from crm_rules.roadmap.plan import Estimate, LinkType, Plan, PlanLink, PlanTask, minutes_of
from tests.roadmap.estimates import estimated
from tests.roadmap.plans import DAY, finish, plan, plans, with_durations


def pert_of(base: Plan) -> Pert:
    found = pert(base)
    assert isinstance(found, Pert)
    return found


def test_mean_and_deviation_of_one_duration() -> None:
    # (8 + 4 x 10 + 15) / 6 = 10.5, (15 - 8) / 6 = 1.1667 days.
    estimate = Estimate(8 * DAY, 10 * DAY, 15 * DAY)
    assert pert_mean(estimate) == 10.5 * DAY
    assert pert_deviation(estimate) / DAY == pytest.approx(7 / 6)


def test_chain_adds_means_and_variances() -> None:
    found = pert_of(estimated({"a": (8, 10, 15), "b": (2, 5, 8), "c": 3}, "a->b", "b->c +1"))
    # 10.5 + 5 + 1 of lag + 3 = 19.5; variances (7/6)^2 + 1^2 = 85/36.
    assert found.path == ("a", "b", "c")
    assert found.mean_minutes == 19.5 * DAY
    assert found.deviation_minutes / DAY == pytest.approx(math.sqrt(85) / 6)
    assert found.merging == ()
    assert found.task_means == {"a": 10.5 * DAY, "b": 5 * DAY}
    # The normal distribution: half at the mean, 84.13 % one deviation above it.
    assert found.probability(round(19.5 * DAY)) == 0.5
    assert found.probability(round(found.mean_minutes + found.deviation_minutes)) == pytest.approx(0.8413, abs=2e-4)


def test_means_are_not_rounded() -> None:
    # (0 + 4 x 1 + 1) / 6 of a minute.
    base = Plan((PlanTask("a", "A", 1, estimate=Estimate(0, 1, 1)),))
    assert pert_of(base).mean_minutes == pytest.approx(5 / 6)


def test_no_probability_where_paths_merge() -> None:
    found = pert_of(estimated({"a": (8, 10, 15), "b": (8, 10, 14), "end": 0}, "a->end", "b->end"))
    assert found.path == ("a", "end")
    assert found.merging == ("b",)
    assert found.probability(100 * DAY) is None


def test_a_path_that_is_always_shorter_does_not_merge() -> None:
    # b takes 7 days at worst and a 8 at best; with one more day for b the two can tie, with two b can be later.
    for worst, merging in ((7, ()), (8, ()), (9, ("b",))):
        found = pert_of(estimated({"a": (8, 10, 15), "b": (2, 3, worst), "end": 0}, "a->end", "b->end"))
        assert found.merging == merging


def test_a_fixed_path_merges_as_well() -> None:
    found = pert_of(estimated({"a": (8, 10, 15), "b": 9}))
    assert found.merging == ("b",)


def test_a_link_past_a_part_of_the_path_merges() -> None:
    # c waits for b (2 days at best) and for 3 days after a: that decides when b is quick.
    found = pert_of(estimated({"a": (8, 10, 15), "b": (2, 5, 8), "c": 1}, "a->b", "b->c", "a->c +3"))
    assert found.path == ("a", "b", "c")
    assert found.merging == ("c",)


def test_durations_count_as_the_path_runs_through_them() -> None:
    # b starts 4 days after a starts: a's duration does not count. 4 + 10.5.
    after_start = pert_of(estimated({"a": (1, 2, 6), "b": (8, 10, 15)}, "a->b ss+4"))
    assert after_start.mean_minutes == 14.5 * DAY
    assert after_start.deviation_minutes / DAY == pytest.approx(7 / 6)
    # b finishes 4 days after a finishes: b's duration does not count. 10.5 + 4.
    after_finish = pert_of(estimated({"a": (8, 10, 15), "b": (1, 2, 3)}, "a->b ff+4"))
    assert after_finish.mean_minutes == 14.5 * DAY
    assert after_finish.deviation_minutes / DAY == pytest.approx(7 / 6)
    # Other links rule nothing out.
    assert after_start.merging == after_finish.merging == ("a", "b")


def test_certain_plan_has_a_probability_of_none_or_one() -> None:
    found = pert_of(estimated({"a": (3, 3, 3)}))
    assert found.deviation_minutes == 0
    assert [found.probability(n) for n in (3 * DAY - 1, 3 * DAY)] == [0, 1]


def test_obstacles_are_an_answer() -> None:
    found = pert(plan({"a": 1, "b": 2}, "a->b", "b->a"))
    assert not isinstance(found, Pert)
    assert [o.kind for o in found] == ["loop", "nothing-varies"]


@st.composite
def uncertain(draw: st.DrawFn, relations: tuple[LinkType, ...]) -> Plan:
    """Plans in which every task has an estimate, in small numbers of minutes."""
    base = draw(plans(sizes=(1, 6)))
    tasks = []
    for task in base.tasks:
        points = sorted(draw(st.lists(st.integers(0, 8), min_size=3, max_size=3)))
        tasks.append(replace(task, duration_minutes=points[1], estimate=Estimate(*points)))
    links = tuple(PlanLink(k.predecessor, k.successor, draw(st.sampled_from(relations)), k.lag) for k in base.links)
    return Plan(tuple(tasks), links)


def six_times_the_path(base: Plan, found: Pert, durations: dict[str, int]) -> int:
    """Length of the path with these durations: its mean, and what its tasks take more than theirs."""
    means = {t.id: sixfold_mean(t.estimate) for t in base.tasks if t.estimate is not None}
    return round(6 * found.mean_minutes) + sum(6 * durations[i] - means[i] for i in found.path)


@given(uncertain((LinkType.FS,)), st.data())
def test_a_path_without_merging_is_the_project(base: Plan, data: st.DataObject) -> None:
    found = pert_of(base)
    assume(not found.merging)
    points = {t.id: t.estimate for t in base.tasks if t.estimate is not None}
    drawn = {name: data.draw(st.integers(e.optimistic, e.pessimistic)) for name, e in points.items()}
    assert 6 * finish(with_durations(base, drawn)) == six_times_the_path(base, found, drawn)


@given(uncertain((LinkType.FS,)))
def test_merging_is_claimed_only_where_another_path_can_be_longer(base: Plan) -> None:
    found = pert_of(base)
    assume(found.merging)
    points = {t.id: t.estimate for t in base.tasks if t.estimate is not None}
    worst = {n: e.optimistic if n in found.path else e.pessimistic for n, e in points.items()}
    assert 6 * finish(with_durations(base, worst)) > six_times_the_path(base, found, worst)


@given(uncertain(tuple(LinkType)))
def test_mean_is_the_finish_of_the_plan_with_mean_durations(base: Plan) -> None:
    # In sixths of a minute everything is whole.
    sixths = {t.id: sixfold_mean(t.estimate) for t in base.tasks if t.estimate is not None}
    scaled = replace(base, links=tuple(replace(k, lag=6 * k.lag) for k in base.links))
    assert pert_of(base).mean_minutes == finish(with_durations(scaled, sixths)) / 6


def test_estimates_in_days_are_minutes() -> None:
    assert estimated({"a": (0.5, 1, 2)}).tasks[0].estimate == Estimate(minutes_of(0.5), DAY, 2 * DAY)
