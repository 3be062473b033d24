"""Rules as data: what the checker makes of authored files and everything else reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from crm_rules.diagnostics import Span
from crm_rules.rules.expressions import Expr
from crm_rules.rules.templates import Template

RuleKind = Literal["risk", "issue", "strength", "conclusion"]
Status = Literal["draft", "active", "deprecated"]
Expectation = Literal["fires", "possible", "silent"]

RULE_KINDS: tuple[RuleKind, ...] = ("risk", "issue", "strength", "conclusion")
STATUSES: tuple[Status, ...] = ("draft", "active", "deprecated")
EXPECTATIONS: tuple[Expectation, ...] = ("fires", "possible", "silent")
EFFORTS = ("low", "medium", "high")


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition with the text its author wrote."""

    expr: Expr
    text: str
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Each:
    """The rule fires once per combination of its `each` facts."""

    var: str
    relation: str
    where: tuple[Condition, ...] = ()
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Some:
    """At least one such fact exists; the first one in fact order is the witness."""

    var: str
    relation: str
    where: tuple[Condition, ...] = ()
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Absent:
    """No such fact exists (`none` in rule files)."""

    var: str
    relation: str
    where: tuple[Condition, ...] = ()
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Let:
    """A named value."""

    name: str
    value: Condition
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Check:
    """A condition over what is bound."""

    condition: Condition
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one alternative holds; alternatives bind nothing outside themselves."""

    alternatives: tuple[tuple[Clause, ...], ...]
    span: Span | None = field(default=None, compare=False)


Clause = Each | Some | Absent | Let | Check | AnyOf


@dataclass(frozen=True, slots=True)
class Raise:
    """Conditions under which a risk is worse; None leaves a score as it is."""

    when: tuple[Clause, ...]
    likelihood: int | None = None
    impact: int | None = None
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Risk:
    """What a finding says.

    Attributes:
        about: the bound name whose fact the finding is about (a variable or a section).
        cause, event, effect: "because *cause*, *event*; *effect*".
        likelihood, impact: 1 to 5, literal or computed.
        reason: why these scores, in a clause.
        raises: what makes it worse.
    """

    about: str
    cause: Template
    event: Template
    effect: Template
    likelihood: Expr
    impact: Expr
    reason: str = ""
    raises: tuple[Raise, ...] = ()


@dataclass(frozen=True, slots=True)
class Conclude:
    """A fact the rule derives: a value per column of a derived relation."""

    relation: str
    values: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Recommendation:
    """Something somebody can do.

    Attributes:
        action: what to do, imperative.
        actor: who must act.
        helpers: who else takes part.
        effort: low, medium or high.
    """

    action: Template
    actor: str
    helpers: tuple[str, ...] = ()
    effort: str = "medium"


@dataclass(frozen=True, slots=True)
class Example:
    """A runnable example: facts and what the rule must do with them.

    Attributes:
        name: what the example shows.
        given: a partial project, as authored.
        expect: fires, possible or silent.
        unlisted_unknown: lists not given are unknown instead of empty and complete.
    """

    name: str
    given: Mapping[str, Any] = field(hash=False)
    expect: Expectation
    unlisted_unknown: bool = False
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        id: path inside the pack, `team.overloaded-expert`.
        phases: lifecycle phases in which this should be settled; empty = all.
        first_phase: rank of the earliest of them, None when there is no gate.
        last_phase: rank of the latest of them, None when there is no gate.
        family: findings are grouped by it.
        sources: keys of the pack's sources, with a locator behind `#`.
        catalogue: row of the knowledge catalogue the rule comes from; empty when none.
        when: clauses, all of which must hold.
    """

    id: str
    title: str
    kind: RuleKind
    when: tuple[Clause, ...]
    status: Status = "active"
    phases: tuple[str, ...] = ()
    first_phase: int | None = None
    last_phase: int | None = None
    family: str = ""
    rationale: str = ""
    sources: tuple[str, ...] = ()
    catalogue: str = ""
    risk: Risk | None = None
    concludes: tuple[Conclude, ...] = ()
    recommends: tuple[Recommendation, ...] = ()
    examples: tuple[Example, ...] = field(default=(), compare=False)
    replaced_by: str | None = None
    span: Span | None = field(default=None, compare=False)

    @property
    def eaches(self) -> tuple[Each, ...]:
        """The clauses that multiply firings, in order."""
        return tuple(c for c in self.when if isinstance(c, Each))

    @property
    def somes(self) -> tuple[Some, ...]:
        """The outermost `some` clauses, in order; each has a witness in a firing."""
        return tuple(c for c in self.when if isinstance(c, Some))


def conditions(clause: Clause) -> Iterator[Condition]:
    """Every condition in a clause and its alternatives, in order."""
    match clause:
        case Each(where=where) | Some(where=where) | Absent(where=where):
            yield from where
        case Let(value=value):
            yield value
        case Check(condition=condition):
            yield condition
        case AnyOf(alternatives=alternatives):
            for alternative in alternatives:
                for inner in alternative:
                    yield from conditions(inner)
