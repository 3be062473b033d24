"""The way of working: how the introduction is cut into pieces and who takes part in them."""

from __future__ import annotations

from crm_rules.model.base import Flag, Section, fact
from crm_rules.model.enums import Collaboration, Level, Phase, Rollout


class WorkModel(Section):
    """The way of working (PMBOK: development approach and life cycle)."""

    chosen_deliberately: Flag | None = fact(
        "somebody compared ways of working and decided for this one",
        ask="Was the way of working weighed and decided, rather than simply fallen into?",
    )
    rollout: Rollout | None = fact(
        "whether users get the system in one go or bit by bit",
        ask="Will the system be put into use all at once or in increments?",
    )
    collaboration: Collaboration | None = fact(
        "whether supplier and client hand over results or work side by side",
        ask="Do supplier and client hand results over to each other, or do they work on them together?",
    )
    considered_too_cumbersome: Flag | None = fact(
        "working side by side was rejected as too laborious",
        ask="Was joint work with the supplier turned down because it looked too cumbersome?",
    )
    prototyping: Flag | None = fact(
        "possible solutions are tried out before they are built",
        ask="Are possible solutions tried out as prototypes before they are built?",
    )
    variants_compared: Flag | None = fact(
        "more than one variant of a solution is put up for discussion, and weak ones are discarded",
        ask="Are several variants of a solution discussed and the unsuitable ones dropped?",
    )
    conceptual_uncertainty: Level | None = fact(
        "how much the concept leaves open, in technology or in the organisation",
        ask="How much is still unclear in the concept, technically or in the organisation?",
    )
    key_staff_involved_since: Phase | None = fact(
        "phase in which the client's key people joined the work",
        ask="In which phase did the client's key people first take part?",
    )
    first_stage_size: Level | None = fact(
        "how much is to be delivered in the first stage", ask="How much is packed into the first stage?"
    )
    later_stages_foreseen: Flag | None = fact(
        "room is left in later stages for what users will only discover in use (rolling-wave planning)",
        ask="Are later stages foreseen for functions that will only become clear once people use the system?",
    )
    overcomplicated: Flag | None = fact(
        "the procedure is heavier than this introduction calls for",
        ask="Is the procedure of the introduction more intricate than the task needs?",
    )
