"""What follows from the two passes: the floats of a task beside total and free float, drag, and paths.

Interfering float is total float less free float; independent float is what is left of free float when all
predecessors are as late as they may be (PMI, *Practice Standard for Scheduling*). Drag is by how much a task
on the critical path lengthens the project: what would be saved if what is left of it took no time at all
(S. Devaux, *Total Project Control*). A task is on the longest path when a chain of driving links leads from it to
a task that finishes last; with several calendars, dates laid down or deadlines those are not the tasks with the
least float.

Nothing here enumerates paths, but for the few that are shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Final

from crm_rules.roadmap.network import Network, Role
from crm_rules.roadmap.schedule import Schedule

_BOUNDLESS: Final = 1 << 62
"""Float of a point that nothing follows any more."""


def longest_path(network: Network, found: Schedule) -> list[bool]:
    """By node, whether it is on the longest path."""
    on_path = [False] * len(network.ids)
    if found.finish is None:
        return on_path
    for i in reversed(network.order):
        ends = network.is_task[i] and found.early_finish[i] == found.finish and not network.looped[i]
        on_path[i] = ends or any(found.driving[k] and on_path[network.heads[k]] for k in network.outgoing[i])
    return on_path


def independent_float(network: Network, found: Schedule) -> list[int | None]:
    """By node; None where it is unknown."""
    count = len(network.ids)
    # By how much a node is moved when everything before it is as late as it may be.
    moved: list[int | None] = [0] * count
    result: list[int | None] = [None] * count
    for j in network.order:
        most: int | None = 0
        for k in network.incoming[j]:
            i, slack = network.tails[k], found.slack[k]
            late = found.total_float[i] if network.is_task[i] else moved[i]
            if late is None or slack is None:
                most = None
                break
            if network.roles[i] is not Role.BEGUN:
                most = max(most or 0, late - max(slack, 0))
        moved[j] = most
        free = found.free_float[j]
        result[j] = 0 if free == 0 else None if most is None or free is None else max(0, free - most)
    return result


def drag(network: Network, found: Schedule) -> list[int | None]:
    """Drag of every node that is critical and not done; None for the others, and where it is unknown.

    Of a task in progress it is what the work left of it costs. A task that is critical only because of a deadline or
    of another date does not make the project longer, so its drag is 0.

    A path that avoids a task passes it on a link from before it to behind it in the order of the nodes. So the
    least float of what runs beside a task is found while sweeping along that order once.
    """
    count = len(network.ids)
    result: list[int | None] = [None] * count
    if found.finish is None:
        return result
    finish = found.finish
    spare = _to_finish(network, found, finish)
    order = network.order
    place = [0] * count
    for position, i in enumerate(order):
        place[i] = position
    beside: list[tuple[int, int]] = []  # float of a way past, place of the node at its end
    # Whoever could begin with the project, or on a date of its own: a way that passes everything before it.
    for i in order:
        floor = network.floors[i]
        if floor is not None:
            heappush(beside, (spare[i] + (found.early_start[i] or 0) - floor, place[i]))
    for position, i in enumerate(order):
        while beside and beside[0][1] <= position:
            heappop(beside)
        if found.critical[i] and network.is_task[i] and not network.done[i]:
            saved = _spare_without(network, found, spare, i, finish)
            if beside:
                saved = min(saved, beside[0][0])
            result[i] = max(0, min(saved, network.durations[i] or 0))
        for k in network.outgoing[i]:
            j, own = network.heads[k], _carried(found, k)
            if own is not None:
                heappush(beside, (own + spare[j], place[j]))
        if network.is_task[i]:
            heappush(beside, (finish - (found.early_finish[i] or 0), count))
    return result


def _to_finish(network: Network, found: Schedule, finish: int) -> list[int]:
    """By how much each node could be later before the project is: total float, deadlines and other dates apart."""
    spare = [_BOUNDLESS] * len(network.ids)
    for i in reversed(network.order):
        least = finish - (found.early_finish[i] or 0) if network.is_task[i] else _BOUNDLESS
        for k in network.outgoing[i]:
            own = _carried(found, k)
            if own is not None:
                least = min(least, own + spare[network.heads[k]])
        spare[i] = least
    return spare


def _carried(found: Schedule, k: int) -> int | None:
    """Slack of a link as far as delay runs along it: a task placed against its links does not move with them."""
    slack = found.slack[k]
    return None if slack is None or slack < 0 else slack


def _spare_without(network: Network, found: Schedule, spare: Sequence[int], i: int, finish: int) -> int:
    """By how much a task could be later before the project is, if it took no time."""
    start, end = found.early_start[i] or 0, found.early_finish[i] or 0
    begin = max(network.floors[i] or 0, network.ends[i] or 0)
    for k in network.incoming[i]:
        own = _carried(found, k)
        if own is not None:
            begin = max(begin, (end if network.to_finish[k] else start) - own)
    bounds = [finish]
    for k in network.outgoing[i]:
        own = _carried(found, k)
        if own is not None:
            bounds.append((end if network.from_finish[k] else start) + own + spare[network.heads[k]])
    return min(bounds) - begin


def slack_to(network: Network, found: Schedule, target: int) -> list[int | None]:
    """By node, how far it can move before a chosen one moves; None where it does not lead there, or is unknown."""
    least: list[int | None] = [None] * len(network.ids)
    least[target] = 0
    for i in reversed(network.order):
        for k in network.outgoing[i]:
            further, own = least[network.heads[k]], found.slack[k]
            if further is None or own is None:
                continue
            known = least[i]
            if known is None or own + further < known:
                least[i] = own + further
    return least


@dataclass(frozen=True, slots=True)
class Chains:
    """Chains of critical tasks joined by driving links.

    Attributes:
        longest: one that ends with the least total float, of several the one that ends last, ties resolved by id.
        count: how many chains there are.
        links: links of the network on any of them, driving ones between critical tasks.
        before: by node, the critical nodes that drive it, ascending.
        ends: nodes chains end at, least total float first, then last finish, then by id.
    """

    longest: tuple[int, ...]
    count: int
    links: tuple[int, ...]
    before: list[list[int]]
    ends: tuple[int, ...]


def critical_chains(network: Network, found: Schedule) -> Chains:
    """All critical paths, counted node by node and never listed: there can be exponentially many.

    A chain starts at a critical task that no critical task drives and ends at one that drives none.
    """
    on_chain = [critical is True and not done for critical, done in zip(found.critical, network.done, strict=True)]
    on_chain = [on or network.roles[i] in (Role.POINT, Role.FIRST) for i, on in enumerate(on_chain)]
    count = [0] * len(network.ids)
    before: list[list[int]] = [[] for _ in network.ids]
    previous: list[int | None] = [None] * len(network.ids)
    drives = [False] * len(network.ids)
    used: list[int] = []
    for j in network.order:
        if not on_chain[j]:
            continue
        driving = [k for k in network.incoming[j] if found.driving[k] and count[network.tails[k]]]
        sources = sorted({network.tails[k] for k in driving})
        count[j] = sum(count[i] for i in sources) or (1 if network.is_task[j] else 0)
        if sources:
            previous[j] = sources[0]
            before[j] = sources
            used += driving
    for j in reversed(network.order):
        # A point drives only if a critical task comes after it.
        if count[j] and (network.is_task[j] or drives[j]):
            for i in before[j]:
                drives[i] = True
    ends = [i for i, n in enumerate(count) if n and network.is_task[i] and not drives[i]]
    ends.sort(key=lambda i: (found.total_float[i] or 0, -(found.early_finish[i] or 0), i))
    used = [k for k in used if network.is_task[network.heads[k]] or drives[network.heads[k]]]
    chain: list[int] = []
    node: int | None = ends[0] if ends else None
    while node is not None:
        chain.append(node)
        node = previous[node]
    return Chains(tuple(reversed(chain)), sum(count[i] for i in ends), tuple(sorted(used)), before, tuple(ends))


def listed(chains: Chains) -> Iterator[tuple[int, ...]]:
    """The chains one by one, the longest first."""
    for end in chains.ends:
        pending: list[tuple[int, tuple[int, ...]]] = [(end, (end,))]
        while pending:
            node, rest = pending.pop()
            sources = chains.before[node]
            if not sources:
                yield rest
            pending += [(i, (i, *rest)) for i in reversed(sources)]
