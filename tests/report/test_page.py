"""The layout of a page: wrapping, columns, and what happens to characters a terminal would act upon."""

from __future__ import annotations

import pytest
from rich.text import Text

from crm_rules.report.page import NARROWEST, WIDEST, Page, words

LOREM = "one two three four five six seven eight nine ten eleven twelve thirteen"


def lines(page: Page) -> list[str]:
    text = page.render()
    assert not text or text.endswith("\n")
    return text.split("\n")[:-1]


def test_the_width_is_kept_within_what_can_be_read() -> None:
    assert Page(10).width == NARROWEST
    assert Page(1000).width == WIDEST
    assert Page(72).width == 72


def test_an_empty_page_is_nothing() -> None:
    assert Page().render() == ""


def test_a_paragraph_is_wrapped_with_its_indents() -> None:
    page = Page(40)
    page.text(LOREM, indent=2, hang=3)
    assert lines(page) == [
        "  one two three four five six seven",
        "     eight nine ten eleven twelve",
        "     thirteen",
    ]


def test_an_item_keeps_its_marker_in_a_column_of_its_own() -> None:
    page = Page(40)
    page.item(" 7. ", LOREM, indent=1)
    assert lines(page) == [
        "  7. one two three four five six seven",
        "     eight nine ten eleven twelve",
        "     thirteen",
    ]


def test_a_pair_puts_the_second_at_the_right_end_of_the_first_line() -> None:
    page = Page(60)
    page.pair(LOREM, "a.yaml:7", indent=2, hang=2)
    assert lines(page) == [
        "  one two three four five six seven eight nine ten  a.yaml:7",
        "    eleven twelve thirteen",
    ]


def test_a_pair_without_room_puts_the_second_below() -> None:
    page = Page(40)
    page.pair("stakeholders[bernadette].reports_to_pm = no", "project.yaml:123")
    assert lines(page) == [
        "stakeholders[bernadette].reports_to_pm =",
        "no",
        "                        project.yaml:123",
    ]


def test_a_word_longer_than_the_line_is_folded_and_not_cut() -> None:
    page = Page(40)
    page.text("x" * 100)
    assert "".join(lines(page)) == "x" * 100


def test_parts_are_broken_between_parts() -> None:
    page = Page(40)
    page.parts("Ann and Bob", "a.rule-with-a-name", "late, due in selection")
    assert lines(page) == ["Ann and Bob · a.rule-with-a-name", "late, due in selection"]


def test_blank_lines_do_not_pile_up() -> None:
    page = Page(40)
    page.blank()
    page.heading("First")
    page.heading("Second")
    page.text("end")
    assert lines(page) == ["── First " + "─" * 31, "", "── Second " + "─" * 30, "", "end"]


def test_the_note_of_a_heading_gives_way_to_the_title() -> None:
    page = Page(40)
    page.heading("Critical", "3 findings")
    page.heading("Critical", "3 findings, likelihood × impact = exposure")
    assert lines(page)[0] == "── Critical ─ 3 findings " + "─" * 15
    assert lines(page)[2] == "── Critical " + "─" * 28


@pytest.mark.parametrize(
    ("authored", "shown"),
    [
        ("two\nlines and\ttabs   here", "two lines and tabs here"),
        ("\x1b[2Jclear", "\ufffd[2Jclear"),
        ("bell\x07 and \x9b31m", "bell\ufffd and \ufffd31m"),
        ("right\u202eto left", "right\ufffdto left"),
        ("half \ud83d pair", "half \ufffd pair"),
        ("[bold]no markup[/bold] :smile:", "[bold]no markup[/bold] :smile:"),
    ],
)
def test_nothing_an_author_writes_acts_on_a_terminal(authored: str, shown: str) -> None:
    assert words(authored).plain == shown
    assert words((authored, "bold")).plain == shown
    page = Page(80, color=True)
    page.text(authored)
    page.row((authored.replace("\n", " ").replace("\t", " "), "dim"))
    assert "\x1b[2J" not in page.render()


def test_styles_are_kept_where_lines_break() -> None:
    page = Page(40, color=True)
    page.text(Text("red " * 15, "red"))
    assert [line.count("\x1b[31m") for line in lines(page)] == [1, 1]
    assert all(line.endswith("\x1b[0m") for line in lines(page))
