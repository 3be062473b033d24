"""What is assessed: a project, or what a plan was read as; and all of its facts, the computed ones included."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable, Mapping
from typing import Any, Final

from crm_rules.api.guesses import guesses_of
from crm_rules.diagnostics import Span
from crm_rules.facts.base import FactBase, Origin
from crm_rules.facts.schema import Schema
from crm_rules.facts.values import NO_VALUE
from crm_rules.files.plan_import import is_project_file, load_plan
from crm_rules.files.plan_project import ImportedProject, project_of
from crm_rules.files.project import load_project
from crm_rules.model.facts import project_entries
from crm_rules.model.project import Project
from crm_rules.model.schema import project_schema, questions_beside_columns
from crm_rules.roadmap.analysis import Roadmap, analyse
from crm_rules.roadmap.facts import roadmap_entries
from crm_rules.roadmap.from_project import plan_of
from crm_rules.roadmap.ordering_facts import OrderFacts, order_entries
from crm_rules.rules.ordering import Ordering

Subject = Project | ImportedProject
"""What can be assessed."""

_HEADING: Final = {"kind": NO_VALUE, "phase": NO_VALUE}
"""A summary task without a kind is of none: its parts are the work."""


def load_subject(path: str | os.PathLike[str], as_of: dt.date | None = None) -> Subject:
    """Read what is to be assessed: a project file, or any plan `load_plan` reads.

    Args:
        path: the file; messages and places name it exactly as given here.
        as_of: the day to take for today; None takes the one in the file.

    Raises:
        ProjectError: the file cannot be read, or with all its problems at once, each with its place.
        MissingExtra: reading this kind of file needs a package that is not installed.
    """
    if not is_project_file(path):
        return project_of(load_plan(path), as_of)
    project = load_project(path)
    return project if as_of is None else project.model_copy(update={"as_of": as_of})


def project_in(subject: Subject) -> Project:
    """The project, of a plan what it was read as."""
    return subject if isinstance(subject, Project) else subject.project


def load_roadmap(path: str | os.PathLike[str]) -> Roadmap:
    """Read a plan and schedule it: a project file, or what another program wrote; see `load_plan`.

    Raises:
        ProjectError: the file cannot be read, or with all its problems at once.
        MissingExtra: reading this kind of file needs a package that is not installed.
    """
    return analyse(load_plan(path).plan)


def project_facts(
    subject: Subject, schema: Schema | None = None, orderings: Iterable[Ordering] = ()
) -> tuple[FactBase, Roadmap]:
    """The facts of a project, schedule included, and its roadmap.

    Args:
        subject: the project; of what a plan was read as, the schedule is computed from that plan.
        schema: what can be said, at least what the project model says; that model alone when None.
        orderings: constraints on the order of work, see `orderings_of`.
    """
    project = project_in(subject)
    entries, incomplete = project_entries(project)
    roadmap = analyse(plan_of(project) if isinstance(subject, Project) else subject.plan)
    computed = roadmap_entries(roadmap)
    owners = {task.id: task.owner for task in project.tasks or () if task.owner is not None}
    order = order_entries(roadmap, orderings, owners)
    tasks = entries.get("tasks")
    if isinstance(tasks, list):
        headings = {task.parent for task in roadmap.plan.tasks}
        entries["tasks"] = [
            {
                **task,
                **computed.columns[task["id"]],
                "phase": order.phases[task["id"]],
                **(_HEADING if task["id"] in headings and task["kind"] is None else {}),
            }
            for task in tasks
        ]
    lists: dict[str, Any] = dict(computed.lists)
    open_lists = list(incomplete)
    causes = {**computed.causes, **{(name, "", ""): ("tasks",) for name in order.open}, **order.causes}
    if not roadmap.plan.complete:
        open_lists += list(lists)
        causes.update({(name, "", ""): ("tasks",) for name in lists})
    places = {**project.places, **_computed_places(project, lists), **_ordering_places(project, order)}
    lists.update(order.lists)
    open_lists += order.open
    guesses = guesses_of({} if isinstance(subject, Project) else subject.kinds, roadmap.plan, order)
    origin = Origin(places, causes, questions_beside_columns(), guesses.said, guesses.asked)
    facts = FactBase.of(schema or project_schema(), {**entries, **lists}, open_lists, origin)
    return facts, roadmap


def _computed_places(project: Project, lists: Mapping[str, Any]) -> dict[tuple[str, str, str], Span]:
    """Computed facts point at the tasks they were computed from."""
    found: dict[tuple[str, str, str], Span] = {}
    for link in lists["task_links"]:
        for place in (("tasks", link["successor"], "after"), ("tasks", link["successor"], "")):
            if place in project.places:
                found[("task_links", link["id"], "")] = project.places[place]
                break
    for cycle in lists["cycles"]:
        first = ("tasks", min(cycle["tasks"]), "")
        if first in project.places:
            found[("cycles", cycle["id"], "")] = project.places[first]
    for check in lists["schedule_checks"]:
        # Without a task to look at, the list of tasks.
        first = ("tasks", min(check["tasks"] or ("",)), "")
        if first in project.places:
            found[("schedule_checks", check["id"], "")] = project.places[first]
    tasks = ("tasks", "", "")
    if tasks in project.places:
        found.update({(name, "", ""): project.places[tasks] for name in lists})
    return found


def _ordering_places(project: Project, order: OrderFacts) -> dict[tuple[str, str, str], Span]:
    """What is computed about the order of work points at the task that shows it, else at the list of tasks."""
    places, found = project.places, dict[tuple[str, str, str], Span]()
    whole = places.get(("tasks", "", ""))
    for name, entries in order.lists.items():
        for key in ("", *(entry["id"] for entry in entries)):
            place = places.get(("tasks", order.tasks.get((name, key), ""), ""), whole)
            if place is not None:
                found[name, key, ""] = place
    return found
