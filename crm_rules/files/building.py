"""Building a tree from a stream of parts, whatever the format they came in.

Here live the rules that hold for every format: how much one file may ask for, that a
key appears once, and how far the first line of a collection reaches. There is no
recursion, so no input can exhaust the interpreter's stack.
"""

from __future__ import annotations

from typing import Literal

from crm_rules.diagnostics import Diagnostic, Span
from crm_rules.files.nodes import Entry, Node
from crm_rules.files.text import Limits, SourceText, shortened


class Abandoned(Exception):
    """Reading cannot go on; the reason is in `diagnostic`. Never leaves this room."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


class _Frame:
    """A collection that is still open."""

    __slots__ = ("awaits_value", "counted_before", "height", "key", "key_span", "node", "reach")

    def __init__(self, node: Node, reach: int, counted_before: int) -> None:
        self.node = node
        self.reach = reach  # column behind the last thing seen on the first line
        self.counted_before = counted_before
        self.height = 0  # levels of collections inside
        self.awaits_value = False  # mappings: a key has been read
        self.key: str | None = None  # None with `awaits_value`: the value belongs to a refused key
        self.key_span: Span | None = None


class TreeBuilder:
    """Turns opened and closed collections and scalars into a tree of nodes.

    Problems that leave the tree usable (a key that appears twice: the first one is kept) are
    appended to `problems`; limits raise `Abandoned`.

    Attributes:
        root: the finished tree; None before.
        counted: values so far, those behind aliases counted at each use.
    """

    def __init__(self, source: SourceText, problems: list[Diagnostic], limits: Limits) -> None:
        self.root: Node | None = None
        self.counted = 0
        self._source = source
        self._problems = problems
        self._limits = limits
        self._stack: list[_Frame] = []

    @property
    def wants_key(self) -> bool:
        """Whether the next part is the key of a mapping."""
        return bool(self._stack) and self._stack[-1].node.kind == "mapping" and not self._stack[-1].awaits_value

    @property
    def wants_value(self) -> bool:
        """Whether the next part is the value of a key."""
        return bool(self._stack) and self._stack[-1].awaits_value

    @property
    def innermost(self) -> Node | None:
        """The collection that is open; None outside of all."""
        return self._stack[-1].node if self._stack else None

    def open(self, kind: Literal["mapping", "sequence"], style: Literal["block", "flow"], span: Span) -> Node:
        """Begin a collection at `span`; its node is complete when it is closed.

        Raises:
            Abandoned: nested too deeply, or too many values.
        """
        self._check_depth(1, span)
        self._count(1, span)
        node = Node(kind, {} if kind == "mapping" else [], span, style)
        # A bracket or dash is a character of the first line; a block mapping starts with its first key.
        self._stack.append(_Frame(node, span.column + 1, self.counted - 1))
        return node

    def close(self, line: int = 0, column: int = 0) -> tuple[int, int]:
        """End the innermost collection.

        Args:
            line: 1-based line of the closing bracket; 0 when there is none.
            column: 1-based column behind the closing bracket.

        Returns:
            How many values the collection holds, itself included, and its height.
        """
        frame = self._stack.pop()
        node = frame.node
        start = node.span
        reach = column if line == start.line else frame.reach
        node.span = Span(start.file, start.line, start.column, reach - start.column)
        count, height = self.counted - frame.counted_before, frame.height + 1
        self._attach(node, None, height, node.span)
        return count, height

    def add(self, node: Node, as_key: str | None) -> None:
        """Add a scalar.

        Args:
            node: the scalar.
            as_key: its text, should it turn out to be a key; None when it cannot be one.
        """
        if not self.wants_key:
            self._count(1, node.span)
        self._attach(node, as_key, 0, node.span)

    def share(self, node: Node, as_key: str | None, count: int, height: int, span: Span) -> None:
        """Add a node that already has its place in the tree.

        Args:
            node: the node.
            as_key: its text, should it turn out to be a key; None when it cannot be one.
            count: how many values it holds, itself included.
            height: its levels of collections; 0 for a scalar.
            span: where the alias stands.

        Raises:
            Abandoned: nested too deeply, or too many values.
        """
        self._check_depth(height, span)
        if not self.wants_key:
            self._count(count, span)
        self._attach(node, as_key, height, span)

    def skip(self, span: Span) -> None:
        """Leave out one key or value that cannot be used and has been reported."""
        if not self._stack:
            return
        frame = self._stack[-1]
        self._extend(frame, span)
        if frame.node.kind == "mapping":
            frame.awaits_value = not frame.awaits_value
            frame.key = None

    def _attach(self, node: Node, as_key: str | None, height: int, span: Span) -> None:
        if not self._stack:
            self.root = node
            return
        frame = self._stack[-1]
        self._extend(frame, span)
        if height > frame.height:
            frame.height = height
        if frame.node.kind == "sequence":
            frame.node.value.append(node)
        elif not frame.awaits_value:
            frame.awaits_value = True
            frame.key_span = span
            frame.key = self._checked_key(frame.node.value, as_key, node, span)
        else:
            frame.awaits_value = False
            if frame.key is not None:
                assert frame.key_span is not None
                frame.node.value[frame.key] = Entry(frame.key, frame.key_span, node)

    def _checked_key(self, entries: dict[str, Entry], key: str | None, node: Node, span: Span) -> str | None:
        if key is None:
            noun = {"mapping": "a mapping", "sequence": "a list", "scalar": "a value with a tag"}[node.kind]
            hint = "text that starts with { or [ needs quotes" if node.style == "flow" else "write the key as text"
            self._problems.append(self._source.problem(f"a key must be text, found {noun}", span, hint))
            return None
        if not key and node.style == "plain":
            self._problems.append(self._source.problem("a key is missing here", span))
            return None
        first = entries.get(key)
        if first is not None:
            line = first.key_span.line
            lines = f"on lines {line} and {span.line}" if line != span.line else f"on line {line}"
            self._problems.append(
                self._source.problem(f"key '{shortened(key)}' appears twice, {lines}", span, "keep one of the two")
            )
            return None
        return key

    @staticmethod
    def _extend(frame: _Frame, span: Span) -> None:
        if span.line == frame.node.span.line:
            frame.reach = max(frame.reach, span.column + span.length)

    def _check_depth(self, levels: int, span: Span) -> None:
        if len(self._stack) + levels > self._limits.max_depth:
            raise Abandoned(
                self._source.problem(
                    f"values are nested more than {self._limits.max_depth:,} levels deep (limit max_depth)", span
                )
            )

    def _count(self, values: int, span: Span) -> None:
        self.counted += values
        if self.counted > self._limits.max_nodes:
            raise Abandoned(
                self._source.problem(
                    f"more than {self._limits.max_nodes:,} values after expanding aliases (limit max_nodes)", span
                )
            )
