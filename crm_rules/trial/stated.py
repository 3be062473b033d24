"""Entries of lists and sections the project model does not know, read and checked by their declared columns.

Knows nothing of any subject. Messages are worded as those about projects, because the same people
read them.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from crm_rules.diagnostics import did_you_mean, nearest
from crm_rules.facts.schema import Arity, Column, Kind, Relation, RelationKind, ValueType
from crm_rules.model.base import ID_FORM
from crm_rules.model.problems import Path, Problem
from crm_rules.model.wording import a, advice, expected, found, quoted

Fields = dict[str, Any]


def read_stated(
    relations: Mapping[str, Relation], given: Mapping[str, Any]
) -> tuple[dict[str, list[Fields] | Fields | None], list[Problem]]:
    """Read authored entries.

    Args:
        relations: the lists and sections to read, by name.
        given: everything that is given, as plain data; entries of other lists are looked at for the
            ids references may name.

    Returns:
        Relation name to its entries (lists) or fields (sections), as authored values for a fact base,
        for what is given of `relations`: dates are read, an entry without a name is called by its id,
        and a blank that is declared to mean something leaves a set or sequence empty. And every
        problem; entries can be used when there is none.
    """
    reader = _Reader(_ids(given))
    entries = {name: reader.relation(relations[name], value) for name, value in given.items() if name in relations}
    return entries, reader.problems


def _ids(given: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """Per list the ids of its entries, with the position of the first that has it."""
    ids: dict[str, dict[str, int]] = {}
    for name, value in given.items():
        known = ids[name] = {}
        for position, entry in enumerate(value if isinstance(value, Sequence) and not isinstance(value, str) else ()):
            if isinstance(entry, Mapping) and isinstance(entry.get("id"), str):
                known.setdefault(entry["id"], position)
        if isinstance(value, Mapping):
            known[name] = 0
    return ids


class _Reader:
    def __init__(self, ids: Mapping[str, Mapping[str, int]]) -> None:
        self.ids = ids
        self.problems: list[Problem] = []

    def relation(self, relation: Relation, value: Any) -> list[Fields] | Fields | None:
        if value is None:
            return None
        if relation.kind is RelationKind.SECTION:
            return self._section(relation, value)
        if not isinstance(value, list | tuple):
            hint = "start each entry with '- ', or write [] for none"
            self._problem((relation.name,), f"expected a list of entries, found {found(value)}", hint)
            return []
        return [self._entry(relation, (relation.name, i), entry) for i, entry in enumerate(value)]

    def _section(self, relation: Relation, value: Any) -> Fields:
        path: Path = (relation.name,)
        if not isinstance(value, Mapping):
            self._problem(path, f"expected the fields of {relation.name}, found {found(value)}")
            return {}
        if "id" in value:
            message = f"{relation.name} is a section and needs no id"
            self._problem((*path, "id"), message, "leave it out", about_key=True)
        return self._fields(relation, path, {k: v for k, v in value.items() if k != "id"})

    def _entry(self, relation: Relation, path: Path, value: Any) -> Fields:
        singular = relation.singular or "entry"
        if not isinstance(value, Mapping):
            hint = f"write '- id: {value}'" if isinstance(value, str) else "write '- id: …'"
            self._problem(path, f"expected the fields of {a(singular)}, found {found(value)}", hint)
            return {}
        self._check_id(relation, path, value.get("id"), singular)
        fields = self._fields(relation, path, value)
        if "name" in fields and fields["name"] is None:
            fields["name"] = value.get("id")
        return fields

    def _check_id(self, relation: Relation, path: Path, key: Any, singular: str) -> None:
        if key is None:
            hint = "add 'id:' and a short name that others can refer to"
            self._problem(path, f"this {singular} has no id", hint)
        elif not isinstance(key, str):
            self._problem((*path, "id"), f"expected text, found {found(key)}", "put it in quotes to make it text")
        elif not ID_FORM.fullmatch(key):
            hint = "use 1 to 64 letters, digits, dots, dashes or underscores, beginning with a letter or digit"
            self._problem((*path, "id"), f"{found(key)} cannot be an id", hint)
        elif self.ids[relation.name][key] != path[1]:
            first = (relation.name, self.ids[relation.name][key], "id")
            message = f"two entries of {relation.name} have the id '{key}'"
            self.problems.append(Problem((*path, "id"), message, other=first))

    def _fields(self, relation: Relation, path: Path, value: Mapping[str, Any]) -> Fields:
        columns = {c.name: c for c in relation.columns if not c.computed}
        for key in value:
            if key not in columns:
                hint = did_you_mean(str(key), columns)
                self._problem((*path, key), f"{relation.name} has no field {quoted(str(key))}", hint, about_key=True)
        fields: Fields = {}
        for name, column in columns.items():
            stated = value.get(name)
            if name == "id":
                fields.update({"id": stated} if stated is not None else {})
            elif stated is None:
                fields[name] = () if column.blank is not None and column.arity is not Arity.ONE else None
            else:
                fields[name] = self._value(column, (*path, name), stated)
        return fields

    def _value(self, column: Column, path: Path, value: Any) -> Any:
        if column.arity is Arity.ONE:
            return self._single(column.type, path, value)
        if not isinstance(value, list | tuple):
            hint = f"write [{value}]" if isinstance(value, str) and ID_FORM.fullmatch(value) else None
            self._problem(path, f"expected a list, found {found(value)}", hint or "write [one, two] or []")
            return ()
        return tuple(self._single(column.type, (*path, i), member) for i, member in enumerate(value))

    def _single(self, kind: ValueType, path: Path, value: Any) -> Any:
        if kind.kind is Kind.DATE and isinstance(value, str):
            value = _date(value)
        if not _fits(kind, value):
            self._problem(path, f"expected {expected(kind)}, found {found(value)}", advice(kind, value))
        elif kind.kind is Kind.KEY:
            self._check_reference(kind.targets, path, value)
        return value.strip() if kind.kind is Kind.TEXT and isinstance(value, str) else value

    def _check_reference(self, targets: Collection[str], path: Path, key: str) -> None:
        lists = sorted(targets)
        known = [i for target in lists for i in self.ids.get(target, ())]
        if key not in known:
            close = nearest(key, known)
            named = " or ".join(lists)
            hint = f"did you mean '{close}'?" if close else f"list it under {named}: '- id: {key}' is enough"
            self._problem(path, f"no entry of {named} has the id '{key}'", hint)

    def _problem(self, path: Path, message: str, hint: str | None = None, about_key: bool = False) -> None:
        self.problems.append(Problem(path, message, hint, "key" if about_key else "value"))


def _date(text: str) -> dt.date | str:
    # Python also reads 20260302 and week dates, which project files do not know.
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return text
    return day if day.isoformat() == text else text


def _fits(kind: ValueType, value: Any) -> bool:
    match kind.kind:
        case Kind.BOOL:
            return isinstance(value, bool)
        case Kind.NUMBER:
            return _number_fits(kind, value)
        case Kind.DATE:
            return isinstance(value, dt.date) and not isinstance(value, dt.datetime)
        case Kind.ENUM:
            assert kind.enum is not None
            return isinstance(value, str) and value in kind.enum.members
        case Kind.TEXT | Kind.KEY:
            return isinstance(value, str) and bool(value.strip())


def _number_fits(kind: ValueType, value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int if kind.integer else int | float):
        return False
    if isinstance(value, float) and not math.isfinite(value):
        return False
    return (kind.minimum is None or value >= kind.minimum) and (kind.maximum is None or value <= kind.maximum)
