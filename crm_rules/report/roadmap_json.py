"""The JSON of a roadmap, schema `crm-rules/roadmap/1`."""

from __future__ import annotations

import json
from typing import Any, Final

from crm_rules.report.roadmap_content import RoadmapContent
from crm_rules.report.roadmap_order import order_object
from crm_rules.report.roadmap_troubles import troubles

SCHEMA: Final = "crm-rules/roadmap/1"


def roadmap_object(content: RoadmapContent) -> dict[str, Any]:
    """A roadmap as JSON-like data with keys in a fixed order; what was not asked for is left out."""
    roadmap = content.roadmap
    status = roadmap.plan.status_date
    asked = (("quality", content.quality), ("simulation", content.simulation))
    extra: dict[str, Any] = {name: found.to_dict() for name, found in asked if found is not None}
    if content.ordering is not None:
        extra = {"ordering": order_object(content.ordering), **extra}
    if content.what_if is not None:
        extra["what_if"] = {"changes": list(content.changes), **content.what_if.to_dict()}
    if content.target is not None:
        slack = [{"id": task, "slack_minutes": minutes} for task, minutes in sorted(content.slack.items())]
        extra["driving_slack"] = {"to": content.target, "tasks": slack}
    if content.reasons:
        extra["reasons"] = {task: list(reasons) for task, reasons in content.reasons.items()}
    return {
        "schema": SCHEMA,
        "name": roadmap.plan.name or None,
        "status_date": None if status is None else status.isoformat(),
        **roadmap.to_dict(),
        "trouble": [t.to_dict() for t in troubles(content)],
        **extra,
    }


def roadmap_json(content: RoadmapContent) -> str:
    """A roadmap as JSON text, ending in a newline."""
    return json.dumps(roadmap_object(content), ensure_ascii=False, indent=2, allow_nan=False) + "\n"
