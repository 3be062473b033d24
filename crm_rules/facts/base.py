"""The facts of one run: rows per relation, and where they were written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from crm_rules.diagnostics import Span
from crm_rules.facts.schema import Kind, Relation, RelationKind, Schema
from crm_rules.facts.values import UNNAMED, Row, Value, sort_key


@dataclass(frozen=True, slots=True)
class Extension:
    """The stated facts of one relation.

    Attributes:
        rows: stated rows in fact order (by key).
        complete: False when there may be more entries than stated (list left out or named incomplete).
    """

    rows: tuple[Row, ...] = ()
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Origin:
    """Where facts were written, for explanations only; engines never see it.

    Attributes:
        places: (relation, key, column) to place; column "" stands for the entry as a whole,
            key "" and column "" for the list or section as a whole.
        causes: (relation, key, column) of a computed value to the paths of the inputs whose
            absence leaves it unknown.
        questions: (relation, field) to question text of an authored field that is no column, such as
            the predecessors of a task, with `{name}` for the fact's name.
        guesses: (relation, key, column) of a value nobody stated to how it came about, in words; key and column ""
            for what counts the values of a list.
        confirmations: (relation, key, column) of such a value to the question that asks whether it is right.
    """

    places: Mapping[tuple[str, str, str], Span] = field(default_factory=dict)
    causes: Mapping[tuple[str, str, str], tuple[str, ...]] = field(default_factory=dict)
    questions: Mapping[tuple[str, str], str] = field(default_factory=dict)
    guesses: Mapping[tuple[str, str, str], str] = field(default_factory=dict)
    confirmations: Mapping[tuple[str, str, str], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FactBase:
    """All asserted facts of one run.

    Every list and section of the schema has an extension. Rows are plain tuples in column order
    and hold encoded values (see `Column.encode`). A section has exactly one row, whose fields are
    all unknown when nothing was stated. The rows of a list differ in their keys, which are known.

    Attributes:
        listed: list or section to its possible rows, and the one among them that stands for entries
            we have not been told about (see `placeholder`), None where the list is complete.
        known: lists and sections about which nothing is unknown.
    """

    schema: Schema
    extensions: Mapping[str, Extension]
    origin: Origin = field(default_factory=Origin, compare=False)
    listed: Mapping[str, tuple[tuple[Row, ...], Row | None]] = field(init=False, compare=False, repr=False)
    known: frozenset[str] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        listed: dict[str, tuple[tuple[Row, ...], Row | None]] = {}
        for name, extension in self.extensions.items():
            unlisted = None if extension.complete else self.placeholder(name)
            listed[name] = (extension.rows if unlisted is None else (*extension.rows, unlisted), unlisted)
        known = (n for n, e in self.extensions.items() if e.complete and not any(None in row for row in e.rows))
        object.__setattr__(self, "listed", listed)
        object.__setattr__(self, "known", frozenset(known))

    @staticmethod
    def of(
        schema: Schema,
        entries: Mapping[str, Iterable[Mapping[str, Any]] | Mapping[str, Any] | None],
        incomplete: Iterable[str] = (),
        origin: Origin | None = None,
    ) -> FactBase:
        """Build facts from authored values.

        Args:
            schema: what can be said.
            entries: relation name to its entries (lists) or its fields (sections), authored values;
                a list that is missing or None is unknown.
            incomplete: lists that may have more entries than stated.
            origin: where things were written.

        Raises:
            KeyError: a relation or column the schema does not have.
            ValueError: two entries of one list with the same id, or a number that is none (NaN), which would
                not even be equal to itself.
        """
        open_lists = set(incomplete)
        extensions: dict[str, Extension] = {}
        for name in entries:
            if name not in schema.relations:
                raise KeyError(name)
        for name, relation in schema.relations.items():
            if relation.kind is RelationKind.DERIVED:
                continue
            given = entries.get(name)
            if relation.kind is RelationKind.SECTION:
                fields = dict(given or {})  # type: ignore[arg-type]
                fields.setdefault("id", name)
                extensions[name] = Extension((_row(relation, fields),))
                continue
            rows = [_row(relation, e) for e in given or ()]  # type: ignore[arg-type]
            if len({r[0] for r in rows}) != len(rows):
                raise ValueError(f"two entries of {name} have the same id")
            rows.sort(key=_key_order)
            extensions[name] = Extension(tuple(rows), given is not None and name not in open_lists)
        return FactBase(schema, extensions, origin or Origin())

    def placeholder(self, relation: str) -> Row:
        """The row that stands for entries we have not been told about.

        Its key differs from every stated key of the list. Where the key is at the same time a
        reference to another list (an internal expert is a team member), it may be any of the keys
        stated there, so it is unknown.
        """
        columns = self.schema.relations[relation].columns
        key = UNNAMED if columns[0].type.targets <= {relation} else None
        return (key, *([None] * (len(columns) - 1)))


def _key_order(row: Row) -> tuple[Any, ...]:
    """Fact order of rows that differ in their keys."""
    return sort_key(row[0])


def _row(relation: Relation, fields: Mapping[str, Any]) -> Row:
    columns = relation.columns
    if not fields.keys() <= {c.name for c in columns}:
        raise KeyError(min(fields.keys() - {c.name for c in columns}))
    row: list[Value] = []
    for column in columns:
        value = fields.get(column.name)
        if column.type.kind is Kind.NUMBER and _has_nan(value):
            raise ValueError(f"{column.name} of {fields.get('id')!r} in {relation.name} is not a number (NaN)")
        row.append(value if value is None else column.encode(value))
    return tuple(row)


def _has_nan(value: Any) -> bool:
    return any(v != v for v in (value if isinstance(value, tuple | list | set | frozenset) else (value,)))
