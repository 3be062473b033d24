"""Showing part of an assessment: the findings somebody asked for, and the advice and questions that go with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from crm_rules.assessment.assessment import Assessment
from crm_rules.assessment.results import Finding
from crm_rules.assessment.scales import level_of


def select_findings(assessment: Assessment, wanted: Callable[[Finding], bool]) -> Assessment:
    """The assessment as if only some findings were of interest.

    Recommendations and questions stay as far as they concern those findings, and count only them.
    Conclusions stay as they are: they were drawn from everything.

    Args:
        assessment: the whole assessment.
        wanted: whether a finding is of interest.
    """
    findings = tuple(f for f in assessment.findings if wanted(f))
    exposures = {f.id: f.exposure for f in findings}
    recommendations = []
    for recommendation in assessment.recommendations:
        kept = tuple(f for f in recommendation.findings if f in exposures)
        if kept:
            scores = [exposures[f] for f in kept]
            recommendations.append(
                replace(recommendation, findings=kept, exposure=sum(scores), level=level_of(max(scores)))
            )
    questions = []
    for question in assessment.questions:
        decides = tuple(d for d in question.decides if d.finding in exposures)
        if decides:
            questions.append(replace(question, decides=decides, weight=sum(d.exposure for d in decides)))
    return replace(
        assessment,
        findings=findings,
        recommendations=tuple(sorted(recommendations, key=lambda r: -r.exposure)),
        questions=tuple(sorted(questions, key=lambda q: -q.weight)),
    )
