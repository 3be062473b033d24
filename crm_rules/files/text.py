"""Authored text and how it comes in from a disk: decoded, limited, never guessed at.

This file knows bytes, encodings, lines and columns. It knows nothing of YAML, JSON
or of what a text means. It is the only one of this room that touches a file system.
"""

from __future__ import annotations

import codecs
import os
import re
import stat
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Final, NoReturn

from crm_rules.diagnostics import Diagnostic, Severity, Span, nearest
from crm_rules.errors import DiagnosticError

# Lines as editors count them. The other separators of Unicode (NEL, LS, PS) are characters of a line.
_BREAK: Final = re.compile(r"\r\n|\r|\n")
_UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")
_LONGEST_SHOWN_LINE: Final = 400
_LONGEST_QUOTED: Final = 60
_LARGEST_FOLDER_SEARCHED: Final = 2_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What one authored file may ask for; reaching a limit is an error that names it.

    Attributes:
        max_bytes: size of a file on disk, in bytes.
        max_depth: how deeply lists and mappings may be nested; the outermost one is level 1.
        max_nodes: number of values (texts, numbers, lists, mappings; keys are not counted),
            each value behind an alias counted as often as it is used.
        max_aliases: number of aliases (`*name`) in a file, whatever they stand for.
        max_digits: length of one number as written. Up to 640 digits every Python converts text
            to a number whatever the limits of its own are.
    """

    max_bytes: int = 10_000_000
    max_depth: int = 64
    max_nodes: int = 500_000
    max_aliases: int = 10_000
    max_digits: int = 640


DEFAULT_LIMITS: Final = Limits()


def shortened(text: str) -> str:
    """A piece of authored text as a message may quote it: one line, printable, not long."""
    piece = text[: _LONGEST_QUOTED + 1]
    if len(piece) > _LONGEST_QUOTED:
        piece = piece[: _LONGEST_QUOTED - 1] + "…"
    return _UNPRINTABLE.sub("\ufffd", re.sub(r"\s", " ", piece))


@dataclass(frozen=True)
class SourceText:
    """The text of one authored file, or a text that never was one.

    A leading byte order mark is dropped, so that column 1 is the first character an editor shows.

    Attributes:
        file: the file as its author would name it; any label for a text that is not a file.
        text: the whole text with its line ends as written.
    """

    file: str
    text: str

    def __post_init__(self) -> None:
        if self.text.startswith("\ufeff"):
            object.__setattr__(self, "text", self.text.lstrip("\ufeff"))

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        """0-based index of the first character of every line."""
        return (0, *(m.end() for m in _BREAK.finditer(self.text)))

    def line(self, n: int) -> str | None:
        """Line `n` (1-based) without its line end; None when there is no such line."""
        starts = self.line_starts
        if not 1 <= n <= len(starts):
            return None
        end = starts[n] if n < len(starts) else len(self.text)
        return self.text[starts[n - 1] : end].rstrip("\r\n")

    def position(self, index: int) -> tuple[int, int]:
        """1-based line and column of the character at a 0-based `index`."""
        line = bisect_right(self.line_starts, index)
        return line, index - self.line_starts[line - 1] + 1

    def span(self, index: int, length: int = 0) -> Span:
        """The place of `length` characters at a 0-based `index`."""
        line, column = self.position(index)
        return Span(self.file, line, column, length)

    def problem(
        self, message: str, span: Span | None = None, hint: str | None = None, severity: Severity = "error"
    ) -> Diagnostic:
        """A diagnostic about this text; without a span it is about the file as a whole.

        The line is shown with unprintable characters replaced, and not at all when it is so long
        (a file without line ends) that it would bury the message.
        """
        if span is None:
            return Diagnostic(message, Span(self.file), hint, severity=severity)
        shown = self.line(span.line)
        if shown is not None:
            shown = None if len(shown) > _LONGEST_SHOWN_LINE else _UNPRINTABLE.sub("\ufffd", shown)
        return Diagnostic(message, span, hint, shown, severity)

    def no_content(self) -> Diagnostic:
        """The problem of a text in which nothing is written."""
        return self.problem("the file is empty", None, "it has no content besides blank lines and comments")


# What a consultant may pass by mistake, told by the first bytes (each format's own specification).
_MAGIC: Final = (
    (b"%PDF-", "this is a PDF document", "give the YAML, JSON or Excel file of the project"),
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "this is a binary Office file (.xls, .doc or .mpp)",
        "save it in the current format of that program (.xlsx, or XML from MS Project), or give a YAML or JSON file",
    ),
    (b"\x1f\x8b", "this is a gzip archive", "unpack it first"),
)


def read_source(
    path: str | os.PathLike[str], error: type[DiagnosticError], limits: Limits = DEFAULT_LIMITS
) -> SourceText:
    """Read a text file: UTF-8 with or without byte order mark, or UTF-16 with one.

    Args:
        path: the file; messages name it exactly as given here.
        error: what to raise, depending on whose file it is.
        limits: `max_bytes` applies here.

    Raises:
        DiagnosticError: of the type `error`; the file is missing, not a regular file, may not be
            read, is too large, is no text or is in another encoding. An empty file is no error here.
    """
    name = os.fspath(path)
    data = read_bytes(name, error, limits)
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        _refuse(error, name, "the file is encoded as UTF-32", "save it as UTF-8")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return SourceText(name, data.decode("utf-16"))
        except UnicodeDecodeError as e:
            _refuse(error, name, f"the file is damaged UTF-16 at byte offset {e.start:,}", "save it as UTF-8")
    _refuse_binary(name, data, error)
    try:
        return SourceText(name, data.decode("utf-8-sig"))
    except UnicodeDecodeError as e:
        # The codec counts from behind the byte order mark; an author counts from the start of the file.
        bom = len(codecs.BOM_UTF8) if data.startswith(codecs.BOM_UTF8) else 0
        offset = e.start + bom
        before = data[bom:offset].decode("utf-8")
        # Undecodable bytes are shown as one replacement character each, so the caret stays in its column.
        readable = SourceText(name, before + "\ufffd" + data[offset + 1 :][:1000].decode("utf-8", errors="replace"))
        span = readable.span(len(before), 1)
        message = f"the file is not UTF-8: byte offset {offset:,} (on line {span.line}) is 0x{data[offset]:02X}"
        raise error([readable.problem(message, span, "save the file as UTF-8")]) from None


def read_bytes(name: str, error: type[DiagnosticError], limits: Limits = DEFAULT_LIMITS) -> bytes:
    """Read a file as it lies on the disk; only `max_bytes` of the limits applies.

    Raises:
        DiagnosticError: of the type `error`; the file is missing, not a regular file, may not be read
            or is too large.
    """
    try:
        status = Path(name).stat()
        if stat.S_ISDIR(status.st_mode):
            _refuse(error, name, "this is a folder, not a file", "name the file in it")
        if not stat.S_ISREG(status.st_mode):
            _refuse(
                error, name, "this is not a regular file but a device, pipe or socket", "save the text in a file first"
            )
        if status.st_size > limits.max_bytes:
            _refuse_size(error, name, f"the file has {status.st_size:,} bytes", limits)
        with Path(name).open("rb") as file:
            # Files can grow, and some report a size of 0: what is read counts, not what was promised.
            data = file.read(limits.max_bytes + 1)
    except FileNotFoundError:
        close = _nearest_file(name)
        _refuse(error, name, "there is no such file", f"did you mean '{close}'?" if close else None)
    except PermissionError:
        _refuse(error, name, "the file may not be read", "check its permissions, and whether a program holds it open")
    except (OSError, ValueError) as e:
        reason = e.strerror if isinstance(e, OSError) and e.strerror else str(e)
        _refuse(error, name, f"the file cannot be read: {reason[:1].lower()}{reason[1:]}")
    if len(data) > limits.max_bytes:
        _refuse_size(error, name, "the file is larger than it reports", limits)
    return data


def _refuse_binary(name: str, data: bytes, error: type[DiagnosticError]) -> None:
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        # The parts of a workbook all lie under xl/, and their names stand unpacked in the archive.
        if name.lower().endswith((".xlsx", ".xlsm")) or b"xl/" in data:
            _refuse(error, name, "this is an Excel workbook, where a text file is expected")
        _refuse(error, name, "this is a zip archive", "unpack it first")
    for magic, message, hint in _MAGIC:
        if data.startswith(magic):
            _refuse(error, name, message, hint)
    null = data.find(b"\0")
    if null >= 0:
        _refuse(
            error,
            name,
            f"this is a binary file (a zero byte at offset {null:,})",
            "give a text file; a text saved as UTF-16 without byte order mark has to be saved as UTF-8",
        )


def _refuse_size(error: type[DiagnosticError], name: str, finding: str, limits: Limits) -> NoReturn:
    _refuse(error, name, f"{finding}, more than {limits.max_bytes:,} (limit max_bytes)")


def _refuse(error: type[DiagnosticError], name: str, message: str, hint: str | None = None) -> NoReturn:
    raise error([Diagnostic(message, Span(name), hint)]) from None


def _nearest_file(name: str) -> str | None:
    path = Path(name)
    try:
        names = [entry.name for entry in islice(path.parent.iterdir(), _LARGEST_FOLDER_SEARCHED + 1)]
    except OSError:
        return None
    close = nearest(path.name, names) if len(names) <= _LARGEST_FOLDER_SEARCHED else None
    return None if close is None else str(path.with_name(close))
