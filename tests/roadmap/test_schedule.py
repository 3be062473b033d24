"""The two passes: cases worked out on paper, and properties of random plans."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crm_rules.roadmap.analysis import Roadmap, analyse
from crm_rules.roadmap.cycles import find_loops
from crm_rules.roadmap.network import compile_network
from crm_rules.roadmap.plan import LinkType, Plan, PlanLink, PlanTask, TaskState
from crm_rules.roadmap.schedule import schedule
from tests.roadmap.plans import (
    DAY,
    early,
    finish,
    late,
    longest_path,
    plan,
    plans,
    with_tasks,
    without_dropped,
)


def days(roadmap: Roadmap, task: str) -> tuple[float, ...]:
    """ES, EF, LS, LF, total float, free float in days."""
    t = roadmap.tasks[task]
    values = (
        t.early_start_minutes,
        t.early_finish_minutes,
        t.late_start_minutes,
        t.late_finish_minutes,
        t.total_float_minutes,
        t.free_float_minutes,
    )
    assert None not in values
    return tuple(v / DAY for v in values if v is not None)


def test_textbook_network() -> None:
    # a 3 -> b 4 -> d 2; a -> c 1 -> d. Longest: 3 + 4 + 2 = 9. c has 4 - 1 = 3 days to spare.
    r = analyse(plan({"a": 3, "b": 4, "c": 1, "d": 2}, "a->b", "a->c", "b->d", "c->d"))
    assert r.finish_days == 9
    assert days(r, "a") == (0, 3, 0, 3, 0, 0)
    assert days(r, "b") == (3, 7, 3, 7, 0, 0)
    assert days(r, "c") == (3, 4, 6, 7, 3, 3)
    assert days(r, "d") == (7, 9, 7, 9, 0, 0)
    assert [t.id for t in r.tasks.values() if t.critical] == ["a", "b", "d"]
    assert r.critical_path == ("a", "b", "d")
    assert r.critical_path_count == 1


def test_total_float_is_shared_along_a_chain_and_free_float_is_not() -> None:
    # x 1 -> y 1 -> end, beside the critical 5-day z -> end. x and y share 3 days; only y can use them freely.
    r = analyse(plan({"x": 1, "y": 1, "z": 5, "end": 0}, "x->y", "y->end", "z->end"))
    assert days(r, "x")[4:] == (3, 0)
    assert days(r, "y")[4:] == (3, 3)


@pytest.mark.parametrize(
    ("relation", "early_b", "finish_days", "float_a", "float_b"),
    [
        # a takes 5 days, b 3. early_b: early start of b; float_a and float_b: total floats.
        ("fs", 5, 8, 0, 0),  # b starts at a's finish 5
        ("fs+2", 7, 10, 0, 0),  # 5 + 2
        ("fs-2", 3, 6, 0, 0),  # 5 - 2, b finishes 6
        ("fs-6", 0, 5, 0, 2),  # 5 - 6 < 0: b starts at 0, finishes 3, a alone gives 5; b may finish at 5
        ("ss", 0, 5, 0, 2),  # both start at 0; b may start at 2
        ("ss+2", 2, 5, 0, 0),  # b runs 2..5, ends with a
        ("ss+4", 4, 7, 0, 0),  # b runs 4..7; a must start at 0 for b, so no float although it finishes at 5
        ("ss-1", 0, 5, 0, 2),
        ("ff", 2, 5, 0, 0),  # b finishes at 5, so starts at 2
        ("ff+1", 3, 6, 0, 0),  # b finishes at 6
        ("ff-1", 1, 5, 0, 1),  # b finishes at 4 earliest, at 5 latest
        ("sf", 0, 5, 0, 2),  # b finishes after a's start 0: no bound
        ("sf+4", 1, 5, 0, 1),  # b finishes at 0 + 4, starts at 1; may move one day to finish at 5
        ("sf+7", 4, 7, 0, 0),  # b finishes at 7; a's start holds it
        ("sf-1", 0, 5, 0, 2),
    ],
)
def test_relation(relation: str, early_b: float, finish_days: float, float_a: float, float_b: float) -> None:
    r = analyse(plan({"a": 5, "b": 3}, f"a->b {relation}"))
    assert r.finish_days == finish_days
    a, b = days(r, "a"), days(r, "b")
    assert b[:2] == (early_b, early_b + 3)
    assert (a[4], b[4]) == (float_a, float_b)


def test_latest_finish_is_capped_at_the_project_finish() -> None:
    # b waits only for the start of a, and ends at 1; without the cap a could end after the project's 10 days.
    r = analyse(plan({"a": 4, "b": 1, "c": 10}, "a->b ss"))
    assert days(r, "a") == (0, 4, 6, 10, 6, 0)
    assert days(r, "b") == (0, 1, 9, 10, 9, 9)


def test_free_float_is_capped_at_the_project_finish() -> None:
    # b is held at 5 by c, so a could move 5 days as far as b is concerned, but is 4 days long in 6 days.
    r = analyse(plan({"a": 4, "b": 1, "c": 5}, "a->b ss", "c->b"))
    assert days(r, "a") == (0, 4, 2, 6, 2, 2)


def test_start_and_finish_can_be_held_together() -> None:
    # Ladder: b starts 1 day after a starts and finishes 1 day after a finishes (10): b 4 runs 7..11.
    r = analyse(plan({"a": 10, "b": 4}, "a->b ss+1", "a->b ff+1"))
    assert days(r, "b")[:2] == (7, 11)
    (driver,) = r.tasks["b"].driving
    assert (driver.predecessor, driver.type, driver.lag_minutes) == ("a", LinkType.FF, DAY)


def test_drivers_are_all_links_without_slack() -> None:
    r = analyse(plan({"a": 3, "b": 3, "c": 2, "d": 1}, "a->d", "b->d", "c->d"))
    assert [d.predecessor for d in r.tasks["d"].driving] == ["a", "b"]
    assert r.tasks["a"].driving == ()


def test_minutes_are_whole() -> None:
    # 0.1 days are 48 minutes, ten of them exactly one day; a third of a day is rounded to 160 minutes.
    names = [f"t{i}" for i in range(10)]
    r = analyse(plan(dict.fromkeys(names, 0.1), *(f"{a}->{b}" for a, b in itertools.pairwise(names))))
    assert r.finish_minutes == DAY
    assert analyse(plan({"a": 1 / 3})).finish_minutes == 160


def test_done_task_keeps_its_place_and_is_never_critical() -> None:
    r = analyse(plan({"a": 3, "b": 4}, "a->b", done="a"))
    assert r.tasks["a"].critical is False
    assert r.tasks["b"].critical is True
    assert r.tasks["b"].early_start_minutes == 3 * DAY
    assert r.critical_path == ("b",)
    finished = analyse(plan({"a": 3, "b": 4}, "a->b", done="a b"))
    assert (finished.critical_path, finished.critical_path_count) == ((), 0)


def test_nothing_to_do_takes_no_time() -> None:
    r = analyse(plan({}))
    assert (r.finish_minutes, r.critical_path, r.critical_path_count) == (0, (), 0)


class TestDropped:
    def test_hands_on_the_order_written_through_it(self) -> None:
        # a 3 -> b -> c: with b dropped, c still follows a; the lag after b stays.
        r = analyse(plan({"a": 3, "b": 5, "c": 2}, "a->b", "b->c fs+1", dropped="b"))
        assert "b" not in r.tasks
        assert days(r, "c")[:2] == (4, 6)
        (driver,) = r.tasks["c"].driving
        assert (driver.predecessor, driver.type, driver.lag_minutes, driver.through) == ("a", LinkType.FS, DAY, ("b",))
        assert r.critical_path == ("a", "c")

    def test_does_not_hold_by_itself(self) -> None:
        # The dropped b would have started at 0 and held c for 3 days.
        r = analyse(plan({"b": 5, "c": 2}, "b->c ss+3", dropped="b"))
        assert days(r, "c") == (0, 2, 0, 2, 0, 0)

    def test_says_nothing_about_ends_its_links_do_not_join(self) -> None:
        # b may finish after a and still start long before: nothing follows for c.
        r = analyse(plan({"a": 3, "b": 5, "c": 2}, "a->b ff", "b->c ss", dropped="b"))
        assert days(r, "c")[:2] == (0, 2)

    def test_chain_of_dropped_tasks(self) -> None:
        r = analyse(plan({"a": 3, "b": 5, "c": 5, "d": 1}, "a->b", "b->c", "c->d", dropped="b c"))
        assert days(r, "d")[:2] == (3, 4)
        assert r.tasks["d"].driving[0].through == ("c", "b")

    def test_many_to_many_is_not_multiplied_out(self) -> None:
        # 2,000 tasks before and after a dropped gate: four million pairs, if they were listed.
        before, after = [f"a{i}" for i in range(2000)], [f"b{i}" for i in range(2000)]
        r = analyse(
            plan(
                dict.fromkeys([*before, "gate", *after], 1),
                *(f"{a}->gate" for a in before),
                *(f"gate->{b}" for b in after),
                dropped="gate",
            )
        )
        assert r.finish_days == 2
        assert r.critical_path_count == 2000 * 2000
        assert [d.predecessor for d in r.tasks["b7"].driving] == ["a0"]

    @given(plans(states=[TaskState.OPEN, TaskState.OPEN, TaskState.DROPPED]))
    def test_equals_linking_the_neighbours(self, base: Plan) -> None:
        bridged = analyse(without_dropped(base))
        assert numbers(analyse(base)) == numbers(bridged)

    @given(plans(sizes=(2, 7), states=[TaskState.OPEN, TaskState.DROPPED]), st.data())
    def test_dropping_makes_nothing_later(self, base: Plan, data: st.DataObject) -> None:
        task = data.draw(st.sampled_from(base.tasks))
        before = analyse(base).tasks
        after = analyse(with_tasks(base, **{task.id: replace(task, state=TaskState.DROPPED)})).tasks
        for name, t in after.items():
            now, then = t.early_start_minutes, before[name].early_start_minutes
            assert now is not None
            assert then is not None
            assert now <= then


class TestCriticalPaths:
    def test_ties_are_counted_and_one_is_shown(self) -> None:
        # Ten diamonds in a row: 2**10 equally long paths.
        durations: dict[str, float | None] = {"s0": 1}
        links = []
        for i in range(10):
            durations |= {f"x{i}": 2, f"y{i}": 2, f"s{i + 1}": 1}
            links += [f"s{i}->x{i}", f"s{i}->y{i}", f"x{i}->s{i + 1}", f"y{i}->s{i + 1}"]
        r = analyse(plan(durations, *links))
        assert r.critical_path_count == 2**10
        assert r.critical_path is not None
        assert r.critical_path[:4] == ("s0", "x0", "s1", "x1")
        assert len(r.critical_path) == 21

    def test_parallel_links_are_one_path(self) -> None:
        r = analyse(plan({"a": 2, "b": 2}, "a->b ss+2", "a->b ff+2", "a->b"))
        assert r.critical_path_count == 1
        assert len(r.tasks["b"].driving) == 3

    def test_path_ends_where_only_done_work_follows(self) -> None:
        r = analyse(plan({"a": 2, "gone": 1, "b": 1}, "a->gone", "gone->b", dropped="gone", done="b"))
        assert (r.critical_path, r.critical_path_count) == (("a",), 1)

    def test_two_starts_and_two_ends(self) -> None:
        # a or b, then m, then x or y.
        r = analyse(plan(dict.fromkeys("abmxy", 1), "a->m", "b->m", "m->x", "m->y"))
        assert (r.critical_path, r.critical_path_count) == (("a", "m", "x"), 4)

    @given(plans())
    def test_path_is_as_long_as_the_project(self, base: Plan) -> None:
        r = analyse(base)
        assert r.critical_path
        first, last = r.tasks[r.critical_path[0]], r.tasks[r.critical_path[-1]]
        assert first.early_start_minutes == 0
        assert last.early_finish_minutes == r.finish_minutes
        for a, b in itertools.pairwise(r.critical_path):
            assert a in [d.predecessor for d in r.tasks[b].driving]
        assert all(r.tasks[i].critical for i in r.critical_path)

    @given(plans(sizes=(1, 5)))
    def test_count_equals_listing(self, base: Plan) -> None:
        r = analyse(base)
        before = {
            t.id: {d.predecessor for d in t.driving if r.tasks[d.predecessor].critical}
            for t in r.tasks.values()
            if t.critical
        }
        driven = set().union(*before.values())

        def chains(task: str) -> list[list[str]]:
            return [[*chain, task] for p in before[task] for chain in chains(p)] or [[task]]

        listed = [chain for end in before if end not in driven for chain in chains(end)]
        assert r.critical_path_count == len(listed)
        assert list(r.critical_path or ()) in listed


def numbers(r: Roadmap) -> dict[str, tuple[object, ...]]:
    """Every number of a roadmap by task."""
    return {
        t.id: (
            t.early_start_minutes,
            t.early_finish_minutes,
            t.late_start_minutes,
            t.late_finish_minutes,
            t.total_float_minutes,
            t.free_float_minutes,
            t.critical,
        )
        for t in r.tasks.values()
    }


class TestProperties:
    @given(plans())
    def test_dates_equal_the_simple_scheduler(self, base: Plan) -> None:
        r = analyse(base)
        for name, (start, end) in early(base).items():
            assert (r.tasks[name].early_start_minutes, r.tasks[name].early_finish_minutes) == (start, end)
        for name, (start, end) in late(base).items():
            assert (r.tasks[name].late_start_minutes, r.tasks[name].late_finish_minutes) == (start, end)

    @given(plans())
    def test_finish_is_the_longest_path(self, base: Plan) -> None:
        assert analyse(base).finish_minutes == longest_path(base)

    @given(plans())
    def test_total_float_is_exactly_how_far_a_task_can_move(self, base: Plan) -> None:
        r = analyse(base)
        for t in r.tasks.values():
            assert t.total_float_minutes is not None
            assert t.total_float_minutes >= 0
            assert t.early_start_minutes is not None
            latest = t.early_start_minutes + t.total_float_minutes
            assert finish(base, {t.id: latest}) == r.finish_minutes
            assert finish(base, {t.id: latest + 1}) > (r.finish_minutes or 0)

    @given(plans())
    def test_free_float_is_exactly_how_far_a_task_moves_alone(self, base: Plan) -> None:
        r = analyse(base)
        undisturbed = early(base)
        for t in r.tasks.values():
            assert t.free_float_minutes is not None
            assert t.total_float_minutes is not None
            assert 0 <= t.free_float_minutes <= t.total_float_minutes
            assert t.early_start_minutes is not None

            def moved(by: int, task: str = t.id, start: int = t.early_start_minutes) -> bool:
                delayed = early(base, {task: start + by})
                others = any(delayed[i] != undisturbed[i] for i in delayed if i != task)
                return others or finish(base, {task: start + by}) != finish(base)

            assert not moved(t.free_float_minutes)
            assert moved(t.free_float_minutes + 1)

    @given(plans(sizes=(2, 7)), st.data())
    def test_a_further_link_makes_nothing_earlier(self, base: Plan, data: st.DataObject) -> None:
        a, b = data.draw(st.permutations([t.id for t in base.tasks]))[:2]
        extra = PlanLink(a, b, data.draw(st.sampled_from(list(LinkType))), data.draw(st.integers(-4, 4)))
        longer = replace(base, links=(*base.links, extra))
        assume(not find_loops(longer).cycles)
        before, after = analyse(base).tasks, analyse(longer).tasks
        for name in before:
            then, now = before[name].early_start_minutes, after[name].early_start_minutes
            assert then is not None
            assert now is not None
            assert now >= then

    @given(plans(states=list(TaskState), unknown=True, back_links=2), st.data())
    def test_order_changes_nothing(self, base: Plan, data: st.DataObject) -> None:
        shuffled = Plan(tuple(data.draw(st.permutations(base.tasks))), tuple(data.draw(st.permutations(base.links))))
        assert analyse(shuffled).to_dict() == analyse(base).to_dict()

    @given(plans(states=list(TaskState), unknown=True, back_links=2), st.data())
    def test_names_change_nothing(self, base: Plan, data: st.DataObject) -> None:
        ids = [t.id for t in base.tasks]
        new = dict(zip(ids, data.draw(st.permutations([f"n{i}" for i in range(len(ids))])), strict=True))
        renamed = Plan(
            tuple(replace(t, id=new[t.id]) for t in base.tasks),
            tuple(replace(k, predecessor=new[k.predecessor], successor=new[k.successor]) for k in base.links),
        )
        before, after = analyse(base), analyse(renamed)
        assert {new[i]: v for i, v in numbers(before).items()} == numbers(after)
        assert before.critical_path_count == after.critical_path_count
        assert {frozenset(new[i] for i in c.tasks) for c in before.cycles} == {frozenset(c.tasks) for c in after.cycles}


def test_exact_passes_refuse_what_has_no_single_answer() -> None:
    unknown = plan({"a": None})
    with pytest.raises(ValueError, match="no single schedule"):
        schedule(compile_network(unknown, find_loops(unknown)))


def test_plan_names_all_its_problems() -> None:
    a, b = PlanTask("a", "A", -1), PlanTask("b", "B", 1)
    with pytest.raises(ValueError, match=r"2 tasks have the id 'b'; task 'a' has a negative.*unknown task 'x'"):
        Plan((a, b, b), (PlanLink("x", "a"),))
