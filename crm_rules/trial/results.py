"""What a trial of a pack found, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from crm_rules.diagnostics import Diagnostic, Span
from crm_rules.rules.rule import Expectation

MutationKind = Literal["removal", "negation"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One example on one engine.

    Attributes:
        rule: id of the rule the example belongs to.
        example: its name.
        engine: name of the engine.
        expected: what its author expects of the rule.
        actual: what the rule did: `fires` when it holds for certain for at least one combination of
            facts, `possible` when it may hold for some and holds for certain for none, else `silent`.
            None when the engine gave no answer.
        place: where the example is written; None for rules made in code.
        problems: what else is wrong with the run, a sentence each: answers that do not stand up to
            verification, answers another engine does not give, an engine that gave up.
    """

    rule: str
    example: str
    engine: str
    expected: Expectation
    actual: Expectation | None
    place: Span | None = None
    problems: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the rule did what was expected and nothing is wrong with the run."""
        return self.actual == self.expected and not self.problems

    @property
    def failure(self) -> str:
        """Why it did not pass, in a line; empty when it did."""
        found = [] if self.actual in (self.expected, None) else [f"expected {self.expected}, found {self.actual}"]
        return "; ".join([*found, *self.problems])


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A part of a rule that no example needs.

    Attributes:
        rule: id of the rule.
        clause: the part as its author wrote it; of a `where`, the line alone.
        place: where it is written; None for rules made in code.
        kind: what can be done to it without any example coming out differently.
    """

    rule: str
    clause: str
    place: Span | None
    kind: MutationKind


@dataclass(frozen=True, slots=True)
class TrialReport:
    """What the examples of a pack showed.

    Attributes:
        outcomes: one per example and engine, by rule id, then in the order of the rule file, then in
            the order of the engines. An example with problems has none.
        uncovered: parts of active rules no example needs, by rule id, then in the order of the rule;
            empty when coverage was not asked for.
        problems: what is wrong with what examples state, each at its place in the rule file, sorted by
            place.
        rules: how many rules were tried.
        examples: how many examples they have, those with problems included.
        mutants: how many changed rules the examples were tried on; 0 when coverage was not asked for.
    """

    outcomes: tuple[Outcome, ...]
    uncovered: tuple[Uncovered, ...]
    problems: tuple[Diagnostic, ...]
    rules: int
    examples: int
    mutants: int

    @property
    def passed(self) -> bool:
        """Whether every example could be run and passed, and every part of a rule is needed."""
        return not self.problems and not self.uncovered and all(o.passed for o in self.outcomes)
