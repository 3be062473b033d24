"""The schedule of a plan with unknown durations or loops: only what no completion can change.

A *completion* gives every unknown duration some value of at least 0, and breaks every loop by taking out
links between tasks of that loop until none is left. A value is given only if all completions give that
value; everything else is None, and `Reasons` names the inputs to blame. Not every value that happens to be
the same in all completions is found (deciding that is NP-hard in general); the rules used are sound and cheap:

* Early dates lie between those of two extreme cases: unknown durations 0, and longer than all that is known
  together. For a task on a loop, the upper case has no limit. Where both agree, the date is known.
* An input to a task that others always reach or overtake never holds it; the rest are its *candidates*. What
  every walk back over candidates passes dominates the task: its dates follow from the dominator's, and two
  inputs with a common dominator can be compared although the dates of both are unknown. What dominates the
  project finish is critical.
* Total float obeys TF_i = min(project finish - EF_i, min over links (link slack + TF_j)) in every
  completion, so intervals for it follow backwards from intervals for differences of dates.

Tasks on a loop get no values at all: their own links contradict each other. A dropped task on a loop that
dropping it has not broken may hand on any order or none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from crm_rules.roadmap.cycles import Cycle
from crm_rules.roadmap.network import Network, Role
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
        return Reasons._with(network, open_links, cycles)

    @staticmethod
    def by_links(network: Network, cycles: Sequence[Cycle]) -> Reasons:
        """Blame everything a task waits for: for passes that do not know which inputs are always overtaken."""
        return Reasons._with(network, {j: tuple(links) for j, links in enumerate(network.incoming)}, cycles)

    @staticmethod
    def _with(network: Network, open_links: Mapping[int, tuple[int, ...]], cycles: Sequence[Cycle]) -> Reasons:
        nodes_of: dict[str, list[int]] = {}
        for i, name in enumerate(network.ids):
            nodes_of.setdefault(name, []).append(i)
        members = [tuple(i for name in cycle.tasks for i in nodes_of.get(name, ())) for cycle in cycles]
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
        timeless = [i for i, d in enumerate(network.durations) if d is None or network.loose[i]]
        found = {duration_path(network.ids[i]) for i in timeless}
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
            timeless = network.durations[j] is None and (finish or any(network.to_finish[k] for k in links))
            if timeless or network.loose[j]:
                found.add(duration_path(network.ids[j]))
            for k in links:
                need(network.tails[k], network.from_finish[k])
                if k in network.percent_of_unknown:
                    found.add(duration_path(network.ids[network.tails[k]]))
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


class _Tree:
    """Events, each below one that dominates it, with the interval of minutes between the two.

    Intervals are summed from the root on, so the one between an event and any event above it is a difference.
    """

    def __init__(self, events: int, root: int) -> None:
        self._above = [root] * events
        self._jump = [root] * events
        self._depth = [0] * events
        self._low = [0] * events
        self._high = [0] * events

    def hang(self, event: int, above: int, low: int, high: int) -> None:
        """Put an event `low` to `high` minutes after one that is in the tree."""
        far = self._jump[above]
        self._above[event] = above
        # Jumps of sizes that double now and then make any ancestor reachable in logarithmically many steps.
        level = self._depth[above] - self._depth[far] == self._depth[far] - self._depth[self._jump[far]]
        self._jump[event] = self._jump[far] if level else above
        self._depth[event] = self._depth[above] + 1
        self._low[event] = self._low[above] + low
        self._high[event] = self._high[above] + high

    def meet(self, a: int, b: int) -> int:
        """The lowest event that is at or above both."""
        depth, jump, above = self._depth, self._jump, self._above
        if depth[a] < depth[b]:
            a, b = b, a
        while depth[a] > depth[b]:
            a = jump[a] if depth[jump[a]] >= depth[b] else above[a]
        while a != b:
            if jump[a] != jump[b]:
                a, b = jump[a], jump[b]
            else:
                a, b = above[a], above[b]
        return a

    def between(self, above: int, event: int) -> tuple[int, int]:
        """Least and greatest number of minutes from an event to one below it."""
        return self._low[event] - self._low[above], self._high[event] - self._high[above]

    def apart(self, first: int, second: int) -> tuple[int, int]:
        """Least and greatest number of minutes from one event to another, either order in the tree."""
        top = self.meet(first, second)
        low_first, high_first = self.between(top, first)
        low_second, high_second = self.between(top, second)
        return low_second - high_first, high_second - low_first

    def path(self, event: int, root: int) -> list[int]:
        """All events at or above one, without the root."""
        found: list[int] = []
        while event != root:
            found.append(event)
            event = self._above[event]
        return found


@dataclass(frozen=True, slots=True)
class _Input:
    """What may hold an event: it is not before `event` by `low` to `high` minutes, `earliest` to `latest` overall."""

    item: int
    event: int
    low: int
    high: int
    earliest: int
    latest: int


@dataclass(frozen=True, slots=True)
class _Frame:
    """The network with both extreme cases of its forward pass, and what dominates what.

    Attributes:
        unlimited: an upper bound of at least this is no bound.
        low, high: early dates in the two cases.
        link_low, link_high: what each link demands of the end it enters.
        candidates: by node, the links that can hold it, `_FLOOR` for the project start.
        tree: the events `2 * node` (start), `2 * node + 1` (finish), then the project start and finish.
    """

    network: Network
    unlimited: int
    low: _Early
    high: _Early
    link_low: list[int]
    link_high: list[int]
    candidates: list[list[int]]
    tree: _Tree

    @property
    def project_start(self) -> int:
        """Event of the project start."""
        return 2 * len(self.network.ids)

    @property
    def project_finish(self) -> int:
        """Event of the project finish."""
        return 2 * len(self.network.ids) + 1

    def leaves(self, link: int) -> int:
        """Event a link leaves."""
        return 2 * self.network.tails[link] + self.network.from_finish[link]

    def enters(self, link: int) -> int:
        """Event a link enters."""
        return 2 * self.network.heads[link] + self.network.to_finish[link]


def uncertain_schedule(network: Network, cycles: Sequence[Cycle]) -> tuple[Schedule, Reasons]:
    """Everything certain about the schedule, and why the rest is not; `cycles` are the loops of the plan.

    Agrees with `schedule` on a network without unknowns.
    """
    frame = _frame(network)
    tasks = [i for i, task in enumerate(network.is_task) if task]
    finish_low = max((frame.low.finish[i] for i in tasks), default=0)
    finish_high = max((frame.high.finish[i] for i in tasks), default=0)
    total, free, driving = _floats(frame, (finish_low, finish_high))
    looped = network.looped

    def known(low: int, high: int | None, node: int) -> int | None:
        return low if low == high and not looped[node] else None

    nodes = range(len(network.ids))
    early_start = [known(frame.low.start[i], frame.high.start[i], i) for i in nodes]
    for i in nodes:
        if network.fixed[i] and network.loose[i]:
            early_start[i] = None
    early_finish = [known(frame.low.finish[i], frame.high.finish[i], i) for i in nodes]
    total_float = [known(*total[i], i) for i in nodes]
    found = Schedule(
        early_start=early_start,
        early_finish=early_finish,
        late_start=[_sum(early_start[i], total_float[i]) for i in nodes],
        late_finish=[_sum(early_finish[i], total_float[i]) for i in nodes],
        total_float=total_float,
        free_float=[known(*free[i], i) for i in nodes],
        critical=[None if looped[i] else _at_most(total[i], network.limit) for i in nodes],
        driving=[
            holds and not looped[i] and not looped[j]
            for holds, i, j in zip(driving, network.tails, network.heads, strict=True)
        ],
        slack=[None] * len(network.heads),
        finish=finish_low if finish_low == finish_high else None,
    )
    return found, Reasons.of(frame, cycles)


def _sum(a: int | None, b: int | None) -> int | None:
    return None if a is None or b is None else a + b


def _at_most(value: _Interval, limit: int) -> bool | None:
    low, high = value
    return True if high is not None and high <= limit else False if low > limit else None


def _frame(network: Network) -> _Frame:
    network.sort_links()
    # No path of known durations and lags is longer than this, nor below its negative.
    reach = 1 + sum(d or 0 for d in network.durations) + sum(abs(lag) for lag in network.lags)
    reach += max((abs(f) for f in network.floors if f is not None), default=0)
    reach += max((abs(c) for c in network.caps if c is not None), default=0)
    endless = 8 * reach
    shortest = [d or 0 for d in network.durations]
    longest = [endless if d is None else d for d in network.durations]
    origin = [-2 * endless if floor is None else floor for floor in network.floors]
    ceiling = [
        endless if loop or (loose and not fixed) else base
        for base, loop, loose, fixed in zip(origin, network.looped, network.loose, network.fixed, strict=True)
    ]
    low = _forward(network, origin, stretch=shortest, shrink=longest)
    high = _forward(network, ceiling, stretch=longest, shrink=shortest)
    joined = list(zip(network.tails, network.from_finish, network.lags, strict=True))
    frame = _Frame(
        network=network,
        unlimited=4 * reach,
        low=low,
        high=high,
        link_low=[(low.finish if leaves else low.start)[i] + lag for i, leaves, lag in joined],
        link_high=[(high.finish if leaves else high.start)[i] + lag for i, leaves, lag in joined],
        candidates=[[] for _ in network.ids],
        tree=_Tree(2 * len(network.ids) + 2, root=2 * len(network.ids)),
    )
    for j in network.order:
        inputs: list[_Input] = []
        for k in _holding(network, j):
            # On the start of j: what enters the finish counts less the duration.
            most, least = (longest[j], shortest[j]) if network.to_finish[k] else (0, 0)
            lag = network.lags[k]
            bounds = frame.link_low[k] - most, frame.link_high[k] - least
            inputs.append(_Input(k, frame.leaves(k), lag - most, lag - least, *bounds))
        # Last, because of equals the first is kept, and a link can lead on to a dominator.
        if network.floors[j] is not None or network.looped[j] or network.loose[j]:
            span = origin[j], ceiling[j]
            inputs.append(_Input(_FLOOR, frame.project_start, *span, *span))
        frame.candidates[j] += _hang(frame, 2 * j, inputs)
        frame.tree.hang(2 * j + 1, 2 * j, shortest[j], longest[j])
    last: list[_Input] = []
    for i, task in enumerate(network.is_task):
        # With such a successor the project finish can as well be read off the successor.
        covered = any(
            network.from_finish[k] and network.lags[k] >= 0 and network.is_task[network.heads[k]]
            for k in network.outgoing[i]
        )
        if task and not covered:
            last.append(_Input(i, 2 * i + 1, 0, 0, low.finish[i], high.finish[i]))
    _hang(frame, frame.project_finish, last)
    return frame


def _hang(frame: _Frame, event: int, inputs: list[_Input]) -> list[int]:
    """Put an event below what dominates it; returns the items of the inputs that can hold it."""
    tree, start = frame.tree, frame.project_start
    if not inputs:
        return []
    inputs = _undominated([(one.earliest, one.latest, one) for one in inputs])
    while True:
        top = inputs[0].event
        for one in inputs:
            top = tree.meet(top, one.event)
        compared: list[tuple[int, int, _Input]] = []
        for one in inputs:
            low, high = tree.between(top, one.event)
            compared.append((low + one.low, high + one.high, one))
        kept = _undominated(compared)
        if len(kept) == len(inputs):
            break
        inputs = kept
    low, high = max(low for low, _, _ in compared), max(high for _, high, _ in compared)
    if top == start:
        low = max(low, max(one.earliest for one in inputs))
        high = min(high, max(one.latest for one in inputs))
    tree.hang(event, top, low, high)
    return [one.item for one in inputs]


def _holding(network: Network, node: int) -> Sequence[int]:
    """The links that hold a node in every completion: a dropped task on a loop may turn out to hand on no order."""
    return () if network.looped[node] and network.floors[node] is None else network.incoming[node]


def _forward(network: Network, origin: Sequence[int], stretch: Sequence[int], shrink: Sequence[int]) -> _Early:
    """Early dates with one duration for pushing the finish away from the start, and one for pulling the start.

    With both equal to the duration this is the ordinary forward pass.
    """
    start = list(origin)
    finish = list(origin)
    for j in network.order:
        begin = end = origin[j]
        for k in _holding(network, j):
            i = network.tails[k]
            bound = (finish[i] if network.from_finish[k] else start[i]) + network.lags[k]
            if network.to_finish[k]:
                end = max(end, bound)
            else:
                begin = max(begin, bound)
        start[j] = max(begin, end - shrink[j])
        finish[j] = max(begin + stretch[j], end)
    return _Early(start, finish)


def _undominated(bounds: list[tuple[int, int, _Input]]) -> list[_Input]:
    """Of inputs with lower and upper bounds, a smallest set among which the largest value always is."""
    level = max(low for low, _, _ in bounds)
    kept = [one for _, high, one in bounds if high > level]
    if not any(low == level < high for low, high, _ in bounds):
        kept.append(next(one for low, _, one in bounds if low == level))
    return kept


_Interval = tuple[int, int | None]  # upper end None: no limit


def _floats(frame: _Frame, finish: tuple[int, int]) -> tuple[list[_Interval], list[_Interval], list[bool]]:
    """Intervals of total and free float by node, and the links that are certainly driving.

    `finish` bounds the project finish.
    """
    network, low, high, tree = frame.network, frame.low, frame.high, frame.tree
    critical = {event // 2 for event in tree.path(frame.project_finish, frame.project_start)}
    count = len(network.ids)
    deadlines = any(cap is not None for cap in network.caps)
    total: list[_Interval] = [(0, None)] * count
    free: list[_Interval] = [(0, None)] * count
    driving = [False] * len(network.heads)

    def interval(least: int, most: int) -> _Interval:
        return max(0, least), most if most < frame.unlimited else None

    for i in reversed(network.order):
        if network.fixed[i]:
            total[i] = free[i] = (0, 0)
            continue
        own: _Interval = (frame.unlimited, None)
        if network.is_task[i]:
            least, most = tree.apart(2 * i + 1, frame.project_finish)
            own = interval(max(least, finish[0] - high.finish[i]), min(most, finish[1] - low.finish[i]))
        spare = own
        cap = network.caps[i]
        if cap is not None:
            own = _least(own, (max(cap - high.finish[i], -frame.unlimited), cap - low.finish[i]))
        for k in network.outgoing[i]:
            j = network.heads[k]
            slack: _Interval = (0, 0)
            if frame.candidates[j] != [k]:
                dates_low, dates_high = (low.finish, high.finish) if network.to_finish[k] else (low.start, high.start)
                least, most = tree.apart(frame.leaves(k), frame.enters(k))
                slack = interval(
                    max(least - network.lags[k], dates_low[j] - frame.link_high[k]),
                    min(most - network.lags[k], dates_high[j] - frame.link_low[k]),
                )
            driving[k] = slack[1] == 0
            own = _least(own, _plus(slack, total[j]))
            spare = _least(spare, slack if network.is_task[j] else _plus(slack, free[j]))
        if network.looped[i]:  # links inside the loop were left out and may take float away
            own, spare = (-frame.unlimited if deadlines else 0, own[1]), (0, spare[1])
        total[i] = (min(own[0], 0), 0) if i in critical else own
        if not deadlines:  # then free float never exceeds total float
            total[i] = max(total[i][0], 0), total[i][1]
            spare = _least(spare, (spare[0], total[i][1]))
        elif not network.outgoing[i]:
            spare = max(own[0], 0), None if own[1] is None else max(own[1], 0)
        free[i] = spare
    if Role.BEGUN in network.roles:
        begun = {network.ids[i]: i for i, start in enumerate(network.begun) if start is not None}
        for i in range(network.tasks, count):
            if network.roles[i] is Role.BEGUN:
                task = begun.get(network.ids[i], i)
                free[task] = _least(free[task], free[i])
    return total, free, driving


def _plus(a: _Interval, b: _Interval) -> _Interval:
    return a[0] + b[0], None if a[1] is None or b[1] is None else a[1] + b[1]


def _least(a: _Interval, b: _Interval) -> _Interval:
    high = b[1] if a[1] is None else a[1] if b[1] is None else min(a[1], b[1])
    return min(a[0], b[0]), high
