"""Plans for tests: a short way to write them, random ones, and a scheduler that is too simple to be wrong.

The scheduler states the four relations as inequalities and repeats them until nothing changes. It
shares no code with the library.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import strategies as st

from crm_rules.roadmap import analysis
from crm_rules.roadmap.analysis import Roadmap, analyse
from crm_rules.roadmap.cycles import find_loops
from crm_rules.roadmap.plan import (
    Constraint,
    ConstraintType,
    LinkType,
    Plan,
    PlanLink,
    PlanTask,
    TaskState,
    minutes_of,
)
from crm_rules.roadmap.working_time import STANDARD, absolute, moment

DAY = 480


def link(text: str) -> PlanLink:
    """`a->b` or `a->b ss+2` with a lag in days."""
    parts = re.fullmatch(r"(\w+)->(\w+)(?: (fs|ss|ff|sf))?(?: ?([+-][\d.]+))?", text)
    assert parts is not None, text
    kind = LinkType(parts[3] or "fs")
    return PlanLink(parts[1], parts[2], kind, minutes_of(float(parts[4] or 0)))


def plan(
    durations: Mapping[str, float | None],
    *links: str,
    done: str = "",
    dropped: str = "",
    complete: bool = True,
) -> Plan:
    """A plan from durations in days by task id; `done` and `dropped` are ids separated by spaces."""
    states = dict.fromkeys(done.split(), TaskState.DONE) | dict.fromkeys(dropped.split(), TaskState.DROPPED)
    return Plan(
        tuple(
            PlanTask(i, i.upper(), None if d is None else minutes_of(d), states.get(i, TaskState.OPEN))
            for i, d in durations.items()
        ),
        tuple(map(link, links)),
        complete,
    )


def with_tasks(base: Plan, **changes: PlanTask) -> Plan:
    """The plan with tasks replaced."""
    return replace(base, tasks=tuple(changes.get(t.id, t) for t in base.tasks))


def with_durations(base: Plan, minutes: Mapping[str, int | None]) -> Plan:
    """The plan with other durations for the tasks named."""
    return replace(
        base, tasks=tuple(replace(t, duration_minutes=minutes.get(t.id, t.duration_minutes)) for t in base.tasks)
    )


# --- A scheduler that is too simple to be wrong ------------------------------


def early(base: Plan, held: Mapping[str, int] | None = None) -> dict[str, tuple[int, int]]:
    """Early start and finish of every task of a plan without loops, unknowns and dropped tasks.

    `held` delays tasks: the start of a task is not before its number of minutes.
    """
    duration = {t.id: t.duration_minutes or 0 for t in base.tasks}
    start = {t.id: (held or {}).get(t.id, 0) for t in base.tasks}
    changed = True
    while changed:
        changed = False
        for k in base.links:
            s, f = start[k.predecessor], start[k.predecessor] + duration[k.predecessor]
            needed = {
                LinkType.FS: f + k.lag,
                LinkType.SS: s + k.lag,
                LinkType.FF: f + k.lag - duration[k.successor],
                LinkType.SF: s + k.lag - duration[k.successor],
            }[k.type]
            if needed > start[k.successor]:
                start[k.successor] = needed
                changed = True
    return {i: (s, s + duration[i]) for i, s in start.items()}


def late(base: Plan) -> dict[str, tuple[int, int]]:
    """Late start and finish, every task done by the time the project is."""
    duration = {t.id: t.duration_minutes or 0 for t in base.tasks}
    end = finish(base)
    start = {i: end - d for i, d in duration.items()}
    changed = True
    while changed:
        changed = False
        for k in base.links:
            s, f = start[k.successor], start[k.successor] + duration[k.successor]
            allowed = {
                LinkType.FS: s - k.lag - duration[k.predecessor],
                LinkType.SS: s - k.lag,
                LinkType.FF: f - k.lag - duration[k.predecessor],
                LinkType.SF: f - k.lag,
            }[k.type]
            if allowed < start[k.predecessor]:
                start[k.predecessor] = allowed
                changed = True
    return {i: (s, s + duration[i]) for i, s in start.items()}


def finish(base: Plan, held: Mapping[str, int] | None = None) -> int:
    """Project finish."""
    return max((f for _, f in early(base, held).values()), default=0)


def longest_path(base: Plan) -> int:
    """Project finish as the length of the longest path, by walking every path."""
    duration = {t.id: t.duration_minutes or 0 for t in base.tasks}

    def until_finish(start: int, task: str) -> int:
        ends = [start + duration[task]]
        for k in base.links:
            if k.predecessor == task:
                event = start + (duration[task] if k.type in (LinkType.FS, LinkType.FF) else 0) + k.lag
                after = event - (duration[k.successor] if k.type in (LinkType.FF, LinkType.SF) else 0)
                ends.append(until_finish(after, k.successor))
        return max(ends)

    return max((until_finish(0, t.id) for t in base.tasks), default=0)


def without_dropped(base: Plan) -> Plan:
    """The plan with dropped tasks replaced by links between every pair of a predecessor and a successor.

    A pair is linked where the two links say something whatever the dropped task's duration: unless the
    first enters its finish and the second leaves its start.
    """
    links = list(base.links)
    for task in base.tasks:
        if task.state is not TaskState.DROPPED:
            continue
        entering = [k for k in links if k.successor == task.id]
        leaving = [k for k in links if k.predecessor == task.id]
        links = [k for k in links if task.id not in (k.predecessor, k.successor)]
        for a in entering:
            for b in leaving:
                if a.type in (LinkType.FF, LinkType.SF) and b.type in (LinkType.SS, LinkType.SF):
                    continue
                ends = ("f" if a.type in (LinkType.FS, LinkType.FF) else "s") + (
                    "f" if b.type in (LinkType.FF, LinkType.SF) else "s"
                )
                links.append(PlanLink(a.predecessor, b.successor, LinkType(ends), a.lag + b.lag))
    return Plan(tuple(t for t in base.tasks if t.state is not TaskState.DROPPED), tuple(links))


def on_the_clock(plan: Plan) -> Roadmap:
    """The roadmap by the passes on the clock, whether or not the plan needs them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(analysis, "needs_clock", lambda *_: True)
        return analyse(plan)


# --- Random plans ------------------------------------------------------------

_NAMES = ("q", "c", "x", "a", "m", "k", "z", "b")
_SMALL = st.integers(0, 6)


@st.composite
def plans(
    draw: st.DrawFn,
    *,
    sizes: tuple[int, int] = (1, 7),
    states: Sequence[TaskState] = (TaskState.OPEN,),
    unknown: bool = False,
    back_links: int = 0,
    lags: tuple[int, int] = (-4, 4),
) -> Plan:
    """Small plans in small numbers of minutes, so that ties and near ties are common."""
    count = draw(st.integers(*sizes))
    names = _NAMES[:count]
    duration = st.one_of(st.none(), _SMALL) if unknown else _SMALL
    tasks = [PlanTask(name, name.upper(), draw(duration), draw(st.sampled_from(list(states)))) for name in names]
    links: list[PlanLink] = []
    kinds = st.sampled_from(list(LinkType))
    if count > 1:
        pairs = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)).filter(lambda p: p[0] != p[1])
        for a, b in draw(st.lists(pairs, max_size=2 * count)):
            low, high = min(a, b), max(a, b)
            links.append(PlanLink(names[low], names[high], draw(kinds), draw(st.integers(*lags))))
    for _ in range(draw(st.integers(0, back_links))):
        a, b = sorted((draw(st.integers(0, count - 1)), draw(st.integers(0, count - 1))))
        links.append(PlanLink(names[b], names[a], draw(kinds), draw(st.integers(*lags))))
    return Plan(tuple(draw(st.permutations(tasks))), tuple(draw(st.permutations(links))))


_ORIGIN = dt.datetime(2026, 3, 5, 15, 30)  # noqa: DTZ001 - local working time; a Thursday


def instant(minute: int) -> dt.datetime:
    """A date and time by working minutes from the project start of `dated_plans`, over its weekend and back."""
    found = moment(STANDARD.start_at(STANDARD.worked(absolute(_ORIGIN)) + minute))
    assert found is not None
    return found


@st.composite
def dated_plans(draw: st.DrawFn, *, unknown: bool = False) -> Plan:
    """Small plans on one calendar with everything one axis of working minutes can hold.

    Durations are parts of days, so that breaks, nights and the weekend after the start all matter.
    """
    part = st.integers(0, 6).map(lambda n: n * 90)
    base = draw(plans(states=(*[TaskState.OPEN] * 3, TaskState.DONE, TaskState.DROPPED), sizes=(1, 7)))
    tasks: list[PlanTask] = []
    status = draw(st.one_of(st.none(), part))
    overrides = draw(st.booleans())
    for task in base.tasks:
        duration = draw(part)
        changes: dict[str, Any] = {"duration_minutes": duration}
        kind = draw(st.sampled_from(["plain", "plain", "begun", "finished", "floor", "hard", "deadline"]))
        if kind == "begun" and task.state is TaskState.OPEN:
            changes["actual_start"] = instant(draw(st.integers(-3, 6)) * 60)
            changes["remaining_minutes"] = draw(st.one_of(st.none(), st.integers(0, duration)))
        elif kind == "finished" and task.state is TaskState.DONE:
            begun = draw(st.integers(-6, 4)) * 60
            changes["actual_start"] = draw(st.sampled_from([None, instant(begun)]))
            changes["actual_finish"] = draw(st.sampled_from([None, instant(begun + draw(part))]))
        elif kind == "floor":
            how = draw(st.sampled_from([ConstraintType.SNET, ConstraintType.FNET, ConstraintType.ASAP]))
            at = instant(duration + draw(part)) if how.dated else None
            changes["constraint"] = Constraint(how, at)
        elif kind == "hard" and not overrides:
            how = draw(st.sampled_from([how for how in ConstraintType if how.hard]))
            changes["constraint"] = Constraint(how, instant(duration + draw(part)))
        elif kind == "deadline":
            changes["deadline"] = instant(draw(part) * 2)
        if unknown and changes.get("constraint") is None and draw(st.booleans()):
            changes["duration_minutes"] = None
        tasks.append(replace(task, **changes))
    links = tuple(replace(k, lag=k.lag * 60) for k in base.links)
    tasks = _with_summaries(draw, tasks)
    return Plan(
        tuple(tasks),
        (*links, *_summary_links(draw, tasks, links)),
        start=_ORIGIN,
        status_date=None if status is None else instant(status),
        work_after_status=draw(st.sampled_from([True, True, False])),
        constraints_override_links=overrides,
        critical_limit_minutes=draw(st.sampled_from([0, 0, 120])),
    )


def _with_summaries(draw: st.DrawFn, tasks: list[PlanTask]) -> list[PlanTask]:
    """Some of the tasks as parts of a summary task `s`, some of those in `t` within it."""
    if len(tasks) < 3 or not draw(st.booleans()):
        return tasks
    where = {task.id: draw(st.sampled_from([None, "s", "t"])) for task in tasks}
    if "s" not in where.values() or "t" not in where.values():
        return tasks
    late = draw(st.one_of(st.none(), st.integers(5, 12).map(lambda n: instant(n * 60))))
    return [
        *(replace(task, parent=where[task.id]) for task in tasks),
        PlanTask("s", "S", None, deadline=late),
        PlanTask("t", "T", None, parent="s"),
    ]


def _summary_links(draw: st.DrawFn, tasks: list[PlanTask], links: Sequence[PlanLink]) -> list[PlanLink]:
    """Links into and out of the summary tasks, as long as they close no loop."""
    parents = {task.id: task.parent for task in tasks}
    if "s" not in parents:
        return []
    found: list[PlanLink] = []
    for summary in ("s", "t"):
        for other in sorted(i for i, parent in parents.items() if parent is None and i != summary):
            if not draw(st.booleans()):
                continue
            out = draw(st.booleans())
            kind = draw(st.sampled_from([LinkType.FS, LinkType.FF] if out else list(LinkType)))
            ends = (summary, other) if out else (other, summary)
            link = PlanLink(*ends, kind, draw(st.integers(-2, 2)) * 60)
            if not find_loops(Plan(tuple(tasks), (*links, *found, link))).cycles:
                found.append(link)
    return found
