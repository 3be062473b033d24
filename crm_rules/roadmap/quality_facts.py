"""The quality of the roadmap as facts for rules: `schedule_checks`, one entry per check of the default profile.

Only the wording and the shape of facts live here; nothing is counted or judged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from crm_rules.facts.values import NO_VALUE
from crm_rules.roadmap.analysis import Roadmap
from crm_rules.roadmap.plan import named_links
from crm_rules.roadmap.quality import CheckResult, Verdict, check_quality

NAME: Final = "schedule_checks"

SHOWN: Final = 3
"""Tasks or links that are named before the rest is only counted."""

_VALUES: Final = ("early_start_minutes", "total_float_minutes")
"""What a check may not know of a task; whatever leaves a check open leaves one of them open."""


class CheckFacts(NamedTuple):
    """What the checks add to the facts of a project.

    Attributes:
        entries: the list. The verdict is unknown where something that is not known decides it, and
            `not_measurable` where the plan does not say at all what the check needs.
        causes: (list, id, column) of every unknown verdict to the paths of the inputs that leave it so.
    """

    entries: list[dict[str, Any]]
    causes: Mapping[tuple[str, str, str], tuple[str, ...]]


def check_entries(roadmap: Roadmap) -> CheckFacts:
    """The facts of the checks, as authored values."""
    causes: dict[tuple[str, str, str], tuple[str, ...]] = {}
    entries: list[dict[str, Any]] = []
    names = {t.id: t.name for t in roadmap.plan.tasks}
    ends = {key: (link.predecessor, link.successor) for key, link in named_links(roadmap.plan.links)}
    for check in check_quality(roadmap).checks:
        open_because = _causes(roadmap, check, ends)
        verdict: str | None = check.verdict.value
        if open_because:
            verdict = None
            causes |= {(NAME, check.id, column): open_because for column in ("verdict", "count", "tasks", "shown")}
        groups = [ends[key] for key in check.offenders] if check.of_links else [(task,) for task in check.offenders]
        entries.append(
            {
                "id": check.id,
                "name": check.title,
                "verdict": verdict,
                "count": None if open_because else NO_VALUE if check.numerator is None else check.numerator,
                "tasks": None if open_because else {task for group in groups for task in group},
                "shown": None if open_because else _shown([" -> ".join(names[i] for i in group) for group in groups]),
            }
        )
    return CheckFacts(entries, causes)


def _causes(roadmap: Roadmap, check: CheckResult, ends: Mapping[str, tuple[str, str]]) -> tuple[str, ...]:
    """The inputs that leave the verdict unknown; empty where it is known that there is none."""
    if check.verdict is not Verdict.NOT_MEASURABLE:
        return ()
    if not roadmap.plan.complete:
        return ("tasks",)
    groups = [ends[key] for key in check.undecided] if check.of_links else [(task,) for task in check.undecided]
    tasks = {task for group in groups for task in group}
    return tuple(sorted({path for task in tasks for value in _VALUES for path in roadmap.causes(task, value)}))


def _shown(names: Sequence[str]) -> str:
    """The first names, and how many there are besides."""
    more = len(names) - SHOWN
    listed = "; ".join(names[:SHOWN])
    return f"{listed} and {more} more" if more > 0 else listed
