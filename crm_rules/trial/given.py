"""From what an example states to the facts its pack's program runs on.

An example states a partial project. It states only what matters: a list that is not there is empty
and complete, unless the example says that unlisted things are unknown; a list with nothing behind
its name is unknown, as in a project file; a section that is not there is unknown in every field.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from crm_rules.api import project_facts
from crm_rules.diagnostics import Diagnostic, Span, did_you_mean, nearest
from crm_rules.facts.base import FactBase
from crm_rules.facts.schema import Relation, RelationKind, Schema
from crm_rules.files.nodes import key_place, place
from crm_rules.files.reading import Document
from crm_rules.model.problems import Path, Problem, diagnostics_of
from crm_rules.model.project import Project, validate_project
from crm_rules.model.schema import project_schema
from crm_rules.model.wording import found, quoted
from crm_rules.rules.ordering import Ordering
from crm_rules.trial.stated import read_stated

_OPEN = "incomplete"


@dataclass(frozen=True)
class Givens:
    """Reads what examples state.

    Lists and sections of the project model are read and checked by that model, schedule included, the
    pack's own by their declarations. A schema without the project model has only lists of its own.

    Attributes:
        schema: what the pack can speak of, conclusions included.
        orderings: constraints on the order of work it states.
    """

    schema: Schema
    orderings: tuple[Ordering, ...] = ()

    @cached_property
    def _model(self) -> Mapping[str, Relation]:
        model = project_schema().relations
        return model if self.schema.relations.keys() >= model.keys() else {}

    @cached_property
    def _own(self) -> Schema:
        """What authors state and the project model does not know."""
        relations = self.schema.relations.values()
        return Schema.of(r for r in relations if r.kind is not RelationKind.DERIVED and r.name not in self._model)

    @cached_property
    def _lists(self) -> tuple[str, ...]:
        """Every list an author can fill."""
        relations = self.schema.relations.values()
        return tuple(r.name for r in relations if r.kind is RelationKind.LIST and not r.computed)

    @cached_property
    def _keys(self) -> tuple[str, ...]:
        """Every key an author can write."""
        model = [info.alias or name for name, info in Project.model_fields.items()] if self._model else [_OPEN]
        return (*model, *self._own.relations)

    def facts(self, given: Mapping[str, Any], unlisted_unknown: bool = False) -> tuple[FactBase | None, list[Problem]]:
        """The facts an example states.

        Args:
            given: a partial project, as plain data.
            unlisted_unknown: lists that are not given are unknown instead of empty.

        Returns:
            The facts and no problems, or None and every problem.
        """
        problems: list[Problem] = []
        stated = self._known_keys(given, problems)
        open_lists = self._open_lists(stated.pop(_OPEN, None), problems)
        if not unlisted_unknown:
            stated = {**{name: [] for name in self._lists}, **stated}
        own, mistakes = read_stated(self._own.relations, stated)
        problems += mistakes
        facts: FactBase | None = None
        if self._model:
            data = {key: value for key, value in stated.items() if key not in self._own.relations}
            project, mistakes = validate_project({**data, _OPEN: [n for n in open_lists if n in self._model]})
            problems += mistakes
            facts = None if project is None else project_facts(project, self.schema, self.orderings)[0]
        if problems:
            return None, problems
        own_facts = FactBase.of(self._own, own, (n for n in open_lists if n in self._own.relations))
        extensions = {**({} if facts is None else facts.extensions), **own_facts.extensions}
        return FactBase(self.schema, extensions), []

    def _known_keys(self, given: Mapping[str, Any], problems: list[Problem]) -> dict[str, Any]:
        """What is given, less the keys the project model would not explain well."""
        stated: dict[str, Any] = {}
        for key, value in given.items():
            relation = self.schema.relations.get(key)
            if relation is not None and relation.kind is RelationKind.DERIVED:
                hint: str | None = "state the facts from which it follows"
                problems.append(Problem((key,), f"'{key}' is a conclusion, which only rules can draw", hint, "key"))
            elif key not in self._keys and (not self._model or nearest(key, self._keys) in self._own.relations):
                hint = did_you_mean(key, self._keys)
                problems.append(Problem((key,), f"there is no section or list {quoted(key)}", hint, "key"))
            else:
                stated[key] = value
        return stated

    def _open_lists(self, value: Any, problems: list[Problem]) -> list[str]:
        if value is None:
            return []
        if not isinstance(value, list | tuple):
            hint = f"write [{value}]" if value in self._lists else None
            problems.append(Problem((_OPEN,), f"expected a list of lists, found {found(value)}", hint))
            return []
        for position, name in enumerate(value):
            if not isinstance(name, str):
                problems.append(Problem((_OPEN, position), f"expected the name of a list, found {found(name)}"))
            elif name not in self._lists:
                hint = did_you_mean(name, self._lists)
                problems.append(Problem((_OPEN, position), f"there is no list {quoted(name)}", hint))
        return [name for name in value if isinstance(name, str)]


def placed(
    problems: Iterable[Problem], given: Any, document: Document | None, lead: Path, otherwise: Span | None
) -> list[Diagnostic]:
    """Problems of what an example states, at their places in the rule file.

    Args:
        problems: the problems, with paths inside `given`.
        given: what the example states.
        document: the rule file; None when the rule does not come from one.
        lead: path of `given` in the rule file.
        otherwise: the place of problems of a rule that does not come from a file.
    """
    if document is None:
        return [replace(d, span=otherwise) for d in diagnostics_of(problems, given)]
    shown: list[Diagnostic] = []
    for problem in problems:
        path = (*lead, *problem.path)
        at = (key_place if problem.about == "key" else place)(document.root, path)
        hint = problem.hint
        if problem.other is not None:
            first = f"the first is in line {place(document.root, (*lead, *problem.other)).line}"
            hint = f"{hint}; {first}" if hint else first
        shown.append(document.source.problem(problem.message, at, hint))
    return shown
