"""Whom it is about: the notion of a customer, and the data that carry it."""

from __future__ import annotations

from typing import ClassVar

from crm_rules.model.base import Entry, Flag, Section, fact


class CustomerConcept(Section):
    """Common notion of the customer (CRM: customer strategy; PM²: business concept)."""

    definition_agreed: Flag | None = fact(
        "all parties share one definition of a customer",
        ask="Have all departments agreed on who counts as a customer?",
    )
    behaviour_agreed: Flag | None = fact(
        "consensus on the customer behaviour aimed at",
        ask="Have you agreed what customers should do differently thanks to the CRM?",
    )
    behaviour_verified: Flag | None = fact(
        "the consensus was compared with what happened in use",
        ask="Have you compared what customers were expected to do with what they really do?",
    )
    information_defined: Flag | None = fact(
        "which customer information is kept is defined",
        ask="Is it defined which information about customers will be kept?",
    )
    analysis_defined: Flag | None = fact(
        "methods to analyse it are fixed", ask="Is it fixed how the information about customers will be analysed?"
    )


class BusinessFunction(Entry):
    """Function of the business the CRM supports (ITIL: business function)."""

    singular: ClassVar[str] = "business function"
    completeness: ClassVar[str] = "Are these all the functions the CRM is to support?"

    linked_to_behaviour: Flag | None = fact(
        "tied to an agreed customer behaviour",
        ask="Is '{name}' tied to a customer behaviour you have agreed to aim at?",
    )


class DataSource(Entry):
    """Source of customer data (data management: source system)."""

    singular: ClassVar[str] = "data source"
    completeness: ClassVar[str] = "Are these all the sources of customer data?"

    origin_known: Flag | None = fact(
        "where the data comes from is known", ask="Do you know where the data in {name} comes from?"
    )


class Integration(Entry):
    """Other information system the CRM may exchange data with (ITIL: configuration item relationship)."""

    singular: ClassVar[str] = "integration"
    completeness: ClassVar[str] = "Are these all the systems the CRM may have to exchange data with?"

    needed: Flag | None = fact("data exchange is needed", ask="Does the CRM have to exchange data with {name}?")
    planned: Flag | None = fact("is part of the plan", ask="Is the exchange of data with {name} part of the plan?")
