"""Open questions: what to ask, and what the answer would decide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from crm_rules.assessment.results import Decides, Finding, Question
from crm_rules.engine.protocol import Firing
from crm_rules.explain.derivation import Explainer
from crm_rules.explain.narration import Narrator
from crm_rules.explain.paths import field_path, key_of
from crm_rules.explain.readings import OpenField, OpenList, OpenPoint
from crm_rules.facts.base import FactBase
from crm_rules.facts.schema import Arity, Column, Kind, RelationKind
from crm_rules.facts.values import Row


def questions(
    explainer: Explainer, narrator: Narrator, possible: Iterable[tuple[Firing, Finding]]
) -> tuple[Question, ...]:
    """Questions that would decide possible findings, most decisive first; then those that confirm what was guessed.

    A field asks for its value, an open list whether it is complete. A computed value is asked for
    through the inputs that leave it unknown.
    """
    decides: dict[str, list[Decides]] = {}
    wording: dict[str, tuple[str, str]] = {}
    asked: dict[OpenPoint, tuple[tuple[str, str, str], ...]] = {}
    for firing, finding in possible:
        paths: dict[str, None] = {}
        for point in explainer.open_points(firing):
            if point not in asked:
                asked[point] = tuple(_asked(explainer, narrator, point))
            for path, text, answer in asked[point]:
                paths[path] = None
                wording.setdefault(path, (text, answer))
        for path in paths:
            decides.setdefault(path, []).append(Decides(finding.id, finding.exposure))
    found = [
        Question(
            path,
            *wording[path],
            decides=tuple(sorted(hinges, key=lambda d: (-d.exposure, d.finding))),
            weight=sum(d.exposure for d in hinges),
        )
        for path, hinges in decides.items()
    ]
    found += _confirmations(explainer.run.facts)
    return tuple(sorted(found, key=lambda q: (-q.weight, q.path)))


def _confirmations(facts: FactBase) -> Iterator[Question]:
    """Whether guesses are right; they count until somebody says no, so that no open finding waits for the answer."""
    for (name, key, field), text in facts.origin.confirmations.items():
        column = next(c for c in facts.schema.relations[name].columns if c.name == field)
        yield Question(f"{name}[{key}].{field}", text, f"yes, or {describe_answer(column)}", decides=(), weight=0)


def _asked(explainer: Explainer, narrator: Narrator, point: OpenPoint) -> Iterator[tuple[str, str, str]]:
    """Path, question and answer for an open point; several for a computed value with several causes."""
    facts = explainer.run.facts
    if isinstance(point, OpenList):
        causes = facts.origin.causes.get((point.relation, "", ""))
        for path in causes or (point.relation,):
            yield _by_path(narrator, path)
    elif isinstance(point, OpenField):
        relation = facts.schema.relations[point.relation]
        column = relation.column(point.column)
        causes = facts.origin.causes.get((point.relation, key_of(point.row), point.column))
        if causes is not None:
            for path in causes:
                yield _by_path(narrator, path)
        else:
            yield _about_field(narrator, point.relation, point.row, column)


def _about_list(narrator: Narrator, name: str) -> tuple[str, str, str]:
    relation = narrator.facts.schema.relations[name]
    text = relation.question or f"Are these all the {name.replace('_', ' ')}?"
    return name, text, "the missing entries, or yes"


def _about_field(narrator: Narrator, name: str, row: Row, column: Column) -> tuple[str, str, str]:
    relation = narrator.facts.schema.relations[name]
    path = field_path(narrator.facts, name, row, column.name)
    called = narrator.fact(name, row)
    text = column.question.replace("{name}", called)
    if not text:
        where = "" if relation.kind is RelationKind.SECTION else f" of {called}"
        text = f"What is the {column.name.replace('_', ' ')}{where}?"
    return path, text, describe_answer(column)


def _by_path(narrator: Narrator, path: str) -> tuple[str, str, str]:
    """The question for a path such as `tasks[cfg].duration` or `tasks`."""
    schema = narrator.facts.schema
    if path in schema.relations:
        return _about_list(narrator, path)
    entry, _, field = path.rpartition(".")
    name, _, rest = entry.partition("[")
    relation = schema.relations[name]
    rows = narrator.facts.extensions[name].rows
    row = next((r for r in rows if r[0] == rest.removesuffix("]")), rows[0])
    columns = {c.name: c for c in relation.columns}
    if field in columns:
        return _about_field(narrator, name, row, columns[field])
    asked = narrator.facts.origin.questions.get((name, field), f"What is the {field.replace('_', ' ')} of {{name}}?")
    return path, asked.replace("{name}", narrator.fact(name, row)), "text"


def describe_answer(column: Column) -> str:
    """What an answer to the question for a column looks like, in a few words."""
    kind = column.type.kind
    if kind is Kind.BOOL:
        return "yes or no"
    if kind is Kind.ENUM:
        assert column.type.enum is not None
        words = ", ".join(column.type.enum.members)
        return f"any of {words}" if column.arity is not Arity.ONE else f"one of {words}"
    text = column.type.describe()
    return text if column.arity is Arity.ONE else f"a list: {text}"
