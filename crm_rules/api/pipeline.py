"""The whole way as one straight function: project → facts → program → run → assessment.

Nothing here decides anything about rules or risks; it puts the rooms in order.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from functools import cache
from types import MappingProxyType
from typing import Any

from crm_rules.api.packs import Settings, compile_packs, load_packs, orderings_of
from crm_rules.api.subject import Subject, project_facts, project_in
from crm_rules.assessment.assess import AcceptedFinding, Assessing, ConclusionInfo
from crm_rules.assessment.assessment import Assessment
from crm_rules.assessment.results import PackInfo
from crm_rules.diagnostics import Diagnostic
from crm_rules.engine.protocol import Engine, Limits, Run
from crm_rules.engine.registry import DEFAULT_ENGINE, engine_named
from crm_rules.explain.derivation import Explainer
from crm_rules.explain.narration import Narrator
from crm_rules.files.ruleset import Pack
from crm_rules.model.enums import Actor, Phase, enum_type
from crm_rules.model.project import Project
from crm_rules.roadmap.analysis import Roadmap


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

    def assess(self, project: Subject) -> Assessment:
        """Assess a project, or what a plan was read as.

        Raises:
            LimitReached: the run was stopped at a limit of the engine.
        """
        facts, roadmap = project_facts(project, self.program.schema, self.orderings)
        run = self.engine.run(self.program, facts, limits=self.limits)
        return self.read(project_in(project), roadmap, run)

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


def assess(project: Subject) -> Assessment:
    """Assess with the bundled pack and the default engine; see `Assessor` for choices."""
    return _default_assessor().assess(project)


def assess_many(
    projects: Iterable[Subject], executor: Executor | None = None, assessor: Assessor | None = None
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


def labels() -> Mapping[str, str]:
    """Actors and phases to their wording for readers."""
    return MappingProxyType({name: e.label(name) for e in map(enum_type, (Actor, Phase)) for name in e.members})


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
