"""How values and expectations are worded in messages about a project.

Pure text: no file, no model, no validation.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Set
from enum import Enum
from typing import Any

from crm_rules.diagnostics import nearest
from crm_rules.facts.schema import Kind, ValueType

_SHOWN = 40  # characters of an author's text repeated in a message
_HINTED = 20  # members of an enum spelled out in a hint
_LISTED = 8  # members of an enum spelled out in a message
_HINTED = 20  # members of an enum spelled out in a hint


def quoted(text: str) -> str:
    """An author's text in quotes, shortened, with whatever a terminal would act upon escaped."""
    shown = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    return "'" + "".join(c if c.isprintable() else repr(c)[1:-1] for c in shown) + "'"


def found(value: object) -> str:
    """A value as its author would recognise it, shortened."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case Enum():
            return f"'{value.value}'"
        case str():
            return f"text {quoted(value)}"
        case int():
            # Python refuses to print numbers of more than a few thousand digits.
            return str(value) if abs(value) < 10**_SHOWN else "a huge number"
        case float():
            return repr(value)
        case dt.datetime():
            return f"the time {value.isoformat(sep=' ')}"
        case dt.date():
            return f"the date {value.isoformat()}"
        case Mapping():
            return "a mapping"
        case list() | tuple() | Set():
            return "a list" if len(value) else "an empty list"
        case _:
            return f"a {type(value).__name__}"


def a(noun: str) -> str:
    """A noun with its indefinite article."""
    return f"{'an' if noun[:1] in 'aeio' else 'a'} {noun}"


def expected(kind: ValueType) -> str:
    """What a field takes, in a few words."""
    if kind.kind is Kind.ENUM and kind.enum is not None:
        if len(kind.enum.members) > _LISTED:
            return f"one of the {len(kind.enum.members)} values of {kind.enum.name}"
        return "one of " + ", ".join(kind.enum.members)
    if kind.kind is Kind.KEY:
        return "an id of " + " or ".join(sorted(kind.targets))
    return kind.describe()


def advice(kind: ValueType, value: Any) -> str | None:
    """What to write instead of a value that does not fit."""
    match kind.kind:
        case Kind.BOOL:
            return "write true or false"
        case Kind.NUMBER:
            return _number_advice(kind, value)
        case Kind.TEXT | Kind.KEY:
            # The value is not repeated: what was written may have been 007 or 1.10.
            return "put it in quotes to make it text" if isinstance(value, bool | int | float) else None
        case Kind.ENUM if kind.enum is not None:
            return _choice_advice(kind.enum.members, value)
        case _:
            return None


def _choice_advice(members: tuple[str, ...], value: Any) -> str | None:
    close = nearest(value, members) if isinstance(value, str) else None
    if close is not None:
        return f"did you mean '{close}'?"
    if len(members) <= _LISTED:
        return None  # the message lists them
    if len(members) <= _HINTED:
        return "expected one of: " + ", ".join(members)
    return "such as " + ", ".join(members[:3])


def _number_advice(kind: ValueType, value: Any) -> str | None:
    number = value if _is_number(value) else None
    percent = False
    if isinstance(value, str):
        text = value.strip()
        percent = text.endswith("%")
        try:
            number = float(text.removesuffix("%").strip().replace(",", "."))
        except ValueError:
            number = None
    if number is None:
        return None
    if kind.unit == "share" and (1 < number <= 100 or (percent and 0 <= number <= 1)):
        return f"write {number / 100:.15g} for {number:.15g} %"
    if percent or not _fits(kind, number):
        return None
    if kind.integer and number != int(number):
        return None
    return f"write {number:.15g} without quotes" if isinstance(value, str) else f"write {number:.15g}"


def _fits(kind: ValueType, number: float) -> bool:
    if number != number or number in (float("inf"), float("-inf")):
        return False
    return (kind.minimum is None or number >= kind.minimum) and (kind.maximum is None or number <= kind.maximum)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
