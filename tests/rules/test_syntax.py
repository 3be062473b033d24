"""Which expressions exist, and where the ones that do not go wrong."""

from __future__ import annotations

import ast

import pytest

from crm_rules.diagnostics import Diagnostic, Span
from crm_rules.rules.draft import Text
from crm_rules.rules.syntax import MAX_DEPTH, MAX_LENGTH, SyntaxProblem, parse


def problem(text: str) -> SyntaxProblem:
    with pytest.raises(SyntaxProblem) as caught:
        parse(Text(text))
    return caught.value


@pytest.mark.parametrize(
    "text",
    [
        "p.load > 0.5",
        "0 < p.load <= 1",
        "p.ready and not q.ready or r.ready",
        "p.id in q.backs",
        "p.role not in ['a', 'b']",
        "p.load is known",
        "p.load is unknown",
        "-p.load + 1 - 2 * 3 / 4",
        "count(p for p in people if p.ready if p.load > 1)",
        'raised("team.overloaded")',
        "at_least(2, p.ready, p.load > 1)",
        "days_between(p.start, '2024-05-01') > 3",
        "true",
        "  p.ready  ",
        "(p.ready\n  and q.ready)",
        "p.name == 'a # b'",
    ],
)
def test_expressions_of_the_language_are_read(text: str) -> None:
    assert isinstance(parse(Text(text)).tree, ast.expr)


@pytest.mark.parametrize(
    ("text", "message", "place", "hint"),
    [
        ("", "an expression is expected here, found nothing", (0, 1), None),
        ("   ", "an expression is expected here, found nothing", (0, 1), None),
        ("p.load = 1", "'=' does not compare", (7, 1), "write '=='"),
        (" p.load = 1", "'=' does not compare", (8, 1), "write '=='"),
        ("p.a && p.b", "'&&' is not part of the language", (4, 2), "write 'and'"),
        ("p.a || p.b", "'||' is not part of the language", (4, 2), "write 'or'"),
        ("p.a # note", "a comment cannot stand inside an expression", (4, 1), None),
        (
            "p.roles[0]",
            "'subscript' cannot be used in an expression",
            (0, 10),
            "indexing is not part of the language; use first(field) or index(field, member)",
        ),
        ("p.a > 2 ** 3", "'pow' cannot be used in an expression", (0, 12), "powers are not part of the language"),
        ("p.a % 2 == 0", "'mod' cannot be used in an expression", (0, 12), "remainders are not part of the language"),
        ("p.a // 2", "'floor div' cannot be used in an expression", (0, 8), "use / for division"),
        (
            "1 if p.a else 2",
            "'if exp' cannot be used in an expression",
            (0, 15),
            "there is no 'if … else' in expressions; write two rules or use any",
        ),
        ("p.a in (1, 2)", "'tuple' cannot be used in an expression", (7, 6), "write a list with square brackets"),
        ("p.a in {1, 2}", "'set' cannot be used in an expression", (7, 6), "write a list with square brackets"),
        (
            "len([x for x in y])",
            "'list comp' cannot be used in an expression",
            (4, 14),
            "use a generator inside count, sum, min, max or share",
        ),
        (
            "lambda: 1",
            "'lambda' cannot be used in an expression",
            (0, 9),
            "functions cannot be defined in an expression",
        ),
        ("(n := 3)", "'named expr' cannot be used in an expression", (1, 6), "use a let clause to name a value"),
        (
            "f'{p.a}' == 'b'",
            "'joined str' cannot be used in an expression",
            (0, 8),
            "templates belong in messages, not in conditions",
        ),
        (
            "p.a == None",
            "None cannot be used in an expression",
            (7, 4),
            "to test for a missing answer write 'x is unknown'",
        ),
        ("p.a == 1j", "1j cannot be used in an expression", (7, 2), None),
        ("p.a == b'x'", "b'x' cannot be used in an expression", (7, 4), None),
        ("p.a == ...", "Ellipsis cannot be used in an expression", (7, 3), None),
        ("~p.a", "'invert' cannot be used in an expression", (0, 4), None),
        ("f(*p.a)", "'starred' cannot be used in an expression", (2, 4), None),
        (
            "'äöü' == p.a[0]",
            "'subscript' cannot be used in an expression",
            (9, 6),
            "indexing is not part of the language; use first(field) or index(field, member)",
        ),
    ],
)
def test_what_is_no_expression_says_where_and_what_to_write(
    text: str, message: str, place: tuple[int, int], hint: str | None
) -> None:
    found = problem(text)
    assert (found.message, (found.offset, found.length), found.hint) == (message, place, hint)


@pytest.mark.parametrize("text", ["p.load >", "p.load > > 1", "(p.load", "p.load p.age", "p.name == 'ann"])
def test_half_an_expression_is_none(text: str) -> None:
    found = problem(text)
    # The rest of the sentence is Python's own and changes with its versions.
    assert found.message.startswith("this is not an expression: ")
    assert 0 <= found.offset < len(text)


def test_limits_are_named() -> None:
    parse(Text("p.a == '" + "a" * (MAX_LENGTH - 9) + "'"))
    long = problem("p.a == '" + "a" * MAX_LENGTH + "'")
    assert long.message == "the expression is longer than 4,000 characters (limit: expression length)"
    parse(Text("not " * (MAX_DEPTH - 1) + "p"))
    deep = problem("not " * (MAX_DEPTH + 1) + "p")
    assert deep.message == "the expression is nested more than 50 levels deep (limit: expression depth)"


@pytest.mark.parametrize(
    "text", ["(" * 3000 + "p" + ")" * 900, "-" * 3900 + "p", "not " * 990 + "p", "p." * 1900 + "p"]
)
def test_abuse_ends_with_a_problem_and_not_with_a_crash(text: str) -> None:
    assert isinstance(problem(text), SyntaxProblem)


def test_places_are_counted_in_characters_from_the_start_of_the_text() -> None:
    parsed = parse(Text("  'äöü' == p.name"))
    compare = parsed.tree
    assert isinstance(compare, ast.Compare)
    assert (parsed.offset(compare), parsed.length(compare)) == (2, 15)
    assert (parsed.offset(compare.comparators[0]), parsed.length(compare.comparators[0])) == (11, 6)


def test_a_problem_of_a_text_points_into_its_file() -> None:
    text = Text("p.load", Span("a.yaml", 3, 5), lambda offset: (Span("a.yaml", 3, 5 + offset), "  - p.load"))
    assert text.problem("wrong", 2, 4, "hint") == Diagnostic(
        "wrong", Span("a.yaml", 3, 7, 4), "hint", "  - p.load", "error"
    )
    assert text.warning("odd") == Diagnostic("odd", Span("a.yaml", 3, 5, 6), None, "  - p.load", "warning")
    bare = Text("p.load", Span("a.yaml", 3))
    assert bare.problem("wrong") == Diagnostic("wrong", Span("a.yaml", 3))
