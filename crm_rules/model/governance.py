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
        "is an executive of the client", ask="Is {name} an executive of the client's organisation?"
    )
    expectations_known: Flag | None = fact(
        "what the sponsor expects is written down", ask="Is it written down what {name} expects of the project?"
    )
    role_understood: Flag | None = fact(
        "stakeholders understand the sponsor's part in validating the project",
        ask="Do the stakeholders understand that {name} decides whether the project delivers what it should?",
    )
    known_to_stakeholders: Flag | None = fact(
        "everybody concerned knows who it is", ask="Does everybody concerned know that {name} is the sponsor?"
    )
    accountable_for_return: Flag | None = fact(
        "answers in person for the money coming back",
        ask="Does {name} answer in person for the money coming back?",
    )


class Stakeholder(Entry):
    """Stakeholder (PMBOK: entry of the stakeholder register)."""

    singular: ClassVar[str] = "stakeholder"
    completeness: ClassVar[str] = "Are these all the people with a stake in the project?"

    level: StakeholderLevel | None = fact(
        "place in the organisation", ask="Which level of the organisation does {name} belong to?"
    )
    decision_maker: Flag | None = fact("can decide on the project", ask="Can {name} take decisions on the project?")
    support: Level | None = fact("backing given to the project", ask="How strongly does {name} back the project?")
    visible_involvement: Level | None = fact(
        "interest shown openly to the staff", ask="How visibly does {name} show the staff an interest in the project?"
    )
    attitude: Attitude | None = fact("attitude towards the CRM", ask="Is {name} for the CRM, neutral, or against it?")
    reports_to_pm: Flag | None = fact(
        "subordinate to the project manager", ask="Does {name} report to the project manager?"
    )
    newly_appointed: Flag | None = fact(
        "took over the post during the project", ask="Did {name} take over the post while the project was running?"
    )
    onboarded: Flag | None = fact(
        "was introduced to and won for the project after taking over",
        ask="Has {name} been introduced to the project and won over since taking the post?",
    )
    concerned_by_requirements: Flag | None = fact(
        "the business requirements show this person should be involved",
        ask="Do the business requirements touch what {name} is responsible for?",
    )
    consulted: Flag | None = fact("was consulted on the requirements", ask="Was {name} consulted on the requirements?")
    available_later: Flag | None = fact(
        "can still be reached once installation begins",
        ask="Will {name} still be there to ask once installation begins?",
    )


class Department(Entry):
    """Department of the client (PM²: user side)."""

    singular: ClassVar[str] = "department"
    completeness: ClassVar[str] = "Are these all the departments the project concerns?"

    affected: Flag | None = fact("its work is touched by the automation", ask="Will the CRM change how {name} works?")
    represented: Flag | None = fact(
        "has a seat in the working group", ask="Does {name} have a seat in the working group?"
    )
    wants_everything: Flag | None = fact(
        "pulls the automation to its side, demands all at once",
        ask="Does {name} press for all of its wishes at once, at the expense of the others?",
    )
    change_support_planned: Flag | None = fact(
        "measures for the people whose habits change are planned (change management)",
        ask="Is it planned how the people in {name} will be helped to change their habits?",
    )
    communication: Level | None = fact(
        "exchange with the other departments during the introduction",
        ask="How much does {name} talk with the other departments during the introduction?",
    )


class WorkingGroup(Section):
    """Working group of the departments (PM²: Business Implementation Group)."""

    exists: Flag | None = fact("set up", ask="Has a working group of the departments been set up?")
    started_by_management: Flag | None = fact(
        "initiated by the management", ask="Was the working group called into being by the management?"
    )
    really_works: Flag | None = fact(
        "does real work, is no formality", ask="Does the working group do real work, or does it exist on paper only?"
    )


class Seat(Entry):
    """Place in the working group (PM²: member of the Business Implementation Group)."""

    singular: ClassVar[str] = "seat"
    completeness: ClassVar[str] = "Are these all the seats of the working group?"

    department: DepartmentId | None = fact(
        "department the seat speaks for", ask="Which department does {name} speak for in the working group?"
    )
    standing: SeatStanding | None = fact("why this person", ask="Why was {name} given a seat in the working group?")
