"""The values a fact can hold, and the two that are not ordinary.

Unknown is `None`. `UNNAMED` is the key of someone or something we have not been told
about; it differs from every stated key, and two of them may or may not be the same.
`NO_VALUE` is the known absence of a value, such as the largest of no numbers: it
compares false with everything and swallows arithmetic.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final


class _Unnamed:
    """Key of an unlisted member; see the module's charter."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNNAMED"

    def __reduce__(self) -> str:
        return "UNNAMED"


class _NoValue:
    """Known absence of a value; see the module's charter."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "NO_VALUE"

    def __reduce__(self) -> str:
        return "NO_VALUE"


UNNAMED: Final = _Unnamed()
NO_VALUE: Final = _NoValue()

Value = Any  # bool | int | float | str | date | tuple[...] | None | UNNAMED | NO_VALUE
Row = tuple[Value, ...]


def sort_key(value: Value) -> tuple[Any, ...]:
    """A total order over all values: by kind, then by value; unknown last but one, UNNAMED last."""
    if value is None:
        return (8,)
    if value is UNNAMED:
        return (9,)
    if value is NO_VALUE:
        return (7,)
    if isinstance(value, bool):
        return (0, value)
    if isinstance(value, int | float):
        return (1, value)
    if isinstance(value, str):
        return (2, value)
    if isinstance(value, dt.date):
        return (3, value.toordinal())
    return (4, tuple(sort_key(v) for v in value))


def row_order(row: Row) -> tuple[Any, ...]:
    """Fact order: rows sort by their values from the first column on."""
    return tuple(sort_key(v) for v in row)
