"""The kinds of tasks a CRM introduction is made of, and what is usual for each.

A table of subject knowledge: the phase a kind belongs to, who usually answers for it, and whether
a roadmap can do without it. Order between kinds and the checks that use it live elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from crm_rules.model.enums import Actor, Choice, Phase, Role


class TaskKind(Choice):
    """What a task is about, independent of its name."""

    CONCEPT_VISUALISATION = "concept_visualisation", "picture what the CRM is to be and do"
    UTILISATION_PLAN = "utilisation_plan", "plan how the CRM will be used"
    GOAL_DEFINITION = "goal_definition", "spell out the goals"
    SUCCESS_MEASURES = "success_measures", "fix how success will be measured"
    SPONSOR_APPOINTMENT = "sponsor_appointment", "name the sponsor"
    FUNDING = "funding", "secure the money"
    USAGE_ISSUE_ASSESSMENT = "usage_issue_assessment", "assess what using a CRM will bring up"
    OUTCOME_ANALYSIS = "outcome_analysis", "work out possible outcomes from today's situation"
    REFERENCE_STUDY = "reference_study", "look at organisations that succeeded"
    WORKING_GROUP_SETUP = "working_group_setup", "set up the working group", "working group set-up"
    ROLE_ASSIGNMENT = "role_assignment", "settle who answers for what"
    SCHEDULE = "schedule", "agree the dates of selection and introduction"
    ROADMAP = "roadmap", "lay down the high-level tasks and their relations"
    CUSTOMER_DEFINITION = "customer_definition", "agree what a customer is"
    CUSTOMER_BEHAVIOUR_CONSENSUS = "customer_behaviour_consensus", "agree the customer behaviour aimed at"
    CUSTOMER_DATA_DEFINITION = "customer_data_definition", "define the customer data kept and how it is analysed"
    SELECTION_CRITERIA = "selection_criteria", "write down what products are judged by"
    SHORTLIST = "shortlist", "draw up the list of candidates"
    PRODUCT_STUDY = "product_study", "examine the candidates in depth"
    COMPETENCE_PLAN = "competence_plan", "plan the competences needed and where they come from"
    VENDOR_DIALOGUE = "vendor_dialogue", "question the suppliers"
    PRODUCT_CHOICE = "product_choice", "choose the product"
    CONTRACT = "contract", "negotiate and sign the contract"
    TEAM_FORMATION = "team_formation", "form the project team"
    BUSINESS_REQUIREMENTS = "business_requirements", "define the upper tier of requirements"
    GO_NO_GO = "go_no_go", "decide whether to go on", "go / no-go decision"
    NEEDS_ANALYSIS = "needs_analysis", "analyse the needs of users and departments"
    PROCESS_REGISTRATION = "process_registration", "record the processes wanted"
    TERMS_OF_REFERENCE = "terms_of_reference", "write the terms of reference"
    PROTOTYPING = "prototyping", "try out variants of the solution"
    INFRASTRUCTURE = "infrastructure", "put the technical infrastructure in place"
    LICENCE_INSTALLATION = "licence_installation", "install the licences"
    USER_SETUP = "user_setup", "set up the system for each employee", "user set-up"
    CONFIGURATION = "configuration", "configure the product"
    DEVELOPMENT = "development", "program what the product lacks"
    INTEGRATION = "integration", "connect other systems"
    INITIAL_DATA_LOAD = "initial_data_load", "load the data to begin with"
    KNOWLEDGE_CAPTURE = "knowledge_capture", "record what the project learns"
    DOCUMENTATION = "documentation", "write the documentation"
    VENDOR_TEST = "vendor_test", "test by the supplier", "supplier's test"
    CLIENT_TEST = "client_test", "test by the client", "client's test"
    ROLLOUT = "rollout", "put a stage into use", "roll-out"
    STAGE_SETTLEMENT = "stage_settlement", "accept and pay a stage"
    GADGETS = "gadgets", "build attractive extras"
    TRAINING_PROGRAMME = "training_programme", "prepare training programme and material"
    INTERNAL_EXPERT_PREPARATION = "internal_expert_preparation", "prepare the internal expert"
    TRAINING = "training", "train the users"
    OPERATION_START = "operation_start", "begin active operation", "start of operation"
    HABIT_PERIOD = "habit_period", "give users time to form the habit"
    REFINEMENT = "refinement", "refine the system in use"
    REVIEW_MEETING = "review_meeting", "review the use of the system"
    SUCCESS_MEASUREMENT = "success_measurement", "measure success"
    BEHAVIOUR_VERIFICATION = "behaviour_verification", "compare the behaviour aimed at with what happened"
    MANAGEMENT_CYCLE = "management_cycle", "plan, execute, measure and adjust with the system"
    MAINTENANCE = "maintenance", "maintain and develop the system"
    OTHER = "other", "none of these: work that is special to the project", "another kind"


class Need(StrEnum):
    """How much a roadmap depends on a task of a kind."""

    MUST = "must"  # a roadmap without it is incomplete
    SHOULD = "should"  # a roadmap without it is weaker
    IF_NEEDED = "if_needed"  # the project's subject decides
    OPTIONAL = "optional"  # nothing is lost without it


class Occurrence(StrEnum):
    """How often a kind of task comes up."""

    ONCE = "once"
    PER_RELEASE = "per_release"
    PER_STAGE = "per_stage"
    RECURRING = "recurring"


@dataclass(frozen=True, slots=True)
class KindProfile:
    """What is usual for a kind of task.

    Attributes:
        phase: lifecycle phase the task belongs to; None when the kind says nothing about it.
        owners: who usually answers for it, most usual first.
        need: how much a roadmap depends on it.
        occurrence: how often it comes up.
    """

    phase: Phase | None
    owners: tuple[Actor | Role, ...]
    need: Need = Need.MUST
    occurrence: Occurrence = Occurrence.ONCE


_BOTH_PMS = (Actor.CLIENT_PM, Actor.VENDOR_PM)

TASK_KINDS: Mapping[TaskKind, KindProfile] = MappingProxyType(
    {
        TaskKind.CONCEPT_VISUALISATION: KindProfile(Phase.PREPARATION, (Actor.SPONSOR,)),
        TaskKind.UTILISATION_PLAN: KindProfile(Phase.PREPARATION, (Actor.SPONSOR,)),
        TaskKind.GOAL_DEFINITION: KindProfile(Phase.PREPARATION, (Actor.SPONSOR,)),
        TaskKind.SUCCESS_MEASURES: KindProfile(Phase.PREPARATION, (Actor.SPONSOR, Actor.CLIENT_PM)),
        TaskKind.SPONSOR_APPOINTMENT: KindProfile(Phase.PREPARATION, (Actor.TOP_MANAGEMENT,)),
        TaskKind.FUNDING: KindProfile(Phase.PREPARATION, (Actor.SPONSOR,)),
        TaskKind.USAGE_ISSUE_ASSESSMENT: KindProfile(Phase.PREPARATION, (Actor.WORKING_GROUP,)),
        TaskKind.OUTCOME_ANALYSIS: KindProfile(Phase.PREPARATION, (Actor.CLIENT_PM,), Need.SHOULD),
        TaskKind.REFERENCE_STUDY: KindProfile(Phase.PREPARATION, (Actor.CLIENT_PM,), Need.SHOULD),
        TaskKind.WORKING_GROUP_SETUP: KindProfile(Phase.PREPARATION, (Actor.TOP_MANAGEMENT,)),
        TaskKind.ROLE_ASSIGNMENT: KindProfile(Phase.PREPARATION, _BOTH_PMS),
        TaskKind.SCHEDULE: KindProfile(Phase.PREPARATION, (Actor.CLIENT_PM,)),
        TaskKind.ROADMAP: KindProfile(Phase.PREPARATION, _BOTH_PMS),
        TaskKind.CUSTOMER_DEFINITION: KindProfile(Phase.PREPARATION, (Actor.WORKING_GROUP,)),
        TaskKind.CUSTOMER_BEHAVIOUR_CONSENSUS: KindProfile(Phase.PREPARATION, (Actor.WORKING_GROUP,), Need.SHOULD),
        TaskKind.CUSTOMER_DATA_DEFINITION: KindProfile(Phase.PREPARATION, (Actor.ANALYST,)),
        TaskKind.SELECTION_CRITERIA: KindProfile(Phase.SELECTION, (Actor.WORKING_GROUP,)),
        TaskKind.SHORTLIST: KindProfile(Phase.SELECTION, (Actor.CLIENT_PM,)),
        TaskKind.PRODUCT_STUDY: KindProfile(Phase.SELECTION, (Actor.WORKING_GROUP,)),
        TaskKind.COMPETENCE_PLAN: KindProfile(Phase.SELECTION, (Actor.CLIENT_PM,)),
        TaskKind.VENDOR_DIALOGUE: KindProfile(Phase.SELECTION, (Actor.CLIENT_PM,)),
        TaskKind.PRODUCT_CHOICE: KindProfile(Phase.SELECTION, (Actor.SPONSOR,)),
        TaskKind.CONTRACT: KindProfile(Phase.SELECTION, (Actor.SPONSOR,)),
        TaskKind.TEAM_FORMATION: KindProfile(Phase.SELECTION, _BOTH_PMS),
        TaskKind.BUSINESS_REQUIREMENTS: KindProfile(Phase.REQUIREMENTS, (Actor.WORKING_GROUP,)),
        TaskKind.GO_NO_GO: KindProfile(Phase.REQUIREMENTS, (Actor.SPONSOR,), Need.SHOULD),
        TaskKind.NEEDS_ANALYSIS: KindProfile(Phase.REQUIREMENTS, (Actor.ANALYST, Actor.VENDOR_PM)),
        TaskKind.PROCESS_REGISTRATION: KindProfile(Phase.REQUIREMENTS, (Actor.ANALYST,)),
        TaskKind.TERMS_OF_REFERENCE: KindProfile(Phase.REQUIREMENTS, (Actor.VENDOR,)),
        TaskKind.PROTOTYPING: KindProfile(Phase.IMPLEMENTATION, (Actor.VENDOR_PM,), Need.SHOULD),
        TaskKind.INFRASTRUCTURE: KindProfile(Phase.IMPLEMENTATION, (Actor.IT,)),
        TaskKind.LICENCE_INSTALLATION: KindProfile(Phase.IMPLEMENTATION, (Actor.VENDOR,)),
        TaskKind.USER_SETUP: KindProfile(Phase.IMPLEMENTATION, (Actor.VENDOR, Actor.IT)),
        TaskKind.CONFIGURATION: KindProfile(Phase.IMPLEMENTATION, (Actor.VENDOR,)),
        TaskKind.DEVELOPMENT: KindProfile(Phase.IMPLEMENTATION, (Role.DEVELOPER,), Need.IF_NEEDED),
        TaskKind.INTEGRATION: KindProfile(Phase.IMPLEMENTATION, (Actor.IT, Role.DEVELOPER), Need.IF_NEEDED),
        TaskKind.INITIAL_DATA_LOAD: KindProfile(Phase.IMPLEMENTATION, (Actor.IT, Actor.CLIENT_PM)),
        TaskKind.KNOWLEDGE_CAPTURE: KindProfile(Phase.IMPLEMENTATION, (Role.KNOWLEDGE_KEEPER,)),
        TaskKind.DOCUMENTATION: KindProfile(Phase.IMPLEMENTATION, (Actor.VENDOR, Actor.IT)),
        TaskKind.VENDOR_TEST: KindProfile(
            Phase.IMPLEMENTATION, (Role.VENDOR_TESTER,), Need.MUST, Occurrence.PER_RELEASE
        ),
        TaskKind.CLIENT_TEST: KindProfile(
            Phase.IMPLEMENTATION, (Actor.CLIENT_TESTER,), Need.MUST, Occurrence.PER_RELEASE
        ),
        TaskKind.ROLLOUT: KindProfile(Phase.IMPLEMENTATION, (Actor.CLIENT_PM,), Need.MUST, Occurrence.PER_STAGE),
        TaskKind.STAGE_SETTLEMENT: KindProfile(
            Phase.IMPLEMENTATION, (Actor.SPONSOR,), Need.SHOULD, Occurrence.PER_STAGE
        ),
        TaskKind.GADGETS: KindProfile(Phase.IMPLEMENTATION, (Role.DEVELOPER,), Need.OPTIONAL),
        TaskKind.TRAINING_PROGRAMME: KindProfile(Phase.TRAINING, (Actor.CLIENT_PM, Actor.VENDOR)),
        TaskKind.INTERNAL_EXPERT_PREPARATION: KindProfile(Phase.TRAINING, (Actor.VENDOR,)),
        TaskKind.TRAINING: KindProfile(Phase.TRAINING, (Actor.INTERNAL_EXPERT, Actor.VENDOR)),
        TaskKind.OPERATION_START: KindProfile(Phase.OPERATION, (Actor.CLIENT_PM,)),
        TaskKind.HABIT_PERIOD: KindProfile(Phase.OPERATION, (Actor.LINE_MANAGEMENT,)),
        TaskKind.REFINEMENT: KindProfile(Phase.OPERATION, (Actor.VENDOR,), Need.IF_NEEDED),
        TaskKind.REVIEW_MEETING: KindProfile(Phase.OPERATION, (Actor.CLIENT_PM,), Need.MUST, Occurrence.RECURRING),
        TaskKind.SUCCESS_MEASUREMENT: KindProfile(Phase.OPERATION, (Actor.CLIENT_PM,)),
        TaskKind.BEHAVIOUR_VERIFICATION: KindProfile(Phase.OPERATION, (Actor.LINE_MANAGEMENT,), Need.SHOULD),
        TaskKind.MANAGEMENT_CYCLE: KindProfile(Phase.OPERATION, (Actor.TOP_MANAGEMENT,)),
        TaskKind.MAINTENANCE: KindProfile(Phase.OPERATION, (Actor.VENDOR,)),
        TaskKind.OTHER: KindProfile(None, (), Need.OPTIONAL),
    }
)
