"""Which inputs leave a value of the schedule unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from crm_rules.roadmap.cycles import Cycle
from crm_rules.roadmap.network import Network


def duration_path(task: str) -> str:
    """The input that states how long a task takes."""
    return f"tasks[{task}].duration"


def dependency_paths(cycle: Cycle) -> tuple[str, ...]:
    """The inputs that state the dependencies of a loop: the blamed one where there is one, else all shown."""
    pairs = cycle.dependencies if cycle.culprit is None else (cycle.culprit,)
    return tuple(sorted({f"tasks[{successor}].after" for _, successor in pairs}))


@dataclass(frozen=True)
class Reasons:
    """Which inputs leave a value of a schedule unknown. Stating all of them makes the value known.

    Found on demand: stored for every value they would need memory quadratic in the number of tasks.
    """

    network: Network
    open_links: Mapping[int, tuple[int, ...]]
    loops_of: Mapping[int, tuple[int, ...]]
    loop_nodes: Sequence[tuple[int, ...]]
    loop_paths: Sequence[tuple[str, ...]]
    late: frozenset[int] = frozenset()

    @staticmethod
    def by_links(network: Network, cycles: Sequence[Cycle], late: frozenset[int]) -> Reasons:
        """Blame everything a task waits for: for passes that do not know which inputs are always overtaken.

        What waits for one of the nodes `late`, tasks as late as possible, waits for the project finish.
        """
        links = {j: tuple(links) for j, links in enumerate(network.incoming)}
        return replace(Reasons.with_links(network, links, cycles), late=late)

    @staticmethod
    def with_links(network: Network, open_links: Mapping[int, tuple[int, ...]], cycles: Sequence[Cycle]) -> Reasons:
        """Blame what a task waits for by the links given for each node, and nothing else."""
        nodes_of: dict[str, list[int]] = {}
        for i, name in enumerate(network.ids):
            nodes_of.setdefault(name, []).append(i)
        members = [tuple(i for name in cycle.tasks for i in nodes_of.get(name, ())) for cycle in cycles]
        loops_of: dict[int, tuple[int, ...]] = {}
        for number, nodes in enumerate(members):
            for node in nodes:
                loops_of[node] = (*loops_of.get(node, ()), number)
        return Reasons(
            network=network,
            open_links=open_links,
            loops_of=loops_of,
            loop_nodes=members,
            loop_paths=[dependency_paths(cycle) for cycle in cycles],
        )

    def early_start(self, node: int) -> tuple[str, ...]:
        """What leaves the early start of a task open."""
        return self._early([(node, False)])

    def early_finish(self, node: int) -> tuple[str, ...]:
        """What leaves the early finish of a task open."""
        return self._early([(node, True)])

    def free_float(self, node: int) -> tuple[str, ...]:
        """What leaves the free float of a task open."""
        network = self.network
        ends: list[tuple[int, bool]] = []
        capped = False
        pending, seen = [node], {node}
        while pending:
            i = pending.pop()
            for k in network.outgoing[i]:
                j = network.heads[k]
                ends += ((i, network.from_finish[k]), (j, network.to_finish[k]))
                if network.is_task[j]:
                    capped = capped or (i == node and network.from_finish[k] and network.lags[k] >= 0)
                elif j not in seen:
                    seen.add(j)
                    pending.append(j)
        # Without a successor that finishes later, the project finish may be what limits the float.
        return self._early(ends) if capped and node not in self.loops_of else self.whole_plan

    @cached_property
    def whole_plan(self) -> tuple[str, ...]:
        """What leaves everything open that depends on the project finish: late dates, total float, critical."""
        network = self.network
        timeless = [i for i, d in enumerate(network.durations) if d is None or network.loose[i]]
        found = {duration_path(network.ids[i]) for i in timeless}
        return tuple(sorted(found.union(*self.loop_paths)))

    def _early(self, ends: Sequence[tuple[int, bool]]) -> tuple[str, ...]:
        """Inputs that early starts, or with True early finishes, depend on."""
        network = self.network
        found: set[str] = set()
        seen = set(ends)
        pending = list(seen)

        def need(node: int, finish: bool) -> None:
            if (node, finish) not in seen:
                seen.add((node, finish))
                pending.append((node, finish))

        while pending:
            j, finish = pending.pop()
            links = self.open_links[j]
            timeless = network.durations[j] is None and (finish or any(network.to_finish[k] for k in links))
            if timeless or network.loose[j]:
                found.add(duration_path(network.ids[j]))
            for k in links:
                need(network.tails[k], network.from_finish[k])
                if network.tails[k] in self.late:
                    found.update(self.whole_plan)
                if k in network.percent_of_unknown:
                    found.add(duration_path(network.ids[network.tails[k]]))
            for loop in self.loops_of.get(j, ()):
                found.update(self.loop_paths[loop])
                for i in self.loop_nodes[loop]:
                    need(i, True)
        return tuple(sorted(found))
