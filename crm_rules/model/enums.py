"""The closed lists of values a project file can use, each with a description per member.

Only names and wording live here. Members are listed in ascending order where the order means
something (`Scale`). The kinds of tasks have a file of their own, `task_kinds`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from crm_rules.facts.schema import EnumType


class Choice(StrEnum):
    """A closed list of names, written in project files and rules by their value.

    Attributes:
        description: what the member means, in a phrase.
        label: wording for readers; by default the value with spaces for underscores.
    """

    description: str
    label: str

    def __new__(cls, value: str, description: str, label: str | None = None) -> Self:
        """Build a member from its value, description and label."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.description = description
        member.label = label if label is not None else value.replace("_", " ")
        return member


class Scale(Choice):
    """A choice whose members ascend; comparisons follow that order, not the alphabet."""

    @property
    def rank(self) -> int:
        """Position in ascending order, from 0."""
        return list(type(self)).index(self)

    def __lt__(self, other: str) -> bool:
        return self.rank < self._rank_of(other)

    def __le__(self, other: str) -> bool:
        return self.rank <= self._rank_of(other)

    def __gt__(self, other: str) -> bool:
        return self.rank > self._rank_of(other)

    def __ge__(self, other: str) -> bool:
        return self.rank >= self._rank_of(other)

    def _rank_of(self, other: str) -> int:
        # Returning NotImplemented would let str compare the two alphabetically: a wrong answer, silently.
        if type(other) is not type(self):
            raise TypeError(f"cannot compare {type(self).__name__} with {type(other).__name__}")
        return other.rank


class Phase(Scale):
    """Lifecycle phase of the introduction."""

    PREPARATION = "preparation", "the organisation gets ready: concept, goals, sponsor, money, roles"
    SELECTION = "selection", "product and supplier are looked for and chosen"
    REQUIREMENTS = "requirements", "needs and processes are analysed and put into terms of reference"
    IMPLEMENTATION = "implementation", "the system is installed, configured, filled, tested and rolled out"
    TRAINING = "training", "users learn the system"
    OPERATION = "operation", "the system is in active use"


class Level(Scale):
    """How much there is of something."""

    NONE = "none", "nothing of it"
    LOW = "low", "little of it"
    MEDIUM = "medium", "a fair amount of it"
    HIGH = "high", "much of it"


class Size(Scale):
    """Size of an organisation or an undertaking."""

    MICRO = "micro", "a handful of people"
    SMALL = "small", "a few dozen people"
    MEDIUM = "medium", "up to a few hundred people"
    LARGE = "large", "more than that"


class Attitude(Scale):
    """Where somebody stands towards the CRM."""

    OPPONENT = "opponent", "works against it or talks it down"
    NEUTRAL = "neutral", "neither for nor against it"
    SUPPORTER = "supporter", "wants it and says so"


class Tier(Choice):
    """Level of management a goal belongs to."""

    OPERATIONAL = "operational", "makes daily work easier or faster"
    TACTICAL = "tactical", "improves how a department or process performs"
    STRATEGIC = "strategic", "changes how the company competes"


class Side(Choice):
    """Party to the project."""

    CLIENT = "client", "the organisation that introduces the CRM"
    SUPPLIER = "supplier", "whoever delivers the CRM or the work on it"


class Employment(Choice):
    """Where a person, a supplier or a document comes from."""

    IN_HOUSE = "in_house", "employed by the client", "in-house"
    FREELANCE = "freelance", "an independent expert hired for the project"
    INTEGRATOR = "integrator", "a firm that introduces products of others"
    PRODUCT_VENDOR = "product_vendor", "the maker of the product"


class Role(Choice):
    """Part a person plays in the project."""

    SPONSOR = "sponsor", "answers for the project before the organisation and backs it"
    CLIENT_PM = "client_pm", "manages the project on the client's side", "client's project manager"
    VENDOR_PM = "vendor_pm", "manages the project on the supplier's side", "supplier's project manager"
    ANALYST = "analyst", "finds out and records needs and processes"
    DEVELOPER = "developer", "writes or changes programs"
    GRAPHIC_DESIGNER = "graphic_designer", "shapes what users see"
    CLIENT_TESTER = "client_tester", "tests for the client", "client's tester"
    VENDOR_TESTER = "vendor_tester", "tests for the supplier", "supplier's tester"
    BUSINESS_EXPERT = "business_expert", "knows the business the system is to support"
    IT_SPECIALIST = "it_specialist", "runs the client's technology", "IT specialist"
    KNOWLEDGE_KEEPER = "knowledge_keeper", "collects and formalises what the project learns"
    TRAINER = "trainer", "teaches users"
    INTERNAL_EXPERT = "internal_expert", "in-house master of the system whom colleagues ask"
    CHAMPION = "champion", "wins colleagues for the system by example"
    SYSTEM_OWNER = "system_owner", "answers for the system once it is in operation"
    VISIONARY = "visionary", "keeps the picture of the whole solution"


class Actor(Choice):
    """Who is to act on a recommendation."""

    SPONSOR = "sponsor", "the project's sponsor"
    TOP_MANAGEMENT = "top_management", "the client's top management"
    LINE_MANAGEMENT = "line_management", "heads of the departments concerned"
    CLIENT_PM = "client_pm", "the project manager on the client's side", "client's project manager"
    VENDOR_PM = "vendor_pm", "the project manager on the supplier's side", "supplier's project manager"
    WORKING_GROUP = "working_group", "the group that speaks for the departments"
    ANALYST = "analyst", "whoever analyses needs and processes"
    CLIENT_TESTER = "client_tester", "whoever tests for the client", "client's tester"
    INTERNAL_EXPERT = "internal_expert", "the in-house master of the system"
    CHAMPION = "champion", "whoever wins colleagues for the system"
    SYSTEM_OWNER = "system_owner", "whoever answers for the system in operation"
    IT = "it", "the client's IT department", "IT"
    HR = "hr", "the client's human resources department", "HR"
    VENDOR = "vendor", "the supplier"
    VENDOR_MANAGEMENT = "vendor_management", "the supplier's top management", "supplier's management"


class StakeholderLevel(Choice):
    """Place of a stakeholder in the organisation."""

    BOARD = "board", "member of the board or an owner"
    TOP_MANAGEMENT = "top_management", "runs the company or a large part of it"
    LINE_MANAGEMENT = "line_management", "heads a department or a team"
    STAFF = "staff", "works in a department"
    EXTERNAL = "external", "does not belong to the organisation"


class Rollout(Choice):
    """How the system is put into use."""

    BIG_BANG = "big_bang", "everything at once", "big bang"
    INCREMENTAL = "incremental", "in increments that can each be used"


class Collaboration(Choice):
    """How supplier and client work together."""

    SEQUENTIAL = "sequential", "one side hands over finished results to the other"
    INTERACTIVE = "interactive", "both sides work on the solution together"


class Reaction(Choice):
    """How the people in charge respond to disorder."""

    STABILISE = "stabilise", "they put things in order again"
    PANIC = "panic", "they act in haste"
    WITHDRAW = "withdraw", "they pull back from the project"


class SeatStanding(Choice):
    """Why a person was given a seat in the working group."""

    PROCESS_OWNER = "process_owner", "answers for a process concerned"
    MOST_EXPERIENCED = "most_experienced", "knows the work of the department best"
    OTHER = "other", "any other reason, such as being free"


class ReplacementKind(Choice):
    """Whether a change of people was foreseen."""

    PLANNED = "planned", "foreseen and prepared"
    FORCED = "forced", "brought about by events"


class PerformerCriterion(Choice):
    """What those who perform the work are judged by."""

    SUPPORT_AND_DEVELOPMENT = "support_and_development", "will support and develop the system later on"
    QUALITY = "quality", "delivers good work"
    BUDGET = "budget", "fits the money available"
    SPEED = "speed", "delivers soon"


class SelectionCriterion(Choice):
    """What a product is judged by."""

    GOAL_FIT = "goal_fit", "serves the goals of the project"
    FUNCTIONALITY = "functionality", "has the functions needed"
    IMPLEMENTATION_RECORD = "implementation_record", "has been introduced successfully elsewhere"
    ACTIVE_DEVELOPMENT = "active_development", "is developed further by its maker"
    QUALITY_ACCOUNTABILITY = "quality_accountability", "somebody answers for its quality"
    CONTINUITY = "continuity", "its maker will still be there in years"
    SERVICE_LEVEL = "service_level", "comes with dependable service"
    DOCUMENTATION = "documentation", "is well documented"
    MODIFIABILITY = "modifiability", "can be changed after its introduction"
    TOTAL_COST = "total_cost", "costs over its whole life are acceptable"
    APPEARANCE = "appearance", "looks attractive"


class ItemKind(Choice):
    """Standing of a function or feature asked for."""

    CORE = "core", "the system is of no use without it"
    ENHANCEMENT = "enhancement", "improves a system that works without it"
    GADGET = "gadget", "attractive, but serves no need of the business"


class Baseline(Choice):
    """Agreed reference a change request can alter."""

    SCOPE = "scope", "what is to be delivered"
    DEADLINE = "deadline", "when it is to be delivered"
    BUDGET = "budget", "what it may cost"


class Author(Choice):
    """Who writes the terms of reference."""

    VENDOR = "vendor", "the supplier"
    CLIENT = "client", "the client"
    THIRD_PARTY = "third_party", "somebody independent of both", "third party"


class Extent(Choice):
    """How much the terms of reference cover in one go."""

    STAGED = "staged", "one stage after the other"
    GLOBAL = "global", "the whole system in one go"


class Area(Choice):
    """Business area of a process."""

    SALES = "sales", "winning and serving orders"
    MARKETING = "marketing", "finding and addressing customers"
    SERVICE = "service", "helping customers after the sale"
    MANAGEMENT = "management", "steering the company"
    OTHER = "other", "any other area"


class DocKind(Choice):
    """Readers a document is meant for."""

    TECHNICAL = "technical", "for those who change the system"
    ADMINISTRATION = "administration", "for those who run the system"
    USER = "user", "for those who work with the system"


class TrainingFormat(Choice):
    """Form in which users learn."""

    CLASSROOM = "classroom", "a trainer and a group in one room"
    MODULE_DEMONSTRATION = "module_demonstration", "a presentation of the modules"
    ONLINE = "online", "lessons over the network"
    SELF_STUDY = "self_study", "users work through material on their own", "self-study"
    INTERNAL_COACHING = "internal_coaching", "colleagues help at the workplace"


class InfrastructureKind(Choice):
    """Sort of technical infrastructure."""

    SERVER = "server", "a machine or hosted environment"
    SOFTWARE = "software", "a licence or program the CRM depends on"
    SECURE_CONNECTION = "secure_connection", "protected access over networks"
    OTHER = "other", "anything else"


class RiskCategory(Choice):
    """Field of risks a risk register looks at."""

    TECHNICAL_FAULT = "technical_fault", "the technology fails"
    STAFFING = "staffing", "people are missing, leave or are overloaded"
    SCOPE = "scope", "the project grows or misses its subject"
    ADOPTION = "adoption", "users do not take to the system"
    SUPPLIER = "supplier", "the supplier fails"
    FINANCE = "finance", "money runs short or does not come back"


class TaskStatus(Choice):
    """State of a task."""

    PLANNED = "planned", "not begun"
    RUNNING = "running", "begun and not finished"
    DONE = "done", "finished"
    DROPPED = "dropped", "will not be carried out"


class LinkType(Choice):
    """How a task depends on its predecessor (precedence diagramming method)."""

    FS = "fs", "starts once the predecessor has finished", "finish-to-start"
    SS = "ss", "starts once the predecessor has started", "start-to-start"
    FF = "ff", "finishes once the predecessor has finished", "finish-to-finish"
    SF = "sf", "finishes once the predecessor has started", "start-to-finish"


class LagUnit(Choice):
    """What the lag of a link is counted in."""

    WORKING_DAYS = "working_days", "days of work; those nobody works do not count"
    ELAPSED_DAYS = "elapsed_days", "days of 24 hours, weekends and holidays included"
    PERCENT = "percent", "part of the duration of the task waited for"


class ConstraintType(Choice):
    """What a date laid down for a task does to its schedule."""

    AS_SOON_AS_POSSIBLE = "as_soon_as_possible", "nothing: the task begins once its links allow it"
    AS_LATE_AS_POSSIBLE = "as_late_as_possible", "put off as far as the project finish allows"
    START_NO_EARLIER_THAN = "start_no_earlier_than", "cannot begin before the date"
    FINISH_NO_EARLIER_THAN = "finish_no_earlier_than", "cannot end before the date"
    START_NO_LATER_THAN = "start_no_later_than", "begins by the date, even against its links"
    FINISH_NO_LATER_THAN = "finish_no_later_than", "ends by the date, even against its links"
    MUST_START_ON = "must_start_on", "begins on the date, even against its links"
    MUST_FINISH_ON = "must_finish_on", "ends on the date, even against its links"

    @property
    def dated(self) -> bool:
        """Whether it needs a date."""
        return self not in (ConstraintType.AS_SOON_AS_POSSIBLE, ConstraintType.AS_LATE_AS_POSSIBLE)


class Weekday(Scale):
    """Day of the week."""

    MON = "mon", "Monday", "Monday"
    TUE = "tue", "Tuesday", "Tuesday"
    WED = "wed", "Wednesday", "Wednesday"
    THU = "thu", "Thursday", "Thursday"
    FRI = "fri", "Friday", "Friday"
    SAT = "sat", "Saturday", "Saturday"
    SUN = "sun", "Sunday", "Sunday"


def enum_type(choice: type[Choice]) -> EnumType:
    """The choice as plain data for the fact schema."""
    return EnumType(
        name=choice.__name__,
        members=tuple(m.value for m in choice),
        ordinal=issubclass(choice, Scale),
        labels={m.value: m.label for m in choice if m.label != m.value.replace("_", " ")},
    )
