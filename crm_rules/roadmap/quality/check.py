"""Carrying out a profile: every check counted once, judged once, and reported in the order of the table."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from crm_rules.diagnostics import did_you_mean
from crm_rules.roadmap.analysis import Roadmap
from crm_rules.roadmap.quality.measure import Gap, judge
from crm_rules.roadmap.quality.profiles import PROFILES
from crm_rules.roadmap.quality.results import CheckResult, QualityReport, Verdict
from crm_rules.roadmap.quality.table import Profile, Row
from crm_rules.roadmap.quality.view import PlanView, Population

DEFAULT_PROFILE: Final = "roadmap"

SHORT_LIST: Final = 20
"""With fewer tasks than these, shares say little."""


def check_quality(
    roadmap: Roadmap,
    profile: str | Profile = DEFAULT_PROFILE,
    *,
    population: Population | str | None = None,
    starts: Collection[str] | None = None,
    goals: Collection[str] | None = None,
) -> QualityReport:
    """Check how well a plan is made.

    Nothing is taken for granted: a check without the data it needs is `not_measurable` and says why, and one
    that unknown durations or unlisted tasks could turn is not decided.

    Args:
        roadmap: the plan with its schedule.
        profile: a name of `PROFILES` (`roadmap`, `dcma`, `decm`), or a profile of your own.
        population: which tasks count; None for what the profile says.
        starts: ids of tasks that rightly wait for nothing. None: one task, the most likely, is taken for the
            beginning of the plan.
        goals: ids of tasks nothing has to wait for. None: one task, the most likely, is taken for the end.

    Raises:
        ValueError: there is no such profile, population or task; the message names all that is wrong.
    """
    problems: list[str] = []
    if isinstance(profile, str):
        if profile not in PROFILES:
            problems.append(_unknown("profile", profile, PROFILES))
        profile = PROFILES.get(profile, PROFILES[DEFAULT_PROFILE])
    if population is None:
        population = profile.population
    elif population not in set(Population):
        problems.append(_unknown("population", population, [p.value for p in Population]))
        population = profile.population
    tasks = {t.id for t in roadmap.plan.tasks}
    problems += [_unknown("task", i, tasks) for i in sorted({*(starts or ()), *(goals or ())} - tasks)]
    if problems:
        raise ValueError("; ".join(problems))
    view = PlanView(
        roadmap,
        Population(population),
        None if starts is None else frozenset(starts),
        None if goals is None else frozenset(goals),
    )
    return QualityReport(
        profile=profile.name,
        edition=profile.edition,
        population=view.population.text,
        size=len(view.total),
        remarks=_remarks(profile, len(view.total)),
        checks=tuple(_carried_out(row, profile, view) for row in profile.rows),
    )


def _remarks(profile: Profile, size: int) -> tuple[str, ...]:
    remarks: list[str] = []
    if profile.spare_one:
        remarks.append("a limit that is a share is broken by two or more only")
    if size < profile.percent_from:
        remarks.append(f"shares are shown from {profile.percent_from} tasks on")
    elif size < SHORT_LIST:
        remarks.append(f"with {size} tasks each is a large share: read the counts rather than the shares")
    return tuple(remarks)


def _carried_out(row: Row, profile: Profile, view: PlanView) -> CheckResult:
    complete = view.plan.complete
    found = row.measure(view) if view.work else Gap("the plan has no tasks")
    population = row.population.format(work=view.population.noun)
    if isinstance(found, Gap):
        return CheckResult(
            id=row.id,
            title=row.title,
            counts=row.counts,
            population=population,
            numerator=None,
            denominator=None,
            ratio=None,
            threshold=row.limit.text,
            verdict=Verdict.NOT_MEASURABLE,
            reason=found.reason,
            offenders=found.offenders,
            undecided=found.undecided,
        )
    verdict, reason = judge(row.limit, row.level, found, spare_one=profile.spare_one, complete=complete)
    if found.of == 0:
        reason = f"there are no {population}"
    measured = verdict is not Verdict.NOT_MEASURABLE
    shown = measured and complete and bool(found.of) and not found.undecided and len(view.total) >= profile.percent_from
    return CheckResult(
        id=row.id,
        title=row.title,
        counts=row.counts,
        population=population,
        numerator=found.count if measured else None,
        denominator=found.of if measured else None,
        ratio=round(found.count / found.of, 4) if shown and found.of else None,
        threshold=row.limit.text,
        verdict=verdict,
        reason=reason,
        offenders=found.offenders,
        undecided=found.undecided,
        of_links=found.of_links,
    )


def _unknown(what: str, name: str, valid: Collection[str]) -> str:
    hint = did_you_mean(name, valid)
    return f"there is no {what} {name!r}" + (f" ({hint})" if hint else "")
