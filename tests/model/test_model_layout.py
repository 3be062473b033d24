"""The layout of the project file, written down a second time and compared with the model."""

from __future__ import annotations

import pytest

from crm_rules.facts.schema import Arity, Column, Kind, RelationKind
from crm_rules.model import enums
from crm_rules.model.enums import Choice, Scale, enum_type
from crm_rules.model.schema import project_schema
from crm_rules.model.task_kinds import TASK_KINDS as PROFILES
from crm_rules.model.task_kinds import TaskKind

SECTIONS = {
    "project": """
        name:text as_of:date phase:Phase company_size:Size project_size:Size complexity:Level
        skipped_phases:set[Phase] shortcut_expected:bool size_exemption_claimed:bool concept_passed:bool
        utilisation_planned:bool usage_issues_assessed:bool outcomes_analysed:bool references_studied:bool
        upfront_problem_solving:Level deliberation_stalled:bool completion_defined:bool strategy_changed:bool
        strategy_impact_reviewed:bool turbulence:Level reaction:Reaction abandonment_considered:bool
    """,
    "work_model": """
        chosen_deliberately:bool rollout:Rollout collaboration:Collaboration considered_too_cumbersome:bool
        prototyping:bool variants_compared:bool conceptual_uncertainty:Level key_staff_involved_since:Phase
        first_stage_size:Level later_stages_foreseen:bool overcomplicated:bool
    """,
    "business_case": """
        return_is_success:bool horizon_years:years payback_years:years base_rate_considered:bool
        cure_all_expected:bool
    """,
    "working_group": """
        exists:bool started_by_management:bool really_works:bool
    """,
    "team_plan": """
        competences_identified:bool roles_assigned:bool replacements_planned:bool
        criteria_ranking:ranking[PerformerCriterion]
    """,
    "selection": """
        criteria_defined:bool candidates_tested:count criteria:set[SelectionCriterion]
    """,
    "scope": """
        bounded:bool strategic_effort:share familiar_effort:share functions_at_once:share ease_of_use:Level
    """,
    "budget": """
        adequate:bool source_secured:bool infrastructure_included:bool tor_included:bool
        lifetime_support_included:bool reserve:share
    """,
    "requirements": """
        top_level_defined:bool top_level_met:bool separated:bool decides_continuation:bool
        needs_analysed:bool analysts:set[@team]
    """,
    "terms_of_reference": """
        exists:bool author:Author extent:Extent detail:Level
    """,
    "customer_concept": """
        definition_agreed:bool behaviour_agreed:bool behaviour_verified:bool information_defined:bool
        analysis_defined:bool
    """,
    "knowledge_plan": """
        managed:bool client_documentation_process:bool
    """,
    "training_plan": """
        exists:bool programme_prepared:bool formats:set[TrainingFormat] alongside_use:bool
        with_documentation:bool
    """,
    "adoption": """
        days_since_start:whole_days use_mandatory:bool motivation_measures:bool interaction_prompted:bool
        coaching_continues:bool left_to_itself:bool mirrors_business:Level entry_consistency:Level
        use_monitored:bool reviews_regular:bool review_actions_done:bool business_changed:bool
        system_adapted:bool management_cycle_closed:bool
    """,
    "risk_register": """
        exists:bool categories:set[RiskCategory]
    """,
    "roadmap": """
        exists:bool links_defined:bool schedule_agreed:bool planned_months:months elapsed_months:months
        start:date status_date:date weekdays:set[Weekday] hours:ranking[text] holidays:set[text]
    """,
}

LISTS = {
    "goals": """
        main:bool tier:Tier clear:bool understood_by_team:bool communicated_to_staff:bool
        supported_by_product:bool
    """,
    "success_measures": """
        goal_ids:set[@goals] benchmark_defined:bool method_defined:bool measured_in_use:bool
    """,
    "sponsors": """
        executive:bool expectations_known:bool role_understood:bool known_to_stakeholders:bool
        accountable_for_return:bool
    """,
    "stakeholders": """
        level:StakeholderLevel decision_maker:bool support:Level visible_involvement:Level attitude:Attitude
        reports_to_pm:bool newly_appointed:bool onboarded:bool concerned_by_requirements:bool consulted:bool
        available_later:bool
    """,
    "departments": """
        affected:bool represented:bool wants_everything:bool change_support_planned:bool communication:Level
    """,
    "seats": """
        department:@departments standing:SeatStanding
    """,
    "team": """
        side:Side employment:Employment roles:set[Role] responsibility_defined:bool leading_expert:bool
        participation:Level operational_load:share backs_up:set[@team] method_breadth:Level
        technology_knowledge:Level technology_training:bool leaving_risk:Level retention_secured:bool
        qualified:bool documents_results:bool changes_product_code:bool attends_analysis:bool
    """,
    "project_managers": """
        side:Side crm_projects_managed:count time_sufficient:bool knows_organisation:Level sets_scope:bool
        decision_power:Level reaches_decider:bool delegates:bool answer_days:days sole_contact:bool
        guards_vision:bool merges_user_wishes:bool coordinates:bool monitors_risks:bool reports_in_time:bool
        reports_clearly:bool proposes_solutions:bool mediates:bool commitment:Level
    """,
    "competences": """
        needed:bool covered_by:set[@team]
    """,
    "replacements": """
        leaver:@team kind:ReplacementKind balance_kept:bool
    """,
    "vendors": """
        employment:Employment newcomer:bool implementation_record:Level quality_accountable:bool
        assigned_team_verified:bool questioned:bool goals_disclosed:bool trust:Level
    """,
    "products": """
        chosen:bool minimalist:bool actively_developed:bool modifiable:Level
        chosen_for:set[SelectionCriterion]
    """,
    "contracts": """
        vendor:@vendors legal_liability:bool maintenance_years:years development_included:bool
        stages_settled:bool acceptance_clear:bool service_minimum_defined:bool
    """,
    "service_records": """
        contract:@contracts minimum_met:bool deadlines_missed:count refers_to_manuals:bool escalated:bool
        switch_considered:bool
    """,
    "scope_items": """
        kind:ItemKind goal_ids:set[@goals] accepted:bool stage:count questionable:bool
        consequences_explained:bool user_burden:Level
    """,
    "change_requests": """
        significant:bool changes:set[Baseline] within_remit:bool approved_by_return_owner:bool executed:bool
        need_known_exactly:bool
    """,
    "business_processes": """
        area:Area volatility:Level automation_planned:bool described:bool harmful:bool
        good_practice_defined:bool
    """,
    "payment_milestones": """
        stage:count work_done:bool expectations_met:share withheld:bool usable:bool
    """,
    "business_functions": """
        linked_to_behaviour:bool
    """,
    "data_sources": """
        origin_known:bool
    """,
    "integrations": """
        needed:bool planned:bool
    """,
    "knowledge_items": """
        needed_in_operation:bool holders:set[@team] documented:bool
    """,
    "documents": """
        kind:DocKind origin:Employment delivered:bool complete:bool current:bool competent:bool tested:bool
    """,
    "internal_experts": """
        admin_mastery:bool can_train:bool process_understanding:Level explains_well:Level motivation:Level
        chosen_for_rank:bool
    """,
    "champions": """
        used_crm_before:bool enthusiasm:Level shares_knowledge:bool sees_practice_flaw:bool
    """,
    "user_groups": """
        department:@departments it_literacy:Level involved_since:Phase consulted_on_design:bool
        open_to_change:Level attitude:Attitude trained:bool usage:share enters_data:bool
        keeps_old_system:bool
    """,
    "infrastructure_items": """
        kind:InfrastructureKind needed:bool client_informed:bool ready:bool
    """,
    "releases": """
        stage:count live:bool company_wide:bool vendor_group_tested:bool client_tested:bool fit_checked:bool
        errors_checked:bool open_errors:count fits_needs:bool
    """,
    "risk_entries": """
        sign_visible:bool response_planned:bool
    """,
    "calendars": """
        weekdays:set[Weekday] hours:ranking[text] holidays:set[text]
    """,
    "tasks": """
        kind:TaskKind stage:count owner:@team contributors:set[@team] duration:days start:date finish:date
        status:TaskStatus parent:@tasks calendar:@calendars constraint:ConstraintType constraint_date:date
        deadline:date manual:bool actual_start:date actual_finish:date progress:share remaining:days
        baseline_start:date baseline_finish:date baseline_duration:days
        optimistic_duration:days likely_duration:days pessimistic_duration:days
        critical:bool total_float_days:any_days free_float_days:any_days early_start_day:any_days
        early_finish_day:any_days late_start_day:any_days late_finish_day:any_days phase:Phase
    """,
}

ENUMS = {
    "Phase": "preparation selection requirements implementation training operation",
    "Level": "none low medium high",
    "Size": "micro small medium large",
    "Side": "client supplier",
    "Employment": "in_house freelance integrator product_vendor",
    "Role": """
        sponsor client_pm vendor_pm analyst developer graphic_designer client_tester vendor_tester
        business_expert it_specialist knowledge_keeper trainer internal_expert champion system_owner visionary
    """,
    "Actor": """
        sponsor top_management line_management client_pm vendor_pm working_group analyst client_tester
        internal_expert champion system_owner it hr vendor vendor_management
    """,
    "StakeholderLevel": "board top_management line_management staff external",
    "Attitude": "opponent neutral supporter",
    "Rollout": "big_bang incremental",
    "Collaboration": "sequential interactive",
    "Reaction": "stabilise panic withdraw",
    "SeatStanding": "process_owner most_experienced other",
    "ReplacementKind": "planned forced",
    "PerformerCriterion": "support_and_development quality budget speed",
    "SelectionCriterion": """
        goal_fit functionality implementation_record active_development quality_accountability continuity
        service_level documentation modifiability total_cost appearance
    """,
    "ItemKind": "core enhancement gadget",
    "Baseline": "scope deadline budget",
    "Author": "vendor client third_party",
    "Extent": "staged global",
    "Area": "sales marketing service management other",
    "DocKind": "technical administration user",
    "TrainingFormat": "classroom module_demonstration online self_study internal_coaching",
    "InfrastructureKind": "server software secure_connection other",
    "RiskCategory": "technical_fault staffing scope adoption supplier finance",
    "TaskStatus": "planned running done dropped",
    "LagUnit": "working_days elapsed_days percent",
    "ConstraintType": """
        as_soon_as_possible as_late_as_possible start_no_earlier_than finish_no_earlier_than start_no_later_than
        finish_no_later_than must_start_on must_finish_on
    """,
    "Weekday": "mon tue wed thu fri sat sun",
}
ORDINAL = {"Phase", "Level", "Size", "Attitude", "Weekday"}

TASK_KINDS = """
    concept_visualisation | preparation | sponsor | must
    utilisation_plan | preparation | sponsor | must
    goal_definition | preparation | sponsor | must
    success_measures | preparation | sponsor, client_pm | must
    sponsor_appointment | preparation | top_management | must
    funding | preparation | sponsor | must
    usage_issue_assessment | preparation | working_group | must
    outcome_analysis | preparation | client_pm | should
    reference_study | preparation | client_pm | should
    working_group_setup | preparation | top_management | must
    role_assignment | preparation | both pms | must
    schedule | preparation | client_pm | must
    roadmap | preparation | both pms | must
    customer_definition | preparation | working_group | must
    customer_behaviour_consensus | preparation | working_group | should
    customer_data_definition | preparation | analyst | must
    selection_criteria | selection | working_group | must
    shortlist | selection | client_pm | must
    product_study | selection | working_group | must
    competence_plan | selection | client_pm | must
    vendor_dialogue | selection | client_pm | must
    product_choice | selection | sponsor | must
    contract | selection | sponsor | must
    team_formation | selection | both pms | must
    business_requirements | requirements | working_group | must
    go_no_go | requirements | sponsor | should
    needs_analysis | requirements | analyst, vendor_pm | must
    process_registration | requirements | analyst | must
    terms_of_reference | requirements | vendor | must
    prototyping | implementation | vendor_pm | should
    infrastructure | implementation | it | must
    licence_installation | implementation | vendor | must
    user_setup | implementation | vendor, it | must
    configuration | implementation | vendor | must
    development | implementation | developer | if needed
    integration | implementation | it, developer | if needed
    initial_data_load | implementation | it, client_pm | must
    knowledge_capture | implementation | knowledge_keeper | must
    documentation | implementation | vendor, it | must
    vendor_test | implementation | vendor_tester | must per release
    client_test | implementation | client_tester | must per release
    rollout | implementation | client_pm | must per stage
    stage_settlement | implementation | sponsor | should per stage
    gadgets | implementation | developer | optional
    training_programme | training | client_pm, vendor | must
    internal_expert_preparation | training | vendor | must
    training | training | internal_expert, vendor | must
    operation_start | operation | client_pm | must
    habit_period | operation | line_management | must
    refinement | operation | vendor | if needed
    review_meeting | operation | client_pm | must, recurring
    success_measurement | operation | client_pm | must
    behaviour_verification | operation | line_management | should
    management_cycle | operation | top_management | must
    maintenance | operation | vendor | must
    other | None |  | optional
"""


def token(column: Column) -> str:
    """A column in the notation of the tables above."""
    kind = column.type
    match kind.kind:
        case Kind.ENUM:
            assert kind.enum is not None
            text = kind.enum.name
        case Kind.KEY:
            text = "@" + "/".join(sorted(kind.targets))
        case Kind.NUMBER if kind.unit is None:
            assert kind.integer
            assert kind.minimum == 0
            text = "count"
        case Kind.NUMBER:
            assert kind.unit is not None
            assert (kind.maximum == 1) == (kind.unit == "share")
            text = ("any_" if kind.minimum is None else "whole_" if kind.integer else "") + kind.unit
        case _:
            text = kind.kind.value
    match column.arity:
        case Arity.SET:
            text = f"set[{text}]"
        case Arity.SEQUENCE:
            text = f"ranking[{text}]"
    return f"{column.name}:{text}"


@pytest.mark.parametrize("name", SECTIONS)
def test_a_section_has_exactly_its_fields(name: str) -> None:
    relation = project_schema().relations[name]
    assert relation.kind is RelationKind.SECTION
    assert [token(c) for c in relation.columns] == [f"id:@{name}", *SECTIONS[name].split()]


KEYS = {
    "project_managers": "project_managers/team",
    "internal_experts": "internal_experts/team",
    "champions": "champions/stakeholders/team",
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_has_exactly_its_fields(name: str) -> None:
    relation = project_schema().relations[name]
    assert relation.kind is RelationKind.LIST
    assert not relation.computed
    keys = KEYS.get(name, name)
    assert [token(c) for c in relation.columns] == [f"id:@{keys}", "name:text", *LISTS[name].split()]


def test_the_schema_holds_nothing_but_sections_lists_and_computed_lists() -> None:
    schema = project_schema()
    assert list(schema.relations) == [
        *(*SECTIONS, *LISTS, "task_links", "cycles"),
        *("orderings", "task_kinds", "task_phases", "stages", "overlaps", "schedule_checks"),
    ]
    assert schema.phase == ("project", "phase")


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        (
            "task_links",
            "id:@task_links predecessor:@tasks successor:@tasks type:LinkType lag_days:any_days lag_unit:LagUnit",
        ),
        ("cycles", "id:@cycles path:text tasks:set[@tasks]"),
        (
            "schedule_checks",
            "id:@schedule_checks name:text verdict:CheckVerdict count:count tasks:set[@tasks] shown:text",
        ),
    ],
)
def test_a_computed_list_has_exactly_its_columns(name: str, columns: str) -> None:
    relation = project_schema().relations[name]
    assert relation.computed
    assert relation.kind is RelationKind.LIST
    stated = [c for c in relation.columns if c.name != "size"]
    assert [token(c) for c in stated] == columns.split()
    assert all(c.computed for c in relation.columns)


def test_the_size_of_a_cycle_is_a_whole_number_from_one() -> None:
    size = project_schema().relations["cycles"].column("size").type
    assert (size.kind, size.integer, size.minimum) == (Kind.NUMBER, True, 1)


def test_only_what_the_schedule_and_the_kind_add_is_computed() -> None:
    computed = {
        (r.name, c.name) for r in project_schema().relations.values() if not r.computed for c in r.columns if c.computed
    }
    added = "critical total_float_days free_float_days early_start_day early_finish_day late_start_day late_finish_day"
    added += " phase"
    assert computed == {("tasks", name) for name in added.split()}


def choices() -> dict[str, type[Choice]]:
    return {c.__name__: c for c in vars(enums).values() if isinstance(c, type) and issubclass(c, Choice)}


def test_there_are_no_other_enums() -> None:
    assert set(choices()) == {*ENUMS, "Choice", "Scale", "Tier", "LinkType"}


@pytest.mark.parametrize("name", ENUMS)
def test_an_enum_has_exactly_its_members_in_order(name: str) -> None:
    choice = choices()[name]
    assert [m.value for m in choice] == ENUMS[name].split()
    assert issubclass(choice, Scale) == (name in ORDINAL)
    assert enum_type(choice).ordinal == (name in ORDINAL)


def test_the_table_of_task_kinds_is_complete() -> None:
    rows = []
    for kind, profile in PROFILES.items():
        owners = ", ".join(profile.owners)
        need = profile.need.value.replace("_", " ")
        how_often = {"once": "", "recurring": ", recurring"}.get(
            profile.occurrence, " " + profile.occurrence.value.replace("_", " ")
        )
        rows.append(
            f"{kind} | {profile.phase} | {owners.replace('client_pm, vendor_pm', 'both pms')} | {need}{how_often}"
        )
    assert rows == [line.strip() for line in TASK_KINDS.strip().splitlines()]
    assert list(PROFILES) == list(TaskKind)
    assert len(rows) == 56
