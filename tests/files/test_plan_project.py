"""Imported plans as projects: what is kept, what is left out and said, and that rules can run."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields, replace

import pytest

from crm_rules.diagnostics import Span
from crm_rules.errors import ProjectError
from crm_rules.files.imported import ImportedPlan
from crm_rules.files.plan_import import load_plan
from crm_rules.files.plan_project import project_of
from crm_rules.model.project import Project
from crm_rules.roadmap.from_project import plan_of
from crm_rules.roadmap.plan import (
    Baseline,
    Constraint,
    ConstraintType,
    Estimate,
    LagUnit,
    LinkType,
    Plan,
    PlanLink,
    PlanTask,
    TaskState,
)
from crm_rules.roadmap.working_time import ALL_HOURS, CalendarException, WorkingCalendar, week_of
from tests.files.mspdi_samples import link, mspdi, read, task
from tests.roadmap.data import FILES, schedule_file

DAY = 480


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def imported(plan: Plan) -> ImportedPlan:
    return ImportedPlan(plan, places={t.id: Span("plan.xml", n) for n, t in enumerate(plan.tasks, 10)})


def made(*tasks: PlanTask, links: tuple[PlanLink, ...] = ()) -> tuple[Project, list[str]]:
    """The project of some tasks, and what was noted, with places."""
    result = project_of(imported(Plan(tasks, links)))
    return result.project, [f"{n.span}: {n.message}" for n in result.notes]


EVERYTHING = Plan(
    (
        PlanTask("whole", "Whole", None),
        PlanTask(
            "a",
            "Configure",
            720,
            start=dt.date(2026, 3, 3),
            finish=dt.date(2026, 3, 4),
            stage=1,
            kind="configuration",
            owners=("Ann", "Bo"),
            parent="whole",
            constraint=Constraint(ConstraintType.SNET, at("2026-03-03 08:00")),
            deadline=at("2026-03-11 17:00"),
            actual_start=at("2026-03-03 08:00"),
            remaining_minutes=480,
            baseline=Baseline(at("2026-03-02 08:00"), at("2026-03-03 17:00"), 960),
            estimate=Estimate(480, 720, 1440),
        ),
        PlanTask("b", "Night load", 1440, calendar="nights", owners=("Bo",)),
        PlanTask(
            "c",
            "Kick-off",
            0,
            TaskState.DONE,
            finish=dt.date(2026, 3, 2),
            actual_start=at("2026-03-02 17:00"),
            actual_finish=at("2026-03-02 17:00"),
        ),
        PlanTask(
            "d",
            "Fair",
            DAY,
            start=dt.date(2026, 5, 4),
            finish=dt.date(2026, 5, 4),
            manual=True,
            pinned_start=at("2026-05-04 08:00"),
            pinned_finish=at("2026-05-04 17:00"),
        ),
        PlanTask("e", "Given up", None, TaskState.DROPPED),
    ),
    (
        PlanLink("a", "b"),
        PlanLink("a", "d", LinkType.SS, -DAY),
        PlanLink("a", "d", LinkType.FF, 1440, LagUnit.ELAPSED),
        PlanLink("b", "d", LinkType.SF, 5000, LagUnit.PERCENT),
    ),
    complete=False,
    name="Nordlicht",
    start=at("2026-03-02 08:00"),
    status_date=at("2026-03-06 17:00"),
    calendar=WorkingCalendar("project", exceptions=(CalendarException(dt.date(2026, 4, 3), dt.date(2026, 4, 6)),)),
    calendars={"nights": WorkingCalendar("nights", week_of((5, 6), ((0, 360), (1200, 1440))))},
)


class TestRoundTrip:
    def test_everything_a_project_can_say_comes_back(self) -> None:
        result = project_of(imported(EVERYTHING))
        back = plan_of(result.project)
        assert result.notes == ()
        assert set(back.links) == set(EVERYTHING.links)
        for before, after in zip(EVERYTHING.tasks, back.tasks, strict=True):
            owners = tuple(o.lower() for o in before.owners)
            assert replace(after, source="", owners=tuple(o.lower() for o in after.owners)) == replace(
                before, owners=owners
            )
        assert (back.name, back.start, back.status_date, back.complete) == (
            "Nordlicht",
            at("2026-03-02 08:00"),
            at("2026-03-06 17:00"),
            False,
        )
        assert back.calendar == EVERYTHING.calendar
        assert back.calendars == EVERYTHING.calendars

    @pytest.mark.parametrize("name", FILES)
    def test_public_schedules(self, name: str) -> None:
        """Dates of milestones in baselines and the wording of ids apart, nothing that schedules is lost."""
        before = load_plan(schedule_file(name))
        after = plan_of(project_of(before).project)
        assert set(after.links) == set(before.plan.links)
        apart = {"source", "owners", "baseline", "kind_guessed"}
        for one, other in zip(before.plan.tasks, after.tasks, strict=True):
            for field in {f.name for f in fields(PlanTask)} - apart:
                if field != "remaining_minutes" or one.state is TaskState.OPEN:
                    assert getattr(one, field) == getattr(other, field), (one.id, field)


class TestProject:
    project = project_of(imported(EVERYTHING)).project

    def test_places(self) -> None:
        assert self.project.places["tasks", "a", ""] == Span("plan.xml", 11)
        assert self.project.places["tasks", "a", "deadline"] == Span("plan.xml", 11)
        assert ("tasks", "e", "deadline") not in self.project.places

    def test_who_works_on_it(self) -> None:
        assert self.project.tasks is not None
        _, a, b, *_ = self.project.tasks
        assert (a.owner, sorted(a.contributors)) == (None, ["Ann", "Bo"])
        assert (b.owner, sorted(b.contributors)) == ("Bo", [])
        assert [(p.id, p.name) for p in self.project.team or ()] == [("Ann", "Ann"), ("Bo", "Bo")]

    def test_what_may_be_missing(self) -> None:
        assert set(self.project.incomplete) == {"team", "tasks"}

    def test_what_a_plan_does_not_say_stays_unknown(self) -> None:
        assert self.project.sponsors is None
        assert self.project.goals is None
        assert made(PlanTask("a", "A", 1))[0].team is None

    def test_the_roadmap(self) -> None:
        assert self.project.roadmap is not None
        assert (self.project.roadmap.exists, self.project.roadmap.links_defined) == (True, True)
        other = made(PlanTask("a", "A", 1))[0].roadmap
        assert other is not None
        assert other.links_defined is False

    def test_the_day_of_the_facts(self) -> None:
        assert self.project.as_of == dt.date(2026, 3, 6)
        assert project_of(imported(EVERYTHING), dt.date(2026, 3, 9)).project.as_of == dt.date(2026, 3, 9)
        assert made(PlanTask("a", "A", 1))[0].as_of is None

    def test_ids_a_project_file_cannot_have(self) -> None:
        tasks = [PlanTask(i, "x", 1) for i in ("A 1", "A-1", "A/1", "***", "_x", "9" * 70)]
        project, _ = made(*tasks, links=(PlanLink("A 1", "A/1"),))
        assert project.tasks is not None
        assert [t.id for t in project.tasks] == ["A-1-2", "A-1", "A-1-3", "task", "x", "9" * 50]
        assert [t.after for t in project.tasks][2] == ("A-1-2",)


class TestLeftOut:
    def test_what_contradicts_itself(self) -> None:
        """Each at the place of its task, and the rest of the task stays."""
        project, notes = made(
            PlanTask("a", "A", DAY, start=dt.date(2026, 3, 5), finish=dt.date(2026, 3, 2)),
            PlanTask("b", "B", DAY, baseline=Baseline(at("2026-03-05 08:00"), at("2026-03-02 08:00"), DAY)),
            links=(PlanLink("a", "a"), PlanLink("a", "b"), PlanLink("a", "b", LinkType.FS, DAY)),
        )
        assert project.tasks is not None
        a, b = project.tasks
        assert (a.start, a.finish, a.after) == (dt.date(2026, 3, 5), None, ())
        assert (b.baseline_start, b.baseline_finish, b.baseline_duration) == (dt.date(2026, 3, 5), None, 1)
        assert len(notes) >= 4
        assert any(n.startswith("plan.xml:10: finish '2026-03-02' of task 'A' is left out: ") for n in notes)
        assert any("baseline_finish" in n and n.startswith("plan.xml:11") for n in notes)
        assert any("waits" in n or "itself" in n for n in notes)

    def test_a_link_to_ones_own_summary(self) -> None:
        project, notes = made(
            PlanTask("s", "S", None), PlanTask("a", "A", DAY, parent="s"), PlanTask("b", "B", DAY),
            links=(PlanLink("s", "a"), PlanLink("b", "a")),
        )  # fmt: skip
        assert project.tasks is not None
        assert project.tasks[1].after == ("b",)
        assert notes == [
            "plan.xml:11: the link 's' of task 'A' is left out: the task cannot wait for 's', which it is part of"
        ]

    def test_a_text_a_project_refuses_stops_the_work_at_its_task(self) -> None:
        with pytest.raises(ProjectError) as caught:
            made(PlanTask("a", "A", 1), PlanTask("b", "B\x07", 1))
        assert [str(d.span) for d in caught.value.diagnostics] == ["plan.xml:11"]

    def test_marks_for_the_direction_of_writing_are_dropped(self) -> None:
        project, _ = made(PlanTask("a", "\u202bA\u202c", 1, owners=("\u2067Ann\u2069",)), PlanTask("b", "\u202e", 1))
        assert [t.name for t in project.tasks or ()] == ["A", "b"]
        assert [p.name for p in project.team or ()] == ["Ann"]

    def test_what_a_project_cannot_say(self) -> None:
        manual = PlanTask(
            "a", "A", DAY, start=dt.date(2026, 3, 2), manual=True, pinned_start=at("2026-03-02 08:00"),
            constraint=Constraint(ConstraintType.ALAP), levelling_delay_minutes=60,
        )  # fmt: skip
        assert made(manual)[1] == [
            "plan.xml:10: task 'A' was put off to relieve people; the project does not say so",
            "plan.xml:10: the constraint of task 'A' is left out: it is scheduled by hand",
        ]

    def test_rules_of_scheduling_a_project_does_not_have(self) -> None:
        date = dt.datetime(2026, 3, 4, 8)  # noqa: DTZ001 - local working time
        plan = Plan(
            (PlanTask("a", "A", 480, constraint=Constraint(ConstraintType.MSO, date)),),
            status_date=date,
            work_after_status=False,
            constraints_override_links=False,
        )
        assert [n.message for n in project_of(imported(plan)).notes] == [
            "hard constraints give way to links in the plan; in the project they hold against them",
            "work that is left may lie before the status date of the plan; the project puts it after that",
        ]
        without = replace(plan, tasks=(PlanTask("a", "A", 480),), status_date=None)
        assert project_of(imported(without)).notes == ()

    def test_working_time_a_project_cannot_say(self) -> None:
        usual = ((480, 1020),)
        uneven = WorkingCalendar("w", (usual, usual, usual, usual, ((480, 720),), (), ()))
        worked = CalendarException(dt.date(2026, 3, 7), dt.date(2026, 3, 7), usual)
        plan = Plan((PlanTask("a", "A", 540),), calendar=replace(uneven, exceptions=(worked,)), minutes_per_day=480)
        result = project_of(imported(plan))
        assert [n.message for n in result.notes] == [
            (
                "durations are written in days of 480 minutes, and a day of work has 540;"
                " the project counts in the latter"
            ),
            (
                "the calendar of the plan: days with other hours have the usual ones and days that are worked"
                " exceptionally are not"
            ),
        ]
        assert plan_of(result.project).tasks[0].duration_minutes == 540

    def test_work_round_the_clock(self) -> None:
        plan = Plan((PlanTask("a", "A", 2880, calendar=ALL_HOURS.name),), calendars={ALL_HOURS.name: ALL_HOURS})
        back = plan_of(project_of(imported(plan)).project)
        (found,) = back.tasks
        assert found.duration_minutes == 2880
        assert back.calendars[found.calendar or ""].week == ALL_HOURS.week

    def test_notes_of_the_import_are_kept(self) -> None:
        result = project_of(read(mspdi(task(1), task(2, link(9)))))
        assert [n.message for n in result.notes] == [
            "task 'Task 2' (UID 2) waits for task UID 9, which is not in the file; the link is left out"
        ]
        assert "tasks" in result.project.incomplete
