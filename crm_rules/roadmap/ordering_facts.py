"""Order and load of the work as facts for rules: what `model.order` declares, filled in.

Every constraint, kind and phase has its entry, also where all is well, so that what is unknown about it can
be asked for. A plan without any task has nothing to say and gets no entries.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from crm_rules.facts.values import NO_VALUE
from crm_rules.model.enums import Phase
from crm_rules.model.task_kinds import TASK_KINDS, KindProfile, Need, TaskKind
from crm_rules.roadmap.analysis import UNLISTED, Roadmap
from crm_rules.roadmap.ordering import OrderingResult, check_view
from crm_rules.roadmap.ordering_view import PlanView
from crm_rules.roadmap.overlaps import overlap_periods
from crm_rules.roadmap.plan import TaskState, days_of
from crm_rules.rules.ordering import End, Ordering, Verdict

Entries = list[dict[str, Any]]

MUST_SEVERITY: Final = 4
"""How bad it is that a kind of work every introduction has is not planned."""

SHOULD_SEVERITY: Final = 2
"""How bad it is for a kind without which an introduction is weaker."""

_BUILDS: Final = (TaskKind.CONFIGURATION, TaskKind.DEVELOPMENT)


@dataclass
class OrderFacts:
    """What the order of a plan adds to the facts of a project.

    Attributes:
        phases: task id to its phase, NO_VALUE for work of a kind without one; None is unknown.
        lists: entries by list.
        causes: (list, key, column) of what is unknown to the paths of the inputs that leave it so.
        tasks: (list, key) to the task an entry is shown at.
        open: lists that may have more entries than are known.
    """

    phases: dict[str, Any] = field(default_factory=dict)
    lists: dict[str, Entries] = field(default_factory=dict)
    causes: dict[tuple[str, str, str], tuple[str, ...]] = field(default_factory=dict)
    tasks: dict[tuple[str, str], str] = field(default_factory=dict)
    open: tuple[str, ...] = ()


def order_entries(
    roadmap: Roadmap, constraints: Iterable[Ordering], owners: Mapping[str, str] | None = None
) -> OrderFacts:
    """The facts about the order and the load of a plan, as authored values.

    Args:
        roadmap: the analysed plan.
        constraints: what its order should be.
        owners: task id to the one person who answers for it; a task that is not there has an unknown owner.
    """
    facts = OrderFacts()
    facts.lists = {name: [] for name in ("orderings", "task_kinds", "task_phases", "stages", "overlaps")}
    for task in roadmap.plan.tasks:
        facts.phases[task.id] = _phase(task.kind)
        if task.kind is None:
            facts.causes["tasks", task.id, "phase"] = (f"tasks[{task.id}].kind",)
    view = PlanView(roadmap)
    if not roadmap.plan.complete:
        facts.open = ("stages", "overlaps")
    if not view.tasks and roadmap.plan.complete:
        return facts
    by_id = {c.id: c for c in constraints}
    results: dict[str, list[OrderingResult]] = {name: [] for name in sorted(by_id)}
    for result in check_view(view, by_id.values()):
        results[result.constraint].append(result)
    _orderings(facts, results)
    _kinds(facts, view, by_id, results)
    _phases(facts, view)
    _stages(facts, view)
    _overlaps(facts, view, owners or {})
    return facts


def _phase(kind: str | None) -> Any:
    if kind is None:
        return None
    phase = _profile(kind).phase
    return NO_VALUE if phase is None else phase.value


_PROFILES: Final[Mapping[str, KindProfile]] = {kind.value: profile for kind, profile in TASK_KINDS.items()}
_LABELS: Final[Mapping[str, str]] = {kind.value: kind.label for kind in TASK_KINDS}


def _profile(kind: str) -> KindProfile:
    return _PROFILES.get(kind, TASK_KINDS[TaskKind.OTHER])


def _orderings(facts: OrderFacts, results: Mapping[str, list[OrderingResult]]) -> None:
    for name, found in results.items():
        worst = min(found, key=lambda r: r.rank)
        entry: dict[str, Any] = {"id": name, "name": worst.statement}
        if worst.verdict is Verdict.UNKNOWN:
            causes = (cause for r in found for cause in r.causes)
            facts.causes["orderings", name, "verdict"] = tuple(dict.fromkeys(causes))
        else:
            entry["verdict"] = worst.verdict.value
            others = sum(r.others + 1 for r in found if r.verdict is worst.verdict) - 1
            entry["others"] = others
            more = f" (and {others} more like it)" if others and worst.because else ""
            entry["because"] = worst.because + more or NO_VALUE
            for column in ("first", "second", "stage"):
                value = getattr(worst, column)
                entry[column] = NO_VALUE if value is None else value
        shown = worst.second or worst.first
        if shown is not None:
            facts.tasks["orderings", name] = shown
        facts.lists["orderings"].append(entry)


def _kinds(
    facts: OrderFacts, view: PlanView, constraints: Mapping[str, Ordering], results: Mapping[str, list[OrderingResult]]
) -> None:
    """Every kind, and every stage that lacks one of its own."""
    needed: dict[tuple[str, int | None], dict[str, OrderingResult]] = {}
    for name, found in results.items():
        for result in found:
            for gap in result.missing:
                needed.setdefault(gap, {}).setdefault(name, result)
    present = set(view.kind.values())
    every: dict[tuple[str, int | None], None] = dict.fromkeys((kind.value, None) for kind in TASK_KINDS)
    every.update(dict.fromkeys(sorted((gap for gap in needed if gap[1] is not None), key=str)))
    for kind, stage in every:
        if kind == TaskKind.OTHER:
            continue
        profile, reasons = _profile(kind), needed.get((kind, stage), {})
        wanted = profile.need in (Need.MUST, Need.SHOULD)
        planned: bool | None = stage is None and kind in present
        key = kind if stage is None else f"{kind}-{stage}"
        if not planned and view.open:
            planned = None
            facts.causes["task_kinds", key, "planned"] = view.open
        label = _LABELS[kind]
        because = next((r.because for r in reasons.values() if r.because), "")
        base = MUST_SEVERITY if profile.need is Need.MUST else SHOULD_SEVERITY
        severities = [base if stage is None else 1]
        severities += (constraints[name].severity - (0 if profile.need is Need.MUST else 2) for name in reasons)
        facts.lists["task_kinds"].append(
            {
                "id": key,
                "name": label if stage is None else f"{label} of stage {stage}",
                "kind": kind,
                "phase": _phase(kind),
                "need": profile.need.value,
                "planned": planned,
                "needed_by": len(reasons) if wanted else 0,
                "severity": max(severities),
                "because": because or f"the roadmap has no task for the {label}",
            }
        )
        shown = next((r.second for r in reasons.values() if r.second is not None), None)
        if shown is not None:
            facts.tasks["task_kinds", key] = shown


def _phases(facts: OrderFacts, view: PlanView) -> None:
    for phase in Phase:
        members = [kind for kind, profile in TASK_KINDS.items() if profile.phase is phase]
        present = [kind for kind in view.kind.values() if kind is not None and _profile(kind).phase is phase]
        lacking = [k for k in members if TASK_KINDS[k].need is Need.MUST and k.value not in present]
        entry: dict[str, Any] = {"id": phase.value, "name": phase.label, "phase": phase.value}
        if view.open:
            for column in ("tasks", "missing"):
                facts.causes["task_phases", phase.value, column] = view.open
            # One task is enough to know that there are some; how many does not matter then.
            entry["tasks"] = len(present) or None
        else:
            entry |= {"tasks": len(present), "missing": len(lacking)}
        entry["lacks"] = ", ".join(kind.label for kind in lacking) or NO_VALUE
        facts.lists["task_phases"].append(entry)


def _stages(facts: OrderFacts, view: PlanView) -> None:
    tasks: dict[int, list[str]] = {}
    for name, stage in view.stage.items():
        if stage:
            tasks.setdefault(stage, []).append(name)
    unstaged = tuple(f"tasks[{name}].stage" for name, stage in view.stage.items() if stage is None)
    doubt = (*view.open, *unstaged)
    days: dict[int, float | None] = {}
    for number, names in tasks.items():
        minutes = [view.tasks[name].duration_minutes for name in names]
        known = [m for m in minutes if m is not None]
        days[number] = days_of(sum(known)) if len(known) == len(minutes) and not unstaged else None
    total = sum(d or 0 for d in days.values()) if None not in days.values() else None
    for number, names in sorted(tasks.items()):
        key, own = str(number), days[number]
        kinds = {view.kind[name] for name in names}
        entry: dict[str, Any] = {
            "id": key,
            "name": f"stage {number}",
            "number": number,
            "first": number == min(tasks),
            "tasks": len(names),
            "days": own,
            "share": None if total is None or own is None else own / total if total else NO_VALUE,
            "smallest": None if total is None or own is None else all(own <= (d or 0) for d in days.values()),
        }
        for column, wanted in (("builds", {k.value for k in _BUILDS}), ("rolls_out", {TaskKind.ROLLOUT.value})):
            entry[column] = True if kinds & wanted else None if doubt else False
            if entry[column] is None:
                facts.causes["stages", key, column] = doubt
        open_durations = tuple(
            f"tasks[{n}].duration" for names in tasks.values() for n in names if view.tasks[n].duration_minutes is None
        )
        for column in ("days", "share", "smallest"):
            if entry[column] is None:
                facts.causes["stages", key, column] = (*open_durations, *unstaged) or view.open
        facts.lists["stages"].append(entry)
        facts.tasks["stages", key] = min(names)


def _overlaps(facts: OrderFacts, view: PlanView, owners: Mapping[str, str]) -> None:
    for period in overlap_periods(view, owners):
        begins = view.when(period.first, End.START, period.by_day).partition("on ")[2]
        ends = view.when(period.last, End.FINISH, period.by_day).partition("on ")[2]
        key = f"{period.person} {begins}" if period.by_day else f"{period.person} {begins} as computed"
        facts.lists["overlaps"].append(
            {
                "id": key,
                "name": f"{begins} to {ends}",
                "person": period.person,
                "tasks": set(period.tasks),
                "most": period.most,
                "begins": begins,
                "ends": ends,
                "days": period.days,
            }
        )
        facts.tasks["overlaps", key] = period.first
    undated = {
        cause
        for name, task in view.tasks.items()
        if name in owners and task.state is TaskState.OPEN
        for end in (End.START, End.FINISH)
        if view.times.of(name, end).day is None and view.times.of(name, end).minutes is None
        for cause in view.times.causes(name, end)
    }
    unowned = [f"tasks[{n}].owner" for n, t in view.tasks.items() if t.state is TaskState.OPEN and n not in owners]
    doubts = (*(() if view.roadmap.plan.complete else UNLISTED), *sorted(undated), *unowned)
    if doubts:
        facts.open = tuple(dict.fromkeys((*facts.open, "overlaps")))
        facts.causes["overlaps", "", ""] = doubts
