"""What can be read off the declarations: columns, references, and how the project file is laid out.

The only file that takes annotations apart. Everything is computed once per class.
"""

from __future__ import annotations

import datetime as dt
import types
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from crm_rules.facts.schema import Arity, Column, Kind, ValueType
from crm_rules.model.base import Entry, Many, Quantity, Record, Ref, Section
from crm_rules.model.enums import Choice, enum_type


@dataclass(frozen=True, slots=True)
class Field:
    """A declared field.

    Attributes:
        column: its type, meaning, question and meaning of blank.
        ref: the reference it makes, if any.
        required: whether it cannot be left out.
    """

    column: Column
    ref: Ref | None
    required: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A top-level part of the project file that is made of records.

    Attributes:
        name: its key in the file.
        record: class of its records.
        many: whether it is a list of records.
    """

    name: str
    record: type[Record]
    many: bool

    @property
    def is_list(self) -> bool:
        """Whether it is a list of facts."""
        return self.many and issubclass(self.record, Entry)

    @property
    def is_section(self) -> bool:
        """Whether it is a section of facts."""
        return issubclass(self.record, Section)


@cache
def fields_of(record: type[Record]) -> Mapping[str, Field]:
    """The fields of a record by their name in the file, in order of declaration; nested records left out."""
    hints = get_type_hints(record, include_extras=True)
    fields: dict[str, Field] = {}
    for attribute, info in record.model_fields.items():
        name = info.alias or attribute
        described = _value_type(hints[attribute])
        if described is None:
            continue
        value_type, arity, ref = described
        extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
        blank = extra.get("blank")
        column = Column(
            name=name,
            type=value_type,
            arity=arity,
            doc=info.description or "",
            question=str(extra.get("ask", "")),
            blank=blank if isinstance(blank, str) else None,
            nothing=extra.get("nothing") is True,
        )
        fields[name] = Field(column, ref, info.is_required())
    return types.MappingProxyType(fields)


@cache
def parts_of(project: type[Record]) -> Mapping[str, Part]:
    """The sections and lists of a project class by their key in the file, in order of declaration."""
    parts: dict[str, Part] = {}
    for name, hint in get_type_hints(project, include_extras=True).items():
        base, _ = _unwrap(hint)
        many = get_origin(base) is tuple
        record = _unwrap(get_args(base)[0])[0] if many else base
        if name in project.model_fields and isinstance(record, type) and issubclass(record, Record):
            parts[name] = Part(name, record, many)
    return types.MappingProxyType(parts)


def _unwrap(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    """A hint without `Annotated` and `| None`, and the annotations met on the way."""
    metadata: tuple[Any, ...] = ()
    while True:
        origin = get_origin(hint)
        if origin is Annotated:
            hint, *more = get_args(hint)
            metadata += tuple(more)
        elif origin in (Union, types.UnionType):
            (hint,) = (a for a in get_args(hint) if a is not type(None))
        else:
            return hint, metadata


def _value_type(hint: Any) -> tuple[ValueType, Arity, Ref | None] | None:
    """Type, arity and reference of a field; None for records and fixed texts."""
    base, metadata = _unwrap(hint)
    arity = Arity.ONE
    if get_origin(base) is tuple:
        many = next((m for m in metadata if isinstance(m, Many)), None)
        if many is None:
            return None
        arity = Arity.SEQUENCE if many.ordered else Arity.SET
        base, metadata = _unwrap(get_args(base)[0])
    if not isinstance(base, type) or issubclass(base, Record):
        return None
    ref = next((m for m in metadata if isinstance(m, Ref)), None)
    quantity = next((m for m in metadata if isinstance(m, Quantity)), None)
    if issubclass(base, Choice):
        return ValueType(Kind.ENUM, enum=_enum(base)), arity, ref
    if quantity is not None:
        number = ValueType(
            Kind.NUMBER,
            unit=quantity.unit,
            integer=base is int,
            minimum=quantity.minimum,
            maximum=quantity.maximum,
        )
        return number, arity, ref
    if base is bool:
        return ValueType(Kind.BOOL), arity, ref
    if base is dt.date:
        return ValueType(Kind.DATE), arity, ref
    if base is str:
        kind = ValueType(Kind.TEXT) if ref is None else ValueType(Kind.KEY, targets=frozenset(ref.targets))
        return kind, arity, ref
    raise TypeError(f"no value type for {base!r}")


_enum = cache(enum_type)
