"""Dates, calendars, constraints and progress: cases worked out on paper.

All plans start on Monday 2 March 2026, 08:00. Days are named by their date in March; a day is worked 8 to 12 and 13 to
17, Saturdays and Sundays (7/8, 14/15, 21/22) are free. A task of d days that starts on the morning of a day ends on the
evening of the d-th working day, that day included.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from crm_rules.roadmap.analysis import Roadmap, analyse
from crm_rules.roadmap.plan import (
    Constraint,
    ConstraintType,
    LagCalendar,
    LagUnit,
    LinkType,
    Plan,
    PlanLink,
    PlanTask,
    TaskState,
)
from crm_rules.roadmap.working_time import ALL_HOURS, CalendarException, WorkingCalendar, week_of
from tests.roadmap.plans import DAY, link


def at(day: int, hour: int = 8, minute: int = 0) -> dt.datetime:
    """A time in March 2026."""
    return dt.datetime(2026, 3, day, hour, minute)  # noqa: DTZ001 - local working time


def task(name: str, days: float | None, **changes: Any) -> PlanTask:
    return PlanTask(name, name.upper(), None if days is None else round(days * DAY), **changes)


def laid(kind: str, date: dt.datetime | None = None) -> Constraint:
    return Constraint(ConstraintType(kind), date)


def roadmap(*tasks: PlanTask, links: str = "", **changes: Any) -> Roadmap:
    """Links are separated by semicolons."""
    found = tuple(link(text.strip()) for text in links.split(";") if text.strip())
    return analyse(Plan(tasks, changes.pop("more", ()) + found, start=at(2), **changes))


def early(r: Roadmap, name: str) -> tuple[dt.datetime | None, dt.datetime | None]:
    return r.tasks[name].early_start, r.tasks[name].early_finish


def late(r: Roadmap, name: str) -> tuple[dt.datetime | None, dt.datetime | None]:
    return r.tasks[name].late_start, r.tasks[name].late_finish


def floats(r: Roadmap, name: str) -> tuple[float, float]:
    """Total and free float in days."""
    t = r.tasks[name]
    assert t.total_float_minutes is not None
    assert t.free_float_minutes is not None
    return t.total_float_minutes / DAY, t.free_float_minutes / DAY


class TestConstraints:
    # a 3 days: 2-4. b 2 days after it: 5-6 (Thursday, Friday). c 1 day after b: 9 (Monday). Finish: 9, 17:00.
    CHAIN = "a->b; b->c"

    def chain(self, **constraints: Constraint) -> Roadmap:
        days = {"a": 3, "b": 2, "c": 1}
        return roadmap(*(task(i, d, constraint=constraints.get(i)) for i, d in days.items()), links=self.CHAIN)

    def test_none(self) -> None:
        r = self.chain()
        assert early(r, "b") == (at(5), at(6, 17))
        assert early(r, "c") == (at(9), at(9, 17))
        assert r.finish == at(9, 17)
        assert [floats(r, i) for i in "abc"] == [(0, 0)] * 3

    def test_snet_with_links(self) -> None:
        # b not before the 10th: b 10-11, c 12. a may end on the evening of the 9th: 3 working days (5, 6, 9) to spare,
        # all of them free, since b stays where its date puts it.
        r = self.chain(b=laid("snet", at(10)))
        assert early(r, "b") == (at(10), at(11, 17))
        assert early(r, "c") == (at(12), at(12, 17))
        assert floats(r, "a") == (3, 3)
        assert floats(r, "b") == (0, 0)
        assert r.critical_path == ("b", "c")

    def test_snet_that_the_links_overtake_does_nothing(self) -> None:
        assert early(self.chain(b=laid("snet", at(4))), "b") == (at(5), at(6, 17))

    def test_fnet_with_links(self) -> None:
        # b (2 days) must not finish before the evening of the 11th: 10-11. Then as with SNET.
        r = self.chain(b=laid("fnet", at(11, 17)))
        assert early(r, "b") == (at(10), at(11, 17))
        assert floats(r, "a") == (3, 3)
        assert r.finish == at(12, 17)

    def test_snlt_that_can_be_kept_takes_float_away(self) -> None:
        # c alone takes 1 day of a project of 6 working days (x), so it has 5 days. It must start on the 4th at
        # the latest: 2 days left.
        r = roadmap(task("x", 6), task("c", 1, constraint=laid("snlt", at(4))))
        assert early(r, "c") == (at(2), at(2, 17))
        assert late(r, "c") == (at(4), at(4, 17))
        assert floats(r, "c") == (2, 2)

    def test_snlt_against_the_links(self) -> None:
        # b is to start on the 3rd at the latest, but a ends on the 4th: b is pulled to the 3rd-4th, so it starts two
        # days (3, 4) before a has ended: a has float -2. c follows b on the 5th; the project ends there.
        # Backwards: LF b = min(LS c, 3rd + 2 days) = 4th; LS b = 3rd, so LF a = evening of the 2nd, EF a = 4th.
        r = self.chain(b=laid("snlt", at(3)))
        assert early(r, "b") == (at(3), at(4, 17))
        assert early(r, "c") == (at(5), at(5, 17))
        assert late(r, "a") == (dt.datetime(2026, 2, 26, 8), at(2, 17))  # noqa: DTZ001 - local working time
        assert floats(r, "a") == (-2, 0)
        assert floats(r, "b") == (0, 0)
        assert r.tasks["a"].critical is True

    def test_fnlt_against_the_links(self) -> None:
        # b is to finish on the 5th at the latest: it is pulled to 4-5, one day into a. a: LF = evening of the 3rd, -1.
        r = self.chain(b=laid("fnlt", at(5, 17)))
        assert early(r, "b") == (at(4), at(5, 17))
        assert late(r, "b") == (at(4), at(5, 17))
        assert floats(r, "a") == (-1, 0)

    def test_fnlt_that_can_be_kept(self) -> None:
        r = roadmap(task("x", 6), task("c", 2, constraint=laid("fnlt", at(5, 17))))
        assert early(r, "c") == (at(2), at(3, 17))
        assert late(r, "c") == (at(4), at(5, 17))
        assert floats(r, "c")[0] == 2

    def test_mso_later_and_earlier_than_the_links(self) -> None:
        # On the 11th: a has the days 5, 6, 9, 10 to spare. On the 4th: a (2-4) would have to end on the 3rd, -1.
        after = self.chain(b=laid("mso", at(11)))
        assert early(after, "b") == late(after, "b") == (at(11), at(12, 17))
        assert floats(after, "a") == (4, 4)
        assert floats(after, "b")[0] == 0
        before = self.chain(b=laid("mso", at(4)))
        assert early(before, "b") == (at(4), at(5, 17))
        assert floats(before, "a") == (-1, 0)

    def test_mfo(self) -> None:
        r = self.chain(b=laid("mfo", at(12, 17)))
        assert early(r, "b") == late(r, "b") == (at(11), at(12, 17))
        assert floats(r, "b") == (0, 0)
        assert early(r, "c") == (at(13), at(13, 17))

    def test_alap_takes_the_late_dates(self) -> None:
        # x: 2-9 (6 days). a 1 day, then b 1 day: b could run on the 3rd, at the latest on the 9th. As late as
        # possible it is planned for the 9th, and float is no longer shown. a has 4 days (3, 4, 5, 6) until then.
        r = roadmap(task("x", 6), task("a", 1), task("b", 1, constraint=laid("alap")), links="a->b")
        b = r.tasks["b"]
        assert (b.early_start, b.early_finish) == (at(3), at(3, 17))
        assert (b.start, b.finish) == (at(9), at(9, 17)) == (b.late_start, b.late_finish)
        assert floats(r, "b") == (0, 0)
        assert floats(r, "a") == (4, 4)
        assert r.finish == at(9, 17)

    def test_alap_moves_what_follows_it(self) -> None:
        # a (alap) 1 -> b 1, beside x 6: b at the latest on the 9th, so a on the 6th; then b is on the 9th.
        r = roadmap(task("x", 6), task("a", 1, constraint=laid("alap")), task("b", 1), links="a->b")
        assert r.tasks["a"].start == at(6)
        assert early(r, "b") == (at(9), at(9, 17))
        assert floats(r, "b") == (0, 0)
        assert r.finish == at(9, 17)

    def test_a_date_before_the_project_start_lets_a_first_task_start_before_it(self) -> None:
        r = roadmap(task("a", 1, constraint=laid("snet", dt.datetime(2026, 2, 26, 8))), task("b", 1))  # noqa: DTZ001
        assert r.tasks["a"].early_start == dt.datetime(2026, 2, 26, 8)  # noqa: DTZ001 - local working time
        assert r.tasks["a"].early_start_minutes == -2 * DAY
        assert early(r, "b") == (at(2), at(2, 17))


class TestDeadlines:
    def test_late_by_a_day(self) -> None:
        # a 2-4, b 5-6 with its deadline on the 5th: one day late, on it and on a. c, beside the chain, is not touched;
        # no early date is.
        r = roadmap(task("a", 3), task("b", 2, deadline=at(5, 17)), task("c", 1), links="a->b")
        assert early(r, "b") == (at(5), at(6, 17))
        assert [floats(r, i)[0] for i in "abc"] == [-1, -1, 4]
        assert floats(r, "a")[1] == 0
        assert r.tasks["a"].critical is True

    def test_one_that_leaves_room_cuts_float(self) -> None:
        # x 2-9. a 1 -> b 1 could end on the 9th; b's deadline is the 5th: 2 days left (4, 5) for both.
        r = roadmap(task("x", 6), task("a", 1), task("b", 1, deadline=at(5, 17)), links="a->b")
        assert floats(r, "b") == (2, 2)
        assert floats(r, "a") == (2, 0)

    def test_several(self) -> None:
        # a -> b -> c, one day each: 2, 3, 4. Deadlines: b on the 2nd (-1), c on the 4th (0); the tighter one holds a.
        r = roadmap(
            task("a", 1), task("b", 1, deadline=at(2, 17)), task("c", 1, deadline=at(4, 17)), links="a->b; b->c"
        )
        assert [floats(r, i)[0] for i in "abc"] == [-1, -1, 0]


class TestLags:
    def lagged(self, unit: LagUnit, lag: int, kind: LinkType = LinkType.FS, **changes: Any) -> Roadmap:
        changes.setdefault("tasks", (task("a", 4), task("b", 1)))
        tasks = changes.pop("tasks")
        return roadmap(*tasks, more=(PlanLink("a", "b", kind, lag, unit),), **changes)

    def test_elapsed(self) -> None:
        # a ends Thursday 5th, 17:00. Three days on the clock later it is Sunday 17:00: b is on Monday 9th. Backwards:
        # b starts on the 9th, 08:00; three days earlier is Friday 6th, 08:00: a may end on the evening of the 5th.
        r = self.lagged(LagUnit.ELAPSED, 3 * 24 * 60)
        assert early(r, "b") == (at(9), at(9, 17))
        assert late(r, "a") == early(r, "a")
        assert floats(r, "a") == (0, 0)

    def test_elapsed_with_slack_over_the_weekend(self) -> None:
        # One day on the clock after Friday 6th, 17:00 (a takes 5 days) is Saturday: b on the 9th. From the 9th,
        # 08:00, back it is Sunday 08:00: by then a has done all of Friday's work, so it has no float in working time.
        r = self.lagged(LagUnit.ELAPSED, 24 * 60, tasks=(task("a", 5), task("b", 1)))
        assert early(r, "b") == (at(9), at(9, 17))
        assert floats(r, "a") == (0, 0)

    def test_elapsed_hours_within_a_day(self) -> None:
        # a ends at 12:00 (half a day). Two hours on the clock: 14:00. b 3 h of work from 14:00 to 17:00.
        r = self.lagged(LagUnit.ELAPSED, 120, tasks=(task("a", 0.5), task("b", 0.375)))
        assert early(r, "b") == (at(2, 14), at(2, 17))

    def test_percent_of_the_predecessor(self) -> None:
        # Half of four days after the start of a: b on the 4th (2 and 3 are waited for); 25 % after its end: on the 9th.
        assert early(self.lagged(LagUnit.PERCENT, 5000, LinkType.SS), "b")[0] == at(4)
        assert early(self.lagged(LagUnit.PERCENT, 2500), "b")[0] == at(9)
        assert early(self.lagged(LagUnit.PERCENT, -2500), "b")[0] == at(5)

    def test_lag_calendars(self) -> None:
        # a ends Friday 6th, 17:00 on the plan's calendar; b works every hour of the week. A lag of 8 hours:
        # predecessor's and plan's calendar: over on Monday 9th, 17:00. Successor's and clock: Saturday 7th, 01:00.
        def start(calendar: LagCalendar) -> dt.datetime | None:
            tasks = (task("a", 5), task("b", 1, calendar="all"))
            r = self.lagged(LagUnit.WORKING, DAY, tasks=tasks, calendars={"all": ALL_HOURS}, lag_calendar=calendar)
            return r.tasks["b"].early_start

        assert start(LagCalendar.PREDECESSOR) == start(LagCalendar.PROJECT) == at(9, 17)
        assert start(LagCalendar.SUCCESSOR) == start(LagCalendar.CLOCK) == at(7, 1)

    def test_predecessor_and_project_calendar_differ(self) -> None:
        # Now a works every hour: 8 hours from Monday 08:00 to 16:00. A lag of 8 hours: on a's calendar until midnight;
        # on the plan's 1 hour on Monday and 7 on Tuesday: until 16:00.
        def start(calendar: LagCalendar) -> dt.datetime | None:
            tasks = (task("a", 1, calendar="all"), task("b", 1))
            calendars = {"all": ALL_HOURS}
            r = self.lagged(LagUnit.WORKING, DAY, tasks=tasks, calendars=calendars, lag_calendar=calendar)
            return r.tasks["b"].early_start

        assert start(LagCalendar.PREDECESSOR) == start(LagCalendar.CLOCK) == at(3, 8)
        assert start(LagCalendar.SUCCESSOR) == start(LagCalendar.PROJECT) == at(3, 16)


class TestCalendars:
    SIX_DAYS = WorkingCalendar("six days", week_of(range(6), ((8 * 60, 12 * 60), (13 * 60, 17 * 60))))

    def test_holiday(self) -> None:
        holiday = WorkingCalendar("h", exceptions=(CalendarException(dt.date(2026, 3, 4), dt.date(2026, 3, 4)),))
        r = roadmap(task("a", 3), calendar=holiday)
        assert r.finish == at(5, 17)
        assert r.finish_minutes == 3 * DAY

    def test_tasks_on_their_own_calendars(self) -> None:
        # a: 2-6 on five days. b on six days: Saturday 7th and Monday 9th. c on five days, after b: 10th.
        r = roadmap(
            task("a", 5),
            task("b", 2, calendar="six"),
            task("c", 1),
            links="a->b; b->c",
            calendars={"six": self.SIX_DAYS},
        )
        assert early(r, "b") == (at(7), at(9, 17))
        assert early(r, "c") == (at(10), at(10, 17))
        # On the plan's calendar b starts where Monday does.
        assert r.tasks["b"].early_start_minutes == 5 * DAY
        assert r.tasks["b"].early_finish_minutes == 6 * DAY

    def test_least_float_is_not_the_longest_path(self) -> None:
        # a: 2-5. b, six days a week, on Friday 6th; c, five days a week, on Monday 9th. b could as well be done on
        # Saturday: one day of float on its own calendar, and so has a, although both drive c, which ends the project.
        tasks = (task("a", 4), task("b", 1, calendar="six"), task("c", 1))
        r = roadmap(*tasks, links="a->b; b->c", calendars={"six": self.SIX_DAYS})
        assert early(r, "c") == (at(9), at(9, 17))
        assert floats(r, "b") == (1, 1)
        assert floats(r, "a") == (1, 0)
        assert [r.tasks[i].longest_path for i in "abc"] == [True, True, True]
        assert [r.tasks[i].critical for i in "abc"] == [False, False, True]


class TestMilestones:
    def test_finish_and_start_milestones(self) -> None:
        # m follows a: at the end of its last day, though b starts the next morning. s starts with b: in the morning.
        r = roadmap(task("a", 5), task("m", 0), task("b", 1), task("s", 0), links="a->m; m->b; b->s ss")
        assert r.tasks["m"].early_start == at(6, 17)
        assert r.tasks["m"].early_finish == at(6, 17)
        assert r.tasks["b"].early_start == at(9)
        assert r.tasks["s"].early_finish == at(9)

    def test_chains_of_milestones_and_dates(self) -> None:
        r = roadmap(
            task("a", 1), task("m", 0), task("n", 0), task("d", 0, constraint=laid("snet", at(4))), links="a->m; m->n"
        )
        assert r.tasks["n"].early_start == at(2, 17)
        assert r.tasks["d"].early_start == at(4)
        assert late(r, "d") == (at(4), at(4))


class TestSummaries:
    # s has the parts p (2 days) and q (1 day) with p -> q; t has the part u (1 day).
    PARTS = (
        task("s", None),
        task("p", 2, parent="s"),
        task("q", 1, parent="s"),
        task("t", None),
        task("u", 1, parent="t"),
        task("x", 3),
    )

    def test_link_into_a_summary_holds_all_its_parts(self) -> None:
        # x 2-4, then p 5-6 and q: after x only if the summary is held as a whole.
        r = roadmap(*self.PARTS, links="x->s")
        assert early(r, "p") == (at(5), at(6, 17))
        assert early(r, "q") == (at(5), at(5, 17))
        assert early(r, "s") == (at(5), at(6, 17))
        assert [(d.predecessor, d.through) for d in r.tasks["q"].driving] == [("x", ("s",))]
        assert r.critical_path == ("x", "p")

    def test_link_out_of_a_summary_waits_for_all_its_parts(self) -> None:
        # p 2-3, q on the 4th; u follows on the 5th.
        r = roadmap(*self.PARTS, links="p->q; s->u")
        assert early(r, "u") == (at(5), at(5, 17))
        assert [(d.predecessor, d.through) for d in r.tasks["u"].driving] == [("q", ("s",))]
        # x ends on the 4th; the summary and u decide the end.
        assert floats(r, "x") == (1, 1)

    def test_summary_to_summary(self) -> None:
        r = roadmap(*self.PARTS, links="s->t fs+1")
        assert early(r, "t") == early(r, "u") == (at(5), at(5, 17))
        assert r.tasks["s"].summary
        assert r.tasks["s"].critical is True

    def test_start_of_a_summary_is_that_of_its_first_part(self) -> None:
        # q starts on the 2nd, p (after x) on the 5th; u starts a day after s does: on the 3rd.
        r = roadmap(*self.PARTS, links="x->p; s->u ss+1")
        assert early(r, "u") == (at(3), at(3, 17))
        assert early(r, "s") == (at(2), at(6, 17))
        # The end is the 6th: u has 3 days; q, which starts u, as many; p has none.
        assert floats(r, "u")[0] == 3
        assert floats(r, "q")[0] == 3
        assert floats(r, "p")[0] == 0

    def test_constraints_and_deadlines_hold_for_the_parts(self) -> None:
        parts = list(self.PARTS)
        parts[0] = replace(parts[0], constraint=laid("snet", at(9)), deadline=at(9, 17))
        r = roadmap(*parts)
        assert early(r, "p") == (at(9), at(10, 17))
        assert early(r, "q") == (at(9), at(9, 17))
        assert floats(r, "p")[0] == -1
        assert floats(r, "q")[0] == 0
        assert r.tasks["s"].total_float_minutes == -DAY

    def test_dropping_a_summary_drops_its_parts(self) -> None:
        parts = list(self.PARTS)
        parts[0] = replace(parts[0], state=TaskState.DROPPED)
        r = roadmap(*parts, links="x->s; s->u")
        assert set(r.tasks) == {"t", "u", "x"}
        assert early(r, "u") == (at(5), at(5, 17))


class TestProgress:
    def test_finished_work_stands_and_does_not_bind(self) -> None:
        # a was done on the 4th (not 2-3 as planned): b follows it. f was finished on the 2nd although it follows x:
        # x is not held back by it and has the float the end (the 5th) leaves.
        r = roadmap(
            task("a", 2, state=TaskState.DONE, actual_start=at(2), actual_finish=at(4, 17)),
            task("b", 1),
            task("x", 1),
            task("f", 1, actual_start=at(2), actual_finish=at(2, 17)),
            links="a->b; x->f",
        )
        assert early(r, "b") == (at(5), at(5, 17))
        assert floats(r, "x") == (3, 3)
        assert floats(r, "a") == (0, 0)
        assert r.tasks["a"].critical is False
        assert [(k.predecessor, k.successor) for k in r.out_of_sequence] == [("x", "f")]
        assert r.tasks["f"].out_of_sequence

    def test_started_task(self) -> None:
        # a started a day late, on the 3rd: 3-5; b on the 6th.
        r = roadmap(task("a", 3, actual_start=at(3)), task("b", 1), links="a->b")
        assert early(r, "a") == (at(3), at(5, 17))
        assert early(r, "b") == (at(6), at(6, 17))
        assert floats(r, "a") == (0, 0)

    def test_what_is_left_comes_after_the_status_date(self) -> None:
        # Status: evening of the 4th. a (4 days, started on the 2nd) has 2 days left: 5-6. c has not begun: the 5th.
        r = roadmap(task("a", 4, actual_start=at(2), remaining_minutes=2 * DAY), task("c", 1), status_date=at(4, 17))
        assert early(r, "a") == (at(2), at(6, 17))
        assert early(r, "c") == (at(5), at(5, 17))
        assert floats(r, "c") == (1, 1)

    def test_retained_logic(self) -> None:
        # b (3 days) began on the 2nd although a is to end first; 2 days of it are left. a began on the 2nd and ends on
        # the 4th: what is left of b waits: 5-6. The link is reported.
        r = roadmap(
            task("a", 3, actual_start=at(2)),
            task("b", 3, actual_start=at(2), remaining_minutes=2 * DAY),
            links="a->b",
        )
        assert early(r, "b") == (at(2), at(6, 17))
        assert r.tasks["b"].out_of_sequence
        assert floats(r, "a") == (0, 0)
        assert late(r, "b") == (at(2), at(6, 17))

    def test_the_start_of_what_has_begun_holds_nothing_back(self) -> None:
        # a has begun; b waited for its start only. Whatever becomes of a, its start stands: x (6 days) leaves a 4 days.
        r = roadmap(task("a", 2, actual_start=at(2)), task("b", 1), task("x", 6), links="a->b ss+1")
        assert early(r, "b") == (at(3), at(3, 17))
        assert floats(r, "a")[0] == 4

    def test_levelling_delay_is_taken_off_again_on_the_way_back(self) -> None:
        # a on the 2nd; b is put off by a day on the clock: not the 3rd but the 4th. It ends the project, so a has no
        # float: had the delay not been taken off, a would have a day.
        r = roadmap(task("a", 1), task("b", 1, levelling_delay_minutes=24 * 60), links="a->b")
        assert early(r, "b") == (at(4), at(4, 17))
        assert floats(r, "a") == (0, 0)
        assert [d.predecessor for d in r.tasks["b"].driving] == ["a"]

    def test_manual_task_stands_and_drives(self) -> None:
        # m is pinned to the 3rd although a ends on the 4th; b follows m on the 4th.
        # m's late dates come from b: b ends with the project (the 4th), so m may end on the 3rd. a is to end before m's
        # late start, the 3rd: on the 2nd; it is 2 days late.
        r = roadmap(
            task("a", 3),
            task("m", 1, manual=True, pinned_start=at(3), pinned_finish=at(3, 17)),
            task("b", 1),
            links="a->m; m->b",
        )
        assert early(r, "m") == (at(3), at(3, 17))
        assert early(r, "b") == (at(4), at(4, 17))
        assert floats(r, "a")[0] == -2
        assert r.tasks["m"].driving == ()


class TestLevelOfEffort:
    def test_lasts_as_long_as_what_it_accompanies(self) -> None:
        # Support from the start of a (2nd) to the end of b (5th); it drives nothing and is never critical.
        r = roadmap(
            task("a", 3), task("b", 1), task("l", 1, level_of_effort=True), links="a->b; a->l ss; b->l ff; l->b"
        )
        assert early(r, "l") == (at(2), at(5, 17))
        assert r.tasks["l"].critical is False
        assert early(r, "b") == (at(5), at(5, 17))


class TestFurtherFloats:
    def test_interfering_and_independent(self) -> None:
        # Days: x 10 is the project. a 2 -> b 1 -> c 2, and d 4 -> c. b: ES 2, but c starts at 4 (d).
        # c may start at 8: TF of a, b = 8 - 3 = 5, of d = 4. FF of a = 0, of b = 4 - 3 = 1, so 4 of b's 5 interfere.
        # a may end as late as day 7; then b ends at day 8, after c's earliest start 4: no independent float.
        r = roadmap(*(task(i, n) for i, n in zip("abcdx", (2, 1, 2, 4, 10), strict=True)), links="a->b; b->c; d->c")
        b = r.tasks["b"]
        assert (b.total_float_minutes, b.free_float_minutes, b.interfering_float_minutes) == (5 * DAY, DAY, 4 * DAY)
        assert b.independent_float_minutes == 0

    def test_independent_float_that_is_there(self) -> None:
        # a (2) starts the project and is critical by a -> y 8 (end 10); b 1 is between a and z, which waits for y.
        # a cannot be late, so b has all of 10 - 3 = 7 days to itself.
        r = roadmap(*(task(i, n) for i, n in zip("abyz", (2, 1, 8, 1), strict=True)), links="a->b; a->y; y->z; b->z")
        assert r.tasks["b"].independent_float_minutes == 7 * DAY

    def test_drag(self) -> None:
        # a 2 -> b 5 -> d 1 beside a -> c 3 -> d. Without a the project is 2 shorter; without b only by 2 (c takes 3);
        # without d by 1.
        r = roadmap(*(task(i, n) for i, n in zip("abcd", (2, 5, 3, 1), strict=True)), links="a->b; b->d; a->c; c->d")
        assert [r.tasks[i].drag_minutes for i in "abcd"] == [2 * DAY, 2 * DAY, None, DAY]

    def test_near_critical(self) -> None:
        # The band is 5 days in short plans. x 20 days; a 15 (5 to spare), b 14 (6 to spare).
        r = roadmap(task("x", 20), task("a", 15), task("b", 14))
        assert [r.tasks[i].near_critical for i in "xab"] == [False, True, False]
        # 5 % of 200 days are 10.
        r = roadmap(task("x", 200), task("a", 190), task("b", 189))
        assert [r.tasks[i].near_critical for i in "xab"] == [False, True, False]

    def test_driving_slack_to_a_milestone(self) -> None:
        # m (a milestone) is reached after a 3 and after b 1: b has 2 days before m moves; z has no say.
        r = roadmap(task("a", 3), task("b", 1), task("m", 0), task("z", 9), links="a->m; b->m; m->z fs+1")
        assert r.driving_slack("m") == {"a": 0, "b": 2 * DAY, "m": 0}
        with pytest.raises(KeyError):
            r.driving_slack("nobody")

    def test_critical_limit(self) -> None:
        r = roadmap(task("x", 3), task("a", 2), task("b", 1), critical_limit_minutes=DAY)
        assert [r.tasks[i].critical for i in "xab"] == [True, True, False]
