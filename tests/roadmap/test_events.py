"""What links guarantee, against a computation that is too simple to be wrong."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_rules.roadmap import events as module
from crm_rules.roadmap.events import Events, events_of
from crm_rules.roadmap.plan import LagUnit, LinkType, Plan, PlanLink, PlanTask, minutes_of
from tests.roadmap.plans import DAY, plan

Moment = tuple[str, bool]


def longest(base: Plan) -> dict[tuple[Moment, Moment], int]:
    """Most minutes guaranteed between any two ends of tasks: bounds are put together until nothing changes."""
    found: dict[tuple[Moment, Moment], int] = {}
    for task in base.tasks:
        found[(task.id, False), (task.id, True)] = task.duration_minutes or 0
        if not task.duration_minutes:  # a milestone has no start apart from its finish
            found[(task.id, True), (task.id, False)] = 0
        for end in (False, True):
            found[(task.id, end), (task.id, end)] = 0
    for k in base.links:
        pair = (k.predecessor, k.type.from_finish), (k.successor, k.type.to_finish)
        found[pair] = max(found.get(pair, k.lag), k.lag)
    changed = True
    while changed:
        changed = False
        for (a, b), first in list(found.items()):
            for (c, d), second in list(found.items()):
                if b == c and first + second > found.get((a, d), first + second - 1):
                    found[a, d] = first + second
                    changed = True
    for task in base.tasks:
        found.pop(((task.id, True), (task.id, False)), None)  # nobody asks for it
    return found


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    size = draw(st.integers(2, 5))
    tasks = tuple(PlanTask(f"t{i}", "", minutes_of(draw(st.sampled_from([0, 1, 4])))) for i in range(size))
    links = [
        PlanLink(f"t{i}", f"t{j}", draw(st.sampled_from(LinkType)), minutes_of(draw(st.sampled_from([0, 1, -1, -3]))))
        for i in range(size)
        for j in range(i + 1, size)
        if draw(st.booleans())
    ]
    return Plan(tasks, tuple(links))


def all_moments(base: Plan) -> list[Moment]:
    return [(t.id, end) for t in base.tasks for end in (False, True)]


def answers(events: Events, base: Plan, least: int, against: bool) -> set[tuple[Moment, Moment]]:
    """(source, target) of everything that is guaranteed."""
    moments = all_moments(base)
    at = {events.event(*m): m for m in moments}
    sources = tuple(at)
    found = events.guaranteed(sources, sources, least, against)
    return {(at[s], at[t]) for t, bits in found.items() for k, s in enumerate(sources) if bits >> k & 1}


@given(plans(), st.sampled_from([0, 1, -DAY, 2 * DAY]), st.booleans())
@settings(max_examples=120, deadline=None)
def test_chains_guarantee_what_putting_bounds_together_does(base: Plan, least: int, against: bool) -> None:
    expected = {(b, a) if against else (a, b) for (a, b), length in longest(base).items() if length >= least}
    assert answers(events_of(base), base, least, against) == expected


@given(plans())
@settings(max_examples=60, deadline=None)
def test_a_chain_is_as_long_as_it_says(base: Plan) -> None:
    events = events_of(base)
    for (a, b), length in longest(base).items():
        assert events.length(events.event(*a), events.event(*b)) == length
        chain = events.chain(events.event(*a), events.event(*b))
        names = list(events.index)
        assert (names[chain[0]], names[chain[-1]]) == (a[0], b[0])


def test_beyond_its_budget_it_guarantees_less_never_more(monkeypatch: pytest.MonkeyPatch) -> None:
    base = plan({"a": 1, "x": 5, "b": 1}, "a->x fs-2", "x->b")
    assert (("a", True), ("b", False)) in answers(events_of(base), base, 0, against=False)
    monkeypatch.setattr(module, "EXACT_WORK", 0)
    few = answers(events_of(base), base, 0, against=False)
    assert (("a", True), ("b", False)) not in few
    assert (("x", True), ("b", False)) in few


def test_a_lag_in_percent_is_part_of_the_predecessor() -> None:
    tasks = (PlanTask("a", "A", 4 * DAY), PlanTask("b", "B", DAY))
    base = Plan(tasks, (PlanLink("a", "b", LinkType.SS, 5000, LagUnit.PERCENT),))
    events = events_of(base)
    assert events.length(events.event("a", finish=False), events.event("b", finish=False)) == 2 * DAY


def test_links_of_a_summary_to_its_own_part_guarantee_nothing() -> None:
    tasks = (PlanTask("sum", "S", None), PlanTask("part", "P", DAY, parent="sum"), PlanTask("z", "Z", DAY))
    base = Plan(tasks, (PlanLink("sum", "part"), PlanLink("part", "z")))
    events = events_of(base)
    assert events.length(events.event("part", finish=True), events.event("z", finish=False)) == 0
    assert events.length(events.event("sum", finish=True), events.event("part", finish=False)) is None
