"""What holds for the text of every roadmap: it fits, it lines up, it names trouble and what it leaves out."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import Any

import pytest
from rich.cells import cell_len

from crm_rules.report.page import Page
from crm_rules.report.roadmap_content import RoadmapContent
from crm_rules.report.roadmap_table import Column, fitted, table
from crm_rules.report.roadmap_tasks import day_text, days_text, link_text, most_urgent, names_of, task_views
from crm_rules.report.roadmap_text import MOST_ROWS, roadmap_text
from crm_rules.report.roadmap_troubles import troubles
from crm_rules.report.view import View
from crm_rules.roadmap.analysis import Roadmap, analyse
from crm_rules.roadmap.ordering import check_ordering
from crm_rules.roadmap.plan import Constraint, ConstraintType, LagUnit, LinkType, Plan, PlanTask
from crm_rules.rules.ordering import Operand, Ordering, Sequence
from tests.report.plans import DAY, FILES, MONDAY, content, hostile, large, roadmap_of

CODES = re.compile(r"\x1b\[[0-9;]*m")
CONTENTS = {**{name: content(name) for name in FILES}, "hostile": RoadmapContent(hostile())}


def section(report: str, title: str) -> list[str]:
    """The lines below a heading."""
    _, _, rest = report.partition(f"── {title} ")
    assert rest, f"there is no heading {title}"
    return rest.partition("\n")[2].partition("\n── ")[0].strip("\n").split("\n")


@pytest.mark.parametrize("everything", [False, True])
@pytest.mark.parametrize("width", [60, 80, 110])
@pytest.mark.parametrize("name", CONTENTS)
def test_every_line_fits(name: str, width: int, everything: bool) -> None:
    lines = roadmap_text(CONTENTS[name], View(width, everything=everything)).split("\n")
    assert [line for line in lines if cell_len(line) > width] == []
    assert [line for line in lines if line != line.rstrip()] == []


@pytest.mark.parametrize("name", CONTENTS)
def test_colours_change_nothing_but_colours(name: str) -> None:
    colored = roadmap_text(CONTENTS[name], View(color=True))
    assert "\x1b[" in colored
    assert CODES.sub("", colored) == roadmap_text(CONTENTS[name], View())


def test_columns_line_up_whatever_the_names() -> None:
    rows = section(roadmap_text(RoadmapContent(hostile()), View(80)), "Schedule")[1:14]
    assert {cell_len(row) for row in rows} == {80}
    assert not any("\x1b" in row for row in rows)


def test_text_that_is_too_long_ends_in_dots() -> None:
    assert fitted("abcdef", 4) == "abc…"
    assert fitted("abc", 5) == "abc  "
    assert fitted("abc", 5, right=True) == "  abc"
    # A wide character takes two cells and is never cut in half.
    assert fitted("塗装塗装", 6) == "塗装… "
    assert cell_len(fitted("塗装塗装", 6)) == 6
    assert fitted("  in", 6) == "  in  "


def test_one_column_takes_what_is_left() -> None:
    page = Page(40)
    table(page, [Column("a", 0, right=False), Column("b", 6)], [[("name", ""), ("12", "")]])
    assert page.render().split("\n")[1] == "name" + " " * 34 + "12"


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (None, "?"),
        (0, "0"),
        (12 * DAY, "12"),
        (-3 * DAY, "-3"),
        (DAY // 2, "0.5"),
        (1234 * DAY, "1,234"),
        (1, "<0.1"),
        (-1, ">-0.1"),
    ],
)
def test_days_never_round_something_to_nothing(minutes: int | None, text: str) -> None:
    assert days_text(minutes, DAY) == text


@pytest.mark.parametrize(
    ("lag", "unit", "text"),
    [
        (0, LagUnit.WORKING, "SS"),
        (3 * DAY, LagUnit.WORKING, "SS+3d"),
        (-DAY // 2, LagUnit.WORKING, "SS-0.5d"),
        (2 * 1440, LagUnit.ELAPSED, "SS+2ed"),
        (5000, LagUnit.PERCENT, "SS+50%"),
        (-2550, LagUnit.PERCENT, "SS-25.5%"),
    ],
)
def test_links_are_written_as_planners_write_them(lag: int, unit: LagUnit, text: str) -> None:
    assert link_text(LinkType.SS, lag, unit, DAY) == text


def test_dates_are_short() -> None:
    assert day_text(MONDAY) == "2 Mar 2026"
    assert day_text(None) == "?"


# -- what is wrong comes first ------------------------------------------------------------------


def test_trouble_stands_before_the_schedule() -> None:
    report = roadmap_text(content("trouble"), View())
    assert 0 < report.index("── Trouble") < report.index("── Schedule")
    path = roadmap_text(content("troubled-rollout"), View())
    assert 0 < path.index("── Critical path") < path.index("── Schedule")


def test_a_loop_is_shown_with_its_way_its_lines_and_what_to_take_out() -> None:
    roadmap = roadmap_of(
        {"a": ("Floor", 1), "b": ("Walls", 1), "c": ("Roof", 1), "d": ("Door", 1)},
        ["a->b", "b->c", "c->a", "a->d"],
    )
    (trouble,) = (t for t in troubles(RoadmapContent(roadmap)) if t.kind == "loop")
    assert trouble.severity == "error"
    assert trouble.tasks == ("a", "b", "c")
    assert [d.text for d in trouble.details] == [
        "Floor → Walls → Roof → Floor",
        "Walls waits for Floor (FS)",
        "Roof waits for Walls (FS)",
        "Floor waits for Roof (FS)",
    ]
    places = [d.place for t in troubles(content("trouble")) if t.kind == "loop" for d in t.details]
    assert places == ["", "line 9", "line 8", "line 7"]


def test_the_culprit_of_a_loop_is_named_with_the_reason() -> None:
    roadmap = roadmap_of({"a": ("Floor", 1), "b": ("Walls", 1), "c": ("Roof", 1)}, ["a->b", "a->c", "b->c", "c->a"])
    (trouble,) = (t for t in troubles(RoadmapContent(roadmap)) if t.kind == "loop")
    assert trouble.advice == "Take out that Floor waits for Roof: no other dependency is part of every loop here."


def test_what_is_not_known_is_named_with_what_to_state() -> None:
    roadmap = roadmap_of({"a": ("Floor", None), "b": ("Walls", 1)}, ["a->b"], dated=False)
    unknown = [t for t in troubles(RoadmapContent(roadmap)) if t.kind == "unknown"]
    assert [(t.severity, t.title, t.tasks) for t in unknown] == [
        ("warning", "How long 1 task takes is not known", ("a",)),
        ("warning", "When the plan starts is not known; days are counted from its start", ()),
    ]
    report = roadmap_text(RoadmapContent(roadmap), View())
    assert "When the project ends cannot be computed." in report
    assert [row.split() for row in section(report, "Schedule")[1:3]] == [
        # However long the floor takes, both decide when the project ends.
        ["●", "Floor", "?", "day", "0", "?", "0"],
        ["●", "Walls", "1", "?", "?", "0"],
    ]


def test_a_sound_plan_has_no_trouble() -> None:
    roadmap = roadmap_of({"a": ("Floor", 2), "b": ("Walls", 1)}, ["a->b"])
    assert troubles(RoadmapContent(roadmap)) == ()
    report = roadmap_text(RoadmapContent(roadmap), View())
    assert "Trouble" not in report
    assert "From 2 March 2026 to 4 March 2026, 3 working days." in report
    assert "2 of the 2 left are critical." in report


# -- what is left out ---------------------------------------------------------------------------


def test_large_plans_show_what_matters_most_and_say_what_is_left_out() -> None:
    roadmap = large(1000)
    report = roadmap_text(RoadmapContent(roadmap), View())
    lines = section(report, "Schedule")
    rows = [line for line in lines if "Task number" in line]
    assert len(rows) == MOST_ROWS
    assert all(row.startswith("●") for row in rows)
    assert " ".join(lines[-2:]) == (
        "Left out: 100 tasks that are done and 840 tasks (840 with more float); --all shows everything."
    )
    everything = section(roadmap_text(RoadmapContent(roadmap), View(everything=True)), "Schedule")
    assert len([line for line in everything if "Task number" in line]) == 1000


def test_critical_tasks_stay_longest() -> None:
    views = task_views(large(400))
    critical = sum(v.critical for v in views)
    kept, said = most_urgent(views, critical)
    assert all(v.critical for v in kept)
    assert [v.id for v in kept] == [v.id for v in views if v.critical]
    assert said == f"{400 - critical} tasks (40 that are done and {360 - critical} with more float)"
    assert most_urgent(views, 400) == (views, "")


def test_parts_stand_below_the_task_they_belong_to() -> None:
    roadmap = roadmap_of(
        {"s": ("House", None), "t": ("Garden", 1), "a": ("Floor", 2), "b": ("Walls", 1)},
        ["a->b"],
        parents={"a": "s", "b": "s"},
    )
    found = [(v.id, v.depth, v.summary) for v in task_views(roadmap)]
    assert sorted(found) == [("a", 1, False), ("b", 1, False), ("s", 0, True), ("t", 0, False)]
    assert [i for i, _, _ in found].index("a") == [i for i, _, _ in found].index("s") + 1


def test_parts_are_not_shown_without_what_they_belong_to() -> None:
    names: dict[str, tuple[str, float | None]] = {"s": ("House", None), "t": ("Garden", None), "u": ("Street", None)}
    parents = {}
    for n in range(9):
        names[f"{n}"] = (f"Task {n}", float(n + 1))
        parents[f"{n}"] = "stu"[n % 3]
    views = task_views(roadmap_of(names, parents=parents))
    kept, said = most_urgent(views, 4)
    assert [v.name for v in kept] == ["House", "Task 6", "Garden", "Task 7", "Street", "Task 5", "Task 8"]
    assert said == "5 tasks (5 with more float)"


def test_names_that_several_tasks_have_are_told_apart() -> None:
    roadmap = roadmap_of(
        {"s": ("House", None), "a": ("Paint", 1), "b": ("Paint", 2), "c": ("Paint", 3), "d": ("Move in", 1)},
        ["a->b", "b->c", "c->d"],
        parents={"a": "s"},
    )
    assert names_of(roadmap) == {
        "a": "Paint (House)",
        "b": "Paint (b)",
        "c": "Paint (c)",
        "d": "Move in",
        "s": "House",
    }
    rows = section(roadmap_text(RoadmapContent(roadmap), View()), "Critical path")
    assert [row[3:20].strip() for row in rows[1:5]] == ["Paint (House)", "Paint (b)", "Paint (c)", "Move in"]


# -- dates laid down ----------------------------------------------------------------------------


def with_task(roadmap: Roadmap, task: str, **changes: Any) -> Roadmap:
    tasks = tuple(replace(t, **changes) if t.id == task else t for t in roadmap.plan.tasks)
    return analyse(replace(roadmap.plan, tasks=tasks))


CHAIN = roadmap_of({"a": ("Floor", 5), "b": ("Walls", 5), "c": ("Ready", 0)}, ["a->b", "b->c"])


def test_a_deadline_that_is_missed_is_named_with_what_comes_of_it() -> None:
    late = with_task(CHAIN, "c", deadline=dt.datetime.fromisoformat("2026-03-11 17:00"))
    (trouble,) = (t for t in troubles(RoadmapContent(late)) if t.kind == "late")
    assert trouble.severity == "error"
    assert trouble.title == "3 tasks are later than the dates laid down allow, by up to 2 working days"
    assert [d.text for d in trouble.details] == [
        "Ready: deadline 11 Mar 2026, planned for 13 Mar 2026, 2 working days too late"
    ]
    assert trouble.tasks == ("a", "b", "c")


def test_a_date_that_is_forced_is_named_with_what_cannot_keep_it() -> None:
    at = dt.datetime.fromisoformat("2026-03-12 17:00")
    late = with_task(CHAIN, "c", constraint=Constraint(ConstraintType.MFO, at))
    (trouble,) = (t for t in troubles(RoadmapContent(late)) if t.kind == "late")
    assert [d.text for d in trouble.details] == ["Ready: must finish on 12 Mar 2026, too early for Walls"]
    assert trouble.tasks == ("a", "b")


def test_a_loop_through_a_summary_task_is_told_with_its_parts() -> None:
    names: dict[str, tuple[str, float | None]] = {"s": ("House", None), "a": ("Floor", 1), "b": ("Garden", 1)}
    loop = roadmap_of(names, ["s->b", "b->a"], parents={"a": "s"})
    (trouble,) = (t for t in troubles(RoadmapContent(loop)) if t.kind == "loop")
    assert [d.text for d in trouble.details] == [
        "Floor → House → Garden → Floor",
        "Floor is part of House",
        "Garden waits for House (FS)",
        "Floor waits for Garden (FS)",
    ]
    own = roadmap_of(names, ["s->a"], parents={"a": "s"})
    (trouble,) = (t for t in troubles(RoadmapContent(own)) if t.kind == "loop")
    assert trouble.title == "Floor waits for House, but one is part of the other"
    assert trouble.advice == (
        "Take out that Floor waits for House: nothing can wait for what it is part of, or for a part of itself."
    )


# -- the order of work --------------------------------------------------------------------------


def ordered(*tasks: tuple[str, str, float], links: tuple[str, ...] = (), done: tuple[str, ...] = ()) -> RoadmapContent:
    """Tasks by id with kind and days, and what the order of work asks of them."""
    names: dict[str, tuple[str, float | None]] = {i: (i.upper(), days) for i, _, days in tasks}
    kinds = {i: kind for i, kind, _ in tasks}
    plan = roadmap_of(names, links, done=done).plan
    roadmap = analyse(replace(plan, tasks=tuple(replace(t, kind=kinds[t.id]) for t in plan.tasks)))
    asked = Operand("test", ("test",))
    built = Operand("build", ("build",))
    moved = Operand("move", ("move",))
    constraints = [
        Ordering("build-first", (Sequence(built, asked),), 4),
        Ordering("test-first", (Sequence(asked, moved),), 5),
    ]
    return RoadmapContent(roadmap, ordering=check_ordering(roadmap, constraints))


def test_work_in_the_wrong_order_is_an_error_with_what_was_asked_for() -> None:
    content = ordered(("a", "test", 5), ("b", "move", 2), ("c", "build", 1), links=("c->a",))
    (trouble,) = troubles(content)
    assert (trouble.kind, trouble.severity, trouble.tasks) == ("ordering", "error", ("a", "b"))
    assert trouble.details[-1].text == "asked for: test before move (test-first)"
    report = roadmap_text(content, View())
    assert report.index("── Trouble") < report.index("── Schedule") < report.index("── Order of work")
    assert "1 violated by dates, 1 kept." in report


def test_what_is_over_is_told_and_held_against_nobody() -> None:
    content = ordered(("a", "test", 5), ("b", "move", 2), ("c", "build", 1), links=("c->a",), done=("a", "b", "c"))
    (trouble,) = troubles(content)
    assert trouble.severity == "warning"
    report = roadmap_text(content, View())
    assert "Trouble" not in report
    assert "Went against it, and is over:" in report


def test_what_is_right_by_chance_or_missing_is_told() -> None:
    content = ordered(("c", "build", 1), ("a", "test", 5), ("b", "move", 2), ("d", "wait", 4), links=("c->a", "d->b"))
    assert "1 violated by dates, 1 kept." in roadmap_text(content, View())
    loose = ordered(("a", "test", 1), ("b", "move", 2), ("d", "wait", 4), links=("d->b",))
    assert troubles(loose) == ()
    report = roadmap_text(loose, View())
    assert "Right by chance, as long as nothing slips:\n  - no link keeps 'B' behind 'A'\n" in report
    assert "Not planned, though other work asks for it: build.\n" in report


def test_a_number_never_has_lost_digits() -> None:
    page = Page(60)
    table(page, [Column("Days", 5), Column("Task", 0, right=False)], [(("12,345.5", ""), ("Data migration", ""))])
    assert "12,345.5  Data migration" in page.render()


@pytest.mark.parametrize("file", ["plan.csv", "plans/plan.csv", "C:\\plans\\plan.csv"])
def test_a_plan_without_a_name_is_called_by_its_file_without_the_folder(file: str) -> None:
    roadmap = analyse(Plan((PlanTask("a", "A", 480),)))
    assert RoadmapContent(roadmap, file).title == "plan.csv"
