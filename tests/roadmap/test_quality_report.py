"""Quality reports as a whole: profiles, populations, short and unfinished lists, shape, and what must not matter."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_rules.roadmap.analysis import analyse
from crm_rules.roadmap.plan import Plan, PlanTask, TaskState, minutes_of
from crm_rules.roadmap.quality import PROFILES, CheckResult, Population, QualityReport, Row, Verdict, check_quality
from crm_rules.roadmap.quality.logic import leads
from crm_rules.roadmap.quality.measure import NONE, Bound, Limit, Measure, at_least, at_most, index_of, judge
from crm_rules.roadmap.working_time import WorkingCalendar, week_of
from tests.roadmap.plans import DAY, plan, plans
from tests.roadmap.quality_plans import PHASES, ROW, chain, tasks

FAILED, WARNING, INFO = Verdict.FAILED, Verdict.WARNING, Verdict.INFO
PASSED, GAP = Verdict.PASSED, Verdict.NOT_MEASURABLE


def report(base: Plan, profile: str = "roadmap", population: Population | str | None = None) -> QualityReport:
    return check_quality(analyse(base), profile, population=population)


def numbers(found: CheckResult) -> tuple[Verdict, int | None, int | None, float | None]:
    return found.verdict, found.numerator, found.denominator, found.ratio


# -- profiles and populations ---------------------------------------------------------------------


def test_reports_name_edition_and_population() -> None:
    found = report(ROW, "dcma")
    assert (found.profile, found.size) == ("dcma", 3)
    assert found.edition == "DCMA 14-point assessment, edition of 9 November 2009 (09NOV09)"
    assert found.population == "tasks, without milestones, summary tasks, level of effort and dropped tasks"
    other = report(ROW, "dcma", Population.TASKS_AND_MILESTONES)
    assert other.population == "tasks and milestones, without summary tasks, level of effort and dropped tasks"
    assert other["dcma-01"].population == "unfinished tasks and milestones"


def test_dcma_has_its_fourteen_points() -> None:
    points = {row.id[5:7] for row in PROFILES["dcma"].rows}
    assert points == {f"{n:02d}" for n in range(1, 15)}


@pytest.mark.parametrize(
    ("population", "size", "unfinished"),
    # t1 to t4 are tasks, t1 is finished; m is a milestone, e level of effort, x dropped, s a summary task of t2.
    [("tasks", 4, 3), ("tasks_and_milestones", 5, 4)],
)
def test_populations(population: str, size: int, unfinished: int) -> None:
    base = tasks(
        plan({"t1": 1, "t2": 1, "t3": 1, "t4": 1, "m": 0, "e": 1, "x": 1, "s": 1}, "t1->t2", done="t1", dropped="x"),
        {"e": {"level_of_effort": True}, "t2": {"parent": "s"}},
    )
    found = report(base, "dcma", population)
    assert found.size == size
    assert found["dcma-05"].denominator == unfinished


def test_relationships_have_an_end_in_the_unfinished_population() -> None:
    # a and b are finished, m is a milestone: DCMA looks at b->c, c->m and c->d only.
    base = plan({"a": 1, "b": 1, "m": 0, "n": 0, "c": 1, "d": 1}, "a->b", "b->c", "c->m", "m->n", "c->d", done="a b")
    assert report(base, "dcma")["dcma-02"].denominator == 3
    assert report(base, "dcma", "tasks_and_milestones")["dcma-02"].denominator == 4


def test_links_of_dropped_tasks_are_not_counted_but_their_order_is() -> None:
    base = plan(dict.fromkeys("abc", 1), "a->b fs-1", "b->c", dropped="b")
    found = report(base)
    assert found["lead"].verdict is GAP
    assert (found["isolated"].numerator, found["missing-successor"].numerator) == (0, 0)


def test_declared_starts_and_goals() -> None:
    roadmap = analyse(plan(dict.fromkeys("abcd", 1), "a->c", "b->c", "d->c"))
    assert check_quality(roadmap)["missing-predecessor"].offenders == ("b", "d")
    assert check_quality(roadmap, starts=["b", "d"])["missing-predecessor"].offenders == ("a",)
    assert check_quality(roadmap, starts=[], goals=[])["missing-successor"].offenders == ("c",)


def test_beginning_and_end_are_milestones_where_there_are_some() -> None:
    base = plan({"a": 2, "kick": 0, "z": 2, "done": 0}, "kick->z", "a->done")
    found = report(base)
    assert found["missing-predecessor"].offenders == ("a",)
    assert found["missing-successor"].offenders == ("z",)


def test_own_profile() -> None:
    row = Row("mine", "Mine", "links with a lead", "links", leads, NONE)
    profile = replace(PROFILES["roadmap"], name="ours", rows=(row,))
    found = check_quality(analyse(plan({"a": 1, "b": 1}, "a->b fs-1")), profile)
    assert (found.profile, [c.id for c in found.checks], found["mine"].verdict) == ("ours", ["mine"], FAILED)


def test_unknown_names_are_told_all_at_once() -> None:
    with pytest.raises(ValueError, match="there is no") as caught:
        check_quality(analyse(ROW), "dmca", population="task", starts=["t1"], goals=["zz"])
    assert str(caught.value) == (
        "there is no profile 'dmca' (did you mean 'dcma'?); there is no population 'task' (did you mean 'tasks'?); "
        "there is no task 't1' (did you mean 't01'?); there is no task 'zz' (expected one of: t01, t02, t03)"
    )
    with pytest.raises(KeyError):
        report(ROW)["nothing"]


# -- short lists ----------------------------------------------------------------------------------


def with_open_ends(size: int, ends: int) -> Plan:
    """A row of tasks with some more that wait for its first task and that nothing waits for."""
    row = chain(size - ends)
    extra = [f"x{n}" for n in range(ends)]
    return replace(
        row,
        tasks=(*row.tasks, *(PlanTask(i, i, DAY) for i in extra)),
        links=(*row.links, *(replace(row.links[0], successor=i) for i in extra)),
    )


@pytest.mark.parametrize(
    ("size", "ends", "expected"),
    [
        (12, 1, (INFO, 1, 12, None)),  # 8.3 % of 12, but one alone
        (12, 2, (WARNING, 2, 12, None)),
        (19, 2, (WARNING, 2, 19, None)),
        (20, 1, (PASSED, 1, 20, 0.05)),  # exactly 5 %
        (20, 2, (WARNING, 2, 20, 0.1)),
        (40, 2, (PASSED, 2, 40, 0.05)),
        (40, 3, (WARNING, 3, 40, 0.075)),
    ],
)
def test_shares_count_from_two_on_and_are_shown_from_twenty_on(
    size: int, ends: int, expected: tuple[Verdict, int, int, float | None]
) -> None:
    assert numbers(report(with_open_ends(size, ends))["missing-successor"]) == expected


def test_dcma_keeps_its_numbers_and_says_what_they_are_worth() -> None:
    found = report(with_open_ends(12, 1), "dcma")
    assert numbers(found["dcma-01"]) == (FAILED, 1, 12, 0.0833)
    assert found.remarks == ("with 12 tasks each is a large share: read the counts rather than the shares",)
    assert report(chain(12)).remarks == (
        "a limit that is a share is broken by two or more only",
        "shares are shown from 20 tasks on",
    )
    assert report(chain(20), "dcma").remarks == ()


def test_plan_without_tasks_passes_nothing() -> None:
    for profile in PROFILES:
        found = report(Plan(()), profile)
        assert {c.verdict for c in found.checks} == {GAP}
        assert {c.reason for c in found.checks} == {"the plan has no tasks"}


def test_plan_of_one_task() -> None:
    found = report(plan({"a": 1}))
    assert {c.id: c.verdict for c in found.checks if c.verdict not in (PASSED, GAP)} == {
        "critical-share": INFO,
        "near-critical": INFO,
    }


# -- what is not known ----------------------------------------------------------------------------


def test_unlisted_tasks_leave_nothing_passed() -> None:
    base = replace(plan(dict.fromkeys("abc", 30), "a->b fs-1", "b->c"), complete=False)
    found = report(base)
    assert found.having(PASSED, INFO) == ()
    # A lead is one whatever else there is, and so is a long task; an open end may not be one.
    assert [c.id for c in found.having(WARNING, FAILED)] == ["lead", "long-task"]
    assert found["isolated"].reason == "there may be tasks that are not listed"


@pytest.mark.parametrize(
    ("limit", "count", "open_", "of", "expected"),
    [
        (NONE, 0, 0, 9, PASSED),
        (NONE, 0, 1, 9, GAP),
        (NONE, 1, 5, 9, FAILED),
        (at_most(10), 1, 0, 10, PASSED),
        (at_most(10), 1, 1, 10, GAP),
        (at_most(10), 2, 8, 10, FAILED),
        (at_least(90), 9, 0, 10, PASSED),
        (at_least(90), 8, 1, 10, GAP),
        (at_least(90), 7, 1, 10, FAILED),
        (index_of(95), 19, 0, 20, PASSED),
        (index_of(95), 18, 0, 20, FAILED),
        (at_most(10), 0, 0, 0, GAP),
    ],
)
def test_verdicts_hold_whatever_the_undecided_turn_out_to_be(
    limit: Limit, count: int, open_: int, of: int, expected: Verdict
) -> None:
    found = Measure(count, of, undecided=tuple(f"u{n}" for n in range(open_)))
    assert judge(limit, FAILED, found, spare_one=False, complete=True)[0] is expected


@given(
    st.sampled_from([NONE, at_most(5), at_most(50), at_least(90), at_least(30)]),
    st.integers(0, 12),
    st.integers(0, 6),
    st.integers(0, 6),
    st.booleans(),
)
def test_an_open_count_is_judged_only_if_all_its_completions_agree(
    limit: Limit, count: int, open_: int, more: int, spare: bool
) -> None:
    of = count + open_ + more
    found = Measure(count, of, undecided=tuple(f"u{n}" for n in range(open_)))
    verdict, _ = judge(limit, FAILED, found, spare_one=spare, complete=True)
    completions = {
        judge(limit, FAILED, Measure(count + extra, of), spare_one=spare, complete=True)[0]
        for extra in range(open_ + 1)
    }
    assert verdict is GAP or completions == {verdict}


def test_limits_are_exact() -> None:
    assert at_most(5).share == Fraction(1, 20)
    assert [at_most(5).broken(n, 20) for n in (1, 2)] == [False, True]
    assert [limit.text for limit in (NONE, at_most(5), at_least(90), index_of(95))] == [
        "none",
        "at most 5 %",
        "at least 90 %",
        "at least 0.95",
    ]
    assert {row.limit.bound for p in PROFILES.values() for row in p.rows} == set(Bound)


# -- calendars ------------------------------------------------------------------------------------


def test_days_are_those_of_the_plan() -> None:
    seven = WorkingCalendar("seven", week_of(range(5), ((540, 960),)))  # 9 to 16 o'clock
    # 45 days of seven hours are 39.4 of eight.
    base = replace(plan({"a": 0, "b": 1}), tasks=(PlanTask("a", "a", 45 * 420), PlanTask("b", "b", 0)))
    assert report(replace(base, minutes_per_day=420, calendar=seven), "dcma", "tasks_and_milestones")[
        "dcma-06"
    ].offenders == ("b",)
    assert report(base, "dcma", "tasks_and_milestones")["dcma-06"].offenders == ()


# -- shape ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", PROFILES)
def test_report_is_json_and_survives_pickling(profile: str) -> None:
    found = report(plan({"a": 30, "b": 1, "c": 1}, "a->b ss+6", "b->c fs-1", "a->c"), profile)
    told = found.to_dict()
    assert json.loads(json.dumps(told)) == told
    assert pickle.loads(pickle.dumps(found)).to_dict() == told
    assert sum(told["verdicts"].values()) == len(PROFILES[profile].rows)
    assert [c["id"] for c in told["checks"]] == [row.id for row in PROFILES[profile].rows]


def test_ids_and_wording_of_profiles() -> None:
    for profile in PROFILES.values():
        ids = [row.id for row in profile.rows]
        assert len(ids) == len(set(ids))
        for row in profile.rows:
            assert row.title[0].isupper()
            assert row.counts[:2] != row.counts[:2].upper() or row.counts.startswith("FS")
            assert row.population.format(work="tasks").strip() == row.population.format(work="tasks")


def test_a_check_without_a_verdict_has_no_numbers() -> None:
    for base in (ROW, PHASES, plan({"a": None, "b": 1}, "a->b")):
        for profile in PROFILES:
            for found in report(base, profile).checks:
                measured = found.verdict is not GAP
                assert (found.numerator is not None) is measured
                assert measured or found.reason


# -- what must not matter -------------------------------------------------------------------------

_STATES = (TaskState.OPEN, TaskState.OPEN, TaskState.DONE, TaskState.DROPPED)


@given(plans(states=_STATES, unknown=True, back_links=1), st.sampled_from(sorted(PROFILES)))
def test_order_does_not_matter(base: Plan, profile: str) -> None:
    turned = replace(base, tasks=base.tasks[::-1], links=base.links[::-1])
    assert report(turned, profile).to_dict() == report(base, profile).to_dict()


@given(plans(states=_STATES, unknown=True, back_links=1), st.sampled_from(sorted(PROFILES)))
def test_names_do_not_matter(base: Plan, profile: str) -> None:
    other = {t.id: f"{99 - n}{t.id}" for n, t in enumerate(sorted(base.tasks, key=lambda t: t.id))}
    renamed = replace(
        base,
        tasks=tuple(replace(t, id=other[t.id]) for t in base.tasks),
        links=tuple(replace(k, predecessor=other[k.predecessor], successor=other[k.successor]) for k in base.links),
    )
    for a, b in zip(report(base, profile).checks, report(renamed, profile).checks, strict=True):
        if a.id != "dcma-12":  # which of several critical tasks is delayed is decided by id
            assert numbers(a) == numbers(b)
            assert len(a.offenders) == len(b.offenders)


@given(plans(states=_STATES, unknown=True))
def test_knowing_a_duration_never_turns_a_verdict(base: Plan) -> None:
    known = replace(
        base,
        tasks=tuple(
            replace(t, duration_minutes=minutes_of(1) if t.duration_minutes is None else t.duration_minutes)
            for t in base.tasks
        ),
    )
    before, after = report(base), report(known)
    for check in before.checks:
        # Whether durations are missing is a question about what is known.
        if check.verdict is not GAP and check.id != "unknown-duration":
            assert after[check.id].verdict is check.verdict, check.id
