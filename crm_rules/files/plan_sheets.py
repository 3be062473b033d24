"""Task lists as tables of cells: CSV text and the sheets of workbooks.

What the columns mean and what the cells say is read in `plan_table`. Workbooks are read by python-calamine, an
optional dependency: of the two known readers it is the one with regular releases, it is several times faster, and it
reads old .xls files as well. It takes memory for the whole rectangle a sheet spans, so that is looked at before.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from crm_rules.diagnostics import Diagnostic, Span
from crm_rules.errors import ProjectError
from crm_rules.files.plan_columns import Columns, columns_of
from crm_rules.files.text import SourceText
from crm_rules.files.workbook_extent import check_extent

_DELIMITERS: Final = (";", ",", "\t", "|")
_HEADER_WITHIN: Final = 25
_MOST_ROWS: Final = 100_000
_MOST_COLUMNS: Final = 500


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a list.

    Attributes:
        cells: values; None where empty.
        place: the row as a whole.
        sheet: name of the sheet; "" where there is none.
        number: 1-based row of the sheet or line of the text.
    """

    cells: tuple[object, ...]
    place: Span
    sheet: str = ""
    number: int = 0

    def at(self, column: int) -> Span:
        """The place of a cell: of a text its line, of a workbook the cell."""
        if not self.sheet:
            return self.place
        return Span(self.place.file, self.number, cell=f"{self.sheet}!{column_name(column)}{self.number}")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A list of tasks with its heading."""

    columns: Columns
    header: Row
    rows: tuple[Row, ...]


def column_name(index: int) -> str:
    """A for the first column (index 0), AA for the 27th."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def csv_sheet(source: SourceText) -> Sheet:
    """The list in a CSV text; semicolon, comma, tabulator or bar separate its cells.

    Raises:
        ProjectError: no row of it is a heading of a list of tasks, or it is no CSV.
    """
    best: tuple[int, str] | None = None
    for delimiter in _DELIMITERS:
        rows = _first(_csv_rows(source, delimiter))
        fields = max((len(columns_of(r.cells).fields) for r in rows if columns_of(r.cells).is_header), default=0)
        if fields and (best is None or fields > best[0]):
            best = (fields, delimiter)
    if best is None:
        raise _no_header(source.file, _first(_csv_rows(source, _commonest(source.text))))
    return _sheet(source.file, _csv_rows(source, best[1]))


def _commonest(text: str) -> str:
    return max(_DELIMITERS, key=text[:10_000].count)


def _csv_rows(source: SourceText, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(source.text, newline=""), delimiter=delimiter, strict=True)
    begin = 1
    try:
        for cells in reader:
            place = Span(source.file, begin)
            yield Row(tuple(c.strip() or None for c in cells[:_MOST_COLUMNS]), place, "", begin)
            begin = reader.line_num + 1
    except csv.Error as e:
        raise ProjectError(
            [
                Diagnostic(
                    f"the row that begins here is not CSV: {e}",
                    Span(source.file, begin),
                    "a cell with the separator, a quotation mark or a line end in it stands in quotation marks",
                )
            ]
        ) from None


def workbook_sheet(data: bytes, file: str) -> Sheet:
    """The list in a workbook: that of the first sheet which has a heading of a list of tasks.

    Raises:
        ProjectError: python-calamine is not installed, the workbook cannot be read, or no sheet has a list of
            tasks.
    """
    try:
        import python_calamine
    except ImportError:
        raise ProjectError(
            [
                Diagnostic(
                    "reading a workbook takes the package python-calamine, which is not installed",
                    Span(file),
                    "install it with: pip install 'crm-rules[excel]', or save the sheet as CSV",
                )
            ]
        ) from None
    check_extent(data, file)
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [(name, workbook.get_sheet_by_name(name)) for name in workbook.sheet_names]
    except (python_calamine.CalamineError, OSError, ValueError) as e:
        raise ProjectError(
            [
                Diagnostic(
                    f"the workbook cannot be read: {e}", Span(file), "open it, save it anew, and remove a password"
                )
            ]
        ) from None
    shown: list[Row] = []
    for name, sheet in sheets:
        rows = list(_sheet_rows(sheet, name, file))
        if any(columns_of(r.cells).is_header for r in rows[:_HEADER_WITHIN]):
            return _sheet(file, iter(rows))
        shown += rows[:1]
    raise _no_header(file, shown)


def _sheet_rows(sheet: Any, name: str, file: str) -> Iterator[Row]:
    for offset, cells in enumerate(sheet.to_python(skip_empty_area=False)):
        values = tuple(_value(c) for c in cells[:_MOST_COLUMNS])
        yield Row(values, Span(file, offset + 1, cell=f"{name}!A{offset + 1}"), name, offset + 1)


def _value(cell: object) -> object:
    """A cell's value: text without blanks around it, whole numbers as such, None where it is empty."""
    if isinstance(cell, str):
        return cell.strip() or None
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return int(cell)
    return cell


def _first(rows: Iterator[Row]) -> list[Row]:
    """The rows among which the heading is looked for."""
    found: list[Row] = []
    try:
        for row in rows:
            found.append(row)
            if len(found) == _HEADER_WITHIN:
                break
    except ProjectError:
        pass  # the text is no CSV with this delimiter; it may be one with another
    return found


def _sheet(file: str, rows: Iterator[Row]) -> Sheet:
    columns: Columns | None = None
    header: Row | None = None
    body: list[Row] = []
    for row in rows:
        if columns is None:
            found = columns_of(row.cells)
            if found.is_header:
                columns, header = found, row
        elif any(cell is not None for cell in row.cells):
            body.append(row)
            if len(body) > _MOST_ROWS:
                raise ProjectError([Diagnostic(f"the list has more than {_MOST_ROWS:,} rows", Span(file))])
    assert columns is not None and header is not None
    return Sheet(columns, header, tuple(body))


def _no_header(file: str, rows: Sequence[Row]) -> ProjectError:
    shown = next((r for r in rows if any(isinstance(c, str) for c in r.cells)), None)
    found = "" if shown is None else "; found: " + ", ".join(f"'{c}'" for c in shown.cells[:8] if c is not None)[:200]
    return ProjectError(
        [
            Diagnostic(
                f"no row in the first {_HEADER_WITHIN} is the heading of a list of tasks{found}",
                shown.place if shown else Span(file),
                "give the columns headings such as ID, Name, Duration, Predecessors, Start, Finish",
            )
        ]
    )
