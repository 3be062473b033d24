"""How an assessment is to be shown, as far as a format can be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from crm_rules.report.page import DEFAULT_WIDTH


@dataclass(frozen=True, slots=True)
class View:
    """What a reader wants to see and can see.

    Attributes:
        width: columns of a line of text.
        color: whether the reader's terminal shows colours.
        everything: show every item in full instead of the most important ones.
        labels: actors and phases to their wording; others are shown with blanks for underscores.
    """

    width: int = DEFAULT_WIDTH
    color: bool = False
    everything: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)

    def label(self, name: str) -> str:
        """The wording of an actor or a phase."""
        return self.labels.get(name, name.replace("_", " "))
