"""What a report of a roadmap is about: the roadmap and whatever else was asked of it. Plain values, no layout."""

from __future__ import annotations

from dataclasses import dataclass

from crm_rules.roadmap.analysis import Roadmap
from crm_rules.roadmap.quality import QualityReport
from crm_rules.roadmap.simulation_result import NotSimulated, Simulation


@dataclass(frozen=True, slots=True)
class RoadmapContent:
    """A roadmap and what was found out about it. What is None was not asked for.

    Attributes:
        roadmap: graph, schedule and loops.
        file: the file it was read from, as its reader called it; "" when it came from nowhere.
        quality: how well the plan is made.
        all_checks: whoever asked for the quality wants to see the checks that passed as well.
        simulation: when the project ends if durations vary, or why that cannot be said.
    """

    roadmap: Roadmap
    file: str = ""
    quality: QualityReport | None = None
    all_checks: bool = False
    simulation: Simulation | NotSimulated | None = None

    @property
    def title(self) -> str:
        """What to call the plan."""
        return self.roadmap.plan.name or self.file or "Roadmap without a name"
