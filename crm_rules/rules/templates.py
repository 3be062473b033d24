"""Message templates: text with `{var.field}` and `{name:format}` holes, as data.

A hole names a field of a bound fact or a `let` value; the part behind the colon says how a number
is written. Templates hold no code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from crm_rules.rules.expressions import Field, Local

NUMBER_FORMAT: Final = re.compile(r"[+]?,?(?:\.[0-9])?[f%]", re.ASCII)
"""How a hole may write a number: the part of Python's format specifications with at most nine decimals.

Widths would let a rule ask for gigabytes of blanks, and `n` would let the locale change a message.
"""


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
