"""Links between tasks: what planners write, and what it means."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_rules.model.enums import LinkType
from crm_rules.model.links import Link, LinkError, parse_link

FS, SS, FF, SF = LinkType


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
        ("cfg +3", "the lag in text 'cfg +3' has no unit", "use d for working days or w for weeks"),
        ("cfg +3h", "'h' is not a unit of lag", "use d for working days or w for weeks"),
        ("cfg +3ed", "elapsed lags are not understood: text 'cfg +3ed'", "write the lag in working days"),
        ("cfg SS+50%", "percent lags are not understood: text 'cfg SS+50%'", "write the lag in working days"),
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
    ],
)
def test_a_link_is_written_shortly(link: Link, text: str) -> None:
    assert str(link) == text


ids = st.from_regex(r"[^\W_][\w.\-]{0,63}", fullmatch=True)
lags = st.integers(-999_999_999_000, 999_999_999_000).map(lambda thousandths: thousandths / 1000)


@given(ids, st.sampled_from(LinkType), lags)
def test_what_is_written_reads_back_the_same(predecessor: str, link_type: LinkType, lag_days: float) -> None:
    link = Link(predecessor, link_type, lag_days)
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
