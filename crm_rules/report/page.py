"""A page of text for terminals and files: headings, paragraphs, columns; with colour or without.

Layout only. What stands on a page is the business of whoever fills it. Everything that comes from
an author passes through `words`, so that no name can take over a terminal.
"""

from __future__ import annotations

import io
import re
from typing import Final

from rich.console import Console
from rich.text import Text

Words = str | Text
"""What can be put on a page; plain text is cleaned on the way."""

DEFAULT_WIDTH: Final = 80
"""Columns of a page when nobody says otherwise."""

WIDEST: Final = 110
"""Columns beyond which lines are no longer read with ease."""

NARROWEST: Final = 40
"""Columns below which nothing would line up."""

LEAST_ROOM: Final = 30
"""Columns a paragraph needs to share lines with something at the right."""

# Control characters, separators a terminal may act upon, and those that turn the direction of what follows.
_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_RULE: Final = "─"


def words(*parts: Words | tuple[str, str]) -> Text:
    """Text in one line from strings, styled strings `(text, style)` and texts.

    Line ends and runs of blanks become single blanks; characters a terminal would act upon become `�`.
    """
    line = Text()
    for part in parts:
        if isinstance(part, Text):
            line.append_text(part)
        elif isinstance(part, tuple):
            line.append(_clean(part[0]), part[1])
        else:
            line.append(_clean(part))
    return line


def _clean(text: str) -> str:
    return _UNPRINTABLE.sub("\ufffd", re.sub(r"[ \t\r\n]+", " ", text))


class Page:
    """Lines of a page in the making.

    Args:
        width: columns; kept between `NARROWEST` and `WIDEST`.
        color: whether `render` uses the colours and styles of terminals.
    """

    def __init__(self, width: int = DEFAULT_WIDTH, color: bool = False) -> None:
        self.width = max(NARROWEST, min(width, WIDEST))
        self._lines: list[Text] = []
        # Nothing is left to the environment: what a page looks like depends on its arguments alone.
        self._console = Console(
            file=io.StringIO(),
            width=self.width,
            force_terminal=color,
            color_system="standard" if color else None,
            no_color=not color,
            legacy_windows=False,
            highlight=False,
            markup=False,
            emoji=False,
        )

    def heading(self, title: str, note: str = "", style: str = "bold") -> None:
        """A heading across the page, set apart by blank lines; the note is left out where it does not fit."""
        self.blank()
        line = words((f"{_RULE * 2} ", "dim"), (title, style), " ")
        if note and line.cell_len + len(note) + 5 <= self.width:
            line.append_text(words((f"{_RULE} {note} ", "dim")))
        line.truncate(self.width)
        line.append(_RULE * (self.width - line.cell_len), "dim")
        self._lines.append(line)
        self.blank()

    def blank(self) -> None:
        """A blank line, unless there is one already or the page begins."""
        if self._lines and self._lines[-1].plain:
            self._lines.append(Text())

    def text(self, content: Words, indent: int = 0, hang: int = 0) -> None:
        """A paragraph; its second and later lines start `hang` columns further in."""
        self._flow(words(content), Text(" " * indent), indent + hang)

    def item(self, marker: Words, content: Words, indent: int = 0) -> None:
        """A paragraph with something in front of its first line, which later lines leave free.

        Args:
            marker: a bullet, a number, an arrow, with the blanks around it; taken as it is.
            content: the paragraph.
            indent: columns in front of the marker.
        """
        lead = Text(" " * indent)
        lead.append_text(marker if isinstance(marker, Text) else Text(marker))
        self._flow(words(content), lead, lead.cell_len)

    def parts(self, *parts: Words, indent: int = 0) -> None:
        """Parts with dots between them, broken into lines between parts where that is possible."""
        dot = Text(" · ", "dim")
        line = Text()
        for part in map(words, parts):
            if line.plain and indent + line.cell_len + dot.cell_len + part.cell_len > self.width:
                self.text(line, indent)
                line = Text()
            if line.plain:
                line.append_text(dot)
            line.append_text(part)
        self.text(line, indent)

    def pair(self, left: Words, right: Words, indent: int = 0, hang: int = 0) -> None:
        """A paragraph with something at the right end of its first line, or below it where that leaves no room."""
        body, end = words(left), words(right)
        at = len(self._lines)
        room = self.width - indent - end.cell_len - 2
        if body.cell_len > room < LEAST_ROOM:
            self._flow(body, Text(" " * indent), indent + hang)
            at = len(self._lines)
            self._lines.append(Text())
        else:
            self._flow(body, Text(" " * indent), indent + hang, spare=end.cell_len + 2)
        line = self._lines[at]
        line.append(" " * (self.width - line.cell_len - end.cell_len))
        line.append_text(end)

    def row(self, *cells: str | tuple[str, str], indent: int = 0) -> None:
        """One line whose blanks matter and which is not wrapped: cells that line up, a line of a file."""
        line = Text(" " * indent)
        for cell in cells:
            text, style = (cell, "") if isinstance(cell, str) else cell
            line.append(_UNPRINTABLE.sub("\ufffd", text), style)
        self._lines.append(line)

    def _flow(self, content: Text, lead: Text, indent: int, spare: int = 0) -> None:
        """Add a paragraph: `lead`, then content, its later lines indented; `spare` columns stay free at the right."""
        first = self._wrap(content, self.width - spare - lead.cell_len)
        head, later = first[0], first[1:]
        if later and lead.cell_len != indent:
            rest = content[len(head.plain) :]
            rest = rest[len(rest.plain) - len(rest.plain.lstrip(" ")) :]
            later = self._wrap(rest, self.width - spare - indent)
        for start, line in [(lead, head), *((Text(" " * indent), line) for line in later)]:
            full = Text().append_text(start).append_text(line)
            full.rstrip()
            self._lines.append(full)

    def _wrap(self, content: Text, width: int) -> list[Text]:
        # A path or a name that is longer than the rest of a narrow page is folded, never cut.
        return list(content.wrap(self._console, max(width, 8), overflow="fold")) or [Text()]

    def render(self) -> str:
        """The page as text, every line ended; with colour, in the codes terminals understand."""
        buffer = io.StringIO()
        self._console.file = buffer
        for line in self._lines:
            line.rstrip()
            self._console.print(line, soft_wrap=True)
        return buffer.getvalue()
