"""JSON: the same trees as from YAML, and mistakes said so that they can be mended."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_rules.files.nodes import plain
from crm_rules.files.text import Limits
from tests.files.reading_helpers import assert_problem, at, good_json, nodes, read_json, said


@pytest.mark.parametrize(
    "text",
    [
        *("null", "true", "false", "0", "-0", "17", "-17", "1.5", "-1.5e-3", "1E+5", "1e3", '""', "[]", "{}"),
        *('"a\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e4"', '"\\ud83d\\ude00"', '"ä€😀\u2028"', '"\x7f"', '"no"', '"1"'),
        *("[1, [2, [3]], {}]", '{"b": 1, "a": {"": null}}', " [ 1 , 2 ] \n\n", '\ufeff{"a":1}', '\r\n{"a"\r:\t1}'),
        "12345678901234567890123456789012345678901234567890",
    ],
)
def test_values_are_those_of_the_standard_library(text: str) -> None:
    found = plain(good_json(text))
    expected = json.loads(text.removeprefix("\ufeff"))
    assert found == expected
    assert repr(found) == repr(expected)


def test_a_number_beyond_the_range_is_infinite() -> None:
    assert plain(good_json("[1e999, -1e999]")) == [math.inf, -math.inf]


def test_places_styles_and_source_texts() -> None:
    text = '{\n  "ä€😀": [1, "b\\n"],\r\n\t"c": {"d": null,\n "e": -1.5}}'
    root = good_json(text)
    spots = [(at(text, n.span), n.span.line, n.span.column, n.style, n.text) for n in nodes(root)]
    assert spots == [
        ("{", 1, 1, "flow", ""),
        ('[1, "b\\n"]', 2, 10, "flow", ""),
        ("1", 2, 11, "plain", "1"),
        ('"b\\n"', 2, 14, "quoted", '"b\\n"'),
        ('{"d": null', 3, 7, "flow", ""),
        ("null", 3, 13, "plain", "null"),
        ("-1.5", 4, 7, "plain", "-1.5"),
    ]
    assert at(text, root.value["ä€😀"].key_span) == '"ä€😀"'
    assert root.value["c"].key_span.column == 2


# Texts nothing can be made of; then place and message of the error, what the caret is under, and the hint.
BROKEN: dict[str, tuple[str, str, str, str | None]] = {
    "comma before a bracket": ("[1,\n 2,\n]", "2:3 a comma stands before the closing ]", ",", "remove the comma"),
    "comma before a brace": ('{"a": 1,}', "1:8 a comma stands before the closing }", ",", "remove the comma"),
    "single quotes": (
        "{'a': 1}",
        "1:2 keys and text stand in double quotes in JSON, found a single one",
        "'",
        'write "',
    ),
    "single quotes around a value": (
        "['a']",
        "1:2 keys and text stand in double quotes in JSON, found a single one",
        "'",
        'write "',
    ),
    "key without quotes": ("{a: 1}", "1:2 expected a key in double quotes or }, found 'a'", "a", 'write "a"'),
    "second key without quotes": (
        '{"a": 1, b: 2}',
        "1:10 expected a key in double quotes, found 'b'",
        "b",
        'write "b"',
    ),
    "number as key": ("{1: 2}", "1:2 expected a key in double quotes or }, found '1'", "1", 'write "1"'),
    "list as key": ("{[1]: 2}", "1:2 expected a key in double quotes or }, found [", "[", None),
    "line comment": ("// c\n{}", "1:1 JSON has no comments", "/", "remove it, or save the file as YAML (.yaml)"),
    "comment in between": (
        '{"a": 1 /* c */}',
        "1:9 JSON has no comments",
        "/",
        "remove it, or save the file as YAML (.yaml)",
    ),
    "hash comment": (
        '{"a": # c\n 1}',
        "1:7 JSON has no comments",
        "#",
        "remove it, or save the file as YAML (.yaml)",
    ),
    "comment at the end": (
        "[] // c",
        "1:4 JSON has no comments",
        "/",
        "remove it, or save the file as YAML (.yaml)",
    ),
    "not a number": ("[NaN]", "1:2 NaN is not a number JSON has", "NaN", "write null, or leave the entry out"),
    "infinity": (
        "[-Infinity]",
        "1:2 -Infinity is not a number JSON has",
        "-Infinity",
        "write null, or leave the entry out",
    ),
    "word of Python": ("[True]", "1:2 'True' is not a word of JSON", "True", "write true"),
    "nothing of Python": ('{"a": None}', "1:7 'None' is not a word of JSON", "None", "write null"),
    "leading zero": (
        "[010]",
        "1:2 010 is not how JSON writes a number",
        "010",
        "write digits only, on both sides of a decimal point, without + or zeros in front",
    ),
    "plus sign": (
        "+1",
        "1:1 +1 is not how JSON writes a number",
        "+1",
        "write digits only, on both sides of a decimal point, without + or zeros in front",
    ),
    "no digit before the point": (
        "[.5]",
        "1:2 .5 is not how JSON writes a number",
        ".5",
        "write digits only, on both sides of a decimal point, without + or zeros in front",
    ),
    "no digit behind the point": (
        "[1.]",
        "1:2 1. is not how JSON writes a number",
        "1.",
        "write digits only, on both sides of a decimal point, without + or zeros in front",
    ),
    "underscore": (
        "[1_000]",
        "1:2 1_000 is not how JSON writes a number",
        "1_000",
        "write digits only, on both sides of a decimal point, without + or zeros in front",
    ),
    "hexadecimal": (
        "[0x1F]",
        "1:2 0x1F is not how JSON writes a number",
        "0x1F",
        "write digits only, on both sides of a decimal point, without + or zeros in front",
    ),
    "date without quotes": (
        '{"a": 2026-03-02}',
        "1:7 expected a value, found '2026-03-02'",
        "2026-03-02",
        'text stands in double quotes: "2026-03-02"',
    ),
    "text without quotes": (
        "[small]",
        "1:2 expected a value or ], found 'small'",
        "small",
        'text stands in double quotes: "small"',
    ),
    "long text without quotes": (
        "[" + "x" * 100 + "]",
        "1:2 expected a value or ], found '" + "x" * 59 + "…'",
        "x" * 100,
        'text stands in double quotes: "' + "x" * 59 + '…"',
    ),
    "unclosed quote": (
        '{"a": "b\n}',
        "1:7 this quote is not closed on its line",
        '"',
        'end the text with "; a line end in it is written \\n',
    ),
    "unclosed quote at the end": (
        '["',
        "1:2 this quote is not closed on its line",
        '"',
        'end the text with "; a line end in it is written \\n',
    ),
    "escaped line end": (
        '["a\\\nb"]',
        "1:2 this quote is not closed on its line",
        '"',
        'end the text with "; a line end in it is written \\n',
    ),
    "tab in text": ('["a\tb"]', "1:4 the control character U+0009 cannot stand in text", "\t", "write it as \\t"),
    "control character in text": (
        '["a\x1bb"]',
        "1:4 the control character U+001B cannot stand in text",
        "\x1b",
        "write it as \\u001B",
    ),
    "unknown escape": (
        '["C:\\path"]',
        "1:5 \\p is not an escape of JSON",
        "\\p",
        "a backslash itself is written \\\\",
    ),
    "unknown escape behind backslashes": (
        '["\\\\\\q"]',
        "1:5 \\q is not an escape of JSON",
        "\\q",
        "a backslash itself is written \\\\",
    ),
    "short escape": ('["\\u12"]', "1:3 \\u is not an escape of JSON", "\\u", "a backslash itself is written \\\\"),
    "no comma": ("[1 2]", "1:4 expected a comma or ], found '2'", "2", "put a comma between entries"),
    "no comma between keys": (
        '{"a": 1\n "b": 2}',
        "2:2 expected a comma or }, found text",
        '"',
        "put a comma between entries",
    ),
    "colon in a list": ('["a": 1]', "1:5 expected a comma or ], found a colon", ":", None),
    "no colon": ('{"a" 1}', "1:6 expected a colon behind the key, found '1'", "1", None),
    "equals sign": ('{"a" = 1}', "1:6 expected a colon behind the key, found '='", "=", None),
    "no value": ('{"a":}', "1:6 expected a value, found }", "}", None),
    "two commas": ("[1,,2]", "1:4 expected a value, found a comma", ",", None),
    "first a comma": ("[,1]", "1:2 expected a value or ], found a comma", ",", None),
    "unclosed bracket": ('{"a": [1,\n2', "1:7 this [ is never closed", "[", "end it with ]"),
    "unclosed brace": ('{"a"', "1:1 this { is never closed", "{", "end it with }"),
    "wrong bracket": ('{"a":\n [1}', "2:4 expected a comma or ], found }", "}", "the [ on line 2 is still open"),
    "second value": ("{} {}", "1:4 nothing can follow the content of the file, found {", "{", None),
    "bracket too many": ("[1]]", "1:4 nothing can follow the content of the file, found ]", "]", None),
    "odd character": ("[\x00]", "1:2 expected a value or ], found the character U+0000", "\x00", None),
    "no-break space": ("[\xa01]", "1:2 expected a value or ], found the character U+00A0", "\xa0", None),
    "YAML": ("a: 1", "1:1 expected a value, found 'a'", "a", 'text stands in double quotes: "a"'),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_texts(case: str) -> None:
    text, expected, marked, hint = BROKEN[case]
    node, problems = read_json(text)
    assert node is None
    assert [p.severity for p in problems] == ["error"]
    assert_problem(text, problems[0], expected, marked, hint)


@pytest.mark.parametrize("text", ["", " \r\n\t", "\ufeff"])
def test_a_text_without_content_is_empty(text: str) -> None:
    node, problems = read_json(text)
    assert node is None
    assert [p.message for p in problems] == ["the file is empty"]


@pytest.mark.parametrize(
    ("text", "expected", "left"),
    [
        (
            '{"a": 1,\n "b": {"c": 1, "c": 2},\n "a": 3}',
            ["2:16 key 'c' appears twice, on line 2", "3:2 key 'a' appears twice, on lines 1 and 3"],
            {"a": 1, "b": {"c": 1}},
        ),
        ('{"a": 1, "\\u0061": {"x": []}}', ["1:10 key 'a' appears twice, on line 1"], {"a": 1}),
        ('["\\ud800"]', ["1:2 half of a surrogate pair (\\uD800 to \\uDFFF) is not a character"], ["\ufffd"]),
        ('{"\ud800": 1}', ["1:2 half of a surrogate pair (\\uD800 to \\uDFFF) is not a character"], {"\ufffd": 1}),
        ("[1" + "0" * 640 + "]", ["1:2 a number of 641 digits, more than 640 (limit max_digits)"], ["1" + "0" * 640]),
    ],
)
def test_faulty_texts_are_read_to_the_end(text: str, expected: list[str], left: Any) -> None:
    node, problems = read_json(text)
    assert [said(p) for p in problems] == expected
    assert node is not None
    assert plain(node) == left


def test_problems_before_an_error_are_kept() -> None:
    node, problems = read_json('{"a": 1, "a": 2,}')
    assert node is None
    assert [said(p) for p in problems] == [
        "1:10 key 'a' appears twice, on line 1",
        "1:16 a comma stands before the closing }",
    ]


@pytest.mark.parametrize("unit", [("[", "]"), ('{"a": ', "1}")])
def test_the_depth_limit_is_named_and_exact(unit: tuple[str, str]) -> None:
    text = unit[0] * 10 + unit[1][:-1] + unit[1][-1] * 10
    assert read_json(text, Limits(max_depth=10))[1] == []
    node, problems = read_json(text, Limits(max_depth=9))
    assert node is None
    assert [p.message for p in problems] == ["values are nested more than 9 levels deep (limit max_depth)"]


def test_deep_nesting_neither_exhausts_the_stack_nor_takes_long() -> None:
    text = "[" * 20_000 + "]" * 20_000
    node, problems = read_json(text, Limits(max_depth=20_000))
    assert problems == []
    assert node is not None
    assert read_json("[" * 1_000_000)[1][0].message == "values are nested more than 64 levels deep (limit max_depth)"


def test_the_limit_of_values_is_exact() -> None:
    text = '{"a": [1, 2], "b": {"c": 3}}'
    assert read_json(text, Limits(max_nodes=6))[1] == []
    node, problems = read_json(text, Limits(max_nodes=5))
    assert node is None
    assert [said(p) for p in problems] == ["1:26 more than 5 values after expanding aliases (limit max_nodes)"]


CHARACTERS = st.text(alphabet="[]{}\",:\\ue1 0.-+tnx\n\t/'#é😀", max_size=30)
PIECES = st.sampled_from(['{"a": ', "[", "]", "}", "1", ",", '"x"', "null", " ", '"a":'])


@given(CHARACTERS | st.lists(PIECES, max_size=12).map("".join))
def test_what_the_standard_library_reads_is_read_alike_and_nothing_else(text: str) -> None:
    def no_constant(word: str) -> None:
        raise ValueError(word)

    node, problems = read_json(text)
    try:
        expected = json.loads(text, parse_constant=no_constant, object_pairs_hook=first_wins)
    except ValueError:
        assert node is None
        assert problems[0].span is not None
        assert problems[0].span.line >= 1 or not text.strip()
    else:
        assert node is not None
        assert repr(plain(node)) == repr(expected)


def first_wins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object in which the first of two equal keys counts."""
    entries: dict[str, Any] = {}
    for key, value in pairs:
        entries.setdefault(key, value)
    return entries
