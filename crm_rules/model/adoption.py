"""How the system is taken up: operation as a whole and the groups of users."""

from __future__ import annotations

from typing import ClassVar

from crm_rules.model.base import DepartmentId, Entry, Flag, Section, Share, WholeDays, fact
from crm_rules.model.enums import Attitude, Level, Phase


class Adoption(Section):
    """Use of the system in operation (PM²: business implementation; ITIL: continual improvement)."""

    days_since_start: WholeDays | None = fact(
        "days since active operation started", ask="How many days ago did active operation start?"
    )
    use_mandatory: Flag | None = fact(
        "data entry is obligatory and this is enforced",
        ask="Is entering data obligatory, and does somebody enforce it?",
    )
    motivation_measures: Flag | None = fact(
        "staff are motivated to use it", ask="Is anything done to make the staff want to use the system?"
    )
    interaction_prompted: Flag | None = fact(
        "constant work with the system is actively initiated",
        ask="Are people prompted again and again to work with the system?",
    )
    coaching_continues: Flag | None = fact(
        "training and advice by the internal expert go on",
        ask="Does the internal expert go on training and advising people?",
    )
    left_to_itself: Flag | None = fact(
        "after go-live nobody steers the use", ask="Since go-live, has the use of the system been left to itself?"
    )
    mirrors_business: Level | None = fact(
        "how far the system is an electronic copy of the business",
        ask="How far is the system an electronic picture of what happens in the business?",
    )
    entry_consistency: Level | None = fact(
        "discipline in recording all information", ask="How consistently is all information recorded in the system?"
    )
    use_monitored: Flag | None = fact(
        "use of the system is monitored", ask="Does somebody monitor how the system is used?"
    )
    reviews_regular: Flag | None = fact(
        "regular review meetings take place", ask="Are there regular meetings to review the use of the system?"
    )
    review_actions_done: Flag | None = fact(
        "what reviews decide is carried out", ask="Is what those meetings decide carried out?"
    )
    business_changed: Flag | None = fact(
        "the business changed since the start", ask="Has the business changed since operation started?"
    )
    system_adapted: Flag | None = fact(
        "the system followed that change", ask="Has the system been adapted to the changes in the business?"
    )
    management_cycle_closed: Flag | None = fact(
        "planning, executing, measuring and adjusting are supported end to end by the system",
        ask="Do managers plan, execute, measure and adjust with the help of the system, all the way round?",
    )


class UserGroup(Entry):
    """Group of people who use the system alike (PM²: user representatives)."""

    singular: ClassVar[str] = "user group"
    completeness: ClassVar[str] = "Are these all the groups of users?"

    department: DepartmentId | None = fact("department it belongs to", ask="Which department do the {name} belong to?")
    it_literacy: Level | None = fact("skill with IT", ask="How skilled are the {name} with computers?")
    involved_since: Phase | None = fact(
        "first phase in which its people shaped the solution",
        ask="In which phase did people from the {name} first help to shape the solution?",
    )
    consulted_on_design: Flag | None = fact(
        "asked what the system should look like", ask="Were the {name} asked what the system should look like?"
    )
    open_to_change: Level | None = fact(
        "willingness to change", ask="How willing are the {name} to change the way they work?"
    )
    attitude: Attitude | None = fact("attitude towards the system", ask="Where do the {name} stand towards the system?")
    trained: Flag | None = fact(
        "knows how to use it properly", ask="Do the {name} know how to use the system properly?"
    )
    usage: Share | None = fact(
        "share of members really using it", ask="What share of the {name} really use the system?"
    )
    enters_data: Flag | None = fact("enters its data", ask="Do the {name} enter their data into the system?")
    keeps_old_system: Flag | None = fact(
        "goes on using the old tools", ask="Do the {name} go on using their old tools?"
    )
