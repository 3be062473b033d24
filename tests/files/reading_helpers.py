"""Reading texts in tests: both YAML parsers and JSON, and what stands at a place."""

from __future__ import annotations

from collections.abc import Iterator
from unittest import mock

import yaml

from crm_rules.diagnostics import Diagnostic, Span
from crm_rules.files import yaml_text
from crm_rules.files.json_text import parse_json
from crm_rules.files.nodes import Node
from crm_rules.files.text import Limits, SourceText
from crm_rules.files.yaml_text import parse_yaml

HAS_LIBYAML: bool = yaml.__with_libyaml__
PARSERS = ("libyaml", "python") if HAS_LIBYAML else ("python",)


def read_yaml(
    text: str, limits: Limits | None = None, parser: str = PARSERS[0]
) -> tuple[Node | None, list[Diagnostic]]:
    """The tree of a YAML text and what was said about it."""
    problems: list[Diagnostic] = []
    source = SourceText("f.yaml", text)
    if parser == "libyaml":
        return parse_yaml(source, problems, limits or Limits()), problems
    with mock.patch.object(yaml_text, "_c_parser", return_value=None):
        return parse_yaml(source, problems, limits or Limits()), problems


def read_json(text: str, limits: Limits | None = None) -> tuple[Node | None, list[Diagnostic]]:
    """The tree of a JSON text and what was said about it."""
    problems: list[Diagnostic] = []
    return parse_json(SourceText("f.json", text), problems, limits or Limits()), problems


def good_yaml(text: str, parser: str = PARSERS[0]) -> Node:
    """The tree of a YAML text without problems."""
    node, problems = read_yaml(text, parser=parser)
    assert problems == []
    assert node is not None
    return node


def good_json(text: str) -> Node:
    """The tree of a JSON text without problems."""
    node, problems = read_json(text)
    assert problems == []
    assert node is not None
    return node


def at(text: str, span: Span) -> str:
    """The characters of `text` a span covers."""
    line = SourceText(span.file, text).line(span.line)
    assert line is not None
    assert 0 <= span.column - 1 <= span.column - 1 + span.length <= len(line)
    return line[span.column - 1 : span.column - 1 + span.length]


def nodes(node: Node) -> Iterator[Node]:
    """A node and everything in it."""
    yield node
    if node.kind == "mapping":
        for entry in node.value.values():
            yield from nodes(entry.node)
    elif node.kind == "sequence":
        for item in node.value:
            yield from nodes(item)


def said(problem: Diagnostic) -> str:
    """Place and message in one line, as a reader would look them up."""
    assert problem.span is not None
    return f"{problem.span.line}:{problem.span.column} {problem.message}"


def assert_problem(text: str, problem: Diagnostic, expected: str, marked: str, hint: str | None) -> None:
    """The problem of a text has this place and message, a caret under `marked`, and this hint."""
    assert problem.span is not None
    assert (said(problem), at(text, problem.span), problem.hint) == (expected, marked, hint)
    line = SourceText("f", text).line(problem.span.line)
    assert line is not None
    if len(line) <= 400:
        assert problem.source is not None
        assert len(problem.source) == len(line)
