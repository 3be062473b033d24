"""Words for values."""

from __future__ import annotations

import datetime as dt
import math

import pytest

from crm_rules.explain.narration import Narrator, date_text, listing, number
from crm_rules.explain.paths import fact_path, field_path, place
from crm_rules.facts.schema import Arity, Kind, ValueType
from crm_rules.facts.values import NO_VALUE, UNNAMED
from crm_rules.rules.semantics import Interval
from tests.explain.subject import CONDITION, SCHEMA, key, run


@pytest.mark.parametrize(
    ("value", "spec", "text"),
    [
        (3, "", "3"),
        (3.0, "", "3"),
        (2.5, "", "2.5"),
        (0.1 + 0.2, "", "0.3"),
        (0.7, ".0%", "70%"),
        (None, "", "unknown"),
        (NO_VALUE, "", "nothing"),
        (Interval(2, 5), "", "2 to 5"),
        (Interval(2, math.inf), "", "at least 2"),
        (Interval(-math.inf, 5), "", "at most 5"),
        (Interval(0.2, 0.5), ".0%", "20% to 50%"),
    ],
)
def test_numbers_read_as_a_person_would_write_them(value: object, spec: str, text: str) -> None:
    assert number(value, spec) == text


def test_dates_and_lists() -> None:
    assert date_text(dt.date(2026, 3, 2)) == "2 March 2026"
    assert listing([]) == ""
    assert listing(["a"]) == "a"
    assert listing(["a", "b", "c"]) == "a, b and c"


def test_values_of_every_kind() -> None:
    narrator = Narrator(run().facts)
    assert narrator.value(True, ValueType(Kind.BOOL)) == "yes"
    assert narrator.value(0, CONDITION) == "poor"
    assert narrator.value("b1", key("bridges")) == "North"
    assert narrator.value("b2", key("bridges")) == "b2"
    assert narrator.value(UNNAMED, key("bridges")) == "an unlisted bridge"
    assert narrator.value((), ValueType(Kind.TEXT), Arity.SET) == "none"
    assert narrator.value(("rust", "crack"), ValueType(Kind.TEXT), Arity.SET) == "rust and crack"
    assert narrator.column(SCHEMA.relations["bridges"].column("span_m"), 80) == "80 m"


def test_facts_are_called_by_name_and_found_by_place() -> None:
    facts = run().facts
    narrator = Narrator(facts)
    north, south = facts.extensions["bridges"].rows[:2]
    assert narrator.fact("bridges", north) == "North"
    assert narrator.fact("bridges", south) == "b2"
    assert narrator.fact("bridges", facts.placeholder("bridges")) == "an unlisted bridge"
    assert narrator.fact("owner", facts.extensions["owner"].rows[0]) == "the owner"
    assert fact_path(facts, "bridges", north) == "bridges[b1]"
    assert field_path(facts, "bridges", north, "span_m") == "bridges[b1].span_m"
    assert str(place(facts, "bridges", north, "condition")) == "bridges.yaml:5:9"
    assert str(place(facts, "bridges", north, "span_m")) == "bridges.yaml:4:5"
    assert str(place(facts, "bridges", south, "span_m")) == "bridges.yaml:3:1"
    assert place(facts, "roads", None) is None
