"""YAML as its authors mean it: values, places, and mistakes said so that they can be mended."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_rules.diagnostics import Span, render
from crm_rules.files import yaml_messages, yaml_text
from crm_rules.files.nodes import place, plain
from crm_rules.files.text import Limits, SourceText
from tests.files.reading_helpers import HAS_LIBYAML, PARSERS, assert_problem, at, good_yaml, nodes, read_yaml, said

both_parsers = pytest.mark.parametrize("parser", PARSERS)

# Unquoted scalars and what they mean.
VALUES: list[tuple[str, Any]] = [
    ("", None),
    ("~", None),
    ("null", None),
    ("Null", None),
    ("NULL", None),
    ("nULL", "nULL"),
    ("true", True),
    ("True", True),
    ("TRUE", True),
    ("false", False),
    ("tRUE", "tRUE"),
    ("yes", "yes"),
    ("no", "no"),
    ("on", "on"),
    ("off", "off"),
    ("NO", "NO"),
    ("y", "y"),
    ("n", "n"),
    ("0", 0),
    ("-17", -17),
    ("+17", 17),
    ("010", 10),
    ("0o17", 15),
    ("0x1F", 31),
    ("-0x1F", "-0x1F"),
    ("0b1", "0b1"),
    ("1_000", "1_000"),
    ("1:30", "1:30"),
    ("1.10", 1.1),
    ("1.", 1.0),
    (".5", 0.5),
    ("-.5", -0.5),
    ("1e3", 1000.0),
    ("1.5E-3", 0.0015),
    ("1e", "1e"),
    (".", "."),
    ("\n  -", [None]),
    ("--", "--"),
    (".inf", math.inf),
    ("-.INF", -math.inf),
    ("+.Inf", math.inf),
    ("inf", "inf"),
    ("2026-03-02", "2026-03-02"),
    ("2026-03-02T10:00:00", "2026-03-02T10:00:00"),
    ("1٣", "1٣"),
    ("<<", "<<"),
    ("=", "="),
    ("a b  c", "a b  c"),
    ("a#b", "a#b"),
    ("a # b", "a"),
    ("-1-", "-1-"),
    ('"1"', "1"),
    ("'true'", "true"),
    ('""', ""),
    ("'it''s'", "it's"),
    ('"a\\tb\\u00e4\\x41\\U0001F600\\/"', "a\tbäA😀/"),
    ('"\\ud83d\\ude00"', "😀"),
    ("|\n    12\n", "12\n"),
    (">-\n    a\n    b\n", "a b"),
    ("a\n    b", "a b"),
    ("a\n\n    b", "a\nb"),
    ("'\u2028\x85\u2029\ufeff'", "\u2028\x85\u2029\ufeff"),
    ("a\u2028b", "a\u2028b"),
    ('"\u2028\\U0010FFFF\\u2029"', "\u2028\U0010ffff\u2029"),
    ("What share?", "What share?"),
    ("http://x.y/z", "http://x.y/z"),
    ("!!str 12", "12"),
    ("!!str", ""),
    ("! 12", "12"),
    ("!!int '12'", 12),
    ("!!float 12", 12.0),
    ("!!float .inf", math.inf),
    ("!!bool true", True),
    ("!!null ~", None),
    ("!<tag:yaml.org,2002:str> 12", "12"),
    ("!!map {a: 1}", {"a": 1}),
    ("!!seq [1]", [1]),
    ("&x !!int 12", 12),
    ("!!int &x 12", 12),
    ("{q: What share?, r: a?b}", {"q": "What share?", "r": "a?b"}),
    ("[a,\tb,\t'c']", ["a", "b", "c"]),
    ("\t1", 1),
    ("a\tb", "a\tb"),
    ("a\t# b", "a"),
    ("{}", {}),
    ("[ ]", []),
    ("[[], [{}]]", [[], [{}]]),
    ("{a, b: }", {"a": None, "b": None}),
    ('{"a":1}', {"a": 1}),
]


@both_parsers
@pytest.mark.parametrize(("written", "expected"), VALUES)
def test_values(written: str, expected: Any, parser: str) -> None:
    found = plain(good_yaml(f"v: {written}", parser))["v"]
    assert found == expected
    assert type(found) is type(expected)


@both_parsers
def test_a_number_that_is_none(parser: str) -> None:
    assert math.isnan(plain(good_yaml(".nan", parser)))


@both_parsers
@pytest.mark.parametrize(
    "key", ["no", "1", "1.10", "010", "true", "null", "~", "<<", "2026-03-02", "a b", "1" + "0" * 700]
)
def test_keys_are_text_as_written(key: str, parser: str) -> None:
    assert list(good_yaml(f"{key}: 1", parser).value) == [key]
    assert list(good_yaml(f"{{? {key} : 1}}", parser).value) == [key]


@both_parsers
def test_quoted_keys_are_their_value(parser: str) -> None:
    root = good_yaml("\"a\\tb\": 1\n'it''s': 2\n'': 3\n!!str 4: 4\n&k five: 5\n", parser)
    assert list(root.value) == ["a\tb", "it's", "", "4", "five"]


@both_parsers
def test_an_alias_can_be_a_key(parser: str) -> None:
    assert plain(good_yaml("a: &k 12\nb: {*k : 1, c: *k}\n", parser)) == {"a": 12, "b": {"12": 1, "c": 12}}


@both_parsers
def test_merge_keys_are_ordinary_keys(parser: str) -> None:
    assert plain(good_yaml("a: &x {b: 1}\nc: {<<: *x, d: 2}\n", parser))["c"] == {"<<": {"b": 1}, "d": 2}


@both_parsers
def test_an_alias_is_the_value_it_names_at_the_place_where_it_was_written(parser: str) -> None:
    root = good_yaml("a: &x [1, 2]\nb: *x\nc: [*x, *x]\n", parser)
    assert plain(root) == {"a": [1, 2], "b": [1, 2], "c": [[1, 2], [1, 2]]}
    assert root.value["b"].node is root.value["a"].node
    assert str(place(root, ["c", 1, 0])) == "f.yaml:1:8"


@both_parsers
def test_the_last_anchor_of_a_name_counts(parser: str) -> None:
    assert plain(good_yaml("[&x 1, *x, &x 2, *x]", parser)) == [1, 1, 2, 2]
    assert plain(good_yaml("[&x [&x 1], *x]", parser)) == [[1], 1]


PLACES = """\
# comment
schema: crm-rules/project/1
goals:
  - {id: g1, 'main': true,
     tier: "strategic"}   # comment
  -   - ä€😀: x
  - >-
    folded
    text
list:
- a b
-
when: one
  two
😀: &n !!str 5
none: {x: , y}
"""


@both_parsers
@pytest.mark.parametrize(
    ("path", "key", "value", "style", "text"),
    [
        (["schema"], "schema", "crm-rules/project/1", "plain", "crm-rules/project/1"),
        (["goals"], "goals", "- {id: g1, 'main': true", "block", ""),
        (["goals", 0], None, "{id: g1, 'main': true", "flow", ""),
        (["goals", 0, "id"], "id", "g1", "plain", "g1"),
        (["goals", 0, "main"], "'main'", "true", "plain", "true"),
        (["goals", 0, "tier"], "tier", '"strategic"', "quoted", '"strategic"'),
        (["goals", 1], None, "- ä€😀: x", "block", ""),
        (["goals", 1, 0], None, "ä€😀: x", "block", ""),
        (["goals", 1, 0, "ä€😀"], "ä€😀", "x", "plain", "x"),
        (["goals", 2], None, ">-", "block", ">-\n    folded\n    text"),
        (["list"], "list", "- a b", "block", ""),
        (["list", 0], None, "a b", "plain", "a b"),
        (["list", 1], None, "", "plain", ""),
        (["when"], "when", "one", "plain", "one\n  two"),
        (["😀"], "😀", "5", "plain", "5"),
        (["none"], "none", "{x: , y}", "flow", ""),
        (["none", "x"], "x", "", "plain", ""),
        (["none", "y"], "y", "", "plain", ""),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("before", ["", "\ufeff"])
def test_places_and_source_texts(
    path: list[str | int], key: str | None, value: str, style: str, text: str, parser: str, end: str, before: str
) -> None:
    source = before + PLACES.replace("\n", end)
    node = good_yaml(source, parser)
    entry = None
    for step in path:
        entry = node.value[step] if isinstance(step, str) else None
        node = entry.node if entry else node.value[step]
    assert at(source, node.span) == value
    assert (node.style, node.text) == (style, text.replace("\n", end))
    if entry is not None:
        assert key is not None
        assert at(source, entry.key_span) == key


@both_parsers
def test_the_line_of_every_value(parser: str) -> None:
    root = good_yaml(PLACES, parser)
    lines = {at(PLACES, n.span): n.span.line for n in nodes(root)}
    assert (lines["g1"], lines['"strategic"'], lines[">-"], lines["one"], lines["5"]) == (4, 5, 7, 13, 15)


# Texts nothing can be made of; then place and message of the error, what the caret is under, and the hint.
BROKEN: dict[str, tuple[str, str, str, str | None]] = {
    "tab before a key": ("a: 1\n\tb: 2", "2:1 this line is indented with a tab", "\t", "indent with spaces only"),
    "tab behind spaces": ("a:\n  \tb: 2", "2:3 this line is indented with a tab", "\t", "indent with spaces only"),
    "tab before a list": ("a:\n\t- b", "2:1 this line is indented with a tab", "\t", "indent with spaces only"),
    "tab behind a block header": ("a: |\t\n b", "1:5 a tab cannot stand here", "\t", "use spaces"),
    "key below text": (
        "a: b\n  c: d",
        "2:3 this key is indented as if it continued the text above",
        "c",
        "start the key in the same column as its neighbours; text with a colon and a space needs quotes",
    ),
    "second colon": (
        "title: CRM: the start",
        "1:11 a second colon on this line makes a key out of text",
        ":",
        "put the text in quotes",
    ),
    "no space behind the colon": (
        "a: 1\nb:2\nc: 3",
        "2:1 a space is missing after the colon",
        "b:2",
        "write 'key: value'",
    ),
    "no colon": (
        "a: 1\nschema\nb: 2",
        "2:1 this line has no key: a colon is missing",
        "schema",
        "write 'key: value', or indent the line if it continues the text above",
    ),
    "quote over lines of keys": (
        "a: 1\n'b: 2\nc: 'd'\n",
        "2:1 this quote is not closed on its line",
        "'b: 2",
        "end the text with the same quote",
    ),
    "apostrophe in quotes": (
        "n: 'it's'",
        "1:8 text follows behind the closing quote",
        "s",
        "write a quote inside quotes twice ('it''s'), or use the other kind of quotes around the text",
    ),
    "template without quotes": (
        "c: {p.name} spends",
        "1:13 text follows behind the closing }",
        "s",
        "text that starts with { needs quotes",
    ),
    "bracket without quotes": (
        "c: [x] spends",
        "1:8 text follows behind the closing ]",
        "s",
        "text that starts with [ needs quotes",
    ),
    "unclosed brace": ("a: {b: 1", "1:4 this { is never closed", "{", "end it with }"),
    "unclosed bracket": ("a:\n  [1,\n 2\n", "2:3 this [ is never closed", "[", "end it with ]"),
    "brace open over lines": (
        "a: {b: 1, c: 2\nd: 3\n",
        "2:2 expected a comma or }, found a colon",
        ":",
        "is the { on line 1 closed?",
    ),
    "text with a colon in braces": (
        "a: {b: c: d}",
        "1:9 expected a comma or }, found a colon",
        ":",
        "inside { text with a comma, a bracket or a colon and a space needs quotes",
    ),
    "wrong bracket": (
        "a: [b}",
        "1:6 expected a comma or ], found '}'",
        "}",
        "inside [ text with a comma, a bracket or a colon and a space needs quotes",
    ),
    "at sign": ("a: @x", "1:4 a value cannot start with '@'", "@", "text that starts with @ needs quotes"),
    "percent": ("a: %x", "1:4 a value cannot start with '%'", "%", "text that starts with % needs quotes"),
    "star": (
        "a: **x**",
        "1:4 * must be followed by the name of an anchor",
        "*",
        "text that starts with * needs quotes",
    ),
    "ampersand": ("a: & x", "1:4 & must be followed by a name", "&", "text that starts with & needs quotes"),
    "unclosed quote": (
        "a: 1\nb: 'x\nc: 1",
        "2:4 this quote is never closed",
        "'",
        "end the text with the same quote",
    ),
    "quote over documents": (
        'a: "x\n---\n',
        "1:4 this quote is not closed before the line '---' or '...'",
        '"',
        "end the text with the same quote",
    ),
    "backslash": (
        'a: "C:\\path"',
        "1:8 \\p means nothing inside double quotes",
        "p",
        "use single quotes for text with backslashes, or write \\\\",
    ),
    "short escape": (
        'a: "\\u12"',
        "1:7 an escape inside double quotes is too short",
        "1",
        "write \\xNN, \\uNNNN or \\UNNNNNNNN with hexadecimal digits",
    ),
    "escape too large": (
        'a: "\\U00110000"',
        "1:7 this escape names no character",
        "0",
        "the last one is \\U0010FFFF",
    ),
    "escape far too large": (
        'a: "\\UFFFFFFFF"',
        "1:7 this escape names no character",
        "F",
        "the last one is \\U0010FFFF",
    ),
    "list behind its key": (
        "a: - b",
        "1:4 a list entry (-) cannot stand here",
        "-",
        "start the list on the line below its key, or write it as [a, b]",
    ),
    "question mark": ("a: ? b", "1:4 a key cannot stand here", "?", "start it on a line of its own"),
    "text that starts with a bar": (
        "a: |foo\n  x",
        "1:5 only +, - or a digit can follow | or > here, found 'f'",
        "f",
        "start the text on the next line; text that starts with | or > needs quotes",
    ),
    "text behind a bar": (
        "a: > 5 days\n",
        "1:6 nothing can follow | or > on its line, found '5'",
        "5",
        "start the text on the next line; text that starts with | or > needs quotes",
    ),
    "indentation of zero": (
        "a: |0\n x",
        "1:5 an indentation of 0 cannot follow | or >",
        "0",
        "leave the number out",
    ),
    "key below a list": (
        "- a\nb: 1",
        "2:1 a key does not fit in here",
        "b",
        "the part that starts on line 1 is a list; start the line with '- '",
    ),
    "list entry below keys": (
        "b: 1\n- a",
        "2:1 a list entry (-) does not fit in here",
        "-",
        "the part that starts on line 1 has keys; indent the list below one of them",
    ),
    "wrong column": (
        "when:\n  - each: x\n    in: y\n   # comment\n\n   where: z\n",
        "6:4 a key does not fit in here",
        "w",
        "it starts in column 4; what it can belong to starts in column 3 or 5",
    ),
    "key without name": ("a: 1\n: 2", "2:1 a key is missing before this colon", ":", None),
    "text behind an alias": (
        "a: &x 1\nb: *x is important",
        "2:7 text cannot follow here",
        "i",
        "put the text in quotes",
    ),
    "braces without a key": ("a: {: 1}", "1:5 a key is missing before this colon", ":", None),
    "content behind the content": (
        "{a: 1}\nb: 2",
        "2:1 a key stands behind the end of the content",
        "b",
        "the first value of a file is its whole content; entries of one mapping start in the same column",
    ),
    "closing bracket": ("a: ]", "1:4 a value is missing here, found ']'", "]", "put the text in quotes"),
    "incomplete tag": ("a: !<x y", "1:4 this tag is not complete", "!", "text that starts with ! needs quotes"),
    "tag with an unknown prefix": (
        "a: !e!x 1",
        "1:4 this tag is not known",
        "!",
        "text that starts with ! needs quotes",
    ),
    "unknown version": (
        "%YAML 2.0\n---\na",
        "1:1 this version of YAML is not known",
        "%",
        "leave out the line with %YAML",
    ),
    "two versions": (
        "%YAML 1.2\n%YAML 1.2\n---\na",
        "2:1 the YAML version is stated twice",
        "%",
        "keep one of the lines that start with %",
    ),
    "two tag prefixes": (
        "%TAG ! x\n%TAG ! y\n---\na",
        "2:1 this tag prefix is declared twice",
        "%",
        "keep one of the lines that start with %",
    ),
    "broken directive": (
        "%YAML x\n---\na",
        "1:1 this is not a directive YAML knows",
        "%",
        "text that starts with % needs quotes",
    ),
    "control character": (
        "x: a\x07b",
        "1:5 the control character U+0007 is not allowed in YAML",
        "\x07",
        "remove it, or write it as an escape inside double quotes",
    ),
    "half a character": (
        "x: \ud83d",
        "1:4 the control character U+D83D is not allowed in YAML",
        "\ud83d",
        "remove it, or write it as an escape inside double quotes",
    ),
    "unclosed quote in a long line": (
        "a: '" + "x" * 500,
        "1:4 this quote is never closed",
        "'",
        "end the text with the same quote",
    ),
}


@both_parsers
@pytest.mark.parametrize("case", BROKEN)
def test_broken_texts(case: str, parser: str) -> None:
    text, expected, marked, hint = BROKEN[case]
    node, problems = read_yaml(text, parser=parser)
    assert node is None
    assert [p.severity for p in problems] == ["error"]
    assert_problem(text, problems[0], expected, marked, hint)


def test_every_wording_is_shown_by_a_broken_text() -> None:
    shown = [render(p) for text, *_ in BROKEN.values() for p in read_yaml(text)[1]]
    for wording in yaml_messages._WORDINGS:
        pattern = re.sub(r"\\\{(found|mark)\\\}", ".+", re.escape(wording.message))
        assert any(re.search(pattern, problem) for problem in shown), wording


def test_a_wording_of_an_unknown_parser_is_passed_on() -> None:
    problem = yaml_messages.explain(SourceText("f", "a"), "found a novelty", Span("f", 1, 1, 1), "while reading", None)
    assert said(problem) == "1:1 this is not YAML: while reading, found a novelty"


# Texts with problems that leave something to read: place and message of each, and what is left.
FAULTY: dict[str, tuple[str, list[str], Any]] = {
    "key twice": (
        "a: 1\nb: 2\na: {c: 3}\n",
        ["3:1 key 'a' appears twice, on lines 1 and 3"],
        {"a": 1, "b": 2},
    ),
    "key thrice": (
        "{a: 1, a: 2, 'a': 3}",
        ["1:8 key 'a' appears twice, on line 1", "1:14 key 'a' appears twice, on line 1"],
        {"a": 1},
    ),
    "number and text as one key": ("1: a\n'1': b\n", ["2:1 key '1' appears twice, on lines 1 and 2"], {"1": "a"}),
    "keys twice at two depths": (
        "a: {b: 1, b: 2}\na: {b: 1, b: 2}",
        [
            "1:11 key 'b' appears twice, on line 1",
            "2:1 key 'a' appears twice, on lines 1 and 2",
            "2:11 key 'b' appears twice, on line 2",
        ],
        {"a": {"b": 1}},
    ),
    "list as key": ("[a, b]: 1\nc: 2\n", ["1:1 a key must be text, found a list"], {"c": 2}),
    "mapping as key": (
        "{a}: 1\n? b: 1\n: 2\nc: 3",
        ["1:1 a key must be text, found a mapping", "2:3 a key must be text, found a mapping"],
        {"c": 3},
    ),
    "template as key": ("when: {{name}: 1}", ["1:8 a key must be text, found a mapping"], {"when": {}}),
    "typed key": ("!!int 1: a\nb: 2", ["1:7 a key must be text, found a value with a tag"], {"b": 2}),
    "list behind an alias as key": ("a: &x [1]\n*x : 2\n", ["2:1 a key must be text, found a list"], {"a": [1]}),
    "empty key": ("{? : 1, b: 2}", ["1:3 a key is missing here"], {"b": 2}),
    "unknown tag": ("a: !secret b\nc: 1", ["1:4 the tag !secret is not supported"], {"a": "b", "c": 1}),
    "unknown core tag": ("a: !!binary b", ["1:4 the tag !!binary is not supported"], {"a": "b"}),
    "unknown tag behind an anchor": ("a: &x !y b", ["1:7 the tag !y is not supported"], {"a": "b"}),
    "unknown tag of a mapping": ("a: !x\n  b: 1", ["1:4 the tag !x is not supported"], {"a": {"b": 1}}),
    "unknown tag of a list": ("!!set [1]", ["1:1 the tag !!set is not supported"], [1]),
    "text tag of a list": ("!!str [1]", ["1:1 the tag !!str is not supported"], [1]),
    "unknown tag of a key": ("!x a: 1", ["1:1 the tag !x is not supported"], {"a": 1}),
    "no whole number": ("!!int 1.5", ["1:7 expected a whole number after !!int, found '1.5'"], "1.5"),
    "no number": ("!!float x", ["1:9 expected a number after !!float, found 'x'"], "x"),
    "no truth value": ("!!bool yes", ["1:8 expected true or false after !!bool, found 'yes'"], "yes"),
    "null as truth value": ("!!bool ~", ["1:8 expected true or false after !!bool, found '~'"], "~"),
    "truth value as null": ("!!null true", ["1:8 expected nothing, ~ or null after !!null, found 'true'"], "true"),
    "second document": (
        "---\na: 1\n---\nb: 2\n",
        ["3:1 a second document starts here, where one per file is expected"],
        {"a": 1},
    ),
    "unknown alias": (
        "a: *b\nc: [*d, 1]",
        ["1:4 nothing above is named &b", "2:5 nothing above is named &d"],
        {"c": [1]},
    ),
    "alias before its anchor": ("[*x, &x 1]", ["1:2 nothing above is named &x"], [1]),
    "unknown alias as key": ("*a : 1\nb: 2", ["1:1 nothing above is named &a"], {"b": 2}),
    "alias inside itself": (
        "a: &x {b: [*x], c: 1}",
        ["1:12 *x contains itself: it stands inside the value of that name"],
        {"a": {"b": [], "c": 1}},
    ),
    "half a surrogate pair": (
        '"\\ud83d!"',
        ["1:1 half of a surrogate pair (\\uD800 to \\uDFFF) is not a character"],
        "\ufffd!",
    ),
    "surrogates the wrong way round": (
        '"\\ude00\\ud83d"',
        ["1:1 half of a surrogate pair (\\uD800 to \\uDFFF) is not a character"],
        "\ufffd\ufffd",
    ),
    "long number": (
        "a: 1" + "0" * 640,
        ["1:4 a number of 641 digits, more than 640 (limit max_digits)"],
        {"a": "1" + "0" * 640},
    ),
    "long number with a tag": (
        "!!float 1." + "0" * 640,
        ["1:9 a number of 642 digits, more than 640 (limit max_digits)"],
        "1." + "0" * 640,
    ),
    "long hexadecimal number": (
        "0x" + "f" * 700,
        ["1:1 a number of 702 digits, more than 640 (limit max_digits)"],
        "0x" + "f" * 700,
    ),
    "long octal number": (
        "0o" + "7" * 700,
        ["1:1 a number of 702 digits, more than 640 (limit max_digits)"],
        "0o" + "7" * 700,
    ),
}


@both_parsers
@pytest.mark.parametrize("case", FAULTY)
def test_faulty_texts_are_read_to_the_end(case: str, parser: str) -> None:
    text, expected, left = FAULTY[case]
    node, problems = read_yaml(text, parser=parser)
    assert [said(p) for p in problems] == expected
    assert {p.severity for p in problems} == {"error"}
    assert node is not None
    assert plain(node) == left


def test_a_key_that_appears_twice_is_shown_with_its_line() -> None:
    _, problems = read_yaml("a: 1\nb: {x: 1}\na: 2\n")
    assert render(problems[0]) == (
        "f.yaml:3:1: key 'a' appears twice, on lines 1 and 3\n    3 | a: 2\n      | ^ keep one of the two"
    )


def test_an_alias_with_a_similar_anchor_is_hinted_at() -> None:
    assert read_yaml("a: &person 1\nb: *persn")[1][0].hint == "did you mean 'person'?"
    assert read_yaml("b: *important")[1][0].hint == "text that starts with * needs quotes"


def test_long_names_are_shortened_in_messages() -> None:
    name = "x" * 1_000
    for text in (f"? {name}\n: 1\n? {name}\n: 2", f"!{name} 1", f"*{name}", f"&{name} [*{name}]", f"!!int {name}"):
        (problem,) = read_yaml(text)[1]
        assert len(problem.message) < 140


@both_parsers
@pytest.mark.parametrize(
    "text", ["", " \n\n", "# only\n  # comments", "---\n", "---\n...\n", "\ufeff", "\ufeff# x\r\n", "%YAML 1.2\n---"]
)
def test_a_text_without_content_is_empty(text: str, parser: str) -> None:
    node, problems = read_yaml(text, parser=parser)
    assert node is None
    assert [render(p) for p in problems] == [
        "f.yaml: the file is empty\n  it has no content besides blank lines and comments"
    ]


@both_parsers
@pytest.mark.parametrize(("text", "value"), [("null", None), ("''", ""), ("~", None), ("!!str", ""), ("{}", {})])
def test_a_text_that_says_nothing_is_not_empty(text: str, value: Any, parser: str) -> None:
    assert plain(good_yaml(text, parser)) == value


def nested(depth: int) -> dict[str, str]:
    """Texts that are nested `depth` levels deep."""
    return {
        "lists": "[" * depth + "]" * depth,
        "mappings": "{a: " * depth + "}" * depth,
        "dashes": "- " * depth + "x",
        "lines": "\n".join("  " * i + "a:" for i in range(depth)),
        "keys": "[" + "{? " * (depth - 1) + "}" * (depth - 1) + "]",
        "aliases": "[&x " + "[" * (depth - 2) + "]" * (depth - 2) + ", [*x]]",
    }


@both_parsers
@pytest.mark.parametrize("shape", nested(3))
def test_the_depth_limit_is_named_and_exact(shape: str, parser: str) -> None:
    deep = nested(10)[shape]
    assert all("limit" not in p.message for p in read_yaml(deep, Limits(max_depth=10), parser)[1])
    node, problems = read_yaml(deep, Limits(max_depth=9), parser)
    assert node is None
    assert problems[-1].message == "values are nested more than 9 levels deep (limit max_depth)"
    assert problems[-1].span is not None
    assert problems[-1].span.line >= 1


@both_parsers
@pytest.mark.parametrize("unit", ["[", "{a: ", "- ", "? ", "[{"])
def test_very_deep_nesting_is_stopped_by_the_limit(unit: str, parser: str) -> None:
    node, problems = read_yaml(unit * 20_000, parser=parser)
    assert node is None
    assert [p.message for p in problems] == ["values are nested more than 64 levels deep (limit max_depth)"]


@both_parsers
def test_deep_nesting_within_a_generous_limit_does_not_exhaust_the_stack(parser: str) -> None:
    text = "[" * 900 + "]" * 900
    node, problems = read_yaml(text, Limits(max_depth=900), parser)
    assert problems == []
    assert node is not None
    assert str(plain(node)) == text


@both_parsers
def test_aliases_that_explode_are_stopped_by_the_limit(parser: str) -> None:
    lines = ["a0: &a0 lol"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 20)]
    node, problems = read_yaml("\n".join(lines), parser=parser)
    assert node is None
    assert [said(p) for p in problems] == ["7:25 more than 500,000 values after expanding aliases (limit max_nodes)"]


@both_parsers
@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("[1, 2, 3]", 4),
        ("{a: 1, b: {c: 2}}", 4),
        ("[&x [1, 2], *x, *x]", 10),
        ("{a: &x 1, *x : *x}", 3),
        ("{a: 1, a: [2]}", 4),
    ],
)
def test_the_limit_of_values_is_exact(text: str, values: int, parser: str) -> None:
    assert not [p for p in read_yaml(text, Limits(max_nodes=values), parser)[1] if "limit" in p.message]
    node, problems = read_yaml(text, Limits(max_nodes=values - 1), parser)
    assert node is None
    assert problems[-1].message == f"more than {values - 1} values after expanding aliases (limit max_nodes)"


@both_parsers
def test_the_limit_of_aliases_is_exact(parser: str) -> None:
    text = "[&x 1, *x, *x, *x]"
    assert read_yaml(text, Limits(max_aliases=3), parser)[1] == []
    node, problems = read_yaml(text, Limits(max_aliases=2), parser)
    assert node is None
    assert [said(p) for p in problems] == ["1:16 more than 2 aliases (limit max_aliases)"]


@both_parsers
def test_problems_before_a_limit_are_kept(parser: str) -> None:
    _, problems = read_yaml("a: 1\na: 2\nb: [1, 2, 3]", Limits(max_nodes=5), parser)
    assert [said(p) for p in problems] == [
        "2:1 key 'a' appears twice, on lines 1 and 2",
        "3:8 more than 5 values after expanding aliases (limit max_nodes)",
    ]


@both_parsers
def test_a_syntax_error_is_said_alone(parser: str) -> None:
    node, problems = read_yaml("a: 1\na: 2\nb: [1, 2", parser=parser)
    assert node is None
    assert [said(p) for p in problems] == ["3:4 this [ is never closed"]


def test_problems_of_the_caller_are_kept() -> None:
    source = SourceText("f.yaml", "a: [")
    earlier = source.problem("earlier")
    problems = [earlier]
    assert yaml_text.parse_yaml(source, problems) is None
    assert problems[0] is earlier
    assert len(problems) == 2


@pytest.mark.skipif(not HAS_LIBYAML, reason="PyYAML was built without libyaml")
def test_libyaml_is_used_where_it_is_installed() -> None:
    assert yaml_text._c_parser() is not None


FRAGMENTS = [
    *("\t", " ", "\n", "  ", "- ", ": ", "? ", "?", ":", ",", "[", "]", "{", "}", '"', "'", "|\n", ">-\n", "#", " #"),
    *("&a ", "*a", "!!str ", "!", "%", "@", "---", "...", "\\", "a", "1", "é", "😀", "\r\n", "\r", "\n\n", "\u2028"),
    *(
        "\ufeff",
        "{}",
        "[]",
        '"a": ',
        "k:",
        "\n  ",
        "~",
        "!!str,",
        "&a,",
        "*a:",
        "-\n",
        "?\n",
        ":\n",
        "-\t",
        "?\t",
        ":\t",
    ),
]
SPECIMEN = """\
# comment
goals:
  - {id: g1, name: 'it''s', main: true, q: What share?, t: "a\\n\\u00e4 b"}
team:
- id: &a ann
  roles: [client_pm, "b c", *a]
  note: >-
    folded text

      more
  lit: |+
    one

x: foo bar
  baz ? q
y: !!str 12
? k
: v
é: ü 😀 x
"""


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """A few lines of a good text, damaged; or odd pieces in a row."""
    if draw(st.booleans()):
        return "".join(draw(st.lists(st.sampled_from(FRAGMENTS), max_size=12)))
    lines = SPECIMEN.splitlines(keepends=True)
    start = draw(st.integers(0, len(lines) - 1))
    text = "".join(lines[start : start + draw(st.integers(1, 8))])
    for _ in range(draw(st.integers(0, 4))):
        cut = draw(st.integers(0, len(text)))
        text = text[:cut] + draw(st.sampled_from(["", *FRAGMENTS])) + text[cut + draw(st.integers(0, 3)) :]
    return text


@pytest.mark.skipif(not HAS_LIBYAML, reason="PyYAML was built without libyaml")
@given(damaged())
def test_both_parsers_give_the_same_answer(text: str) -> None:
    assert read_yaml(text, parser="libyaml") == read_yaml(text, parser="python")


@given(damaged())
def test_whatever_is_written_ends_in_a_tree_or_in_an_error_with_a_place(text: str) -> None:
    node, problems = read_yaml(text)
    assert node is not None or problems
    for problem in problems:
        assert problem.span is not None
        if problem.span.line:
            assert problem.source is not None
            assert 1 <= problem.span.column <= len(problem.source) + 1
        assert not problem.message.startswith("this is not YAML:")
    for found in nodes(node) if node else ():
        start = SourceText("f", text).line_starts[found.span.line - 1] + found.span.column - 1
        assert text.lstrip("\ufeff")[start:].startswith(found.text)
