"""Links between tasks: what planners write, and what it means."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_rules.model.enums import LagUnit, LinkType
from crm_rules.model.links import Link, LinkError, parse_link

FS, SS, FF, SF = LinkType
WORKING, ELAPSED, PERCENT = LagUnit


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("cfg", Link("cfg", FS, 0)),
        ("cfg SS+3d", Link("cfg", SS, 3)),
        ("data FF-1d", Link("data", FF, -1)),
        ("x +2d", Link("x", FS, 2)),
        ("x FS + 1.5 d", Link("x", FS, 1.5)),
        ("x sf", Link("x", SF, 0)),
        ("x Ss - 2 days", Link("x", SS, -2)),
        ("x +1 day", Link("x", FS, 1)),
        ("x +2w", Link("x", FS, 10)),
        ("x -1 week", Link("x", FS, -5)),
        ("x FF+0.5 weeks", Link("x", FF, 2.5)),
        ("  x   FS  ", Link("x", FS, 0)),
        ("x -0d", Link("x", FS, 0)),
        ("x +0ed", Link("x", FS, 0)),
        ("x FS+2ed", Link("x", FS, 2, ELAPSED)),
        ("x ss - 1.5 ED", Link("x", SS, -1.5, ELAPSED)),
        ("x +1 eday", Link("x", FS, 1, ELAPSED)),
        ("x FF+2ew", Link("x", FF, 14, ELAPSED)),
        ("x SS+50%", Link("x", SS, 50, PERCENT)),
        ("x FS - 12.5 %", Link("x", FS, -12.5, PERCENT)),
        ("x +150%", Link("x", FS, 150, PERCENT)),
        ("1.2-a_b", Link("1.2-a_b", FS, 0)),
        ("übergabe SS", Link("übergabe", SS, 0)),
        ("x-2", Link("x-2", FS, 0)),
    ],
)
def test_a_link_is_read(text: str, link: Link) -> None:
    assert parse_link(text) == link


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("", "text '' is not a link to a task", "write it like 'cfg', 'cfg SS+3d' or 'cfg FF-1d'"),
        ("cfg after tor", "text 'cfg after tor' is not a link to a task", "write it like"),
        ("cfg 3d", "text 'cfg 3d' is not a link to a task", "write it like"),
        ("cfg SS3d", "text 'cfg SS3d' is not a link to a task", "write it like"),
        ("_cfg", "text '_cfg' is not a link to a task", "write it like"),
        ("cfg+3d", "text 'cfg+3d' is not a link to a task", "set the lag off with a space: 'cfg +3d'"),
        ("cfg XX", "'XX' is not a type of link", "expected one of FS, SS, FF, SF"),
        ("cfg SE+2d", "'SE' is not a type of link", "expected one of FS, SS, FF, SF"),
        ("cfg +3", "the lag in text 'cfg +3' has no unit", "use d for working days, w for weeks, ed for days"),
        ("cfg +3h", "'h' is not a unit of lag", "use d for working days, w for weeks, ed for days"),
        ("cfg +3eh", "'eh' is not a unit of lag", "use d for working days, w for weeks, ed for days"),
        ("cfg SS+50e%", "'e%' is not a unit of lag", "use d for working days, w for weeks, ed for days"),
        ("cfg+3ed", "text 'cfg+3ed' is not a link to a task", "set the lag off with a space: 'cfg +3ed'"),
        ("3FS+2ed", "text '3FS+2ed' is not a link to a task", "set the type off with a space: '3 FS+2ed'"),
        ("FS+2d", "text 'FS+2d' is not a link to a task", "set the lag off with a space: 'FS +2d'"),
        ("cfg-50%", "text 'cfg-50%' is not a link to a task", "set the lag off with a space: 'cfg -50%'"),
        ("cfg +50 % more", "text 'cfg +50 % more' is not a link to a task", "write it like"),
        ("cfg +1e9d", "text 'cfg +1e9d' is not a link to a task", "write it like"),
        ("cfg +9999999999d", "text 'cfg +9999999999d' is not a link to a task", "write it like"),
    ],
)
def test_what_is_no_link_is_refused_with_advice(text: str, message: str, hint: str) -> None:
    with pytest.raises(LinkError) as caught:
        parse_link(text)
    assert caught.value.message == message
    assert (caught.value.hint or "").startswith(hint)
    assert str(caught.value) == f"{message}; {caught.value.hint}"


def test_a_link_error_survives_a_process_boundary() -> None:
    error = pickle.loads(pickle.dumps(LinkError("wrong", "do this")))
    assert (error.message, error.hint) == ("wrong", "do this")


@pytest.mark.parametrize(
    ("link", "text"),
    [
        (Link("x"), "x"),
        (Link("x", SS), "x SS"),
        (Link("x", FS, 2), "x FS+2d"),
        (Link("x", FF, -0.5), "x FF-0.5d"),
        (Link("x", SF, 100), "x SF+100d"),
        (Link("x", FS, 3, ELAPSED), "x FS+3ed"),
        (Link("x", SS, -12.5, PERCENT), "x SS-12.5%"),
        (Link("x", SS, 0, PERCENT), "x SS"),
    ],
)
def test_a_link_is_written_shortly(link: Link, text: str) -> None:
    assert str(link) == text


ids = st.from_regex(r"[^\W_][\w.\-]{0,63}", fullmatch=True)
lags = st.integers(-999_999_999_000, 999_999_999_000).map(lambda thousandths: thousandths / 1000)


@given(ids, st.sampled_from(LinkType), lags, st.sampled_from(LagUnit))
def test_what_is_written_reads_back_the_same(predecessor: str, link_type: LinkType, lag: float, unit: LagUnit) -> None:
    link = Link(predecessor, link_type, lag, unit if lag else WORKING)
    assert parse_link(str(link)) == link


@given(ids, st.sampled_from(LinkType), st.integers(0, 9999), st.sampled_from("+-"), st.sampled_from(["", " ", "  "]))
def test_spaces_around_the_lag_change_nothing(
    predecessor: str, link_type: LinkType, days: int, sign: str, gap: str
) -> None:
    text = f"{predecessor} {link_type.name}{gap}{sign}{gap}{days}{gap}d"
    assert parse_link(text) == Link(predecessor, link_type, -days if sign == "-" else days)


@given(st.text(max_size=30) | st.text("ab1 +-.dwFSf%e", max_size=12))
def test_any_text_is_a_link_or_a_link_error(text: str) -> None:
    try:
        link = parse_link(text)
    except LinkError:
        return
    assert parse_link(str(link)) == link
