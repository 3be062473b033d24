"""A program as durable-rules runs it: planned, laid out and prepared once, before any run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from crm_rules.engine.durable_conditions import Formula, Prepared, formula, prepare
from crm_rules.engine.durable_layout import Numbering, Shard, lay_out
from crm_rules.engine.durable_patterns import Mode, RulePlan, Side
from crm_rules.engine.durable_plan import plan_variants
from crm_rules.program.program import Program
from crm_rules.program.stratify import decisive
from crm_rules.rules.rule import Let


@dataclass(frozen=True, slots=True)
class RuleCode:
    """A rule in one mode.

    Attributes:
        plan: how it is matched.
        filters, late: its filters, prepared.
        lets: values that conclusions read, in order.
        concludes: derived relations with a value per column.
    """

    plan: RulePlan
    filters: tuple[Prepared, ...]
    late: tuple[Prepared, ...]
    lets: tuple[tuple[str, Formula], ...]
    concludes: tuple[tuple[str, tuple[Formula, ...]], ...]


@dataclass(frozen=True, slots=True)
class PhaseCode:
    """The rules of a stratum in one mode."""

    mode: Mode
    shards: tuple[Shard, ...]
    rules: Mapping[int, RuleCode]


@dataclass(frozen=True, slots=True)
class StratumCode:
    """One stratum: its phases, and the premises and sides their facts need, by number."""

    phases: tuple[PhaseCode, ...]
    premises: tuple[tuple[str, Prepared], ...]
    sides: tuple[tuple[str, Side], ...]


ProgramCode = tuple[StratumCode, ...]


def compile_for_durable(program: Program, possible: bool) -> ProgramCode:
    """Plan and lay out a program.

    Args:
        program: the program.
        possible: whether all possible firings are wanted, or only those that decide certain ones.

    Raises:
        UnsupportedByEngine: durable-rules cannot match one of the rules.
    """
    needed = decisive(program.rules)
    strata: list[StratumCode] = []
    for stratum in program.strata:
        numbering = Numbering()
        # Rules that feed each other are needed together or not at all.
        whole = possible or (stratum.recursive and not needed.isdisjoint(stratum.rules))
        loose = [p for p in stratum.rules if whole or p in needed]
        phases = [_phase(program, "sure", stratum.rules, numbering)]
        if loose:
            phases.append(_phase(program, "loose", loose, numbering))
        strata.append(
            StratumCode(
                tuple(phases),
                tuple((var, prepare(premise)) for _, var, premise in numbering.premises),
                tuple((var, side) for _, var, side in numbering.sides),
            )
        )
    return tuple(strata)


def _phase(program: Program, mode: Mode, positions: Iterable[int], numbering: Numbering) -> PhaseCode:
    plans = [plan_variants(program, position, mode) for position in positions]
    return PhaseCode(mode, lay_out(plans, numbering), {p.rule: _rule_code(program, p) for p in plans})


def _rule_code(program: Program, plan: RulePlan) -> RuleCode:
    rule = program.rules[plan.rule]
    lets = tuple((c.name, formula(c.value.expr)) for c in rule.when if isinstance(c, Let))
    return RuleCode(
        plan,
        tuple(map(prepare, plan.filters)),
        tuple(map(prepare, plan.late)),
        lets,
        tuple((c.relation, tuple(map(formula, c.values))) for c in rule.concludes),
    )
