"""What a plan says with dates, progress, summaries and calendars, on one axis of minutes.

Estimates without width make a simulation a schedule, so that every date can be worked out on paper. The
project starts on Monday, 4 January 2027, 8:00; a day is 480 minutes of work, a week five days.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from crm_rules.roadmap.analysis import analyse
from crm_rules.roadmap.plan import (
    Constraint,
    ConstraintType,
    Estimate,
    LagCalendar,
    LagUnit,
    LinkType,
    Plan,
    PlanLink,
    PlanTask,
    TaskState,
)
from crm_rules.roadmap.simulation import simulate
from crm_rules.roadmap.simulation_network import Model, read_model
from crm_rules.roadmap.simulation_result import NotSimulated, Simulation
from crm_rules.roadmap.working_time import ALL_HOURS, STANDARD, CalendarException
from tests.roadmap.plans import DAY

START = dt.datetime.fromisoformat("2027-01-04T08:00")


def at(days: float) -> dt.datetime:
    """The moment a number of working days (of the first two weeks) after the start, on the side of the work before."""
    whole, part = divmod(days, 1)
    if not part and days:
        whole, part = whole - 1, 1
    minutes = round(part * DAY)
    return START + dt.timedelta(days=whole + 2 * (whole // 5), minutes=minutes + (60 if minutes > 240 else 0))


def task(name: str, days: float | None = 1, **fields: Any) -> PlanTask:
    return PlanTask(name, name.upper(), None if days is None else round(days * DAY), **fields)


def constrained(kind: str, days: float) -> Constraint:
    return Constraint(ConstraintType(kind), at(days))


def of(*tasks: PlanTask, links: tuple[PlanLink, ...] = (), **fields: Any) -> Plan:
    return Plan(tasks, links, **{"start": START, **fields})


def modelled(base: Plan) -> Model:
    model = read_model(analyse(base), (0.0, 0.0))
    assert isinstance(model, Model), model
    return model


def dates(base: Plan) -> dict[str, tuple[float, float]]:
    """Start and finish of each task in days from project start, as the simulation begins with them."""
    model = modelled(base)
    starts = model.early_starts(model.durations)
    return {
        name: (starts[i] / DAY, (starts[i] + model.durations[i]) / DAY)
        for i, name in enumerate(model.network.ids[: model.tasks])
    }


def simplified(base: Plan) -> dict[str, tuple[str, ...]]:
    """Tasks by kind of simplification, without dates that differ from the schedule's."""
    return {s.kind: s.tasks for s in modelled(base).simplifications if s.kind != "other-dates"}


def simulated(base: Plan, **options: Any) -> Simulation:
    found = simulate(base, **{"spread": (0.0, 0.0), **options})
    assert isinstance(found, Simulation), found
    return found


def test_the_days_of_this_file() -> None:
    assert at(0) == START
    assert at(0.75) == dt.datetime.fromisoformat("2027-01-04T15:00")
    assert at(5) == dt.datetime.fromisoformat("2027-01-08T17:00")
    assert at(6) == dt.datetime.fromisoformat("2027-01-11T17:00")


class TestDates:
    def test_of_percentiles(self) -> None:
        found = simulated(of(task("a", 6)))
        assert {p.finish for p in found.percentiles} == {at(6)}
        assert found.percentile(50).to_dict()["finish"] == "2027-01-11T17:00:00"

    def test_of_a_finish_at_the_start(self) -> None:
        assert simulated(of(task("a", 0, estimate=Estimate(0, 0, 0)))).percentile(50).finish == START

    def test_are_left_out_without_a_start_and_that_is_said(self) -> None:
        roadmap = analyse(of(task("a", 6, deadline=at(7)), start=None))
        tasks = {i: replace(t, early_start=None, early_finish=None) for i, t in roadmap.tasks.items()}
        found = simulate(replace(roadmap, tasks=tasks), spread=(0.0, 0.0), deadline=at(8))
        assert isinstance(found, Simulation)
        assert found.percentile(50).finish is None
        assert [(c.task, c.probability) for c in found.chances] == [(None, None)]
        assert found.probability(at(8)) is None
        assert [(s.kind, s.tasks) for s in found.simplifications] == [("no-start", ("a",))]

    def test_beyond_the_calendar_are_none(self) -> None:
        assert simulated(of(task("a", 10**7))).percentile(50).finish is None

    def test_start_from_the_stated_start_of_a_first_task(self) -> None:
        base = of(task("a", 2, start=dt.date(2027, 1, 5)), start=None)
        assert simulated(base).percentile(50).finish == at(3)


class TestConstraints:
    def test_no_earlier_than_are_floors(self) -> None:
        base = of(
            task("a", 2, constraint=constrained("snet", 3)),
            task("b", 2, constraint=constrained("fnet", 3)),
            task("c", 4, constraint=constrained("fnet", 3)),
            task("d", 1),
            links=(PlanLink("b", "d"),),
        )
        assert dates(base) == {"a": (3, 5), "b": (1, 3), "c": (0, 4), "d": (3, 4)}
        assert simplified(base) == {}

    def test_floors_hold_in_every_sample(self) -> None:
        base = of(
            task("a", 2, estimate=Estimate(DAY, 2 * DAY, 6 * DAY)),
            task("b", 1, constraint=constrained("snet", 4)),
            task("c", 2, estimate=Estimate(DAY, 2 * DAY, 3 * DAY), constraint=constrained("fnet", 5)),
            links=(PlanLink("a", "b"),),
        )
        found = simulate(base, samples=2000)
        assert isinstance(found, Simulation)
        # b runs 4..5 unless a takes longer than 4 days: a beta of weights 1.8 and 4.2.
        assert found.finishes[0] == 5 * DAY
        late = 1 - (found.probability(5 * DAY) or 0)
        assert 0 < late < 0.15
        assert found.tasks["a"].criticality == pytest.approx(late, abs=0.002)
        assert found.tasks["c"].criticality == pytest.approx(1 - late, abs=0.002)  # ends with b's floor, at 5

    def test_dates_to_be_kept_are_promises_and_not_kept_by_force(self) -> None:
        base = of(
            task("a", 3),
            task("b", 1, constraint=constrained("mso", 2)),
            task("c", 1, constraint=constrained("mfo", 5)),
            task("d", 4, constraint=constrained("snlt", 2)),
            task("e", 4, constraint=constrained("fnlt", 3)),
            links=(PlanLink("a", "b"), PlanLink("a", "d")),
        )
        assert dates(base) == {"a": (0, 3), "b": (3, 4), "c": (4, 5), "d": (3, 7), "e": (0, 4)}
        assert simplified(base) == {"must-date": ("b", "c", "d", "e")}
        kept = {(c.task, c.kind): c.probability for c in simulated(base).chances}
        assert kept == {("b", "mso"): 0, ("c", "mfo"): 1, ("d", "snlt"): 0, ("e", "fnlt"): 0}

    def test_as_late_as_possible_is_named(self) -> None:
        base = of(task("a", 1, constraint=Constraint(ConstraintType.ALAP)), task("b", 3))
        assert dates(base)["a"] == (0, 1)
        assert simplified(base) == {"as-late-as-possible": ("a",)}

    def test_work_by_hand_starts_no_earlier_than_its_date_and_later_when_it_must(self) -> None:
        base = of(
            task("a", 3),
            task("b", 1, manual=True, pinned_start=at(2)),
            task("c", 1, manual=True, pinned_start=at(4)),
            links=(PlanLink("a", "b"), PlanLink("a", "c")),
        )
        assert dates(base) == {"a": (0, 3), "b": (3, 4), "c": (4, 5)}
        assert simplified(base) == {"manual": ("b", "c")}


class TestDeadlines:
    def test_are_kept_by_a_share_of_the_samples(self) -> None:
        # Uniform over 0..10 days: 70 % end within 7. Ending at 17:00 of the day, or at 8:00 of the next, is the same.
        base = of(task("a", 5, estimate=Estimate(0, 5 * DAY, 10 * DAY), deadline=at(7)))
        next_morning = dt.datetime.fromisoformat("2027-01-13T08:00")
        found = simulate(base, 5000, distribution="uniform", deadline=next_morning)
        assert isinstance(found, Simulation)
        asked, own = found.chances
        assert (asked.task, asked.at, own.task, own.kind, own.at) == (None, next_morning, "a", "deadline", at(7))
        assert asked.probability == own.probability == found.probability(at(7))
        assert own.probability == pytest.approx(0.7, abs=4 * 0.0065)
        assert own.low is not None
        assert own.high is not None
        assert own.low < 0.7 < own.high

    def test_cap_late_dates_and_move_nothing(self) -> None:
        # a ends at 1..3 and is critical where it ends at its deadline 2 or later; z is critical always.
        base = of(
            task("a", 2, estimate=Estimate(DAY, 2 * DAY, 3 * DAY), deadline=at(2)),
            task("z", 9, estimate=Estimate(9 * DAY, 9 * DAY, 9 * DAY)),
        )
        found = simulate(base, 4000)
        assert isinstance(found, Simulation)
        assert set(found.finishes) == {9 * DAY}
        assert found.tasks["z"].criticality == 1
        assert found.tasks["a"].criticality == pytest.approx(0.5, abs=4 * 0.008)
        kept = found.chances[0].probability
        assert kept == pytest.approx(1 - found.tasks["a"].criticality, abs=0.005)

    def test_of_what_comes_before_count_too(self) -> None:
        # b has to end by 3 and takes 2, so a (1 day) is critical from 1 on: it cannot wait.
        base = of(task("a", 1), task("b", 2, deadline=at(3)), task("z", 9), links=(PlanLink("a", "b"),))
        found = simulated(base)
        assert {i: t.criticality for i, t in found.tasks.items()} == {"a": 1, "b": 1, "z": 1}

    def test_of_a_start_mean_nothing_once_it_has_started(self) -> None:
        base = of(task("a", 5, constraint=constrained("snlt", 1), actual_start=at(2), remaining_minutes=DAY))
        assert simulated(base).chances == ()

    def test_of_a_start_count_the_start(self) -> None:
        # b starts at 1. With 1 as its date neither a nor b can wait; with 2 both have a day.
        for date, criticality in ((1, 1), (2, 0)):
            tasks = (task("a", 1), task("b", 5, constraint=constrained("snlt", date)), task("z", 9))
            found = simulated(of(*tasks, links=(PlanLink("a", "b"),)))
            assert [c.probability for c in found.chances] == [1]
            assert {i: t.criticality for i, t in found.tasks.items()} == {"a": criticality, "b": criticality, "z": 1}


class TestProgress:
    def test_finished_work_keeps_its_dates_whatever_comes_before(self) -> None:
        base = of(
            task("a", 3),
            task("b", 1, state=TaskState.DONE, actual_start=at(1), actual_finish=at(4)),
            task("c", 1),
            links=(PlanLink("a", "b"), PlanLink("b", "c"), PlanLink("b", "c", LinkType.SS, 5 * DAY)),
        )
        assert dates(base) == {"a": (0, 3), "b": (1, 4), "c": (6, 7)}
        # a is behind nothing any more.
        assert simulated(base).tasks["a"].criticality == 0

    def test_work_with_nothing_left_is_finished_whatever_its_state(self) -> None:
        base = of(
            task("a", 3),
            task("b", 1, actual_start=at(1), actual_finish=at(3)),
            task("gate", 0, actual_start=at(1)),
            task("c", 1, state=TaskState.DONE, actual_start=at(2)),
            task("d", 2),
            links=(PlanLink("a", "b"), PlanLink("a", "gate"), PlanLink("gate", "d")),
        )
        assert dates(base) == {"a": (0, 3), "b": (1, 3), "c": (2, 3), "d": (1, 3), "gate": (1, 1)}
        found = simulated(base)
        assert {i: t.criticality for i, t in found.tasks.items()} == {"a": 1, "b": 0, "c": 0, "d": 1, "gate": 0}

    def test_a_lag_after_finished_work_does_not_hold_what_has_started(self) -> None:
        base = of(
            task("a", 1, state=TaskState.DONE, actual_start=at(0), actual_finish=at(1)),
            task("b", 4, actual_start=at(2), remaining_minutes=2 * DAY),
            links=(PlanLink("a", "b", lag=9 * DAY),),
        )
        assert dates(base)["b"] == (4, 6)

    def test_work_ahead_of_the_status_date_goes_on_where_it_is(self) -> None:
        base = of(task("a", 4, actual_start=at(4), remaining_minutes=2 * DAY), status_date=at(5))
        assert dates(base) == {"a": (6, 8)}

    def test_a_finish_no_earlier_than_holds_what_has_started(self) -> None:
        base = of(
            task("a", 2, actual_start=at(0), remaining_minutes=DAY, constraint=constrained("fnet", 6)),
            task("b", 2, actual_start=at(1), remaining_minutes=DAY, constraint=constrained("snet", 6)),
            status_date=at(2),
        )
        assert dates(base) == {"a": (5, 6), "b": (2, 3)}

    def test_finished_work_without_a_start_has_its_duration(self) -> None:
        base = of(task("a", 3, state=TaskState.DONE, actual_finish=at(2)), task("b", 1), links=(PlanLink("a", "b"),))
        assert dates(base) == {"a": (-1, 2), "b": (2, 3)}

    def test_what_is_left_resumes_at_the_status_date(self) -> None:
        base = of(
            task("a", 4, actual_start=at(1), remaining_minutes=3 * DAY),
            task("b", 1),
            task("c", 1),
            links=(PlanLink("a", "b"), PlanLink("a", "c", LinkType.SS, 7 * DAY)),
            status_date=at(5),
        )
        # The remainder runs 5..8; c waits for 7 days after the start at 1.
        assert dates(base) == {"a": (5, 8), "b": (8, 9), "c": (8, 9)}

    def test_what_is_left_waits_for_what_is_unfinished_before_it(self) -> None:
        base = of(
            task("a", 3),
            task("b", 4, actual_start=at(0), remaining_minutes=1 * DAY),
            links=(PlanLink("a", "b"),),
            status_date=at(2),
        )
        assert dates(base) == {"a": (2, 5), "b": (5, 6)}

    def test_without_a_status_date_nothing_has_interrupted_it(self) -> None:
        base = of(task("a", 4, actual_start=at(1), remaining_minutes=1 * DAY))
        assert dates(base) == {"a": (4, 5)}

    def test_the_estimate_shrinks_with_the_remainder(self) -> None:
        # 2 of 4 likely days are left: half of 2, 4, 8.
        base = of(
            task("a", 4, actual_start=at(0), remaining_minutes=2 * DAY, estimate=Estimate(2 * DAY, 4 * DAY, 8 * DAY))
        )
        assert [e for e in modelled(base).estimates if e] == [Estimate(DAY, 2 * DAY, 4 * DAY)]

    def test_without_a_remainder_it_is_not_over_before_the_status_date(self) -> None:
        base = of(task("a", 2, actual_start=at(1)), task("b", 1), links=(PlanLink("a", "b"),), status_date=at(4))
        assert dates(base)["b"] == (4, 5)
        assert simplified(base) == {"progress": ("a",)}


class TestOneAxis:
    def test_lags_on_the_clock_and_in_percent(self) -> None:
        base = of(
            task("a", 4),
            task("b", 1),
            task("c", 1),
            links=(
                PlanLink("a", "b", lag=7 * 24 * 60, unit=LagUnit.ELAPSED),  # a week: five days of work
                PlanLink("a", "c", LinkType.SS, 5000, LagUnit.PERCENT),  # half of 4 days
            ),
        )
        assert dates(base) == {"a": (0, 4), "b": (9, 10), "c": (2, 3)}
        assert simplified(base) == {"lag": ("a", "b", "c")}

    def test_working_lags_on_other_calendars(self) -> None:
        def lagged(owner: LagCalendar, **calendars: str) -> float:
            tasks = (task("a", 0, calendar=calendars.get("a")), task("b", 1, calendar=calendars.get("b")))
            link = PlanLink("a", "b", lag=7 * 24 * 60)
            return dates(of(*tasks, links=(link,), calendars={"all": ALL_HOURS}, lag_calendar=owner))["b"][0]

        # 10,080 minutes are a week of the clock, or 21 days of 480.
        assert lagged(LagCalendar.SUCCESSOR, a="all") == 21
        assert lagged(LagCalendar.SUCCESSOR, b="all") == 5
        assert lagged(LagCalendar.PREDECESSOR, a="all") == 5
        assert lagged(LagCalendar.PROJECT, a="all", b="all") == 21
        assert lagged(LagCalendar.CLOCK) == 5

    def test_durations_on_other_calendars(self) -> None:
        base = of(
            task("a", 21, calendar="all", estimate=Estimate(0, 10080, 20160)), task("b"), calendars={"all": ALL_HOURS}
        )
        assert dates(base)["a"] == (0, 5)
        assert modelled(base).estimates[0] == Estimate(0, 5 * DAY, 10 * DAY)
        assert simplified(base) == {"calendar": ("a",)}

    def test_calendars_that_differ_in_holidays_alone_are_named(self) -> None:
        holiday = CalendarException(dt.date(2027, 1, 5), dt.date(2027, 1, 5))
        base = of(
            task("a", 2, calendar="holiday"),
            task("b", 1),
            links=(PlanLink("a", "b"),),
            calendars={"holiday": replace(STANDARD, name="holiday", exceptions=(holiday,))},
        )
        assert simplified(base) == {"calendar": ("a",)}

    def test_percent_of_a_duration_that_is_only_estimated(self) -> None:
        base = of(
            task("a", None, estimate=Estimate(DAY, 4 * DAY, 5 * DAY)),
            task("b", 1),
            links=(PlanLink("a", "b", LinkType.SS, 5000, LagUnit.PERCENT),),
        )
        assert dates(base)["b"] == (2, 3)

    def test_levelling_delays(self) -> None:
        base = of(
            task("a", 1),
            task("b", 1, levelling_delay_minutes=7 * 24 * 60),
            task("c", 1, levelling_delay_minutes=7 * 24 * 60),
            links=(PlanLink("a", "b"),),
        )
        assert dates(base) == {"a": (0, 1), "b": (6, 7), "c": (5, 6)}
        assert simplified(base) == {"levelling": ("b", "c")}

    def test_what_else_differs_from_the_schedule_is_named(self) -> None:
        base = of(task("a", 3), task("b", 1), links=(PlanLink("a", "b"),))
        roadmap = analyse(base)
        assert read_model(roadmap, (0.0, 0.0)) == modelled(base)
        b = replace(roadmap.tasks["b"], early_start_minutes=0, early_finish_minutes=DAY)
        model = read_model(replace(roadmap, tasks={**roadmap.tasks, "b": b}), (0.0, 0.0))
        assert isinstance(model, Model)
        (found,) = model.simplifications
        assert (found.kind, found.tasks) == ("other-dates", ("b",))
        assert found.message == "the simulation starts from other dates than the schedule has for 'B'"


class TestSummaries:
    PARTS = (task("s", 99), task("p", 2, parent="s"), task("q", 3, parent="s"), task("a", 1), task("z", 1))

    def test_hold_by_their_links_and_their_parts(self) -> None:
        base = of(*self.PARTS, links=(PlanLink("a", "s"), PlanLink("s", "z"), PlanLink("p", "q")))
        assert dates(base) == {"a": (0, 1), "p": (1, 3), "q": (3, 6), "z": (6, 7)}
        assert simplified(base) == {}
        assert set(simulated(base).tasks) == {"a", "p", "q", "z"}

    def test_within_each_other(self) -> None:
        base = of(
            task("top", 0),
            task("s", 0, parent="top"),
            task("p", 2, parent="s"),
            task("a", 1),
            task("z", 1),
            links=(PlanLink("a", "top", lag=DAY), PlanLink("top", "z")),
        )
        assert dates(base) == {"a": (0, 1), "p": (2, 4), "z": (4, 5)}

    def test_pass_dates_to_their_parts(self) -> None:
        parts = (replace(self.PARTS[0], constraint=constrained("snet", 4), deadline=at(6)), *self.PARTS[1:])
        found = dates(of(*parts))
        assert (found["p"], found["q"]) == ((4, 6), (4, 7))
        assert [(c.task, c.probability) for c in simulated(of(*parts)).chances] == [("s", 0)]

    def test_finished_and_dropped_parts_stay_out_of_it(self) -> None:
        # The links of the summary hold q alone; its deadline is broken by the finish of p all the same.
        base = of(
            replace(self.PARTS[0], deadline=at(5)),
            task("p", 2, parent="s", state=TaskState.DONE, actual_start=at(4), actual_finish=at(6)),
            task("q", 1, parent="s"),
            task("r", 9, parent="s", state=TaskState.DROPPED),
            task("a", 1),
            task("b", 2, actual_start=at(0), remaining_minutes=DAY),
            task("y", 1),
            links=(
                PlanLink("a", "s", lag=5 * DAY),
                PlanLink("b", "s", LinkType.SS, 5 * DAY),
                PlanLink("r", "y"),
                PlanLink("a", "p", lag=9 * DAY),
            ),
        )
        assert dates(base) == {"a": (0, 1), "b": (1, 2), "p": (4, 6), "q": (6, 7), "y": (0, 1)}
        assert [(c.task, c.probability) for c in simulated(base).chances] == [("s", 0)]

    def test_have_parts_that_finish_by_a_must_date_not_on_it(self) -> None:
        parts = (replace(self.PARTS[0], constraint=constrained("mfo", 6)), *self.PARTS[1:])
        found = dates(of(*parts))
        assert (found["p"], found["q"]) == ((0, 2), (0, 3))

    def test_links_between_their_inner_ends_are_named(self) -> None:
        base = of(*self.PARTS, links=(PlanLink("s", "z", LinkType.SS), PlanLink("a", "s", LinkType.FF)))
        assert simplified(base) == {"summary": ("s",)}

    def test_a_link_from_a_part_back_to_its_summary_is_a_loop(self) -> None:
        found = simulate(of(*self.PARTS, links=(PlanLink("p", "s"),)), spread=(0.0, 0.0))
        assert isinstance(found, NotSimulated)
        assert [o.kind for o in found.obstacles] == ["loop"]
