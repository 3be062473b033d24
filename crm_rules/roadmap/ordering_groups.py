"""Statements about groups of tasks: at least one pair overlaps, one group begins first, something recurs.

Unlike a statement about every pair, one more task can make these true, so that nothing goes against
them for certain while there may be tasks nobody has told us about.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from crm_rules.roadmap import times
from crm_rules.roadmap.ordering_pairs import Pair
from crm_rules.roadmap.ordering_view import PlanView
from crm_rules.rules.ordering import End, Overlap, Recurrence, Scope, Verdict

Interval = tuple[int, int, str]
"""Start, finish and task."""


def overlap(view: PlanView, statement: Overlap, firsts: tuple[str, ...], seconds: tuple[str, ...]) -> list[Pair]:
    """The closest pair where none overlaps; per stage, where both are in it."""
    if statement.scope is not Scope.SAME_STAGE or not view.staged:
        return _overlap(view, firsts, seconds)
    found: list[Pair] = []
    for stage in sorted({s for name in seconds if (s := view.stage[name]) is not None}):
        ones = tuple(n for n in firsts if view.stage[n] == stage)
        doubtful = [f"tasks[{n}].stage" for n in (*firsts, *seconds) if view.stage[n] is None]
        for pair in _overlap(view, ones, tuple(n for n in seconds if view.stage[n] == stage)) if ones else ():
            found.append(Pair(Verdict.UNKNOWN, pair.first, pair.second, causes=tuple(doubtful)) if doubtful else pair)
    return found


def _overlap(view: PlanView, firsts: tuple[str, ...], seconds: tuple[str, ...]) -> list[Pair]:
    everybody = (*firsts, *seconds)
    stated = [_stated(view, names) for names in (firsts, seconds)]
    by_day = len(stated[0]) + len(stated[1]) == len(everybody)
    nearest = _nearest(*stated)
    if nearest is not None and nearest[0] < 0:
        return []
    if not by_day:
        computed = [_computed(view, names) for names in (firsts, seconds)]
        nearest = _nearest(*computed)
        if nearest is not None and nearest[0] < 0:
            return []
        undated = sorted(set(everybody) - {name for known in computed for *_, name in known})
        if undated:
            return [_undated_overlap(view, firsts, seconds, undated)]
    assert nearest is not None
    if view.open:
        return [Pair(Verdict.UNKNOWN, firsts[0], seconds[0], causes=view.open)]
    gap, first, second = nearest
    apart = any(_follows(view, one, other) for one, other in ((first, second), (second, first)))
    verdict = Verdict.VIOLATED_BY_LOGIC if apart else Verdict.VIOLATED_BY_DATES
    early, late = sorted((first, second), key=lambda name: _start(view, name, by_day))
    because = f"{view.name(early)} {view.when(early, End.FINISH, by_day)}"
    because += f", before {view.name(late)} {view.when(late, End.START, by_day)}"
    return [Pair(verdict, first, second, gap, because, by_day)]


def _undated_overlap(view: PlanView, firsts: tuple[str, ...], seconds: tuple[str, ...], undated: Iterable[str]) -> Pair:
    """Where dates are unknown, links may still keep all of them apart."""
    causes = [*view.open]
    for name in undated:
        causes += (*view.times.causes(name, End.START), *view.times.causes(name, End.FINISH))
    if not view.open and all(_follows(view, a, b) or _follows(view, b, a) for a in firsts for b in seconds):
        chained = f"links keep {view.name(firsts[0])} and {view.name(seconds[0])} apart"
        return Pair(Verdict.VIOLATED_BY_LOGIC, firsts[0], seconds[0], because=chained)
    return Pair(Verdict.UNKNOWN, firsts[0], seconds[0], causes=tuple(dict.fromkeys(causes)))


def _follows(view: PlanView, one: str, other: str) -> bool:
    """Links make the second wait for the finish of the first."""
    length = view.events.length(view.event(one, End.FINISH), view.event(other, End.START))
    return length is not None and length >= 0


def _stated(view: PlanView, names: Iterable[str]) -> list[Interval]:
    found: list[Interval] = []
    for name in names:
        start, finish = view.times.of(name, End.START).day, view.times.of(name, End.FINISH).day
        if start is not None and finish is not None:
            found.append((start, finish + 1, name))
    return found


def _computed(view: PlanView, names: Iterable[str]) -> list[Interval]:
    found: list[Interval] = []
    for name in names:
        start, finish = view.times.of(name, End.START).minutes, view.times.of(name, End.FINISH).minutes
        if start is not None and finish is not None:
            # A milestone is at the beginning of what starts with it, and not within what ends with it.
            found.append((start, max(finish, start + 1), name))
    return found


def _start(view: PlanView, name: str, by_day: bool) -> tuple[int, str]:
    moment = view.times.of(name, End.START)
    return (moment.day if by_day else moment.minutes) or 0, name


def _nearest(ones: Sequence[Interval], others: Sequence[Interval]) -> tuple[int, str, str] | None:
    """A pair of intervals with the least time between them, negative when they overlap; None without any."""
    ones = sorted(ones)
    starts = [start for start, _, _ in ones]
    longest: list[Interval] = []  # of those up to each position, the one that finishes last
    for one in ones:
        longest.append(max(longest[-1], one, key=lambda i: i[1]) if longest else one)
    best: tuple[int, str, str] | None = None
    for start, finish, name in sorted(others):
        position = bisect_right(starts, start)
        near = ([longest[position - 1]] if position else []) + ([ones[position]] if position < len(ones) else [])
        for other_start, other_finish, other in near:
            gap = max(start, other_start) - min(finish, other_finish)
            if best is None or (gap, other, name) < best:
                best = gap, other, name
    return best


def opening(view: PlanView, firsts: tuple[str, ...], seconds: tuple[str, ...]) -> list[Pair]:
    """The pair of the first of each to start, where they start in the wrong order."""
    events = view.events
    origins = tuple(view.event(name, End.START) for name in firsts)
    targets = tuple(view.event(name, End.START) for name in seconds)
    if len(events.guaranteed(origins, targets, 0, against=False)) == len(targets):
        return []
    earliest = _earliest(view, (firsts, seconds))
    if view.open or earliest is None:
        undated = (n for n in (*firsts, *seconds) if view.times.of(n, End.START).minutes is None)
        causes = (*view.open, *(cause for name in undated for cause in view.times.causes(name, End.START)))
        return [Pair(Verdict.UNKNOWN, firsts[0], seconds[0], causes=tuple(dict.fromkeys(causes)))]
    by_day, (at, first), (after, second) = earliest
    if at <= after:
        return []
    back = events.guaranteed(targets, origins, 0, against=False)
    verdict = Verdict.VIOLATED_BY_LOGIC if len(back) == len(origins) else Verdict.VIOLATED_BY_DATES
    because = f"{view.name(second)} {view.when(second, End.START, by_day)}"
    because += f", before {view.name(first)} {view.when(first, End.START, by_day)}"
    return [Pair(verdict, first, second, at - after, because, by_day)]


def recurrence(view: PlanView, statement: Recurrence, firsts: tuple[str, ...], seconds: tuple[str, ...]) -> list[Pair]:
    """The first occurrence where it comes too late, or the only one where there should be more."""
    if view.open:
        return [Pair(Verdict.UNKNOWN, firsts[0], seconds[0], causes=view.open)]
    starts = _earliest(view, (seconds,))
    if starts is None:
        causes = (c for name in seconds for c in view.times.causes(name, End.START))
        return [Pair(Verdict.UNKNOWN, firsts[0], seconds[0], causes=tuple(dict.fromkeys(causes)))]
    anchor = starts[1][1]
    at = view.times.of(anchor, End.START)
    later: list[tuple[int, str]] = []
    causes_of: list[str] = []
    for name in firsts:
        gap = times.distance(at, view.times.of(name, End.START))
        within = times.at_most(at, view.times.of(name, End.START), statement.within)
        if gap is None or (gap >= 0 and within is None):
            causes_of += view.times.causes(name, End.START)
        elif gap >= 0 and within:
            if len(firsts) >= statement.times:
                return []
            return [Pair(Verdict.VIOLATED_BY_DATES, name, anchor, because=f"{view.name(name)} is the only one planned")]
        elif gap >= 0:
            later.append((gap, name))
    if causes_of:
        return [Pair(Verdict.UNKNOWN, firsts[0], anchor, causes=tuple(dict.fromkeys(causes_of)))]
    if not later:
        because = f"{view.name(firsts[0])} comes before {view.name(anchor)}, and there is none after it"
        return [Pair(Verdict.VIOLATED_BY_DATES, firsts[0], anchor, because=because)]
    gap, first = min(later)
    by_day = times.comparable_by_day(at, view.times.of(first, End.START))
    because = f"{view.name(first)} is the first one and {view.when(first, End.START, by_day)}"
    because += f", more than {statement.within} after {view.name(anchor)}"
    return [Pair(Verdict.VIOLATED_BY_DATES, first, anchor, gap, because, by_day)]


Start = tuple[int, str]


def _earliest(view: PlanView, groups: tuple[tuple[str, ...], ...]) -> tuple[bool, Start, Start] | None:
    """The first to start of one or two groups, by stated dates where all have one, else by the schedule.

    Returns:
        Whether by stated dates, then (when, task) of the first group and of the last one; None when unknown.
    """
    moments = [[(view.times.of(name, End.START), name) for name in names] for names in groups]
    for by_day in (True, False):
        known = [[(m.day if by_day else m.minutes, name) for m, name in group] for group in moments]
        if all(when is not None for group in known for when, _ in group):
            firsts = [min((when or 0, name) for when, name in group) for group in known]
            return by_day, firsts[0], firsts[-1]
    return None
