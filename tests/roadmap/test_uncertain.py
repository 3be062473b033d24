"""Unknown durations and loops: nothing is claimed that a completion could refute, and the obvious is claimed."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from crm_rules.roadmap.analysis import Roadmap, analyse
from crm_rules.roadmap.cycles import find_loops
from crm_rules.roadmap.network import compile_network
from crm_rules.roadmap.plan import Constraint, ConstraintType, Plan, TaskState
from crm_rules.roadmap.schedule import schedule
from crm_rules.roadmap.uncertain import uncertain_schedule
from tests.roadmap.plans import DAY, dated_plans, on_the_clock, plan, plans, with_durations, with_tasks

VALUES = (
    "early_start_minutes",
    "early_finish_minutes",
    "late_start_minutes",
    "late_finish_minutes",
    "total_float_minutes",
    "free_float_minutes",
    "critical",
)
MOSTLY_OPEN = (TaskState.OPEN, TaskState.OPEN, TaskState.OPEN, TaskState.DONE, TaskState.DROPPED)


def claims(r: Roadmap) -> dict[tuple[str, str], object]:
    """Everything a roadmap says for certain."""
    said: dict[tuple[str, str], object] = {
        (t.id, v): getattr(t, v) for t in r.tasks.values() for v in VALUES if getattr(t, v) is not None
    }
    for t in r.tasks.values():
        for d in t.driving:
            if not d.through:  # of several that drive through a dropped task only one is named
                said[t.id, f"driven by {d.predecessor} {d.type.value}"] = True
    if r.finish_minutes is not None:
        said["", "finish"] = r.finish_minutes
    return said


def assert_not_refuted(open_plan: Plan, completed: Plan) -> None:
    truth = claims(analyse(completed))
    for what, value in claims(analyse(open_plan)).items():
        assert truth.get(what) == value, what


class TestUnknownDurations:
    def test_a_single_chain_is_critical_whatever_it_takes(self) -> None:
        r = analyse(plan({"a": 2, "b": None, "c": 3}, "a->b", "b->c"))
        assert [t.critical for t in r.tasks.values()] == [True, True, True]
        a, b, c = r.tasks.values()
        assert (a.early_finish_minutes, a.late_finish_minutes) == (2 * DAY, 2 * DAY)
        assert (b.early_start_minutes, b.early_finish_minutes) == (2 * DAY, None)
        assert (c.early_start_minutes, c.late_finish_minutes, c.free_float_minutes) == (None, None, 0)
        assert r.finish_minutes is None
        assert (r.critical_path, r.critical_path_count) == (None, None)

    def test_a_task_every_path_passes_is_critical(self) -> None:
        # The unknown ones run in parallel: which of them is critical is open, what encloses them is not.
        r = analyse(plan({"a": 2, "b": None, "c": None, "d": 3}, "a->b", "a->c", "b->d", "c->d"))
        assert [r.tasks[i].critical for i in "abcd"] == [True, None, None, True]

    def test_a_task_shorter_than_the_known_rest_is_not_critical(self) -> None:
        # Without u the project takes 9 days already; s takes 4 beside it. p could be overtaken by u only.
        r = analyse(plan({"p": 9, "s": 4, "u": None}))
        assert [r.tasks[i].critical for i in "psu"] == [None, False, None]
        assert r.tasks["s"].total_float_minutes is None
        assert r.tasks["s"].early_finish_minutes == 4 * DAY

    def test_float_in_front_of_an_unknown_gate_is_known(self) -> None:
        # Both lead to u, which alone leads to the end: the shorter one has 5 - 2 days, for any u.
        r = analyse(plan({"a": 5, "b": 2, "u": None}, "a->u", "b->u"))
        assert r.tasks["a"].critical is True
        assert (r.tasks["b"].total_float_minutes, r.tasks["b"].free_float_minutes) == (3 * DAY, 3 * DAY)
        assert r.tasks["b"].critical is False

    def test_what_follows_an_unknown_task_is_compared_from_its_end(self) -> None:
        # Nobody knows when u ends; from then on b takes 4 days and c 2.
        r = analyse(plan({"a": 1, "u": None, "b": 4, "c": 2}, "a->u", "u->b", "u->c"))
        assert [r.tasks[i].critical for i in "aubc"] == [True, True, True, False]
        assert (r.tasks["c"].total_float_minutes, r.tasks["c"].free_float_minutes) == (2 * DAY, 2 * DAY)
        assert r.tasks["c"].late_start_minutes is None

    def test_what_meets_after_an_unknown_task_is_compared_from_its_end(self) -> None:
        r = analyse(plan({"u": None, "b": 4, "c": 2, "d": 1}, "u->b", "u->c", "b->d", "c->d"))
        assert [r.tasks[i].critical for i in "ubcd"] == [True, True, False, True]
        assert (r.tasks["c"].total_float_minutes, r.tasks["c"].free_float_minutes) == (2 * DAY, 2 * DAY)
        assert [d.predecessor for d in r.tasks["d"].driving] == ["b"]

    def test_an_input_that_is_always_overtaken_does_not_matter(self) -> None:
        # After u, c ends after 2 days and k after 4 or more: d starts with the end of k, as e does.
        r = analyse(
            plan(
                {"u": None, "b": 4, "k": None, "c": 2, "d": 1, "e": 3},
                *("u->b", "b->k", "u->c", "c->d", "k->d", "k->e"),
            )
        )
        assert [r.tasks[i].critical for i in "ubkcde"] == [True, True, True, False, False, True]
        assert r.tasks["d"].total_float_minutes == 2 * DAY

    def test_what_is_not_downstream_keeps_its_early_dates(self) -> None:
        r = analyse(plan({"a": 1, "b": 2, "u": None, "x": 1}, "a->b", "u->x"))
        assert r.tasks["b"].early_finish_minutes == 3 * DAY
        assert r.tasks["x"].early_start_minutes is None

    def test_start_of_a_task_with_unknown_duration_that_must_end_with_another_is_open(self) -> None:
        # u finishes with a at 5; how long it takes decides when it starts.
        r = analyse(plan({"a": 5, "u": None}, "a->u ff"))
        assert r.tasks["u"].early_start_minutes is None
        assert r.causes("u", "early_start_minutes") == ("tasks[u].duration",)

    def test_duration_of_a_dropped_task_does_not_matter(self) -> None:
        r = analyse(plan({"a": 2, "b": None, "c": 3}, "a->b", "b->c", dropped="b"))
        assert r.finish_days == 5

    def test_done_task_is_not_critical_even_if_nothing_is_known(self) -> None:
        r = analyse(plan({"a": None}, done="a"))
        assert r.tasks["a"].critical is False

    def test_causes_name_only_what_lies_upstream(self) -> None:
        r = analyse(plan({"a": None, "b": None, "c": 1, "d": 1}, "a->c", "b->d", "c->d fs-9"))
        assert r.causes("c", "early_start_minutes") == ("tasks[a].duration",)
        assert r.causes("d", "early_start_minutes") == ("tasks[a].duration", "tasks[b].duration")
        assert r.causes("c", "critical") == ("tasks[a].duration", "tasks[b].duration")
        assert r.causes("a", "early_start_minutes") == ()

    def test_free_float_needs_no_input_beyond_its_successors(self) -> None:
        # m, which must not end before x, is the only one that can end last; how long it takes does not matter to c.
        base = plan({"q": None, "c": 0, "x": 0, "m": None}, "q->x fs+1", "c->x", "x->m ff")
        assert analyse(base).causes("c", "free_float_minutes") == ("tasks[q].duration",)
        stated = analyse(with_durations(base, {"q": DAY}))
        assert stated.tasks["c"].free_float_minutes == 2 * DAY

    @given(plans(sizes=(2, 7), states=MOSTLY_OPEN, unknown=True), st.data())
    def test_no_completion_refutes_a_claim(self, base: Plan, data: st.DataObject) -> None:
        names = [t.id for t in base.tasks if t.duration_minutes is None]
        minutes = st.sampled_from([0, 1, 2, 3, 5, 8, 13, 60, 10_000])
        tries: list[dict[str, int]] = [dict.fromkeys(names, 0), dict.fromkeys(names, 10_000)]
        tries += [{**dict.fromkeys(names, 0), name: 10_000} for name in names]
        tries += [{name: data.draw(minutes) for name in names} for _ in range(5)]
        for durations in tries:
            assert_not_refuted(base, with_durations(base, durations))

    @given(plans(sizes=(2, 7), states=MOSTLY_OPEN, unknown=True), st.data())
    def test_stating_some_durations_takes_back_nothing(self, base: Plan, data: st.DataObject) -> None:
        names = [t.id for t in base.tasks if t.duration_minutes is None]
        stated = data.draw(st.dictionaries(st.sampled_from(names), st.integers(0, 9))) if names else {}
        after = analyse(with_durations(base, stated))
        for (task, value), said in claims(analyse(base)).items():
            if task and value in VALUES:
                assert getattr(after.tasks[task], value) in (said, None)

    @given(plans(sizes=(2, 7), states=MOSTLY_OPEN, unknown=True), st.data())
    def test_stating_all_causes_makes_a_value_known(self, base: Plan, data: st.DataObject) -> None:
        r = analyse(base)
        for t in r.tasks.values():
            for value in VALUES:
                paths = r.causes(t.id, value)
                assert bool(paths) == (getattr(t, value) is None)
                if paths:
                    named = [p.removeprefix("tasks[").removesuffix("].duration") for p in paths]
                    stated = {name: data.draw(st.integers(0, 9)) for name in named}
                    assert getattr(analyse(with_durations(base, stated)).tasks[t.id], value) is not None

    @given(plans(states=MOSTLY_OPEN))
    def test_agrees_with_the_exact_passes_where_all_is_known(self, base: Plan) -> None:
        network = compile_network(base, find_loops(base))
        exact, (open_ended, _) = schedule(network), uncertain_schedule(network, ())
        for i, task in enumerate(network.is_task):
            if task:
                for name in (
                    "early_start",
                    "early_finish",
                    "late_start",
                    "late_finish",
                    "total_float",
                    "free_float",
                    "critical",
                ):
                    assert getattr(open_ended, name)[i] == getattr(exact, name)[i], name
        assert open_ended.finish == exact.finish
        assert list(open_ended.driving) == list(exact.driving)


class TestDates:
    @given(dated_plans(unknown=True), st.data())
    def test_no_completion_refutes_a_claim(self, base: Plan, data: st.DataObject) -> None:
        names = [t.id for t in base.tasks if t.duration_minutes is None and t.id not in ("s", "t")]
        for _ in range(4):
            durations = {name: data.draw(st.sampled_from([1, 60, 90, 180, 300, 10_000])) for name in names}
            assert_not_refuted(base, with_durations(base, durations))

    @given(dated_plans(unknown=True), st.data())
    def test_the_passes_on_the_clock_claim_nothing_a_completion_refutes(self, base: Plan, data: st.DataObject) -> None:
        names = [t.id for t in base.tasks if t.duration_minutes is None and t.id not in ("s", "t")]
        claimed = claims(on_the_clock(base))
        for _ in range(3):
            durations = {name: data.draw(st.sampled_from([1, 60, 90, 180, 300, 10_000])) for name in names}
            truth = claims(analyse(with_durations(base, durations)))
            for what, value in claimed.items():
                assert truth.get(what) == value, what

    def test_causes_name_the_inputs_on_the_clock_too(self) -> None:
        base = plan({"a": None, "b": 1, "c": 1}, "a->b")
        pinned = Constraint(ConstraintType.MSO, dt.datetime(2026, 3, 9, 8))  # noqa: DTZ001 - local working time
        c = base.tasks[2]
        r = analyse(replace(with_tasks(base, c=replace(c, constraint=pinned)), start=pinned.at))
        assert r.tasks["c"].early_finish_minutes == DAY
        assert r.tasks["b"].early_start_minutes is None
        assert r.causes("b", "early_start_minutes") == ("tasks[a].duration",)
        assert r.causes("c", "total_float_minutes") == ("tasks[a].duration",)


class TestLoops:
    def test_tasks_on_a_loop_and_after_it_have_no_dates(self) -> None:
        r = analyse(plan({"a": 1, "b": 2, "c": 3, "d": 1}, "a->b", "b->c", "c->b", "c->d"))
        assert r.tasks["a"].early_finish_minutes == DAY
        for name in "bcd":
            assert r.tasks[name].early_start_minutes is None
            assert r.tasks[name].total_float_minutes is None
        assert r.tasks["b"].critical is None
        assert r.causes("d", "early_start_minutes") == ("tasks[b].after", "tasks[c].after")
        assert r.finish_minutes is None

    def test_the_rest_is_analysed(self) -> None:
        # The loop b-c takes any time from 0; s is shorter than p and cannot become critical.
        r = analyse(plan({"p": 9, "s": 4, "b": 1, "c": 1}, "b->c", "c->b"))
        assert r.tasks["s"].critical is False
        assert r.tasks["p"].early_finish_minutes == 9 * DAY
        assert r.tasks["p"].critical is None

    def test_self_link(self) -> None:
        r = analyse(plan({"a": 1, "b": 1}, "a->a", "a->b"))
        assert (r.tasks["a"].early_start_minutes, r.tasks["b"].early_start_minutes) == (None, None)
        assert r.causes("b", "early_finish_minutes") == ("tasks[a].after",)

    def test_dropping_a_task_breaks_the_loop_it_closes(self) -> None:
        r = analyse(plan({"a": 1, "b": 2, "c": 3}, "a->b", "b->c", "c->a", dropped="b"))
        assert r.cycles == ()
        assert r.tasks["a"].early_start_minutes == 3 * DAY

    def test_a_loop_that_dropping_has_not_broken_is_kept_whole(self) -> None:
        r = analyse(plan({"a": 1, "b": 2, "c": 3, "d": 1}, "a->b", "b->c", "c->a", "a->c", "b->d", dropped="b"))
        (cycle,) = r.cycles
        assert cycle.tasks == ("a", "b", "c")
        assert cycle.path == ("a", "c")
        assert r.tasks["d"].early_start_minutes is None
        assert "tasks[a].after" in r.causes("d", "early_start_minutes")

    def test_a_dropped_task_on_such_a_loop_may_still_hand_on_an_order(self) -> None:
        # Without c -> a and c -> d, what is left is x -> d -> a -> c: then x comes before the longest task.
        r = analyse(
            plan(
                {"x": 1, "d": 1, "a": 20, "c": 1},
                *("x->d", "d->a", "a->c", "c->d", "c->a"),
                dropped="d",
            )
        )
        assert r.tasks["x"].critical is None
        assert r.tasks["x"].early_finish_minutes == DAY

    def test_a_dropped_task_on_such_a_loop_may_hand_on_no_order(self) -> None:
        # Without c -> a, dropping d breaks the loop d -> a -> c -> d, and w alone holds z.
        r = analyse(
            plan(
                {"x": 5, "d": 1, "w": 3, "z": 10, "a": 1, "c": 1},
                *("x->d", "d->z", "w->z", "d->a", "a->c", "c->d", "c->a"),
                dropped="d",
            )
        )
        assert r.tasks["w"].critical is None
        assert r.tasks["z"].driving == ()

    @given(plans(sizes=(2, 7), states=MOSTLY_OPEN, unknown=True, back_links=3), st.data())
    def test_no_repair_refutes_a_claim(self, base: Plan, data: st.DataObject) -> None:
        for _ in range(4):
            repaired = base
            while cycles := find_loops(repaired).cycles:
                number = {i: c.id for c in cycles for i in c.tasks}
                inside = [
                    k
                    for k in repaired.links
                    if k.predecessor in number and number[k.predecessor] == number.get(k.successor)
                ]
                gone = data.draw(st.sampled_from(inside))
                left = list(repaired.links)
                left.remove(gone)
                repaired = replace(repaired, links=tuple(left))
            names = [t.id for t in base.tasks if t.duration_minutes is None]
            durations = {name: data.draw(st.sampled_from([0, 1, 4, 9, 10_000])) for name in names}
            assert_not_refuted(base, with_durations(repaired, durations))


class TestIncomplete:
    def test_nothing_is_known_but_what_is_done(self) -> None:
        r = analyse(plan({"a": 1, "b": 2, "c": 1}, "a->b", "b->a", done="c", complete=False))
        assert r.tasks["a"].early_start_minutes is None
        assert r.causes("a", "early_start_minutes") == ("tasks",)
        assert r.tasks["c"].critical is False
        assert (r.finish_minutes, r.critical_path) == (None, None)
        assert [c.path for c in r.cycles] == [("a", "b")]
