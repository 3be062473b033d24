"""Mermaid and DOT: whatever a task is called, the text stays one that the programs accept and the name stays itself."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crm_rules.report.page import words
from crm_rules.report.roadmap_content import RoadmapContent
from crm_rules.report.roadmap_dot import dot_id, dot_text, roadmap_dot
from crm_rules.report.roadmap_mermaid import MOST_LINKS, MOST_TASKS, mermaid_flowchart, mermaid_gantt, mermaid_text
from tests.report.plans import FILES, HOSTILE, content, hostile, large, roadmap_of

CONTENTS = {
    **{name: content(name) for name in FILES},
    "hostile": RoadmapContent(hostile(), 'a "file"; %%.yaml'),
    "large": RoadmapContent(large(600)),
    "empty": RoadmapContent(roadmap_of({})),
}

# What the lexers of Mermaid take for something else than a name at the beginning of a line.
STATEMENTS = re.split(
    r"\s+",
    "accTitle accDescr axisFormat call click dateFormat excludes gantt href includes inclusiveEndDates section"
    " tickInterval title todayMarker topAxis vert weekday weekend",
)

BAR = re.compile(r" {4}(?P<name>(?:[^:;%#\n]|#\d+;)+) :(?P<data>[^#;\n]+)")
DATE = r"\d{4}-\d\d-\d\dT\d\d:\d\d"
DATA = re.compile(rf"((crit|done|active|milestone), )*{DATE}, {DATE}")
NODE = re.compile(r' {4}t\d+(\["[^"`\n]*"\]|\[\["[^"`\n]*"\]\]|\{\{"[^"`\n]*"\}\})')
ARROW = re.compile(r' {4}t\d+ -->(\|"[^"`|\n]*"\|)? t\d+')
LOOK = re.compile(r" {4}(classDef [a-z]+ [\w:,#\- ]+|class t\d+(,t\d+)* [a-z]+|linkStyle \d+(,\d+)* [\w:,#\- ]+)")


def spoken(text: str) -> str:
    """What Mermaid shows for a text."""
    return html.unescape(re.sub(r"#(\d+);", r"&#\1;", text))


def cleaned(name: str) -> str:
    return words(name).plain.strip()


@pytest.mark.parametrize("name", CONTENTS)
def test_every_line_of_a_gantt_chart_is_one_mermaid_knows(name: str) -> None:
    head, *lines = mermaid_gantt(CONTENTS[name]).split("\n")
    assert head == "gantt"
    assert lines.pop() == ""
    assert lines[0].startswith("    title ")
    assert lines[1:3] == ["    dateFormat YYYY-MM-DDTHH:mm", "    axisFormat %d %b %Y"]
    for line in lines[3:]:
        if line.startswith("    %% "):
            assert not {"{", "}"} & set(line)
        elif not re.fullmatch(r"    section [^:%]+", line):
            bar = BAR.fullmatch(line)
            assert bar, line
            assert DATA.fullmatch(bar["data"]), line


@pytest.mark.parametrize("name", CONTENTS)
def test_every_line_of_a_flowchart_is_one_mermaid_knows(name: str) -> None:
    head, *lines = mermaid_flowchart(CONTENTS[name]).split("\n")
    assert head == "flowchart LR"
    assert lines.pop() == ""
    for line in lines:
        assert line.startswith("    %% ") or any(form.fullmatch(line) for form in (NODE, ARROW, LOOK)), line


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_shown_as_they_are(name: str) -> None:
    assert spoken(mermaid_text(name)) == (cleaned(name) or "\xa0")


@given(st.text(max_size=40) | st.sampled_from(STATEMENTS).flatmap(lambda w: st.sampled_from([w, w.upper(), f"{w} x"])))
def test_no_name_is_taken_for_syntax(name: str) -> None:
    text = mermaid_text(name)
    assert spoken(text) == (cleaned(name) or "\xa0")
    assert not set('":%[]{}<>|`&\n\\') & set(text)
    assert text.count(";") == text.count("#") == len(re.findall(r"#\d+;", text))
    assert not any(text.lower().startswith(word.lower()) for word in STATEMENTS)
    assert not re.match(r"\d{4}-\d\d-\d\d|[-+*]|\d+[.)]", text)


def test_critical_tasks_and_links_stand_out() -> None:
    roadmap = roadmap_of(
        {"a": ("Floor", 2), "b": ("Walls", 9), "c": ("Roof", 1), "d": ("Door", 0)}, ["a->b", "b->d", "a->c ss", "c->d"]
    )
    chart = mermaid_gantt(RoadmapContent(roadmap))
    assert "    Floor :crit, 2026-03-02T08:00, 2026-03-03T17:00\n" in chart
    assert "    Roof :2026-03-02T08:00, 2026-03-02T17:00\n" in chart
    assert "    Door :crit, milestone, 2026-03-16T17:00, 2026-03-16T17:00\n" in chart
    graph = mermaid_flowchart(RoadmapContent(roadmap))
    # In the order of their starts: c and a start together and c is shorter, so c is t1.
    assert "    class t2,t3,t4 critical\n" in graph
    assert '    t2 -->|"SS"| t1\n' in graph
    arrows = [line for line in graph.split("\n") if "-->" in line]
    (numbers,) = re.findall(r"linkStyle ([\d,]+) stroke:#b3400f,stroke-width:3px\n", graph)
    assert [arrows[int(n)].strip() for n in numbers.split(",")] == ["t2 --> t3", "t3 --> t4"]


def test_loops_are_dashed() -> None:
    roadmap = roadmap_of({"a": ("Floor", 2), "b": ("Walls", 9), "c": ("Roof", 1)}, ["a->b", "b->a", "b->c"])
    assert "linkStyle 0,1 stroke:#b3400f,stroke-width:2px,stroke-dasharray:6 3" in mermaid_flowchart(
        RoadmapContent(roadmap)
    )
    dot = roadmap_dot(RoadmapContent(roadmap))
    assert '"b" -> "a" [color="#b3400f", style="dashed", constraint="false"];' in dot
    assert '"b" -> "c";' in dot


def test_what_mermaid_would_refuse_to_draw_is_left_out_and_said() -> None:
    chart = mermaid_gantt(CONTENTS["large"])
    assert len([line for line in chart.split("\n") if " :" in line]) == MOST_TASKS == 200
    assert "    %% left out: 400 tasks (60 that are done and 340 with more float)\n" in chart
    dense = {f"t{n:02}": (f"Task {n}", 1.0) for n in range(40)}
    names = list(dense)
    links = [f"{a}->{b}" for i, a in enumerate(names) for b in names[i + 1 :]]
    graph = mermaid_flowchart(RoadmapContent(roadmap_of(dense, links)))
    arrows = [line for line in graph.split("\n") if "-->" in line]
    assert len(arrows) == MOST_LINKS
    assert f"    %% left out: {len(links) - MOST_LINKS} links\n" in graph
    # All links of the critical path are still there.
    assert all(f"    t{n} --> t{n + 1}" in arrows for n in range(1, 40))


# -- DOT ----------------------------------------------------------------------------------------

STRING = r'"(?:[^"\\]|\\.)*"'
ATTRIBUTES = rf"\[\w+={STRING}(?:, \w+={STRING})*\]"
DOT_LINE = re.compile(
    rf"  (?:rankdir=LR;|(?:node|edge) \[[^\]]*\];|{STRING}(?: -> {STRING})?(?: {ATTRIBUTES})?;"
    rf"|\{{ rank=same; {STRING}(?:; {STRING})+ \}})"
)


def read_string(text: str) -> str:
    """What Graphviz shows for a quoted string: escapes resolved, then the character codes of HTML."""
    inner = text[1:-1].replace('\\"', '"')
    inner = re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], inner)
    return html.unescape(inner)


@pytest.mark.parametrize("name", CONTENTS)
def test_every_line_is_valid_dot(name: str) -> None:
    head, *lines = roadmap_dot(CONTENTS[name]).split("\n")
    assert re.fullmatch(rf"digraph {STRING} \{{", head)
    assert lines[-2:] == ["}", ""]
    for line in lines[:-2]:
        assert DOT_LINE.fullmatch(line), line


@given(st.text(max_size=40) | st.sampled_from(HOSTILE))
@example("AT&amp;T &#35; &lt;b&gt;")
def test_dot_shows_names_as_they_are(name: str) -> None:
    text = dot_text(words(name).plain)
    assert re.fullmatch(STRING, text)
    assert read_string(text) == words(name).plain


@given(st.lists(st.text(max_size=8), unique=True, min_size=2, max_size=2))
def test_different_ids_stay_different(ids: list[str]) -> None:
    assert dot_id(ids[0]) != dot_id(ids[1])
    assert all(re.fullmatch(STRING, dot_id(i), re.DOTALL) for i in ids)


def test_all_tasks_are_in_the_graph() -> None:
    lines = roadmap_dot(CONTENTS["large"]).split("\n")
    assert len([line for line in lines if "label=" in line and " -> " not in line.split("[")[0]]) == 600


def test_tasks_that_wait_equally_long_stand_side_by_side() -> None:
    roadmap = roadmap_of({"a": ("Floor", 2), "b": ("Walls", 9), "c": ("Roof", 1)}, ["a->b", "a->c"])
    dot = roadmap_dot(RoadmapContent(roadmap))
    assert '  { rank=same; "c"; "b" }\n' in dot
    assert '  "a" -> "b" [color="#b3400f", penwidth="2.5"];\n' in dot
    assert '  "a" -> "c";\n' in dot


def test_summary_tasks_are_in_a_graph_where_links_lead_to_them() -> None:
    names: dict[str, tuple[str, float | None]] = {
        "s": ("House", None),
        "t": ("Garden", None),
        "a": ("Paint", 1),
        "b": ("Paint", 1),
    }
    roadmap = roadmap_of(names, ["t->a"], parents={"a": "s", "b": "t"})
    dot = roadmap_dot(RoadmapContent(roadmap))
    assert '"s"' not in dot
    assert '"t" [label="Garden", shape="folder"' in dot
    # Outside the outline only this tells the two apart.
    assert '"a" [label="Paint (House)\\n1 d"' in dot
    assert '"b" [label="Paint (Garden)\\n1 d"' in dot
    graph = mermaid_flowchart(RoadmapContent(roadmap))
    assert '[["Garden"]]' in graph
    assert "House<br/>" not in graph
