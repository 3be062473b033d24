"""What a report of a roadmap is about: the roadmap and whatever else was asked of it. Plain values, no layout."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from crm_rules.roadmap.analysis import Roadmap
from crm_rules.roadmap.ordering import OrderingResult
from crm_rules.roadmap.quality import QualityReport
from crm_rules.roadmap.simulation_result import NotSimulated, Simulation
from crm_rules.roadmap.what_if import Comparison


@dataclass(frozen=True, slots=True)
class RoadmapContent:
    """A roadmap and what was found out about it. What is None was not asked for.

    Attributes:
        roadmap: graph, schedule and loops.
        file: the file it was read from, as its reader called it; "" when it came from nowhere.
        ordering: what the order of work asks for, statement by statement.
        quality: how well the plan is made.
        all_checks: whoever asked for the quality wants to see the checks that passed as well.
        simulation: when the project ends if durations vary, or why that cannot be said.
        changes: what is assumed to change, in the words of whoever asked.
        what_if: what those changes would do.
        target: id of the task whose predecessors were asked for.
        slack: working minutes each task can move before the target does, by id; None where that is not known.
        reasons: why tasks have the dates they have, in sentences by task id.
    """

    roadmap: Roadmap
    file: str = ""
    ordering: tuple[OrderingResult, ...] | None = None
    quality: QualityReport | None = None
    all_checks: bool = False
    simulation: Simulation | NotSimulated | None = None
    changes: tuple[str, ...] = ()
    what_if: Comparison | None = None
    target: str | None = None
    slack: Mapping[str, int | None] = field(default_factory=dict)
    reasons: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What to call the plan."""
        return self.roadmap.plan.name or self.file.replace("\\", "/").rpartition("/")[2] or "Roadmap without a name"
