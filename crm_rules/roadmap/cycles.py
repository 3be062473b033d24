"""Loops in a plan: where they are, the shortest one to show, and the dependency to blame.

A plan may hold astronomically many cycles, so none of this enumerates them. Work per strongly
connected component is linear when one dependency lies on all its cycles (the usual slip of the pen),
and at worst tasks times links otherwise.

Any circle of links counts as a loop, also one without lag between starts only, which could be
satisfied: schedulers reject it too, because no order of the work can be read from it.

A summary task is two nodes here, where links enter it and where they leave it, with its parts between them:
so a loop that closes through the parts of a summary is found too. A link between a summary task and its own
part, which no schedule can satisfy, is reported by itself.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import networkx as nx

from crm_rules.roadmap.outline import Outline
from crm_rules.roadmap.plan import Plan, PlanTask

Blame = Literal["only", "part", "dates", "stages", "order"]
"""Why a dependency is blamed: without it there is no loop left in the component and no other dependency
has that property; it joins a summary task to its own part; it runs against the stated dates; it runs against
the numbers of the stages; it runs against the order in which the file lists the tasks."""

_ONLY: Final[Blame] = "only"

_ROW: Final = re.compile(r"(line |[A-Z]{1,3})(\d+)")
"""The start of a source that tells the row of a task: a line of text, or a cell such as `A12`."""

Adjacency = Mapping[int, Sequence[int]]
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Cycle:
    """Tasks that all wait for each other (a strongly connected component), or a task that waits for itself.

    Attributes:
        id: unique and stable: `loop a` with the smallest task id of the component, `self-link a`,
            `part-link s->a` for a link between a summary task and its part.
        tasks: ids of all tasks of the component, sorted. Dropped ones are among them only where dropping
            them leaves a loop.
        path: ids along a shortest cycle, starting with the smallest; the last one leads back to the first.
        culprit: (predecessor, successor) of the dependency to blame, all parallel links between the two
            included; None when nothing tells the dependencies apart.
        blame: why that one; None without a culprit.
    """

    id: str
    tasks: tuple[str, ...]
    path: tuple[str, ...]
    culprit: Pair | None
    blame: Blame | None

    @property
    def dependencies(self) -> tuple[Pair, ...]:
        """(predecessor, successor) for each step of the path, the one back to its start included."""
        return tuple(zip(self.path, self.path[1:] + self.path[:1], strict=True))


@dataclass(frozen=True, slots=True)
class Loops:
    """All loops of a plan.

    Attributes:
        cycles: sorted by their smallest task, self-links after the component they lie in.
        cut: ids of dropped tasks without which a component has no loop left. Dropping a task is one way
            of breaking a loop: the component is no loop, and these hand on no order from their
            predecessors to their successors.
    """

    cycles: tuple[Cycle, ...]
    cut: frozenset[str]


NO_LOOPS: Final = Loops((), frozenset())


class _Graph:
    """Who waits for whom, with the parts of summary tasks between the two nodes of each."""

    def __init__(self, plan: Plan, outline: Outline) -> None:
        by_id = {t.id: t for t in plan.tasks}
        ids = sorted(by_id)
        index = {name: i for i, name in enumerate(ids)}
        linked = {name for k in plan.links for name in (k.predecessor, k.successor)} if outline.parts else set()
        summaries = sorted(linked & outline.parts.keys() - outline.dropped)
        exits = {name: len(ids) + n for n, name in enumerate(summaries)}
        self.tasks = {i: by_id[name] for i, name in enumerate((*ids, *summaries))}
        self.entry_of = {out: index[name] for name, out in exits.items()}
        self.dropped = {index[name] for name in outline.dropped}
        self.successors: list[set[int]] = [set() for _ in self.tasks]
        self.selfish: set[int] = set()
        self.own_part: set[Pair] = set()
        for link in plan.links:
            tail, head = link.predecessor, link.successor
            if tail == head:
                if index[tail] not in self.dropped:
                    self.selfish.add(index[tail])
            elif outline.parts and (outline.encloses(tail, head) or outline.encloses(head, tail)):
                self.own_part.add((tail, head))
            else:
                self.successors[exits.get(tail, index[tail])].add(index[head])
        self.ties: set[tuple[int, int]] = set()
        for name, out in exits.items():
            for leaf in outline.leaves(name):
                self.ties |= {(index[name], index[leaf]), (index[leaf], out)}
        for tail_node, head_node in self.ties:
            self.successors[tail_node].add(head_node)


def find_loops(plan: Plan, outline: Outline | None = None) -> Loops:
    """Find every loop that dropping tasks has not broken already."""
    graph = _Graph(plan, outline or Outline.of(plan))
    successors, dropped = graph.successors, graph.dropped
    cut: set[int] = set()
    keyed: list[tuple[str, int, Cycle]] = []
    for members in _components(range(len(successors)), successors):
        inside = set(members)
        if inside & dropped and not _components(inside - dropped, successors):
            cut |= inside & dropped
            continue
        cycle = _explain({i: sorted(successors[i] & inside) for i in members}, graph)
        keyed.append((cycle.tasks[0], 0, cycle))
    for i in graph.selfish:
        name = graph.tasks[i].id
        keyed.append((name, 1, Cycle(f"self-link {name}", (name,), (name,), (name, name), "only")))
    for pair in graph.own_part:
        tasks = tuple(sorted(pair))
        keyed.append((tasks[0], 2, Cycle(f"part-link {pair[0]}->{pair[1]}", tasks, tasks, pair, "part")))
    keyed.sort(key=lambda entry: (entry[0], entry[1], entry[2].id))
    return Loops(tuple(cycle for _, _, cycle in keyed), frozenset(graph.tasks[i].id for i in cut))


def _components(nodes: Iterable[int], successors: Sequence[set[int]]) -> list[list[int]]:
    """Strongly connected components of more than one node, each sorted, sorted by their first node."""
    alive = set(nodes)
    waiting = dict.fromkeys(alive, 0)
    for i in alive:
        for j in successors[i]:
            if j in waiting:
                waiting[j] += 1
    ready = [i for i, n in waiting.items() if not n]
    while ready:
        i = ready.pop()
        alive.discard(i)
        for j in successors[i]:
            if j in waiting:
                waiting[j] -= 1
                if not waiting[j]:
                    ready.append(j)
    if not alive:
        return []
    tangle: nx.DiGraph[int] = nx.DiGraph()
    tangle.add_edges_from((i, j) for i in alive for j in successors[i] if j in alive)
    return sorted(sorted(c) for c in nx.strongly_connected_components(tangle) if len(c) > 1)


def _explain(successors: Adjacency, graph: _Graph) -> Cycle:
    """Describe one strongly connected component without self-links."""
    tasks = graph.tasks
    any_cycle = _any_cycle(successors)
    breaking = _on_every_cycle(any_cycle, successors)
    if breaking:
        # Every cycle runs through this dependency, so a shortest way back along it is a shortest cycle.
        tail, head = breaking[0]
        path = _shortest_path(head, tail, successors)
    else:
        path = _shortest_cycle(any_cycle, successors)
    # Being part of a summary task is nobody's mistake.
    blamed = [step for step in breaking if step not in graph.ties]
    culprit: tuple[int, int] | None
    blame: Blame | None
    if len(blamed) == 1:
        culprit, blame = blamed[0], _ONLY
    else:
        steps = zip(path, path[1:] + path[:1], strict=True)
        culprit, blame = _blame(blamed or [step for step in steps if step not in graph.ties], tasks)
    path = _through_summaries(path, graph.entry_of)
    members = sorted({tasks[i].id for i in successors})
    names = [tasks[i].id for i in path]
    first = names.index(min(names))
    return Cycle(
        id=f"loop {members[0]}",
        tasks=tuple(members),
        path=tuple(names[first:] + names[:first]),
        culprit=None if culprit is None else (tasks[culprit[0]].id, tasks[culprit[1]].id),
        blame=blame,
    )


def _through_summaries(path: list[int], entry_of: Mapping[int, int]) -> list[int]:
    """The path without the parts it passes between the entry and the exit of a summary task."""
    for out in sorted(entry_of.keys() & set(path)):
        if entry_of[out] in path:
            at = path.index(out)
            path = path[at:] + path[:at]
            path = path[: path.index(entry_of[out])]
    return path


def _any_cycle(successors: Adjacency) -> list[int]:
    """Some cycle of a strongly connected component: follow first successors until a node comes again."""
    at: dict[int, int] = {}
    walk: list[int] = []
    node = min(successors)
    while node not in at:
        at[node] = len(walk)
        walk.append(node)
        node = successors[node][0]
    return walk[at[node] :]


def _on_every_cycle(cycle: Sequence[int], successors: Adjacency) -> list[tuple[int, int]]:
    """The edges that lie on every cycle of the component, in the order of `cycle`; linear time.

    An ear is a path from one node of `cycle` to another that uses no edge and no inner node of it. A
    cycle of the component is made of edges of `cycle` and of ears, and goes round at least once; so it
    avoids an edge of `cycle` only by an ear that spans that edge. An edge no ear spans is on every
    cycle, provided that none stays clear of `cycle` altogether.
    """
    size = len(cycle)
    position = {node: p for p, node in enumerate(cycle)}
    inner = [node for node in successors if node not in position]
    waiting = dict.fromkeys(inner, 0)
    for node in inner:
        for after in successors[node]:
            if after in waiting:
                waiting[after] += 1
    order = [node for node in inner if not waiting[node]]
    for node in order:
        for after in successors[node]:
            if after in waiting:
                waiting[after] -= 1
                if not waiting[after]:
                    order.append(after)
    if len(order) < len(inner):
        return []
    # Lowest and highest position an ear can reach from an inner node, and highest it can come from.
    lowest: dict[int, int] = {}
    highest: dict[int, int] = {}
    for node in reversed(order):
        ends = [p for after in successors[node] for p in _ends(after, position, lowest, highest)]
        if ends:
            lowest[node], highest[node] = min(ends), max(ends)
    origin: dict[int, int] = {}
    arrivals = [-1] * size
    spanned = [0] * (size + 1)
    for p, node in enumerate(cycle):
        following = cycle[(p + 1) % size]
        for after in successors[node]:
            if after in position:
                if after != following:
                    arrivals[position[after]] = max(arrivals[position[after]], p)
            else:
                origin[after] = max(origin.get(after, -1), p)
        ends = [q for after in successors[node] if after != following for q in _ends(after, position, lowest, highest)]
        if ends and max(ends) > p:
            spanned[p] += 1
            spanned[max(ends)] -= 1
        if ends and min(ends) <= p:  # an ear that goes past the end of the list
            spanned[p] += 1
            spanned[size] -= 1
    for node in order:
        if node not in origin:
            continue
        for after in successors[node]:
            if after in position:
                arrivals[position[after]] = max(arrivals[position[after]], origin[node])
            else:
                origin[after] = max(origin.get(after, -1), origin[node])
    for q, p in enumerate(arrivals):
        if p >= q:  # the other half of an ear that goes past the end
            spanned[0] += 1
            spanned[q] -= 1
    found: list[tuple[int, int]] = []
    depth = 0
    for p, node in enumerate(cycle):
        depth += spanned[p]
        if not depth:
            found.append((node, cycle[(p + 1) % size]))
    return found


def _ends(
    node: int, position: Mapping[int, int], lowest: Mapping[int, int], highest: Mapping[int, int]
) -> tuple[int, ...]:
    """Extreme positions on the cycle that an ear through `node` can end at."""
    if node in position:
        return (position[node],)
    if node in lowest:
        return (lowest[node], highest[node])
    return ()


def _shortest_path(start: int, goal: int, successors: Adjacency) -> list[int]:
    """Nodes of a shortest path; the component is strongly connected, so there is one."""
    parent = {start: start}
    queue = deque([start])
    while goal not in parent:
        node = queue.popleft()
        for after in successors[node]:
            if after not in parent:
                parent[after] = node
                queue.append(after)
    return _trace(parent, start, goal)


def _trace(parent: Mapping[int, int], start: int, goal: int) -> list[int]:
    path = [goal]
    while path[-1] != start:
        path.append(parent[path[-1]])
    path.reverse()
    return path


def _shortest_cycle(known: list[int], successors: Adjacency) -> list[int]:
    """A shortest cycle: search from every node no deeper than the best so far, then forget the node.

    Nodes that can be on no further cycle once others are forgotten are peeled off at once.
    """
    best = known
    before: dict[int, set[int]] = {i: set() for i in successors}
    after: dict[int, set[int]] = {i: set(js) for i, js in successors.items()}
    for i, js in successors.items():
        for j in js:
            before[j].add(i)
    for start in sorted(successors):
        if start not in after:
            continue
        parent = {start: start}
        layer = [start]
        closing: int | None = None
        for _ in range(len(best) - 1):
            following: list[int] = []
            for node in layer:
                if start in after[node]:
                    closing = node
                    break
                for j in sorted(after[node]):
                    if j not in parent:
                        parent[j] = node
                        following.append(j)
            if closing is not None or not following:
                break
            layer = following
        if closing is not None:
            best = _trace(parent, start, closing)
            if len(best) == 2:  # nothing shorter: self-links are kept out
                break
        _forget(start, before, after)
    return best


def _forget(node: int, before: dict[int, set[int]], after: dict[int, set[int]]) -> None:
    """Take a node out, and then every node that is left without a way in or a way out."""
    doomed = [node]
    while doomed:
        i = doomed.pop()
        if i not in after:
            continue
        for j in after.pop(i):
            before[j].discard(i)
            if not before[j]:
                doomed.append(j)
        for j in before.pop(i):
            after[j].discard(i)
            if not after[j]:
                doomed.append(j)


def _blame(
    suspects: Sequence[tuple[int, int]], tasks: Mapping[int, PlanTask]
) -> tuple[tuple[int, int] | None, Blame | None]:
    """The suspect that runs farthest against the dates, else the stages, else the file; None when several do equally.

    Plans are written down roughly as the work goes, so a task that waits for one far below it stands out.
    """
    rows = _rows({tasks[end].id: tasks[end] for suspect in suspects for end in suspect}.values())

    def rows_backwards(predecessor: PlanTask, successor: PlanTask) -> int:
        return max(0, rows[predecessor.id] - rows[successor.id]) if rows else 0

    grounds: tuple[tuple[Blame, Callable[[PlanTask, PlanTask], int]], ...] = (
        ("dates", _days_backwards),
        ("stages", _stages_backwards),
        ("order", rows_backwards),
    )
    for blame, measure in grounds:
        steps = [(measure(tasks[tail], tasks[head]), (tail, head)) for tail, head in suspects]
        worst = max(step for step, _ in steps)
        if worst > 0:
            backward = [pair for step, pair in steps if step == worst]
            return (backward[0], blame) if len(backward) == 1 else (None, None)
    return None, None


def _rows(tasks: Iterable[PlanTask]) -> dict[str, int]:
    """Rank of each task by where it stands in its file, from 0; empty unless all stand on rows of one kind."""
    found: dict[str, tuple[str, int]] = {}
    for task in tasks:
        row = _ROW.match(task.source)
        if row is None:
            return {}
        found[task.id] = row[1], int(row[2])
    if len({kind for kind, _ in found.values()}) != 1:
        return {}
    ranks = {row: n for n, row in enumerate(sorted(set(found.values())))}
    return {name: ranks[row] for name, row in found.items()}


def _days_backwards(predecessor: PlanTask, successor: PlanTask) -> int:
    """Days by which the predecessor's stated end lies after the successor's stated beginning; 0 if it does not."""
    end = predecessor.finish or predecessor.start
    begin = successor.start or successor.finish
    return 0 if end is None or begin is None else max(0, (end - begin).days)


def _stages_backwards(predecessor: PlanTask, successor: PlanTask) -> int:
    if predecessor.stage is None or successor.stage is None:
        return 0
    return max(0, predecessor.stage - successor.stage)
