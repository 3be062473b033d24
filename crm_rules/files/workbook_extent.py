"""How large a workbook really is, found out before a reader of workbooks makes room for it.

A workbook is a zip archive of XML. A few kilobytes can unpack to gigabytes, and one cell in the last row and column
makes a sheet of seventeen thousand million cells; readers that keep the rectangle a sheet spans then take the whole
process down.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import IO, Final
from xml.parsers import expat

from crm_rules.diagnostics import Diagnostic, Span
from crm_rules.errors import ProjectError

MOST_UNPACKED: Final = 500_000_000
"""Bytes all parts of a workbook may have together, unpacked."""

MOST_CELLS: Final = 10_000_000
"""Cells of the rectangle a sheet may span."""

_CELL: Final = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_ROW: Final = re.compile(r"[0-9]{1,7}")
_CHUNK: Final = 1 << 16


def check_extent(data: bytes, file: str) -> None:
    """Refuse a workbook that takes too much room; one that is no zip archive (.xls) is bounded by its format.

    Raises:
        ProjectError: it is damaged, or larger than the limits above.
    """
    if not data.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            size = sum(member.file_size for member in members)
            if size > MOST_UNPACKED:
                raise _refusal(f"the workbook has {size:,} bytes unpacked, where {MOST_UNPACKED:,} are read", file)
            # A workbook says itself in which of its parts its sheets are, so all of them are looked at.
            for member in members:
                with archive.open(member) as part:
                    _check_part(part, member.filename, file)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as e:
        raise _refusal(
            f"the workbook cannot be read: {e}", file, "open it, save it anew, and remove a password"
        ) from None


def _check_part(part: IO[bytes], name: str, file: str) -> None:
    extent = _Extent()
    try:
        while chunk := part.read(_CHUNK):
            extent.parser.Parse(chunk, False)
            if extent.rows * extent.columns > MOST_CELLS:
                raise _refusal(
                    f"the sheet in {name} spans {extent.rows:,} rows and {extent.columns:,} columns,"
                    f" where {MOST_CELLS:,} cells are read",
                    file,
                    "delete the empty rows and columns behind the list",
                )
    except expat.ExpatError:
        return  # a picture, or damaged; what is damaged the reader of workbooks refuses


class _Extent:
    """The last row and column with a cell, counted from 1, as far as a sheet has been read."""

    def __init__(self) -> None:
        self.rows = 0
        self.columns = 0
        self._row = 0
        self._column = 0
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self._start

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(" ")[2]
        if local == "row":
            stated = attributes.get("r", "")
            self._row = int(stated) if _ROW.fullmatch(stated) else self._row + 1
            self._column = 0
        elif local == "c":
            place = _CELL.fullmatch(attributes.get("r", "").upper())
            self._column += 1  # where a cell does not say where it is, it is the next one
            if place is not None:
                self._column = _index(place[1])
                self._row = int(place[2])
            self.rows = max(self.rows, self._row)
            self.columns = max(self.columns, self._column)


def _index(letters: str) -> int:
    """1 for A, 27 for AA."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - ord("A") + 1
    return index


def _refusal(message: str, file: str, hint: str | None = None) -> ProjectError:
    return ProjectError([Diagnostic(message, Span(file), hint)])
