"""Random rules as authored text, so that the parser and the checker are exercised as well.

Rules are well-formed by construction. Rules and derived relations have levels: a rule looks at
relations up to its own level, negates and aggregates only below it, and derives at its own level or
above. So no cycle contains a negation, and recursion is frequent. Numbers are never computed along
a recursion, so that every program ends.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from crm_rules.facts.schema import Arity, Column, Kind, Relation, RelationKind, Schema, ValueType
from crm_rules.program.check import Conventions
from crm_rules.rules.draft import (
    ClauseDraft,
    ConcludeDraft,
    ExampleDraft,
    RecommendDraft,
    RiskDraft,
    RuleDraft,
    Setting,
    Text,
)
from tests.engine.choices import Choices
from tests.engine.random_facts import BOOL, DATES, DAYS, MOST_ROWS, NUMBER, NUMBERS, TEXTS

_T = TypeVar("_T")

CONVENTIONS = Conventions(
    settings={
        "few": Setting("few", 1),
        "half": Setting("half", 0.5),
        "soon": Setting("soon", 2, unit="days"),
    }
)
WORK = 600
"""Most combinations of facts one rule may have to try."""

EXAMPLES = (ExampleDraft(Text("a"), "a", {}, "fires"), ExampleDraft(Text("b"), "b", {}, "silent"))
COUNTED = ("==", "!=", "<", "<=", ">", ">=")


@dataclass(frozen=True, slots=True)
class Features:
    """Parts of the language that some properties do not hold for.

    Attributes:
        knowledge: conditions with `is known` and `is unknown`.
        phases: rules gated on the phase.
        named_entries: literals that name an entry of a list, which may turn out to be an unlisted one.
    """

    knowledge: bool = True
    phases: bool = True
    named_entries: bool = True


@dataclass(frozen=True, slots=True)
class Term:
    """A value an expression may start from."""

    text: str
    type: ValueType
    arity: Arity
    var: str = ""


@dataclass(slots=True)
class _Scope:
    facts: dict[str, Relation]
    values: dict[str, Term] = field(default_factory=dict)

    def with_fact(self, var: str, relation: Relation) -> _Scope:
        return _Scope({**self.facts, var: relation}, dict(self.values))

    def terms(self) -> list[Term]:
        found = [t for var, relation in self.facts.items() for t in columns_of(var, relation)]
        return found + list(self.values.values())


def columns_of(var: str, relation: Relation) -> list[Term]:
    """The columns of a bound fact."""
    return [Term(f"{var}.{c.name}", c.type, c.arity, var) for c in relation.columns]


def random_rules(choices: Choices, schema: Schema, features: Features) -> list[RuleDraft]:
    """One to eight rules that pass the checker (nearly always)."""
    derived = [r for r in schema.relations.values() if r.kind is RelationKind.DERIVED]
    levels = _levels(choices, derived)
    top = max(levels.values(), default=0)
    rules: list[RuleDraft] = []
    raised: dict[str, int] = {}
    # A recursion needs something to start from: the first rule of a relation reads what lies below it.
    targets: list[tuple[Relation | None, int]] = [(r, levels[r.name] - 1) for r in derived if choices.chance(90)]
    for _ in range(choices.pick((1, 2, 1, 2, 3, 5))):
        target = choices.pick([None, None, *derived])
        # What derives nothing may stand above everything, and negate and count all of it.
        targets.append((target, top + 1 if target is None else levels[target.name]))
    for number, (target, highest) in enumerate(targets[:8]):
        level = highest if choices.chance(50) else choices.between(0, highest)
        writer = _Writer(choices, schema, features, levels, level, dict(raised))
        rule_id = f"rule{number}"
        rules.append(writer.rule(rule_id, target))
        raised[rule_id] = level
    if derived and choices.chance(30):
        rules.append(_Writer(choices, schema, features, levels, top + 1, raised).tally(f"rule{len(rules)}"))
    return rules


def _levels(choices: Choices, derived: Sequence[Relation]) -> dict[str, int]:
    levels: dict[str, int] = {}
    level = 0
    for relation in derived:
        level += not levels or choices.chance(70)
        levels[relation.name] = level
    return levels


class _Writer:
    """Writes one rule."""

    def __init__(
        self,
        choices: Choices,
        schema: Schema,
        features: Features,
        levels: dict[str, int],
        level: int,
        raised: dict[str, int],
    ) -> None:
        self.choices, self.features, self.level, self.raised = choices, features, level, raised
        visible = [
            r
            for r in schema.relations.values()
            if r.kind is RelationKind.LIST or (r.kind is RelationKind.DERIVED and levels[r.name] <= level)
        ]
        self.levels = levels
        self.visible = visible
        self.settled = [r for r in visible if levels.get(r.name, 0) < max(level, 1)]
        self.recursion = {r.name for r in visible if levels.get(r.name) == level}
        self.sections = {r.name: r for r in schema.relations.values() if r.kind is RelationKind.SECTION}
        self.derived = [r for r in schema.relations.values() if r.kind is RelationKind.DERIVED]
        self.scope = _Scope(dict(self.sections))
        self.witnesses: dict[str, Relation] = {}
        self.trivial = {f"{name}.id" for name in self.sections}
        self.compared: set[str] = set()
        self.joined: list[set[str]] = []
        self.bound: list[str] = []
        self.work = 1
        self.number = 0
        # Inside what has to be known in full: absence, aggregates, negation, values.
        self.strict = False

    # -- the rule as a whole ----------------------------------------------------------------

    def rule(self, rule_id: str, target: Relation | None) -> RuleDraft:
        choices = self.choices
        clauses: list[ClauseDraft] = []
        eaches = choices.pick((1, 1, 2, 2, 2, 3, 0))
        for _ in range(eaches):
            if choices.chance(10):
                clauses.append(self._other())
            clause = self._each()
            if clause is not None:
                clauses.append(clause)
        for _ in range(choices.pick((1, 0, 1, 0, 2) if self.bound else (1, 1, 2))):
            clauses.append(self._other())
        if not clauses:
            clauses.append(self._check())
        conclusions = self._conclude(target) if target is not None and self._reaches(target) else ()
        return self._draft(rule_id, clauses, conclusions)

    def tally(self, rule_id: str) -> RuleDraft:
        """A rule that counts derived facts and does nothing else: some of them may stand for many."""
        relation = self.choices.pick(self.derived)
        count = f"count(m for m in {relation.name})"
        limit = self._either_way(count, self.choices.pick(COUNTED), self.choices.pick(("1", "2", "3", "0")))
        return self._draft(rule_id, [ClauseDraft("check", Text(limit))], ())

    def _draft(self, rule_id: str, clauses: Sequence[ClauseDraft], conclusions: tuple[ConcludeDraft, ...]) -> RuleDraft:
        choices = self.choices
        mention = Text(" ".join("{" + m + "}" for m in self._mentions()) or "it")
        text = Text("it")
        phases: tuple[Text, ...] = ()
        if self.features.phases and choices.chance(12):
            phases = (Text(choices.pick(("build", "run", "plan"))),)
        return RuleDraft(
            id=rule_id,
            head=Text(rule_id),
            title=rule_id,
            kind="conclusion" if conclusions else "risk",
            when=tuple(clauses),
            status="draft" if choices.chance(3) else "active",
            phases=phases,
            risk=None if conclusions else RiskDraft(text, None, mention, text, text, Text("3"), Text("4")),
            concludes=conclusions,
            recommends=(RecommendDraft(mention, Text("boss")),),
            examples=EXAMPLES,
        )

    def _mentions(self) -> list[str]:
        facts = {**self.scope.facts, **self.witnesses}
        named = [f"{v}.{facts[v].columns[0].name}" for v in facts if v not in self.sections]
        return named + list(self.scope.values)

    def _conclude(self, target: Relation) -> tuple[ConcludeDraft, ...]:
        targets = [target]
        if self.choices.chance(15):
            others = [r for r in self.derived if r is not target and self.levels[r.name] >= self.level]
            others = [r for r in others if self._reaches(r)]
            targets += self.choices.sample(others, 0, 1)
        return tuple(
            ConcludeDraft(Text(t.name), {c.name: (Text(c.name), Text(self._concluded(c, t))) for c in t.columns})
            for t in targets
        )

    def _concluded(self, column: Column, target: Relation) -> str:
        """An expression for a column of a derived fact."""
        choices = self.choices
        growing = self.levels[target.name] == self.level
        fitting = [
            t
            for t in self.scope.terms()
            if self._fits(t, column.type, column.arity) and not (growing and t.text in self.scope.values)
        ]
        fitting.sort(key=lambda t: t.var in self.sections)
        if column.arity is not Arity.ONE:
            return choices.pick(fitting).text
        if column.type.kind is Kind.NUMBER and choices.chance(30):
            calm = [t for t in fitting if not self._recursive(t)] if growing else fitting
            return self._number(calm, column.type)
        if column.type.kind is Kind.BOOL and choices.chance(25):
            return self._strictly(lambda: self._condition(self.scope, 0))
        if fitting and (choices.chance(90) or not self._literals(column.type)):
            return choices.pick(fitting).text
        return self._literal(column.type)

    def _reaches(self, target: Relation) -> bool:
        """Whether the rule has a field for every column of a derived relation that no literal can fill."""
        terms = self.scope.terms()
        fields = [c for c in target.columns if c.arity is not Arity.ONE or not self._literals(c.type)]
        return all(any(self._fits(t, c.type, c.arity) and t.var for t in terms) for c in fields)

    def _recursive(self, term: Term) -> bool:
        relation = self.scope.facts.get(term.var)
        return relation is None or relation.name in self.recursion

    # -- clauses ----------------------------------------------------------------------------

    def _name(self, letters: str) -> str:
        taken = {*self.scope.facts, *self.scope.values, *self.witnesses}
        # Names of `none` and of aggregates may be used again.
        if letters != "m" and self.choices.chance(10) and "q" not in taken:
            return "q"
        self.number += 1
        return f"{self.choices.pick(letters)}{self.number}"

    def _size(self, relation: Relation) -> int:
        if relation.kind is RelationKind.LIST:
            return MOST_ROWS
        return int(5 ** len(relation.columns))

    def _each(self) -> ClauseDraft | None:
        choices = self.choices
        fitting = [r for r in self.visible if self.work * self._size(r) <= WORK]
        if not fitting:
            return None
        recursive = [r for r in fitting if r.name in self.recursion]
        relation = choices.pick(recursive) if recursive and choices.chance(35) else choices.pick(fitting)
        self.work *= self._size(relation)
        var = self._name("xyz")
        inner = self.scope.with_fact(var, relation)
        where: list[str] = []
        if self.bound and choices.chance(85):
            where.append(self._join(inner, var))
        where += self._wheres(inner, var, choices.pick((0, 1, 0, 0, 2)))
        self.scope = inner
        self.bound.append(var)
        return _clause("each", f"{var} in {relation.name}", where)

    def _wheres(self, scope: _Scope, var: str, count: int) -> list[str]:
        return [self._condition(scope, 1 if self.choices.chance(20) else 0, var) for _ in range(count)]

    def _other(self) -> ClauseDraft:
        match self.choices.pick(("check", "some", "none", "some", "none", "let", "any", "check")):
            case "some":
                return self._some()
            case "none":
                return self._none()
            case "let":
                return self._let()
            case "any":
                return self._any()
            case _:
                return self._check()

    def _some(self) -> ClauseDraft:
        relation = self.choices.pick(self.visible)
        var = self._name("s")
        where = self._inner_wheres(var, relation)
        self.witnesses[var] = relation
        return _clause("some", f"{var} in {relation.name}", where)

    def _none(self) -> ClauseDraft:
        relation = self.choices.pick(self.settled)
        var = self._name("n")
        where = self._strictly(lambda: self._inner_wheres(var, relation))
        return _clause("none", f"{var} in {relation.name}", where)

    def _inner_wheres(self, var: str, relation: Relation) -> list[str]:
        inner = self.scope.with_fact(var, relation)
        where = [self._join(inner, var)] if self.choices.chance(60) else []
        return where + self._wheres(inner, var, self.choices.pick((0, 1, 0, 1, 2)))

    def _let(self) -> ClauseDraft:
        name = self._name("l")
        term = self._strictly(self._let_value)
        self.scope.values[name] = Term(name, term.type, term.arity)
        return ClauseDraft("let", Text(name), be=Text(term.text))

    def _let_value(self) -> Term:
        match self.choices.pick(("aggregate", "count", "number", "condition", "term")):
            case "aggregate":
                return self._aggregate(self.scope)
            case "count":
                return Term(self._count(self.scope), NUMBER, Arity.ONE)
            case "number":
                return Term(self._number(self.scope.terms(), NUMBER), NUMBER, Arity.ONE)
            case "condition":
                return Term(self._condition(self.scope, 1), BOOL, Arity.ONE)
            case _:
                return self.choices.pick(self.scope.terms())

    def _check(self) -> ClauseDraft:
        return ClauseDraft("check", Text(self._condition(self.scope, self.choices.pick((0, 1, 0, 1, 2)))))

    def _any(self) -> ClauseDraft:
        alternatives = []
        outer = self.scope
        witnesses = dict(self.witnesses)
        for _ in range(self.choices.pick((2, 2, 3))):
            self.scope = _Scope(dict(outer.facts), dict(outer.values))
            inner = [
                self.choices.pick((self._check, self._some, self._none, self._let))()
                for _ in range(self.choices.pick((1, 1, 2)))
            ]
            if inner[-1].keyword == "let":
                inner.append(self._check())
            alternatives.append(tuple(inner))
            self.witnesses = dict(witnesses)
        self.scope = outer
        return ClauseDraft("any", Text(""), alternatives=tuple(alternatives))

    # -- conditions -------------------------------------------------------------------------

    def _strictly(self, write: Callable[[], _T]) -> _T:
        before, self.strict = self.strict, True
        written = write()
        self.strict = before
        return written

    def _join(self, scope: _Scope, var: str) -> str:
        """A condition that links a newly bound fact to what is bound already."""
        own = columns_of(var, scope.facts[var])
        others = [t for t in scope.terms() if t.var and t.var != var]
        joins: list[tuple[str, Term, Term]] = []
        weak: list[tuple[str, Term, Term]] = []
        for mine in own:
            for other in others:
                if mine.type.kind is not other.type.kind:
                    continue
                found = joins if mine.type.kind is Kind.KEY else weak
                if mine.arity is Arity.ONE and other.arity is Arity.ONE:
                    if self._fits(other, mine.type, Arity.ONE):
                        found.append((f"{mine.text} == {other.text}", mine, other))
                elif mine.arity is Arity.ONE:
                    if self._fits(mine, other.type, Arity.ONE):
                        found.append((f"{mine.text} in {other.text}", mine, other))
                elif other.arity is Arity.ONE:
                    if self._fits(other, mine.type, Arity.ONE):
                        found.append((f"{other.text} in {mine.text}", mine, other))
                elif self._fits(other, mine.type, mine.arity):
                    found.append((f"overlap({mine.text}, {other.text})", mine, other))
        if not joins and not weak:
            return self._condition(scope, 0, var)
        written, mine, other = self.choices.pick(joins if joins and (not weak or self.choices.chance(85)) else weak)
        self.joined.append({mine.text, other.text})
        return written

    def _condition(self, scope: _Scope, depth: int, var: str | None = None) -> str:
        choices = self.choices
        if depth > 0 and choices.chance(60):
            match choices.pick(("and", "or", "not", "at_least", "not in")):
                case "and" | "or" as word:
                    items = [self._condition(scope, depth - 1, var) for _ in range(choices.pick((2, 2, 3)))]
                    return "(" + f" {word} ".join(items) + ")"
                case "at_least":
                    items = [self._condition(scope, depth - 1, var) for _ in range(choices.pick((2, 3, 3)))]
                    return f"at_least({choices.between(1, len(items))}, {', '.join(items)})"
                case _:
                    return f"not {self._strictly(lambda: self._condition(scope, depth - 1, var))}"
        if choices.chance(10):
            raised = self._raised()
            if raised:
                return raised
        if choices.chance(15 if var is None else 6):
            return self._strictly(lambda: self._about_many(scope))
        terms = columns_of(var, scope.facts[var]) if var is not None and choices.chance(85) else scope.terms()
        term = choices.pick(terms)
        if term.text in self.trivial:
            term = choices.pick(terms)
        if self.features.knowledge and choices.chance(8):
            if choices.chance(40):
                return self._known_or(term.text, self._about(term, scope))
            return f"{term.text} is {choices.pick(('known', 'unknown'))}"
        return self._about(term, scope)

    def _known_or(self, text: str, condition: str) -> str:
        """A condition on a value that is two-valued as a whole, without looking like it."""
        choices = self.choices
        if choices.chance(60):
            return f"({text} is unknown or {condition})"
        return f"({text} is known and {condition})"

    def _raised(self) -> str:
        fitting = [
            r for r, level in self.raised.items() if level < self.level or (level == self.level and not self.strict)
        ]
        if not fitting:
            return ""
        listed = ", ".join(f'"{r}"' for r in self.choices.sample(fitting, 1, 2))
        return f"raised({listed})"

    def _about_many(self, scope: _Scope) -> str:
        """A comparison of an aggregate."""
        choices = self.choices
        if choices.chance(50):
            count = self._count(scope)
            match choices.pick(("number", "number", "count", "term", "known")):
                case "number":
                    limit = choices.pick(("1", "2", "0", "settings.few"))
                    return self._either_way(count, choices.pick(COUNTED), limit)
                case "count":
                    return f"{count} {choices.pick(COUNTED)} {self._count(scope)}"
                case "known" if self.features.knowledge:
                    if choices.chance(50):
                        limit = choices.pick(("1", "2", "0"))
                        return self._known_or(count, f"{count} {choices.pick(COUNTED)} {limit}")
                    return f"{count} is known"
                case _:
                    return self._either_way(count, choices.pick(COUNTED), self._number(scope.terms(), NUMBER))
        term = self._aggregate(scope)
        return self._about(term, scope)

    def _either_way(self, left: str, op: str, right: str) -> str:
        return f"{right} {op} {left}" if self.choices.chance(30) else f"{left} {op} {right}"

    def _about(self, term: Term, scope: _Scope) -> str:
        if term.arity is not Arity.ONE:
            return self._about_members(term, scope)
        choices = self.choices
        partners = [t for t in scope.terms() if t.text != term.text and self._fits(t, term.type, Arity.ONE)]
        partners = [t for t in partners if t.arity is Arity.ONE and {t.text, term.text} not in self.joined]
        fixed = term.text in self.compared or "(" in term.text
        self.compared.add(term.text)
        match term.type.kind:
            case Kind.BOOL:
                if partners and choices.chance(25):
                    return f"{term.text} {choices.pick(('==', '!='))} {choices.pick(partners).text}"
                if fixed:
                    return choices.pick((f"at_least(1, {term.text})", f"not at_least(1, {term.text})"))
                if choices.chance(30):
                    return f"{term.text} {choices.pick(('==', '!='))} {choices.pick(('true', 'false'))}"
                return term.text if choices.chance(60) else f"not {term.text}"
            case Kind.NUMBER:
                return self._about_number(term, partners, fixed)
            case Kind.KEY:
                containers = [
                    t for t in scope.terms() if t.arity is not Arity.ONE and self._fits(term, t.type, Arity.ONE)
                ]
                containers = [t for t in containers if {t.text, term.text} not in self.joined]
                if containers and choices.chance(40):
                    return f"{term.text} {choices.pick(('in', 'not in'))} {choices.pick(containers).text}"
                if partners and choices.chance(85):
                    return f"{term.text} {choices.pick(('==', '!='))} {choices.pick(partners).text}"
                return self._against_literals(term, ("!=", "=="), fixed)
            case Kind.DATE:
                if partners and choices.chance(60):
                    other = choices.pick(partners).text
                    if choices.chance(50):
                        limit = choices.pick(("0", "3", "settings.soon", "-1"))
                        return f"days_between({term.text}, {other}) {choices.pick(COUNTED)} {limit}"
                    return f"{term.text} {choices.pick(COUNTED)} {other}"
                return self._against_literals(term, COUNTED, fixed)
            case Kind.TEXT:
                if partners and choices.chance(40):
                    return f"{term.text} {choices.pick(('==', '!='))} {choices.pick(partners).text}"
                if choices.chance(40):
                    return f"lower({term.text}) {choices.pick(('==', '!='))} 'a'"
                return self._against_literals(term, ("==", "!="), fixed)
            case Kind.ENUM:
                return self._about_member(term, partners, fixed)

    def _against_literals(self, term: Term, ops: Sequence[str], fixed: bool) -> str:
        """A comparison with a literal; the checker reports two of them that exclude each other."""
        choices = self.choices
        if not self._literals(term.type):
            return f"{term.text} {choices.pick(('==', '!='))} {term.text}"
        if fixed or choices.chance(25):
            literals = self._members(term.type, 2)
            return f"{term.text} {choices.pick(('in', 'not in'))} [{', '.join(literals)}]"
        return f"{term.text} {choices.pick(ops)} {self._literal(term.type)}"

    def _about_number(self, term: Term, partners: list[Term], fixed: bool) -> str:
        choices = self.choices
        bounded = term.type.minimum is not None
        roll = choices.below(100)
        if fixed or roll >= 75:
            text = self._number(partners, term.type) if partners else f"({term.text} + 1) / 2"
            return self._either_way(term.text, choices.pick(COUNTED), text)
        if roll >= 60 and not bounded:
            limit = choices.pick(("3", "2") if term.type.unit else ("3", "settings.few"))
            return f"0 <= {term.text} {choices.pick(('<', '<='))} {limit}"
        if roll >= 50:
            return f"abs({term.text}) {choices.pick(COUNTED)} 1"
        if roll >= 45:
            return f"{term.text} {choices.pick(('in', 'not in'))} [1, 2.0]"
        interior = {"share": "0.5", None: "1"}.get(term.type.unit, "1")
        return self._either_way(term.text, choices.pick(COUNTED), interior if bounded else self._literal(term.type))

    def _about_member(self, term: Term, partners: list[Term], fixed: bool) -> str:
        choices = self.choices
        enum = term.type.enum
        assert enum is not None
        ops = COUNTED if enum.ordinal else COUNTED[:2]
        if partners and (fixed or choices.chance(30)):
            return f"{term.text} {choices.pick(ops)} {choices.pick(partners).text}"
        if fixed or choices.chance(25):
            members = choices.sample(enum.members, 1, 2)
            return f"{term.text} {choices.pick(('in', 'not in'))} {members}"
        op = choices.pick(ops)
        members = list(enum.members)
        if op in ("<", ">="):
            members = members[1:]
        elif op in ("<=", ">"):
            members = members[:-1]
        return (
            self._either_way(term.text, op, f"'{choices.pick(members)}'")
            if op in ("==", "!=")
            else (f"{term.text} {op} '{choices.pick(members)}'")
        )

    def _about_members(self, term: Term, scope: _Scope) -> str:
        choices = self.choices
        kind = term.type.kind
        literal = self._literals(term.type)
        singles = [t for t in scope.terms() if t.arity is Arity.ONE and self._fits(t, term.type, Arity.ONE)]
        several = [
            t
            for t in scope.terms()
            if t.arity is not Arity.ONE and t.text != term.text and self._fits(t, term.type, t.arity)
        ]
        match choices.pick(("in", "in", "len", "first", "index", "overlap", "literals")):
            case "in" if singles:
                return f"{choices.pick(singles).text} {choices.pick(('in', 'not in'))} {term.text}"
            case "len":
                return f"len({term.text}) {choices.pick(COUNTED)} {choices.pick(('1', '0', '2'))}"
            case "first":
                return self._about(Term(f"first({term.text})", term.type, Arity.ONE), scope)
            case "index" if kind is not Kind.BOOL and (singles or literal):
                member = choices.pick(singles).text if singles else self._literal(term.type)
                return f"index({term.text}, {member}) {choices.pick(COUNTED)} {choices.pick(('0', '1'))}"
            case "overlap" if several:
                return f"overlap({term.text}, {choices.pick(several).text})"
            case "literals" if kind is not Kind.BOOL and literal:
                literals = self._members(term.type, choices.between(1, 2))
                return f"overlap({term.text}, [{', '.join(literals)}])"
            case _ if kind is Kind.BOOL:
                return f"true in {term.text}"
            case _ if literal:
                return f"{self._literal(term.type)} in {term.text}"
            case _:
                return f"len({term.text}) > 0"

    # -- values -----------------------------------------------------------------------------

    def _fits(self, term: Term, type_: ValueType, arity: Arity) -> bool:
        """Whether the checker takes a term where a type is expected."""
        if (term.arity is Arity.ONE) is not (arity is Arity.ONE) or term.type.kind is not type_.kind:
            return False
        match type_.kind:
            case Kind.KEY:
                return bool(term.type.targets & type_.targets)
            case Kind.ENUM:
                return term.type.enum == type_.enum
            case Kind.NUMBER:
                return not term.type.unit or not type_.unit or term.type.unit == type_.unit
            case _:
                return True

    def _literal(self, type_: ValueType) -> str:
        choices = self.choices
        match type_.kind:
            case Kind.NUMBER:
                if type_.unit is None and choices.chance(20):
                    return choices.pick(("settings.few", "settings.half"))
                if type_ == DAYS and choices.chance(20):
                    return "settings.soon"
                number = choices.pick(NUMBERS.get(type_, NUMBERS[NUMBER]))
                # 1 and 1.0 are equal and not the same: arithmetic with large numbers tells them apart.
                return f"{number}.0" if isinstance(number, int) and choices.chance(15) else str(number)
            case Kind.TEXT:
                return repr(choices.pick(TEXTS))
            case Kind.DATE:
                date: dt.date = choices.pick(DATES)
                return f"'{date.isoformat()}'"
            case Kind.BOOL:
                return choices.pick(("true", "false"))
            case Kind.ENUM:
                assert type_.enum is not None
                return f"'{choices.pick(type_.enum.members)}'"
            case Kind.KEY:
                return repr(choices.pick(self._named(type_)))

    def _members(self, type_: ValueType, count: int) -> list[str]:
        """Literals for a list, in which 1 and 1.0 would be one member that stands there twice."""
        return sorted({self._literal(type_).removesuffix(".0") for _ in range(count)})

    def _named(self, type_: ValueType) -> list[str]:
        """Keys that rules may name."""
        found = sorted(type_.targets & set(self.sections))
        if self.features.named_entries:
            found += [f"{t}{i}" for t in sorted(type_.targets - set(self.sections)) for i in (0, 1)]
        return found

    def _literals(self, type_: ValueType) -> bool:
        """Whether there are literals of a type."""
        return type_.kind is not Kind.KEY or bool(self._named(type_))

    def _number(self, terms: Sequence[Term], type_: ValueType) -> str:
        """A number: a term, a literal or arithmetic."""
        choices = self.choices
        numbers = [t for t in terms if t.arity is Arity.ONE and self._fits(t, type_, Arity.ONE)]
        numbers = [t for t in numbers if t.type.kind is Kind.NUMBER]
        if not numbers:
            return self._literal(type_)
        left = choices.pick(numbers)
        match choices.pick(("term", "plus", "minus", "times", "over", "negative", "abs")):
            case "plus" | "minus" as word:
                partners = [t for t in numbers if self._fits(t, left.type, Arity.ONE)]
                op = "+" if word == "plus" else "-"
                return f"{left.text} {op} {choices.pick(partners).text}"
            case "times":
                return f"{left.text} * {choices.pick(('2', '2.0', '0.5', '0', '-1', left.text))}"
            case "over":
                return f"{left.text} / {choices.pick(('2', '0.5', '0'))}"
            case "negative":
                return f"-{left.text}"
            case "abs":
                return f"abs({left.text})"
            case _:
                return left.text

    # -- aggregates -------------------------------------------------------------------------

    def _member(self, scope: _Scope) -> tuple[str, Relation, _Scope, str]:
        """Name, relation, inner scope and conditions of an aggregate."""
        relation = self.choices.pick(self.settled)
        var = self._name("m")
        inner = scope.with_fact(var, relation)
        conditions = []
        if self.choices.chance(55):
            conditions.append(self._join(inner, var))
        conditions += self._wheres(inner, var, self.choices.pick((0, 0, 1)))
        tail = f" if {' and '.join(conditions)}" if conditions else ""
        return var, relation, inner, tail

    def _count(self, scope: _Scope) -> str:
        var, relation, _, tail = self._member(scope)
        return f"count({var} for {var} in {relation.name}{tail})"

    def _aggregate(self, scope: _Scope) -> Term:
        choices = self.choices
        var, relation, inner, tail = self._member(scope)
        function = choices.pick(("sum", "min", "max", "share"))
        loop = f" for {var} in {relation.name}{tail})"
        own = [t for t in columns_of(var, relation) if t.arity is Arity.ONE]
        ordered = [t for t in own if t.type.kind in (Kind.NUMBER, Kind.DATE) or (t.type.enum and t.type.enum.ordinal)]
        numbers = [t for t in own if t.type.kind is Kind.NUMBER]
        if function == "sum" and numbers:
            term = choices.pick(numbers)
            value = term.text if choices.chance(70) else f"{term.text} * 2"
            return Term(f"sum({value}{loop}", ValueType(Kind.NUMBER, unit=term.type.unit), Arity.ONE)
        if function in ("min", "max") and ordered:
            term = choices.pick(ordered)
            type_ = term.type
            if type_.kind is Kind.NUMBER:
                type_ = ValueType(Kind.NUMBER, unit=type_.unit)
            return Term(f"{function}({term.text}{loop}", type_, Arity.ONE)
        return Term(f"share({self._condition(inner, 0, var)}{loop}", NUMBER, Arity.ONE)


def _clause(keyword: str, head: str, where: Sequence[str]) -> ClauseDraft:
    return ClauseDraft(keyword, Text(head), tuple(Text(w) for w in where))
