"""The project as a whole: where it stands and how it is approached."""

from __future__ import annotations

from crm_rules.model.base import Flag, Section, SetOf, Text, fact
from crm_rules.model.enums import Level, Phase, Reaction, Size


class ProjectProfile(Section):
    """The introduction of a CRM as a whole (PM²: initiating and planning; PMBOK: project charter)."""

    name: Text | None = fact("name of the project", ask="What is the project called?")
    phase: Phase | None = fact("lifecycle phase the project is in now", ask="Which phase is the project in now?")
    company_size: Size | None = fact(
        "how big the organisation is that introduces the CRM",
        ask="How large is the organisation that introduces the CRM?",
    )
    project_size: Size | None = fact(
        "how big the introduction itself is, whatever the size of the company", ask="How large is the project itself?"
    )
    complexity: Level | None = fact(
        "how intricate the future CRM system is", ask="How complex is the CRM system you want to introduce?"
    )
    skipped_phases: SetOf[Phase] | None = fact(
        "phases the project has leapt over", ask="Which phases of the introduction were skipped, if any?"
    )
    shortcut_expected: Flag | None = fact(
        "somebody on the client's side counts on getting a finished system without doing the groundwork",
        ask="Does the client expect a turnkey system without going through the steps of an introduction?",
    )
    size_exemption_claimed: Flag | None = fact(
        "the size of the company is given as a reason to drop precautions",
        ask="Has anybody argued that a firm of this size can do without the usual precautions?",
    )
    concept_passed: Flag | None = fact(
        "the stage in which the future system is pictured lies behind the project (PM²: initiating)",
        ask="Was there a stage in which everybody formed a picture of the future system, and is it completed?",
    )
    utilisation_planned: Flag | None = fact(
        "the future daily use of the CRM is described in a plan",
        ask="Is there a plan of how the CRM will be used day by day?",
    )
    usage_issues_assessed: Flag | None = fact(
        "difficulties that come with using a CRM were examined ahead of the start (feasibility study)",
        ask="Did you assess, before starting, what difficulties the use of a CRM would bring up?",
    )
    outcomes_analysed: Flag | None = fact(
        "the ways the introduction may turn out were derived from where the company stands (scenario analysis)",
        ask="Did you work out how the introduction could end, given where the company stands today?",
    )
    references_studied: Flag | None = fact(
        "successful introductions elsewhere served as examples (benchmarking)",
        ask="Did you look at organisations that introduced a CRM successfully?",
    )
    upfront_problem_solving: Level | None = fact(
        "how much is done to settle problems that can be seen coming",
        ask="How much effort goes into solving foreseeable problems before they arise?",
    )
    deliberation_stalled: Flag | None = fact(
        "the start is postponed by further rounds of talks, with nothing essential left to find out",
        ask="Is the start being put off by ever more consultations although enough is known to begin?",
    )
    completion_defined: Flag | None = fact(
        "written criteria tell when the project is over (acceptance and closing criteria)",
        ask="Is it written down by what you will recognise that the project is finished?",
    )
    strategy_changed: Flag | None = fact(
        "the company has taken a new strategic direction since the project began",
        ask="Has the company changed its strategy since the project began?",
    )
    strategy_impact_reviewed: Flag | None = fact(
        "the business case was checked against the new strategy",
        ask="Was the business case looked at again after the strategy changed?",
    )
    turbulence: Level | None = fact(
        "how much confusion there is to be seen in the project", ask="How much disorder is visible in the project?"
    )
    reaction: Reaction | None = fact(
        "what those in charge do when things get out of order",
        ask="How do the people in charge respond when things get out of order?",
    )
    abandonment_considered: Flag | None = fact(
        "giving up before the end is a topic of conversation", ask="Is anybody talking about stopping the introduction?"
    )
