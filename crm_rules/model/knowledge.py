"""What is known and written down: knowledge of the project and its documents."""

from __future__ import annotations

from typing import ClassVar

from crm_rules.model.base import Entry, Flag, Section, SetOf, TeamId, fact
from crm_rules.model.enums import DocKind, Employment


class KnowledgePlan(Section):
    """How knowledge is kept (ITIL: knowledge management)."""

    managed: Flag | None = fact(
        "somebody collects and maintains what the project finds out",
        ask="Does somebody see to it that what the project learns is collected and kept?",
    )
    client_documentation_process: Flag | None = fact(
        "documentation is produced and checked by a procedure of the client's own",
        ask="Does the client have a process of its own for getting good documentation?",
    )


class KnowledgeItem(Entry):
    """Piece of knowledge about the system (ITIL: knowledge article)."""

    singular: ClassVar[str] = "piece of knowledge"
    completeness: ClassVar[str] = "Is this all the knowledge that matters for running the system?"

    needed_in_operation: Flag | None = fact(
        "the system cannot be run without it", ask="Is it impossible to run the system without knowing '{name}'?"
    )
    holders: SetOf[TeamId] | None = fact(
        "members of the team who have it in their heads", ask="Who in the team knows about '{name}'?"
    )
    documented: Flag | None = fact("it can be looked up", ask="Is what is known about '{name}' written down?")


class Document(Entry):
    """Document owed to the client (PMBOK: project document; ITIL: service documentation)."""

    singular: ClassVar[str] = "document"
    completeness: ClassVar[str] = "Are these all the documents the project owes?"

    kind: DocKind | None = fact(
        "readers it is meant for", ask="Is '{name}' meant for developers, administrators, or users?"
    )
    origin: Employment | None = fact(
        "party that has to provide it",
        ask="Who owes '{name}': the client's own people, a freelance, the integrator, or the maker?",
    )
    delivered: Flag | None = fact("the client has received it", ask="Has '{name}' been handed over?")
    complete: Flag | None = fact(
        "nothing that belongs in it is missing", ask="Does '{name}' cover everything it should?"
    )
    current: Flag | None = fact(
        "it describes the version in use", ask="Does '{name}' fit the present version of the system?"
    )
    competent: Flag | None = fact(
        "its author knew how to write such a document", ask="Is '{name}' written by somebody who knows how to?"
    )
    tested: Flag | None = fact(
        "somebody followed it at the system and it proved right",
        ask="Has anybody tried out whether the system does what '{name}' says?",
    )
