"""The tree every authored file becomes, and the way from a value back to its place.

Nodes are plain data. Nothing here knows which format a tree came from, except that a
scalar keeps the source text it was written as.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from crm_rules.diagnostics import Span
from crm_rules.files.alignment import line_parts, value_positions


@dataclass(slots=True)
class Node:
    """One authored value with its place.

    A value that is used again through an alias is the same object in every place, so its span is
    where it was written, which is where it would have to be changed.

    Attributes:
        kind: what it is.
        value: of a scalar None, bool, int, float or str; of a sequence `list[Node]`; of a mapping
            `dict[str, Entry]` in file order.
        span: start of the value; the length reaches to the end of the value or of its first line.
        style: of scalars plain, quoted or block (`|` and `>`); of collections block or flow.
        text: of scalars the source text exactly as written, quotes included; otherwise empty.
    """

    kind: Literal["mapping", "sequence", "scalar"]
    value: Any
    span: Span
    style: Literal["plain", "quoted", "block", "flow"]
    text: str = ""


@dataclass(slots=True)
class Entry:
    """One key of a mapping with its value.

    Attributes:
        key: the key as text.
        key_span: where the key stands, quotes included.
        node: the value.
    """

    key: str
    key_span: Span
    node: Node


def plain(node: Node) -> Any:
    """The data of a tree without places: dicts, lists and scalars."""
    top: list[Any] = []
    todo: list[tuple[Node, dict[str, Any] | list[Any], str | None]] = [(node, top, None)]
    while todo:
        current, into, key = todo.pop()
        data: Any
        if current.kind == "mapping":
            # Keys are put in place first: the work list runs backwards, file order has to stay.
            data = dict.fromkeys(current.value)
            todo.extend((e.node, data, k) for k, e in current.value.items())
        elif current.kind == "sequence":
            data = []
            todo.extend((n, data, None) for n in reversed(current.value))
        else:
            data = current.value
        if isinstance(into, dict):
            assert key is not None
            into[key] = data
        else:
            into.append(data)
    return top[0]


def place(node: Node, path: Sequence[str | int]) -> Span:
    """The place of the value at the end of `path`, or of the deepest value on the way that exists."""
    return _walk(node, path)[0].span


def key_place(node: Node, path: Sequence[str | int]) -> Span:
    """The place of the key `path` ends with; where it ends elsewhere or nowhere, as `place`."""
    found, entry = _walk(node, path)
    return found.span if entry is None else entry.key_span


def _walk(node: Node, path: Sequence[str | int]) -> tuple[Node, Entry | None]:
    """The deepest node along `path`, with its entry when the whole path exists and ends in a key."""
    entry: Entry | None = None
    for step in path:
        entry = None
        if node.kind == "mapping" and isinstance(step, str) and step in node.value:
            entry = node.value[step]
            assert entry is not None
            node = entry.node
        elif node.kind == "sequence" and isinstance(step, int) and 0 <= step < len(node.value):
            node = node.value[step]
        else:
            return node, None
    return node, entry


def scalar_offset(node: Node, offset: int, length: int = 1) -> Span:
    """The place of `length` characters at a 0-based `offset` of a scalar's value.

    Exact where value and source can be aligned: plain and quoted scalars, also with escapes or
    continued over lines, and block scalars. An offset behind the end means the place behind the
    last character. What runs over several lines is cut at the end of its first line. Where the
    two cannot be aligned, and for collections, the answer is the place of the node.

    A value that is no text (a number, a date of a later stage) is aligned with its source text.
    """
    if node.kind != "scalar":
        return node.span
    value = node.value if isinstance(node.value, str) else node.text
    positions = value_positions(node.text, value) if isinstance(node.value, str) else range(len(node.text) + 1)
    if positions is None:
        return node.span
    first = min(max(offset, 0), len(value))
    begin = positions[first]
    # The end is taken from the last character meant, so that a fold behind it is not underlined.
    end = positions[min(first + length, len(value)) - 1] + 1 if length > 0 and first < len(value) else begin
    parts = line_parts(node.text)
    row = max(i for i, (start, _) in enumerate(parts) if start <= begin)
    start, stop = parts[row]
    column = begin - start + (node.span.column if row == 0 else 1)
    return Span(node.span.file, node.span.line + row, column, max(min(end, stop) - begin, 1))
