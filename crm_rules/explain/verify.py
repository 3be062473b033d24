"""The independent verifier: every answer of an engine is checked anew, without its joins.

It shares with engines the meaning of one condition (`rules.semantics`, `rules.clauses`) and
nothing else: no plan, no index, no generated code. What it finds are faults of an engine,
never of a project or a rule.
"""

from __future__ import annotations

from collections.abc import Iterator

from crm_rules.engine.protocol import Firing, Run
from crm_rules.errors import EngineError
from crm_rules.explain.derivation import Explainer
from crm_rules.facts.values import Row
from crm_rules.rules.clauses import matches
from crm_rules.rules.semantics import all_of


def verify(run: Run, explainer: Explainer | None = None) -> list[str]:
    """Check every firing and every derived fact of a run.

    Checked are: the facts a firing names exist, and for a certain firing are certain; its conditions,
    evaluated anew, are true (certain) or not false (possible); its witnesses match for certain and
    none before them does; it is recorded once; every derived fact follows from a firing of its kind;
    recursive strata rest on something below them.

    Returns:
        What is wrong, a sentence each; empty when the run can be believed.
    """
    explainer = explainer or Explainer(run)
    problems: list[str] = []
    for rule, firings in explainer.firings.items():
        if len(set(firings)) != len(firings):
            problems.append(f"{rule}: a firing is recorded twice")
        for firing in firings:
            problems.extend(f"{rule}: {p}" for p in _check_firing(explainer, firing))
    problems.extend(_check_derived(explainer))
    try:
        _ = explainer.rankings
    except EngineError as error:
        problems.append(str(error))
    return problems


def _check_firing(explainer: Explainer, firing: Firing) -> Iterator[str]:
    run = explainer.run
    rule = run.program.rule(firing.rule)
    certain = True
    for each, row in zip(rule.eaches, firing.facts, strict=True):
        candidate = next((c for c in run.view.candidates(each.relation) if c.row == row), None)
        if candidate is None:
            yield f"{each.relation} has no fact {row}"
            return
        certain = certain and candidate.certain
    truth = all_of((explainer.truth(firing),))
    if truth is False:
        yield f"its conditions are false for {firing.facts}"
    elif firing.certain and not (truth and certain):
        yield f"it is reported as certain for {firing.facts}, and is only possible"
    elif not firing.certain and truth and certain:
        yield f"it is reported as possible for {firing.facts}, and is certain"
    if firing.certain:
        yield from _check_witnesses(explainer, firing)


def _check_witnesses(explainer: Explainer, firing: Firing) -> Iterator[str]:
    run = explainer.run
    rule = run.program.rule(firing.rule)
    recorded = run.program.witnessed(run.program.by_id[firing.rule])
    env = explainer.env(firing)
    for clause, witness, expected in zip(rule.somes, firing.witnesses, recorded, strict=True):
        first: Row | None = next((c.row for c, t in matches(clause, env, run.view) if t), None)
        if witness != (first if expected else None):
            yield f"its witness for '{clause.var}' is {witness}, not {first}"


def _check_derived(explainer: Explainer) -> Iterator[str]:
    run = explainer.run
    concluded = explainer.concluded_by
    for relation, derived in run.derived.items():
        for row in derived.certain:
            if not any(f.certain for f in concluded.get((relation, row), ())):
                yield f"{relation}: {row} follows from no certain firing"
        for row in derived.possible:
            if (relation, row) not in concluded:
                yield f"{relation}: {row} follows from no firing"
    for relation, row in concluded:
        derived = run.derived[relation]
        if row not in derived.certain and row not in derived.possible and run.complete:
            yield f"{relation}: {row} follows from a firing and is missing"
