"""What is known and written down: knowledge of the project and its documents."""

from __future__ import annotations

from typing import ClassVar

from crm_rules.model.base import Entry, Flag, Section, SetOf, TeamId, fact
from crm_rules.model.enums import DocKind, Employment


class KnowledgePlan(Section):
    """How knowledge is kept (ITIL: knowledge management)."""

    managed: Flag | None = fact(
        "knowledge gained and formalised in the project is managed",
        ask="Does somebody see to it that what the project learns is collected and kept?",
    )
    client_documentation_process: Flag | None = fact(
        "the client runs its own process for good documentation",
        ask="Does the client have a process of its own for getting good documentation?",
    )


class KnowledgeItem(Entry):
    """Piece of knowledge about the system (ITIL: knowledge article)."""

    singular: ClassVar[str] = "piece of knowledge"
    completeness: ClassVar[str] = "Is this all the knowledge that matters for running the system?"

    needed_in_operation: Flag | None = fact(
        "indispensable for running the system", ask="Is it impossible to run the system without knowing '{name}'?"
    )
    holders: SetOf[TeamId] | None = fact("people who know it", ask="Who in the team knows about '{name}'?")
    documented: Flag | None = fact("written down", ask="Is what is known about '{name}' written down?")


class Document(Entry):
    """Document owed to the client (PMBOK: project document; ITIL: service documentation)."""

    singular: ClassVar[str] = "document"
    completeness: ClassVar[str] = "Are these all the documents the project owes?"

    kind: DocKind | None = fact(
        "technical, administration or user", ask="Is '{name}' meant for developers, administrators, or users?"
    )
    origin: Employment | None = fact(
        "who owes it", ask="Who owes '{name}': the client's own people, a freelance, the integrator, or the maker?"
    )
    delivered: Flag | None = fact("handed over", ask="Has '{name}' been handed over?")
    complete: Flag | None = fact("covers everything", ask="Does '{name}' cover everything it should?")
    current: Flag | None = fact("fits the present version", ask="Does '{name}' fit the present version of the system?")
    competent: Flag | None = fact("professionally written", ask="Is '{name}' written by somebody who knows how to?")
    tested: Flag | None = fact(
        "tried out against the system", ask="Has anybody tried out whether the system does what '{name}' says?"
    )
