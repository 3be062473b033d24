"""Which source character each character of a scalar's value was written as.

Works on the source text of one scalar alone, following the folding rules of YAML 1.2
(chapters 7.3 and 8.1); JSON strings are a subset of its double-quoted ones. An alignment
is only given when it reproduces the value in full, so it is never wrong, only missing.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

_BREAK: Final = re.compile(r"\r\n|\r|\n")
_FOLD: Final = re.compile(r"[ \t\r\n]+")
_ESCAPED_BREAK: Final = re.compile(r"\\(?:\r\n|\r|\n)((?:[ \t]*(?:\r\n|\r|\n))*)[ \t]*")
_HEX_ESCAPE: Final = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))")
_BLOCK_HEADER: Final = re.compile(r"([|>])([-+0-9]{0,2})[^\r\n]*(?:\r\n|\r|\n|$)")

# YAML 1.2, 5.7 "Escaped Characters".
_ESCAPES: Final = {
    "0": "\0",
    "a": "\a",
    "b": "\b",
    "t": "\t",
    "\t": "\t",
    "n": "\n",
    "v": "\v",
    "f": "\f",
    "r": "\r",
    "e": "\x1b",
    " ": " ",
    '"': '"',
    "/": "/",
    "\\": "\\",
    "N": "\x85",
    "_": "\xa0",
    "L": "\u2028",
    "P": "\u2029",
}


def line_parts(text: str) -> list[tuple[int, int]]:
    """Start and end (without line end) of every line of `text`, as 0-based indices; never empty."""
    parts: list[tuple[int, int]] = []
    start = 0
    for found in _BREAK.finditer(text):
        parts.append((start, found.start()))
        start = found.end()
    parts.append((start, len(text)))
    return parts


def value_positions(text: str, value: str) -> list[int] | None:
    """0-based index into `text` of every character of `value`, and one more for its end.

    Args:
        text: source text of one scalar, quotes or block header included.
        value: what the scalar means.

    Returns:
        None when reading `text` does not yield `value`. A character that stands for a fold has the
        index of the end of its line.
    """
    header = _BLOCK_HEADER.match(text)
    if header is not None:
        return _block(text, header, value)
    quote = text[:1] if text[:1] in ("'", '"') and len(text) > 1 else ""
    # A plain scalar may begin with a quote only through a tag or an error; then nothing aligns.
    return _flow(text, len(quote), len(text) - len(quote), quote, value)


def _flow(text: str, begin: int, end: int, quote: str, value: str) -> list[int] | None:
    chars: list[str] = []
    positions: list[int] = []
    i = begin
    while i < end:
        c = text[i]
        piece, step = c, 1
        if fold := _FOLD.match(text, i, end):
            # Without a line end blanks are text; all that precede an escaped line end are, too.
            gap = fold.group()
            step = len(gap)
            breaks = len(_BREAK.findall(gap))
            if not breaks:
                chars.append(gap)
                positions.extend(range(i, i + step))
                i += step
                continue
            piece = " " if breaks == 1 else "\n" * (breaks - 1)
        elif c == "'" and quote == "'":
            step = 2
        elif c == "\\" and quote == '"':
            escape = _escape(text, i, end)
            if escape is None:
                return None
            piece, step = escape
        chars.append(piece)
        positions.extend([i] * len(piece))
        i += step
    positions.append(end)
    return positions if "".join(chars) == value else None


def _escape(text: str, i: int, end: int) -> tuple[str, int] | None:
    """What the escape at `i` means and how long it is; None when it is not one."""
    if found := _ESCAPED_BREAK.match(text, i, end):
        return "\n" * len(_BREAK.findall(found.group(1))), len(found.group())
    if found := _HEX_ESCAPE.match(text, i, end):
        code = int(found.group(1) or found.group(2) or found.group(3), 16)
        length = len(found.group())
        if 0xD800 <= code < 0xDC00 and (low := _HEX_ESCAPE.match(text, i + length, end)):
            second = int(low.group(1) or low.group(2) or low.group(3), 16)
            if 0xDC00 <= second < 0xE000:
                code = 0x10000 + ((code - 0xD800) << 10) + (second - 0xDC00)
                length += len(low.group())
        return (chr(code), length) if code <= 0x10FFFF else None
    meaning = _ESCAPES.get(text[i + 1 : i + 2])
    return None if meaning is None else (meaning, 2)


def _block(text: str, header: re.Match[str], value: str) -> list[int] | None:
    body = [(start, end) for start, end in line_parts(text) if start >= header.end()]
    filled = [text[start:end] for start, end in body if text[start:end].strip(" ")]
    if not filled:
        return None
    detected = len(filled[0]) - len(filled[0].lstrip(" "))
    # With an indentation indicator, leading spaces may belong to the value, and how many depends on
    # the parent, which is not known here. Only one choice reproduces the value.
    least = 0 if any(c.isdigit() for c in header.group(2)) else detected
    for indent in range(detected, least - 1, -1):
        positions = _block_at(text, body, indent, header.group(1) == ">", value)
        if positions is not None:
            return positions
    return None


def _block_at(text: str, body: list[tuple[int, int]], indent: int, folded: bool, value: str) -> list[int] | None:
    chars: list[str] = []
    positions: list[int] = []
    lines: list[tuple[int, int] | None] = [(s + indent, e) if e - s > indent else None for s, e in body]
    leading = 0
    while leading < len(lines) and lines[leading] is None:
        chars.append("\n")
        positions.append(body[leading][1])
        leading += 1
    filled = [(i, line) for i, line in enumerate(lines) if line is not None]
    for (i, (start, end)), (j, (next_start, _)) in pairwise([*filled, (len(lines), (0, 0))]):
        chars.append(text[start:end])
        positions.extend(range(start, end))
        if j == len(lines):
            break
        blank = j - i - 1
        # 8.1.3: only a break between two lines that both start at the indentation is folded.
        if folded and text[start] not in " \t" and text[next_start] not in " \t":
            between = "\n" * blank if blank else " "
        else:
            between = "\n" * (blank + 1)
        chars.append(between)
        positions.extend([end] * len(between))
    if value.rstrip("\n") != "".join(chars).rstrip("\n"):
        return None
    # Chomping only decides how many line ends follow; all of them stand at the end of the last line.
    end = filled[-1][1][1]
    del positions[len(value) :]
    positions.extend([end] * (len(value) - len(positions)))
    positions.append(end)
    return positions
