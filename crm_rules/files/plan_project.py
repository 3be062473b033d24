"""An imported plan as a project, so that all rules can run over it.

A project knows days where a plan knows minutes, one owner where a plan has several, and refuses what contradicts
itself. What it cannot say, or will not, is left out and noted at the task it belongs to; nothing is made up: what
the plan does not say stays unknown, above all everything that is not the roadmap.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from crm_rules.diagnostics import Diagnostic, Span
from crm_rules.errors import ProjectError
from crm_rules.files.imported import ImportedPlan
from crm_rules.model.base import ID_FORM
from crm_rules.model.enums import ConstraintType as Wording
from crm_rules.model.enums import LagUnit as Unit
from crm_rules.model.enums import LinkType, TaskStatus, Weekday
from crm_rules.model.links import Link
from crm_rules.model.problems import Problem
from crm_rules.model.project import SCHEMA, Place, Project, validate_project
from crm_rules.model.wording import quoted
from crm_rules.roadmap.plan import ConstraintType, LagUnit, Plan, PlanLink, PlanTask, TaskState, days_of
from crm_rules.roadmap.working_time import CalendarException, Periods, WorkingCalendar

_CONSTRAINTS: Final = {
    ConstraintType.ALAP: Wording.AS_LATE_AS_POSSIBLE,
    ConstraintType.SNET: Wording.START_NO_EARLIER_THAN,
    ConstraintType.FNET: Wording.FINISH_NO_EARLIER_THAN,
    ConstraintType.SNLT: Wording.START_NO_LATER_THAN,
    ConstraintType.FNLT: Wording.FINISH_NO_LATER_THAN,
    ConstraintType.MSO: Wording.MUST_START_ON,
    ConstraintType.MFO: Wording.MUST_FINISH_ON,
}
_UNITS: Final = {
    LagUnit.WORKING: Unit.WORKING_DAYS,
    LagUnit.ELAPSED: Unit.ELAPSED_DAYS,
    LagUnit.PERCENT: Unit.PERCENT,
}
_WEEKDAYS: Final = tuple(Weekday)
_ROUNDS: Final = 5
_DIRECTIONS: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class ImportedProject:
    """A project made from a plan.

    Attributes:
        project: the project; its `places` are those of the tasks in the plan's file.
        notes: warnings of the import and what the project does not say that the plan does, sorted by place.
    """

    project: Project
    notes: tuple[Diagnostic, ...]


def project_of(imported: ImportedPlan, as_of: dt.date | None = None) -> ImportedProject:
    """The project an imported plan describes.

    Tasks keep their ids where they can be ids of a project file. Whoever is assigned to a task alone is its owner;
    several are its contributors, because a plan does not say which of them answers for it. People become members
    of a team that may have more of them.

    Args:
        imported: the plan.
        as_of: the day the facts describe; None takes the status date of the plan, and stays unknown without one.

    Raises:
        ProjectError: the plan makes no project, with what stands in the way.
    """
    return _Conversion(imported, as_of).result()


class _Conversion:
    def __init__(self, imported: ImportedPlan, as_of: dt.date | None) -> None:
        self._imported = imported
        self._plan: Plan = imported.plan
        self._as_of = as_of or (self._plan.status_date and self._plan.status_date.date())
        self._notes: list[Diagnostic] = []
        self._ids = _ids((t.id for t in self._plan.tasks), "task")
        self._people = _ids(sorted({o for t in self._plan.tasks for o in t.owners}), "person")
        self._calendars = _ids(sorted(self._plan.calendars), "calendar")
        self._waits: dict[str, list[PlanLink]] = {}
        for link in self._plan.links:
            self._waits.setdefault(link.successor, []).append(link)

    def result(self) -> ImportedProject:
        data = self._data()
        for _ in range(_ROUNDS):
            project, problems = validate_project(data)
            if project is not None:
                notes = tuple(sorted((*self._imported.notes, *self._notes), key=Diagnostic.order))
                return ImportedProject(project.with_places(dict(self._places(data))), notes)
            rest = [p for p in problems if not self._left_out(p, data)]
            if rest:
                problems = rest
                break
            _drop_marked(data)
        raise ProjectError([Diagnostic(p.message, self._place_of_problem(p), p.hint) for p in problems])

    def _data(self) -> dict[str, Any]:
        plan = self._plan
        calendars = [c for name in sorted(plan.calendars) if (c := self._calendar(name)) is not None]
        data: dict[str, Any] = {
            "schema": SCHEMA,
            "roadmap": self._roadmap(),
            "tasks": [self._task(t, {c["id"] for c in calendars}) for t in plan.tasks],
            "incomplete": [],
        }
        if self._as_of is not None:
            data["as_of"] = self._as_of
        if _plain(plan.name):
            data["project"] = {"name": _plain(plan.name)}
        if calendars:
            data["calendars"] = calendars
        if self._people:
            data["team"] = [{"id": key, "name": _plain(name) or key} for name, key in self._people.items()]
            data["incomplete"].append("team")
        if not plan.complete:
            data["incomplete"].append("tasks")
        return data

    def _roadmap(self) -> dict[str, Any]:
        plan = self._plan
        section: dict[str, Any] = {"exists": True, "links_defined": bool(plan.links)}
        if plan.start is not None:
            section["start"] = plan.start.date()
        if plan.status_date is not None:
            section["status_date"] = plan.status_date.date()
            if not plan.work_after_status:
                self._note(
                    "work that is left may lie before the status date of the plan; the project puts it after that"
                )
        if not plan.constraints_override_links and any(t.constraint and t.constraint.type.hard for t in plan.tasks):
            self._note("hard constraints give way to links in the plan; in the project they hold against them")
        hours, unsaid = _hours(plan.calendar)
        section |= hours
        if unsaid:
            self._note(f"the calendar of the plan: {unsaid}")
        per_day = sum(end - begin for begin, end in _usual_day(plan.calendar))
        if per_day != plan.minutes_per_day:
            self._note(
                f"durations are written in days of {plan.minutes_per_day} minutes, and a day of work has {per_day}; "
                "the project counts in the latter"
            )
        return section

    @property
    def _per_day(self) -> int:
        """Minutes of the days of the project: those of its hours of work."""
        return sum(end - begin for begin, end in _usual_day(self._plan.calendar))

    def _calendar(self, name: str) -> dict[str, Any] | None:
        hours, unsaid = _hours(self._plan.calendars[name])
        if unsaid:
            self._note(f"calendar '{name}': {unsaid}")
        return {"id": self._calendars[name], "name": name, **hours}

    def _task(self, task: PlanTask, calendars: set[str]) -> dict[str, Any]:
        place = self._imported.places.get(task.id)
        entry: dict[str, Any] = {
            "id": self._ids[task.id],
            "name": _plain(task.name) or task.id,
            "status": _status(task),
        }
        people = [self._people[o] for o in task.owners]
        calendar = None if task.calendar is None else self._calendars[task.calendar]
        stated = {
            "kind": task.kind,
            "stage": task.stage,
            "owner": people[0] if len(people) == 1 else None,
            "contributors": people if len(people) > 1 else None,
            "duration": self._days(task.duration_minutes),
            "start": task.start,
            "finish": task.finish,
            "after": [str(self._link(k)) for k in self._waits.get(task.id, ())] or None,
            "parent": None if task.parent is None else self._ids[task.parent],
            "calendar": calendar if calendar in calendars else None,
            "deadline": task.deadline and task.deadline.date(),
            "manual": True if task.manual else None,
            "actual_start": task.actual_start and task.actual_start.date(),
            "actual_finish": task.actual_finish and task.actual_finish.date(),
            "remaining": self._days(task.remaining_minutes) if task.state is TaskState.OPEN else None,
        }
        if task.manual:
            stated["start"] = task.pinned_start.date() if task.pinned_start else task.start
            stated["finish"] = task.pinned_finish.date() if task.pinned_finish else task.finish
        elif task.constraint is not None and task.constraint.type in _CONSTRAINTS:
            stated["constraint"] = _CONSTRAINTS[task.constraint.type].value
            stated["constraint_date"] = task.constraint.at and task.constraint.at.date()
        if task.baseline is not None:
            stated["baseline_start"] = task.baseline.start and task.baseline.start.date()
            stated["baseline_finish"] = task.baseline.finish and task.baseline.finish.date()
            stated["baseline_duration"] = self._days(task.baseline.duration_minutes)
        if task.estimate is not None:
            stated["optimistic_duration"] = self._days(task.estimate.optimistic)
            stated["likely_duration"] = self._days(task.estimate.likely)
            stated["pessimistic_duration"] = self._days(task.estimate.pessimistic)
        if task.manual and task.constraint is not None:
            self._note(f"the constraint of task '{task.name}' is left out: it is scheduled by hand", place)
        if task.levelling_delay_minutes:
            self._note(f"task '{task.name}' was put off to relieve people; the project does not say so", place)
        return entry | {key: value for key, value in stated.items() if value is not None}

    def _days(self, minutes: int | None) -> int | float | None:
        return None if minutes is None else days_of(minutes, self._per_day)

    def _link(self, link: PlanLink) -> Link:
        per_unit = {LagUnit.WORKING: self._per_day, LagUnit.ELAPSED: 24 * 60, LagUnit.PERCENT: 100}[link.unit]
        lag = days_of(link.lag, per_unit)
        unit = _UNITS[link.unit] if link.lag else Unit.WORKING_DAYS
        return Link(self._ids[link.predecessor], LinkType[link.type.name], float(lag), unit)

    # --- What a project refuses -----------------------------------------------

    def _left_out(self, problem: Problem, data: dict[str, Any]) -> bool:
        """Mark a value of a task that the project refuses to be left out; False when that cannot mend it."""
        values: Any
        key: str | int
        match problem.path:
            case ("tasks", int(position), "after", int(number)):
                values, key, what = data["tasks"][position].get("after"), number, "the link "
            case ("tasks", int(position), str(field), *_) if field not in ("id", "name"):
                values, key, what = data["tasks"][position], field, f"{field} "
            case _:
                return False
        if values is None or (isinstance(values, dict) and key not in values):
            return False
        value, values[key] = values[key], None
        if value is not None:  # else another problem has already done away with it
            name = data["tasks"][position]["name"]
            place = self._place_of(position)
            self._note(f"{what}{_shown(value)} of task '{name}' is left out: {problem.message}", place, problem.hint)
        return True

    def _place_of(self, position: int) -> Span | None:
        return self._imported.places.get(self._plan.tasks[position].id)

    def _place_of_problem(self, problem: Problem) -> Span | None:
        match problem.path:
            case ("tasks", int(position), *_):
                return self._place_of(position)
        return None

    def _note(self, message: str, place: Span | None = None, hint: str | None = None) -> None:
        file = next((Span(p.file) for p in self._imported.places.values()), None)
        self._notes.append(Diagnostic(message, place or file, hint, severity="warning"))

    def _places(self, data: Mapping[str, Any]) -> Iterator[tuple[Place, Span]]:
        for task, entry in zip(self._plan.tasks, data["tasks"], strict=True):
            place = self._imported.places.get(task.id)
            if place is None:
                continue
            yield ("tasks", entry["id"], ""), place
            for field in entry:
                yield ("tasks", entry["id"], field), place


def _drop_marked(data: dict[str, Any]) -> None:
    """Take out what was marked with None."""
    for entry in data["tasks"]:
        if "after" in entry and entry["after"] is not None:
            entry["after"] = [link for link in entry["after"] if link is not None] or None
        for field in [field for field, value in entry.items() if value is None]:
            del entry[field]


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else quoted(str(value))


def _plain(name: str) -> str:
    """A name without the marks for the direction of writing, which a project refuses because they can hide text."""
    return _DIRECTIONS.sub("", name).strip()


def _status(task: PlanTask) -> str:
    if task.state is TaskState.DROPPED:
        return TaskStatus.DROPPED.value
    if task.state is TaskState.DONE:
        return TaskStatus.DONE.value
    return (TaskStatus.PLANNED if task.actual_start is None else TaskStatus.RUNNING).value


def _ids(names: Iterable[str], noun: str) -> dict[str, str]:
    """Names to ids a project file can have: the name itself, or as much of it as an id can hold; all different."""
    names = list(names)
    ids = {name: name for name in names if ID_FORM.fullmatch(name)}
    taken = set(ids)
    for name in names:
        if name in ids:
            continue
        base = re.sub(r"[^\w.\-]+", "-", name).strip("-._")[:50] or noun
        key, n = base, 1
        while key in taken:
            n += 1
            key = f"{base}-{n}"
        taken.add(key)
        ids[name] = key
    return {name: ids[name] for name in names}


# --- Working time -------------------------------------------------------------


def _usual_day(calendar: WorkingCalendar) -> Periods:
    """The hours most days of the week have; of equally common ones the longer."""
    worked = [day for day in calendar.week if day]
    return max(worked, key=lambda day: (worked.count(day), sum(end - begin for begin, end in day), day))


def _hours(calendar: WorkingCalendar) -> tuple[dict[str, Any], str]:
    """Working time as a project says it, and what of it cannot be said; "" when all can."""
    usual = _usual_day(calendar)
    days_off = [e for e in calendar.exceptions if not e.periods]
    unsaid: list[str] = []
    if any(day and day != usual for day in calendar.week):
        unsaid.append("days with other hours have the usual ones")
    if len(days_off) < len(calendar.exceptions):
        unsaid.append("days that are worked exceptionally are not")
    return {
        "weekdays": [_WEEKDAYS[i].value for i, day in enumerate(calendar.week) if day],
        "hours": [f"{_clock(begin)}-{_clock(end)}" for begin, end in usual],
        "holidays": sorted({_day_off(e) for e in days_off}),
    }, " and ".join(unsaid)


def _day_off(exception: CalendarException) -> str:
    if exception.first == exception.last:
        return exception.first.isoformat()
    return f"{exception.first}..{exception.last}"


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
