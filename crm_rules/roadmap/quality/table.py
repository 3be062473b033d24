"""What a profile is: a table of checks, with what each is held to and what breaking it means.

A check is a function that counts (`logic`, `dates`, `floats`, `path_test`) and a row of a profile.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from crm_rules.roadmap.quality.measure import Found, Gap, Limit, Measure
from crm_rules.roadmap.quality.results import Verdict
from crm_rules.roadmap.quality.view import PlanView, Population

OPEN_WORK: Final = "unfinished {work}"
LINKS: Final = "links with at least one end among the unfinished {work}"
ALL_LINKS: Final = "links between tasks that are not dropped"


@dataclass(frozen=True, slots=True)
class Row:
    """One check of a profile.

    Attributes:
        id: unique within the profile and stable.
        title: its name.
        counts: what the numerator counts.
        population: what the denominator counts; `{work}` stands for the members of the population.
        measure: counts it.
        limit: what the count is held to.
        level: the verdict where the limit is broken.
    """

    id: str
    title: str
    counts: str
    population: str
    measure: Callable[[PlanView], Found]
    limit: Limit
    level: Verdict = Verdict.FAILED


@dataclass(frozen=True, slots=True)
class Profile:
    """A set of checks with limits.

    Attributes:
        name: what it is asked for by.
        edition: whose numbers it uses.
        population: who counts unless the caller says otherwise.
        percent_from: shares are given for plans of at least so many tasks of the population.
        spare_one: a share is only broken by two or more.
        rows: the checks, in the order they are shown.
    """

    name: str
    edition: str
    population: Population
    percent_from: int
    spare_one: bool
    rows: tuple[Row, ...]


def by_hand(reason: str, measure: Callable[[PlanView], Found] | None = None) -> Callable[[PlanView], Found]:
    """A check a program cannot decide: what it would look at, and why it is left to people."""

    def gap(view: PlanView) -> Found:
        found = None if measure is None else measure(view)
        return Gap(reason, found.offenders if isinstance(found, Measure) else ())

    return gap
