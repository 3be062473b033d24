"""What the system has to do: requirements and the terms of reference they are put into."""

from __future__ import annotations

from crm_rules.model.base import Flag, Section, SetOf, TeamId, fact
from crm_rules.model.enums import Author, Extent, Level


class Requirements(Section):
    """Business requirements (PMBOK: requirements management)."""

    top_level_defined: Flag | None = fact(
        "what the business as a whole demands of the system is stated",
        ask="Are the upper-tier business requirements defined?",
    )
    top_level_met: Flag | None = fact(
        "those demands are fulfilled by the product chosen or built",
        ask="Does what was chosen or built meet those requirements?",
    )
    separated: Flag | None = fact(
        "requirements say what is wanted and leave open how it is done",
        ask="Is what the business needs kept apart from how it will be implemented?",
    )
    decides_continuation: Flag | None = fact(
        "requirements that cannot be met would stop the project (go / no-go)",
        ask="Will the requirements be used to decide whether to go on at all?",
    )
    needs_analysed: Flag | None = fact(
        "somebody has found out systematically what users and departments need",
        ask="Has a needs analysis been carried out?",
    )
    analysts: SetOf[TeamId] | None = fact("members of the team who did that analysis", ask="Who analysed the needs?")


class TermsOfReference(Section):
    """Terms of reference (PMBOK: statement of work)."""

    exists: Flag | None = fact("the document has been written", ask="Have the terms of reference been written?")
    author: Author | None = fact("party that writes the document", ask="Who writes the terms of reference?")
    extent: Extent | None = fact(
        "whether the document describes everything, or one stage at a time",
        ask="Do the terms of reference cover the whole system in one go, or stage by stage?",
    )
    detail: Level | None = fact(
        "how far the document goes into particulars", ask="How detailed are the terms of reference?"
    )
