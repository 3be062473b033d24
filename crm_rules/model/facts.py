"""The stated facts of a project, as plain values for the fact base.

Computed facts are added by whoever computes them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from crm_rules.facts.schema import Arity, Kind
from crm_rules.facts.values import NO_VALUE
from crm_rules.model.base import Record
from crm_rules.model.fields import Part, fields_of, parts_of
from crm_rules.model.project import Project

Fields = dict[str, Any]


def project_entries(project: Project) -> tuple[dict[str, list[Fields] | Fields | None], tuple[str, ...]]:
    """The facts a project states, and the lists that may have more entries.

    Returns:
        Relation name to its entries (lists) or fields (sections), None where left out, with values
        keyed by column: enum members as text, sets and rankings as tuples, blanks that mean something
        replaced by their meaning; and the names of the incomplete lists.
    """
    entries: dict[str, list[Fields] | Fields | None] = {}
    for name, part in parts_of(Project).items():
        content = getattr(project, name)
        if part.is_list:
            entries[name] = None if content is None else _entries(content, _names(project, part))
        elif part.is_section:
            entries[name] = None if content is None else _fields(content)
    roadmap = entries["roadmap"]
    if isinstance(roadmap, dict) and roadmap["status_date"] is None:
        roadmap["status_date"] = project.as_of
    if project.as_of is not None:
        profile = entries["project"]
        entries["project"] = {**(profile if isinstance(profile, dict) else {}), "as_of": project.as_of}
    return entries, project.incomplete


def _entries(content: Iterable[Record], names: Mapping[str, str]) -> list[Fields]:
    return [_entry(entry, names) for entry in content]


def _entry(entry: Record, names: Mapping[str, str]) -> Fields:
    fields = _fields(entry)
    if fields["name"] is None:
        fields["name"] = names.get(fields["id"], fields["id"])
    return fields


def _names(project: Project, part: Part) -> Mapping[str, str]:
    """The names of the entries a list takes its ids from, by id; empty for a list with ids of its own."""
    ref = fields_of(part.record)["id"].ref
    sources = [getattr(project, target) or () for target in ref.targets] if ref is not None else []
    return {entry.id: entry.name for source in reversed(sources) for entry in source if entry.name is not None}


def _fields(record: Record) -> Fields:
    plain = _converters(type(record))
    fields = {
        name: value if value is None or name not in plain else plain[name](value)
        for name, value in record
        if name not in _not_columns(type(record))
    }
    for name in _nothing(type(record)):
        if fields[name] is None:
            fields[name] = NO_VALUE
    fields.update(record.implied())
    return fields


@cache
def _not_columns(record: type[Record]) -> frozenset[str]:
    return frozenset(n for n, f in fields_of(record).items() if f.ref is not None and f.ref.reads is not None)


@cache
def _nothing(record: type[Record]) -> tuple[str, ...]:
    """Fields that are nothing when they are left out."""
    return tuple(n for n, f in fields_of(record).items() if f.column.nothing)


@cache
def _converters(record: type[Record]) -> Mapping[str, Callable[[Any], Any]]:
    """How to turn enum members, which hash slowly, into plain text; other values are plain already."""
    return {
        name: _text if declared.column.arity is Arity.ONE else _texts
        for name, declared in fields_of(record).items()
        if declared.column.type.kind is Kind.ENUM
    }


def _text(member: Any) -> str:
    return str(member.value)


def _texts(members: Any) -> tuple[str, ...]:
    return tuple(str(m.value) for m in members)
