"""The fact schema of a project, read off the model.

Nothing is declared here: every relation and column comes from the model's declarations.
"""

from __future__ import annotations

import dataclasses
import inspect
from functools import cache

from crm_rules.facts.schema import Column, Kind, Relation, RelationKind, Schema, ValueType
from crm_rules.model.base import Entry
from crm_rules.model.fields import Part, fields_of, parts_of
from crm_rules.model.project import Project
from crm_rules.model.roadmap import COMPUTED_LISTS, COMPUTED_TASK_COLUMNS


@cache
def project_schema() -> Schema:
    """All sections and lists a project has, with typed columns, in the order of the project file.

    Column 0 is the key `id`, column 1 of a list is `name`. Fields that only contain an id (the links
    of tasks) are no columns; they become facts of a computed list.
    """
    relations = [_relation(part) for part in parts_of(Project).values() if part.is_list or part.is_section]
    return Schema.of([*relations, *COMPUTED_LISTS], phase=("project", "phase"))


@cache
def questions_beside_columns() -> dict[tuple[str, str], str]:
    """(list or section, field) to the question for every field that is no column."""
    return {
        (part.name, name): declared.column.question
        for part in parts_of(Project).values()
        if part.is_list or part.is_section
        for name, declared in fields_of(part.record).items()
        if declared.ref is not None and declared.ref.reads is not None
    }


def _relation(part: Part) -> Relation:
    columns = [f.column for f in fields_of(part.record).values() if f.ref is None or f.ref.reads is None]
    doc = inspect.cleandoc(part.record.__doc__ or "").split("\n\n")[0]
    if issubclass(part.record, Entry):
        columns[0] = _own_key(part.name, columns[0])
        if part.name == "tasks":
            columns += COMPUTED_TASK_COLUMNS
        return Relation(
            part.name,
            RelationKind.LIST,
            tuple(columns),
            doc=doc,
            singular=part.record.singular,
            question=part.record.completeness,
        )
    columns.insert(0, _own_key(part.name, Column("id", ValueType(Kind.TEXT), doc="key, the name of the section")))
    if part.name == "project":
        columns.insert(2, fields_of(Project)["as_of"].column)
    return Relation(part.name, RelationKind.SECTION, tuple(columns), doc=doc, singular=part.name.replace("_", " "))


def _own_key(relation: str, column: Column) -> Column:
    """The key of a relation: an id of its own, and of the lists its ids are taken from."""
    return dataclasses.replace(column, type=ValueType(Kind.KEY, targets=column.type.targets | {relation}))
