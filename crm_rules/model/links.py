"""Links between tasks, read from and written as the short texts planners use.

`tor` waits for the finish of `tor`; `cfg SS+3d` starts three working days after `cfg` has started.
Nothing here computes a date.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal

from crm_rules.model.base import ID_FORM
from crm_rules.model.enums import LinkType
from crm_rules.model.wording import found

DAYS_PER_WEEK = 5
"""Working days in a week of lag."""

_EXAMPLE = "write it like 'cfg', 'cfg SS+3d' or 'cfg FF-1d'"
_PARTS = re.compile(
    r"""\s* (?P<id>\S+)
        (?: \s+ (?P<type>[A-Za-z]{2})? \s*
            (?: (?P<sign>[+-]) \s* (?P<amount>[0-9]{1,9}(?:\.[0-9]{1,9})?) \s* (?P<unit>[A-Za-z%]*) )?
        )? \s*""",
    re.VERBOSE,
)
_UNITS = {"d": 1, "day": 1, "days": 1, "w": DAYS_PER_WEEK, "week": DAYS_PER_WEEK, "weeks": DAYS_PER_WEEK}


class LinkError(ValueError):
    """A text is not a link.

    Attributes:
        message: what is wrong.
        hint: what to write instead; None when there is nothing to say.
    """

    def __init__(self, message: str, hint: str | None = None) -> None:
        self.message = message
        self.hint = hint
        super().__init__(message if hint is None else f"{message}; {hint}")

    def __reduce__(self) -> tuple[type[LinkError], tuple[str, str | None]]:
        return type(self), (self.message, self.hint)


@dataclass(frozen=True, slots=True)
class Link:
    """Dependency of a task on a predecessor (precedence diagramming method).

    Attributes:
        predecessor: id of the task waited for.
        type: which ends are tied together.
        lag_days: working days between them; negative for a lead.
    """

    predecessor: str
    type: LinkType = LinkType.FS
    lag_days: float = 0.0

    def __str__(self) -> str:
        """The shortest text that reads back as this link."""
        if not self.lag_days:
            return self.predecessor if self.type is LinkType.FS else f"{self.predecessor} {self.type.name}"
        days = format(Decimal(repr(float(abs(self.lag_days)))).normalize(), "f")
        return f"{self.predecessor} {self.type.name}{'-' if self.lag_days < 0 else '+'}{days}d"


def parse_link(text: str) -> Link:
    """Read a link: an id, optionally a type (FS, SS, FF, SF) and a lag in working days or weeks.

    A week is five working days. Type and lag are set off from the id by a space; the type may be
    left out (`x +2d` is FS) and is not case-sensitive.

    Raises:
        LinkError: the text is not a link, or uses elapsed or percent lags, which are not understood.
    """
    parts = _PARTS.fullmatch(text)
    if parts is None:
        raise LinkError(f"{found(text)} is not a link to a task", _EXAMPLE)
    predecessor, type_name, amount, unit = parts["id"], parts["type"], parts["amount"], (parts["unit"] or "").lower()
    if not ID_FORM.fullmatch(predecessor):
        raise LinkError(f"{found(text)} is not a link to a task", _without_space(predecessor) or _EXAMPLE)
    if type_name is not None and type_name.upper() not in LinkType.__members__:
        raise LinkError(f"'{type_name}' is not a type of link", "expected one of FS, SS, FF, SF")
    link_type = LinkType[type_name.upper()] if type_name is not None else LinkType.FS
    if amount is None:
        return Link(predecessor, link_type)
    if unit == "%" or unit.startswith("e"):
        kind = "percent" if unit == "%" else "elapsed"
        raise LinkError(f"{kind} lags are not understood: {found(text)}", "write the lag in working days, like '+3d'")
    if unit not in _UNITS:
        shown = f"'{unit}' is not a unit of lag" if unit else f"the lag in {found(text)} has no unit"
        raise LinkError(shown, "use d for working days or w for weeks, like '+3d' or '+2w'")
    days = float(amount) * _UNITS[unit]
    return Link(predecessor, link_type, math.copysign(days, -1) if parts["sign"] == "-" and days else days)


def _without_space(text: str) -> str | None:
    """The hint for a lag written right behind the id."""
    glued = re.fullmatch(r"([\w.\-]+?)((?:[+-])[0-9].*)", text)
    return f"set the lag off with a space: '{glued[1]} {glued[2]}'" if glued and ID_FORM.fullmatch(glued[1]) else None
