"""Dates and progress on one axis of working minutes, and whether a plan can be scheduled on one at all.

Three things make the axis too short: tasks that keep time by different calendars, lags that run on the clock,
and dates that overrule links (such a date pulls a task back against its predecessors, so that a task is no
longer simply the latest of its bounds). Such plans are scheduled on the clock, see `clock`.

Everything else becomes bounds and links of the network:

* what is finished stands where it was, and what it waited for does not matter any more;
* of a task in progress what is left is scheduled: after the status date and, as retained logic demands, after
  its unfinished predecessors; its start is a point that nothing moves;
* what has not begun starts neither before the status date nor before an earliest date laid down for it;
* hard constraints that give way to links are such dates too, and cap late dates as deadlines do.

Where a plan leaves open work before its status date (`Plan.earliest_work`), that date moves nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from crm_rules.roadmap.axis import Axis
from crm_rules.roadmap.network import Network, Role, is_finished, topological
from crm_rules.roadmap.outline import Outline
from crm_rules.roadmap.plan import (
    Constraint,
    ConstraintType,
    LagCalendar,
    LagUnit,
    Plan,
    PlanLink,
    PlanTask,
)

_PARTS_OF: dict[ConstraintType, ConstraintType] = {
    ConstraintType.MSO: ConstraintType.SNET,
    ConstraintType.MFO: ConstraintType.FNLT,
}
"""What a constraint of a summary task is to its parts: not each of them can start, or finish, on the same date."""


_FLOORS: dict[ConstraintType, ConstraintType] = {
    ConstraintType.SNET: ConstraintType.SNET,
    ConstraintType.FNET: ConstraintType.FNET,
    ConstraintType.MSO: ConstraintType.SNET,
    ConstraintType.MFO: ConstraintType.FNET,
}
"""What a constraint that gives way to links is to early dates; the others are nothing to them."""

OF_FINISH = frozenset((ConstraintType.FNET, ConstraintType.FNLT, ConstraintType.MFO))
"""Constraints of the finish; the other dated ones are of the start."""


def yielding(laid: Constraint) -> Constraint | None:
    """The lower bound that a dated constraint is where it gives way to links; None where it is none."""
    floor = _FLOORS.get(laid.type)
    return None if floor is None else Constraint(floor, laid.at)


def constraints_of(task: PlanTask, plan: dict[str, PlanTask], outline: Outline) -> Iterator[Constraint]:
    """The dated constraints that hold for a task, those of the summary tasks it is part of included."""
    if task.constraint is not None and task.constraint.type.dated:
        yield task.constraint
    for name in outline.above(task.id):
        laid = plan[name].constraint
        if laid is not None and laid.type.dated:
            yield Constraint(_PARTS_OF.get(laid.type, laid.type), laid.at)


def deadline_of(task: PlanTask, plan: dict[str, PlanTask], outline: Outline) -> dt.datetime | None:
    """The earliest deadline of a task and the summary tasks it is part of."""
    dates = (task.deadline, *(plan[name].deadline for name in outline.above(task.id)))
    return min((date for date in dates if date is not None), default=None)


def needs_clock(plan: Plan, network: Network, axis: Axis, outline: Outline) -> bool:
    """Whether the plan cannot be scheduled on one axis of working minutes."""
    if plan.lag_calendar is LagCalendar.CLOCK and any(k.lag for k in plan.links):
        return True
    if any(k.unit is LagUnit.ELAPSED and k.lag for k in plan.links):
        return True
    if network.percent_of_unknown or Role.FIRST in network.roles:
        return True
    foreign = {name for name, calendar in plan.calendars.items() if calendar != plan.calendar}
    by_id: dict[str, PlanTask] = {}
    for task in plan.tasks:
        if task.constraint is not None or task.deadline is not None:
            by_id = by_id or {t.id: t for t in plan.tasks}
        if task.manual or task.levelling_delay_minutes or task.calendar in foreign:
            if task.id not in outline.parts and task.id not in outline.dropped:
                return True
        elif task.constraint is not None:
            parts = outline.leaves(task.id) if task.id in outline.parts else (task.id,)
            spans = [by_id[part].duration_minutes for part in parts]
            if _needs_clock(task.constraint, plan.constraints_override_links, spans, axis):
                return True
    return False


def _needs_clock(laid: Constraint, overrides: bool, spans: Sequence[int | None], axis: Axis) -> bool:
    """Whether a constraint on tasks of the durations given is more than bounds on the axis."""
    if not laid.type.dated:
        return laid.type is ConstraintType.ALAP
    if laid.type.hard:
        if overrides or (laid.type not in OF_FINISH and None in spans):
            return True  # when a task of unknown duration is due is unknown where its start is to be on a date
        floor = yielding(laid)
        if floor is None:
            return False
        laid = floor
    assert laid.at is not None
    if laid.type is ConstraintType.SNET:
        spans = [0]
    # A date before the project start lets a task that waits for none start before it, see `clock`.
    return any(span is None or axis.minutes(laid.at) < span for span in spans)


@dataclass(slots=True)
class _Place:
    """Where a task stands on the axis: its start not before `floor`, its finish not before `end`; due by `latest`."""

    floor: int
    duration: int | None
    fixed: bool = False
    begun: int | None = None
    loose: bool = False
    end: int | None = None
    latest: int | None = None

    def start_floor(self) -> int:
        return self.floor if self.end is None else max(self.floor, self.end - (self.duration or 0))

    def raise_end(self, bound: int) -> None:
        self.end = bound if self.end is None else max(self.end, bound)

    def cap(self, bound: int) -> None:
        self.latest = bound if self.latest is None else min(self.latest, bound)


def on_axis(network: Network, plan: Plan, axis: Axis, outline: Outline) -> Network:
    """The network with all dates of the plan in it."""
    told = plan.earliest_work is not None or any(
        t.constraint is not None or t.deadline is not None or t.actual_start is not None or t.actual_finish is not None
        for t in plan.tasks
    )
    if not told:
        return network
    by_id = {t.id: t for t in plan.tasks}
    status = None if plan.earliest_work is None else axis.minutes(plan.earliest_work)
    count = network.tasks
    places = [_place(by_id[name], status, axis) for name in network.ids[:count]]
    floors, ends, caps = list(network.floors), list(network.ends), list(network.caps)
    durations = list(network.durations)
    fixed, begun, loose, done = list(network.fixed), list(network.begun), list(network.loose), network.done
    for i, place in enumerate(places):
        task = by_id[network.ids[i]]
        floors[i], durations[i], fixed[i], begun[i] = place.start_floor(), place.duration, place.fixed, place.begun
        loose[i] = place.loose
        if done[i] or network.looped[i]:
            continue
        if (date := deadline_of(task, by_id, outline)) is not None:
            place.cap(axis.minutes(date))
        for laid in constraints_of(task, by_id, outline):
            _lay_down(place, laid, axis)
        floors[i], ends[i], caps[i] = place.start_floor(), place.end, place.latest
    dated = replace(
        network, floors=floors, ends=ends, durations=durations, caps=caps, fixed=fixed, begun=begun, loose=loose
    )
    return _relinked(dated) if any(p.fixed or p.begun is not None for p in places) else dated


def _lay_down(place: _Place, laid: Constraint, axis: Axis) -> None:
    """A constraint as bounds. Dates that override links are scheduled on the clock, so hard ones give way here."""
    assert laid.at is not None
    bound = axis.minutes(laid.at)
    floor = yielding(laid)
    if laid.type in OF_FINISH:
        if floor is not None:
            place.raise_end(bound)
        if laid.type.hard:
            place.cap(bound)
    elif place.begun is None:  # or else it has started
        if floor is not None:
            place.floor = max(place.floor, bound)
        if laid.type.hard and place.duration is not None:
            place.cap(bound + place.duration)


def _place(task: PlanTask, status: int | None, axis: Axis) -> _Place:
    duration = task.duration_minutes
    started = None if task.actual_start is None else axis.minutes(task.actual_start)
    if is_finished(task):
        finished = None if task.actual_finish is None else axis.minutes(task.actual_finish)
        if finished is None and started is not None and duration is not None:
            finished = started + duration
        if finished is None:
            return _Place(0, duration) if started is None else _Place(started, None, fixed=True)
        if started is None:
            started = finished - (duration or 0)
            if duration is None:
                return _Place(finished, 0, fixed=True, loose=True)
        return _Place(min(started, finished), finished - min(started, finished), fixed=True)
    if started is None:
        return _Place(0 if status is None else max(0, status), duration)
    left = task.remaining_minutes
    if duration is None:
        # How much has been done is unknown, and so is when the rest is due.
        return _Place(started if status is None else max(started, status), left, begun=started, loose=True)
    if left is not None:
        floor = started + max(0, duration - left)
        return _Place(floor if status is None else max(floor, status), left, begun=started)
    # Nobody says what is left: all of it, and the end is not behind us.
    return _Place(started, duration, begun=started, end=status)


def _relinked(network: Network) -> Network:
    """The network without links that do not hold any more, and with points for starts that nothing moves."""
    fixed, begun = network.fixed, network.begun
    size = len(network.ids)
    points: dict[int, int] = {}
    kept: list[tuple[int, int, int]] = []  # tail, head, link of the network
    for k, (i, j) in enumerate(zip(network.tails, network.heads, strict=True)):
        if fixed[j] or (fixed[i] and begun[j] is not None):
            continue
        if not network.from_finish[k] and (begun[i] is not None or (fixed[i] and network.loose[i])):
            i = points.setdefault(i, size + len(points))
        kept.append((i, j, k))
    heads = [j for _, j, _ in kept]
    outgoing: list[list[int]] = [[] for _ in range(size + len(points))]
    incoming: list[list[int]] = [[] for _ in range(size + len(points))]
    for number, (i, j, _) in enumerate(kept):
        outgoing[i].append(number)
        incoming[j].append(number)
    links: list[PlanLink | None] = [network.links[k] for _, _, k in kept]
    more = len(points)
    in_order = set(network.order)
    return replace(
        network,
        ids=network.ids + [network.ids[i] for i in points],
        roles=network.roles + [Role.BEGUN] * more,
        durations=network.durations + [0] * more,
        is_task=network.is_task + [False] * more,
        floors=network.floors + [begun[i] for i in points],
        ends=network.ends + [None] * more,
        caps=network.caps + [None] * more,
        fixed=fixed + [False] * more,
        begun=begun + [None] * more,
        loose=network.loose + [begun[i] is None for i in points],
        looped=network.looped + [network.looped[i] for i in points],
        done=network.done + [False] * more,
        tails=[i for i, _, _ in kept],
        heads=heads,
        from_finish=[network.from_finish[k] for _, _, k in kept],
        to_finish=[network.to_finish[k] for _, _, k in kept],
        lags=[network.lags[k] for _, _, k in kept],
        links=links,
        percent_of_unknown=frozenset(
            number for number, (_, _, k) in enumerate(kept) if k in network.percent_of_unknown
        ),
        outgoing=outgoing,
        incoming=incoming,
        order=topological([i for i in range(size + more) if i in in_order or i >= size], incoming, outgoing, heads),
    )
