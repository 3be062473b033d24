"""How people and programs write durations, lags, dates, links and shares in the cells of a task list.

English, German and Polish forms are known. What has two readings is refused with both of them: `5t` is five days
in German and five weeks in Polish, 3/4/2026 is in March or in April.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

from crm_rules.model.wording import found
from crm_rules.roadmap.kind_names import folded
from crm_rules.roadmap.plan import MINUTES_PER_DAY, LagUnit, LinkType

Language = Literal["en", "de", "pl"]

_HOUR: Final = 60
_WEEK: Final = 5 * MINUTES_PER_DAY
_MONTH: Final = 20 * MINUTES_PER_DAY  # as scheduling programs count it
_CLOCK_DAY: Final = 24 * _HOUR


class CellError(ValueError):
    """A cell cannot be read.

    Attributes:
        message: what is wrong.
        hint: what to write instead.
    """

    def __init__(self, message: str, hint: str | None = None) -> None:
        self.message = message
        self.hint = hint
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Amount:
    """A length of time in minutes; `elapsed` where they are counted on the clock."""

    minutes: int
    elapsed: bool = False


def _units() -> dict[str, tuple[int, bool]]:
    working = {
        1: "m min mins minute minutes minuten minuta minuty minut",
        _HOUR: "h hr hrs hour hours std stunde stunden g godz godzina godziny godzin",
        MINUTES_PER_DAY: "d dy dys day days tag tage tagen tg dzien dni dn dnia",
        _WEEK: "w wk wks week weeks wo woche wochen tyg tydzien tygodnie tygodni",
        _MONTH: "mo mon mons month months monat monate monaten mies miesiac miesiace miesiecy",
    }
    # Project puts an e before the unit of elapsed time in English and an f (fortlaufend) in German.
    elapsed = {
        1: "em emin emins eminute eminutes",
        _HOUR: "eh ehr ehrs ehour ehours fstd fstunde fstunden",
        _CLOCK_DAY: "ed edy eday edays ft ftag ftage",
        7 * _CLOCK_DAY: "ew ewk ewks eweek eweeks fw fwo fwoche fwochen",
        30 * _CLOCK_DAY: "emo emon emons emonth emonths fmonat fmonate",
    }
    return {
        folded(name): (minutes, on_clock)
        for on_clock, table in ((False, working), (True, elapsed))
        for minutes, names in table.items()
        for name in names.split()
    }


_UNITS: Final = _units()
_BY_LANGUAGE: Final[dict[tuple[str, Language | None], tuple[int, bool]]] = {
    ("t", "de"): (MINUTES_PER_DAY, False),
    ("t", "pl"): (_WEEK, False),
}
_UNIT_HINT: Final = "write it like 5d, 2w or 40h"
_NUMBER: Final = re.compile(r"\d{1,12}(?:[.,]\d{1,6})?", re.ASCII)
_DURATION: Final = re.compile(r"(?P<amount>\d[\d.,]*)\s*(?P<unit>[^\W\d_]*)\.?\s*\??")

LINK_TYPES: Final[dict[str, tuple[LinkType, Language | None]]] = {
    "fs": (LinkType.FS, None),
    "ss": (LinkType.SS, None),
    "ff": (LinkType.FF, None),
    "sf": (LinkType.SF, None),
    # Ende und Anfang
    "ea": (LinkType.FS, "de"),
    "aa": (LinkType.SS, "de"),
    "ee": (LinkType.FF, "de"),
    "ae": (LinkType.SF, "de"),
    # zakończenie i rozpoczęcie
    "zr": (LinkType.FS, "pl"),
    "rr": (LinkType.SS, "pl"),
    "zz": (LinkType.FF, "pl"),
    "rz": (LinkType.SF, "pl"),
}
"""Types of links as Microsoft Project writes them, and the language where it gives it away."""

_TYPES: Final = "|".join(LINK_TYPES)
_LINKS: Final = tuple(
    re.compile(form, re.IGNORECASE | re.DOTALL)
    for form in (
        rf"(?P<id>.+?)\s*(?P<type>{_TYPES})\s*(?:(?P<sign>[+-])\s*(?P<lag>\d.*))?",
        # Without a type only a unit tells a lag from the end of an id such as `a-1`.
        r"(?P<id>.+)(?P<type>)(?P<sign>[+-])\s*(?P<lag>\d[\d.,]*\s*(?:[^\W\d_]+\.?|%))",
        r"(?P<id>.+)(?P<type>)(?P<sign>)(?P<lag>)",
    )
)
_LAG_SO_FAR: Final = re.compile(r"[+-]\s*\d+$")
_DECIMALS: Final = re.compile(r"\d+\s*(%|[^\W\d_]+)")
_PERCENT: Final = re.compile(r"(?P<amount>\d[\d.,]*)\s*%")


def _rounded(value: Fraction) -> int:
    return (value + Fraction(1, 2)).__floor__()


def number(text: str, language: Language | None = None) -> Fraction:
    """A number that is not negative, with a point or a comma before its decimals.

    Raises:
        CellError: it is none, or its point or comma may separate thousands.
    """
    if not _NUMBER.fullmatch(text):
        raise CellError(f"{found(text)} is no number", "write it without thousands separators, like 1500 or 1.5")
    point = max(text.find("."), text.find(","))
    if point > 0 and len(text) - point == 4 and text[0] != "0":
        decimal = "," if language in ("de", "pl") else "."
        if text[point] != decimal or language is None:
            whole, part = text[:point], text[point + 1 :]
            raise CellError(
                f"{found(text)} can be read as {whole}{part} and as {whole}.{part}",
                f"write {whole}{part} or {whole}.{part}0",
            )
    return Fraction(text.replace(",", "."))


def duration(value: object, language: Language | None = None, usual: str = "d") -> Amount:
    """A duration: `5`, `5d`, `2.5 weeks`, `40 Std.`, `3 dni`, `2 edays`; a `?` for estimates is allowed.

    A day has 480 minutes, a week 5 and a month 20 days. Of elapsed time a day has 24 hours, a week 7 and a month
    30 days.

    Args:
        value: of the cell.
        language: of the list, for units that need it.
        usual: the unit of numbers without one.

    Raises:
        CellError: it cannot be read.
    """
    if isinstance(value, dt.timedelta):
        return Amount(_rounded(Fraction(value // dt.timedelta(seconds=1), 60)))
    if isinstance(value, int | float) and not isinstance(value, bool):
        if not 0 <= value < 1e12:
            raise CellError(f"the duration {value} is not possible", _UNIT_HINT)
        amount, unit = Fraction(value), usual
    else:
        text = str(value).strip()
        if re.match(r"-\s*\d", text):
            raise CellError(f"the duration {found(text)} is negative", _UNIT_HINT)
        parts = _DURATION.fullmatch(text)
        if parts is None:
            raise CellError(f"{found(text)} is no duration", _UNIT_HINT)
        amount, unit = number(parts["amount"], language), parts["unit"] or usual
    minutes, elapsed = _unit(unit, language)
    return Amount(_rounded(amount * minutes), elapsed)


def _unit(name: str, language: Language | None) -> tuple[int, bool]:
    unit = folded(name)
    if (unit, language) in _BY_LANGUAGE:
        return _BY_LANGUAGE[unit, language]
    if unit == "t":
        raise CellError("the unit 't' is a day in German and a week in Polish", "write d for days or w for weeks")
    if unit not in _UNITS:
        raise CellError(f"{found(name)} is no unit of time", _UNIT_HINT)
    return _UNITS[unit]


def is_unit(name: str) -> bool:
    """Whether a word is a unit of time in some language, or the sign of a percentage."""
    return name == "%" or folded(name) in _UNITS or any(folded(name) == unit for unit, _ in _BY_LANGUAGE)


# --- Links --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WrittenLink:
    """A predecessor as a cell names it; lag and unit as in `PlanLink`."""

    predecessor: str
    type: LinkType = LinkType.FS
    lag: int = 0
    unit: LagUnit = LagUnit.WORKING


def split_links(text: str) -> list[str]:
    """The single links of a cell: separated by semicolons or line ends, else by commas that are no decimal ones."""
    if re.search(r"[;\n]", text):
        parts = re.split(r"[;\n]", text)
    else:
        parts, begin = [], 0
        for comma in re.finditer(",", text):
            # In `3EA+2,5 Tage` the comma is within the number of a lag that has a unit.
            after = _DECIMALS.match(text, comma.end())
            if not (after and is_unit(after[1]) and _LAG_SO_FAR.search(text[begin : comma.start()])):
                parts.append(text[begin : comma.start()])
                begin = comma.end()
        parts.append(text[begin:])
    return [part.strip() for part in parts if part.strip()]


def link(text: str, known: Iterable[str], language: Language | None = None) -> WrittenLink:
    """A link: `3`, `3FS+2d`, `3EA+2 Tage`, `cfg SS+50%`, `7FS-1 wk`, `4FS+2 edays`.

    Args:
        text: a single one, not empty.
        known: the ids there are; a text that is one of them is no id with a type.
        language: of the list.

    Raises:
        CellError: it cannot be read. Whether the predecessor exists is not looked at.
    """
    if text in known:
        return WrittenLink(text)
    parts = next(match for form in _LINKS if (match := form.fullmatch(text)) is not None)
    kind, told = LINK_TYPES[parts["type"].lower()] if parts["type"] else (LinkType.FS, None)
    predecessor = identifier(parts["id"])
    if not parts["lag"]:
        return WrittenLink(predecessor, kind)
    sign = -1 if parts["sign"] == "-" else 1
    share = _PERCENT.fullmatch(parts["lag"].strip())
    if share is not None:
        hundredths = _rounded(number(share["amount"], language or told) * 100)
        return WrittenLink(predecessor, kind, sign * hundredths, LagUnit.PERCENT if hundredths else LagUnit.WORKING)
    lag = duration(parts["lag"], told or language)
    unit = LagUnit.ELAPSED if lag.elapsed and lag.minutes else LagUnit.WORKING
    return WrittenLink(predecessor, kind, sign * lag.minutes, unit)


def identifier(value: object) -> str:
    """An id as it is compared: a whole number however its cell holds it, else the text."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value).strip()
    return str(int(text)) if re.fullmatch(r"\d{1,18}", text, re.ASCII) else text


# --- Dates --------------------------------------------------------------------

_ISO: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?)?", re.ASCII)
_PARTS: Final = re.compile(
    r"(?:[^\W\d_]{1,12}\.?,?\s+)?(\d{1,2})\s*([./-])\s*(\d{1,2})\s*\2\s*(\d{4}|\d{2})"
    r"(?:\s+(\d{1,2}):(\d{2})(?::\d{2})?\s*([AaPp]\.?[Mm]\.?)?)?"
)
_NOTHING: Final = frozenset({"na", "n/a", "nv", "nd", "-", "–", "none", "brak", "keine", "k. a.", "k.a."})

DayOrder = Literal["dmy", "mdy"]


def is_nothing(value: object) -> bool:
    """Whether a cell says that there is nothing: empty, or `NA` as programs export it."""
    return value is None or (isinstance(value, str) and (not value.strip() or value.strip().lower() in _NOTHING))


def day_order(texts: Iterable[str], language: Language | None) -> DayOrder | None:
    """Whether day or month comes first in dates such as 3/4/2026, as all of a list give it away.

    None when nothing does. Dates with points and lists in German or Polish begin with the day.
    """
    seen: set[DayOrder] = set()
    for text in texts:
        parts = _PARTS.fullmatch(text.strip())
        if parts is not None and parts[2] != ".":
            if int(parts[1]) > 12:
                seen.add("dmy")
            elif int(parts[3]) > 12:
                seen.add("mdy")
    if len(seen) == 1:
        return seen.pop()
    return "dmy" if not seen and language in ("de", "pl") else None


def date_time(value: object, order: DayOrder | None = None) -> tuple[dt.datetime, bool]:
    """A date, and whether its time of day was written: 2026-03-02, 02.03.2026 08:00, Mon 3/2/26.

    A year of two digits is in this century.

    Raises:
        CellError: it is no date, or day and month cannot be told apart.
    """
    if isinstance(value, dt.datetime):
        moment = value.replace(second=0, microsecond=0, tzinfo=None)
        return moment, moment.time() != dt.time()
    if isinstance(value, dt.date):
        return dt.datetime.combine(value, dt.time()), False
    text = str(value).strip()
    hint = "write it as 2026-03-02"
    if (parts := _ISO.fullmatch(text)) is not None:
        year, month, day, hour, minute = (int(p) if p else 0 for p in parts.groups())
        timed = parts[4] is not None
    elif (parts := _PARTS.fullmatch(text)) is not None:
        day, month = int(parts[1]), int(parts[3])
        how: DayOrder | None = "dmy" if parts[2] == "." else order
        if how is None and day != month:
            raise CellError(f"{found(text)} can be the {day}. of month {month} or the {month}. of month {day}", hint)
        if how == "mdy":
            day, month = month, day
        year = int(parts[4]) + (2000 if len(parts[4]) == 2 else 0)
        hour, minute, timed = int(parts[5] or 0), int(parts[6] or 0), parts[5] is not None
        if parts[7]:
            hour = hour % 12 + (12 if parts[7][0] in "Pp" else 0)
    else:
        raise CellError(f"{found(text)} is no date", hint)
    try:
        return dt.datetime.combine(dt.date(year, month, day), dt.time(hour, minute)), timed
    except ValueError:
        raise CellError(f"{found(text)} is no day of the calendar", hint) from None


# --- Other values -------------------------------------------------------------


def share(value: object, fractions: bool | None) -> Fraction:
    """Percent complete as a part from 0 to 1: `50%`, 50, or 0.5 where the list writes fractions.

    Args:
        value: of the cell.
        fractions: whether numbers are parts of 1; None when the list does not give it away.

    Raises:
        CellError: it is none, is not from 0 to 1, or is 1 and may be 1 % or all of it.
    """
    text = str(value).strip()
    percent = text.endswith("%")
    amount = number(text.removesuffix("%").strip(), "en" if isinstance(value, int | float) else None)
    if not percent and amount == 1 and fractions is None:
        raise CellError("1 can be 1 % or all of it", "write 1% or 100%")
    part = amount if fractions and not percent else amount / 100
    if part > 1:
        raise CellError(f"{found(text)} is more than 100 %", "write how much is done, from 0% to 100%")
    return part


def writes_fractions(values: Iterable[object]) -> bool | None:
    """Whether the numbers of a column are parts of 1 (0.5) and no percent (50); None when they do not give it away."""
    amounts = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
    for value in values:
        if isinstance(value, str) and re.fullmatch(r"\d+(?:[.,]\d+)?", value.strip(), re.ASCII):
            amounts.append(float(value.strip().replace(",", ".")))
    if any(a > 1 for a in amounts):
        return False
    return True if any(0 < a < 1 for a in amounts) else None


_YES: Final = frozenset(map(folded, ("1", "yes", "y", "true", "x", "ja", "wahr", "tak", "prawda")))
_NO: Final = frozenset(map(folded, ("0", "no", "n", "false", "nein", "falsch", "nie", "fałsz")))


def flag(value: object) -> bool:
    """Yes or no, in the languages known.

    Raises:
        CellError: it is neither.
    """
    text = folded(identifier(value))
    if text in _YES or text in _NO:
        return text in _YES
    raise CellError(f"{found(value)} is neither yes nor no", "write yes or no")
