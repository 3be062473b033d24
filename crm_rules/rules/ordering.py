"""What a pack says about the order of work: constraints between kinds of tasks, as plain data.

Kinds are names, days are numbers; what tasks there are and when they run is for whoever checks a
plan. A constraint is one row of knowledge and may say several things (`statements`); it holds when
all of them do.

Words used throughout. A statement `A before B` is about every pair of a task of a kind of A (the
*first* of the pair) and one of a kind of B (the *second*) that lie within its scope.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What a plan does to a constraint."""

    VIOLATED_BY_LOGIC = "violated_by_logic"  # links of the plan say the opposite, whatever the dates
    VIOLATED_BY_DATES = "violated_by_dates"  # no link decides it, and the dates or the progress go against it
    NOT_SECURED = "not_secured"  # the dates agree, and no chain of links keeps them so
    UNKNOWN = "unknown"  # something has to be stated before it can be decided
    MISSING = "missing"  # what should come first is not planned, what should come after it is
    SATISFIED = "satisfied"  # links or facts keep it, or there is nothing it speaks of

    @property
    def violated(self) -> bool:
        """Whether the plan goes against the constraint."""
        return self in (Verdict.VIOLATED_BY_LOGIC, Verdict.VIOLATED_BY_DATES)


class End(StrEnum):
    """An end of a task."""

    START = "start"
    FINISH = "finish"


class Scope(StrEnum):
    """Which pairs of tasks count.

    Work for a later stage owes nothing to an earlier one, so that a pair whose first task belongs to
    a later stage than its second never counts. A plan that names no stage has a single one.
    """

    ANY = "any"  # every other pair
    SAME_STAGE = "same_stage"  # both in one stage
    NEXT_STAGE = "next_stage"  # the second in the stage after that of the first


class DayUnit(StrEnum):
    """What days are counted in."""

    CALENDAR = "calendar"
    WORKING = "working"


@dataclass(frozen=True, slots=True)
class Span:
    """A number of days.

    Attributes:
        days: at least 0.
        unit: calendar or working days.
    """

    days: int
    unit: DayUnit = DayUnit.CALENDAR

    def __str__(self) -> str:
        noun = "day" if self.days == 1 else "days"
        return f"{self.days} {'working ' if self.unit is DayUnit.WORKING else ''}{noun}"


@dataclass(frozen=True, slots=True)
class Operand:
    """Tasks a statement speaks of.

    Attributes:
        label: how the author calls them.
        kinds: names of their kinds.
        first_stage: only those of the first roll-out stage.
    """

    label: str
    kinds: tuple[str, ...]
    first_stage: bool = False

    def __str__(self) -> str:
        return f"{self.label} of the first stage" if self.first_stage else self.label


_SCOPE_WORDS = {Scope.ANY: "", Scope.SAME_STAGE: " in each stage", Scope.NEXT_STAGE: " of the next stage"}


@dataclass(frozen=True, slots=True)
class Sequence:
    """An end of the first comes before an end of the second: `first_end + at_least <= second_end`.

    Attributes:
        first, second: the tasks.
        first_end, second_end: which ends. `A before B` is finish and start, `A no later than B` twice finish.
        at_least: smallest distance from the first end to the second; None for no distance.
        at_most: largest distance from the last of the first ends to the second; None where there is no limit.
            With a limit, only the dates have to agree: links set no upper limits.
        scope: which pairs count.
    """

    first: Operand
    second: Operand
    first_end: End = End.FINISH
    second_end: End = End.START
    at_least: Span | None = None
    at_most: Span | None = None
    scope: Scope = Scope.ANY

    def __str__(self) -> str:
        if self.at_most is not None:
            relation = f"at most {self.at_most} before"
        elif self.at_least is not None:
            relation = f"at least {self.at_least} before"
        elif (self.first_end, self.second_end) == (End.FINISH, End.FINISH):
            return f"{self.first} no later than {self.second}{_SCOPE_WORDS[self.scope]}"
        else:
            relation = "before"
        first = f"start of {self.first}" if self.first_end is End.START else str(self.first)
        second = f"finish of {self.second}" if self.second_end is End.FINISH else str(self.second)
        return f"{first} {relation} {second}{_SCOPE_WORDS[self.scope]}"


@dataclass(frozen=True, slots=True)
class Overlap:
    """At least one pair runs at the same time; per stage in every stage that has both.

    Attributes:
        first, second: the tasks; where there is a second and no first, the first is missing.
        scope: any or same stage.
    """

    first: Operand
    second: Operand
    scope: Scope = Scope.ANY

    def __str__(self) -> str:
        return f"{self.first} overlaps {self.second}{_SCOPE_WORDS[self.scope]}"


@dataclass(frozen=True, slots=True)
class Opening:
    """The first of them to start does so no later than the first of the others.

    Attributes:
        first, second: the tasks.
    """

    first: Operand
    second: Operand
    scope: Scope = Scope.ANY

    def __str__(self) -> str:
        return f"{self.first} begins before {self.second}"


@dataclass(frozen=True, slots=True)
class Recurrence:
    """Something happens again and again, for the first time soon after something else has begun.

    Attributes:
        first: what recurs.
        second: after the start of the earliest of these.
        within: largest distance from there to the start of the first occurrence.
        times: least number of occurrences the plan must show.
    """

    first: Operand
    second: Operand
    within: Span
    times: int = 2
    scope: Scope = Scope.ANY

    def __str__(self) -> str:
        return f"{self.first} recurs after {self.second}, first within {self.within}"


Statement = Sequence | Overlap | Opening | Recurrence


@dataclass(frozen=True, slots=True)
class Ordering:
    """A constraint on the order of work.

    Attributes:
        id: unique in its pack; the finding about it comes from the rule of this id.
        statements: what has to hold; all of it.
        severity: 1 to 5, of a violation.
    """

    id: str
    statements: tuple[Statement, ...]
    severity: int
