"""YAML text to a tree of nodes: the only file that imports a YAML library.

The library is used for its stream of events alone. What scalars mean (YAML 1.2 core
schema, not the 1.1 rules of the library), which tags exist, aliases and all limits are
decided here, and the wording of its errors is replaced (`yaml_messages.py`).

libyaml is a fast path only. Text it refuses is read again by the Python parser, whose
verdict and error count, so that both installations give the same answer. For that the
Python parser is brought to the level of libyaml where it falls behind (tabs between
tokens, question marks in flow collections).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final, Literal, Protocol, cast

import yaml
from yaml.error import MarkedYAMLError
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner, ScannerError
from yaml.tokens import ScalarToken

from crm_rules.diagnostics import Diagnostic, Span, did_you_mean
from crm_rules.files import yaml_messages
from crm_rules.files.building import Abandoned, TreeBuilder
from crm_rules.files.nodes import Node
from crm_rules.files.scalars import CONSTANTS, TooManyDigits, number, resolve
from crm_rules.files.text import DEFAULT_LIMITS, Limits, SourceText, shortened

_BLANK_OR_END: Final = "\0 \t\r\n"

# YAML 1.2, 5.1 "Character Set"; a byte order mark inside a text is a character like any other.
_FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Ordinary characters in YAML 1.2, in JSON and in every editor, but line ends in YAML 1.1; and the
# byte order mark, which the Python parser does not count as a column.
_MISREAD: Final = "\x85\u2028\u2029\ufeff"
_ANY_MISREAD: Final = re.compile(f"[{_MISREAD}]")
_CODE_ESCAPE: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))")
_SURROGATE_ESCAPE: Final = re.compile(r"\\u[dD][89a-fA-F]")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")

_PROPERTY: Final = re.compile(r"![^ \r\n]*|&[-0-9A-Za-z_]+")
_ORDINARY_TAG: Final = re.compile(r"!!?[-0-9A-Za-z_./]*|!<[-0-9A-Za-z_./:,]+>")
_GAP: Final = re.compile(r"(?:[ \t\r\n]+(?:#[^\r\n]*)?)*")
_BLOCK_HEADER: Final = re.compile(r"[|>][-+0-9]{0,2}")
_FIRST_LINE: Final = re.compile(r"[^\r\n]*")
_COLON: Final = re.compile(r"[ \t]*:")

_CORE: Final = "tag:yaml.org,2002:"
_COLLECTION_TAGS: Final = {"mapping": ("!", _CORE + "map"), "sequence": ("!", _CORE + "seq")}


class _Mark(Protocol):
    """A place as both parsers tell it: 0-based, in characters."""

    @property
    def line(self) -> int: ...

    @property
    def column(self) -> int: ...


class _Events(Protocol):
    """What both parsers offer."""

    def get_event(self) -> Event | None: ...

    def dispose(self) -> None: ...


class _PythonParser(Reader, Scanner, Parser):
    """The parser of PyYAML without libyaml, accepting what libyaml accepts."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)

    def dispose(self) -> None:
        Parser.dispose(self)

    def get_event(self) -> Event | None:
        try:
            event: Event | None = Parser.get_event(self)  # type: ignore[no-untyped-call]
        except (ValueError, OverflowError):
            # The library turns an escape into a character without looking at its range.
            raise ScannerError(None, None, yaml_messages.NO_CHARACTER, self.get_mark()) from None
        return event

    def scan_to_next_token(self) -> None:
        while True:
            # A tab may separate tokens, but not indent a line that could start a key.
            while self.peek() == " " or (self.peek() == "\t" and (self.flow_level or not self.allow_simple_key)):
                self.forward()
            if self.peek() == "#":
                while self.peek() not in "\0\r\n":
                    self.forward()
            if not self._break():
                return
            if not self.flow_level:
                self.allow_simple_key = True

    def _break(self) -> bool:
        """Move behind a line end; whether there was one."""
        return bool(self.scan_line_break())  # type: ignore[no-untyped-call]

    def scan_plain(self) -> ScalarToken:
        chunks: list[str] = []
        start = end = self.get_mark()
        indent = self.indent + 1
        between = ""
        while not self._at_document_marker() and self.peek() != "#":
            length = self._plain_length()
            if not length:
                break
            self.allow_simple_key = False
            chunks += (between, self.prefix(length))
            self.forward(length)
            end = self.get_mark()
            if self.peek() not in " \t\r\n":
                break
            between = self._scan_plain_gap(indent)
            if not self.flow_level and self.column < indent:
                break
        return ScalarToken("".join(chunks), True, start, end)

    def _plain_length(self) -> int:
        length = 0
        while True:
            c = self.peek(length)
            if c in _BLANK_OR_END or (self.flow_level and c in ",[]{}"):
                return length
            if c == ":" and self.peek(length + 1) in _BLANK_OR_END + (",[]{}" if self.flow_level else ""):
                return length
            length += 1

    def _scan_plain_gap(self, indent: int) -> str:
        """Skip blanks and line ends behind a word; what they mean if another word follows."""
        blanks: list[str] = []
        breaks = 0
        while self.peek() in " \t\r\n":
            if self.peek() in "\r\n":
                self._break()
                self.allow_simple_key = True
                breaks += 1
                if self._at_document_marker():
                    break
            elif breaks and self.peek() == "\t" and self.column < indent:
                break
            else:
                blanks.append(self.peek())
                self.forward()
        if not breaks:
            return "".join(blanks)
        return " " if breaks == 1 else "\n" * (breaks - 1)

    def _at_document_marker(self) -> bool:
        return self.column == 0 and self.prefix(3) in ("---", "...") and self.peek(3) in _BLANK_OR_END


def _c_parser() -> Callable[[str], _Events] | None:
    return cast("Callable[[str], _Events]", yaml.CSafeLoader) if yaml.__with_libyaml__ else None


def parse_yaml(source: SourceText, problems: list[Diagnostic], limits: Limits = DEFAULT_LIMITS) -> Node | None:
    """Read one YAML document.

    Scalars follow the core schema of YAML 1.2; keys are always text, as written. Anchors and
    aliases are supported; merge keys (`<<`) are ordinary keys and only the core tags exist.

    Args:
        source: the text.
        problems: errors are appended here. After a key that appears twice (the first one is kept),
            a key that is no text, an unknown tag or alias, or a second document, reading goes on.
        limits: how much the text may ask for.

    Returns:
        The tree; None when the text is empty, is not YAML or reaches a limit. Then `problems` has
        at least one error.
    """
    refused = _unreadable(source)
    if refused is not None:
        problems.append(refused)
        return None
    text, restore = _with_stand_ins(source.text)
    fast = _c_parser()
    if fast is not None and not _SURROGATE_ESCAPE.search(text):
        # libyaml refuses escaped surrogates, and JSON writes everything beyond U+FFFF as a pair of them.
        try:
            return _Reading(source, restore, limits, decisive=False).run(fast(text), problems)
        except yaml.YAMLError:
            pass
    try:
        return _Reading(source, restore, limits, decisive=True).run(_PythonParser(text), problems)
    except MarkedYAMLError as e:
        # What was found before may be a consequence of the same mistake, so this is said alone.
        problems.append(_explained(source, e))
    return None


def _unreadable(source: SourceText) -> Diagnostic | None:
    found = _FORBIDDEN.search(source.text)
    if found is None:
        return None
    return source.problem(
        f"the control character U+{ord(found.group()):04X} is not allowed in YAML",
        source.span(found.start(), 1),
        "remove it, or write it as an escape inside double quotes",
    )


def _with_stand_ins(text: str) -> tuple[str, dict[int, str]]:
    """The text with misread characters replaced by ones it does not contain, and the way back."""
    if not _ANY_MISREAD.search(text):
        return text, {}
    used = {ord(c) for c in text}
    used.update(int(m.group(1) or m.group(2), 16) for m in _CODE_ESCAPE.finditer(text))
    free = (c for c in range(0x110000 - 1, 0xE000, -1) if c not in used and not _FORBIDDEN.match(chr(c)))
    stand_ins = {old: next(free) for old in _MISREAD}
    return text.translate({ord(old): new for old, new in stand_ins.items()}), {v: k for k, v in stand_ins.items()}


def _explained(source: SourceText, error: MarkedYAMLError) -> Diagnostic:
    def at(mark: _Mark | None) -> Span | None:
        return None if mark is None else Span(source.file, mark.line + 1, mark.column + 1, 1)

    where = at(error.problem_mark) or Span(source.file)
    return yaml_messages.explain(source, error.problem or "", where, error.context or "", at(error.context_mark))


_Scalar = bool | int | float | str | None
_Tagged = ScalarEvent | MappingStartEvent | SequenceStartEvent


class _Anchored:
    """A node with a name."""

    __slots__ = ("as_key", "count", "height", "node", "open")

    def __init__(self, node: Node, as_key: str | None, is_open: bool) -> None:
        self.node = node
        self.as_key = as_key
        self.open = is_open
        self.count = 1
        self.height = 0


class _Reading:
    """One pass over the events of one text."""

    def __init__(self, source: SourceText, restore: dict[int, str], limits: Limits, *, decisive: bool) -> None:
        self.decisive = decisive
        self.source = source
        self.restore = restore
        self.limits = limits
        self.problems: list[Diagnostic] = []
        self.builder = TreeBuilder(source, self.problems, limits)
        self.anchors: dict[str, _Anchored] = {}
        self.open_anchors: list[_Anchored | None] = []
        self.aliases = 0
        self.behind_key: int | None = None  # directly after a key: the index behind it
        self.file = source.file
        self.text = source.text
        self.starts = source.line_starts

    def run(self, events: _Events, problems: list[Diagnostic]) -> Node | None:
        """Read everything; findings reach `problems` only when the parser did not fail.

        Raises:
            yaml.YAMLError: the text is not YAML.
        """
        try:
            self._read(events)
        except Abandoned as e:
            problems += (*self.problems, e.diagnostic)
            return None
        finally:
            events.dispose()
        root = self.builder.root
        if root is not None and root.kind == "scalar" and not root.text and root.value is None:
            root = None
        if root is None and not self.problems:
            self.problems.append(self.source.no_content())
        problems += self.problems
        return root

    def _read(self, events: _Events) -> None:
        handlers: dict[type[Event], Callable[[Any], None]] = {
            ScalarEvent: self._scalar,
            AliasEvent: self._alias,
            MappingStartEvent: self._start,
            SequenceStartEvent: self._start,
            MappingEndEvent: self._end,
            SequenceEndEvent: self._end,
        }
        documents = 0
        for event in _until_end(events):
            handler = handlers.get(type(event))
            if handler is not None:
                handler(event)
            elif type(event) is DocumentStartEvent:
                documents += 1
                if documents > 1:
                    message = "a second document starts here, where one per file is expected"
                    hint = "keep one document per file and remove the line '---'"
                    self.problems.append(self.source.problem(message, self._span_of(event), hint))
                    return

    def _span_of(self, event: Event) -> Span:
        start, end = event.start_mark, event.end_mark
        assert start is not None and end is not None
        length = end.column - start.column if end.line == start.line else 1
        return Span(self.file, start.line + 1, start.column + 1, length)

    def _scalar(self, event: ScalarEvent) -> None:
        mark, end = event.start_mark, event.end_mark
        assert mark is not None and end is not None
        first = begin = self._index(mark)
        stop = self._index(end)
        if begin == stop and self.behind_key is not None:
            # The parsers disagree where a value is that nobody wrote; for an author it is behind the colon.
            colon = _COLON.match(self.text, self.behind_key)
            first = begin = stop = colon.end() if colon else self.behind_key
        elif begin == stop and self.builder.wants_key:
            self._leave_to_python()
        begin = self._behind_properties(event, begin, stop)
        line, column = self.source.position(begin)
        raw = self.text[begin:stop]
        value: str = event.value
        if self.restore:
            value = value.translate(self.restore)
        style: Literal["plain", "quoted", "block"]
        if event.style in ("|", ">"):
            style = "block"
            header = _BLOCK_HEADER.match(raw)
            assert header is not None
            if raw[header.end() : header.end() + 1] in ("\t", "#"):
                self._leave_to_python()
            length = header.end()
            raw = _without_blank_lines(raw)
        else:
            style = "quoted" if event.style else "plain"
            length = len(_FIRST_LINE.match(raw).group().rstrip())  # type: ignore[union-attr]
        span = Span(self.file, line, column, length)
        if style == "quoted" and _SURROGATE.search(value):
            value = self._joined_surrogates(value, span)
        meaning: _Scalar
        as_key: str | None
        if event.tag is None:
            meaning, as_key = self._meaning(value, style, span), value
        else:
            meaning, as_key = self._tagged(event.tag, value, span, first)
        node = Node("scalar", meaning, span, style, raw)
        if event.anchor is not None:
            self.anchors[event.anchor] = _Anchored(node, as_key, False)
        self.builder.add(node, as_key)
        self._note_key(stop)

    def _index(self, mark: _Mark) -> int:
        """0-based index of a mark; libyaml's end of a text lies on a line of its own."""
        return self.starts[mark.line] + mark.column if mark.line < len(self.starts) else len(self.text)

    def _meaning(self, text: str, style: str, span: Span) -> _Scalar:
        if style != "plain":
            return text
        try:
            return resolve(text, self.limits.max_digits)
        except TooManyDigits as e:
            if not self.builder.wants_key:
                self.problems.append(self.source.problem(str(e), span))
            return text

    def _tagged(self, tag: str, text: str, span: Span, first: int) -> tuple[_Scalar, str | None]:
        """The value of a scalar whose properties start at index `first`, and its text if it may be a key."""
        if tag in ("!", _CORE + "str"):
            return text, text
        kind = tag.removeprefix(_CORE)
        expected = {
            "null": "nothing, ~ or null",
            "bool": "true or false",
            "int": "a whole number",
            "float": "a number",
        }.get(kind)
        if not tag.startswith(_CORE) or expected is None:
            self._unknown_tag(tag, first)
            return text, text
        try:
            found = number(text, self.limits.max_digits)
        except TooManyDigits as e:
            self.problems.append(self.source.problem(str(e), span))
            return text, None
        if kind == "int" and isinstance(found, int):
            return found, None
        if kind == "float" and found is not None:
            return float(found), None
        if text in CONSTANTS and (kind == "null") == (CONSTANTS[text] is None) and kind in ("null", "bool"):
            return CONSTANTS[text], None
        message = f"expected {expected} after !!{kind}, found '{shortened(text)}'"
        self.problems.append(self.source.problem(message, span))
        return text, None

    def _unknown_tag(self, tag: str, first: int) -> None:
        begin = self.text.index("!", first)
        written = _PROPERTY.match(self.text, begin)
        span = self.source.span(begin, len(written.group()) if written else 1)
        shown = "!!" + tag.removeprefix(_CORE) if tag.startswith(_CORE) else tag
        hint = "remove it; text that starts with ! needs quotes"
        self.problems.append(self.source.problem(f"the tag {shortened(shown)} is not supported", span, hint))

    def _joined_surrogates(self, value: str, span: Span) -> str:
        joined = value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        if joined.count("\ufffd") > value.count("\ufffd"):
            message = "half of a surrogate pair (\\uD800 to \\uDFFF) is not a character"
            self.problems.append(self.source.problem(message, span, "write the whole pair, or the character itself"))
        return joined

    def _leave_to_python(self) -> None:
        """Stop libyaml at what the Python parser refuses or places elsewhere."""
        if not self.decisive:
            raise yaml.YAMLError

    def _behind_properties(self, event: _Tagged, begin: int, stop: int) -> int:
        """Index of a value's first character, behind its anchor and tag."""
        # Counted, because the first key of a block mapping may have properties of its own.
        for _ in range((event.anchor is not None) + (event.tag is not None)):
            written = _PROPERTY.match(self.text, begin)
            assert written is not None
            if self.text[begin] == "!" and not _ORDINARY_TAG.fullmatch(written.group()):
                self._leave_to_python()
            begin = min(written.end(), stop)
            gap = _GAP.match(self.text, begin, stop)
            begin = gap.end() if gap else begin
        return begin

    def _start(self, event: MappingStartEvent | SequenceStartEvent) -> None:
        kind: Literal["mapping", "sequence"] = "mapping" if type(event) is MappingStartEvent else "sequence"
        self.behind_key = None
        mark = event.start_mark
        assert mark is not None
        span = Span(self.file, mark.line + 1, mark.column + 1, 1)
        if event.anchor is not None or event.tag is not None:
            begin = self._index(mark)
            if event.tag is not None and event.tag not in _COLLECTION_TAGS[kind]:
                self._unknown_tag(event.tag, begin)
            span = self.source.span(self._behind_properties(event, begin, len(self.text)), 1)
        node = self.builder.open(kind, "flow" if event.flow_style else "block", span)
        anchored = None
        if event.anchor is not None:
            anchored = self.anchors[event.anchor] = _Anchored(node, None, True)
        self.open_anchors.append(anchored)

    def _end(self, event: MappingEndEvent | SequenceEndEvent) -> None:
        innermost = self.builder.innermost
        assert innermost is not None
        end = event.end_mark
        assert end is not None
        # The end of a block collection is a place the parser noticed it at, not one an author wrote.
        line, column = (end.line + 1, end.column + 1) if innermost.style == "flow" else (0, 0)
        count, height = self.builder.close(line, column)
        self._note_key(self._index(end))
        anchored = self.open_anchors.pop()
        if anchored is not None:
            anchored.open, anchored.count, anchored.height = False, count, height

    def _note_key(self, end: int) -> None:
        """Remember where the part just added ended, if it was a key."""
        self.behind_key = end if self.builder.wants_value else None

    def _alias(self, event: AliasEvent) -> None:
        name = event.anchor
        assert name is not None
        span = self._span_of(event)
        self.aliases += 1
        if self.aliases > self.limits.max_aliases:
            message = f"more than {self.limits.max_aliases:,} aliases (limit max_aliases)"
            raise Abandoned(self.source.problem(message, span))
        target = self.anchors.get(name)
        if target is None:
            hint = did_you_mean(name, self.anchors) or "text that starts with * needs quotes"
            self.problems.append(self.source.problem(f"nothing above is named &{shortened(name)}", span, hint))
            self.builder.skip(span)
        elif target.open:
            message = f"*{shortened(name)} contains itself: it stands inside the value of that name"
            self.problems.append(self.source.problem(message, span, "write the value out"))
            self.builder.skip(span)
        else:
            self.builder.share(target.node, target.as_key, target.count, target.height, span)
        assert event.end_mark is not None
        self._note_key(self._index(event.end_mark))


def _until_end(events: _Events) -> Iterator[Event]:
    while (event := events.get_event()) is not None and type(event) is not StreamEndEvent:
        yield event


def _without_blank_lines(block: str) -> str:
    """A block scalar without the blank lines behind it, but with the blanks behind its last word."""
    end = len(block.rstrip(" \r\n"))
    while block[end : end + 1] == " ":
        end += 1
    return block[:end]
