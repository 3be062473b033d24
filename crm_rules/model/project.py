"""The project as a whole: every section and list of the project file, valid in itself.

A `Project` that exists has unique ids and no dangling references. Reading files is not its business,
but it carries the places a reader found its facts at, so that findings can point at them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, Literal, Self

from pydantic import Field, ModelWrapValidatorHandler, PrivateAttr, ValidationError, ValidationInfo, model_validator

from crm_rules.diagnostics import Span
from crm_rules.errors import ProjectError
from crm_rules.model.adoption import Adoption, UserGroup
from crm_rules.model.base import Date, ListOf, Record, SetOf, Text, fact
from crm_rules.model.customer import BusinessFunction, CustomerConcept, DataSource, Integration
from crm_rules.model.delivery import InfrastructureItem, Release
from crm_rules.model.fields import parts_of
from crm_rules.model.goals import BusinessCase, Goal, SuccessMeasure
from crm_rules.model.governance import Department, Seat, Sponsor, Stakeholder, WorkingGroup
from crm_rules.model.knowledge import Document, KnowledgeItem, KnowledgePlan
from crm_rules.model.money import Budget, PaymentMilestone
from crm_rules.model.people import Competence, ProjectManager, Replacement, TeamMember, TeamPlan
from crm_rules.model.plan_checks import check_plan
from crm_rules.model.problems import Problem, diagnostics_of, problems_of
from crm_rules.model.project_profile import ProjectProfile
from crm_rules.model.references import check_between
from crm_rules.model.requirements import Requirements, TermsOfReference
from crm_rules.model.risk_register import RiskEntry, RiskRegister
from crm_rules.model.roadmap import Calendar, Roadmap, Task
from crm_rules.model.scope import BusinessProcess, ChangeRequest, Scope, ScopeItem
from crm_rules.model.supply import Contract, Product, Selection, ServiceRecord, Vendor
from crm_rules.model.training import Champion, InternalExpert, TrainingPlan
from crm_rules.model.waivers import Waiver
from crm_rules.model.work_model import WorkModel

SCHEMA: Final = "crm-rules/project/1"
"""Version of the project file this library reads."""

Place = tuple[str, str, str]
"""Relation, entry id, column; see `Project.places`."""


class Project(Record):
    """A CRM introduction project as far as it is known.

    Every section, list and field may be left out, which means "unknown" unless the field's
    declaration gives a blank another meaning. A list that is given is complete unless it is named
    in `incomplete`.

    Building one, from keywords or with `model_validate`, raises `ProjectError` with all problems at once:
    values that do not fit, ids used twice, references that lead nowhere.
    """

    schema_version: Literal["crm-rules/project/1"] = Field(
        default=SCHEMA, alias="schema", description="version of the project file"
    )
    as_of: Date | None = fact("day the facts describe; taken for today", ask="Which day do these facts describe?")

    project: ProjectProfile | None = None
    work_model: WorkModel | None = None
    business_case: BusinessCase | None = None
    working_group: WorkingGroup | None = None
    team_plan: TeamPlan | None = None
    selection: Selection | None = None
    scope: Scope | None = None
    budget: Budget | None = None
    requirements: Requirements | None = None
    terms_of_reference: TermsOfReference | None = None
    customer_concept: CustomerConcept | None = None
    knowledge_plan: KnowledgePlan | None = None
    training_plan: TrainingPlan | None = None
    adoption: Adoption | None = None
    risk_register: RiskRegister | None = None
    roadmap: Roadmap | None = None

    goals: ListOf[Goal] | None = None
    success_measures: ListOf[SuccessMeasure] | None = None
    sponsors: ListOf[Sponsor] | None = None
    stakeholders: ListOf[Stakeholder] | None = None
    departments: ListOf[Department] | None = None
    seats: ListOf[Seat] | None = None
    team: ListOf[TeamMember] | None = None
    project_managers: ListOf[ProjectManager] | None = None
    competences: ListOf[Competence] | None = None
    replacements: ListOf[Replacement] | None = None
    vendors: ListOf[Vendor] | None = None
    products: ListOf[Product] | None = None
    contracts: ListOf[Contract] | None = None
    service_records: ListOf[ServiceRecord] | None = None
    scope_items: ListOf[ScopeItem] | None = None
    change_requests: ListOf[ChangeRequest] | None = None
    business_processes: ListOf[BusinessProcess] | None = None
    payment_milestones: ListOf[PaymentMilestone] | None = None
    business_functions: ListOf[BusinessFunction] | None = None
    data_sources: ListOf[DataSource] | None = None
    integrations: ListOf[Integration] | None = None
    knowledge_items: ListOf[KnowledgeItem] | None = None
    documents: ListOf[Document] | None = None
    internal_experts: ListOf[InternalExpert] | None = None
    champions: ListOf[Champion] | None = None
    user_groups: ListOf[UserGroup] | None = None
    infrastructure_items: ListOf[InfrastructureItem] | None = None
    releases: ListOf[Release] | None = None
    risk_entries: ListOf[RiskEntry] | None = None
    calendars: ListOf[Calendar] | None = None
    tasks: ListOf[Task] | None = None

    incomplete: SetOf[Text] = fact(
        "lists that may have more entries than are given", blank="every list given is complete", default=()
    )
    waivers: ListOf[Waiver] = Field(default=(), description="findings somebody has decided to accept")

    _places: dict[Place, Span] = PrivateAttr(default_factory=dict)

    @property
    def places(self) -> Mapping[Place, Span]:
        """Where facts were written: (relation, entry id, column) to place.

        The column is "" for an entry as a whole, id and column are "" for a list or section as a
        whole. A section's own name stands for the id of its fields, its position (from 0) for the id
        of a waiver. Empty for a project built in code.
        """
        return MappingProxyType(self._places)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Build a project from plain data laid out like a project file.

        Raises:
            ProjectError: with all problems; they have no places, the messages name the path.
        """
        return cls.model_validate(data)

    def with_places(self, places: Mapping[Place, Span]) -> Self:
        """The same project, written at `places`."""
        copy = super().model_copy()
        copy._places = dict(places)
        return copy

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:  # noqa: ARG002
        """The project with some sections and lists replaced; unlike a plain pydantic copy, it is checked.

        Facts that are the same in both keep their places, facts that changed have none.

        Args:
            update: keys of the project file to new values.
            deep: without effect, since nothing in a project can change.

        Raises:
            ProjectError: the result would not be a valid project.
        """
        if not update:
            return self
        names = {info.alias or name: name for name, info in type(self).model_fields.items()}
        kept = {key: getattr(self, name) for key, name in names.items() if name in self.model_fields_set}
        changed = type(self).model_validate({**kept, **update})
        before, after = _values(self), _values(changed)
        changed._places = {
            place: span for place, span in self._places.items() if place in after and after[place] == before.get(place)
        }
        return changed

    def __eq__(self, other: object) -> bool:
        """Equal content; where it was written does not matter."""
        return self.__dict__ == other.__dict__ if type(other) is type(self) else NotImplemented

    def __hash__(self) -> int:
        return hash((type(self), *self.__dict__.values()))

    @model_validator(mode="wrap")
    @classmethod
    def _checked(cls, data: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:
        problems: list[Problem] = []
        try:
            project = handler(data)
        except ValidationError as error:
            problems += problems_of(error, cls)
        problems += check_between(data, cls)
        problems += check_plan(data)
        if isinstance(info.context, _Found):
            info.context.problems += problems
        if problems:
            raise ProjectError(diagnostics_of(problems, data))
        return project


class _Found:
    """Receives the problems of a validation as data; handed through as its context."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []


def validate_project(data: Any) -> tuple[Project | None, list[Problem]]:
    """Build a project from plain data, or say everything that is wrong with it.

    Args:
        data: mappings, lists and scalars laid out like a project file.

    Returns:
        The project and no problems, or None and at least one problem.
    """
    found = _Found()
    try:
        return Project.model_validate(data, context=found), []
    except ProjectError:
        return None, found.problems


def _values(project: Project) -> dict[Place, Any]:
    """The values of a project by place; wholes are there, but have no value to compare."""
    values: dict[Place, Any] = {("project", "project", "as_of"): project.as_of}
    for name, part in parts_of(type(project)).items():
        content = getattr(project, name)
        if content is None:
            continue
        values[name, "", ""] = None
        for position, record in enumerate(content if part.many else (content,)):
            key = getattr(record, "id", str(position)) if part.many else name
            values[name, key, ""] = None
            for column in type(record).model_fields:
                values[name, key, column] = getattr(record, column)
    return values
