"""Summary tasks: what is part of what. No dates here; those of a summary come from its parts after the passes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from crm_rules.roadmap.plan import Plan, PlanTask, TaskState


@dataclass(frozen=True, slots=True)
class Outline:
    """The summary tasks of a plan.

    Attributes:
        parents: id of each part to the id of the summary task it is directly part of.
        parts: id of each summary task to the ids of its direct parts, sorted.
        dropped: ids of all dropped tasks; what is part of a dropped task is dropped with it.
    """

    parents: Mapping[str, str]
    parts: Mapping[str, tuple[str, ...]]
    dropped: frozenset[str]

    @staticmethod
    def of(plan: Plan) -> Outline:
        """Read the outline off the tasks."""
        parents = {t.id: t.parent for t in plan.tasks if t.parent is not None}
        parts: dict[str, list[str]] = {}
        for part in sorted(parents):
            parts.setdefault(parents[part], []).append(part)
        dropped = {t.id for t in plan.tasks if t.state is TaskState.DROPPED}
        if parts and dropped:
            pending = list(dropped)
            while pending:
                new = [part for part in parts.get(pending.pop(), ()) if part not in dropped]
                dropped.update(new)
                pending += new
        return Outline(parents, {name: tuple(ids) for name, ids in parts.items()}, frozenset(dropped))

    def leaves(self, summary: str) -> Iterator[str]:
        """Ids of the parts of a summary task, at any depth, that have no parts themselves; dropped ones left out."""
        pending = [summary]
        while pending:
            for part in self.parts[pending.pop()]:
                if part in self.dropped:
                    continue
                if part in self.parts:
                    pending.append(part)
                else:
                    yield part

    def above(self, task: str) -> Iterator[str]:
        """Ids of the summary tasks a task is part of, the nearest first."""
        at = self.parents.get(task)
        while at is not None:
            yield at
            at = self.parents.get(at)

    def encloses(self, summary: str, task: str) -> bool:
        """Whether `task` is part of `summary`, at any depth."""
        return summary in self.parts and summary in self.above(task)

    def bottom_up(self) -> list[str]:
        """Ids of the summary tasks that are not dropped, each after those that are part of it."""
        depth = {name: sum(1 for _ in self.above(name)) for name in self.parts if name not in self.dropped}
        return sorted(depth, key=lambda name: (-depth[name], name))

    def is_worked(self, task: PlanTask) -> bool:
        """Whether the task is scheduled itself: no summary, not dropped, and no mere accompaniment of others."""
        return task.id not in self.parts and task.id not in self.dropped and not task.level_of_effort
