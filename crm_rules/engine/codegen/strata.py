"""Functions of a stratum, and what its rules look at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from crm_rules.engine.codegen.frame import Node, Uses, stated
from crm_rules.engine.codegen.loops import Looped, Phase, alone, recursive, together
from crm_rules.engine.codegen.steps import Generator
from crm_rules.program.plan import Scan, plan_rule
from crm_rules.program.program import Program
from crm_rules.program.stratify import reads
from crm_rules.rules.expressions import Const, Expr, Field, walk
from crm_rules.rules.rule import Rule, conditions


def stratum_source(program: Program, number: int, uses: Uses, full: bool, only: int | None = None) -> str:
    """Source of the function that runs a stratum whose rules do not feed each other.

    Args:
        program: the program.
        number: the stratum.
        uses: what the program's rules need of each other.
        full: find the possible firings of all rules and not only of the decisive ones.
        only: one rule, to show its code alone.
    """
    generator = Generator(program, uses)
    positions = [only] if only is not None else list(program.strata[number].rules)
    loops: dict[tuple[str, bool], list[Looped]] = {}
    for position in positions:
        generator.full = full or position in uses.decisive
        steps = plan_rule(program, position)
        first = next((i for i, s in enumerate(steps) if isinstance(s, Scan)), None)
        if first is None:
            alone(generator, position, steps)
        else:
            scan = steps[first]
            assert isinstance(scan, Scan)
            rule = Looped(position, steps[:first], scan, steps[first + 1 :])
            loops.setdefault((scan.relation, generator.full), []).append(rule)
    for (relation, generator.full), rules in loops.items():
        together(generator, relation, rules)
    return generator.function(f"stratum_{number}")


def rule_sources(program: Program, number: int, uses: Uses, phase: Phase) -> list[tuple[str, int, str | None]]:
    """Sources of the functions that run the rules of a recursive stratum in one of its phases.

    Returns:
        Triples of source, rule and the relation whose new facts the function joins (None for the
        function that joins everything).
    """
    stratum = program.strata[number]
    found: list[tuple[str, int, str | None]] = []
    for position in stratum.rules:
        variants: list[int | None] = [None]
        variants += [i for i, e in enumerate(program.rules[position].eaches) if e.relation in stratum.relations]
        for variant in variants:
            generator = Generator(program, uses, phase.mode == "loose", own=stratum.relations)
            recursive(generator, position, plan_rule(program, position, variant), phase, variant is not None)
            name = f"rule_{position}" + ("" if variant is None else f"_new_{variant}")
            relation = None if variant is None else program.rules[position].eaches[variant].relation
            found.append((generator.function(name), position, relation))
    return found


# -- what rules look at -----------------------------------------------------------------------


def looks_at(rules: Iterable[Rule]) -> tuple[frozenset[str], frozenset[str]]:
    """Relations, sections included, and ids of rules that rules look at anywhere."""
    relations: set[str] = set()
    raised: set[str] = set()
    for rule in rules:
        for kind, name in (read.node for read in reads(rule)):
            (relations if kind == "relation" else raised).add(name)
        relations.update(part.relation for e in _expressions(rule) for part in walk(e) if isinstance(part, Field))
    return frozenset(relations), frozenset(raised)


def _expressions(rule: Rule) -> Iterator[Expr]:
    for clause in rule.when:
        yield from (c.expr for c in conditions(clause))
    for conclude in rule.concludes:
        yield from conclude.values


def uses_of(program: Program) -> Uses:
    """What the rules of a program need of each other."""
    asked = {read.node[1] for rule in program.rules for read in reads(rule) if read.node[0] == "rule"}
    uses = Uses(raised=frozenset(program.by_id[r] for r in asked if r in program.by_id), valued=_valued(program))
    return replace(uses, decisive=_decisive(program, uses))


def _decisive(program: Program, uses: Uses) -> frozenset[int]:
    """Rules whose possible firings the code for certain ones looks at, directly or not.

    `none` and most aggregates hold for certain only if nothing possibly speaks against them. Which
    of them need that is read off the code itself.
    """
    deriving: dict[Node, list[int]] = {("rule", rule.id): [position] for position, rule in enumerate(program.rules)}
    for position, rule in enumerate(program.rules):
        for conclude in rule.concludes:
            deriving.setdefault(("relation", conclude.relation), []).append(position)
    derived = [[read for read in reads(rule) if read.node in deriving] for rule in program.rules]
    pending: list[Node] = []
    for position, found_by in enumerate(derived):
        if any(read.strict for read in found_by):
            own = program.strata[program.stratum_of[position]].relations
            generator = Generator(program, uses, own=own)
            alone(generator, position, plan_rule(program, position))
            pending.extend(generator.looked_at)
    found: set[int] = set()
    while pending:
        for position in deriving.get(pending.pop(), ()):
            if position not in found:
                found.add(position)
                pending.extend(read.node for read in derived[position])
    return frozenset(found)


def _valued(program: Program) -> frozenset[tuple[str, int]]:
    """Columns of derived relations that are never `NO_VALUE`, as the greatest fixpoint."""
    filled = [
        ((conclude.relation, i), value)
        for rule in program.rules
        for conclude in rule.concludes
        for i, value in enumerate(conclude.values)
    ]
    found = {column for column, _ in filled}
    while True:
        doubtful = {
            column
            for column, value in filled
            if not isinstance(value, Const)
            and not (isinstance(value, Field) and (stated(value) or (value.relation, value.index) in found))
        }
        if found.isdisjoint(doubtful):
            return frozenset(found)
        found -= doubtful
