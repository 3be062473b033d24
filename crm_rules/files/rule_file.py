"""One rule file: which keys it has, what they hold, and the draft that comes of it.

The layout of a rule is written down here as tables. Whether names, types and conditions make
sense is for the checker of programs, which reads the draft.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from crm_rules.diagnostics import Diagnostic, did_you_mean
from crm_rules.errors import RulesetError
from crm_rules.files.nodes import Entry, Node, plain
from crm_rules.files.reading import Document, Fields, Keys, Reader
from crm_rules.files.text import DEFAULT_LIMITS, Limits, SourceText
from crm_rules.files.yaml_text import parse_yaml
from crm_rules.model.wording import quoted
from crm_rules.rules.draft import (
    ClauseDraft,
    ConcludeDraft,
    ExampleDraft,
    RaiseDraft,
    RecommendDraft,
    RiskDraft,
    RuleDraft,
    Text,
)
from crm_rules.rules.rule import EFFORTS, EXPECTATIONS, RULE_KINDS, STATUSES

_UNDER_THEN: Final = "it belongs under then"
_UNDER_RISK: Final = "it belongs under then: risk"
_UNDER_RECOMMEND: Final = "it belongs under then: recommend"
_IN_WHEN: Final = "it begins a clause of when: start it with '- '"
_BESIDE_RISK: Final = "it stands beside risk: indent it less"

_CLAUSE_KEYS: Final = MappingProxyType(
    {"each": ("where",), "some": ("where",), "none": ("where",), "let": ("be",), "check": (), "any": ()}
)
_HOMES_OF_CLAUSE_KEYS: Final = MappingProxyType(
    {"where": "where goes with each, some and none: indent it below one of them", "be": "be goes with let"}
)

_RISK: Final = Keys(
    "risk",
    ("cause", "event", "effect", "likelihood", "impact"),
    ("about", "reason", "raise"),
    {"recommend": _BESIDE_RISK, "conclude": _BESIDE_RISK},
)
_RAISE: Final = Keys("raise entry", ("when",), ("likelihood", "impact"))
_RECOMMEND: Final = Keys("recommendation", ("action", "actor"), ("with", "effort"))
_THEN: Final = Keys(
    "then block",
    (),
    ("risk", "conclude", "recommend"),
    dict.fromkeys(_RISK.all, _UNDER_RISK) | dict.fromkeys(_RECOMMEND.all, _UNDER_RECOMMEND),
)
_EXAMPLE: Final = Keys("example", ("name", "given", "expect"), ("unlisted",))
_RULE: Final = Keys(
    "rule",
    ("title", "kind", "when", "then"),
    ("status", "catalogue", "phases", "family", "rationale", "sources", "examples", "replaced_by"),
    {
        "id": "the id of a rule is the path of its file in the pack: leave it out",
        **_THEN.elsewhere,
        **dict.fromkeys(_THEN.all, _UNDER_THEN),
        **dict.fromkeys(_CLAUSE_KEYS, _IN_WHEN),
        **_HOMES_OF_CLAUSE_KEYS,
    },
)


def load_rule(source: SourceText, rule_id: str, limits: Limits = DEFAULT_LIMITS) -> RuleDraft:
    """Read one rule from a text laid out like a rule file.

    Args:
        source: the text; messages and places use its name.
        rule_id: id of the rule, which is not in the text.
        limits: what the text may ask for.

    Raises:
        RulesetError: with all problems at once.
    """
    problems: list[Diagnostic] = []
    root = parse_yaml(source, problems, limits)
    draft = read_rule(Document(source, root), rule_id, problems) if root is not None else None
    if draft is None or problems:
        raise RulesetError(problems)
    return draft


def read_rule(document: Document, rule_id: str, problems: list[Diagnostic]) -> RuleDraft | None:
    """The draft a parsed rule file stands for.

    Args:
        document: the file.
        rule_id: id of the rule: `<family>.<name>`.
        problems: problems are appended here.

    Returns:
        None when there is at least one problem with the layout.
    """
    before = len(problems)
    draft = _RuleReader(Reader(document.source, problems)).rule(document.root, rule_id)
    return draft if len(problems) == before else None


def read_recommendations(reader: Reader, node: Node | None) -> tuple[RecommendDraft, ...]:
    """The entries of a list of recommendations; None has none."""
    return _RuleReader(reader).recommends(node)


class _RuleReader:
    """Reads the parts of one rule; a part with a problem is left out or read as empty."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    def rule(self, root: Node, rule_id: str) -> RuleDraft:
        read = self.reader
        values = read.fields(root, _RULE)
        title = read.authored(values.node("title"))
        consequences = values.entries.get("then")
        then = Fields({}) if consequences is None else read.fields(consequences.node, _THEN)
        return RuleDraft(
            id=rule_id,
            head=title or read.named("", root.span),
            title=title.value if title else "",
            kind=read.choice(values.node("kind"), "kind", RULE_KINDS) or "",
            when=self.clauses(values.node("when")),
            status=read.choice(values.node("status"), "status", STATUSES) or "active",
            phases=read.texts(values.node("phases"), "phases"),
            family=read.text(values.node("family")) or rule_id.partition(".")[0],
            rationale=read.text(values.node("rationale")) or "",
            sources=read.texts(values.node("sources"), "sources"),
            catalogue=read.text(values.node("catalogue")) or "",
            risk=self.risk(then.entries["risk"]) if "risk" in then.entries else None,
            concludes=self.concludes(then.node("conclude")),
            recommends=self.recommends(then.node("recommend")),
            examples=self.examples(values.node("examples")),
            replaced_by=read.authored(values.node("replaced_by"), "the id of a rule"),
        )

    # -- when -------------------------------------------------------------------------------

    def clauses(self, node: Node | None) -> tuple[ClauseDraft, ...]:
        items = self.reader.items(node, "clauses", "start each clause with '- '")
        return tuple(c for c in map(self.clause, items) if c is not None)

    def clause(self, node: Node) -> ClauseDraft | None:
        text = node.value if node.kind == "scalar" and isinstance(node.value, str) else None
        entries = self.reader.mapping(node, "a clause", "write 'check: …' for a condition" if text else None)
        keyword = self._keyword(node, entries)
        if keyword is None:
            return None
        companions = _CLAUSE_KEYS[keyword]
        for key, entry in entries.items():
            if key == keyword or key in companions:
                continue
            if key in _CLAUSE_KEYS:
                message = f"a clause has one keyword, found '{keyword}' and '{key}'"
                self.reader.problem(entry.key_span, message, "start a new clause with '- '")
            else:
                hint = _HOMES_OF_CLAUSE_KEYS.get(key) or did_you_mean(key, companions)
                self.reader.problem(entry.key_span, f"'{keyword}' has no key {quoted(key)}", hint)
        return self._clause_of(keyword, entries)

    def _keyword(self, node: Node, entries: Mapping[str, Entry]) -> str | None:
        keyword = next((key for key in entries if key in _CLAUSE_KEYS), None)
        if keyword is not None:
            return keyword
        first = next(iter(entries.values()), None)
        if first is not None:
            hint = _HOMES_OF_CLAUSE_KEYS.get(first.key) or did_you_mean(first.key, _CLAUSE_KEYS)
            self.reader.problem(first.key_span, f"no clause begins with {quoted(first.key)}", hint)
        elif node.kind == "mapping":
            self.reader.problem(node.span, "this clause is empty", did_you_mean("", _CLAUSE_KEYS))
        return None

    def _clause_of(self, keyword: str, entries: Mapping[str, Entry]) -> ClauseDraft | None:
        read, entry = self.reader, entries[keyword]
        if keyword == "any":
            return ClauseDraft("any", read.key(entry), alternatives=self._alternatives(entry.node))
        expected = {"check": "a condition", "let": "a name"}.get(keyword, "'name in list'")
        head = read.authored(entry.node, expected)
        where = self._conditions(entries["where"].node) if "where" in entries else ()
        be = read.literal(entries["be"].node, "an expression") if "be" in entries else None
        if keyword == "let" and "be" not in entries:
            read.problem(entry.key_span, "this let has no 'be'", "add 'be:' and the expression it stands for")
        return None if head is None else ClauseDraft(keyword, head, where, be)

    def _conditions(self, node: Node) -> tuple[Text, ...]:
        members: Sequence[Node] = node.value if node.kind == "sequence" else (node,)
        return tuple(c for c in (self.reader.authored(m, "a condition") for m in members) if c is not None)

    def _alternatives(self, node: Node) -> tuple[tuple[ClauseDraft, ...], ...]:
        items = self.reader.items(node, "alternatives", "write each alternative as a list of clauses: '- - check: …'")
        return tuple(self._alternative(item) for item in items)

    def _alternative(self, node: Node) -> tuple[ClauseDraft, ...]:
        if node.kind == "sequence":
            return self.clauses(node)
        self.reader.unexpected(node, "an alternative, which is a list of clauses", "begin it with '- - '")
        return ()

    # -- then -------------------------------------------------------------------------------

    def risk(self, entry: Entry) -> RiskDraft | None:
        read = self.reader
        values = read.fields(entry.node, _RISK, entry.key_span)
        about = read.authored(values.node("about"), "the name of a bound fact")
        cause, event, effect = (read.authored(values.node(key)) for key in ("cause", "event", "effect"))
        likelihood, impact = (self._score(values.node(key)) for key in ("likelihood", "impact"))
        reason = read.text(values.node("reason")) or ""
        raises = tuple(map(self._raise, read.items(values.node("raise"), "raise entries", "start each one with '- '")))
        if cause is None or event is None or effect is None or likelihood is None or impact is None:
            return None
        return RiskDraft(read.key(entry), about, cause, event, effect, likelihood, impact, reason, raises)

    def _score(self, node: Node | None) -> Text | None:
        expected = "a whole number from 1 to 5 or an expression"
        if node is not None and isinstance(node.value, bool | float):
            self.reader.unexpected(node, expected)
            return None
        return self.reader.literal(node, expected)

    def _raise(self, node: Node) -> RaiseDraft:
        read = self.reader
        values = read.fields(node, _RAISE)
        likelihood, impact = read.whole(values.node("likelihood")), read.whole(values.node("impact"))
        return RaiseDraft(read.named("raise", node.span), likelihood, impact, self.clauses(values.node("when")))

    def concludes(self, node: Node | None) -> tuple[ConcludeDraft, ...]:
        if node is None:
            return ()
        read = self.reader
        drafts: list[ConcludeDraft] = []
        for entry in read.mapping(node, "conclusions with their fields").values():
            hint = f"{entry.key} stands beside conclude: indent it less" if entry.key in _THEN.all else None
            fields = read.mapping(entry.node, f"the fields of {quoted(entry.key)}", hint)
            values: dict[str, tuple[Text, Text]] = {}
            for key, field in fields.items():
                value = read.literal(field.node, "an expression")
                if value is not None:
                    values[key] = (read.key(field), value)
            drafts.append(ConcludeDraft(read.key(entry), values))
        return tuple(drafts)

    def recommends(self, node: Node | None) -> tuple[RecommendDraft, ...]:
        read = self.reader
        drafts: list[RecommendDraft] = []
        for item in read.items(node, "recommendations", "start each one with '- action: …'"):
            values = read.fields(item, _RECOMMEND)
            action, actor = read.authored(values.node("action")), read.authored(values.node("actor"), "an actor")
            helpers = read.texts(values.node("with"), "actors")
            effort = read.choice(values.node("effort"), "effort", EFFORTS) or "medium"
            if action is not None and actor is not None:
                drafts.append(RecommendDraft(action, actor, helpers, effort))
        return tuple(drafts)

    # -- examples ---------------------------------------------------------------------------

    def examples(self, node: Node | None) -> tuple[ExampleDraft, ...]:
        items = self.reader.items(node, "examples", "start each one with '- name: …'")
        return tuple(e for e in map(self._example, items) if e is not None)

    def _example(self, node: Node) -> ExampleDraft | None:
        read = self.reader
        values = read.fields(node, _EXAMPLE)
        head = read.authored(values.node("name"))
        expect = read.choice(values.node("expect"), "expect", EXPECTATIONS)
        unlisted = read.choice(values.node("unlisted"), "unlisted", ("unknown",))
        given = values.node("given")
        if given is not None and given.kind != "mapping":
            hint = "write {} when nothing needs to be stated" if given.value is None else None
            read.unexpected(given, "lists and sections of a project", hint)
            return None
        if head is None or expect is None or given is None:
            return None
        return ExampleDraft(head, head.value, plain(given), expect, unlisted is not None)
