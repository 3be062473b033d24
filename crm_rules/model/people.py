"""Who does the work: the team, its managers, the competences they cover and who replaces whom."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from crm_rules.model.base import (
    Appointment,
    Count,
    Days,
    Entry,
    Flag,
    Id,
    Ranking,
    Ref,
    Section,
    SetOf,
    Share,
    TeamId,
    fact,
)
from crm_rules.model.enums import Employment, Level, PerformerCriterion, ReplacementKind, Role, Side


class TeamMember(Entry):
    """Member of the project team, of either side (PM²: Project Core Team)."""

    singular: ClassVar[str] = "person"
    completeness: ClassVar[str] = "Are these all the people who work on the project?"

    side: Side | None = fact("party the person works for", ask="Does {name} work for the client or for the supplier?")
    employment: Employment | None = fact(
        "how the person came to the project",
        ask="Is {name} employed in-house, freelance, with the integrator, or with the maker of the product?",
    )
    roles: SetOf[Role] | None = fact(
        "parts the person plays in the project", ask="Which roles does {name} hold in the project?"
    )
    responsibility_defined: Flag | None = fact(
        "what the person answers for, and how far, is laid down (RACI)",
        ask="Is it laid down what {name} is responsible for, and how far?",
    )
    leading_expert: Flag | None = fact(
        "one of those at the client who know the subject best",
        ask="Is {name} one of the client's leading experts in the subject?",
    )
    participation: Level | None = fact(
        "how actively the person takes part", ask="How active a part does {name} take in the project?"
    )
    operational_load: Share | None = fact(
        "part of the working week that day-to-day business takes",
        ask="What share of {name}'s week stays with day-to-day business?",
    )
    backs_up: SetOf[Annotated[Id, Ref(("team",), itself="nobody can back up themselves")]] = fact(
        "members whose work the person can take over",
        ask="Whose work can {name} take over when needed?",
        blank="backs up nobody",
        default=(),
    )
    method_breadth: Level | None = fact(
        "how many ways of solving such tasks the person knows",
        ask="How many different ways of solving such tasks does {name} know?",
    )
    technology_knowledge: Level | None = fact(
        "how well the person knows the technology of the new system",
        ask="How well does {name} know the technology that is being introduced?",
    )
    technology_training: Flag | None = fact(
        "lessons in that technology have been given or are planned",
        ask="Has {name} been trained on that technology, or is it planned?",
    )
    leaving_risk: Level | None = fact(
        "how probable it is that the person leaves before the end",
        ask="How likely is it that {name} leaves the company before the end?",
    )
    retention_secured: Flag | None = fact(
        "something effective has been done to make the person stay",
        ask="Has anything been done to keep {name} on board?",
    )
    qualified: Flag | None = fact(
        "has shown the ability to do the work assigned", ask="Is {name} proven to be qualified for the work assigned?"
    )
    documents_results: Flag | None = fact(
        "writes down what was done and why", ask="Does {name} leave documentation of what was done?"
    )
    changes_product_code: Flag | None = fact(
        "programs changes to the product or additions to it", ask="Does {name} alter or extend the code of the product?"
    )
    attends_analysis: Flag | None = fact(
        "is present whenever needs are analysed",
        ask="Does {name} take part in every meeting of the needs analysis?",
    )


class ProjectManager(Appointment):
    """Project manager of one side (PM²: Project Manager, Business Manager)."""

    singular: ClassVar[str] = "project manager"
    completeness: ClassVar[str] = "Are these all the project managers, of both sides?"

    id: Annotated[Id, Ref(("team",))] = Field(description="key, the id of the person in the team")
    side: Side | None = fact(
        "party the person manages the project for",
        ask="Does {name} manage the project for the client or for the supplier?",
    )
    crm_projects_managed: Count | None = fact(
        "number of CRM projects led before this one", ask="How many CRM projects has {name} led so far?"
    )
    time_sufficient: Flag | None = fact(
        "finds the hours to follow events and coordinate every day",
        ask="Does {name} have the time to follow the status and coordinate day by day?",
    )
    knows_organisation: Level | None = fact(
        "how well the person knows the client from inside", ask="How well does {name} know the client's organisation?"
    )
    sets_scope: Flag | None = fact(
        "settles with the client what the project is to deliver",
        ask="Does {name} agree with the client what belongs to the project?",
    )
    decision_power: Level | None = fact(
        "how much the person may decide without asking", ask="How much can {name} decide without asking anybody?"
    )
    reaches_decider: Flag | None = fact(
        "gets a decision quickly from somebody entitled to take it", ask="Can {name} easily reach somebody who decides?"
    )
    delegates: Flag | None = fact(
        "leaves the work to others and coordinates and checks it",
        ask="Does {name} hand out the tasks and keep to coordination and control?",
    )
    answer_days: Days | None = fact(
        "days that usually pass before a question of the other side is answered",
        ask="How many days does it usually take {name} to answer a question from the other side?",
    )
    sole_contact: Flag | None = fact(
        "is the one person the other side talks to at the beginning",
        ask="Is {name} the only contact of the other side while the project opens?",
    )
    guards_vision: Flag | None = fact(
        "makes sure that the parts add up to the intended whole", ask="Does {name} watch over the solution as a whole?"
    )
    merges_user_wishes: Flag | None = fact(
        "brings conflicting wishes of users into one line before they leave the house",
        ask="Does {name} settle differing wishes of users in-house before they reach the other side?",
    )
    coordinates: Flag | None = fact(
        "keeps everybody involved in step", ask="Does {name} coordinate everybody involved?"
    )
    monitors_risks: Flag | None = fact(
        "follows what could go wrong and acts on it (risk register)",
        ask="Does {name} keep watch over the risks of the project?",
    )
    reports_in_time: Flag | None = fact(
        "status reports reach the sponsor when they are due",
        ask="Does the sponsor get the status reports of {name} in time?",
    )
    reports_clearly: Flag | None = fact(
        "status reports tell the sponsor how things really stand",
        ask="Can the sponsor tell from the reports of {name} how the project stands?",
    )
    proposes_solutions: Flag | None = fact(
        "brings a proposal along with every open point (issue log)",
        ask="When something is open, does {name} come with a proposal of how to settle it?",
    )
    mediates: Flag | None = fact(
        "steps in when people in the team clash", ask="Does {name} settle friction in the team?"
    )
    commitment: Level | None = fact(
        "how much the result matters to the person", ask="How responsible does {name} feel for the result?"
    )


class TeamPlan(Section):
    """Plan of the team (PMBOK: resource management plan)."""

    competences_identified: Flag | None = fact(
        "for each competence the project calls for, somebody is known who has it",
        ask="Do you know which competences the project needs and who provides each of them?",
    )
    roles_assigned: Flag | None = fact(
        "every responsibility has a name to it (responsibility assignment matrix)",
        ask="Is it settled who answers for what?",
    )
    replacements_planned: Flag | None = fact(
        "substitutes are ready, for departures foreseen and unforeseen",
        ask="Is it prepared who steps in when somebody leaves, as expected or all of a sudden?",
    )
    criteria_ranking: Ranking[PerformerCriterion] | None = fact(
        "what counted when choosing those who do the work, in descending order of weight",
        ask="By what did you judge those who would do the work, the most important criterion first?",
    )


class Competence(Entry):
    """Competence the project draws on (PMBOK: resource requirements)."""

    singular: ClassVar[str] = "competence"
    completeness: ClassVar[str] = "Are these all the competences the project needs?"

    needed: Flag | None = fact("the project cannot do without it", ask="Does the project need '{name}'?")
    covered_by: SetOf[TeamId] | None = fact("members of the team who have it", ask="Who in the team covers '{name}'?")


class Replacement(Entry):
    """Change of a person in the team (PMBOK: resource management)."""

    singular: ClassVar[str] = "replacement"
    completeness: ClassVar[str] = "Are these all the changes of people in the team, past and expected?"

    leaver: TeamId | None = fact("person who goes", ask="Who leaves the team in '{name}'?")
    kind: ReplacementKind | None = fact(
        "whether the departure was foreseen", ask="Was '{name}' planned, or was it forced by events?"
    )
    balance_kept: Flag | None = fact(
        "no competence is missing or overburdened after the change",
        ask="Does the team still have all competences in balance after '{name}'?",
    )
