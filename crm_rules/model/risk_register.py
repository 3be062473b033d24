"""The project's own risk register, as far as the team keeps one."""

from __future__ import annotations

from typing import ClassVar

from crm_rules.model.base import Entry, Flag, Section, SetOf, fact
from crm_rules.model.enums import RiskCategory


class RiskRegister(Section):
    """The risk register as a whole (PMBOK: risk register; PM²: Risk Log)."""

    exists: Flag | None = fact("the team maintains a register of risks", ask="Does the project keep a risk register?")
    categories: SetOf[RiskCategory] | None = fact(
        "fields of risks the register covers", ask="Which categories of risks does the register look at?"
    )


class RiskEntry(Entry):
    """Risk the team has noted itself (PMBOK: entry of the risk register)."""

    singular: ClassVar[str] = "risk entry"
    completeness: ClassVar[str] = "Are these all the risks in the project's register?"

    sign_visible: Flag | None = fact(
        "there are signs that it is about to happen", ask="Have you already seen a warning sign of '{name}'?"
    )
    response_planned: Flag | None = fact(
        "what to do about it is settled and under way", ask="Has a response to '{name}' been decided and started?"
    )
