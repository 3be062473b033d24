"""Where each task of a graph stands: a layered layout without any drawing.

After Sugiyama, Tagawa and Toda (1981): tasks stand in topological generations, a link across several of them
is bent at a point in each, points are moved towards the middle of their neighbours so that few links cross,
and places are given out so that every point is as near as possible to those it is joined to. The number of
passes is fixed and ties keep the order tasks came in, so that equal input gives equal places.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

SWEEPS: Final = 12
"""Passes over all layers for their order, and again for their places; more gain little."""

Pair = tuple[str, str]
_Point = str | tuple[str, str, int]
"""A task, or the bend of a link in a layer."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Places in a drawing.

    Attributes:
        layer: task to the number of its layer, from 0.
        across: task to the place of its middle across the layers, from 0 on.
        bends: link to the (across, layer) of the points it passes between its ends.
        breadth: how far the widest layer reaches.
        depth: number of layers.
    """

    layer: Mapping[str, int]
    across: Mapping[str, float]
    bends: Mapping[Pair, tuple[tuple[float, int], ...]]
    breadth: float
    depth: int


def layers_of(names: Sequence[str], links: Iterable[Pair]) -> list[list[str]]:
    """Names by layer, in the order they came in: each stands behind all it waits for, as near as that allows.

    Args:
        names: what to place, each once.
        links: (predecessor, successor), both among the names; of those that lie on a circle, the ones that close it
            do not count.
    """
    successors = _acyclic(names, links)
    waiting = dict.fromkeys(names, 0)
    for heads in successors.values():
        for head in heads:
            waiting[head] += 1
    layer = dict.fromkeys(names, 0)
    order = [name for name in names if not waiting[name]]
    for name in order:
        for head in successors[name]:
            layer[head] = max(layer[head], layer[name] + 1)
            waiting[head] -= 1
            if not waiting[head]:
                order.append(head)
    found: list[list[str]] = [[] for _ in range(max(layer.values(), default=-1) + 1)]
    for name in names:
        found[layer[name]].append(name)
    return found


def _acyclic(names: Sequence[str], links: Iterable[Pair]) -> dict[str, list[str]]:
    """Successors of each name without the links that lead back to where a walk along the links came from."""
    successors: dict[str, list[str]] = {name: [] for name in names}
    heads: set[str] = set()
    for before, after in dict.fromkeys(links):
        if before != after:
            successors[before].append(after)
            heads.add(after)
    kept: dict[str, list[str]] = {name: [] for name in names}
    seen: set[str] = set()
    # Walks begin where nothing leads to; what is left after that lies on circles or behind them.
    for start in sorted(names, key=lambda name: name in heads):
        if start in seen:
            continue
        seen.add(start)
        way, walking = [(start, iter(successors[start]))], {start}
        while way:
            name, rest = way[-1]
            for head in rest:
                if head not in walking:
                    kept[name].append(head)
                    if head not in seen:
                        seen.add(head)
                        walking.add(head)
                        way.append((head, iter(successors[head])))
                        break
            else:
                way.pop()
                walking.discard(name)
    return kept


def layout(names: Sequence[str], links: Iterable[Pair], width: float, bend: float) -> Layout:
    """Place tasks and the bends of their links.

    Args:
        names: what to place, each once.
        links: (predecessor, successor), both among the names.
        width: room a task needs across the layers, in any unit.
        bend: room a passing link needs.
    """
    pairs = [pair for pair in dict.fromkeys(links) if pair[0] != pair[1]]
    layers: list[list[_Point]] = [list(members) for members in layers_of(names, pairs)]
    at = {point: number for number, members in enumerate(layers) for point in members}
    joined: list[tuple[_Point, _Point]] = []
    chains: dict[Pair, list[_Point]] = {}
    for before, after in pairs:
        if at[before] >= at[after]:
            continue  # it closes a circle and is drawn straight
        chain: list[_Point] = [(before, after, number) for number in range(at[before] + 1, at[after])]
        chains[before, after] = chain
        for number, point in enumerate(chain, start=at[before] + 1):
            layers[number].append(point)
        joined += zip([before, *chain], [*chain, after], strict=True)
    above: dict[_Point, list[_Point]] = {}
    below: dict[_Point, list[_Point]] = {}
    for tail, head in joined:
        above.setdefault(head, []).append(tail)
        below.setdefault(tail, []).append(head)
    _order(layers, above, below)
    places = _places(layers, above, below, width, bend)
    least = min((place - _room(point, width, bend) / 2 for point, place in places.items()), default=0.0)
    across = {point: round(place - least, 3) for point, place in places.items()}
    return Layout(
        layer={name: at[name] for name in names},
        across={name: across[name] for name in names},
        bends={
            pair: tuple((across[point], number) for number, point in enumerate(chain, start=at[pair[0]] + 1))
            for pair, chain in chains.items()
        },
        breadth=max((place + _room(point, width, bend) / 2 for point, place in across.items()), default=0.0),
        depth=len(layers),
    )


_Neighbours = Mapping[_Point, Sequence[_Point]]


def _order(layers: list[list[_Point]], above: _Neighbours, below: _Neighbours) -> None:
    """Put each layer in the order of the middles of its neighbours, down and up again; keep the best order seen."""
    best, fewest = [list(members) for members in layers], _crossings(layers, below)
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        neighbours = above if down else below
        for number in range(1, len(layers)) if down else range(len(layers) - 2, -1, -1):
            fixed = layers[number - 1 if down else number + 1]
            rank = {point: (row + 0.5) / len(fixed) for row, point in enumerate(fixed)}
            own = {point: (row + 0.5) / len(layers[number]) for row, point in enumerate(layers[number])}
            layers[number].sort(key=lambda p: _mean([rank[n] for n in neighbours.get(p, ())], own[p]))
        crossings = _crossings(layers, below)
        if crossings < fewest:
            best, fewest = [list(members) for members in layers], crossings
    layers[:] = best


def _crossings(layers: Sequence[Sequence[_Point]], below: _Neighbours) -> int:
    """How often links between neighbouring layers cross, counted with a Fenwick tree."""
    total = 0
    for upper, lower in pairwise(layers):
        rank = {point: row for row, point in enumerate(lower)}
        tree = [0] * (len(lower) + 1)
        seen = 0
        for point in upper:
            heads = sorted(rank[n] for n in below.get(point, ()))
            for head in heads:
                at, left = head + 1, 0
                while at:
                    left += tree[at]
                    at -= at & -at
                total += seen - left
            for head in heads:
                at = head + 1
                while at < len(tree):
                    tree[at] += 1
                    at += at & -at
                seen += 1
    return total


def _places(
    layers: Sequence[Sequence[_Point]], above: _Neighbours, below: _Neighbours, width: float, bend: float
) -> dict[_Point, float]:
    """Places that keep the order of each layer and its distances, each as near its neighbours as they allow."""
    places: dict[_Point, float] = {}
    for members in layers:
        edge = 0.0
        for point in members:
            room = _room(point, width, bend)
            places[point] = edge + room / 2
            edge += room
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        for members in layers if down else reversed(layers):
            wanted = []
            for point in members:
                near = [*above.get(point, ()), *below.get(point, ())] if sweep >= SWEEPS // 2 else None
                chosen = near if near is not None else (above if down else below).get(point, ())
                wanted.append(_mean([places[n] for n in chosen], places[point]))
            rooms = [_room(point, width, bend) for point in members]
            # Bends pull harder, so that links run straight.
            weights = [1.0 if isinstance(point, str) else 4.0 for point in members]
            places.update(zip(members, _spread(wanted, rooms, weights), strict=True))
    return places


def _spread(wanted: Sequence[float], rooms: Sequence[float], weights: Sequence[float]) -> list[float]:
    """Places nearest to those wanted (weighted least squares) that keep order and room.

    With the room in front of each taken off, the places must ascend: an isotonic regression, solved by pooling
    neighbours that disagree.
    """
    offsets, offset = [], 0.0
    for number, room in enumerate(rooms):
        offset += room / 2 + (rooms[number - 1] / 2 if number else -room / 2)
        offsets.append(offset)
    pools: list[tuple[float, float, int]] = []  # mean, weight, number of members
    for want, off, weight in zip(wanted, offsets, weights, strict=True):
        mean, total, size = want - off, weight, 1
        while pools and pools[-1][0] > mean:
            before, heavy, many = pools.pop()
            mean = (mean * total + before * heavy) / (total + heavy)
            total, size = total + heavy, size + many
        pools.append((mean, total, size))
    means = [mean for mean, _, size in pools for _ in range(size)]
    return [mean + off for mean, off in zip(means, offsets, strict=True)]


def _room(point: _Point, width: float, bend: float) -> float:
    return width if isinstance(point, str) else bend


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise
