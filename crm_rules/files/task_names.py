"""Tables of how tasks are called: the one that comes with the library, and those of users.

What a phrase matches is decided in `roadmap.kind_names`; here a file becomes a table, and mistakes in it get a place.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from crm_rules.diagnostics import Diagnostic, did_you_mean
from crm_rules.errors import RulesetError
from crm_rules.files.nodes import Node
from crm_rules.files.reading import Keys, Reader
from crm_rules.files.text import DEFAULT_LIMITS, Limits, SourceText, read_source
from crm_rules.files.yaml_text import parse_yaml
from crm_rules.model.task_kinds import TaskKind
from crm_rules.model.wording import quoted
from crm_rules.roadmap.kind_names import KindNames, PhraseError
from crm_rules.rules.draft import Text

SCHEMA: Final = "crm-rules/task-names/1"
"""The layout of tables this release reads."""

_TABLE: Final = Keys("table of task names", ("schema",), ("kinds", "other", "qualifiers", "ignored", "joining"))
_KINDS: Final = {kind.value: kind for kind in TaskKind}
_BUNDLED: Final = Path(__file__).with_name("task_names.yaml")


@cache
def bundled_task_names() -> KindNames:
    """The table that comes with the library: English, German and Polish."""
    return load_task_names(_BUNDLED)


def load_task_names(path: str | os.PathLike[str], limits: Limits = DEFAULT_LIMITS) -> KindNames:
    """Read a table; put it on top of the bundled one with `bundled_task_names().extended(...)`.

    Raises:
        RulesetError: the file cannot be read, or with all its problems at once, each with its place.
    """
    return _table(read_source(path, RulesetError, limits), limits)


def parse_task_names(text: str, name: str = "<text>", limits: Limits = DEFAULT_LIMITS) -> KindNames:
    """Read a table from YAML text; see `load_task_names`."""
    return _table(SourceText(name, text), limits)


def _table(source: SourceText, limits: Limits) -> KindNames:
    problems: list[Diagnostic] = []
    root = parse_yaml(source, problems, limits)
    reader = Reader(source, problems)
    table = None if root is None else _read(reader, root)
    if problems or table is None:
        raise RulesetError(problems)
    return table


def _read(reader: Reader, root: Node) -> KindNames | None:
    fields = reader.fields(root, _TABLE)
    stated = fields.node("schema")
    if stated is not None and stated.value != SCHEMA:
        reader.problem(
            stated.span, f"the schema {quoted(str(stated.value))} is not known", f"this release reads {SCHEMA}"
        )
    kinds: dict[TaskKind, tuple[Text, ...]] = {}
    names = fields.node("kinds")
    for key, entry in () if names is None else reader.mapping(names, "kinds of tasks with phrases").items():
        if key not in _KINDS:
            reader.problem(entry.key_span, f"{quoted(key)} is no kind of task", did_you_mean(key, _KINDS))
        else:
            kinds[_KINDS[key]] = tuple(_phrases(reader, entry.node))
    rest = {
        key: () if (node := fields.node(key)) is None else tuple(_phrases(reader, node))
        for key in ("other", "qualifiers", "ignored", "joining")
    }
    if reader.problems:
        return None
    try:
        return KindNames(
            {kind: tuple(t.value for t in texts) for kind, texts in kinds.items()},
            **{key: tuple(t.value for t in texts) for key, texts in rest.items()},
        )
    except PhraseError as e:
        written = {text.value: text.span for texts in (*kinds.values(), *rest.values()) for text in texts}
        for phrase, message in e.problems:
            reader.problem(written[phrase], message)
        return None


def _phrases(reader: Reader, node: Node) -> Iterator[Text]:
    """The phrases of a list, or of lists by language."""
    if node.kind == "mapping":
        for entry in reader.mapping(node, "phrases by language").values():
            yield from reader.texts(entry.node, "phrases")
    else:
        yield from reader.texts(node, "phrases")
