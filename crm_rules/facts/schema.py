"""What can be said at all: relations and their typed columns.

A schema is plain data. It knows nothing of any subject; the CRM vocabulary is built
from the project model, a pack may add its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from crm_rules.facts.values import NO_VALUE, UNNAMED, Value


class Kind(StrEnum):
    """Kinds of single values."""

    BOOL = "bool"
    NUMBER = "number"
    TEXT = "text"
    DATE = "date"
    ENUM = "enum"
    KEY = "key"  # the name of a fact: its own key or a reference to another one


@dataclass(frozen=True, slots=True)
class EnumType:
    """A closed list of names.

    Attributes:
        name: name of the enum, for messages.
        members: the names, in ascending order where the enum is ordinal.
        ordinal: whether `<` and `>` mean something. Rows hold ordinal members as their
            position in `members` (0-based), all others as text.
        labels: member to wording for readers; a missing member is shown with spaces for underscores.
    """

    name: str
    members: tuple[str, ...]
    ordinal: bool = False
    labels: Mapping[str, str] = field(default_factory=dict, hash=False, compare=False)

    def label(self, member: str) -> str:
        """Wording of a member for readers."""
        return self.labels.get(member, member.replace("_", " "))


@dataclass(frozen=True, slots=True)
class ValueType:
    """Type of a single value.

    Attributes:
        kind: what it is.
        enum: the enum, for `Kind.ENUM`.
        targets: relations whose keys the value may name, for `Kind.KEY`.
        unit: unit of a number (`days`, `years`, `share`); None for a bare count or no number.
        integer: whether a number is whole.
        minimum, maximum: inclusive range of a number; None where open.
    """

    kind: Kind
    enum: EnumType | None = None
    targets: frozenset[str] = frozenset()
    unit: str | None = None
    integer: bool = False
    minimum: float | None = None
    maximum: float | None = None

    def encode(self, value: Any) -> Value:
        """Turn an authored value into the one rows hold (ordinal members become ranks)."""
        if value is None or value is NO_VALUE or self.enum is None or not self.enum.ordinal:
            return value
        return self.enum.members.index(value)

    def decode(self, value: Value) -> Any:
        """Inverse of `encode`; special values pass through."""
        if value is None or value is UNNAMED or value is NO_VALUE:
            return value
        if self.enum is None or not self.enum.ordinal:
            return value
        return self.enum.members[value]

    def describe(self) -> str:
        """A few words for error messages."""
        match self.kind:
            case Kind.ENUM:
                assert self.enum is not None
                return f"one of {self.enum.name} ({', '.join(self.enum.members)})"
            case Kind.KEY:
                return "the id of " + " or ".join(sorted(self.targets))
            case Kind.NUMBER:
                noun = "a whole number" if self.integer else "a number"
                if self.minimum is not None and self.maximum is not None:
                    noun += f" from {self.minimum:g} to {self.maximum:g}"
                elif self.minimum is not None:
                    noun += f" of at least {self.minimum:g}"
                return noun + (f" ({self.unit})" if self.unit else "")
            case Kind.BOOL:
                return "true or false"
            case Kind.DATE:
                return "a date (YYYY-MM-DD)"
            case _:
                return "text"


class Arity(StrEnum):
    """How many values a column holds."""

    ONE = "one"
    SET = "set"  # held as a sorted tuple
    SEQUENCE = "sequence"  # held as a tuple in the author's order


@dataclass(frozen=True, slots=True)
class Column:
    """One field of a relation.

    Attributes:
        name: field name as written in the project file.
        type: type of its value, or of its members.
        arity: one value, a set, or an ordered sequence.
        doc: meaning, in a phrase.
        question: question text that asks for it, with `{name}` for the fact's name; empty when never asked.
        blank: what a blank means, in words; None when a blank is unknown.
        computed: filled in by the library (schedule), never by an author.
        nothing: a blank can mean that there is no value, and not only that it is unknown.
    """

    name: str
    type: ValueType
    arity: Arity = Arity.ONE
    doc: str = ""
    question: str = ""
    blank: str | None = None
    computed: bool = False
    nothing: bool = False

    @property
    def may_be_nothing(self) -> bool:
        """Whether the value can be `NO_VALUE`; true and false never are."""
        return (self.computed or self.nothing) and self.type.kind is not Kind.BOOL

    def encode(self, value: Any) -> Value:
        """Turn an authored value into the one rows hold."""
        if value is None:
            return None
        if self.arity is Arity.ONE:
            return self.type.encode(value)
        members = (self.type.encode(v) for v in value)
        if self.arity is Arity.SET:
            return tuple(sorted(set(members)))
        return tuple(members)

    def decode(self, value: Value) -> Any:
        """Inverse of `encode`."""
        if isinstance(value, tuple):
            return tuple(self.type.decode(v) for v in value)
        return self.type.decode(value)


class RelationKind(StrEnum):
    """Where the facts of a relation come from."""

    SECTION = "section"  # exactly one fact, always bound under its own name
    LIST = "list"  # facts stated by an author
    DERIVED = "derived"  # facts derived by rules


@dataclass(frozen=True, slots=True)
class Relation:
    """A named, typed set of facts.

    Attributes:
        name: name in the project file and in rules.
        kind: section, list or derived.
        columns: the fields; the first one of a section or list is its key `id`.
        doc: meaning, in a phrase.
        singular: what one fact is called (`person`), for messages.
        computed: filled in by the library (links and cycles of the roadmap), never by an author.
        question: asks whether the list is complete; empty when never asked.
        sentence: for derived relations, what a fact says, as a template over its columns.
        title: for derived relations, the conclusion in a few words.
    """

    name: str
    kind: RelationKind
    columns: tuple[Column, ...]
    doc: str = ""
    singular: str = ""
    computed: bool = False
    question: str = ""
    sentence: str = ""
    title: str = ""

    def index(self, column: str) -> int:
        """Position of a column; raises KeyError when there is none."""
        for i, c in enumerate(self.columns):
            if c.name == column:
                return i
        raise KeyError(column)

    def column(self, name: str) -> Column:
        """A column by name; raises KeyError when there is none."""
        return self.columns[self.index(name)]


@dataclass(frozen=True, slots=True)
class Schema:
    """All relations of a subject, by name, in a fixed order.

    Attributes:
        relations: name to relation.
        phase: (section, field) of the ordinal lifecycle phase that rules may be gated on; None where
            the subject has none.
    """

    relations: Mapping[str, Relation]
    phase: tuple[str, str] | None = None

    @staticmethod
    def of(relations: Iterable[Relation], phase: tuple[str, str] | None = None) -> Schema:
        """Build a schema; raises ValueError on two relations of one name."""
        by_name: dict[str, Relation] = {}
        for r in relations:
            if r.name in by_name:
                raise ValueError(f"two relations are called {r.name}")
            by_name[r.name] = r
        return Schema(by_name, phase)

    def extended(self, relations: Iterable[Relation]) -> Schema:
        """This schema with more relations; raises ValueError on a name taken."""
        return Schema.of([*self.relations.values(), *relations], self.phase)
