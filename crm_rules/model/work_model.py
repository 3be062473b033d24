"""The way of working: how the introduction is cut into pieces and who takes part in them."""

from __future__ import annotations

from crm_rules.model.base import Flag, Section, fact
from crm_rules.model.enums import Collaboration, Level, Phase, Rollout


class WorkModel(Section):
    """The way of working (PMBOK: development approach and life cycle)."""

    chosen_deliberately: Flag | None = fact(
        "the way of working was weighed and decided, not defaulted into",
        ask="Was the way of working weighed and decided, rather than simply fallen into?",
    )
    rollout: Rollout | None = fact(
        "all at once or in increments", ask="Will the system be put into use all at once or in increments?"
    )
    collaboration: Collaboration | None = fact(
        "sequential hand-over or interactive joint work of supplier and client",
        ask="Do supplier and client hand results over to each other, or do they work on them together?",
    )
    considered_too_cumbersome: Flag | None = fact(
        "the interactive way was turned down because it looks heavier",
        ask="Was joint work with the supplier turned down because it looked too cumbersome?",
    )
    prototyping: Flag | None = fact(
        "candidate solutions are prototyped (prototyping)",
        ask="Are possible solutions tried out as prototypes before they are built?",
    )
    variants_compared: Flag | None = fact(
        "several variants are discussed, the best kept, unsuitable ones dropped",
        ask="Are several variants of a solution discussed and the unsuitable ones dropped?",
    )
    conceptual_uncertainty: Level | None = fact(
        "technical and organisational uncertainty left from the concept",
        ask="How much is still unclear in the concept, technically or in the organisation?",
    )
    key_staff_involved_since: Phase | None = fact(
        "first phase in which the client's key personnel take part",
        ask="In which phase did the client's key people first take part?",
    )
    first_stage_size: Level | None = fact(
        "how much the first stage contains", ask="How much is packed into the first stage?"
    )
    later_stages_foreseen: Flag | None = fact(
        "later stages are foreseen for functions that will only become clear in use (rolling-wave planning)",
        ask="Are later stages foreseen for functions that will only become clear once people use the system?",
    )
    overcomplicated: Flag | None = fact(
        "the introduction procedure is more intricate than the task needs",
        ask="Is the procedure of the introduction more intricate than the task needs?",
    )
