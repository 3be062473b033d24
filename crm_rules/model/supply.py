"""What is bought and from whom: vendors, products, their selection, contracts and service."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_rules.model.base import Count, Entry, Flag, Id, Ref, Section, SetOf, Years, fact
from crm_rules.model.enums import Employment, Level, SelectionCriterion


class Vendor(Entry):
    """Supplier of the product or of work on it (PM²: Solution Provider)."""

    singular: ClassVar[str] = "vendor"
    completeness: ClassVar[str] = "Are these all the suppliers involved?"

    employment: Employment | None = fact(
        "maker of the product, integrator or freelance",
        ask="Is {name} the maker of the product, an integrator, or a freelance?",
    )
    newcomer: Flag | None = fact("new to the market", ask="Is {name} new to the market?")
    implementation_record: Level | None = fact(
        "experience with introductions", ask="How much experience does {name} have with introducing such systems?"
    )
    quality_accountable: Flag | None = fact(
        "answers for the quality of its product and work",
        ask="Does {name} answer for the quality of its product and work?",
    )
    assigned_team_verified: Flag | None = fact(
        "qualification of the very people assigned was checked",
        ask="Did you check the qualification of the very people {name} will send?",
    )
    questioned: Flag | None = fact(
        "was asked detailed questions on everything unclear",
        ask="Did you ask {name} detailed questions about everything that was unclear?",
    )
    goals_disclosed: Flag | None = fact(
        "was told business goals and weak points", ask="Did you tell {name} your business goals and weak points?"
    )
    trust: Level | None = fact("fairness shown so far", ask="How fair has {name} been so far?")


class Product(Entry):
    """CRM product looked at or chosen (ITIL: software asset)."""

    singular: ClassVar[str] = "product"
    completeness: ClassVar[str] = "Are these all the products looked at?"

    chosen: Flag | None = fact("selected for the project", ask="Was {name} chosen for the project?")
    minimalist: Flag | None = fact(
        "minimal product of a beginner", ask="Is {name} a minimal product of a maker who is just beginning?"
    )
    actively_developed: Flag | None = fact(
        "the maker develops it further", ask="Does its maker keep developing {name}?"
    )
    modifiable: Level | None = fact(
        "ease of changing it after introduction", ask="How easily can {name} be changed once it is in use?"
    )
    chosen_for: SetOf[SelectionCriterion] | None = fact(
        "what decided the choice", ask="What decided the choice of {name}?"
    )


class Selection(Section):
    """Selection of product and supplier (PMBOK: procurement management)."""

    criteria_defined: Flag | None = fact(
        "criteria of the first selection are written down", ask="Were the criteria of the selection written down?"
    )
    candidates_tested: Count | None = fact(
        "products examined in depth", ask="How many products did you examine in depth?"
    )
    criteria: SetOf[SelectionCriterion] | None = fact(
        "criteria in use", ask="Which criteria did you use to select product and supplier?"
    )


class Contract(Entry):
    """Contract with a supplier (PMBOK: agreement; ITIL: service level agreement)."""

    singular: ClassVar[str] = "contract"
    completeness: ClassVar[str] = "Are these all the contracts with suppliers?"

    vendor: Annotated[Id, Ref(("vendors",))] | None = fact(
        "supplier it binds", ask="Which supplier is bound by {name}?"
    )
    legal_liability: Flag | None = fact(
        "the supplier is legally liable for the result", ask="Does {name} make the supplier liable for the result?"
    )
    maintenance_years: Years | None = fact(
        "term of the maintenance commitment", ask="For how many years does {name} secure maintenance?"
    )
    development_included: Flag | None = fact(
        "further development is covered", ask="Does {name} cover the further development of the system?"
    )
    stages_settled: Flag | None = fact(
        "payment by stages is agreed", ask="Does {name} provide for payment stage by stage?"
    )
    acceptance_clear: Flag | None = fact(
        "content of the stages and acceptance are well drafted",
        ask="Does {name} say clearly what each stage contains and how it is accepted?",
    )
    service_minimum_defined: Flag | None = fact(
        "minimum service and request times are fixed (ITIL: service level agreement)",
        ask="Does {name} fix a minimum of service and the time in which requests are dealt with?",
    )


class ServiceRecord(Entry):
    """Behaviour of a supplier in operation (ITIL: service level management)."""

    singular: ClassVar[str] = "service record"
    completeness: ClassVar[str] = "Are these all the records of service in operation?"

    contract: Annotated[Id, Ref(("contracts",))] | None = fact(
        "contract the service is owed under", ask="Which contract does {name} belong to?"
    )
    minimum_met: Flag | None = fact(
        "the contractual minimum is met", ask="According to {name}, does the supplier meet the contractual minimum?"
    )
    deadlines_missed: Count | None = fact(
        "requests processed late", ask="According to {name}, how many requests were dealt with too late?"
    )
    refers_to_manuals: Flag | None = fact(
        "brushes requests off by pointing to the manual",
        ask="According to {name}, does the supplier brush requests off by pointing to the manual?",
    )
    escalated: Flag | None = fact(
        "taken to the supplier's top management",
        ask="Has the trouble in {name} been taken to the supplier's top management?",
    )
    switch_considered: Flag | None = fact(
        "changing to another CRM is considered", ask="Is changing to another CRM being considered because of {name}?"
    )
