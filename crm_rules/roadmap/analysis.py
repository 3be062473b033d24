"""From a plan to its roadmap: the one straight line through graph, loops, passes and calendar.

What each value means is defined in `schedule`, what an unknown duration or a loop does to it in
`uncertain`, what becomes of dropped tasks in `network`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import networkx as nx

from crm_rules.roadmap.cycles import Cycle, Loops, find_loops
from crm_rules.roadmap.graph import graph_of
from crm_rules.roadmap.network import Network, compile_network
from crm_rules.roadmap.plan import LinkType, Plan, TaskState, days_of
from crm_rules.roadmap.schedule import Schedule, schedule
from crm_rules.roadmap.uncertain import Reasons, uncertain_schedule
from crm_rules.roadmap.working_time import Edge, WorkingCalendar

UNLISTED = ("tasks",)
"""What leaves everything unknown when there may be tasks that are not listed."""


@dataclass(frozen=True, slots=True)
class Driver:
    """What holds a task at its early dates: without it (and others that tie with it) the task could move earlier.

    Attributes:
        predecessor: task id.
        type: ends that are joined.
        lag_minutes: working minutes between them.
        through: ids of dropped tasks the order was written through, nearest to the held task first. Of
            several tasks that drive through the same dropped task, one stands for all.
    """

    predecessor: str
    type: LinkType
    lag_minutes: int
    through: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TaskSchedule:
    """The schedule of one task that is part of the plan. None is unknown throughout.

    Attributes:
        id: task id.
        early_start_minutes, early_finish_minutes, late_start_minutes, late_finish_minutes: working minutes
            from project start.
        total_float_minutes: late start - early start (PMBOK): how far the task can move without moving the
            project finish.
        free_float_minutes: how far it can move without moving any successor, or the project finish.
        critical: total float <= 0, and not done.
        driving: predecessors that certainly hold the task where it is, sorted; empty when it starts with the project.
        early_start, early_finish, late_start, late_finish: the same as dates and times; None also when the
            roadmap has no start date. A task without duration stands at the end of the work before it
            (17:00), at project start at the beginning of the first day.
    """

    id: str
    early_start_minutes: int | None
    early_finish_minutes: int | None
    late_start_minutes: int | None
    late_finish_minutes: int | None
    total_float_minutes: int | None
    free_float_minutes: int | None
    critical: bool | None
    driving: tuple[Driver, ...]
    early_start: dt.datetime | None
    early_finish: dt.datetime | None
    late_start: dt.datetime | None
    late_finish: dt.datetime | None

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready: ISO date-times, minutes, drivers as objects."""
        return {
            "id": self.id,
            "early_start": _iso(self.early_start),
            "early_finish": _iso(self.early_finish),
            "late_start": _iso(self.late_start),
            "late_finish": _iso(self.late_finish),
            "early_start_minutes": self.early_start_minutes,
            "early_finish_minutes": self.early_finish_minutes,
            "late_start_minutes": self.late_start_minutes,
            "late_finish_minutes": self.late_finish_minutes,
            "total_float_minutes": self.total_float_minutes,
            "free_float_minutes": self.free_float_minutes,
            "critical": self.critical,
            "driving": [
                {
                    "predecessor": d.predecessor,
                    "type": d.type.value,
                    "lag_minutes": d.lag_minutes,
                    "through": list(d.through),
                }
                for d in self.driving
            ],
        }


@dataclass(frozen=True)
class Roadmap:
    """What can be said about a plan. The order in which tasks and links are written changes nothing.

    Attributes:
        plan: what was analysed.
        tasks: schedule by task id, in ascending order of ids, without dropped tasks.
        cycles: the loops, sorted by their smallest task.
        finish_minutes: project finish in working minutes from project start; None when unknown.
        start_date: first working day: the earliest stated start among the tasks that wait for no other;
            None when none of them states one.
        finish: project finish as date and time; None without it or without a start date.
        critical_path: a longest chain of critical tasks joined by driving links, from its first task to the
            project finish, ties resolved by id; empty when nothing is critical any more; None when unknown.
        critical_path_count: how many such chains there are, exactly; None when unknown. Ways through a
            dropped task count as its links are written.
        calendar: working time used for dates.
    """

    plan: Plan
    tasks: Mapping[str, TaskSchedule]
    cycles: tuple[Cycle, ...]
    finish_minutes: int | None
    start_date: dt.date | None
    finish: dt.datetime | None
    critical_path: tuple[str, ...] | None
    critical_path_count: int | None
    calendar: WorkingCalendar
    _reasons: Reasons | None = field(default=None, repr=False, compare=False)

    @property
    def finish_days(self) -> int | float | None:
        """Project finish in working days from project start; None when unknown."""
        return None if self.finish_minutes is None else days_of(self.finish_minutes)

    @cached_property
    def graph(self) -> nx.MultiDiGraph[str]:
        """The dependency graph, see `graph.graph_of`; nodes in the schedule also carry two results.

        These are `critical` and `total_float_minutes`. Nothing is computed from the graph, so it may be changed.
        """
        graph = graph_of(self.plan)
        for task in self.tasks.values():
            graph.nodes[task.id].update(critical=task.critical, total_float_minutes=task.total_float_minutes)
        return graph

    def causes(self, task: str, value: str) -> tuple[str, ...]:
        """The inputs that leave a value unknown; empty when it is known.

        Args:
            task: id of a task of the schedule.
            value: name of a field of `TaskSchedule` in minutes, or `critical`.

        Raises:
            KeyError: there is no such task or value.
        """
        if value != "critical" and value not in _MINUTES:
            raise KeyError(value)
        if getattr(self.tasks[task], value) is not None:
            return ()
        if self._reasons is None:
            return UNLISTED
        node = self._nodes[task]
        match value:
            case "early_start_minutes":
                return self._reasons.early_start(node)
            case "early_finish_minutes":
                return self._reasons.early_finish(node)
            case "free_float_minutes":
                return self._reasons.free_float(node)
            case _:
                return self._reasons.whole_plan

    @cached_property
    def _nodes(self) -> dict[str, int]:
        return {name: node for node, name in enumerate(self.tasks)}

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, deterministic."""
        paths = None if self.critical_path is None else [list(self.critical_path)] if self.critical_path else []
        return {
            "start": None if self.start_date is None else self.start_date.isoformat(),
            "finish": _iso(self.finish),
            "finish_minutes": self.finish_minutes,
            "tasks": [task.to_dict() for task in self.tasks.values()],
            "critical_paths": paths,
            "critical_path_count": self.critical_path_count,
            "cycles": [
                {
                    "id": c.id,
                    "tasks": list(c.tasks),
                    "path": list(c.path),
                    "culprit": None if c.culprit is None else list(c.culprit),
                    "blame": c.blame,
                }
                for c in self.cycles
            ],
        }


_MINUTES = (
    "early_start_minutes",
    "early_finish_minutes",
    "late_start_minutes",
    "late_finish_minutes",
    "total_float_minutes",
    "free_float_minutes",
)


def _iso(instant: dt.datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()


def analyse(plan: Plan, calendar: WorkingCalendar | None = None) -> Roadmap:
    """Everything the roadmap can say about a plan.

    Loops and unknown durations never stop the analysis; they leave unknown what they could change. When
    the list of tasks may be incomplete, nothing is scheduled: an unlisted task could hold any other one.
    """
    calendar = calendar or WorkingCalendar()
    loops = find_loops(plan)
    if not plan.complete:
        return _unscheduled(plan, loops, calendar)
    network = compile_network(plan, loops)
    reasons: Reasons | None = None
    if network.certain:
        found = schedule(network)
        path, count = _critical_chains(network, found)
    else:
        found, reasons = uncertain_schedule(network, loops.cycles)
        path, count = None, None
    origin = _origin(plan, network)
    drivers = _drivers(network, found)

    def instant(minutes: int | None, edge: Edge, milestone: bool = False) -> dt.datetime | None:
        if minutes is None or origin is None:
            return None
        if milestone:
            edge = Edge.FINISH if minutes else Edge.START
        return calendar.instant(origin, minutes, edge)

    tasks: dict[str, TaskSchedule] = {}
    for i, name in enumerate(network.ids):
        if not network.is_task[i]:
            break  # points come after all tasks
        milestone = network.durations[i] == 0
        start, finish = found.early_start[i], found.early_finish[i]
        late_start, late_finish = found.late_start[i], found.late_finish[i]
        tasks[name] = TaskSchedule(
            id=name,
            early_start_minutes=start,
            early_finish_minutes=finish,
            late_start_minutes=late_start,
            late_finish_minutes=late_finish,
            total_float_minutes=found.total_float[i],
            free_float_minutes=found.free_float[i],
            critical=False if network.done[i] else found.critical[i],
            driving=drivers[i],
            early_start=instant(start, Edge.START, milestone),
            early_finish=instant(finish, Edge.FINISH, milestone),
            late_start=instant(late_start, Edge.START, milestone),
            late_finish=instant(late_finish, Edge.FINISH, milestone),
        )
    return Roadmap(
        plan=plan,
        tasks=tasks,
        cycles=loops.cycles,
        finish_minutes=found.finish,
        start_date=origin,
        finish=instant(found.finish, Edge.FINISH, milestone=not found.finish),
        critical_path=path,
        critical_path_count=count,
        calendar=calendar,
        _reasons=reasons,
    )


def _unscheduled(plan: Plan, loops: Loops, calendar: WorkingCalendar) -> Roadmap:
    tasks = {
        t.id: TaskSchedule(
            id=t.id,
            early_start_minutes=None,
            early_finish_minutes=None,
            late_start_minutes=None,
            late_finish_minutes=None,
            total_float_minutes=None,
            free_float_minutes=None,
            critical=False if t.state is TaskState.DONE else None,
            driving=(),
            early_start=None,
            early_finish=None,
            late_start=None,
            late_finish=None,
        )
        for t in sorted(plan.tasks, key=lambda t: t.id)
        if t.state is not TaskState.DROPPED
    }
    return Roadmap(plan, tasks, loops.cycles, None, None, None, None, None, calendar)


def _origin(plan: Plan, network: Network) -> dt.date | None:
    """The earliest stated start of a task that waits for no other."""
    stated = {t.id: t.start for t in plan.tasks}
    free = (
        stated[name]
        for i, name in enumerate(network.ids)
        if network.is_task[i] and not network.incoming[i] and not network.looped[i]
    )
    return min((date for date in free if date is not None), default=None)


def _drivers(network: Network, found: Schedule) -> list[tuple[Driver, ...]]:
    """Driving predecessors by node; points hand on one of their own."""
    drivers: list[tuple[Driver, ...]] = [()] * len(network.ids)
    for j in network.order:
        own: list[Driver] = []
        for k in network.incoming[j]:
            if not found.driving[k]:
                continue
            i = network.tails[k]
            lag = network.lags[k]
            if network.is_task[i]:
                kind = LinkType.joining(network.from_finish[k], network.to_finish[k])
                own.append(Driver(network.ids[i], kind, lag))
            elif drivers[i]:
                far = drivers[i][0]
                kind = LinkType.joining(far.type.from_finish, network.to_finish[k])
                name = network.ids[i]
                through = far.through if far.through[:1] == (name,) else (name, *far.through)
                own.append(Driver(far.predecessor, kind, far.lag_minutes + lag, through))
        own.sort(key=lambda d: (d.predecessor, d.type, d.lag_minutes, len(d.through), d.through))
        drivers[j] = tuple(dict.fromkeys(own)) if network.is_task[j] else tuple(own[:1])
    return drivers


def _critical_chains(network: Network, found: Schedule) -> tuple[tuple[str, ...], int]:
    """One longest chain of critical tasks joined by driving links, and the number of such chains.

    A chain starts at a critical task that no critical task drives and ends at one that drives none. They are
    counted node by node, never listed: there can be exponentially many.
    """
    on_chain = [critical is True and not done for critical, done in zip(found.critical, network.done, strict=True)]
    count = [0] * len(network.ids)
    previous: list[int | None] = [None] * len(network.ids)
    drives = [False] * len(network.ids)
    for j in network.order:
        if not on_chain[j]:
            continue
        sources = {network.tails[k] for k in network.incoming[j] if found.driving[k] and count[network.tails[k]]}
        count[j] = sum(count[i] for i in sources) or (1 if network.is_task[j] else 0)
        if sources:
            previous[j] = min(sources)
    for j in reversed(network.order):
        # A point drives only if a critical task comes after it.
        if count[j] and (network.is_task[j] or drives[j]):
            for k in network.incoming[j]:
                if found.driving[k]:
                    drives[network.tails[k]] = True
    ends = [i for i, n in enumerate(count) if n and network.is_task[i] and not drives[i]]
    if not ends:
        return (), 0
    last = max(ends, key=lambda i: (found.early_finish[i] or 0, -i))
    chain: list[str] = []
    node: int | None = last
    while node is not None:
        if network.is_task[node]:
            chain.append(network.ids[node])
        node = previous[node]
    return tuple(reversed(chain)), sum(count[i] for i in ends)
