"""The assessment: one value that holds everything a report, a register or a program reads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from crm_rules.assessment.results import Conclusion, Finding, PackInfo, Question, Recommendation
from crm_rules.assessment.scales import Level, at_or_above
from crm_rules.assessment.serialise import assessment_json, assessment_object
from crm_rules.engine.protocol import Firing, Run
from crm_rules.explain.derivation import Derivation, Explainer


class RoadmapResult(Protocol):
    """What an assessment needs of a roadmap: to show it."""

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""


@dataclass(frozen=True)
class Assessment:
    """What the rules say about a project.

    Attributes:
        project: name, phase and other labels of the project, for headings.
        as_of: the day the facts describe; None when it was not stated.
        pack: which knowledge was applied.
        findings: certain ones first, then by level, impact and likelihood.
        conclusions: certain ones first, then from the top of the graph down.
        recommendations: by the exposure they address.
        questions: by the exposure they would decide.
        roadmap: schedule of the tasks; None when no task is known.
        run: the run everything was read off.
    """

    project: Mapping[str, Any]
    as_of: dt.date | None
    pack: PackInfo
    findings: tuple[Finding, ...]
    conclusions: tuple[Conclusion, ...]
    recommendations: tuple[Recommendation, ...]
    questions: tuple[Question, ...]
    roadmap: Any
    run: Run = field(repr=False)
    explainer: Explainer = field(repr=False, compare=False)
    firings: Mapping[str, Firing] = field(repr=False, compare=False)

    @property
    def engine(self) -> str:
        """Name of the engine that ran."""
        return self.run.engine

    @cached_property
    def risks(self) -> tuple[Finding, ...]:
        """Certain findings that are risks or issues and are not waived."""
        return tuple(
            f for f in self.findings if f.certainty == "certain" and f.kind in ("risk", "issue") and f.waived is None
        )

    @cached_property
    def possible(self) -> tuple[Finding, ...]:
        """Findings that unknown facts could still decide."""
        return tuple(f for f in self.findings if f.certainty == "possible")

    def at_or_above(self, level: Level) -> tuple[Finding, ...]:
        """Risks whose level reaches a threshold."""
        return tuple(f for f in self.risks if at_or_above(f.level, level))

    def finding(self, id_or_prefix: str) -> Finding:
        """A finding by its id or the beginning of it; raises KeyError unless exactly one fits."""
        fitting = [f for f in self.findings if f.id.startswith(id_or_prefix)]
        if len(fitting) != 1:
            raise KeyError(id_or_prefix)
        return fitting[0]

    def explain(self, finding: Finding | str) -> Derivation:
        """The derivation of a certain finding down to the facts.

        Every clause is evaluated anew on the way.

        Raises:
            KeyError: there is no such finding.
            ValueError: the finding is only possible; its open questions say what decides it.
            EngineError: the finding does not hold.
        """
        found = finding if isinstance(finding, Finding) else self.finding(finding)
        return self.explainer.derivation(self.firings[found.id])

    def to_dict(self) -> dict[str, Any]:
        """The assessment as JSON-like data, `crm-rules/assessment/1`."""
        return assessment_object(self)

    def to_json(self) -> str:
        """The assessment as JSON text; equal assessments give equal bytes."""
        return assessment_json(self)
