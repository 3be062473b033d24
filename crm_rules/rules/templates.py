"""Message templates: text with `{var.field}` and `{name:format}` holes, as data.

A hole names a field of a bound fact or a `let` value; the part behind the colon is a
Python format specification for numbers. Templates hold no code.
"""

from __future__ import annotations

from dataclasses import dataclass

from crm_rules.rules.expressions import Field, Local


@dataclass(frozen=True, slots=True)
class Hole:
    """One place to fill: what to show and how."""

    value: Field | Local
    format: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """Literal text and holes in order; `source` is the text as authored."""

    parts: tuple[str | Hole, ...]
    source: str

    @property
    def holes(self) -> tuple[Hole, ...]:
        """The places to fill."""
        return tuple(p for p in self.parts if isinstance(p, Hole))
