"""Microsoft Project XML (MSPDI): the file, its header, resources and calendars, put together as a plan.

What tasks and links say is read in `mspdi_tasks`, working time in `mspdi_calendars`. Values whose element
is missing are unknown or have the default of the format; values that cannot be read are errors.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from crm_rules.errors import ProjectError
from crm_rules.files.imported import Findings, ImportedPlan
from crm_rules.files.mspdi_calendars import CALENDAR_SHAPE, Calendars
from crm_rules.files.mspdi_tasks import TASK_SHAPE, TaskReader
from crm_rules.files.mspdi_values import date_time, whole
from crm_rules.files.text import Limits, read_bytes
from crm_rules.files.xml_records import DEFAULT_XML_LIMITS, Record, Shape, XmlLimits, XmlReader, names
from crm_rules.roadmap.plan import MINUTES_PER_DAY, Plan
from crm_rules.roadmap.working_time import STANDARD, WorkingCalendar

NAMESPACE: Final = "http://schemas.microsoft.com/project"

_PROJECT: Final = Shape(
    names(
        """
        Name Title StartDate StatusDate CalendarUID MinutesPerDay CriticalSlackLimit ScheduleFromStart HonorConstraints
        """
    ),
    {
        "Calendars": Shape(records={"Calendar": CALENDAR_SHAPE}),
        "Tasks": Shape(records={"Task": TASK_SHAPE}),
        "Resources": Shape(records={"Resource": Shape(names("UID Name Type CalendarUID IsNull"), taken=True)}),
        "Assignments": Shape(records={"Assignment": Shape(names("TaskUID ResourceUID"), taken=True)}),
    },
)
_HINT: Final = "in Microsoft Project, choose Save As and the file type XML format"


def load_mspdi(path: str | os.PathLike[str], limits: XmlLimits = DEFAULT_XML_LIMITS) -> ImportedPlan:
    """Read a plan from a Microsoft Project XML file.

    Args:
        path: the file; messages name it exactly as given here.
        limits: what the file may ask for.

    Raises:
        ProjectError: with all problems at once, each with its line.
    """
    name = os.fspath(path)
    return parse_mspdi(read_bytes(name, ProjectError, Limits(max_bytes=limits.max_bytes)), name, limits)


def parse_mspdi(data: bytes, name: str = "<xml>", limits: XmlLimits = DEFAULT_XML_LIMITS) -> ImportedPlan:
    """Read a plan from the bytes of a Microsoft Project XML file; see `load_mspdi`."""
    file = _File()
    root = XmlReader(name, NAMESPACE, "Project", _PROJECT, file.take, _HINT, limits).read(data)
    return _Import(root, file, Findings(name)).result()


@dataclass(slots=True)
class _File:
    """The records of a file as they come."""

    calendars: list[Record] = field(default_factory=list)
    tasks: list[Record] = field(default_factory=list)
    resources: list[Record] = field(default_factory=list)
    assignments: list[Record] = field(default_factory=list)

    def take(self, record: Record) -> None:
        match record.name:
            case "Task":
                self.tasks.append(record)
            case "Assignment":
                self.assignments.append(record)
            case "Resource":
                self.resources.append(record)
            case _:
                self.calendars.append(record)


@dataclass(frozen=True, slots=True)
class _Resource:
    """Somebody who works on tasks; `calendar` is None where the file names none."""

    name: str
    calendar: int | None


class _Import:
    """One file on its way to a plan."""

    def __init__(self, root: Record, file: _File, findings: Findings) -> None:
        self._root = root
        self._file = file
        self._findings = findings
        self._calendars = Calendars(file.calendars, findings)

    def result(self) -> ImportedPlan:
        """The plan.

        Raises:
            ProjectError: with all errors found.
        """
        own_uid, own = self._own_calendar()
        workers = self._workers()
        reader = TaskReader(
            self._file.tasks,
            self._findings,
            self._calendars,
            own_uid,
            own,
            {task: tuple(sorted({r.name for r in them})) for task, them in workers.items()},
            {task: tuple(r.calendar for r in them) for task, them in workers.items()},
        )
        tasks = reader.tasks()
        links = reader.links()
        start = self._date("StartDate")
        status = self._date("StatusDate")
        per_day = self._whole("MinutesPerDay", MINUTES_PER_DAY)
        if per_day < 1:
            self._findings.error(f"MinutesPerDay of the project is {per_day}, where a day has at least one")
        limit = self._whole("CriticalSlackLimit", 0)
        self._remark_on_direction()
        self._findings.raise_errors()
        plan = Plan(
            tasks=tasks,
            links=links,
            complete=reader.complete,
            name=self._name(reader),
            start=start,
            status_date=status,
            calendar=own,
            calendars=reader.calendars,
            critical_limit_minutes=limit * per_day,
            minutes_per_day=per_day,
            # The file does not say which program's rules it follows, but its results do.
            work_after_status=status is None or reader.earliest_left is None or reader.earliest_left >= status,
            constraints_override_links=self._root.values.get("HonorConstraints") not in ("0", "false"),
        )
        return ImportedPlan(plan, self._findings.notes(), reader.stored, reader.places)

    def _name(self, reader: TaskReader) -> str:
        """Converters call every project `project.xml`, so that is asked last."""
        return self._root.values.get("Title") or reader.project_name or self._root.values.get("Name", "")

    def _own_calendar(self) -> tuple[int | None, WorkingCalendar]:
        """The calendar of the plan, and its UID where the file has one."""
        stated = whole(self._root.values.get("CalendarUID", ""))
        uid = stated if stated is not None and stated in self._calendars else self._calendars.standard()
        found = None if uid is None else self._calendars.get(uid)
        if found is not None and uid == stated:
            return uid, found
        wanted = f"the calendar of the plan ({stated})" if stated is not None else "the calendar of the plan"
        if found is None:
            self._findings.warning(
                f"{wanted} is not in the file or has no working time",
                hint="the standard week is used, Monday to Friday, 8 to 12 and 13 to 17",
            )
            return None, STANDARD
        self._findings.warning(f"{wanted} is not in the file", hint=f"'{found.name}' is used")
        return uid, found

    def _workers(self) -> Mapping[int, list[_Resource]]:
        """UID of a task to who is assigned to it; material and costs work on nothing."""
        resources: dict[int, _Resource] = {}
        for record in self._file.resources:
            uid = whole(record.values.get("UID", ""))
            if uid is None:
                self._findings.error("a resource has no UID", self._findings.line(record.line))
            elif uid and record.values.get("Type", "1") == "1" and record.values.get("IsNull", "0") != "1":
                name = record.values.get("Name") or f"resource {uid}"
                resources[uid] = _Resource(name, whole(record.values.get("CalendarUID", "")))
        workers: dict[int, list[_Resource]] = {}
        for record in self._file.assignments:
            task, resource = whole(record.values.get("TaskUID", "")), whole(record.values.get("ResourceUID", ""))
            if task is not None and resource in resources:
                workers.setdefault(task, []).append(resources[resource])
        return workers

    def _remark_on_direction(self) -> None:
        """Say so where the schedule does not run the way the project says."""
        if self._root.values.get("ScheduleFromStart") in ("0", "false"):
            self._findings.warning(
                "the project is scheduled backwards from its finish (ScheduleFromStart is 0)",
                hint="here it is scheduled forwards from its start",
            )

    def _date(self, name: str) -> dt.datetime | None:
        text = self._root.values.get(name)
        if not text:
            return None
        value = date_time(text)
        if value is None:
            self._findings.error(f"{name} of the project is '{text}', which is no date and time")
        return value

    def _whole(self, name: str, default: int) -> int:
        text = self._root.values.get(name)
        if not text:
            return default
        value = whole(text)
        if value is None:
            self._findings.error(f"{name} of the project is '{text}', which is no whole number")
            return default
        return value
