"""The project's own risk register, as far as the team keeps one."""

from __future__ import annotations

from typing import ClassVar

from crm_rules.model.base import Entry, Flag, Section, SetOf, fact
from crm_rules.model.enums import RiskCategory


class RiskRegister(Section):
    """The risk register as a whole (PMBOK: risk register; PM²: Risk Log)."""

    exists: Flag | None = fact("kept", ask="Does the project keep a risk register?")
    categories: SetOf[RiskCategory] | None = fact(
        "categories considered", ask="Which categories of risks does the register look at?"
    )


class RiskEntry(Entry):
    """Risk the team has noted itself (PMBOK: entry of the risk register)."""

    singular: ClassVar[str] = "risk entry"
    completeness: ClassVar[str] = "Are these all the risks in the project's register?"

    sign_visible: Flag | None = fact(
        "a warning sign was already seen", ask="Have you already seen a warning sign of '{name}'?"
    )
    response_planned: Flag | None = fact(
        "a response is decided and started", ask="Has a response to '{name}' been decided and started?"
    )
