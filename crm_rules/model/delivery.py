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
        "server, software, secure connection or other",
        ask="Is {name} a server, software, a secure connection, or something else?",
    )
    needed: Flag | None = fact("required for smooth running", ask="Does the system need {name} to run smoothly?")
    client_informed: Flag | None = fact(
        "the client knows it has to pay for it", ask="Does the client know that {name} is to be paid for?"
    )
    ready: Flag | None = fact("in place", ask="Is {name} in place?")


class Release(Entry):
    """Version of the system that is put into use (ITIL: release and deployment management)."""

    singular: ClassVar[str] = "release"
    completeness: ClassVar[str] = "Are these all the releases so far and planned?"

    stage: Count | None = fact("roll-out stage", ask="Which roll-out stage does {name} belong to?")
    live: Flag | None = fact("put into use", ask="Has {name} been put into use?")
    company_wide: Flag | None = fact("for the whole company", ask="Is {name} meant for the whole company?")
    vendor_group_tested: Flag | None = fact(
        "the supplier tested it in group work",
        ask="Has the supplier tested {name} with several people working together?",
    )
    client_tested: Flag | None = fact(
        "the client's testers tested it", ask="Have the client's own testers tested {name}?"
    )
    fit_checked: Flag | None = fact(
        "checked against needs", ask="Did somebody check whether {name} does what is needed?"
    )
    errors_checked: Flag | None = fact("checked for errors", ask="Did somebody search {name} for errors?")
    open_errors: Count | None = fact("known errors", ask="How many known errors are still open in {name}?")
    fits_needs: Flag | None = fact("matches needs exactly", ask="Does {name} match the needs exactly?")
