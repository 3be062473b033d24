"""Changed copies of a rule: each lacks one part of its conditions, or has it negated.

Pure rule surgery; nothing is run here. Every part of `when` is changed that can be: clauses, lines
of `where`, alternatives of `any` and the clauses inside them. Left alone are the phases, `let`
(without it the rule does not read) and an `each` whose fact other clauses speak of. The scores of
a risk and what `raise` does to them are no conditions of a finding; examples say nothing about
them, so they are not changed either.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from crm_rules.diagnostics import Span
from crm_rules.rules.expressions import Not, names
from crm_rules.rules.rule import Absent, AnyOf, Check, Clause, Condition, Each, Let, Rule, Some, conditions
from crm_rules.trial.results import MutationKind

Clauses = tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed rule.

    Attributes:
        rule: the rule after the change; id, phases and consequences are those of the original.
        kind: what was done.
        clause: what it was done to, as its author wrote it.
        place: where that is written.
    """

    rule: Rule
    kind: MutationKind
    clause: str
    place: Span | None


@dataclass(frozen=True, slots=True)
class _Variant:
    """What comes of clauses by changing one part of them."""

    kind: MutationKind
    clause: str
    place: Span | None
    result: Clauses


def mutants(rule: Rule) -> tuple[Mutant, ...]:
    """Every changed copy of a rule, in the order of its conditions; two changes that come to the same are one."""
    found: dict[Clauses, Mutant] = {}
    for position, clause in enumerate(rule.when):
        free = not isinstance(clause, Each) or clause.var not in _read_elsewhere(rule, position)
        for v in _of_clause(clause, free):
            when = (*rule.when[:position], *v.result, *rule.when[position + 1 :])
            found.setdefault(when, Mutant(replace(rule, when=when), v.kind, v.clause, v.place))
    return tuple(found.values())


def _read_elsewhere(rule: Rule, position: int) -> frozenset[str]:
    """Names read by the conditions of all clauses but one, and by what the rule concludes."""
    others = (c for i, clause in enumerate(rule.when) if i != position for c in conditions(clause))
    exprs = [c.expr for c in others] + [v for conclude in rule.concludes for v in conclude.values]
    return frozenset().union(*(names(e) for e in exprs))


def _of_clause(clause: Clause, free: bool) -> Iterator[_Variant]:
    """Changes of one clause: of the whole when it is `free`, then of its parts."""
    if free and not isinstance(clause, Let):
        yield _Variant("removal", _text(clause), clause.span, ())
        yield _Variant("negation", _text(clause), clause.span, _negated(clause))
    match clause:
        case Each(where=where) | Some(where=where) | Absent(where=where):
            for i, line in enumerate(where):
                rest = replace(clause, where=(*where[:i], *where[i + 1 :]))
                yield _Variant("removal", line.text, line.span, (rest,))
                opposite = replace(clause, where=(*where[:i], _not(line), *where[i + 1 :]))
                yield _Variant("negation", line.text, line.span, (opposite,))
        case AnyOf():
            yield from _of_alternatives(clause)
        case _:
            pass


def _of_alternatives(clause: AnyOf) -> Iterator[_Variant]:
    for i, alternative in enumerate(clause.alternatives):
        before, after = clause.alternatives[:i], clause.alternatives[i + 1 :]
        text = "; ".join(map(_text, alternative))
        place = alternative[0].span
        yield _Variant("removal", text, place, (AnyOf(before + after, clause.span),))
        negated = AnyOf(before + _none_of(alternative) + after, clause.span)
        yield _Variant("negation", text, place, (negated,))
        # To take the only condition out of an alternative is to take out the whole `any`, and to
        # negate it is to negate the alternative.
        single = sum(not isinstance(inner, Let) for inner in alternative) == 1
        for j, inner in enumerate(alternative):
            for v in _of_clause(inner, not single):
                changed = (*alternative[:j], *v.result, *alternative[j + 1 :])
                result = AnyOf((*before, changed, *after), clause.span)
                yield _Variant(v.kind, v.clause, v.place, (result,))


def _negated(clause: Clause) -> Clauses:
    """Clauses that hold together exactly when a clause does not; for an `each`, when it has no match."""
    match clause:
        case Each(var=var, relation=relation, where=where, span=span):
            return (Absent(var, relation, where, span),)
        case Some(var=var, relation=relation, where=where, span=span):
            return (Absent(var, relation, where, span),)
        case Absent(var=var, relation=relation, where=where, span=span):
            return (Some(var, relation, where, span),)
        case Check(condition=condition, span=span):
            return (Check(_not(condition), span),)
        case AnyOf(alternatives=alternatives, span=span):
            return tuple(AnyOf(_none_of(alternative), span) for alternative in alternatives)
        case Let():
            return (clause,)


def _none_of(alternative: Sequence[Clause]) -> tuple[Clauses, ...]:
    """Alternatives of which one holds exactly when the clauses of `alternative` do not hold together."""
    found: list[Clauses] = []
    values: Clauses = ()
    for clause in alternative:
        if isinstance(clause, Let):
            values = (*values, clause)
        else:
            found.append((*values, *_negated(clause)))
    return tuple(found)


def _not(condition: Condition) -> Condition:
    return Condition(Not(condition.expr), f"not ({condition.text})", condition.span)


def _text(clause: Clause) -> str:
    """A clause as its author wrote it, without the lines of its `where`."""
    match clause:
        case Each(var=var, relation=relation):
            return f"each: {var} in {relation}"
        case Some(var=var, relation=relation):
            return f"some: {var} in {relation}"
        case Absent(var=var, relation=relation):
            return f"none: {var} in {relation}"
        case Let(name=name, value=value):
            return f"let: {name} = {value.text}"
        case Check(condition=condition):
            return f"check: {condition.text}"
        case AnyOf(alternatives=alternatives):
            return f"any of {len(alternatives)} alternatives"
