"""A hundred rules, each written twice: in the rule language, and by hand in Python.

The two forms stand side by side so that anybody can see that they say the same. The hand-written
ones are what a careful developer would write for facts of which some are unknown: guards where a
comparison needs them, the dictionary by id where an entry is named, otherwise `any` and `sum` over
the other list. "There is none" holds only if no entry could be one and the list is complete.
Where somebody in search of speed would prepare sets or counts beforehand, that form is given too.

In hand-written code `p` is the project, `by` holds its dictionaries by id and what has been
concluded so far, `x` is the fact the surrounding loop runs over, and `found` takes down firings.
"""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import dedent
from typing import Final

from crm_rules.rules.draft import ClauseDraft, RuleDraft
from tests.bench.notation import clauses
from tests.engine.drafts import conclusion, each, risk


@dataclass(frozen=True, slots=True)
class ByHand:
    """A rule written by hand.

    Attributes:
        body: what it does for each `x`, or once without a loop.
        setup: what it prepares before the loop.
        guard: condition on which the loop is worth running; empty when always.
    """

    body: str
    setup: str = ""
    guard: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """One rule in both forms.

    Attributes:
        id: name of the rule.
        when: the clauses of the rule.
        over: list the hand-written form loops over; empty when there is no loop.
        plain: written by hand.
        tuned: written by hand for speed; the same as `plain` for most rules.
        concludes: derived relation and the value it is about; None for findings.
    """

    id: str
    when: tuple[ClauseDraft, ...]
    over: str
    plain: ByHand
    tuned: ByHand
    concludes: tuple[str, str] | None = None

    def draft(self) -> RuleDraft:
        """The rule as an author would have written it."""
        if self.concludes is None:
            return risk(self.id, *self.when)
        relation, about = self.concludes
        return conclusion(self.id, {relation: {"about": about}}, *self.when)


def _single(number: int, over: str, where: str, by_hand: str) -> Pair:
    """A rule about one fact."""
    code = ByHand(f"if {by_hand}:\n    found.append((ID, x))")
    return Pair(f"single.{over}-{number}", (each(f"x in {over}", *where.split(" and ")),), over, code, code)


def _pair(
    rule_id: str,
    when: str,
    over: str,
    body: str,
    setup: str = "",
    guard: str = "",
    concludes: tuple[str, str] | None = None,
    tuned: ByHand | None = None,
) -> Pair:
    plain = _by_hand(setup, guard, body)
    return Pair(rule_id, clauses(when), over, plain, tuned or plain, concludes)


def _by_hand(setup: str, guard: str, body: str) -> ByHand:
    return ByHand(dedent(body).strip(), dedent(setup).strip(), guard)


SINGLES: Final = tuple(
    _single(number, over, where, by_hand)
    for number, (over, where, by_hand) in enumerate(
        (
            # people
            ("people", "x.load > 0.9", "x.load is not None and x.load > 0.9"),
            (
                "people",
                "x.load > 0.5 and x.may_leave and x.employment == 'in_house'",
                "x.load is not None and x.load > 0.5 and x.may_leave and x.employment == 'in_house'",
            ),
            (
                "people",
                "not x.trained and x.years < 3",
                "x.trained is False and x.years is not None and x.years < 3",
            ),
            (
                "people",
                "x.employment in ['freelance', 'vendor'] and x.years < 4",
                "x.employment in ('freelance', 'vendor') and x.years is not None and x.years < 4",
            ),
            ("people", "x.deputy == x.id", "x.deputy == x.id"),
            # departments
            (
                "departments",
                "x.affected and not x.represented and x.size > 40",
                "x.affected and x.represented is False and x.size is not None and x.size > 40",
            ),
            ("departments", "x.affected and x.openness == 'none'", "x.affected and x.openness == 0"),
            (
                "departments",
                "x.size > 60 and x.openness < 'medium'",
                "x.size is not None and x.size > 60 and x.openness is not None and x.openness < 2",
            ),
            ("departments", "x.size < 10 and x.represented", "x.size is not None and x.size < 10 and x.represented"),
            # tasks
            (
                "tasks",
                "x.critical and x.done < 0.3",
                "x.critical and x.done is not None and x.done < 0.3",
            ),
            (
                "tasks",
                "x.finish < project.as_of and x.done < 1",
                "x.finish is not None and x.finish < p.project.as_of and x.done is not None and x.done < 1",
            ),
            (
                "tasks",
                "x.duration > 30 and x.critical",
                "x.duration is not None and x.duration > 30 and x.critical",
            ),
            (
                "tasks",
                "x.finish < x.start and x.duration > 20",
                (
                    "x.finish is not None and x.start is not None and x.finish < x.start"
                    " and x.duration is not None and x.duration > 20"
                ),
            ),
            ("tasks", "x.id in x.after", "x.after is not None and x.id in x.after"),
            (
                "tasks",
                "x.start < project.as_of and x.done == 0",
                "x.start is not None and x.start < p.project.as_of and x.done == 0",
            ),
            # goals
            ("goals", "x.tier == 'strategic' and not x.measured", "x.tier == 'strategic' and x.measured is False"),
            (
                "goals",
                "x.tier != 'operational' and not x.agreed and x.weight > 5",
                (
                    "x.tier is not None and x.tier != 'operational' and x.agreed is False"
                    " and x.weight is not None and x.weight > 5"
                ),
            ),
            (
                "goals",
                "x.due < project.as_of and not x.measured",
                "x.due is not None and x.due < p.project.as_of and x.measured is False",
            ),
            ("goals", "x.weight > 8", "x.weight is not None and x.weight > 8"),
            # vendors
            (
                "vendors",
                "x.references < 3 and not x.certified",
                "x.references is not None and x.references < 3 and x.certified is False",
            ),
            (
                "vendors",
                "x.staff < 40 and x.support < 'medium'",
                "x.staff is not None and x.staff < 40 and x.support is not None and x.support < 2",
            ),
            ("vendors", "x.founded > 2020", "x.founded is not None and x.founded > 2020"),
            (
                "vendors",
                "x.support == 'none' and x.references < 8",
                "x.support == 0 and x.references is not None and x.references < 8",
            ),
            # contracts
            (
                "contracts",
                "x.value > 200 and not x.fixed_price",
                "x.value is not None and x.value > 200 and x.fixed_price is False",
            ),
            (
                "contracts",
                "not x.signed and x.ends < project.as_of",
                "x.signed is False and x.ends is not None and x.ends < p.project.as_of",
            ),
            (
                "contracts",
                "x.value > 150 and not x.penalty and x.fixed_price",
                "x.value is not None and x.value > 150 and x.penalty is False and x.fixed_price",
            ),
            (
                "contracts",
                "x.signed and x.ends < '2026-02-01'",
                "x.signed and x.ends is not None and x.ends < dt.date(2026, 2, 1)",
            ),
            # products
            (
                "products",
                "x.fit < 0.4 and x.custom > 0.5",
                "x.fit is not None and x.fit < 0.4 and x.custom is not None and x.custom > 0.5",
            ),
            (
                "products",
                "x.custom > 0.5 and x.maturity < 'high'",
                "x.custom is not None and x.custom > 0.5 and x.maturity is not None and x.maturity < 3",
            ),
            (
                "products",
                "x.supported_until < project.as_of",
                "x.supported_until is not None and x.supported_until < p.project.as_of",
            ),
            ("products", "x.maturity == 'none'", "x.maturity == 0"),
            # documents
            (
                "documents",
                "x.kind == 'concept' and not x.approved",
                "x.kind == 'concept' and x.approved is False",
            ),
            (
                "documents",
                "not x.current and x.pages > 40",
                "x.current is False and x.pages is not None and x.pages > 40",
            ),
            (
                "documents",
                "x.kind == 'manual' and x.pages < 10",
                "x.kind == 'manual' and x.pages is not None and x.pages < 10",
            ),
            ("documents", "x.pages > 80", "x.pages is not None and x.pages > 80"),
            # courses
            (
                "courses",
                "not x.planned and x.days > 5",
                "x.planned is False and x.days is not None and x.days > 5",
            ),
            (
                "courses",
                "x.format == 'online' and x.days > 4",
                "x.format == 'online' and x.days is not None and x.days > 4",
            ),
            ("courses", "x.format == 'coaching' and not x.planned", "x.format == 'coaching' and x.planned is False"),
            ("courses", "x.days < 2 and x.planned", "x.days is not None and x.days < 2 and x.planned"),
            # interfaces
            (
                "interfaces",
                "x.volume > 600 and not x.tested",
                "x.volume is not None and x.volume > 600 and x.tested is False",
            ),
            ("interfaces", "x.source == x.target", "x.source is not None and x.source == x.target"),
            ("interfaces", "x.volume > 900", "x.volume is not None and x.volume > 900"),
            ("interfaces", "x.volume < 60 and x.tested", "x.volume is not None and x.volume < 60 and x.tested"),
            # milestones
            (
                "milestones",
                "x.due < project.as_of and not x.accepted",
                "x.due is not None and x.due < p.project.as_of and x.accepted is False",
            ),
            (
                "milestones",
                "x.payment > 60 and not x.accepted",
                "x.payment is not None and x.payment > 60 and x.accepted is False",
            ),
            ("milestones", "x.payment == 0", "x.payment == 0"),
            (
                "milestones",
                "x.accepted and x.due > '2026-11-01'",
                "x.accepted and x.due is not None and x.due > dt.date(2026, 11, 1)",
            ),
            # sponsors
            ("sponsors", "not x.active and x.rank == 'high'", "x.active is False and x.rank == 3"),
            (
                "sponsors",
                "x.active and not x.informed and x.budget > 300",
                "x.active and x.informed is False and x.budget is not None and x.budget > 300",
            ),
            ("sponsors", "x.budget < 50", "x.budget is not None and x.budget < 50"),
        )
    )
)

JOINS: Final = (
    _pair(
        "join.critical-task-of-overloaded-owner",
        """
        each x in tasks: x.critical
        each person in people: person.id == x.owner; person.load > 0.8
        """,
        "tasks",
        """
        if x.critical:
            person = by.people.get(x.owner)
            if person is not None and person.load is not None and person.load > 0.8:
                found.append((ID, x, person))
        """,
    ),
    _pair(
        "join.long-task-of-untrained-owner",
        """
        each x in tasks: x.duration > 15
        each person in people: person.id == x.owner; not person.trained
        """,
        "tasks",
        """
        if x.duration is not None and x.duration > 15:
            person = by.people.get(x.owner)
            if person is not None and person.trained is False:
                found.append((ID, x, person))
        """,
    ),
    _pair(
        "join.large-contract-with-unproven-vendor",
        """
        each x in contracts: x.value > 100
        each vendor in vendors: vendor.id == x.vendor; vendor.references < 4
        """,
        "contracts",
        """
        if x.value is not None and x.value > 100:
            vendor = by.vendors.get(x.vendor)
            if vendor is not None and vendor.references is not None and vendor.references < 4:
                found.append((ID, x, vendor))
        """,
    ),
    _pair(
        "join.poor-fit-from-uncertified-vendor",
        """
        each x in products: x.fit < 0.6
        each vendor in vendors: vendor.id == x.vendor; not vendor.certified
        """,
        "products",
        """
        if x.fit is not None and x.fit < 0.6:
            vendor = by.vendors.get(x.vendor)
            if vendor is not None and vendor.certified is False:
                found.append((ID, x, vendor))
        """,
    ),
    _pair(
        "join.fixed-price-for-customised-product",
        """
        each x in contracts: x.fixed_price
        each product in products: product.vendor == x.vendor; product.custom > 0.5
        """,
        "contracts",
        """
        if x.fixed_price and x.vendor is not None:
            for product in p.products:
                if product.vendor == x.vendor and product.custom is not None and product.custom > 0.5:
                    found.append((ID, x, product))
        """,
    ),
    _pair(
        "join.outdated-document-of-freelancer",
        """
        each x in documents: not x.current
        each person in people: person.id == x.author; person.employment == 'freelance'
        """,
        "documents",
        """
        if x.current is False:
            person = by.people.get(x.author)
            if person is not None and person.employment == "freelance":
                found.append((ID, x, person))
        """,
    ),
    _pair(
        "join.short-course-for-large-department",
        """
        each x in courses: x.days < 3
        each unit in departments: unit.id == x.department; unit.size > 50
        """,
        "courses",
        """
        if x.days is not None and x.days < 3:
            unit = by.departments.get(x.department)
            if unit is not None and unit.size is not None and unit.size > 50:
                found.append((ID, x, unit))
        """,
    ),
    _pair(
        "join.trainer-without-time",
        """
        each x in courses: x.planned
        each person in people: person.id == x.trainer; person.load > 0.7
        """,
        "courses",
        """
        if x.planned:
            person = by.people.get(x.trainer)
            if person is not None and person.load is not None and person.load > 0.7:
                found.append((ID, x, person))
        """,
    ),
    _pair(
        "join.untested-interface-of-immature-product",
        """
        each x in interfaces: not x.tested
        each product in products: product.id == x.source; product.maturity < 'medium'
        """,
        "interfaces",
        """
        if x.tested is False:
            product = by.products.get(x.source)
            if product is not None and product.maturity is not None and product.maturity < 2:
                found.append((ID, x, product))
        """,
    ),
    _pair(
        "join.busy-interface-into-customised-product",
        """
        each x in interfaces: x.volume > 400
        each product in products: product.id == x.target; product.custom > 0.6
        """,
        "interfaces",
        """
        if x.volume is not None and x.volume > 400:
            product = by.products.get(x.target)
            if product is not None and product.custom is not None and product.custom > 0.6:
                found.append((ID, x, product))
        """,
    ),
    _pair(
        "join.payment-before-work",
        """
        each x in milestones: x.payment > 40
        each task in tasks: task.id == x.task; task.done < 0.5
        """,
        "milestones",
        """
        if x.payment is not None and x.payment > 40:
            task = by.tasks.get(x.task)
            if task is not None and task.done is not None and task.done < 0.5:
                found.append((ID, x, task))
        """,
    ),
    _pair(
        "join.milestone-due-before-its-task-ends",
        """
        each x in milestones: not x.accepted
        each task in tasks: task.id == x.task; x.due < task.finish
        """,
        "milestones",
        """
        if x.accepted is False and x.due is not None:
            task = by.tasks.get(x.task)
            if task is not None and task.finish is not None and x.due < task.finish:
                found.append((ID, x, task))
        """,
    ),
    _pair(
        "join.idle-sponsor-of-affected-department",
        """
        each x in sponsors: not x.active
        each unit in departments: unit.id == x.department; unit.affected
        """,
        "sponsors",
        """
        if x.active is False:
            unit = by.departments.get(x.department)
            if unit is not None and unit.affected:
                found.append((ID, x, unit))
        """,
    ),
    _pair(
        "join.goal-owned-from-outside",
        """
        each x in goals: x.weight > 4
        each person in people: person.id == x.owner; person.employment != 'in_house'
        """,
        "goals",
        """
        if x.weight is not None and x.weight > 4:
            person = by.people.get(x.owner)
            if person is not None and person.employment is not None and person.employment != "in_house":
                found.append((ID, x, person))
        """,
    ),
    _pair(
        "join.overloaded-head-of-affected-department",
        """
        each x in departments: x.affected
        each person in people: person.id == x.head; person.load > 0.6
        """,
        "departments",
        """
        if x.affected:
            person = by.people.get(x.head)
            if person is not None and person.load is not None and person.load > 0.6:
                found.append((ID, x, person))
        """,
    ),
    _pair(
        "join.newcomer-in-closed-department",
        """
        each x in people: x.years < 4
        each unit in departments: unit.id == x.department; unit.openness < 'medium'
        """,
        "people",
        """
        if x.years is not None and x.years < 4:
            unit = by.departments.get(x.department)
            if unit is not None and unit.openness is not None and unit.openness < 2:
                found.append((ID, x, unit))
        """,
    ),
    _pair(
        "join.deputy-busier-than-expert",
        """
        each x in people: x.may_leave
        each deputy in people: deputy.id == x.deputy; deputy.load > x.load
        """,
        "people",
        """
        if x.may_leave and x.load is not None:
            deputy = by.people.get(x.deputy)
            if deputy is not None and deputy.load is not None and deputy.load > x.load:
                found.append((ID, x, deputy))
        """,
    ),
    _pair(
        "join.task-starts-before-what-it-waits-for",
        """
        each x in tasks
        each earlier in tasks: earlier.id in x.after; x.start < earlier.finish
        """,
        "tasks",
        """
        if x.after and x.start is not None:
            for key in x.after:
                earlier = by.tasks[key]
                if earlier.finish is not None and x.start < earlier.finish:
                    found.append((ID, x, earlier))
        """,
    ),
    _pair(
        "join.long-course-in-affected-department",
        """
        each x in departments: x.affected
        some course in courses: course.department == x.id; course.days > 3
        """,
        "departments",
        """
        if x.affected:
            for course in p.courses:
                if course.department == x.id and course.days is not None and course.days > 3:
                    found.append((ID, x, course))
                    break
        """,
    ),
    _pair(
        "join.payment-rests-on-newcomer",
        """
        each x in milestones: x.payment > 20
        each task in tasks: task.id == x.task
        each person in people: person.id == task.owner; person.years < 6
        """,
        "milestones",
        """
        if x.payment is not None and x.payment > 20:
            task = by.tasks.get(x.task)
            if task is not None:
                person = by.people.get(task.owner)
                if person is not None and person.years is not None and person.years < 6:
                    found.append((ID, x, task, person))
        """,
    ),
)

NEGATIONS: Final = (
    _pair(
        "none.department-without-people",
        """
        each x in departments: x.affected
        none person in people: person.department == x.id
        """,
        "departments",
        """
        if x.affected and not any(person.department is None or person.department == x.id for person in p.people):
            found.append((ID, x))
        """,
        guard="'people' not in p.incomplete",
        tuned=_by_hand(
            "staffed = {person.department for person in p.people}",
            "None not in staffed and 'people' not in p.incomplete",
            """
            if x.affected and x.id not in staffed:
                found.append((ID, x))
            """,
        ),
    ),
    _pair(
        "none.critical-task-without-milestone",
        """
        each x in tasks: x.critical
        none milestone in milestones: milestone.task == x.id
        """,
        "tasks",
        """
        if x.critical and not any(milestone.task is None or milestone.task == x.id for milestone in p.milestones):
            found.append((ID, x))
        """,
        guard="'milestones' not in p.incomplete",
        tuned=_by_hand(
            "watched = {milestone.task for milestone in p.milestones}",
            "None not in watched and 'milestones' not in p.incomplete",
            """
            if x.critical and x.id not in watched:
                found.append((ID, x))
            """,
        ),
    ),
    _pair(
        "none.vendor-without-signed-contract",
        """
        each x in vendors: x.staff > 50
        none contract in contracts: contract.vendor == x.id; contract.signed
        """,
        "vendors",
        """
        if (
            x.staff is not None
            and x.staff > 50
            and not any(
                (contract.vendor is None or contract.vendor == x.id) and contract.signed is not False
                for contract in p.contracts
            )
        ):
            found.append((ID, x))
        """,
        guard="'contracts' not in p.incomplete",
        tuned=_by_hand(
            "signing = {contract.vendor for contract in p.contracts if contract.signed is not False}",
            "None not in signing and 'contracts' not in p.incomplete",
            """
            if x.staff is not None and x.staff > 50 and x.id not in signing:
                found.append((ID, x))
            """,
        ),
    ),
    _pair(
        "none.product-without-outgoing-interface",
        """
        each x in products: x.custom > 0.3
        none interface in interfaces: interface.source == x.id
        """,
        "products",
        """
        if (
            x.custom is not None
            and x.custom > 0.3
            and not any(interface.source is None or interface.source == x.id for interface in p.interfaces)
        ):
            found.append((ID, x))
        """,
        guard="'interfaces' not in p.incomplete",
        tuned=_by_hand(
            "sources = {interface.source for interface in p.interfaces}",
            "None not in sources and 'interfaces' not in p.incomplete",
            """
            if x.custom is not None and x.custom > 0.3 and x.id not in sources:
                found.append((ID, x))
            """,
        ),
    ),
    _pair(
        "none.leaver-who-wrote-nothing-down",
        """
        each x in people: x.may_leave
        none document in documents: document.author == x.id; document.current
        """,
        "people",
        """
        if x.may_leave and not any(
            (document.author is None or document.author == x.id) and document.current is not False
            for document in p.documents
        ):
            found.append((ID, x))
        """,
        guard="'documents' not in p.incomplete",
        tuned=_by_hand(
            "authors = {document.author for document in p.documents if document.current is not False}",
            "None not in authors and 'documents' not in p.incomplete",
            """
            if x.may_leave and x.id not in authors:
                found.append((ID, x))
            """,
        ),
    ),
    _pair(
        "none.affected-department-without-course",
        """
        each x in departments: x.affected
        none course in courses: course.department == x.id; course.planned
        """,
        "departments",
        """
        if x.affected and not any(
            (course.department is None or course.department == x.id) and course.planned is not False
            for course in p.courses
        ):
            found.append((ID, x))
        """,
        guard="'courses' not in p.incomplete",
        tuned=_by_hand(
            "taught = {course.department for course in p.courses if course.planned is not False}",
            "None not in taught and 'courses' not in p.incomplete",
            """
            if x.affected and x.id not in taught:
                found.append((ID, x))
            """,
        ),
    ),
    _pair(
        "none.strategic-goal-without-backing",
        """
        each x in goals: x.tier == 'strategic'
        none sponsor in sponsors: sponsor.active; sponsor.rank >= 'high'; sponsor.budget > 400
        """,
        "goals",
        """
        if x.tier == "strategic":
            found.append((ID, x))
        """,
        """
        backed = any(
            sponsor.active is not False
            and (sponsor.rank is None or sponsor.rank >= 3)
            and (sponsor.budget is None or sponsor.budget > 400)
            for sponsor in p.sponsors
        )
        """,
        "not backed and 'sponsors' not in p.incomplete",
    ),
    _pair(
        "none.large-department-without-sponsor",
        """
        each x in departments: x.size > 30
        none sponsor in sponsors: sponsor.department == x.id
        """,
        "departments",
        """
        if (
            x.size is not None
            and x.size > 30
            and not any(sponsor.department is None or sponsor.department == x.id for sponsor in p.sponsors)
        ):
            found.append((ID, x))
        """,
        guard="'sponsors' not in p.incomplete",
        tuned=_by_hand(
            "sponsored = {sponsor.department for sponsor in p.sponsors}",
            "None not in sponsored and 'sponsors' not in p.incomplete",
            """
            if x.size is not None and x.size > 30 and x.id not in sponsored:
                found.append((ID, x))
            """,
        ),
    ),
    _pair(
        "none.task-without-trained-owner",
        """
        each x in tasks: x.duration > 10
        none person in people: person.id == x.owner; person.trained
        """,
        "tasks",
        """
        if x.duration is not None and x.duration > 10 and x.owner is not None:
            person = by.people.get(x.owner)
            if person is None or person.trained is False:
                found.append((ID, x))
        """,
        guard="'people' not in p.incomplete",
    ),
    _pair(
        "none.course-nobody-needs",
        """
        each x in courses: x.planned
        none person in people: person.department == x.department; not person.trained
        """,
        "courses",
        """
        if (
            x.planned
            and x.department is not None
            and not any(
                (person.department is None or person.department == x.department) and not person.trained
                for person in p.people
            )
        ):
            found.append((ID, x))
        """,
        guard="'people' not in p.incomplete",
        tuned=_by_hand(
            "needy = {person.department for person in p.people if not person.trained}",
            "None not in needy and 'people' not in p.incomplete",
            """
            if x.planned and x.department is not None and x.department not in needy:
                found.append((ID, x))
            """,
        ),
    ),
    _pair(
        "none.contract-without-product",
        """
        each x in contracts: x.signed
        none product in products: product.vendor == x.vendor; product.fit > 0.3
        """,
        "contracts",
        """
        if (
            x.signed
            and x.vendor is not None
            and not any(
                (product.vendor is None or product.vendor == x.vendor) and (product.fit is None or product.fit > 0.3)
                for product in p.products
            )
        ):
            found.append((ID, x))
        """,
        guard="'products' not in p.incomplete",
        tuned=_by_hand(
            "delivering = {product.vendor for product in p.products if product.fit is None or product.fit > 0.3}",
            "None not in delivering and 'products' not in p.incomplete",
            """
            if x.signed and x.vendor is not None and x.vendor not in delivering:
                found.append((ID, x))
            """,
        ),
    ),
    _pair(
        "none.person-without-task",
        """
        each x in people: x.load < 0.6
        none task in tasks: task.owner == x.id
        """,
        "people",
        """
        if (
            x.load is not None
            and x.load < 0.6
            and not any(task.owner is None or task.owner == x.id for task in p.tasks)
        ):
            found.append((ID, x))
        """,
        guard="'tasks' not in p.incomplete",
        tuned=_by_hand(
            "owners = {task.owner for task in p.tasks}",
            "None not in owners and 'tasks' not in p.incomplete",
            """
            if x.load is not None and x.load < 0.6 and x.id not in owners:
                found.append((ID, x))
            """,
        ),
    ),
    _pair(
        "none.leaver-who-stands-in-for-nobody",
        """
        each x in people: x.may_leave; x.years > 4
        none other in people: other.deputy == x.id
        """,
        "people",
        """
        if (
            x.may_leave
            and x.years is not None
            and x.years > 4
            and not any(other.deputy is None or other.deputy == x.id for other in p.people)
        ):
            found.append((ID, x))
        """,
        guard="'people' not in p.incomplete",
        tuned=_by_hand(
            "deputies = {other.deputy for other in p.people}",
            "None not in deputies and 'people' not in p.incomplete",
            """
            if x.may_leave and x.years is not None and x.years > 4 and x.id not in deputies:
                found.append((ID, x))
            """,
        ),
    ),
    _pair(
        "none.accepted-without-work",
        """
        each x in milestones: x.accepted
        none task in tasks: task.id == x.task; task.done > 0.4
        """,
        "milestones",
        """
        if x.accepted and x.task is not None:
            task = by.tasks.get(x.task)
            if task is None or (task.done is not None and task.done <= 0.4):
                found.append((ID, x))
        """,
        guard="'tasks' not in p.incomplete",
    ),
    _pair(
        "none.no-long-approved-concept",
        """
        none document in documents: document.kind == 'concept'; document.approved; document.pages > 50
        check project.as_of > '2026-01-01'
        """,
        "",
        """
        if (
            "documents" not in p.incomplete
            and p.project.as_of > dt.date(2026, 1, 1)
            and not any(
                (document.kind is None or document.kind == "concept")
                and document.approved is not False
                and (document.pages is None or document.pages > 50)
                for document in p.documents
            )
        ):
            found.append((ID,))
        """,
    ),
)

AGGREGATES: Final = (
    _pair(
        "sum.person-with-many-tasks",
        """
        each x in people
        check count(task for task in tasks if task.owner == x.id) >= 2
        """,
        "people",
        """
        if sum(task.owner == x.id for task in p.tasks) >= 2:
            found.append((ID, x))
        """,
        tuned=_by_hand(
            """
            tasks_of = {}
            for task in p.tasks:
                tasks_of[task.owner] = tasks_of.get(task.owner, 0) + 1
            """,
            "",
            """
            if tasks_of.get(x.id, 0) >= 2:
                found.append((ID, x))
            """,
        ),
    ),
    _pair(
        "sum.small-department",
        """
        each x in departments: x.size > 30
        check count(person for person in people if person.department == x.id) < 1
        """,
        "departments",
        """
        if (
            x.size is not None
            and x.size > 30
            and sum(person.department is None or person.department == x.id for person in p.people) < 1
        ):
            found.append((ID, x))
        """,
        guard="'people' not in p.incomplete",
        tuned=_by_hand(
            """
            members_of = {}
            for person in p.people:
                members_of[person.department] = members_of.get(person.department, 0) + 1
            """,
            "'people' not in p.incomplete",
            """
            if x.size is not None and x.size > 30 and members_of.get(x.id, 0) + members_of.get(None, 0) < 1:
                found.append((ID, x))
            """,
        ),
    ),
    _pair(
        "sum.much-work",
        "check sum(task.duration for task in tasks) > 120",
        "",
        """
        days = [task.duration for task in p.tasks]
        if "tasks" not in p.incomplete and None not in days and sum(days) > 120:
            found.append((ID,))
        """,
    ),
    _pair(
        "sum.departments-hardly-represented",
        "check share(unit.represented for unit in departments if unit.affected) < 0.6",
        "",
        """
        if "departments" not in p.incomplete and all(unit.affected is not None for unit in p.departments):
            seats = [unit.represented for unit in p.departments if unit.affected]
            if seats and None not in seats and sum(seats) / len(seats) < 0.6:
                found.append((ID,))
        """,
    ),
    _pair(
        "sum.few-measured-goals",
        "check count(goal for goal in goals if goal.measured) < 6",
        "",
        """
        if "goals" not in p.incomplete and sum(goal.measured is not False for goal in p.goals) < 6:
            found.append((ID,))
        """,
    ),
    _pair(
        "sum.dependence-on-one-vendor",
        """
        each x in vendors
        check sum(contract.value for contract in contracts if contract.vendor == x.id) > 250
        """,
        "vendors",
        """
        if all(contract.vendor is not None for contract in p.contracts):
            values = [contract.value for contract in p.contracts if contract.vendor == x.id]
            if None not in values and sum(values) > 250:
                found.append((ID, x))
        """,
        guard="'contracts' not in p.incomplete",
        tuned=_by_hand(
            """
            values_of = {}
            for contract in p.contracts:
                values_of.setdefault(contract.vendor, []).append(contract.value)
            """,
            "None not in values_of and 'contracts' not in p.incomplete",
            """
            values = values_of.get(x.id, ())
            if None not in values and sum(values) > 250:
                found.append((ID, x))
            """,
        ),
    ),
    _pair(
        "sum.somebody-drowns",
        """
        let highest: max(person.load for person in people)
        check highest > 0.9
        """,
        "",
        """
        loads = [person.load for person in p.people]
        if "people" not in p.incomplete and None not in loads and max(loads) > 0.9:
            found.append((ID,))
        """,
    ),
    _pair(
        "sum.much-on-the-critical-path",
        "check count(task for task in tasks if task.critical) >= 4",
        "",
        """
        if sum(task.critical is True for task in p.tasks) >= 4:
            found.append((ID,))
        """,
    ),
    _pair(
        "sum.untested-hub",
        """
        each x in products
        check count(interface for interface in interfaces if interface.source == x.id and not interface.tested) > 0
        """,
        "products",
        """
        if sum(interface.source == x.id and interface.tested is False for interface in p.interfaces) > 0:
            found.append((ID, x))
        """,
        tuned=_by_hand(
            "untested = {interface.source for interface in p.interfaces if interface.tested is False}",
            "",
            """
            if x.id in untested:
                found.append((ID, x))
            """,
        ),
    ),
    _pair(
        "sum.little-teaching",
        """
        each x in departments: x.affected
        let taught: sum(course.days for course in courses if course.department == x.id)
        check taught < 3
        """,
        "departments",
        """
        if x.affected and all(course.department is not None for course in p.courses):
            days = [course.days for course in p.courses if course.department == x.id]
            if None not in days and sum(days) < 3:
                found.append((ID, x))
        """,
        guard="'courses' not in p.incomplete",
        tuned=_by_hand(
            """
            days_of = {}
            for course in p.courses:
                days_of.setdefault(course.department, []).append(course.days)
            """,
            "None not in days_of and 'courses' not in p.incomplete",
            """
            if x.affected:
                days = days_of.get(x.id, ())
                if None not in days and sum(days) < 3:
                    found.append((ID, x))
            """,
        ),
    ),
)

CHAIN: Final = (
    _pair(
        "chain.1-strained-person",
        "each x in people: x.load > 0.6; not x.trained",
        "people",
        """
        if x.load is not None and x.load > 0.6 and x.trained is False:
            found.append((ID, x))
            by.strained[x.id] = x
        """,
        concludes=("strained", "x.id"),
    ),
    _pair(
        "chain.2-exposed-task",
        """
        each sign in strained
        each x in tasks: x.owner == sign.about; x.done < 1
        """,
        "tasks",
        """
        person = by.strained.get(x.owner)
        if person is not None and x.done is not None and x.done < 1:
            found.append((ID, person, x))
            by.exposed[x.id] = x
        """,
        concludes=("exposed", "x.id"),
    ),
    _pair(
        "chain.3-endangered-milestone",
        """
        each sign in exposed
        each x in milestones: x.task == sign.about
        """,
        "milestones",
        """
        task = by.exposed.get(x.task)
        if task is not None:
            found.append((ID, task, x))
            by.endangered[x.id] = x
        """,
        concludes=("endangered", "x.id"),
    ),
    _pair(
        "chain.4-shaky-plan",
        "check count(sign for sign in endangered) >= 2",
        "",
        """
        if len(by.endangered) >= 2:
            found.append((ID,))
            by.shaky = p.project
        """,
        concludes=("shaky", "project.id"),
    ),
    _pair(
        "chain.5-shaky-plan-nobody-defends",
        """
        some sign in shaky
        each x in sponsors: x.active; x.rank > 'low'
        none goal in goals: goal.agreed; goal.weight > 9
        """,
        "sponsors",
        """
        if x.active and x.rank is not None and x.rank > 1:
            found.append((ID, x, by.shaky))
        """,
        """
        agreed = any(goal.agreed is not False and (goal.weight is None or goal.weight > 9) for goal in p.goals)
        """,
        "by.shaky is not None and not agreed and 'goals' not in p.incomplete",
    ),
)

PAIRS: Final[tuple[Pair, ...]] = (*SINGLES, *JOINS, *NEGATIONS, *AGGREGATES, *CHAIN)
