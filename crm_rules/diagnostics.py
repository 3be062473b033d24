"""Places in authored files, problems found there, and how a problem is shown.

Nothing in this file reads a file: whoever finds a problem brings the source line.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Span:
    """A place in an authored file.

    Attributes:
        file: the file as its author would name it.
        line: 1-based line; 0 when only the file as a whole is meant.
        column: 1-based column of the first character, counted in characters.
        length: number of characters on that line; 0 when unknown.
        cell: sheet and cell (``Team!C4``) where the file is a workbook, else None.
    """

    file: str
    line: int = 0
    column: int = 0
    length: int = 0
    cell: str | None = None

    def __str__(self) -> str:
        if self.cell is not None:
            return f"{self.file}:{self.cell}"
        if not self.line:
            return self.file
        return f"{self.file}:{self.line}" + (f":{self.column}" if self.column else "")


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem in an authored file.

    Attributes:
        message: what is wrong, in one sentence without a full stop.
        span: where; None when no file is involved (a project built in code).
        hint: what to do about it, or the nearest valid name; None when there is nothing to say.
        source: text of the line the span points at; None when it is not at hand.
        severity: errors stop the work, warnings do not.
    """

    message: str
    span: Span | None = None
    hint: str | None = None
    source: str | None = None
    severity: Severity = "error"

    def order(self) -> tuple[str, int, int, str]:
        """Sort key: file, line, column, then text."""
        if self.span is None:
            return ("", 0, 0, self.message)
        return (self.span.file, self.span.line, self.span.column, self.message)


def render(problem: Diagnostic) -> str:
    """Show one problem: place and message, the line, and a caret with the hint."""
    label = "warning: " if problem.severity == "warning" else ""
    head = f"{problem.span}: {label}{problem.message}" if problem.span else f"{label}{problem.message}"
    span = problem.span
    if span is None or problem.source is None or not span.line:
        return head + (f"\n  {problem.hint}" if problem.hint else "")
    margin = f"{span.line:>5} | "
    # A tab before the caret must stay a tab, or the caret moves away from its character.
    lead = "".join("\t" if c == "\t" else " " for c in problem.source[: max(span.column - 1, 0)])
    caret = "^" * max(1, min(span.length or 1, max(len(problem.source) - span.column + 1, 1)))
    pointer = f"{' ' * (len(margin) - 2)}| {lead}{caret}" + (f" {problem.hint}" if problem.hint else "")
    return f"{head}\n{margin}{problem.source}\n{pointer}"


def render_all(problems: Iterable[Diagnostic]) -> str:
    """Show problems one after the other, sorted by place."""
    return "\n".join(render(p) for p in sorted(problems, key=Diagnostic.order))


def nearest(name: str, valid: Iterable[str]) -> str | None:
    """The valid name closest to `name`, or None when none is close.

    Ties are decided by the alphabet, so that messages do not depend on iteration order.
    """
    candidates = sorted(set(valid))
    lowered = {c.lower(): c for c in reversed(candidates)}
    if name.lower() in lowered:
        return lowered[name.lower()]
    close = difflib.get_close_matches(name, candidates, n=1, cutoff=0.6)
    return close[0] if close else None


def did_you_mean(name: str, valid: Iterable[str]) -> str | None:
    """A hint naming the nearest valid name, else the choice when it is short."""
    candidates = sorted(set(valid))
    close = nearest(name, candidates)
    if close is not None:
        return f"did you mean '{close}'?"
    if 0 < len(candidates) <= 8:
        return "expected one of: " + ", ".join(candidates)
    return None
