"""A roadmap as text: when it ends and what is wrong, what decides the end, then the schedule as a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Final

from rich.text import Text

from crm_rules.explain.narration import date_text
from crm_rules.report.page import Page, words
from crm_rules.report.phrases import STYLES, be, capitalised, count, shortened
from crm_rules.report.roadmap_content import RoadmapContent
from crm_rules.report.roadmap_order import order_of_work
from crm_rules.report.roadmap_tasks import (
    Mark,
    TaskView,
    days_in,
    flat,
    link_text,
    most_urgent,
    names_of,
    task_views,
    with_summaries,
)
from crm_rules.report.roadmap_text_asked import path_to, what_if, why
from crm_rules.report.roadmap_text_checks import quality, simulation
from crm_rules.report.roadmap_text_rows import MARKS, MILESTONE, WIDE, task_rows
from crm_rules.report.roadmap_trouble import SEVERITIES, Trouble
from crm_rules.report.roadmap_troubles import troubles
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
    # What somebody should look at in the making of the plan has sections of its own, after the schedule.
    told = [t for t in found if t.kind not in ("quality", "ordering") or t.severity == "error"]
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
    views = flat(roadmap)
    if not roadmap.critical_path:
        certain = [v for v in views.values() if v.critical and not v.summary]
        if roadmap.critical_path is None and certain:
            page.heading("Critical whatever is still unknown", count(len(certain), "task"))
            task_rows(page, certain, ("days", "start", "finish"))
        return
    path = [views[t] for t in roadmap.critical_path]
    minutes = sum(v.task.duration_minutes or 0 for v in path)
    page.heading("Critical path", f"{count(len(path), 'task')}, {days_in(roadmap, minutes)} of work")
    joints = {after.id: _joint(before, after) for before, after in pairwise(path)}
    wide = page.width >= WIDE
    columns = ("after", "days", "drag", "start", "finish") if wide else ("days", "drag", "start", "finish")
    if len(path) > MOST_STEPS and not view.everything:
        half = MOST_STEPS // 2
        task_rows(page, path[:half], columns, joints)
        page.text(words((f"{count(len(path) - 2 * half, 'task')} between with --all", "dim")), indent=3)
        task_rows(page, path[-half:], columns, joints, head=False)
    else:
        task_rows(page, path, columns, joints)
    if any(v.schedule.drag_minutes for v in path):
        page.blank()
        page.text(words(("Drag: days the project would end earlier if the task took no time.", "dim")))
    _other_paths(page, roadmap, view)


def _other_paths(page: Page, roadmap: Roadmap, view: View) -> None:
    others = (roadmap.critical_path_count or 1) - 1
    if not others:
        return
    names = names_of(roadmap)
    page.blank()
    more = "" if view.everything else " (--all)"
    page.text(f"{count(others, 'more chain')} of tasks {be(others)} critical{more}.")
    if view.everything:
        for path in roadmap.critical_paths() or ():
            if path != roadmap.critical_path:
                page.item("- ", " → ".join(names[t] for t in path), indent=2)


def _joint(before: TaskView, after: TaskView) -> str:
    """How a task hangs on the one before it on the path."""
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
    page.heading("Schedule", "float: working days a task can slip without moving the end")
    columns = ["days", "start", "finish", "float"]
    if page.width >= WIDE:
        columns += ["free", *(["owner"] if any(v.task.owners for v in shown) else [])]
    task_rows(page, shown, columns)
    page.blank()
    if legend := _legend(content.roadmap, shown):
        page.text(words((legend, "dim")))
    if left_out:
        page.text(words((f"Left out: {left_out}; --all shows everything.", "dim")))


def _selected(views: Sequence[TaskView]) -> tuple[Sequence[TaskView], str]:
    """The tasks that matter most, in their order, and what was left out in words.

    Work that is done does not matter any more as long as some is left.
    """
    left = {v.id for v in views if v.mark is not Mark.DONE and not v.summary}
    if not left:
        return most_urgent(views, MOST_ROWS)
    shown, floating = most_urgent(with_summaries(views, left), MOST_ROWS)
    done = sum(v.mark is Mark.DONE and not v.summary for v in views)
    said = [f"{count(done, 'task')} that {be(done)} done"] if done else []
    if floating:
        said.append(floating)
    return shown, " and ".join(said)


def _legend(roadmap: Roadmap, shown: Iterable[TaskView]) -> str:
    used = {v.mark for v in shown}
    band = days_in(roadmap, roadmap.near_critical_minutes).replace("working days", "days")
    meanings = {**_MEANINGS, Mark.NEAR: f"at most {band} of float"}
    said = [
        f"{MARKS[mark]} {meanings[mark]}"
        for mark in (Mark.CRITICAL, Mark.NEAR, Mark.UNKNOWN, Mark.DONE)
        if mark in used
    ]
    if any(v.milestone for v in shown):
        said.append(f"{MILESTONE} milestone")
    return " · ".join(said)


_SECTIONS: Final[tuple[Section, ...]] = (
    _title,
    _verdict,
    _trouble,
    what_if,
    path_to,
    why,
    _critical_path,
    simulation,
    _schedule,
    order_of_work,
    quality,
)
"""What the report consists of, in order; a section without content adds nothing."""
