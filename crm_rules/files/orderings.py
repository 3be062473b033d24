"""Constraints on the order of work as a pack states them: one entry each, and the rule that comes of it.

`orderings.yaml` holds `orderings`, entries by name, and `groups`, names for several kinds of tasks. An entry
says what has to hold (`require`, see `ordering_text`), how bad a breach is (`severity`), and what a rule says in
its own words: title, rationale, sources, event, effect, advice. Out of it comes the rule `roadmap.<name>`, which
is listed, explained, waived and tested like any other. It speaks when a roadmap goes against the constraint,
with the severity as impact, and, two grades lower, when nothing but today's dates keeps to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from crm_rules.diagnostics import did_you_mean
from crm_rules.facts.schema import Schema
from crm_rules.files.nodes import Entry, Node
from crm_rules.files.ordering_examples import examples_of
from crm_rules.files.ordering_text import Vocabulary, read_statements
from crm_rules.files.pack import NAME, NAME_HINT
from crm_rules.files.reading import Document, Fields, Keys, Reader
from crm_rules.files.rule_file import read_recommendations
from crm_rules.model.task_kinds import TASK_KINDS
from crm_rules.model.wording import quoted
from crm_rules.rules.draft import ClauseDraft, ExampleDraft, RaiseDraft, RecommendDraft, RiskDraft, RuleDraft, Text
from crm_rules.rules.ordering import Ordering, Sequence, Statement, Verdict
from crm_rules.rules.rule import STATUSES

FAMILY: Final = "roadmap"
"""Folder the rules would lie in; the first part of their ids."""

LIKELIHOODS: Final = {Verdict.VIOLATED_BY_LOGIC: 4, Verdict.VIOLATED_BY_DATES: 3, Verdict.NOT_SECURED: 2}
"""Likelihood of what follows: links are meant to be kept, dates move, and what today's dates keep may go well."""

UNSECURED_GRADES: Final = 2
"""Grades by which the impact is lower when only the dates of today keep the order."""

_FILE: Final = Keys("file of orderings", ("orderings",), ("groups",))
_ORDERING: Final = Keys(
    "ordering",
    ("title", "require", "severity", "event", "effect"),
    ("catalogue", "rationale", "sources", "phases", "status", "reason", "recommend"),
    {"when": "what has to hold stands under require", "id": "the key of the entry is its name: leave it out"},
)


@dataclass(frozen=True, slots=True)
class Orderings:
    """The constraints of a pack.

    Attributes:
        constraints: sorted by id; those that are drafts are left out.
        drafts: the rules they stand for, by id.
    """

    constraints: tuple[Ordering, ...] = ()
    drafts: Mapping[str, RuleDraft] = field(default_factory=dict)


def read_orderings(document: Document, schema: Schema, reader: Reader) -> Orderings:
    """The constraints of a file.

    Args:
        document: the file.
        schema: declares the kinds of tasks.
        reader: takes every problem; an entry with one is left out.
    """
    values = reader.fields(document.root, _FILE)
    vocabulary = _vocabulary(schema, values.node("groups"), reader)
    if vocabulary is None:
        reader.problem(document.root.span, "the lists of this pack have no tasks with kinds to put in order")
        return Orderings()
    found: list[tuple[Ordering, RuleDraft]] = []
    node = values.node("orderings")
    for name, entry in () if node is None else sorted(reader.mapping(node, "orderings by name").items()):
        if not NAME.fullmatch(name):
            reader.problem(entry.key_span, f"{quoted(name)} cannot be the name of an ordering", NAME_HINT)
            continue
        read = _EntryReader(reader, name, vocabulary).read(entry)
        if read is not None:
            found.append(read)
    running = tuple(constraint for constraint, draft in found if draft.status != "draft")
    drafts = {draft.id: _with_examples(constraint, draft, running) for constraint, draft in found}
    return Orderings(running, drafts)


def _with_examples(constraint: Ordering, draft: RuleDraft, all_of_them: tuple[Ordering, ...]) -> RuleDraft:
    """The rule with examples; where it is kept, some other constraint is breached."""
    place = next(iter(draft.when)).head
    cases = examples_of(constraint, [c for c in all_of_them if c.id != constraint.id])
    examples = tuple(ExampleDraft(replace(place, value=c.name), c.name, c.given, c.expect) for c in cases)
    return replace(draft, examples=examples)


def _vocabulary(schema: Schema, groups: Node | None, read: Reader) -> Vocabulary | None:
    tasks = schema.relations.get("tasks")
    kind = next((c for c in tasks.columns if c.name == "kind"), None) if tasks is not None else None
    if kind is None or kind.type.enum is None:
        return None
    kinds = kind.type.enum
    phases: dict[str, list[str]] = {}
    for known, profile in TASK_KINDS.items():
        if profile.phase is not None and known.value in kinds.members:
            phases.setdefault(profile.phase.value, []).append(known.value)
    own: dict[str, tuple[str, ...]] = {}
    for name, entry in () if groups is None else read.mapping(groups, "groups by name").items():
        members = read.texts(entry.node, "kinds of tasks")
        if name in kinds.members:
            read.problem(entry.key_span, f"{quoted(name)} is a kind of task already", "give the group another name")
        for member in members:
            if member.value not in kinds.members:
                hint = did_you_mean(member.value, kinds.members)
                read.problem(member.span, f"there is no kind of task {quoted(member.value)}", hint)
        own[name] = tuple(m.value for m in members)
    return Vocabulary(kinds, {phase: tuple(members) for phase, members in phases.items()}, own)


class _EntryReader:
    """Reads one entry."""

    def __init__(self, reader: Reader, name: str, vocabulary: Vocabulary) -> None:
        self.reader = reader
        self.name = name
        self.vocabulary = vocabulary

    def read(self, entry: Entry) -> tuple[Ordering, RuleDraft] | None:
        """The constraint and its rule; None when there is a problem."""
        read, before = self.reader, len(self.reader.problems)
        values = read.fields(entry.node, _ORDERING, entry.key_span)
        statements = self._statements(values.node("require"))
        severity = self._severity(values.node("severity"))
        title, event, effect = (read.authored(values.node(key)) for key in ("title", "event", "effect"))
        draft = self._draft(entry, values, statements, severity or 1, title, event, effect)
        if len(read.problems) > before or draft is None:
            return None
        return Ordering(self.name, statements, severity or 1), draft

    def _statements(self, node: Node | None) -> tuple[Statement, ...]:
        read = self.reader
        if node is not None and node.kind == "sequence":
            texts = [t for t in (read.authored(item, "a statement") for item in node.value) if t is not None]
            if not texts:
                read.problem(node.span, "at least one statement is required")
        else:
            text = read.authored(node, "a statement, or a list of them")
            texts = [] if text is None else [text]
        found: list[Statement] = []
        for text in texts:

            def report(message: str, at: int, length: int, hint: str | None, text: Text = text) -> None:
                read.problems.append(text.problem(message, at, length, hint))

            found += read_statements(text.value, self.vocabulary, report)
        return tuple(found)

    def _severity(self, node: Node | None) -> int | None:
        severity = self.reader.whole(node)
        if severity is not None and not 1 <= severity <= 5:
            assert node is not None
            self.reader.problem(node.span, f"a severity is from 1 to 5, found {severity}")
        return severity

    def _draft(
        self,
        entry: Entry,
        values: Fields,
        statements: tuple[Statement, ...],
        severity: int,
        title: Text | None,
        event: Text | None,
        effect: Text | None,
    ) -> RuleDraft | None:
        read, span = self.reader, entry.key_span
        sources, phases = read.texts(values.node("sources"), "sources"), read.texts(values.node("phases"), "phases")
        rationale, reason = read.text(values.node("rationale")) or "", read.text(values.node("reason"))
        catalogue = read.text(values.node("catalogue")) or ""
        status = read.choice(values.node("status"), "status", STATUSES) or "active"
        advice = read_recommendations(read, values.node("recommend"))
        if title is None or event is None or effect is None or not statements:
            return None

        def made(value: str) -> Text:
            return read.named(value, span)

        violated = _verdict_in(v for v in Verdict if v.violated)
        by_logic = f'order.verdict == "{Verdict.VIOLATED_BY_LOGIC.value}"'
        breached = _verdict_in(LIKELIHOODS)
        required = "; ".join(map(str, statements))
        return RuleDraft(
            id=f"{FAMILY}.{self.name}",
            head=title,
            title=title.value,
            kind="risk",
            when=(
                ClauseDraft("each", made("order in orderings"), (made(f'order.id == "{self.name}"'), made(breached))),
            ),
            status=status,
            phases=phases,
            family=FAMILY,
            rationale=f"{rationale} Required: {required}.".strip(),
            sources=sources,
            catalogue=catalogue,
            risk=RiskDraft(
                head=made("risk"),
                about=made("order"),
                cause=made("{order.because}"),
                event=event,
                effect=effect,
                likelihood=made(str(LIKELIHOODS[Verdict.NOT_SECURED])),
                impact=made(str(max(1, severity - UNSECURED_GRADES))),
                reason=reason or _REASON,
                raises=(
                    RaiseDraft(
                        made("raise"),
                        LIKELIHOODS[Verdict.VIOLATED_BY_DATES],
                        severity,
                        (ClauseDraft("check", made(violated)),),
                    ),
                    RaiseDraft(
                        made("raise"),
                        LIKELIHOODS[Verdict.VIOLATED_BY_LOGIC],
                        None,
                        (ClauseDraft("check", made(by_logic)),),
                    ),
                ),
            ),
            recommends=advice
            or (RecommendDraft(made(_advice(statements)), made("client_pm"), (made("vendor_pm"),), "low"),),
        )


_REASON: Final = (
    "what the roadmap lays down is what will be done; "
    "where only today's dates keep the order, the first delay may undo it"
)


def _advice(statements: Iterable[Statement]) -> str:
    """What to do about a breach where the author does not say it."""
    if all(isinstance(s, Sequence) and s.at_most is None for s in statements):
        return "put {order.second} behind {order.first} and link the two, so that dates that move keep the order"
    return "move {order.first} and {order.second} so that: {order.name}"


def _verdict_in(verdicts: Iterable[Verdict]) -> str:
    quoted_values = ", ".join(f'"{verdict.value}"' for verdict in verdicts)
    return f"order.verdict in [{quoted_values}]"
