"""The examples of a pack: run on every engine, verified, and tried on changed rules."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from crm_rules.api import Pack, compile_packs, installed_engines, load_pack, pack_path
from crm_rules.diagnostics import Diagnostic, did_you_mean
from crm_rules.engine.protocol import Engine, Firing, Run
from crm_rules.engine.registry import FOREIGN_ENGINES, engine_named
from crm_rules.errors import EngineError, RulesetError
from crm_rules.explain.paths import fact_path
from crm_rules.explain.verify import verify
from crm_rules.facts.base import FactBase
from crm_rules.model.schema import project_schema
from crm_rules.program.program import Program
from crm_rules.rules.rule import Example, Rule
from crm_rules.trial.coverage import EXAMPLE_LIMITS, Coverage, what_it_did
from crm_rules.trial.given import Givens, placed
from crm_rules.trial.mutants import mutants
from crm_rules.trial.results import Outcome, TrialReport, Uncovered

Progress = Callable[[int, int], None]
"""Told after each step how many are done, and how many there are."""

_SHOWN: Final = 3
"""Differences between two engines that are spelled out."""


def run_examples(
    pack: str | os.PathLike[str] | Pack,
    engines: Sequence[str] | None = None,
    rules: Sequence[str] | None = None,
    coverage: bool = True,
    progress: Progress | None = None,
) -> TrialReport:
    """Run the examples of a pack.

    On each example the whole program of the pack runs, on every engine. Each answer is verified with
    `explain.verify`, and all engines have to give the same answer, not only for the rule in question.

    With `coverage`, each part of the conditions of an active rule is then left out, and negated, and
    the examples of the rule run on what comes of it (see `trial.mutants`). A part is needed when at
    least one example comes out differently. This looks at whether a finding arises, not at how severe it
    is: likelihood, impact and `raise` are left alone.

    Args:
        pack: folder of the pack, name of an installed pack, or a pack already loaded.
        engines: names of the engines; all installed ones when None. With none at all the examples are
            only read, and the report holds what is wrong with what they state.
        rules: ids of the rules whose examples to run; those of all rules when None. Drafts do not run.
        coverage: whether to look for parts of rules that no example needs.
        progress: called after each example and each changed rule.

    Raises:
        RulesetError: the pack has errors, or there is no such rule, or it is a draft.
        EngineError: there is no such engine.
    """
    loaded = pack if isinstance(pack, Pack) else load_pack(pack_path(pack), project_schema())
    program = compile_packs([loaded])
    names = installed_engines() if engines is None else engines
    used = tuple(engine_named(name, name in FOREIGN_ENGINES) for name in names)
    chosen = _chosen(program, loaded, rules)
    problems: list[Diagnostic] = []
    givens = Givens(loaded.schema, loaded.orderings)
    cases = {rule.id: tuple(_cases(rule, loaded, givens, problems)) for rule in chosen}
    covered = {r.id for r in chosen if coverage and used and r.status == "active" and cases[r.id]}
    changes = {r.id: mutants(r) if r.id in covered else () for r in chosen}
    steps = _Steps(sum(map(len, cases.values())) + sum(map(len, changes.values())), progress)

    outcomes: list[Outcome] = []
    uncovered: list[Uncovered] = []
    for rule in chosen:
        runs: list[Run] = []
        for case in cases[rule.id]:
            outcomes += _outcomes(program, rule, case, used, runs)
            steps.step()
        tried = Coverage(program, rule, runs)
        for change in changes[rule.id]:
            # Without any answer there is nothing a change could alter.
            if runs and not tried.notices(change.rule):
                uncovered.append(Uncovered(rule.id, change.clause, change.place, change.kind))
            steps.step()
    return TrialReport(
        outcomes=tuple(outcomes),
        uncovered=tuple(uncovered),
        problems=tuple(sorted(problems, key=Diagnostic.order)),
        rules=len(chosen),
        examples=sum(len(rule.examples) for rule in chosen),
        mutants=sum(map(len, changes.values())),
    )


class _Case(NamedTuple):
    example: Example
    facts: FactBase


@dataclass(slots=True)
class _Steps:
    total: int
    progress: Progress | None
    done: int = 0

    def step(self) -> None:
        self.done += 1
        if self.progress is not None:
            self.progress(self.done, self.total)


def _chosen(program: Program, pack: Pack, rules: Sequence[str] | None) -> tuple[Rule, ...]:
    if rules is None:
        return program.rules
    drafts = {draft.id for draft in pack.drafts if draft.status == "draft"}
    problems = [
        Diagnostic(f"rule '{rule}' is a draft and does not run", hint="set its status to active")
        if rule in drafts
        else Diagnostic(f"there is no rule '{rule}'", hint=did_you_mean(rule, program.by_id))
        for rule in dict.fromkeys(rules)
        if rule not in program.by_id
    ]
    if problems:
        raise RulesetError(problems)
    return tuple(rule for rule in program.rules if rule.id in set(rules))


def _cases(rule: Rule, pack: Pack, givens: Givens, problems: list[Diagnostic]) -> Iterator[_Case]:
    """The examples of a rule that can be run, with their facts."""
    for position, example in enumerate(rule.examples):
        facts, found = givens.facts(example.given, example.unlisted_unknown)
        if facts is not None:
            yield _Case(example, facts)
            continue
        document = pack.documents.get(example.span.file) if example.span is not None else None
        problems += placed(found, example.given, document, ("examples", position, "given"), example.span)


def _outcomes(
    program: Program, rule: Rule, case: _Case, engines: Sequence[Engine], runs: list[Run]
) -> Iterator[Outcome]:
    """What each engine answers; the first answer is added to `runs`, and all others are compared with it."""
    example, facts = case
    first: Run | None = None
    verdict: list[str] = []
    for engine in engines:
        try:
            run = engine.run(program, facts, limits=EXAMPLE_LIMITS)
        except EngineError as error:
            yield Outcome(rule.id, example.name, engine.name, example.expect, None, example.span, (str(error),))
            continue
        if first is None:
            runs.append(run)
            first, wrong = run, verify(run)
            verdict = wrong
        else:
            different = _disagreements(first, run)
            # What is the same answer stands up to the same checks.
            wrong = [*verify(run), *different] if different else verdict
        actual = what_it_did(run, rule.id)
        yield Outcome(rule.id, example.name, engine.name, example.expect, actual, example.span, tuple(wrong))


def _disagreements(first: Run, second: Run) -> list[str]:
    found: list[str] = []
    for what, here, there in first.differences(second):
        if here is not None:
            found.append(f"only {first.engine} finds {_shown(first, here)}")
        elif there is not None:
            found.append(f"only {second.engine} finds {_shown(second, there)}")
        else:
            found.append(f"{first.engine} and {second.engine} differ: {what}")
    more = len(found) - _SHOWN
    return found if more <= 0 else [*found[:_SHOWN], f"{more} more differences between the two"]


def _shown(run: Run, firing: Firing) -> str:
    eaches = run.program.rule(firing.rule).eaches
    facts = ", ".join(fact_path(run.facts, e.relation, row) for e, row in zip(eaches, firing.facts, strict=True))
    certainty = "certain" if firing.certain else "possible"
    return f"{firing.rule} {certainty}" + (f" for {facts}" if facts else "")
