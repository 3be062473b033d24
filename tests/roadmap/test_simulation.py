"""Simulation: every sample is a schedule, and what is said about the samples is what statistics says.

Numbers without a derivation beside them come from closed formulas of the distributions; bounds of chance are
four standard errors wide, and the seeds are fixed.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
import math
import random
import statistics
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_rules.roadmap.analysis import analyse
from crm_rules.roadmap.pert import Pert, pert
from crm_rules.roadmap.plan import Estimate, LinkType, Plan, PlanLink, PlanTask, TaskState
from crm_rules.roadmap.simulation import simulate
from crm_rules.roadmap.simulation_network import Model, read_model
from crm_rules.roadmap.simulation_numpy import ranked, sample_durations
from crm_rules.roadmap.simulation_result import MAX_BINS, Histogram, NotSimulated, Simulation, chance_of
from tests.roadmap.estimates import estimated, paths, simulated
from tests.roadmap.plans import DAY, early, late, plans, with_durations, without_dropped

AT = dt.datetime.fromisoformat("2026-11-27T17:00")
LONGEST = 8
"""Of the random durations, in minutes."""


# --- Samples are schedules ---------------------------------------------------


@st.composite
def uncertain(draw: st.DrawFn) -> Plan:
    """Plans with estimates for some tasks; all relations, lags, done and dropped tasks."""
    base = draw(plans(sizes=(1, 7), states=(TaskState.OPEN, TaskState.OPEN, TaskState.DONE, TaskState.DROPPED)))
    tasks: list[PlanTask] = []
    for task in base.tasks:
        if draw(st.booleans()):
            points = sorted(draw(st.lists(st.integers(0, LONGEST), min_size=3, max_size=3)))
            task = replace(task, estimate=Estimate(points[0], points[1], points[2]))
        tasks.append(task)
    limit = draw(st.sampled_from([0, 2]))
    return replace(base, tasks=tuple(tasks), critical_limit_minutes=limit)


@given(uncertain(), st.sampled_from(["pert", "triangular", "uniform"]), st.sampled_from([0.0, 0.7]))
def test_every_sample_is_what_the_scheduler_makes_of_its_durations(
    base: Plan, distribution: Any, correlation: float
) -> None:
    samples = 5
    found = simulate(base, samples, 3, distribution, correlation)
    if isinstance(found, NotSimulated):
        assert {o.kind for o in found.obstacles} == {"nothing-varies"}
        return
    finishes: list[int] = []
    critical = dict.fromkeys(found.tasks, 0)
    for durations in drawn(base, samples, distribution, correlation):
        sample = with_durations(base, durations)
        roadmap = analyse(sample)
        assert roadmap.finish_minutes is not None
        finishes.append(roadmap.finish_minutes)
        # The scheduler of the tests knows no dropped tasks, and no limit but its own.
        plain = without_dropped(sample)
        first, last = early(plain), late(plain)
        assert roadmap.finish_minutes == max((f for _, f in first.values()), default=0)
        for task in plain.tasks:
            spare = last[task.id][0] - first[task.id][0]
            critical[task.id] += task.state is TaskState.OPEN and spare <= base.critical_limit_minutes
    assert found.finishes == tuple(sorted(finishes))
    assert {i: round(t.criticality * samples) for i, t in found.tasks.items()} == critical


def drawn(base: Plan, samples: int, distribution: str, correlation: float = 0.0) -> list[dict[str, int]]:
    """Durations by task id, sample by sample."""
    model = modelled(base)
    nodes = [i for i, e in enumerate(model.estimates) if e is not None]
    rows = sample_durations(model, nodes, samples, 3, distribution, correlation).tolist()
    return [{model.network.ids[i]: int(row[n]) for i, row in zip(nodes, rows, strict=True)} for n in range(samples)]


def modelled(base: Plan) -> Model:
    model = read_model(analyse(base), None)
    assert isinstance(model, Model)
    return model


@given(plans(sizes=(1, 8), states=(TaskState.OPEN, TaskState.OPEN, TaskState.DONE, TaskState.DROPPED)))
def test_without_spread_a_simulation_is_the_schedule(base: Plan) -> None:
    base = replace(base, tasks=(*base.tasks, PlanTask("open", "Open", 1)))
    roadmap = analyse(base)
    found = simulated(base, samples=3, spread=(0.0, 0.0))
    assert found.finishes == (roadmap.finish_minutes,) * 3
    assert found.mean_minutes == roadmap.finish_minutes
    assert found.deviation_minutes == found.bias.merging_minutes == found.bias.estimates_minutes == 0
    assert {i: t.criticality for i, t in found.tasks.items()} == {
        i: float(t.critical is True) for i, t in roadmap.tasks.items()
    }
    assert all(t.cruciality is None and t.ssi is None for t in found.tasks.values())
    assert found.simplifications == ()


def test_a_dropped_task_between_a_lag_and_a_lead_takes_no_float() -> None:
    # c may start at 2 and a end there: 5 days on and 5 days back, beyond the finish at 3 in between.
    found = simulated(estimated({"a": 1, "x": 9, "c": 1, "z": (3, 3, 3)}, "a->x +5", "x->c -5", dropped="x"), samples=2)
    assert {i: t.criticality for i, t in found.tasks.items()} == {"a": 0, "c": 0, "z": 1}


def test_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    base = estimated({"a": (1, 2, 9), "b": (2, 3, 8), "c": (1, 1, 2), "d": 1}, "a->c", "b->c ss+1", "c->d ff", "b->d")
    whole = simulated(base, samples=100)
    monkeypatch.setattr("crm_rules.roadmap.simulation_numpy.CHUNK", 4 * 7)  # 7 samples of 4 tasks
    assert simulated(base, samples=100) == whole


# --- What is drawn -----------------------------------------------------------


@pytest.mark.parametrize(
    ("distribution", "mean", "deviation"),
    [
        # Of 8, 10, 15. Beta with weights 1 + 4 x 2/7 and 1 + 4 x 5/7: mean (8 + 40 + 15) / 6, variance
        # (10.5 - 8) (15 - 10.5) / 7. Triangular: 33 / 3, (64 + 100 + 225 - 80 - 120 - 150) / 18. Uniform: 7^2 / 12.
        ("pert", 10.5, math.sqrt(2.5 * 4.5 / 7)),
        ("triangular", 11.0, math.sqrt(39 / 18)),
        ("uniform", 11.5, 7 / math.sqrt(12)),
    ],
)
def test_distributions_have_their_moments(distribution: Any, mean: float, deviation: float) -> None:
    found = simulated(paths(1), samples=20_000, distribution=distribution)
    error = deviation / math.sqrt(20_000)
    assert found.mean_minutes / DAY == pytest.approx(mean, abs=4 * error)
    assert found.deviation_minutes / DAY == pytest.approx(deviation, rel=0.03)
    (task,) = found.tasks.values()
    assert (task.mean_minutes, task.deviation_minutes) == (found.mean_minutes, found.deviation_minutes)
    assert 8 * DAY <= found.finishes[0] < found.finishes[-1] <= 15 * DAY


@pytest.mark.parametrize("points", [(3, 3, 3), (3, 3, 9), (3, 9, 9)])
@pytest.mark.parametrize("distribution", ["pert", "triangular", "uniform"])
def test_estimates_at_the_edge_can_be_drawn(points: tuple[int, int, int], distribution: Any) -> None:
    found = simulated(paths(1, points=points), samples=200, distribution=distribution)
    assert points[0] * DAY <= found.finishes[0] <= found.finishes[-1] <= points[2] * DAY
    assert (found.deviation_minutes == 0) is (points[0] == points[2])


def test_correlation_is_that_of_the_ranks_and_leaves_each_duration_its_distribution() -> None:
    base, samples = paths(3), 5_000
    rows = {c: drawn(base, samples, "triangular", c) for c in (0.0, 0.5, 1.0)}
    for wanted, durations in rows.items():
        for a, b in itertools.combinations(("p0t0", "p1t0", "p2t0"), 2):
            measured = spearman([d[a] for d in durations], [d[b] for d in durations])
            assert measured == pytest.approx(wanted, abs=4 / math.sqrt(samples))
        for task in ("p0t0", "p1t0", "p2t0"):
            assert statistics.mean(d[task] for d in durations) / DAY == pytest.approx(11, abs=4 * 1.47 / 70)


def test_correlation_makes_a_chain_less_certain() -> None:
    # Variances add for independent tasks, deviations for those that move together.
    one = simulated(paths(1), samples=5_000).deviation_minutes
    together = {c: simulated(paths(1, 9), samples=5_000, correlation=c).deviation_minutes / one for c in (0.0, 1.0)}
    assert together[0.0] == pytest.approx(3, rel=0.04)
    assert together[1.0] == pytest.approx(9, rel=0.04)


# --- Merge bias --------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "mean", "kept"),
    [(1, 11.0, 0.28), (2, 11.8, 0.08), (5, 12.8, 0.002), (10, 13.4, 0.0)],
)
def test_the_more_paths_merge_the_later_the_project(count: int, mean: float, kept: float) -> None:
    # One path keeps 10 days with (10 - 8)^2 / (15 - 8) / (10 - 8) = 2/7, n paths with (2/7)^n.
    found = simulated(paths(count), samples=20_000, distribution="triangular")
    assert found.mean_minutes / DAY == pytest.approx(mean, abs=0.06)
    probability = found.probability(10 * DAY)
    assert probability == pytest.approx((2 / 7) ** count, abs=0.013)
    assert probability == pytest.approx(kept, abs=0.013)


def test_pert_says_52_days_where_the_simulation_says_57() -> None:
    base = paths(2, 5)
    by_means = pert(base)
    assert isinstance(by_means, Pert)
    assert by_means.mean_minutes == 52.5 * DAY
    assert by_means.merging == tuple(f"p1t{n}" for n in range(5)) or by_means.merging == tuple(
        f"p0t{n}" for n in range(5)
    )
    found = simulated(base, samples=20_000, distribution="triangular")
    assert found.mean_minutes / DAY == pytest.approx(56.9, abs=0.1)
    assert found.percentile(80).minutes / DAY == pytest.approx(59.2, abs=0.15)
    # 50 days planned; five means of 11 days make 55; the rest is merging.
    assert found.bias.planned_minutes == 50 * DAY
    assert found.bias.estimates_minutes == 5 * DAY
    assert found.bias.merging_minutes / DAY == pytest.approx(1.9, abs=0.1)
    rival = found.tasks[by_means.merging[0]]
    assert found.bias.sentence == (
        "With the durations of the plan the project takes 50.0 working days, simulated"
        f" {found.mean_minutes / DAY:.1f} on average: +5.0 because the means of the estimates differ from the"
        f" durations, +{found.bias.merging_minutes / DAY:.1f} because paths meet, where the latest one decides"
        f" ('{rival.id.upper()}', off the longest path, is critical in {rival.criticality:.0%} of the samples)"
    )


def test_a_single_path_has_no_merge_bias() -> None:
    found = simulated(paths(1, 5))
    assert abs(found.bias.merging_minutes) < 2 * found.bias.standard_error_minutes
    assert found.bias.sentence.endswith("because paths meet, which is within chance")


def test_what_is_always_critical_is_no_rival() -> None:
    # Off the longest path, the second milestone ends with every sample; b decides in some only.
    found = simulated(
        estimated({"a": (8, 10, 15), "b": (8, 10, 14), "end": 0, "fin": 0}, "a->end", "b->end", "a->fin", "b->fin")
    )
    assert [t.criticality for t in found.tasks.values()][2:] == [1, 1]
    assert "('B', off the longest path, is critical in" in found.bias.sentence


def test_a_bias_of_minutes_is_not_made_much_of() -> None:
    # Beyond chance, and still less than a twentieth of a day.
    base = Plan(tuple(PlanTask(n, n.upper(), 10, estimate=Estimate(5, 10, 15)) for n in "ab"))
    found = simulated(base)
    assert found.bias.merging_minutes > 2 * found.bias.standard_error_minutes
    assert found.bias.sentence.endswith("durations, 0.0 because paths meet")


@settings(max_examples=40)
@given(uncertain())
def test_planned_and_estimates_and_merging_make_the_mean(base: Plan) -> None:
    found = simulate(base, samples=20)
    if isinstance(found, Simulation):
        parts = (found.bias.planned_minutes, found.bias.estimates_minutes, found.bias.merging_minutes)
        assert sum(parts) == pytest.approx(found.mean_minutes)


# --- Indices -----------------------------------------------------------------


def test_criticality_of_paths_that_exclude_each_other_adds_up_to_one() -> None:
    # In minutes, ties of two durations of 7 days are rare: at most one sample in a thousand.
    found = simulated(paths(4, 2), samples=10_000)
    first = [found.tasks[f"p{n}t0"].criticality for n in range(4)]
    assert first == [found.tasks[f"p{n}t1"].criticality for n in range(4)]
    assert 1 <= sum(first) <= 1.002
    assert all(share == pytest.approx(0.25, abs=4 * math.sqrt(0.25 * 0.75 / 10_000)) for share in first)


def test_what_everything_waits_for_is_always_critical() -> None:
    found = simulated(estimated(dict.fromkeys("abcd", (1, 2, 3)), "a->b", "a->c", "b->d", "c->d"))
    assert (found.tasks["a"].criticality, found.tasks["d"].criticality) == (1, 1)
    assert 1 <= found.tasks["b"].criticality + found.tasks["c"].criticality < 1.01


def test_sensitivity_of_a_chain() -> None:
    # Two alike add their variances, so each has 1 / sqrt(2) of the deviation, and of the correlation about as much.
    found = simulated(paths(1, 2), samples=10_000)
    for task in found.tasks.values():
        assert task.ssi == pytest.approx(math.sqrt(0.5), abs=0.02)
        assert task.cruciality == pytest.approx(math.sqrt(0.5), abs=0.03)


def test_a_task_that_never_decides_is_not_sensitive() -> None:
    found = simulated(estimated({"long": (10, 20, 30), "short": (1, 2, 3)}))
    short, long = found.tasks["short"], found.tasks["long"]
    assert (short.criticality, short.ssi, long.criticality) == (0, 0, 1)
    assert long.cruciality == 1
    assert long.ssi == 1
    assert short.cruciality == pytest.approx(0, abs=4 / math.sqrt(1000))


def test_a_duration_that_stands_has_no_correlation() -> None:
    found = simulated(estimated({"a": (1, 2, 3), "b": 4}, "a->b"))
    assert found.tasks["b"].cruciality is None
    assert (found.tasks["b"].mean_minutes, found.tasks["b"].deviation_minutes) == (4 * DAY, 0)


def spearman(xs: list[int], ys: list[int]) -> float:
    """Correlation of average ranks, written down as defined."""

    def ranks(values: list[int]) -> list[float]:
        return [sum(v < value for v in values) + (sum(v == value for v in values) + 1) / 2 for value in values]

    if len(xs) > 500:  # the definition is quadratic; large samples have next to no ties
        places = [{v: n for n, v in enumerate(sorted(values))} for values in (xs, ys)]
        return statistics.correlation([places[0][x] for x in xs], [places[1][y] for y in ys])
    return statistics.correlation(ranks(xs), ranks(ys))


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2, max_size=12))
def test_rank_correlation_shares_ranks_among_ties(pairs: list[tuple[int, int]]) -> None:
    import numpy as np

    xs, ys = [x for x, _ in pairs], [y for _, y in pairs]
    (first, a), (second, b) = ranked(np.array(xs)), ranked(np.array(ys))
    if len(set(xs)) > 1 and len(set(ys)) > 1:
        assert int(first @ second) / math.sqrt(a * b) == pytest.approx(spearman(xs, ys))
    else:
        assert not a or not b


# --- Percentiles, chances, bars ----------------------------------------------


def test_percentiles_are_the_earliest_finish_enough_samples_keep() -> None:
    found = simulated(paths(2, 3), samples=997)
    for level in (1, 10, 50, 80, 90, 99):
        minutes = found.percentile(level).minutes
        assert sum(f <= minutes for f in found.finishes) * 100 >= level * 997
        assert sum(f < minutes for f in found.finishes) * 100 < level * 997
    assert [p.level for p in found.percentiles] == [10, 50, 80, 90]
    with pytest.raises(ValueError, match="1 to 99"):
        found.percentile(100)


def test_standard_errors_are_as_wide_as_percentiles_scatter() -> None:
    # Uniform over 1,000 days: the error of the level is that of the day. sqrt(0.8 x 0.2 / 1000) = 1.26 percent.
    base = estimated({"a": (0, 1, 1000)})
    errors = [simulated(base, seed=n, distribution="uniform").percentile(80) for n in range(1, 41)]
    assert statistics.mean(p.standard_error_minutes for p in errors) / DAY == pytest.approx(12.6, rel=0.1)
    assert statistics.stdev(p.minutes for p in errors) / DAY == pytest.approx(12.6, rel=0.4)


def test_certainty_is_not_claimed_from_a_thousand_samples() -> None:
    # Wilson, 95 %: 0 of 1,000 leaves up to z^2 / (1,000 + z^2) = 0.38 %; 5 of 10 leaves 23.7 % to 76.3 %.
    never, always, half = (chance_of("a", "deadline", AT, kept, n) for kept, n in ((0, 1000), (1000, 1000), (5, 10)))
    assert (never.probability, never.low, always.probability, always.high) == (0, 0, 1, 1)
    assert never.high == pytest.approx(0.00383, abs=1e-5)
    assert always.low == pytest.approx(1 - 0.00383, abs=1e-5)
    assert half.low == pytest.approx(0.2366, abs=1e-4)
    assert half.high == pytest.approx(0.7634, abs=1e-4)


@given(st.lists(st.integers(-(10**4), 10**12), min_size=1, max_size=30))
def test_bars_hold_every_finish_once(finishes: list[int]) -> None:
    bars = Histogram.of(finishes)
    assert len(bars.counts) <= MAX_BINS
    assert bars.counts[0]
    assert bars.counts[-1]
    assert bars.first_minutes % bars.width_minutes == 0
    for number, count in enumerate(bars.counts):
        begin = bars.first_minutes + number * bars.width_minutes
        assert count == sum(begin <= f < begin + bars.width_minutes for f in finishes)


# --- Order, seeds, monotonicity ----------------------------------------------


def test_the_order_in_which_a_plan_is_written_changes_nothing() -> None:
    base = paths(3, 4)
    tasks, links = list(base.tasks), list(base.links)
    whole = json.dumps(simulated(base).to_dict())
    for seed in range(3):
        chance = random.Random(seed)
        chance.shuffle(tasks)
        chance.shuffle(links)
        assert json.dumps(simulated(Plan(tuple(tasks), tuple(links))).to_dict()) == whole


def test_same_seed_same_samples() -> None:
    base = paths(2)
    assert simulated(base, seed=5) == simulated(base, seed=5)
    assert simulated(base, seed=5).finishes != simulated(base, seed=6).finishes


@settings(max_examples=40)
@given(uncertain(), st.integers(0, 6), st.integers(0, 6), st.sampled_from(list(LinkType)), st.integers(0, 4))
def test_one_more_link_makes_no_sample_earlier(base: Plan, a: int, b: int, kind: LinkType, lag: int) -> None:
    base = replace(base, tasks=tuple(t for t in base.tasks if t.state is not TaskState.DROPPED), links=())
    ids = [t.id for t in base.tasks]
    if len(ids) < 2 or a % len(ids) == b % len(ids):
        return
    before = simulate(base, samples=10)
    after = simulate(replace(base, links=(PlanLink(ids[a % len(ids)], ids[b % len(ids)], kind, lag),)), samples=10)
    if isinstance(before, Simulation):
        assert isinstance(after, Simulation)
        assert all(x <= y for x, y in zip(before.finishes, after.finishes, strict=True))


def test_more_pessimism_is_never_earlier() -> None:
    # One number is drawn for each duration, and a longer tail turns it into a longer duration.
    milder, darker = (simulated(paths(3, 2, (8, 10, worst)), distribution="triangular") for worst in (15, 18))
    assert all(x <= y for x, y in zip(milder.finishes, darker.finishes, strict=True))
    assert milder.percentile(80).minutes < darker.percentile(80).minutes


def test_probability_rises_with_time() -> None:
    found = simulated(paths(2))
    shares = [found.probability(day * DAY) for day in range(7, 17)]
    assert shares == sorted(shares, key=lambda share: share or 0)
    assert (shares[0], shares[-1]) == (0, 1)
