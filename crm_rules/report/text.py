"""The assessment as text: what it comes to, what to do and to ask first, then the findings one by one.

The first two pages are for whoever has to decide, the rest is for whoever has to check. With `View.everything`
nothing is left out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from crm_rules.assessment.assessment import Assessment
from crm_rules.report import text_findings as findings
from crm_rules.report import text_overview as overview
from crm_rules.report import text_roadmap
from crm_rules.report.page import Page
from crm_rules.report.view import View

Section = Callable[[Page, Assessment, View], None]

SECTIONS: Final[tuple[Section, ...]] = (
    overview.title,
    overview.verdict,
    overview.top_conclusions,
    overview.advice,
    overview.questions,
    text_roadmap.roadmap,
    findings.severe,
    findings.minor,
    findings.strengths,
    findings.waived,
    findings.possible,
    overview.all_conclusions,
    overview.closing,
)
"""What the report consists of, in order; a section without content adds nothing."""


def text_report(assessment: Assessment, view: View) -> str:
    """The assessment for people, in lines of at most `view.width` columns."""
    page = Page(view.width, view.color)
    for section in SECTIONS:
        section(page, assessment, view)
    return page.render()
