"""The network a simulation runs on: what is read off a compiled network, and what stops the reading.

This file alone knows the compiled network for the sake of simulation. The plan it is given says nothing that
does not fit one axis of working minutes (`simulation_plan`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from crm_rules.roadmap.analysis import Roadmap
from crm_rules.roadmap.cycles import find_loops
from crm_rules.roadmap.network import Network, compile_network
from crm_rules.roadmap.plan import Estimate, PlanTask, TaskState
from crm_rules.roadmap.simulation_plan import Axis, PlainPlan, Promise, Simplification, is_over, plain_plan

SHOWN_NAMES: Final = 5
"""Tasks named in a sentence; the others are counted."""

MAX_MINUTES: Final = 2**52
"""Sum of all durations, lags and dates up to which every sum of a sample is exact, also as a float."""

Spread = tuple[float, float]
"""Least and most a duration may come to, as parts of it: (-0.1, 0.3) is from 10 % less to 30 % more."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a plan cannot be simulated.

    Attributes:
        kind: `incomplete-list`, `loop`, `unknown-duration`, `nothing-varies` or `too-long`.
        message: one sentence with names.
        tasks: ids of the tasks it is about, sorted.
    """

    kind: str
    message: str
    tasks: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {"kind": self.kind, "message": self.message, "tasks": list(self.tasks)}


@dataclass(frozen=True, slots=True)
class Model:
    """A network with everything on one axis. Lists are by node of the network.

    Attributes:
        network: nodes and links; lags are working minutes.
        names: wording by task id.
        durations: working minutes as the plan has them; of an estimate without a duration, the likely one.
        estimates: three points of the durations to draw; None where the duration stands.
        start_floors: starts are not before.
        finish_floors: finishes are not before; None without.
        start_caps, finish_caps: latest dates that keep all promises; None without.
        promises: with the nodes that have to keep each; sorted by task and kind.
        critical_limit: total float up to which a task is critical, minutes.
        axis: for dates.
        simplifications: sorted by kind.
    """

    network: Network
    names: Mapping[str, str]
    durations: Sequence[int]
    estimates: Sequence[Estimate | None]
    start_floors: Sequence[int]
    finish_floors: Sequence[int | None]
    start_caps: Sequence[int | None]
    finish_caps: Sequence[int | None]
    promises: tuple[tuple[Promise, tuple[int, ...]], ...]
    critical_limit: int
    axis: Axis
    simplifications: tuple[Simplification, ...]

    @property
    def tasks(self) -> int:
        """Number of tasks; nodes from here on are points."""
        return sum(self.network.is_task)

    def early_starts(self, durations: Sequence[int], scale: int = 1) -> list[int]:
        """Forward pass, with durations and results in parts of a minute, `scale` of them to a minute."""
        network = self.network
        starts = [floor * scale for floor in self.start_floors]
        for j in network.order:
            floor = self.finish_floors[j]
            start = starts[j] if floor is None else max(starts[j], floor * scale - durations[j])
            for k in network.incoming[j]:
                start = max(start, starts[network.tails[k]] + self.weight(k, durations, scale))
            starts[j] = start
        return starts

    def weight(self, link: int, durations: Sequence[int], scale: int = 1) -> int:
        """Least distance between the starts a link joins."""
        network = self.network
        distance = network.lags[link] * scale
        if network.from_finish[link]:
            distance += durations[network.tails[link]]
        if network.to_finish[link]:
            distance -= durations[network.heads[link]]
        return distance

    def levels(self) -> list[int]:
        """The longest number of links that lead to each node."""
        network = self.network
        levels = [0] * len(network.ids)
        for i in network.order:
            for k in network.outgoing[i]:
                j = network.heads[k]
                levels[j] = max(levels[j], levels[i] + 1)
        return levels

    def last_task(self, starts: Sequence[int], durations: Sequence[int]) -> int:
        """The task that ends last; of several, the one with most behind it, then the first. There must be a task."""
        levels = self.levels()
        return max(range(self.tasks), key=lambda i: (starts[i] + durations[i], levels[i], -i))


def read_model(roadmap: Roadmap, spread: Spread | None) -> Model | tuple[Obstacle, ...]:
    """The model of a plan, or everything that stands in its way.

    Args:
        roadmap: the analysed plan.
        spread: for tasks that are still to be finished, have a duration and no estimate; None to leave them alone.
    """
    obstacles = _obstacles(roadmap, spread)
    if obstacles:
        return obstacles
    plain = plain_plan(roadmap)
    network = compile_network(plain.plan, find_loops(roadmap.plan))
    lost = sorted({network.ids[i] for i in set(range(len(network.ids))) - set(network.order) if network.is_task[i]})
    if lost:
        names = {t.id: t.name for t in roadmap.plan.tasks}
        message = f"the links of summary tasks and their parts run in a circle: {named(lost, names)}"
        return (Obstacle("loop", message, tuple(lost)),)
    model = _model(roadmap, plain, network, spread)
    if model is None:
        return (Obstacle("too-long", "the durations, lags and dates add up to more minutes than can be counted"),)
    return model


def _obstacles(roadmap: Roadmap, spread: Spread | None) -> tuple[Obstacle, ...]:
    plan = roadmap.plan
    names = {t.id: t.name for t in plan.tasks}
    found: list[Obstacle] = []
    if not plan.complete:
        found.append(Obstacle("incomplete-list", "there may be tasks that are not listed"))
    for cycle in roadmap.cycles:
        way = " → ".join(f"'{names[i]}'" for i in (*cycle.path, cycle.path[0]))
        found.append(Obstacle("loop", f"tasks wait for each other: {way}", cycle.tasks))
    summaries = {t.parent for t in plan.tasks}
    tasks = [t for t in plan.tasks if t.state is not TaskState.DROPPED and t.id not in summaries]
    unknown = sorted(t.id for t in tasks if t.duration_minutes is None and t.estimate is None and not t.level_of_effort)
    if unknown:
        have = "has" if len(unknown) == 1 else "have"
        message = f"{named(unknown, names)} {have} neither a duration nor an estimate"
        found.append(Obstacle("unknown-duration", message, tuple(unknown)))
    if not any(not is_over(t) and (_estimated(t) or _spreads(t, spread)) for t in tasks):
        unfinished = any(not is_over(t) for t in tasks)
        message = "no unfinished task has an estimate in three points" if unfinished else "no task is left to be done"
        found.append(Obstacle("nothing-varies", message))
    return tuple(found)


def _estimated(task: PlanTask) -> bool:
    # It lasts as long as what it accompanies, whatever its own estimate says.
    return task.estimate is not None and not task.level_of_effort


def _spreads(task: PlanTask, spread: Spread | None) -> bool:
    return spread is not None and bool(task.duration_minutes) and not task.level_of_effort


def _model(roadmap: Roadmap, plain: PlainPlan, network: Network, spread: Spread | None) -> Model | None:
    by_id = {t.id: t for t in plain.plan.tasks}
    nodes = len(network.ids)
    estimates: list[Estimate | None] = [None] * nodes
    durations = [0] * nodes
    start_floors: list[int] = [0] * nodes
    finish_floors: list[int | None] = [None] * nodes
    longest = [0] * nodes
    node_of: dict[str, int] = {}
    for i, name in enumerate(network.ids):
        if not network.is_task[i]:
            continue
        node_of[name] = i
        task = by_id[name]
        estimate = task.estimate if _estimated(task) else None
        if task.state is TaskState.OPEN:
            if estimate is None and spread is not None and _spreads(task, spread):
                estimate = _spread_out(task.duration_minutes or 0, spread)
            estimates[i] = estimate
        if task.duration_minutes is not None:
            durations[i] = task.duration_minutes
        elif estimate is not None:
            durations[i] = estimate.likely
        longest[i] = max(durations[i], estimate.pessimistic if estimate else 0)
        start_floors[i] = plain.start_floors.get(name, 0)
        finish_floors[i] = plain.finish_floors.get(name)
    reach = sum(longest) + sum(map(abs, network.lags))
    reach += sum(map(abs, start_floors)) + sum(abs(f) for f in finish_floors if f is not None)
    reach += sum(abs(p.minutes) for p in plain.promises)
    if reach >= MAX_MINUTES:
        return None
    for i in range(nodes):
        if not network.is_task[i]:
            start_floors[i] = -1 - reach  # below everything a point can be pushed to
    start_caps: list[int | None] = [None] * nodes
    finish_caps: list[int | None] = [None] * nodes
    promises: list[tuple[Promise, tuple[int, ...]]] = []
    for promise in plain.promises:
        holders = tuple(node_of[name] for name in promise.holders if name in node_of)
        promises.append((promise, holders))
        caps = start_caps if promise.of_start else finish_caps
        for node in holders:
            known = caps[node]
            if not network.done[node]:
                caps[node] = promise.minutes if known is None else min(known, promise.minutes)
    model = Model(
        network=network,
        names={t.id: t.name for t in roadmap.plan.tasks},
        durations=durations,
        estimates=estimates,
        start_floors=start_floors,
        finish_floors=finish_floors,
        start_caps=start_caps,
        finish_caps=finish_caps,
        promises=tuple(promises),
        critical_limit=roadmap.plan.critical_limit_minutes,
        axis=plain.axis,
        simplifications=plain.simplifications,
    )
    return replace(model, simplifications=(*plain.simplifications, *_other_dates(model, roadmap, plain.begun)))


def _spread_out(minutes: int, spread: Spread) -> Estimate:
    low, high = spread
    return Estimate(max(0, round(minutes * (1 + low))), minutes, max(minutes, round(minutes * (1 + high))))


def _other_dates(model: Model, roadmap: Roadmap, begun: frozenset[str]) -> Iterable[Simplification]:
    """Whatever else tells the model from the schedule: tasks it puts at other dates although nothing varies."""
    starts = model.early_starts(model.durations)
    others: list[str] = []
    for i, name in enumerate(model.network.ids[: model.tasks]):
        scheduled = roadmap.tasks.get(name)
        if scheduled is None or scheduled.early_start_minutes is None or scheduled.early_finish_minutes is None:
            continue
        # Of a task in progress the model has what is left, which starts later than the task did.
        same_start = name in begun or starts[i] == scheduled.early_start_minutes
        if not same_start or starts[i] + model.durations[i] != scheduled.early_finish_minutes:
            others.append(name)
    if others:
        message = f"the simulation starts from other dates than the schedule has for {named(others, model.names)}"
        yield Simplification("other-dates", message, tuple(others))


def named(ids: Sequence[str], names: Mapping[str, str]) -> str:
    """Names of tasks in quotes, cut short with a count."""
    shown = [f"'{names[i]}'" for i in ids]
    if len(shown) > SHOWN_NAMES + 1:
        shown = [*shown[:SHOWN_NAMES], f"{len(shown) - SHOWN_NAMES} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
