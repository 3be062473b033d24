"""Where tasks of a drawing stand: below all they wait for, apart from each other, the same for equal plans."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from crm_rules.report.roadmap_layers import Pair, layers_of, layout

WIDTH, BEND = 2.0, 0.5

GRAPHS = st.integers(0, 9).flatmap(
    lambda n: st.tuples(
        st.just([f"t{i}" for i in range(n)]),
        st.lists(st.tuples(st.integers(0, max(n - 1, 0)), st.integers(0, max(n - 1, 0))), max_size=20 if n else 0).map(
            lambda pairs: [(f"t{a}", f"t{b}") for a, b in pairs]
        ),
    )
)


def numbers(layers: list[list[str]]) -> dict[str, int]:
    return {name: number for number, members in enumerate(layers) for name in members}


def test_a_task_stands_behind_the_last_it_waits_for() -> None:
    assert layers_of("abcd", [("a", "b"), ("b", "c"), ("a", "d")]) == [["a"], ["b", "d"], ["c"]]
    assert layers_of([], []) == []
    assert layers_of("ab", []) == [["a", "b"]]


def test_a_circle_is_opened_where_the_walk_comes_back() -> None:
    # x leads into the circle at b, so the link from a back to b closes it.
    assert layers_of("abcx", [("b", "c"), ("c", "a"), ("a", "b"), ("x", "b")]) == [["x"], ["b"], ["c"], ["a"]]
    # What is behind a circle stands behind it, wherever it is in the list.
    assert layers_of("zab", [("a", "b"), ("b", "a"), ("b", "z")]) == [["a"], ["b"], ["z"]]


@given(GRAPHS)
def test_links_without_circles_lead_to_later_layers(graph: tuple[list[str], list[Pair]]) -> None:
    names, links = graph
    forward = [(a, b) for a, b in links if a < b]
    place = numbers(layers_of(names, forward))
    assert all(place[a] < place[b] for a, b in forward)
    # As near as that allows: nothing stands later than it has to.
    assert all(place[n] == max((place[a] + 1 for a, b in forward if b == n), default=0) for n in names)


@given(GRAPHS)
def test_every_task_has_a_place_of_its_own(graph: tuple[list[str], list[Pair]]) -> None:
    names, links = graph
    found = layout(names, links, WIDTH, BEND)
    assert set(found.layer) == set(found.across) == set(names)
    assert sorted(set(found.layer.values())) == list(range(found.depth))
    for a, b in combinations(names, 2):
        if found.layer[a] == found.layer[b]:
            assert abs(found.across[a] - found.across[b]) >= WIDTH - 0.01
    assert all(WIDTH / 2 - 0.01 <= at <= found.breadth - WIDTH / 2 + 0.01 for at in found.across.values())


@given(GRAPHS)
def test_a_link_bends_once_in_every_layer_it_crosses(graph: tuple[list[str], list[Pair]]) -> None:
    names, links = graph
    found = layout(names, links, WIDTH, BEND)
    for (tail, head), bends in found.bends.items():
        assert [layer for _, layer in bends] == list(range(found.layer[tail] + 1, found.layer[head]))
        for across, layer in bends:
            tasks = [found.across[n] for n in names if found.layer[n] == layer]
            assert all(abs(across - at) >= (WIDTH + BEND) / 2 - 0.01 for at in tasks)


def test_links_that_need_not_cross_do_not() -> None:
    # As they come in, both links cross; one change of places is enough.
    found = layout(["a", "b", "y", "x"], [("a", "x"), ("b", "y")], WIDTH, BEND)
    assert (found.across["a"] < found.across["b"]) == (found.across["x"] < found.across["y"])


def test_a_chain_is_a_straight_line() -> None:
    found = layout("abcd", [("a", "b"), ("b", "c"), ("c", "d"), ("a", "d")], WIDTH, BEND)
    assert len({round(found.across[n], 1) for n in "bc"}) == 1


def test_links_given_twice_are_one() -> None:
    assert layout("ab", [("a", "b"), ("a", "b")], WIDTH, BEND) == layout("ab", [("a", "b")], WIDTH, BEND)
