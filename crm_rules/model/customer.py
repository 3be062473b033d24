"""Whom it is about: the notion of a customer, and the data that carry it."""

from __future__ import annotations

from typing import ClassVar

from crm_rules.model.base import Entry, Flag, Section, fact


class CustomerConcept(Section):
    """Common notion of the customer (CRM: customer strategy; PM²: business concept)."""

    definition_agreed: Flag | None = fact(
        'every department means the same by "customer"',
        ask="Have all departments agreed on who counts as a customer?",
    )
    behaviour_agreed: Flag | None = fact(
        'every department means the same by "customer"',
        ask="Have you agreed what customers should do differently thanks to the CRM?",
    )
    behaviour_verified: Flag | None = fact(
        "the behaviour expected of customers was checked against the behaviour seen in operation",
        ask="Have you compared what customers were expected to do with what they really do?",
    )
    information_defined: Flag | None = fact(
        "it is settled what is recorded about customers",
        ask="Is it defined which information about customers will be kept?",
    )
    analysis_defined: Flag | None = fact(
        "it is settled how records about customers are evaluated",
        ask="Is it fixed how the information about customers will be analysed?",
    )


class BusinessFunction(Entry):
    """Function of the business the CRM supports (ITIL: business function)."""

    singular: ClassVar[str] = "business function"
    completeness: ClassVar[str] = "Are these all the functions the CRM is to support?"

    linked_to_behaviour: Flag | None = fact(
        "it supports a behaviour of customers that everybody wants",
        ask="Is '{name}' tied to a customer behaviour you have agreed to aim at?",
    )


class DataSource(Entry):
    """Source of customer data (data management: source system)."""

    singular: ClassVar[str] = "data source"
    completeness: ClassVar[str] = "Are these all the sources of customer data?"

    origin_known: Flag | None = fact(
        "somebody can say how the data got there", ask="Do you know where the data in {name} comes from?"
    )


class Integration(Entry):
    """Other information system the CRM may exchange data with (ITIL: configuration item relationship)."""

    singular: ClassVar[str] = "integration"
    completeness: ClassVar[str] = "Are these all the systems the CRM may have to exchange data with?"

    needed: Flag | None = fact(
        "the CRM has to exchange data with it", ask="Does the CRM have to exchange data with {name}?"
    )
    planned: Flag | None = fact(
        "the exchange is in the plan", ask="Is the exchange of data with {name} part of the plan?"
    )
