"""The dependency graph of a roadmap in the DOT language, for Graphviz and everything else that reads it.

Nothing is left out, however large the plan: what to draw of it is the reader's choice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from crm_rules.report.page import words
from crm_rules.report.roadmap_content import RoadmapContent
from crm_rules.report.roadmap_layers import layers_of
from crm_rules.report.roadmap_tasks import LinkView, Mark, TaskView, facts_text, graph_views, link_views

_NODES: Final[Mapping[Mark, Mapping[str, str]]] = {
    Mark.CRITICAL: {"fillcolor": "#f6c6ad", "color": "#b3400f", "penwidth": "2.5"},
    Mark.NEAR: {"fillcolor": "#fdf1d0", "color": "#9a7400"},
    Mark.UNKNOWN: {"fillcolor": "#ffffff", "color": "#777777", "style": "filled,dashed"},
    Mark.DONE: {"fillcolor": "#e6e6e6", "color": "#999999", "fontcolor": "#555555"},
    Mark.PLAIN: {"fillcolor": "#dbe9f6", "color": "#44719c"},
}

_CRITICAL: Final = {"color": "#b3400f", "penwidth": "2.5"}
_LOOP: Final = {"color": "#b3400f", "style": "dashed", "constraint": "false"}


def roadmap_dot(content: RoadmapContent) -> str:
    """The graph from left to right: tasks that wait for equally many others in a row stand in one column."""
    views = graph_views(content.roadmap)
    links = link_views(content.roadmap, views)
    lines = [
        f"digraph {dot_text(content.title)} {{",
        "  rankdir=LR;",
        '  node [shape=box, style="filled", fontname="Helvetica", fontsize=10];',
        '  edge [fontname="Helvetica", fontsize=9, color="#777777"];',
    ]
    lines += [f"  {dot_id(view.id)} {_attributes(_node(view))};" for view in views]
    for layer in layers_of([v.id for v in views], [(k.predecessor, k.successor) for k in links]):
        if len(layer) > 1:
            lines.append(f"  {{ rank=same; {'; '.join(dot_id(name) for name in layer)} }}")
    lines += [f"  {dot_id(k.predecessor)} -> {dot_id(k.successor)}{_edge(k)};" for k in links]
    return "\n".join([*lines, "}"]) + "\n"


def _node(view: TaskView) -> dict[str, str]:
    facts = ", ".join(facts_text(view))
    said = [view.name, facts] if facts else [view.name]
    shape = {"shape": "diamond"} if view.milestone else {"shape": "folder"} if view.summary else {}
    return {"label": "\n".join(said), **shape, **_NODES[view.mark]}


def _edge(link: LinkView) -> str:
    attributes = {"label": link.text} if link.text else {}
    attributes |= _CRITICAL if link.critical else _LOOP if link.loop else {}
    return f" {_attributes(attributes)}" if attributes else ""


def _attributes(values: Mapping[str, str]) -> str:
    return f"[{', '.join(f'{name}={dot_text(value)}' for name, value in values.items())}]"


def dot_id(name: str) -> str:
    """An id as a quoted string; different ids stay different."""
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def dot_text(text: str) -> str:
    """A text as a quoted string that Graphviz shows as it is; line ends stay line ends."""
    lines = [words(line).plain for line in text.split("\n")]
    # Graphviz resolves backslashes and, afterwards, the character codes of HTML.
    spelt = [line.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;") for line in lines]
    return '"' + "\\n".join(spelt) + '"'
