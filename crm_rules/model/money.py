"""What it costs and how it is paid: budget and payment milestones."""

from __future__ import annotations

from typing import ClassVar

from crm_rules.model.base import Count, Entry, Flag, Section, Share, fact


class Budget(Section):
    """Budget of the project (PMBOK: cost baseline and reserves)."""

    adequate: Flag | None = fact("the amount fits the project", ask="Is the budget large enough for the project?")
    source_secured: Flag | None = fact(
        "it is known who pays (PMBOK: project funding)", ask="Is it settled where the money comes from?"
    )
    infrastructure_included: Flag | None = fact(
        "technical infrastructure is priced in", ask="Does the budget include servers, software and connections?"
    )
    tor_included: Flag | None = fact(
        "the fee for the terms of reference is priced in",
        ask="Does the budget include the fee for writing the terms of reference?",
    )
    lifetime_support_included: Flag | None = fact(
        "support and further development over the life of the system are priced in",
        ask="Does the budget include support and further development for as long as the system lives?",
    )
    reserve: Share | None = fact(
        "contingency reserve, as a share of the budget", ask="What share of the budget is kept as a reserve?"
    )


class PaymentMilestone(Entry):
    """Payment tied to a stage (PMBOK: payment milestone)."""

    singular: ClassVar[str] = "payment milestone"
    completeness: ClassVar[str] = "Are these all the payments agreed?"

    stage: Count | None = fact("roll-out stage", ask="Which roll-out stage is '{name}' the payment for?")
    work_done: Flag | None = fact(
        "the agreed work was delivered", ask="Has the work that '{name}' pays for been delivered?"
    )
    expectations_met: Share | None = fact(
        "the client's view of how far expectations are met",
        ask="How far, from 0 to 1, does the client see expectations met by what '{name}' pays for?",
    )
    withheld: Flag | None = fact("the client does not pay", ask="Is the client holding back '{name}'?")
    usable: Flag | None = fact(
        "the client can already work with the delivered part",
        ask="Can the client already work with what '{name}' pays for?",
    )
