"""The plan of a project. The only file of the roadmap that knows the project model."""

from __future__ import annotations

from crm_rules.model.enums import TaskStatus
from crm_rules.model.project import Project
from crm_rules.model.roadmap import Task
from crm_rules.roadmap.plan import LinkType, Plan, PlanLink, PlanTask, TaskState, minutes_of


def plan_of(project: Project) -> Plan:
    """The tasks of a project and their links, as the roadmap takes them.

    A task without a status counts as open: it is in the plan until someone says otherwise. A project
    that leaves its tasks out has a plan that is empty and not complete.
    """
    tasks = project.tasks or ()
    return Plan(
        tasks=tuple(_task(task) for task in tasks),
        links=tuple(
            PlanLink(link.predecessor, task.id, LinkType(link.type.value), minutes_of(link.lag_days))
            for task in tasks
            for link in task.links
        ),
        complete=project.tasks is not None and "tasks" not in project.incomplete,
    )


def _task(task: Task) -> PlanTask:
    if task.status is TaskStatus.DROPPED:
        state = TaskState.DROPPED
    elif task.status is TaskStatus.DONE:
        state = TaskState.DONE
    else:
        state = TaskState.OPEN
    return PlanTask(
        id=task.id,
        name=task.name or task.id,
        duration_minutes=None if task.duration is None else minutes_of(task.duration),
        state=state,
        start=task.start,
        finish=task.finish,
        stage=task.stage,
        kind=None if task.kind is None else task.kind.value,
        owners=() if task.owner is None else (task.owner,),
    )
