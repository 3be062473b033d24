"""What a simulation answers, as plain data. Minutes are working minutes of the plan's calendar from project start.

Shares and statistics are fractions of counts and sums that are exact, so that equal draws give equal bytes.
"""

from __future__ import annotations

import datetime as dt
import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from crm_rules.roadmap.simulation_network import Obstacle, Spread
from crm_rules.roadmap.simulation_plan import Axis, Simplification

Distribution = Literal["pert", "triangular", "uniform"]
"""How a duration lies between its optimistic and its pessimistic value: `pert` is the beta distribution of mean
(o + 4m + p) / 6, `triangular` has mean (o + m + p) / 3, `uniform` takes no notice of the likely value."""

LEVELS: Final = (10, 50, 80, 90)
"""Percentiles that are reported."""

MAX_BINS: Final = 24
"""Bars of a histogram at most."""

_BIN_MINUTES: Final = (1, 5, 15, 60, 240, 480)
_Z: Final = 1.959963984540054
"""Of the normal distribution, 95 % is within so many deviations."""


@dataclass(frozen=True, slots=True)
class Percentile:
    """A finish that a share of the samples keeps.

    Attributes:
        level: percent of the samples that finish no later.
        minutes: the earliest finish of a sample of which that is true.
        finish: the same as date and time; None without a project start.
        standard_error_minutes: of `minutes`: half the distance between the finishes one standard error of the
            level, sqrt(p (1 - p) / samples), below and above it.
    """

    level: int
    minutes: int
    finish: dt.datetime | None
    standard_error_minutes: float

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "level": self.level,
            "minutes": self.minutes,
            "finish": _iso(self.finish),
            "standard_error_minutes": self.standard_error_minutes,
        }


@dataclass(frozen=True, slots=True)
class Chance:
    """How often a date is kept.

    Attributes:
        task: id of the task that is to keep it; None for the project.
        kind: `deadline`, or the constraint (`snlt`, `fnlt`, `mso`, `mfo`).
        at: the date; what ends on the working minute before it, keeps it.
        probability: share of the samples that do; None when nobody says when the project starts.
        low, high: where the probability lies with 95 % certainty, as far as the number of samples goes (Wilson
            1927): 1,000 samples out of 1,000 are not certainty. None with `probability`.
    """

    task: str | None
    kind: str
    at: dt.datetime
    probability: float | None
    low: float | None
    high: float | None

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "task": self.task,
            "kind": self.kind,
            "at": self.at.isoformat(),
            "probability": _rounded(self.probability),
            "low": _rounded(self.low),
            "high": _rounded(self.high),
        }


@dataclass(frozen=True, slots=True)
class TaskRisk:
    """What one task contributes. Of a task that has started, its remainder.

    Attributes:
        id: task id.
        mean_minutes, deviation_minutes: of the drawn durations; deviation 0 of a duration that stands.
        criticality: criticality index, the share of the samples in which the task is critical; 0 when done.
        cruciality: rank correlation (Spearman) of its duration with the project finish, from -1 to 1; None when
            one of the two does not vary.
        ssi: schedule sensitivity index (PMI), criticality times its deviation over the project's; None when
            the finish does not vary.
    """

    id: str
    mean_minutes: float
    deviation_minutes: float
    criticality: float
    cruciality: float | None
    ssi: float | None

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "id": self.id,
            "mean_minutes": round(self.mean_minutes, 3),
            "deviation_minutes": round(self.deviation_minutes, 3),
            "criticality": _rounded(self.criticality),
            "cruciality": _rounded(self.cruciality),
            "ssi": _rounded(self.ssi),
        }


@dataclass(frozen=True, slots=True)
class MergeBias:
    """Why the simulated mean is not the finish of the plan: planned + estimates + merging = mean.

    Attributes:
        planned_minutes: finish with the durations of the plan.
        estimates_minutes: what it takes more with the mean of every estimate: of estimates that lean late.
        merging_minutes: what the simulated mean is later than that. Where paths meet, the latest decides, and
            the mean of the latest is later than the latest of the means.
        standard_error_minutes: of `merging_minutes`.
        sentence: the same in words.
    """

    planned_minutes: int
    estimates_minutes: float
    merging_minutes: float
    standard_error_minutes: float
    sentence: str

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "planned_minutes": self.planned_minutes,
            "estimates_minutes": round(self.estimates_minutes, 3),
            "merging_minutes": round(self.merging_minutes, 3),
            "standard_error_minutes": round(self.standard_error_minutes, 3),
            "sentence": self.sentence,
        }


@dataclass(frozen=True, slots=True)
class Histogram:
    """Finishes counted in bins of equal width.

    Attributes:
        first_minutes: where the first bin begins; a finish at the beginning of a bin belongs to it.
        width_minutes: of each bin.
        counts: samples in each.
    """

    first_minutes: int
    width_minutes: int
    counts: tuple[int, ...]

    @classmethod
    def of(cls, finishes: Sequence[int]) -> Histogram:
        """Bins of a handy width (minutes, hours, then 1, 2, 5, 10... working days), at most `MAX_BINS` of them."""
        low, high = min(finishes), max(finishes)
        width = next(w for w in _widths() if high // w - low // w < MAX_BINS)
        counts = [0] * (high // width - low // width + 1)
        for finish in finishes:
            counts[finish // width - low // width] += 1
        return cls(low // width * width, width, tuple(counts))

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "first_minutes": self.first_minutes,
            "width_minutes": self.width_minutes,
            "counts": list(self.counts),
        }


@dataclass(frozen=True)
class Simulation:
    """A plan drawn many times. Sentences and shares are about these samples; what they leave out is named.

    Attributes:
        samples, seed, distribution, correlation, spread: what was asked for; with them and the plan the result
            can be had again.
        finishes: project finish of every sample in minutes, ascending.
        mean_minutes, deviation_minutes: of the finishes; the standard error of the mean is the deviation over the
            root of the number of samples.
        chances: the dates of the plan that are to be kept, and the one asked about, which comes first.
        tasks: by task id, ascending; without dropped and summary tasks.
        bias: why the mean is not the finish of the plan.
        histogram: of the finishes.
        simplifications: what is simulated in a simpler way than the plan says.
    """

    samples: int
    seed: int
    distribution: Distribution
    correlation: float
    spread: Spread | None
    finishes: tuple[int, ...] = field(repr=False)
    mean_minutes: float
    deviation_minutes: float
    chances: tuple[Chance, ...]
    tasks: Mapping[str, TaskRisk] = field(repr=False)
    bias: MergeBias
    histogram: Histogram
    simplifications: tuple[Simplification, ...]
    axis: Axis = field(repr=False)

    @property
    def percentiles(self) -> tuple[Percentile, ...]:
        """The finishes at `LEVELS`."""
        return tuple(self.percentile(level) for level in LEVELS)

    def percentile(self, level: int) -> Percentile:
        """The finish that `level` percent of the samples keep.

        Raises:
            ValueError: the level is not from 1 to 99.
        """
        if not 1 <= level <= 99:
            raise ValueError(f"a percentile is from 1 to 99, not {level}")
        share = level / 100
        error = math.sqrt(share * (1 - share) * self.samples)
        place = -(-level * self.samples // 100)
        last = self.samples - 1
        low = self.finishes[max(0, math.floor(place - error) - 1)]
        high = self.finishes[min(last, math.ceil(place + error) - 1)]
        minutes = self.finishes[place - 1]
        return Percentile(level, minutes, self.axis.date(minutes), (high - low) / 2)

    def probability(self, by: dt.datetime | int) -> float | None:
        """Share of the samples that finish by a date, or within so many minutes; None without a project start."""
        minutes = by if isinstance(by, int) else self.axis.minutes(by)
        return None if minutes is None else bisect_right(self.finishes, minutes) / self.samples

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, deterministic; without the single samples."""
        return {
            "samples": self.samples,
            "seed": self.seed,
            "distribution": self.distribution,
            "correlation": self.correlation,
            "spread": None if self.spread is None else list(self.spread),
            "mean_minutes": round(self.mean_minutes, 3),
            "deviation_minutes": round(self.deviation_minutes, 3),
            "percentiles": [p.to_dict() for p in self.percentiles],
            "chances": [c.to_dict() for c in self.chances],
            "bias": self.bias.to_dict(),
            "histogram": self.histogram.to_dict(),
            "tasks": [t.to_dict() for t in self.tasks.values()],
            "simplifications": [s.to_dict() for s in self.simplifications],
        }


@dataclass(frozen=True, slots=True)
class NotSimulated:
    """Why a plan was not simulated: any number drawn from it would be made up.

    Attributes:
        obstacles: all of them; never empty.
    """

    obstacles: tuple[Obstacle, ...]

    def __str__(self) -> str:
        return "cannot be simulated: " + "; ".join(o.message for o in self.obstacles)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {"obstacles": [o.to_dict() for o in self.obstacles]}


def chance_of(task: str | None, kind: str, at: dt.datetime, kept: int | None, samples: int) -> Chance:
    """The chance that follows from the number of samples that kept a date; None when it is not known."""
    if kept is None:
        return Chance(task, kind, at, None, None, None)
    share = kept / samples
    centre = share + _Z**2 / (2 * samples)
    reach = _Z * math.sqrt(share * (1 - share) / samples + _Z**2 / (4 * samples**2))
    scale = 1 + _Z**2 / samples
    # The bounds of none and of all are exact; rounding would put them a hair outside.
    low = 0.0 if not kept else (centre - reach) / scale
    high = 1.0 if kept == samples else (centre + reach) / scale
    return Chance(task, kind, at, share, low, high)


def _widths() -> Sequence[int]:
    """Widths of bins, ascending: beyond a day 1, 2 and 5 times powers of ten, up to any project."""
    return (*_BIN_MINUTES, *(480 * factor * 10**power for power in range(16) for factor in (2, 5, 10)))


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 6)


def _iso(instant: dt.datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()
