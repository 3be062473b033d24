"""The plan compiled once to integer lists, for the passes. Nothing is scheduled here.

Decisions of the first reading of a plan are made here.

Loops. Links between two tasks of one loop (strongly connected component), and self-links, are left out, so
the network is acyclic; the nodes of the loop are marked `looped`.

Dropped tasks. A dropped task no longer does anything, but the order written through it stays: whoever
cancels B in A -> B -> C still expects C after A. So a dropped task becomes two points without duration, a
start and a finish, with start <= finish and nothing else. That keeps exactly what the links through it
said about the other tasks whatever its duration (lags included), and no more: a link that entered its
finish says nothing about one that left its start. Points no task leads to or from are taken out again,
hence dropping a task never makes another one later.

Summary tasks. A link into a summary task holds every task that is part of it, one that leaves its finish
waits for all of them, one that leaves its start for the first of them. The links run through points too, so
that a link between two summaries of a thousand tasks each is no million of links.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import islice
from operator import attrgetter
from typing import Final

from crm_rules.roadmap.cycles import Loops
from crm_rules.roadmap.outline import Outline
from crm_rules.roadmap.plan import LagUnit, LinkType, Plan, PlanLink, PlanTask, TaskState

PERCENT: Final = 10_000
"""Lags in parts of a duration are counted in hundredths of a percent."""

FROM_FINISH: Final = frozenset((LinkType.FS, LinkType.FF))
TO_FINISH: Final = frozenset((LinkType.FF, LinkType.SF))

_id: Final = attrgetter("id")


class Role(IntEnum):
    """What a node stands for."""

    TASK = 0
    POINT = 1  # an end of a dropped task, or of a summary task
    FIRST = 2  # the start of a summary task: where its first part starts
    BEGUN = 3  # the start of a task in progress, which nothing moves any more


@dataclass(slots=True)
class Network:
    """An acyclic network of nodes 0..n-1 and links 0..m-1.

    Attributes:
        ids: task id of each node, ascending for tasks; a point carries the id of the task it belongs to.
        roles: what each node is. Tasks come first.
        durations: minutes; None when unknown; 0 for points. Of a task in progress, on an axis, what is left.
        is_task: whether the node is a task; points do not count for the project finish.
        floors: minute before which a node does not start, None for points that are only held by links.
        ends: minute before which a node does not finish, however long it lasts; part of the floor too.
        caps: minute after which a finish makes float negative; None where there is none.
        fixed: what happened, and so is moved by nothing: finished tasks with dates, on an axis.
        begun: minute at which a task in progress has started, on an axis; None for all others.
        loose: what is left of a task in progress may begin any time after its floor, because its duration is
            unknown and with it how much is done; of a finished task nobody knows when it started.
        looped: the node's links to others of its loop were left out; a looped point may be anywhere.
        done: the task is finished.
        tails, heads: nodes each link leaves and enters.
        from_finish, to_finish: which ends it joins.
        lags: minutes.
        links: the plan's link behind each; None for one that only ties a point.
        outgoing, incoming: links of each node.
        order: all nodes, predecessors first.
        limit: tasks with at most so many minutes of total float are critical.
        percent_of_unknown: links whose lag is part of a duration nobody has stated.
    """

    ids: list[str]
    roles: list[Role]
    durations: list[int | None]
    is_task: list[bool]
    floors: list[int | None]
    ends: list[int | None]
    caps: list[int | None]
    fixed: list[bool]
    begun: list[int | None]
    loose: list[bool]
    looped: list[bool]
    done: list[bool]
    tails: list[int]
    heads: list[int]
    from_finish: list[bool]
    to_finish: list[bool]
    lags: list[int]
    links: list[PlanLink | None]
    outgoing: list[list[int]]
    incoming: list[list[int]]
    order: list[int]
    limit: int
    percent_of_unknown: frozenset[int]

    @property
    def certain(self) -> bool:
        """Whether every duration is known and there is no loop."""
        return None not in self.durations and True not in self.looped and True not in self.loose

    @property
    def tasks(self) -> int:
        """How many nodes are tasks."""
        return self.is_task.index(False) if False in self.is_task else len(self.is_task)

    def sort_links(self) -> None:
        """Put the links of each node in an order that does not depend on the order they were written in."""
        sides = zip(self.tails, self.heads, self.from_finish, self.to_finish, self.lags, strict=True)
        keys = list(sides)
        for links in self.outgoing:
            links.sort(key=keys.__getitem__)
        for links in self.incoming:
            links.sort(key=keys.__getitem__)


_End = tuple[int, int, bool, bool, int, PlanLink | None]
"""A link under construction: tail, head, whether it leaves the finish, whether it enters it, lag, link."""


def is_finished(task: PlanTask) -> bool:
    """Whether a task is over, by its state or its dates."""
    if task.state is TaskState.DONE or task.actual_finish is not None:
        return True
    return task.actual_start is not None and task.duration_minutes == 0 and not task.remaining_minutes


def lag_of(link: PlanLink, predecessor: PlanTask) -> int | None:
    """The lag in minutes; None when it is part of an unknown duration."""
    if link.unit is not LagUnit.PERCENT:
        return link.lag
    if predecessor.duration_minutes is None:
        return None
    return (link.lag * predecessor.duration_minutes + PERCENT // 2) // PERCENT


def compile_network(plan: Plan, loops: Loops, outline: Outline | None = None) -> Network:
    """Compile a plan; what is computed from the result does not depend on the order of its tasks and links."""
    outline = outline or Outline.of(plan)
    if outline.parts or outline.dropped:
        tasks = [t for t in plan.tasks if outline.is_worked(t)]
    else:
        tasks = [t for t in plan.tasks if not t.level_of_effort]
    tasks.sort(key=_id)
    worked_out = LagUnit.PERCENT in [k.unit for k in plan.links]
    if len(tasks) == len(plan.tasks) and not loops.cycles and not worked_out:
        return _plain(plan, tasks)
    return _Builder(plan, loops, outline, tasks).build()


def _plain(plan: Plan, tasks: list[PlanTask]) -> Network:
    """The network of a plan of tasks and links in minutes, and nothing else: list by list, for speed."""
    ids = [t.id for t in tasks]
    count = len(ids)
    nodes = dict(zip(ids, range(count), strict=True))
    leaving: list[list[PlanLink]] = [[] for _ in ids]
    for link in plan.links:
        leaving[nodes[link.predecessor]].append(link)
    # Links are numbered by the task they leave, so that the passes, which go from task to task, read on in their lists.
    links = [link for own in leaving for link in own]
    numbers = iter(range(len(links)))
    outgoing = [list(islice(numbers, len(own))) for own in leaving]
    tails = [i for i, own in enumerate(leaving) for _ in own]
    heads = [nodes[k.successor] for k in links]
    kinds = [k.type for k in links]
    if kinds.count(LinkType.FS) == len(links):
        from_finish, to_finish = [True] * len(links), [False] * len(links)
    else:
        from_finish, to_finish = [kind in FROM_FINISH for kind in kinds], [kind in TO_FINISH for kind in kinds]
    incoming: list[list[int]] = [[] for _ in ids]
    for k, j in enumerate(heads):
        incoming[j].append(k)
    return Network(
        ids=ids,
        roles=[Role.TASK] * count,
        durations=[t.duration_minutes for t in tasks],
        is_task=[True] * count,
        floors=[0] * count,
        ends=[None] * count,
        caps=[None] * count,
        fixed=[False] * count,
        begun=[None] * count,
        loose=[False] * count,
        looped=[False] * count,
        done=_finished(tasks),
        tails=tails,
        heads=heads,
        from_finish=from_finish,
        to_finish=to_finish,
        lags=[k.lag for k in links],
        links=list[PlanLink | None](links),
        outgoing=outgoing,
        incoming=incoming,
        order=topological(range(count), incoming, outgoing, heads),
        limit=plan.critical_limit_minutes,
        percent_of_unknown=frozenset(),
    )


def _finished(tasks: list[PlanTask]) -> list[bool]:
    """Which of the tasks are over."""
    if TaskState.DONE not in [t.state for t in tasks] and not any(t.actual_start or t.actual_finish for t in tasks):
        return [False] * len(tasks)
    return [is_finished(t) for t in tasks]


class _Builder:
    """Compiles a plan with dropped tasks, summary tasks, loops or lags in parts of durations."""

    def __init__(self, plan: Plan, loops: Loops, outline: Outline, tasks: list[PlanTask]) -> None:
        self.plan = plan
        self.loops = loops
        self.outline = outline
        self.ids = [t.id for t in tasks]
        self.roles = [Role.TASK] * len(tasks)
        self.tasks = tasks
        self.by_id = {t.id: t for t in plan.tasks}
        self.ends: list[_End] = []
        # Node that a link leaving, or entering, an end of a task is tied to: [from start, from finish], the
        # same for entering. Points of summaries are made when the first link needs them.
        node = {name: i for i, name in enumerate(self.ids)}
        self.leaving: tuple[dict[str, int], dict[str, int]] = (dict(node), dict(node))
        self.entering: tuple[dict[str, int], dict[str, int]] = (dict(node), dict(node))
        for name in sorted(outline.dropped - loops.cut):
            start, finish = self._point(name), self._point(name)
            for ends in (self.leaving, self.entering):
                ends[0][name], ends[1][name] = start, finish
            self.ends.append((start, finish, True, False, 0, None))

    def _point(self, name: str, role: Role = Role.POINT) -> int:
        self.ids.append(name)
        self.roles.append(role)
        return len(self.ids) - 1

    def build(self) -> Network:
        cut = self.loops.cut
        cycles = [cycle for cycle in self.loops.cycles if cycle.blame != "part" and len(cycle.tasks) > 1]
        member = {name: cycle.id for cycle in cycles for name in cycle.tasks}
        unknown: set[int] = set()
        for link in self.plan.links:
            first, last = link.predecessor, link.successor
            if first == last or first in cut or last in cut:
                continue
            if self.outline.parts and (self.outline.encloses(first, last) or self.outline.encloses(last, first)):
                continue
            tail = self._tied(first, link.type in FROM_FINISH, enters=False)
            head = self._tied(last, link.type in TO_FINISH, enters=True)
            own = member.get(first)
            # Points are made for these as well: a looped summary task leaves its other parts unknown.
            if tail is None or head is None or (own is not None and own == member.get(last)):
                continue
            lag = lag_of(link, self.by_id[first])
            if lag is None:
                unknown.add(id(link))
            self.ends.append((tail, head, link.type in FROM_FINISH, link.type in TO_FINISH, lag or 0, link))
        return self._finished(unknown, member)

    def _tied(self, name: str, finish: bool, *, enters: bool) -> int | None:
        """Node for an end of a task; None for one that drives nothing and is driven apart from the passes."""
        known = (self.entering if enters else self.leaving)[finish]
        if name not in known:
            if name not in self.outline.parts:
                return None
            point = self._point(name, Role.POINT if enters or finish else Role.FIRST)
            known[name] = point
            for leaf in self.outline.leaves(name):
                part = self._tied(leaf, finish, enters=enters)
                if part is not None:
                    ends = (point, part) if enters else (part, point)
                    self.ends.append((*ends, finish and not enters, finish and enters, 0, None))
        return known[name]

    def _finished(self, unknown: set[int], member: dict[str, str]) -> Network:
        count, ids, ends = len(self.tasks), self.ids, self.ends
        looped = {name for cycle in self.loops.cycles for name in cycle.tasks}
        # What ties the points of a looped summary to its parts closes the same loop again.
        ends = [
            e
            for e in ends
            if e[5] is not None or ids[e[0]] == ids[e[1]] or (member.get(ids[e[0]], "") != member.get(ids[e[1]]))
        ]
        kept = set(range(count))
        if len(ids) > count:
            kept |= {i for i in range(count, len(ids)) if ids[i] in looped}
            kept = _between(kept, len(ids), ends)
            ends = [e for e in ends if e[0] in kept and e[1] in kept]
        ends.sort(key=lambda e: e[:5])
        outgoing: list[list[int]] = [[] for _ in ids]
        incoming: list[list[int]] = [[] for _ in ids]
        for k, end in enumerate(ends):
            outgoing[end[0]].append(k)
            incoming[end[1]].append(k)
        heads = [e[1] for e in ends]
        points = len(ids) - count
        durations = [t.duration_minutes for t in self.tasks]
        return Network(
            ids=ids,
            roles=self.roles,
            durations=durations + [0] * points,
            is_task=[True] * count + [False] * points,
            floors=[0] * count + [None] * points,
            ends=[None] * len(ids),
            caps=[None] * len(ids),
            fixed=[False] * len(ids),
            begun=[None] * len(ids),
            loose=[False] * len(ids),
            looped=[name in looped for name in ids],
            done=[is_finished(t) for t in self.tasks] + [False] * points,
            tails=[e[0] for e in ends],
            heads=heads,
            from_finish=[e[2] for e in ends],
            to_finish=[e[3] for e in ends],
            lags=[e[4] for e in ends],
            links=[e[5] for e in ends],
            outgoing=outgoing,
            incoming=incoming,
            # Points that were taken out keep their numbers but are in no list.
            order=topological(sorted(kept), incoming, outgoing, heads),
            limit=self.plan.critical_limit_minutes,
            percent_of_unknown=frozenset(k for k, e in enumerate(ends) if id(e[5]) in unknown),
        )


def _between(fixed: set[int], nodes: int, ends: Sequence[_End]) -> set[int]:
    """The fixed nodes and those on a way from one of them to another."""
    forward: list[list[int]] = [[] for _ in range(nodes)]
    backward: list[list[int]] = [[] for _ in range(nodes)]
    for end in ends:
        forward[end[0]].append(end[1])
        backward[end[1]].append(end[0])
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


def topological(
    nodes: Iterable[int], incoming: list[list[int]], outgoing: list[list[int]], heads: list[int]
) -> list[int]:
    """The nodes, predecessors first; those on a loop and after it are left out."""
    waiting = [len(links) for links in incoming]
    order = [i for i in nodes if not waiting[i]]
    append = order.append
    for i in order:
        for k in outgoing[i]:
            j = heads[k]
            waiting[j] -= 1
            if not waiting[j]:
                append(j)
    return order
