"""The notation of fields: from `{type: number, unit: m}` to a typed column.

One notation serves the lists and sections of `facts.yaml` and the conclusions of
`conclusions.yaml`. What a field may refer to is told from outside.
"""

from __future__ import annotations

import keyword
import re
import string
from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from crm_rules.diagnostics import did_you_mean
from crm_rules.facts.schema import Arity, Column, EnumType, Kind, RelationKind, ValueType
from crm_rules.files.nodes import Entry, Node
from crm_rules.files.reading import Fields, Keys, Reader
from crm_rules.model.wording import a, quoted

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_NAME_HINT: Final = "use lower-case letters, digits and _, beginning with a letter"

_WORDS: Final[Mapping[str, ValueType]] = MappingProxyType(
    {
        "bool": ValueType(Kind.BOOL),
        "number": ValueType(Kind.NUMBER),
        "text": ValueType(Kind.TEXT),
        "date": ValueType(Kind.DATE),
        "share": ValueType(Kind.NUMBER, unit="share", minimum=0, maximum=1),
    }
)
_WITH_OPTIONS: Final = {"key": "write {type: key, of: [team]}", "enum": "write {type: enum, enum: Name}"}
RESERVED: Final = frozenset({"true", "false", "known", "unknown", "settings", *_WORDS, *_WITH_OPTIONS})
"""What no list, section or conclusion can be called."""


# The types these options go with; all other options of a field go with every type.
_OPTIONS: Final = MappingProxyType(
    {
        "unit": "number",
        "minimum": "number",
        "maximum": "number",
        "integer": "number",
        "of": "key",
        "enum": "enum",
        "members": "enum",
        "ordinal": "enum",
    }
)
DERIVED_FIELD: Final = Keys("field", ("type",), (*_OPTIONS, "many", "meaning"))
"""Options of a field that rules fill in."""

STATED_FIELD: Final = Keys("field", ("type",), (*_OPTIONS, "many", "meaning", "question", "blank"))
"""Options of a field that an author fills in."""


def usable_name(reader: Reader, entry: Entry, noun: str, reserved: Collection[str] = ()) -> bool:
    """Whether expressions can use a key as a name; otherwise a problem is reported."""
    name = entry.key
    if not _NAME.fullmatch(name):
        reader.problem(entry.key_span, f"{quoted(name)} cannot be the name of a {noun}", _NAME_HINT)
        return False
    if name in reserved or keyword.iskeyword(name):
        message = f"'{name}' is a word of the language and cannot be the name of a {noun}"
        reader.problem(entry.key_span, message, "choose another name")
        return False
    return True


def template(reader: Reader, node: Node | None, fields: Mapping[str, Column | None]) -> str | None:
    """Text with `{field}` holes; None where it is not there or no text.

    Args:
        reader: takes the problems: an unknown field, a format of what is no number.
        node: the text.
        fields: what a hole may name; None for a field of which nothing is known.
    """
    text = reader.authored(node)
    if text is None:
        return None
    try:
        pieces = list(string.Formatter().parse(text.value))
    except ValueError as error:
        reader.problems.append(text.problem(f"the braces of this text do not match ({error})", 0, len(text.value)))
        return text.value
    behind = 0
    for literal, name, spec, conversion in pieces:
        # Braces that stand for themselves are written twice.
        behind += len(literal) + literal.count("{") + literal.count("}")
        if name is None:
            continue
        start, length = text.value.find("{" + name, behind) + 1, max(len(name), 1)
        behind = text.value.find("}", start) + 1
        if name not in fields:
            hint = did_you_mean(name, fields) if fields else "leave the braces out"
            reader.problems.append(text.problem(f"there is no field {quoted(name)}", start, length, hint))
        elif conversion:
            reader.problems.append(text.problem("conversions with ! are not part of templates", start, length))
        elif spec and not _formats(fields[name], spec):
            message = f"{quoted(spec)} does not format '{name}'"
            reader.problems.append(text.problem(message, start, length, "numbers take formats such as .0% or .1f"))
    return text.value


def _formats(column: Column | None, spec: str) -> bool:
    if column is not None and (column.type.kind is not Kind.NUMBER or column.arity is not Arity.ONE):
        return False
    try:
        format(1.5, spec)
    except ValueError:
        return False
    return True


class FieldReader:
    """Reads fields.

    Attributes:
        kinds: every relation a field may name, with its kind.
        enums: every enum a field may name.
        partial: whether there may be relations and enums besides those; an unknown name is then
            no problem.
    """

    def __init__(self, kinds: dict[str, RelationKind], enums: dict[str, EnumType], partial: bool) -> None:
        self.kinds = kinds
        self.enums = enums
        self.partial = partial

    def take_enums(self, reader: Reader, fields: Node | None) -> None:
        """Take up the enums that fields declare, so that any other field can name them."""
        for field in () if fields is None or fields.kind != "mapping" else fields.value.values():
            if field.node.kind == "mapping":
                self._take_enum(reader, Fields(field.node.value))

    def _take_enum(self, reader: Reader, field: Fields) -> None:
        name, members, ordinal = field.node("enum"), field.node("members"), field.node("ordinal")
        if name is None or members is None or not isinstance(name.value, str):
            return
        if name.value in self.enums:
            hint = "leave members out to use it, or choose another name"
            reader.problem(name.span, f"there is already an enum {quoted(name.value)}", hint)
            return
        texts = reader.texts(members, "members")
        for text in texts:
            if not _NAME.fullmatch(text.value):
                reader.problem(text.span, f"{quoted(text.value)} cannot be a member", _NAME_HINT)
        if members.kind == "sequence" and not members.value:
            reader.problem(members.span, "an enum needs at least one member")
        ascending = ordinal is not None and ordinal.value is True
        self.enums[name.value] = EnumType(name.value, tuple(t.value for t in texts), ascending)

    def columns(self, reader: Reader, node: Node | None, keys: Keys, implied: tuple[str, ...]) -> Iterator[Column]:
        """The columns of a mapping of fields; one with a problem is left out.

        Args:
            reader: takes the problems.
            node: the mapping.
            keys: options a field may have.
            implied: columns that are there without being declared.
        """
        for name, entry in (reader.mapping(node, "fields by name") if node is not None else {}).items():
            if name in implied:
                reader.problem(entry.key_span, f"'{name}' is there without being declared", "leave it out")
            elif usable_name(reader, entry, "field"):
                column = self._column(reader, entry, keys)
                if column is not None:
                    yield column

    def _column(self, reader: Reader, entry: Entry, keys: Keys) -> Column | None:
        if entry.node.kind == "scalar":
            short = self._named(reader, entry.node)
            return None if short is None else Column(entry.key, short)
        values = reader.fields(entry.node, keys, entry.key_span)
        many = reader.choice(values.node("many"), "many", ("set", "sequence"))
        meaning, blank = reader.text(values.node("meaning")), reader.text(values.node("blank"))
        question = template(reader, values.node("question"), {"name": None})
        type_ = self._type(reader, values)
        if type_ is None:
            return None
        return Column(entry.key, type_, Arity(many or "one"), meaning or "", question or "", blank)

    def _type(self, reader: Reader, values: Fields) -> ValueType | None:
        node = values.node("type")
        if node is None:
            return None
        word = node.value if isinstance(node.value, str) else ""
        if word in _WORDS or word in _WITH_OPTIONS or word in self.kinds:
            for key in values.entries:
                if _OPTIONS.get(key, word) != word:
                    message = f"'{key}' goes with {a(_OPTIONS[key])}, found type '{word}'"
                    reader.problem(values.entries[key].key_span, message, "leave it out")
        match word:
            case "number":
                return self._number(reader, values)
            case "key":
                return self._key(reader, node, values)
            case "enum":
                return self._enum(reader, node, values)
            case _:
                return self._named(reader, node)

    def _named(self, reader: Reader, node: Node) -> ValueType | None:
        word = reader.text(node, "a type")
        if word is None:
            return None
        if word in _WORDS:
            return _WORDS[word]
        if word in self.kinds:
            return self._reference(reader, node, [word])
        if word in _WITH_OPTIONS:
            reader.problem(node.span, f"{a(word)} has to say of what", _WITH_OPTIONS[word])
        elif word in self.enums:
            reader.problem(node.span, f"{quoted(word)} is an enum", f"write {{type: enum, enum: {word}}}")
        elif not self.partial:
            hint = did_you_mean(word, [*_WORDS, *_WITH_OPTIONS, *self._keyed()])
            reader.problem(node.span, f"there is no type {quoted(word)}", hint)
        return None

    def _number(self, reader: Reader, values: Fields) -> ValueType:
        minimum, maximum = reader.number(values.node("minimum")), reader.number(values.node("maximum"))
        if minimum is not None and maximum is not None and minimum > maximum:
            message = f"the maximum {maximum:g} is below the minimum {minimum:g}"
            reader.problem(values.entries["maximum"].node.span, message)
        unit, integer = reader.text(values.node("unit")), reader.flag(values.node("integer"))
        return ValueType(Kind.NUMBER, unit=unit, integer=integer or False, minimum=minimum, maximum=maximum)

    def _key(self, reader: Reader, type_: Node, values: Fields) -> ValueType | None:
        node = values.node("of")
        if node is None:
            reader.problem(type_.span, "a key has to say of what", _WITH_OPTIONS["key"])
            return None
        names = reader.texts(node, "lists")
        if node.kind == "sequence" and not node.value:
            reader.problem(node.span, "a key needs at least one list")
        for text in names:
            if text.value not in self.kinds and not self.partial:
                hint = did_you_mean(text.value, self._keyed())
                reader.problem(text.span, f"there is no list or section {quoted(text.value)}", hint)
        return self._reference(reader, node, [t.value for t in names])

    def _reference(self, reader: Reader, node: Node, names: list[str]) -> ValueType | None:
        for name in names:
            if self.kinds.get(name) is RelationKind.DERIVED:
                reader.problem(node.span, f"'{name}' is a conclusion, whose facts have no ids")
                return None
        return ValueType(Kind.KEY, targets=frozenset(names)) if names else None

    def _keyed(self) -> list[str]:
        return [name for name, kind in self.kinds.items() if kind is not RelationKind.DERIVED]

    def _enum(self, reader: Reader, type_: Node, values: Fields) -> ValueType | None:
        reader.flag(values.node("ordinal"))
        node = values.node("enum")
        if node is None:
            reader.problem(type_.span, "an enum needs a name", _WITH_OPTIONS["enum"])
            return None
        name = reader.text(node)
        if name is None:
            return None
        if "ordinal" in values.entries and "members" not in values.entries:
            message = "'ordinal' stands where the members are given"
            reader.problem(values.entries["ordinal"].key_span, message, "leave it out, or give the members here")
        enum = self.enums.get(name)
        if enum is None:
            if not self.partial:
                hint = did_you_mean(name, self.enums) or "give its members here"
                reader.problem(node.span, f"there is no enum {quoted(name)}", hint)
            return None
        return ValueType(Kind.ENUM, enum=enum)
