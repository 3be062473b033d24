"""The formats a roadmap can be written in: one row each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from crm_rules.report.figures import Kind, figure_bytes
from crm_rules.report.figures_gantt import gantt
from crm_rules.report.figures_graph import dependency_graph
from crm_rules.report.roadmap_content import RoadmapContent
from crm_rules.report.roadmap_dot import roadmap_dot
from crm_rules.report.roadmap_json import roadmap_json
from crm_rules.report.roadmap_mermaid import mermaid_flowchart, mermaid_gantt
from crm_rules.report.roadmap_text import roadmap_text
from crm_rules.report.view import View

FigureKind = Literal["gantt", "graph"]
"""What a drawing shows: the schedule, or what depends on what."""


@dataclass(frozen=True, slots=True)
class RoadmapFormat:
    """A way of writing a roadmap.

    Attributes:
        render: the roadmap as text, every line ended, or as bytes; the same for equal arguments.
        suffixes: what names of such files end in.
        draws: what it can draw, the first one by default; empty where there is nothing to choose.
    """

    render: Callable[[RoadmapContent, View, FigureKind], str | bytes]
    suffixes: tuple[str, ...]
    draws: tuple[FigureKind, ...] = ()


def _mermaid(content: RoadmapContent, _: View, figure: FigureKind) -> str:
    return mermaid_gantt(content) if figure == "gantt" else mermaid_flowchart(content)


def _picture(kind: Kind) -> Callable[[RoadmapContent, View, FigureKind], bytes]:
    def render(content: RoadmapContent, _: View, figure: FigureKind) -> bytes:
        draw = gantt if figure == "gantt" else dependency_graph
        return figure_bytes(lambda: draw(content.roadmap, content.title), kind)

    return render


ROADMAP_FORMATS: Final[Mapping[str, RoadmapFormat]] = MappingProxyType(
    {
        "text": RoadmapFormat(lambda content, view, _: roadmap_text(content, view), (".txt",)),
        "json": RoadmapFormat(lambda content, *_: roadmap_json(content), (".json",)),
        "mermaid": RoadmapFormat(_mermaid, (".mmd", ".mermaid"), ("gantt", "graph")),
        "dot": RoadmapFormat(lambda content, *_: roadmap_dot(content), (".dot", ".gv"), ("graph",)),
        "svg": RoadmapFormat(_picture("svg"), (".svg",), ("gantt", "graph")),
        "png": RoadmapFormat(_picture("png"), (".png",), ("gantt", "graph")),
    }
)

DEFAULT_ROADMAP_FORMAT: Final = "text"


def roadmap_format_of_file(name: str) -> str:
    """The format the name of a file asks for; the default one when it asks for none."""
    lowered = name.lower()
    return next((f for f, row in ROADMAP_FORMATS.items() if lowered.endswith(row.suffixes)), DEFAULT_ROADMAP_FORMAT)
