"""Which rules run before which: strata, and cycles that make negation meaningless.

Nodes are derived relations and rules; an edge leads from what is read to the rule that reads
it, and from a rule to what it derives. An edge is strict when the reader must know the final
answer (absence, aggregates, negated conditions). Strict edges inside a cycle have no
stratified meaning (Apt, Blair and Walker, Towards a Theory of Declarative Knowledge, 1988).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import networkx as nx

from crm_rules.diagnostics import Diagnostic, Span
from crm_rules.facts.schema import RelationKind, Schema
from crm_rules.rules.expressions import Aggregate, And, AtLeast, Expr, Or, Raised, children
from crm_rules.rules.rule import Absent, AnyOf, Clause, Each, Let, Rule, Some, conditions

Node = tuple[str, str]  # ("relation", name) or ("rule", id)


@dataclass(frozen=True, slots=True)
class Stratum:
    """Rules that run together once everything they read from below is final.

    Attributes:
        rules: positions in the program's rules, ascending.
        relations: derived relations that become final with this stratum.
        recursive: whether its rules feed each other, so that they run to a fixpoint.
    """

    rules: tuple[int, ...]
    relations: frozenset[str]
    recursive: bool


@dataclass(frozen=True, slots=True)
class _Read:
    """Something a rule looks at: how, whether it must be final, and where the rule says so."""

    node: Node
    strict: bool
    manner: str
    span: Span | None


def _expression_reads(expr: Expr, strict: bool, span: Span | None) -> Iterator[_Read]:
    if isinstance(expr, Raised):
        manner = "tests that there is no finding of" if strict else "tests for a finding of"
        for rule in expr.rules:
            yield _Read(("rule", rule), strict, manner, span)
        return
    if isinstance(expr, Aggregate):
        yield _Read(("relation", expr.relation), True, f"aggregates ({expr.function})", span)
        strict = True
    # Anything but these can be true because a finding is missing: not, comparisons, `is known`.
    elif not isinstance(expr, And | Or | AtLeast):
        strict = True
    for child in children(expr):
        yield from _expression_reads(child, strict, span)


def _clause_reads(clause: Clause) -> Iterator[_Read]:
    match clause:
        case Each(relation=relation) | Some(relation=relation):
            yield _Read(("relation", relation), False, "reads", clause.span)
        case Absent(relation=relation):
            yield _Read(("relation", relation), True, "tests the absence of", clause.span)
        case AnyOf(alternatives=alternatives):
            for alternative in alternatives:
                for inner in alternative:
                    yield from _clause_reads(inner)
            return
    for c in conditions(clause):
        yield from _expression_reads(c.expr, isinstance(clause, Absent | Let), c.span or clause.span)


def reads(rule: Rule) -> tuple[_Read, ...]:
    """What a rule's conditions and derived values depend on."""
    found = [r for clause in rule.when for r in _clause_reads(clause)]
    for conclude in rule.concludes:
        for value in conclude.values:
            found.extend(_expression_reads(value, True, rule.span))
    return tuple(found)


def decisive(rules: Sequence[Rule]) -> frozenset[int]:
    """Rules whose possible firings decide certain ones.

    `none`, aggregates and the like hold for certain only if nothing possibly speaks against them, so
    even a run that is asked for certain answers alone has to know the possible firings of these.
    """
    deriving: dict[Node, list[int]] = {}
    for position, rule in enumerate(rules):
        deriving[("rule", rule.id)] = [position]
        for conclude in rule.concludes:
            deriving.setdefault(("relation", conclude.relation), []).append(position)
    read = [reads(rule) for rule in rules]
    found: set[int] = set()
    pending = [r.node for found_by in read for r in found_by if r.strict]
    while pending:
        for position in deriving.get(pending.pop(), ()):
            if position not in found:
                found.add(position)
                pending.extend(r.node for r in read[position])
    return frozenset(found)


def stratify(rules: Sequence[Rule], schema: Schema) -> tuple[tuple[Stratum, ...], list[Diagnostic]]:
    """Order rules into strata.

    Returns:
        The strata in order, and a diagnostic for every cycle through negation or aggregation
        (then the strata are empty).
    """
    graph: nx.DiGraph[Node] = nx.DiGraph()
    manner: dict[tuple[Node, Node], _Read] = {}
    derived = {r.name for r in schema.relations.values() if r.kind is RelationKind.DERIVED}
    # Rules that do not run (drafts, rules with errors) have no node and are never raised.
    nodes = {("relation", name) for name in derived} | {("rule", rule.id) for rule in rules}
    for rule in rules:
        me: Node = ("rule", rule.id)
        graph.add_node(me)
        for conclude in rule.concludes:
            graph.add_edge(me, ("relation", conclude.relation))
        for read in reads(rule):
            if read.node not in nodes:
                continue
            edge = (read.node, me)
            graph.add_edge(*edge)
            if edge not in manner or read.strict:
                manner[edge] = read
    problems = _strict_cycles(graph, manner, {r.id: r for r in rules})
    if problems:
        return (), problems
    return _levels(graph, rules), []


def _strict_cycles(
    graph: nx.DiGraph[Node], manner: Mapping[tuple[Node, Node], _Read], rules: Mapping[str, Rule]
) -> list[Diagnostic]:
    problems: list[Diagnostic] = []
    components = sorted(sorted(c) for c in nx.strongly_connected_components(graph))
    for component in components:
        inside = graph.subgraph(component)
        strict = sorted(e for e in inside.edges if e in manner and manner[e].strict)
        if not strict:
            continue
        source, target = strict[0]
        back = [target] if source == target else nx.shortest_path(inside, target, source)
        cycle = [source, *back]
        steps: list[str] = []
        for a, b in pairwise(cycle):
            if b[0] == "rule":
                read = manner[(a, b)]
                place = f" ({read.span})" if read.span else ""
                steps.append(f"rule {b[1]}{place} {read.manner} {a[1]}")
            else:
                place = f" ({rules[a[1]].span})" if rules[a[1]].span else ""
                steps.append(f"rule {a[1]}{place} derives {b[1]}")
        problems.append(
            Diagnostic(
                "negation or aggregation is part of a cycle, so the rules have no defined result: " + "; ".join(steps),
                manner[(source, target)].span or rules[target[1]].span,
                "break the cycle at one of these steps",
            )
        )
    return problems


def _levels(graph: nx.DiGraph[Node], rules: Sequence[Rule]) -> tuple[Stratum, ...]:
    position = {r.id: i for i, r in enumerate(rules)}
    condensed = nx.condensation(graph)
    level: dict[int, int] = {}
    groups: dict[tuple[int, int], list[int]] = {}
    for c in nx.topological_sort(condensed):
        members = condensed.nodes[c]["members"]
        found = sorted(position[name] for kind, name in members if kind == "rule")
        level[c] = max((level[p] for p in condensed.predecessors(c)), default=-1) + bool(found)
        if found:
            # Rules that do not feed each other share a stratum; each knot of rules has its own.
            recursive = len(members) > 1
            groups.setdefault((level[c], found[0] + 1 if recursive else 0), []).extend(found)
    ordered = sorted(groups.items())
    final: dict[str, int] = {}
    for number, (_, ids) in enumerate(ordered):
        for rule in ids:
            final.update((conclude.relation, number) for conclude in rules[rule].concludes)
    return tuple(
        Stratum(
            tuple(sorted(ids)),
            frozenset(relation for relation, at in final.items() if at == number),
            recursive=knot > 0,
        )
        for number, ((_, knot), ids) in enumerate(ordered)
    )
