"""What clauses mean: three-valued truth of a rule's conditions for given facts.

Used by the reference engine, the verifier and the explainer; it contains no join order, no
index and no search for combinations, only the meaning of one clause at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from crm_rules.facts.values import Row
from crm_rules.rules.rule import Absent, AnyOf, Check, Clause, Each, Let, Some
from crm_rules.rules.semantics import Candidate, Truth, World, all_of, any_of, evaluate, negate


def clauses_truth(clauses: Sequence[Clause], env: dict[str, Any], world: World) -> Truth:
    """Truth of clauses one after the other.

    Args:
        clauses: what must hold; facts of `each` clauses are bound in `env` already.
        env: name to row or value; `let` values are added to it.
        world: facts and findings.
    """
    result: Truth = True
    for clause in clauses:
        truth = clause_truth(clause, env, world)
        if truth is False:
            return False
        result = all_of((result, truth))
    return result


def clause_truth(clause: Clause, env: dict[str, Any], world: World) -> Truth:
    """Truth of one clause; a `let` is true and adds its value to `env`."""
    match clause:
        case Each(where=where):
            return all_of(evaluate(c.expr, env, world) for c in where)
        case Some():
            return any_of(truth for _, truth in matches(clause, env, world))
        case Absent():
            return negate(any_of(truth for _, truth in matches(clause, env, world)))
        case Let(name=name, value=value):
            env[name] = evaluate(value.expr, env, world)
            return True
        case Check(condition=condition):
            truth: Truth = evaluate(condition.expr, env, world)
            return truth
        case AnyOf(alternatives=alternatives):
            return any_of(clauses_truth(a, dict(env), world) for a in alternatives)


def matches(clause: Some | Absent, env: Mapping[str, Any], world: World) -> Iterator[tuple[Candidate, Truth]]:
    """Every fact a quantified clause does not rule out, in fact order, with how surely it matches."""
    for candidate in world.candidates(clause.relation):
        inner = {**env, clause.var: candidate.row}
        truth = all_of(evaluate(c.expr, inner, world) for c in clause.where)
        if truth is not False:
            yield candidate, True if truth and candidate.certain else None


def witness(clause: Some, env: Mapping[str, Any], world: World) -> Row | None:
    """The first certain match in fact order; None when there is none."""
    return next((c.row for c, truth in matches(clause, env, world) if truth), None)
