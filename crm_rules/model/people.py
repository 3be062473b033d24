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

    side: Side | None = fact("client or supplier", ask="Does {name} work for the client or for the supplier?")
    employment: Employment | None = fact(
        "source of the person",
        ask="Is {name} employed in-house, freelance, with the integrator, or with the maker of the product?",
    )
    roles: SetOf[Role] | None = fact("roles held", ask="Which roles does {name} hold in the project?")
    responsibility_defined: Flag | None = fact(
        "duties and degree of responsibility are fixed (RACI)",
        ask="Is it laid down what {name} is responsible for, and how far?",
    )
    leading_expert: Flag | None = fact(
        "leading subject-matter expert of the client",
        ask="Is {name} one of the client's leading experts in the subject?",
    )
    participation: Level | None = fact(
        "active part in the project", ask="How active a part does {name} take in the project?"
    )
    operational_load: Share | None = fact(
        "working time tied up in day-to-day business",
        ask="What share of {name}'s week stays with day-to-day business?",
    )
    backs_up: SetOf[Annotated[Id, Ref(("team",), itself="nobody can back up themselves")]] = fact(
        "members this person relieves or can stand in for",
        ask="Whose work can {name} take over when needed?",
        blank="backs up nobody",
        default=(),
    )
    method_breadth: Level | None = fact(
        "knowledge of possible ways to solve the tasks",
        ask="How many different ways of solving such tasks does {name} know?",
    )
    technology_knowledge: Level | None = fact(
        "knowledge of the technology being introduced",
        ask="How well does {name} know the technology that is being introduced?",
    )
    technology_training: Flag | None = fact(
        "training on it is planned or done", ask="Has {name} been trained on that technology, or is it planned?"
    )
    leaving_risk: Level | None = fact(
        "probability of leaving the company", ask="How likely is it that {name} leaves the company before the end?"
    )
    retention_secured: Flag | None = fact(
        "measures to keep the person are in place", ask="Has anything been done to keep {name} on board?"
    )
    qualified: Flag | None = fact(
        "proven qualification for the assigned work", ask="Is {name} proven to be qualified for the work assigned?"
    )
    documents_results: Flag | None = fact(
        "leaves documentation of results", ask="Does {name} leave documentation of what was done?"
    )
    changes_product_code: Flag | None = fact(
        "alters or extends the supplier's product", ask="Does {name} alter or extend the code of the product?"
    )
    attends_analysis: Flag | None = fact(
        "takes part in every needs-analysis meeting",
        ask="Does {name} take part in every meeting of the needs analysis?",
    )


class ProjectManager(Appointment):
    """Project manager of one side (PM²: Project Manager, Business Manager)."""

    singular: ClassVar[str] = "project manager"
    completeness: ClassVar[str] = "Are these all the project managers, of both sides?"

    id: Annotated[Id, Ref(("team",))] = Field(description="key, the id of the person in the team")
    side: Side | None = fact(
        "client's or supplier's manager", ask="Does {name} manage the project for the client or for the supplier?"
    )
    crm_projects_managed: Count | None = fact(
        "CRM projects led so far", ask="How many CRM projects has {name} led so far?"
    )
    time_sufficient: Flag | None = fact(
        "has the time to follow status and coordinate continually",
        ask="Does {name} have the time to follow the status and coordinate day by day?",
    )
    knows_organisation: Level | None = fact(
        "familiarity with the client organisation", ask="How well does {name} know the client's organisation?"
    )
    sets_scope: Flag | None = fact(
        "agrees the scope with the client", ask="Does {name} agree with the client what belongs to the project?"
    )
    decision_power: Level | None = fact(
        "authority to decide alone", ask="How much can {name} decide without asking anybody?"
    )
    reaches_decider: Flag | None = fact(
        "easy access to someone who decides", ask="Can {name} easily reach somebody who decides?"
    )
    delegates: Flag | None = fact(
        "hands out tasks and keeps to coordination and control",
        ask="Does {name} hand out the tasks and keep to coordination and control?",
    )
    answer_days: Days | None = fact(
        "usual time to answer the other side's question",
        ask="How many days does it usually take {name} to answer a question from the other side?",
    )
    sole_contact: Flag | None = fact(
        "only contact of the other side in the opening phase",
        ask="Is {name} the only contact of the other side while the project opens?",
    )
    guards_vision: Flag | None = fact(
        "watches over the whole of the solution", ask="Does {name} watch over the solution as a whole?"
    )
    merges_user_wishes: Flag | None = fact(
        "settles differing user wishes internally into one position",
        ask="Does {name} settle differing wishes of users in-house before they reach the other side?",
    )
    coordinates: Flag | None = fact("coordinates all parties", ask="Does {name} coordinate everybody involved?")
    monitors_risks: Flag | None = fact(
        "keeps watch over project risks (risk register)", ask="Does {name} keep watch over the risks of the project?"
    )
    reports_in_time: Flag | None = fact(
        "the sponsor gets status reports in time", ask="Does the sponsor get the status reports of {name} in time?"
    )
    reports_clearly: Flag | None = fact(
        "the sponsor gets status reports that are clear",
        ask="Can the sponsor tell from the reports of {name} how the project stands?",
    )
    proposes_solutions: Flag | None = fact(
        "brings solutions to open issues (issue log)",
        ask="When something is open, does {name} come with a proposal of how to settle it?",
    )
    mediates: Flag | None = fact("settles friction in the team", ask="Does {name} settle friction in the team?")
    commitment: Level | None = fact(
        "sense of responsibility for the result", ask="How responsible does {name} feel for the result?"
    )


class TeamPlan(Section):
    """Plan of the team (PMBOK: resource management plan)."""

    competences_identified: Flag | None = fact(
        "needed competences and their providers are known",
        ask="Do you know which competences the project needs and who provides each of them?",
    )
    roles_assigned: Flag | None = fact(
        "who answers for what is settled (responsibility assignment matrix)",
        ask="Is it settled who answers for what?",
    )
    replacements_planned: Flag | None = fact(
        "expected and emergency replacements are prepared",
        ask="Is it prepared who steps in when somebody leaves, as expected or all of a sudden?",
    )
    criteria_ranking: Ranking[PerformerCriterion] | None = fact(
        "order in which performers were judged, most important first",
        ask="By what did you judge those who would do the work, the most important criterion first?",
    )


class Competence(Entry):
    """Competence the project draws on (PMBOK: resource requirements)."""

    singular: ClassVar[str] = "competence"
    completeness: ClassVar[str] = "Are these all the competences the project needs?"

    needed: Flag | None = fact("the project needs it", ask="Does the project need '{name}'?")
    covered_by: SetOf[TeamId] | None = fact("people who cover it", ask="Who in the team covers '{name}'?")


class Replacement(Entry):
    """Change of a person in the team (PMBOK: resource management)."""

    singular: ClassVar[str] = "replacement"
    completeness: ClassVar[str] = "Are these all the changes of people in the team, past and expected?"

    leaver: TeamId | None = fact("person who leaves", ask="Who leaves the team in '{name}'?")
    kind: ReplacementKind | None = fact("planned or forced", ask="Was '{name}' planned, or was it forced by events?")
    balance_kept: Flag | None = fact(
        "team competences are still balanced afterwards",
        ask="Does the team still have all competences in balance after '{name}'?",
    )
