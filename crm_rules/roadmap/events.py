"""What links guarantee about the ends of tasks, whatever the calendar and however long tasks turn out to be.

Each task has two events, its start and its finish. A link is a lower bound on the time between two of
them, and so is a planned duration; a *chain* of bounds guarantees the sum. A bound from the finish of a
task back to its own start is left out on purpose: it would hold only as long as the task keeps to its
planned duration, so nothing that rests on it is kept in order by links.

Links between tasks of one loop guarantee nothing and are left out. Dropped tasks hand on the order that
runs through them, with a duration of 0 (see `network`). An unknown duration counts as 0, the least it can be.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

import networkx as nx

from crm_rules.roadmap.cycles import find_loops
from crm_rules.roadmap.plan import LagUnit, Plan, TaskState

EXACT_WORK = 6_000_000
"""Events looked at in searches for the exact length of chains with leads. Only plans with thousands of tasks and
leads reach it; what is left then counts as not guaranteed."""

Bits = dict[int, int]
"""Event to the set of sources a question is about, bit k standing for source k."""


class _Chains(Enum):
    ALL = auto()
    SOUND = auto()  # without leads, so that they guarantee at least nothing
    TAKING_TIME = auto()  # without leads, and at least one bound is positive


@dataclass(frozen=True)
class Events:
    """The network of events of a plan: start of task i is event 2i, its finish 2i + 1.

    Attributes:
        index: task id to i, ascending.
        onward, back: by event, (event, least minutes in between).
        order: all events, earlier ones first.
        plain: no bound is negative.
    """

    index: Mapping[str, int]
    onward: Sequence[Sequence[tuple[int, int]]]
    back: Sequence[Sequence[tuple[int, int]]]
    order: Sequence[int]
    plain: bool
    _position: Sequence[int] = field(repr=False)
    _reached: dict[tuple[bool, _Chains, tuple[int, ...]], Bits] = field(default_factory=dict, repr=False)
    _lengths: dict[tuple[bool, int], dict[int, int]] = field(default_factory=dict, repr=False)

    def event(self, task: str, finish: bool) -> int:
        """The event of an end of a task."""
        return 2 * self.index[task] + finish

    def guaranteed(self, sources: tuple[int, ...], targets: Iterable[int], least: int, against: bool) -> Bits:
        """Which sources are at least some minutes away from each target, guaranteed by a chain of bounds.

        Args:
            sources: events.
            targets: events.
            least: minutes from source to target.
            against: chains run from target to source.

        Returns:
            Target to the set of sources; targets with none are left out.
        """
        every = self._chains(sources, against, _Chains.ALL)
        if least <= 0:
            sound = self._chains(sources, against, _Chains.SOUND)
        else:
            sound = self._chains(sources, against, _Chains.TAKING_TIME) if least == 1 else {}
        decided = self.plain and least <= 1
        found: Bits = {}
        budget = EXACT_WORK // max(1, len(self.order))
        for target in targets:
            reached, sure = every.get(target, 0), sound.get(target, 0)
            unclear = 0 if decided and least >= 0 else reached & ~sure
            while unclear:
                low = unclear & -unclear
                unclear ^= low
                origin = sources[low.bit_length() - 1]
                if (against, origin) not in self._lengths and len(self._lengths) >= budget:
                    continue
                if self._from(origin, against).get(target, least - 1) >= least:
                    sure |= low
            if sure:
                found[target] = sure
        return found

    def length(self, source: int, target: int) -> int | None:
        """Most minutes a chain guarantees from one event to another; None without a chain."""
        return self._from(source, against=False).get(target)

    def chain(self, source: int, target: int) -> tuple[int, ...]:
        """Tasks (by i) along a chain that guarantees most, of several the one over the smallest tasks; () without."""
        if source == target:
            return (source // 2,)
        lengths = self._from(source, against=False)
        if target not in lengths:
            return ()
        path = [target]
        while path[-1] != source:
            at = path[-1]
            before = [u for u, w in self.back[at] if u in lengths and lengths[u] + w == lengths[at]]
            path.append(min(before))
        tasks: list[int] = []
        for event in reversed(path):
            if not tasks or tasks[-1] != event // 2:
                tasks.append(event // 2)
        return tuple(tasks)

    def _chains(self, sources: tuple[int, ...], against: bool, which: _Chains) -> Bits:
        """Event to the sources that reach it over chains of one sort."""
        if self.plain and which is _Chains.ALL:
            which = _Chains.SOUND
        key = (against, which, sources)
        if key not in self._reached:
            start: Bits = {}
            for k, source in enumerate(sources):
                start[source] = start.get(source, 0) | 1 << k
            # Chains lead nowhere before the first of their sources.
            places = [self._position[source] for source in sources]
            order: Sequence[int] = ()
            if places:
                order = self.order[max(places) :: -1] if against else self.order[min(places) :]
            steps = self.back if against else self.onward
            if which is _Chains.TAKING_TIME:
                self._reached[key] = self._taking_time(start, order, steps)
            else:
                self._reached[key] = _spread(start, order, steps, leads=which is _Chains.ALL)
        return self._reached[key]

    def _taking_time(self, start: Bits, order: Sequence[int], steps: Sequence[Sequence[tuple[int, int]]]) -> Bits:
        """Event to the sources that reach it over bounds none of which is negative and one of which is positive."""
        reached = _spread(dict(start), order, steps, leads=False)
        found: Bits = {}
        for event in order:
            bits = reached.get(event)
            if bits:
                own = found.get(event, 0)
                for after, weight in steps[event]:
                    if weight >= 0 and (add := bits if weight else own):
                        found[after] = found.get(after, 0) | add
        return found

    def _from(self, source: int, against: bool) -> dict[int, int]:
        """Longest chain from an event to every event it reaches."""
        key = (against, source)
        if key not in self._lengths:
            steps = self.back if against else self.onward
            lengths = {source: 0}
            position = self._position[source]
            following = self.order[position::-1] if against else self.order[position:]
            for event in following:
                so_far = lengths.get(event)
                if so_far is not None:
                    for after, weight in steps[event]:
                        if so_far + weight > lengths.get(after, so_far + weight - 1):
                            lengths[after] = so_far + weight
            self._lengths[key] = lengths
        return self._lengths[key]


def _spread(found: Bits, order: Iterable[int], steps: Sequence[Sequence[tuple[int, int]]], leads: bool) -> Bits:
    """Hand on sets of sources along bounds, in the order of the events."""
    for event in order:
        bits = found.get(event)
        if bits:
            for after, weight in steps[event]:
                if weight >= 0 or leads:
                    found[after] = found.get(after, 0) | bits
    return found


def events_of(plan: Plan) -> Events:
    """The events of a plan and the bounds between them."""
    loops = find_loops(plan)
    tasks = sorted(plan.tasks, key=lambda t: t.id)
    index = {t.id: i for i, t in enumerate(tasks)}
    loop = {name: cycle.id for cycle in loops.cycles for name in cycle.tasks}
    parents = {t.parent for t in tasks if t.parent is not None}
    bounds: dict[tuple[int, int], int] = {}

    def bound(tail: int, head: int, weight: int) -> None:
        bounds[tail, head] = max(weight, bounds.get((tail, head), weight))

    for i, task in enumerate(tasks):
        works = task.state is not TaskState.DROPPED and task.id not in parents
        bound(2 * i, 2 * i + 1, (task.duration_minutes or 0) if works else 0)
        if task.parent is not None:
            bound(2 * index[task.parent], 2 * i, 0)
            bound(2 * i + 1, 2 * index[task.parent] + 1, 0)
    for link in plan.links:
        ends = {link.predecessor, link.successor}
        own = loop.get(link.predecessor)
        if len(ends) < 2 or ends & loops.cut or (own is not None and own == loop.get(link.successor)):
            continue
        i, j = index[link.predecessor], index[link.successor]
        lag = link.lag
        if link.unit is LagUnit.PERCENT:
            lag = (tasks[i].duration_minutes or 0) * link.lag // 10_000
        bound(2 * i + link.type.from_finish, 2 * j + link.type.to_finish, lag)
    return _ordered(index, _without_loops(2 * len(tasks), bounds))


def _without_loops(count: int, bounds: Mapping[tuple[int, int], int]) -> dict[tuple[int, int], int]:
    """The bounds that are on no loop: links of summary tasks to their own parts can still close some."""
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(range(count))
    graph.add_edges_from(sorted(bounds))
    if nx.is_directed_acyclic_graph(graph):
        return dict(bounds)
    home = {event: k for k, part in enumerate(nx.strongly_connected_components(graph)) for event in part}
    return {(tail, head): weight for (tail, head), weight in bounds.items() if home[tail] != home[head]}


def _ordered(index: Mapping[str, int], bounds: Mapping[tuple[int, int], int]) -> Events:
    count = 2 * len(index)
    onward: list[list[tuple[int, int]]] = [[] for _ in range(count)]
    back: list[list[tuple[int, int]]] = [[] for _ in range(count)]
    waiting = [0] * count
    for (tail, head), weight in sorted(bounds.items()):
        onward[tail].append((head, weight))
        back[head].append((tail, weight))
        waiting[head] += 1
    order = [event for event in range(count) if not waiting[event]]
    for event in order:
        for head, _ in onward[event]:
            waiting[head] -= 1
            if not waiting[head]:
                order.append(head)
    position = [0] * count
    for place, event in enumerate(order):
        position[event] = place
    return Events(
        index=index,
        onward=onward,
        back=back,
        order=order,
        plain=all(weight >= 0 for weight in bounds.values()),
        _position=position,
    )
