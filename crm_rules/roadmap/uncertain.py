"""The schedule of a plan with unknown durations or loops: only what no completion can change.

A *completion* gives every unknown duration some value of at least 0, and breaks every loop by taking out
links between tasks of that loop until none is left. A value is given only if all completions give that
value; everything else is None, and `Reasons` names the inputs to blame. Not every value that happens to be
the same in all completions is found (deciding that is NP-hard in general); the rules used are sound and cheap:

* Early dates lie between those of two extreme cases: unknown durations 0, and longer than all that is known
  together. For a task on a loop, the upper case has no limit. Where both agree, the date is known.
* An input to a task that no other can overtake holds it in every completion (*candidates* below). Walking
  back from the project finish over candidates only, a task that cannot be avoided is critical: a gate.
* Total float obeys TF_i = min(project finish - EF_i, min over links (link slack + TF_j)) in every
  completion, so intervals for it follow backwards from intervals for early dates and from the gates. And
  a task is off the critical path when even the longest path through it is shorter than the project must be.

Tasks on a loop get no values at all: their own links contradict each other. A dropped task on a loop that
dropping it has not broken may hand on any order or none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from crm_rules.roadmap.cycles import Cycle
from crm_rules.roadmap.network import Network
from crm_rules.roadmap.schedule import Schedule

_FLOOR = -1  # stands for "starts with the project" in a list of candidate links


def duration_path(task: str) -> str:
    """The input that states how long a task takes."""
    return f"tasks[{task}].duration"


def dependency_paths(cycle: Cycle) -> tuple[str, ...]:
    """The inputs that state the dependencies of a loop: the blamed one where there is one, else all shown."""
    pairs = cycle.dependencies if cycle.culprit is None else (cycle.culprit,)
    return tuple(sorted({f"tasks[{successor}].after" for _, successor in pairs}))


@dataclass(frozen=True)
class Reasons:
    """Which inputs leave a value of a schedule unknown. Stating all of them makes the value known.

    Found on demand: stored for every value they would need memory quadratic in the number of tasks.
    """

    network: Network
    open_links: Mapping[int, tuple[int, ...]]
    loops_of: Mapping[int, tuple[int, ...]]
    loop_nodes: Sequence[tuple[int, ...]]
    loop_paths: Sequence[tuple[str, ...]]

    @staticmethod
    def of(frame: _Frame, cycles: Sequence[Cycle]) -> Reasons:
        """Keep what is needed to answer."""
        network = frame.network
        open_links = {
            j: tuple(
                k
                for k in links
                if k != _FLOOR
                and (frame.link_low[k] != frame.link_high[k] or (network.to_finish[k] and network.durations[j] is None))
            )
            for j, links in enumerate(frame.candidates)
        }
        nodes_of: dict[str, list[int]] = {}
        for i, name in enumerate(network.ids):
            nodes_of.setdefault(name, []).append(i)
        members = [tuple(i for name in cycle.tasks for i in nodes_of[name]) for cycle in cycles]
        loops_of: dict[int, tuple[int, ...]] = {}
        for number, nodes in enumerate(members):
            for node in nodes:
                loops_of[node] = (*loops_of.get(node, ()), number)
        return Reasons(
            network=network,
            open_links=open_links,
            loops_of=loops_of,
            loop_nodes=members,
            loop_paths=[dependency_paths(cycle) for cycle in cycles],
        )

    def early_start(self, node: int) -> tuple[str, ...]:
        """What leaves the early start of a task open."""
        return self._early([(node, False)])

    def early_finish(self, node: int) -> tuple[str, ...]:
        """What leaves the early finish of a task open."""
        return self._early([(node, True)])

    def free_float(self, node: int) -> tuple[str, ...]:
        """What leaves the free float of a task open."""
        network = self.network
        ends: list[tuple[int, bool]] = []
        capped = False
        pending, seen = [node], {node}
        while pending:
            i = pending.pop()
            for k in network.outgoing[i]:
                j = network.heads[k]
                ends += ((i, network.from_finish[k]), (j, network.to_finish[k]))
                if network.is_task[j]:
                    capped = capped or (i == node and network.from_finish[k] and network.lags[k] >= 0)
                elif j not in seen:
                    seen.add(j)
                    pending.append(j)
        # Without a successor that finishes later, the project finish may be what limits the float.
        return self._early(ends) if capped and node not in self.loops_of else self.whole_plan

    @cached_property
    def whole_plan(self) -> tuple[str, ...]:
        """What leaves everything open that depends on the project finish: late dates, total float, critical."""
        network = self.network
        found = {duration_path(network.ids[i]) for i, d in enumerate(network.durations) if d is None}
        return tuple(sorted(found.union(*self.loop_paths)))

    def _early(self, ends: Sequence[tuple[int, bool]]) -> tuple[str, ...]:
        """Inputs that early starts, or with True early finishes, depend on."""
        network = self.network
        found: set[str] = set()
        seen = set(ends)
        pending = list(seen)

        def need(node: int, finish: bool) -> None:
            if (node, finish) not in seen:
                seen.add((node, finish))
                pending.append((node, finish))

        while pending:
            j, finish = pending.pop()
            links = self.open_links[j]
            if network.durations[j] is None and (finish or any(network.to_finish[k] for k in links)):
                found.add(duration_path(network.ids[j]))
            for k in links:
                need(network.tails[k], network.from_finish[k])
            for loop in self.loops_of.get(j, ()):
                found.update(self.loop_paths[loop])
                for i in self.loop_nodes[loop]:
                    need(i, True)
        return tuple(sorted(found))


@dataclass(frozen=True, slots=True)
class _Early:
    """Lower and upper bounds of early dates, by node."""

    start: list[int]
    finish: list[int]


@dataclass(frozen=True, slots=True)
class _Frame:
    """The network with both extreme cases of its forward pass.

    Attributes:
        shortest, longest: durations in the two cases.
        unlimited: an upper bound of at least this is no bound.
        low, high: early dates in the two cases.
        link_low, link_high: what each link demands of the end it enters.
        candidates: by node, links that can hold it (`_FLOOR` for none), without any that another one
            always equals or exceeds.
    """

    network: Network
    shortest: list[int]
    longest: list[int]
    unlimited: int
    low: _Early
    high: _Early
    link_low: list[int]
    link_high: list[int]
    candidates: list[list[int]]


def uncertain_schedule(network: Network, cycles: Sequence[Cycle]) -> tuple[Schedule, Reasons]:
    """Everything certain about the schedule, and why the rest is not; `cycles` are the loops of the plan.

    Agrees with `schedule` on a network without unknowns.
    """
    frame = _frame(network)
    tasks = [i for i, task in enumerate(network.is_task) if task]
    finish_low = max((frame.low.finish[i] for i in tasks), default=0)
    finish_high = max((frame.high.finish[i] for i in tasks), default=0)
    total, free, driving = _floats(frame, finish_low, finish_high)
    looped = network.looped

    def known(low: int, high: int | None, node: int) -> int | None:
        return low if low == high and not looped[node] else None

    nodes = range(len(network.ids))
    early_start = [known(frame.low.start[i], frame.high.start[i], i) for i in nodes]
    early_finish = [known(frame.low.finish[i], frame.high.finish[i], i) for i in nodes]
    total_float = [known(*total[i], i) for i in nodes]
    found = Schedule(
        early_start=early_start,
        early_finish=early_finish,
        late_start=[_sum(early_start[i], total_float[i]) for i in nodes],
        late_finish=[_sum(early_finish[i], total_float[i]) for i in nodes],
        total_float=total_float,
        free_float=[known(*free[i], i) for i in nodes],
        critical=[
            None if looped[i] else True if total[i][1] == 0 else False if total[i][0] > 0 else None for i in nodes
        ],
        driving=[
            holds and not looped[i] and not looped[j]
            for holds, i, j in zip(driving, network.tails, network.heads, strict=True)
        ],
        finish=finish_low if finish_low == finish_high else None,
    )
    return found, Reasons.of(frame, cycles)


def _sum(a: int | None, b: int | None) -> int | None:
    return None if a is None or b is None else a + b


def _frame(network: Network) -> _Frame:
    # No path of known durations and lags is longer than this, nor below its negative.
    reach = 1 + sum(d or 0 for d in network.durations) + sum(abs(lag) for lag in network.lags)
    endless = 4 * reach
    shortest = [d or 0 for d in network.durations]
    longest = [endless if d is None else d for d in network.durations]
    origin = [0 if task else -2 * endless for task in network.is_task]
    low = _forward(network, origin, stretch=shortest, shrink=longest)
    high = _forward(
        network,
        [endless if loop else base for base, loop in zip(origin, network.looped, strict=True)],
        stretch=longest,
        shrink=shortest,
    )
    joined = list(zip(network.tails, network.from_finish, network.lags, strict=True))
    link_low = [(low.finish if leaves else low.start)[i] + lag for i, leaves, lag in joined]
    link_high = [(high.finish if leaves else high.start)[i] + lag for i, leaves, lag in joined]
    candidates: list[list[int]] = []
    for j, links in enumerate(network.incoming):
        # Bounds on the start of j: (upper, lower, link).
        bounds: list[tuple[int, int, int]] = []
        for k in links:
            if network.to_finish[k]:
                bounds.append((link_high[k] - shortest[j], link_low[k] - longest[j], k))
            else:
                bounds.append((link_high[k], link_low[k], k))
        # Last, because of equals the first is kept, and a link can lead on to a gate.
        if network.looped[j]:
            bounds.append((endless, origin[j], _FLOOR))
        elif network.is_task[j]:
            bounds.append((0, 0, _FLOOR))
        candidates.append(_undominated(bounds))
    return _Frame(network, shortest, longest, 2 * reach, low, high, link_low, link_high, candidates)


def _forward(network: Network, origin: Sequence[int], stretch: Sequence[int], shrink: Sequence[int]) -> _Early:
    """Early dates with one duration for pushing the finish away from the start, and one for pulling the start.

    With both equal to the duration this is the ordinary forward pass.
    """
    start = list(origin)
    finish = list(origin)
    for j in network.order:
        begin = end = origin[j]
        # A dropped task on a loop may turn out to hand on no order at all.
        links = () if network.looped[j] and not network.is_task[j] else network.incoming[j]
        for k in links:
            i = network.tails[k]
            bound = (finish[i] if network.from_finish[k] else start[i]) + network.lags[k]
            if network.to_finish[k]:
                end = max(end, bound)
            else:
                begin = max(begin, bound)
        start[j] = max(begin, end - shrink[j])
        finish[j] = max(begin + stretch[j], end)
    return _Early(start, finish)


def _undominated(bounds: list[tuple[int, int, int]]) -> list[int]:
    """Of (upper, lower, item): a smallest set of items among which the largest value always is."""
    if not bounds:
        return []
    level = max(low for _, low, _ in bounds)
    kept = [item for high, low, item in bounds if high > level]
    if not any(low == level and high > level for high, low, _ in bounds):
        kept.append(next(item for _, low, item in bounds if low == level))
    return kept


def _gates(frame: _Frame) -> set[int]:
    """Nodes on every walk from the project start to the project finish over candidates.

    In a completion, the task that finishes last is held by one of its candidates, that one by one of its own,
    and so on down to a task that starts with the project. A node on all such walks is critical.
    """
    network = frame.network
    heads = network.heads
    last: list[tuple[int, int, int]] = []
    for i, task in enumerate(network.is_task):
        # With such a successor the project finish can as well be read off the successor.
        covered = any(
            network.from_finish[k] and network.lags[k] >= 0 and network.is_task[heads[k]] for k in network.outgoing[i]
        )
        if task and not covered:
            last.append((frame.high.finish[i], frame.low.finish[i], i))
    ends = _undominated(last)
    position = {node: p for p, node in enumerate(network.order)}
    beyond = len(position)
    farthest = dict.fromkeys(ends, beyond)  # how far along the order one step from a node can lead
    first = -1
    pending = list(ends)
    relevant = set(ends)
    while pending:
        j = pending.pop()
        for k in frame.candidates[j]:
            if k == _FLOOR:
                first = max(first, position[j])
                continue
            i = network.tails[k]
            farthest[i] = max(farthest.get(i, -1), position[j])
            if i not in relevant:
                relevant.add(i)
                pending.append(i)
    # Every step goes forwards in the order, so a node is unavoidable when no step leads past it.
    found: set[int] = set()
    for node in network.order:
        if node in relevant:
            if first <= position[node]:
                found.add(node)
            first = max(first, farthest[node])
    return found


_Interval = tuple[int, int | None]  # upper end None: no limit


def _floats(frame: _Frame, finish_low: int, finish_high: int) -> tuple[list[_Interval], list[_Interval], list[bool]]:
    """Intervals of total and free float by node, and the links that are certainly driving."""
    network, low, high = frame.network, frame.low, frame.high
    heads = network.heads
    gates = _gates(frame)
    count = len(network.ids)
    total: list[_Interval] = [(0, None)] * count
    free: list[_Interval] = [(0, None)] * count
    tail = [0] * count  # longest way from the start of a node to the project finish, upper bound
    driving = [False] * len(heads)

    def limited(value: int) -> int | None:
        return value if value < frame.unlimited else None

    for i in reversed(network.order):
        loop = network.looped[i]
        if network.is_task[i]:
            room: _Interval = (max(0, finish_low - high.finish[i]), limited(finish_high - low.finish[i]))
            tail[i] = frame.longest[i]
        else:
            room = (frame.unlimited, None)
            tail[i] = -2 * frame.unlimited
        if loop:
            tail[i] = 2 * frame.unlimited
        own, spare = room, room
        for k in network.outgoing[i]:
            j = heads[k]
            date_low, date_high = (
                (low.finish[j], high.finish[j]) if network.to_finish[k] else (low.start[j], high.start[j])
            )
            slack: _Interval
            if frame.candidates[j] == [k]:
                slack = (0, 0)
            else:
                slack = (max(0, date_low - frame.link_high[k]), limited(date_high - frame.link_low[k]))
            driving[k] = slack[1] == 0
            own = _least(own, _plus(slack, total[j]))
            spare = _least(spare, slack if network.is_task[j] else _plus(slack, free[j]))
            way = network.lags[k] + tail[j]
            way += frame.longest[i] if network.from_finish[k] else 0
            way -= frame.shortest[j] if network.to_finish[k] else 0
            tail[i] = max(tail[i], way)
        if loop:  # links inside the loop were left out and may take float away
            own, spare = (0, own[1]), (0, spare[1])
        total[i] = (0, 0) if i in gates else (max(own[0], finish_low - high.start[i] - tail[i]), own[1])
        free[i] = _least(spare, (spare[0], total[i][1]))  # free float never exceeds total float
    return total, free, driving


def _plus(a: _Interval, b: _Interval) -> _Interval:
    return a[0] + b[0], None if a[1] is None or b[1] is None else a[1] + b[1]


def _least(a: _Interval, b: _Interval) -> _Interval:
    high = b[1] if a[1] is None else a[1] if b[1] is None else min(a[1], b[1])
    return min(a[0], b[0]), high
