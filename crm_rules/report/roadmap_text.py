"""A roadmap as text: when it ends and what is wrong, what decides the end, then the schedule as a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from rich.text import Text

from crm_rules.explain.narration import date_text
from crm_rules.report.page import Page, words
from crm_rules.report.phrases import STYLES, be, capitalised, count, shortened
from crm_rules.report.roadmap_content import RoadmapContent
from crm_rules.report.roadmap_table import Column, table
from crm_rules.report.roadmap_tasks import (
    Mark,
    TaskView,
    day_text,
    days_in,
    days_text,
    link_text,
    most_urgent,
    near_band_minutes,
    task_views,
)
from crm_rules.report.roadmap_text_checks import quality, simulation
from crm_rules.report.roadmap_trouble import SEVERITIES, Trouble, troubles
from crm_rules.report.view import View
from crm_rules.roadmap.analysis import Roadmap
from crm_rules.roadmap.plan import LagUnit, TaskState

MOST_ROWS: Final = 60
"""Rows of the schedule unless everything is to be shown."""

MOST_STEPS: Final = 30
"""Tasks of the critical path unless everything is to be shown."""

MOST_TROUBLES: Final = 12

MOST_OFFENDERS: Final = 4
"""Tasks or links a failed check lists one by one."""

MOST_NAMES: Final = 8

WIDE: Final = 96
"""Columns from which the schedule has room for more than dates and float."""

MARKS: Final = {Mark.DONE: "✓", Mark.CRITICAL: "●", Mark.NEAR: "○", Mark.UNKNOWN: "?", Mark.PLAIN: " "}

MARK_STYLES: Final = {Mark.DONE: "dim", Mark.CRITICAL: "red", Mark.NEAR: "yellow", Mark.UNKNOWN: "magenta"}

_MEANINGS: Final = {
    Mark.CRITICAL: "critical",
    Mark.UNKNOWN: "not known whether critical",
    Mark.DONE: "done",
}

_TROUBLE_STYLES: Final = {"error": STYLES["high"], "warning": STYLES["medium"]}

Section = Callable[[Page, RoadmapContent, View], None]


def roadmap_text(content: RoadmapContent, view: View) -> str:
    """The roadmap for people, in lines of at most `view.width` columns."""
    page = Page(view.width, view.color)
    for section in _SECTIONS:
        section(page, content, view)
    return page.render()


# -- what it comes to ---------------------------------------------------------------------------


def _title(page: Page, content: RoadmapContent, _: View) -> None:
    roadmap = content.roadmap
    page.text(words((content.title, "bold")))
    links = count(len(roadmap.plan.links), "link")
    facts = [f"{count(len(roadmap.tasks), 'task')} and {links}"]
    if roadmap.plan.status_date is not None:
        facts.append(f"as of {date_text(roadmap.plan.status_date.date())}")
    dropped = sum(t.state is TaskState.DROPPED for t in roadmap.plan.tasks)
    if dropped:
        facts.append(f"{dropped:,} dropped")
    page.text(words((" · ".join(facts), "dim")))
    if content.file and content.file != content.title:
        page.text(words((content.file, "dim")))


def _verdict(page: Page, content: RoadmapContent, _: View) -> None:
    roadmap = content.roadmap
    page.blank()
    page.text(words((_finish(roadmap), "bold")))
    views = task_views(roadmap)
    marks = {mark: sum(v.mark is mark and not v.summary for v in views) for mark in Mark}
    said = []
    if marks[Mark.DONE]:
        said.append(f"{count(marks[Mark.DONE], 'task')} {be(marks[Mark.DONE])} done")
    left = sum(n for mark, n in marks.items() if mark is not Mark.DONE)
    if left and marks[Mark.UNKNOWN] == left:
        said.append(f"which of the {count(left, 'task')} left are critical is not known")
    elif left:
        critical = f"{marks[Mark.CRITICAL]:,} of the {left:,} left {be(marks[Mark.CRITICAL])} critical"
        if marks[Mark.NEAR]:
            critical += f", {marks[Mark.NEAR]:,} nearly so"
        if marks[Mark.UNKNOWN]:
            critical += f", {marks[Mark.UNKNOWN]:,} perhaps"
        said.append(critical)
    if said:
        page.text(f"{capitalised('; '.join(said))}.")


def _finish(roadmap: Roadmap) -> str:
    if not roadmap.tasks:
        return "There are no tasks to schedule."
    if roadmap.finish_minutes is None:
        return "When the project ends cannot be computed."
    days = days_in(roadmap, roadmap.finish_minutes)
    if roadmap.finish is None or roadmap.start_date is None:
        return f"The plan takes {days}."
    return f"From {date_text(roadmap.start_date)} to {date_text(roadmap.finish.date())}, {days}."


# -- what is wrong ------------------------------------------------------------------------------


def _trouble(page: Page, content: RoadmapContent, view: View) -> None:
    found = troubles(content)
    # What somebody should look at in the making of the plan has a section of its own, after the schedule.
    told = [t for t in found if t.kind != "quality" or t.severity == "error"]
    if not told:
        return
    page.heading("Trouble", ", ".join(count(n, s) for s in SEVERITIES if (n := sum(t.severity == s for t in told))))
    shown = told if view.everything else told[:MOST_TROUBLES]
    for trouble in shown:
        _one_trouble(page, trouble, view)
        page.blank()
    if len(shown) < len(told):
        page.text(words((f"{len(told) - len(shown):,} more with --all.", "dim")))


def _one_trouble(page: Page, trouble: Trouble, view: View) -> None:
    page.item(Text("▌ ", _TROUBLE_STYLES[trouble.severity]), words((f"{trouble.title}.", "bold")))
    if trouble.kind == "quality" and len(trouble.details) > MOST_OFFENDERS and not view.everything:
        page.text(shortened([d.text for d in trouble.details], MOST_NAMES), indent=2)
    else:
        for detail in trouble.details:
            page.pair(detail.text, words((detail.place, "dim")), indent=2, hang=2)
    if trouble.advice:
        page.item(Text("→ ", STYLES["do"]), trouble.advice, indent=2)


# -- what decides the end -----------------------------------------------------------------------


def _critical_path(page: Page, content: RoadmapContent, view: View) -> None:
    roadmap = content.roadmap
    views = {v.id: v for v in task_views(roadmap)}
    if not roadmap.critical_path:
        certain = [v for v in views.values() if v.critical]
        if roadmap.critical_path is None and certain:
            page.heading("Critical whatever is still unknown", count(len(certain), "task"))
            _rows(page, [(v, "") for v in certain], ("days",))
        return
    path = [views[t] for t in roadmap.critical_path]
    minutes = sum(v.task.duration_minutes or 0 for v in path)
    page.heading("Critical path", f"{count(len(path), 'task')}, {days_in(roadmap, minutes)} of work")
    joined = [(v, _joint(before, v)) for before, v in zip([None, *path], path, strict=False)]
    if len(joined) > MOST_STEPS and not view.everything:
        half = MOST_STEPS // 2
        _rows(page, joined[:half], ("link", "days"))
        page.text(words((f"{count(len(joined) - 2 * half, 'task')} between with --all", "dim")), indent=3)
        _rows(page, joined[-half:], ("link", "days"), head=False)
    else:
        _rows(page, joined, ("link", "days"))
    others = (roadmap.critical_path_count or 1) - 1
    if others:
        page.blank()
        page.text(f"{capitalised(count(others, 'more chain'))} of tasks {be(others)} just as long.")


def _joint(before: TaskView | None, after: TaskView) -> str:
    """How a task hangs on the one before it on the path."""
    if before is None:
        return ""
    for driver in after.schedule.driving:
        if driver.predecessor == before.id:
            return link_text(driver.type, driver.lag_minutes, LagUnit.WORKING, after.per_day)
    return ""


# -- the schedule -------------------------------------------------------------------------------


def _schedule(page: Page, content: RoadmapContent, view: View) -> None:
    views = task_views(content.roadmap)
    if not views:
        return
    shown, left_out = (views, "") if view.everything else _selected(views)
    page.heading("Schedule", "dates are the earliest, float in working days")
    _rows(page, [(v, "") for v in shown], ("days", "float"))
    page.blank()
    if legend := _legend(content.roadmap, shown):
        page.text(words((legend, "dim")))
    if left_out:
        page.text(words((f"Left out: {left_out}; --all shows everything.", "dim")))


def _selected(views: Sequence[TaskView]) -> tuple[Sequence[TaskView], str]:
    """The tasks that matter most, in their order, and what was left out in words.

    Work that is done does not matter any more as long as some is left.
    """
    left = [v for v in views if v.mark is not Mark.DONE]
    if not left:
        return most_urgent(views, MOST_ROWS)
    shown, floating = most_urgent(left, MOST_ROWS)
    done = len(views) - len(left)
    said = [f"{count(done, 'task')} that {be(done)} done"] if done else []
    if floating:
        said.append(floating)
    return shown, " and ".join(said)


def _legend(roadmap: Roadmap, shown: Iterable[TaskView]) -> str:
    used = {v.mark for v in shown}
    band = days_in(roadmap, near_band_minutes(roadmap)).replace("working days", "days")
    meanings = {**_MEANINGS, Mark.NEAR: f"at most {band} of float"}
    said = [
        f"{MARKS[mark]} {meanings[mark]}"
        for mark in (Mark.CRITICAL, Mark.NEAR, Mark.UNKNOWN, Mark.DONE)
        if mark in used
    ]
    if any(v.milestone for v in shown):
        said.append("◆ milestone")
    return " · ".join(said)


def _rows(page: Page, rows: Sequence[tuple[TaskView, str]], columns: Sequence[str], head: bool = True) -> None:
    """Tasks as lines of a table; what does not fit the page is cut from the names."""
    dated = any(v.schedule.early_start is not None for v, _ in rows)
    cells = []
    for task, link in rows:
        style = MARK_STYLES.get(task.mark, "")
        schedule = task.schedule
        if dated:
            start = "?" if schedule.early_start is None else day_text(schedule.early_start.date())
            finish = "?" if schedule.early_finish is None else day_text(schedule.early_finish.date())
        else:
            start = _day_number(schedule.early_start_minutes, task.per_day)
            finish = _day_number(schedule.early_finish_minutes, task.per_day)
        name = ("  " * min(task.depth, 6)) + task.name
        cells.append(
            {
                "mark": (MARKS[task.mark], style),
                "name": (name, "bold" if task.summary else "dim" if task.mark is Mark.DONE else ""),
                "link": (link, "dim"),
                "days": (_length(task), "dim"),
                "start": (start, "dim" if task.milestone else ""),
                "finish": (finish, ""),
                "float": (task.float_text, style),
                "free": (days_text(schedule.free_float_minutes, task.per_day), "dim"),
                "owner": (", ".join(task.task.owners), "dim"),
            }
        )
    ends = ("start", "finish")
    wanted = [
        "mark",
        "name",
        *(c for c in columns if c not in ("float",)),
        *ends,
        *(c for c in columns if c == "float"),
    ]
    if "float" in columns and page.width >= WIDE:
        wanted.append("free")
        if any(v.task.owners for v, _ in rows):
            wanted.append("owner")
    table(page, [_COLUMNS[c] for c in wanted], [[row[c] for c in wanted] for row in cells], head)


def _length(view: TaskView) -> str:
    return "◆" if view.milestone else view.length_text if not view.summary else ""


def _day_number(minutes: int | None, per_day: int) -> str:
    return "?" if minutes is None else f"day {days_text(minutes, per_day)}"


_COLUMNS: Final = {
    "mark": Column("", 1, right=False),
    "name": Column("Task", 0, right=False),
    "link": Column("After", 7, right=False),
    "days": Column("Days", 5),
    "start": Column("Start", 11),
    "finish": Column("Finish", 11),
    "float": Column("Float", 6),
    "free": Column("Free", 6),
    "owner": Column("Owner", 14, right=False),
}

_SECTIONS: Final[tuple[Section, ...]] = (_title, _verdict, _trouble, _critical_path, simulation, _schedule, quality)
"""What the report consists of, in order; a section without content adds nothing."""
