"""JSON text to a tree of nodes (RFC 8259), with the place of every key and value.

The standard library's decoder tells no places and keeps the last of two equal keys, so
tokens are read here and only the escapes inside a string are left to it.
"""

from __future__ import annotations

import json
import re
from typing import Final, Literal

from crm_rules.diagnostics import Diagnostic
from crm_rules.files.building import Abandoned, TreeBuilder
from crm_rules.files.nodes import Node
from crm_rules.files.scalars import TooManyDigits, number
from crm_rules.files.text import DEFAULT_LIMITS, Limits, SourceText, shortened

_SPACE: Final = re.compile(r"[ \t\n\r]*")
_STRING: Final = re.compile(r'"[^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)*"')
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_WORD: Final = re.compile(r"[^\s,:\[\]{}\"']+")
_BAD_ESCAPE: Final = re.compile(r'\\(?!["\\/bfnrt]|u[0-9A-Fa-f]{4})')
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_STRING_BEGUN: Final = re.compile(r'"[^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)*')
_NUMBER_LIKE: Final = re.compile(r"[-+]?[0-9.][0-9._]*(?:[eE][-+]?[0-9]*)?|[-+]?0[xXoObB][0-9a-fA-F]+")
_CONSTANTS: Final[dict[str, bool | None]] = {"null": None, "true": True, "false": False}

# Words other languages have for the same thing, and numbers JSON has no word for.
_FOREIGN_WORDS: Final = {
    "None": "null",
    "NULL": "null",
    "Null": "null",
    "nil": "null",
    "undefined": "null",
    "True": "true",
    "TRUE": "true",
    "False": "false",
    "FALSE": "false",
}
_FOUND: Final = {'"': "text", ",": "a comma", ":": "a colon"}
_NO_NUMBERS: Final = ("NaN", "Infinity", "-Infinity", "+Infinity")

_State = Literal["value", "first item", "first key", "key", "colon", "separator", "end"]


def parse_json(source: SourceText, problems: list[Diagnostic], limits: Limits = DEFAULT_LIMITS) -> Node | None:
    """Read one JSON document.

    Args:
        source: the text.
        problems: errors are appended here. After a key that appears twice (the first one is kept)
            and after a character that is none, reading goes on.
        limits: how much the text may ask for.

    Returns:
        The tree; None when the text is empty, is not JSON or reaches a limit. Then `problems` has
        at least one error.
    """
    try:
        return _Reading(source, problems, limits).run()
    except Abandoned as e:
        problems.append(e.diagnostic)
        return None


class _Reading:
    """One pass over one text."""

    def __init__(self, source: SourceText, problems: list[Diagnostic], limits: Limits) -> None:
        self.source = source
        self.text = source.text
        self.problems = problems
        self.limits = limits
        self.builder = TreeBuilder(source, problems, limits)
        self.at = 0
        self.open: list[int] = []  # indices of the brackets that are open

    def run(self) -> Node:
        """Read everything; raises Abandoned at the first thing that is not JSON."""
        state: _State = "value"
        text = self.text
        while True:
            space = _SPACE.match(text, self.at)
            assert space is not None
            self.at = space.end()
            c = text[self.at : self.at + 1]
            if state == "end":
                if c:
                    raise self._unexpected("nothing can follow the content of the file")
                root = self.builder.root
                assert root is not None
                return root
            if not c:
                raise self._unfinished()
            match state:
                case "colon":
                    if c != ":":
                        raise self._unexpected("expected a colon behind the key")
                    self.at += 1
                    state = "value"
                case "separator":
                    state = self._separator(c)
                case "key" | "first key":
                    state = self._key(c, state == "first key")
                case _:
                    state = self._value(c, state == "first item")

    def _separator(self, c: str) -> _State:
        opening = self.text[self.open[-1]]
        closing = "]" if opening == "[" else "}"
        if c == ",":
            self.at += 1
            return "value" if opening == "[" else "key"
        if c == closing:
            return self._close()
        hint = None
        if c in "]}":
            hint = f"the {opening} on line {self.source.position(self.open[-1])[0]} is still open"
        elif c != ":":
            hint = "put a comma between entries"
        raise self._unexpected(f"expected a comma or {closing}", hint)

    def _key(self, c: str, first: bool) -> _State:
        if c == '"':
            self.builder.add(*self._string())
            return "colon"
        if c == "}":
            if not first:
                raise self._trailing_comma(c)
            return self._close()
        word = _WORD.match(self.text, self.at)
        hint = f'write "{shortened(word.group())}"' if word else None
        raise self._unexpected("expected a key in double quotes" + (" or }" if first else ""), hint)

    def _value(self, c: str, first: bool) -> _State:
        if c == '"':
            self.builder.add(*self._string())
        elif c == "{" or c == "[":
            self.open.append(self.at)
            self.builder.open("mapping" if c == "{" else "sequence", "flow", self.source.span(self.at, 1))
            self.at += 1
            return "first key" if c == "{" else "first item"
        elif c == "]" and self.open and self.text[self.open[-1]] == "[":
            if not first:
                raise self._trailing_comma(c)
            return self._close()
        else:
            self.builder.add(self._plain(first), None)
        return "separator" if self.open else "end"

    def _close(self) -> _State:
        self.at += 1
        self.open.pop()
        self.builder.close(*self.source.position(self.at))
        return "separator" if self.open else "end"

    def _string(self) -> tuple[Node, str]:
        found = _STRING.match(self.text, self.at)
        if found is None:
            raise self._unfinished_string()
        raw = found.group()
        span = self.source.span(self.at, len(raw))
        value = raw[1:-1]
        if "\\" in value:
            # Backslashes come in pairs from the left, so what is left of them starts an escape.
            bad = _BAD_ESCAPE.search(raw.replace("\\\\", "xx"))
            if bad is not None:
                self.at += bad.start()
                shown = self.text[self.at : self.at + 2]
                raise self._failure(f"{shown} is not an escape of JSON", "a backslash itself is written \\\\", 2)
            value = json.loads(raw)
        if _SURROGATE.search(value):
            message = "half of a surrogate pair (\\uD800 to \\uDFFF) is not a character"
            self.problems.append(self.source.problem(message, span, "write the whole pair, or the character itself"))
            value = _SURROGATE.sub("\ufffd", value)
        self.at = found.end()
        return Node("scalar", value, span, "quoted", raw), value

    def _plain(self, first: bool) -> Node:
        word = _WORD.match(self.text, self.at)
        raw = word.group() if word else ""
        span = self.source.span(self.at, len(raw))
        value: bool | int | float | str | None
        if raw in _CONSTANTS:
            value = _CONSTANTS[raw]
        elif _NUMBER.fullmatch(raw):
            # What JSON writes as a number, YAML reads as the same one.
            try:
                value = number(raw, self.limits.max_digits)
            except TooManyDigits as e:
                self.problems.append(self.source.problem(str(e), span))
                value = raw
        else:
            raise self._bad_word(raw, first)
        self.at += len(raw)
        return Node("scalar", value, span, "plain", raw)

    def _bad_word(self, raw: str, first: bool) -> Abandoned:
        if raw in _NO_NUMBERS:
            return self._failure(f"{raw} is not a number JSON has", "write null, or leave the entry out", len(raw))
        if raw in _FOREIGN_WORDS:
            return self._failure(f"'{raw}' is not a word of JSON", f"write {_FOREIGN_WORDS[raw]}", len(raw))
        if _NUMBER_LIKE.fullmatch(raw):
            hint = "write digits only, on both sides of a decimal point, without + or zeros in front"
            return self._failure(f"{shortened(raw)} is not how JSON writes a number", hint, len(raw))
        quoted = f'text stands in double quotes: "{shortened(raw)}"' if raw else None
        return self._unexpected("expected a value" + (" or ]" if first else ""), quoted)

    def _unfinished_string(self) -> Abandoned:
        begun = _STRING_BEGUN.match(self.text, self.at)
        assert begun is not None
        stop = begun.end()
        c = self.text[stop : stop + 1]
        if c and c not in "\r\n\\":
            self.at = stop
            escape = "\\t" if c == "\t" else f"\\u{ord(c):04X}"
            return self._failure(f"the control character U+{ord(c):04X} cannot stand in text", f"write it as {escape}")
        hint = 'end the text with "; a line end in it is written \\n'
        return self._failure("this quote is not closed on its line", hint)

    def _trailing_comma(self, closing: str) -> Abandoned:
        self.at = self.text.rindex(",", 0, self.at)
        return self._failure(f"a comma stands before the closing {closing}", "remove the comma")

    def _unfinished(self) -> Abandoned:
        if not self.open:
            return Abandoned(self.source.no_content())
        self.at = self.open[-1]
        opening = self.text[self.at]
        return self._failure(f"this {opening} is never closed", f"end it with {']' if opening == '[' else '}'}")

    def _unexpected(self, expected: str, hint: str | None = None) -> Abandoned:
        """Say what was expected at the current character, unless what stands there explains itself."""
        if self.text.startswith(("//", "/*", "#"), self.at):
            return self._failure("JSON has no comments", "remove it, or save the file as YAML (.yaml)")
        c = self.text[self.at]
        if c == "'":
            return self._failure("keys and text stand in double quotes in JSON, found a single one", 'write "')
        if not c.isprintable():
            return self._failure(f"{expected}, found the character U+{ord(c):04X}", None)
        word = _WORD.match(self.text, self.at)
        found = f"'{shortened(word.group())}'" if word else _FOUND.get(c, c)
        return self._failure(f"{expected}, found {found}", hint, len(word.group()) if word else 1)

    def _failure(self, message: str, hint: str | None, length: int = 1) -> Abandoned:
        return Abandoned(self.source.problem(message, self.source.span(self.at, length), hint))
