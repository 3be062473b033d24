"""Drafts to rules: names, types, scopes, scores, templates, examples; all problems at once."""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from crm_rules.diagnostics import Diagnostic, did_you_mean
from crm_rules.facts.schema import Arity, EnumType, Kind, Relation, RelationKind, Schema, ValueType
from crm_rules.program.contradictions import decided_conditions, same_conditions
from crm_rules.program.typecheck import NUMBER, ExpressionChecker, Scope, Vocabulary, sections
from crm_rules.rules.draft import (
    ClauseDraft,
    ConcludeDraft,
    RecommendDraft,
    RiskDraft,
    RuleDraft,
    Setting,
    Text,
)
from crm_rules.rules.expressions import Const, Field, Local, names, walk
from crm_rules.rules.rule import (
    EFFORTS,
    EXPECTATIONS,
    RULE_KINDS,
    STATUSES,
    Absent,
    AnyOf,
    Check,
    Clause,
    Conclude,
    Condition,
    Each,
    Example,
    Let,
    Raise,
    Recommendation,
    Risk,
    Rule,
    Some,
    conditions,
)
from crm_rules.rules.templates import NUMBER_FORMAT, Hole, Template

NESTED = ("some", "none", "let", "check")
CLAUSES = ("each", "some", "none", "let", "check", "any")


@dataclass(frozen=True, slots=True)
class Conventions:
    """What a subject allows rules to name besides its facts.

    Attributes:
        actors: who can be asked to act.
        sources: keys of the pack's sources.
        settings: thresholds of the pack.
        unreadable: ids of rules whose files could not be read; naming them is no mistake.
    """

    actors: EnumType | None = None
    sources: frozenset[str] = frozenset()
    settings: Mapping[str, Setting] = field(default_factory=dict)
    unreadable: frozenset[str] = frozenset()


def check_rules(
    drafts: Sequence[RuleDraft], schema: Schema, conventions: Conventions
) -> tuple[tuple[Rule, ...], list[Diagnostic]]:
    """Check all drafts of a pack.

    Returns:
        All rules, sorted by id, and every problem found (errors and warnings). A rule with errors is as
        complete as it could be read, so that cycles through it are found as well.
    """
    problems: list[Diagnostic] = []
    ids = frozenset(d.id for d in drafts) | conventions.unreadable
    vocabulary = Vocabulary(schema, ids, conventions.settings)
    rules: list[Rule] = []
    sound: list[Rule] = []
    for draft in sorted(drafts, key=lambda d: d.id):
        found: list[Diagnostic] = []
        rules.append(_RuleChecker(draft, vocabulary, conventions, found).rule())
        if not any(p.severity == "error" for p in found):
            sound.append(rules[-1])
        problems.extend(found)
    problems.extend(same_conditions(sound, {d.id: d.head for d in drafts}))
    return tuple(rules), problems


@dataclass(slots=True)
class _RuleChecker:
    draft: RuleDraft
    vocabulary: Vocabulary
    conventions: Conventions
    problems: list[Diagnostic]
    expressions: ExpressionChecker = field(init=False)
    used: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.expressions = ExpressionChecker(self.vocabulary, self.problems.append)

    @property
    def schema(self) -> Schema:
        return self.vocabulary.schema

    # -- the rule as a whole ----------------------------------------------------------------

    def rule(self) -> Rule:
        d = self.draft
        self._one_of(d.head, "kind", d.kind, RULE_KINDS)
        self._one_of(d.head, "status", d.status, STATUSES)
        scope: dict[str, Relation | Local] = sections(self.schema)
        witnesses: dict[str, Relation | Local] = {}
        when = self._clauses(d.when, scope, witnesses, nested=False)
        if not d.when:
            self.problems.append(d.head.problem("a rule needs at least one clause in when"))
        messages = {**scope, **witnesses}
        risk = self._risk(d.risk, scope, messages) if d.risk else None
        concludes = tuple(c for c in (self._conclude(c, scope) for c in d.concludes) if c is not None)
        recommends = tuple(self._recommend(r, messages) for r in d.recommends)
        self._shape(risk is not None)
        self._links(when)
        self._unused(d.when)
        self._sources()
        first, last = self._phases()
        if d.replaced_by is not None and d.replaced_by.value not in self.vocabulary.rules:
            hint = did_you_mean(d.replaced_by.value, self.vocabulary.rules)
            self.problems.append(d.replaced_by.problem(f"there is no rule '{d.replaced_by.value}'", hint=hint))
        self.problems.extend(decided_conditions(d, when))
        return Rule(
            id=d.id,
            title=d.title,
            kind=d.kind,  # type: ignore[arg-type]
            when=when,
            status=d.status,  # type: ignore[arg-type]
            phases=tuple(p.value for p in d.phases),
            first_phase=first,
            last_phase=last,
            family=d.family,
            rationale=d.rationale,
            sources=tuple(s.value for s in d.sources),
            catalogue=d.catalogue,
            risk=risk,
            concludes=concludes,
            recommends=recommends,
            examples=self._examples(),
            replaced_by=d.replaced_by.value if d.replaced_by else None,
            span=d.head.span,
        )

    def _shape(self, has_risk: bool) -> None:
        d = self.draft
        if d.kind == "conclusion":
            if not d.concludes:
                self.problems.append(d.head.problem("a conclusion rule needs 'conclude' under then"))
            if has_risk:
                self.problems.append(
                    d.head.problem("a conclusion rule cannot also raise a risk", hint="write two rules")
                )
        elif d.risk is None:
            self.problems.append(d.head.problem(f"a rule of kind {d.kind} needs 'risk' under then"))
        if d.status == "deprecated" and d.replaced_by is None:
            self.problems.append(d.head.problem("a deprecated rule names its successor", hint="add replaced_by"))

    def _one_of(self, head: Text, key: str, value: str, valid: Sequence[str]) -> None:
        if value not in valid:
            self.problems.append(head.problem(f"{key} cannot be '{value}'", hint=did_you_mean(value, valid)))

    def _sources(self) -> None:
        for source in self.draft.sources:
            key = source.value.partition("#")[0]
            if key not in self.conventions.sources:
                hint = did_you_mean(key, self.conventions.sources)
                self.problems.append(source.problem(f"there is no source '{key}'", 0, len(key), hint))

    def _phases(self) -> tuple[int | None, int | None]:
        if not self.draft.phases:
            return None, None
        if self.schema.phase is None:
            self.problems.append(self.draft.phases[0].problem("this subject has no lifecycle phases"))
            return None, None
        section, name = self.schema.phase
        members = self.schema.relations[section].column(name).type.enum
        assert members is not None
        ranks: list[int] = []
        for phase in self.draft.phases:
            if phase.value not in members.members:
                hint = did_you_mean(phase.value, members.members)
                self.problems.append(phase.problem(f"there is no phase '{phase.value}'", 0, len(phase.value), hint))
            else:
                ranks.append(members.members.index(phase.value))
        return (min(ranks), max(ranks)) if ranks else (None, None)

    def _examples(self) -> tuple[Example, ...]:
        examples: list[Example] = []
        for e in self.draft.examples:
            self._one_of(e.head, "expect", e.expect, EXPECTATIONS)
            examples.append(Example(e.name, e.given, e.expect, e.unlisted_unknown, e.head.span))  # type: ignore[arg-type]
        if self.draft.status == "active":
            polarities = {e.expect for e in examples}
            for needed, words in (("fires", "in which it fires"), ("silent", "in which it stays silent")):
                if needed not in polarities:
                    self.problems.append(self.draft.head.problem(f"an active rule needs an example {words}"))
        names_seen: set[str] = set()
        for e in self.draft.examples:
            if e.name in names_seen:
                self.problems.append(e.head.problem(f"two examples are called '{e.name}'"))
            names_seen.add(e.name)
        return tuple(examples)

    # -- clauses ----------------------------------------------------------------------------

    def _clauses(
        self,
        drafts: Iterable[ClauseDraft],
        scope: dict[str, Relation | Local],
        witnesses: dict[str, Relation | Local],
        nested: bool,
    ) -> tuple[Clause, ...]:
        clauses: list[Clause] = []
        for draft in drafts:
            allowed = NESTED if nested else CLAUSES
            if draft.keyword not in allowed:
                where = "inside any" if nested else "in when"
                self.problems.append(
                    draft.head.problem(f"'{draft.keyword}' cannot stand {where}", hint="use " + ", ".join(allowed))
                )
                continue
            clause = self._clause(draft, scope, witnesses)
            if clause is not None:
                clauses.append(clause)
        return tuple(clauses)

    def _clause(
        self, draft: ClauseDraft, scope: dict[str, Relation | Local], witnesses: dict[str, Relation | Local]
    ) -> Clause | None:
        span = draft.head.span
        match draft.keyword:
            case "check":
                condition = self._condition(draft.head, scope)
                return Check(condition, span) if condition else None
            case "let":
                return self._let(draft, scope, witnesses)
            case "any":
                alternatives: list[tuple[Clause, ...]] = []
                for alternative in draft.alternatives:
                    inner = self._clauses(alternative, dict(scope), {}, nested=True)
                    if not alternative:
                        self.problems.append(draft.head.problem("an alternative of any needs at least one clause"))
                    alternatives.append(inner)
                if len(alternatives) < 2:
                    self.problems.append(draft.head.problem("any needs at least two alternatives"))
                return AnyOf(tuple(alternatives), span)
            case _:
                return self._quantified(draft, scope, witnesses)

    def _let(
        self, draft: ClauseDraft, scope: dict[str, Relation | Local], witnesses: dict[str, Relation | Local]
    ) -> Clause | None:
        name = draft.head.value
        if draft.be is None:
            self.problems.append(draft.head.problem("let needs 'be' with an expression"))
            return None
        typed = self.expressions.value(draft.be, scope)
        if not self._free(draft.head, name, scope, witnesses):
            return None
        if typed is None:
            # Bound to something, so that later clauses do not report the name as missing as well.
            scope[name] = Local(name, NUMBER)
            return None
        scope[name] = Local(name, typed.type, typed.arity)
        self.used |= names(typed.expr)
        return Let(name, Condition(typed.expr, draft.be.value, draft.be.span), draft.head.span)

    def _quantified(
        self, draft: ClauseDraft, scope: dict[str, Relation | Local], witnesses: dict[str, Relation | Local]
    ) -> Clause | None:
        words = draft.head.value.split()
        if len(words) != 3 or words[1] != "in" or not words[0].isidentifier():
            self.problems.append(
                draft.head.problem(
                    f"'{draft.keyword}' is written '{draft.keyword}: name in list', found '{draft.head.value}'",
                    length=len(draft.head.value),
                )
            )
            return None
        var, _, list_name = words
        relation = self.schema.relations.get(list_name)
        if relation is None or relation.kind is RelationKind.SECTION:
            lists = [r.name for r in self.schema.relations.values() if r.kind is not RelationKind.SECTION]
            offset = draft.head.value.rindex(list_name)
            hint = did_you_mean(list_name, lists)
            if relation is not None:
                hint = f"'{list_name}' is a section: it is always bound, use check"
            self.problems.append(draft.head.problem(f"there is no list '{list_name}'", offset, len(list_name), hint))
            return None
        if not self._free(draft.head, var, scope, witnesses):
            return None
        inner = {**scope, var: relation}
        where = tuple(c for c in (self._condition(t, inner) for t in draft.where) if c is not None)
        span = draft.head.span
        if draft.keyword == "each":
            scope[var] = relation
            return Each(var, relation.name, where, span)
        if draft.keyword == "some":
            witnesses[var] = relation
            return Some(var, relation.name, where, span)
        return Absent(var, relation.name, where, span)

    def _condition(self, text: Text, scope: Scope) -> Condition | None:
        expr = self.expressions.condition(text, scope)
        if expr is None:
            return None
        self.used |= names(expr)
        return Condition(expr, text.value, text.span)

    def _free(self, head: Text, name: str, *scopes: Mapping[str, object]) -> bool:
        if not name.isidentifier():
            self.problems.append(
                head.problem(f"'{name}' cannot be a name", length=len(name), hint="use letters, digits and _")
            )
            return False
        if name in ("true", "false", "known", "unknown", "settings"):
            self.problems.append(
                head.problem(f"'{name}' is a word of the language and cannot be a name", length=len(name))
            )
            return False
        if any(name in s for s in scopes):
            self.problems.append(head.problem(f"'{name}' is bound twice", length=len(name), hint="choose another name"))
            return False
        if name in self.schema.relations:
            self.problems.append(head.problem(f"'{name}' is the name of a list and cannot be bound", length=len(name)))
            return False
        return True

    def _unused(self, drafts: Sequence[ClauseDraft]) -> None:
        for draft in drafts:
            if draft.keyword == "let":
                name = draft.head.value
            elif draft.keyword == "each":
                name = draft.head.value.split()[0] if draft.head.value.split() else ""
            else:
                continue
            if name and name not in self.used and name.isidentifier():
                hint = "use some: if it is enough that one exists" if draft.keyword == "each" else None
                self.problems.append(
                    draft.head.problem(f"'{name}' is bound and never used", length=len(name), hint=hint)
                )

    def _links(self, when: Sequence[Clause]) -> None:
        eaches = [c for c in when if isinstance(c, Each)]
        joined = [names(c.expr) for clause in when for c in conditions(clause)]
        for i, each in enumerate(eaches[1:], start=1):
            before = {e.var for e in eaches[:i]}
            if not any(each.var in n and n & before for n in joined):
                head = next(d.head for d in self.draft.when if d.keyword == "each" and d.head.span == each.span)
                self.problems.append(
                    head.warning(
                        f"no condition links '{each.var}' to {', '.join(sorted(before))}",
                        "every combination fires; add a condition that joins them",
                    )
                )

    # -- consequences -----------------------------------------------------------------------

    def _risk(self, draft: RiskDraft, scope: Scope, messages: Scope) -> Risk | None:
        about = self._about(draft, scope)
        raises: list[Raise] = []
        for r in draft.raises:
            inner = dict(scope)
            when = self._clauses(r.when, inner, {}, nested=True)
            for score, value in (("likelihood", r.likelihood), ("impact", r.impact)):
                if value is not None and not 1 <= value <= 5:
                    self.problems.append(r.head.problem(f"{score} goes from 1 to 5, found {value}"))
            if r.likelihood is None and r.impact is None:
                self.problems.append(r.head.problem("raise needs a likelihood or an impact"))
            if not r.when:
                self.problems.append(r.head.problem("raise needs at least one clause in when"))
            raises.append(Raise(when, r.likelihood, r.impact, r.head.span))
        likelihood = self._score(draft.likelihood, "likelihood", scope)
        impact = self._score(draft.impact, "impact", scope)
        cause, event, effect = (self._template(t, messages) for t in (draft.cause, draft.event, draft.effect))
        if likelihood is None or impact is None:
            return None
        return Risk(about, cause, event, effect, likelihood, impact, draft.reason, tuple(raises))

    def _about(self, draft: RiskDraft, scope: Scope) -> str:
        facts = [n for n, r in scope.items() if isinstance(r, Relation)]
        if draft.about is None:
            bound = [n for n in facts if scope[n].kind is not RelationKind.SECTION]  # type: ignore[union-attr]
            if bound:
                return bound[0]
            return self.schema.phase[0] if self.schema.phase else next(iter(facts), "")
        if draft.about.value not in facts:
            hint = did_you_mean(draft.about.value, facts)
            self.problems.append(
                draft.about.problem(f"nothing is called '{draft.about.value}' here", 0, len(draft.about.value), hint)
            )
        self.used.add(draft.about.value)
        return draft.about.value

    def _score(self, text: Text, what: str, scope: Scope):  # type: ignore[no-untyped-def]
        typed = self.expressions.value(text, scope, (ValueType(Kind.NUMBER), Arity.ONE))
        if typed is None:
            return None
        self.used |= names(typed.expr)
        if isinstance(typed.expr, Const) and typed.expr.value not in (1, 2, 3, 4, 5):
            self.problems.append(
                text.problem(f"{what} is a whole number from 1 to 5, found {text.value}", length=len(text.value))
            )
            return None
        return typed.expr

    def _conclude(self, draft: ConcludeDraft, scope: Scope) -> Conclude | None:
        relation = self.schema.relations.get(draft.relation.value)
        if relation is None or relation.kind is not RelationKind.DERIVED:
            derived = [r.name for r in self.schema.relations.values() if r.kind is RelationKind.DERIVED]
            self.problems.append(
                draft.relation.problem(
                    f"there is no conclusion '{draft.relation.value}'",
                    0,
                    len(draft.relation.value),
                    did_you_mean(draft.relation.value, derived) or "declare it in conclusions.yaml",
                )
            )
            return None
        columns = {c.name: c for c in relation.columns}
        for key, (key_text, _) in draft.values.items():
            if key not in columns:
                hint = did_you_mean(key, columns)
                self.problems.append(key_text.problem(f"{relation.name} has no field '{key}'", 0, len(key), hint))
        values = []
        for column in relation.columns:
            if column.name not in draft.values:
                self.problems.append(draft.relation.problem(f"{relation.name} needs a value for '{column.name}'"))
                continue
            typed = self.expressions.value(draft.values[column.name][1], scope, (column.type, column.arity))
            if typed is not None:
                self.used |= names(typed.expr)
                values.append(typed.expr)
        return Conclude(relation.name, tuple(values)) if len(values) == len(relation.columns) else None

    def _recommend(self, draft: RecommendDraft, messages: Scope) -> Recommendation:
        actors = self.conventions.actors
        for actor in (draft.actor, *draft.helpers):
            if actors is not None and actor.value not in actors.members:
                hint = did_you_mean(actor.value, actors.members)
                self.problems.append(
                    actor.problem(f"{actors.name} has no member '{actor.value}'", 0, len(actor.value), hint)
                )
        if draft.effort not in EFFORTS:
            self._one_of(draft.action, "effort", draft.effort, EFFORTS)
        helpers = tuple(h.value for h in draft.helpers)
        return Recommendation(self._template(draft.action, messages), draft.actor.value, helpers, draft.effort)

    def _template(self, text: Text, scope: Scope) -> Template:
        parts: list[str | Hole] = []
        try:
            pieces = list(string.Formatter().parse(text.value))
        except ValueError as error:
            self.problems.append(
                text.problem(f"the braces of this text do not match ({error})", length=len(text.value))
            )
            return Template((text.value,), text.value)
        searched = 0
        for literal, name, spec, conversion in pieces:
            if literal:
                parts.append(literal)
            if name is None:
                continue
            offset = searched = text.value.find("{" + name, searched) + 1
            hole = self._hole(text, offset, name, spec or "", conversion, scope)
            parts.append(hole if hole is not None else "{" + name + "}")
        return Template(tuple(parts), text.value)

    def _hole(self, text: Text, offset: int, name: str, spec: str, conversion: str | None, scope: Scope) -> Hole | None:
        var, _, column = name.partition(".")
        bound = scope.get(var)
        if conversion:
            self.problems.append(text.problem("conversions with ! are not part of templates", offset, len(name)))
            return None
        if bound is None:
            hint = did_you_mean(var, scope)
            self.problems.append(
                text.problem(f"nothing is called '{var}' in this rule", offset, max(len(var), 1), hint)
            )
            return None
        self.used.add(var)
        value: Field | Local
        if isinstance(bound, Local):
            if column:
                self.problems.append(text.problem(f"'{var}' is a value and has no fields", offset, len(name)))
                return None
            value = bound
            kind, arity = bound.type.kind, bound.arity
        else:
            fields = [c.name for c in bound.columns]
            if column not in fields:
                hint = did_you_mean(column, fields) if column else f"name one of its fields: {{{var}.…}}"
                message = f"{bound.name} has no field '{column}'" if column else f"'{var}' is a fact, not a value"
                self.problems.append(text.problem(message, offset, len(name), hint))
                return None
            index = bound.index(column)
            value = Field(var, bound.name, bound.columns[index], index, bound.kind is RelationKind.DERIVED)
            kind, arity = bound.columns[index].type.kind, bound.columns[index].arity
        if spec:
            if kind is not Kind.NUMBER or arity is not Arity.ONE:
                self.problems.append(text.problem(f"'{name}' is no number and takes no format", offset, len(name)))
                return None
            if not NUMBER_FORMAT.fullmatch(spec):
                length = len(name) + 1 + len(spec)
                self.problems.append(text.problem(f"'{spec}' is not a number format", offset, length))
                return None
        return Hole(value, spec)


def relations_read(rule: Rule) -> frozenset[str]:
    """Relations whose facts the rule's conditions range over."""
    found: set[str] = set()
    for clause in rule.when:
        _collect(clause, found)
    return frozenset(found)


def _collect(clause: Clause, found: set[str]) -> None:
    if isinstance(clause, Each | Some | Absent):
        found.add(clause.relation)
    if isinstance(clause, AnyOf):
        for alternative in clause.alternatives:
            for inner in alternative:
                _collect(inner, found)
        return
    for condition in conditions(clause):
        found.update(e.relation for e in walk(condition.expr) if hasattr(e, "relation"))
