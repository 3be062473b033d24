"""Constraints on the order of work: what each form asks for, what decides it, and what is left open."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_rules.facts.schema import EnumType
from crm_rules.files.ordering_text import Vocabulary, read_statements
from crm_rules.roadmap.analysis import analyse
from crm_rules.roadmap.ordering import OrderingResult, check_ordering
from crm_rules.roadmap.plan import (
    Constraint,
    ConstraintType,
    LagUnit,
    LinkType,
    Plan,
    PlanLink,
    PlanTask,
    TaskState,
    minutes_of,
)
from crm_rules.rules.ordering import Ordering, Verdict
from tests.roadmap.plans import link

LOGIC, DATES, LOOSE = Verdict.VIOLATED_BY_LOGIC, Verdict.VIOLATED_BY_DATES, Verdict.NOT_SECURED
UNKNOWN, MISSING, FINE = Verdict.UNKNOWN, Verdict.MISSING, Verdict.SATISFIED

KINDS = EnumType("Kind", ("a", "b", "c", "d", "other"))
WORDS = Vocabulary(KINDS, {"building": ("b", "c")}, {"core": ("a", "c")})

TEST_BEFORE_LIVE = "a before b"


def statements(text: str) -> Ordering:
    problems: list[str] = []
    found = read_statements(text, WORDS, lambda message, *_: problems.append(message))
    assert problems == []
    return Ordering("it", found, 3)


def task(name: str, kind: str | None = None, days: float | None = 5, **more: Any) -> PlanTask:
    """A task; the first letter of its name is its kind unless one is given, `?` is none."""
    kind = None if kind == "?" else kind or name[0]
    return PlanTask(name, name.upper(), None if days is None else minutes_of(days), kind=kind, **more)


def check(text: str, tasks: Iterable[PlanTask], *links: str, complete: bool = True) -> tuple[OrderingResult, ...]:
    plan = Plan(tuple(tasks), tuple(map(link, links)), complete)
    return check_ordering(analyse(plan), [statements(text)])


def verdict(text: str, tasks: Iterable[PlanTask], *links: str, complete: bool = True) -> Verdict:
    (result,) = check(text, tasks, *links, complete=complete)
    return result.verdict


A, B = task("a"), task("b")
LATER = (A, task("x", "other", 20), B)
"""The dates agree when b waits for x; nothing ties a and b together."""


# -- finished before started, by links ------------------------------------------------------------


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        (["a->b"], FINE),
        (["a->b fs+3"], FINE),
        (["a->x", "x->b"], FINE),
        (["a->b ss"], DATES),  # b starts with a: a start holds back no finish
        (["a->b ss+10"], LOOSE),  # late enough today, but not once a takes longer
        (["a->b ff"], DATES),
        (["a->b ff+10"], LOOSE),
        (["a->b fs-2"], DATES),  # a lead lets b start before a has finished
        (["a->x fs-2", "x->b"], FINE),  # ... and is made up for by what comes in between
        (["a->x fs-2", "x->b fs-20"], DATES),
        (["b->a"], LOGIC),
        (["b->a ss"], LOGIC),  # a cannot finish before b starts
        (["b->a ff"], LOGIC),
        (["b->a sf"], LOGIC),
        (["b->x", "x->a"], LOGIC),
        (["x->b"], LOOSE),
        (["x->a"], DATES),
        ([], DATES),
    ],
)
def test_links_decide_where_they_imply_the_order_and_dates_where_they_do_not(
    links: list[str], expected: Verdict
) -> None:
    assert verdict("a before b", LATER, *links) is expected


def test_a_long_lead_against_the_order_leaves_it_to_the_dates() -> None:
    # b -> a fs-10: a may finish before b starts, since it may begin ten days before b has finished.
    tasks = (task("a", days=1), task("x", "other", 20), task("b", days=5))
    assert verdict("a before b", tasks, "x->b", "b->a fs-10") is LOOSE


def test_what_a_link_of_a_dropped_task_hands_on_counts() -> None:
    dropped = replace(task("x", "other"), state=TaskState.DROPPED)
    assert verdict("a before b", (A, dropped, B), "a->x", "x->b") is FINE


def test_a_loop_guarantees_nothing() -> None:
    (result,) = check("a before b", (A, B, task("x", "other")), "a->b", "b->x", "x->a")
    assert result.verdict is UNKNOWN
    assert result.causes
    assert all(cause.endswith(".after") for cause in result.causes)


def test_links_of_a_summary_hold_for_its_parts() -> None:
    tasks = (task("sum", "other", None), task("a", parent="sum"), B)
    assert verdict("a before b", tasks, "sum->b") is FINE
    assert verdict("a before b", tasks, "b->sum") is LOGIC


def test_parts_are_of_the_kind_of_their_summary() -> None:
    tasks = (task("sum", "a", None), task("part", "?", parent="sum"), B)
    (result,) = check("a before b", tasks, "b->part")
    assert (result.verdict, result.first, result.second) == (LOGIC, "part", "b")


def test_the_reason_names_the_way_or_the_dates() -> None:
    (by_links,) = check("a before b", LATER, "b->x", "x->a")
    assert by_links.because == "'B' comes before 'A' by the links of the roadmap (B → X → A)"
    (by_dates,) = check("a before b", (A, B))
    assert by_dates.because == "'B' starts on working day 1, before 'A' finishes on working day 5"
    (loose,) = check("a before b", LATER, "x->b")
    assert loose.because == "no link keeps 'B' behind 'A'"


# -- dates and progress ---------------------------------------------------------------------------


def dated(name: str, start: str, finish: str, **more: Any) -> PlanTask:
    return task(name, start=dt.date.fromisoformat(start), finish=dt.date.fromisoformat(finish), **more)


@pytest.mark.parametrize(("start", "expected"), [("2026-03-10", LOOSE), ("2026-03-06", LOOSE), ("2026-03-05", DATES)])
def test_stated_dates_come_before_the_schedule(start: str, expected: Verdict) -> None:
    # The schedule would start both on one day; two ends on one day agree.
    tasks = (dated("a", "2026-03-02", "2026-03-06"), dated("b", start, "2026-03-20"))
    assert verdict("a before b", tasks) is expected


def test_stated_and_computed_dates_are_not_mixed() -> None:
    # By its stated finish a would be late, but nothing was stated about b: both are computed.
    tasks = (dated("a", "2026-03-02", "2026-06-30"), task("x", "other", 20), B)
    assert verdict("a before b", tasks, "x->b") is LOOSE


def test_what_is_done_needs_no_link() -> None:
    done = replace(A, state=TaskState.DONE)
    assert verdict("a before b", (done, B)) is FINE
    assert verdict("a before b", (A, replace(B, state=TaskState.DONE)), "a->b") is DATES
    assert verdict("a before b", (done, replace(B, state=TaskState.DONE)), "b->a") is LOGIC


def test_dropped_tasks_do_not_count() -> None:
    assert verdict("a before b", (replace(A, state=TaskState.DROPPED), B)) is MISSING
    assert verdict("a before b", (A, replace(B, state=TaskState.DROPPED))) is FINE


# -- other forms ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "tasks", "links", "expected"),
    [
        ("a no later than b", (A, B), ["a->b ff"], FINE),
        ("a no later than b", (A, B), ["b->a ff"], LOOSE),  # they finish together, which is no later
        ("a no later than b", (A, B), ["b->a ff+1"], LOGIC),
        ("a no later than b", (A, B), ["b->a"], LOGIC),
        ("a no later than b", (task("a", days=9), B), [], DATES),
        ("start of a before start of b", (A, B), ["a->b ss"], FINE),
        ("start of a before start of b", (A, B), ["b->a ss+1"], LOGIC),
        ("a at least 3 working days before b", (A, B), ["a->b fs+3"], FINE),
        ("a at least 3 working days before b", (A, B), ["a->b fs+2"], DATES),
        ("a at least 3 working days before b", (A, B), ["b->a"], LOGIC),
        ("a at least 3 working days before b", LATER, ["x->b"], LOOSE),
        # 5 to 9 days on the calendar, depending on the day of the week a finishes on.
        ("a at least 8 days before b", (A, B), ["a->b fs+5"], UNKNOWN),
        ("a at least 10 days before b", (A, B), ["a->b fs+5"], DATES),
        ("a at least 5 days before b", (A, B), ["a->b fs+5"], FINE),
        ("start of a at least 8 working days before finish of b", (A, B), ["a->b"], FINE),
        ("a at most 3 working days before b", (A, B), ["a->b fs+3"], FINE),
        ("a at most 3 working days before b", (A, B), ["a->b fs+4"], LOGIC),
        ("a at most 3 working days before b", LATER, ["x->b"], DATES),
        ("a at most 3 working days before b", (A, B), [], FINE),
        ("a at most 3 working days before b", (task("a1"), task("a2"), B), ["a1->a2 fs+30", "a2->b"], FINE),
        ("a overlaps b", (A, B), [], FINE),
        ("a overlaps b", (A, B), ["a->b"], LOGIC),
        ("a overlaps b", (A, B), ["a->b ss+2"], FINE),
        ("a overlaps b", LATER, ["x->b"], DATES),
        ("a overlaps b", (task("a1"), task("a2"), B), ["a1->b", "b->a2 ss+1"], FINE),
        ("a overlaps b", (A, task("b", days=0)), ["a->b ss+2"], FINE),
        ("a overlaps b", (A, task("b", days=0)), ["a->b"], LOGIC),
        ("a overlaps b", (task("a", days=None), task("b", days=None)), ["a->b"], LOGIC),
        ("a overlaps b", (task("a", days=None), task("b")), ["x->b"], UNKNOWN),
        ("a overlaps b or c", (A, B, task("c")), ["a->b"], FINE),
        ("a begins before b", (A, B), ["b->a"], LOGIC),
        ("a begins before b", (A, B), [], FINE),
        ("a begins before b", LATER, ["x->a"], DATES),
        ("a begins before b", (task("a1"), task("a2"), B), ["b->a2"], FINE),
        ("a recurs after b, first within 5 working days", (task("a1"), task("a2"), B), ["b->a1", "a1->a2"], FINE),
        ("a recurs after b, first within 4 working days", (task("a1"), task("a2"), B), ["b->a1", "a1->a2"], DATES),
        ("a recurs after b, first within 5 working days", (task("a1"), task("a2"), B), ["b->a1 ss+3", "a1->a2"], FINE),
        ("a recurs after b, first within 9 working days", (A, B), ["b->a"], DATES),  # once is not again and again
        (
            "a recurs after b, first within 9 working days",
            (task("a1"), task("a2"), B, task("x", "other")),
            ["a1->a2", "a2->b"],
            DATES,
        ),
    ],
)
def test_forms(text: str, tasks: tuple[PlanTask, ...], links: list[str], expected: Verdict) -> None:
    if any("x->" in text for text in links) and not any(t.id == "x" for t in tasks):
        tasks = (*tasks, task("x", "other", 20))
    assert verdict(text, tasks, *links) is expected


def test_a_chain_is_a_statement_for_each_step() -> None:
    results = check("a before b before c", (A, B, task("c")), "a->b", "c->b")
    assert [(r.statement, r.verdict) for r in results] == [("a before b", FINE), ("b before c", LOGIC)]


def test_groups_and_phases_are_every_task_of_their_kinds() -> None:
    tasks = (task("a"), task("c"), task("d"))
    (result,) = check("core before d", tasks, "a->d")
    assert (result.verdict, result.first, result.second) == (LOOSE, "c", "d")
    (result,) = check("d before every building task", (task("b"), task("c"), task("d")), "d->b", "c->d")
    assert (result.verdict, result.first, result.second) == (LOGIC, "d", "c")


def test_the_pair_that_misses_the_order_most_is_shown_and_the_others_are_counted() -> None:
    tasks = (task("a1", days=3), task("a2", days=9), task("b1"), task("b2"), task("b3"))
    (result,) = check("a before b", tasks, "a1->b1", "a2->b1")
    assert (result.verdict, result.first, result.second, result.others) == (DATES, "a2", "b2", 1)


# -- stages ---------------------------------------------------------------------------------------


def staged(*names: str) -> tuple[PlanTask, ...]:
    """`a1` is an a of stage 1; `a?` states none."""
    return tuple(task(n.replace("?", "x"), stage=None if n[1] == "?" else int(n[1])) for n in names)


@pytest.mark.parametrize(
    ("text", "names", "links", "expected"),
    [
        # Work for a later stage owes nothing to an earlier one.
        ("a before b", ["a1", "b1", "a2", "b2"], ["a1->b1", "b1->a2", "a2->b2"], FINE),
        ("a before b", ["a1", "b2"], ["b2->a1"], LOGIC),
        ("a before b", ["a0", "b1"], ["b1->a0"], LOGIC),
        ("a before b in each stage", ["a1", "b1", "a2", "b2"], ["a1->b1", "a2->b2"], FINE),
        ("a before b in each stage", ["a1", "b1", "a2", "b2"], ["a1->b1", "b2->a2"], LOGIC),
        ("a before b in each stage", ["a1", "b2"], ["b2->a1"], MISSING),
        ("a before b in each stage", ["a?", "b1"], ["b1->ax"], UNKNOWN),
        ("a before b in each stage", ["a?", "b1"], ["ax->b1"], FINE),
        ("a before b", ["a?", "b1"], ["b1->ax"], UNKNOWN),
        ("a before b of the next stage", ["a1", "b2"], ["b2->a1"], LOGIC),
        ("a before b of the next stage", ["a1", "b1", "b2"], ["a1->b2"], FINE),
        ("a of the first stage before b", ["a1", "a2", "b2"], ["a1->b2", "b2->a2"], FINE),
        ("a overlaps b in each stage", ["a1", "b1", "a2", "b2"], ["a2->b2"], LOGIC),
        ("a at most 3 working days before b in each stage", ["a1", "b1", "a2"], ["a1->b1 fs+9", "a1->a2 fs+7"], LOGIC),
    ],
)
def test_stages(text: str, names: list[str], links: list[str], expected: Verdict) -> None:
    assert verdict(text, staged(*names), *links) is expected


def test_a_plan_without_stages_has_a_single_one() -> None:
    assert verdict("a before b in each stage", (A, B), "b->a") is LOGIC
    assert verdict("a before b of the next stage", (A, B), "b->a") is FINE


def test_a_kind_missing_in_one_stage_is_missing_there() -> None:
    (result,) = check("a before b in each stage", staged("a1", "b1", "b2"), "a1->b1")
    assert (result.verdict, result.missing, result.second) == (MISSING, (("a", 2),), "b2")
    (result,) = check("a before b in each stage", staged("b1", "b2"))
    assert (result.verdict, result.missing) == (MISSING, (("a", None),))


def test_an_unknown_stage_is_asked_for() -> None:
    (result,) = check("a before b in each stage", staged("a?", "b1"), "b1->ax")
    assert result.causes == ("tasks[ax].stage",)


# -- what is unknown ------------------------------------------------------------------------------


def test_what_may_be_of_any_kind_leaves_open_what_is_missing_or_kept() -> None:
    unclear = task("u", "?")
    for tasks, links in (((B, unclear), []), ((A, B, unclear), ["a->b"]), ((A, unclear), [])):
        (result,) = check("a before b", tasks, *links)
        assert (result.verdict, result.causes) == (UNKNOWN, ("tasks[u].kind",))
    assert verdict("a before b", (A, B, unclear), "b->a") is LOGIC, "one violation is one, whatever else there is"
    assert verdict("a before b", (A, B, task("u", "other")), "a->b") is FINE


def test_a_task_more_could_make_up_for_what_no_task_does_yet() -> None:
    unclear = task("u", "?")
    assert verdict("a overlaps b", (A, B, unclear), "a->b") is UNKNOWN
    assert verdict("a overlaps b", (A, B, unclear)) is FINE
    assert verdict("a at most 1 working days before b", (A, B, unclear), "a->b fs+9") is UNKNOWN
    assert verdict("a begins before b", (A, B, unclear), "b->a") is UNKNOWN
    assert verdict("a recurs after b, first within 1 working days", (A, B, unclear), "b->a fs+9") is UNKNOWN


def test_an_incomplete_list_leaves_all_but_what_links_say_open() -> None:
    assert verdict("a before b", (A, B), "b->a", complete=False) is LOGIC
    for links in (["a->b"], []):
        (result,) = check("a before b", (A, B), *links, complete=False)
        assert result.verdict is UNKNOWN
        assert "tasks" in result.causes
    assert verdict("a before b", (B,), complete=False) is UNKNOWN


def test_an_unknown_duration_is_asked_for() -> None:
    tasks = (task("a", days=None), task("x", "other", 20), B)
    (result,) = check("a before b", tasks, "x->b")
    assert (result.verdict, result.causes) == (UNKNOWN, ("tasks[a].duration",))
    assert verdict("a before b", tasks, "a->b") is FINE
    assert verdict("a before b", tasks, "b->a") is LOGIC


def test_results_as_plain_data() -> None:
    (result,) = check("a before b in each stage", staged("a1", "b1", "b2"), "a1->b1")
    assert result.to_dict() == {
        "constraint": "it",
        "statement": "a before b in each stage",
        "verdict": "missing",
        "first": None,
        "second": "b2",
        "stage": 2,
        "others": 0,
        "because": "'B2' is planned in stage 2 without a",
        "missing": [{"kind": "a", "stage": 2}],
        "causes": [],
    }


def test_nothing_to_put_in_order_is_in_order() -> None:
    assert verdict("a before b", (task("c"),)) is FINE
    assert verdict("a before b", (A,)) is FINE


# -- properties -----------------------------------------------------------------------------------

FORMS = (
    "a before b",
    "a no later than b",
    "a before b in each stage",
    "a at least 3 working days before b",
    "a at most 3 days before b",
    "a overlaps b",
    "a begins before b",
    "a before b of the next stage",
    "a recurs after b, first within 7 days",
)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    size = draw(st.integers(2, 7))
    tasks = []
    for i in range(size):
        days = draw(st.sampled_from([0, 1, 3, 8, None]) if draw(st.booleans()) else st.just(4))
        kind = draw(st.sampled_from(["a", "b", "a", "b", "other", None]))
        state = draw(st.sampled_from([TaskState.OPEN, TaskState.OPEN, TaskState.DONE, TaskState.DROPPED]))
        stage = draw(st.sampled_from([None, 1, 2])) if draw(st.booleans()) else 1
        minutes = None if days is None else minutes_of(days)
        tasks.append(PlanTask(f"t{i}", f"T{i}", minutes, state, kind=kind, stage=stage))
    pairs = [(i, j) for i in range(size) for j in range(i + 1, size)]
    links = [
        PlanLink(f"t{i}", f"t{j}", draw(st.sampled_from(LinkType)), minutes_of(draw(st.sampled_from([0, 0, 2, -2]))))
        for i, j in draw(st.lists(st.sampled_from(pairs), max_size=7, unique=True))
    ]
    return Plan(tuple(tasks), tuple(links))


def outcome(plan: Plan, text: str) -> list[tuple[Verdict, int, int | None]]:
    found = check_ordering(analyse(plan), [statements(text)])
    return [(r.verdict, r.others, len(r.missing)) for r in found]


@given(plans(), st.sampled_from(FORMS), st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_names_and_the_order_of_writing_change_nothing(plan: Plan, text: str, dice: random.Random) -> None:
    fresh = [f"n{i}" for i in range(len(plan.tasks))]
    dice.shuffle(fresh)
    names = {t.id: new for t, new in zip(plan.tasks, fresh, strict=True)}
    tasks = [replace(t, id=names[t.id]) for t in plan.tasks]
    links = [replace(k, predecessor=names[k.predecessor], successor=names[k.successor]) for k in plan.links]
    dice.shuffle(tasks)
    dice.shuffle(links)
    assert outcome(replace(plan, tasks=tuple(tasks), links=tuple(links)), text) == outcome(plan, text)


@given(plans(), st.sampled_from(FORMS), st.integers(0, 6), st.sampled_from(["kind", "stage", "duration_minutes"]))
@settings(max_examples=200, deadline=None)
def test_knowing_less_makes_nothing_certain(plan: Plan, text: str, which: int, field: str) -> None:
    """A verdict about a plan with a blank stays what it is, or was unknown, when the blank is filled."""
    position = which % len(plan.tasks)
    nothing: dict[str, Any] = {field: None}
    blank = replace(plan.tasks[position], **nothing)
    less = replace(plan, tasks=(*plan.tasks[:position], blank, *plan.tasks[position + 1 :]))
    if field == "stage" and all(t.stage is None for t in less.tasks):
        return  # a plan without stages is read as having one
    certain = {LOGIC, DATES, LOOSE}
    for (before, *_), (after, *_) in zip(outcome(less, text), outcome(plan, text), strict=True):
        if before in certain:
            assert after in certain
        if before in (FINE, MISSING):
            assert after not in certain, "what was kept, or missing, is no breach with the blank filled"


def test_ten_thousand_tasks_are_within_its_bounds() -> None:
    dice = random.Random(7)
    kinds = ("a", "b", "c", "d")
    tasks = tuple(
        PlanTask(f"t{i:05}", f"T{i}", minutes_of(dice.randint(1, 9)), kind=dice.choice(kinds), stage=i // 3000)
        for i in range(10_000)
    )
    links = {(dice.randrange(max(0, i - 50), i), i) for i in range(1, 10_000) for _ in range(2)}
    plan = Plan(tasks, tuple(PlanLink(f"t{i:05}", f"t{j:05}") for i, j in sorted(links)))
    roadmap = analyse(plan)
    results = check_ordering(roadmap, [statements(text) for text in FORMS[:1] + FORMS[5:6]])
    assert {r.verdict for r in results} >= {LOGIC, FINE}


# -- links that do not hold -----------------------------------------------------------------------


def at(day: int, hour: int = 8) -> dt.datetime:
    """An hour of a day of March 2026, which began on a Sunday."""
    return dt.datetime.combine(dt.date(2026, 3, day), dt.time(hour))


def timed(text: str, tasks: tuple[PlanTask, ...], links: tuple[PlanLink, ...], **more: Any) -> Verdict:
    (result,) = check_ordering(analyse(Plan(tasks, links, start=at(2), **more)), [statements(text)])
    return result.verdict


PINNED: dict[str, Any] = {"manual": True, "pinned_start": at(10), "pinned_finish": at(16, 17)}


@pytest.mark.parametrize(
    ("days", "more", "expected"),
    [
        # a takes 20 days, 2 to 27 March; b stands on 10 March. With 5 days a is over on 6 March.
        (20, PINNED, DATES),
        (5, PINNED, LOOSE),
        (20, {"constraint": Constraint(ConstraintType.MSO, at(10))}, DATES),
        (20, {"constraint": Constraint(ConstraintType.SNLT, at(10))}, DATES),
        (20, {"constraint": Constraint(ConstraintType.FNLT, at(16, 17))}, DATES),
        (20, {"constraint": Constraint(ConstraintType.MFO, at(16, 17))}, DATES),
        (20, {"constraint": Constraint(ConstraintType.SNET, at(10))}, FINE),
        (20, {"actual_start": at(10), "remaining_minutes": 480}, DATES),
    ],
)
def test_a_link_into_what_stands_on_its_dates_keeps_nothing(days: int, more: dict[str, Any], expected: Verdict) -> None:
    tasks = (task("a", days=days), task("b", **more))
    assert timed("a before b", tasks, (PlanLink("a", "b"),)) is expected


def test_what_is_left_of_a_task_in_progress_waits_for_its_predecessors() -> None:
    # b began on 2 March, but its last day is worked after a, and c after that.
    b = task("b", days=5, actual_start=at(2), remaining_minutes=480)
    tasks, links = (task("a"), b, task("c")), (PlanLink("a", "b"), PlanLink("b", "c"))
    assert timed("a before c", tasks, links) is FINE
    assert timed("a before c", (task("a"), replace(b, **PINNED, actual_start=None), task("c")), links) is LOOSE


def test_the_other_parts_of_a_summary_still_wait() -> None:
    tasks = (task("a"), task("sum", "other", None), task("b", parent="sum"), task("c", parent="sum", **PINNED))
    assert timed("a before b", tasks, (PlanLink("a", "sum"),)) is FINE
    assert timed("a before c", tasks, (PlanLink("a", "sum"),)) is LOOSE


WEEK = 7 * 24 * 60


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # a finishes on Friday 6 March at 17:00, so that b starts on Monday 16 at 08:00: 9 days, of which 5 are worked.
        ("a at least 5 working days before b", FINE),
        ("a at least 6 working days before b", DATES),
        ("a at least 7 days before b", FINE),
        ("a at least 9 days before b", LOOSE),  # but only by chance of the weekend
        ("a at least 14 days before b", DATES),
        ("a at least 21 days before b", DATES),
    ],
)
def test_a_lag_on_the_clock_is_as_many_days_as_it_says(text: str, expected: Verdict) -> None:
    assert timed(text, (A, B), (PlanLink("a", "b", LinkType.FS, WEEK, LagUnit.ELAPSED),)) is expected


def test_start_and_finish_of_a_milestone_are_one() -> None:
    # b has no duration: what holds its finish holds its start.
    assert verdict("a before b", (A, task("b", days=0)), "a->b ff") is FINE
    assert verdict("a before b", (task("a", days=0), B), "a->b ss") is FINE
    assert verdict("a before b", (A, task("b", days=1)), "a->b ff") is DATES


def test_no_statement_applies_to_a_plan_without_tasks() -> None:
    assert check("a before b", ()) == ()
    assert check("a before b", (replace(A, state=TaskState.DROPPED),)) == ()
    assert [r.verdict for r in check("a before b", (), complete=False)] == [UNKNOWN]
