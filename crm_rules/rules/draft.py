"""Rules as authored: plain values with places, before any name is resolved.

A loader fills these in, `program.check` turns them into `rules.Rule`. A second authoring
format is one more file that produces drafts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from crm_rules.diagnostics import Diagnostic, Span


@dataclass(frozen=True, slots=True)
class Text:
    """Authored text that knows where each of its characters was written.

    Attributes:
        value: the text.
        span: where it starts; None for text made in code.
        at: place and source line of the character at an offset; None for text made in code.
    """

    value: str
    span: Span | None = None
    at: Callable[[int], tuple[Span, str | None]] | None = field(default=None, compare=False)

    def problem(self, message: str, start: int = 0, length: int = 1, hint: str | None = None) -> Diagnostic:
        """An error pointing at part of the text."""
        if self.at is None:
            return Diagnostic(message, self.span, hint)
        span, source = self.at(start)
        return Diagnostic(message, Span(span.file, span.line, span.column, length, span.cell), hint, source)

    def warning(self, message: str, hint: str | None = None) -> Diagnostic:
        """A warning pointing at the text."""
        problem = self.problem(message, 0, max(len(self.value), 1), hint)
        return Diagnostic(problem.message, problem.span, problem.hint, problem.source, "warning")


@dataclass(frozen=True, slots=True)
class ClauseDraft:
    """One clause: its keyword, the text behind it, and what belongs to it."""

    keyword: str
    head: Text
    where: tuple[Text, ...] = ()
    be: Text | None = None
    alternatives: tuple[tuple[ClauseDraft, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class RaiseDraft:
    """Scores and the clauses under which they apply."""

    head: Text
    likelihood: int | None
    impact: int | None
    when: tuple[ClauseDraft, ...]


@dataclass(frozen=True, slots=True)
class RiskDraft:
    """The `risk` block of a rule; scores are text or whole numbers written as text."""

    head: Text
    about: Text | None
    cause: Text
    event: Text
    effect: Text
    likelihood: Text
    impact: Text
    reason: str = ""
    raises: tuple[RaiseDraft, ...] = ()


@dataclass(frozen=True, slots=True)
class ConcludeDraft:
    """One entry of `conclude`: relation name and an expression per field."""

    relation: Text
    values: Mapping[str, tuple[Text, Text]] = field(default_factory=dict)  # field: (key, expression)


@dataclass(frozen=True, slots=True)
class RecommendDraft:
    """One entry of `recommend`."""

    action: Text
    actor: Text
    helpers: tuple[Text, ...] = ()
    effort: str = "medium"


@dataclass(frozen=True, slots=True)
class ExampleDraft:
    """One entry of `examples`; `given` is checked by whoever knows the subject."""

    head: Text
    name: str
    given: Mapping[str, Any]
    expect: str
    unlisted_unknown: bool = False


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """One authored rule."""

    id: str
    head: Text
    title: str
    kind: str
    when: tuple[ClauseDraft, ...]
    status: str = "active"
    phases: tuple[Text, ...] = ()
    family: str = ""
    rationale: str = ""
    sources: tuple[Text, ...] = ()
    catalogue: str = ""
    risk: RiskDraft | None = None
    concludes: tuple[ConcludeDraft, ...] = ()
    recommends: tuple[RecommendDraft, ...] = ()
    examples: tuple[ExampleDraft, ...] = ()
    replaced_by: Text | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """A named threshold of a pack.

    Attributes:
        name: how rules refer to it, behind `settings.`.
        value: a number, text, true or false.
        unit: unit of a number; None for a bare count or no number.
        meaning: what it decides, in a phrase.
        origin: where it comes from: a source, or "ours" with the row it serves.
    """

    name: str
    value: bool | int | float | str
    unit: str | None = None
    meaning: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A publication the pack draws on."""

    key: str
    title: str
    author: str = ""
    year: int | None = None
    language: str = ""
    url: str = ""
    note: str = ""
