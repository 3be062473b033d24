"""How a template may write a number."""

from __future__ import annotations

import pytest

from crm_rules.rules.templates import NUMBER_FORMAT


@pytest.mark.parametrize(
    ("spec", "written"),
    [(".0%", "73%"), (".1f", "0.7"), (",.0f", "1"), ("+.2f", "+0.73"), ("%", "73.000000%"), ("f", "0.730000")],
)
def test_decimals_thousands_and_a_sign_can_be_asked_for(spec: str, written: str) -> None:
    assert NUMBER_FORMAT.fullmatch(spec)
    assert format(0.73, spec) == written


@pytest.mark.parametrize(
    "spec",
    [
        pytest.param(">1000000000", id="a width asks for gigabytes of blanks"),
        pytest.param(".999999999f", id="so do decimals without end"),
        pytest.param("n", id="the locale would decide"),
        pytest.param("é>9f", id="a fill needs a width"),
        pytest.param(".\u0661f", id="digits of another script"),
        "",
        "d",
        ".x",
    ],
)
def test_everything_else_is_no_number_format(spec: str) -> None:
    assert NUMBER_FORMAT.fullmatch(spec) is None
