"""Who stands behind the project: sponsors, stakeholders, departments and their working group."""

from __future__ import annotations

from typing import ClassVar

from crm_rules.model.base import DepartmentId, Entry, Flag, Section, fact
from crm_rules.model.enums import Attitude, Level, SeatStanding, StakeholderLevel


class Sponsor(Entry):
    """Sponsor (PMBOK: sponsor; PM²: Project Owner)."""

    singular: ClassVar[str] = "sponsor"
    completeness: ClassVar[str] = "Are these all the sponsors of the project?"

    executive: Flag | None = fact(
        "belongs to the client's executive management", ask="Is {name} an executive of the client's organisation?"
    )
    expectations_known: Flag | None = fact(
        "there is a written account of what the sponsor wants from the project",
        ask="Is it written down what {name} expects of the project?",
    )
    role_understood: Flag | None = fact(
        "stakeholders know that the sponsor's judgement decides whether the result is good",
        ask="Do the stakeholders understand that {name} decides whether the project delivers what it should?",
    )
    known_to_stakeholders: Flag | None = fact(
        "those concerned can name the sponsor", ask="Does everybody concerned know that {name} is the sponsor?"
    )
    accountable_for_return: Flag | None = fact(
        "is personally responsible for the investment paying back",
        ask="Does {name} answer in person for the money coming back?",
    )


class Stakeholder(Entry):
    """Stakeholder (PMBOK: entry of the stakeholder register)."""

    singular: ClassVar[str] = "stakeholder"
    completeness: ClassVar[str] = "Are these all the people with a stake in the project?"

    level: StakeholderLevel | None = fact(
        "where in the hierarchy the person stands", ask="Which level of the organisation does {name} belong to?"
    )
    decision_maker: Flag | None = fact(
        "has a say that settles matters of the project", ask="Can {name} take decisions on the project?"
    )
    support: Level | None = fact(
        "how much the person does for the project", ask="How strongly does {name} back the project?"
    )
    visible_involvement: Level | None = fact(
        "how much of that the staff get to see",
        ask="How visibly does {name} show the staff an interest in the project?",
    )
    attitude: Attitude | None = fact("attitude towards the CRM", ask="Is {name} for the CRM, neutral, or against it?")
    reports_to_pm: Flag | None = fact(
        "has the project manager as superior", ask="Does {name} report to the project manager?"
    )
    newly_appointed: Flag | None = fact(
        "came into the post after the project had begun",
        ask="Did {name} take over the post while the project was running?",
    )
    onboarded: Flag | None = fact(
        "has been made acquainted with the project and won over since then",
        ask="Has {name} been introduced to the project and won over since taking the post?",
    )
    concerned_by_requirements: Flag | None = fact(
        "holds a responsibility that the requirements touch",
        ask="Do the business requirements touch what {name} is responsible for?",
    )
    consulted: Flag | None = fact(
        "had an opportunity to comment on the requirements", ask="Was {name} consulted on the requirements?"
    )
    available_later: Flag | None = fact(
        "will be within reach from the beginning of installation on",
        ask="Will {name} still be there to ask once installation begins?",
    )


class Department(Entry):
    """Department of the client (PM²: user side)."""

    singular: ClassVar[str] = "department"
    completeness: ClassVar[str] = "Are these all the departments the project concerns?"

    affected: Flag | None = fact(
        "people there will work differently because of the CRM", ask="Will the CRM change how {name} works?"
    )
    represented: Flag | None = fact(
        "somebody speaks for it in the working group", ask="Does {name} have a seat in the working group?"
    )
    wants_everything: Flag | None = fact(
        "insists on all its wishes at once, whatever that means for the others",
        ask="Does {name} press for all of its wishes at once, at the expense of the others?",
    )
    change_support_planned: Flag | None = fact(
        "help is planned for people there who have to change habits (change management)",
        ask="Is it planned how the people in {name} will be helped to change their habits?",
    )
    communication: Level | None = fact(
        "how much it talks with other departments while the system is introduced",
        ask="How much does {name} talk with the other departments during the introduction?",
    )


class WorkingGroup(Section):
    """Working group of the departments (PM²: Business Implementation Group)."""

    exists: Flag | None = fact("the group has been formed", ask="Has a working group of the departments been set up?")
    started_by_management: Flag | None = fact(
        "the group owes its existence to the management",
        ask="Was the working group called into being by the management?",
    )
    really_works: Flag | None = fact(
        "the group produces results, rather than existing on paper",
        ask="Does the working group do real work, or does it exist on paper only?",
    )


class Seat(Entry):
    """Place in the working group (PM²: member of the Business Implementation Group)."""

    singular: ClassVar[str] = "seat"
    completeness: ClassVar[str] = "Are these all the seats of the working group?"

    department: DepartmentId | None = fact(
        "department the seat speaks for", ask="Which department does the seat '{name}' of the working group speak for?"
    )
    standing: SeatStanding | None = fact(
        "reason the person was chosen", ask="Why was the person on the seat '{name}' chosen for the working group?"
    )
