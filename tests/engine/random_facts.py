"""Random schemas, facts that leave much unknown, and completions of such facts.

Domains are small so that joins hit. References lead to entries that are stated, as the loader of
projects sees to; what the author may leave out is left out often.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from crm_rules.facts.base import Extension, FactBase
from crm_rules.facts.schema import Arity, Column, EnumType, Kind, Relation, RelationKind, Schema, ValueType
from crm_rules.facts.values import NO_VALUE, Row
from tests.engine.choices import Choices

SITE = "site"
LEVEL = EnumType("Level", ("none", "low", "medium", "high"), ordinal=True)
MOOD = EnumType("Mood", ("calm", "tense", "open"))
STAGE = EnumType("Stage", ("plan", "build", "run"), ordinal=True)

BOOL = ValueType(Kind.BOOL)
TEXT = ValueType(Kind.TEXT)
DATE = ValueType(Kind.DATE)
NUMBER = ValueType(Kind.NUMBER)
DAYS = ValueType(Kind.NUMBER, unit="days")
SIZE = ValueType(Kind.NUMBER, integer=True, minimum=0)
SHARE = ValueType(Kind.NUMBER, unit="share", minimum=0, maximum=1)
NOMINAL = ValueType(Kind.ENUM, enum=MOOD)
ORDINAL = ValueType(Kind.ENUM, enum=LEVEL)

NUMBERS: dict[ValueType, tuple[float, ...]] = {
    # The product of the last one with itself is no float.
    NUMBER: (1, 2, 0, 3, 0.5, -1, 2.0, 999_999_999_999_999),
    DAYS: (1, 2, 0, 5, -2),
    SIZE: (1, 0, 2, 3),
    SHARE: (0.5, 0, 1, 0.25),
}
TEXTS = ("a", "b", "A", "")
DATES = (dt.date(2024, 5, 1), dt.date(2024, 5, 2), dt.date(2024, 5, 9))

SINGLE = (NUMBER, NUMBER, DAYS, SIZE, SHARE, BOOL, BOOL, NOMINAL, ORDINAL, ORDINAL, TEXT, DATE)
SEVERAL = (
    (NOMINAL, Arity.SET),
    (NOMINAL, Arity.SET),
    (TEXT, Arity.SEQUENCE),
    (NUMBER, Arity.SEQUENCE),
    (BOOL, Arity.SEQUENCE),
    (ORDINAL, Arity.SEQUENCE),
)
MOST_ROWS = 4


def key(*targets: str) -> ValueType:
    """The key of one of several lists."""
    return ValueType(Kind.KEY, targets=frozenset(targets))


def random_schema(choices: Choices) -> Schema:
    """One or two sections, two to four lists, up to three derived relations."""
    lists = ["alpha", "beta", "gamma"][: choices.between(2, 3)]
    relations = [
        Relation(
            SITE,
            RelationKind.SECTION,
            (
                Column("id", key(SITE)),
                Column("stage", ValueType(Kind.ENUM, enum=STAGE)),
                *_columns(choices, lists, 1, 3),
            ),
        )
    ]
    if choices.chance(25):
        relations.append(
            Relation("club", RelationKind.SECTION, (Column("id", key("club")), *_columns(choices, lists, 1, 3)))
        )
    for name in lists:
        own = Column("id", key(name))
        relations.append(Relation(name, RelationKind.LIST, (own, *_columns(choices, lists, 2, 5))))
    if choices.chance(35):
        # Its entries are entries of alpha: the key is a reference at the same time.
        picked = Column("id", key("picked", "alpha"))
        relations.append(Relation("picked", RelationKind.LIST, (picked, *_columns(choices, lists, 1, 3))))
    for number in range(1, choices.pick((2, 1, 2, 3, 3, 0)) + 1):
        columns = tuple(
            replace(_derived_column(choices, lists), name=f"c{i}") for i in range(choices.pick((1, 2, 1, 2, 3)))
        )
        relations.append(Relation(f"d{number}", RelationKind.DERIVED, columns))
    return Schema.of(relations, (SITE, "stage"))


def _columns(choices: Choices, lists: Sequence[str], low: int, high: int) -> list[Column]:
    columns: list[Column] = []
    for number in range(choices.between(low, high)):
        match choices.pick(("one", "ref", "one", "ref", "refs", "several")):
            case "one":
                type_ = choices.pick(SINGLE)
                computed = type_.enum is None and choices.chance(20)
                columns.append(Column(f"v{number}", type_, computed=computed, nothing=choices.chance(5)))
            case "several":
                type_, arity = choices.pick(SEVERAL)
                columns.append(Column(f"m{number}", type_, arity))
            case "ref":
                columns.append(Column(f"r{number}", _reference(choices, lists), nothing=choices.chance(20)))
            case _:
                arity = choices.pick((Arity.SET, Arity.SET, Arity.SEQUENCE))
                columns.append(Column(f"s{number}", _reference(choices, lists), arity))
    return columns


def _reference(choices: Choices, lists: Sequence[str]) -> ValueType:
    return key(*choices.sample(lists, 1, 2 if choices.chance(15) else 1))


def _derived_column(choices: Choices, lists: Sequence[str]) -> Column:
    match choices.pick(("key", "key", "key", "key", "one", "one", "several", "refs")):
        case "key":
            targets = choices.sample(lists, 1, 2)
            return Column("", key(*targets, *([SITE] if choices.chance(30) else [])))
        case "one":
            return Column("", choices.pick(SINGLE))
        case "several":
            type_, _ = choices.pick(SEVERAL)
            return Column("", type_, Arity.SEQUENCE)
        case _:
            return Column("", key(*lists), Arity.SET)


# -- facts ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ignorance:
    """How much is left out, in percent: fields, and lists that are omitted or incomplete."""

    fields: int
    lists: int


NOTHING_UNKNOWN = Ignorance(0, 0)
DEGREES = (Ignorance(15, 15), NOTHING_UNKNOWN, Ignorance(30, 30), Ignorance(60, 30), Ignorance(15, 60))


def random_facts(choices: Choices, schema: Schema, ignorance: Ignorance) -> FactBase:
    """Facts of a schema."""
    lists = [r for r in schema.relations.values() if r.kind is RelationKind.LIST]
    open_ = {r.name for r in lists if choices.chance(ignorance.lists)}
    keys: dict[str, list[str]] = {}
    for relation in lists:
        count = choices.pick((2, 1, 3, 3, 3, 2, 0, MOST_ROWS))
        if relation.name in open_ and choices.chance(30):
            count = 0
        elsewhere = _elsewhere(relation)
        if elsewhere:
            keys[relation.name] = choices.sample([k for t in elsewhere for k in keys[t]], 0, count)
        else:
            keys[relation.name] = [f"{relation.name}{i}" for i in range(count)]
    extensions: dict[str, Extension] = {}
    for relation in schema.relations.values():
        if relation.kind is RelationKind.DERIVED:
            continue
        rows = []
        for own in keys.get(relation.name, [relation.name]):
            values = (
                None if choices.chance(ignorance.fields) else random_value(choices, c, keys)
                for c in relation.columns[1:]
            )
            rows.append((own, *values))
        extensions[relation.name] = Extension(tuple(sorted(rows, key=_key)), relation.name not in open_)
    return FactBase(schema, extensions)


def _key(row: Row) -> Any:
    return row[0]


def _elsewhere(relation: Relation) -> list[str]:
    """Lists a list takes its keys from."""
    return sorted(relation.columns[0].type.targets - {relation.name})


def random_value(choices: Choices, column: Column, keys: dict[str, list[str]]) -> Any:
    """A known value of a column, as rows hold it."""
    if column.may_be_nothing and choices.chance(25):
        return NO_VALUE  # known to be nothing, like the float of a dropped task or the deadline of one without
    if column.arity is Arity.ONE:
        return _single(choices, column.type, keys)
    members = [_single(choices, column.type, keys) for _ in range(choices.pick((1, 0, 2, 2, 3)))]
    if column.type.kind is Kind.KEY and not _known_keys(column.type, keys):
        members = []
    return tuple(sorted(set(members))) if column.arity is Arity.SET else tuple(members)


def _single(choices: Choices, type_: ValueType, keys: dict[str, list[str]]) -> Any:
    match type_.kind:
        case Kind.BOOL:
            return not choices.below(2)
        case Kind.NUMBER:
            return choices.pick(NUMBERS[type_])
        case Kind.TEXT:
            return choices.pick(TEXTS)
        case Kind.DATE:
            return choices.pick(DATES)
        case Kind.ENUM:
            assert type_.enum is not None
            return type_.encode(choices.pick(type_.enum.members))
        case Kind.KEY:
            # No loader lets a reference to an empty list pass; to the engines it is a key like any other.
            return choices.pick(_known_keys(type_, keys) or ["nowhere"])


def _known_keys(type_: ValueType, keys: dict[str, list[str]]) -> list[str]:
    return [k for t in sorted(type_.targets) for k in keys.get(t, ())]


# -- completions ----------------------------------------------------------------------------


def random_completion(choices: Choices, facts: FactBase) -> FactBase:
    """Facts in which nothing is unknown and which the given ones may turn out to be.

    Unknown fields get values of their type, sets may turn out empty, and open lists are closed after
    up to three more entries.
    """
    relations = facts.schema.relations
    keys = {n: [r[0] for r in e.rows] for n, e in facts.extensions.items() if relations[n].kind is RelationKind.LIST}
    for name, extension in facts.extensions.items():
        if extension.complete:
            continue
        more = choices.pick((1, 0, 2, 3))
        elsewhere = _elsewhere(relations[name])
        if elsewhere:
            known = [k for t in elsewhere for k in keys[t] if k not in keys[name]]
            keys[name] += choices.sample(known, 0, more)
        else:
            fresh = [k for k in (f"{name}{i}" for i in range(MOST_ROWS + more)) if k not in keys[name]]
            keys[name] += fresh[:more]
    extensions: dict[str, Extension] = {}
    for name, extension in facts.extensions.items():
        columns = relations[name].columns
        rows = list(extension.rows)
        rows += [(k, *[None] * (len(columns) - 1)) for k in keys.get(name, [])[len(rows) :]]
        filled = [
            tuple(random_value(choices, c, keys) if v is None else v for c, v in zip(columns, row, strict=True))
            for row in rows
        ]
        extensions[name] = Extension(tuple(sorted(filled, key=_key)))
    return FactBase(facts.schema, extensions)
