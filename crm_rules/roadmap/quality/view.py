"""A plan as the checks look at it: who counts, what is under way, and how long things are. No check lives here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from enum import StrEnum
from functools import cached_property
from typing import Final

from crm_rules.roadmap.analysis import Roadmap, TaskSchedule
from crm_rules.roadmap.outline import Outline
from crm_rules.roadmap.plan import Plan, PlanLink, PlanTask, named_links
from crm_rules.roadmap.quality.events import EventGraph, Held
from crm_rules.roadmap.quality.progress import finished
from crm_rules.roadmap.working_time import WorkingCalendar, absolute


class Population(StrEnum):
    """Which tasks count. Summary tasks, level of effort and dropped tasks never do."""

    TASKS = "tasks"  # without milestones (DCMA)
    TASKS_AND_MILESTONES = "tasks_and_milestones"  # DECM

    @property
    def noun(self) -> str:
        """What its members are called."""
        return "tasks" if self is Population.TASKS else "tasks and milestones"

    @property
    def text(self) -> str:
        """Who is in it, in words."""
        left_out = "summary tasks, level of effort and dropped tasks"
        if self is Population.TASKS:
            left_out = f"milestones, {left_out}"
        return f"{self.noun}, without {left_out}"

    def has(self, task: PlanTask) -> bool:
        """Whether a task that is neither a summary nor dropped is in it.

        A task whose duration is not known counts as a task: a milestone is usually written as one.
        """
        if task.level_of_effort:
            return False
        return self is Population.TASKS_AND_MILESTONES or task.duration_minutes != 0


class PlanView:
    """What the checks share about one plan; all of it worked out when first asked for.

    Args:
        roadmap: the plan and its schedule.
        population: who counts.
        starts, goals: tasks that rightly wait for nothing, and that nothing has to wait for; None to let
            one task each stand for the beginning and the end of the plan.
    """

    def __init__(
        self,
        roadmap: Roadmap,
        population: Population,
        starts: frozenset[str] | None = None,
        goals: frozenset[str] | None = None,
    ) -> None:
        self.roadmap: Final[Roadmap] = roadmap
        self.plan: Final[Plan] = roadmap.plan
        self.population: Final[Population] = population
        self.starts: Final = starts
        self.goals: Final = goals

    # -- tasks and links ----------------------------------------------------------------------

    @cached_property
    def all_tasks(self) -> dict[str, PlanTask]:
        """Every task of the plan by id, ascending."""
        return {t.id: t for t in sorted(self.plan.tasks, key=lambda t: t.id)}

    @cached_property
    def outline(self) -> Outline:
        """Which tasks are part of which, and which are dropped."""
        return Outline.of(self.plan)

    @cached_property
    def summaries(self) -> list[str]:
        """Ids of the summary tasks that are part of the plan, ascending."""
        return sorted(self.outline.parts.keys() - self.outline.dropped)

    @cached_property
    def order(self) -> EventGraph:
        """What the links say about each other."""
        return EventGraph(self.plan.links, self.all_tasks, self.outline, self.loops)

    @cached_property
    def held(self) -> dict[str, Held]:
        """What the links say about each task of `work`."""
        return self.order.held()

    @cached_property
    def loops(self) -> tuple[frozenset[str], ...]:
        """Tasks that wait for each other, or for themselves; links to own parts are another matter."""
        return tuple(frozenset(c.tasks) for c in self.roadmap.cycles if c.blame != "part")

    @cached_property
    def work(self) -> dict[str, PlanTask]:
        """Tasks and milestones that are part of the plan, level of effort included, by id, ascending."""
        away = self.outline.dropped | self.outline.parts.keys()
        return {i: t for i, t in self.all_tasks.items() if i not in away}

    @cached_property
    def total(self) -> dict[str, PlanTask]:
        """The population, finished tasks included."""
        return {i: t for i, t in self.work.items() if self.population.has(t)}

    @cached_property
    def incomplete(self) -> dict[str, PlanTask]:
        """The population that is not finished."""
        return {i: t for i, t in self.total.items() if not finished(t)}

    @cached_property
    def links(self) -> tuple[tuple[str, PlanLink], ...]:
        """Links with their ids, without those of dropped tasks."""
        away = self.outline.dropped
        return tuple(
            (i, k) for i, k in named_links(self.plan.links) if k.predecessor not in away and k.successor not in away
        )

    @cached_property
    def relationships(self) -> tuple[tuple[str, PlanLink], ...]:
        """Links with at least one end in the unfinished population (DCMA, 09NOV09)."""
        return tuple(
            (i, k) for i, k in self.links if k.predecessor in self.incomplete or k.successor in self.incomplete
        )

    def leaves(self, task: str) -> Sequence[str]:
        """The tasks a summary task is made of, itself where it is none; without dropped ones."""
        if task in self.outline.parts:
            return list(self.outline.leaves(task))
        return () if task in self.outline.dropped else (task,)

    def schedule(self, task: str) -> TaskSchedule:
        """The schedule of a task of `work`."""
        return self.roadmap.tasks[task]

    # -- time ---------------------------------------------------------------------------------

    @cached_property
    def calendar(self) -> WorkingCalendar:
        """The plan's own working time."""
        return self.plan.calendar

    @cached_property
    def day(self) -> int:
        """Working minutes of a day of the plan."""
        return self.plan.minutes_per_day

    @cached_property
    def status(self) -> dt.datetime | None:
        """Up to when progress is known."""
        return self.plan.status_date

    @cached_property
    def remaining(self) -> int | None:
        """Working minutes from the status date, or else the start of the project, to its finish; None when unknown."""
        length = self.roadmap.finish_minutes
        if length is None:
            return None
        if self.status is None or self.roadmap.finish is None:
            return length
        return max(0, min(length, self.between(self.status, self.roadmap.finish)))

    def between(self, first: dt.datetime, last: dt.datetime) -> int:
        """Working minutes of the plan's calendar from one moment to another, negative when they run backwards."""
        return self.calendar.worked(absolute(last)) - self.calendar.worked(absolute(first))

    def later(self, a: dt.datetime, b: dt.datetime) -> bool:
        """Whether `a` is later than `b` by working time: Monday 08:00 is no later than Friday 17:00."""
        return self.between(b, a) > 0
