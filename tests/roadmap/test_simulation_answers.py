"""What varies and what does not, what is refused and in which words, and what the work costs."""

from __future__ import annotations

import itertools
import json
import math
import re
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from crm_rules.errors import EngineError, LimitReached
from crm_rules.roadmap.analysis import analyse
from crm_rules.roadmap.pert import Pert, pert
from crm_rules.roadmap.plan import Estimate, Plan, PlanLink, PlanTask
from crm_rules.roadmap.simulation import MAX_DRAWS, simulate
from crm_rules.roadmap.simulation_result import NotSimulated, Simulation
from tests.roadmap.estimates import estimated, paths, simulated
from tests.roadmap.plans import DAY, plan


def refused(base: Plan, **options: Any) -> dict[str, str]:
    """Messages by kind."""
    found = simulate(base, **options)
    assert isinstance(found, NotSimulated)
    return {o.kind: o.message for o in found.obstacles}


# --- Spread, done work, refusals ---------------------------------------------


def test_spread_is_for_tasks_without_estimate_only_and_only_when_asked() -> None:
    base = estimated({"a": (1, 1, 1), "b": 10, "gate": 0, "was": 5}, "was->a", "a->b", "b->gate", done="was")
    assert simulated(base).deviation_minutes == 0
    found = simulated(base, spread=(-0.1, 0.3))
    assert {i for i, t in found.tasks.items() if t.deviation_minutes} == {"b"}
    # (9 + 40 + 13) / 6 days.
    assert found.tasks["b"].mean_minutes / DAY == pytest.approx(62 / 6, abs=4 * 0.7 / math.sqrt(1000))
    assert found.spread == (-0.1, 0.3)


def test_done_work_does_not_vary_and_is_never_critical() -> None:
    found = simulated(estimated({"a": (1, 5, 20), "b": (1, 2, 3)}, "a->b", done="a"))
    assert (found.tasks["a"].deviation_minutes, found.tasks["a"].criticality) == (0, 0)
    assert 6 * DAY <= found.finishes[0] <= found.finishes[-1] <= 8 * DAY


def test_an_estimate_is_a_duration() -> None:
    base = Plan((PlanTask("a", "A", None, estimate=Estimate(DAY, 2 * DAY, 3 * DAY)),))
    found = simulated(base)
    assert found.bias.planned_minutes == 2 * DAY
    assert found.mean_minutes / DAY == pytest.approx(2, abs=0.05)


def test_plans_that_cannot_be_simulated_say_why() -> None:
    found = simulate(plan({"a": 1, "b": 2, "c": None}, "a->b", "b->a", "b->c"))
    assert isinstance(found, NotSimulated)
    assert [(o.kind, o.message, o.tasks) for o in found.obstacles] == [
        ("loop", "tasks wait for each other: 'A' → 'B' → 'A'", ("a", "b")),
        ("unknown-duration", "'C' has neither a duration nor an estimate", ("c",)),
        ("nothing-varies", "no unfinished task has an estimate in three points", ()),
    ]
    assert str(found).startswith("cannot be simulated: tasks wait for each other")
    assert json.loads(json.dumps(found.to_dict()))["obstacles"][1]["tasks"] == ["c"]


def test_names_in_messages_are_cut_short_and_counted() -> None:
    message = refused(plan(dict.fromkeys("abcdefgh")))["unknown-duration"]
    assert message == "'A', 'B', 'C', 'D', 'E' and 3 more have neither a duration nor an estimate"
    assert refused(plan(dict.fromkeys("abcdef")))["unknown-duration"].startswith("'A', 'B', 'C', 'D', 'E' and 'F' have")


def test_finished_and_incomplete_and_endless_plans_are_refused() -> None:
    assert refused(plan({"a": 1}, done="a"), spread=(-0.1, 0.1)) == {"nothing-varies": "no task is left to be done"}
    assert refused(plan({})) == {"nothing-varies": "no task is left to be done"}
    assert refused(replace(paths(1), complete=False)) == {"incomplete-list": "there may be tasks that are not listed"}
    endless = Plan((PlanTask("a", "A", 1, estimate=Estimate(1, 10**30, 10**40)),))
    assert list(refused(endless)) == ["too-long"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"samples": 1}, "at least 2 samples are needed, not 1"),
        ({"seed": -1}, "a seed is at least 0, not -1"),
        ({"distribution": "petr"}, "there is no distribution 'petr'; did you mean 'pert'?"),
        ({"correlation": 1.1}, "a correlation is from 0 to 1, not 1.1"),
        ({"correlation": math.nan}, "a correlation is from 0 to 1, not nan"),
        ({"spread": (0.1, 0.3)}, "a spread is from at least -1 to 0, and from 0 up, not 0.1 and 0.3"),
    ],
)
def test_wrong_arguments_are_named(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        simulate(paths(1), **options)


def test_all_wrong_arguments_at_once() -> None:
    with pytest.raises(ValueError, match=r"samples.*; .*seed.*; .*distribution"):
        simulate(paths(1), samples=0, seed=-3, distribution="normal")  # type: ignore[arg-type]


def test_more_than_memory_holds_is_refused_by_name() -> None:
    with pytest.raises(LimitReached, match=r"MAX_DRAWS = 33,554,432 durations; at most 16,777,216 samples"):
        simulate(paths(2), samples=MAX_DRAWS)


# --- Work --------------------------------------------------------------------


def test_progress_goes_up_to_the_end() -> None:
    told: list[tuple[int, int]] = []
    simulated(paths(5, 4), progress=lambda done, total: told.append((done, total)))
    assert len(told) > 10
    assert [done for done, _ in told] == sorted({done for done, _ in told})
    assert {total for _, total in told} == {told[-1][0]}


def test_a_chain_of_three_thousand_tasks_is_simulated() -> None:
    names = [f"t{n:04}" for n in range(3000)]
    tasks = tuple(PlanTask(name, name, 480, estimate=Estimate(240, 480, 960)) for name in names)
    base = analyse(Plan(tasks, tuple(PlanLink(a, b) for a, b in itertools.pairwise(names))))
    # A pass that is quadratic in the length would take minutes.
    found = simulate(base, samples=200)
    assert isinstance(found, Simulation)
    assert found.mean_minutes == pytest.approx(3000 * 520, rel=0.002)


def test_numpy_is_imported_only_when_it_is_needed() -> None:
    program = "import sys, crm_rules.roadmap.simulation, crm_rules.roadmap.pert; print('numpy' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"


def test_without_numpy_one_sentence_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "crm_rules.roadmap.simulation_numpy", raising=False)
    monkeypatch.setitem(sys.modules, "numpy", None)
    with pytest.raises(EngineError) as error:
        simulate(paths(1))
    assert str(error.value) == "simulating a plan needs numpy: pip install 'crm-rules[simulation]'"
    assert isinstance(pert(paths(1)), Pert)
