"""The pipeline as one straight function and its steps.

project → facts → program → run → assessment. Nothing here decides anything about rules or
risks; it puts the rooms in order.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from crm_rules.assessment.assess import AcceptedFinding, Assessing, ConclusionInfo
from crm_rules.assessment.assessment import Assessment
from crm_rules.assessment.results import (
    Conclusion,
    Decides,
    Evidence,
    Finding,
    PackInfo,
    Question,
    Recommendation,
)
from crm_rules.assessment.scales import IMPACT, LEVEL_ORDER, LIKELIHOOD, Level
from crm_rules.diagnostics import Diagnostic, Span, did_you_mean
from crm_rules.engine.compiled import CompiledEngine
from crm_rules.engine.protocol import Engine, Limits, Run
from crm_rules.engine.registry import DEFAULT_ENGINE, FOREIGN_ENGINES, engine_named, installed_engines
from crm_rules.errors import CrmRulesError, EngineError, LimitReached, ProjectError, RulesetError, UnsupportedByEngine
from crm_rules.explain.derivation import Derivation, Explainer
from crm_rules.explain.narration import Narrator
from crm_rules.explain.verify import verify
from crm_rules.facts.base import FactBase, Origin
from crm_rules.facts.schema import Schema
from crm_rules.files.pack import bundled_pack_path, find_packs
from crm_rules.files.plan_import import load_plan
from crm_rules.files.project import load_project, parse_project
from crm_rules.files.ruleset import Pack, load_pack
from crm_rules.model.enums import Actor, Phase, enum_type
from crm_rules.model.facts import project_entries
from crm_rules.model.project import Project
from crm_rules.model.schema import project_schema, questions_beside_columns
from crm_rules.program.check import Conventions
from crm_rules.program.program import Program, compile_program
from crm_rules.roadmap.analysis import Roadmap, analyse
from crm_rules.roadmap.change_text import changes_of, task_named
from crm_rules.roadmap.facts import roadmap_entries
from crm_rules.roadmap.from_project import plan_of
from crm_rules.roadmap.ordering import OrderingResult, check_ordering
from crm_rules.roadmap.ordering_facts import OrderFacts, order_entries
from crm_rules.roadmap.quality import PROFILES as QUALITY_PROFILES
from crm_rules.roadmap.quality import QualityReport, check_quality
from crm_rules.roadmap.simulation import simulate
from crm_rules.roadmap.simulation_result import NotSimulated, Simulation
from crm_rules.roadmap.what_if import Comparison, ImpossibleChange, what_if
from crm_rules.rules.draft import ClauseDraft, RuleDraft, Setting, Source
from crm_rules.rules.ordering import Ordering

BUNDLED_PACK = "crm"
"""Name of the pack that comes with the library."""

Settings = Mapping[str, bool | int | float | str]
"""Thresholds of a pack that are to be used instead of its own."""


class Assessor:
    """Applies packs of rules to projects.

    Compiling happens once, when the assessor is built. Assessing keeps nothing, so that one
    assessor can serve many threads.

    Args:
        packs: folders of packs, names of installed packs, or packs already loaded; later packs may
            use the lists and conclusions of earlier ones. The bundled pack when None.
        engine: name of the engine: `compiled`, `reference` or, where it is installed, `durable`.
        settings: thresholds to use instead of the pack's own, by name.
        limits: where a run stops.
        isolated: run the engine in a process of its own, so that a crash of it, or a run that takes
            longer than `limits.seconds`, is an error and no more. Advised for `durable`, which is a C
            library with known crashes.

    Raises:
        RulesetError: a pack has errors, or a setting does not exist or has the wrong type.
        EngineError: there is no such engine, or it cannot be used here.
    """

    def __init__(
        self,
        packs: Sequence[str | os.PathLike[str] | Pack] | None = None,
        engine: str = DEFAULT_ENGINE,
        settings: Settings | None = None,
        limits: Limits | None = None,
        isolated: bool = False,
    ) -> None:
        self.packs = load_packs(packs, lenient=True)
        self._engine_choice = engine, isolated
        self.engine: Engine = engine_named(engine, isolated)
        self.limits = limits
        self.warnings: list[Diagnostic] = []
        self.program = compile_packs(self.packs, settings, self.warnings)
        newest = self.packs[-1]
        self.pack = PackInfo(newest.name, newest.version, self.program.fingerprint)
        self.orderings = orderings_of(self.packs)
        self._conclusions = {
            c.name: ConclusionInfo(c.level or 0, c.catalogue) for pack in self.packs for c in pack.conclusions.values()
        }

    def assess(self, project: Project) -> Assessment:
        """Assess a project.

        Raises:
            LimitReached: the run was stopped at a limit of the engine.
        """
        facts, roadmap = project_facts(project, self.program.schema, self.orderings)
        run = self.engine.run(self.program, facts, limits=self.limits)
        return self.read(project, roadmap, run)

    def __getstate__(self) -> dict[str, Any]:
        # An engine belongs to its process: it holds locks, generated code or a process of its own.
        return {name: value for name, value in vars(self).items() if name != "engine"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self.engine = engine_named(*self._engine_choice)

    def read(self, project: Project, roadmap: Roadmap, run: Run) -> Assessment:
        """The assessment of a project from a finished run over its facts."""
        explainer, narrator = Explainer(run), Narrator(run.facts)
        results = Assessing(run, explainer, narrator, _waivers(project), self._conclusions).results()
        return Assessment(
            project=_labels(project),
            as_of=project.as_of,
            pack=self.pack,
            findings=results.findings,
            conclusions=results.conclusions,
            recommendations=results.recommendations,
            questions=results.questions,
            roadmap=roadmap if project.tasks else None,
            run=run,
            explainer=explainer,
            firings=results.firings,
        )


def assess(project: Project) -> Assessment:
    """Assess a project with the bundled pack and the default engine; see `Assessor` for choices."""
    return _default_assessor().assess(project)


def assess_many(
    projects: Iterable[Project], executor: Executor | None = None, assessor: Assessor | None = None
) -> Iterator[Assessment]:
    """Assess projects one after the other, or on an executor; results come in the order of the projects.

    A process pool needs workers that can import this library; each worker compiles the packs once. An
    `assessor` of your own is sent to them with every project (some 3 MB for the bundled pack).
    """
    function = assess if assessor is None else assessor.assess
    return map(function, projects) if executor is None else executor.map(function, projects)


@cache
def _default_assessor() -> Assessor:
    return Assessor()


# -- steps ------------------------------------------------------------------------------------


def orderings_of(packs: Iterable[Pack]) -> tuple[Ordering, ...]:
    """The constraints on the order of work of several packs, sorted by id; of two with one id the first."""
    found: dict[str, Ordering] = {}
    for pack in packs:
        for ordering in pack.orderings:
            found.setdefault(ordering.id, ordering)
    return tuple(found[name] for name in sorted(found))


@cache
def bundled_orderings() -> tuple[Ordering, ...]:
    """The constraints on the order of work of the bundled pack, read once."""
    return orderings_of(load_packs(lenient=True))


def project_facts(
    project: Project, schema: Schema | None = None, orderings: Iterable[Ordering] = ()
) -> tuple[FactBase, Roadmap]:
    """The facts of a project, schedule included, and its roadmap.

    Args:
        project: the project.
        schema: what can be said, at least what the project model says; that model alone when None.
        orderings: constraints on the order of work, see `orderings_of`.
    """
    entries, incomplete = project_entries(project)
    roadmap = analyse(plan_of(project))
    computed = roadmap_entries(roadmap)
    owners = {task.id: task.owner for task in project.tasks or () if task.owner is not None}
    order = order_entries(roadmap, orderings, owners)
    tasks = entries.get("tasks")
    if isinstance(tasks, list):
        entries["tasks"] = [
            {**task, **computed.columns[task["id"]], "phase": order.phases[task["id"]]} for task in tasks
        ]
    lists: dict[str, Any] = dict(computed.lists)
    open_lists = list(incomplete)
    causes = {**computed.causes, **{(name, "", ""): ("tasks",) for name in order.open}, **order.causes}
    if not roadmap.plan.complete:
        open_lists += list(lists)
        causes.update({(name, "", ""): ("tasks",) for name in lists})
    places = {**project.places, **_computed_places(project, lists), **_ordering_places(project, order)}
    lists.update(order.lists)
    open_lists += order.open
    facts = FactBase.of(
        schema or project_schema(), {**entries, **lists}, open_lists, Origin(places, causes, questions_beside_columns())
    )
    return facts, roadmap


def load_roadmap(path: str | os.PathLike[str]) -> Roadmap:
    """Read a plan and schedule it: a project file, or what another program wrote; see `load_plan`.

    Raises:
        ProjectError: the file cannot be read, or with all its problems at once.
        MissingExtra: reading this kind of file needs a package that is not installed.
    """
    return analyse(load_plan(path).plan)


def _computed_places(project: Project, lists: Mapping[str, Any]) -> dict[tuple[str, str, str], Span]:
    """Computed facts point at the tasks they were computed from."""
    found: dict[tuple[str, str, str], Span] = {}
    for link in lists["task_links"]:
        for place in (("tasks", link["successor"], "after"), ("tasks", link["successor"], "")):
            if place in project.places:
                found[("task_links", link["id"], "")] = project.places[place]
                break
    for cycle in lists["cycles"]:
        first = ("tasks", min(cycle["tasks"]), "")
        if first in project.places:
            found[("cycles", cycle["id"], "")] = project.places[first]
    for check in lists["schedule_checks"]:
        # Without a task to look at, the list of tasks.
        first = ("tasks", min(check["tasks"] or ("",)), "")
        if first in project.places:
            found[("schedule_checks", check["id"], "")] = project.places[first]
    tasks = ("tasks", "", "")
    if tasks in project.places:
        found.update({(name, "", ""): project.places[tasks] for name in lists})
    return found


def _ordering_places(project: Project, order: OrderFacts) -> dict[tuple[str, str, str], Span]:
    """What is computed about the order of work points at the task that shows it, else at the list of tasks."""
    places, found = project.places, dict[tuple[str, str, str], Span]()
    whole = places.get(("tasks", "", ""))
    for name, entries in order.lists.items():
        for key in ("", *(entry["id"] for entry in entries)):
            place = places.get(("tasks", order.tasks.get((name, key), ""), ""), whole)
            if place is not None:
                found[name, key, ""] = place
    return found


def load_packs(packs: Sequence[str | os.PathLike[str] | Pack] | None = None, lenient: bool = False) -> tuple[Pack, ...]:
    """Read packs in order, each with the vocabulary of those before it; the bundled pack when None.

    When lenient, problems of rule files stay in the packs until they are compiled.

    Raises:
        RulesetError: with all problems of the first pack that has any, or there is no pack.
    """
    loaded: list[Pack] = []
    schema = project_schema()
    for pack in packs if packs is not None else [BUNDLED_PACK]:
        found = pack if isinstance(pack, Pack) else load_pack(pack_path(pack), schema, lenient=lenient)
        schema = found.schema
        loaded.append(found)
    if not loaded:
        raise RulesetError([Diagnostic("an assessor needs at least one pack")])
    return tuple(loaded)


def pack_path(pack: str | os.PathLike[str]) -> str | os.PathLike[str]:
    """Where a pack lies: the bundled one or an installed one by name, else the path as given."""
    if isinstance(pack, str) and os.sep not in pack and not Path(pack).is_dir():
        if pack == BUNDLED_PACK:
            return bundled_pack_path(pack)
        installed = find_packs()
        if pack in installed:
            return installed[pack]
    return pack


def compile_packs(
    packs: Sequence[Pack], settings: Settings | None = None, warnings: list[Diagnostic] | None = None
) -> Program:
    """Compile packs into one program.

    Raises:
        RulesetError: with every error found.
    """
    drafts: dict[str, RuleDraft] = {}
    problems = [p for pack in packs for p in pack.problems]
    for pack in packs:
        for draft in pack.drafts:
            if drafts.setdefault(draft.id, draft) is not draft:
                problems.append(draft.head.problem(f"another pack has a rule '{draft.id}' already"))
    own = {name: setting for pack in packs for name, setting in pack.settings.items()}
    conventions = Conventions(
        actors=enum_type(Actor),
        sources=frozenset(key for pack in packs for key in pack.sources),
        settings=_override(own, settings or {}),
        unreadable=frozenset(rule for pack in packs for rule in pack.unreadable),
    )
    try:
        program = compile_program(drafts.values(), packs[-1].schema, conventions, warnings)
    except RulesetError as error:
        raise RulesetError([*problems, *error.diagnostics]) from None
    if any(p.severity == "error" for p in problems):
        raise RulesetError(problems)
    return program


def rule_source(program: Program, rule: str) -> str:
    """The Python the compiled engine runs for one rule, certain and possible answers together.

    Raises:
        KeyError: the program has no such rule, or its author calls it a draft.
    """
    return CompiledEngine().source(program, rule)


def labels() -> Mapping[str, str]:
    """Actors and phases to their wording for readers."""
    return MappingProxyType({name: e.label(name) for e in map(enum_type, (Actor, Phase)) for name in e.members})


def _override(own: Mapping[str, Setting], settings: Settings) -> dict[str, Setting]:
    result = dict(own)
    problems: list[Diagnostic] = []
    for name, value in settings.items():
        if name not in own:
            problems.append(Diagnostic(f"there is no setting '{name}'", hint=did_you_mean(name, own)))
            continue
        old = own[name]
        fits = _is_number(value) if _is_number(old.value) else type(value) is type(old.value)
        if not fits:
            problems.append(Diagnostic(f"setting '{name}' is {old.value!r} in the pack and cannot be {value!r}"))
            continue
        result[name] = Setting(name, value, old.unit, old.meaning, "set for this assessment")
    if problems:
        raise RulesetError(problems)
    return result


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _waivers(project: Project) -> tuple[AcceptedFinding, ...]:
    """Waivers in force on the day the facts describe; without a day, none has expired."""
    return tuple(
        AcceptedFinding(w.rule, w.about, w.reason)
        for w in project.waivers
        if w.expires is None or project.as_of is None or project.as_of <= w.expires
    )


def _labels(project: Project) -> dict[str, Any]:
    profile = project.project
    return {
        "name": None if profile is None else profile.name,
        "phase": None if profile is None or profile.phase is None else str(profile.phase.value),
        "company_size": None if profile is None or profile.company_size is None else str(profile.company_size.value),
    }


__all__ = [
    "DEFAULT_ENGINE",
    "FOREIGN_ENGINES",
    "IMPACT",
    "LEVEL_ORDER",
    "LIKELIHOOD",
    "QUALITY_PROFILES",
    "Assessment",
    "Assessor",
    "ClauseDraft",
    "Comparison",
    "Conclusion",
    "CrmRulesError",
    "Decides",
    "Derivation",
    "Diagnostic",
    "EngineError",
    "Evidence",
    "Finding",
    "ImpossibleChange",
    "Level",
    "LimitReached",
    "Limits",
    "NotSimulated",
    "Ordering",
    "OrderingResult",
    "Pack",
    "PackInfo",
    "Project",
    "ProjectError",
    "QualityReport",
    "Question",
    "Recommendation",
    "Roadmap",
    "RuleDraft",
    "RulesetError",
    "Run",
    "Setting",
    "Simulation",
    "Source",
    "Span",
    "UnsupportedByEngine",
    "analyse",
    "assess",
    "assess_many",
    "bundled_orderings",
    "changes_of",
    "check_ordering",
    "check_quality",
    "compile_packs",
    "engine_named",
    "installed_engines",
    "labels",
    "load_pack",
    "load_packs",
    "load_plan",
    "load_project",
    "load_roadmap",
    "orderings_of",
    "parse_project",
    "project_facts",
    "rule_source",
    "simulate",
    "task_named",
    "verify",
    "what_if",
]
