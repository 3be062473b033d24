"""How facts are named for people: paths such as `team[ann].operational_load`, and where they were written."""

from __future__ import annotations

from crm_rules.diagnostics import Span
from crm_rules.facts.base import FactBase
from crm_rules.facts.schema import RelationKind
from crm_rules.facts.values import NO_VALUE, UNNAMED, Row, Value


def key_of(row: Row) -> str:
    """The key of a stated row as text; `?` for an entry we have not been told about."""
    return "?" if row[0] is UNNAMED or row[0] is None else str(row[0])


def value_text(value: Value) -> str:
    """A value as part of a path."""
    if value is None or value is UNNAMED:
        return "?"
    return "-" if value is NO_VALUE else str(value)


def fact_path(facts: FactBase, relation: str, row: Row) -> str:
    """Path of a fact: `project`, `team[ann]`, `sponsorship_weak[project]`."""
    kind = facts.schema.relations[relation].kind
    if kind is RelationKind.SECTION:
        return relation
    if kind is RelationKind.DERIVED:
        return f"{relation}[{', '.join(value_text(v) for v in row)}]"
    return f"{relation}[{key_of(row)}]"


def field_path(facts: FactBase, relation: str, row: Row, column: str) -> str:
    """Path of a field: `team[ann].operational_load`, `project.phase`."""
    return f"{fact_path(facts, relation, row)}.{column}"


def place(facts: FactBase, relation: str, row: Row | None, column: str = "") -> Span | None:
    """Where something was written: the field, else its entry, else its list; None when it was not written.

    Args:
        facts: the facts.
        relation: section or list.
        row: the fact; None for the list or section as a whole.
        column: the field; empty for the entry as a whole.
    """
    places = facts.origin.places
    candidates = [(relation, "", "")]
    if row is not None:
        key = key_of(row)
        candidates = [(relation, key, column), (relation, key, ""), *candidates]
    return next((places[c] for c in candidates if c in places), None)
