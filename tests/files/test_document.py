"""Which format a document is read as, and that it makes no difference to what is read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_rules.diagnostics import Diagnostic
from crm_rules.files.document import parse_document
from crm_rules.files.nodes import Node, plain
from crm_rules.files.text import Limits, SourceText
from tests.files.reading_helpers import PARSERS, at, good_json, good_yaml, nodes


@pytest.mark.parametrize(
    ("file", "is_json"),
    [
        ("project.json", True),
        ("PROJECT.JSON", True),
        ("project.yaml", False),
        ("project.yml", False),
        ("json", False),
        ("project.json.txt", False),
        ("<text>", False),
    ],
)
def test_the_name_of_the_file_decides(file: str, is_json: bool) -> None:
    problems: list[Diagnostic] = []
    node = parse_document(SourceText(file, "a: 1"), problems)
    assert (node is None) is is_json
    assert bool(problems) is is_json
    assert all(p.span is not None and p.span.file == file for p in problems)


@pytest.mark.parametrize("file", ["f.json", "f.yaml"])
def test_limits_reach_both_formats(file: str) -> None:
    problems: list[Diagnostic] = []
    assert parse_document(SourceText(file, "[[]]"), problems, Limits(max_depth=1)) is None
    assert [p.message for p in problems] == ["values are nested more than 1 levels deep (limit max_depth)"]


# Characters YAML allows unescaped; JSON would allow more.
PRINTABLE = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=-(10**600), max_value=10**600)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(["no", "1", "null", "2026-03-02", "a: b", "#", "- x", "'", '"', "\\", "\t", "\n\n", " "])
)
DATA = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)
PLAIN_DATA = st.recursive(
    st.none() | st.integers() | st.text(PRINTABLE, max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(PRINTABLE, max_size=8), inner, max_size=4),
    max_leaves=20,
)
INDENTS = st.sampled_from([None, 0, 2, "\t"])


def check(text: str, data: Any) -> None:
    """The text is read as `data` by every parser, and every place shows what was read there."""
    trees = [good_json(text), *(good_yaml(text, parser) for parser in PARSERS)]
    for tree in trees:
        # The text tells 1 from 1.0 and from true, and the order of keys, which a comparison does not.
        assert json.dumps(plain(tree)) == json.dumps(data)
    for found in zip(*map(nodes, trees), strict=True):
        as_json = found[0]
        for node in found:
            assert_shows(text, node)
            assert (node.span.line, node.span.column, node.text) == (
                as_json.span.line,
                as_json.span.column,
                as_json.text,
            )


def assert_shows(text: str, node: Node) -> None:
    shown = at(text, node.span)
    if node.kind == "scalar":
        assert shown == node.text
        assert json.loads(shown) == node.value
    else:
        assert shown.startswith("{" if node.kind == "mapping" else "[")
        if shown.endswith(("}", "]")) and "\n" not in text:
            assert json.loads(shown) == plain(node)
    if node.kind == "mapping":
        for entry in node.value.values():
            assert json.loads(at(text, entry.key_span)) == entry.key


@given(DATA, INDENTS)
def test_what_is_written_as_json_is_read_back_as_json_and_as_yaml(data: Any, indent: int | str | None) -> None:
    check(json.dumps(data, indent=indent), data)


@given(PLAIN_DATA, INDENTS)
def test_unescaped_characters_are_read_back_at_their_columns(data: Any, indent: int | str | None) -> None:
    check(json.dumps(data, indent=indent, ensure_ascii=False), data)


@given(PLAIN_DATA)
def test_compact_json_is_yaml(data: Any) -> None:
    check(json.dumps(data, separators=(",", ":"), ensure_ascii=False), data)


def test_every_character_of_unicode_keeps_its_column() -> None:
    characters = [chr(c) for c in (0x85, 0xA0, 0x2028, 0x2029, 0xFEFF, 0xE000, 0xFFFD, 0x10000, 0x10FFFF)]
    check(json.dumps(characters, ensure_ascii=False), characters)
    check(json.dumps("".join(characters)), "".join(characters))


def test_a_project_of_a_thousand_lines_is_read_alike_from_both_formats() -> None:
    tasks = [
        {"id": f"t{i}", "name": f"Task {i}", "duration": i, "after": [f"t{i - 1}", "x SS+3d"], "critical": i % 2 == 0}
        for i in range(100)
    ]
    text = json.dumps({"schema": "crm-rules/project/1", "tasks": tasks}, indent=1)
    lines = ["schema: crm-rules/project/1", "tasks:"]
    for task in tasks:
        lines += [f"- id: {task['id']}", f"  name: {task['name']}", f"  duration: {task['duration']}", "  after:"]
        lines += [f"  - {link}" for link in task["after"]]  # type: ignore[attr-defined]
        lines += [f"  critical: {str(task['critical']).lower()}"]
    assert text.count("\n") > 1_000
    for parser in PARSERS:
        assert plain(good_yaml("\n".join(lines), parser)) == plain(good_json(text))
