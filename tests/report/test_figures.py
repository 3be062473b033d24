"""Charts and graphs: what is drawn, that names and settings cannot spoil it, and that it is the same every time."""

from __future__ import annotations

import builtins
import datetime as dt
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest

matplotlib = pytest.importorskip("matplotlib", reason="figures need the extra plots")

from matplotlib.figure import Figure  # noqa: E402

from crm_rules.errors import MissingExtra  # noqa: E402
from crm_rules.report.figures import FILLS, figure_bytes, shortened_to, text_width, wrapped_to  # noqa: E402
from crm_rules.report.figures_axis import day_ticks, number_ticks  # noqa: E402
from crm_rules.report.figures_gantt import MOST_TASKS, gantt  # noqa: E402
from crm_rules.report.figures_graph import dependency_graph  # noqa: E402
from crm_rules.report.roadmap_tasks import Mark  # noqa: E402
from crm_rules.roadmap.analysis import Roadmap, analyse  # noqa: E402
from crm_rules.roadmap.plan import LinkType, Plan, PlanLink, PlanTask  # noqa: E402
from crm_rules.roadmap.working_time import absolute  # noqa: E402
from tests.report.plans import DAY, HOSTILE, MONDAY, ROOT, content, hostile, large, roadmap_of  # noqa: E402

at = dt.datetime.fromisoformat

Draw = Callable[[Roadmap], Figure]


def named(figure: Figure, kind: str) -> dict[str, Any]:
    """What is drawn of a kind (`bar-`, `name-`, `link-`), by the rest of its name."""
    return {str(a.get_gid())[len(kind) :]: a for a in figure.findobj() if str(a.get_gid()).startswith(kind)}


def texts(figure: Figure) -> list[str]:
    return [t.get_text() for t in figure.axes[0].texts]


def house(**days: float | None) -> Roadmap:
    tasks = {"a": ("Floor", 2.0), "b": ("Walls", 9.0), "c": ("Roof", 1.0), "d": ("Ready", 0.0)}
    planned: dict[str, tuple[str, float | None]] = {i: (n, days.get(i, d)) for i, (n, d) in tasks.items()}
    return roadmap_of(planned, ["a->b", "b->d", "a->c ss", "c->d"], done=("a",))


# -- the chart ----------------------------------------------------------------------------------


def test_every_task_has_its_name_and_its_bar() -> None:
    figure = gantt(house())
    assert set(named(figure, "name-")) == {"a", "b", "c", "d"}
    assert set(named(figure, "bar-")) == {"a", "b", "c"}
    assert set(named(figure, "milestone-")) == {"d"}
    assert set(named(figure, "float-")) == {"c"}
    assert {"Floor", "Walls", "Roof", "Ready", "10 d"} <= set(texts(figure))


@pytest.mark.parametrize("name", ["steady-course", "troubled-rollout"])
def test_the_examples_are_drawn_whole(name: str) -> None:
    roadmap = content(name).roadmap
    figure = gantt(roadmap)
    assert set(named(figure, "name-")) == set(roadmap.tasks)
    assert set(named(figure, "bar-")) | set(named(figure, "milestone-")) == set(roadmap.tasks)
    assert set(named(dependency_graph(roadmap), "task-")) == set(roadmap.tasks)
    assert set(named(figure, "status")) == {""}


def test_bars_stand_at_their_dates() -> None:
    bars = named(gantt(house()), "bar-")
    # Floor takes two days, Walls the nine behind them: from Monday 8:00 to the Monday after next, 17:00.
    left, right = bars["a"].get_x(), bars["b"].get_x() + bars["b"].get_width()
    minute = (right - left) / (absolute(at("2026-03-16 17:00")) - absolute(at("2026-03-02 08:00")))
    start = (bars["b"].get_x() - left) / minute
    assert round(start) == absolute(at("2026-03-04 08:00")) - absolute(at("2026-03-02 08:00"))


def test_marks_have_colours_of_their_own() -> None:
    bars = named(gantt(house()), "bar-")
    color = {name: matplotlib.colors.to_hex(bar.get_facecolor()) for name, bar in bars.items()}
    assert color == {"a": FILLS[Mark.DONE], "b": FILLS[Mark.CRITICAL], "c": FILLS[Mark.PLAIN]}


def test_the_colours_differ_in_brightness() -> None:
    def brightness(mark: Mark) -> float:
        red, green, blue = matplotlib.colors.to_rgb(FILLS[mark])
        return float(0.2126 * red + 0.7152 * green + 0.0722 * blue)

    assert all(brightness(mark) > brightness(Mark.CRITICAL) + 0.25 for mark in Mark if mark is not Mark.CRITICAL)


def test_what_is_not_known_is_said() -> None:
    figure = gantt(house(b=None))
    assert set(named(figure, "bar-")) == {"a", "b", "c"}
    assert "?" in texts(figure)
    assert "dates not known" in texts(figure)
    assert "When the project ends is not known." in texts(figure)


def test_days_without_work_are_shaded_where_there_is_room() -> None:
    def shaded(roadmap: Roadmap) -> int:
        return sum(matplotlib.colors.to_hex(p.get_facecolor()) == "#f1f1f1" for p in gantt(roadmap).axes[0].patches)

    assert shaded(house()) == 2
    assert shaded(house(b=2000)) == 0


def test_deadlines_and_status_date_are_marked() -> None:
    plan = house().plan
    late = at("2026-03-13 17:00")
    tasks = tuple(replace(t, deadline=late) if t.id == "d" else t for t in plan.tasks)
    figure = gantt(analyse(replace(plan, tasks=tasks, status_date=at("2026-03-03 17:00"))))
    assert set(named(figure, "deadline-")) == {"d"}
    assert "3 Mar 2026" in texts(figure)
    assert {"deadline", "status date"} <= set(texts(figure))


def test_without_a_start_the_axis_counts_days() -> None:
    roadmap = roadmap_of({"a": ("Floor", 2), "b": ("Walls", 9)}, ["a->b"], dated=False)
    assert {"day 0", "day 5", "day 10"} <= set(texts(gantt(roadmap)))


@pytest.mark.parametrize("draw", [gantt, dependency_graph])
def test_of_large_plans_the_most_urgent_are_drawn(draw: Draw) -> None:
    roadmap = large(400)
    figure = draw(roadmap)
    drawn = set(named(figure, "name-")) or set(named(figure, "task-"))
    assert len(drawn) == MOST_TASKS
    assert {t.id for t in roadmap.tasks.values() if t.critical} <= drawn
    assert "Left out: 200 tasks (40 that are done and 160 with more float)." in texts(figure)


@pytest.mark.parametrize("draw", [gantt, dependency_graph])
def test_an_empty_plan_can_be_drawn(draw: Draw) -> None:
    assert figure_bytes(lambda: draw(roadmap_of({})), "svg").startswith(b"<?xml")


def test_parts_hang_below_their_summary() -> None:
    tasks: dict[str, tuple[str, float | None]] = {"s": ("House", None), "a": ("Floor", 2), "b": ("Walls", 1)}
    figure = gantt(roadmap_of(tasks, ["a->b"], parents={"a": "s", "b": "s"}))
    names = named(figure, "name-")
    assert names["s"].get_weight() == "bold"
    assert names["a"].get_position()[0] == names["b"].get_position()[0] > names["s"].get_position()[0]
    assert "s" not in named(figure, "bar-")


# -- the graph ----------------------------------------------------------------------------------


def test_every_task_is_a_box_and_every_link_an_arrow() -> None:
    figure = dependency_graph(house())
    assert set(named(figure, "task-")) == {"a", "b", "c", "d"}
    assert set(named(figure, "link-")) == {"a-b", "b-d", "a-c", "c-d"}
    widths = {name: arrow.get_linewidth() for name, arrow in named(figure, "link-").items()}
    assert widths["b-d"] > widths["c-d"] == widths["a-c"]
    assert "SS" in texts(figure)


def test_loops_are_drawn_dashed() -> None:
    roadmap = roadmap_of({"a": ("Floor", 2), "b": ("Walls", 9), "c": ("Roof", 1)}, ["a->b", "b->a", "b->c"])
    styles = {name: arrow.get_linestyle() for name, arrow in named(dependency_graph(roadmap), "link-").items()}
    assert styles["a-b"] == styles["b-a"] != styles["b-c"]


# -- names and settings -------------------------------------------------------------------------


@pytest.mark.parametrize("draw", [gantt, dependency_graph])
def test_hostile_names_stay_themselves(draw: Draw) -> None:
    root = ElementTree.fromstring(figure_bytes(lambda: draw(hostile()), "svg"))
    shown = " ".join(t.text or "" for t in root.iter("{http://www.w3.org/2000/svg}text"))
    assert "$x^2$" in shown
    assert "<b>bold</b" in shown
    assert "塗装" in shown
    assert "x" * 20 in shown
    assert "x" * 200 not in shown
    assert len(HOSTILE) == len(hostile().tasks)


def test_names_fit_their_place() -> None:
    for text in HOSTILE:
        assert text_width(shortened_to(text, 1.0, 8), 8) <= 1.0
        lines = wrapped_to(text, 1.0, 8, 2)
        assert 1 <= len(lines) <= 2
        assert all(text_width(line, 8) <= 1.0 for line in lines)
    assert wrapped_to("one two three", 1.0, 8, 2) == ["one two three"]
    assert wrapped_to("a house with a garden", 0.8, 8, 2) == ["a house with", "a garden"]
    assert text_width("i", 8) < text_width("W", 8) < text_width("W", 8, bold=True)


SCRIPT = """
import sys
from crm_rules.report.figures import figure_bytes
from crm_rules.report.figures_gantt import gantt
from crm_rules.report.figures_graph import dependency_graph
from tests.report.plans import hostile
for draw in (gantt, dependency_graph):
    for kind in ("svg", "png"):
        sys.stdout.buffer.write(figure_bytes(lambda: draw(hostile()), kind))
"""


def test_the_same_roadmap_gives_the_same_bytes() -> None:
    here = b"".join(
        figure_bytes(lambda draw=draw: draw(hostile()), kind)  # type: ignore[misc]
        for draw in (gantt, dependency_graph)
        for kind in ("svg", "png")
    )
    assert b"<dc:date>" not in here
    environment: Mapping[str, str] = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"}
    run = subprocess.run([sys.executable, "-c", SCRIPT], cwd=ROOT, env=environment, capture_output=True, check=True)
    assert run.stdout == here


def test_settings_of_the_user_change_nothing() -> None:
    before = figure_bytes(lambda: gantt(house()), "svg")
    with matplotlib.rc_context({"font.size": 30, "svg.fonttype": "path", "text.color": "red", "lines.linewidth": 9}):
        assert figure_bytes(lambda: gantt(house()), "svg") == before
        assert matplotlib.rcParams["font.size"] == 30


@pytest.mark.parametrize("draw", [gantt, dependency_graph])
def test_without_matplotlib_the_extra_is_named(draw: Draw, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refuse(name: str, *arguments: Any) -> Any:
        if name.partition(".")[0] == "matplotlib":
            raise ModuleNotFoundError(f"No module named '{name}'", name=name)
        return real(name, *arguments)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(MissingExtra) as caught:
        figure_bytes(lambda: draw(house()), "png")
    assert str(caught.value) == "Figures need matplotlib: install crm-rules[plots]"
    assert caught.value.extra == "plots"


# -- the axis -----------------------------------------------------------------------------------


def labels(first: dt.date, days: int, most: int) -> list[str]:
    begin = float(absolute(dt.datetime.combine(first, dt.time())))
    return [t.label for t in day_ticks(begin, begin + days * 1440, most)]


def test_marks_stand_at_days_weeks_or_months() -> None:
    assert labels(MONDAY, 3, 10) == ["2 Mar 2026", "3 Mar", "4 Mar", "5 Mar"]
    assert labels(MONDAY, 28, 6) == ["2 Mar 2026", "9 Mar", "16 Mar", "23 Mar", "30 Mar"]
    assert labels(dt.date(2025, 11, 15), 120, 6) == ["Dec 2025", "Jan 2026", "Feb", "Mar"]
    assert labels(dt.date(2020, 1, 1), 365 * 30, 5) == ["Jan 2020", "Jan 2030", "Jan 2040"]


@pytest.mark.parametrize("most", [1, 5, 13])
@pytest.mark.parametrize("days", [1, 9, 40, 200, 700, 9000, 300_000])
def test_there_are_never_more_marks_than_fit(days: int, most: int) -> None:
    begin = float(absolute(at("1985-05-17 00:00")))
    # A mark more than there are steps: both ends may have one.
    assert len(day_ticks(begin, begin + days * 1440, most)) <= max(most + 1, days // 3650 + 2)
    assert len(number_ticks(-5.0, days * DAY, most)) <= most + 1


def test_days_are_numbered_in_round_steps() -> None:
    assert [t.label for t in number_ticks(0, 30 * DAY, 8)] == [f"day {n}" for n in (0, 5, 10, 15, 20, 25, 30)]
    assert [t.at for t in number_ticks(-1.0, 4 * DAY, 5)] == [0.0, DAY, 2 * DAY, 3 * DAY, 4 * DAY]


def test_labels_of_links_into_one_box_do_not_hide_each_other() -> None:
    plan = Plan(
        tuple(PlanTask(i, i, DAY) for i in "abcd"),
        tuple(PlanLink(i, "d", LinkType.SS, lag) for i, lag in (("a", DAY), ("b", 2 * DAY), ("c", 3 * DAY))),
    )
    figure = dependency_graph(analyse(plan))
    boxes = [t.get_window_extent() for t in figure.axes[0].texts if t.get_text().startswith("SS+")]
    assert len(boxes) == 3
    assert not any(one.overlaps(other) for n, one in enumerate(boxes) for other in boxes[:n])


def test_a_missed_deadline_stands_out_from_the_bar_it_lies_on() -> None:
    """Ten days from Monday 2 March, due on the 6th: float is -5 days, and the bar is as red as the mark."""
    due = dt.datetime.fromisoformat("2026-03-06 17:00")
    plan = Plan((PlanTask("a", "A", 10 * DAY, deadline=due),), start=dt.datetime.fromisoformat("2026-03-02 08:00"))
    figure = gantt(analyse(plan))
    (mark,) = named(figure, "deadline-").values()
    assert mark.get_markerfacecolor() == FILLS[Mark.CRITICAL]
    assert mark.get_markeredgecolor() == "white"
