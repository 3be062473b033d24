"""The values of one element of Microsoft Project XML, read with their meaning; mistakes are reported at its line."""

from __future__ import annotations

import datetime as dt
from typing import TypeVar

from crm_rules.diagnostics import Span
from crm_rules.files.imported import Findings, StoredResult
from crm_rules.files.mspdi_values import date_time, duration_minutes, hundredths, tenths_minutes, whole
from crm_rules.files.text import shortened
from crm_rules.files.xml_records import Record

_T = TypeVar("_T")


class Fields:
    """The values of one task, link or baseline; what is not stated, or cannot be read and is reported, is None.

    Attributes:
        of: what messages call the element.
    """

    def __init__(self, record: Record, of: str, findings: Findings) -> None:
        self._record = record
        self.of = of
        self._findings = findings

    @property
    def place(self) -> Span:
        """Where the element begins."""
        return self._findings.line(self._record.line)

    def text(self, name: str) -> str:
        """The text of a child; "" where there is none."""
        return self._record.values.get(name, "")

    def flag(self, name: str, default: bool = False) -> bool:
        """Whether a child says 1 or true; `default` where there is none."""
        text = self.text(name).lower()
        return text in ("1", "true") if text else default

    def whole(self, name: str) -> int | None:
        """A whole number."""
        return self._read(name, whole(self.text(name)), "whole number")

    def date_time(self, name: str) -> dt.datetime | None:
        """A local date and time."""
        return self._read(name, date_time(self.text(name)), "date and time")

    def duration(self, name: str) -> int | None:
        """Minutes, at least 0."""
        minutes = self._read(name, duration_minutes(self.text(name)), "duration like PT8H0M0S")
        if minutes is not None and minutes < 0:
            self._findings.error(f"{name} of {self.of} is negative: {self.text(name)}", self.place)
            return None
        return minutes

    def tenths(self, name: str) -> int | None:
        """Minutes from tenths of minutes."""
        return self._read(name, tenths_minutes(self.text(name)), "number of tenths of minutes")

    def percent(self, name: str) -> int | None:
        """Hundredths of a percent."""
        return self._read(name, hundredths(self.text(name)), "number")

    def _read(self, name: str, value: _T | None, expected: str) -> _T | None:
        if value is None and self.text(name):
            self._findings.error(
                f"{name} of {self.of} is '{shortened(self.text(name))}', which is no {expected}", self.place
            )
        return value


def stored_result(record: Record) -> StoredResult:
    """What the program had computed; it is for comparisons, so what cannot be read counts as not stored."""
    values = record.values
    dates = {n: date_time(values.get(n, "")) for n in ("EarlyStart", "EarlyFinish", "LateStart", "LateFinish")}
    computed = dates["EarlyStart"] is not None

    def slack(name: str) -> int | None:
        return tenths_minutes(values.get(name, "0" if computed else ""))

    critical = values.get("Critical")
    return StoredResult(
        date_time(values.get("Start", "")),
        date_time(values.get("Finish", "")),
        dates["EarlyStart"],
        dates["EarlyFinish"],
        dates["LateStart"],
        dates["LateFinish"],
        slack("TotalSlack"),
        slack("FreeSlack"),
        slack("StartSlack"),
        slack("FinishSlack"),
        None if critical is None else critical == "1",
    )
