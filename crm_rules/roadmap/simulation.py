"""Monte Carlo simulation of a plan: from estimates in three points to the finish and the tasks that decide it.

Every sample draws a duration for each task with an estimate and schedules the plan with them, forward and
backward. What a duration of a task is drawn from is the estimate alone: samples of different tasks are
independent unless a correlation is asked for, which makes long projects less certain than independence claims.

The work itself needs numpy, which is an extra, and is done in `simulation_numpy`; nothing here imports it
before it is needed.
"""

from __future__ import annotations

import datetime as dt
import math
from bisect import bisect_right
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, get_args

from crm_rules.diagnostics import did_you_mean
from crm_rules.errors import EngineError, LimitReached
from crm_rules.roadmap.analysis import Roadmap, analyse
from crm_rules.roadmap.pert import SIXTHS, longest_path, sixfold_mean
from crm_rules.roadmap.plan import MINUTES_PER_DAY, Estimate, Plan
from crm_rules.roadmap.simulation_network import Model, Spread, read_model
from crm_rules.roadmap.simulation_result import (
    Chance,
    Distribution,
    Histogram,
    MergeBias,
    NotSimulated,
    Simulation,
    TaskRisk,
    chance_of,
)

if TYPE_CHECKING:
    from crm_rules.roadmap.simulation_numpy import Draws

MAX_DRAWS: Final = 1 << 25
"""Durations drawn at most (tasks with an estimate times samples): 256 MB."""

_NOTHING: Final = "0.0"
_SIXFOLD_MEANS: Final[dict[str, Callable[[Estimate], int]]] = {
    "pert": sixfold_mean,
    "triangular": lambda e: 2 * (e.optimistic + e.likely + e.pessimistic),
    "uniform": lambda e: 3 * (e.optimistic + e.pessimistic),
}


def simulate(
    subject: Roadmap | Plan,
    samples: int = 1000,
    seed: int = 1,
    distribution: Distribution = "pert",
    correlation: float = 0.0,
    spread: Spread | None = None,
    deadline: dt.datetime | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Simulation | NotSimulated:
    """Draw a plan many times.

    Tasks without an estimate keep their duration; finished ones keep their dates.

    Args:
        subject: the plan, or its roadmap.
        samples: how often, at least 2. With 1,000 the standard error of P80 is 1.3 percentage points.
        seed: same seed, same plan, same numpy: same result, in whatever order tasks and links are written.
        distribution: of durations between their three points.
        correlation: rank correlation between any two durations, from 0 to 1.
        spread: gives unfinished tasks without an estimate one of (1 + least, 1, 1 + most) times their
            duration, such as (-0.1, 0.3).
        deadline: a date whose chance is asked for, next to those of the plan.
        progress: called with work done and work to do.

    Returns:
        The simulation, or why there is none: loops, unknown durations, nothing that varies.

    Raises:
        ValueError: an argument is out of its range.
        LimitReached: more than `MAX_DRAWS` durations would have to be drawn.
        EngineError: numpy is not installed.
    """
    _check(samples, seed, distribution, correlation, spread)
    roadmap = analyse(subject) if isinstance(subject, Plan) else subject
    model = read_model(roadmap, spread)
    if isinstance(model, tuple):
        return NotSimulated(model)
    varying = sum(e is not None for e in model.estimates)
    if varying * samples > MAX_DRAWS:
        raise LimitReached(
            f"{samples:,} samples of {varying:,} estimates are more than MAX_DRAWS = {MAX_DRAWS:,} durations;"
            f" at most {MAX_DRAWS // varying:,} samples can be drawn"
        )
    try:
        from crm_rules.roadmap.simulation_numpy import draw
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != "numpy":
            raise
        raise EngineError("simulating a plan needs numpy: pip install 'crm-rules[simulation]'") from error
    found = draw(model, samples, seed, distribution, correlation, progress)
    return _summarised(model, found, samples, seed, distribution, correlation, spread, deadline)


def _check(samples: int, seed: int, distribution: str, correlation: float, spread: Spread | None) -> None:
    problems: list[str] = []
    if samples < 2:
        problems.append(f"at least 2 samples are needed, not {samples}")
    if seed < 0:
        problems.append(f"a seed is at least 0, not {seed}")
    names = get_args(Distribution)
    if distribution not in names:
        problems.append(f"there is no distribution '{distribution}'; {did_you_mean(distribution, names)}")
    if not 0 <= correlation <= 1:
        problems.append(f"a correlation is from 0 to 1, not {correlation}")
    if spread is not None and not (-1 <= spread[0] <= 0 <= spread[1] < math.inf):
        problems.append(f"a spread is from at least -1 to 0, and from 0 up, not {spread[0]} and {spread[1]}")
    if problems:
        raise ValueError("; ".join(problems))


def _summarised(
    model: Model,
    found: Draws,
    samples: int,
    seed: int,
    distribution: Distribution,
    correlation: float,
    spread: Spread | None,
    deadline: dt.datetime | None,
) -> Simulation:
    finishes = tuple(sorted(found.finishes))
    total = sum(finishes)
    deviation = _deviation(samples * sum(f * f for f in finishes) - total * total, samples)
    tasks = _risks(model, found, samples, deviation)
    chances = tuple(
        chance_of(promise.task, promise.kind, promise.at, kept, samples)
        for (promise, _), kept in zip(model.promises, found.kept, strict=True)
    )
    if deadline is not None:
        chances = (_asked(model, finishes, deadline), *chances)
    return Simulation(
        samples=samples,
        seed=seed,
        distribution=distribution,
        correlation=correlation,
        spread=spread,
        finishes=finishes,
        mean_minutes=total / samples,
        deviation_minutes=deviation,
        chances=chances,
        tasks=tasks,
        bias=_bias(model, tasks, total / samples, deviation, samples, distribution),
        histogram=Histogram.of(finishes),
        simplifications=model.simplifications,
        axis=model.axis,
    )


def _deviation(squares: int, count: int) -> float:
    """Standard deviation of a sample from its count times the sum of squares less the square of the sum."""
    return math.sqrt(squares / (count * (count - 1)))


def _asked(model: Model, finishes: tuple[int, ...], at: dt.datetime) -> Chance:
    minutes = model.axis.minutes(at)
    kept = None if minutes is None else bisect_right(finishes, minutes)
    return chance_of(None, "deadline", at, kept, len(finishes))


def _risks(model: Model, found: Draws, samples: int, deviation: float) -> dict[str, TaskRisk]:
    network = model.network
    row = {node: number for number, node in enumerate(found.drawn)}
    risks: dict[str, TaskRisk] = {}
    for i, name in enumerate(network.ids[: model.tasks]):
        criticality = 0.0 if network.done[i] else found.critical[i] / samples
        mean, own, cruciality = float(model.durations[i]), 0.0, None
        number = row.get(i)
        if number is not None:
            mean = found.duration_sums[number] / samples
            own = _deviation(found.duration_squares[number], samples)
            squares = found.rank_squares[number] * found.finish_rank_squares
            cruciality = found.rank_products[number] / math.sqrt(squares) if squares else None
        ssi = criticality * own / deviation if deviation else None
        risks[name] = TaskRisk(name, mean, own, criticality, cruciality, ssi)
    return risks


def _bias(
    model: Model,
    tasks: dict[str, TaskRisk],
    mean: float,
    deviation: float,
    samples: int,
    distribution: Distribution,
) -> MergeBias:
    """Take the simulated mean apart; `MergeBias` says into what."""
    starts = model.early_starts(model.durations)
    last = model.last_task(starts, model.durations)
    planned = starts[last] + model.durations[last]
    sixfold = _SIXFOLD_MEANS[distribution]
    means = [
        duration * SIXTHS if estimate is None else sixfold(estimate)
        for duration, estimate in zip(model.durations, model.estimates, strict=True)
    ]
    starts = model.early_starts(means, SIXTHS)
    last = model.last_task(starts, means)
    expected = (starts[last] + means[last]) / SIXTHS
    error = deviation / math.sqrt(samples)
    merging = mean - expected
    sentence = (
        f"With the durations of the plan the project takes {_days(planned)} working days, simulated"
        f" {_days(mean)} on average: {_more(expected - planned)} because the means of the estimates differ from the"
        f" durations, {_more(merging)} because paths meet"
    )
    if merging <= 2 * error:
        sentence += ", which is within chance"
    elif _more(merging) != _NOTHING:
        sentence += ", where the latest one decides"
        path = set(longest_path(model, means).nodes)
        # What is critical in every sample competes with nothing.
        rivals = [t for i, t in enumerate(tasks.values()) if i not in path and 0 < t.criticality < 1]
        if rivals:
            rival = max(rivals, key=lambda t: t.criticality)  # the first of those that tie
            share = f"{rival.criticality:.0%}"
            sentence += f" ('{model.names[rival.id]}', off the longest path, is critical in {share} of the samples)"
    return MergeBias(planned, expected - planned, merging, error, sentence)


def _days(minutes: float) -> str:
    return f"{minutes / MINUTES_PER_DAY:.1f}"


def _more(minutes: float) -> str:
    """A difference in working days with its sign, none for what rounds to nothing."""
    text = f"{minutes / MINUTES_PER_DAY:+.1f}"
    return _NOTHING if float(text) == 0 else text
