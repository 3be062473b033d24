"""Forward and backward pass on the clock: for plans that one axis of working minutes cannot hold.

The semantics is that of `schedule` and `progress`, extended by what such plans need; where all tasks keep one
calendar and no date overrules a link both give the same results.

Instants are minutes of the clock, compared by the working time of the task they are compared for: for a task
that works Monday to Friday, Friday 17:00 and Monday 08:00 are the same. A bound becomes a count of the task's own
calendar, d working minutes later is d counts later, and only then a date is read off. Tasks without duration stay
where they are put and are not moved to the next time of work, since they need none.

Dates that overrule links, as scheduling programs define them: SNLT and FNLT pull a task back to their date, MSO
and MFO put it there; late dates obey them too, so that predecessors that cannot make it show negative float. A
manual task stands on its dates and still holds its successors. ALAP tasks are placed on their late dates after the
backward pass, and then what follows them is placed again.

An unknown duration, or a loop, leaves unknown the dates after it that no fixed date makes known, and all late dates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from crm_rules.roadmap.axis import Axis
from crm_rules.roadmap.jobs import Kind, Shift, job_of, shifts_of
from crm_rules.roadmap.network import Network, Role
from crm_rules.roadmap.outline import Outline
from crm_rules.roadmap.plan import ConstraintType, LagCalendar, LagUnit, Plan
from crm_rules.roadmap.schedule import Schedule, Span
from crm_rules.roadmap.working_time import WorkingCalendar


def clock_schedule(plan: Plan, network: Network, axis: Axis, outline: Outline) -> tuple[Network, Schedule]:
    """Run both passes over a network in which progress has been told, see `progress.on_axis`.

    Returns:
        The network with floors, caps and what is left to do in minutes of the plan's calendar, and the schedule.
    """
    passes = _Passes(plan, network, axis, outline)
    found = passes.run()
    return passes.network_on_axis(), found


class _Passes:
    """Both passes over one plan."""

    def __init__(self, plan: Plan, network: Network, axis: Axis, outline: Outline) -> None:
        self.network = network
        self.axis = axis
        by_id = {t.id: t for t in plan.tasks}
        self.jobs = [
            job_of(by_id[name], plan, by_id, axis, outline, single=not network.incoming[i])
            for i, name in enumerate(network.ids[: network.tasks])
        ]
        self.begun_at = {network.ids[i]: job.start for i, job in enumerate(self.jobs) if job.kind is Kind.BEGUN}
        count = len(network.ids)
        self.calendars = [job.calendar for job in self.jobs] + [plan.calendar] * (count - len(self.jobs))
        by_clock = plan.lag_calendar is LagCalendar.CLOCK or any(k.unit is LagUnit.ELAPSED for k in plan.links)
        self.mixed = by_clock or any(calendar != plan.calendar for calendar in self.calendars)
        self.later: list[Shift | None] = []
        self.earlier: list[Shift | None] = []
        for k, link in enumerate(network.links):
            there, back = shifts_of(plan, link, network.lags[k], self.calendars, (network.tails[k], network.heads[k]))
            self.later.append(there)
            self.earlier.append(back)
        # Early dates; None for a point nothing holds. `begin` is where links into the start ended: before a
        # levelling delay, and for a task in progress where what is left of it begins.
        self.start: list[int | None] = [None] * count
        self.finish: list[int | None] = [None] * count
        self.begin: list[int | None] = [None] * count
        self.start_known = [True] * count
        self.finish_known = [True] * count
        # Late dates. `latest` and `latest_end` are where links into the start and into the finish must have ended.
        self.late_start: list[int | None] = [None] * count
        self.late_finish: list[int | None] = [None] * count
        self.latest: list[int | None] = [None] * count
        self.latest_end: list[int | None] = [None] * count
        self.total: list[int | None] = [None] * count
        self.placed_late: frozenset[int] = frozenset()
        self.unplaced: frozenset[int] = frozenset()

    def run(self) -> Schedule:
        self._forward()
        jobs, network = self.jobs, self.network
        tasks = range(len(jobs))
        end = max((f for f in self.finish[: len(jobs)] if f is not None), default=self.axis.zero)
        certain = all(self.finish_known[i] and self.start_known[i] for i in tasks)
        free: Sequence[int | None] = [None] * len(network.ids)
        late = frozenset(i for i in tasks if jobs[i].alap and jobs[i].kind is Kind.FREE)
        if late and not certain:
            # How late they are placed hangs on the project finish, and so does all that waits for them.
            self.unplaced = late
            self._forward()
        if certain:
            self._backward(end)
            if late:
                self.placed_late = late
                self._forward()
                for i in tasks:
                    self.total[i] = self._float(i)
        slack = [self._slack(k) for k in range(len(network.heads))]
        if certain:
            free = self._free(end, slack)
        return self._result(end if certain else None, free, slack)

    # --- Forward -------------------------------------------------------------

    def _forward(self) -> None:
        network = self.network
        for i in network.order:
            if network.roles[i] is not Role.TASK:
                self._point(i)
                continue
            job = self.jobs[i]
            if job.kind is Kind.FIXED or job.kind is Kind.MANUAL:
                self.start[i], self.finish[i], self.begin[i] = job.start, job.finish, job.start
                self.start_known[i] = not network.loose[i]
                self.finish_known[i] = job.known
            else:
                entering, leaving, known = self._bounds(i)
                if job.kind is Kind.BEGUN:
                    self._begun(i, entering, leaving)
                    self.start_known[i] = known and job.known
                    self.finish_known[i] = known and job.known
                else:
                    self._place(i, entering, leaving)
                    known = known and (leaving is None or job.known)
                    self._known(i, known)
            if network.looped[i]:
                self.start_known[i] = self.finish_known[i] = False

    def _known(self, i: int, known: bool) -> None:
        job = self.jobs[i]
        kinds = {kind for kind, _ in job.bounds}
        finish = known and job.known
        if ConstraintType.FNET in kinds or ConstraintType.FNLT in kinds:
            known = known and job.known
        if ConstraintType.MSO in kinds:
            known, finish = True, job.known
        elif ConstraintType.MFO in kinds:
            known, finish = job.known, True
        self.start_known[i], self.finish_known[i] = known, finish

    def _bounds(self, i: int) -> tuple[int | None, int | None, bool]:
        """Latest bound on the start and on the finish of a node, and whether both are known."""
        network = self.network
        entering: int | None = None
        leaving: int | None = None
        known = True
        for k in network.incoming[i]:
            at, sure = self._event(k)
            known = known and sure
            if at is None:
                continue
            shift = self.later[k]
            if shift is not None:
                at = shift(at)
            if network.to_finish[k]:
                leaving = at if leaving is None or at > leaving else leaving
            else:
                entering = at if entering is None or at > entering else entering
        return entering, leaving, known

    def _event(self, k: int) -> tuple[int | None, bool]:
        """When a link leaves its predecessor, and whether that is known."""
        network = self.network
        i, finish = network.tails[k], network.from_finish[k]
        sure = (self.finish_known if finish else self.start_known)[i] and k not in network.percent_of_unknown
        sure = sure and i not in self.unplaced and not self._side_open(k)
        if i in self.placed_late:
            return (self.late_finish if finish else self.late_start)[i], sure
        return (self.finish if finish else self.start)[i], sure

    def _side_open(self, k: int) -> bool:
        """Whether it is open on which side of a break the start of a predecessor stands, and that matters.

        A task of unknown duration may turn out to take no time; then it stands where the work before it ended
        and not where the next begins, which a clock, or another calendar, does not take for the same.
        """
        network = self.network
        i, j = network.tails[k], network.heads[k]
        if network.from_finish[k] or not network.is_task[i] or self.jobs[i].known:
            return False
        same = network.is_task[j] and self.jobs[j].calendar == self.jobs[i].calendar
        return self.later[k] is not None or not same

    def _point(self, i: int) -> None:
        network = self.network
        entering, leaving, known = self._bounds(i)
        at = entering if leaving is None else leaving if entering is None else max(entering, leaving)
        if network.roles[i] is Role.BEGUN:
            at, known = self.begun_at[network.ids[i]], not network.loose[i]
        if network.roles[i] is Role.FIRST:
            starts = [self._event(k)[0] for k in network.incoming[i]]
            at = min((s for s in starts if s is not None), default=None)
        self.start[i] = self.finish[i] = self.begin[i] = at
        self.start_known[i] = self.finish_known[i] = known and not network.looped[i]

    def _begun(self, i: int, entering: int | None, leaving: int | None) -> None:
        job = self.jobs[i]
        worked = job.calendar.worked
        count = worked(job.not_before)
        if entering is not None:
            count = max(count, worked(entering))
        if leaving is not None:
            count = max(count, worked(leaving) - job.duration)
        for kind, date in job.bounds:
            if kind is ConstraintType.FNET:
                count = max(count, worked(date) - job.duration)
        # What is left of it; that it started at `job.start` is told by a point of its own.
        self.start[i] = self.begin[i] = job.calendar.start_at(count)
        self.finish[i] = job.calendar.finish_at(count + job.duration)

    def _place(self, i: int, entering: int | None, leaving: int | None) -> None:
        """Place a task that has not begun."""
        job = self.jobs[i]
        if job.milestone:
            self._place_milestone(i, entering, leaving)
            return
        worked, length = job.calendar.worked, job.duration
        count = worked(job.not_before)
        if entering is not None:
            count = max(count, worked(entering))
        if leaving is not None:
            count = max(count, worked(leaving) - length)
        for kind, date in job.bounds:
            if kind is ConstraintType.SNET:
                count = max(count, worked(date))
            elif kind is ConstraintType.FNET:
                count = max(count, worked(date) - length)
        self.begin[i] = job.calendar.start_at(count)
        if job.delay:
            count = worked(job.calendar.start_at(count) + job.delay)
        free = count
        for kind, date in job.bounds:
            if kind.hard:
                at = worked(date) - (length if kind in _OF_FINISH else 0)
                count = at if kind in _EXACT else min(count, at)
        self.start[i] = job.calendar.start_at(count)
        self.finish[i] = job.calendar.finish_at(count + length)
        if count != free:
            self.begin[i] = self.start[i]

    def _place_milestone(self, i: int, entering: int | None, leaving: int | None) -> None:
        job = self.jobs[i]
        dates = [date for kind, date in job.bounds if not kind.hard]
        at = max([job.not_before, *dates, *(b for b in (entering, leaving) if b is not None)])
        self.begin[i] = at = _settled(job.calendar, at)
        if job.delay:
            at = _settled(job.calendar, at + job.delay)
        for kind, date in job.bounds:
            if kind.hard and (kind in _EXACT or date < at):
                self.begin[i] = at = date
        self.start[i] = self.finish[i] = at

    # --- Backward ------------------------------------------------------------

    def _backward(self, end: int) -> None:
        network = self.network
        for i in reversed(network.order):
            if i >= len(self.jobs):
                dates = [date for k in network.outgoing[i] if (date := self._allowed(k)) is not None]
                late = min(dates, default=None)
                self.late_start[i] = self.late_finish[i] = self.latest[i] = self.latest_end[i] = late
                early, worked = self.start[i], self.axis.calendar.worked
                self.total[i] = None if early is None or late is None else worked(late) - worked(early)
                continue
            job = self.jobs[i]
            if job.kind is Kind.FIXED:
                self.late_start[i], self.late_finish[i], self.total[i] = job.start, job.finish, 0
                self.latest_end[i] = job.finish
                continue
            self._late(i, end)
            self.total[i] = self._float(i)

    def _allowed(self, k: int) -> int | None:
        """Latest minute at which a link may leave its predecessor, as its successor's late dates have it."""
        network = self.network
        i, j = network.tails[k], network.heads[k]
        if network.roles[j] is Role.FIRST and self.start[i] != self.start[j]:
            return None  # another part is the first
        at = self.latest_end[j] if network.to_finish[k] else self.latest[j]
        back = self.earlier[k]
        return at if at is None or back is None else back(at)

    def _count_by(self, k: int, date: int) -> int:
        """Working minutes of the predecessor when its end the link leaves comes as late as `date`, and not later."""
        network = self.network
        i = network.tails[k]
        leaves_finish = network.from_finish[k] or i >= len(self.jobs) or self.jobs[i].milestone
        return (self.calendars[i].worked if leaves_finish else self.calendars[i].begun_by)(date)

    def _late(self, i: int, end: int) -> None:
        """Late dates of a task that is not finished."""
        network, job = self.network, self.jobs[i]
        calendar, length = job.calendar, job.duration
        worked = calendar.worked
        stands = job.kind is Kind.MANUAL
        begun = job.kind is Kind.BEGUN
        at = end  # of a milestone, which is not counted
        count = worked(end)
        for k in network.outgoing[i]:
            if stands and not network.from_finish[k]:
                continue  # its start stands, so what waits for the start allows anything
            date = self._allowed(k)
            if date is not None:
                at = min(at, date)
                count = min(count, self._count_by(k, date) + (0 if network.from_finish[k] else length))
        for kind, date in job.bounds:
            if kind.hard and (not (stands or begun) or kind in _OF_FINISH):
                limit = worked(date) + (0 if kind in _OF_FINISH else length)
                exact = kind in _EXACT
                count, at = (limit, date) if exact else (min(count, limit), min(at, date))
        if job.start_by is not None and not (stands or begun):
            count, at = min(count, worked(job.start_by) + length), min(at, job.start_by)
        if job.deadline is not None:
            count, at = min(count, worked(job.deadline)), min(at, job.deadline)
        if job.milestone:
            side = self.start[i] != calendar.finish_at(worked(self.start[i] or 0))
            shown = calendar.start_at(count) if side else calendar.finish_at(count)
            self.late_start[i] = self.late_finish[i] = shown
            latest = self._standing(i, at)
            if job.delay:
                latest = self._standing(i, latest - job.delay)
            self.latest[i] = self.latest_end[i] = latest
        else:
            self.late_start[i] = latest = calendar.start_at(count - length)
            self.late_finish[i] = calendar.finish_at(count)
            if job.delay:
                latest = calendar.start_at(calendar.begun_by(latest - job.delay))
            self.latest[i] = latest
            self.latest_end[i] = calendar.start_at(worked(latest) + length)

    def _standing(self, i: int, at: int) -> int:
        """Up to when what holds a milestone may come if the milestone is to stand no later than `at`.

        Where all work by one calendar, both ends of a break are the same; else the milestone may not pass the break,
        since others work in it.
        """
        calendar = self.jobs[i].calendar
        count = calendar.worked(at)
        resumed = calendar.start_at(count)
        return resumed if at == resumed or not self.mixed else calendar.finish_at(count)

    def _float(self, i: int) -> int | None:
        job = self.jobs[i]
        if job.kind is Kind.FIXED or job.alap:
            return 0
        worked = job.calendar.worked
        spare = worked(_sure(self.late_finish[i])) - worked(_sure(self.finish[i]))
        return min(spare, worked(_sure(self.late_start[i])) - worked(_sure(self.start[i])))

    # --- Floats of links -----------------------------------------------------

    def _slack(self, k: int) -> int | None:
        """Working minutes of the predecessor it can move before the link moves the successor; None when unknown."""
        network = self.network
        i = network.tails[k]
        at, sure = self._event(k)
        target, known = self._target(k)
        if at is None or target is None or not (sure and known):
            return None
        j = network.heads[k]
        if j < len(self.jobs):
            # Whatever comes while the successor has done the same work does not move it.
            calendar = self.calendars[j]
            same = not self.jobs[j].milestone or not self.mixed
            target = calendar.start_at(calendar.worked(target)) if same else target
        back = self.earlier[k]
        return self._count_by(k, target if back is None else back(target)) - self.calendars[i].worked(at)

    def _target(self, k: int) -> tuple[int | None, bool]:
        """When the end a link enters is, and whether that is known."""
        network = self.network
        j = network.heads[k]
        if network.to_finish[k]:
            at = (self.late_finish if j in self.placed_late else self.finish)[j]
            return at, self.finish_known[j]
        if j in self.placed_late:
            return self.late_start[j], True
        return self.begin[j], self.start_known[j]

    def _free(self, end: int, slack: Sequence[int | None]) -> list[int | None]:
        """Free float by node. Of a point it is how far it may move, on the plan's calendar."""
        network = self.network
        free: list[int | None] = [None] * len(network.ids)
        for i in reversed(network.order):
            least: int | None = None
            for k in network.outgoing[i]:
                j = network.heads[k]
                own = slack[k]
                if j < len(self.jobs):
                    if own is None:
                        continue
                else:
                    further = free[j]
                    if own is None or further is None or self._not_first(k):
                        continue
                    own += further
                least = own if least is None or own < least else least
            if i < len(self.jobs):
                job = self.jobs[i]
                if job.kind is Kind.FIXED or any(kind is ConstraintType.MFO for kind, _ in job.bounds):
                    least = 0  # its finish may not move; of one that must start on a date only the start may not
                elif least is None:
                    least = max(0, self.total[i] or 0)
                else:
                    worked = job.calendar.worked
                    planned = self.late_finish[i] if i in self.placed_late else self.finish[i]
                    least = max(0, min(least, worked(end) - worked(_sure(planned))))
            free[i] = least
        nodes = {name: i for i, name in enumerate(network.ids[: len(self.jobs)])}
        for i in range(len(self.jobs), len(network.ids)):
            further = free[i]
            if network.roles[i] is Role.BEGUN and further is not None:
                task = nodes[network.ids[i]]
                free[task] = max(0, min(further, free[task] or 0))
        return free

    def _not_first(self, k: int) -> bool:
        network = self.network
        j = network.heads[k]
        return network.roles[j] is Role.FIRST and self.start[network.tails[k]] != self.start[j]

    def _drives(self, k: int) -> bool:
        """Whether the link holds its successor where it is, told by the successor's working time."""
        network = self.network
        j = network.heads[k]
        at, sure = self._event(k)
        target, known = self._target(k)
        if at is None or target is None or not (sure and known):
            return False
        if j < len(self.jobs) and self.jobs[j].kind is Kind.MANUAL:
            return False
        shift = self.later[k]
        worked = self.calendars[j].worked
        return worked(at if shift is None else shift(at)) == worked(target)

    # --- Result --------------------------------------------------------------

    def network_on_axis(self) -> Network:
        """The network with the bounds of its tasks as working minutes of the plan."""
        base, worked = self.axis.base, self.axis.calendar.worked
        network = self.network
        floors, caps, durations = list(network.floors), list(network.caps), list(network.durations)
        ends = list(network.ends)
        for i, job in enumerate(self.jobs):
            own = job.calendar
            if job.kind is Kind.FIXED or job.kind is Kind.MANUAL:
                floors[i] = worked(job.start) - base
            else:
                count = own.worked(job.not_before)
                for kind, date in job.bounds:
                    if kind is ConstraintType.SNET and job.kind is Kind.FREE:
                        count = max(count, own.worked(date))
                    elif kind is ConstraintType.FNET:
                        count = max(count, own.worked(date) - job.duration)
                        ends[i] = max(ends[i] or 0, worked(date) - base)
                    elif kind in _EXACT and job.kind is Kind.FREE:
                        count = max(count, own.worked(date) - (job.duration if kind in _OF_FINISH else 0))
                        ends[i] = worked(date) - base if kind in _OF_FINISH else ends[i]
                floors[i] = worked(own.start_at(count)) - base
            caps[i] = None if job.deadline is None else worked(job.deadline) - base
            durations[i] = job.duration if job.known else None
        return replace(network, floors=floors, ends=ends, caps=caps, durations=durations)

    def _result(self, end: int | None, free: Sequence[int | None], slack: Sequence[int | None]) -> Schedule:
        network, limit, axis = self.network, self.network.limit, self.axis
        nodes = range(len(network.ids))
        base, worked = axis.base, axis.calendar.worked

        def minutes(at: int | None, known: bool = True) -> int | None:
            return worked(at) - base if at is not None and known else None

        spans: list[Span | None] = [None] * len(network.ids)
        for i in range(len(self.jobs)):
            start, finish = self.start[i], self.finish[i]
            if start is not None and finish is not None:
                spans[i] = Span(start, finish, self.late_start[i], self.late_finish[i])
        return Schedule(
            early_start=[minutes(self.start[i], self.start_known[i]) for i in nodes],
            early_finish=[minutes(self.finish[i], self.finish_known[i]) for i in nodes],
            late_start=[minutes(self.late_start[i]) for i in nodes],
            late_finish=[minutes(self.late_finish[i]) for i in nodes],
            total_float=self.total,
            free_float=free,
            critical=[None if t is None else t <= limit for t in self.total],
            driving=[self._drives(k) for k in range(len(network.heads))],
            slack=slack,
            finish=minutes(end),
            spans=spans,
        )


_EXACT = frozenset((ConstraintType.MSO, ConstraintType.MFO))
_OF_FINISH = frozenset((ConstraintType.FNLT, ConstraintType.MFO))


def _sure(at: int | None) -> int:
    assert at is not None  # asked only where all dates are known
    return at


def _settled(calendar: WorkingCalendar, at: int) -> int:
    """Where a task without duration stands: at the end of work, or else where the next work begins."""
    count = calendar.worked(at)
    return at if at == calendar.finish_at(count) else calendar.start_at(count)
