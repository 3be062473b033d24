"""Whether the examples of a rule notice a change of it.

A changed rule is run on the examples of the original. Only the rules it rests on run with it, so
that hundreds of changes take seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from crm_rules.engine.compiled import CompiledEngine
from crm_rules.engine.protocol import Engine, Limits, Run
from crm_rules.errors import EngineError
from crm_rules.facts.base import FactBase
from crm_rules.program.program import Program, program_of
from crm_rules.program.stratify import reads, stratify
from crm_rules.rules.rule import Expectation, Rule

_LIMITS: Final = Limits(derived_facts=10_000, firings=100_000, rounds=1_000)
"""A change can take away what keeps a recursion finite. Examples are small, so this shows soon."""


def what_it_did(run: Run, rule: str) -> Expectation:
    """What a rule did in a run: it fires when a firing is certain, else it is possible when there is any."""
    position = run.program.by_id[rule]
    if run.certain.get(position):
        return "fires"
    return "possible" if run.possible.get(position) else "silent"


def basis(program: Program, rule: Rule) -> tuple[Rule, ...]:
    """A rule and every rule its answer can depend on, in the order of the program."""
    concluding: dict[str, list[str]] = {}
    for other in program.rules:
        for conclude in other.concludes:
            concluding.setdefault(conclude.relation, []).append(other.id)
    needed: set[str] = set()
    pending = [rule.id]
    while pending:
        current = pending.pop()
        if current not in needed and current in program.by_id:
            needed.add(current)
            for kind, name in (read.node for read in reads(program.rule(current))):
                pending += [name] if kind == "rule" else concluding.get(name, ())
    return tuple(r for r in program.rules if r.id in needed)


class Coverage:
    """The examples of one rule, ready to be tried on changes of it."""

    def __init__(self, program: Program, rule: Rule, examples: Sequence[FactBase]) -> None:
        self._program = program
        self._basis = basis(program, rule)
        self._examples = tuple(examples)
        # An engine of its own, so that changed programs do not drive others out of the shared cache.
        self._engine: Engine = CompiledEngine()
        original = self._with(rule)
        assert original is not None, "rules of a program stay stratified without the others"
        self._answers = [self._answer(original, rule.id, facts) for facts in self._examples]

    def notices(self, changed: Rule) -> bool:
        """Whether at least one example comes out differently; `changed` has the id of the original.

        A change after which the rules have no defined answer, because it puts a negation into a cycle,
        counts as noticed.
        """
        program = self._with(changed)
        if program is None:
            return True
        pairs = zip(self._examples, self._answers, strict=True)
        return any(self._answer(program, changed.id, facts) != answer for facts, answer in pairs)

    def _with(self, rule: Rule) -> Program | None:
        """The basis with a rule in the place of its original; None when the rules have no defined answer."""
        rules = tuple(rule if r.id == rule.id else r for r in self._basis)
        strata, cycles = stratify(rules, self._program.schema)
        return None if cycles else program_of(rules, self._program.schema, strata, self._program.settings)

    def _answer(self, program: Program, rule: str, facts: FactBase) -> Expectation | None:
        """What a rule does in an example; None when a limit stops it first."""
        try:
            return what_it_did(self._engine.run(program, facts, limits=_LIMITS), rule)
        except EngineError:
            return None
