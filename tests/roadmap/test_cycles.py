"""Loops: the shortest is shown, the right dependency is blamed, and nothing explodes."""

from __future__ import annotations

import datetime as dt
from collections import deque
from dataclasses import replace

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_rules.roadmap.analysis import analyse
from crm_rules.roadmap.cycles import find_loops
from crm_rules.roadmap.graph import graph_of
from crm_rules.roadmap.plan import Plan, PlanLink, PlanTask, TaskState
from tests.roadmap.plans import plan, plans, with_tasks


def test_no_loop() -> None:
    assert find_loops(plan(dict.fromkeys("abc", 1), "a->b", "b->c", "a->c")).cycles == ()


def test_shortest_one_is_shown_from_its_smallest_task() -> None:
    (cycle,) = find_loops(
        plan(dict.fromkeys("abcde", 1), "e->d", "d->c", "c->e", "c->b", "b->a", "a->e", "d->b")
    ).cycles
    assert cycle.tasks == ("a", "b", "c", "d", "e")
    assert cycle.path == ("c", "e", "d")
    assert cycle.dependencies == (("c", "e"), ("e", "d"), ("d", "c"))
    assert cycle.id == "loop a"


def test_the_one_link_all_loops_share_is_blamed() -> None:
    # Both ways round pass d -> a.
    (cycle,) = find_loops(plan(dict.fromkeys("abcd", 1), "a->b", "a->c", "b->d", "c->d", "d->a")).cycles
    assert (cycle.culprit, cycle.blame) == (("d", "a"), "only")


def test_parallel_links_are_blamed_together() -> None:
    (cycle,) = find_loops(plan(dict.fromkeys("abcd", 1), "a->b", "a->c", "b->d", "c->d", "d->a ss", "d->a ff")).cycles
    assert (cycle.culprit, cycle.blame) == (("d", "a"), "only")


def test_a_plain_ring_has_no_culprit() -> None:
    (cycle,) = find_loops(plan(dict.fromkeys("abc", 1), "a->b", "b->c", "c->a")).cycles
    assert (cycle.path, cycle.culprit, cycle.blame) == (("a", "b", "c"), None, None)


def test_dates_then_stages_give_the_culprit_away() -> None:
    ring = plan(dict.fromkeys("abc", 1), "a->b", "b->c", "c->a")
    a, b, c = ring.tasks
    dated = with_tasks(
        ring,
        a=replace(a, start=dt.date(2026, 3, 2), finish=dt.date(2026, 3, 3)),
        b=replace(b, start=dt.date(2026, 3, 3)),
        c=replace(c, finish=dt.date(2026, 4, 1)),
    )
    (cycle,) = find_loops(dated).cycles
    assert (cycle.culprit, cycle.blame) == (("c", "a"), "dates")
    staged = with_tasks(ring, a=replace(a, stage=1), b=replace(b, stage=3), c=replace(c, stage=2))
    # b -> c goes back one stage, and so does c -> a: neither stands out.
    assert find_loops(staged).cycles[0].culprit is None
    staged = with_tasks(ring, a=replace(a, stage=1), b=replace(b, stage=4), c=replace(c, stage=2))
    assert (find_loops(staged).cycles[0].culprit, find_loops(staged).cycles[0].blame) == (("b", "c"), "stages")


@pytest.mark.parametrize(
    ("sources", "culprit"),
    [
        (("line 4, UID 1", "line 9, UID 2", "line 30, UID 3"), ("c", "a")),  # only c -> a goes up the file
        (("A10", "A2", "A3"), ("a", "b")),  # as numbers, not as text: b, c, a from top to bottom
        (("line 30", "line 9", "line 4"), None),  # a -> b and b -> c go up by one task each
        (("line 4", "line 9", ""), None),
        (("line 4", "A9", "line 5"), None),
        (("line 1", "line 1", "line 1"), None),
    ],
)
def test_the_order_of_the_file_gives_the_culprit_away_where_nothing_else_does(
    sources: tuple[str, str, str], culprit: tuple[str, str] | None
) -> None:
    ring = plan(dict.fromkeys("abc", 1), "a->b", "b->c", "c->a")
    listed = with_tasks(ring, **{t.id: replace(t, source=s) for t, s in zip(ring.tasks, sources, strict=True)})
    (cycle,) = find_loops(listed).cycles
    assert (cycle.culprit, cycle.blame) == (culprit, None if culprit is None else "order")
    a, b, _ = listed.tasks
    staged = with_tasks(listed, a=replace(a, stage=2), b=replace(b, stage=1))
    (cycle,) = find_loops(staged).cycles
    assert (cycle.culprit, cycle.blame) == (("a", "b"), "stages"), "stages tell more than rows"


def test_self_links_are_told_apart_from_the_loop_they_lie_in() -> None:
    found = find_loops(plan(dict.fromkeys("ab", 1), "a->a", "a->b", "b->a")).cycles
    assert [(c.id, c.path, c.culprit) for c in found] == [
        ("loop a", ("a", "b"), None),
        ("self-link a", ("a",), ("a", "a")),
    ]


def test_complete_digraph_does_not_explode() -> None:
    # Twelve tasks that all wait for each other have more than twelve million cycles.
    names = [f"t{i:02}" for i in range(12)]
    (cycle,) = find_loops(plan(dict.fromkeys(names, 1), *(f"{a}->{b}" for a in names for b in names if a != b))).cycles
    assert cycle.path == ("t00", "t01")
    assert len(cycle.tasks) == 12


def layered(count: int, reach: int) -> list[tuple[int, int]]:
    """Two links per task to tasks shortly after it, without randomness."""
    return [(i, j) for i in range(count) for j in {i + 1 + (i * 7) % reach, i + 1 + (i * 13 + 5) % reach} if j < count]


def test_one_wrong_back_link_in_2000_tasks_is_found() -> None:
    tasks = tuple(PlanTask(f"t{i:04}", "", 480) for i in range(2000))
    links = [PlanLink(f"t{i:04}", f"t{j:04}") for i, j in layered(2000, 40)]
    wrong = PlanLink("t1698", "t0200")
    r = analyse(Plan(tasks, (*links, wrong)))
    (cycle,) = r.cycles
    assert (cycle.culprit, cycle.blame) == (("t1698", "t0200"), "only")
    graph = graph_of(Plan(tasks, tuple(links)))
    assert len(cycle.path) == nx.shortest_path_length(graph, "t0200", "t1698") + 1
    assert len(cycle.tasks) > 700
    assert r.tasks["t0100"].early_start_minutes is not None


def test_two_wrong_back_links_share_the_blame() -> None:
    tasks = tuple(PlanTask(f"t{i:04}", "", 480) for i in range(1000))
    links = [PlanLink(f"t{i:04}", f"t{j:04}") for i, j in layered(1000, 20)]
    links += [PlanLink("t0900", "t0100"), PlanLink("t0700", "t0500")]
    (cycle,) = find_loops(Plan(tasks, tuple(links))).cycles
    assert cycle.culprit is None
    assert ("t0700", "t0500") in cycle.dependencies


@pytest.mark.parametrize("extra", [(), ((25_000, 10_000), (40_000, 30_000))])
def test_long_ring_with_few_chords(extra: tuple[tuple[int, int], ...]) -> None:
    size = 50_000
    tasks = tuple(PlanTask(f"t{i:05}", "", 1) for i in range(size))
    ring = [PlanLink(f"t{i:05}", f"t{(i + 1) % size:05}") for i in range(size)]
    chords = [PlanLink(f"t{a:05}", f"t{b:05}") for a, b in extra]
    (cycle,) = find_loops(Plan(tasks, (*ring, *chords))).cycles
    assert len(cycle.path) == (10_001 if extra else size)


@given(plans(sizes=(2, 8), back_links=4), st.data())
def test_against_exhaustive_search(base: Plan, data: st.DataObject) -> None:
    links = tuple(k for k in base.links if k.predecessor != k.successor)
    base = replace(base, links=links)
    graph: nx.DiGraph[str] = nx.DiGraph((k.predecessor, k.successor) for k in links)
    found = find_loops(base).cycles
    tangles = sorted(sorted(c) for c in nx.strongly_connected_components(graph) if len(c) > 1)
    assert [list(c.tasks) for c in found] == tangles
    for cycle in found:
        inside = graph.subgraph(cycle.tasks)
        assert len(cycle.path) == min(len(c) for c in nx.simple_cycles(inside))
        assert all(graph.has_edge(*pair) for pair in cycle.dependencies)
        assert cycle.path[0] == min(cycle.path)
        breaking = [e for e in inside.edges if nx.is_directed_acyclic_graph(nx.restricted_view(inside, [], [e]))]
        assert cycle.culprit == (breaking[0] if len(breaking) == 1 else None)


@given(plans(sizes=(2, 7), states=[TaskState.OPEN, TaskState.DROPPED], back_links=3))
def test_dropped_tasks_are_on_a_loop_only_where_one_is_left(base: Plan) -> None:
    found = find_loops(base)
    dropped = {t.id for t in base.tasks if t.state is TaskState.DROPPED}
    assert found.cut <= dropped
    after: dict[str, set[str]] = {t.id: set() for t in base.tasks}
    for k in base.links:
        after[k.predecessor].add(k.successor)

    def reaches_itself(start: str, within: set[str]) -> bool:
        seen: set[str] = set()
        queue = deque([start])
        while queue:
            for j in after[queue.popleft()] & within:
                if j == start:
                    return True
                if j not in seen:
                    seen.add(j)
                    queue.append(j)
        return False

    on_loop = {i for c in found.cycles for i in c.tasks}
    live = set(after) - dropped
    for i in live:
        if reaches_itself(i, live):
            assert i in on_loop
    for c in found.cycles:
        assert any(reaches_itself(i, set(c.tasks) - dropped) for i in set(c.tasks) - dropped)


def family(*links: str) -> Plan:
    """A summary task s with the parts p and q, a summary task t with the part u, and a task x."""
    base = plan({"p": 1, "q": 1, "s": None, "t": None, "u": 1, "x": 1}, *links)
    parents = {"p": "s", "q": "s", "u": "t"}
    return replace(base, tasks=tuple(replace(t, parent=parents.get(t.id)) for t in base.tasks))


class TestSummaries:
    def test_a_loop_that_closes_through_a_part(self) -> None:
        # x waits for p, and the whole of s, p included, waits for x.
        (cycle,) = find_loops(family("p->x", "x->s")).cycles
        assert cycle.tasks == ("p", "s", "x")
        assert cycle.path == ("p", "x", "s")
        assert (cycle.culprit, cycle.blame) == (None, None)

    def test_a_loop_between_summaries_does_not_name_their_parts(self) -> None:
        (cycle,) = find_loops(family("s->t", "t->s")).cycles
        assert cycle.path == ("s", "t")
        assert cycle.dependencies == (("s", "t"), ("t", "s"))

    def test_being_a_part_is_never_blamed(self) -> None:
        # Both ways from s to t close by u -> x -> s alone.
        (cycle,) = find_loops(family("s->t", "p->t", "u->x", "x->s")).cycles
        assert cycle.culprit in (("u", "x"), ("x", "s"), None)
        assert cycle.blame is None
        (cycle,) = find_loops(family("p->u", "q->u", "u->s")).cycles
        assert (cycle.culprit, cycle.blame) == (("u", "s"), "only")

    def test_the_rest_is_analysed(self) -> None:
        r = analyse(family("p->x", "x->s", "u->q"))
        assert [r.tasks[i].early_start_minutes for i in "px"] == [None, None]
        assert r.tasks["u"].early_start_minutes == 0
        assert r.tasks["q"].early_start_minutes is None
        assert r.tasks["s"].early_start_minutes is None
        assert "tasks[x].after" in r.causes("q", "early_start_minutes")

    @pytest.mark.parametrize("link", ["s->p", "p->s"])
    def test_a_link_between_a_summary_and_its_own_part(self, link: str) -> None:
        r = analyse(family(link, "x->u"))
        (cycle,) = r.cycles
        pair = tuple(link.split("->"))
        assert (cycle.id, cycle.tasks) == (f"part-link {link}", ("p", "s"))
        assert (cycle.culprit, cycle.blame) == (pair, "part")
        assert r.tasks["p"].early_start_minutes is None
        assert r.tasks["q"].early_start_minutes == 0
        assert r.tasks["u"].early_start_minutes == 480

    def test_it_may_lie_on_another_loop(self) -> None:
        found = find_loops(family("s->p", "p->x", "x->p")).cycles
        assert [c.id for c in found] == ["loop p", "part-link s->p"]
        assert analyse(family("s->p", "p->x", "x->p")).tasks["u"].early_start_minutes == 0

    def test_parts_of_parts(self) -> None:
        base = family("u->s")
        nested = replace(base, tasks=tuple(replace(t, parent="s") if t.id == "t" else t for t in base.tasks))
        (cycle,) = find_loops(nested).cycles
        assert cycle.blame == "part"
