"""From a value back to its place, also inside a scalar."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crm_rules.diagnostics import Span
from crm_rules.files.alignment import value_positions
from crm_rules.files.nodes import Node, key_place, place, plain, scalar_offset
from crm_rules.files.text import SourceText
from tests.files.reading_helpers import PARSERS, at, good_json, good_yaml, nodes

TEXT = """\
team:
  - id: ann
    roles: [client_pm, sponsor]
  - {id: bob, load: 0.5}
empty:
"""


def test_plain_data_keeps_the_order_of_the_file() -> None:
    data = plain(good_yaml(TEXT))
    assert data == {
        "team": [{"id": "ann", "roles": ["client_pm", "sponsor"]}, {"id": "bob", "load": 0.5}],
        "empty": None,
    }
    assert list(data) == ["team", "empty"]
    assert list(plain(good_yaml("{z: 1, a: {c: 1, b: 2}, m: 3}"))) == ["z", "a", "m"]


def test_plain_data_of_a_deep_tree_needs_no_recursion() -> None:
    node = Node("scalar", 1, Span("f"), "plain", "1")
    for _ in range(5_000):
        node = Node("sequence", [node], Span("f"), "flow")
    data = plain(node)
    depth = 0
    while isinstance(data, list):
        data, depth = data[0], depth + 1
    assert (data, depth) == (1, 5_000)


@pytest.mark.parametrize(
    ("path", "value_at", "key_at"),
    [
        ((), "1:1", "1:1"),
        (("team",), "2:3", "1:1"),
        (("team", 0), "2:5", "2:5"),
        (("team", 0, "id"), "2:9", "2:5"),
        (("team", 0, "roles", 1), "3:24", "3:24"),
        (("team", 1, "load"), "4:21", "4:15"),
        (("empty",), "5:7", "5:1"),
        # Beyond what exists: the deepest value on the way.
        (("team", 0, "load"), "2:5", "2:5"),
        (("team", 2), "2:3", "2:3"),
        (("team", -1), "2:3", "2:3"),
        (("team", "id"), "2:3", "2:3"),
        (("team", 0, "id", "x"), "2:9", "2:9"),
        (("nothing", 3, "x"), "1:1", "1:1"),
        ((0,), "1:1", "1:1"),
    ],
)
def test_places_along_a_path(path: tuple[str | int, ...], value_at: str, key_at: str) -> None:
    root = good_yaml(TEXT)
    assert str(place(root, path)) == f"f.yaml:{value_at}"
    assert str(key_place(root, path)) == f"f.yaml:{key_at}"


# A text whose value under `v` contains HERE once; the caret has to stand below it.
SCALARS = {
    "plain": "v: person.load > HERE and x",
    "plain at the end": "v: x HERE",
    "plain behind a multi-byte character": "v: ä€😀 HERE",
    "plain over lines": "v: person.load > 1\n  and HERE\n  or x",
    "plain over lines with blank ones": "v: a\n\n\n   b\n\n   c HERE d",
    "plain over lines ended by CR LF": "v: a\r\n  b\r\n\r\n  HERE c\r\n",
    "plain with blanks before the line end": "v: a   \n  b HERE",
    "plain with tabs inside": "v: a\tb\t\tHERE",
    "in a flow mapping": "v: {w: x, v: a HERE b, y: z}",
    "in a flow mapping over lines": "v: {w: x, v: a\n  HERE b, y: z}",
    "in a flow sequence": "v: [a b, c HERE]",
    "behind an anchor and a tag": "v: &name !!str x HERE",
    "behind an anchor on a line of its own": "v: &name\n  x HERE",
    "single quotes": "v: 'a HERE b'",
    "single quotes with a quote": "v: 'it''s ''not'' HERE'",
    "single quotes over lines": "v: 'a\n\n  b\n  c'' HERE'",
    "double quotes": 'v: "a HERE b"',
    "double quotes with escapes": 'v: "a\\tb\\u00e4\\x41\\U0001F600\\\\ \\"HERE"',
    "double quotes with surrogate pairs": 'v: "\\ud83d\\ude00\\ud83d\\ude00 HERE"',
    "double quotes over lines": 'v: "a\n\n  b\n  c HERE"',
    "double quotes with an escaped line end": 'v: "a  \\\n    b \\\n\n   HERE"',
    "double quotes with blanks at the edges": 'v: " a \\ \n  HERE "',
    "folded": "v: >\n  a b\n  c HERE d\n  e\n",
    "folded, stripped": "v: >-\n  a b\n\n  c\n  HERE d\n",
    "folded, kept": "v: >+\n  a\n  HERE\n\n\nw: 1",
    "folded with more indented lines": "v: >\n  a\n    b\n\n    c\n  d\n  HERE e\n",
    "folded with leading blank lines": "v: >\n\n\n  a\n  HERE\n",
    "folded with blanks before the line end": "v: >\n  a  \n  b HERE  \n",
    "folded with an indentation indicator": "v: >2\n    a\n  b\n  HERE\n",
    "folded with a comment in its header": "v: > # why\n  a\n  HERE\n",
    "folded at the end of the file": "v: >\n  a\n  HERE",
    "literal": "v: |\n  a b\n  c HERE d\n",
    "literal with blank lines": "v: |\n  a\n\n    \n     b\n  HERE\n",
    "literal with an indentation indicator": "v: |1-\n   a\n  HERE\n",
    "literal in a sequence": "v:\n- |\n a\n HERE\n",
    "literal ended by CR LF": "v: |\r\n  a\r\n  HERE\r\n",
    "alone in the file": "a\n HERE",
}


@pytest.mark.parametrize("case", SCALARS)
@pytest.mark.parametrize("parser", PARSERS)
def test_an_offset_leads_to_its_characters(case: str, parser: str) -> None:
    text = SCALARS[case]
    node = next(
        n
        for n in nodes(good_yaml(text, parser))
        if n.kind == "scalar" and isinstance(n.value, str) and "HERE" in n.value
    )
    offset = node.value.index("HERE")
    span = scalar_offset(node, offset, 4)
    assert span == SourceText("f.yaml", text).span(text.index("HERE"), 4)
    assert scalar_offset(node, offset) == Span(span.file, span.line, span.column, 1)


def test_json_strings_are_aligned_too() -> None:
    text = '{"v": "\\"\\u00e4\\/\\ud83d\\ude00\\n HERE"}'
    node = good_json(text).value["v"].node
    assert at(text, scalar_offset(node, node.value.index("HERE"), 4)) == "HERE"


def test_an_escape_is_covered_whole_when_text_follows() -> None:
    text = 'v: "a\\u00e4b"'
    node = good_yaml(text).value["v"].node
    assert scalar_offset(node, 1) == Span("f.yaml", 1, 6, 1)
    assert at(text, scalar_offset(node, 0, 3)) == "a\\u00e4b"


def test_what_runs_over_lines_is_cut_at_the_end_of_its_first_line() -> None:
    text = "v: one two\n  three"
    node = good_yaml(text).value["v"].node
    assert at(text, scalar_offset(node, node.value.index("two"), 9)) == "two"


def test_offsets_outside_the_value_are_at_its_ends() -> None:
    node = good_yaml("v: abc").value["v"].node
    assert scalar_offset(node, -5) == Span("f.yaml", 1, 4, 1)
    assert scalar_offset(node, 3) == Span("f.yaml", 1, 7, 1)
    assert scalar_offset(node, 99, 4) == Span("f.yaml", 1, 7, 1)


def test_numbers_are_aligned_with_their_text() -> None:
    node = good_yaml("v: 12.50").value["v"].node
    assert scalar_offset(node, 3, 2) == Span("f.yaml", 1, 7, 2)


def test_without_an_alignment_the_place_is_the_node() -> None:
    root = good_yaml("v: abc")
    scalar = root.value["v"].node
    assert scalar_offset(root, 2) == root.span
    changed = Node("scalar", "something else", scalar.span, "plain", scalar.text)
    assert scalar_offset(changed, 5) == scalar.span
    empty = good_yaml("v: >-\n").value["v"].node
    assert scalar_offset(empty, 0) == empty.span


@pytest.mark.parametrize("text", ['"\\q"', '"\\U00110000"', '"\\u12"', "|\n a\n b", "'a'"])
def test_text_that_does_not_mean_the_value_is_not_aligned(text: str) -> None:
    assert value_positions(text, "other") is None


WORDS = st.lists(st.from_regex(r"[a-zä😀][a-z.]{0,6}", fullmatch=True), min_size=1, max_size=12, unique=True)


@st.composite
def wrapped(draw: st.DrawFn) -> tuple[str, list[str]]:
    """Distinct words written as one scalar over lines of any style."""
    words = draw(WORDS)
    assume(not {"null", "true", "false"} & set(words))
    header, indent = draw(st.sampled_from([("", "  "), (">\n  ", "  "), ("|\n   ", "   "), ("'", " "), ('"', " ")]))
    end = draw(st.sampled_from(["\n", "\r\n"]))
    text = words[0]
    for word in words[1:]:
        text += draw(st.sampled_from([" ", "  ", "\t", "\n", "\n\n"])).replace("\n", end + indent) + word
    closing = header if header in ("'", '"') else ""
    return "key: " + header.replace("\n", end) + text + closing + end, words


@given(wrapped(), st.sampled_from(PARSERS))
def test_every_word_of_a_wrapped_scalar_is_found(case: tuple[str, list[str]], parser: str) -> None:
    text, words = case
    node = good_yaml(text, parser).value["key"].node
    for word in words:
        offset = next(m.start() for m in re.finditer(r"\S+", node.value) if m.group() == word)
        assert at(text, scalar_offset(node, offset, len(word))) == word
