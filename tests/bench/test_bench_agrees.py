"""What is measured gives the same answers, and enough of them."""

from __future__ import annotations

from collections import Counter

import pytest

from crm_rules.engine.registry import engine_named
from crm_rules.roadmap.cycles import find_loops
from tests.bench import large, monte_carlo, scheduling, small
from tests.bench.one_project import LISTS, PER_LIST
from tests.bench.rule_pairs import AGGREGATES, CHAIN, JOINS, NEGATIONS, PAIRS, SINGLES
from tests.bench.timing import Times, contest, duration

SMALL = {case.name: case for case in small.cases()}


def test_the_small_benchmark_has_the_announced_mix() -> None:
    assert {name: len(rules) for name, rules in _families().items()} == {
        "single": 50,
        "join": 20,
        "none": 15,
        "sum": 10,
        "chain": 5,
    }
    assert len({pair.id for pair in PAIRS}) == 100
    assert len(LISTS) * PER_LIST == 120


def _families() -> dict[str, tuple[object, ...]]:
    return {"single": SINGLES, "join": JOINS, "none": NEGATIONS, "sum": AGGREGATES, "chain": CHAIN}


@pytest.mark.parametrize("name", SMALL)
def test_small_contestants_agree(name: str) -> None:
    case = SMALL[name]
    certain, possible = small.agree(small.program(), case)
    assert 140 <= certain <= 170
    assert (possible > 0) is ("unknown" in name)


def test_rules_of_every_kind_fire_in_the_small_benchmark() -> None:
    fired = Counter(rule.partition(".")[0] for case in SMALL.values() for rule, *_ in _matches(case))
    assert set(fired) == set(_families())


def _matches(case: small.Case) -> small.Matches:
    return small.matches_of(engine_named("compiled").run(small.program(), case.facts))


def test_large_contestants_agree() -> None:
    counts = {case.name: large.agree(case) for case in large.cases()}
    assert list(counts.values()) == [(8500, 0), (30600, 26100)]


def test_a_simulation_in_which_nothing_varies_is_the_schedule() -> None:
    plan = monte_carlo.uncertain_plan()
    assert (len(plan.tasks), len(plan.links)) == (1_000, 2_000)
    drawn = monte_carlo.agree(plan)
    assert drawn.samples == 1_000
    assert all(t.deviation_minutes for t in drawn.tasks.values())


def test_a_contest_measures_every_contestant_in_every_round() -> None:
    calls: Counter[str] = Counter()
    times = contest({name: lambda name=name: calls.update([name]) for name in "ab"}, rounds=3)  # type: ignore[misc]
    assert {name: len(taken) for name, taken in times.taken.items()} == {"a": 3, "b": 3}
    assert all(calls[name] >= 3 for name in "ab")


def test_ratios_are_taken_within_a_round() -> None:
    slower_and_slower = Times({"one": [1.0, 2.0, 30.0], "two": [2.0, 4.0, 60.0]})
    assert slower_and_slower.ratio("two", "one") == 2.0
    assert slower_and_slower.seconds("one") == 2.0


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(2.5, "2.50 s"), (0.0123, "12.3 ms"), (0.000456, "456 µs"), (0.0000012, "1.20 µs"), (0.0, "0.00 µs")],
)
def test_durations_have_the_unit_that_suits_them(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_the_scheduler_and_networkx_find_the_same_finish() -> None:
    assert scheduling.agree(scheduling.plan_of(300))
    tangled = scheduling.with_a_wrong_link(400)
    (cycle,) = find_loops(tangled).cycles
    assert (tangled.links[-1].predecessor, tangled.links[-1].successor) in cycle.dependencies
