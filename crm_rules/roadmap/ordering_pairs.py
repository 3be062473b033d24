"""Statements about pairs of tasks: an end of the first before an end of the second.

For every second task one answer is worked out over all first tasks at once: sets of first tasks are
integers with a bit for each, so that nothing is done pair by pair except along what goes wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice

from crm_rules.roadmap import times
from crm_rules.roadmap.ordering_view import MOST_CAUSES, PlanView
from crm_rules.roadmap.plan import MINUTES_PER_DAY, TaskState
from crm_rules.roadmap.times import Moment
from crm_rules.rules.ordering import DayUnit, End, Scope, Sequence, Verdict


@dataclass(frozen=True, slots=True)
class Pair:
    """What a second task does to a statement, with the first task that shows it best.

    Attributes:
        verdict: anything but missing.
        first, second: task ids.
        clarity: minutes by which the order is missed, for choosing among several; negative where it is kept.
        because: the verdict in words; "" where they follow from the statement.
        by_day: the two were compared by stated dates.
        causes: paths of the inputs that leave it unknown.
    """

    verdict: Verdict
    first: str
    second: str
    clarity: int = 0
    because: str = ""
    by_day: bool = False
    causes: tuple[str, ...] = ()


class OrderedPairs:
    """Pairs of a statement without a largest distance."""

    def __init__(self, view: PlanView, statement: Sequence, firsts: tuple[str, ...]) -> None:
        self.view = view
        self.statement = statement
        moments = {name: view.times.of(name, statement.first_end) for name in firsts}
        self.by_day = 2 * sum(m.day is not None for m in moments.values()) > len(firsts)
        # Bits ascend with time, by the way of comparing that most tasks allow: the highest bit is the latest task.
        self.firsts = tuple(sorted(firsts, key=lambda n: (*_time(moments[n], self.by_day), n)))
        self.moments = [moments[name] for name in self.firsts]
        self.bit = {name: 1 << k for k, name in enumerate(self.firsts)}
        self.all = (1 << len(firsts)) - 1
        self.whole = (statement.first_end, statement.second_end) == (End.START, End.FINISH)
        self.done = self._set(k for k, n in enumerate(self.firsts) if view.tasks[n].state is TaskState.DONE)
        stages = [view.stage[name] for name in self.firsts]
        self.unstaged = self._set(k for k, s in enumerate(stages) if s is None) if view.staged else 0
        self.by_stage = {
            stage: self._set(k for k, s in enumerate(stages) if s == stage) for stage in set(stages) - {None}
        }
        self.with_day = self._set(k for k, m in enumerate(self.moments) if m.day is not None)
        self.with_minutes = self._set(k for k, m in enumerate(self.moments) if m.minutes is not None)
        # The other way round: positions, latest first.
        other = [(t[1], k) for k, m in enumerate(self.moments) if (t := _time(m, not self.by_day))[0]]
        self.otherwise = [k for _, k in sorted(other, reverse=True)]

    @staticmethod
    def _set(members: Iterable[int]) -> int:
        found = 0
        for k in members:
            found |= 1 << k
        return found

    def pairs(self, seconds: tuple[str, ...]) -> Iterator[Pair]:
        """An answer for every second task the order is not certainly kept for."""
        statement, view = self.statement, self.view
        least = self._least_minutes()
        origins = tuple(view.event(name, statement.first_end) for name in self.firsts)
        targets = {name: view.event(name, statement.second_end) for name in seconds}
        kept = self._kept(origins, targets, least)
        loose = {n: t for n, t in targets.items() if self.all & ~kept.get(t, 0)}
        # Touching ends in reverse order go against a start that waits for a finish, not against two of a sort.
        strict = statement.first_end is statement.second_end
        reverse = view.events.guaranteed(origins, loose.values(), strict - least, against=True)
        for name in seconds:
            pair = self._late_progress(name)
            if pair is None and name in loose:
                target = targets[name]
                pair = self._of(name, self.all & ~kept.get(target, 0), reverse.get(target, 0))
            if pair is not None:
                yield pair

    def _kept(self, origins: tuple[int, ...], targets: Mapping[str, int], least: int) -> dict[int, int]:
        """First tasks that links keep before each event of a second one, as the schedule bears out."""
        view, span = self.view, self.statement.at_least
        kept = view.events.guaranteed(origins, targets.values(), least, against=False)
        if span is not None and span.unit is DayUnit.CALENDAR and view.events_on_clock is not None:
            days = span.days * times.CLOCK_DAY
            for target, bits in view.events_on_clock.guaranteed(origins, targets.values(), days, against=False).items():
                kept[target] = kept.get(target, 0) | bits
        return {t: kept[t] & ~self._broken(name, kept[t]) for name, t in targets.items() if t in kept}

    def _broken(self, second: str, kept: int) -> int:
        """Those of some first tasks the computed dates put too late: working time of another calendar is no bound."""
        at = replace(self.view.times.of(second, self.statement.second_end), day=None)
        kept &= self.with_minutes
        last = self._last(kept, by_day=False)
        if last is None or self._holds(last, at):
            return 0
        return self._set(k for k in _members(kept) if not self._holds(k, at))

    def _holds(self, k: int, at: Moment) -> bool:
        first = replace(self.moments[k], day=None)
        return times.at_least(first, at, self.statement.at_least, self.whole) is not False

    def _least_minutes(self) -> int:
        span = self.statement.at_least
        return 0 if span is None else times.surely_working_days(span) * MINUTES_PER_DAY

    def _scope(self, second: str) -> tuple[int, int]:
        """First tasks that count for a second one, and those that may."""
        view, own = self.view, self.view.stage[second]
        itself = self.bit.get(second, 0)
        if not view.staged:
            return (0 if self.statement.scope is Scope.NEXT_STAGE else self.all & ~itself), 0
        if own is None:
            sure = self.by_stage.get(0, 0) if self.statement.scope is Scope.ANY else 0
            return sure & ~itself, self.all & ~sure & ~itself
        match self.statement.scope:
            case Scope.ANY:
                sure = sum(bits for stage, bits in self.by_stage.items() if stage is not None and stage <= own)
            case Scope.SAME_STAGE:
                sure = self.by_stage.get(own, 0)
            case Scope.NEXT_STAGE:
                sure = self.by_stage.get(own - 1, 0) if own > 1 else 0
        return sure & ~itself, self.unstaged & ~itself

    def _late_progress(self, second: str) -> Pair | None:
        """The second is done and a first that has to be finished is not."""
        if self.statement.first_end is End.START or self.view.tasks[second].state is not TaskState.DONE:
            return None
        sure, _ = self._scope(second)
        behind = sure & ~self.done
        if not behind:
            return None
        k = (behind & -behind).bit_length() - 1
        because = f"{self.view.name(second)} is done and {self.view.name(self.firsts[k])} is not"
        return Pair(Verdict.VIOLATED_BY_DATES, self.firsts[k], second, self._clarity(k, second), because)

    def _of(self, second: str, loose: int, reverse: int) -> Pair | None:
        """The answer for a second task.

        Args:
            second: its id.
            loose: first tasks no chain of links keeps before it.
            reverse: first tasks a chain of links puts behind it.
        """
        sure, doubtful = (bits & loose for bits in self._scope(second))
        if against := sure & reverse:
            k = against.bit_length() - 1
            return Pair(Verdict.VIOLATED_BY_LOGIC, self.firsts[k], second, self._clarity(k, second))
        ahead = self._finished(second)
        sure, doubtful = sure & ~ahead, doubtful & ~ahead
        causes: list[str] = []
        found = self._by_dates(second, sure, causes)
        if found is not None:
            return found
        if doubtful:
            names = [self.firsts[k] for k in islice(_members(doubtful), MOST_CAUSES)]
            staged = self.view.stage
            causes += (f"tasks[{name}].stage" for name in (*names, second) if staged[name] is None)
        if causes:
            return Pair(Verdict.UNKNOWN, second, second, causes=tuple(dict.fromkeys(causes)))
        if (slipping := sure & ~self.done) and self.view.roadmap.plan.complete:
            k = slipping.bit_length() - 1
            return Pair(Verdict.NOT_SECURED, self.firsts[k], second, self._clarity(k, second))
        return None

    def _finished(self, second: str) -> int:
        """First tasks that are done while nobody says the second has begun, so that nothing is left to go wrong."""
        task = self.view.tasks[second]
        if task.state is TaskState.DONE or task.actual_start is not None or self.statement.at_least is not None:
            return 0
        at = self.view.times.of(second, self.statement.second_end)
        return self._set(k for k in _members(self.done) if not times.comparable_by_day(self.moments[k], at))

    def _by_dates(self, second: str, loose: int, causes: list[str]) -> Pair | None:
        """A violation by dates; what leaves open whether there is one is added to `causes`."""
        at = self.view.times.of(second, self.statement.second_end)
        worst: tuple[int, str, bool] | None = None
        stated = self.with_day if at.day is not None else 0
        computed = self.with_minutes & ~stated if at.minutes is not None else 0
        for by_day, members in ((True, loose & stated), (False, loose & computed)):
            k = self._last(members, by_day)
            if k is None:
                continue
            # The last one is the worst: all others are earlier, and farther from going wrong.
            held = times.at_least(self.moments[k], at, self.statement.at_least, self.whole)
            if held is None:
                causes.append(f"tasks[{self.firsts[k]}].{self.statement.first_end.value}")
                causes.append(f"tasks[{second}].{self.statement.second_end.value}")
            elif not held and (worst is None or (self._clarity(k, second), self.firsts[k]) > worst[:2]):
                worst = self._clarity(k, second), self.firsts[k], by_day
        if worst is not None:
            return Pair(Verdict.VIOLATED_BY_DATES, worst[1], second, worst[0], by_day=worst[2])
        rest = loose & ~stated & ~computed
        if rest:
            first_end, second_end = self.statement.first_end, self.statement.second_end
            for k in islice(_members(rest), MOST_CAUSES):
                causes += self.view.times.causes(self.firsts[k], first_end)
            causes += self.view.times.causes(second, second_end)
        return None

    def _last(self, members: int, by_day: bool) -> int | None:
        """Position of the latest of some first tasks that all can be compared in one way; None without any."""
        if not members:
            return None
        if by_day is self.by_day:
            return members.bit_length() - 1
        return next(k for k in self.otherwise if members >> k & 1)

    def _clarity(self, k: int, second: str) -> int:
        gap = times.distance(self.moments[k], self.view.times.of(second, self.statement.second_end))
        return 0 if gap is None else -gap


def _time(moment: Moment, by_day: bool) -> tuple[bool, int]:
    """Sorts by time, unknown moments first."""
    when = moment.day if by_day else moment.minutes
    return when is not None, when or 0


def _members(bits: int) -> Iterator[int]:
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low


def limited_pairs(
    view: PlanView, statement: Sequence, firsts: tuple[str, ...], seconds: tuple[str, ...]
) -> Iterator[Pair]:
    """An answer for every second task that may begin too long after the last of the first ones.

    Only the last one counts, by each way of comparing: what happened earlier may be as long ago as it likes.
    """
    groups: dict[int | None, list[str]] = {}
    for name in firsts:
        stage = view.stage[name] if view.staged and statement.scope is Scope.SAME_STAGE else 0
        groups.setdefault(stage, []).append(name)
    ends = {stage: _LastEnds(view, statement.first_end, names) for stage, names in groups.items()}
    for second in seconds:
        own = view.stage[second] if view.staged and statement.scope is Scope.SAME_STAGE else 0
        near = None if own is None else ends.get(own)
        doubtful = [] if own == 0 and 0 in ends else sorted(groups.get(None, []))
        causes = [*view.open, *(f"tasks[{name}].stage" for name in doubtful[:MOST_CAUSES])]
        if own is None:
            causes.append(f"tasks[{second}].stage")
        pair = None if near is None else near.before(second, statement, causes)
        if pair is None and near is not None:
            continue
        if causes:
            yield Pair(Verdict.UNKNOWN, second, second, causes=tuple(dict.fromkeys(causes)))
        elif pair is not None:
            yield pair


class _LastEnds:
    """The last of some tasks."""

    def __init__(self, view: PlanView, end: End, names: Iterable[str]) -> None:
        self.view = view
        moments = {name: view.times.of(name, end) for name in names}
        by_day = {n: m.day for n, m in moments.items() if m.day is not None}
        by_minutes = {n: m.minutes for n, m in moments.items() if m.minutes is not None}
        dayless = {n: m for n, m in by_minutes.items() if n not in by_day}
        last = [max(known, key=lambda n: (known[n], n)) for known in (by_day, by_minutes, dayless) if known]
        self.moments = {name: moments[name] for name in last}
        self.undated = sorted(moments.keys() - by_day.keys() - by_minutes.keys())

    def before(self, second: str, statement: Sequence, causes: list[str]) -> Pair | None:
        """The pair with a second task, where it is too far away; inputs that could change that go to `causes`."""
        assert statement.at_most is not None
        view, at = self.view, self.view.times.of(second, statement.second_end)
        whole = (statement.first_end, statement.second_end) == (End.START, End.FINISH)
        closest: tuple[int, str] | None = None
        unclear = list(self.undated[:MOST_CAUSES])
        for name, moment in self.moments.items():
            within = times.at_most(moment, at, statement.at_most, whole)
            gap = times.distance(moment, at)
            if within:
                return None
            if within is None or gap is None:
                unclear.append(name)
            elif closest is None or (gap, name) < closest:
                closest = gap, name
        for name in unclear:
            causes += view.times.causes(name, statement.first_end)
            causes += view.times.causes(second, statement.second_end)
        if closest is None:
            return Pair(Verdict.UNKNOWN, second, second)
        gap, first = closest
        forced = view.events.length(view.event(first, statement.first_end), view.event(second, statement.second_end))
        by_links = forced is not None and forced > statement.at_most.days * MINUTES_PER_DAY
        by_day = times.comparable_by_day(self.moments[first], at)
        one, other = view.when(first, statement.first_end, by_day), view.when(second, statement.second_end, by_day)
        return Pair(
            Verdict.VIOLATED_BY_LOGIC if by_links else Verdict.VIOLATED_BY_DATES,
            first,
            second,
            gap,
            f"{view.name(first)} {one} and {view.name(second)} {other}, more than {statement.at_most} later",
            by_day,
        )
