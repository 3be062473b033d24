"""Why a date is what it is, in words: what holds a task, by name.

Every sentence answers with the nearest cause only, the one that would have to change first for the date to change;
asking again for the task it names follows the chain. Nothing is computed here but which bound is the one that holds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from crm_rules.roadmap.axis import Axis
from crm_rules.roadmap.network import TO_FINISH, Network, Role, is_finished
from crm_rules.roadmap.outline import Outline
from crm_rules.roadmap.plan import (
    Constraint,
    ConstraintType,
    LagUnit,
    Plan,
    PlanLink,
    PlanTask,
    days_of,
)
from crm_rules.roadmap.progress import OF_FINISH, constraints_of, deadline_of, yielding
from crm_rules.roadmap.results import TaskSchedule
from crm_rules.roadmap.schedule import Schedule
from crm_rules.roadmap.working_time import WorkingCalendar, absolute

DATES: Final = ("early_start", "early_finish", "late_start", "late_finish")
"""What can be asked for: the dates of a `TaskSchedule`."""

MOST_NAMES: Final = 3
"""Of more tasks that hold one equally, so many are named and the rest is counted."""

_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_LAID: Final[Mapping[ConstraintType, str]] = {
    ConstraintType.SNET: "it is not to start before",
    ConstraintType.FNET: "it is not to finish before",
    ConstraintType.SNLT: "it is to start no later than",
    ConstraintType.FNLT: "it is to finish no later than",
    ConstraintType.MSO: "it must start on",
    ConstraintType.MFO: "it must finish on",
}


class Narrator:
    """Answers for one roadmap."""

    def __init__(
        self,
        plan: Plan,
        tasks: Mapping[str, TaskSchedule],
        network: Network,
        found: Schedule,
        axis: Axis,
        outline: Outline,
    ) -> None:
        self._plan = plan
        self._tasks = tasks
        self._network = network
        self._found = found
        self._axis = axis
        self._outline = outline
        self._by_id = {t.id: t for t in plan.tasks}
        self._nodes = {name: i for i, name in enumerate(network.ids[: network.tasks])}

    def why(self, task: str, value: str) -> str | None:
        """Why a date of a task is what it is; None when the date is unknown.

        Args:
            task: id of a task of the schedule.
            value: one of `DATES`.

        Raises:
            KeyError: there is no such task or date.
        """
        if value not in DATES:
            raise KeyError(value)
        of = self._tasks[task]
        if getattr(of, f"{value}_minutes") is None:
            return None
        plain = self._by_id[task]
        if of.summary:
            return self._summary(of, value)
        if task not in self._nodes:
            return self._accompanies(of, value)
        late = value.startswith("late")
        happened = self._happened(of, plain, value)
        if happened is not None:
            return happened
        match value:
            case "early_start":
                return self._sentence("starts", of.early_start, of.early_start_minutes, False, self._held(of, plain))
            case "early_finish":
                because = self._lasts(of, plain)
                return self._sentence("finishes", of.early_finish, of.early_finish_minutes, True, because)
            case "late_start":
                because = self._late_start(of, plain)
                return self._sentence("may start as late as", of.late_start, of.late_start_minutes, False, because)
            case _:
                because = self._late_finish(of, plain)
                return self._sentence("may finish as late as", of.late_finish, of.late_finish_minutes, late, because)

    # --- Early dates -----------------------------------------------------------

    def _happened(self, of: TaskSchedule, plain: PlanTask, value: str) -> str | None:
        if value.endswith("start") and plain.actual_start is not None:
            return f"started {self._date(plain.actual_start, False)}, as reported"
        if value.endswith("finish") and plain.actual_finish is not None:
            return f"finished {self._date(plain.actual_finish, True)}, as reported"
        if plain.manual and value == "early_start" and plain.pinned_start is not None:
            return f"starts {self._when(of.early_start, of.early_start_minutes, False)} because it is scheduled by hand"
        if plain.manual and value == "early_finish" and plain.pinned_finish is not None:
            return (
                f"finishes {self._when(of.early_finish, of.early_finish_minutes, True)} because it is scheduled by hand"
            )
        return None

    def _held(self, of: TaskSchedule, plain: PlanTask) -> str:
        """What keeps the start of a task from being earlier."""
        overruled = self._overruled(of, plain)
        if overruled is not None:
            return overruled
        node = self._nodes[of.id]
        links = [k for k in self._network.incoming[node] if self._found.driving[k]]
        if links:
            because = self._by_links(of, links)
            if plain.levelling_delay_minutes:
                because += f", put off by {_clock_span(plain.levelling_delay_minutes)} to relieve people"
            return because
        for laid in self._early_bounds(plain):
            if laid.at is not None and self._is_at(of, laid.type, laid.at, plain):
                return self._with_break(
                    f"{_LAID[laid.type]} {self._date(laid.at, laid.type in OF_FINISH)}", laid.at, of
                )
        status = self._plan.earliest_work
        if (
            status is not None
            and not is_finished(plain)
            and self._calendar(plain).worked(absolute(status)) == (self._count(plain, of.early_start))
        ):
            return f"what is not done yet comes after the status date, {self._date(status, True)}"
        return self._with_break(f"the project starts {self._project_start()}", self._plan.start, of)

    def _early_bounds(self, plain: PlanTask) -> Iterator[Constraint]:
        """The dates laid down that early dates obey."""
        for laid in constraints_of(plain, self._by_id, self._outline):
            if self._plan.constraints_override_links or yielding(laid) is not None:
                yield laid

    def _overruled(self, of: TaskSchedule, plain: PlanTask) -> str | None:
        """A date that stands against the links."""
        if not self._plan.constraints_override_links:
            return None
        for laid in constraints_of(plain, self._by_id, self._outline):
            if laid.at is None or not laid.type.hard or not self._is_at(of, laid.type, laid.at, plain):
                continue
            exact = laid.type in (ConstraintType.MSO, ConstraintType.MFO)
            node = self._nodes[of.id]
            broken = [
                k for k in self._network.incoming[node] if (slack := self._found.slack[k]) is not None and slack < 0
            ]
            if not exact and not broken:
                continue
            because = f"{_LAID[laid.type]} {self._date(laid.at, laid.type in OF_FINISH)}"
            return because + (f", although {self._events(broken)}" if broken else "")
        return None

    def _is_at(self, of: TaskSchedule, kind: ConstraintType, date: dt.datetime, plain: PlanTask) -> bool:
        end = of.early_finish if kind in OF_FINISH else of.early_start
        return self._calendar(plain).worked(absolute(date)) == self._count(plain, end)

    def _by_links(self, of: TaskSchedule, links: Sequence[int]) -> str:
        because = self._events(links)
        kinds = {self._network.to_finish[k] for k in links}
        if kinds == {True}:
            return because + ", and it takes " + self._span(self._by_id[of.id])
        ends = [at for k in links if (at := self._leaves(k)) is not None and not self._network.lags[k]]
        return self._with_break(because, max(ends), of) if len(ends) == len(links) else because

    def _lasts(self, of: TaskSchedule, plain: PlanTask) -> str:
        """What keeps the finish of a task from being earlier."""
        node = self._nodes[of.id]
        links = [k for k in self._network.incoming[node] if self._found.driving[k] and self._network.to_finish[k]]
        laid = [c for c in self._early_bounds(plain) if c.type in OF_FINISH and c.at is not None]
        for constraint in laid:
            assert constraint.at is not None
            if constraint.type is not ConstraintType.FNLT and self._is_at(of, constraint.type, constraint.at, plain):
                return f"{_LAID[constraint.type]} {self._date(constraint.at, True)}"
        if links:
            return self._events(links)
        if plain.actual_start is not None and (because := self._remains(of, plain, plain.actual_start)) is not None:
            return because
        start = self._when(of.early_start, of.early_start_minutes, False)
        verb = "started" if plain.actual_start is not None else "starts"
        if not plain.duration_minutes:
            return f"it {verb} then and takes no time"
        return f"it {verb} {start} and takes {self._span(plain)}"

    def _remains(self, of: TaskSchedule, plain: PlanTask, started: dt.datetime) -> str | None:
        """Why what is left of a task in progress ends when it does; None where it runs on from its start."""
        held = [k for k in self._network.incoming[self._nodes[of.id]] if self._found.driving[k]]
        status = self._plan.earliest_work
        worked, finish = self._calendar(plain).worked, self._count(plain, of.early_finish)
        minutes = plain.remaining_minutes
        if minutes is None:
            minutes = plain.duration_minutes or 0
            if worked(absolute(started)) + minutes == finish:
                return None
            if not held:
                return None if status is None else f"it is not done by the status date, {self._date(status, True)}"
        after = f" after {self._events(held)}" if held else ""
        if not held and status is not None and worked(absolute(status)) + minutes == finish:
            after = f" after the status date, {self._date(status, True)}"
        left = self._days(minutes)
        return f"{left} {'is' if left.startswith('1 ') else 'are'} left to do{after}"

    # --- Late dates ------------------------------------------------------------

    def _late_start(self, of: TaskSchedule, plain: PlanTask) -> str:
        finish = self._when(of.late_finish, of.late_finish_minutes, True)
        if not plain.duration_minutes:
            return self._late_finish(of, plain)
        return f"it takes {self._span(plain)} and may finish as late as {finish}"

    def _late_finish(self, of: TaskSchedule, plain: PlanTask) -> str:
        calendar = self._calendar(plain)
        count = self._count(plain, of.late_finish)
        deadline = deadline_of(plain, self._by_id, self._outline)
        if deadline is not None and calendar.worked(absolute(deadline)) == count:
            return f"its deadline is {self._date(deadline, True)}"
        for laid in constraints_of(plain, self._by_id, self._outline):
            if laid.at is None or not laid.type.hard:
                continue
            end = of.late_finish if laid.type in OF_FINISH else of.late_start
            if calendar.worked(absolute(laid.at)) == self._count(plain, end):
                return f"{_LAID[laid.type]} {self._date(laid.at, laid.type in OF_FINISH)}"
        binding = self._binding(self._nodes[of.id], of.total_float_minutes or 0)
        if binding:
            return self._listed([self._limit(link, then) for link, then in binding[:MOST_NAMES]], len(binding))
        finish = max((t.early_finish for t in self._tasks.values() if t.early_finish is not None), default=None)
        return f"the project finishes {self._when(finish, self._found.finish, True)}"

    def _binding(self, node: int, total: int) -> list[tuple[PlanLink, TaskSchedule]]:
        """Links, and the tasks they lead to, whose late dates allow no later finish."""
        network, found = self._network, self._found
        result: list[tuple[PlanLink, TaskSchedule]] = []
        for k in network.outgoing[node]:
            after, slack, link = network.heads[k], found.slack[k], network.links[k]
            spare = found.total_float[after]
            if slack is None or spare is None or slack + spare > total:
                continue
            then = self._tasks.get(network.ids[after])
            if link is None:  # a summary task's own end
                ways = [j for j in network.outgoing[after] if network.links[j] is not None]
                link = network.links[ways[0]] if ways else None
                then = None if link is None else self._tasks.get(link.successor)
            if link is not None and then is not None:
                result.append((link, then))
        return sorted(result, key=lambda pair: pair[0].sort_key)

    def _limit(self, link: PlanLink, then: TaskSchedule) -> str:
        finish = link.type in TO_FINISH
        at, minutes = (
            (then.late_finish, then.late_finish_minutes) if finish else (then.late_start, then.late_start_minutes)
        )
        verb = "finish" if finish else "start"
        return f"'{self._name(then.id)}' is to {verb} by {self._when(at, minutes, finish)} ({self._relation(link)})"

    # --- Others ----------------------------------------------------------------

    def _summary(self, of: TaskSchedule, value: str) -> str:
        minutes = getattr(of, f"{value}_minutes")
        at: dt.datetime | None = getattr(of, value)
        finish = value.endswith("finish")
        parts = [i for i in self._outline.parts[of.id] if i in self._tasks]
        wanted = ("finish_minutes" if finish else "start_minutes") if value.startswith("early") else f"{value}_minutes"
        which = next((i for i in sorted(parts) if getattr(self._tasks[i], wanted) == minutes), None)
        verb = ("finishes" if finish else "starts") if value.startswith("early") else f"may {value[5:]} as late as"
        rank = "last" if finish else "first"
        because = f"'{self._name(which)}', its {rank} part, does" if which is not None else f"its {rank} part does"
        return self._sentence(verb, at, minutes, finish, because)

    def _accompanies(self, of: TaskSchedule, value: str) -> str:
        finish = value.endswith("finish")
        verb = ("finishes" if finish else "starts") if value.startswith("early") else f"may {value[5:]} as late as"
        return self._sentence(
            verb, getattr(of, value), getattr(of, f"{value}_minutes"), finish, "the work it accompanies does"
        )

    # --- Words -----------------------------------------------------------------

    def _sentence(self, verb: str, at: dt.datetime | None, minutes: int | None, finish: bool, because: str) -> str:
        return f"{verb} {self._when(at, minutes, finish)} because {because}"

    def _events(self, links: Sequence[int]) -> str:
        """What the links wait for: `'Terms of reference' finishes 11 May 2026 (FS)`."""
        said = sorted({self._event(k) for k in links})
        return self._listed([text for _, text in said[:MOST_NAMES]], len(said))

    def _event(self, k: int) -> tuple[str, str]:
        network = self._network
        i, link = network.tails[k], network.links[k]
        through: list[str] = []
        finish = network.from_finish[k]
        while network.roles[i] in (Role.POINT, Role.FIRST):
            ways = [w for w in network.incoming[i] if self._found.driving[w]]
            if not ways:
                break
            if network.ids[i] not in through:
                through.append(network.ids[i])
            way = min(ways, key=lambda w: network.ids[network.tails[w]])
            i, link, finish = network.tails[way], network.links[way] or link, network.from_finish[way]
        name = network.ids[i]
        of = self._tasks.get(name)
        verb = "finishes" if finish else "starts"
        at, minutes = None, None
        if of is not None:
            at, minutes = (of.finish, of.finish_minutes) if finish else (of.start, of.start_minutes)
            plain = self._by_id[name]
            if (finish and plain.actual_finish is not None) or (not finish and plain.actual_start is not None):
                verb = "finished" if finish else "started"
        way_text = "" if link is None else f" ({self._relation(link)})"
        parts = "".join(f", by way of '{self._name(t)}'" for t in through if t != name)
        return name, f"'{self._name(name)}' {verb} {self._when(at, minutes, finish)}{way_text}{parts}"

    def _leaves(self, k: int) -> dt.datetime | None:
        of = self._tasks.get(self._network.ids[self._network.tails[k]])
        if of is None:
            return None
        return of.finish if self._network.from_finish[k] else of.start

    def _relation(self, link: PlanLink) -> str:
        text = link.type.value.upper()
        if not link.lag:
            return text
        sign = "+" if link.lag > 0 else "-"
        size = abs(link.lag)
        if link.unit is LagUnit.PERCENT:
            return f"{text}{sign}{size / 100:g} %"
        if link.unit is LagUnit.ELAPSED:
            return f"{text}{sign}{_clock_span(size)} on the clock"
        return f"{text}{sign}{self._days(size)}"

    @staticmethod
    def _listed(texts: Sequence[str], count: int) -> str:
        more = [] if count <= len(texts) else [f"{count - len(texts)} more"]
        said = [*texts, *more]
        return said[0] if len(said) == 1 else ", ".join(said[:-1]) + " and " + said[-1]

    def _with_break(self, because: str, since: dt.datetime | None, of: TaskSchedule) -> str:
        """Add the days between two dates that the task's calendar does not work."""
        if since is None or of.early_start is None:
            return because
        calendar = self._calendar(self._by_id[of.id])
        free = [day for day in _days_between(since, of.early_start) if not calendar.minutes_on(day)]
        if not free or self._count(self._by_id[of.id], of.early_start) != calendar.worked(absolute(since)):
            return because
        first, last = _day(free[0], year=False), _day(free[-1], year=False)
        if len(free) == 1:
            return f"{because}, and {first} is not worked"
        return f"{because}, and {first} to {last} are not worked"

    def _span(self, task: PlanTask) -> str:
        return "an unknown time" if task.duration_minutes is None else self._days(task.duration_minutes)

    def _days(self, minutes: int) -> str:
        """Working minutes in words: `3 days`, `2 hours`, `45 minutes`."""
        days = days_of(minutes, self._plan.minutes_per_day)
        if isinstance(days, int):
            return f"{days} day" if days == 1 else f"{days} days"
        return f"{days:.4g} days" if abs(days) > 1 else _clock_span(minutes)

    def _name(self, task: str) -> str:
        return self._by_id[task].name

    def _calendar(self, task: PlanTask) -> WorkingCalendar:
        return self._plan.calendar if task.calendar is None else self._plan.calendars[task.calendar]

    def _count(self, task: PlanTask, at: dt.datetime | None) -> int | None:
        return None if at is None else self._calendar(task).worked(absolute(at))

    def _project_start(self) -> str:
        if self._axis.start is None:
            return "on working day 1"
        return _day(self._axis.start.date())

    def _when(self, at: dt.datetime | None, minutes: int | None, finish: bool) -> str:
        if at is not None:
            return self._date(at, finish)
        if minutes is None:
            return "nobody knows when"
        per_day = self._plan.minutes_per_day
        day = (minutes - 1) // per_day if finish and minutes > 0 else minutes // per_day
        return f"on working day {day + 1}"

    def _date(self, at: dt.datetime, finish: bool) -> str:
        """A date; with the time unless it is where the plan's working day begins, or for a finish ends."""
        calendar = self._plan.calendar
        begin = absolute(dt.datetime.combine(at.date(), dt.time()))
        edge = begin + 24 * 60 if finish else begin
        whole = calendar.worked(edge) == calendar.worked(absolute(at))
        return _day(at.date()) + ("" if whole else f", {at:%H:%M}")


def _day(date: dt.date, *, year: bool = True) -> str:
    return f"{date.day} {_MONTHS[date.month - 1]}" + (f" {date.year}" if year else "")


def _clock_span(minutes: int) -> str:
    for size, unit in ((24 * 60, "day"), (60, "hour"), (1, "minute")):
        if minutes % size == 0:
            number = minutes // size
            return f"{number} {unit}" if abs(number) == 1 else f"{number} {unit}s"
    raise AssertionError("minutes are whole")


def _days_between(since: dt.datetime, until: dt.datetime) -> Iterator[dt.date]:
    """The days after the first and before the second one."""
    day = since.date() + dt.timedelta(days=1)
    while day < until.date():
        yield day
        day += dt.timedelta(days=1)
