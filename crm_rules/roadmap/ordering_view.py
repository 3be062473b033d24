"""A plan as constraints on its order see it: which tasks count, and of what kind and stage they are.

Dropped tasks do not count, done ones do. A summary task counts through its parts, which have its kind and
stage where they have none of their own. A task without a kind may be of any, and a list that may be
incomplete may lack any. The kind `other` is one no constraint speaks of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Final

from crm_rules.roadmap.analysis import UNLISTED, Roadmap
from crm_rules.roadmap.events import Events, events_of, runs_on_clock
from crm_rules.roadmap.plan import PlanTask, TaskState
from crm_rules.roadmap.times import Times
from crm_rules.rules.ordering import End, Operand

MOST_CAUSES: Final = 100
"""Inputs an unknown result names; once they are stated, the next ones come up."""


class PlanView:
    """A plan as constraints see it: tasks that count, by kind and stage.

    Attributes:
        roadmap: the analysed plan.
        tasks: tasks that count, by id, ascending.
        kind, stage: by task id; None when unknown.
        staged: some task names a stage.
        open: paths of the inputs because of which there may be more tasks of any kind than are known.
    """

    def __init__(self, roadmap: Roadmap) -> None:
        self.roadmap = roadmap
        plan = {t.id: t for t in sorted(roadmap.plan.tasks, key=lambda t: t.id)}
        summaries = {t.parent for t in plan.values() if t.parent is not None}
        self.tasks = {
            name: task
            for name, task in plan.items()
            if name not in summaries and not any(t.state is TaskState.DROPPED for t in upwards(task, plan))
        }
        self.kind = {
            n: next((u.kind for u in upwards(t, plan) if u.kind is not None), None) for n, t in self.tasks.items()
        }
        self.stage = {
            n: next((u.stage for u in upwards(t, plan) if u.stage is not None), None) for n, t in self.tasks.items()
        }
        self.staged = any(stage is not None for stage in self.stage.values())
        kindless = [f"tasks[{name}].kind" for name, kind in self.kind.items() if kind is None]
        self.open = (() if roadmap.plan.complete else UNLISTED) + tuple(kindless[:MOST_CAUSES])

    @cached_property
    def events(self) -> Events:
        """What the links guarantee."""
        return events_of(self.roadmap.plan)

    @cached_property
    def events_on_clock(self) -> Events | None:
        """What the links guarantee in minutes on the clock; None where no lag is counted so."""
        plan = self.roadmap.plan
        return events_of(plan, on_clock=True) if any(runs_on_clock(plan, link) for link in plan.links) else None

    @cached_property
    def times(self) -> Times:
        """When the tasks are."""
        return Times(self.roadmap, self.tasks)

    @cached_property
    def _by_kind(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for name, kind in self.kind.items():
            if kind is not None:
                found.setdefault(kind, []).append(name)
        return {kind: tuple(names) for kind, names in found.items()}

    @cached_property
    def first_stage(self) -> int | None:
        """Number of the first roll-out stage; None when the plan has none."""
        return min((s for s in self.stage.values() if s), default=None)

    def event(self, task: str, end: End) -> int:
        """The event of an end of a task."""
        return self.events.event(task, end is End.FINISH)

    def name(self, task: str) -> str:
        """What a task is called, for readers."""
        return f"'{self.tasks[task].name}'"

    def when(self, task: str, end: End, by_day: bool) -> str:
        """When an end of a task is, for readers: `finishes on 12 May 2026`."""
        verb = "starts" if end is End.START else "finishes"
        return f"{verb} {self.times.words(task, end, by_day)}".rstrip()

    def chain(self, source: int, target: int) -> tuple[str, ...]:
        """Names of the tasks along the chain that guarantees most between two events."""
        ids = list(self.events.index)
        return tuple(self._names[ids[i]] for i in self.events.chain(source, target))

    @cached_property
    def _names(self) -> Mapping[str, str]:
        return {t.id: t.name for t in self.roadmap.plan.tasks}

    def of(self, operand: Operand) -> tuple[str, ...]:
        """Tasks of an operand, ascending. Without stages, all tasks are of the first one."""
        names = sorted(name for kind in operand.kinds for name in self._by_kind.get(kind, ()))
        if operand.first_stage and self.staged:
            names = [name for name in names if self.stage[name] == self.first_stage]
        return tuple(names)


def upwards(task: PlanTask, plan: Mapping[str, PlanTask]) -> Iterator[PlanTask]:
    """A task and the summary tasks it is part of."""
    at: PlanTask | None = task
    while at is not None:
        yield at
        at = None if at.parent is None else plan[at.parent]
