"""Why a date is what it is: the sentence names what would have to change first."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given

from crm_rules.roadmap.analysis import analyse
from crm_rules.roadmap.plan import LagUnit, Plan, PlanLink
from crm_rules.roadmap.reasons import DATES
from crm_rules.roadmap.working_time import CalendarException, WorkingCalendar
from tests.roadmap.plans import DAY, dated_plans, plan
from tests.roadmap.test_schedule_dates import at, laid, roadmap, task


def test_project_start_links_and_the_weekend() -> None:
    r = roadmap(task("a", 3), task("b", 2), task("c", 1), links="a->b; b->c")
    assert r.why("a") == "starts 2 March 2026 because the project starts 2 March 2026"
    assert r.why("b") == "starts 5 March 2026 because 'A' finishes 4 March 2026 (FS)"
    assert r.why("c") == (
        "starts 9 March 2026 because 'B' finishes 6 March 2026 (FS), and 7 March to 8 March are not worked"
    )
    assert r.why("b", "early_finish") == "finishes 6 March 2026 because it starts 5 March 2026 and takes 2 days"
    assert (
        r.why("b", "late_finish") == "may finish as late as 6 March 2026 because 'C' is to start by 9 March 2026 (FS)"
    )
    assert r.why("c", "late_finish") == "may finish as late as 9 March 2026 because the project finishes 9 March 2026"
    assert r.why("c", "late_start") == (
        "may start as late as 9 March 2026 because it takes 1 day and may finish as late as 9 March 2026"
    )


def test_a_holiday() -> None:
    day = dt.date(2026, 3, 5)
    r = roadmap(
        task("a", 3),
        task("b", 1),
        links="a->b",
        calendar=WorkingCalendar("h", exceptions=(CalendarException(day, day),)),
    )
    assert r.why("b") == "starts 6 March 2026 because 'A' finishes 4 March 2026 (FS), and 5 March is not worked"


def test_several_that_tie_and_lags() -> None:
    r = roadmap(
        *(task(i, 1) for i in "abcd"),
        task("z", 1),
        links="a->z; b->z; c->z; d->z",
    )
    assert r.why("z") == (
        "starts 3 March 2026 because 'A' finishes 2 March 2026 (FS), 'B' finishes 2 March 2026 (FS),"
        " 'C' finishes 2 March 2026 (FS) and 1 more"
    )
    later = PlanLink("a", "z", lag=36 * 60, unit=LagUnit.ELAPSED)
    assert roadmap(task("a", 1), task("z", 1), more=(later,)).why("z") == (
        "starts 4 March 2026 because 'A' finishes 2 March 2026 (FS+36 hours on the clock)"
    )
    assert roadmap(task("a", 1), task("z", 1), links="a->z ss+2").why("z") == (
        "starts 4 March 2026 because 'A' starts 2 March 2026 (SS+2 days)"
    )
    assert roadmap(task("a", 3), task("z", 1), links="a->z ff").why("z") == (
        "starts 4 March 2026 because 'A' finishes 4 March 2026 (FF), and it takes 1 day"
    )


@pytest.mark.parametrize(
    ("kind", "day", "hour", "expected"),
    [
        ("snet", 10, 8, "starts 10 March 2026 because it is not to start before 10 March 2026"),
        ("fnet", 11, 17, "starts 10 March 2026 because it is not to finish before 11 March 2026"),
        (
            "snlt",
            3,
            8,
            (
                "starts 3 March 2026 because it is to start no later than 3 March 2026,"
                " although 'A' finishes 4 March 2026 (FS)"
            ),
        ),
        (
            "mfo",
            4,
            17,
            "starts 3 March 2026 because it must finish on 4 March 2026, although 'A' finishes 4 March 2026 (FS)",
        ),
        ("mso", 12, 8, "starts 12 March 2026 because it must start on 12 March 2026"),
    ],
)
def test_dates_laid_down(kind: str, day: int, hour: int, expected: str) -> None:
    r = roadmap(task("a", 3), task("b", 2, constraint=laid(kind, at(day, hour))), links="a->b")
    assert r.why("b") == expected


def test_the_finish_of_work_in_progress() -> None:
    # b (1 day, since the 2nd) is overdue. e waits for c, f runs on from the 4th, and g, of which a day is done on the
    # 5th, past the status date, has one left.
    r = roadmap(
        task("b", 1, actual_start=at(2)),
        task("c", 1),
        task("e", 2, actual_start=at(2)),
        task("f", 2, actual_start=at(4)),
        task("g", 2, actual_start=at(5), remaining_minutes=DAY),
        links="c->e",
        status_date=at(4, 17),
    )
    because = {i: r.why(i, "early_finish") for i in "befg"}
    assert because == {
        "b": "finishes 4 March 2026 because it is not done by the status date, 4 March 2026",
        "e": "finishes 9 March 2026 because 2 days are left to do after 'C' finishes 5 March 2026 (FS)",
        "f": "finishes 5 March 2026 because it started 4 March 2026 and takes 2 days",
        "g": "finishes 6 March 2026 because 1 day is left to do",
    }


def test_deadline_progress_status_and_hand() -> None:
    r = roadmap(
        task("a", 4, actual_start=at(2), remaining_minutes=2 * DAY),
        task("c", 1, deadline=at(5, 17)),
        task("d", 1, actual_start=at(2), actual_finish=at(2, 15)),
        task("m", 1, manual=True, pinned_start=at(3)),
        status_date=at(4, 17),
    )
    assert r.why("a") == "started 2 March 2026, as reported"
    assert r.why("a", "early_finish") == (
        "finishes 6 March 2026 because 2 days are left to do after the status date, 4 March 2026"
    )
    assert r.why("c") == ("starts 5 March 2026 because what is not done yet comes after the status date, 4 March 2026")
    assert r.why("c", "late_finish") == "may finish as late as 5 March 2026 because its deadline is 5 March 2026"
    assert r.why("d", "early_finish") == "finished 2 March 2026, 15:00, as reported"
    assert r.why("m") == "starts 3 March 2026 because it is scheduled by hand"


def test_summaries_and_what_runs_through_them() -> None:
    r = roadmap(task("x", 1), task("s", None), task("p", 1, parent="s"), task("z", 1), links="x->s; s->z")
    assert r.why("p") == "starts 3 March 2026 because 'X' finishes 2 March 2026 (FS), by way of 'S'"
    assert r.why("s") == "starts 3 March 2026 because 'P', its first part, does"
    assert r.why("z") == "starts 4 March 2026 because 'P' finishes 3 March 2026 (FS), by way of 'S'"
    assert (
        r.why("x", "late_finish") == "may finish as late as 2 March 2026 because 'S' is to start by 3 March 2026 (FS)"
    )


def test_without_dates_working_days_are_counted() -> None:
    r = analyse(plan({"a": 2, "b": 1}, "a->b"))
    assert r.why("b") == "starts on working day 3 because 'A' finishes on working day 2 (FS)"


def test_unknown_dates_have_no_reason_and_unknown_names_are_errors() -> None:
    r = analyse(plan({"a": None, "b": 1}, "a->b"))
    assert r.why("b") is None
    with pytest.raises(KeyError):
        r.why("b", "finish")
    with pytest.raises(KeyError):
        r.why("nobody")
    unlisted = analyse(plan({"a": 1}, complete=False))
    assert unlisted.why("a") is None
    with pytest.raises(KeyError):
        unlisted.why("a", "finish")


@given(dated_plans())
def test_every_known_date_has_one(base: Plan) -> None:
    r = analyse(base)
    undated = analyse(replace(base, start=None))
    for name, found in r.tasks.items():
        for value in DATES:
            assert (r.why(name, value) is None) == (getattr(found, value) is None)
            undated.why(name, value)
