"""Links between tasks, read from and written as the short texts planners use.

`tor` waits for the finish of `tor`; `cfg SS+3d` starts three working days after `cfg` has started,
`cfg SS+3ed` three days of the calendar after it, `cfg SS+50%` when half of its duration has gone by.
Nothing here computes a date.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from crm_rules.model.base import ID_FORM
from crm_rules.model.enums import LagUnit, LinkType
from crm_rules.model.wording import found

DAYS_PER_WEEK = 5
"""Working days in a week of lag."""

ELAPSED_DAYS_PER_WEEK = 7
"""Days in an elapsed week of lag."""

_EXAMPLE = "write it like 'cfg', 'cfg SS+3d' or 'cfg FF-1d'"
_PARTS = re.compile(
    r"""\s* (?P<id>\S+)
        (?: \s+ (?P<type>[A-Za-z]{2})? \s*
            (?: (?P<sign>[+-]) \s* (?P<amount>[0-9]{1,9}(?:\.[0-9]{1,9})?) \s* (?P<unit>[A-Za-z%]*) )?
        )? \s*""",
    re.VERBOSE,
)
_UNITS = {
    **dict.fromkeys(("d", "day", "days"), (1, LagUnit.WORKING_DAYS)),
    **dict.fromkeys(("w", "week", "weeks"), (DAYS_PER_WEEK, LagUnit.WORKING_DAYS)),
    **dict.fromkeys(("ed", "eday", "edays"), (1, LagUnit.ELAPSED_DAYS)),
    **dict.fromkeys(("ew", "eweek", "eweeks"), (ELAPSED_DAYS_PER_WEEK, LagUnit.ELAPSED_DAYS)),
    "%": (1, LagUnit.PERCENT),
}
_SYMBOLS = {LagUnit.WORKING_DAYS: "d", LagUnit.ELAPSED_DAYS: "ed", LagUnit.PERCENT: "%"}


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
        lag: how much lies between them, in `unit`; negative for a lead.
        unit: what the lag is counted in; working days where there is none.
    """

    predecessor: str
    type: LinkType = LinkType.FS
    lag: float = 0.0
    unit: LagUnit = LagUnit.WORKING_DAYS

    def __str__(self) -> str:
        """The shortest text that reads back as this link."""
        if not self.lag:
            return self.predecessor if self.type is LinkType.FS else f"{self.predecessor} {self.type.name}"
        amount = format(Decimal(repr(float(abs(self.lag)))).normalize(), "f")
        return f"{self.predecessor} {self.type.name}{'-' if self.lag < 0 else '+'}{amount}{_SYMBOLS[self.unit]}"


def parse_link(text: str) -> Link:
    """Read a link: an id, optionally a type (FS, SS, FF, SF) and a lag.

    The lag is in working days or weeks (`d`, `w`; a week is five days), in elapsed days or weeks (`ed`,
    `ew`; a week is seven), or in percent of the predecessor's duration. Type and lag are set off from the
    id by a space; the type may be left out (`x +2d` is FS), and neither it nor the unit is case-sensitive.
    A lag of nothing has no unit.

    Raises:
        LinkError: the text is not a link.
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
    if unit not in _UNITS:
        shown = f"'{unit}' is not a unit of lag" if unit else f"the lag in {found(text)} has no unit"
        raise LinkError(
            shown, "use d for working days, w for weeks, ed for days of the calendar or %, like '+3d', '+2w' or '+50%'"
        )
    factor, lag_unit = _UNITS[unit]
    lag = float(amount) * factor
    if not lag:
        return Link(predecessor, link_type)
    return Link(predecessor, link_type, -lag if parts["sign"] == "-" else lag, lag_unit)


def _without_space(text: str) -> str | None:
    """The hint for a type or lag written right behind the id."""
    glued = re.fullmatch(r"([\w.\-]+?)((?:FS|SS|FF|SF)?)([+-][0-9].*)", text)
    if glued is None or not ID_FORM.fullmatch(glued[1]):
        return None
    return f"set the {'type' if glued[2] else 'lag'} off with a space: '{glued[1]} {glued[2]}{glued[3]}'"
