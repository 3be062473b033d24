"""The parts of the text report that were computed beside the schedule: uncertainty, and how well the plan is made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Final

from crm_rules.report.page import Page, words
from crm_rules.report.phrases import STYLES, capitalised, count, sentence, shortened
from crm_rules.report.roadmap_content import RoadmapContent
from crm_rules.report.roadmap_table import Column, table
from crm_rules.report.roadmap_tasks import day_text, days_text, names_of
from crm_rules.report.view import View
from crm_rules.roadmap.plan import named_links
from crm_rules.roadmap.quality import CheckResult, Verdict
from crm_rules.roadmap.simulation_result import Chance, NotSimulated, Simulation

MOST_RISKS: Final = 8
"""Tasks that decide the finish, unless everything is to be shown."""

MOST_OFFENDERS: Final = 3

_BAR: Final = 20
"""Columns of a bar that stands for all samples."""

_VERDICTS: Final = {
    Verdict.FAILED: ("✗", STYLES["high"]),
    Verdict.WARNING: ("!", STYLES["medium"]),
    Verdict.INFO: ("i", "cyan"),
    Verdict.PASSED: ("✓", "dim"),
    Verdict.NOT_MEASURABLE: ("?", "dim"),
}

_DISTRIBUTIONS: Final = {
    "pert": "beta distributions (PERT)",
    "triangular": "triangular distributions",
    "uniform": "uniform distributions",
}

_OUTCOMES: Final = {
    Verdict.FAILED: "failed",
    Verdict.WARNING: "to look at",
    Verdict.INFO: "worth knowing",
    Verdict.PASSED: "passed",
    Verdict.NOT_MEASURABLE: "not measurable",
}

# -- uncertainty --------------------------------------------------------------------------------


def simulation(page: Page, content: RoadmapContent, view: View) -> None:
    """When the project ends if durations vary, and which tasks decide it."""
    found = content.simulation
    if isinstance(found, NotSimulated):
        page.heading("Uncertainty", "the plan cannot be simulated")
        for obstacle in found.obstacles:
            page.item("- ", sentence(obstacle.message))
    elif isinstance(found, Simulation):
        page.heading(
            "Uncertainty", f"{found.samples:,} samples, seed {found.seed}, {_DISTRIBUTIONS[found.distribution]}"
        )
        _finishes(page, content, found)
        _chances(page, content, found.chances)
        page.blank()
        page.text(sentence(found.bias.sentence))
        _risks(page, content, found, view)
        if found.simplifications:
            page.blank()
            for simplification in found.simplifications:
                page.text(words((f"Simplified: {simplification.message}.", "dim")))


def _finishes(page: Page, content: RoadmapContent, found: Simulation) -> None:
    roadmap = content.roadmap
    rows = []
    planned = roadmap.finish_minutes
    for percentile in found.percentiles:
        when = "" if percentile.finish is None else day_text(percentile.finish.date())
        late = (
            "" if planned is None else _against(days_text(percentile.minutes - planned, roadmap.plan.minutes_per_day))
        )
        days = days_text(percentile.minutes, roadmap.plan.minutes_per_day)
        rows.append([(f"P{percentile.level}", "bold"), (when, ""), (days, ""), (late, "dim")])
    columns = [Column("", 4, right=False), Column("Finish by", 12), Column("Days", 7), Column("", 0, right=False)]
    table(page, columns, rows)


def _against(days: str) -> str:
    if days == "0":
        return "as planned"
    number = days.removeprefix("-")
    unit = "day" if number == "1" else "days"
    return f"{number} {unit} {'earlier' if days.startswith('-') else 'later'} than planned"


_KINDS: Final = {
    "deadline": "finishes by",
    "snlt": "starts by",
    "fnlt": "finishes by",
    "mso": "starts on",
    "mfo": "finishes on",
}


def _chances(page: Page, content: RoadmapContent, chances: Sequence[Chance]) -> None:
    names = names_of(content.roadmap)
    if chances:
        page.blank()
    for chance in chances:
        who = "The project" if chance.task is None else names[chance.task]
        said = f"{who} {_KINDS.get(chance.kind, chance.kind)} {_day(chance.at)}: "
        page.text(words(said, (_share(chance.probability), "bold")), indent=0, hang=2)


def _day(at: dt.datetime) -> str:
    return day_text(at.date())


def _share(share: float | None) -> str:
    """A share in whole percent that never rounds some to none or nearly all to all."""
    if share is None:
        return "not known"
    if 0 < share < 0.005:
        return "under 1 %"
    if 0.995 <= share < 1:
        return "over 99 %"
    return f"{share * 100:.0f} %"


def _risks(page: Page, content: RoadmapContent, found: Simulation, view: View) -> None:
    names = names_of(content.roadmap)
    risks = sorted(
        (r for r in found.tasks.values() if r.criticality > 0), key=lambda r: (-r.criticality, -(r.ssi or 0.0), r.id)
    )
    shown = risks if view.everything else risks[:MOST_RISKS]
    if not shown:
        return
    page.blank()
    rows = []
    for risk in shown:
        filled = round(risk.criticality * _BAR)
        ssi = "" if risk.ssi is None else f"{risk.ssi:.2f}"
        rows.append([(names[risk.id], ""), ("█" * filled, "red"), (_share(risk.criticality), ""), (ssi, "dim")])
    columns = [
        Column("How often each task is critical", 0, right=False),
        Column("", _BAR, right=False),
        Column("", 9),
        Column("SSI", 5),
    ]
    table(page, columns, rows)
    page.text(words(("SSI: how often it is critical, times how much it varies next to the whole.", "dim")))
    if len(shown) < len(risks):
        page.text(words((f"{count(len(risks) - len(shown), 'more task')} with --all.", "dim")))


# -- how well the plan is made ------------------------------------------------------------------


def quality(page: Page, content: RoadmapContent, view: View) -> None:
    """The checks that found something, or all of them, and how many came out how."""
    report = content.quality
    if report is None:
        return
    wanted = set(Verdict) if content.all_checks or view.everything else {Verdict.FAILED, Verdict.WARNING}
    shown = [c for c in report.checks if c.verdict in wanted]
    page.heading("Quality of the plan", f"profile {report.profile}, {count(report.size, 'task')}")
    if content.all_checks or view.everything:
        page.text(words((f"{capitalised(report.edition)}; counted: {report.population}.", "dim")))
        for remark in report.remarks:
            page.text(words((f"{capitalised(remark)}.", "dim")))
        page.blank()
    names = _offender_names(content) if shown else {}
    for check in shown:
        _check(page, names, check, view)
    if shown:
        page.blank()
    outcomes = [f"{n:,} {_OUTCOMES[v]}" for v in Verdict if (n := sum(c.verdict is v for c in report.checks))]
    more = "" if content.all_checks or view.everything else f"; --quality {report.profile} shows all of them"
    page.text(words((f"{count(len(report.checks), 'check')}: {', '.join(outcomes)}{more}.", "dim")))


def _check(page: Page, names: Mapping[str, str], check: CheckResult, view: View) -> None:
    sign, style = _VERDICTS[check.verdict]
    page.pair(words((f"{sign} ", style), (check.title, "" if style == "dim" else "bold")), words((_numbers(check), "")))
    if check.verdict in (Verdict.PASSED, Verdict.NOT_MEASURABLE):
        if check.reason:
            page.text(words((check.reason, "dim")), indent=2)
        return
    page.text(words((check.counts, "dim")), indent=2)
    if check.reason:
        page.text(words((check.reason, "dim")), indent=2)
    offenders = [names.get(o, o) for o in check.offenders]
    if offenders:
        page.text("; ".join(offenders) if view.everything else shortened(offenders, MOST_OFFENDERS), indent=2)


def _numbers(check: CheckResult) -> str:
    if check.numerator is None:
        return ""
    if check.denominator is None:
        return f"{check.numerator:,}"
    said = f"{check.numerator:,} of {check.denominator:,}"
    if check.ratio is not None:
        said += f" = {check.ratio:.0%}".replace("%", " %")
    return f"{said}, limit: {check.threshold}"


def _offender_names(content: RoadmapContent) -> dict[str, str]:
    """What to call tasks and links, by id; the ids of links (`a->b fs`) are none of tasks."""
    names = names_of(content.roadmap)
    links = named_links(content.roadmap.plan.links)
    return {**{i: f"{names[link.predecessor]} → {names[link.successor]}" for i, link in links}, **names}
