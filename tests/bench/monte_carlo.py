"""A plan of 1,000 tasks drawn 1,000 times, against what one schedule of it takes and one longest path."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Final

import networkx as nx

from crm_rules.roadmap.cycles import find_loops
from crm_rules.roadmap.network import Network, compile_network
from crm_rules.roadmap.plan import Estimate, Plan, PlanLink, PlanTask
from crm_rules.roadmap.schedule import schedule
from crm_rules.roadmap.simulation import simulate
from crm_rules.roadmap.simulation_result import Simulation
from tests.bench.timing import SLOW_ROUNDS, against, contest, show, table

TASKS: Final = 1_000
LINKS: Final = 2_000
SAMPLES: Final = 1_000
DAY: Final = 480

SIMULATION: Final = f"{SAMPLES:,} samples, simulated"
SCHEDULE: Final = "both passes of the scheduler, once"
LONGEST: Final = "networkx.dag_longest_path, once"

TARGETS: Final = {SIMULATION: SAMPLES / 4}
"""Drawing, both passes and the statistics of a sample, in passes of the scheduler."""


def uncertain_plan(seed: int = 1, tasks: int = TASKS, links: int = LINKS) -> Plan:
    """Tasks of one to twenty days, from 20 % less to 50 % more, and random links onwards."""
    chance = random.Random(seed)
    ids = [f"t{n:05}" for n in range(tasks)]
    listed: list[PlanTask] = []
    for name in ids:
        likely = chance.randint(1, 20) * DAY
        listed.append(PlanTask(name, name, likely, estimate=Estimate(likely * 8 // 10, likely, likely * 15 // 10)))
    pairs: set[tuple[int, int]] = set()
    while len(pairs) < links:
        first, last = sorted(chance.sample(range(tasks), 2))
        pairs.add((first, last))
    return Plan(tuple(listed), tuple(PlanLink(ids[a], ids[b]) for a, b in sorted(pairs)))


def network_of(plan: Plan) -> Network:
    """The network of a plan."""
    return compile_network(plan, find_loops(plan))


def agree(plan: Plan) -> Simulation:
    """Check that a simulation in which nothing varies is the schedule; returns one in which everything does.

    Raises:
        AssertionError: it is not.
    """
    fixed = replace(plan, tasks=tuple(replace(t, estimate=None) for t in plan.tasks))
    certain = simulate(fixed, samples=2, spread=(0.0, 0.0))
    assert isinstance(certain, Simulation)
    found = schedule(network_of(plan))
    assert certain.finishes == (found.finish, found.finish)
    assert [t.criticality for t in certain.tasks.values()] == [float(critical is True) for critical in found.critical]
    drawn = simulate(plan, samples=SAMPLES)
    assert isinstance(drawn, Simulation)
    return drawn


def bench(rounds: int) -> None:
    """Measure and print."""
    plan = uncertain_plan()
    drawn = agree(plan)
    network = network_of(plan)
    lengths = {t.id: t.duration_minutes or 0 for t in plan.tasks}
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(lengths)
    graph.add_weighted_edges_from((k.predecessor, k.successor, lengths[k.predecessor]) for k in plan.links)
    show("Monte Carlo simulation")
    deviation = drawn.deviation_minutes / DAY
    show(f"{TASKS:,} tasks, {LINKS:,} links, finish {drawn.mean_minutes / DAY:.1f} ± {deviation:.1f} working days")
    times = contest(
        {
            SCHEDULE: lambda: schedule(network),
            LONGEST: lambda: nx.dag_longest_path(graph),
            SIMULATION: lambda: simulate(plan, samples=SAMPLES),
        },
        min(rounds, SLOW_ROUNDS),
    )
    table(("", "time", "ratio", "target"), against(times, SCHEDULE, TARGETS))
    show()
