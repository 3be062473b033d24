"""The dependency graph of a roadmap as a picture: tasks in layers from top to bottom, critical ones standing out."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from crm_rules.report.figures import (
    CRITICAL,
    EDGES,
    FAINT,
    FILLS,
    INK,
    LABELS,
    new_figure,
    shortened_to,
    style,
    text_width,
    wrapped_to,
)
from crm_rules.report.roadmap_layers import Layout, layout
from crm_rules.report.roadmap_tasks import (
    LinkView,
    Mark,
    TaskView,
    facts_text,
    graph_views,
    link_views,
    most_urgent,
)
from crm_rules.roadmap.analysis import Roadmap

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_TASKS: Final = 200
"""Tasks of one drawing. Of larger plans those that matter most are drawn, and the drawing says what it leaves out."""

_BOX_WIDTH: Final = 1.75
_BOX_HEIGHT: Final = 0.56
_GAP_ACROSS: Final = 0.25
_GAP_BETWEEN: Final = 0.42
_BEND: Final = 0.16
_MARGIN: Final = 0.3
_HEAD: Final = 0.75
_FOOT: Final = 0.5
_LEAST_WIDTH: Final = 7.0
_SIZE: Final = 7.2
_SMALL: Final = 6.2

_LABEL_HEIGHT: Final = 0.11
_LABEL_PLACES: Final = (0.6, 0.45, 0.75, 0.35)
"""Parts of the way to the box a link enters; all links into a box end in one point, so a label keeps off it."""

_DASHES: Final = (0, (3, 2))

_TEXTS: Final = {Mark.CRITICAL: "white", Mark.DONE: "#555555"}


def dependency_graph(roadmap: Roadmap, title: str = "") -> Figure:
    """The tasks and links of a roadmap as a matplotlib figure.

    A task stands below all it waits for. Links that hold a critical task where it is are thick, those of loops
    dashed; all others are thin.

    Args:
        roadmap: the roadmap to draw.
        title: what stands above; the name of the plan when "".

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    with style():
        return _Drawing(roadmap, title or roadmap.plan.name or "Roadmap").figure


class _Drawing:
    def __init__(self, roadmap: Roadmap, title: str) -> None:
        self.views, self.left_out = most_urgent(graph_views(roadmap), MOST_TASKS)
        self.links = link_views(roadmap, self.views)
        pairs = [(k.predecessor, k.successor) for k in self.links]
        self.places: Layout = layout([v.id for v in self.views], pairs, _BOX_WIDTH + _GAP_ACROSS, _BEND)
        width = max(self.places.breadth + 2 * _MARGIN, _LEAST_WIDTH)
        self.shift = (width - self.places.breadth) / 2
        depth = max(self.places.depth, 1)
        self.bottom = _HEAD + depth * _BOX_HEIGHT + (depth - 1) * _GAP_BETWEEN
        self.figure, self.axes = new_figure(width, self.bottom + _FOOT + (0.2 if self.left_out else 0))
        self.axes.text(
            _MARGIN, 0.25, shortened_to(title, width - 2 * _MARGIN, 12, bold=True), size=12, weight="bold", va="center"
        )
        self.labels: list[tuple[float, float, float]] = []  # middle and width of those drawn
        for link in self.links:
            self._link(link)
        for view in self.views:
            self._box(view)
        self._legend()

    def _x(self, across: float) -> float:
        return self.shift + across

    def _y(self, layer: int) -> float:
        """Upper edge of a layer."""
        return _HEAD + layer * (_BOX_HEIGHT + _GAP_BETWEEN)

    def _box(self, view: TaskView) -> None:
        from matplotlib.patches import FancyBboxPatch, Polygon

        x, y = self._x(self.places.across[view.id]), self._y(self.places.layer[view.id])
        left, middle = x - _BOX_WIDTH / 2, y + _BOX_HEIGHT / 2
        look: dict[str, Any] = {
            "facecolor": FILLS[view.mark],
            "edgecolor": EDGES[view.mark],
            "lw": 1.6 if view.critical else 0.8,
            "ls": _DASHES if view.mark is Mark.UNKNOWN else "solid",
            "zorder": 3,
            "gid": f"task-{view.id}",
        }
        if view.milestone:
            tip = _BOX_HEIGHT / 2
            corners = [(left, middle), (left + tip, y), (left + _BOX_WIDTH - tip, y), (left + _BOX_WIDTH, middle)]
            corners += [(left + _BOX_WIDTH - tip, y + _BOX_HEIGHT), (left + tip, y + _BOX_HEIGHT)]
            self.axes.add_patch(Polygon(corners, closed=True, **look))
            room = _BOX_WIDTH - 2 * tip
        else:
            self.axes.add_patch(
                FancyBboxPatch((left, y), _BOX_WIDTH, _BOX_HEIGHT, boxstyle="round,pad=0,rounding_size=0.06", **look)
            )
            room = _BOX_WIDTH - 0.14
        color = _TEXTS.get(view.mark, INK)
        lines = wrapped_to(view.name, room, _SIZE, 2)
        first = middle - 0.06 * len(lines) + (0 if facts_text(view) else 0.06)
        for number, line in enumerate(lines):
            self.axes.text(
                x, first + 0.12 * number, line, size=_SIZE, color=color, ha="center", va="center", zorder=4,
                weight="bold" if view.summary else "normal",
            )  # fmt: skip
        self.axes.text(
            x,
            first + 0.12 * len(lines) + 0.01,
            " · ".join(facts_text(view)),
            size=_SMALL,
            color=color,
            ha="center",
            va="center",
            zorder=4,
        )

    def _link(self, link: LinkView) -> None:
        from matplotlib.patches import FancyArrowPatch
        from matplotlib.path import Path

        tail, head = link.predecessor, link.successor
        start = (self._x(self.places.across[tail]), self._y(self.places.layer[tail]) + _BOX_HEIGHT)
        end = (self._x(self.places.across[head]), self._y(self.places.layer[head]))
        color, width, above = (CRITICAL, 1.8, 2.5) if link.critical else ("#8c8c8c", 0.7, 2.0)
        look: dict[str, Any] = {"color": color, "lw": width, "zorder": above, "gid": f"link-{tail}-{head}"}
        back = self.places.layer[tail] >= self.places.layer[head]
        if link.loop:
            look |= {"color": CRITICAL, "lw": 1.2, "ls": (0, (4, 2)), "zorder": 2.6}
        if back:
            # It closes a loop: bowed beside the boxes, from side to side.
            side = _BOX_WIDTH / 2
            start, end = (start[0] + side, start[1] - _BOX_HEIGHT / 2), (end[0] + side, end[1] + _BOX_HEIGHT / 2)
            look |= {"posA": start, "posB": end, "connectionstyle": "arc3,rad=0.35"}
        else:
            points = [start]
            for across, layer in self.places.bends.get((tail, head), ()):
                points += [(self._x(across), self._y(layer)), (self._x(across), self._y(layer) + _BOX_HEIGHT)]
            look["path"] = Path(*_curve([*points, end]))
        self.axes.add_patch(FancyArrowPatch(arrowstyle="-|>", mutation_scale=7, shrinkA=0, shrinkB=0, **look))
        if link.text:
            at = [(end[0] + 0.2, (start[1] + end[1]) / 2)] if back else _along(points[-1], end)
            self.axes.text(
                *self._free(at, link.text), link.text, size=_SMALL, ha="center", va="center", color=color, zorder=5,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.85},
            )  # fmt: skip

    def _free(self, places: Sequence[tuple[float, float]], text: str) -> tuple[float, float]:
        """The first place where a label hides no other one; the first of all where there is none."""
        width = text_width(text, _SMALL)

        def hides(x: float, y: float) -> bool:
            return any(
                abs(x - other) < (width + wide) / 2 + 0.04 and abs(y - high) < _LABEL_HEIGHT
                for other, high, wide in self.labels
            )

        x, y = next((place for place in places if not hides(*place)), places[0])
        self.labels.append((x, y, width))
        return x, y

    def _legend(self) -> None:
        from matplotlib.patches import Rectangle

        x, y = _MARGIN, self.bottom + 0.3
        for mark in (Mark.CRITICAL, Mark.NEAR, Mark.PLAIN, Mark.UNKNOWN, Mark.DONE):
            if any(v.mark is mark for v in self.views):
                self.axes.add_patch(
                    Rectangle(
                        (x, y - 0.06),
                        0.26,
                        0.12,
                        facecolor=FILLS[mark],
                        edgecolor=EDGES[mark],
                        lw=0.7,
                        ls=_DASHES if mark is Mark.UNKNOWN else "solid",
                    )
                )
                x = self._label(x + 0.33, y, LABELS[mark])
        for used, text, dash in (
            (any(k.critical for k in self.links), "holds the critical task behind it", "solid"),
            (any(k.loop for k in self.links), "loop", (0, (4, 2))),
        ):
            if used:
                self.axes.plot([x, x + 0.26], [y, y], color=CRITICAL, lw=1.6, ls=dash)
                x = self._label(x + 0.33, y, text)
        if self.left_out:
            self.axes.text(_MARGIN, y + 0.2, f"Left out: {self.left_out}.", size=_SIZE, color=FAINT, va="center")

    def _label(self, x: float, y: float, text: str) -> float:
        self.axes.text(x, y, text, size=_SIZE, va="center")
        return x + text_width(text, _SIZE) + 0.25


def _curve(points: Sequence[tuple[float, float]]) -> tuple[list[tuple[float, float]], list[int]]:
    """A line through the points that leaves and enters each vertically: straight along layers, bent between them."""
    from matplotlib.path import Path

    vertices, codes = [points[0]], [int(Path.MOVETO)]
    for (x0, y0), (x1, y1) in pairwise(points):
        half = (y1 - y0) / 2
        vertices += [(x0, y0 + half), (x1, y1 - half), (x1, y1)]
        codes += [int(Path.CURVE4)] * 3
    return vertices, codes


def _along(start: tuple[float, float], end: tuple[float, float]) -> list[tuple[float, float]]:
    """Places for a label on the last bend of a link, see `_curve`."""
    found = []
    for t in _LABEL_PLACES:
        first, second, last = 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3
        across, down = second + last, (first + second) / 2 + last
        found.append((start[0] + across * (end[0] - start[0]), start[1] + down * (end[1] - start[1])))
    return found
