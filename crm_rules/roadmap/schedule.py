"""Forward and backward pass of the critical path method on one axis of working minutes, without unknowns.

All times are whole working minutes since the project start. Definitions follow the precedence diagram
method as in PMI's *PMBOK Guide* and *Practice Standard for Scheduling*; with duration d and lag L, the
links of a task i to a task j mean

    FS  ES_j >= EF_i + L        SS  ES_j >= ES_i + L
    FF  EF_j >= EF_i + L        SF  EF_j >= ES_i + L

A task runs without interruption, EF = ES + d. So every link is a bound ES_j >= ES_i + w between starts,
with w = L, plus d_i if it leaves the finish of i, minus d_j if it enters the finish of j; both passes
and all floats need nothing but w. What dates and progress add are bounds too, see `progress`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crm_rules.roadmap.network import Network, Role


@dataclass(frozen=True, slots=True)
class Span:
    """When a task is, in minutes of the clock; the right side of a break is shown.

    Attributes:
        early_start, early_finish, late_start, late_finish: see `TaskSchedule`.
    """

    early_start: int
    early_finish: int
    late_start: int | None
    late_finish: int | None


@dataclass(frozen=True, slots=True)
class Schedule:
    """What the passes found, by node and by link of the network; None is unknown.

    Attributes:
        early_start, early_finish: ES, EF: earliest the links allow, the project starting at 0. Of a task in
            progress ES is when what is left of it starts.
        late_start, late_finish: LS, LF: latest that does not move the project finish or miss a deadline.
        total_float: LS - ES (PMBOK), minutes the task can move without moving the project finish.
        free_float: minutes the task can move without moving any successor or the project finish.
        critical: total float at or below the plan's limit. Done tasks are not told apart here.
        driving: by link, whether it holds the successor where it is.
        slack: by link, minutes the predecessor can move before the link moves the successor.
        finish: largest EF of all tasks, 0 without tasks.
        spans: dates, where the passes ran on the clock; None where they follow from the minutes.
    """

    early_start: Sequence[int | None]
    early_finish: Sequence[int | None]
    late_start: Sequence[int | None]
    late_finish: Sequence[int | None]
    total_float: Sequence[int | None]
    free_float: Sequence[int | None]
    critical: Sequence[bool | None]
    driving: Sequence[bool]
    slack: Sequence[int | None]
    finish: int | None
    spans: Sequence[Span | None] | None = None


def schedule(network: Network) -> Schedule:
    """Run both passes.

    Latest finishes are capped at the project finish for every task, also for one with successors: one whose
    successors wait only for its start would otherwise be allowed to end after the project. A deadline caps
    them too, and moves nothing else. What is finished has no float.

    The network must be `certain`.
    """
    durations = [d for d in network.durations if d is not None]
    if len(durations) != len(network.durations) or True in network.looped:
        raise ValueError("a network with unknown durations or loops has no single schedule")
    heads, outgoing, order = network.heads, network.outgoing, network.order
    weights = _weights(network, durations)
    points = False in network.is_task
    early = _early(network, weights) if points else [f or 0 for f in network.floors]
    for i in order:
        start = early[i]
        for k in outgoing[i]:
            j = heads[k]
            bound = start + weights[k]
            if bound > early[j]:
                early[j] = bound
    early_finish = [s + d for s, d in zip(early, durations, strict=True)]
    finish = max(early_finish[: network.tasks] if points else early_finish, default=0)
    late = [finish - d for d in durations]
    if points:
        late[network.tasks :] = [finish + 1 + sum(map(abs, weights))] * (len(late) - network.tasks)
    # Minutes a node can move before a successor task, or the project finish, moves.
    room = [a - b for a, b in zip(late, early, strict=True)]
    capped = network.caps.count(None) < len(late)
    if capped:
        for i, cap in enumerate(network.caps):
            if cap is not None and cap - durations[i] < late[i]:
                late[i] = cap - durations[i]
    slacks = [early[j] - early[i] - w for i, j, w in zip(network.tails, heads, weights, strict=True)]
    _backward(network, weights, slacks, late, room)
    if True in network.fixed:
        for i, fixed in enumerate(network.fixed):
            if fixed:
                late[i], room[i] = early[i], 0
    if capped:
        for i in range(network.tasks):
            if not outgoing[i] and not network.fixed[i]:
                # Nothing follows, so what is free is all there is.
                room[i] = max(0, late[i] - early[i])
    if points:
        _start_of_begun(network, room)
    total = [a - b for a, b in zip(late, early, strict=True)]
    limit = network.limit
    return Schedule(
        early_start=early,
        early_finish=early_finish,
        late_start=late,
        late_finish=[s + d for s, d in zip(late, durations, strict=True)],
        total_float=total,
        free_float=room,
        critical=[t <= limit for t in total],
        driving=[s == 0 for s in slacks],
        slack=slacks,
        finish=finish,
    )


def _weights(network: Network, durations: Sequence[int]) -> list[int]:
    """By link, the least distance of the starts it joins."""
    if True not in network.to_finish and False not in network.from_finish:
        return [lag + durations[i] for i, lag in zip(network.tails, network.lags, strict=True)]
    return [
        lag + (durations[i] if leaves else 0) - (durations[j] if enters else 0)
        for i, j, leaves, enters, lag in zip(
            network.tails, network.heads, network.from_finish, network.to_finish, network.lags, strict=True
        )
    ]


def _backward(
    network: Network, weights: Sequence[int], slacks: Sequence[int], late: list[int], room: list[int]
) -> None:
    """Pull late starts, and what a node can move by itself, down to what its links allow."""
    heads, outgoing, is_task = network.heads, network.outgoing, network.is_task
    points = False in is_task
    for i in reversed(network.order):
        links = outgoing[i]
        if not links:
            continue
        least, free = late[i], room[i]
        for k in links:
            j = heads[k]
            bound = late[j] - weights[k]
            if bound < least:
                least = bound
            slack = slacks[k]
            if points and not is_task[j]:
                slack += room[j]
            if slack < free:
                free = slack
        late[i], room[i] = least, free


def _early(network: Network, weights: Sequence[int]) -> list[int]:
    """Where the forward pass begins: points lie below everything they can be pushed to."""
    floors = [f for f in network.floors if f is not None]
    lowest = min([0, *floors]) - 1 - sum(-w for w in weights if w < 0)
    return [lowest if f is None else f for f in network.floors]


def _start_of_begun(network: Network, room: list[int]) -> None:
    """What waits for the start of a task in progress takes free float away, although that start cannot move."""
    begun = {network.ids[i]: i for i, start in enumerate(network.begun) if start is not None}
    for i in range(network.tasks, len(network.ids)):
        if network.roles[i] is Role.BEGUN:
            task = begun[network.ids[i]]
            room[task] = min(room[task], room[i])
