"""What is wrong with a roadmap, all of it: loops first, then lateness and order of work, then what is not known.

Nothing is computed here: results of the roadmap are put into words and given a severity.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from crm_rules.report.phrases import be, count, shortened
from crm_rules.report.roadmap_content import RoadmapContent
from crm_rules.report.roadmap_order import order_troubles
from crm_rules.report.roadmap_tasks import day_text, days_in, link_text, names_of
from crm_rules.report.roadmap_trouble import SEVERITIES, Detail, Severity, Trouble
from crm_rules.roadmap.analysis import Roadmap
from crm_rules.roadmap.cycles import Cycle
from crm_rules.roadmap.plan import Constraint, ConstraintType, PlanLink, PlanTask, TaskState, named_links
from crm_rules.roadmap.quality import CheckResult, Verdict

MOST_LINKS: Final = 12
MOST_LATE: Final = 8
MOST_NAMES: Final = 6


def troubles(content: RoadmapContent) -> tuple[Trouble, ...]:
    """Everything that is wrong, errors first, otherwise in the order of `SOURCES`."""
    found = [trouble for source in SOURCES for trouble in source(content)]
    return tuple(sorted(found, key=lambda t: SEVERITIES.index(t.severity)))


# -- loops --------------------------------------------------------------------------------------


def _loops(content: RoadmapContent) -> Iterator[Trouble]:
    roadmap = content.roadmap
    planned = {t.id: t for t in roadmap.plan.tasks}
    links: dict[tuple[str, str], list[PlanLink]] = {}
    for link in sorted(roadmap.plan.links, key=lambda k: k.sort_key):
        links.setdefault((link.predecessor, link.successor), []).append(link)
    names = names_of(roadmap)
    for cycle in roadmap.cycles:
        yield _loop(cycle, planned, names, links, roadmap.plan.minutes_per_day)


def _loop(
    cycle: Cycle,
    planned: Mapping[str, PlanTask],
    names: Mapping[str, str],
    links: Mapping[tuple[str, str], list[PlanLink]],
    per_day: int,
) -> Trouble:
    steps = cycle.dependencies
    details = [Detail(" → ".join(names[i] for i in (*cycle.path, cycle.path[0])))]
    for before, after in steps[:MOST_LINKS]:
        joining = links.get((before, after), [])
        if not joining:
            details.append(Detail(_belonging(planned, names, before, after), planned[after].source))
            continue
        how = " and ".join(dict.fromkeys(link_text(k.type, k.lag, k.unit, per_day) for k in joining))
        places = dict.fromkeys(k.source or planned[after].source for k in joining)
        details.append(Detail(f"{names[after]} waits for {names[before]} ({how})", ", ".join(p for p in places if p)))
    if len(steps) > MOST_LINKS:
        details.append(Detail(f"and {count(len(steps) - MOST_LINKS, 'more link')} back to {names[cycle.path[0]]}"))
    if len(cycle.tasks) > len(cycle.path):
        details.append(Detail(f"This is the shortest way round; {len(cycle.tasks):,} tasks are entangled in all."))
    if cycle.blame == "part" and cycle.culprit is not None:
        title = f"{names[cycle.culprit[1]]} waits for {names[cycle.culprit[0]]}, but one is part of the other"
    elif len(cycle.tasks) == 1:
        title = f"{names[cycle.path[0]]} waits for itself"
    else:
        title = f"{len(cycle.tasks):,} tasks wait for each other, so that none of them can start"
    return Trouble("loop", "error", title, tuple(details), _remedy(cycle, names), cycle.tasks)


def _belonging(planned: Mapping[str, PlanTask], names: Mapping[str, str], before: str, after: str) -> str:
    """What joins two tasks of a loop where no link does: one is part of the other."""
    at: str | None = before
    while at is not None and at != after:
        at = planned[at].parent
    part, whole = (after, before) if at is None else (before, after)
    return f"{names[part]} is part of {names[whole]}"


_BLAMED: Final = {
    "only": "no other dependency is part of every loop here",
    "part": "nothing can wait for what it is part of, or for a part of itself",
    "dates": "it runs against the stated dates",
    "stages": "it runs against the order of the stages",
    "order": "it runs against the order in which the plan lists its tasks",
}


def _remedy(cycle: Cycle, names: Mapping[str, str]) -> str:
    if cycle.culprit is None or cycle.blame is None:
        return "Which link is wrong cannot be told from the plan: take out one that does not describe the work."
    before, after = (names[i] for i in cycle.culprit)
    if len(cycle.tasks) == 1:
        return "Take the link out."
    return f"Take out that {after} waits for {before}: {_BLAMED[cycle.blame]}."


# -- lateness -----------------------------------------------------------------------------------


def _late(content: RoadmapContent) -> Iterator[Trouble]:
    roadmap = content.roadmap
    planned = {t.id: t for t in roadmap.plan.tasks}
    late = {
        t.id: t.total_float_minutes
        for t in roadmap.tasks.values()
        if not t.summary
        and t.total_float_minutes is not None
        and t.total_float_minutes < 0
        and planned[t.id].state is TaskState.OPEN
    }
    if not late:
        return
    worst_first = sorted(late, key=lambda name: (late[name], name))
    names = names_of(roadmap)
    details = [
        Detail(
            f"{names[name]}: {promise}{_planned_for(roadmap, name)}, {days_in(roadmap, -late[name])} too late", place
        )
        for name in worst_first
        if (promise := _promise(planned[name]))
        for place in (planned[name].source,)
    ]
    # A date that is forced is kept on paper; what waits in front of it is late.
    held: dict[str, set[str]] = {}
    for link in roadmap.plan.links:
        if link.predecessor in late and link.successor not in late:
            held.setdefault(link.successor, set()).add(link.predecessor)
    for name in sorted(held):
        promise = _promise(planned[name])
        if promise is not None:
            before = sorted(held[name], key=lambda i: (late[i], i))
            text = f"{names[name]}: {promise}, too early for {shortened([names[i] for i in before], MOST_NAMES)}"
            details.append(Detail(text, planned[name].source))
    if not details:
        details = [
            Detail(f"{names[name]}: {days_in(roadmap, -late[name])} too late", planned[name].source)
            for name in worst_first
        ]
    if len(details) > MOST_LATE:
        details = [*details[:MOST_LATE], Detail(f"and {len(details) - MOST_LATE:,} more")]
    by = f"by up to {days_in(roadmap, -late[worst_first[0]])}"
    title = f"{count(len(late), 'task')} {be(len(late))} later than the dates laid down allow, {by}"
    advice = "Shorten or overlap the work before these dates, or agree later ones."
    yield Trouble("late", "error", title, tuple(details), advice, tuple(sorted(late)))


def _planned_for(roadmap: Roadmap, name: str) -> str:
    finish = roadmap.tasks[name].finish
    return "" if finish is None else f", planned for {_day(finish)}"


_PROMISES: Final = {
    ConstraintType.SNLT: "must start by",
    ConstraintType.FNLT: "must finish by",
    ConstraintType.MSO: "must start on",
    ConstraintType.MFO: "must finish on",
}


def _promise(task: PlanTask) -> str | None:
    """What was laid down that a task can miss."""
    said = []
    if task.deadline is not None:
        said.append(f"deadline {_day(task.deadline)}")
    match task.constraint:
        case Constraint(type=kind, at=dt.datetime() as at) if kind in _PROMISES:
            said.append(f"{_PROMISES[kind]} {_day(at)}")
    return " and ".join(said) or None


# -- quality ------------------------------------------------------------------------------------

_TOLD: Final = frozenset({"loop", "negative-float"})
"""Checks whose findings are told above, and better."""

_SEVERITIES: Final[Mapping[Verdict, Severity]] = {Verdict.FAILED: "error", Verdict.WARNING: "warning"}


def _quality(content: RoadmapContent) -> Iterator[Trouble]:
    if content.quality is None:
        return
    plan = content.roadmap.plan
    planned = {t.id: t for t in plan.tasks}
    names = names_of(content.roadmap)
    links = dict(named_links(plan.links))
    for check in content.quality.having(*_SEVERITIES):
        if check.id in _TOLD:
            continue
        details, tasks = [], set()
        for offender in check.offenders:
            if check.of_links and offender in links:
                link = links[offender]
                ends = f"{names[link.predecessor]} → {names[link.successor]}"
                how = link_text(link.type, link.lag, link.unit, plan.minutes_per_day)
                details.append(Detail(f"{ends} ({how})", link.source))
                tasks |= {link.predecessor, link.successor}
            elif offender in planned:
                details.append(Detail(names[offender], planned[offender].source))
                tasks.add(offender)
        yield Trouble(
            "quality", _SEVERITIES[check.verdict], check_text(check), tuple(details), "", tuple(sorted(tasks))
        )


def check_text(check: CheckResult) -> str:
    """What a check counted, in words: `2 of 39 links with a negative lag`."""
    if check.numerator is None:
        return f"{check.title}: {check.reason}" if check.reason else check.title
    many = f"{check.numerator:,}" if check.denominator is None else f"{check.numerator:,} of {check.denominator:,}"
    return f"{check.title}: {many} ({check.counts})"


# -- what is not known --------------------------------------------------------------------------


def _unknown(content: RoadmapContent) -> Iterator[Trouble]:
    roadmap = content.roadmap
    if not roadmap.plan.complete:
        advice = "List the tasks that are missing, or say that the list is complete."
        yield Trouble("unknown", "warning", "There may be tasks that are not listed; nothing is scheduled", (), advice)
    summaries = {t.parent for t in roadmap.plan.tasks}
    timeless = sorted(
        (
            t
            for t in roadmap.plan.tasks
            if t.duration_minutes is None and t.id in roadmap.tasks and t.id not in summaries
        ),
        key=lambda t: t.id,
    )
    if timeless:
        known = names_of(roadmap)
        names = shortened([known[t.id] for t in timeless], MOST_NAMES)
        places = shortened([t.source for t in timeless if t.source], MOST_NAMES)
        title = f"How long {count(len(timeless), 'task')} {'takes' if len(timeless) == 1 else 'take'} is not known"
        advice = "State the duration: dates, float and the critical path depend on it."
        yield Trouble("unknown", "warning", title, (Detail(names, places),), advice, tuple(t.id for t in timeless))
    if roadmap.tasks and roadmap.start_date is None and roadmap.plan.complete:
        advice = "State the start of the plan or of a task that waits for no other."
        title = "When the plan starts is not known; days are counted from its start"
        yield Trouble("unknown", "warning", title, (), advice)


def _day(at: dt.datetime) -> str:
    return day_text(at.date())


SOURCES: Final[tuple[Callable[[RoadmapContent], Iterator[Trouble]], ...]] = (
    _loops,
    _late,
    order_troubles,
    _unknown,
    _quality,
)
"""Where trouble comes from, in the order it is shown."""
