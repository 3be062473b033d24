"""The JSON of an assessment, schema `crm-rules/assessment/1`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from crm_rules.assessment.results import Evidence
from crm_rules.diagnostics import Span

if TYPE_CHECKING:
    from crm_rules.assessment.assessment import Assessment

SCHEMA = "crm-rules/assessment/1"


def assessment_object(assessment: Assessment) -> dict[str, Any]:
    """An assessment as JSON-like data with keys in a fixed order."""
    return {
        "schema": SCHEMA,
        "project": dict(assessment.project),
        "as_of": None if assessment.as_of is None else assessment.as_of.isoformat(),
        "pack": _record(assessment.pack),
        "engine": assessment.engine,
        "findings": [_record(f) for f in assessment.findings],
        "conclusions": [_record(c) for c in assessment.conclusions],
        "recommendations": [_record(r) for r in assessment.recommendations],
        "questions": [_record(q) for q in assessment.questions],
        "roadmap": None if assessment.roadmap is None else assessment.roadmap.to_dict(),
    }


def assessment_json(assessment: Assessment) -> str:
    """An assessment as JSON text, ending in a newline."""
    return json.dumps(assessment_object(assessment), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _record(value: Any) -> Any:
    match value:
        case str() | int() | float() | None:
            return value
        case Evidence(path=path, value=text, place=place):
            return {"path": path, "value": text, **_place(place)}
        case tuple():
            return [_record(v) for v in value]
        case _:
            return {name: _record(getattr(value, name)) for name in value.__dataclass_fields__}


def _place(place: Span | None) -> dict[str, Any]:
    if place is None:
        return {"file": None, "line": None}
    found: dict[str, Any] = {"file": place.file, "line": place.line or None}
    return found if place.cell is None else {**found, "cell": place.cell}
