"""The plan compiled once to integer lists, for the passes. Nothing is scheduled here.

Two decisions of the first reading of a plan are made here.

Loops. Links between two tasks of one loop (strongly connected component), and self-links, are left out, so
the network is acyclic; the nodes of the loop are marked `looped`.

Dropped tasks. A dropped task no longer does anything, but the order written through it stays: whoever
cancels B in A -> B -> C still expects C after A. So a dropped task becomes two points without duration, a
start and a finish, with start <= finish and nothing else. That keeps exactly what the links through it
said about the other tasks whatever its duration (lags included), and no more: a link that entered its
finish says nothing about one that left its start. Points no task leads to or from are taken out again,
hence dropping a task never makes another one later.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from crm_rules.roadmap.cycles import Loops
from crm_rules.roadmap.plan import Plan, TaskState


@dataclass(frozen=True, slots=True)
class Network:
    """An acyclic network of nodes 0..n-1 and links 0..m-1.

    Attributes:
        ids: task id of each node, ascending for tasks; a point carries the id of its dropped task.
        durations: minutes; None when unknown; 0 for points.
        is_task: False for points, which neither start at 0 by themselves nor count for the project finish.
        looped: the node's links to others of its loop were left out; a looped point may be anywhere.
        done: the task is finished.
        tails, heads: nodes each link leaves and enters.
        from_finish, to_finish: which ends it joins.
        lags: minutes.
        outgoing, incoming: links of each node.
        order: all nodes, predecessors first.
    """

    ids: list[str]
    durations: list[int | None]
    is_task: list[bool]
    looped: list[bool]
    done: list[bool]
    tails: list[int]
    heads: list[int]
    from_finish: list[bool]
    to_finish: list[bool]
    lags: list[int]
    outgoing: list[list[int]]
    incoming: list[list[int]]
    order: list[int]

    @property
    def certain(self) -> bool:
        """Whether every duration is known and there is no loop."""
        return None not in self.durations and True not in self.looped


def compile_network(plan: Plan, loops: Loops) -> Network:
    """Compile a plan; the result does not depend on the order of its tasks and links."""
    tasks = sorted((t for t in plan.tasks if t.state is not TaskState.DROPPED), key=lambda t: t.id)
    dropped = sorted(t.id for t in plan.tasks if t.state is TaskState.DROPPED and t.id not in loops.cut)
    ids = [t.id for t in tasks]
    durations = [t.duration_minutes for t in tasks]
    done = [t.state is TaskState.DONE for t in tasks]
    # Node that a link entering or leaving the start, and one entering or leaving the finish, is tied to.
    starts = {name: node for node, name in enumerate(ids)}
    finishes = dict(starts)
    for name in dropped:
        starts[name], finishes[name] = len(ids), len(ids) + 1
        ids += (name, name)
        durations += (0, 0)
        done += (False, False)
    looped = {name for cycle in loops.cycles for name in cycle.tasks}
    component = {name: cycle.id for cycle in loops.cycles if len(cycle.tasks) > 1 for name in cycle.tasks}
    ends: list[tuple[int, int, bool, bool, int]] = []
    for link in plan.links:
        if link.predecessor == link.successor or link.predecessor in loops.cut or link.successor in loops.cut:
            continue
        own = component.get(link.predecessor)
        if own is not None and own == component.get(link.successor):
            continue
        leaving, entering = link.type.from_finish, link.type.to_finish
        tail = (finishes if leaving else starts)[link.predecessor]
        head = (finishes if entering else starts)[link.successor]
        ends.append((tail, head, leaving, entering, link.lag))
    ends += ((starts[name], finishes[name], True, False, 0) for name in dropped)
    kept = set(range(len(tasks)))
    if dropped:
        kept |= {i for i in range(len(tasks), len(ids)) if ids[i] in looped}
        kept = _between(kept, len(ids), ends)
        ends = [e for e in ends if e[0] in kept and e[1] in kept]
    ends.sort()
    outgoing: list[list[int]] = [[] for _ in ids]
    incoming: list[list[int]] = [[] for _ in ids]
    for k, (tail, head, _, _, _) in enumerate(ends):
        outgoing[tail].append(k)
        incoming[head].append(k)
    heads = [e[1] for e in ends]
    return Network(
        ids=ids,
        durations=durations,
        is_task=[i < len(tasks) for i in range(len(ids))],
        looped=[name in looped for name in ids],
        done=done,
        tails=[e[0] for e in ends],
        heads=heads,
        from_finish=[e[2] for e in ends],
        to_finish=[e[3] for e in ends],
        lags=[e[4] for e in ends],
        outgoing=outgoing,
        incoming=incoming,
        # Points that were taken out keep their numbers but are in no list.
        order=_topological(sorted(kept), incoming, outgoing, heads),
    )


def _between(fixed: set[int], nodes: int, ends: list[tuple[int, int, bool, bool, int]]) -> set[int]:
    """The fixed nodes and those on a way from one of them to another."""
    forward: list[list[int]] = [[] for _ in range(nodes)]
    backward: list[list[int]] = [[] for _ in range(nodes)]
    for tail, head, _, _, _ in ends:
        forward[tail].append(head)
        backward[head].append(tail)
    return _reached(fixed, forward) & _reached(fixed, backward)


def _reached(origins: set[int], neighbours: list[list[int]]) -> set[int]:
    found = set(origins)
    pending = list(origins)
    while pending:
        for j in neighbours[pending.pop()]:
            if j not in found:
                found.add(j)
                pending.append(j)
    return found


def _topological(
    nodes: Iterable[int], incoming: list[list[int]], outgoing: list[list[int]], heads: list[int]
) -> list[int]:
    waiting = [len(links) for links in incoming]
    order = [i for i in nodes if not waiting[i]]
    for i in order:
        for k in outgoing[i]:
            j = heads[k]
            waiting[j] -= 1
            if not waiting[j]:
                order.append(j)
    return order
