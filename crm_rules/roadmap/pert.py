"""PERT: the finish of a plan from the means and deviations of its three-point durations, without sampling.

A duration with optimistic, likely and pessimistic values o, m and p has mean (o + 4m + p) / 6 and standard
deviation (p - o) / 6 (Malcolm, Roseboom, Clark and Fazar 1959). Both are approximations: a beta distribution of
that mean and mode has a deviation that depends on m (of 8, 10, 15 it is 1.27, not 1.17), and adding variances
takes the durations for independent.

The mean and the deviation here are those of one path, the longest by means. They are the project's only where
no other path can ever be longer; where paths meet, the latest one decides, and the project is later than every
single one of them (merge bias, Clark 1961). So a probability is given in the first case and refused otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from crm_rules.roadmap.analysis import Roadmap, analyse
from crm_rules.roadmap.plan import Estimate, Plan
from crm_rules.roadmap.simulation_network import Model, Obstacle, Spread, read_model
from crm_rules.roadmap.simulation_plan import Simplification

SIXTHS: Final = 6
"""Parts of a minute in which means of durations are whole numbers."""


def pert_mean(estimate: Estimate) -> float:
    """(o + 4m + p) / 6, in minutes."""
    return sixfold_mean(estimate) / SIXTHS


def pert_deviation(estimate: Estimate) -> float:
    """(p - o) / 6, in minutes: an approximation of the standard deviation."""
    return (estimate.pessimistic - estimate.optimistic) / SIXTHS


@dataclass(frozen=True, slots=True)
class Pert:
    """The longest path of a plan by mean durations.

    Attributes:
        path: ids of its tasks, in their order.
        mean_minutes: its mean finish in working minutes from project start. Of the project's mean it is a lower bound.
        deviation_minutes: standard deviation of its length (an approximation, see the module).
        merging: ids of tasks on other paths that can be the longer ones, sorted; empty when the path is the
            longest whatever happens.
        task_means, task_deviations: minutes, by id of the tasks that vary.
        simplifications: what is computed in a simpler way than the plan says.
    """

    path: tuple[str, ...]
    mean_minutes: float
    deviation_minutes: float
    merging: tuple[str, ...]
    task_means: Mapping[str, float]
    task_deviations: Mapping[str, float]
    simplifications: tuple[Simplification, ...]

    def probability(self, minutes: int) -> float | None:
        """Chance that the project finishes within so many minutes of its start, by the normal distribution.

        None where paths merge: the chance of one path would be taken for the project's, and is too high.
        """
        if self.merging:
            return None
        if not self.deviation_minutes:
            return 1.0 if minutes >= self.mean_minutes else 0.0
        return 0.5 * math.erfc((self.mean_minutes - minutes) / (self.deviation_minutes * math.sqrt(2)))

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "path": list(self.path),
            "mean_minutes": round(self.mean_minutes, 3),
            "deviation_minutes": round(self.deviation_minutes, 3),
            "merging": list(self.merging),
            "tasks": [
                {
                    "id": name,
                    "mean_minutes": round(mean, 3),
                    "deviation_minutes": round(self.task_deviations[name], 3),
                }
                for name, mean in self.task_means.items()
            ],
            "simplifications": [s.to_dict() for s in self.simplifications],
        }


def pert(subject: Roadmap | Plan, spread: Spread | None = None) -> Pert | tuple[Obstacle, ...]:
    """PERT of a plan, or what stands in its way.

    Args:
        subject: the plan, or its roadmap.
        spread: for tasks without an estimate, as in `simulation.simulate`.
    """
    model = read_model(analyse(subject) if isinstance(subject, Plan) else subject, spread)
    if isinstance(model, tuple):
        return model
    sixths = [
        duration * SIXTHS if e is None else sixfold_mean(e)
        for duration, e in zip(model.durations, model.estimates, strict=True)
    ]
    path = longest_path(model, sixths)
    last = path.nodes[-1]
    finish = model.early_starts(sixths, SIXTHS)[last] + sixths[last]
    ids = model.network.ids
    varying = {i: e for i, e in enumerate(model.estimates) if e is not None}
    return Pert(
        path=tuple(ids[i] for i in path.nodes if model.network.is_task[i]),
        mean_minutes=finish / SIXTHS,
        # Sixths of a minute, squared: whole numbers until the root.
        deviation_minutes=math.sqrt(
            sum(
                (n * (varying[i].pessimistic - varying[i].optimistic)) ** 2
                for i, n in path.counted.items()
                if i in varying
            )
        )
        / SIXTHS,
        merging=tuple(ids[i] for i in _merging(model, path)),
        task_means={ids[i]: pert_mean(e) for i, e in varying.items()},
        task_deviations={ids[i]: pert_deviation(e) for i, e in varying.items()},
        simplifications=model.simplifications,
    )


def sixfold_mean(estimate: Estimate) -> int:
    """The mean in sixths of a minute, o + 4m + p: a whole number."""
    return estimate.optimistic + 4 * estimate.likely + estimate.pessimistic


@dataclass(frozen=True, slots=True)
class Path:
    """A longest path to the project finish.

    Attributes:
        nodes: of the network, in their order; the first one starts at a date of its own.
        links: between them.
        counted: how often the duration of each node counts: once where the path goes through it from start to
            finish, not at all where it joins two starts, less than nothing where it runs from the finish back.
    """

    nodes: tuple[int, ...]
    links: tuple[int, ...]
    counted: Mapping[int, int]


def longest_path(model: Model, durations: Sequence[int], scale: int = SIXTHS) -> Path:
    """The path that decides the project finish, ties resolved by id; durations in parts of a minute."""
    network = model.network
    starts = model.early_starts(durations, scale)
    node = model.last_task(starts, durations)
    nodes, links, counted = [node], [], {node: 1}
    while starts[node] > model.start_floors[node] * scale:
        floor = model.finish_floors[node]
        if floor is not None and starts[node] == floor * scale - durations[node]:
            counted[node] -= 1  # the end is held by a date, whatever the duration
            break
        link = min(
            (
                k
                for k in network.incoming[node]
                if starts[network.tails[k]] + model.weight(k, durations, scale) == starts[node]
            ),
            key=lambda k: (network.tails[k], network.from_finish[k], network.to_finish[k], network.lags[k]),
        )
        if network.to_finish[link]:
            counted[node] -= 1
        node = network.tails[link]
        nodes.append(node)
        links.append(link)
        counted[node] = 1 if network.from_finish[link] else 0
    return Path(tuple(reversed(nodes)), tuple(reversed(links)), counted)


def _merging(model: Model, path: Path) -> list[int]:
    """Tasks through which a path can run that is longer than this one for some durations.

    With finish-to-start links alone, a path is longer by most where it takes its pessimistic durations and this
    one its optimistic ones; tasks on both make no difference. So one pass over these durations decides. Where
    a duration can count otherwise than once, nothing is ruled out: the tasks whose starts or finishes are
    joined otherwise, or held by a date, count as merging.
    """
    network = model.network
    otherwise = {i for i, floor in enumerate(model.finish_floors) if floor is not None}
    for i, j, from_finish, to_finish in zip(
        network.tails, network.heads, network.from_finish, network.to_finish, strict=True
    ):
        # A point has no duration: its start and its finish are one.
        if (not from_finish and network.is_task[i]) or (to_finish and network.is_task[j]):
            otherwise |= {n for n in (i, j) if network.is_task[n]}
    if otherwise:
        return sorted(otherwise)
    durations = list(model.durations)
    for i, estimate in enumerate(model.estimates):
        if estimate is not None:
            durations[i] = estimate.optimistic if i in path.counted else estimate.pessimistic
    starts = model.early_starts(durations)
    # Longest way from the start of each node to the end of the project, and where the path itself is.
    ahead = list(durations)
    for i in reversed(network.order):
        for k in network.outgoing[i]:
            ahead[i] = max(ahead[i], model.weight(k, durations) + ahead[network.heads[k]])
    at = [model.start_floors[path.nodes[0]]]
    for k in path.links:
        at.append(at[-1] + model.weight(k, durations))
    length = at[-1] + durations[path.nodes[-1]]
    others = [i for i in range(model.tasks) if i not in path.counted and starts[i] + ahead[i] > length]
    # A link that leaves out a part of the path runs through no other task.
    late = [i for i, own in zip(path.nodes, at, strict=True) if starts[i] > own and network.is_task[i]]
    return others or sorted(late)
