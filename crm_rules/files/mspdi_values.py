"""How Microsoft Project XML writes values: durations, tenths of minutes, dates, and codes of formats.

Source of the codes: the schema `mspdi_pj15.xsd` of the Project XML data interchange format and its documentation.
"""

from __future__ import annotations

import datetime as dt
import re
from fractions import Fraction
from typing import Final

from crm_rules.roadmap.plan import ConstraintType, LinkType

ELAPSED_FORMATS: Final = frozenset({4, 6, 8, 10, 12, 36, 38, 40, 42, 44})
"""Formats of durations and lags that are counted on the clock: em, eh, ed, ew, emo, and the same estimated."""

PERCENT_FORMATS: Final = frozenset({19, 51})
"""Formats of lags that are a part of the predecessor's duration."""

ELAPSED_PERCENT_FORMATS: Final = frozenset({20, 52})
"""The same, counted on the clock."""

CONSTRAINTS: Final = (
    ConstraintType.ASAP,
    ConstraintType.ALAP,
    ConstraintType.MSO,
    ConstraintType.MFO,
    ConstraintType.SNET,
    ConstraintType.SNLT,
    ConstraintType.FNET,
    ConstraintType.FNLT,
)
"""Meaning of the codes of `ConstraintType`, from 0 on."""

LINK_TYPES: Final = (LinkType.FF, LinkType.FS, LinkType.SF, LinkType.SS)
"""Meaning of the codes of the type of a `PredecessorLink`, from 0 on."""

_DURATION: Final = re.compile(
    r"(?P<sign>-?)P(?:(?P<days>\d{1,9})D)?"
    r"(?:T(?:(?P<hours>\d{1,12})H)?(?:(?P<minutes>\d{1,12})M)?(?:(?P<seconds>\d{1,12}(?:\.\d{1,9})?)S)?)?",
    re.ASCII,
)
_NUMBER: Final = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,9})?", re.ASCII)
_WHOLE: Final = re.compile(r"[+-]?\d{1,15}", re.ASCII)


def _rounded(value: Fraction) -> int:
    """The nearest whole number; halves away from zero, so that a lead is as long as the lag it mirrors."""
    whole = (abs(value) + Fraction(1, 2)).__floor__()
    return whole if value >= 0 else -whole


def duration_minutes(text: str) -> int | None:
    """Minutes of `PT8H0M0S` (a `D` is 24 hours), to the nearest minute; None when the text is no such duration."""
    parts = _DURATION.fullmatch(text)
    if parts is None or not any(parts[name] for name in ("days", "hours", "minutes", "seconds")):
        return None
    minutes = int(parts["days"] or 0) * 1440 + int(parts["hours"] or 0) * 60 + int(parts["minutes"] or 0)
    rounded = _rounded(minutes + Fraction(parts["seconds"] or 0) / 60)
    return -rounded if parts["sign"] else rounded


def tenths_minutes(text: str) -> int | None:
    """Minutes of a number of tenths of minutes, to the nearest minute; None when the text is no number."""
    return _rounded(Fraction(text) / 10) if _NUMBER.fullmatch(text) else None


def hundredths(text: str) -> int | None:
    """A hundred times a number, to the nearest whole one; None when the text is no number."""
    return _rounded(Fraction(text) * 100) if _NUMBER.fullmatch(text) else None


def whole(text: str) -> int | None:
    """A whole number; None when the text is none."""
    return int(text) if _WHOLE.fullmatch(text) else None


def date_time(text: str) -> dt.datetime | None:
    """A local date and time; a zone is dropped, and so are seconds. None when the text is none."""
    try:
        return dt.datetime.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        return None


def minute_of_day(text: str) -> int | None:
    """Minutes after midnight of `08:00:00`; None when the text is no time of day."""
    try:
        time = dt.time.fromisoformat(text)
    except ValueError:
        return 1440 if text in ("24:00", "24:00:00") else None
    return time.hour * 60 + time.minute
