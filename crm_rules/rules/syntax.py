"""Expression text to a syntax tree, with nothing but the allowed constructs in it.

Python's own parser reads the text; nothing is ever evaluated by Python. This file knows
no names and no types: it says which constructs exist and where they stand.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from crm_rules.rules.draft import Text

MAX_LENGTH = 4_000
"""Longest expression, in characters."""

MAX_DEPTH = 50
"""Deepest nesting of an expression."""


class SyntaxProblem(Exception):
    """The text is no expression of the language.

    Attributes:
        offset: character the problem stands at.
        length: characters it covers.
        hint: what to do about it, if anything.
    """

    def __init__(self, message: str, offset: int = 0, length: int = 1, hint: str | None = None) -> None:
        self.message, self.offset, self.length, self.hint = message, offset, length, hint
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A parsed expression and the text its positions refer to."""

    text: Text
    tree: ast.expr

    def offset(self, node: ast.AST) -> int:
        """Character offset of a node (Python counts bytes)."""
        return _characters(self.text.value.strip(), node.col_offset) + _lead(self.text.value)  # type: ignore[attr-defined]

    def length(self, node: ast.AST) -> int:
        """Number of characters a node covers."""
        body = self.text.value.strip()
        start, end = node.col_offset, node.end_col_offset  # type: ignore[attr-defined]
        return max(_characters(body, end) - _characters(body, start), 1)


def _lead(value: str) -> int:
    return len(value) - len(value.lstrip())


def _characters(text: str, byte_offset: int) -> int:
    return len(text.encode()[:byte_offset].decode(errors="ignore"))


_ALLOWED = (
    ast.BoolOp,
    ast.UnaryOp,
    ast.BinOp,
    ast.Compare,
    ast.Call,
    ast.GeneratorExp,
    ast.comprehension,
    ast.Attribute,
    ast.Name,
    ast.Constant,
    ast.List,
    ast.And,
    ast.Or,
    ast.Not,
    ast.USub,
    ast.Add,
    ast.Sub,
    ast.Mult,
    ast.Div,
    ast.Eq,
    ast.NotEq,
    ast.Lt,
    ast.LtE,
    ast.Gt,
    ast.GtE,
    ast.In,
    ast.NotIn,
    ast.Is,
    ast.IsNot,
    ast.Load,
    ast.Store,
)

_NOT_ALLOWED = {
    ast.Subscript: "indexing is not part of the language; use first(field) or index(field, member)",
    ast.Lambda: "functions cannot be defined in an expression",
    ast.IfExp: "there is no 'if … else' in expressions; write two rules or use any",
    ast.ListComp: "use a generator inside count, sum, min, max or share",
    ast.SetComp: "use a generator inside count, sum, min, max or share",
    ast.DictComp: "use a generator inside count, sum, min, max or share",
    ast.Tuple: "write a list with square brackets",
    ast.Set: "write a list with square brackets",
    ast.Dict: "write a list with square brackets",
    ast.JoinedStr: "templates belong in messages, not in conditions",
    ast.NamedExpr: "use a let clause to name a value",
    ast.Pow: "powers are not part of the language",
    ast.Mod: "remainders are not part of the language",
    ast.FloorDiv: "use / for division",
}


def parse(text: Text) -> Parsed:
    """Parse one expression.

    Raises:
        SyntaxProblem: the text is empty, too long, nested too deeply, no Python expression, or
            uses a construct the language does not have.
    """
    source = text.value.strip()
    lead = _lead(text.value)
    if not source:
        raise SyntaxProblem("an expression is expected here, found nothing")
    if len(source) > MAX_LENGTH:
        raise SyntaxProblem(f"the expression is longer than {MAX_LENGTH:,} characters (limit: expression length)")
    if "#" in re.sub(r"'[^']*'|\"[^\"]*\"", "", source):
        raise SyntaxProblem("a comment cannot stand inside an expression", lead + source.index("#"))
    try:
        tree = ast.parse(re.sub(r"\s", " ", source), mode="eval").body
    except SyntaxError as error:
        offset = min(max((error.offset or 1) - 1, 0), len(source) - 1)
        raise SyntaxProblem(*_explain(source, offset, lead, error)) from None
    except (RecursionError, MemoryError, ValueError) as error:
        raise SyntaxProblem(f"the expression cannot be read ({error})") from None
    parsed = Parsed(text, tree)
    _check(parsed, tree, 0)
    return parsed


def _explain(source: str, offset: int, lead: int, error: SyntaxError) -> tuple[str, int, int, str | None]:
    single = re.search(r"(?<![=<>!])=(?!=)", source)
    if single:
        return "'=' does not compare", lead + single.start(), 1, "write '=='"
    for word, instead in (("&&", "and"), ("||", "or")):
        if word in source:
            return f"'{word}' is not part of the language", lead + source.index(word), 2, f"write '{instead}'"
    return f"this is not an expression: {error.msg}", lead + offset, 1, None


def _check(parsed: Parsed, node: ast.AST, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise SyntaxProblem(f"the expression is nested more than {MAX_DEPTH} levels deep (limit: expression depth)")
    if not isinstance(node, _ALLOWED):
        hint = _NOT_ALLOWED.get(type(node))
        place = node if hasattr(node, "col_offset") else parsed.tree
        raise SyntaxProblem(
            f"{_name(node)} cannot be used in an expression", parsed.offset(place), parsed.length(place), hint
        )
    if isinstance(node, ast.Constant) and not isinstance(node.value, bool | int | float | str):
        raise SyntaxProblem(
            f"{node.value!r} cannot be used in an expression",
            parsed.offset(node),
            parsed.length(node),
            "to test for a missing answer write 'x is unknown'" if node.value is None else None,
        )
    for child in ast.iter_child_nodes(node):
        _check(parsed, child, depth + (not isinstance(child, ast.operator | ast.cmpop | ast.expr_context)))


def _name(node: ast.AST) -> str:
    words = re.sub(r"(?<!^)([A-Z])", r" \1", type(node).__name__).lower()
    return f"'{words}'"
