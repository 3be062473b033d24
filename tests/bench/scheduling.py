"""The schedule of large plans against networkx's longest path on the same graph.

The longest path is one forward pass over a finished graph, with finish-to-start links alone; the scheduler compiles
the plan, runs forward and backward pass over all four types of link, and finds the floats.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from typing import Final

import networkx as nx

from crm_rules.roadmap.analysis import analyse, read
from crm_rules.roadmap.cycles import find_loops
from crm_rules.roadmap.outline import Outline
from crm_rules.roadmap.plan import MINUTES_PER_DAY, Plan, PlanLink, PlanTask
from crm_rules.roadmap.schedule import schedule
from tests.bench.timing import SLOW_ROUNDS, against, contest, duration, show, table

SIZES: Final = (1_000, 10_000, 100_000)
LONGEST: Final = "networkx.dag_longest_path"
PASSES: Final = "compile, forward and backward pass"
WHOLE: Final = "the whole roadmap"
TARGETS: Final = {PASSES: 1.0}
REACH: Final = 50
"""How many tasks ahead a link leads at most."""

LOOP_TASKS: Final = 2_000
LOOP_TARGET: Final = 0.2
"""Seconds one wrong link back may take to explain."""


def plan_of(size: int, seed: int = 1) -> Plan:
    """A plan with two links per task, its tasks and links in no order."""
    chance = random.Random(seed)
    pairs: set[tuple[int, int]] = set()
    while len(pairs) < 2 * size - REACH:
        first = chance.randrange(size - 1)
        pairs.add((first, min(size - 1, first + 1 + chance.randrange(REACH))))
    names = [f"t{n:06}" for n in range(size)]
    tasks = [PlanTask(name, name, MINUTES_PER_DAY * chance.randint(1, 10)) for name in names]
    links = [PlanLink(names[a], names[b]) for a, b in sorted(pairs)]
    chance.shuffle(tasks)
    chance.shuffle(links)
    return Plan(tuple(tasks), tuple(links))


def graph_of(plan: Plan) -> nx.DiGraph[str]:
    """The same for networkx: links as long as the task they leave."""
    lasts = {task.id: task.duration_minutes or 0 for task in plan.tasks}
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(lasts)
    graph.add_weighted_edges_from((k.predecessor, k.successor, lasts[k.predecessor]) for k in plan.links)
    return graph


def agree(plan: Plan) -> bool:
    """Whether both find the same project finish; for networkx every task leads on to an end that takes no time."""
    graph = graph_of(plan)
    graph.add_weighted_edges_from((task.id, "end", task.duration_minutes or 0) for task in plan.tasks)
    return passes(plan) == nx.dag_longest_path_length(graph)


def passes(plan: Plan) -> int | None:
    """Compile and schedule; returns the project finish."""
    _, network = read(plan, Outline.of(plan))
    return schedule(network).finish


def with_a_wrong_link(size: int = LOOP_TASKS) -> Plan:
    """A plan in which one link leads back over three quarters of the tasks."""
    plan = plan_of(size)
    names = sorted(task.id for task in plan.tasks)
    graph = graph_of(plan)
    late = names[size * 7 // 8]
    reached = {
        first: [name for name in nx.descendants(graph, first) if name < late] for first in names[size // 8 :][:20]
    }
    first = max(reached, key=lambda name: len(reached[name]))
    return Plan(plan.tasks, (*plan.links, PlanLink(max(reached[first]), first)))


def bench(rounds: int) -> None:
    """Measure and print."""
    for size in SIZES:
        plan = plan_of(size)
        graph = graph_of(plan)
        if not agree(plan):
            raise AssertionError("the scheduler and networkx do not agree")
        contestants: dict[str, Callable[[], object]] = {
            LONGEST: partial(nx.dag_longest_path, graph),
            PASSES: partial(passes, plan),
        }
        if size <= SIZES[1]:
            contestants[WHOLE] = partial(analyse, plan)
        times = contest(contestants, min(rounds, SLOW_ROUNDS if size <= SIZES[1] else 3))
        show(f"Schedule of {size:,} tasks and {len(plan.links):,} links")
        target = TARGETS if size == SIZES[1] else {}
        table(("", "median", "ratio", "target"), against(times, LONGEST, target))
        show()
    tangled = with_a_wrong_link()
    times = contest({"explain": lambda: find_loops(tangled)}, min(rounds, SLOW_ROUNDS))
    show(
        f"One wrong link among {LOOP_TASKS:,} tasks explained in {duration(times.seconds('explain'))}"
        f" (at most {duration(LOOP_TARGET)})"
    )
    show()
