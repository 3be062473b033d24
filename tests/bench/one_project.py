"""The small benchmark's vocabulary and facts: one project, 120 facts of twelve kinds.

The facts come in two shapes: the rows engines read, and slotted objects in lists, which is how
somebody would hold them who writes the rules by hand.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, make_dataclass
from typing import Any, Final

from crm_rules.facts.base import FactBase
from crm_rules.facts.schema import Arity, Column, EnumType, Kind, Relation, RelationKind, Schema, ValueType

PER_LIST: Final = 10
"""Facts of each kind."""

UNKNOWN_SHARE: Final = 0.1
"""Share of fields left out where a project is not fully known."""

INCOMPLETE: Final = ("documents", "vendors")
"""Lists that may have more entries where a project is not fully known."""

AS_OF: Final = dt.date(2026, 3, 2)

Make = Callable[[random.Random], Any]


@dataclass(frozen=True, slots=True)
class Spec:
    """A column and how its values are drawn, authored form."""

    type: ValueType
    make: Make
    arity: Arity = Arity.ONE


def _number(low: int, high: int, unit: str | None = None) -> Spec:
    return Spec(ValueType(Kind.NUMBER, unit=unit), lambda r: r.randint(low, high))


def _share() -> Spec:
    return Spec(ValueType(Kind.NUMBER, unit="share", minimum=0, maximum=1), lambda r: r.randint(0, 100) / 100)


def _flag() -> Spec:
    return Spec(ValueType(Kind.BOOL), lambda r: r.random() < 0.5)


def _date() -> Spec:
    return Spec(ValueType(Kind.DATE), lambda r: dt.date(2026, 1, 1) + dt.timedelta(days=r.randint(0, 364)))


def _one_of(name: str, *members: str, ordinal: bool = False) -> Spec:
    return Spec(ValueType(Kind.ENUM, enum=EnumType(name, members, ordinal)), lambda r: r.choice(members))


def _key(target: str) -> Spec:
    return Spec(_key_of(target), lambda r: f"{target}-{r.randrange(PER_LIST)}")


def _keys(target: str, most: int) -> Spec:
    return Spec(
        _key_of(target),
        lambda r: [f"{target}-{r.randrange(PER_LIST)}" for _ in range(r.randint(0, most))],
        Arity.SET,
    )


def _key_of(*targets: str) -> ValueType:
    return ValueType(Kind.KEY, targets=frozenset(targets))


LEVEL: Final = ("none", "low", "medium", "high")

LISTS: Final[Mapping[str, Mapping[str, Spec]]] = {
    "people": {
        "department": _key("departments"),
        "employment": _one_of("Employment", "in_house", "freelance", "vendor"),
        "load": _share(),
        "years": _number(0, 12, "years"),
        "trained": _flag(),
        "deputy": _key("people"),
        "may_leave": _flag(),
    },
    "departments": {
        "head": _key("people"),
        "affected": _flag(),
        "represented": _flag(),
        "size": _number(2, 120),
        "openness": _one_of("Level", *LEVEL, ordinal=True),
    },
    "tasks": {
        "owner": _key("people"),
        "after": _keys("tasks", 2),
        "duration": _number(1, 40, "days"),
        "start": _date(),
        "finish": _date(),
        "critical": _flag(),
        "done": _share(),
    },
    "goals": {
        "owner": _key("people"),
        "tier": _one_of("Tier", "operational", "tactical", "strategic"),
        "measured": _flag(),
        "agreed": _flag(),
        "weight": _number(1, 10),
        "due": _date(),
    },
    "vendors": {
        "references": _number(0, 12),
        "certified": _flag(),
        "staff": _number(3, 400),
        "founded": _number(1985, 2025),
        "support": _one_of("Level", *LEVEL, ordinal=True),
    },
    "contracts": {
        "vendor": _key("vendors"),
        "value": _number(5, 300),
        "signed": _flag(),
        "fixed_price": _flag(),
        "ends": _date(),
        "penalty": _flag(),
    },
    "products": {
        "vendor": _key("vendors"),
        "fit": _share(),
        "custom": _share(),
        "maturity": _one_of("Level", *LEVEL, ordinal=True),
        "supported_until": _date(),
    },
    "documents": {
        "author": _key("people"),
        "kind": _one_of("DocumentKind", "concept", "manual", "minutes"),
        "current": _flag(),
        "pages": _number(1, 90),
        "approved": _flag(),
    },
    "courses": {
        "department": _key("departments"),
        "trainer": _key("people"),
        "days": _number(1, 8, "days"),
        "planned": _flag(),
        "format": _one_of("Format", "classroom", "online", "coaching"),
    },
    "interfaces": {
        "source": _key("products"),
        "target": _key("products"),
        "volume": _number(1, 1000),
        "tested": _flag(),
        "owner": _key("people"),
    },
    "milestones": {
        "task": _key("tasks"),
        "due": _date(),
        "payment": _number(0, 90),
        "accepted": _flag(),
    },
    "sponsors": {
        "department": _key("departments"),
        "rank": _one_of("Level", *LEVEL, ordinal=True),
        "active": _flag(),
        "informed": _flag(),
        "budget": _number(10, 500),
    },
}

DERIVED: Final[Mapping[str, str]] = {
    "strained": "people",
    "exposed": "tasks",
    "endangered": "milestones",
    "shaky": "project",
}
"""Conclusions, and what each is about."""


def project_schema() -> Schema:
    """Section `project`, twelve lists, four conclusions."""
    relations = [
        Relation(
            "project", RelationKind.SECTION, (Column("id", _key_of("project")), Column("as_of", ValueType(Kind.DATE)))
        )
    ]
    for name, specs in LISTS.items():
        columns = [Column("id", _key_of(name)), *(Column(c, s.type, s.arity) for c, s in specs.items())]
        relations.append(Relation(name, RelationKind.LIST, tuple(columns)))
    for name, target in DERIVED.items():
        relations.append(Relation(name, RelationKind.DERIVED, (Column("about", _key_of(target)),)))
    return Schema.of(relations)


Entries = Mapping[str, Sequence[Mapping[str, Any]]]


def project_entries(seed: int, unknown_share: float) -> dict[str, list[dict[str, Any]]]:
    """Authored entries of every list; a share of the fields is left out."""
    chance = random.Random(seed)
    entries: dict[str, list[dict[str, Any]]] = {}
    for name, specs in LISTS.items():
        rows = entries[name] = []
        for number in range(PER_LIST):
            values = {column: spec.make(chance) for column, spec in specs.items()}
            left_out = {column for column in specs if chance.random() < unknown_share}
            rows.append({"id": f"{name}-{number}", **{c: v for c, v in values.items() if c not in left_out}})
    return entries


def project_facts(schema: Schema, entries: Entries, incomplete: Sequence[str]) -> FactBase:
    """The rows engines read."""
    return FactBase.of(schema, {"project": {"as_of": AS_OF}, **entries}, incomplete)


# -- the same facts as objects ----------------------------------------------------------------

CLASSES: Final[Mapping[str, type]] = {
    name: make_dataclass(name.capitalize(), ["id", *specs], slots=True) for name, specs in LISTS.items()
}

Section: Final = make_dataclass("Section", ["id", "as_of"], slots=True)

Project: Final = make_dataclass("Project", ["project", "incomplete", *LISTS], slots=True)
"""The hand-writer's project: a list of objects per kind, None for what is not known."""


def project_objects(schema: Schema, entries: Entries, incomplete: Sequence[str]) -> Any:
    """The objects a hand-written rule reads; enum members with an order are their rank."""
    lists = {name: list(_objects(schema, name, rows)) for name, rows in entries.items()}
    return Project(project=Section("project", AS_OF), incomplete=frozenset(incomplete), **lists)


def _objects(schema: Schema, name: str, rows: Sequence[Mapping[str, Any]]) -> Iterator[Any]:
    columns = schema.relations[name].columns
    for row in rows:
        yield CLASSES[name](**{c.name: c.encode(row.get(c.name)) for c in columns})
