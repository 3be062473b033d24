"""Something that is wrong with a roadmap, as a value every format can show."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Literal

Severity = Literal["error", "warning"]

SEVERITIES: Final[tuple[Severity, ...]] = ("error", "warning")
"""Worst first."""


@dataclass(frozen=True, slots=True)
class Detail:
    """One line of an explanation.

    Attributes:
        text: what it says.
        place: where in the plan's file; "" when nowhere.
    """

    text: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is wrong with a roadmap.

    Attributes:
        kind: `loop`, `late`, `ordering`, `quality` or `unknown`.
        severity: errors make the command fail.
        title: what is wrong, in a sentence.
        details: what it rests on.
        advice: what to do about it; "" when that goes without saying.
        tasks: ids of the tasks concerned, sorted.
    """

    kind: str
    severity: Severity
    title: str
    details: tuple[Detail, ...] = ()
    advice: str = ""
    tasks: tuple[str, ...] = field(default=())

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "kind": self.kind,
            "severity": self.severity,
            "title": self.title,
            "details": [{"text": d.text, "place": d.place or None} for d in self.details],
            "advice": self.advice or None,
            "tasks": list(self.tasks),
        }
