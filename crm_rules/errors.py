"""The error family: whoever has to act decides the type.

`ProjectError` is for the author of a project file, `RulesetError` for the author
of rules, `EngineError` for whoever runs the library. Errors are data: the first
two carry diagnostics with places and hints, which are rendered at the edge.
"""

from __future__ import annotations

from collections.abc import Sequence

from crm_rules.diagnostics import Diagnostic, render_all


class CrmRulesError(Exception):
    """Base of every error this library raises on purpose."""


class DiagnosticError(CrmRulesError):
    """An authored file has problems; all of them are in `diagnostics`.

    Attributes:
        diagnostics: the problems, sorted by file, line and column; never empty.
    """

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        if not diagnostics:
            raise ValueError("an error needs at least one diagnostic")
        self.diagnostics: tuple[Diagnostic, ...] = tuple(sorted(diagnostics, key=Diagnostic.order))
        super().__init__(render_all(self.diagnostics))

    def __reduce__(self) -> tuple[type[DiagnosticError], tuple[tuple[Diagnostic, ...]]]:
        return type(self), (self.diagnostics,)


class ProjectError(DiagnosticError):
    """A project file cannot be used as it is; its author has to change it."""


class RulesetError(DiagnosticError):
    """A rule, a conclusion or a pack cannot be used as it is; its author has to change it."""


class EngineError(CrmRulesError):
    """A run could not be completed, and no partial answer is given.

    Raised when a limit of the engine is reached (the message names it) or when an
    engine finds that it cannot vouch for its own answer.
    """


class LimitReached(EngineError):
    """A run was stopped at a limit, which the message names; rules or limits have to change.

    Attributes:
        rules: the rules that were running, each with its place; empty where it is not one of them alone.
    """

    def __init__(self, message: str, rules: Sequence[str] = ()) -> None:
        self.rules = tuple(rules)
        super().__init__(message)

    def __reduce__(self) -> tuple[type[LimitReached], tuple[str, tuple[str, ...]]]:
        return type(self), (str(self), self.rules)


class UnsupportedByEngine(EngineError):
    """The chosen engine cannot run this program; the message names the rule.

    Attributes:
        rule: id of the first rule the engine cannot run.
    """

    def __init__(self, rule: str, reason: str) -> None:
        self.rule = rule
        self.reason = reason
        super().__init__(f"rule {rule}: {reason}")

    def __reduce__(self) -> tuple[type[UnsupportedByEngine], tuple[str, str]]:
        return type(self), (self.rule, self.reason)


class MissingExtra(CrmRulesError):
    """Something was asked for that needs a package which is not installed; the message says what and which extra.

    Attributes:
        extra: name of the extra of this library that brings the package.
    """

    def __init__(self, what: str, extra: str) -> None:
        self.what = what
        self.extra = extra
        super().__init__(f"{what}: install crm-rules[{extra}]")

    def __reduce__(self) -> tuple[type[MissingExtra], tuple[str, str]]:
        return type(self), (self.what, self.extra)
