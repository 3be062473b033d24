"""What links guarantee about the ends of tasks, whatever the calendar and however long tasks turn out to be.

Each task has two events, its start and its finish. A link is a lower bound on the time between two of
them, and so is a planned duration; a *chain* of bounds guarantees the sum. A bound from the finish of a
task back to its own start is left out on purpose: it would hold only as long as the task keeps to its
planned duration, so nothing that rests on it is kept in order by links.

Links between tasks of one loop guarantee nothing and are left out. Dropped tasks hand on the order that
runs through them, with a duration of 0 (see `network`). An unknown duration counts as 0, the least it can be.

A link guarantees nothing about an end that stands on a date whatever its predecessors do: of a finished task with
dates, of a manual one, and of one with a constraint that overrules links. A task in progress has begun, but what is
left of it waits for its predecessors. What merely accompanies others holds back nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

import networkx as nx

from crm_rules.roadmap.cycles import find_loops
from crm_rules.roadmap.network import is_finished
from crm_rules.roadmap.outline import Outline
from crm_rules.roadmap.plan import LagCalendar, LagUnit, Plan, PlanLink, PlanTask, TaskState
from crm_rules.roadmap.progress import constraints_of

EXACT_WORK = 6_000_000
"""Events looked at in searches for the exact length of chains with leads. Only plans with thousands of tasks and
leads reach it; what is left then counts as not guaranteed."""

_CLOCK_WEEK: Final = 7 * 24 * 60

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
        standing: ids of tasks whose start no link moves.
    """

    index: Mapping[str, int]
    onward: Sequence[Sequence[tuple[int, int]]]
    back: Sequence[Sequence[tuple[int, int]]]
    order: Sequence[int]
    plain: bool
    standing: frozenset[str]
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


class _Hold(Enum):
    """What links into a task do."""

    ALL = auto()  # they hold its start and its finish
    REST = auto()  # it has begun: they hold what is left of it
    DATED = auto()  # nothing: a constraint overrules them
    NOTHING = auto()  # nothing: its dates stand, both of them


def _hold(task: PlanTask, plan: dict[str, PlanTask], outline: Outline) -> _Hold:
    if not outline.is_worked(task):
        return _Hold.ALL
    if is_finished(task):
        return _Hold.ALL if task.actual_start is None and task.actual_finish is None else _Hold.NOTHING
    if task.actual_start is not None:
        return _Hold.REST
    if task.manual and (task.pinned_start is not None or task.pinned_finish is not None):
        return _Hold.NOTHING if task.pinned_start is not None and task.pinned_finish is not None else _Hold.DATED
    return _Hold.DATED if any(laid.type.hard for laid in constraints_of(task, plan, outline)) else _Hold.ALL


def runs_on_clock(plan: Plan, link: PlanLink) -> bool:
    """Whether the lag of a link is counted in minutes on the clock."""
    return bool(link.lag) and (link.unit is LagUnit.ELAPSED or plan.lag_calendar is LagCalendar.CLOCK)


def _least(plan: Plan, link: PlanLink, predecessor: PlanTask, on_clock: bool) -> int | None:
    """Fewest minutes a lag takes, working ones or on the clock; None where nothing can be said."""
    lag = link.lag
    if link.unit is LagUnit.PERCENT:
        lag = (predecessor.duration_minutes or 0) * lag // 10_000
    if on_clock:
        # So many working minutes take at least as many on the clock, but a lead of them may reach back any time.
        return lag if lag >= 0 or runs_on_clock(plan, link) else None
    if lag <= 0 or not runs_on_clock(plan, link):
        return lag
    if plan.calendar.exceptions:
        return 0  # all of it may be holidays
    return lag // _CLOCK_WEEK * sum(end - begin for day in plan.calendar.week for begin, end in day)


def events_of(plan: Plan, *, on_clock: bool = False) -> Events:
    """The events of a plan and the bounds between them.

    Args:
        plan: the plan.
        on_clock: bounds are minutes on the clock, not working minutes. They are lower then than they could be, as
            work counts without its nights.
    """
    loops = find_loops(plan)
    outline = Outline.of(plan)
    tasks = sorted(plan.tasks, key=lambda t: t.id)
    by_id = {t.id: t for t in tasks}
    index = {t.id: i for i, t in enumerate(tasks)}
    loop = {name: cycle.id for cycle in loops.cycles for name in cycle.tasks}
    parents = {t.parent for t in tasks if t.parent is not None}
    hold = [_hold(t, by_id, outline) for t in tasks]
    # Start and finish of a milestone are one: links enter its start and leave its finish, whatever they name.
    points = {
        i
        for i, t in enumerate(tasks)
        if t.duration_minutes == 0 and outline.is_worked(t) and hold[i] in (_Hold.ALL, _Hold.DATED) and not t.manual
    }
    bounds: dict[tuple[int, int], int] = {}

    def bound(tail: int, head: int, weight: int) -> None:
        bounds[tail, head] = max(weight, bounds.get((tail, head), weight))

    for i, task in enumerate(tasks):
        works = task.state is not TaskState.DROPPED and task.id not in parents and hold[i] is not _Hold.NOTHING
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
        lag = _least(plan, link, tasks[i], on_clock)
        if lag is None or tasks[i].level_of_effort:
            continue
        tail = 2 * i + (link.type.from_finish or i in points)
        held = [j]
        if link.successor in parents and link.successor not in outline.dropped:
            leaves = [index[name] for name in outline.leaves(link.successor)]
            if any(hold[leaf] is not _Hold.ALL for leaf in leaves):
                # A part that stands lets the summary begin before the link, which still holds the others.
                held = [] if link.type.to_finish else leaves
        for head in held:
            if hold[head] is _Hold.ALL:
                bound(tail, 2 * head + (link.type.to_finish and head not in points), lag)
            elif hold[head] is _Hold.REST and hold[i] is not _Hold.NOTHING:
                rest = tasks[head].remaining_minutes
                left = 0 if link.type.to_finish else (tasks[head].duration_minutes or 0) if rest is None else rest
                bound(tail, 2 * head + 1, lag + left)
    standing = frozenset(t.id for t, held_by in zip(tasks, hold, strict=True) if held_by is not _Hold.ALL)
    return _ordered(index, _without_loops(2 * len(tasks), bounds), standing)


def _without_loops(count: int, bounds: Mapping[tuple[int, int], int]) -> dict[tuple[int, int], int]:
    """The bounds that are on no loop: links of summary tasks to their own parts can still close some."""
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(range(count))
    graph.add_edges_from(sorted(bounds))
    if nx.is_directed_acyclic_graph(graph):
        return dict(bounds)
    home = {event: k for k, part in enumerate(nx.strongly_connected_components(graph)) for event in part}
    return {(tail, head): weight for (tail, head), weight in bounds.items() if home[tail] != home[head]}


def _ordered(index: Mapping[str, int], bounds: Mapping[tuple[int, int], int], standing: frozenset[str]) -> Events:
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
        standing=standing,
        _position=position,
    )
