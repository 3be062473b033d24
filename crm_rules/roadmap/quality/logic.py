"""Checks of the links: what is missing, what is wrong with those there are, and how they hang together."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable

from crm_rules.roadmap.plan import LagUnit, LinkType, PlanLink
from crm_rules.roadmap.quality.events import SEARCH_STEPS
from crm_rules.roadmap.quality.measure import Found, Gap, Measure, counted
from crm_rules.roadmap.quality.progress import finished, started
from crm_rules.roadmap.quality.view import PlanView

WEEK_MINUTES = 7 * 24 * 60
"""Minutes on the clock of a week."""


# -- loops and summaries --------------------------------------------------------------------------


def loops(view: PlanView) -> Found:
    """Groups of tasks that wait for each other, and tasks that wait for themselves."""
    tasks = tuple(sorted({t for loop in view.loops for t in loop}))
    return Measure(len(view.loops), None, tasks)


def links_to_own_part(view: PlanView) -> Found:
    """Links between a summary task and something it is made of."""
    within = view.outline.encloses
    inner = (i for i, k in view.links if within(k.predecessor, k.successor) or within(k.successor, k.predecessor))
    return counted(inner, None, of_links=True)


def summaries_with_links(view: PlanView) -> Found:
    """Summary tasks that have links of their own."""
    linked = {end for _, k in view.links for end in (k.predecessor, k.successor)}
    return counted(linked & set(view.summaries), len(view.summaries))


# -- missing links --------------------------------------------------------------------------------


def _ends_of_plan(view: PlanView) -> tuple[frozenset[str], frozenset[str]]:
    """Tasks that need no predecessor, and tasks that need no successor.

    A plan has a beginning and an end. Where nobody says which tasks those are, one task of those that have a
    successor and no predecessor is taken for the beginning: a finished one before others, then a milestone, then
    the one that starts first, then the one most others wait for. The end is chosen likewise: not finished, a
    milestone, the last to finish, what waits for most.
    """
    if len(view.work) == 1:
        return frozenset(view.work), frozenset(view.work)
    following = Counter(k.predecessor for _, k in view.links)
    preceding = Counter(k.successor for _, k in view.links)

    def place(value: int | None) -> tuple[bool, int]:
        return value is None, value or 0

    def first(name: str) -> tuple[object, ...]:
        task, when = view.work[name], view.schedule(name)
        stated = task.start
        return (
            not finished(task),
            task.duration_minutes != 0,
            place(when.early_start_minutes),
            (stated is None, stated),
            -following[name],
            name,
        )

    def last(name: str) -> tuple[object, ...]:
        task, when = view.work[name], view.schedule(name)
        late = when.early_finish_minutes
        return (
            finished(task),
            task.duration_minutes != 0,
            place(None if late is None else -late),
            -preceding[name],
            name,
        )

    starts, goals = view.starts, view.goals
    if starts is None:
        open_starts = [i for i, held in view.held.items() if held.has_successor and not held.has_predecessor]
        starts = frozenset([min(open_starts, key=first)] if open_starts else [])
    if goals is None:
        open_ends = [i for i, held in view.held.items() if held.has_predecessor and not held.has_successor]
        goals = frozenset([min(open_ends, key=last)] if open_ends else [])
    return starts, goals


def missing_predecessor(view: PlanView) -> Found:
    """Unfinished tasks that wait for nothing and are not the beginning of the plan."""
    starts, _ = _ends_of_plan(view)
    open_ends = (i for i in view.incomplete if i not in starts and not view.held[i].has_predecessor)
    return counted(open_ends, len(view.incomplete), local=False)


def missing_successor(view: PlanView) -> Found:
    """Unfinished tasks nothing waits for that are not the end of the plan."""
    _, goals = _ends_of_plan(view)
    open_ends = (i for i in view.incomplete if i not in goals and not view.held[i].has_successor)
    return counted(open_ends, len(view.incomplete), local=False)


def missing_logic(view: PlanView) -> Found:
    """Unfinished tasks without a predecessor or without a successor, each counted once (DCMA 1)."""
    starts, goals = _ends_of_plan(view)
    open_ends = (
        i
        for i in view.incomplete
        if (i not in starts and not view.held[i].has_predecessor) or (i not in goals and not view.held[i].has_successor)
    )
    return counted(open_ends, len(view.incomplete), local=False)


def dangling(view: PlanView) -> Found:
    """Unfinished tasks whose start waits for nothing although they have a predecessor, or whose finish likewise."""

    def loose(name: str) -> bool:
        held = view.held[name]
        return (held.has_predecessor and not held.start) or (held.has_successor and not held.from_finish)

    return counted((i for i in view.incomplete if loose(i)), len(view.incomplete), local=False)


def isolated(view: PlanView) -> Found:
    """Tasks without any link, in a plan of several."""
    if len(view.work) < 2:
        return Gap("the plan has fewer than two tasks")
    alone = (i for i in view.incomplete if not (view.held[i].has_predecessor or view.held[i].has_successor))
    return counted(alone, len(view.incomplete), local=False)


def separate_parts(view: PlanView) -> Found:
    """Parts of several tasks with no link to the rest; the largest part counts as the plan.

    Tasks on their own are another check.
    """
    if not view.links:
        return Gap("no task is linked to another")
    parts = [part for part in view.order.parts() if len(part) > 1]
    others = tuple(sorted(i for part in parts[1:] for i in part))
    return Measure(max(0, len(parts) - 1), None, others, local=False)


def unlinked_phases(view: PlanView) -> Found:
    """Summary tasks and stages of which no task is linked to a task outside."""
    groups: defaultdict[str, set[str]] = defaultdict(set)
    for name in view.summaries:
        groups[f"summary {name}"].update(view.leaves(name))
    for task in view.work.values():
        if task.stage is not None:
            groups[f"stage {task.stage}"].add(task.id)
    sizes = {name: members for name, members in groups.items() if members and len(members) < len(view.work)}
    if not sizes:
        return Gap("the plan is not divided into phases or stages")
    part_of = {i: n for n, part in enumerate(view.order.parts()) for i in part}
    extent = Counter(part_of.values())
    orphans = {
        name
        for name, members in sizes.items()
        # No link leads out where every part that touches the phase lies within it.
        if sum(extent[n] for n in {part_of[i] for i in members}) == len(members)
    }
    return Measure(len(orphans), len(sizes), tuple(sorted({i for name in orphans for i in sizes[name]})), local=False)


# -- kinds of links -------------------------------------------------------------------------------


def _among_links(view: PlanView, wrong: Callable[[PlanLink], bool | None], why: str = "") -> Found:
    """Relationships for which `wrong` holds; None is undecided."""
    verdicts = [(key, wrong(link)) for key, link in view.relationships]
    return counted(
        (key for key, verdict in verdicts if verdict),
        len(verdicts),
        undecided=(key for key, verdict in verdicts if verdict is None),
        why=why,
        of_links=True,
    )


def leads(view: PlanView) -> Found:
    """Links with a negative lag."""
    return _among_links(view, lambda link: link.lag < 0)


def lags(view: PlanView) -> Found:
    """Links with a positive lag."""
    return _among_links(view, lambda link: link.lag > 0)


def long_lags(view: PlanView, *, days: int, least: bool = False) -> Found:
    """Links with a lag of more than so many working days, or with `least` of at least so many."""

    def long(link: PlanLink) -> bool | None:
        waits = lag_minutes(view, link)
        if waits is None:
            return None if link.lag > 0 else False
        return waits >= days * view.day if least else waits > days * view.day

    return _among_links(view, long, "the lag is a part of a duration that is not known")


def lag_minutes(view: PlanView, link: PlanLink) -> int | None:
    """The lag of a link in working minutes; None when it is a part of a duration that is not known.

    Elapsed time is taken as the working time an ordinary week of the plan has in it.
    """
    if link.unit is LagUnit.WORKING:
        return link.lag
    if link.unit is LagUnit.ELAPSED:
        weekly = sum(end - begin for day in view.calendar.week for begin, end in day)
        return link.lag * weekly // WEEK_MINUTES
    duration = view.all_tasks[link.predecessor].duration_minutes
    return None if duration is None else link.lag * duration // 10_000


def tasks_with_lag(view: PlanView) -> Found:
    """Unfinished tasks that wait for a lag (DECM 06A205a)."""
    late = {k.successor for _, k in view.links if k.lag > 0}
    return counted(late & set(view.incomplete), len(view.incomplete))


def finish_to_start(view: PlanView) -> Found:
    """FS links; the offenders are the others."""
    others = [key for key, link in view.relationships if link.type is not LinkType.FS]
    total = len(view.relationships)
    return Measure(total - len(others), total, tuple(others), of_links=True)


def redundant_links(view: PlanView) -> Found:
    """Links that a way over other links implies."""
    found = view.order.redundant()
    stopped = f"the search was stopped at its limit (SEARCH_STEPS = {SEARCH_STEPS})"
    return counted(found.links, len(view.links), undecided=found.unsearched, why=stopped, of_links=True)


def effort_drives(view: PlanView) -> Found:
    """Links by which level of effort holds a task (DECM 06A210a)."""
    efforts = {i for i, t in view.work.items() if t.level_of_effort}
    if not efforts:
        return Gap("no task is marked as level of effort")
    held = (i for i, k in view.links if k.predecessor in efforts and k.successor not in efforts)
    return counted(held, len(view.links), of_links=True)


def merges(view: PlanView, *, least: int, most: int | None = None) -> Found:
    """Tasks that wait for so many unfinished tasks or more, and for at most `most`: any of those can delay them."""
    before: defaultdict[str, set[str]] = defaultdict(set)
    for _, link in view.links:
        if not all(finished(view.all_tasks[i]) for i in view.leaves(link.predecessor)):
            before[link.successor].add(link.predecessor)
    hotspots = (i for i in view.incomplete if least <= len(before[i]) and (most is None or len(before[i]) <= most))
    return counted(hotspots, len(view.incomplete))


def out_of_sequence(view: PlanView) -> Found:
    """Links a started or finished task did not wait for, unless they are leads, which allow it."""
    if not any(map(started, view.work.values())):
        return Gap("no task has been started")
    broken = set(view.roadmap.out_of_sequence)
    return counted((i for i, k in view.links if k in broken and k.lag >= 0), len(view.links), of_links=True)
