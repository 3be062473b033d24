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
        "sort of supplier: maker of the product, integrator or freelance",
        ask="Is {name} the maker of the product, an integrator, or a freelance?",
    )
    newcomer: Flag | None = fact("has not been in this market for long", ask="Is {name} new to the market?")
    implementation_record: Level | None = fact(
        "how many introductions it has behind it",
        ask="How much experience does {name} have with introducing such systems?",
    )
    quality_accountable: Flag | None = fact(
        "stands in for defects of product and work",
        ask="Does {name} answer for the quality of its product and work?",
    )
    assigned_team_verified: Flag | None = fact(
        "the abilities of those it will actually send were looked into",
        ask="Did you check the qualification of the very people {name} will send?",
    )
    questioned: Flag | None = fact(
        "had to answer detailed questions about every open point",
        ask="Did you ask {name} detailed questions about everything that was unclear?",
    )
    goals_disclosed: Flag | None = fact(
        "knows what the business wants to achieve and where it is weak",
        ask="Did you tell {name} your business goals and weak points?",
    )
    trust: Level | None = fact("how fairly it has behaved up to now", ask="How fair has {name} been so far?")


class Product(Entry):
    """CRM product looked at or chosen (ITIL: software asset)."""

    singular: ClassVar[str] = "product"
    completeness: ClassVar[str] = "Are these all the products looked at?"

    chosen: Flag | None = fact("is the product the project introduces", ask="Was {name} chosen for the project?")
    minimalist: Flag | None = fact(
        "offers little, and comes from a maker without experience",
        ask="Is {name} a minimal product of a maker who is just beginning?",
    )
    actively_developed: Flag | None = fact("new versions keep coming", ask="Does its maker keep developing {name}?")
    modifiable: Level | None = fact(
        "how easily it can be altered when it is already in use",
        ask="How easily can {name} be changed once it is in use?",
    )
    chosen_for: SetOf[SelectionCriterion] | None = fact(
        "criteria that tipped the balance", ask="What decided the choice of {name}?"
    )


class Selection(Section):
    """Selection of product and supplier (PMBOK: procurement management)."""

    criteria_defined: Flag | None = fact(
        "the criteria that narrow down the candidates exist in writing",
        ask="Were the criteria of the selection written down?",
    )
    candidates_tested: Count | None = fact(
        "number of products that were tried out thoroughly", ask="How many products did you examine in depth?"
    )
    criteria: SetOf[SelectionCriterion] | None = fact(
        "what product and supplier are judged by", ask="Which criteria did you use to select product and supplier?"
    )


class Contract(Entry):
    """Contract with a supplier (PMBOK: agreement; ITIL: service level agreement)."""

    singular: ClassVar[str] = "contract"
    completeness: ClassVar[str] = "Are these all the contracts with suppliers?"

    vendor: Annotated[Id, Ref(("vendors",))] | None = fact(
        "supplier who has signed", ask="Which supplier does the contract '{name}' bind?"
    )
    legal_liability: Flag | None = fact(
        "the supplier can be sued for a result that falls short",
        ask="Does the contract '{name}' make the supplier liable for the result?",
    )
    maintenance_years: Years | None = fact(
        "period for which maintenance is promised",
        ask="For how many years does the contract '{name}' secure maintenance?",
    )
    development_included: Flag | None = fact(
        "future enhancement is part of what is promised",
        ask="Does the contract '{name}' cover the further development of the system?",
    )
    stages_settled: Flag | None = fact(
        "payment is due stage by stage", ask="Does the contract '{name}' provide for payment stage by stage?"
    )
    acceptance_clear: Flag | None = fact(
        "what each stage contains and when it counts as accepted is beyond dispute",
        ask="Does the contract '{name}' say clearly what each stage contains and how it is accepted?",
    )
    service_minimum_defined: Flag | None = fact(
        "a lower limit of service is promised, with times for dealing with requests (ITIL: service level agreement)",
        ask="Does the contract '{name}' fix a minimum of service and the time in which requests are dealt with?",
    )


class ServiceRecord(Entry):
    """Behaviour of a supplier in operation (ITIL: service level management)."""

    singular: ClassVar[str] = "service record"
    completeness: ClassVar[str] = "Are these all the records of service in operation?"

    contract: Annotated[Id, Ref(("contracts",))] | None = fact(
        "contract that promises the service", ask="Which contract does '{name}' belong to?"
    )
    minimum_met: Flag | None = fact(
        "service is at least as good as promised",
        ask="According to '{name}', does the supplier meet the contractual minimum?",
    )
    deadlines_missed: Count | None = fact(
        "number of requests dealt with too late",
        ask="According to '{name}', how many requests were dealt with too late?",
    )
    refers_to_manuals: Flag | None = fact(
        'answers to requests amount to "read the manual"',
        ask="According to '{name}', does the supplier brush requests off by pointing to the manual?",
    )
    escalated: Flag | None = fact(
        "the trouble has been laid before the supplier's top management",
        ask="Has the trouble in '{name}' been taken to the supplier's top management?",
    )
    switch_considered: Flag | None = fact(
        "there is talk of replacing the CRM", ask="Is changing to another CRM being considered because of '{name}'?"
    )
