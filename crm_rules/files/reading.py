"""Authored mappings read key by key: what was expected, what was found, and where.

Knows what the files of a pack have in common (keys, texts, lists, numbers) and nothing of what
any of them means. Every problem goes to one list; a value that has one is read as None.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from crm_rules.diagnostics import Diagnostic, Span, did_you_mean, nearest
from crm_rules.files.nodes import Entry, Node, plain, scalar_offset
from crm_rules.files.scalars import number
from crm_rules.files.text import SourceText
from crm_rules.model.wording import a, found, quoted
from crm_rules.rules.draft import Text


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed file.

    Attributes:
        source: its text.
        root: its tree.
    """

    source: SourceText
    root: Node


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one sort of mapping.

    Attributes:
        noun: what such a mapping is called, without article.
        required: keys that cannot be left out.
        optional: keys that can.
        elsewhere: keys an author may well write here although they do not belong, with what to do instead.
    """

    noun: str
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    elsewhere: Mapping[str, str] = field(default_factory=dict)

    @property
    def all(self) -> tuple[str, ...]:
        """Every key that belongs."""
        return self.required + self.optional


@dataclass(frozen=True, slots=True)
class Fields:
    """The keys of a mapping that belong, with their values."""

    entries: Mapping[str, Entry]

    def node(self, key: str) -> Node | None:
        """The value of a key; None when it is not there."""
        entry = self.entries.get(key)
        return None if entry is None else entry.node


class Reader:
    """Reads the tree of one text and reports every problem with its place and line."""

    def __init__(self, source: SourceText, problems: list[Diagnostic]) -> None:
        self.source = source
        self.problems = problems

    def problem(self, span: Span | None, message: str, hint: str | None = None) -> None:
        """Report an error; without a span it is about the file as a whole."""
        self.problems.append(self.source.problem(message, span, hint))

    def unexpected(self, node: Node, expected: str, hint: str | None = None) -> None:
        """Report a value of the wrong sort."""
        self.problem(node.span, f"expected {expected}, found {_found(node)}", hint)

    # -- collections ------------------------------------------------------------------------

    def mapping(self, node: Node, expected: str, hint: str | None = None) -> Mapping[str, Entry]:
        """The entries of a mapping; none, and a problem, where it is something else."""
        if node.kind == "mapping":
            entries: Mapping[str, Entry] = node.value
            return entries
        self.unexpected(node, expected, hint)
        return {}

    def fields(self, node: Node, keys: Keys, at: Span | None = None) -> Fields:
        """The keys that belong; each other key and the required ones not there are problems.

        Args:
            node: the mapping.
            keys: what belongs.
            at: where a missing key is reported; None means the start of the mapping.
        """
        entries = self.mapping(node, f"the keys of {a(keys.noun)}", f"begin with '{keys.all[0]}:'")
        valid = keys.all
        meant: set[str | None] = set()
        for key, entry in entries.items():
            if key not in valid:
                elsewhere = keys.elsewhere.get(key)
                meant.add(None if elsewhere else nearest(key, valid))
                hint = elsewhere or did_you_mean(key, valid)
                self.problem(entry.key_span, f"{a(keys.noun)} has no key {quoted(key)}", hint)
        # A misspelt key is one mistake, not a second one of being missing.
        missing = [f"'{key}'" for key in keys.required if key not in entries and key not in meant]
        if missing and node.kind == "mapping":
            listed = " or ".join(filter(None, (", ".join(missing[:-1]), missing[-1])))
            self.problem(at or node.span, f"this {keys.noun} has no {listed}")
        return Fields({key: entry for key, entry in entries.items() if key in valid})

    def items(self, node: Node | None, expected: str, hint: str | None = None) -> Sequence[Node]:
        """The members of a list; none, and a problem, where it is something else. None has no members."""
        if node is None:
            return ()
        if node.kind == "sequence":
            members: Sequence[Node] = node.value
            return members
        if hint is None and isinstance(node.value, str) and node.value.isprintable() and 0 < len(node.value) <= 40:
            hint = f"write [{node.value}]"
        self.unexpected(node, f"a list of {expected}", hint)
        return ()

    # -- text -------------------------------------------------------------------------------

    def text(self, node: Node | None, expected: str = "text") -> str | None:
        """Text without blanks around it. None for None."""
        authored = self.authored(node, expected)
        return None if authored is None else authored.value

    def authored(self, node: Node | None, expected: str = "text") -> Text | None:
        """Text that knows the place of each of its characters, without blanks around it. None for None."""
        if node is None:
            return None
        if node.kind != "scalar" or not isinstance(node.value, str):
            self.unexpected(node, expected, _text_hint(node, expected))
            return None
        value = node.value.strip()
        if not value:
            self.problem(node.span, f"expected {expected}, found blank text")
            return None
        lead = len(node.value) - len(node.value.lstrip())
        return Text(value, node.span, partial(self._place, node, lead))

    def literal(self, node: Node | None, expected: str) -> Text | None:
        """As `authored`, where a number, true or false is as good as text that says so."""
        if node is None or node.kind != "scalar" or not isinstance(node.value, bool | int | float):
            return self.authored(node, expected)
        # Written anew, because what YAML reads as a number (0o17) need not be one in an expression.
        value = str(node.value).lower() if isinstance(node.value, bool) else str(node.value)
        return Text(value, node.span, partial(self._place, node, 0))

    def texts(self, node: Node | None, expected: str) -> tuple[Text, ...]:
        """The texts of a list, each of them once."""
        members: dict[str, Text] = {}
        for item in self.items(node, expected):
            member = self.authored(item)
            if member is None:
                continue
            if member.value in members:
                self.problem(item.span, f"{quoted(member.value)} is named twice")
            members.setdefault(member.value, member)
        return tuple(members.values())

    def key(self, entry: Entry) -> Text:
        """A key as text that knows its place."""
        return Text(entry.key, entry.key_span, partial(self._key_place, entry))

    def named(self, value: str, span: Span) -> Text:
        """Text made by the loader that stands for a place as a whole."""
        return Text(value, span, partial(self._same_place, span))

    def choice(self, node: Node | None, what: str, valid: Collection[str]) -> str | None:
        """One of a few words. None for None."""
        value = self.text(node)
        if value is None or value in valid:
            return value
        assert node is not None
        self.problem(node.span, f"{what} cannot be {quoted(value)}", did_you_mean(value, valid))
        return None

    # -- other scalars ----------------------------------------------------------------------

    def whole(self, node: Node | None) -> int | None:
        """A whole number. None for None."""
        if node is None or (type(node.value) is int):
            return None if node is None else node.value
        self.unexpected(node, "a whole number", _number_hint(node))
        return None

    def number(self, node: Node | None) -> int | float | None:
        """A finite number. None for None."""
        if node is None:
            return None
        value = node.value
        if type(value) is int or (type(value) is float and abs(value) < float("inf")):
            return value
        self.unexpected(node, "a number", _number_hint(node))
        return None

    def flag(self, node: Node | None) -> bool | None:
        """True or false. None for None."""
        if node is None or isinstance(node.value, bool):
            return None if node is None else node.value
        self.unexpected(node, "true or false")
        return None

    # -- places -----------------------------------------------------------------------------

    def _line(self, span: Span) -> str | None:
        # Not `source.line`: what is shown must be fit for a terminal.
        return self.source.problem("", span).source

    # Bound methods and not closures, so that drafts can be pickled.

    def _place(self, node: Node, lead: int, offset: int) -> tuple[Span, str | None]:
        span = scalar_offset(node, lead + offset)
        return span, self._line(span)

    def _key_place(self, entry: Entry, offset: int) -> tuple[Span, str | None]:
        span = entry.key_span
        quote = 1 if span.length == len(entry.key) + 2 else 0
        here = Span(span.file, span.line, span.column + quote + offset, max(len(entry.key) - offset, 1))
        return here, self._line(here)

    def _same_place(self, span: Span, _: int) -> tuple[Span, str | None]:
        return span, self._line(span)


def _found(node: Node) -> str:
    return found(node.value if node.kind == "scalar" else plain(node))


def _text_hint(node: Node, expected: str) -> str | None:
    if expected != "text":
        return None
    if node.kind != "scalar":
        bracket = "{" if node.kind == "mapping" else "["
        return f"text that starts with {bracket} needs quotes" if node.style == "flow" else None
    return None if node.value is None else "put it in quotes to make it text"


def _number_hint(node: Node) -> str | None:
    if node.style != "quoted":
        return None
    text = str(node.value).strip()
    return f"write {text} without quotes" if len(text) < 20 and number(text, len(text)) is not None else None
