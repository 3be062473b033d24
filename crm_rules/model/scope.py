"""What is to be delivered: scope, items, change requests and the business processes behind them."""

from __future__ import annotations

from typing import ClassVar

from crm_rules.model.base import Count, Entry, Flag, GoalId, Section, SetOf, Share, fact
from crm_rules.model.enums import Area, Baseline, ItemKind, Level


class Scope(Section):
    """Scope as a whole (PMBOK: scope baseline)."""

    bounded: Flag | None = fact(
        "it is written down what belongs to the project and what does not",
        ask="Is it written down what belongs to the project and what does not?",
    )
    strategic_effort: Share | None = fact(
        "effort spent on what the strategic goals need",
        ask="What share of the effort goes into what the strategic goals need?",
    )
    familiar_effort: Share | None = fact(
        "effort spent on well-known tasks that already run well",
        ask="What share of the effort goes into familiar tasks that already run well?",
    )
    functions_at_once: Share | None = fact(
        "share of the product's functions switched on in the first release",
        ask="What share of the product's functions will be switched on in the first release?",
    )
    ease_of_use: Level | None = fact(
        "simple and comfortable to work with", ask="How simple and comfortable is the system to work with?"
    )


class ScopeItem(Entry):
    """Function or feature asked for (backlog item, PMBOK: requirement)."""

    singular: ClassVar[str] = "scope item"
    completeness: ClassVar[str] = "Are these all the functions and features asked for?"

    kind: ItemKind | None = fact(
        "core, enhancement or gadget", ask="Is '{name}' indispensable, an improvement, or a gadget?"
    )
    goal_ids: SetOf[GoalId] | None = fact("goals it serves, empty for none", ask="Which goals does '{name}' serve?")
    accepted: Flag | None = fact("taken into the project", ask="Has '{name}' been taken into the project?")
    stage: Count | None = fact("roll-out stage it is assigned to", ask="To which roll-out stage is '{name}' assigned?")
    questionable: Flag | None = fact(
        "specialists judge the idea unreasonable", ask="Do specialists think '{name}' unreasonable?"
    )
    consequences_explained: Flag | None = fact(
        "a specialist explained the consequences to whoever wants it",
        ask="Did a specialist explain what '{name}' entails to those who want it?",
    )
    user_burden: Level | None = fact(
        "extra work it makes for the end user", ask="How much extra work does '{name}' make for the end user?"
    )


class ChangeRequest(Entry):
    """Request to change what was agreed (PMBOK: integrated change control)."""

    singular: ClassVar[str] = "change request"
    completeness: ClassVar[str] = "Are these all the change requests so far?"

    significant: Flag | None = fact(
        "alters important parameters of the project", ask="Does '{name}' alter important parameters of the project?"
    )
    changes: SetOf[Baseline] | None = fact(
        "baselines touched", ask="Does '{name}' touch the scope, the deadline, or the budget?"
    )
    within_remit: Flag | None = fact(
        "lies within the original remit", ask="Does '{name}' lie within what the project was originally meant to do?"
    )
    approved_by_return_owner: Flag | None = fact(
        "agreed by whoever answers for the return",
        ask="Was '{name}' agreed by whoever answers for the money coming back?",
    )
    executed: Flag | None = fact(
        "being or been carried out", ask="Has '{name}' been carried out, or is it being carried out?"
    )
    need_known_exactly: Flag | None = fact(
        "the client knows precisely what is needed", ask="Does the client know precisely what '{name}' is to achieve?"
    )


class BusinessProcess(Entry):
    """Business process the CRM is to support (PMBOK: business process; ITIL: business process)."""

    singular: ClassVar[str] = "business process"
    completeness: ClassVar[str] = "Are these all the business processes concerned?"

    area: Area | None = fact("business area", ask="Which business area does the process '{name}' belong to?")
    volatility: Level | None = fact(
        "how fast it keeps changing", ask="How fast does the process '{name}' keep changing?"
    )
    automation_planned: Flag | None = fact(
        "to be standardised or automated in the project",
        ask="Is the process '{name}' to be standardised or automated in the project?",
    )
    described: Flag | None = fact(
        "the desired process is on record", ask="Is it on record how the process '{name}' should run in future?"
    )
    harmful: Flag | None = fact(
        "bad habit the business should drop", ask="Is '{name}' a bad habit the business had better drop?"
    )
    good_practice_defined: Flag | None = fact(
        "a best practice that the tool can support is agreed",
        ask="Has a good practice for '{name}' been agreed that the tool can support?",
    )
