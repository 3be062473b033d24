"""What a quality check says: plain values, ready to be shown. Nothing is counted or judged here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any


class Verdict(StrEnum):
    """How a check came out."""

    FAILED = "failed"  # breaks a limit that is an error to break
    WARNING = "warning"  # breaks a limit that somebody should look at
    INFO = "info"  # worth knowing, held against nobody
    PASSED = "passed"
    NOT_MEASURABLE = "not_measurable"  # data the check needs are missing; never a pass


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check of a profile, carried out.

    Attributes:
        id: unique within the profile and stable.
        title: name of the check.
        counts: what the numerator counts, in words.
        population: what the denominator counts, in words.
        numerator, denominator: the numbers behind the verdict; None where they could not be found or mean nothing.
        ratio: numerator by denominator, rounded to four decimals; None without them, and for plans too small
            for a share to say anything (see `Profile.percent_from`).
        threshold: the limit, in words.
        verdict: see `Verdict`.
        reason: why it is not measurable, or what else should be known about the verdict; "" when nothing.
        offenders: ids of the tasks, or of the links (`named_links`), that are counted or to be looked at, sorted.
        undecided: ids of tasks or links nobody can tell for, because something about them is not known; sorted.
        of_links: whether `offenders` and `undecided` are links.
    """

    id: str
    title: str
    counts: str
    population: str
    numerator: int | None
    denominator: int | None
    ratio: float | None
    threshold: str
    verdict: Verdict
    reason: str = ""
    offenders: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()
    of_links: bool = False

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "id": self.id,
            "title": self.title,
            "counts": self.counts,
            "population": self.population,
            "numerator": self.numerator,
            "denominator": self.denominator,
            "ratio": self.ratio,
            "threshold": self.threshold,
            "verdict": self.verdict.value,
            "reason": self.reason,
            "offenders": list(self.offenders),
            "undecided": list(self.undecided),
            "offenders_are": "links" if self.of_links else "tasks",
        }


@dataclass(frozen=True)
class QualityReport:
    """All checks of one profile over one plan.

    Attributes:
        profile: name of the profile.
        edition: whose numbers it uses, in words.
        population: which tasks count, in words.
        size: how many tasks that are, finished ones included.
        remarks: how the numbers are to be read, in words.
        checks: in the order of the profile.
    """

    profile: str
    edition: str
    population: str
    size: int
    remarks: tuple[str, ...]
    checks: tuple[CheckResult, ...]

    @cached_property
    def _by_id(self) -> Mapping[str, CheckResult]:
        return {c.id: c for c in self.checks}

    def __getitem__(self, check: str) -> CheckResult:
        """The result of one check.

        Raises:
            KeyError: the profile has no such check.
        """
        return self._by_id[check]

    def having(self, *verdicts: Verdict) -> tuple[CheckResult, ...]:
        """The checks that came out in one of these ways, in the order of the profile."""
        return tuple(c for c in self.checks if c.verdict in verdicts)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, deterministic."""
        tally = Counter(c.verdict for c in self.checks)
        return {
            "profile": self.profile,
            "edition": self.edition,
            "population": self.population,
            "size": self.size,
            "remarks": list(self.remarks),
            "verdicts": {v.value: tally[v] for v in Verdict},
            "checks": [c.to_dict() for c in self.checks],
        }
