"""What a change would do to a plan, held against plans that were written changed."""

from __future__ import annotations

import datetime as dt
import json
import pickle
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_rules.diagnostics import Diagnostic
from crm_rules.roadmap.analysis import Roadmap, analyse
from crm_rules.roadmap.plan import LinkType, Plan, PlanLink, PlanTask, TaskState
from crm_rules.roadmap.what_if import (
    AddLink,
    Change,
    ChangeLag,
    Comparison,
    Delay,
    DropLink,
    DropTask,
    ImpossibleChange,
    Lengthen,
    Move,
    changed_plan,
    compare,
    what_if,
)
from crm_rules.roadmap.working_time import WorkingCalendar, week_of
from tests.roadmap.plans import DAY, early, link, plan, plans, with_durations, with_tasks

# a 2 days, then b 3 days and c 1 day side by side, then d 1 day: b has no float, c has 2 days.
DIAMOND = plan({"a": 2, "b": 3, "c": 1, "d": 1}, "a->b", "a->c", "b->d", "c->d")


at = dt.datetime.fromisoformat


def moved(found: Comparison) -> dict[str, tuple[int | None, int | None]]:
    """Days by which starts and finishes move, by task."""
    return {
        m.task: (
            None if m.start_minutes is None else m.start_minutes // DAY,
            None if m.finish_minutes is None else m.finish_minutes // DAY,
        )
        for m in found.moves
    }


def problems(base: Plan, *changes: Change) -> list[tuple[str, str | None]]:
    with pytest.raises(ImpossibleChange) as caught:
        what_if(base, changes)
    return [(d.message, d.hint) for d in caught.value.diagnostics]


# -- one change -----------------------------------------------------------------------------------


def test_delay_within_float_moves_one_task() -> None:
    found = what_if(DIAMOND, [Delay("c", 2 * DAY)])
    assert moved(found) == {"c": (2, 2)}
    assert (found.finish_minutes, found.became_critical, found.no_longer_critical) == (0, ("c",), ())


def test_delay_beyond_float_moves_what_follows() -> None:
    # c starts on day 2 + 3, so d begins on day 6 rather than 5; b, and a with it, get a day of float.
    found = what_if(DIAMOND, [Delay("c", 3 * DAY)])
    assert moved(found) == {"c": (3, 3), "d": (1, 1)}
    assert found.finish_minutes == DAY
    assert (found.became_critical, found.no_longer_critical) == (("c",), ("a", "b"))


def test_first_task_delayed_moves_everything_but_the_start_of_the_project() -> None:
    first = replace(DIAMOND.tasks[0], start=dt.date(2026, 3, 2))
    found = what_if(with_tasks(DIAMOND, a=first), [Delay("a", DAY)])
    assert moved(found) == {"a": (1, 1), "b": (1, 1), "c": (1, 1), "d": (1, 1)}
    # Monday 2 March and two days of work, put off by one day.
    assert found.moves[0].start == at("2026-03-03 08:00")
    assert (found.finish_before, found.finish_after) == (at("2026-03-09 17:00"), at("2026-03-10 17:00"))


def test_lengthen_and_shorten() -> None:
    longer = what_if(DIAMOND, [Lengthen("b", DAY)])
    assert moved(longer) == {"b": (0, 1), "d": (1, 1)}
    # b of one day is as short as c: both are critical.
    shorter = what_if(DIAMOND, [Lengthen("b", -2 * DAY)])
    assert moved(shorter) == {"b": (0, -2), "d": (-2, -2)}
    assert (shorter.finish_minutes, shorter.became_critical) == (-2 * DAY, ("c",))


def test_lengthening_a_started_task_adds_to_what_is_left() -> None:
    base = with_tasks(DIAMOND, b=replace(DIAMOND.tasks[1], remaining_minutes=DAY))
    assert problems(base, Lengthen("b", -2 * DAY)) == [
        ("task 'B' has 1 working day left and cannot be shortened by 2 working days", None)
    ]
    assert problems(base, Lengthen("b", -DAY - 1)) == [
        ("task 'B' has 1 working day left and cannot be shortened by 1.002083333 working days", None)
    ]
    assert what_if(base, [Lengthen("b", -DAY)]).dropped == ()


def test_dropped_task_leaves_the_order_behind() -> None:
    found = what_if(DIAMOND, [DropTask("b")])
    # a 2 days, c 1 day, d 1 day.
    assert moved(found) == {"d": (-2, -2)}
    assert (found.dropped, found.became_critical, found.finish_minutes) == (("b",), ("c",), -2 * DAY)


def test_dropped_summary_task_takes_its_parts_along() -> None:
    parts = tuple(replace(t, parent="s") for t in DIAMOND.tasks[1:3])
    base = replace(DIAMOND, tasks=(DIAMOND.tasks[0], *parts, DIAMOND.tasks[3], PlanTask("s", "S", None)))
    assert what_if(base, [DropTask("s")]).dropped == ("b", "c", "s")


def test_links_added_dropped_and_changed() -> None:
    assert moved(what_if(DIAMOND, [AddLink(link("b->c"))])) == {"c": (3, 3), "d": (1, 1)}
    assert moved(what_if(DIAMOND, [DropLink("b->d fs")])) == {"d": (-2, -2)}
    assert moved(what_if(DIAMOND, [ChangeLag("b->d fs", -DAY)])) == {"d": (-1, -1)}


def test_changes_are_made_together() -> None:
    # b 5 days and c after it: a 2, b 5, c 1, d 1.
    found = what_if(DIAMOND, [AddLink(link("b->c")), Lengthen("b", 2 * DAY), DropLink("b->d fs"), Delay("a", DAY)])
    assert moved(found) == {"a": (1, 1), "b": (1, 3), "c": (6, 6), "d": (4, 4)}


def test_delay_is_counted_from_where_the_status_date_has_put_a_task() -> None:
    # a is finished; on Wednesday 11 March b and c have not begun, so they start on Thursday.
    base = replace(
        with_tasks(
            DIAMOND,
            a=replace(
                DIAMOND.tasks[0],
                state=TaskState.DONE,
                actual_start=at("2026-03-02 08:00"),
                actual_finish=at("2026-03-03 17:00"),
            ),
        ),
        start=at("2026-03-02 08:00"),
        status_date=at("2026-03-11 17:00"),
    )
    found = what_if(base, [Delay("b", DAY)])
    assert [(m.task, m.start) for m in found.moves] == [
        ("b", at("2026-03-13 08:00")),
        ("d", at("2026-03-18 08:00")),
    ]
    assert found.finish_minutes == DAY


def test_delay_is_counted_on_the_calendar_of_the_plan() -> None:
    # c is worked on Mondays only. It starts on Monday 9 March; two days later is Wednesday, so on Monday the 16th.
    mondays = WorkingCalendar("mondays", week_of((0,), ((480, 720), (780, 1020))))
    base = replace(
        DIAMOND,
        tasks=tuple(replace(t, calendar="mondays") if t.id == "c" else t for t in DIAMOND.tasks),
        start=at("2026-03-02 08:00"),
        calendars={"mondays": mondays},
    )
    assert analyse(base).tasks["c"].early_start == at("2026-03-09 08:00")
    found = what_if(base, [Delay("c", 2 * DAY)])
    assert [(m.task, m.start) for m in found.moves] == [
        ("c", at("2026-03-16 08:00")),
        ("d", at("2026-03-17 08:00")),
    ]


def test_task_that_becomes_late_is_told() -> None:
    before, after = analyse(DIAMOND), analyse(with_durations(DIAMOND, {"b": 4 * DAY}))
    late = {**after.tasks, "d": replace(after.tasks["d"], total_float_minutes=-DAY)}
    assert compare(before, replace(after, tasks=late)).newly_late == (("d", -DAY),)
    assert compare(replace(after, tasks=late), replace(after, tasks=late)).newly_late == ()


def test_delay_that_misses_a_deadline_makes_late() -> None:
    # Six days from Monday 2 March end on Monday 9 March at 17:00: in time, and with another day for b no more.
    base = with_tasks(
        DIAMOND,
        a=replace(DIAMOND.tasks[0], start=dt.date(2026, 3, 2)),
        d=replace(DIAMOND.tasks[3], deadline=at("2026-03-09 17:00")),
    )
    assert what_if(base, [Lengthen("b", DAY)]).newly_late == (("a", -DAY), ("b", -DAY), ("d", -DAY))
    assert what_if(base, [Delay("c", 2 * DAY)]).newly_late == ()


def test_manual_task_is_moved_by_hand() -> None:
    pinned = replace(
        DIAMOND.tasks[2],
        manual=True,
        pinned_start=at("2026-03-06 08:00"),
        pinned_finish=at("2026-03-06 17:00"),
    )
    changed = changed_plan(analyse(with_tasks(DIAMOND, c=pinned)), [Delay("c", DAY)])
    task = next(t for t in changed.tasks if t.id == "c")
    assert (task.pinned_start, task.pinned_finish) == (at("2026-03-09 08:00"), at("2026-03-09 17:00"))


# -- what is not known ----------------------------------------------------------------------------


def test_unknown_durations_leave_unknown_what_they_could_change() -> None:
    base = plan({"a": None, "b": 1, "c": 2}, "a->b")
    found = what_if(base, [Lengthen("c", DAY)])
    assert found.moves == (Move("c", 0, DAY, None, None),)
    assert (found.finish_minutes, found.unknown) == (None, ("a", "b", "c"))


def test_no_change_changes_nothing() -> None:
    found = what_if(DIAMOND, [])
    assert found == Comparison((), None, None, 0, (), (), (), (), ())


# -- changes that cannot be made ------------------------------------------------------------------


def test_all_problems_are_told_at_once() -> None:
    base = replace(DIAMOND, tasks=(*DIAMOND.tasks, PlanTask("setup", "Set-up", None, TaskState.OPEN)))
    assert problems(
        base,
        Delay("setp", DAY),
        Delay("b", 0),
        Lengthen("setup", DAY),
        Lengthen("a", 0),
        Lengthen("c", -2 * DAY),
        DropLink("a->b ss"),
        AddLink(link("a->b")),
        AddLink(link("d->d")),
        AddLink(link("d->nobody")),
    ) == [
        ("task 'A' is to be lengthened by nothing", None),
        ("task 'C' has 1 working day left and cannot be shortened by 2 working days", None),
        ("task 'D' cannot wait for itself", None),
        ("the delay of task 'B' is not more than nothing", "give working minutes"),
        ("the duration of task 'Set-up' is not known, so it cannot be lengthened or shortened", None),
        ("the link 'A' -> 'B' (FS) is there already", None),
        ("there is no link 'a->b ss'", "did you mean 'a->b fs'?"),
        ("there is no task 'nobody'", "expected one of: a, b, c, d, setup"),
        ("there is no task 'setp'", "did you mean 'setup'?"),
    ]


def test_changes_that_contradict_each_other() -> None:
    assert problems(
        DIAMOND,
        DropTask("b"),
        Delay("b", DAY),
        Delay("c", 1),
        Delay("c", 2),
        DropLink("a->b fs"),
        ChangeLag("a->b fs", 1),
    ) == [
        ("link 'A' -> 'B' (FS) is to be dropped and changed", None),
        ("task 'B' is to be dropped and changed", None),
        ("task 'C' is to be changed 2 times in the same way", None),
    ]


def test_what_is_past_stays() -> None:
    base = plan({"a": 1, "b": 1, "c": 1, "u": None, "v": 1}, "u->v", done="a", dropped="c")
    assert problems(base, Delay("a", 1), DropTask("c")) == [
        ("task 'A' has begun and cannot be delayed", "lengthen it instead"),
        ("task 'C' is dropped already", None),
    ]
    assert problems(base, Lengthen("a", 1), Delay("v", 1)) == [
        ("it is not known when task 'V' starts, so it cannot be delayed", None),
        ("task 'A' is finished and keeps its length", None),
    ]


def test_summary_tasks_are_not_delayed() -> None:
    base = replace(DIAMOND, tasks=(*DIAMOND.tasks[:3], replace(DIAMOND.tasks[3], parent="s"), PlanTask("s", "S", None)))
    assert problems(base, Delay("s", 1)) == [("task 'S' is a summary task", "change the tasks it is made of")]


def test_level_of_effort_is_not_delayed() -> None:
    base = with_tasks(DIAMOND, c=replace(DIAMOND.tasks[2], level_of_effort=True))
    assert problems(base, Delay("c", 1)) == [("task 'C' is level of effort", "delay what it accompanies")]


def test_new_loop_is_named() -> None:
    assert problems(DIAMOND, AddLink(link("d->b"))) == [
        ("the tasks B -> D -> B would wait for each other in a loop", None)
    ]


def test_error_prints_all_of_it_and_survives_pickling() -> None:
    error = ImpossibleChange([Diagnostic("there is no task 'setp'", hint="did you mean 'setup'?")])
    assert str(error) == "there is no task 'setp'\n  did you mean 'setup'?"
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


# -- shape ----------------------------------------------------------------------------------------


def test_nothing_is_changed_in_place_and_the_result_is_json() -> None:
    roadmap: Roadmap = analyse(DIAMOND)
    told = roadmap.to_dict()
    found = what_if(roadmap, [Delay("c", 3 * DAY), DropTask("a")]).to_dict()
    assert roadmap.to_dict() == told
    assert json.loads(json.dumps(found)) == found
    assert found == what_if(DIAMOND, [DropTask("a"), Delay("c", 3 * DAY)]).to_dict()


# -- properties -----------------------------------------------------------------------------------


@given(plans(sizes=(1, 6)), st.integers(0, 5), st.integers(1, 6))
def test_delays_agree_with_recomputation(base: Plan, which: int, minutes: int) -> None:
    task = base.tasks[which % len(base.tasks)].id
    old = early(base)
    new = early(base, {task: old[task][0] + minutes})
    expected = {i: (new[i][0] - old[i][0], new[i][1] - old[i][1]) for i in sorted(old) if new[i] != old[i]}
    found = what_if(base, [Delay(task, minutes)])
    assert {m.task: (m.start_minutes, m.finish_minutes) for m in found.moves} == expected
    assert found.finish_minutes == max(f for _, f in new.values()) - max(f for _, f in old.values())


@given(plans(sizes=(2, 6)), st.integers(0, 5), st.integers(1, 4))
def test_other_changes_agree_with_recomputation(base: Plan, which: int, minutes: int) -> None:
    task = base.tasks[which % len(base.tasks)]
    expected = early(with_durations(base, {task.id: (task.duration_minutes or 0) + minutes}))
    old = early(base)
    found = what_if(base, [Lengthen(task.id, minutes)])
    assert {m.task: m.finish_minutes for m in found.moves} == {
        i: expected[i][1] - old[i][1] for i in sorted(old) if expected[i] != old[i]
    }
    low, high = sorted(t.id for t in base.tasks)[:2]
    extra = PlanLink(low, high, LinkType.FS, minutes)
    if extra in base.links:
        return
    widened = replace(base, links=(*base.links, extra))
    if analyse(widened).cycles:
        return
    linked = what_if(base, [AddLink(extra)])
    assert {m.task: m.start_minutes for m in linked.moves} == {
        i: s - old[i][0] for i, (s, _) in sorted(early(widened).items()) if s != old[i][0]
    }
