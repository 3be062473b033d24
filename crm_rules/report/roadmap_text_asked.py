"""The parts of the text report somebody asked for: what changes would do, and what leads to a task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from crm_rules.report.page import Page, words
from crm_rules.report.phrases import STYLES, count, sentence, shortened
from crm_rules.report.roadmap_content import RoadmapContent
from crm_rules.report.roadmap_tasks import Mark, TaskView, day_text, days_in, days_text, flat, names_of
from crm_rules.report.roadmap_text_rows import task_rows
from crm_rules.report.view import View
from crm_rules.roadmap.what_if import Move

MOST_MOVES: Final = 20
MOST_SLACKS: Final = 20
MOST_NAMES: Final = 8


def what_if(page: Page, content: RoadmapContent, view: View) -> None:
    """What changes would do: the finish first, then who moves and what becomes critical or late."""
    found = content.what_if
    if found is None:
        return
    roadmap = content.roadmap
    views = flat(roadmap)
    names = names_of(roadmap)
    page.heading("What if", count(len(content.changes), "change"))
    for change in content.changes:
        page.item("- ", words((change, "cyan")))
    page.blank()
    page.text(words((_finish(content), "bold")))
    moved = [m for m in found.moves if m.task in views]
    if moved:
        page.blank()
        shown = moved if view.everything else sorted(moved, key=lambda m: -abs(m.finish_minutes or 0))[:MOST_MOVES]
        order = {i: n for n, i in enumerate(views)}
        notes = {m.task: _moved(m.finish_minutes, roadmap.plan.minutes_per_day) for m in shown}
        chosen = [_after(views[m.task], m) for m in sorted(shown, key=lambda m: order[m.task])]
        task_rows(page, chosen, ("start", "finish", "moves"), notes)
        page.text(words(("Dates with the change; how many working days the finish moves.", "dim")))
        if len(shown) < len(moved):
            page.text(words((f"{count(len(moved) - len(shown), 'more task')} with --all.", "dim")))
    for said, tasks, style in (
        ("Becomes critical", found.became_critical, STYLES["high"]),
        ("No longer critical", found.no_longer_critical, STYLES["do"]),
        ("Dropped", found.dropped, "dim"),
        ("Not known", found.unknown, "dim"),
    ):
        if tasks:
            listed = [names[i] for i in tasks]
            page.item(
                words((f"{said}: ", style)), "; ".join(listed) if view.everything else shortened(listed, MOST_NAMES)
            )
    for task, left in found.newly_late:
        page.item(words(("Becomes late: ", STYLES["high"])), f"{names[task]}, by {days_in(roadmap, -left)}")


def _after(view: TaskView, move: Move) -> TaskView:
    """The task with the dates it would have."""
    old = view.schedule
    start, finish = (
        None if at is None or by is None else at + by
        for at, by in ((old.start_minutes, move.start_minutes), (old.finish_minutes, move.finish_minutes))
    )
    new = replace(old, start=move.start, finish=move.finish, start_minutes=start, finish_minutes=finish)
    return replace(view, schedule=new)


def _finish(content: RoadmapContent) -> str:
    found = content.what_if
    if found is None or found.finish_minutes is None:
        return "What becomes of the finish cannot be computed."
    if not found.finish_minutes:
        return "The project ends when it did."
    days = days_in(content.roadmap, abs(found.finish_minutes))
    way = "later" if found.finish_minutes > 0 else "earlier"
    if found.finish_after is None or found.finish_before is None:
        return f"The project ends {days} {way}."
    before, after = day_text(found.finish_before.date()), day_text(found.finish_after.date())
    return f"The project ends {days} {way}: on {after} instead of {before}."


def _moved(minutes: int | None, per_day: int) -> str:
    if minutes is None:
        return "?"
    days = days_text(minutes, per_day)
    return f"+{days}" if minutes > 0 else days


def path_to(page: Page, content: RoadmapContent, view: View) -> None:
    """What leads to a task: first what drives it, then what could slip before it does."""
    target = content.target
    if target is None:
        return
    roadmap = content.roadmap
    slack = content.slack
    views = flat(roadmap)
    page.heading(f"What leads to {views[target].name}", "slack: days a task can slip without moving it")
    leading = [i for i in views if i in slack and (view.everything or views[i].mark is not Mark.DONE or i == target)]
    shown: Sequence[str] = leading
    if not view.everything and len(leading) > MOST_SLACKS:
        order = {i: n for n, i in enumerate(views)}
        urgent = sorted(leading, key=lambda i: (i != target, slack[i] is None, slack[i] or 0, order[i]))[:MOST_SLACKS]
        shown = sorted(urgent, key=lambda i: order[i])
    notes = {i: days_text(slack[i], roadmap.plan.minutes_per_day) for i in shown}
    task_rows(page, [views[i] for i in shown], ("days", "start", "finish", "slack"), notes)
    done = sum(views[i].mark is Mark.DONE for i in slack if i in views and i not in shown)
    left = len([i for i in slack if i in views]) - len(shown) - done
    said = [f"{count(n, 'task')} {what}" for n, what in ((done, "that are done"), (left, "with more slack")) if n]
    if said:
        page.text(words((f"Left out: {' and '.join(said)}; --all shows everything.", "dim")))


def why(page: Page, content: RoadmapContent, _: View) -> None:
    """Why a task has the dates it has."""
    if not content.reasons:
        return
    names = names_of(content.roadmap)
    page.heading("Why", "the reason for each date")
    for task, reasons in content.reasons.items():
        page.text(words((names[task], "bold")))
        for reason in reasons:
            page.item("- ", sentence(reason), indent=2)
        page.blank()
