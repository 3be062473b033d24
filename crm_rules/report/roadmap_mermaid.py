"""A roadmap as Mermaid text: a Gantt chart, or the dependency graph as a flowchart.

Names are spelt so that no name can be taken for syntax: what is not a letter, a digit or harmless
punctuation becomes a numeric character code (`#59;`), which Mermaid resolves after parsing.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Final

from crm_rules.report.page import words
from crm_rules.report.phrases import count, shortened
from crm_rules.report.roadmap_content import RoadmapContent
from crm_rules.report.roadmap_tasks import (
    LinkView,
    Mark,
    TaskView,
    facts_text,
    graph_views,
    link_views,
    most_urgent,
    task_views,
)

MOST_TASKS: Final = 200
"""Tasks of one drawing; Mermaid refuses texts of more than 50,000 characters."""

MOST_LINKS: Final = 500
"""Links of one drawing; Mermaid refuses more."""

MOST_NAMES: Final = 12

_INDENT: Final = "    "

_PLAIN_PUNCTUATION: Final = frozenset(" ,.()'/+-")

_SYNTAX: Final = re.compile(
    # Words that begin a statement of a Gantt chart, and a date, which is one.
    r"acc(title|descr)|axisformat|call|click|dateformat|excludes|gantt|href|includes|inclusiveenddates|section"
    r"|tickinterval|title|todaymarker|topaxis|vert|weekday|weekend|\d{4}-\d\d-\d\d"
    # What Markdown would take for an item of a list.
    r"|[-+]|\d+[.)]",
    re.IGNORECASE,
)

_STYLES: Final = {
    Mark.CRITICAL: "fill:#f6c6ad,stroke:#b3400f,stroke-width:3px,color:#000",
    Mark.NEAR: "fill:#fdf1d0,stroke:#9a7400,color:#000",
    Mark.UNKNOWN: "fill:#fff,stroke:#777,stroke-dasharray:4 3,color:#000",
    Mark.DONE: "fill:#e6e6e6,stroke:#999,color:#555",
    Mark.PLAIN: "fill:#dbe9f6,stroke:#44719c,color:#000",
}


def mermaid_gantt(content: RoadmapContent) -> str:
    """The schedule as a Gantt chart; tasks without dates are named in a comment."""
    roadmap = content.roadmap
    views, left_out = most_urgent([v for v in task_views(roadmap) if not v.summary], MOST_TASKS)
    lines = ["gantt", f"{_INDENT}title {mermaid_text(content.title)}", f"{_INDENT}dateFormat YYYY-MM-DDTHH:mm"]
    lines.append(f"{_INDENT}axisFormat %d %b %Y")
    lines += _comments(left_out)
    dateless = [v for v in views if v.schedule.start is None or v.schedule.finish is None]
    if dateless:
        lines.append(f"{_INDENT}%% without dates: {_comment(shortened([v.name for v in dateless], MOST_NAMES))}")
    names = {t.id: t.name for t in roadmap.plan.tasks}
    for title, group in _sections(views, names):
        if title:
            lines.append(f"{_INDENT}section {mermaid_text(title)}")
        lines += [line for view in group if (line := _bar(view))]
    return "\n".join(lines) + "\n"


def _sections(views: Sequence[TaskView], names: dict[str, str]) -> list[tuple[str, list[TaskView]]]:
    """Tasks by the summary task they lie in, else by stage; without a title where there is neither."""
    outlined = any(v.task.parent is not None for v in views)
    found: dict[str, list[TaskView]] = {}
    for view in views:
        if outlined:
            title = names.get(view.task.parent or "", "Other tasks")
        else:
            title = "" if view.task.stage is None else f"Stage {view.task.stage}"
        found.setdefault(title, []).append(view)
    return list(found.items())


def _bar(view: TaskView) -> str:
    start, finish = view.schedule.start, view.schedule.finish
    if start is None or finish is None:
        return ""
    tags = []
    if view.critical:
        tags.append("crit")
    if view.mark is Mark.DONE:
        tags.append("done")
    elif view.started:
        tags.append("active")
    if view.milestone:
        tags.append("milestone")
    fields = [*tags, _moment(start), _moment(finish)]
    return f"{_INDENT}{mermaid_text(view.name)} :{', '.join(fields)}"


def _moment(at: dt.datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M").rjust(16, "0")


def mermaid_flowchart(content: RoadmapContent) -> str:
    """The dependency graph as a flowchart; critical tasks and links stand out."""
    roadmap = content.roadmap
    views, left_out = most_urgent(graph_views(roadmap), MOST_TASKS)
    links = link_views(roadmap, views)
    shown = links
    if len(links) > MOST_LINKS:
        kept = set(sorted(range(len(links)), key=lambda n: (not (links[n].critical or links[n].loop), n))[:MOST_LINKS])
        shown = tuple(k for n, k in enumerate(links) if n in kept)
    lines = ["flowchart LR", *_comments(left_out)]
    if len(shown) < len(links):
        lines += _comments(count(len(links) - len(shown), "link"))
    nodes = {view.id: f"t{number}" for number, view in enumerate(views, start=1)}
    lines += [f"{_INDENT}{nodes[view.id]}{_node(view)}" for view in views]
    lines += [f"{_INDENT}{nodes[k.predecessor]} {_arrow(k)} {nodes[k.successor]}" for k in shown]
    for mark, style in _STYLES.items():
        members = [nodes[v.id] for v in views if v.mark is mark]
        if members:
            name = mark.value.replace("-", "")
            lines += [f"{_INDENT}classDef {name} {style}", f"{_INDENT}class {','.join(members)} {name}"]
    for style, numbers in (
        ("stroke:#b3400f,stroke-width:3px", [n for n, k in enumerate(shown) if k.critical]),
        ("stroke:#b3400f,stroke-width:2px,stroke-dasharray:6 3", [n for n, k in enumerate(shown) if k.loop]),
    ):
        if numbers:
            lines.append(f"{_INDENT}linkStyle {','.join(map(str, numbers))} {style}")
    return "\n".join(lines) + "\n"


def _node(view: TaskView) -> str:
    name = mermaid_text(view.name)
    if view.milestone:
        return f'{{{{"{name}"}}}}'
    if view.summary:
        return f'[["{name}"]]'
    return f'["{name}<br/>{", ".join(facts_text(view))}"]'


def _arrow(link: LinkView) -> str:
    return f'-->|"{mermaid_text(link.text)}"|' if link.text else "-->"


def _comments(left_out: str) -> list[str]:
    return [f"{_INDENT}%% left out: {left_out}"] if left_out else []


def _comment(name: str) -> str:
    """A name in a comment, which ends with its line and must not look like a directive."""
    return "".join(c for c in words(name).plain if c not in "%{}")


def mermaid_text(name: str) -> str:
    """A name that means nothing to Mermaid but itself."""
    clean = words(name).plain.strip()
    spelt = [c if c.isalnum() or c in _PLAIN_PUNCTUATION else f"#{ord(c)};" for c in clean]
    head = _SYNTAX.match(clean)
    if head is not None:
        # One code at its end keeps it from being a word, a date or the number of an item.
        at = head.end() - 1
        spelt[at] = f"#{ord(clean[at])};"
    return "".join(spelt) or "#160;"
