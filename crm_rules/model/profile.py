"""The project as a whole: where it stands and how it is approached."""

from __future__ import annotations

from crm_rules.model.base import Flag, Section, SetOf, Text, fact
from crm_rules.model.enums import Level, Phase, Reaction, Size


class ProjectProfile(Section):
    """The introduction of a CRM as a whole (PM²: initiating and planning; PMBOK: project charter)."""

    name: Text | None = fact("name of the project", ask="What is the project called?")
    phase: Phase | None = fact("current lifecycle phase", ask="Which phase is the project in now?")
    company_size: Size | None = fact(
        "size of the client organisation", ask="How large is the organisation that introduces the CRM?"
    )
    project_size: Size | None = fact("size of the undertaking itself", ask="How large is the project itself?")
    complexity: Level | None = fact(
        "complexity of the CRM system to be introduced", ask="How complex is the CRM system you want to introduce?"
    )
    skipped_phases: SetOf[Phase] | None = fact(
        "phases jumped over", ask="Which phases of the introduction were skipped, if any?"
    )
    shortcut_expected: Flag | None = fact(
        "the client expects a turnkey result without walking through the steps",
        ask="Does the client expect a turnkey system without going through the steps of an introduction?",
    )
    size_exemption_claimed: Flag | None = fact(
        "the client argues that the usual precautions do not apply to a firm of its size",
        ask="Has anybody argued that a firm of this size can do without the usual precautions?",
    )
    concept_passed: Flag | None = fact(
        "the stage of visualising the concept was completed (PM²: initiating)",
        ask="Was there a stage in which everybody formed a picture of the future system, and is it completed?",
    )
    utilisation_planned: Flag | None = fact(
        "a plan states how the CRM will be used", ask="Is there a plan of how the CRM will be used day by day?"
    )
    usage_issues_assessed: Flag | None = fact(
        "the issues of using a CRM were assessed before starting (feasibility study)",
        ask="Did you assess, before starting, what difficulties the use of a CRM would bring up?",
    )
    outcomes_analysed: Flag | None = fact(
        "possible outcomes were worked out from today's situation (scenario analysis)",
        ask="Did you work out how the introduction could end, given where the company stands today?",
    )
    references_studied: Flag | None = fact(
        "organisations that succeeded were looked at (benchmarking)",
        ask="Did you look at organisations that introduced a CRM successfully?",
    )
    upfront_problem_solving: Level | None = fact(
        "effort spent on solving foreseeable problems before they arise",
        ask="How much effort goes into solving foreseeable problems before they arise?",
    )
    deliberation_stalled: Flag | None = fact(
        "the client keeps consulting and postponing although enough is known to begin",
        ask="Is the start being put off by ever more consultations although enough is known to begin?",
    )
    completion_defined: Flag | None = fact(
        "it is written down when the project is finished (acceptance and closing criteria)",
        ask="Is it written down by what you will recognise that the project is finished?",
    )
    strategy_changed: Flag | None = fact(
        "company strategy was changed during the project",
        ask="Has the company changed its strategy since the project began?",
    )
    strategy_impact_reviewed: Flag | None = fact(
        "the business case was validated again after that change",
        ask="Was the business case looked at again after the strategy changed?",
    )
    turbulence: Level | None = fact(
        "visible disorder in the project", ask="How much disorder is visible in the project?"
    )
    reaction: Reaction | None = fact(
        "how the people in charge respond to that disorder",
        ask="How do the people in charge respond when things get out of order?",
    )
    abandonment_considered: Flag | None = fact(
        "stopping the introduction midway is being discussed", ask="Is anybody talking about stopping the introduction?"
    )
