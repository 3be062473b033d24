"""How the system is taken up: operation as a whole and the groups of users."""

from __future__ import annotations

from typing import ClassVar

from crm_rules.model.base import DepartmentId, Entry, Flag, Section, Share, WholeDays, fact
from crm_rules.model.enums import Attitude, Level, Phase


class Adoption(Section):
    """Use of the system in operation (PM²: business implementation; ITIL: continual improvement)."""

    days_since_start: WholeDays | None = fact(
        "days of active operation so far", ask="How many days ago did active operation start?"
    )
    use_mandatory: Flag | None = fact(
        "whoever does not enter data has to answer for it",
        ask="Is entering data obligatory, and does somebody enforce it?",
    )
    motivation_measures: Flag | None = fact(
        "something is done to make people want to use the system",
        ask="Is anything done to make the staff want to use the system?",
    )
    interaction_prompted: Flag | None = fact(
        "occasions to work with the system are created again and again",
        ask="Are people prompted again and again to work with the system?",
    )
    coaching_continues: Flag | None = fact(
        "the internal expert keeps teaching and advising",
        ask="Does the internal expert go on training and advising people?",
    )
    left_to_itself: Flag | None = fact(
        "nobody has been steering how the system is used since go-live",
        ask="Since go-live, has the use of the system been left to itself?",
    )
    mirrors_business: Level | None = fact(
        "how much of what happens in the business can be seen in the system",
        ask="How far is the system an electronic picture of what happens in the business?",
    )
    entry_consistency: Level | None = fact(
        "how reliably everything that should be recorded is recorded",
        ask="How consistently is all information recorded in the system?",
    )
    use_monitored: Flag | None = fact(
        "somebody watches how the system is used", ask="Does somebody monitor how the system is used?"
    )
    reviews_regular: Flag | None = fact(
        "people meet at fixed intervals to talk about the use of the system",
        ask="Are there regular meetings to review the use of the system?",
    )
    review_actions_done: Flag | None = fact(
        "decisions of those meetings are put into practice", ask="Is what those meetings decide carried out?"
    )
    business_changed: Flag | None = fact(
        "the company works differently from when operation began",
        ask="Has the business changed since operation started?",
    )
    system_adapted: Flag | None = fact(
        "the system has been adjusted to the way the company works now",
        ask="Has the system been adapted to the changes in the business?",
    )
    management_cycle_closed: Flag | None = fact(
        "managers use the system for each step of planning, executing, measuring and adjusting",
        ask="Do managers plan, execute, measure and adjust with the help of the system, all the way round?",
    )


class UserGroup(Entry):
    """Group of people who use the system alike (PM²: user representatives)."""

    singular: ClassVar[str] = "user group"
    completeness: ClassVar[str] = "Are these all the groups of users?"

    department: DepartmentId | None = fact(
        "department its people belong to", ask="Which department do the {name} belong to?"
    )
    it_literacy: Level | None = fact(
        "how well its people handle computers", ask="How skilled are the {name} with computers?"
    )
    involved_since: Phase | None = fact(
        "phase in which its people began to have a say in the solution",
        ask="In which phase did people from the {name} first help to shape the solution?",
    )
    consulted_on_design: Flag | None = fact(
        "its people could say what they would like the system to be",
        ask="Were the {name} asked what the system should look like?",
    )
    open_to_change: Level | None = fact(
        "how ready its people are to work differently", ask="How willing are the {name} to change the way they work?"
    )
    attitude: Attitude | None = fact(
        "where its people stand towards the system", ask="Where do the {name} stand towards the system?"
    )
    trained: Flag | None = fact(
        "its people can handle the system correctly", ask="Do the {name} know how to use the system properly?"
    )
    usage: Share | None = fact(
        "part of its people who actually work with the system", ask="What share of the {name} really use the system?"
    )
    enters_data: Flag | None = fact(
        "its people record their data in the system", ask="Do the {name} enter their data into the system?"
    )
    keeps_old_system: Flag | None = fact(
        "its people have not given up their former tools", ask="Do the {name} go on using their old tools?"
    )
