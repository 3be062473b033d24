"""What a YAML parser complains about, said so that the author of the file can act on it.

The left side of the tables below are the wordings of PyYAML's Python scanner and parser,
the right side is ours. Nothing here parses; the source line around the error is only
looked at to tell apart mistakes the parser has one message for.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from crm_rules.diagnostics import Diagnostic, Span
from crm_rules.files.text import SourceText

# Tokens as the parser names them.
_TOKENS: Final = {
    "<stream end>": "the end of the file",
    "<block mapping start>": "a key",
    "<block sequence start>": "a list",
    "<block end>": "the end of an indented part",
    "<scalar>": "text",
    "<alias>": "an alias (*)",
    "<anchor>": "an anchor (&)",
    "<tag>": "a tag (!)",
    "<document start>": "a new document (---)",
    "<document end>": "the end of the document (...)",
    "<directive>": "a directive (%)",
    "-": "a list entry (-)",
    "?": "a key",
    ":": "a colon",
    ",": "a comma",
}

_QUOTE_IT: Final = "put the text in quotes"


NO_CHARACTER: Final = "escape beyond the last character"


class _Wording(NamedTuple):
    problem: str  # start of the parser's problem
    message: str  # with {found} for what the parser names last, {mark} for the character there
    hint: str | None
    context: str = ""  # part of the parser's context
    at_context: bool = False  # the place is where the construct began, not where it failed


_WORDINGS: Final = (
    _Wording(
        "sequence entries are not allowed here",
        "a list entry (-) cannot stand here",
        "start the list on the line below its key, or write it as [a, b]",
    ),
    _Wording("mapping keys are not allowed here", "a key cannot stand here", "start it on a line of its own"),
    _Wording(
        "found unexpected end of stream",
        "this quote is never closed",
        "end the text with the same quote",
        "quoted scalar",
        True,
    ),
    _Wording(
        "found unexpected document separator",
        "this quote is not closed before the line '---' or '...'",
        "end the text with the same quote",
        "quoted scalar",
        True,
    ),
    _Wording(
        "found unknown escape character",
        "\\{mark} means nothing inside double quotes",
        "use single quotes for text with backslashes, or write \\\\",
    ),
    _Wording(
        "expected escape sequence of",
        "an escape inside double quotes is too short",
        "write \\xNN, \\uNNNN or \\UNNNNNNNN with hexadecimal digits",
    ),
    _Wording(NO_CHARACTER, "this escape names no character", "the last one is \\U0010FFFF"),
    _Wording(
        "expected indentation indicator",
        "an indentation of 0 cannot follow | or >",
        "leave the number out",
        "block scalar",
    ),
    _Wording(
        "expected chomping or indentation indicators",
        "only +, - or a digit can follow | or > here, found '{mark}'",
        "start the text on the next line; text that starts with | or > needs quotes",
        "block scalar",
    ),
    _Wording(
        "expected a comment or a line break",
        "nothing can follow | or > on its line, found '{mark}'",
        "start the text on the next line; text that starts with | or > needs quotes",
        "block scalar",
    ),
    _Wording(
        "expected alphabetic or numeric character",
        "* must be followed by the name of an anchor",
        "text that starts with * needs quotes",
        "an alias",
        True,
    ),
    _Wording(
        "expected alphabetic or numeric character",
        "& must be followed by a name",
        "text that starts with & needs quotes",
        "an anchor",
        True,
    ),
    _Wording("", "this is not a directive YAML knows", "text that starts with % needs quotes", "a directive", True),
    _Wording(
        "found duplicate YAML directive", "the YAML version is stated twice", "keep one of the lines that start with %"
    ),
    _Wording("found incompatible YAML document", "this version of YAML is not known", "leave out the line with %YAML"),
    _Wording("duplicate tag handle", "this tag prefix is declared twice", "keep one of the lines that start with %"),
    _Wording("found undefined tag handle", "this tag is not known", "text that starts with ! needs quotes"),
    _Wording("", "this tag is not complete", "text that starts with ! needs quotes", "a tag", True),
    _Wording(
        "expected '<document start>'",
        "{found} stands behind the end of the content",
        "the first value of a file is its whole content; entries of one mapping start in the same column",
    ),
    _Wording("expected the node content", "a value is missing here, found {found}", _QUOTE_IT),
)

_FOUND: Final = re.compile(r"(?:found|got) '((?:[^'\\]|\\.)*)'\s*$")
_DASHES: Final = re.compile(r" *(?:- +)*")
_COLON_WITHOUT_SPACE: Final = re.compile(r"(?:-\s+)*[\w.-]+:[^\s:/]")


def explain(source: SourceText, problem: str, where: Span, context: str, since: Span | None) -> Diagnostic:
    """Say what a parser found.

    Args:
        source: the text.
        problem: what the parser found, in its words.
        where: the place of the problem.
        context: what it was doing, in its words; may be empty.
        since: where that began; None when unknown.
    """
    tab = _tab(source, where, since)
    if tab is not None:
        return tab
    line = source.line(where.line) or ""
    mark = line[where.column - 1 : where.column]
    token = _FOUND.search(problem)
    found = _TOKENS.get(token.group(1), f"'{token.group(1)}'") if token else f"'{mark}'"
    if problem.startswith("found character"):
        hint = f"text that starts with {mark} needs quotes"
        return source.problem(f"a value cannot start with '{mark}'", where, hint)
    if problem.startswith("could not find expected ':'") and since is not None:
        return _no_colon(source, since)
    if problem.startswith("mapping values are not allowed here"):
        return _second_colon(source, where, line)
    if problem.startswith("expected ','") and since is not None:
        return _open_bracket(source, where, since, token.group(1) if token else "", found)
    if problem.startswith("expected <block end>") and since is not None and found != _TOKENS[":"]:
        return _does_not_fit(source, where, since, token.group(1) if token else "", found)
    if found == _TOKENS[":"]:
        return source.problem("a key is missing before this colon", where)
    for wording in _WORDINGS:
        if problem.startswith(wording.problem) and wording.context in context:
            span = since if wording.at_context and since is not None else where
            message = wording.message.replace("{found}", found).replace("{mark}", mark)
            return source.problem(message, span, wording.hint)
    # A wording of a parser version not known here: better its words than none.
    return source.problem(f"this is not YAML: {', '.join(filter(None, (context, problem)))}", where)


def _tab(source: SourceText, where: Span, since: Span | None) -> Diagnostic | None:
    """The tab that may be behind the problem: on its line, or on the first line of what failed."""
    for n in (where.line, since.line if since else where.line):
        line = source.line(n) or ""
        indentation = line[: len(line) - len(line.lstrip(" \t"))]
        column = indentation.find("\t") + 1
        if column:
            span = Span(source.file, n, column, len(indentation) - column + 1)
            return source.problem("this line is indented with a tab", span, "indent with spaces only")
    if (source.line(where.line) or "")[where.column - 1 : where.column] == "\t":
        return source.problem("a tab cannot stand here", where, "use spaces")
    return None


def _no_colon(source: SourceText, since: Span) -> Diagnostic:
    rest = (source.line(since.line) or "")[since.column - 1 :].rstrip()
    span = Span(source.file, since.line, since.column, len(rest))
    if _COLON_WITHOUT_SPACE.match(rest):
        return source.problem("a space is missing after the colon", span, "write 'key: value'")
    if rest[:1] in ("'", '"') and len(rest) > 1 and rest.count(rest[0]) == 1:
        return source.problem("this quote is not closed on its line", span, "end the text with the same quote")
    hint = "write 'key: value', or indent the line if it continues the text above"
    return source.problem("this line has no key: a colon is missing", span, hint)


def _second_colon(source: SourceText, where: Span, line: str) -> Diagnostic:
    before = line[: where.column - 1]
    if re.search(r":\s", before):
        return source.problem("a second colon on this line makes a key out of text", where, _QUOTE_IT)
    start = len(before) - len(before.lstrip())
    span = Span(source.file, where.line, start + 1, max(len(before) - start, 1))
    hint = "start the key in the same column as its neighbours; text with a colon and a space needs quotes"
    return source.problem("this key is indented as if it continued the text above", span, hint)


def _open_bracket(source: SourceText, where: Span, since: Span, token: str, found: str) -> Diagnostic:
    opening = (source.line(since.line) or "")[since.column - 1 : since.column]
    closing = {"[": "]", "{": "}"}.get(opening, "closing bracket")
    if token in ("<stream end>", "<document start>", "<document end>"):
        return source.problem(f"this {opening} is never closed", since, f"end it with {closing}")
    message = f"expected a comma or {closing}, found {found}"
    if where.line != since.line:
        return source.problem(message, where, f"is the {opening} on line {since.line} closed?")
    hint = f"inside {opening} text with a comma, a bracket or a colon and a space needs quotes"
    return source.problem(message, where, hint)


def _does_not_fit(source: SourceText, where: Span, since: Span, token: str, found: str) -> Diagnostic:
    line = source.line(where.line) or ""
    before = line[: where.column - 1].rstrip()
    if before.endswith(("'", '"')):
        hint = "write a quote inside quotes twice ('it''s'), or use the other kind of quotes around the text"
        return source.problem(f"{found} follows behind the closing quote", where, hint)
    if before.endswith(("]", "}")):
        opening = "[" if before.endswith("]") else "{"
        hint = f"text that starts with {opening} needs quotes"
        return source.problem(f"{found} follows behind the closing {before[-1]}", where, hint)
    if before.strip(" -"):
        return source.problem(f"{found} cannot follow here", where, _QUOTE_IT)
    columns = _columns_above(source, where, since)
    hint = f"it starts in column {where.column}; what it can belong to starts in column {columns}"
    if token == "-" and since.column == where.column:
        hint = f"the part that starts on line {since.line} has keys; indent the list below one of them"
    elif since.column == where.column:
        hint = f"the part that starts on line {since.line} is a list; start the line with '- '"
    return source.problem(f"{found} does not fit in here", where, hint)


def _columns_above(source: SourceText, where: Span, since: Span) -> str:
    """Columns in which something that is still open starts: the part itself and what lies inside it."""
    columns: set[int] = set()
    for n in range(where.line - 1, since.line - 1, -1):
        line = source.line(n) or ""
        dashes = _DASHES.match(line)
        assert dashes is not None
        if line[dashes.end() : dashes.end() + 1] in ("", "#"):
            continue
        starts = [i + 1 for i, c in enumerate(dashes.group()) if c == "-"] + [dashes.end() + 1]
        outermost = min(columns, default=where.column + len(line))
        columns.update(c for c in starts if since.column <= c < outermost)
    columns.add(since.column)
    return " or ".join(str(c) for c in sorted(columns))
