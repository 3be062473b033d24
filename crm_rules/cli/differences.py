"""What engines do not agree on, shown as a table."""

from __future__ import annotations

from collections.abc import Sequence

from crm_rules.report.page import Page, words
from crm_rules.report.phrases import count
from crm_rules.trial.cross_check import Difference


def differences_text(differences: Sequence[Difference], color: bool) -> str:
    """The first difference in full, and how many there are."""
    page = Page(color=color)
    first = differences[0]
    page.text(words((f"The engines disagree in {count(len(differences), 'place')}. The first:", "bold red")))
    page.blank()
    rows = [("rule", first.what), *(("about", bound) for bound in first.about), *sorted(first.answers.items())]
    widest = max(len(name) for name, _ in rows)
    for name, value in rows:
        page.item(f"{name:<{widest}}  ", value, indent=2)
    page.blank()
    page.text("No assessment is given. Please report this together with the project file, or one that shows the same.")
    return page.render()
