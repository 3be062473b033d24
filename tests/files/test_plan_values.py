"""Cells of task lists: durations, links, dates and shares in the forms of three languages."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

import pytest

from crm_rules.files.plan_columns import HEADINGS, columns_of
from crm_rules.files.plan_values import (
    Amount,
    CellError,
    Language,
    WrittenLink,
    date_time,
    day_order,
    duration,
    flag,
    link,
    share,
    split_links,
    writes_fractions,
)
from crm_rules.roadmap.plan import LagUnit, LinkType

DAY = 480


class TestDurations:
    @pytest.mark.parametrize(
        ("text", "minutes"),
        [
            (5, 5 * DAY),
            (0, 0),
            (2.5, 1200),
            ("5", 5 * DAY),
            ("5d", 5 * DAY),
            ("5 days", 5 * DAY),
            ("1 day?", DAY),
            ("2w", 10 * DAY),
            ("2 wks", 10 * DAY),
            ("40h", 5 * DAY),
            ("40 hrs", 5 * DAY),
            ("30 min", 30),
            ("1 mon", 20 * DAY),
            ("1.5 days", 720),
            ("1,5 days", 720),
            ("0 days", 0),
            ("5 Tage", 5 * DAY),
            ("1 Tag?", DAY),
            ("2 Wochen", 10 * DAY),
            ("40 Std.", 5 * DAY),
            ("1 Monat", 20 * DAY),
            ("3 dni", 3 * DAY),
            ("1 dzień", DAY),
            ("2 tyg.", 10 * DAY),
            ("8 godz.", DAY),
            ("2 miesiące", 40 * DAY),
            ("5 DAYS", 5 * DAY),
            ("0,125 d", 60),
            (dt.timedelta(hours=4), 240),
        ],
    )
    def test_working_time(self, text: object, minutes: int) -> None:
        assert duration(text) == Amount(minutes)

    @pytest.mark.parametrize(
        ("text", "minutes"),
        [("2 edays", 2880), ("1 ew", 7 * 1440), ("3 eh", 180), ("2 fTage", 2880), ("1 emon", 30 * 1440), ("5 em", 5)],
    )
    def test_elapsed_time(self, text: str, minutes: int) -> None:
        assert duration(text) == Amount(minutes, elapsed=True)

    def test_a_unit_with_two_meanings(self) -> None:
        assert duration("5 t", "de").minutes == 5 * DAY
        assert duration("5 t", "pl").minutes == 25 * DAY
        with pytest.raises(CellError, match="a day in German and a week in Polish"):
            duration("5t")

    def test_a_point_with_two_meanings(self) -> None:
        with pytest.raises(CellError, match=r"'1.500 days' can|'1.500' can be read as 1500 and as 1.500"):
            duration("1.500 days")
        with pytest.raises(CellError, match="can be read as"):
            duration("1.500 Tage", "de")
        assert duration("1,500 Tage", "de").minutes == 720

    def test_the_unit_of_the_column(self) -> None:
        assert duration(16, None, "h") == Amount(960)
        assert duration("2d", None, "h") == Amount(960)

    @pytest.mark.parametrize(
        "text", ["", "x", "five days", "5 lightyears", "-5d", "- 5", "5d 3h", "1.2.3", "1e3", -1, float("nan"), 1e300]
    )
    def test_what_is_none(self, text: object) -> None:
        with pytest.raises(CellError):
            duration(text)


class TestLinks:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("3", WrittenLink("3")),
            ("003", WrittenLink("3")),
            ("3FS", WrittenLink("3")),
            ("3FS+2d", WrittenLink("3", LinkType.FS, 2 * DAY)),
            ("3FS+2 days", WrittenLink("3", LinkType.FS, 2 * DAY)),
            ("4SS-1w", WrittenLink("4", LinkType.SS, -5 * DAY)),
            ("4 ss - 1 wk", WrittenLink("4", LinkType.SS, -5 * DAY)),
            ("3+2d", WrittenLink("3", LinkType.FS, 2 * DAY)),
            ("3FS+2 edays", WrittenLink("3", LinkType.FS, 2880, LagUnit.ELAPSED)),
            ("3SS+50%", WrittenLink("3", LinkType.SS, 5000, LagUnit.PERCENT)),
            ("3FS-12,5 %", WrittenLink("3", LinkType.FS, -1250, LagUnit.PERCENT)),
            ("3FS+0%", WrittenLink("3")),
            ("3FS+0 ed", WrittenLink("3")),
            ("3EA+2 Tage", WrittenLink("3", LinkType.FS, 2 * DAY)),
            ("3EA+2t", WrittenLink("3", LinkType.FS, 2 * DAY)),
            ("3AA", WrittenLink("3", LinkType.SS)),
            ("3EE-1t", WrittenLink("3", LinkType.FF, -DAY)),
            ("3AE", WrittenLink("3", LinkType.SF)),
            ("3ZR+2t", WrittenLink("3", LinkType.FS, 10 * DAY)),
            ("3RR+2 dni", WrittenLink("3", LinkType.SS, 2 * DAY)),
            ("3ZZ", WrittenLink("3", LinkType.FF)),
            ("3RZ", WrittenLink("3", LinkType.SF)),
            ("cfg SS+3d", WrittenLink("cfg", LinkType.SS, 3 * DAY)),
            ("a-1FS+1d", WrittenLink("a-1", LinkType.FS, DAY)),
            ("a-1", WrittenLink("a-1")),
            ("a-1 -2d", WrittenLink("a-1", LinkType.FS, -2 * DAY)),
            ("b-2", WrittenLink("b-2")),
            ("+2d", WrittenLink("+2d")),
        ],
    )
    def test_one(self, text: str, expected: WrittenLink) -> None:
        assert link(text, {"a-1"}) == expected

    def test_an_id_that_ends_like_a_type(self) -> None:
        assert link("SOFF", {"SOFF"}) == WrittenLink("SOFF")

    @pytest.mark.parametrize("text", ["3FS+2x", "3FS+2t", "3FS+2 d d", "3+2 lightyears"])
    def test_what_is_none(self, text: str) -> None:
        with pytest.raises(CellError):
            link(text, {})

    @pytest.mark.parametrize(
        ("text", "parts"),
        [
            ("3", ["3"]),
            ("3,4", ["3", "4"]),
            ("3;4", ["3", "4"]),
            ("3FS+2d;4SS-1w", ["3FS+2d", "4SS-1w"]),
            ("3FS+2 days,4", ["3FS+2 days", "4"]),
            ("3EA+2,5 Tage", ["3EA+2,5 Tage"]),
            ("3EA+2,5 Tage,4", ["3EA+2,5 Tage", "4"]),
            ("3EA+12,5t;4AA", ["3EA+12,5t", "4AA"]),
            ("3FS+2,4SS", ["3FS+2", "4SS"]),
            ("3SS+12,5%,4", ["3SS+12,5%", "4"]),
            ("3\n4", ["3", "4"]),
            (" 3 ; ; 4 ", ["3", "4"]),
        ],
    )
    def test_several(self, text: str, parts: list[str]) -> None:
        assert split_links(text) == parts


class TestDates:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("2026-03-02", "2026-03-02 00:00"),
            ("2026-03-02 08:30", "2026-03-02 08:30"),
            ("2026-03-02T17:00:00", "2026-03-02 17:00"),
            ("02.03.2026", "2026-03-02 00:00"),
            ("2.3.26", "2026-03-02 00:00"),
            ("Mo 02.03.26", "2026-03-02 00:00"),
            ("Mon 02.03.2026 17:00", "2026-03-02 17:00"),
            ("3/3/2026", "2026-03-03 00:00"),
        ],
    )
    def test_clear_ones(self, text: str, expected: str) -> None:
        found, timed = date_time(text)
        assert found == dt.datetime.fromisoformat(expected)
        assert timed is not expected.endswith("00:00")

    def test_day_and_month(self) -> None:
        assert date_time("Mon 3/2/26", "mdy")[0].date() == dt.date(2026, 3, 2)
        assert date_time("3/2/26", "dmy")[0].date() == dt.date(2026, 2, 3)
        assert date_time("3/2/26 5:00 PM", "mdy")[0].hour == 17
        assert date_time("3/2/26 12:00 AM", "mdy")[0].hour == 0
        with pytest.raises(CellError, match=r"the 3. of month 2 or the 2. of month 3"):
            date_time("3/2/2026")

    @pytest.mark.parametrize(
        ("texts", "language", "order"),
        [
            (["3/2/26", "3/13/26"], None, "mdy"),
            (["3/2/26", "13/3/26"], None, "dmy"),
            (["3/2/26"], None, None),
            (["3/2/26"], "pl", "dmy"),
            (["3/13/26", "13/3/26"], "de", None),
            (["3/13/26"], "de", "mdy"),
            (["13.03.26"], None, None),
        ],
    )
    def test_the_order_a_list_gives_away(self, texts: list[str], language: Language | None, order: str | None) -> None:
        assert day_order(texts, language) == order

    @pytest.mark.parametrize("text", ["soon", "2026-02-30", "31.04.2026", "2026", "1/2", "25/25/2026", 5, "0.0.0000"])
    def test_what_is_none(self, text: object) -> None:
        with pytest.raises(CellError):
            date_time(text, "dmy")


class TestShares:
    @pytest.mark.parametrize(
        ("value", "fractions", "expected"),
        [
            ("50%", None, Fraction(1, 2)),
            ("50 %", True, Fraction(1, 2)),
            (50, False, Fraction(1, 2)),
            (0.5, True, Fraction(1, 2)),
            (1, True, Fraction(1)),
            (1, False, Fraction(1, 100)),
            ("12,5 %", None, Fraction(1, 8)),
            (0, None, Fraction(0)),
            ("1%", None, Fraction(1, 100)),
        ],
    )
    def test_values(self, value: object, fractions: bool | None, expected: Fraction) -> None:
        assert share(value, fractions) == expected

    def test_one_of_what(self) -> None:
        with pytest.raises(CellError, match="1 % or all of it"):
            share(1, None)

    @pytest.mark.parametrize("value", [101, "150%", "-5", "half", -0.5])
    def test_what_is_none(self, value: object) -> None:
        with pytest.raises(CellError):
            share(value, False)

    @pytest.mark.parametrize(
        ("values", "answer"),
        [([0, 50], False), ([0, 0.5, 1], True), ([0, 1], None), ([], None), (["0,5"], True), (["50%", 1], None)],
    )
    def test_what_a_column_gives_away(self, values: list[object], answer: bool | None) -> None:
        assert writes_fractions(values) is answer


def test_flags() -> None:
    assert [flag(v) for v in ("Yes", "ja", "TAK", 1, 1.0, True, "x")] == [True] * 7
    assert [flag(v) for v in ("No", "nein", "Nie", 0, "fałsz", False)] == [False] * 6
    with pytest.raises(CellError):
        flag("perhaps")


class TestHeadings:
    @pytest.mark.parametrize(
        ("row", "language"),
        [
            (["ID", "Task Name", "Duration", "Start", "Finish", "Predecessors", "Resource Names"], "en"),
            (["Nr.", "Vorgangsname", "Dauer", "Anfang", "Ende", "Vorgänger", "Ressourcennamen"], "de"),
            (
                ["Lp.", "Nazwa zadania", "Czas trwania", "Rozpoczęcie", "Zakończenie", "Poprzedniki", "Nazwy zasobów"],
                "pl",
            ),
        ],
    )
    def test_exports_of_microsoft_project(self, row: list[Any], language: str) -> None:
        found = columns_of(row)
        assert list(found.fields) == ["id", "name", "duration", "start", "finish", "predecessors", "owner"]
        assert found.language == language
        assert found.is_header

    def test_spelling_does_not_matter(self) -> None:
        assert columns_of(["TASK_NAME", "% complete", "vorgaenger"]).fields == {
            "name": 0,
            "percent": 1,
            "predecessors": 2,
        }

    def test_the_unit_of_durations(self) -> None:
        assert columns_of(["Name", "Duration (h)"]).duration_unit == "h"
        assert columns_of(["Name", "Dauer [Tage]"]).duration_unit == "Tage"
        assert columns_of(["Name", "Duration (guess)"]).unused == ("Duration (guess)",)

    def test_columns_nobody_reads_and_columns_twice(self) -> None:
        found = columns_of(["Name", "Mood", None, "", 5, "Task", "ID"])
        assert (found.unused, found.repeated) == (("Mood",), ("Task",))

    def test_a_row_that_is_no_heading(self) -> None:
        assert not columns_of(["Name"]).is_header
        assert not columns_of(["ID", "Duration"]).is_header
        assert not columns_of(["1", "Configure", "5d"]).is_header

    def test_every_field_has_headings_in_every_language(self) -> None:
        for field, by_language in HEADINGS.items():
            assert set(by_language) == {"en", "de", "pl"}, field
            for language, headings in by_language.items():
                for heading in headings.split("|"):
                    assert heading, (field, language)
                    assert heading == heading.strip()
