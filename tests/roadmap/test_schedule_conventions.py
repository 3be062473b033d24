"""What scheduling programs do differently, and a plan therefore says: cases worked out on paper.

Whether open work is put after the status date, and whether hard constraints hold against links. All plans start on
Monday 2 March 2026, 08:00; a day is worked 8 to 12 and 13 to 17. Each case is computed by both ways to run the passes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from crm_rules.roadmap.analysis import Roadmap, analyse
from crm_rules.roadmap.plan import Constraint, ConstraintType, Plan, PlanTask
from crm_rules.roadmap.simulation import simulate
from crm_rules.roadmap.simulation_result import Simulation
from tests.roadmap.plans import DAY, link, on_the_clock

Passes = Callable[[Plan], Roadmap]
both = pytest.mark.parametrize("passes", [analyse, on_the_clock])


def at(day: int, hour: int = 8) -> dt.datetime:
    """A time in March 2026."""
    return dt.datetime(2026, 3, day, hour)  # noqa: DTZ001 - local working time


def task(name: str, days: float | None, **changes: Any) -> PlanTask:
    return PlanTask(name, name.upper(), None if days is None else round(days * DAY), **changes)


def laid(kind: str, date: dt.datetime) -> Constraint:
    return Constraint(ConstraintType(kind), date)


def early(r: Roadmap, name: str) -> tuple[dt.datetime | None, dt.datetime | None]:
    return r.tasks[name].early_start, r.tasks[name].early_finish


def late(r: Roadmap, name: str) -> tuple[dt.datetime | None, dt.datetime | None]:
    return r.tasks[name].late_start, r.tasks[name].late_finish


def days_of_float(r: Roadmap, name: str) -> float:
    total = r.tasks[name].total_float_minutes
    assert total is not None
    return total / DAY


@both
class TestWorkLeftWhereTheLinksPutIt:
    """Status date: the evening of the 4th. Nothing is moved behind it."""

    def plan(self, *tasks: PlanTask, links: str = "") -> Plan:
        found = tuple(link(text) for text in links.split("; ") if text)
        return Plan(tasks, found, start=at(2), status_date=at(4, 17), work_after_status=False)

    def test_what_has_not_begun(self, passes: Passes) -> None:
        # a 2-3, b 4-5; after the status date a would start on the 5th.
        r = passes(self.plan(task("a", 2), task("b", 2), links="a->b"))
        assert early(r, "a") == (at(2), at(3, 17))
        assert early(r, "b") == (at(4), at(5, 17))
        assert late(r, "a") == (at(2), at(3, 17))
        assert r.why("a") == "starts 2 March 2026 because the project starts 2 March 2026"

    def test_the_rest_of_what_has_begun_goes_on_where_it_stopped(self, passes: Passes) -> None:
        # a (4 days, since the 2nd) has 3 days left: one is done, so the rest is 3-5. x ends on the 6th: a day of float.
        r = passes(self.plan(task("a", 4, actual_start=at(2), remaining_minutes=3 * DAY), task("x", 5)))
        assert early(r, "a") == (at(2), at(5, 17))
        assert days_of_float(r, "a") == 1
        assert r.why("a", "early_finish") == "finishes 5 March 2026 because 3 days are left to do"

    def test_what_has_begun_and_says_nothing_of_the_rest(self, passes: Passes) -> None:
        # All of it: the 2nd, although that is past.
        r = passes(self.plan(task("a", 1, actual_start=at(2)), task("b", 1), links="a->b"))
        assert early(r, "a") == (at(2), at(2, 17))
        assert early(r, "b") == (at(3), at(3, 17))

    def test_a_simulation_leaves_it_there_too(self, passes: Passes) -> None:
        tasks = (task("a", 4, actual_start=at(2), remaining_minutes=3 * DAY), task("b", 1), task("c", 1))
        r = passes(self.plan(*tasks, links="a->b"))
        found = simulate(r, samples=2, spread=(0.0, 0.0))
        assert isinstance(found, Simulation)
        assert set(found.finishes) == {5 * DAY} == {r.finish_minutes}
        assert found.tasks["c"].criticality == 0


@both
class TestConstraintsThatGiveWay:
    """a 3 days: 2-4. b 2 days after it: 5-6. c 1 day after b: 9. The links decide; dates can but be missed."""

    def chain(self, passes: Passes, of: str, kind: str, date: dt.datetime) -> Roadmap:
        days = {"a": 3, "b": 2, "c": 1}
        tasks = [task(i, d, constraint=laid(kind, date) if i == of else None) for i, d in days.items()]
        links = (link("a->b"), link("b->c"))
        return passes(Plan(tuple(tasks), links, start=at(2), constraints_override_links=False))

    @pytest.mark.parametrize(
        ("kind", "date"), [("snlt", at(3)), ("mso", at(3)), ("fnlt", at(4, 17)), ("mfo", at(4, 17))]
    )
    def test_a_date_the_links_overtake_is_missed(self, passes: Passes, kind: str, date: dt.datetime) -> None:
        # b was to be 3-4, two days before it is; so a was to end on the 2nd. c follows b and has nothing to spare.
        r = self.chain(passes, "b", kind, date)
        assert early(r, "b") == (at(5), at(6, 17))
        assert early(r, "c") == (at(9), at(9, 17))
        assert late(r, "b") == (at(3), at(4, 17))
        assert [days_of_float(r, i) for i in "abc"] == [-2, -2, 0]
        assert r.tasks["b"].driving[0].predecessor == "a"
        assert r.why("b") == "starts 5 March 2026 because 'A' finishes 4 March 2026 (FS)"

    @pytest.mark.parametrize(("kind", "date"), [("mso", at(10)), ("mfo", at(11, 17))])
    def test_a_must_date_later_than_the_links_is_met(self, passes: Passes, kind: str, date: dt.datetime) -> None:
        # b 10-11 as laid down, c 12. a may end by the 9th: 3 days (5, 6, 9), that b's date leaves it.
        r = self.chain(passes, "b", kind, date)
        assert early(r, "b") == late(r, "b") == (at(10), at(11, 17))
        assert [days_of_float(r, i) for i in "abc"] == [3, 0, 0]

    @pytest.mark.parametrize(("kind", "date"), [("mso", at(5)), ("mfo", at(5, 17))])
    def test_a_must_date_takes_float_away_and_hands_it_on(self, passes: Passes, kind: str, date: dt.datetime) -> None:
        # m (1 day) is to be on the 5th; x ends the project on the 13th. p (1 day) before m may end by the 4th: 2 days.
        tasks = (task("p", 1), task("m", 1, constraint=laid(kind, date)), task("x", 10))
        r = passes(Plan(tasks, (link("p->m"),), start=at(2), constraints_override_links=False))
        assert early(r, "m") == late(r, "m") == (at(5), at(5, 17))
        assert [days_of_float(r, i) for i in "pmx"] == [2, 0, 0]

    @pytest.mark.parametrize("kind", ["snlt", "fnlt"])
    def test_a_latest_date_is_no_earliest_one(self, passes: Passes, kind: str) -> None:
        r = self.chain(passes, "c", kind, at(11, 17))
        assert early(r, "c") == (at(9), at(9, 17))
        assert [days_of_float(r, i) for i in "abc"] == [0, 0, 0]

    def test_a_date_of_the_start_is_past_once_work_has_begun(self, passes: Passes) -> None:
        # Started on the 3rd, one day later than laid down; that is not to be mended by what is left.
        begun = task("a", 3, actual_start=at(3), constraint=laid("mso", at(2)))
        r = passes(Plan((begun,), start=at(2), constraints_override_links=False))
        assert early(r, "a") == (at(3), at(5, 17))
        assert days_of_float(r, "a") == 0

    def test_a_milestone(self, passes: Passes) -> None:
        # m, after a, on the evening of the 4th; it was to be on the evening of the 3rd.
        tasks = (task("a", 3), task("m", 0, constraint=laid("mfo", at(3, 17))))
        r = passes(Plan(tasks, (link("a->m"),), start=at(2), constraints_override_links=False))
        assert early(r, "m") == (at(4, 17), at(4, 17))
        assert days_of_float(r, "m") == -1

    def test_the_dates_of_a_summary_task_are_those_of_its_parts(self, passes: Passes) -> None:
        # s must finish on the 3rd: p (3 days) cannot and is a day late; q (1 day) is not held until then.
        tasks = (task("s", None, constraint=laid("mfo", at(3, 17))), task("p", 3, parent="s"), task("q", 1, parent="s"))
        r = passes(Plan(tasks, start=at(2), constraints_override_links=False))
        assert early(r, "q") == (at(2), at(2, 17))
        assert [days_of_float(r, i) for i in "pq"] == [-1, 1]

    def test_of_an_unknown_duration(self, passes: Passes) -> None:
        # How long u takes is unknown, so when it is due to start says nothing of its finish, nor of the project's.
        tasks = (task("u", None, constraint=laid("snlt", at(3))), task("x", 1))
        r = passes(Plan(tasks, start=at(2), constraints_override_links=False))
        assert r.tasks["u"].early_start == at(2)
        assert r.tasks["u"].total_float_minutes is None


def test_hard_dates_that_hold_pull_against_the_links() -> None:
    """The same chain where constraints do override links."""
    tasks = (task("a", 3), task("b", 2, constraint=laid("mso", at(3))))
    assert early(analyse(Plan(tasks, (link("a->b"),), start=at(2))), "b") == (at(3), at(4, 17))


def test_a_date_before_the_project_starts_takes_its_place() -> None:
    """As SNET does it for a task that waits for none: the 26th of February is two working days before."""
    before = dt.datetime(2026, 2, 26, 8)  # noqa: DTZ001 - local working time
    tasks = (task("a", 1, constraint=laid("mso", before)), task("x", 1))
    r = analyse(Plan(tasks, start=at(2), constraints_override_links=False))
    assert r.tasks["a"].early_start == before
    assert r.tasks["a"].total_float_minutes == 0


def test_a_simulation_names_dates_it_does_not_force_only_where_the_schedule_forces_them() -> None:
    tasks = (task("a", 3), task("b", 2, constraint=laid("mso", at(3))))
    for overrides in (True, False):
        r = analyse(Plan(tasks, (link("a->b"),), start=at(2), constraints_override_links=overrides))
        found = simulate(r, samples=2, spread=(0.0, 0.0))
        assert isinstance(found, Simulation)
        assert ("must-date" in {s.kind for s in found.simplifications}) is overrides
