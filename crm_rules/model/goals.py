"""Why the project is done: business case, goals and how success is measured."""

from __future__ import annotations

from typing import ClassVar

from crm_rules.model.base import Entry, Flag, GoalId, Section, SetOf, Years, fact
from crm_rules.model.enums import Tier


class BusinessCase(Section):
    """The business case (PM²: Business Case; PMBOK: benefits management plan)."""

    return_is_success: Flag | None = fact(
        "the project counts as a success when the money spent comes back",
        ask="Have you defined success as the investment paying back?",
    )
    horizon_years: Years | None = fact(
        "period over which costs and returns are added up", ask="Over how many years do you calculate the return?"
    )
    payback_years: Years | None = fact(
        "time until returns are expected to have covered the cost",
        ask="After how many years do you expect the investment to have paid back?",
    )
    base_rate_considered: Flag | None = fact(
        "the decision reckoned with how often CRM projects disappoint",
        ask="Did the decision take into account how many CRM projects elsewhere have disappointed?",
    )
    cure_all_expected: Flag | None = fact(
        "sales problems are expected to disappear once there is a CRM",
        ask="Does anybody expect the CRM as such to solve the problems in sales?",
    )


class Goal(Entry):
    """Project goal (PMBOK: project objective)."""

    singular: ClassVar[str] = "goal"
    completeness: ClassVar[str] = "Are these all the goals of the project?"

    main: Flag | None = fact(
        "the goal the project is done for above all others", ask="Is '{name}' the main objective of the project?"
    )
    tier: Tier | None = fact(
        "level of management the goal belongs to",
        ask="Does '{name}' concern daily work, the performance of a department, or the strategy of the company?",
    )
    clear: Flag | None = fact(
        "worded so that two readers would understand the same",
        ask="Is '{name}' spelled out so that nobody can misread it?",
    )
    understood_by_team: Flag | None = fact(
        "members of the team could explain it",
        ask="Could every member of the team explain '{name}' in their own words?",
    )
    communicated_to_staff: Flag | None = fact(
        "future users have been told about it and why",
        ask="Has '{name}' been explained to the staff who will use the system?",
    )
    supported_by_product: Flag | None = fact(
        "somebody has demonstrated that the product helps to reach it",
        ask="Has it been shown that the chosen product serves '{name}'?",
    )


class SuccessMeasure(Entry):
    """Measure of success (KPI, PMBOK: benefit measure)."""

    singular: ClassVar[str] = "success measure"
    completeness: ClassVar[str] = "Are these all the measures by which success will be judged?"

    goal_ids: SetOf[GoalId] | None = fact("goals whose achievement it shows", ask="Which goals does '{name}' measure?")
    benchmark_defined: Flag | None = fact(
        "the value that counts as success is set", ask="Is there a target value for '{name}'?"
    )
    method_defined: Flag | None = fact(
        "who measures, when and by what procedure is settled",
        ask="Is it fixed how, when and by whom '{name}' is measured?",
    )
    measured_in_use: Flag | None = fact(
        "values have been taken since go-live", ask="Has '{name}' actually been measured since go-live?"
    )
