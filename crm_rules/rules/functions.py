"""The function table: everything an expression may call by name.

A row gives name, parameters, result and the implementation on known values. Unknown
arguments give unknown, missing values give a missing value; `semantics` sees to that,
so that an implementation only ever meets ordinary values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from crm_rules.facts.schema import Kind
from crm_rules.facts.values import NO_VALUE, Value

Parameter = Literal["any", "number", "text", "date", "many", "member"]
"""What an argument must be: `many` is a set or sequence, `member` a value of the type the `many` before it holds."""


@dataclass(frozen=True, slots=True)
class Function:
    """One row of the table.

    Attributes:
        name: how rules call it.
        parameters: kinds of its arguments, in order.
        result: kind of its result, or "member" for a member of its first argument.
        unit: unit of a numeric result.
        apply: the implementation on known values.
        doc: meaning, for the reference page.
    """

    name: str
    parameters: tuple[Parameter, ...]
    result: Kind | Literal["member"]
    apply: Callable[..., Value]
    doc: str
    unit: str | None = None


def _index(members: tuple[Any, ...], member: Any) -> Value:
    return members.index(member) if member in members else NO_VALUE


_ROWS = (
    Function("abs", ("number",), Kind.NUMBER, abs, "distance of a number from zero"),
    Function(
        "days_between",
        ("date", "date"),
        Kind.NUMBER,
        lambda a, b: (b - a).days,
        "calendar days from the first date to the second; negative when the second is earlier",
        "days",
    ),
    Function(
        "first",
        ("many",),
        "member",
        lambda m: m[0] if m else NO_VALUE,
        "first member of a sequence; no value when empty",
    ),
    Function(
        "index",
        ("many", "member"),
        Kind.NUMBER,
        _index,
        "position of a member in a sequence, from 0; no value when absent",
    ),
    Function("len", ("many",), Kind.NUMBER, len, "number of members"),
    Function("lower", ("text",), Kind.TEXT, str.lower, "text in lower case"),
)

FUNCTIONS: Mapping[str, Function] = MappingProxyType({f.name: f for f in _ROWS})

OVERLAP = "overlap"
"""`overlap(a, b)`: whether two sets share a member. A condition, so it is evaluated in three values by itself."""
