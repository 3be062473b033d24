"""What links say through summary and dropped tasks, and which of them say nothing new."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from crm_rules.roadmap.analysis import analyse
from crm_rules.roadmap.plan import Constraint, ConstraintType, LagUnit, Plan, PlanLink, TaskState
from crm_rules.roadmap.quality import Population, Verdict, check_quality, events
from crm_rules.roadmap.quality.view import PlanView
from tests.roadmap.plans import early, link, plan, plans
from tests.roadmap.quality_plans import at, linked, tasks


def view(base: Plan) -> PlanView:
    return PlanView(analyse(base), Population.TASKS_AND_MILESTONES)


def held(base: Plan) -> dict[str, str]:
    """By task: S or F where something holds its start or finish, s or f where those hold something."""
    return {
        name: "".join(
            letter
            for letter, there in zip("SFsf", (h.start, h.finish, h.from_start, h.from_finish), strict=True)
            if there
        )
        for name, h in view(base).held.items()
    }


def redundant(base: Plan) -> tuple[str, ...]:
    return view(base).order.redundant().links


# a, then the summary task s of b and c, then d.
SUMMARY = tasks(plan(dict.fromkeys("abcds", 1), "a->s", "s->d"), {"b": {"parent": "s"}, "c": {"parent": "s"}})


def test_each_type_of_link_holds_its_ends() -> None:
    assert held(plan(dict.fromkeys("ab", 1), "a->b")) == {"a": "f", "b": "S"}
    assert held(plan(dict.fromkeys("ab", 1), "a->b ss")) == {"a": "s", "b": "S"}
    assert held(plan(dict.fromkeys("ab", 1), "a->b ff")) == {"a": "f", "b": "F"}
    assert held(plan(dict.fromkeys("ab", 1), "a->b sf")) == {"a": "s", "b": "F"}


def test_links_of_a_summary_task_hold_for_its_parts() -> None:
    assert held(SUMMARY) == {"a": "f", "b": "Sf", "c": "Sf", "d": "S"}
    assert held(replace(SUMMARY, links=(link("a->s"),))) == {"a": "f", "b": "S", "c": "S", "d": ""}
    assert view(SUMMARY).order.parts() == [["a", "b", "c", "d"]]


def test_being_part_of_a_summary_task_is_no_link() -> None:
    alone = replace(SUMMARY, links=())
    assert held(alone) == dict.fromkeys("abcd", "")
    assert view(alone).order.parts() == [["a"], ["b"], ["c"], ["d"]]


def test_nested_summary_tasks() -> None:
    deep = tasks(plan(dict.fromkeys("abst", 1), "a->t"), {"b": {"parent": "s"}, "s": {"parent": "t"}})
    assert held(deep) == {"a": "f", "b": "S"}


def test_links_to_oneself_or_an_own_part_hold_nothing() -> None:
    assert held(linked(replace(SUMMARY, links=()), "s->b", "c->s", "a->a")) == dict.fromkeys("abcd", "")


def test_dropped_tasks_hand_on_what_was_written_through_them() -> None:
    through = plan(dict.fromkeys("abc", 1), "a->b", "b->c", dropped="b")
    assert held(through) == {"a": "f", "c": "S"}
    # What enters the finish of b says nothing about what leaves its start.
    assert held(plan(dict.fromkeys("abc", 1), "a->b ff", "b->c ss", dropped="b")) == {"a": "", "c": ""}
    # Nothing comes after b.
    assert held(plan(dict.fromkeys("abc", 1), "a->b", dropped="b")) == {"a": "", "c": ""}
    assert view(plan(dict.fromkeys("abc", 1), "a->b", "c->b", dropped="b")).order.parts() == [["a"], ["c"]]


# -- redundant links ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ("a->b b->c a->c", ("a->c fs",)),
        ("a->b b->c a->c_ss", ("a->c ss",)),  # c starts after a has finished, so after it has started
        ("a->b b->c a->c_ff", ("a->c ff",)),
        ("a->b_ss b->c_ss a->c", ()),  # nothing waits for the finish of a
        ("a->b_ff b->c a->c", ("a->c fs",)),
        ("a->b_sf b->c a->c", ()),
        ("a->b_ss a->b_ff", ()),  # the legal pair
        ("a->b a->b_ss", ("a->b ss",)),
        ("a->b b->c_fs-1 a->c", ()),  # b and c overlap
        ("a->b b->c a->c_fs-1", ("a->c fs",)),
        ("a->b b->c a->c_fs+1", ()),  # a wait of its own
        ("a->b_fs+1 a->b_fs+2", ("a->b fs",)),
        ("a->b b->c c->a a->d b->d", ()),  # a loop implies nothing
    ],
)
def test_redundant_links(links: str, expected: tuple[str, ...]) -> None:
    base = plan(dict.fromkeys("abcd", 1), *(text.replace("_", " ") for text in links.split()))
    assert redundant(base) == expected


def test_of_equal_links_one_is_left() -> None:
    base = plan(dict.fromkeys("ab", 1), "a->b", "a->b", "a->b")
    assert redundant(base) == ("a->b fs #2", "a->b fs #3")
    clock = replace(base, links=(PlanLink("a", "b"), PlanLink("a", "b", unit=LagUnit.ELAPSED)))
    assert len(redundant(clock)) == 1


def test_links_are_implied_through_summary_tasks() -> None:
    assert redundant(linked(SUMMARY, "a->b")) == ("a->b fs",)
    assert redundant(linked(SUMMARY, "c->d")) == ("c->d fs",)
    assert redundant(linked(SUMMARY, "a->d")) == ("a->d fs",)
    assert redundant(SUMMARY) == ()


@pytest.mark.parametrize(
    "change",
    [
        {"manual": True},
        {"level_of_effort": True},
        {"state": TaskState.DONE},
        {"actual_start": at("2026-03-02 08:00")},
        {"constraint": Constraint(ConstraintType.SNLT, at("2026-03-02 08:00"))},
    ],
)
def test_nothing_is_implied_through_a_task_that_does_not_follow_its_links(change: dict[str, object]) -> None:
    base = plan(dict.fromkeys("abc", 1), "a->b", "b->c", "a->c")
    assert redundant(base) == ("a->c fs",)
    assert redundant(tasks(base, {"b": change})) == ()


@given(plans(lags=(-3, 3)))
def test_without_redundant_links_every_task_keeps_its_dates(base: Plan) -> None:
    found = view(base)
    extra = set(found.order.redundant().links)
    kept = replace(base, links=tuple(k for i, k in found.links if i not in extra))
    assert early(kept) == early(base)


def test_the_search_is_bounded_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    base = plan(dict.fromkeys("abcd", 1), "a->b", "b->c", "a->c", "c->d", "b->d")
    monkeypatch.setattr(events, "SEARCH_STEPS", 4)
    found = view(base).order.redundant()
    assert set(found.links) | set(found.unsearched) >= {"a->c fs", "b->d fs"}
    assert found.unsearched
    assert check_quality(analyse(base))["redundant-link"].verdict in (Verdict.WARNING, Verdict.NOT_MEASURABLE)
