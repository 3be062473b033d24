"""Project files: from a path or a text to a checked `Project` that knows where it was written.

What a project can say is the model's business, how a text becomes a tree that of the parsers; this
file joins the two and puts places to problems and facts.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from crm_rules.diagnostics import Diagnostic, Span
from crm_rules.errors import ProjectError
from crm_rules.files.document import parse_document
from crm_rules.files.nodes import Entry, Node, key_place, place, plain
from crm_rules.files.text import DEFAULT_LIMITS, Limits, SourceText, read_source
from crm_rules.model.fields import Part, parts_of
from crm_rules.model.problems import Problem
from crm_rules.model.project import Place, Project, validate_project


def load_project(path: str | os.PathLike[str], limits: Limits = DEFAULT_LIMITS) -> Project:
    """Read a project file: JSON where the name ends in `.json`, else YAML.

    Args:
        path: the file; messages and places name it exactly as given here.
        limits: what the file may ask for.

    Returns:
        The project, whose `places` say where each fact was written.

    Raises:
        ProjectError: the file cannot be read, or with all its problems at once, each with its place.
    """
    return _project(read_source(path, ProjectError, limits), limits)


def parse_project(text: str, name: str = "<text>", limits: Limits = DEFAULT_LIMITS) -> Project:
    """Read a project from a text laid out like a project file.

    Args:
        text: YAML, or JSON where `name` ends in `.json`.
        name: what messages and places call the text.
        limits: what the text may ask for.

    Raises:
        ProjectError: with all problems at once, each with its place.
    """
    return _project(SourceText(name, text), limits)


def _project(source: SourceText, limits: Limits) -> Project:
    diagnostics: list[Diagnostic] = []
    root = parse_document(source, diagnostics, limits)
    project = None
    if root is not None:
        project, problems = validate_project(plain(root))
        diagnostics += (_diagnostic(problem, root, source) for problem in problems)
    if root is None or project is None or diagnostics:
        raise ProjectError(diagnostics)
    return project.with_places(dict(_places(root)))


def _diagnostic(problem: Problem, root: Node, source: SourceText) -> Diagnostic:
    at = key_place(root, problem.path) if problem.about == "key" else place(root, problem.path)
    hint = problem.hint
    if problem.other is not None:
        first = f"the first is in line {place(root, problem.other).line}"
        hint = f"{hint}; {first}" if hint else first
    return source.problem(problem.message, at, hint)


def _places(root: Node) -> Iterator[tuple[Place, Span]]:
    """Where the facts of a valid project were written; see `Project.places`."""
    top: dict[str, Entry] = root.value
    if "as_of" in top:
        yield ("project", "project", "as_of"), top["as_of"].node.span
    for name, part in parts_of(Project).items():
        written = top.get(name)
        if written is None or written.node.value is None:
            continue
        yield (name, "", ""), written.key_span
        yield from _records(part, written)


def _records(part: Part, written: Entry) -> Iterator[tuple[Place, Span]]:
    if not part.many:
        yield (part.name, part.name, ""), written.key_span
        yield from _fields(part.name, part.name, written.node)
        return
    for position, record in enumerate(written.node.value):
        key = record.value["id"].node.value if part.is_list else str(position)
        yield (part.name, key, ""), record.span
        yield from _fields(part.name, key, record)


def _fields(relation: str, key: str, record: Node) -> Iterator[tuple[Place, Span]]:
    for column, written in record.value.items():
        yield (relation, key, column), written.node.span
