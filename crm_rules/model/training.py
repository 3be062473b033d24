"""How people learn the system: training, the internal expert and champions."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from crm_rules.model.base import Appointment, Flag, Id, Ref, Section, SetOf, fact
from crm_rules.model.enums import Level, TrainingFormat


class TrainingPlan(Section):
    """Training of the users (PM²: business implementation plan; PMBOK: training)."""

    exists: Flag | None = fact("users will be, or have been, taught", ask="Is training of the users foreseen?")
    programme_prepared: Flag | None = fact(
        "what is taught, and with what material, is ready",
        ask="Are the programme and the material of the training prepared?",
    )
    formats: SetOf[TrainingFormat] | None = fact(
        "ways in which users are taught", ask="In which forms will people be trained?"
    )
    alongside_use: Flag | None = fact(
        "lessons and first work with the system go hand in hand",
        ask="Does the training run while people are already working with the system?",
    )
    with_documentation: Flag | None = fact(
        "reading the manuals is part of the lessons", ask="Do people study the documentation as part of the training?"
    )


class InternalExpert(Appointment):
    """In-house master of the system whom colleagues ask (ITIL: key user, super user)."""

    singular: ClassVar[str] = "internal expert"
    completeness: ClassVar[str] = "Are these all the internal experts?"

    id: Annotated[Id, Ref(("team",))] = Field(description="key, the id of the person in the team")
    admin_mastery: Flag | None = fact(
        "knows the system as thoroughly as an administrator",
        ask="Does {name} master the system as well as an administrator?",
    )
    can_train: Flag | None = fact("is capable of teaching colleagues", ask="Is {name} able to train colleagues?")
    process_understanding: Level | None = fact(
        "how well the person connects the system with the work it supports",
        ask="How well does {name} see how the system fits the processes of the business?",
    )
    explains_well: Level | None = fact(
        "how well the person makes things clear to others", ask="How well can {name} explain things to others?"
    )
    motivation: Level | None = fact(
        "how much the person wants this part", ask="How much does {name} want to be the internal expert?"
    )
    chosen_for_rank: Flag | None = fact(
        "was picked for position rather than ability", ask="Was {name} appointed because of rank rather than ability?"
    )


class Champion(Appointment):
    """Person who wins colleagues for the system by example (change management: change agent)."""

    singular: ClassVar[str] = "champion"
    completeness: ClassVar[str] = "Are these all the champions of the CRM?"

    id: Annotated[Id, Ref(("team", "stakeholders"))] = Field(
        description="key, the id of the person in the team or a stakeholder"
    )
    used_crm_before: Flag | None = fact(
        "has experience of a CRM from another employer", ask="Did {name} work with a CRM in an earlier job?"
    )
    enthusiasm: Level | None = fact(
        "how much the person likes the idea of CRM", ask="How enthusiastic is {name} about CRM?"
    )
    shares_knowledge: Flag | None = fact(
        "is eager to let colleagues benefit", ask="Does {name} want to pass on to colleagues what there is to know?"
    )
    sees_practice_flaw: Flag | None = fact(
        "is a manager who has noticed a grave weakness that a CRM would remove",
        ask="Does {name}, as a manager, see a serious flaw in today's practice that a CRM could cure?",
    )
