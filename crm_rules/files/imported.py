"""What an imported plan consists of, whichever program wrote it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from crm_rules.diagnostics import Diagnostic, Severity, Span
from crm_rules.errors import ProjectError
from crm_rules.roadmap.kind_names import Recognition
from crm_rules.roadmap.plan import Plan

_MOST_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class StoredResult:
    """What the program that wrote a plan had computed for a task; None where the file does not say.

    Attributes:
        start, finish: scheduled dates, as the program showed them.
        early_start, early_finish, late_start, late_finish: results of its two passes.
        total_float_minutes, free_float_minutes, start_float_minutes, finish_float_minutes: slack in working
            minutes. A file that stores early dates but leaves a slack out means 0 by it (converters omit zeros).
        critical: its flag.
    """

    start: dt.datetime | None = None
    finish: dt.datetime | None = None
    early_start: dt.datetime | None = None
    early_finish: dt.datetime | None = None
    late_start: dt.datetime | None = None
    late_finish: dt.datetime | None = None
    total_float_minutes: int | None = None
    free_float_minutes: int | None = None
    start_float_minutes: int | None = None
    finish_float_minutes: int | None = None
    critical: bool | None = None


@dataclass(frozen=True, slots=True)
class ImportedPlan:
    """A plan and what has to be said about how it was read.

    Attributes:
        plan: the plan.
        notes: warnings: what was left out, changed or assumed, sorted by place.
        stored: results by task id, of formats that store them.
        places: where each task stands, by id.
        kinds: what the names of tasks without a kind were taken for, by id.
    """

    plan: Plan
    notes: tuple[Diagnostic, ...] = ()
    stored: Mapping[str, StoredResult] = field(default_factory=dict)
    places: Mapping[str, Span] = field(default_factory=dict)
    kinds: Mapping[str, Recognition] = field(default_factory=dict)


class Findings:
    """Collects what is wrong with one file, so that all of it can be said at once.

    Of errors and of warnings the first two hundred are kept and the rest is counted.

    Attributes:
        file: what messages call the file.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self._kept: dict[Severity, list[Diagnostic]] = {"error": [], "warning": []}
        self._more: dict[Severity, int] = {"error": 0, "warning": 0}

    def error(self, message: str, span: Span | None = None, hint: str | None = None) -> None:
        """Add what makes the file unusable."""
        self._add(message, span, hint, "error")

    def warning(self, message: str, span: Span | None = None, hint: str | None = None) -> None:
        """Add what a reader of the results has to know."""
        self._add(message, span, hint, "warning")

    def line(self, line: int) -> Span:
        """A line of the file."""
        return Span(self.file, line)

    def _add(self, message: str, span: Span | None, hint: str | None, severity: Severity) -> None:
        if len(self._kept[severity]) == _MOST_SHOWN:
            self._more[severity] += 1
        else:
            self._kept[severity].append(Diagnostic(message, span or Span(self.file), hint, severity=severity))

    def raise_errors(self) -> None:
        """Raise the errors, if there are any.

        Raises:
            ProjectError: with all errors.
        """
        if self._kept["error"]:
            raise ProjectError(self._all("error"))

    def notes(self) -> tuple[Diagnostic, ...]:
        """The warnings, sorted by place."""
        return tuple(sorted(self._all("warning"), key=Diagnostic.order))

    def _all(self, severity: Severity) -> list[Diagnostic]:
        more = self._more[severity]
        rest = f"{more:,} more {severity}{'s' if more > 1 else ''} of this file {'are' if more > 1 else 'is'} not shown"
        last = [Diagnostic(rest, Span(self.file), severity=severity)] if more else []
        return self._kept[severity] + last
