"""The large benchmark's facts and rules: a plan of 10,000 tasks, and long chains of tasks.

Everything is known in these plans, as it is in plans that were imported. The hand-written rules use
dictionaries wherever a scan over all tasks would take their place.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import make_dataclass
from typing import Any, Final

from crm_rules.facts.base import FactBase
from crm_rules.facts.schema import Column, Kind, Relation, RelationKind, Schema, ValueType
from crm_rules.program.program import Program, compile_program
from tests.bench.notation import clauses
from tests.engine.drafts import conclusion, risk

TASKS: Final = 10_000
LINKS: Final = 20_000
PEOPLE: Final = 500
CHAINS: Final = 60
CHAIN_LENGTH: Final = 30

_LISTS: Final[Mapping[str, Mapping[str, str]]] = {
    "people": {"department": "text", "load": "number", "years": "number", "trained": "bool"},
    "tasks": {
        "owner": "people",
        "start": "number",
        "finish": "number",
        "duration": "number",
        "critical": "bool",
        "done": "number",
    },
    "links": {"predecessor": "tasks", "successor": "tasks", "lag": "number"},
}


def _type(name: str) -> ValueType:
    return ValueType(Kind.KEY, targets=frozenset((name,))) if name in _LISTS else ValueType(Kind(name))


def plan_schema() -> Schema:
    """People, tasks, links, and which task comes before which, directly or not."""
    relations = [
        Relation(
            name,
            RelationKind.LIST,
            (Column("id", _type(name)), *(Column(column, _type(kind)) for column, kind in columns.items())),
        )
        for name, columns in _LISTS.items()
    ]
    ends = (Column("first", _type("tasks")), Column("last", _type("tasks")))
    return Schema.of([*relations, Relation("before", RelationKind.DERIVED, ends)])


Entries = Mapping[str, Sequence[Mapping[str, Any]]]


def large_plan(seed: int = 1) -> Entries:
    """Tasks in random order of time, each link leading onwards."""
    chance = random.Random(seed)
    people = [
        {
            "id": f"p{n:03}",
            "department": f"d{chance.randrange(20)}",
            "load": chance.randint(0, 100) / 100,
            "years": chance.randint(0, 20),
            "trained": chance.random() < 0.9,
        }
        for n in range(PEOPLE)
    ]
    tasks = []
    for n in range(TASKS):
        start, length = chance.randint(0, 1500), chance.randint(1, 40)
        tasks.append(
            {
                "id": f"t{n:05}",
                "owner": chance.choice(people)["id"],
                "start": start,
                "finish": start + length,
                "duration": length,
                "critical": chance.random() < 0.1,
                "done": chance.randint(0, 100) / 100,
            }
        )
    links = []
    for n in range(LINKS):
        first, last = sorted(chance.sample(range(TASKS), 2))
        lag = chance.randint(-5, 20)
        links.append({"id": f"l{n:05}", "predecessor": f"t{first:05}", "successor": f"t{last:05}", "lag": lag})
    return {"people": people, "tasks": tasks, "links": links}


def chains() -> Entries:
    """Tasks one after the other, with every fifth link there twice, so that much follows in two ways."""
    tasks, links = [], []
    for chain in range(CHAINS):
        for step in range(CHAIN_LENGTH):
            tasks.append({"id": f"c{chain:02}-{step:02}"})
            for copy in range(0 if not step else 2 if step % 5 == 0 else 1):
                ends = {"predecessor": f"c{chain:02}-{step - 1:02}", "successor": f"c{chain:02}-{step:02}"}
                links.append({"id": f"l{chain:02}-{step:02}-{copy}", **ends, "lag": 0})
    return {"people": [], "tasks": tasks, "links": links}


def plan_facts(schema: Schema, entries: Entries) -> FactBase:
    """The rows engines read."""
    return FactBase.of(schema, entries)


# -- the same facts as objects ----------------------------------------------------------------

_CLASSES: Final = {
    name: make_dataclass(name.capitalize(), ["id", *columns], slots=True) for name, columns in _LISTS.items()
}
Plan: Final = make_dataclass("Plan", list(_LISTS), slots=True)

Found = list[tuple[Any, ...]]
"""Firings: the rule's id, then the facts it matched."""


def plan_objects(entries: Entries) -> Any:
    """The objects a hand-written rule reads."""
    return Plan(
        **{
            name: [_CLASSES[name](**{"id": row["id"], **{c: row.get(c) for c in columns}}) for row in entries[name]]
            for name, columns in _LISTS.items()
        }
    )


# -- ten joins --------------------------------------------------------------------------------

_JOINS: Final = {
    "critical-task-of-overloaded-owner": """
        each task in tasks: task.critical
        each person in people: person.id == task.owner; person.load > 0.9
    """,
    "long-task-of-untrained-owner": """
        each task in tasks: task.duration > 35
        each person in people: person.id == task.owner; not person.trained
    """,
    "ends-before-its-predecessor-starts": """
        each link in links: link.lag >= 0
        each earlier in tasks: earlier.id == link.predecessor
        each later in tasks: later.id == link.successor; later.finish < earlier.start
    """,
    "critical-handover-to-oneself": """
        each link in links
        each earlier in tasks: earlier.id == link.predecessor; earlier.critical
        each later in tasks: later.id == link.successor; later.critical; later.owner == earlier.owner
    """,
    "hasty-handover-between-departments": """
        each link in links: link.lag < -3
        each earlier in tasks: earlier.id == link.predecessor; earlier.critical
        each later in tasks: later.id == link.successor
        each giver in people: giver.id == earlier.owner
        each taker in people: taker.id == later.owner; taker.department != giver.department
    """,
    "done-before-its-predecessor": """
        each link in links
        each earlier in tasks: earlier.id == link.predecessor; earlier.done < 0.05
        each later in tasks: later.id == link.successor; later.done > 0.95
    """,
    "long-wait-for-critical-task": """
        each link in links: link.lag > 17
        each later in tasks: later.id == link.successor; later.critical
    """,
    "newcomer-on-critical-task": """
        each task in tasks: task.critical; task.duration > 20
        each person in people: person.id == task.owner; person.years < 2
    """,
    "overloaded-and-behind": """
        each person in people: person.load > 0.95
        some task in tasks: task.owner == person.id; task.critical; task.done < 0.2
    """,
    "trained-and-without-critical-task": """
        each person in people: person.trained
        none task in tasks: task.owner == person.id; task.critical
    """,
}


def join_program(schema: Schema) -> Program:
    """Ten rules that join."""
    return compile_program([risk(name, *clauses(when)) for name, when in _JOINS.items()], schema)


def joins_by_hand(plan: Any) -> Found:
    """The same ten rules."""
    found: Found = []
    people = {person.id: person for person in plan.people}
    tasks = {task.id: task for task in plan.tasks}
    tasks_of: dict[str, list[Any]] = {}
    for task in plan.tasks:
        tasks_of.setdefault(task.owner, []).append(task)
    for rule in _BY_HAND:
        rule(plan, people, tasks, tasks_of, found)
    return found


def _critical_task_of_overloaded_owner(plan: Any, people: Any, tasks: Any, tasks_of: Any, found: Found) -> None:
    for task in plan.tasks:
        if task.critical:
            person = people.get(task.owner)
            if person is not None and person.load is not None and person.load > 0.9:
                found.append(("critical-task-of-overloaded-owner", task, person))


def _long_task_of_untrained_owner(plan: Any, people: Any, tasks: Any, tasks_of: Any, found: Found) -> None:
    for task in plan.tasks:
        if task.duration is not None and task.duration > 35:
            person = people.get(task.owner)
            if person is not None and person.trained is False:
                found.append(("long-task-of-untrained-owner", task, person))


def _ends_before_its_predecessor_starts(plan: Any, people: Any, tasks: Any, tasks_of: Any, found: Found) -> None:
    for link in plan.links:
        if link.lag is not None and link.lag >= 0:
            earlier, later = tasks.get(link.predecessor), tasks.get(link.successor)
            if earlier is None or later is None or later.finish is None or earlier.start is None:
                continue
            if later.finish < earlier.start:
                found.append(("ends-before-its-predecessor-starts", link, earlier, later))


def _critical_handover_to_oneself(plan: Any, people: Any, tasks: Any, tasks_of: Any, found: Found) -> None:
    for link in plan.links:
        earlier, later = tasks.get(link.predecessor), tasks.get(link.successor)
        if earlier is None or later is None or not earlier.critical or not later.critical:
            continue
        if later.owner is not None and later.owner == earlier.owner:
            found.append(("critical-handover-to-oneself", link, earlier, later))


def _hasty_handover_between_departments(plan: Any, people: Any, tasks: Any, tasks_of: Any, found: Found) -> None:
    for link in plan.links:
        if link.lag is not None and link.lag < -3:
            earlier, later = tasks.get(link.predecessor), tasks.get(link.successor)
            if earlier is None or later is None or not earlier.critical:
                continue
            giver, taker = people.get(earlier.owner), people.get(later.owner)
            if giver is None or taker is None or giver.department is None or taker.department is None:
                continue
            if taker.department != giver.department:
                found.append(("hasty-handover-between-departments", link, earlier, later, giver, taker))


def _done_before_its_predecessor(plan: Any, people: Any, tasks: Any, tasks_of: Any, found: Found) -> None:
    for link in plan.links:
        earlier, later = tasks.get(link.predecessor), tasks.get(link.successor)
        if earlier is None or later is None or earlier.done is None or later.done is None:
            continue
        if earlier.done < 0.05 and later.done > 0.95:
            found.append(("done-before-its-predecessor", link, earlier, later))


def _long_wait_for_critical_task(plan: Any, people: Any, tasks: Any, tasks_of: Any, found: Found) -> None:
    for link in plan.links:
        if link.lag is not None and link.lag > 17:
            later = tasks.get(link.successor)
            if later is not None and later.critical:
                found.append(("long-wait-for-critical-task", link, later))


def _newcomer_on_critical_task(plan: Any, people: Any, tasks: Any, tasks_of: Any, found: Found) -> None:
    for task in plan.tasks:
        if task.critical and task.duration is not None and task.duration > 20:
            person = people.get(task.owner)
            if person is not None and person.years is not None and person.years < 2:
                found.append(("newcomer-on-critical-task", task, person))


def _overloaded_and_behind(plan: Any, people: Any, tasks: Any, tasks_of: Any, found: Found) -> None:
    for person in plan.people:
        if person.load is not None and person.load > 0.95:
            for task in tasks_of.get(person.id, ()):
                if task.critical and task.done is not None and task.done < 0.2:
                    found.append(("overloaded-and-behind", person, task))
                    break


def _trained_and_without_critical_task(plan: Any, people: Any, tasks: Any, tasks_of: Any, found: Found) -> None:
    if None in tasks_of:
        return
    for person in plan.people:
        if person.trained and not any(task.critical is not False for task in tasks_of.get(person.id, ())):
            found.append(("trained-and-without-critical-task", person))


_BY_HAND: Final[Sequence[Callable[[Any, Any, Any, Any, Found], None]]] = (
    _critical_task_of_overloaded_owner,
    _long_task_of_untrained_owner,
    _ends_before_its_predecessor_starts,
    _critical_handover_to_oneself,
    _hasty_handover_between_departments,
    _done_before_its_predecessor,
    _long_wait_for_critical_task,
    _newcomer_on_critical_task,
    _overloaded_and_behind,
    _trained_and_without_critical_task,
)


# -- recursion --------------------------------------------------------------------------------


def closure_program(schema: Schema) -> Program:
    """Which task comes before which."""
    direct = clauses("each link in links")
    onward = clauses(
        """
        each way in before
        each link in links: link.predecessor == way.last
        """
    )
    return compile_program(
        [
            conclusion("direct", {"before": {"first": "link.predecessor", "last": "link.successor"}}, *direct),
            conclusion("onward", {"before": {"first": "way.first", "last": "link.successor"}}, *onward),
        ],
        schema,
    )


def closure_by_hand(plan: Any) -> Found:
    """The same two rules: every pair once, every way to it taken down."""
    found: Found = []
    onward: dict[str, list[Any]] = {}
    for link in plan.links:
        onward.setdefault(link.predecessor, []).append(link)
    known: set[tuple[str, str]] = set()
    new: list[tuple[str, str]] = []
    for link in plan.links:
        found.append(("direct", link))
        pair = (link.predecessor, link.successor)
        if pair not in known:
            known.add(pair)
            new.append(pair)
    while new:
        latest, new = new, []
        for pair in latest:
            for link in onward.get(pair[1], ()):
                found.append(("onward", pair, link))
                further = (pair[0], link.successor)
                if further not in known:
                    known.add(further)
                    new.append(further)
    return found
