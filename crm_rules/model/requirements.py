"""What the system has to do: requirements and the terms of reference they are put into."""

from __future__ import annotations

from crm_rules.model.base import Flag, Section, SetOf, TeamId, fact
from crm_rules.model.enums import Author, Extent, Level


class Requirements(Section):
    """Business requirements (PMBOK: requirements management)."""

    top_level_defined: Flag | None = fact(
        "the upper tier of business requirements is defined",
        ask="Are the upper-tier business requirements defined?",
    )
    top_level_met: Flag | None = fact(
        "what was built or chosen meets them", ask="Does what was chosen or built meet those requirements?"
    )
    separated: Flag | None = fact(
        "kept apart from the question of how to implement",
        ask="Is what the business needs kept apart from how it will be implemented?",
    )
    decides_continuation: Flag | None = fact(
        "used as a go / no-go test", ask="Will the requirements be used to decide whether to go on at all?"
    )
    needs_analysed: Flag | None = fact("a needs analysis was carried out", ask="Has a needs analysis been carried out?")
    analysts: SetOf[TeamId] | None = fact("people who analysed the needs", ask="Who analysed the needs?")


class TermsOfReference(Section):
    """Terms of reference (PMBOK: statement of work)."""

    exists: Flag | None = fact("written", ask="Have the terms of reference been written?")
    author: Author | None = fact("who writes it", ask="Who writes the terms of reference?")
    extent: Extent | None = fact(
        "whole system in one go, or staged",
        ask="Do the terms of reference cover the whole system in one go, or stage by stage?",
    )
    detail: Level | None = fact("depth of detail", ask="How detailed are the terms of reference?")
