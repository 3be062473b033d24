"""XML written by programs, read as records with the line each begins on.

The reader knows which elements are wanted and skips the rest while the text streams by, so that what
it keeps grows with the wanted part of a file only. It trusts nothing: declarations of entities and
document types are refused, and depth, number and length of what is kept are limited. What elements
mean is its callers' business.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, NoReturn
from xml.parsers import expat

from crm_rules.diagnostics import Diagnostic, Span
from crm_rules.errors import ProjectError
from crm_rules.files.text import shortened

_SEPARATOR: Final = " "  # between namespace and name; no namespace contains one
_CHUNK: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class XmlLimits:
    """What one XML file may ask for; reaching a limit is an error that names it.

    Attributes:
        max_bytes: size of the file.
        max_depth: how deeply elements may be nested; the root is level 1.
        max_records: number of elements kept as records.
        max_value: length of one value that is kept, in characters.
    """

    max_bytes: int = 300_000_000
    max_depth: int = 100
    max_records: int = 5_000_000
    max_value: int = 100_000


DEFAULT_XML_LIMITS: Final = XmlLimits()


@dataclass(frozen=True, slots=True)
class Shape:
    """What is wanted of an element.

    Attributes:
        values: names of the children whose text is kept.
        records: name and shape of the children kept as records.
        taken: records of this shape are handed over one by one and not kept with their parent.
    """

    values: frozenset[str] = frozenset()
    records: Mapping[str, Shape] = field(default_factory=dict)
    taken: bool = False


def names(text: str) -> frozenset[str]:
    """Names of elements from a text with spaces between them."""
    return frozenset(text.split())


@dataclass(slots=True)
class Record:
    """One element as far as it is wanted.

    Attributes:
        name: of the element, without its namespace.
        line: 1-based line its tag begins on.
        values: text of children by name, without white space around it; of several children of one
            name the first.
        records: children kept as records, in the order of the file.
    """

    name: str
    line: int
    values: dict[str, str] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)

    def first(self, name: str) -> Record | None:
        """The first child record of that name."""
        return next((r for r in self.records if r.name == name), None)

    def each(self, name: str) -> list[Record]:
        """The child records of that name; none where there is none."""
        return [r for r in self.records if r.name == name]


class XmlReader:
    """Reads one XML text.

    Args:
        file: what messages call it.
        namespace: the namespace all wanted elements are in.
        root: name of the root element.
        shape: what is wanted of the root.
        take: called with every record whose shape says `taken`, in the order of the file.
        hint: what to do about a file with another root.
    """

    def __init__(
        self,
        file: str,
        namespace: str,
        root: str,
        shape: Shape,
        take: Callable[[Record], None],
        hint: str | None = None,
        limits: XmlLimits = DEFAULT_XML_LIMITS,
    ) -> None:
        self._file = file
        self._namespace = namespace
        self._root = root
        self._shape = shape
        self._take = take
        self._hint = hint
        self._limits = limits
        self._open: list[tuple[Record, Shape]] = []
        self._result: Record | None = None
        self._kept = 0
        self._depth = 0
        self._skipped_below = 0  # depth of the unwanted element we are in, 0 when in none
        self._value: str | None = None  # name of the child whose text is being read
        self._pieces: list[str] = []
        self._length = 0
        self._names: dict[str, str | None] = {}
        self._parser = self._new_parser()

    def read(self, data: bytes) -> Record:
        """Read a whole text and return its root.

        Raises:
            ProjectError: it is not well-formed XML, has another root, declares a document type or entities,
                or reaches a limit.
        """
        try:
            for begin in range(0, len(data), _CHUNK):
                self._parser.Parse(data[begin : begin + _CHUNK], False)
            self._parser.Parse(b"", True)
        except expat.ExpatError as e:
            reason = expat.ErrorString(e.code) or "not well-formed"
            ended = e.code in _ENDED_EARLY
            self._refuse(
                f"the file ends before its XML is complete: {reason}" if ended else f"this is not XML: {reason}",
                Span(self._file, e.lineno, e.offset + 1),
                "it was cut off; copy or export it again" if ended else "export it again from the program it is from",
            )
        except (UnicodeError, LookupError) as e:
            # The codec that the declaration asks for is Python's where expat has none of its own.
            self._refuse(f"the encoding the file declares cannot be read: {e}", Span(self._file, 1), "save it as UTF-8")
        assert self._result is not None, "expat refuses a text without a root"
        return self._result

    def _new_parser(self) -> expat.XMLParserType:
        parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._doctype
        return parser

    def _here(self) -> Span:
        return Span(self._file, self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber + 1)

    def _refuse(self, message: str, span: Span | None = None, hint: str | None = None) -> NoReturn:
        raise ProjectError([Diagnostic(message, span or self._here(), hint)]) from None

    def _doctype(self, *_: object) -> None:
        self._refuse(
            "the file declares a document type, which is not read",
            # How far the parser has come within the declaration depends on its version.
            Span(self._file, self._parser.CurrentLineNumber),
            "scheduling programs write none; entities in it could make a small file enormous or read other files",
        )

    def _local(self, full: str) -> str | None:
        """The name of an element of our namespace; None for others."""
        if full not in self._names:
            namespace, _, name = full.rpartition(_SEPARATOR)
            self._names[full] = name if namespace == self._namespace else None
        return self._names[full]

    def _start(self, full: str, _: object) -> None:
        self._depth += 1
        if self._depth > self._limits.max_depth:
            self._refuse(f"elements are nested deeper than {self._limits.max_depth} (limit max_depth)")
        if self._skipped_below:
            return
        name = self._local(full)
        if self._depth == 1:
            self._start_root(full, name)
            return
        if self._value is not None or name is None:
            self._skipped_below = self._depth
            return
        shape = self._open[-1][1]
        if name in shape.values:
            self._value = name
        elif name in shape.records:
            self._push(name, shape.records[name])
        else:
            self._skipped_below = self._depth

    def _start_root(self, full: str, name: str | None) -> None:
        if name != self._root:
            namespace, _, found = full.rpartition(_SEPARATOR)
            where = f"of the namespace '{shortened(namespace)}'" if namespace else "without a namespace"
            self._refuse(
                f"the root element is <{shortened(found)}> {where},"
                f" where <{self._root}> of '{self._namespace}' is expected",
                hint=self._hint,
            )
        self._push(self._root, self._shape)

    def _push(self, name: str, shape: Shape) -> None:
        self._kept += 1
        if self._kept > self._limits.max_records:
            self._refuse(f"the file has more than {self._limits.max_records:,} entries (limit max_records)")
        self._open.append((Record(name, self._parser.CurrentLineNumber), shape))

    def _end(self, _: str) -> None:
        depth = self._depth
        self._depth -= 1
        if self._skipped_below:
            if depth == self._skipped_below:
                self._skipped_below = 0
            return
        if self._value is not None:
            self._open[-1][0].values.setdefault(self._value, "".join(self._pieces).strip())
            self._value = None
            self._pieces.clear()
            self._length = 0
            return
        record, shape = self._open.pop()
        if not self._open:
            self._result = record
        elif shape.taken:
            self._take(record)
        else:
            self._open[-1][0].records.append(record)

    def _text(self, text: str) -> None:
        if self._value is None or self._skipped_below:
            return
        self._length += len(text)
        if self._length > self._limits.max_value:
            self._refuse(
                f"the value of <{self._value}> has more than {self._limits.max_value:,} characters (limit max_value)"
            )
        self._pieces.append(text)


_ENDED_EARLY: Final = frozenset(
    expat.errors.codes[message]
    for message in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
    )
)
