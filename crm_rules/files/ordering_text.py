"""The notation of statements about the order of work: `client_test before rollout in each stage`.

    A before B before C                    each one is finished before the next one starts
    A no later than B                      A finishes no later than B finishes
    A at least 5 working days before B     the distance from the finish of A to the start of B
    A at most 7 days before B              the same; days are days of the calendar unless they are working ones
    start of A before finish of B          other ends than the usual ones
    A overlaps B                           some A and some B run at the same time
    A begins before B                      the first A starts no later than the first B
    A recurs after B, first within 30 days A comes at least twice, soon after the first B has started

A and B are a kind of task, several joined by `or`, a group of the file, or `every implementation task`; with
`of the first stage` behind it only the tasks of that stage. A statement ends with `in each stage` where only
tasks of one stage are compared, and with `of the next stage` where the second is of the stage after.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from crm_rules.diagnostics import did_you_mean
from crm_rules.facts.schema import EnumType
from crm_rules.model.wording import quoted
from crm_rules.rules.ordering import (
    DayUnit,
    End,
    Opening,
    Operand,
    Overlap,
    Recurrence,
    Scope,
    Sequence,
    Span,
    Statement,
)

Report = Callable[[str, int, int, str | None], None]
"""Takes a problem: message, offset and length in the text, hint."""

_RELATION: Final = re.compile(
    r"\s+(?:at\s+(?P<limit>least|most)\s+(?P<days>[0-9]{1,4})\s+(?P<working>working\s+)?days?\s+before"
    r"|(?P<plain>no\s+later\s+than|begins\s+before|before|overlaps|recurs\s+after))\s+"
)
_SCOPE: Final = re.compile(r"\s+(?P<scope>in\s+each\s+stage|of\s+the\s+next\s+stage)\s*$")
_WITHIN: Final = re.compile(r"\s*,\s*first\s+within\s+(?P<days>[0-9]{1,4})\s+(?P<working>working\s+)?days?\s*$")
_OPERAND: Final = re.compile(
    r"\s*(?:(?P<end>start|finish)\s+of\s+)?(?P<what>.+?)(?P<first>\s+of\s+the\s+first\s+stage)?\s*", re.DOTALL
)
_EVERY: Final = re.compile(r"every\s+(?P<phase>\S+)\s+task")

FORM_HINT: Final = "write it like 'client_test before rollout in each stage'"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What statements can speak of.

    Attributes:
        kinds: the kinds of tasks, with their wording.
        phases: phase to its kinds.
        groups: names of the author's own to kinds.
    """

    kinds: EnumType
    phases: Mapping[str, tuple[str, ...]]
    groups: Mapping[str, tuple[str, ...]]

    def kinds_of(self, name: str) -> tuple[str, ...] | None:
        """The kinds a name stands for; None when there is no such name."""
        return (name,) if name in self.kinds.members else self.groups.get(name)

    def label(self, name: str) -> str:
        """A name for readers."""
        return self.kinds.label(name) if name in self.kinds.members else name.replace("_", " ")


def read_statements(text: str, vocabulary: Vocabulary, report: Report) -> tuple[Statement, ...]:
    """The statements a text makes: one, or one for each step of a chain; none when there is a problem.

    Args:
        text: as authored.
        vocabulary: what it can speak of.
        report: takes each problem.
    """
    return _Text(text, vocabulary, report).statements()


@dataclass(frozen=True, slots=True)
class _Part:
    operand: Operand
    end: End | None
    at: int
    length: int


class _Text:
    """One text while it is read."""

    def __init__(self, text: str, vocabulary: Vocabulary, report: Report) -> None:
        self.text = text
        self.vocabulary = vocabulary
        self.report = report
        self.failed = False

    def problem(self, message: str, at: int, length: int, hint: str | None = None) -> None:
        self.failed = True
        self.report(message, at, max(length, 1), hint)

    def statements(self) -> tuple[Statement, ...]:
        end = len(self.text)
        within = _WITHIN.search(self.text)
        end = within.start() if within else end
        ending = _SCOPE.search(self.text, 0, end)
        end = ending.start() if ending else end
        relations = list(_RELATION.finditer(self.text, 0, end))
        if not relations:
            self.problem("this says nothing about an order", 0, len(self.text), FORM_HINT)
            return ()
        edges = [0, *(edge for relation in relations for edge in relation.span()), end]
        parts = [self.operand(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True)]
        scope = Scope.ANY
        if ending:
            scope = Scope.SAME_STAGE if ending["scope"].split()[0] == "in" else Scope.NEXT_STAGE
        found: list[Statement] = []
        for relation, first, second in zip(relations, parts, parts[1:], strict=False):
            statement = self.statement(relation, first, second, within) if first and second else None
            if statement is not None:
                found.append(self.scoped(statement, scope, ending))
        if within and not any(isinstance(s, Recurrence) for s in found) and not self.failed:
            self.problem("'first within' goes with 'recurs after'", within.start(), len(within[0]))
        return () if self.failed else tuple(found)

    def statement(
        self, relation: re.Match[str], first: _Part, second: _Part, within: re.Match[str] | None
    ) -> Statement | None:
        """One statement from its two sides."""
        plain = " ".join((relation["plain"] or "").split())
        usual = {"": _FINISH_START, "before": _FINISH_START, "no later than": (End.FINISH, End.FINISH)}.get(plain)
        if usual is not None:
            span = _span(relation) if relation["days"] else None
            return Sequence(
                first.operand,
                second.operand,
                first.end or usual[0],
                second.end or usual[1],
                at_least=span if relation["limit"] == "least" else None,
                at_most=span if relation["limit"] == "most" else None,
            )
        for part in (first, second):
            if part.end is not None:
                self.problem(f"'{plain}' is about whole tasks", part.at, part.length, "leave 'start of' out")
        match plain:
            case "overlaps":
                return Overlap(first.operand, second.operand)
            case "begins before":
                return Opening(first.operand, second.operand)
        if within is None:
            hint = "add ', first within 30 days'"
            self.problem("this does not say how soon it happens first", 0, len(self.text), hint)
            return None
        return Recurrence(first.operand, second.operand, _span(within))

    def scoped(self, statement: Statement, scope: Scope, ending: re.Match[str] | None) -> Statement:
        fits = isinstance(statement, Sequence) or (isinstance(statement, Overlap) and scope is not Scope.NEXT_STAGE)
        if isinstance(statement, Sequence) and statement.at_most is not None and scope is Scope.NEXT_STAGE:
            fits = False
        if scope is Scope.ANY or ending is None:
            return statement
        if not fits:
            words = " ".join(ending["scope"].split())
            self.problem(f"'{words}' does not go with this statement", ending.start("scope"), len(ending["scope"]))
            return statement
        return replace(statement, scope=scope)

    def operand(self, begin: int, end: int) -> _Part | None:
        """What stands between two places of the text."""
        found = _OPERAND.fullmatch(self.text, begin, end)
        if found is None:
            self.problem("a kind of task is missing here", begin, end - begin, FORM_HINT)
            return None
        at = found.start("what")
        every = _EVERY.fullmatch(found["what"])
        kinds = self.phase(every, at) if every else self.named(found["what"], at)
        if kinds is None:
            return None
        label = found["what"] if every else " or ".join(self.vocabulary.label(n) for n in _names(found["what"]))
        operand = Operand(" ".join(label.split()), kinds, first_stage=found["first"] is not None)
        side = None if found["end"] is None else End(found["end"])
        return _Part(operand, side, begin, end - begin)

    def phase(self, every: re.Match[str], at: int) -> tuple[str, ...] | None:
        name = every["phase"]
        if name in self.vocabulary.phases:
            return self.vocabulary.phases[name]
        hint = did_you_mean(name, self.vocabulary.phases)
        self.problem(f"there is no phase {quoted(name)}", at + every.start("phase"), len(name), hint)
        return None

    def named(self, what: str, at: int) -> tuple[str, ...] | None:
        """The kinds of one or more names."""
        kinds: dict[str, None] = {}
        for found in re.finditer(r"\s*(?:^|\bor\b)\s*(?P<name>.*?)\s*(?=\bor\b|$)", what, re.DOTALL):
            name = found["name"]
            members = self.vocabulary.kinds_of(name)
            if members is None:
                known = (*self.vocabulary.kinds.members, *self.vocabulary.groups)
                hint = did_you_mean(name.replace(" ", "_").replace("-", "_").lower(), known)
                self.problem(f"there is no kind of task {quoted(name)}", at + found.start("name"), len(name), hint)
            kinds.update(dict.fromkeys(members or ()))
        return tuple(kinds) if kinds and not self.failed else None


_FINISH_START: Final = (End.FINISH, End.START)


def _names(what: str) -> list[str]:
    return [name.strip() for name in re.split(r"\bor\b", what)]


def _span(found: re.Match[str]) -> Span:
    return Span(int(found["days"]), DayUnit.WORKING if found["working"] else DayUnit.CALENDAR)
