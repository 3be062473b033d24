"""Microsoft Project XML: a file written by hand is read field by field, and the public ones are read whole."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

import pytest

from crm_rules.diagnostics import Span
from crm_rules.files.imported import StoredResult
from crm_rules.files.mspdi import load_mspdi, parse_mspdi
from crm_rules.roadmap.plan import (
    Baseline,
    Constraint,
    ConstraintType,
    LagUnit,
    LinkType,
    PlanLink,
    PlanTask,
    TaskState,
)
from crm_rules.roadmap.working_time import ALL_HOURS
from tests.files.mspdi_samples import STANDARD, element, elements, link, mspdi, one_link, one_task, read, task
from tests.roadmap.data import FILES, public_schedule, schedule_file

SAMPLE = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Project xmlns="http://schemas.microsoft.com/project">
  <SaveVersion>14</SaveVersion>
  <Name>project.xml</Name>
  <Title>Nordlicht CRM</Title>
  <StartDate>2026-03-02T08:00:00</StartDate>
  <StatusDate>2026-03-20T17:00:00</StatusDate>
  <CriticalSlackLimit>2</CriticalSlackLimit>
  <CalendarUID>1</CalendarUID>
  <MinutesPerDay>450</MinutesPerDay>
  <Calendars>
    <Calendar>
      <UID>1</UID><Name>Office</Name><IsBaseCalendar>1</IsBaseCalendar><BaseCalendarUID>-1</BaseCalendarUID>
      <WeekDays>
        <WeekDay><DayType>2</DayType><DayWorking>1</DayWorking><WorkingTimes>
          <WorkingTime><FromTime>09:00:00</FromTime><ToTime>12:30:00</ToTime></WorkingTime>
          <WorkingTime><FromTime>13:00:00</FromTime><ToTime>17:00:00</ToTime></WorkingTime>
        </WorkingTimes></WeekDay>
      </WeekDays>
    </Calendar>
    <Calendar>
      <UID>3</UID><Name>Night shift</Name><IsBaseCalendar>1</IsBaseCalendar><BaseCalendarUID>-1</BaseCalendarUID>
      <WeekDays>
        <WeekDay><DayType>7</DayType><DayWorking>1</DayWorking><WorkingTimes>
          <WorkingTime><FromTime>23:00:00</FromTime><ToTime>00:00:00</ToTime></WorkingTime>
          <WorkingTime><FromTime>00:00:00</FromTime><ToTime>03:00:00</ToTime></WorkingTime>
        </WorkingTimes></WeekDay>
      </WeekDays>
    </Calendar>
  </Calendars>
  <Tasks>
    <Task><UID>0</UID><ID>0</ID><Name>Nordlicht</Name><OutlineLevel>0</OutlineLevel><Summary>1</Summary></Task>
    <Task>
      <UID>11</UID><ID>1</ID><Name>Implementation</Name><OutlineLevel>1</OutlineLevel><Summary>1</Summary>
      <Duration>PT80H0M0S</Duration>
    </Task>
    <Task>
      <UID>7</UID>
      <ID>2</ID>
      <Name>Configure &amp; test</Name>
      <Active>1</Active>
      <Manual>0</Manual>
      <OutlineLevel>2</OutlineLevel>
      <Start>2026-03-03T08:00:00</Start>
      <Finish>2026-03-12T17:00:00</Finish>
      <Duration>PT62H30M20S</Duration>
      <DurationFormat>7</DurationFormat>
      <Critical>1</Critical>
      <EarlyStart>2026-03-03T08:00:00</EarlyStart>
      <EarlyFinish>2026-03-12T17:00:00</EarlyFinish>
      <LateStart>2026-03-02T08:00:00</LateStart>
      <LateFinish>2026-03-11T17:00:00</LateFinish>
      <FreeSlack>4800</FreeSlack>
      <TotalSlack>-4800</TotalSlack>
      <PercentComplete>40</PercentComplete>
      <ActualStart>2026-03-03T08:00:00</ActualStart>
      <RemainingDuration>PT37H30M0S</RemainingDuration>
      <ConstraintType>4</ConstraintType>
      <CalendarUID>3</CalendarUID>
      <ConstraintDate>2026-03-03T08:00:00</ConstraintDate>
      <Deadline>2026-03-11T17:00:00</Deadline>
      <LevelingDelay>14400</LevelingDelay>
      <LevelingDelayFormat>8</LevelingDelayFormat>
      <Baseline><Number>1</Number><Start>2020-01-01T08:00:00</Start></Baseline>
      <Baseline>
        <Number>0</Number>
        <Start>2026-03-02T08:00:00</Start><Finish>2026-03-11T17:00:00</Finish><Duration>PT60H0M0S</Duration>
      </Baseline>
      <PredecessorLink>
        <PredecessorUID>8</PredecessorUID><Type>3</Type><CrossProject>0</CrossProject>
        <LinkLag>-9600</LinkLag><LagFormat>7</LagFormat>
      </PredecessorLink>
    </Task>
    <Task>
      <UID>8</UID><ID>3</ID><Name>Kick-off</Name><OutlineLevel>1</OutlineLevel><Duration>PT0H0M0S</Duration>
      <Milestone>1</Milestone><Manual>1</Manual>
      <Start>2026-03-02T08:00:00</Start><Finish>2026-03-02T08:00:00</Finish>
      <ManualStart>2026-03-02T09:00:00</ManualStart><ManualFinish>2026-03-02T09:00:00</ManualFinish>
      <ActualStart>2026-03-02T09:00:00</ActualStart><ActualFinish>2026-03-02T09:00:00</ActualFinish>
      <PercentComplete>100</PercentComplete>
    </Task>
    <Task><UID>9</UID><ID>4</ID><IsNull>1</IsNull></Task>
    <Task>
      <UID>10</UID><ID>5</ID><Name>Given up</Name><Active>0</Active><OutlineLevel>1</OutlineLevel>
    </Task>
  </Tasks>
  <Resources>
    <Resource><UID>0</UID><Type>1</Type><IsNull>0</IsNull></Resource>
    <Resource><UID>1</UID><Name>Bo</Name><Type>1</Type></Resource>
    <Resource><UID>2</UID><Name>Ann</Name></Resource>
    <Resource><UID>3</UID><Name>Paper</Name><Type>0</Type></Resource>
  </Resources>
  <Assignments>
    <Assignment><TaskUID>7</TaskUID><ResourceUID>1</ResourceUID></Assignment>
    <Assignment><TaskUID>7</TaskUID><ResourceUID>2</ResourceUID></Assignment>
    <Assignment><TaskUID>7</TaskUID><ResourceUID>3</ResourceUID></Assignment>
    <Assignment><TaskUID>8</TaskUID><ResourceUID>-65535</ResourceUID></Assignment>
  </Assignments>
</Project>
"""


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


START = at("2026-03-02 08:00")


def line_of(text: str, nth: int = 1) -> int:
    """The line the n-th occurrence of a text in the sample stands in."""
    before = "".join(part + text for part in SAMPLE.split(text)[:nth])
    return before.count("\n") + 1 - text.count("\n")


class TestSample:
    imported = parse_mspdi(SAMPLE.encode(), "plan.xml")
    plan = imported.plan

    def test_the_plan(self) -> None:
        assert self.plan.name == "Nordlicht CRM"
        assert self.plan.start == START
        assert self.plan.status_date == at("2026-03-20 17:00")
        assert self.plan.critical_limit_minutes == 2 * 450
        assert self.plan.minutes_per_day == 450
        assert self.plan.complete
        assert self.imported.notes == ()

    def test_the_calendars(self) -> None:
        office, night = self.plan.calendar, self.plan.calendars["Night shift"]
        assert office.name == "Office"
        assert office.week[0] == ((540, 750), (780, 1020))
        assert office.week[1] == ((480, 720), (780, 1020)), "a day not defined is worked as usual"
        assert night.week[5] == ((0, 180), (1380, 1440)), "in order, and midnight at the end of a day"
        assert list(self.plan.calendars) == ["Night shift"], "only those that tasks use"

    def test_the_summary_the_milestone_and_what_was_given_up(self) -> None:
        summary, _, milestone, dropped = self.plan.tasks
        assert summary == PlanTask("11", "Implementation", 4800, source=f"line {line_of('<Task>', 2)}, UID 11")
        assert milestone == PlanTask(
            "8",
            "Kick-off",
            0,
            TaskState.DONE,
            dt.date(2026, 3, 2),
            dt.date(2026, 3, 2),
            manual=True,
            pinned_start=at("2026-03-02 09:00"),
            pinned_finish=at("2026-03-02 09:00"),
            actual_start=at("2026-03-02 09:00"),
            actual_finish=at("2026-03-02 09:00"),
            remaining_minutes=0,
            source=f"line {line_of('<Task>', 4)}, UID 8",
        )
        assert (dropped.name, dropped.state, dropped.duration_minutes) == ("Given up", TaskState.DROPPED, None)

    def test_a_task_with_everything(self) -> None:
        assert self.plan.tasks[1] == PlanTask(
            id="7",
            name="Configure & test",
            duration_minutes=62 * 60 + 30,
            state=TaskState.OPEN,
            start=dt.date(2026, 3, 3),
            finish=dt.date(2026, 3, 12),
            owners=("Ann", "Bo"),
            parent="11",
            calendar="Night shift",
            constraint=Constraint(ConstraintType.SNET, at("2026-03-03 08:00")),
            deadline=at("2026-03-11 17:00"),
            actual_start=at("2026-03-03 08:00"),
            remaining_minutes=37 * 60 + 30,
            levelling_delay_minutes=1440,
            baseline=Baseline(START, at("2026-03-11 17:00"), 3600),
            source=f"line {line_of('<Task>', 3)}, UID 7",
        )

    def test_the_link(self) -> None:
        (found,) = self.plan.links
        assert found == PlanLink("8", "7", LinkType.SS, -960)
        assert found.source == f"line {line_of('<PredecessorLink>')}"

    def test_what_the_program_had_computed(self) -> None:
        assert self.imported.stored["7"] == StoredResult(
            at("2026-03-03 08:00"),
            at("2026-03-12 17:00"),
            at("2026-03-03 08:00"),
            at("2026-03-12 17:00"),
            at("2026-03-02 08:00"),
            at("2026-03-11 17:00"),
            -480,
            480,
            0,
            0,
            True,
        )
        assert self.imported.stored["10"] == StoredResult(), "nothing stored is not zero"

    def test_places(self) -> None:
        assert self.imported.places["7"] == Span("plan.xml", line_of("<Task>", 3))


class TestTasks:
    def test_the_project_summary_is_no_task(self) -> None:
        plan = read(mspdi(task(0, OutlineLevel=0, Summary=1, Name="All"), task(1))).plan
        assert ([t.id for t in plan.tasks], plan.name) == (["1"], "All")

    def test_a_first_task_of_uid_0_is_one_where_all_stand_on_that_level(self) -> None:
        plan = read(mspdi(task(0, OutlineLevel=0), task(1, OutlineLevel=0))).plan
        assert [(t.id, t.parent) for t in plan.tasks] == [("0", None), ("1", None)]

    def test_the_outline(self) -> None:
        levels = [1, 2, 3, 3, 2, 1, 3, 2]
        plan = read(mspdi(*(task(i, OutlineLevel=level) for i, level in enumerate(levels, 1)))).plan
        assert [t.parent for t in plan.tasks] == [None, "1", "2", "2", "1", None, "6", "6"]

    def test_a_summary_without_parts_is_left_out(self) -> None:
        imported = read(mspdi(task(1, Summary=1), task(2)))
        assert [t.id for t in imported.plan.tasks] == ["2"]
        assert "has no parts" in imported.notes[0].message

    def test_a_summary_without_parts_stays_when_something_waits_for_it(self) -> None:
        assert len(read(mspdi(task(1, Summary=1), task(2, link(1)))).plan.tasks) == 2

    def test_a_milestone_without_duration_takes_no_time(self) -> None:
        assert one_task(mspdi(task(1, Duration=None, Milestone=1))).duration_minutes == 0

    def test_a_task_without_duration_is_unknown(self) -> None:
        assert one_task(mspdi(task(1, Duration=None))).duration_minutes is None

    @pytest.mark.parametrize("code", [4, 6, 8, 10, 12, 36, 38, 40, 42, 44])
    def test_an_elapsed_duration_is_worked_round_the_clock(self, code: int) -> None:
        plan = read(mspdi(task(1, Duration="PT72H0M0S", DurationFormat=code))).plan
        assert plan.tasks[0].duration_minutes == 3 * 1440
        assert plan.calendars == {plan.tasks[0].calendar: ALL_HOURS}

    @pytest.mark.parametrize("code", [3, 5, 7, 9, 11, 21, 35, 37, 39, 41, 43, 53])
    def test_other_durations_are_working_time(self, code: int) -> None:
        assert one_task(mspdi(task(1, DurationFormat=code))).calendar is None

    @pytest.mark.parametrize(
        ("code", "kind"),
        [(2, "mso"), (3, "mfo"), (4, "snet"), (5, "snlt"), (6, "fnet"), (7, "fnlt")],
    )
    def test_constraints_with_a_date(self, code: int, kind: str) -> None:
        found = one_task(mspdi(task(1, ConstraintType=code, ConstraintDate="2026-03-05T17:00:00"))).constraint
        assert found == Constraint(ConstraintType(kind), at("2026-03-05 17:00"))

    def test_constraints_without_a_date(self) -> None:
        assert one_task(mspdi(task(1, ConstraintType=0))).constraint is None
        assert one_task(mspdi(task(1, ConstraintType=1))).constraint == Constraint(ConstraintType.ALAP)

    def test_a_constraint_that_lacks_its_date_is_left_out_and_said(self) -> None:
        imported = read(mspdi(task(1, ConstraintType=4)))
        assert imported.plan.tasks[0].constraint is None
        assert "SNET of task 'Task 1' (UID 1) has no date" in imported.notes[0].message

    @pytest.mark.parametrize(("percent", "state"), [(0, "open"), (99, "open"), (100, "done")])
    def test_done_is_a_hundred_percent(self, percent: int, state: str) -> None:
        assert one_task(mspdi(task(1, PercentComplete=percent))).state.value == state

    def test_what_remains_follows_from_the_percentage_where_it_is_not_stored(self) -> None:
        started = {"ActualStart": "2026-03-02T08:00:00", "PercentComplete": 25}
        assert one_task(mspdi(task(1, **started))).remaining_minutes == 360
        assert one_task(mspdi(task(1, RemainingDuration="PT8H0M0S"))).remaining_minutes is None, "not started"

    def test_a_task_of_another_project_keeps_its_dates(self) -> None:
        imported = read(mspdi(task(1, ExternalTask=1, Start="2026-03-04T08:00:00", Finish="2026-03-04T17:00:00")))
        found = imported.plan.tasks[0]
        assert (found.manual, found.pinned_start) == (True, at("2026-03-04 08:00"))
        assert "belongs to another project" in imported.notes[0].message

    def test_zones_and_seconds_of_dates_are_dropped(self) -> None:
        assert one_task(mspdi(task(1, Deadline="2026-03-04T08:00:59.5Z"))).deadline == at("2026-03-04 08:00")

    def test_another_project_file_put_in_leaves_the_plan_incomplete(self) -> None:
        imported = read(mspdi(task(1, IsSubproject=1)))
        assert not imported.plan.complete
        assert "stands for another project file" in imported.notes[0].message
        assert read(mspdi(task(1, IsSubproject=1), task(2, OutlineLevel=2))).plan.complete


class TestStatusDate:
    EARLIER: ClassVar = {"EarlyStart": "2026-03-05T08:00:00", "EarlyFinish": "2026-03-09T17:00:00"}
    LATER: ClassVar = {"EarlyStart": "2026-03-09T08:00:00", "EarlyFinish": "2026-03-09T17:00:00"}

    @pytest.mark.parametrize(
        ("values", "moved"),
        [
            (LATER, True),
            (EARLIER, False),
            (EARLIER | {"ActualStart": "2026-03-05T08:00:00"}, True),
            ({"EarlyFinish": "2026-03-05T17:00:00", "ActualStart": "2026-03-05T08:00:00"}, False),
            (EARLIER | {"PercentComplete": 100}, True),
            (EARLIER | {"Manual": 1}, True),
            (EARLIER | {"ConstraintType": 2, "ConstraintDate": "2026-03-05T08:00:00"}, True),
            (EARLIER | {"Active": 0}, True),
            ({}, True),
        ],
    )
    def test_whether_work_that_is_left_is_put_after_it(self, values: dict[str, Any], moved: bool) -> None:
        """As the results stored for unfinished tasks show it."""
        plan = read(mspdi(task(1, **values), task(2, **self.LATER), StatusDate="2026-03-06T17:00:00")).plan
        assert plan.work_after_status is moved

    def test_no_status_date(self) -> None:
        assert read(mspdi(task(1, **self.EARLIER))).plan.work_after_status


class TestLinks:
    @pytest.mark.parametrize(("code", "kind"), [(0, "ff"), (1, "fs"), (2, "sf"), (3, "ss"), (None, "fs")])
    def test_types(self, code: int | None, kind: str) -> None:
        assert one_link(link(1, code)).type.value == kind

    @pytest.mark.parametrize(
        ("lag", "code", "minutes", "unit"),
        [
            (None, None, 0, LagUnit.WORKING),
            (9600, 7, 960, LagUnit.WORKING),
            (-4800, 7, -480, LagUnit.WORKING),
            (43200, 8, 4320, LagUnit.ELAPSED),
            (-14400, 40, -1440, LagUnit.ELAPSED),
            (0, 8, 0, LagUnit.WORKING),
            (50, 19, 5000, LagUnit.PERCENT),
            (-25, 51, -2500, LagUnit.PERCENT),
            (4, 7, 0, LagUnit.WORKING),
            (-5, 7, -1, LagUnit.WORKING),
            ("4800.0", 7, 480, LagUnit.WORKING),
        ],
    )
    def test_lags(self, lag: object, code: int | None, minutes: int, unit: LagUnit) -> None:
        found = one_link(link(1, 1, lag, code))
        assert (found.lag, found.unit) == (minutes, unit)

    def test_an_elapsed_percentage_is_said_to_be_worked(self) -> None:
        imported = read(mspdi(task(1), task(2, link(1, 1, 50, 20))))
        assert imported.plan.links[0].unit is LagUnit.PERCENT
        assert "elapsed percentage" in imported.notes[0].message

    def test_several_links_of_two_tasks_are_kept(self) -> None:
        plan = read(mspdi(task(1), task(2, link(1, 3), link(1, 0)))).plan
        assert [k.type for k in plan.links] == [LinkType.SS, LinkType.FF]

    def test_a_link_to_a_task_that_is_not_there_leaves_the_plan_incomplete(self) -> None:
        imported = read(mspdi(task(1), task(2, link(1), link(99), link(0))))
        assert not imported.plan.complete
        assert len(imported.plan.links) == 1
        assert [n.message for n in imported.notes] == [
            "task 'Task 2' (UID 2) waits for task UID 99, which is not in the file; the link is left out",
            "task 'Task 2' (UID 2) waits for task UID 0, which is not in the file; the link is left out",
        ]
        assert [n.span for n in imported.notes] == [Span("plan.xml", 6), Span("plan.xml", 7)]

    def test_a_link_into_another_project_does_not_mean_the_task_of_that_number_here(self) -> None:
        across = element("PredecessorLink", elements(PredecessorUID=1, CrossProject=1))
        imported = read(mspdi(task(1), task(2, across)))
        assert imported.plan.links == ()
        assert "in another project" in imported.notes[0].message

    def test_a_link_to_a_placeholder_of_another_project_is_one(self) -> None:
        across = element("PredecessorLink", elements(PredecessorUID=1, CrossProject=1))
        assert len(read(mspdi(task(1, ExternalTask=1), task(2, across))).plan.links) == 1

    def test_a_task_that_waits_for_itself_is_kept_for_the_analysis(self) -> None:
        (found,) = read(mspdi(task(1, link(1)))).plan.links
        assert (found.predecessor, found.successor) == ("1", "1")


class TestProject:
    def test_options_the_schedule_does_not_follow_are_said(self) -> None:
        messages = [n.message for n in read(mspdi(task(1), ScheduleFromStart=0)).notes]
        assert any("backwards" in m for m in messages)

    @pytest.mark.parametrize(("stated", "overrides"), [(0, False), ("false", False), (1, True), ("true", True)])
    def test_whether_constraints_override_links(self, stated: object, overrides: bool) -> None:
        assert read(mspdi(task(1), HonorConstraints=stated)).plan.constraints_override_links is overrides

    def test_constraints_override_links_unless_the_file_says_otherwise(self) -> None:
        assert read(mspdi(task(1))).plan.constraints_override_links

    def test_options_without_effect_are_not(self) -> None:
        assert read(mspdi(task(1), ScheduleFromStart=1, HonorConstraints=0)).notes == ()

    def test_an_empty_project(self) -> None:
        assert read(mspdi()).plan.tasks == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252", "windows-1250"])
def test_encodings_that_are_declared(encoding: str) -> None:
    text = mspdi(task(1, Name="Prüfung")).replace("UTF-8", encoding)
    assert parse_mspdi(text.encode(encoding)).plan.tasks[0].name == "Prüfung"


COUNTS = {
    "exupery_MDL4D.xer.xml": (69, 87, 7, 50, 0, 0),
    "mpsplib_16_mp_j30_a5_nr1.xml": (160, 344, 0, 0, 0, 0),
    "mpsplib_1_mp_j30_a10_nr1.xml": (320, 480, 0, 0, 0, 0),
    "mpsplib_6_mp_j30_a2_nr1.xml": (64, 96, 0, 0, 0, 0),
    "mpxj_mpp14baseline.mpp.xml": (14, 6, 5, 0, 2, 0),
    "mpxj_mspdirelations.xml": (5, 4, 0, 0, 0, 0),
    "mpxj_slack9.mpp.xml": (15, 15, 0, 3, 0, 0),
    "mpxj_task-links-project2003.xml": (16, 8, 0, 0, 0, 0),
    "mpxj_task-links-project2007.xml": (16, 8, 0, 0, 0, 0),
    "mpxj_task-links-project2010.xml": (16, 8, 0, 16, 0, 0),
    "mpxj_task-links-project2013.xml": (16, 8, 0, 16, 0, 0),
    "mpxj_task-links-project2016.xml": (16, 8, 0, 0, 0, 16),
    "mpxj_task-links-project2019.xml": (16, 8, 0, 0, 0, 16),
}
"""Tasks, links, summaries, tasks with a constraint, tasks done, tasks scheduled by hand."""


@pytest.mark.parametrize("name", FILES)
def test_public_schedules_are_read_whole(name: str) -> None:
    imported = public_schedule(name)
    plan = imported.plan
    summaries = {t.parent for t in plan.tasks} - {None}
    assert COUNTS[name] == (
        len(plan.tasks),
        len(plan.links),
        len(summaries),
        sum(t.constraint is not None for t in plan.tasks),
        sum(t.state is TaskState.DONE for t in plan.tasks),
        sum(t.manual for t in plan.tasks),
    )
    assert plan.complete
    assert plan.start is not None
    assert all(t.duration_minutes is not None for t in plan.tasks)
    assert imported.stored.keys() == {t.id for t in plan.tasks} == imported.places.keys()
    assert all(s.early_start and s.late_finish and s.total_float_minutes is not None for s in imported.stored.values())


def test_the_line_of_a_task_in_a_file() -> None:
    path = schedule_file("mpxj_slack9.mpp.xml")
    imported = load_mspdi(path)
    lines = path.read_text("utf-8").splitlines()
    for found in imported.plan.tasks:
        line = imported.places[found.id].line
        assert lines[line - 1].strip() == "<Task>"
        assert lines[line].strip() == f"<UID>{found.id}</UID>"


def test_people_with_calendars_of_their_own() -> None:
    """A task without a calendar is worked when the one person assigned to it works."""
    part_time = (
        "<Calendar><UID>5</UID><Name>Ann</Name><BaseCalendarUID>1</BaseCalendarUID><WeekDays><WeekDay>"
        "<DayType>6</DayType><DayWorking>0</DayWorking></WeekDay></WeekDays></Calendar>"
        "<Calendar><UID>6</UID><Name>Bo</Name><BaseCalendarUID>1</BaseCalendarUID></Calendar>"
    )
    people = "".join(
        element("Resource", elements(UID=u, Name=n, Type=1, CalendarUID=c)) for u, n, c in ((1, "Ann", 5), (2, "Bo", 6))
    )
    assigned = "".join(
        element("Assignment", elements(TaskUID=t, ResourceUID=r)) for t, r in ((1, 1), (2, 2), (3, 1), (4, 1), (4, 2))
    )
    imported = read(
        mspdi(
            task(1),
            task(2),
            task(3, IgnoreResourceCalendar=1),
            task(4),
            calendars=STANDARD + part_time,
            rest=element("Resources", people) + element("Assignments", assigned),
        )
    )
    assert [t.calendar for t in imported.plan.tasks] == ["Ann", None, None, None]
    assert imported.plan.calendars["Ann"].week[4] == ()
    assert [n.message for n in imported.notes] == [
        "task 'Task 4' (UID 4) is worked on by people with calendars of their own"
    ]
