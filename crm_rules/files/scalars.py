"""What an unquoted scalar means: the core schema of YAML 1.2 (chapter 10.3.2), as tables.

`yes`, `no`, `on`, `off`, `1_000`, dates and times are text; `010` is ten.
"""

from __future__ import annotations

import re
from typing import Final

CONSTANTS: Final[dict[str, bool | None]] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}

_INT: Final = re.compile(r"[-+]?[0-9]+")
_OCTAL: Final = re.compile(r"0o[0-7]+")
_HEXADECIMAL: Final = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_INFINITE: Final = re.compile(r"[-+]?\.(?:inf|Inf|INF)")
_NOT_A_NUMBER: Final = re.compile(r"\.(?:nan|NaN|NAN)")
_NUMBER_STARTS: Final = frozenset("0123456789+-.")


class TooManyDigits(ValueError):
    """A number is longer than the limit `max_digits`."""


def number(text: str, max_digits: int) -> int | float | None:
    """The number an unquoted scalar stands for; None when it stands for none.

    Raises:
        TooManyDigits: it is a number of more than `max_digits` characters.
    """
    if text[:1] not in _NUMBER_STARTS:
        return None
    if _INT.fullmatch(text):
        _check(text, max_digits)
        return int(text)
    if _FLOAT.fullmatch(text):
        _check(text, max_digits)
        return float(text)
    if _HEXADECIMAL.fullmatch(text):
        _check(text, max_digits)
        return int(text[2:], 16)
    if _OCTAL.fullmatch(text):
        _check(text, max_digits)
        return int(text[2:], 8)
    if _INFINITE.fullmatch(text):
        return float(text.replace(".", "", 1))
    if _NOT_A_NUMBER.fullmatch(text):
        return float("nan")
    return None


def resolve(text: str, max_digits: int) -> bool | int | float | str | None:
    """The value of an unquoted scalar.

    Raises:
        TooManyDigits: it is a number of more than `max_digits` characters.
    """
    if text in CONSTANTS:
        return CONSTANTS[text]
    found = number(text, max_digits)
    return text if found is None else found


def _check(text: str, max_digits: int) -> None:
    if len(text) > max_digits:
        raise TooManyDigits(f"a number of {len(text):,} digits, more than {max_digits:,} (limit max_digits)")
