"""Tasks and links of Microsoft Project XML.

The UID of a task is its id in the plan: the other number (`ID`) is its row and changes when rows move. The
project summary (`OutlineLevel` 0) is the plan itself and no task of it; blank rows are none either.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from crm_rules.files.imported import Findings, StoredResult
from crm_rules.files.mspdi_calendars import Calendars
from crm_rules.files.mspdi_fields import Fields, stored_result
from crm_rules.files.mspdi_values import (
    CONSTRAINTS,
    ELAPSED_FORMATS,
    ELAPSED_PERCENT_FORMATS,
    LINK_TYPES,
    PERCENT_FORMATS,
    whole,
)
from crm_rules.files.text import shortened
from crm_rules.files.xml_records import Record, Shape, names
from crm_rules.roadmap.plan import (
    Baseline,
    Constraint,
    LagUnit,
    LinkType,
    PlanLink,
    PlanTask,
    TaskState,
)
from crm_rules.roadmap.working_time import ALL_HOURS, WorkingCalendar

TASK_SHAPE: Final = Shape(
    names(
        """
        UID Name IsNull Active Manual OutlineLevel Summary Milestone ExternalTask IsSubproject
        CalendarUID IgnoreResourceCalendar
        Start Finish Duration DurationFormat ManualStart ManualFinish ConstraintType ConstraintDate Deadline
        PercentComplete ActualStart ActualFinish RemainingDuration LevelingDelay
        EarlyStart EarlyFinish LateStart LateFinish TotalSlack FreeSlack StartSlack FinishSlack Critical
        """
    ),
    {
        "PredecessorLink": Shape(names("PredecessorUID Type CrossProject LinkLag LagFormat")),
        "Baseline": Shape(names("Number Start Finish Duration")),
    },
    taken=True,
)
_ALL_OF_IT: Final = 100_00  # hundredths of a percent


@dataclass(frozen=True, slots=True)
class _Row:
    """A task of the file.

    Attributes:
        of: what messages call it.
        parent: UID of the summary task it is part of.
        has_parts: others are part of it.
    """

    uid: int
    record: Record
    fields: Fields
    of: str
    parent: int | None
    has_parts: bool


class TaskReader:
    """The tasks of one file.

    Args:
        records: the tasks as written.
        findings: takes what is wrong with them.
        calendars: the calendars of the file.
        own_uid, own: UID and working time of the calendar of the plan.
        owners: UID of a task to the names of those assigned to it.
        resource_calendars: UID of a task to the UIDs of their calendars, None where one has none.

    Attributes:
        calendars: those that tasks use, by name; filled by `tasks`.
        stored: results the file holds, by task id; filled by `tasks`.
        places: where tasks stand, by id.
        project_name: name of the project summary; "" when the file has none.
        earliest_left: the earliest stored date of work that is left; None where none is stored; filled by `tasks`.
        complete: False when there are tasks that are not in the file; filled by `tasks` and `links`.
    """

    def __init__(
        self,
        records: Sequence[Record],
        findings: Findings,
        calendars: Calendars,
        own_uid: int | None,
        own: WorkingCalendar,
        owners: Mapping[int, tuple[str, ...]],
        resource_calendars: Mapping[int, tuple[int | None, ...]],
    ) -> None:
        self._findings = findings
        self._file_calendars = calendars
        self._own_uid = own_uid
        self._own = own
        self._owners = owners
        self._resource_calendars = resource_calendars
        self._several_calendars: list[str] = []
        self.project_name = ""
        self.calendars: dict[str, WorkingCalendar] = {}
        self.stored: dict[str, StoredResult] = {}
        self.earliest_left: dt.datetime | None = None
        self.complete = True
        self._rows = self._without_empty_summaries(tuple(self._numbered(records)))
        self.places = {str(row.uid): row.fields.place for row in self._rows}

    # --- Which tasks there are ------------------------------------------------

    def _numbered(self, records: Sequence[Record]) -> Iterator[_Row]:
        """The rows that are tasks, with the summary each is part of."""
        kept: list[tuple[int, int, Record]] = []
        lines: dict[int, int] = {}
        for record in records:
            fields = Fields(record, "a task", self._findings)
            if fields.flag("IsNull"):
                continue
            uid, level = fields.whole("UID"), fields.whole("OutlineLevel")
            if uid is None:
                if not fields.text("UID"):
                    self._findings.error("a task has no UID", fields.place, "links and assignments name tasks by it")
                continue
            if uid in lines:
                self._findings.error(
                    f"two tasks have the UID {uid}; the first is in line {lines[uid]}",
                    fields.place,
                    "links that name it could mean either",
                )
            lines.setdefault(uid, record.line)
            kept.append((uid, 1 if level is None else level, record))
        if kept and self._is_project(kept):
            self.project_name = kept.pop(0)[2].values.get("Name", "")
        yield from self._outlined(kept)

    def _is_project(self, kept: Sequence[tuple[int, int, Record]]) -> bool:
        uid, level, record = kept[0]
        if uid or level:
            return False
        return record.values.get("Summary") == "1" or all(level > 0 for _, level, _ in kept[1:])

    def _outlined(self, kept: Sequence[tuple[int, int, Record]]) -> Iterator[_Row]:
        above: list[tuple[int, int]] = []  # (level, UID) of the summaries a row is part of
        for i, (uid, level, record) in enumerate(kept):
            while above and above[-1][0] >= level:
                above.pop()
            name = record.values.get("Name")
            of = f"task '{shortened(name)}' (UID {uid})" if name else f"task UID {uid}"
            has_parts = i + 1 < len(kept) and kept[i + 1][1] > level
            parent = above[-1][1] if above else None
            yield _Row(uid, record, Fields(record, of, self._findings), of, parent, has_parts)
            above.append((level, uid))

    def _without_empty_summaries(self, rows: tuple[_Row, ...]) -> tuple[_Row, ...]:
        """Rows without headings under which nothing stands and which nothing is linked to: they have no dates."""
        linked = {whole(k.values.get("PredecessorUID", "")) for row in rows for k in row.record.each("PredecessorLink")}
        kept: list[_Row] = []
        for row in rows:
            empty = row.fields.flag("Summary") and not row.has_parts
            if empty and row.uid not in linked and row.record.first("PredecessorLink") is None:
                self._findings.warning(f"summary {row.of} has no parts and is left out", row.fields.place)
            else:
                kept.append(row)
        return tuple(kept)

    # --- Tasks ----------------------------------------------------------------

    def tasks(self) -> tuple[PlanTask, ...]:
        """The tasks of the plan; what is wrong with them goes to the findings."""
        tasks = tuple(map(self._task, self._rows))
        if self._several_calendars:
            others = len(self._several_calendars) - 1
            also = f" (and {others:,} more)" if others else ""
            self._findings.warning(
                f"{self._several_calendars[0]}{also} is worked on by people with calendars of their own",
                hint="its working time here is that of its own calendar or of the plan",
            )
        return tasks

    def _task(self, row: _Row) -> PlanTask:
        fields, uid = row.fields, str(row.uid)
        done = fields.percent("PercentComplete")
        start, finish = fields.date_time("Start"), fields.date_time("Finish")
        actual_start, actual_finish = fields.date_time("ActualStart"), fields.date_time("ActualFinish")
        duration = fields.duration("Duration")
        if duration is None and fields.flag("Milestone"):
            duration = 0
        # What happens in another project is given here, whatever the links of this one say.
        external = fields.flag("ExternalTask")
        manual = external or fields.flag("Manual")
        if external:
            self._findings.warning(f"{row.of} belongs to another project; its dates are taken as given", fields.place)
        self.stored[uid] = stored = stored_result(row.record)
        state = _state(fields.flag("Active", True), actual_finish is not None or (done or 0) >= _ALL_OF_IT)
        constraint = self._constraint(row)
        if state is TaskState.OPEN and not (row.has_parts or manual or (constraint and constraint.type.hard)):
            left = stored.early_start if actual_start is None else stored.early_finish
            self.earliest_left = min(filter(None, (self.earliest_left, left)), default=None)
        if fields.flag("IsSubproject") and not row.has_parts:
            self.complete = False
            self._findings.warning(
                f"{row.of} stands for another project file; its tasks are not in this one", fields.place
            )
        return PlanTask(
            id=uid,
            name=fields.text("Name") or uid,
            duration_minutes=duration,
            state=state,
            start=start and start.date(),
            finish=finish and finish.date(),
            owners=self._owners.get(row.uid, ()),
            parent=None if row.parent is None else str(row.parent),
            calendar=self._calendar(row),
            constraint=constraint,
            deadline=fields.date_time("Deadline"),
            manual=manual,
            pinned_start=(fields.date_time("ManualStart") or start) if manual else None,
            pinned_finish=(fields.date_time("ManualFinish") or finish) if manual else None,
            actual_start=actual_start,
            actual_finish=actual_finish,
            remaining_minutes=_remaining(fields, actual_start, duration, done),
            levelling_delay_minutes=fields.tenths("LevelingDelay") or 0,
            baseline=self._baseline(row),
            source=f"line {row.record.line}, UID {uid}",
        )

    def _constraint(self, row: _Row) -> Constraint | None:
        code = row.fields.whole("ConstraintType")
        at = row.fields.date_time("ConstraintDate")
        if code is None or code == 0:
            return None
        if not 0 < code < len(CONSTRAINTS):
            self._findings.error(
                f"ConstraintType of {row.of} is {code}, where 0 to {len(CONSTRAINTS) - 1} are known", row.fields.place
            )
            return None
        kind = CONSTRAINTS[code]
        if not kind.dated:
            return Constraint(kind)
        if at is None:
            self._findings.warning(
                f"the constraint {kind.value.upper()} of {row.of} has no date and is left out", row.fields.place
            )
            return None
        return Constraint(kind, at)

    def _calendar(self, row: _Row) -> str | None:
        """The name of the calendar the task is worked on; None for that of the plan."""
        if row.fields.whole("DurationFormat") in ELAPSED_FORMATS:
            return self._used(ALL_HOURS)
        uid = row.fields.whole("CalendarUID")
        calendar = None
        if uid is not None and uid >= 0 and uid != self._own_uid:
            calendar = self._file_calendars.get(uid)
            if calendar is None and uid not in self._file_calendars:
                self._findings.warning(
                    f"the calendar of {row.of} ({uid}) is not in the file; it is scheduled on that of the plan",
                    row.fields.place,
                )
        if row.fields.flag("IgnoreResourceCalendar"):
            return self._used(calendar)
        people = self._people(row, self._own if calendar is None else calendar)
        if not people:
            return self._used(calendar)
        if len(people) > 1 or (uid is not None and uid >= 0):
            self._several_calendars.append(row.of)
            return self._used(calendar)
        # Project schedules the work of a task that has no calendar of its own on that of whoever does it.
        return self._used(people[0])

    def _people(self, row: _Row, usual: WorkingCalendar) -> list[WorkingCalendar]:
        """The different working times of those assigned to a task; none when all of them work as usual."""
        uids = self._resource_calendars.get(row.uid, ())
        found = [c for uid in uids if uid is not None and (c := self._file_calendars.get(uid)) is not None]
        different: list[WorkingCalendar] = []
        for calendar in found:
            if not any(_same_time(calendar, other) for other in different):
                different.append(calendar)
        return [] if all(_same_time(c, usual) for c in different) else different

    def _used(self, calendar: WorkingCalendar | None) -> str | None:
        if calendar is None or _same_time(calendar, self._own):
            return None
        name = calendar.name
        while self.calendars.setdefault(name, calendar) != calendar:
            name += " *"
        return name

    def _baseline(self, row: _Row) -> Baseline | None:
        for record in row.record.each("Baseline"):
            fields = Fields(record, f"the baseline of {row.of}", self._findings)
            if (fields.whole("Number") or 0) == 0:
                agreed = Baseline(fields.date_time("Start"), fields.date_time("Finish"), fields.duration("Duration"))
                return None if agreed == Baseline() else agreed
        return None

    # --- Links ----------------------------------------------------------------

    def links(self) -> tuple[PlanLink, ...]:
        """The links between the tasks of the plan; those to other tasks are left out and reported."""
        external = {row.uid for row in self._rows if row.fields.flag("ExternalTask")}
        known = {row.uid for row in self._rows}
        return tuple(
            link
            for row in self._rows
            for record in row.record.each("PredecessorLink")
            if (link := self._link(row, record, known, external)) is not None
        )

    def _link(self, row: _Row, record: Record, known: set[int], external: set[int]) -> PlanLink | None:
        fields = Fields(record, f"a link of {row.of}", self._findings)
        predecessor = fields.whole("PredecessorUID")
        code = fields.whole("Type")
        lag, unit = self._lag(fields)
        if predecessor is None:
            if not fields.text("PredecessorUID"):
                self._findings.error(f"a link of {row.of} has no PredecessorUID", fields.place)
            return None
        if code is not None and not 0 <= code < len(LINK_TYPES):
            self._findings.error(f"Type of a link of {row.of} is {code}, where 0 to 3 are known", fields.place)
            return None
        elsewhere = fields.flag("CrossProject") and predecessor not in external
        if elsewhere or predecessor not in known:
            where = "in another project" if elsewhere else "not in the file"
            self._findings.warning(
                f"{row.of} waits for task UID {predecessor}, which is {where}; the link is left out", fields.place
            )
            self.complete = False
            return None
        kind = LinkType.FS if code is None else LINK_TYPES[code]
        return PlanLink(str(predecessor), str(row.uid), kind, lag, unit, f"line {record.line}")

    def _lag(self, fields: Fields) -> tuple[int, LagUnit]:
        unit = fields.whole("LagFormat")
        if unit in PERCENT_FORMATS or unit in ELAPSED_PERCENT_FORMATS:
            share = fields.percent("LinkLag") or 0
            if share and unit in ELAPSED_PERCENT_FORMATS:
                self._findings.warning(
                    f"the lag of {fields.of} is an elapsed percentage; it is counted in working time", fields.place
                )
            return share, LagUnit.PERCENT if share else LagUnit.WORKING
        minutes = fields.tenths("LinkLag") or 0
        return minutes, LagUnit.ELAPSED if minutes and unit in ELAPSED_FORMATS else LagUnit.WORKING


def _state(active: bool, done: bool) -> TaskState:
    if not active:
        return TaskState.DROPPED
    return TaskState.DONE if done else TaskState.OPEN


def _remaining(fields: Fields, actual_start: dt.datetime | None, duration: int | None, done: int | None) -> int | None:
    """Minutes left of a task that has been started; None of others and when nothing says."""
    stated = fields.duration("RemainingDuration")
    if actual_start is None or stated is not None:
        return stated if actual_start is not None else None
    if duration is None or done is None:
        return None
    return duration - (duration * min(done, _ALL_OF_IT) + _ALL_OF_IT // 2) // _ALL_OF_IT


def _same_time(one: WorkingCalendar, other: WorkingCalendar) -> bool:
    """Whether two calendars work the same hours, whatever they are called."""
    return one is other or (one.week == other.week and one.exceptions == other.exceptions)
