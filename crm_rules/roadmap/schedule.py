"""Forward and backward pass of the critical path method over a network without unknowns.

All times are whole working minutes since the project start. Definitions follow the precedence diagram
method as in PMI's *PMBOK Guide* and *Practice Standard for Scheduling*; with duration d and lag L, the
links of a task i to a task j mean

    FS  ES_j >= EF_i + L        SS  ES_j >= ES_i + L
    FF  EF_j >= EF_i + L        SF  EF_j >= ES_i + L

A task runs without interruption, EF = ES + d. So every link is a bound ES_j >= ES_i + w between starts,
with w = L, plus d_i if it leaves the finish of i, minus d_j if it enters the finish of j; both passes
and all floats need nothing but w.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crm_rules.roadmap.network import Network


@dataclass(frozen=True, slots=True)
class Schedule:
    """What the passes found, by node and by link of the network; None is unknown.

    Attributes:
        early_start, early_finish: ES, EF: earliest the links allow, the project starting at 0.
        late_start, late_finish: LS, LF: latest that does not move the project finish.
        total_float: LS - ES (PMBOK), minutes the task can move without moving the project finish.
        free_float: minutes the task can move without moving any successor or the project finish.
        critical: total float <= 0. Done tasks are not told apart here.
        driving: by link, whether its slack ES_j - ES_i - w is 0: it holds the successor where it is.
        finish: largest EF of all tasks, 0 without tasks.
    """

    early_start: Sequence[int | None]
    early_finish: Sequence[int | None]
    late_start: Sequence[int | None]
    late_finish: Sequence[int | None]
    total_float: Sequence[int | None]
    free_float: Sequence[int | None]
    critical: Sequence[bool | None]
    driving: Sequence[bool]
    finish: int | None


def schedule(network: Network) -> Schedule:
    """Run both passes.

    Latest finishes are capped at the project finish for every task, also for one with successors: one whose
    successors wait only for its start would otherwise be allowed to end after the project.

    The network must be `certain`.
    """
    durations = [d for d in network.durations if d is not None]
    if len(durations) != len(network.durations) or True in network.looped:
        raise ValueError("a network with unknown durations or loops has no single schedule")
    tails, heads, outgoing, is_task = network.tails, network.heads, network.outgoing, network.is_task
    weights = [
        lag + (durations[i] if leaves else 0) - (durations[j] if enters else 0)
        for i, j, leaves, enters, lag in zip(
            tails, heads, network.from_finish, network.to_finish, network.lags, strict=True
        )
    ]
    lowest = -1 - sum(-w for w in weights if w < 0)  # below everything a point can be pushed to
    early = [0 if task else lowest for task in is_task]
    for i in network.order:
        start = early[i]
        for k in outgoing[i]:
            j = heads[k]
            bound = start + weights[k]
            if bound > early[j]:
                early[j] = bound
    early_finish = [s + d for s, d in zip(early, durations, strict=True)]
    finish = max((f for f, task in zip(early_finish, is_task, strict=True) if task), default=0)
    highest = finish + 1 + sum(abs(w) for w in weights)
    late = [finish - d if task else highest for d, task in zip(durations, is_task, strict=True)]
    # Minutes a node can move before a successor task, or the project finish, moves.
    room = [a - b for a, b in zip(late, early, strict=True)]
    for i in reversed(network.order):
        latest, free, start = late[i], room[i], early[i]
        for k in outgoing[i]:
            j = heads[k]
            bound = late[j] - weights[k]
            if bound < latest:
                latest = bound
            slack = early[j] - start - weights[k]
            if not is_task[j]:
                slack += room[j]
            if slack < free:
                free = slack
        late[i], room[i] = latest, free
    total = [a - b for a, b in zip(late, early, strict=True)]
    return Schedule(
        early_start=early,
        early_finish=early_finish,
        late_start=late,
        late_finish=[s + d for s, d in zip(late, durations, strict=True)],
        total_float=total,
        free_float=room,
        critical=[t <= 0 for t in total],
        driving=[early[j] - early[i] == w for i, j, w in zip(tails, heads, weights, strict=True)],
        finish=finish,
    )
