"""Whether the examples of a rule notice a change of it.

What the rules below a rule say does not depend on it, so a changed rule is read against what the
original was run on: hundreds of changes take seconds. A rule that rests on itself is run anew, with
the rules it rests on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import Any, Final

from crm_rules.engine.compiled import CompiledEngine
from crm_rules.engine.protocol import Engine, Limits, Run
from crm_rules.errors import EngineError
from crm_rules.explain.derivation import Explainer
from crm_rules.program.program import Program, program_of
from crm_rules.program.stratify import reads, stratify
from crm_rules.rules.clauses import clauses_truth
from crm_rules.rules.rule import Expectation, Rule
from crm_rules.rules.semantics import all_of, evaluate

EXAMPLE_LIMITS: Final = Limits(derived_facts=10_000, firings=100_000, rounds=200)
"""A rule, or a change of one, can miss what keeps a recursion finite. Examples are small, so this shows soon."""


def what_it_did(run: Run, rule: str) -> Expectation:
    """What a rule did in a run: it fires when a firing is certain, else it is possible when there is any."""
    position = run.program.by_id[rule]
    if run.certain.get(position):
        return "fires"
    return "possible" if run.possible.get(position) else "silent"


def what_it_would_do(run: Run, rule: Rule) -> Expectation:
    """What a rule would have done in a run in the place of its original, which does not rest on itself."""
    found: Expectation = "silent"
    sections, gate = Explainer(run).sections, run.program.gate(rule)
    for combination in product(*(run.view.candidates(each.relation) for each in rule.eaches)):
        facts = {each.var: candidate.row for each, candidate in zip(rule.eaches, combination, strict=True)}
        env: dict[str, Any] = {**sections, **facts}
        speaks = True if gate is None else evaluate(gate, env, run.view)
        truth = all_of((speaks, clauses_truth(rule.when, env, run.view)))
        if truth and all(candidate.certain for candidate in combination):
            return "fires"
        if truth is not False:
            found = "possible"
    return found


def rests_on(program: Program, rule: Rule) -> frozenset[str]:
    """Ids of the rules whose answers can change the answer of a rule; its own where it is recursive."""
    concluding: dict[str, list[str]] = {}
    for other in program.rules:
        for conclude in other.concludes:
            concluding.setdefault(conclude.relation, []).append(other.id)

    def directly(of: Rule) -> Iterator[str]:
        for kind, name in (read.node for read in reads(of)):
            yield from [name] if kind == "rule" else concluding.get(name, ())

    needed: set[str] = set()
    pending = list(directly(rule))
    while pending:
        current = pending.pop()
        if current not in needed and current in program.by_id:
            needed.add(current)
            pending += directly(program.rule(current))
    return frozenset(needed)


class Coverage:
    """The examples of one rule, ready to be tried on changes of it.

    Args:
        program: the program of the pack.
        rule: one of its rules.
        runs: what it did on the examples of the rule.
    """

    def __init__(self, program: Program, rule: Rule, runs: Sequence[Run]) -> None:
        self._program = program
        self._runs = tuple(runs)
        self._answers = [what_it_did(run, rule.id) for run in runs]
        below = rests_on(program, rule)
        self._circle = tuple(r for r in program.rules if r.id in below) if rule.id in below else ()
        # An engine of its own, so that changed programs do not drive others out of the shared cache.
        self._engine: Engine = CompiledEngine()

    def notices(self, changed: Rule) -> bool:
        """Whether at least one example comes out differently; `changed` has the id of the original.

        A change after which the rules have no defined answer, because it puts a negation into a cycle,
        or none within the limits of a run, counts as noticed.
        """
        answers: Iterable[Expectation | None]
        answers = self._anew(changed) if self._circle else (what_it_would_do(run, changed) for run in self._runs)
        return any(new != old for new, old in zip(answers, self._answers, strict=True))

    def _anew(self, changed: Rule) -> Iterator[Expectation | None]:
        rules = tuple(changed if r.id == changed.id else r for r in self._circle)
        strata, cycles = stratify(rules, self._program.schema)
        program = program_of(rules, self._program.schema, strata, self._program.settings)
        for run in self._runs:
            try:
                new = None if cycles else self._engine.run(program, run.facts, limits=EXAMPLE_LIMITS)
            except EngineError:
                new = None
            yield None if new is None else what_it_did(new, changed.id)
