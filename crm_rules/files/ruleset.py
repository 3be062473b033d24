"""A pack as a whole: from its folder to drafts of rules, vocabulary, sources and settings.

Every file is read once and every problem of every file is reported together. Whether the rules
make sense is for the checker of programs.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from crm_rules.diagnostics import Diagnostic
from crm_rules.errors import RulesetError
from crm_rules.facts.schema import Schema
from crm_rules.files.declarations import Conclusion, declare
from crm_rules.files.field_types import usable_name
from crm_rules.files.orderings import Orderings, read_orderings
from crm_rules.files.pack import (
    CONCLUSIONS,
    FACTS,
    NAME,
    NAME_HINT,
    ORDERINGS,
    PACK,
    SETTINGS,
    SOURCES,
    pack_files,
)
from crm_rules.files.reading import Document, Fields, Keys, Reader
from crm_rules.files.rule_file import read_rule
from crm_rules.files.text import DEFAULT_LIMITS, Limits, read_source
from crm_rules.files.yaml_text import parse_yaml
from crm_rules.model.wording import quoted
from crm_rules.rules.draft import RuleDraft, Setting, Source, Text
from crm_rules.rules.ordering import Ordering

SCHEMA: Final = "crm-rules/pack/1"
"""The layout of packs this release reads."""

_PACK: Final = Keys("pack", ("schema", "name", "version", "title", "languages"), ("description", "extends"))
_SOURCE: Final = Keys("source", ("title",), ("author", "year", "language", "url", "note"))
_SETTING: Final = Keys("setting", ("value", "meaning"), ("unit", "origin"))

_VERSION: Final = re.compile(r"[0-9][a-z0-9]*(?:[-+.][a-z0-9]+)*")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack as its files say it.

    Attributes:
        name, version, title, description: what `pack.yaml` says.
        languages: languages the rules are written in (`en`), as tags of BCP 47.
        drafts: the rules, sorted by id.
        schema: the schema given, with the lists, sections, phase and conclusions of the pack.
        sources: publications by key, sorted by key.
        settings: thresholds by name, sorted by name.
        conclusions: conclusions by name, sorted by name.
        orderings: constraints on the order of work, sorted by id; each has its rule among the drafts.
        problems: what is wrong in rule files, where that was not raised.
        unreadable: ids of rules whose files could not be read.
        documents: text and tree of each file by the name that spans use; from there come source
            lines for later diagnostics and the places inside examples.
    """

    name: str
    version: str
    title: str
    languages: tuple[str, ...]
    drafts: tuple[RuleDraft, ...]
    schema: Schema
    sources: Mapping[str, Source]
    settings: Mapping[str, Setting]
    conclusions: Mapping[str, Conclusion]
    orderings: tuple[Ordering, ...] = ()
    description: str = ""
    problems: tuple[Diagnostic, ...] = ()
    unreadable: frozenset[str] = frozenset()
    documents: Mapping[str, Document] = field(default_factory=dict, compare=False, repr=False)


def load_pack(
    path: str | os.PathLike[str],
    schema: Schema,
    limits: Limits = DEFAULT_LIMITS,
    lenient: bool = False,
) -> Pack:
    """Read a pack.

    Args:
        path: folder of the pack. Messages name its files relative to the current folder when they
            lie below it, else beginning with the path as given.
        schema: what can be said without the pack.
        limits: what each file may ask for.
        lenient: keep the problems of rule files in the pack instead of raising them, so that what could be
            read can be checked as well and everything is reported together.

    Raises:
        RulesetError: with all problems of all files at once; when lenient, only where the vocabulary itself
            could not be read, since every rule would then seem wrong.
    """
    problems: list[Diagnostic] = []
    files = pack_files(path, problems)
    reading = _PackReader(problems, limits)
    documents = {name: reading.opened(file) for name, file in files.top.items()}
    about = reading.about(documents[PACK])
    sources = reading.sources(documents.get(SOURCES))
    settings = reading.settings(documents.get(SETTINGS))
    partial = any(name in documents and documents[name] is None for name in (FACTS, CONCLUSIONS))
    extended, conclusions = declare(schema, documents.get(FACTS), documents.get(CONCLUSIONS), problems, partial)
    before = len(problems)
    drafts = {rule_id: reading.rule(rule_id, file) for rule_id, file in files.rules.items()}
    orderings = reading.orderings(documents.get(ORDERINGS), extended, drafts)
    if any(p.severity == "error" for p in (problems[:before] if lenient else problems)):
        raise RulesetError(problems)
    return Pack(
        name=about.name,
        version=about.version,
        title=about.title,
        description=about.description,
        languages=about.languages,
        drafts=tuple(d for _, d in sorted(drafts.items()) if d is not None),
        problems=tuple(problems),
        unreadable=frozenset(rule_id for rule_id, d in drafts.items() if d is None),
        schema=extended,
        sources=sources,
        settings=settings,
        conclusions=conclusions,
        orderings=orderings,
        documents=reading.documents,
    )


class _About(NamedTuple):
    """What `pack.yaml` says; empty where there is a problem."""

    name: str = ""
    version: str = ""
    title: str = ""
    description: str = ""
    languages: tuple[str, ...] = ()


class _PackReader:
    """Opens the files of a pack and reads those that are neither rules nor declarations."""

    def __init__(self, problems: list[Diagnostic], limits: Limits) -> None:
        self.problems = problems
        self.limits = limits
        self.documents: dict[str, Document] = {}

    def opened(self, file: str) -> Document | None:
        try:
            source = read_source(file, RulesetError, self.limits)
        except RulesetError as error:
            self.problems += error.diagnostics
            return None
        root = parse_yaml(source, self.problems, self.limits)
        if root is None:
            return None
        document = self.documents[file] = Document(source, root)
        return document

    def rule(self, rule_id: str, file: str) -> RuleDraft | None:
        document = self.opened(file)
        return None if document is None else read_rule(document, rule_id, self.problems)

    def orderings(
        self, document: Document | None, schema: Schema, drafts: dict[str, RuleDraft | None]
    ) -> tuple[Ordering, ...]:
        """The constraints of a file; the rules they stand for are added to `drafts`."""
        found = Orderings()
        if document is not None:
            found = read_orderings(document, schema, Reader(document.source, self.problems))
        for rule_id, draft in found.drafts.items():
            if rule_id in drafts:
                self.problems.append(draft.head.problem(f"the rule {rule_id} has a file of its own already"))
            drafts.setdefault(rule_id, draft)
        return found.constraints

    def about(self, document: Document | None) -> _About:
        if document is None:
            return _About()
        read = Reader(document.source, self.problems)
        if document.root.kind == "mapping" and "extends" in document.root.value:
            span = document.root.value["extends"].key_span
            read.problem(span, "extends is not supported in this release", "copy the rules that are needed")
        values = read.fields(document.root, _PACK)
        schema, name, version = (read.authored(values.node(key)) for key in ("schema", "name", "version"))
        if schema is not None and schema.value != SCHEMA:
            read.problem(schema.span, f"this release reads {SCHEMA}, found {quoted(schema.value)}")
        _check_form(read, name, NAME, "the name of a pack", NAME_HINT)
        _check_form(read, version, _VERSION, "a version", "write numbers and dots, such as 1.0.0")
        tags = values.node("languages")
        languages = read.texts(tags, "languages")
        if tags is not None and tags.kind == "sequence" and not tags.value:
            read.problem(tags.span, "a pack is written in at least one language", "write [en]")
        for language in languages:
            _check_form(read, language, _LANGUAGE, "a language", "write a tag such as en or pt-BR")
        return _About(
            name.value if name else "",
            version.value if version else "",
            read.text(values.node("title")) or "",
            read.text(values.node("description")) or "",
            tuple(language.value for language in languages),
        )

    def sources(self, document: Document | None) -> dict[str, Source]:
        return {} if document is None else dict(self._sources(document))

    def _sources(self, document: Document) -> Iterator[tuple[str, Source]]:
        read = Reader(document.source, self.problems)
        for key, entry in sorted(read.mapping(document.root, "sources by key").items()):
            _check_form(read, read.key(entry), NAME, "the key of a source", NAME_HINT)
            values = read.fields(entry.node, _SOURCE, entry.key_span)
            title, author, language, url, note = (
                read.text(values.node(name)) or "" for name in ("title", "author", "language", "url", "note")
            )
            year = read.whole(values.node("year"))
            yield key, Source(key, title, author, year, language, url, note)

    def settings(self, document: Document | None) -> dict[str, Setting]:
        return {} if document is None else dict(self._settings(document))

    def _settings(self, document: Document) -> Iterator[tuple[str, Setting]]:
        read = Reader(document.source, self.problems)
        for name, entry in sorted(read.mapping(document.root, "settings by name").items()):
            usable_name(read, entry, "setting")
            values = read.fields(entry.node, _SETTING, entry.key_span)
            value = _value(read, values)
            unit, meaning, origin = (read.text(values.node(key)) or "" for key in ("unit", "meaning", "origin"))
            yield name, Setting(name, value, unit or None, meaning, origin)


def _value(read: Reader, values: Fields) -> bool | int | float | str:
    """The value of a setting; 0 where it has a problem."""
    node = values.node("value")
    if node is None:
        return 0
    if isinstance(node.value, int | float) and not isinstance(node.value, bool):
        return read.number(node) or 0
    if "unit" in values.entries:
        read.unexpected(node, "a number, because it has a unit")
        return 0
    if isinstance(node.value, bool):
        return node.value
    return read.text(node, "a number, text, true or false") or 0


def _check_form(read: Reader, text: Text | None, form: re.Pattern[str], what: str, hint: str) -> None:
    if text is not None and not form.fullmatch(text.value):
        read.problem(text.span, f"{quoted(text.value)} cannot be {what}", hint)
