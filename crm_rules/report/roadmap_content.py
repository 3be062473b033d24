"""What a report of a roadmap is about: the roadmap and whatever else was asked of it. Plain values, no layout."""

from __future__ import annotations

from dataclasses import dataclass

from crm_rules.roadmap.analysis import Roadmap


@dataclass(frozen=True, slots=True)
class RoadmapContent:
    """A roadmap and what was found out about it. What is None was not asked for.

    Attributes:
        roadmap: graph, schedule and loops.
        file: the file it was read from, as its reader called it; "" when it came from nowhere.
    """

    roadmap: Roadmap
    file: str = ""

    @property
    def title(self) -> str:
        """What to call the plan."""
        return self.roadmap.plan.name or self.file or "Roadmap without a name"
