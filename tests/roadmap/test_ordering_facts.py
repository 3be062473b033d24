"""Order and load of the work as facts: what rules can read of it, and what is asked for where it is unknown."""

from __future__ import annotations

from typing import Any

import pytest

from crm_rules.api import project_facts
from crm_rules.facts.values import NO_VALUE
from crm_rules.model.order import ORDER_LISTS, OrderVerdict
from crm_rules.model.project import Project
from crm_rules.roadmap.analysis import analyse
from crm_rules.roadmap.from_project import plan_of
from crm_rules.roadmap.ordering_facts import OrderFacts, order_entries
from crm_rules.rules.ordering import Operand, Ordering, Scope, Sequence, Verdict

TEST = Operand("client's test", ("client_test",))
LIVE = Operand("roll-out", ("rollout",))
TEST_FIRST = Ordering("test-first", (Sequence(TEST, LIVE, scope=Scope.SAME_STAGE),), 5)
TRIED_FIRST = Ordering("tried-first", (Sequence(Operand("prototyping", ("prototyping",)), LIVE),), 5)


def facts_of(*tasks: dict[str, Any], constraints: tuple[Ordering, ...] = (), **more: Any) -> OrderFacts:
    team = [{"id": name} for name in sorted({t["owner"] for t in tasks if "owner" in t})]
    project = Project.from_dict({"team": team, "tasks": list(tasks), **more})
    owners = {t["id"]: t["owner"] for t in tasks if "owner" in t}
    return order_entries(analyse(plan_of(project)), constraints, owners)


def entry(facts: OrderFacts, name: str, key: str) -> dict[str, Any]:
    return next(e for e in facts.lists[name] if e["id"] == key)


def test_verdicts_are_those_rules_can_name() -> None:
    assert {v.value for v in OrderVerdict} == {v.value for v in Verdict} - {"unknown"}


def test_entries_have_the_columns_that_are_declared() -> None:
    facts = facts_of(
        {"id": "a", "kind": "client_test", "stage": 1, "duration": 20, "owner": "ann"},
        {"id": "b", "kind": "rollout", "stage": 1, "duration": 20, "owner": "ann"},
        constraints=(TEST_FIRST, TRIED_FIRST),
    )
    assert set(facts.lists) == {r.name for r in ORDER_LISTS}
    for relation in ORDER_LISTS:
        assert facts.lists[relation.name], relation.name
        for found in facts.lists[relation.name]:
            assert set(found) == {c.name for c in relation.columns}
            for column in relation.columns:
                if found[column.name] is not NO_VALUE:
                    column.encode(found[column.name])


def test_one_entry_per_constraint_with_the_worst_of_its_statements() -> None:
    both = Ordering("both", (*TEST_FIRST.statements, *TRIED_FIRST.statements), 5)
    facts = facts_of(
        {"id": "a", "name": "Test", "kind": "client_test", "duration": 5, "after": ["b"]},
        {"id": "b", "name": "Live", "kind": "rollout", "duration": 5},
        constraints=(both,),
    )
    (found,) = facts.lists["orderings"]
    assert (found["verdict"], found["first"], found["second"], found["stage"]) == (
        "violated_by_logic",
        "a",
        "b",
        NO_VALUE,
    )
    assert found["because"] == "'Live' comes before 'Test' by the links of the roadmap (Live → Test)"
    assert facts.tasks["orderings", "both"] == "b"


def test_an_unknown_verdict_names_its_inputs() -> None:
    facts = facts_of({"id": "a"}, {"id": "b", "kind": "rollout"}, constraints=(TEST_FIRST,))
    assert "verdict" not in entry(facts, "orderings", "test-first")
    assert facts.causes["orderings", "test-first", "verdict"] == ("tasks[a].kind",)
    assert entry(facts, "task_kinds", "client_test")["planned"] is None
    assert facts.causes["task_kinds", "client_test", "planned"] == ("tasks[a].kind",)
    assert facts.phases == {"a": None, "b": "implementation"}
    assert facts.causes["tasks", "a", "phase"] == ("tasks[a].kind",)


def test_several_constraints_that_miss_one_kind_are_one_entry_about_it() -> None:
    again = Ordering("again", TEST_FIRST.statements, 3)
    facts = facts_of({"id": "b", "name": "Live", "kind": "rollout"}, constraints=(TEST_FIRST, again, TRIED_FIRST))
    found = entry(facts, "task_kinds", "client_test")
    assert (found["planned"], found["needed_by"], found["severity"]) == (False, 2, 5)
    assert found["because"] == "'Live' is planned without client's test"
    tried = entry(facts, "task_kinds", "prototyping")
    assert (tried["needed_by"], tried["severity"]) == (1, 3), "an introduction can do without prototypes"
    assert [e["id"] for e in facts.lists["task_kinds"]].count("client_test") == 1


def test_a_kind_missing_in_one_stage_has_an_entry_of_its_own() -> None:
    facts = facts_of(
        {"id": "a", "kind": "client_test", "stage": 1},
        {"id": "b", "kind": "rollout", "stage": 1, "after": ["a"]},
        {"id": "c", "kind": "rollout", "stage": 2},
        constraints=(TEST_FIRST,),
    )
    assert entry(facts, "task_kinds", "client_test")["planned"] is True
    found = entry(facts, "task_kinds", "client_test-2")
    assert (found["planned"], found["severity"], found["name"]) == (False, 5, "client's test of stage 2")


def test_without_any_task_there_is_nothing_to_say() -> None:
    assert all(not entries for entries in facts_of(constraints=(TEST_FIRST,)).lists.values())


def test_a_list_of_tasks_that_may_be_incomplete_leaves_everything_open() -> None:
    facts = facts_of({"id": "b", "kind": "rollout"}, constraints=(TEST_FIRST,), incomplete=["tasks"])
    assert facts.causes["orderings", "test-first", "verdict"] == ("tasks",)
    assert set(facts.open) == {"stages", "overlaps"}


def test_phases_are_counted_and_say_what_they_lack() -> None:
    facts = facts_of({"id": "a", "kind": "contract"}, {"id": "b", "kind": "other"})
    selection, preparation = entry(facts, "task_phases", "selection"), entry(facts, "task_phases", "preparation")
    assert (selection["tasks"], selection["missing"], preparation["tasks"]) == (1, 7, 0)
    assert "shortlist" in selection["lacks"]
    assert facts.phases["b"] is NO_VALUE


def test_stages_add_up_their_days() -> None:
    facts = facts_of(
        {"id": "a", "kind": "configuration", "stage": 1, "duration": 30},
        {"id": "b", "kind": "rollout", "stage": 2, "duration": 10},
        {"id": "c", "kind": "contract", "stage": 0, "duration": 99},
    )
    one, two = entry(facts, "stages", "1"), entry(facts, "stages", "2")
    assert (one["first"], one["days"], one["share"], one["smallest"], one["builds"], one["rolls_out"]) == (
        *(True, 30, 0.75, False),
        *(True, False),
    )
    assert (two["first"], two["smallest"], two["builds"], two["rolls_out"]) == (False, True, False, True)
    assert len(facts.lists["stages"]) == 2, "stage 0 is before all stages"


@pytest.mark.parametrize(
    ("tasks", "expected"),
    [
        ([("a", 10, []), ("b", 10, [])], [({"a", "b"}, 2, 10)]),
        ([("a", 10, []), ("b", 10, ["a"])], []),
        ([("a", 10, []), ("b", 10, ["a SS+4d"])], [({"a", "b"}, 2, 6)]),
        # A second period begins after a break; a third task joins in the middle of the first.
        (
            [("a", 30, []), ("b", 10, []), ("c", 5, ["b SS+5d"]), ("d", 10, ["b FS+5d"])],
            [({"a", "b", "c"}, 3, 10), ({"a", "d"}, 2, 10)],
        ),
        ([("a", 0, []), ("b", 10, [])], []),
    ],
)
def test_periods_with_several_tasks_of_one_owner(
    tasks: list[tuple[str, float, list[str]]], expected: list[tuple[set[str], int, int]]
) -> None:
    facts = facts_of(*({"id": i, "duration": d, "after": after, "owner": "ann"} for i, d, after in tasks))
    assert [(e["tasks"], e["most"], e["days"]) for e in facts.lists["overlaps"]] == expected
    assert "overlaps" not in facts.open


def test_overlaps_are_dated_and_leave_out_what_is_done() -> None:
    first: dict[str, Any] = {"id": "a", "owner": "ann", "duration": 5, "start": "2026-03-02", "finish": "2026-03-13"}
    second: dict[str, Any] = {"id": "b", "owner": "ann", "duration": 5, "start": "2026-03-09", "finish": "2026-03-20"}
    (found,) = facts_of(first, second).lists["overlaps"]
    assert (found["begins"], found["ends"], found["days"]) == ("9 March 2026", "13 March 2026", 5)
    assert facts_of({**first, "status": "done"}, second).lists["overlaps"] == []
    assert facts_of(first, {**second, "owner": "bob"}).lists["overlaps"] == []


def test_an_owner_or_a_duration_nobody_stated_leaves_overlaps_open() -> None:
    for task, cause in (
        ({"id": "b", "duration": 5}, "tasks[b].owner"),
        ({"id": "b", "owner": "ann"}, "tasks[b].duration"),
    ):
        facts = facts_of({"id": "a", "owner": "ann", "duration": 5}, task)
        assert "overlaps" in facts.open
        assert cause in facts.causes["overlaps", "", ""]


def test_the_facts_of_a_project_hold_all_of_it() -> None:
    project = Project.from_dict({"tasks": [{"id": "b", "kind": "rollout"}]})
    facts, _roadmap = project_facts(project, orderings=(TEST_FIRST,))
    assert [row[:3] for row in facts.extensions["orderings"].rows] == [
        ("test-first", "client's test before roll-out in each stage", "missing")
    ]
