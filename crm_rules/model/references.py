"""What must hold between the entries of a project: ids are unique, references lead somewhere.

The checks read authored data and validated models alike, so that they report beside the problems of
single values and not only after those are mended. What is unreadable is left to validation, and
nothing is said about references into a list whose ids cannot all be read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from crm_rules.diagnostics import did_you_mean, nearest
from crm_rules.facts.schema import Arity
from crm_rules.model.base import ID_FORM, Record, Ref
from crm_rules.model.fields import Part, fields_of, parts_of
from crm_rules.model.problems import Path, Problem
from crm_rules.model.wording import quoted

_SUGGESTIONS = 100  # looking for the nearest id costs time in proportion to the list; a flood needs no advice


@dataclass(frozen=True, slots=True)
class Reference:
    """A field that names an entry of another list, or several where `many`."""

    part: Part
    name: str
    many: bool
    ref: Ref


@cache
def references_of(project: type[Record]) -> tuple[Reference, ...]:
    """All references a project class declares."""
    return tuple(
        Reference(part, name, declared.column.arity is not Arity.ONE, declared.ref)
        for part in parts_of(project).values()
        for name, declared in fields_of(part.record).items()
        if declared.ref is not None
    )


@dataclass(slots=True)
class _Ids:
    """The ids of one list: first position of each; `readable` when every entry has one."""

    given: bool
    readable: bool = True
    first: dict[str, int] = field(default_factory=dict)


def check_between(data: Any, project: type[Record]) -> list[Problem]:
    """Problems between the entries of a project, given as authored data or as models."""
    if not isinstance(data, Mapping):
        return []
    parts = parts_of(project)
    problems: list[Problem] = []
    ids = {part.name: _ids(data, part, problems) for part in parts.values() if part.is_list}
    advised: dict[tuple[str, tuple[str, ...]], str | None] = {}
    for reference in references_of(project):
        for place, entry in records(data, reference.part):
            for path, name in _named(entry, reference, place):
                problem = _dangling(name, path, reference, entry, ids, advised)
                if problem is not None:
                    problems.append(problem)
    problems.extend(_incomplete(data, parts))
    return problems


def _ids(data: Mapping[str, Any], part: Part, problems: list[Problem]) -> _Ids:
    given = data.get(part.name)
    ids = _Ids(given is not None)
    if given is not None and not isinstance(given, list | tuple):
        ids.readable = False
    count = 0
    for path, entry in records(data, part):
        count += 1
        key = value_of(entry, "id")
        if not isinstance(key, str) or not ID_FORM.fullmatch(key):
            ids.readable = False
            continue
        position = path[1]
        assert isinstance(position, int)
        first = ids.first.setdefault(key, position)
        if first != position:
            problems.append(
                Problem(
                    (*path, "id"), f"two entries of {part.name} have the id '{key}'", other=(part.name, first, "id")
                )
            )
    if isinstance(given, list | tuple) and count < len(given):
        ids.readable = False
    return ids


def records(data: Mapping[str, Any], part: Part) -> Iterator[tuple[Path, Any]]:
    """The records of a part that can be read at all, with their paths."""
    given = data.get(part.name)
    if not part.many:
        if isinstance(given, Mapping | Record):
            yield (part.name,), given
    elif isinstance(given, list | tuple):
        for position, entry in enumerate(given):
            if isinstance(entry, Mapping | Record):
                yield (part.name, position), entry


def value_of(record: Any, name: str) -> Any:
    """The value of a field of authored data or a model; None where there is none."""
    return record.get(name) if isinstance(record, Mapping) else getattr(record, name, None)


def _named(record: Any, reference: Reference, place: Path) -> Iterator[tuple[Path, str]]:
    """The ids a field names, with their paths; what is no id is left to validation."""
    value = value_of(record, reference.name)
    path = (*place, reference.name)
    members: list[tuple[Path, Any]]
    if not reference.many:
        members = [(path, value)]
    elif isinstance(value, list | tuple):
        members = [((*path, position), member) for position, member in enumerate(value)]
    elif isinstance(value, set | frozenset):
        members = [(path, member) for member in sorted(m for m in value if isinstance(m, str))]
    else:
        return
    for at, member in members:
        if not isinstance(member, str):
            continue
        try:
            name = reference.ref.reads(member) if reference.ref.reads else member
        except ValueError:
            continue
        if ID_FORM.fullmatch(name):
            yield at, name


def _dangling(
    name: str,
    path: Path,
    reference: Reference,
    entry: Any,
    ids: Mapping[str, _Ids],
    advised: dict[tuple[str, tuple[str, ...]], str | None],
) -> Problem | None:
    ref = reference.ref
    own = reference.part.name in ref.targets and value_of(entry, "id") == name
    if own and ref.itself is not None:
        return Problem(path, ref.itself, "leave it out")
    targets = [ids[t] for t in ref.targets]
    if any(name in t.first for t in targets) or not all(t.readable for t in targets):
        return None
    lists = " or ".join(ref.targets)
    if not any(t.given for t in targets):
        missing = " or ".join(f"'{target}'" for target in ref.targets)
        return Problem(
            path,
            f"'{name}' is not listed anywhere: the project has no list {missing}",
            f"add {ref.targets[0]}: [{{id: {name}}}]; if there are more, name {ref.targets[0]} under incomplete",
        )
    question = (name, ref.targets)
    if question not in advised:
        # The list of valid ids can be long, so only a near one is worth naming.
        close = nearest(name, [i for t in targets for i in t.first]) if len(advised) < _SUGGESTIONS else None
        advised[question] = f"did you mean '{close}'?" if close else f"list it under {lists}: '- id: {name}' is enough"
    return Problem(path, f"no entry of {lists} has the id '{name}'", advised[question])


def _incomplete(data: Mapping[str, Any], parts: Mapping[str, Part]) -> Iterator[Problem]:
    named = data.get("incomplete")
    if not isinstance(named, list | tuple):
        return
    lists = [part.name for part in parts.values() if part.is_list]
    for position, name in enumerate(named):
        if not isinstance(name, str) or name in lists or not name.strip():
            continue
        part = parts.get(name)
        if part is not None and part.is_section:
            hint: str | None = f"{name} is a section; what is not known of it is simply left out"
        else:
            hint = did_you_mean(name, lists)
        yield Problem(("incomplete", position), f"there is no list {quoted(name)}", hint)
