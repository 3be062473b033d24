"""Words for values: templates filled in, names instead of keys, numbers a person would write."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from crm_rules.facts.base import FactBase
from crm_rules.facts.schema import Arity, Column, Kind, RelationKind, ValueType
from crm_rules.facts.values import NO_VALUE, UNNAMED, Row, Value
from crm_rules.rules.expressions import Field
from crm_rules.rules.semantics import Interval
from crm_rules.rules.templates import Hole, Template

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@dataclass(frozen=True)
class Narrator:
    """Puts facts of one run into words."""

    facts: FactBase
    _names: dict[str, dict[str, str]] = field(default_factory=dict)

    # -- names ------------------------------------------------------------------------------

    def names(self, relation: str) -> Mapping[str, str]:
        """Key to display name of the stated entries of a list; entries without a name are missing."""
        found = self._names.get(relation)
        if found is None:
            found = self._names[relation] = {}
            declared = self.facts.schema.relations.get(relation)
            columns = [c.name for c in declared.columns] if declared else []
            if declared is not None and declared.kind is RelationKind.LIST and "name" in columns:
                index = columns.index("name")
                rows = self.facts.extensions[relation].rows
                found.update((str(r[0]), str(r[index])) for r in rows if r[index] is not None)
        return found

    def key(self, key: Value, targets: Sequence[str]) -> str:
        """Display name of a key: its own name, else that of an entry it refers to, else the key."""
        if key is UNNAMED:
            return self.unlisted(targets)
        if key is None:
            return "unknown"
        for relation in targets:
            declared = self.facts.schema.relations.get(relation)
            if declared is not None and declared.kind is RelationKind.SECTION and key == relation:
                return self.fact(relation, self.facts.extensions[relation].rows[0])
            name = self.names(relation).get(str(key))
            if name is not None:
                return name
        return str(key)

    def unlisted(self, targets: Sequence[str]) -> str:
        """How an entry we have not been told about is called."""
        singular = self.facts.schema.relations[targets[0]].singular if targets else ""
        noun = singular or (targets[0].replace("_", " ") + " entry" if targets else "entry")
        return f"an unlisted {noun}"

    def fact(self, relation: str, row: Row) -> str:
        """Display name of a fact."""
        declared = self.facts.schema.relations[relation]
        if declared.kind is RelationKind.SECTION:
            columns = [c.name for c in declared.columns]
            name = row[columns.index("name")] if "name" in columns else None
            return str(name) if name is not None else f"the {relation.replace('_', ' ')}"
        if declared.kind is RelationKind.DERIVED:
            return declared.title or relation.replace("_", " ")
        if row[0] is None or row[0] is UNNAMED:
            return self.unlisted([relation])
        return self.key(row[0], self._targets(declared.columns[0].type, relation))

    @staticmethod
    def _targets(type_: ValueType, own: str = "") -> list[str]:
        return ([own] if own else []) + sorted(type_.targets - {own})

    # -- values -----------------------------------------------------------------------------

    def value(self, value: Value, type_: ValueType, arity: Arity = Arity.ONE, spec: str = "") -> str:
        """A value as a reader would write it."""
        if value is None:
            return "unknown"
        if value is NO_VALUE:
            return "nothing"
        if arity is not Arity.ONE:
            return listing([self.value(v, type_) for v in value]) if value else "none"
        match type_.kind:
            case Kind.BOOL:
                return "yes" if value else "no"
            case Kind.NUMBER:
                return number(value, spec)
            case Kind.DATE:
                return date_text(value)
            case Kind.ENUM:
                assert type_.enum is not None
                return type_.enum.label(type_.decode(value))
            case Kind.KEY:
                return self.key(value, self._targets(type_))
            case _:
                return str(value)

    def column(self, column: Column, value: Value) -> str:
        """The value of a column."""
        unit = column.type.unit
        if column.type.kind is Kind.NUMBER and unit == "share" and isinstance(value, int | float):
            return number(value, ".0%")
        text = self.value(value, column.type, column.arity)
        plain = column.type.kind is Kind.NUMBER and unit and value is not None and value is not NO_VALUE
        return f"{text} {unit}" if plain else text

    # -- templates --------------------------------------------------------------------------

    def fill(self, template: Template, env: Mapping[str, Any]) -> str:
        """A template with its holes filled from bound facts and values."""
        return "".join([p if isinstance(p, str) else self._hole(p, env) for p in template.parts])

    def _hole(self, hole: Hole, env: Mapping[str, Any]) -> str:
        if not isinstance(hole.value, Field):
            return self.value(env.get(hole.value.name), hole.value.type, hole.value.arity, hole.format)
        f = hole.value
        row = env.get(f.var)
        if row is None:
            return self.unlisted([f.relation])
        if f.column.name == "name" and row[f.index] is None and not f.derived:
            return self.fact(f.relation, row)
        if f.column.type.kind is Kind.KEY and f.index == 0 and not f.derived and f.column.arity is Arity.ONE:
            return self.fact(f.relation, row)
        return self.value(row[f.index], f.column.type, f.column.arity, hole.format)


def number(value: Value, spec: str = "") -> str:
    """A number without needless decimals; an open one as a range."""
    if value is None:
        return "unknown"
    if value is NO_VALUE:
        return "nothing"
    if isinstance(value, Interval):
        if math.isinf(value.high):
            return f"at least {number(value.low, spec)}"
        if math.isinf(value.low):
            return f"at most {number(value.high, spec)}"
        return f"{number(value.low, spec)} to {number(value.high, spec)}"
    if spec:
        return format(value, spec)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.10g}"
    return str(value)


def date_text(value: dt.date) -> str:
    """A date in words: 2 March 2026."""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def listing(items: Sequence[str]) -> str:
    """An enumeration: a, b and c."""
    if len(items) < 2:
        return "".join(items)
    return ", ".join(items[:-1]) + " and " + items[-1]
