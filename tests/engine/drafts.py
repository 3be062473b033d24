"""Rules in code, as short as rule files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crm_rules.rules.draft import ClauseDraft, ConcludeDraft, ExampleDraft, RiskDraft, RuleDraft, Text

EXAMPLES = (ExampleDraft(Text("a"), "a", {}, "fires"), ExampleDraft(Text("b"), "b", {}, "silent"))


def each(head: str, *where: str) -> ClauseDraft:
    """`each: x in list`."""
    return ClauseDraft("each", Text(head), tuple(Text(w) for w in where))


def some(head: str, *where: str) -> ClauseDraft:
    """`some: x in list`."""
    return ClauseDraft("some", Text(head), tuple(Text(w) for w in where))


def none(head: str, *where: str) -> ClauseDraft:
    """`none: x in list`."""
    return ClauseDraft("none", Text(head), tuple(Text(w) for w in where))


def let(name: str, be: str) -> ClauseDraft:
    """`let: name` and `be: expression`."""
    return ClauseDraft("let", Text(name), be=Text(be))


def check(condition: str) -> ClauseDraft:
    """`check: condition`."""
    return ClauseDraft("check", Text(condition))


def any_of(*alternatives: Sequence[ClauseDraft]) -> ClauseDraft:
    """`any` of several lists of clauses."""
    return ClauseDraft("any", Text("any"), alternatives=tuple(tuple(a) for a in alternatives))


def risk(rule_id: str, *when: ClauseDraft, **more: Any) -> RuleDraft:
    """A rule that reports; every fact it binds is mentioned."""
    bound = [c.head.value.split()[0] for c in when if c.keyword == "each"]
    named = [c.head.value for c in when if c.keyword == "let"]
    mention = Text(
        " ".join([*("{" + f"{v}.{more.pop(v, 'id')}" + "}" for v in bound), *("{" + n + "}" for n in named)])
    )
    text = Text("something")
    draft = RiskDraft(text, None, mention if mention.value else text, text, text, Text("3"), Text("4"))
    return _rule(rule_id, "risk", when, risk=draft, **more)


def conclusion(rule_id: str, facts: Mapping[str, Mapping[str, str]], *when: ClauseDraft, **more: Any) -> RuleDraft:
    """A rule that derives facts: relation to field to expression."""
    concludes = tuple(
        ConcludeDraft(Text(relation), {n: (Text(n), Text(v)) for n, v in values.items()})
        for relation, values in facts.items()
    )
    return _rule(rule_id, "conclusion", when, concludes=concludes, **more)


def _rule(rule_id: str, kind: str, when: Sequence[ClauseDraft], **more: Any) -> RuleDraft:
    settings: dict[str, Any] = {"title": rule_id, "status": "active", "examples": EXAMPLES, **more}
    return RuleDraft(rule_id, Text(rule_id), kind=kind, when=tuple(when), **settings)
