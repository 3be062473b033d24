"""Problems of authored files on a terminal: place, line, caret and hint, with the colours of compilers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from crm_rules.diagnostics import Diagnostic, render
from crm_rules.report.page import Page
from crm_rules.report.phrases import count

MOST_NOTES: Final = 10
"""Warnings of an import unless everything is to be shown."""

_STYLES = {"error": "bold red", "warning": "yellow"}


def problems_text(problems: Sequence[Diagnostic], color: bool) -> str:
    """Problems one after the other, sorted by place, with their number at the end."""
    page = Page(color=color)
    for problem in sorted(problems, key=Diagnostic.order):
        _problem(page, problem)
    page.row((f"{problem_count(problems)}.", "bold"))
    return page.render()


def notes_text(notes: Sequence[Diagnostic], color: bool, everything: bool) -> str:
    """What has to be said about how a plan of another program was read."""
    shown = notes if everything else notes[:MOST_NOTES]
    text = problems_text(shown, color)
    return text if len(shown) == len(notes) else f"{text}{count(len(notes) - len(shown), 'more warning')} with --all.\n"


def problem_count(problems: Sequence[Diagnostic]) -> str:
    """How many there are: `2 errors, 1 warning`; `no problems` when there are none."""
    found = Counter(p.severity for p in problems)
    return ", ".join(count(n, kind) for kind in ("error", "warning") if (n := found[kind])) or "no problems"


def _problem(page: Page, problem: Diagnostic) -> None:
    head, *rest = render(problem).split("\n")
    place = f"{problem.span}: " if problem.span and head.startswith(f"{problem.span}: ") else ""
    page.row((place, "bold"), (head[len(place) :], ""))
    for line in rest:
        # The last of several lines is the one with the caret; a hint without a line stands alone.
        page.row((line, _STYLES[problem.severity] if line is rest[-1] else "dim"))
