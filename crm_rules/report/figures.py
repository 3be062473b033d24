"""Pictures of a roadmap with matplotlib: the door to it, its style, and figures as SVG and PNG.

matplotlib comes with the extra `plots` and is imported when the first figure is drawn. Figures are made without
pyplot, so that nothing is kept and no window opens. Equal roadmaps give equal bytes with one version of matplotlib.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal

from rich.cells import cell_len

from crm_rules.errors import MissingExtra
from crm_rules.report.page import words
from crm_rules.report.roadmap_tasks import Mark

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FONT: Final = "DejaVu Sans"
"""Comes with matplotlib, hence is there on every machine."""

DOTS_PER_INCH: Final = 110

POINTS_PER_INCH: Final = 72

INK: Final = "#222222"
FAINT: Final = "#777777"
PALE: Final = "#e4e4e4"
CRITICAL: Final = "#c2410c"

FILLS: Final = {
    Mark.CRITICAL: CRITICAL,
    Mark.NEAR: "#f0b45a",
    Mark.UNKNOWN: "#ffffff",
    Mark.DONE: "#d9d9d9",
    Mark.PLAIN: "#8fbce0",
}
"""Told apart by brightness alone as well, and by people who see no difference of red and green."""

EDGES: Final = {
    Mark.CRITICAL: "#6b2206",
    Mark.NEAR: "#8a5a00",
    Mark.UNKNOWN: "#777777",
    Mark.DONE: "#a6a6a6",
    Mark.PLAIN: "#3f6d94",
}

LABELS: Final = {
    Mark.CRITICAL: "critical",
    Mark.NEAR: "nearly critical",
    Mark.UNKNOWN: "not known whether critical",
    Mark.DONE: "done",
    Mark.PLAIN: "has float",
}

Kind = Literal["svg", "png"]


@contextmanager
def style() -> Iterator[None]:
    """Draw with the style of this library, whatever the user's settings are.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    matplotlib = _matplotlib()
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(
            {
                "font.family": [FONT],
                "font.size": 8,
                "text.color": INK,
                "text.parse_math": False,  # a dollar sign in a name is a dollar sign
                "axes.edgecolor": PALE,
                "svg.hashsalt": "crm-rules",
                "svg.fonttype": "none",  # text stays text: it can be searched and read aloud
                "hatch.linewidth": 0.6,
            }
        )
        yield


def new_figure(width: float, height: float) -> tuple[Figure, Axes]:
    """A white figure of so many inches, and axes over all of it, in inches from its upper left corner."""
    _matplotlib()
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=DOTS_PER_INCH, facecolor="white")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)
    axes.set_axis_off()
    return figure, axes


def figure_bytes(draw: Callable[[], Figure], kind: Kind) -> bytes:
    """A figure as a file: without date, program or anything else that changes between runs.

    Args:
        draw: makes the figure.
        kind: format of the file.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    buffer = io.BytesIO()
    metadata: dict[str, Any] = {"Date": None, "Creator": None} if kind == "svg" else {"Software": None}
    with style(), warnings.catch_warnings():
        # A character the font lacks is drawn as a box; in SVG the reader's own fonts step in.
        warnings.filterwarnings("ignore", "Glyph .* missing from", UserWarning)
        draw().savefig(buffer, format=kind, metadata=metadata)
    return buffer.getvalue()


def _matplotlib() -> Any:
    try:
        import matplotlib
    except ImportError:
        raise MissingExtra("Figures need matplotlib", "plots") from None
    return matplotlib


# -- text that fits -----------------------------------------------------------------------------


def text_width(text: str, size: float, bold: bool = False) -> float:
    """Inches a line of text takes at a size in points."""
    return sum(_advance(c, bold) for c in text) * size / POINTS_PER_INCH


@cache
def _advance(character: str, bold: bool) -> float:
    """Width of a character as a part of the size; of one the font lacks, what other fonts give it."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    font = get_font(findfont(FontProperties(family=[FONT], weight="bold" if bold else "normal")))
    if not font.get_char_index(ord(character)):
        return 0.6 * cell_len(character) if cell_len(character) < 2 else 1.0
    font.set_size(POINTS_PER_INCH, POINTS_PER_INCH)
    return float(font.load_char(ord(character)).linearHoriAdvance) / 65536 / POINTS_PER_INCH


def shortened_to(text: str, width: float, size: float, bold: bool = False) -> str:
    """A line of text that takes at most so many inches, cut with `…`."""
    clean = words(text).plain.strip()
    if text_width(clean, size, bold) <= width:
        return clean
    while clean and text_width(clean + "…", size, bold) > width:
        clean = clean[:-1]
    return clean.rstrip() + "…"


def wrapped_to(text: str, width: float, size: float, most: int) -> list[str]:
    """At most so many lines of text, broken between words, the last one cut with `…` where that is not enough."""
    rest = words(text).plain.strip()
    lines: list[str] = []
    while rest and len(lines) < most - 1 and text_width(rest, size) > width:
        end = len(rest)
        while end and text_width(rest[:end].rstrip(), size) > width:
            end = rest.rfind(" ", 0, end)
            if end < 0:
                end = 0
        if not end:
            # A word longer than the line is broken where the line ends.
            end = next((n for n in range(len(rest), 1, -1) if text_width(rest[:n], size) <= width), 1)
        lines.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    if rest or not lines:
        lines.append(shortened_to(rest, width, size))
    return lines
