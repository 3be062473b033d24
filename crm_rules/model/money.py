"""What it costs and how it is paid: budget and payment milestones."""

from __future__ import annotations

from typing import ClassVar

from crm_rules.model.base import Count, Entry, Flag, Section, Share, fact


class Budget(Section):
    """Budget of the project (PMBOK: cost baseline and reserves)."""

    adequate: Flag | None = fact(
        "the money planned is enough for what is planned", ask="Is the budget large enough for the project?"
    )
    source_secured: Flag | None = fact(
        "the money has been promised by somebody entitled to promise it (PMBOK: project funding)",
        ask="Is it settled where the money comes from?",
    )
    infrastructure_included: Flag | None = fact(
        "servers, software and connections are part of the sum",
        ask="Does the budget include servers, software and connections?",
    )
    tor_included: Flag | None = fact(
        "writing the terms of reference is part of the sum",
        ask="Does the budget include the fee for writing the terms of reference?",
    )
    lifetime_support_included: Flag | None = fact(
        "support and enhancement for as long as the system lives are part of the sum",
        ask="Does the budget include support and further development for as long as the system lives?",
    )
    reserve: Share | None = fact(
        "part of the budget set aside for the unforeseen", ask="What share of the budget is kept as a reserve?"
    )


class PaymentMilestone(Entry):
    """Payment tied to a stage (PMBOK: payment milestone)."""

    singular: ClassVar[str] = "payment milestone"
    completeness: ClassVar[str] = "Are these all the payments agreed?"

    stage: Count | None = fact(
        "number of the roll-out stage that is paid", ask="Which roll-out stage is '{name}' the payment for?"
    )
    work_done: Flag | None = fact(
        "the supplier has delivered what the payment is for", ask="Has the work that '{name}' pays for been delivered?"
    )
    expectations_met: Share | None = fact(
        "how much of what was expected has been delivered, as the client sees it",
        ask="How far, from 0 to 1, does the client see expectations met by what '{name}' pays for?",
    )
    withheld: Flag | None = fact("the client keeps the money back", ask="Is the client holding back '{name}'?")
    usable: Flag | None = fact(
        "people can work with what has been delivered",
        ask="Can the client already work with what '{name}' pays for?",
    )
