"""Small roadmaps that show what a constraint on the order of work finds and what it leaves alone.

They are the examples of the rule the constraint stands for, and run like those an author writes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from crm_rules.rules.ordering import Opening, Ordering, Overlap, Recurrence, Scope, Statement
from crm_rules.rules.ordering import Sequence as Ordered

Tasks = list[dict[str, Any]]

_DURATION = 5
_LONG = 20


class Case(NamedTuple):
    """An example: its name, what is given, and what the rule does with it."""

    name: str
    given: Mapping[str, Any]
    expect: str


def examples_of(constraint: Ordering, others: Sequence[Ordering]) -> Iterator[Case]:
    """Examples for a constraint.

    Args:
        constraint: what they are about.
        others: further constraints of the pack; one of them is breached where this one is kept.
    """
    first = constraint.statements[0]
    for statement in constraint.statements:
        yield Case(f"the other way round: {statement}", {"tasks": _wrong(statement)}, "fires")
    if isinstance(first, Ordered) and first.at_most is None:
        yield Case(f"no link between the two: {first}", {"tasks": _loose(first)}, "fires")
    unclear: Tasks = [*_tasks(first, first=False), {"id": "unclear", "duration": _DURATION}]
    yield Case(f"a task that may be of any kind: {first}", {"tasks": unclear}, "possible")
    yield Case(f"as it should be: {first}", {"tasks": [*_right(first), *_elsewhere(constraint, others)]}, "silent")


def _elsewhere(constraint: Ordering, others: Sequence[Ordering]) -> Tasks:
    """Tasks that go against some other constraint and do nothing to this one."""
    kept = {task["kind"] for task in _right(constraint.statements[0])}
    for other in others:
        tasks = _wrong(other.statements[0])
        kinds = {task["kind"] for task in tasks}
        if not any(_meets(statement, kinds, kept | kinds) for statement in constraint.statements):
            ids = {task["id"] for task in tasks}
            return [{**task, "id": f"x-{task['id']}", **_renamed(task, ids)} for task in tasks]
    return []


def _meets(statement: Statement, kinds: set[str], present: set[str]) -> bool:
    """Whether a statement compares tasks of some kinds with any that are present."""
    sides = set(statement.first.kinds), set(statement.second.kinds)
    return any(kinds & one and present & other for one, other in (sides, sides[::-1]))


def _renamed(task: Mapping[str, Any], ids: set[str]) -> dict[str, Any]:
    after = [f"x-{text}" if text.split()[0] in ids else text for text in task.get("after", ())]
    return {"after": after} if after else {}


def _tasks(statement: Statement, first: bool = True, second: bool = True, long: int = 0) -> Tasks:
    """A task of each side, named `one` and `two`."""
    kind = statement.first.kinds[0]
    other = next((k for k in statement.second.kinds if k not in statement.first.kinds), statement.second.kinds[0])
    found: Tasks = []
    staged = statement.scope is not Scope.ANY or statement.first.first_stage or statement.second.first_stage
    for wanted, task, name in ((first, "one", kind), (second, "two", other)):
        if wanted:
            found.append({"id": task, "kind": name, "duration": _DURATION})
            if staged:
                found[-1]["stage"] = 2 if task == "two" and statement.scope is Scope.NEXT_STAGE else 1
    if long and second:
        found[-1]["duration"] = long
    return found


def _linked(tasks: Tasks, after: str) -> Tasks:
    """The last task waits."""
    return [*tasks[:-1], {**tasks[-1], "after": [after]}]


def _wrong(statement: Statement) -> Tasks:
    match statement:
        case Ordered(at_most=span) if span is not None:
            return _linked(_tasks(statement), f"one FS+{span.days + _LONG}d")
        case Overlap():
            return _linked(_tasks(statement), "one")
        case Recurrence(within=span):
            once, anchor = _tasks(statement)
            return [
                anchor,
                {**once, "after": [f"two FS+{span.days + _LONG}d"]},
                {**once, "id": "again", "after": ["one"]},
            ]
        case _:
            one, two = _tasks(statement)
            return _linked([two, one], "two")


def _right(statement: Statement) -> Tasks:
    match statement:
        case Overlap():
            return _tasks(statement)
        case Recurrence():
            once, anchor = _tasks(statement)
            return [anchor, {**once, "after": ["two"]}, {**once, "id": "again", "after": ["one FS+20d"]}]
        case Ordered(at_least=span) if span is not None:
            return _linked(_tasks(statement, long=span.days + _DURATION), f"one FS+{span.days}d")
        case Ordered() | Opening():
            return _linked(_tasks(statement), "one")


def _loose(statement: Ordered) -> Tasks:
    """The dates agree, and no link keeps them so."""
    wait = _LONG + (0 if statement.at_least is None else statement.at_least.days)
    meanwhile = {"id": "meanwhile", "kind": "other", "duration": wait}
    return [meanwhile, *_linked(_tasks(statement), "meanwhile")]
