"""Kinds of tasks that were recognised from names: what rests on them says so, and each is there to be confirmed.

A guessed kind counts like a stated one. Here it is told apart again, for readers: engines never see it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from crm_rules.model.task_kinds import TaskKind
from crm_rules.model.wording import quoted
from crm_rules.roadmap.kind_names import Recognition
from crm_rules.roadmap.ordering_facts import OrderFacts
from crm_rules.roadmap.plan import Plan, PlanTask

_Key = tuple[str, str, str]

_ON_KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "task_kinds": ("planned",),
    "task_phases": ("tasks", "missing"),
    "stages": ("builds", "rolls_out"),
}
"""Computed columns that look for kinds among all tasks."""


class Guesses(NamedTuple):
    """See `Origin.guesses` and `Origin.confirmations`."""

    said: Mapping[_Key, str]
    asked: Mapping[_Key, str]


def guesses_of(kinds: Mapping[str, Recognition], plan: Plan, order: OrderFacts) -> Guesses:
    """What was guessed about a plan.

    Args:
        kinds: what the names of tasks were taken for, by id.
        plan: the plan, whose guessed kinds are marked.
        order: the facts that were computed from kinds.
    """
    tasks = {t.id: t for t in plan.tasks if t.kind_guessed}
    asked: dict[_Key, str] = {}
    for name, task in tasks.items():
        kind = kinds[name].kind
        if kind is not None:
            asked["tasks", name, "kind"] = _question(task, kind, kinds[name])
    return Guesses(dict(_said(tasks, kinds, order)), asked)


def _question(task: PlanTask, kind: TaskKind, found: Recognition) -> str:
    return (
        f"Is {quoted(task.name)} of the kind {kind.label} ({kind.description})? "
        f"It was recognised from {_phrases(found)}."
    )


def _phrases(found: Recognition) -> str:
    """The phrases of the table without its stars."""
    return " and ".join(quoted(phrase.replace("*", "")) for phrase in found.phrases)


def _said(
    tasks: Mapping[str, PlanTask], kinds: Mapping[str, Recognition], order: OrderFacts
) -> Iterator[tuple[_Key, str]]:
    if not tasks:
        return
    for name in tasks:
        recognised = f"recognised from {_phrases(kinds[name])}"
        yield ("tasks", name, "kind"), recognised
        yield ("tasks", name, "phase"), f"its kind was {recognised}"
    several = "kinds of tasks were recognised from their names"
    yield ("tasks", "", ""), several
    for entry in order.lists.get("orderings", ()):
        ends = [entry[column] for column in ("first", "second") if isinstance(entry.get(column), str)]
        guessed = [quoted(tasks[name].name) for name in ends if name in tasks]
        if guessed:
            is_one = len(guessed) == 1
            words = f"the {'kind' if is_one else 'kinds'} of {' and '.join(guessed)} {'was' if is_one else 'were'} "
            yield ("orderings", entry["id"], "verdict"), f"{words}recognised from the name"
        elif not ends:
            yield ("orderings", entry["id"], "verdict"), several
    for relation, columns in _ON_KINDS.items():
        for entry in order.lists.get(relation, ()):
            for column in columns:
                yield (relation, entry["id"], column), several
