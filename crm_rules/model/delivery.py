"""What has to be in place and what is put into use: infrastructure and releases."""

from __future__ import annotations

from typing import ClassVar

from crm_rules.model.base import Count, Entry, Flag, fact
from crm_rules.model.enums import InfrastructureKind


class InfrastructureItem(Entry):
    """Piece of technical infrastructure (ITIL: configuration item)."""

    singular: ClassVar[str] = "infrastructure item"
    completeness: ClassVar[str] = "Is this all the technical infrastructure the system needs?"

    kind: InfrastructureKind | None = fact(
        "sort of infrastructure",
        ask="Is {name} a server, software, a secure connection, or something else?",
    )
    needed: Flag | None = fact(
        "the system does not run properly without it", ask="Does the system need {name} to run smoothly?"
    )
    client_informed: Flag | None = fact(
        "the client is aware of having to pay for it", ask="Does the client know that {name} is to be paid for?"
    )
    ready: Flag | None = fact("it can be used", ask="Is {name} in place?")


class Release(Entry):
    """Version of the system that is put into use (ITIL: release and deployment management)."""

    singular: ClassVar[str] = "release"
    completeness: ClassVar[str] = "Are these all the releases so far and planned?"

    stage: Count | None = fact(
        "number of the roll-out stage it belongs to", ask="Which roll-out stage does {name} belong to?"
    )
    live: Flag | None = fact("people work with it", ask="Has {name} been put into use?")
    company_wide: Flag | None = fact(
        "everybody in the company is to work with it", ask="Is {name} meant for the whole company?"
    )
    vendor_group_tested: Flag | None = fact(
        "several people of the supplier have tested it together",
        ask="Has the supplier tested {name} with several people working together?",
    )
    client_tested: Flag | None = fact(
        "it has passed through the hands of the client's testers", ask="Have the client's own testers tested {name}?"
    )
    fit_checked: Flag | None = fact(
        "somebody compared it with the needs", ask="Did somebody check whether {name} does what is needed?"
    )
    errors_checked: Flag | None = fact("somebody looked for errors in it", ask="Did somebody search {name} for errors?")
    open_errors: Count | None = fact(
        "number of errors known and not mended", ask="How many known errors are still open in {name}?"
    )
    fits_needs: Flag | None = fact(
        "it does what is needed, no less and nothing else", ask="Does {name} match the needs exactly?"
    )
