"""The roadmap in a few lines of the text report: when the project ends, what decides it, what contradicts itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from crm_rules.assessment.assessment import Assessment
from crm_rules.explain.narration import date_text
from crm_rules.report.page import Page, words
from crm_rules.report.phrases import STYLES, be, count, shortened
from crm_rules.report.view import View
from crm_rules.roadmap.analysis import Roadmap
from crm_rules.roadmap.plan import TaskState

MOST_STEPS: Final = 8
MOST_NAMES: Final = 4


def roadmap(page: Page, assessment: Assessment, view: View) -> None:
    """When the project ends, which tasks decide that, and which wait for each other."""
    found: Roadmap | None = assessment.roadmap
    if found is None:
        return
    names = {t.id: t.name for t in found.plan.tasks}
    page.heading("Roadmap", count(len(found.tasks), "task"))
    page.text(_finish(found, names))
    if found.critical_path:
        path = [names[t] for t in found.critical_path]
        if len(path) > MOST_STEPS and not view.everything:
            path = [*path[: MOST_STEPS // 2], "…", *path[-(MOST_STEPS // 2 - 1) :]]
        page.text(words((f"Critical path of {count(len(found.critical_path), 'task')}: ", "dim"), " → ".join(path)))
        others = (found.critical_path_count or 1) - 1
        if others:
            page.text(words((f"{count(others, 'more chain')} of tasks {be(others)} critical.", "dim")))
    elif found.critical_path is None and (critical := [names[t.id] for t in found.tasks.values() if t.critical]):
        page.text(words(("Critical whatever is still unknown: ", "dim"), shortened(critical, MOST_NAMES), "."))
    for cycle in found.cycles:
        loop = " → ".join(names[t] for t in (*cycle.path, cycle.path[0]))
        page.text(words(("These tasks wait for each other: ", STYLES["high"]), loop, "."))


def _finish(found: Roadmap, names: dict[str, str]) -> str:
    if found.finish_minutes is None:
        return "The finish cannot be computed: " + "; ".join(_unknown(found, names)) + "."
    days = f"{found.finish_days:,.10g} working days"
    if found.finish is None or found.start_date is None:
        return f"The plan takes {days}; no first task states its start, so there is no date."
    return f"Planned from {date_text(found.start_date)} to {date_text(found.finish.date())}, {days}."


def _unknown(found: Roadmap, names: dict[str, str]) -> Iterator[str]:
    """What stands in the way of a finish date."""
    if not found.plan.complete:
        yield "there may be tasks that are not listed"
    timeless = [
        names[t.id] for t in found.plan.tasks if t.duration_minutes is None and t.state is not TaskState.DROPPED
    ]
    if timeless:
        yield f"{count(len(timeless), 'task')} without a duration ({shortened(timeless, MOST_NAMES)})"
    if found.cycles:
        yield "some tasks wait for each other"
