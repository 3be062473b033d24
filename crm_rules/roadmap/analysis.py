"""From a plan to its roadmap: the one straight line through graph, loops, passes and calendar.

What each value means is defined in `results` and `schedule`, what dates and progress do in `progress` and
`clock`, what an unknown duration or a loop does in `uncertain`, what becomes of dropped and summary tasks in
`network`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any, Final

import networkx as nx

from crm_rules.roadmap.axis import Axis
from crm_rules.roadmap.causes import Reasons, duration_path
from crm_rules.roadmap.clock import clock_schedule
from crm_rules.roadmap.cycles import NO_LOOPS, Cycle, Loops, find_loops
from crm_rules.roadmap.dates import Instants, instants
from crm_rules.roadmap.floats import (
    Chains,
    critical_chains,
    drag,
    independent_float,
    listed,
    longest_path,
    slack_to,
)
from crm_rules.roadmap.graph import graph_of
from crm_rules.roadmap.network import Network, Role, compile_network, is_finished
from crm_rules.roadmap.outline import Outline
from crm_rules.roadmap.plan import MINUTES_PER_DAY, ConstraintType, LinkType, Plan, PlanLink, PlanTask, days_of
from crm_rules.roadmap.progress import needs_clock, on_axis
from crm_rules.roadmap.reasons import DATES, Narrator
from crm_rules.roadmap.results import Driver, TaskSchedule, iso
from crm_rules.roadmap.rollup import accompanying, summary_schedules
from crm_rules.roadmap.schedule import Schedule, schedule
from crm_rules.roadmap.sequence import out_of_sequence
from crm_rules.roadmap.uncertain import uncertain_schedule
from crm_rules.roadmap.working_time import WorkingCalendar, moment

__all__ = ["Driver", "Roadmap", "TaskSchedule", "analyse"]

UNLISTED = ("tasks",)
"""What leaves everything unknown when there may be tasks that are not listed."""

LISTED_PATHS: Final = 10
"""Critical paths shown unless more are asked for."""

NEAR_CRITICAL_DAYS: Final = 5
NEAR_CRITICAL_PERCENT: Final = 5
"""A task is near-critical within five working days, or this share of what is left of the project if that is more."""


@dataclass(frozen=True, slots=True)
class _Inner:
    """What the roadmap was read off, for questions asked later."""

    network: Network
    found: Schedule
    axis: Axis
    outline: Outline
    nodes: Mapping[str, int]


@dataclass(frozen=True)
class Roadmap:
    """What can be said about a plan. The order in which tasks and links are written changes nothing.

    Attributes:
        plan: what was analysed.
        tasks: schedule by task id, in ascending order of ids, without dropped tasks.
        cycles: the loops, sorted by their smallest task.
        finish_minutes: project finish in working minutes from project start; None when unknown.
        start_date: day the project starts: the plan's start; else the earliest start stated, reported or laid down
            among the tasks that wait for no other; else the earliest date the plan names; None when it names none.
        finish: project finish as date and time; None without it or without a start date.
        critical_path: a chain of critical tasks joined by driving links that ends with the least total float: the one
            that is late, or else one to the project finish; of several the one that ends last, ties resolved by id;
            empty when nothing is critical any more; None when unknown.
        critical_path_count: how many such chains there are, exactly; None when unknown. Ways through a
            dropped task count as its links are written.
        critical_links: links on any of them, by task ids and type; those through dropped and summary tasks included.
        near_critical_minutes: tasks with at most this much more total float than critical ones are near-critical.
        out_of_sequence: links whose successor went ahead although its predecessor had not, sorted.
        calendar: the plan's working time.
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
    critical_links: tuple[PlanLink, ...] | None = None
    near_critical_minutes: int = NEAR_CRITICAL_DAYS * MINUTES_PER_DAY
    out_of_sequence: tuple[PlanLink, ...] = ()
    _reasons: Reasons | None = field(default=None, repr=False, compare=False)
    _inner: _Inner | None = field(default=None, repr=False, compare=False)
    _chains: Chains | None = field(default=None, repr=False, compare=False)

    @property
    def finish_days(self) -> int | float | None:
        """Project finish in working days from project start; None when unknown."""
        return None if self.finish_minutes is None else days_of(self.finish_minutes, self.plan.minutes_per_day)

    @cached_property
    def graph(self) -> nx.MultiDiGraph[str]:
        """The dependency graph, see `graph.graph_of`; nodes in the schedule also carry two results.

        These are `critical` and `total_float_minutes`. Nothing is computed from the graph, so it may be changed.
        """
        graph = graph_of(self.plan)
        for task in self.tasks.values():
            graph.nodes[task.id].update(critical=task.critical, total_float_minutes=task.total_float_minutes)
        return graph

    def critical_paths(self, limit: int = LISTED_PATHS) -> tuple[tuple[str, ...], ...] | None:
        """At most `limit` critical paths, `critical_path` first; None when unknown. See `critical_path_count`."""
        if self._chains is None or self._inner is None:
            return None
        network = self._inner.network
        paths = (tuple(network.ids[i] for i in chain if network.is_task[i]) for chain in listed(self._chains))
        return tuple(islice(paths, limit))

    def driving_slack(self, to: str) -> dict[str, int | None]:
        """Working minutes each task can move before a chosen one moves: the path to any milestone, not just the end.

        Args:
            to: id of a task with a place in the schedule of its own, no summary task.

        Returns:
            Minutes by id of every task that leads to the chosen one, itself included (0); None where an unknown
            leaves it open. Minutes of different calendars are added up as they are.

        Raises:
            KeyError: there is no such task.
        """
        if self._inner is None:
            if to not in self.tasks:
                raise KeyError(to)
            return {to: 0}
        network = self._inner.network
        target = self._inner.nodes[to]
        found = slack_to(network, self._inner.found, target)
        leads = [False] * len(network.ids)
        leads[target] = True
        for i in reversed(network.order):
            leads[i] = leads[i] or any(leads[network.heads[k]] for k in network.outgoing[i])
        return {network.ids[i]: found[i] for i in range(network.tasks) if leads[i]}

    def why(self, task: str, value: str = "early_start") -> str | None:
        """Why a date is what it is, in words, with names; None when the date is unknown (see `causes`).

        Args:
            task: id of a task of the schedule.
            value: `early_start`, `early_finish`, `late_start` or `late_finish`.

        Raises:
            KeyError: there is no such task or date.
        """
        if self._narrator is None:
            if value not in DATES:
                raise KeyError(value)
            _ = self.tasks[task]
            return None
        return self._narrator.why(task, value)

    @cached_property
    def _narrator(self) -> Narrator | None:
        inner = self._inner
        if inner is None:
            return None
        return Narrator(self.plan, self.tasks, inner.network, inner.found, inner.axis, inner.outline)

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
        if self._inner is None:
            return UNLISTED
        if self._reasons is None:  # nothing else is unknown: the task accompanies nothing and states no duration
            return (duration_path(task),)
        node = self._inner.nodes.get(task)
        if node is None:
            parts = self._inner.outline.leaves(task) if self.tasks[task].summary else ()
            known = {path for part in parts if part in self.tasks for path in self.causes(part, value)}
            return tuple(sorted(known)) or self._reasons.whole_plan
        match value:
            case "early_start_minutes":
                return self._reasons.early_start(node)
            case "early_finish_minutes":
                return self._reasons.early_finish(node)
            case "free_float_minutes":
                return self._reasons.free_float(node)
            case _:
                return self._reasons.whole_plan

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, deterministic."""
        paths = self.critical_paths()
        return {
            "start": None if self.start_date is None else self.start_date.isoformat(),
            "finish": iso(self.finish),
            "finish_minutes": self.finish_minutes,
            "tasks": [task.to_dict() for task in self.tasks.values()],
            "critical_paths": None if paths is None else [list(path) for path in paths],
            "critical_path_count": self.critical_path_count,
            "near_critical_minutes": self.near_critical_minutes,
            "out_of_sequence": [[link.predecessor, link.successor, link.type.value] for link in self.out_of_sequence],
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


def analyse(plan: Plan) -> Roadmap:
    """Everything the roadmap can say about a plan.

    Loops and unknown durations never stop the analysis; they leave unknown what they could change. When
    the list of tasks may be incomplete, nothing is scheduled: an unlisted task could hold any other one.
    """
    outline = Outline.of(plan)
    loops, network = read(plan, outline)
    if not plan.complete:
        return _unscheduled(plan, loops, outline)
    waiting = {network.ids[i] for i in range(network.tasks) if network.incoming[i] or network.looped[i]}
    axis = Axis.of(plan, waiting, outline)
    network, found, reasons = _scheduled(plan, network, axis, outline, loops)
    nodes = {name: i for i, name in enumerate(network.ids[: network.tasks])}
    chains = None if found.finish is None else critical_chains(network, found)
    broken = out_of_sequence(plan, outline)
    band = _band(plan, axis, found.finish)
    tasks = _tasks(plan, network, found, axis, broken, band)
    if outline.parts:
        tasks |= summary_schedules(outline, plan, tasks, network, found)
    tasks |= {task.id: task for task in accompanying(plan, outline, tasks, axis)}
    finishes = [tasks[name].finish for name in nodes]
    ends = [at for at in finishes if at is not None]
    # A finish without a date lies outside the years dates can express, and may be the last one.
    end = max(ends, default=None) if len(ends) == len(finishes) else None
    if not finishes and axis.start is not None:
        end = moment(axis.zero)
    return Roadmap(
        plan=plan,
        tasks={name: tasks[name] for name in sorted(tasks)},
        cycles=loops.cycles,
        finish_minutes=found.finish,
        start_date=None if axis.start is None else axis.start.date(),
        finish=None if found.finish is None else end,
        critical_path=None if chains is None else tuple(network.ids[i] for i in chains.longest if network.is_task[i]),
        critical_path_count=None if chains is None else chains.count,
        calendar=plan.calendar,
        critical_links=None if chains is None else _critical_links(network, chains),
        near_critical_minutes=band,
        out_of_sequence=broken,
        _reasons=reasons,
        _inner=_Inner(network, found, axis, outline, nodes),
        _chains=chains,
    )


def read(plan: Plan, outline: Outline) -> tuple[Loops, Network]:
    """The loops of a plan and its network; loops are looked for only where the links have no order."""
    if not outline.parts and not outline.dropped:
        network = compile_network(plan, NO_LOOPS, outline)
        if len(network.order) == len(network.ids):
            return NO_LOOPS, network
    loops = find_loops(plan, outline)
    return loops, compile_network(plan, loops, outline)


def _scheduled(
    plan: Plan, network: Network, axis: Axis, outline: Outline, loops: Loops
) -> tuple[Network, Schedule, Reasons | None]:
    on_clock = needs_clock(plan, network, axis, outline)
    network = on_axis(network, plan, axis, outline)
    if on_clock:
        network, found = clock_schedule(plan, network, axis, outline)
        if found.finish is not None:
            return network, found, None
        kinds = {t.id: t.constraint.type for t in plan.tasks if t.constraint is not None and t.actual_start is None}
        late = frozenset(i for i in range(network.tasks) if kinds.get(network.ids[i]) is ConstraintType.ALAP)
        return network, found, Reasons.by_links(network, loops.cycles, late)
    if network.certain:
        return network, schedule(network), None
    found, reasons = uncertain_schedule(network, loops.cycles)
    return network, found, reasons


def _band(plan: Plan, axis: Axis, finish: int | None) -> int:
    """How much total float beyond the critical ones is near-critical."""
    done = 0 if plan.status_date is None else max(0, axis.minutes(plan.status_date))
    left = max(0, (finish or 0) - done)
    return max(NEAR_CRITICAL_DAYS * plan.minutes_per_day, left * NEAR_CRITICAL_PERCENT // 100)


def _tasks(
    plan: Plan, network: Network, found: Schedule, axis: Axis, broken: tuple[PlanLink, ...], band: int
) -> dict[str, TaskSchedule]:
    by_id = {t.id: t for t in plan.tasks}
    drivers = _drivers(network, found)
    shown = instants(network, found, axis, plan) if axis.start is not None else None
    longest = longest_path(network, found)
    dragged = drag(network, found)
    independent = independent_float(network, found)
    early = {k.successor for k in broken}
    limit = plan.critical_limit_minutes
    tasks: dict[str, TaskSchedule] = {}
    for i, name in enumerate(network.ids[: network.tasks]):
        task = by_id[name]
        finished = network.done[i]
        total, free = found.total_float[i], found.free_float[i]
        critical = False if finished else found.critical[i]
        es, ef, ls, lf = (d[i] for d in (found.early_start, found.early_finish, found.late_start, found.late_finish))
        begun = network.begun[i]
        if begun is not None and not network.looped[i]:
            es = begun
            ls = None if ls is None else begun
        dates = _dates(None if shown is None else shown[i], task)
        alap = task.constraint is not None and task.constraint.type is ConstraintType.ALAP
        alap = alap and not finished and task.actual_start is None
        tasks[name] = TaskSchedule(
            id=name,
            early_start_minutes=es,
            early_finish_minutes=ef,
            late_start_minutes=ls,
            late_finish_minutes=lf,
            total_float_minutes=total,
            free_float_minutes=free,
            critical=critical,
            driving=drivers[i],
            early_start=dates[0],
            early_finish=dates[1],
            late_start=dates[2],
            late_finish=dates[3],
            interfering_float_minutes=None if total is None or free is None else total - free,
            independent_float_minutes=independent[i],
            drag_minutes=dragged[i],
            longest_path=None if found.finish is None else longest[i],
            near_critical=_near(critical, finished, total, limit + band),
            out_of_sequence=name in early,
            start=dates[2 if alap else 0],
            finish=dates[3 if alap else 1],
            start_minutes=ls if alap else es,
            finish_minutes=lf if alap else ef,
        )
    return tasks


def _near(critical: bool | None, finished: bool, total: int | None, most: int) -> bool | None:
    if critical or finished:
        return False
    return None if total is None or critical is None else total <= most


def _dates(shown: Instants | None, task: PlanTask) -> list[dt.datetime | None]:
    """Early start and finish, late start and finish; what happened as it was reported, not as the calendar has it."""
    if shown is None:
        return [None, None, None, None]
    dates = [None if at is None else moment(at) for at in shown]
    start, finish = task.actual_start, task.actual_finish
    if start is not None and dates[0] is not None:
        dates[0] = start
        dates[2] = None if dates[2] is None else start
    if finish is not None and dates[1] is not None:
        dates[1] = finish
        dates[3] = None if dates[3] is None else finish
    return dates


def _unscheduled(plan: Plan, loops: Loops, outline: Outline) -> Roadmap:
    finished = {t.id: is_finished(t) for t in plan.tasks}
    tasks = {
        t.id: TaskSchedule(
            id=t.id,
            early_start_minutes=None,
            early_finish_minutes=None,
            late_start_minutes=None,
            late_finish_minutes=None,
            total_float_minutes=None,
            free_float_minutes=None,
            critical=False if finished[t.id] else None,
            driving=(),
            early_start=None,
            early_finish=None,
            late_start=None,
            late_finish=None,
            near_critical=False if finished[t.id] else None,
            summary=t.id in outline.parts,
        )
        for t in sorted(plan.tasks, key=lambda t: t.id)
        if t.id not in outline.dropped
    }
    return Roadmap(
        plan,
        tasks,
        loops.cycles,
        None,
        None,
        None,
        None,
        None,
        plan.calendar,
        out_of_sequence=out_of_sequence(plan, outline),
    )


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
            if network.is_task[i] or network.roles[i] is Role.BEGUN:
                kind = LinkType.joining(network.from_finish[k], network.to_finish[k])
                own.append(Driver(network.ids[i], kind, lag))
            elif drivers[i]:
                far = drivers[i][0]
                kind = LinkType.joining(far.type.from_finish, network.to_finish[k])
                name = network.ids[i]
                through = far.through if far.through[:1] == (name,) else (name, *far.through)
                own.append(Driver(far.predecessor, kind, far.lag_minutes + lag, through))
        if len(own) > 1:
            own.sort(key=lambda d: (d.predecessor, d.type, d.lag_minutes, len(d.through), d.through))
            own = list(dict.fromkeys(own))
        drivers[j] = tuple(own) if network.is_task[j] else tuple(own[:1])
    return drivers


def _critical_links(network: Network, chains: Chains) -> tuple[PlanLink, ...]:
    links = {id(link): link for k in chains.links if (link := network.links[k]) is not None}
    return tuple(sorted(links.values(), key=lambda link: link.sort_key))
