"""Sampling and both passes over (nodes x samples), the only door to numpy. Whole minutes in, whole numbers out.

Nodes are numbered by level (longest number of links before them), so that every node of a level gets its
dates from one numpy call over all its links and all samples of a chunk. The passes are those of `schedule`,
in 64-bit integers; each sample has exactly the dates the scheduler would give it.

Everything a result is made of is an exact integer (counts, sums, ranks): it does not hang on the order in
which a processor adds. What a seed draws is numpy's promise: the stream of `PCG64` never changes, the methods
of `Generator` may from one release to the next. Samples are rounded to minutes, which hides the last bits in
which two machines may differ.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from crm_rules.roadmap.plan import Estimate
from crm_rules.roadmap.simulation_network import Model

Progress = Callable[[int, int], None]
"""Called with the work done and the work there is, after each part of it; only their ratio means something."""

CHUNK: Final = 1 << 21
"""Dates per array of a chunk, 16 MB: wide enough that even in a chain of tasks, one level each, the calls cost
little beside the numbers."""

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Draws:
    """What was counted over all samples. Lists of tasks are by node, of drawn tasks in their order.

    Attributes:
        finishes: project finish of each sample.
        critical: samples in which the task is critical.
        kept: samples that keep each promise of the model.
        drawn: nodes whose durations were drawn, ascending.
        duration_sums: sum over the samples.
        duration_squares: samples times the sum of the squares, less the square of the sum.
        rank_products: sum over the samples of (twice the rank of the duration, less its mean) times the same
            of the finish; ranks are averaged over ties.
        rank_squares: the same of the duration with itself.
        finish_rank_squares: the same of the finish with itself.
    """

    finishes: list[int]
    critical: list[int]
    kept: list[int]
    drawn: list[int]
    duration_sums: list[int]
    duration_squares: list[int]
    rank_products: list[int]
    rank_squares: list[int]
    finish_rank_squares: int


def draw(
    model: Model,
    samples: int,
    seed: int,
    distribution: str,
    correlation: float,
    progress: Progress | None,
) -> Draws:
    """Draw durations and schedule each sample."""
    drawn = [i for i, e in enumerate(model.estimates) if e is not None]
    meter = _Meter(progress, samples, len(drawn), len(model.durations))
    durations = sample_durations(model, drawn, samples, seed, distribution, correlation, meter.advance)
    passes = _Passes(model)
    finishes = np.empty(samples, np.int64)
    critical = np.zeros(len(model.durations), np.int64)
    kept = np.zeros(len(model.promises), np.int64)
    width = max(1, CHUNK // len(model.durations))
    for low in range(0, samples, width):
        high = min(samples, low + width)
        passes.run(drawn, durations[:, low:high], finishes[low:high], critical, kept)
        meter.advance((high - low) * len(model.durations))
    doubled, finish_squares = ranked(finishes)
    products: list[int] = []
    squares: list[int] = []
    for row in durations:
        own, square = ranked(row)
        products.append(int(own @ doubled))
        squares.append(square)
        meter.advance(samples)
    return Draws(
        finishes=finishes.tolist(),
        critical=critical.tolist(),
        kept=kept.tolist(),
        drawn=drawn,
        duration_sums=durations.sum(axis=1).tolist(),
        duration_squares=[_square_sum(row) for row in durations],
        rank_products=products,
        rank_squares=squares,
        finish_rank_squares=finish_squares,
    )


class _Meter:
    """Work in durations drawn, dates computed and durations ranked."""

    def __init__(self, progress: Progress | None, samples: int, drawn: int, nodes: int) -> None:
        self._progress = progress
        self._total = samples * (2 * drawn + nodes)
        self._done = 0
        self._told = 0

    def advance(self, work: int) -> None:
        self._done += work
        # A hundred times is often enough: telling costs more than ranking a row.
        if self._progress is not None and (self._done - self._told) * 100 >= self._total:
            self._told = self._done
            self._progress(self._done, self._total)


# --- Durations ---------------------------------------------------------------


def sample_durations(
    model: Model,
    drawn: Sequence[int],
    samples: int,
    seed: int,
    distribution: str,
    correlation: float,
    advance: Callable[[int], None] | None = None,
) -> Ints:
    """Durations (drawn tasks x samples), task by task in ascending order of ids.

    Correlated tasks are drawn like others, and each one's durations are then put into the order of normal
    numbers that share a part (Iman and Conover 1982): the distribution of each stays exactly what it is.
    Normal numbers of correlation r have ranks of correlation 6/pi arcsin(r/2) (Pearson 1907).
    """
    chance = np.random.Generator(np.random.PCG64(seed))
    durations = np.empty((len(drawn), samples), np.int64)
    together = 2 * math.sin(math.pi * correlation / 6)
    shared = math.sqrt(together) * chance.standard_normal(samples) if correlation else None
    for row, node in enumerate(drawn):
        estimate = model.estimates[node]
        assert estimate is not None
        values = np.rint(_DISTRIBUTIONS[distribution](chance, estimate, samples)).astype(np.int64)
        if shared is not None:
            scores = shared + math.sqrt(max(0.0, 1 - together)) * chance.standard_normal(samples)
            places = np.empty(samples, np.int64)
            places[np.argsort(scores, kind="stable")] = np.arange(samples)
            values = np.sort(values)[places]
        durations[row] = values
        if advance is not None:
            advance(samples)
    return durations


def _pert(chance: np.random.Generator, estimate: Estimate, samples: int) -> NDArray[np.float64]:
    """Beta distribution with mean (o + 4m + p) / 6 and mode m (Vose 2008, modified PERT with weight 4)."""
    low, mode, high = estimate.optimistic, estimate.likely, estimate.pessimistic
    width = high - low
    if not width:
        return np.full(samples, float(low))
    return low + width * chance.beta(1 + 4 * (mode - low) / width, 1 + 4 * (high - mode) / width, samples)


def _triangular(chance: np.random.Generator, estimate: Estimate, samples: int) -> NDArray[np.float64]:
    if estimate.optimistic == estimate.pessimistic:
        return np.full(samples, float(estimate.likely))
    return chance.triangular(estimate.optimistic, estimate.likely, estimate.pessimistic, samples)


def _uniform(chance: np.random.Generator, estimate: Estimate, samples: int) -> NDArray[np.float64]:
    return chance.integers(estimate.optimistic, estimate.pessimistic, samples, endpoint=True).astype(np.float64)


_DISTRIBUTIONS: Final = {"pert": _pert, "triangular": _triangular, "uniform": _uniform}


# --- Passes ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Links:
    """Links that decide the dates of consecutive nodes, sorted by the node they decide about.

    Attributes:
        first, end: the nodes decided about; each has a link.
        sources: rows of the stacked dates the links read.
        lags: column of lags; None when all are 0.
        corrected: links about the other end of their node than the one that is computed.
        owners: nodes of these.
        starts: first link of each node; None when each has one only.
    """

    first: int
    end: int
    sources: Ints
    lags: Ints | None
    corrected: Ints | None
    owners: Ints
    starts: Ints | None


@dataclass(frozen=True, slots=True)
class _Level:
    """Nodes of one level, and the links into and out of them; None where there are none."""

    first: int
    end: int
    incoming: _Links | None
    outgoing: _Links | None


class _Passes:
    """Forward and backward pass over a chunk of samples.

    Nodes are renumbered by level, within a level those with successors first: the links of a level then
    decide about consecutive nodes. Starts and finishes are the upper and the lower half of one array, so
    that a link reads one row whichever end it joins.
    """

    def __init__(self, model: Model) -> None:
        network = model.network
        nodes = len(model.durations)
        # Points that were taken out of the network are in no list; they are given a place all the same.
        missing = sorted(set(range(nodes)) - set(network.order))
        level = model.levels()
        old = sorted([*network.order, *missing], key=lambda i: (level[i], not network.outgoing[i], i))
        new = [0] * nodes
        for place, node in enumerate(old):
            new[node] = place
        self._old = old
        self._new = np.array(new, np.int64)
        self._nodes = nodes
        durations, starts = _column([model.durations[i] for i in old]), [model.start_floors[i] for i in old]
        self._durations = durations
        self._is_task = np.array([network.is_task[i] for i in old], bool)
        self._all_tasks = bool(self._is_task.all())
        self._start_floors = _column(starts)
        self._finish_floors = _present([model.finish_floors[i] for i in old])
        self._start_caps = _present([model.start_caps[i] for i in old])
        self._finish_caps = _present([model.finish_caps[i] for i in old])
        self._limit = model.critical_limit
        self._promises = [
            ([new[i] + (0 if p.of_start else nodes) for i in holders], p.minutes) for p, holders in model.promises
        ]
        self._slack = 1 + sum(abs(lag) for lag in network.lags)
        counts = [0] * (max(level, default=0) + 1)
        for own in level:
            counts[own] += 1
        bounds = [0, *accumulate(counts)]
        into: list[list[int]] = [[] for _ in counts]
        out: list[list[int]] = [[] for _ in counts]
        for k, (i, j) in enumerate(zip(network.tails, network.heads, strict=True)):
            into[level[j]].append(k)
            out[level[i]].append(k)
        self._levels = [
            _Level(
                first,
                end,
                self._group(model, into[n], new, network.heads, network.tails, network.to_finish, network.from_finish),
                self._group(
                    model,
                    out[n],
                    new,
                    network.tails,
                    network.heads,
                    [not f for f in network.from_finish],
                    network.to_finish,
                ),
            )
            for n, (first, end) in enumerate(pairwise(bounds))
        ]

    def _group(
        self,
        model: Model,
        links: list[int],
        new: Sequence[int],
        owners: Sequence[int],
        others: Sequence[int],
        corrected: Sequence[bool],
        read_finish: Sequence[bool],
    ) -> _Links | None:
        if not links:
            return None
        links.sort(key=lambda k: new[owners[k]])
        own = [new[owners[k]] for k in links]
        lags = [model.network.lags[k] for k in links]
        turned = [n for n, k in enumerate(links) if corrected[k]]
        starts = [n for n, node in enumerate(own) if not n or node != own[n - 1]]
        assert len(starts) == own[-1] - own[0] + 1  # no node without a link lies between
        return _Links(
            first=own[0],
            end=own[-1] + 1,
            sources=np.array([new[others[k]] + (self._nodes if read_finish[k] else 0) for k in links], np.int64),
            lags=_column(lags) if any(lags) else None,
            corrected=np.array(turned, np.int64) if turned else None,
            owners=np.array([own[n] for n in turned], np.int64),
            starts=np.array(starts, np.int64) if len(starts) < len(own) else None,
        )

    def run(self, drawn: Sequence[int], samples: Ints, finishes: Ints, critical: Ints, kept: Ints) -> None:
        """Schedule the samples; writes their finishes, adds to the counts."""
        nodes, width = self._nodes, samples.shape[1]
        durations = np.repeat(self._durations, width, axis=1)
        durations[self._new[np.asarray(drawn, np.int64)]] = samples
        early = np.empty((2 * nodes, width), np.int64)
        starts, ends = early[:nodes], early[nodes:]
        starts[:] = self._start_floors
        if self._finish_floors is not None:
            held, floors = self._finish_floors
            starts[held] = np.maximum(starts[held], floors - durations[held])
        for level in self._levels:
            own = starts[level.first : level.end]
            if level.incoming is not None:
                np.maximum(own, self._bounds(level.incoming, early, durations, 1, np.maximum), out=own)
            np.add(own, durations[level.first : level.end], out=ends[level.first : level.end])
        finish = (ends if self._all_tasks else ends[self._is_task]).max(axis=0)
        finishes[:] = finish
        for number, (rows, minutes) in enumerate(self._promises):
            kept[number] += np.count_nonzero((early[rows] <= minutes).all(axis=0))
        late = np.empty((2 * nodes, width), np.int64)
        late_starts, late_ends = late[:nodes], late[nodes:]
        late_ends[:] = finish
        if not self._all_tasks:
            late_ends[~self._is_task] = finish + self._slack + durations.sum(axis=0)
        if self._finish_caps is not None:
            held, caps = self._finish_caps
            late_ends[held] = np.minimum(late_ends[held], caps)
        if self._start_caps is not None:
            held, caps = self._start_caps
            late_ends[held] = np.minimum(late_ends[held], caps + durations[held])
        for level in reversed(self._levels):
            if level.outgoing is not None:
                own = late_ends[level.outgoing.first : level.outgoing.end]
                np.minimum(own, self._bounds(level.outgoing, late, durations, -1, np.minimum), out=own)
            whole = slice(level.first, level.end)
            np.subtract(late_ends[whole], durations[whole], out=late_starts[whole])
        np.subtract(late_starts, starts, out=late_starts)
        # Back from places to nodes.
        critical += np.count_nonzero(late_starts <= self._limit, axis=1)[self._new]

    @staticmethod
    def _bounds(links: _Links, dates: Ints, durations: Ints, sign: int, strictest: np.ufunc) -> Ints:
        """What links ask of their nodes: of starts, looking forward (sign 1), of finishes, looking back (-1)."""
        bounds = dates[links.sources]
        if links.lags is not None:
            bounds += sign * links.lags
        if links.corrected is not None:
            bounds[links.corrected] -= sign * durations[links.owners]
        if links.starts is None:
            return bounds
        reduced: Ints = strictest.reduceat(bounds, links.starts, axis=0)
        return reduced


def _column(values: Sequence[int]) -> Ints:
    return np.array(values, np.int64).reshape(-1, 1)


def _present(values: Sequence[int | None]) -> tuple[Ints, Ints] | None:
    """Rows that have a value, and a column of the values; None when none has."""
    rows = [i for i, value in enumerate(values) if value is not None]
    return (np.array(rows, np.int64), _column([v for v in values if v is not None])) if rows else None


# --- Statistics --------------------------------------------------------------


def ranked(values: Ints) -> tuple[Ints, int]:
    """Twice the ranks less their mean, ties sharing the mean of theirs, and the sum of the squares."""
    count = len(values)
    order = np.argsort(values, kind="stable")
    ascending = values[order]
    first = np.flatnonzero(np.concatenate(([True], ascending[1:] != ascending[:-1])))
    end = np.append(first[1:], count)
    # Places first..end-1 share the rank (first + 1 + end) / 2; twice that less the mean count + 1.
    shared = first + end - count
    ranks = np.empty(count, np.int64)
    ranks[order] = np.repeat(shared, end - first)
    return ranks, int(ranks @ ranks)


def _square_sum(values: Ints) -> int:
    """Number of values times the sum of their squares, less the square of their sum."""
    own = values - values.min()  # changes nothing of it, and keeps numbers small
    fits = int(own.max()) ** 2 * len(own) < 2**63
    squares = int(own @ own) if fits else sum(v * v for v in own.tolist())
    return len(own) * squares - int(own.sum()) ** 2
