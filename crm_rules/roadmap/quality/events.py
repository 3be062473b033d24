"""The order a plan lays down, as a graph of starts and finishes: what holds what, in how many parts, implied by what.

Every task has a start and a finish, joined by an arc; a link is an arc between an end of one task and an end
of another. A summary task has four points: what is said about its start or finish holds for all its parts, and
what leaves its start or finish leaves that of each part, so links of summary tasks need no copying. A dropped
task keeps its two points: the order written through it stays.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from crm_rules.roadmap.outline import Outline
from crm_rules.roadmap.plan import LagUnit, PlanLink, PlanTask, named_links
from crm_rules.roadmap.quality.progress import started

SEARCH_STEPS: Final = 500_000
"""Arcs followed in search of redundant links, for all links of a plan together."""


@dataclass(frozen=True, slots=True)
class Held:
    """What the links say about one task.

    Attributes:
        start, finish: another task holds this end.
        from_start, from_finish: this end holds another task.
    """

    start: bool
    finish: bool
    from_start: bool
    from_finish: bool

    @property
    def has_predecessor(self) -> bool:
        """Whether it waits for another task."""
        return self.start or self.finish

    @property
    def has_successor(self) -> bool:
        """Whether another task waits for it."""
        return self.from_start or self.from_finish


@dataclass(frozen=True, slots=True)
class Redundant:
    """Links that say nothing other links do not say.

    Attributes:
        links: their ids, sorted.
        unsearched: ids of links for which the search was stopped, sorted.
    """

    links: tuple[str, ...]
    unsearched: tuple[str, ...]


class EventGraph:
    """The starts and finishes of one plan, and what joins them.

    Links of a task to itself or to a summary task it is part of are left out.

    Args:
        links: all links of the plan.
        tasks: all tasks by id, ascending.
        outline: which of them are part of which, and which are dropped.
        loops: tasks that wait for each other.
    """

    def __init__(
        self,
        links: Iterable[PlanLink],
        tasks: Mapping[str, PlanTask],
        outline: Outline,
        loops: Sequence[frozenset[str]],
    ) -> None:
        self._tasks, self._outline, self._loops = tasks, outline, loops
        self._work = [name for name in tasks if name not in outline.parts and name not in outline.dropped]
        work = set(self._work)
        self._in_start: dict[str, int] = {}
        self._in_finish: dict[str, int] = {}
        self._out_start: dict[str, int] = {}
        self._out_finish: dict[str, int] = {}
        self._owner: list[str] = []
        arcs: list[tuple[int, int]] = []
        for name in tasks:
            summary = name in outline.parts
            first = len(self._owner)
            self._owner += [name] * (4 if summary else 2)
            self._in_start[name], self._in_finish[name] = first, first + 1
            self._out_start[name], self._out_finish[name] = (first + 2, first + 3) if summary else (first, first + 1)
            if not summary:
                arcs.append((first, first + 1))
        for parent, parts in outline.parts.items():
            for part in parts:
                arcs += (
                    (self._in_start[parent], self._in_start[part]),
                    (self._in_finish[parent], self._in_finish[part]),
                    (self._out_start[part], self._out_start[parent]),
                    (self._out_finish[part], self._out_finish[parent]),
                )
        self._inner = arcs
        self._links: list[tuple[str, PlanLink, int, int]] = [
            (key, link, *self._ends(link))
            for key, link in named_links(links)
            if link.predecessor != link.successor
            and not outline.encloses(link.predecessor, link.successor)
            and not outline.encloses(link.successor, link.predecessor)
        ]
        size = len(self._owner)
        self._is_work = [name in work for name in self._owner]
        forward: list[list[int]] = [[] for _ in range(size)]
        backward: list[list[int]] = [[] for _ in range(size)]
        for tail, head in [*arcs, *((tail, head) for _, _, tail, head in self._links)]:
            forward[tail].append(head)
            backward[head].append(tail)
        # Whether a point that is no task's own passes anything on, and has anything to pass on.
        self._sourced = _spread(self._is_work, forward)
        self._draining = _spread(self._is_work, backward)

    def _ends(self, link: PlanLink) -> tuple[int, int]:
        leaving = self._out_finish if link.type.from_finish else self._out_start
        entering = self._in_finish if link.type.to_finish else self._in_start
        return leaving[link.predecessor], entering[link.successor]

    def held(self) -> dict[str, Held]:
        """What the links say about each task of the work, those through summary and dropped tasks included."""
        size = len(self._owner)
        entered, left = [False] * size, [False] * size
        arcs = [(tail, head) for _, _, tail, head in self._links]
        arcs += [(t, h) for t, h in self._inner if not (self._is_work[t] and self._is_work[h])]
        for tail, head in arcs:
            if self._is_work[tail] or self._sourced[tail]:
                entered[head] = True
            if self._is_work[head] or self._draining[head]:
                left[tail] = True
        return {
            name: Held(
                start=entered[self._in_start[name]],
                finish=entered[self._in_finish[name]],
                from_start=left[self._out_start[name]],
                from_finish=left[self._out_finish[name]],
            )
            for name in self._work
        }

    def parts(self) -> list[list[str]]:
        """The tasks of the work by what they hang together with, each part sorted, the largest first.

        Tasks hang together that are joined by links in whatever direction, a link of a summary task joining
        all of its tasks. Of parts of one size, the one with the smallest id comes first.
        """
        group = {name: name for name in self._tasks}

        def find(name: str) -> str:
            while group[name] != name:
                group[name] = group[group[name]]
                name = group[name]
            return name

        def join(a: str, b: str) -> None:
            low, high = sorted((find(a), find(b)))
            group[high] = low

        for _, link, tail, head in self._links:
            if (self._is_work[tail] or self._sourced[tail]) and (self._is_work[head] or self._draining[head]):
                join(link.predecessor, link.successor)
                for end in (link.predecessor, link.successor):
                    for leaf in self._outline.leaves(end) if end in self._outline.parts else ():
                        join(end, leaf)
        found: dict[str, list[str]] = {}
        for name in self._work:
            found.setdefault(find(name), []).append(name)
        return sorted(found.values(), key=lambda part: (-len(part), part[0]))

    def redundant(self) -> Redundant:
        """Links without lag, or with a lead, that a way over other links implies; bounded by `SEARCH_STEPS`.

        Every arc of such a way waits for at least nothing: links with a lead are no part of one, and none
        runs through a task whose dates do not follow its links (finished or started, scheduled by hand, held
        by a hard constraint, level of effort). A link with a lag says how long to wait, so it is never redundant
        for a longer way, only beside a link between the same ends. Of links that say the same, one is left.
        """
        firm = {name: self._firm(name) for name in self._tasks}
        passes = [firm[name] for name in self._owner]
        strongest = self._strongest()
        tangled = self._tangled()
        follow: list[list[tuple[int, int]]] = [[] for _ in self._owner]
        entering = [0] * len(self._owner)
        arcs = [(tail, head, -1) for tail, head in self._inner]
        arcs += [
            (tail, head, n)
            for n, (_, link, tail, head) in enumerate(self._links)
            if n in strongest and n not in tangled and link.lag >= 0
        ]
        for tail, head, n in arcs:
            follow[tail].append((head, n))
            entering[head] += 1
        position = _positions(follow, entering)
        redundant: list[str] = []
        unsearched: list[str] = []
        steps = SEARCH_STEPS
        for n, (key, link, tail, head) in enumerate(self._links):
            dropped = self._outline.dropped
            if n in tangled or link.predecessor in dropped or link.successor in dropped:
                continue
            own = link.lag >= 0  # the link is itself among the arcs
            if n not in strongest:
                redundant.append(key)
            elif link.lag <= 0 and entering[head] > own and len(follow[tail]) > own:
                implied, steps = _way(tail, head, n, follow, position, passes, steps)
                if implied:
                    redundant.append(key)
                elif steps <= 0:
                    unsearched.append(key)
        return Redundant(tuple(sorted(redundant)), tuple(sorted(unsearched)))

    def _firm(self, name: str) -> bool:
        """Whether the dates of a task follow its links, so that what holds it holds what waits for it.

        The points of a summary task only hand on what holds for its parts; those of a dropped task have no dates.
        """
        if name in self._outline.parts or name in self._outline.dropped:
            return True
        task = self._tasks[name]
        constraints = [self._tasks[i].constraint for i in (name, *self._outline.above(name))]
        hard = any(c is not None and c.type.hard for c in constraints)
        return not (hard or task.manual or task.level_of_effort or started(task))

    def _tangled(self) -> set[int]:
        """The links inside a loop: nothing follows from them."""
        loop_of = {task: loop for loop in self._loops if len(loop) > 1 for task in loop}
        return {
            n for n, (_, link, _, _) in enumerate(self._links) if link.successor in loop_of.get(link.predecessor, ())
        }

    def _strongest(self) -> set[int]:
        """Of the links between the same two ends, those that the others do not imply by their lag."""
        found: dict[tuple[int, int, LagUnit], int] = {}
        for n, (_, link, tail, head) in enumerate(self._links):
            key = tail, head, link.unit if link.lag else LagUnit.WORKING
            if key not in found or link.lag > self._links[found[key]][1].lag:
                found[key] = n
        return set(found.values())


def _spread(is_work: Sequence[bool], arcs: Sequence[Sequence[int]]) -> list[bool]:
    """The points that are no task's own and are reached from one that is, over such points alone."""
    reached = [False] * len(is_work)
    pending = [n for n, work in enumerate(is_work) if work]
    while pending:
        for head in arcs[pending.pop()]:
            if not is_work[head] and not reached[head]:
                reached[head] = True
                pending.append(head)
    return reached


def _positions(follow: Sequence[Sequence[tuple[int, int]]], entering: Sequence[int]) -> list[int]:
    """Places in a topological order; points in or behind a loop come last, all at one place."""
    waiting = list(entering)
    ready = deque(n for n, count in enumerate(waiting) if not count)
    position = [len(follow)] * len(follow)
    place = 0
    while ready:
        at = ready.popleft()
        position[at] = place
        place += 1
        for head, _ in follow[at]:
            waiting[head] -= 1
            if not waiting[head]:
                ready.append(head)
    return position


def _way(
    tail: int,
    head: int,
    without: int,
    follow: Sequence[Sequence[tuple[int, int]]],
    position: Sequence[int],
    passes: Sequence[bool],
    steps: int,
) -> tuple[bool, int]:
    """Whether a way leads from `tail` to `head` other than over the link `without`, and the steps that are left."""
    seen = {tail}
    pending = [tail]
    last = position[head]
    while pending and steps > 0:
        for point, link in follow[pending.pop()]:
            steps -= 1
            if link == without:
                continue
            if point == head:
                return True, steps
            if point not in seen and passes[point] and position[point] <= last:
                seen.add(point)
                pending.append(point)
    return False, steps
