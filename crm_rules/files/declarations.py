"""What a pack adds to the vocabulary: lists, sections and the phase in `facts.yaml`, and conclusions.

Declarations may name each other in any order and across the two files, so all names are
collected before any field is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from crm_rules.diagnostics import Diagnostic, did_you_mean
from crm_rules.facts.schema import Column, Kind, Relation, RelationKind, Schema, ValueType
from crm_rules.files.field_types import DERIVED_FIELD, RESERVED, STATED_FIELD, FieldReader, template, usable_name
from crm_rules.files.nodes import Entry, Node
from crm_rules.files.reading import Document, Fields, Keys, Reader
from crm_rules.model.wording import quoted

_FACTS: Final = Keys("facts file", (), ("lists", "sections", "phase"))
_LIST: Final = Keys("list", ("singular", "fields"), ("meaning", "question"))
_SECTION: Final = Keys("section", ("fields",), ("meaning",))
_PHASE: Final = Keys("phase", ("section", "field"))
_CONCLUSION: Final = Keys("conclusion", ("title", "sentence", "meaning", "fields"), ("catalogue", "level"))

_NAME_COLUMN: Final = Column(
    "name",
    ValueType(Kind.TEXT),
    doc="name shown to readers",
    question="What is {name} called in full?",
    blank="the id is shown instead",
)


@dataclass(frozen=True, slots=True)
class Conclusion:
    """A conclusion rules can draw; its fields are those of the derived relation of the same name.

    Attributes:
        name: how rules refer to it.
        title: the conclusion in a few words.
        sentence: what a fact says, as a template over the fields.
        meaning: what it stands for, in a phrase.
        catalogue: the row of the rule catalogue it comes from; empty when there is none.
        level: step of the chain of conclusions, 1 for the first; None when it was not stated.
    """

    name: str
    title: str
    sentence: str
    meaning: str
    catalogue: str = ""
    level: int | None = None


def declare(
    schema: Schema,
    facts: Document | None,
    conclusions: Document | None,
    problems: list[Diagnostic],
    partial: bool = False,
) -> tuple[Schema, Mapping[str, Conclusion]]:
    """Add the declarations of a pack to a schema.

    Args:
        schema: what can be said without the pack.
        facts: the pack's lists, sections and phase.
        conclusions: the pack's conclusions.
        problems: problems are appended here; what has one is left out or read in part.
        partial: whether a file that may declare more could not be read; names that nothing
            declares are then no problem.

    Returns:
        The larger schema and the conclusions, both in the order of names within lists, sections
        and conclusions.
    """
    return _Declarations(schema, problems, partial).read(facts, conclusions)


class _Declarations:
    def __init__(self, schema: Schema, problems: list[Diagnostic], partial: bool) -> None:
        self.schema = schema
        self.problems = problems
        self.kinds = {name: relation.kind for name, relation in schema.relations.items()}
        enums = (c.type.enum for relation in schema.relations.values() for c in relation.columns)
        self.fields = FieldReader(self.kinds, {e.name: e for e in enums if e is not None}, partial)

    def read(self, facts: Document | None, conclusions: Document | None) -> tuple[Schema, Mapping[str, Conclusion]]:
        stated = None if facts is None else Reader(facts.source, self.problems)
        drawn = None if conclusions is None else Reader(conclusions.source, self.problems)
        top = Fields({}) if facts is None or stated is None else stated.fields(facts.root, _FACTS)
        lists = self._announced(stated, top.node("lists"), RelationKind.LIST)
        sections = self._announced(stated, top.node("sections"), RelationKind.SECTION)
        derived = self._announced(drawn, None if conclusions is None else conclusions.root, RelationKind.DERIVED)
        relations: list[Relation] = []
        if stated is not None:
            relations += (self._list(stated, entry) for entry in lists)
            relations += (self._section(stated, entry) for entry in sections)
        schema = self.schema.extended(relations)
        phase = top.node("phase")
        if stated is not None and phase is not None:
            schema = Schema.of(schema.relations.values(), self._phase(stated, phase, schema))
        pairs = [] if drawn is None else [self._conclusion(drawn, entry) for entry in derived]
        found = {pair[0].name: pair for pair in pairs if pair is not None}
        return (
            schema.extended(relation for _, relation in found.values()),
            {name: conclusion for name, (conclusion, _) in found.items()},
        )

    def _announced(self, reader: Reader | None, node: Node | None, kind: RelationKind) -> list[Entry]:
        """Take up the names and enums of declarations; those whose name can be used, sorted by it."""
        if reader is None or node is None:
            return []
        usable: list[Entry] = []
        noun = _noun(kind)
        for entry in reader.mapping(node, f"{noun}s by name").values():
            taken = self.kinds.get(entry.key)
            if taken is not None:
                message = f"there is already a {_noun(taken)} '{entry.key}'"
                reader.problem(entry.key_span, message, "choose another name")
            elif usable_name(reader, entry, noun, RESERVED):
                self.kinds[entry.key] = kind
                usable.append(entry)
            if entry.node.kind == "mapping" and "fields" in entry.node.value:
                self.fields.take_enums(reader, entry.node.value["fields"].node)
        return sorted(usable, key=lambda e: e.key)

    def _list(self, reader: Reader, entry: Entry) -> Relation:
        values = reader.fields(entry.node, _LIST, entry.key_span)
        columns = self.fields.columns(reader, values.node("fields"), STATED_FIELD, ("id", "name"))
        return Relation(
            entry.key,
            RelationKind.LIST,
            (_key(entry.key, "key, unique within its list"), _NAME_COLUMN, *columns),
            doc=reader.text(values.node("meaning")) or "",
            singular=reader.text(values.node("singular")) or "",
            question=template(reader, values.node("question"), {}) or "",
        )

    def _section(self, reader: Reader, entry: Entry) -> Relation:
        values = reader.fields(entry.node, _SECTION, entry.key_span)
        columns = self.fields.columns(reader, values.node("fields"), STATED_FIELD, ("id",))
        return Relation(
            entry.key,
            RelationKind.SECTION,
            (_key(entry.key, "key, the name of the section"), *columns),
            doc=reader.text(values.node("meaning")) or "",
            singular=entry.key.replace("_", " "),
        )

    def _phase(self, reader: Reader, node: Node, schema: Schema) -> tuple[str, str] | None:
        if schema.phase is not None:
            section, field = schema.phase
            reader.problem(node.span, f"the phase is told by {section}.{field} already", "leave phase out")
            return schema.phase
        values = reader.fields(node, _PHASE)
        name, column = reader.authored(values.node("section")), reader.authored(values.node("field"))
        if name is None or column is None:
            return None
        sections = {n: r for n, r in schema.relations.items() if r.kind is RelationKind.SECTION}
        relation = sections.get(name.value)
        if relation is None:
            message = f"there is no section {quoted(name.value)}"
            self.problems.append(name.problem(message, 0, len(name.value), did_you_mean(name.value, sections)))
            return None
        scales = [c.name for c in relation.columns if c.type.enum is not None and c.type.enum.ordinal]
        if column.value not in scales:
            message = f"{relation.name} has no ordinal field {quoted(column.value)}"
            self.problems.append(column.problem(message, 0, len(column.value), did_you_mean(column.value, scales)))
            return None
        return relation.name, column.value

    def _conclusion(self, reader: Reader, entry: Entry) -> tuple[Conclusion, Relation] | None:
        before = len(self.problems)
        values = reader.fields(entry.node, _CONCLUSION, entry.key_span)
        title, meaning = reader.text(values.node("title")), reader.text(values.node("meaning"))
        node = values.node("fields")
        columns = tuple(self.fields.columns(reader, node, DERIVED_FIELD, ()))
        declared: dict[str, Column | None] = {}
        if node is not None and node.kind == "mapping":
            declared = dict.fromkeys(node.value) | {c.name: c for c in columns}
            if not declared:
                reader.problem(node.span, "a conclusion needs at least one field", "write {about: project}")
        sentence = template(reader, values.node("sentence"), declared)
        catalogue, level = reader.text(values.node("catalogue")) or "", self._level(reader, values.node("level"))
        if title is None or sentence is None or meaning is None or len(self.problems) > before:
            return None
        relation = Relation(
            entry.key, RelationKind.DERIVED, columns, doc=meaning, singular=title, sentence=sentence, title=title
        )
        return Conclusion(entry.key, title, sentence, meaning, catalogue, level), relation

    def _level(self, reader: Reader, node: Node | None) -> int | None:
        level = reader.whole(node)
        if node is not None and level is not None and level < 1:
            reader.problem(node.span, f"levels are counted from 1, found {level}")
        return level


def _noun(kind: RelationKind) -> str:
    return "conclusion" if kind is RelationKind.DERIVED else kind.value


def _key(relation: str, doc: str) -> Column:
    return Column("id", ValueType(Kind.KEY, targets=frozenset({relation})), doc=doc)
