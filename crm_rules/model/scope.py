"""What is to be delivered: scope, items, change requests and the business processes behind them."""

from __future__ import annotations

from typing import ClassVar

from crm_rules.model.base import Count, Entry, Flag, GoalId, Section, SetOf, Share, fact
from crm_rules.model.enums import Area, Baseline, ItemKind, Level


class Scope(Section):
    """Scope as a whole (PMBOK: scope baseline)."""

    bounded: Flag | None = fact(
        "a document draws the line between what is part of the project and what is not",
        ask="Is it written down what belongs to the project and what does not?",
    )
    strategic_effort: Share | None = fact(
        "part of the effort that serves strategic goals",
        ask="What share of the effort goes into what the strategic goals need?",
    )
    familiar_effort: Share | None = fact(
        "part of the effort that goes into routine tasks which cause no trouble today",
        ask="What share of the effort goes into familiar tasks that already run well?",
    )
    functions_at_once: Share | None = fact(
        "part of all available functions that users get with the first release",
        ask="What share of the product's functions will be switched on in the first release?",
    )
    ease_of_use: Level | None = fact(
        "how little trouble it is to work with the system", ask="How simple and comfortable is the system to work with?"
    )


class ScopeItem(Entry):
    """Function or feature asked for (backlog item, PMBOK: requirement)."""

    singular: ClassVar[str] = "scope item"
    completeness: ClassVar[str] = "Are these all the functions and features asked for?"

    kind: ItemKind | None = fact(
        "whether it is indispensable, useful or merely attractive",
        ask="Is '{name}' indispensable, an improvement, or a gadget?",
    )
    goal_ids: SetOf[GoalId] | None = fact(
        "goals it contributes to, empty for none", ask="Which goals does '{name}' serve?"
    )
    accepted: Flag | None = fact("it is going to be delivered", ask="Has '{name}' been taken into the project?")
    stage: Count | None = fact(
        "number of the roll-out stage that delivers it", ask="To which roll-out stage is '{name}' assigned?"
    )
    questionable: Flag | None = fact(
        "people who know the subject advise against it", ask="Do specialists think '{name}' unreasonable?"
    )
    consequences_explained: Flag | None = fact(
        "those who want it have been told by somebody competent what it entails",
        ask="Did a specialist explain what '{name}' entails to those who want it?",
    )
    user_burden: Level | None = fact(
        "how much more work users have because of it", ask="How much extra work does '{name}' make for the end user?"
    )


class ChangeRequest(Entry):
    """Request to change what was agreed (PMBOK: integrated change control)."""

    singular: ClassVar[str] = "change request"
    completeness: ClassVar[str] = "Are these all the change requests so far?"

    significant: Flag | None = fact(
        "it moves something the project was agreed upon", ask="Does '{name}' alter important parameters of the project?"
    )
    changes: SetOf[Baseline] | None = fact(
        "agreed references it moves", ask="Does '{name}' touch the scope, the deadline, or the budget?"
    )
    within_remit: Flag | None = fact(
        "the original assignment covers it", ask="Does '{name}' lie within what the project was originally meant to do?"
    )
    approved_by_return_owner: Flag | None = fact(
        "the person responsible for the investment paying back has said yes",
        ask="Was '{name}' agreed by whoever answers for the money coming back?",
    )
    executed: Flag | None = fact(
        "work on it has begun or is finished", ask="Has '{name}' been carried out, or is it being carried out?"
    )
    need_known_exactly: Flag | None = fact(
        "the client can say precisely what it is to achieve",
        ask="Does the client know precisely what '{name}' is to achieve?",
    )


class BusinessProcess(Entry):
    """Business process the CRM is to support (PMBOK: business process; ITIL: business process)."""

    singular: ClassVar[str] = "business process"
    completeness: ClassVar[str] = "Are these all the business processes concerned?"

    area: Area | None = fact(
        "part of the business it belongs to", ask="Which business area does the process '{name}' belong to?"
    )
    volatility: Level | None = fact(
        "how often the way it runs is altered", ask="How fast does the process '{name}' keep changing?"
    )
    automation_planned: Flag | None = fact(
        "the project is to standardise or automate it",
        ask="Is the process '{name}' to be standardised or automated in the project?",
    )
    described: Flag | None = fact(
        "its future course has been put on paper", ask="Is it on record how the process '{name}' should run in future?"
    )
    harmful: Flag | None = fact(
        "the business would be better off without it", ask="Is '{name}' a bad habit the business had better drop?"
    )
    good_practice_defined: Flag | None = fact(
        "people have agreed on a good way of doing it that the system can support",
        ask="Has a good practice for '{name}' been agreed that the tool can support?",
    )
