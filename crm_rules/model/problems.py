"""Problems of a project, in words for its author.

What is wrong with single values comes from validation and is put into this library's words here;
what is wrong between entries is found by `references`. Files and places are unknown here: a problem
says where it is by a path of keys and positions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import ValidationError

from crm_rules.diagnostics import Diagnostic, did_you_mean
from crm_rules.facts.schema import ValueType
from crm_rules.model.base import REFUSED, Entry, Record
from crm_rules.model.fields import Part, fields_of, parts_of
from crm_rules.model.roadmap import COMPUTED_LISTS, COMPUTED_TASK_COLUMNS
from crm_rules.model.wording import a, advice, expected, found, quoted

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a project.

    Attributes:
        path: keys and 0-based positions that lead to it from the top of the file.
        message: what is wrong, in one sentence without a full stop.
        hint: what to do about it; None when there is nothing to say.
        about: whether the key at the end of the path is wrong, or its value.
        other: path of the place it collides with, such as the first use of an id.
    """

    path: Path
    message: str
    hint: str | None = None
    about: Literal["key", "value"] = "value"
    other: Path | None = None


def diagnostics_of(problems: Iterable[Problem], data: Any) -> list[Diagnostic]:
    """Problems of a project that was not read from a file: the message says where."""
    shown = []
    for problem in problems:
        where = path_text(problem.path, data)
        hint = problem.hint
        if problem.other is not None:
            first = f"the first is entry {_position(problem.other)}"
            hint = f"{hint}; {first}" if hint else first
        shown.append(Diagnostic(f"{where}: {problem.message}" if where else problem.message, hint=hint))
    return shown


def path_text(path: Path, data: Any) -> str:
    """A path as rules and commands write it: `team[ann].operational_load`.

    Members of a field are no places of their own, so a path into one ends with the field.
    """
    if not path:
        return ""
    text = str(path[0])
    entry = _child(data, path[0])
    for depth, step in enumerate(path[1:]):
        if isinstance(step, str):
            text += f".{step}"
        elif depth == 0 and path[0] != "incomplete":
            key = _child(_child(entry, step), "id")
            text += f"[{key}]" if isinstance(key, str) else f"[entry {step + 1}]"
    return text


def _position(path: Path) -> int:
    return next(step for step in path if isinstance(step, int)) + 1


def _child(value: Any, step: str | int) -> Any:
    if isinstance(value, Record):
        return getattr(value, str(step), None)
    if isinstance(value, Mapping):
        return value.get(step)
    if isinstance(step, int) and isinstance(value, list | tuple) and step < len(value):
        return value[step]
    return None


# --- from validation errors --------------------------------------------------------------------------------


def problems_of(error: ValidationError, project: type[Record]) -> list[Problem]:
    """The problems behind a validation error of the project class."""
    return [
        _problem(e["type"], e["loc"], e["input"], e.get("ctx", {}), project) for e in error.errors(include_url=False)
    ]


def _problem(kind: str, path: Path, value: Any, context: Mapping[str, Any], project: type[Record]) -> Problem:
    parts = parts_of(project)
    if kind == REFUSED:
        return Problem(path, context["message"], context["hint"])
    if kind in ("extra_forbidden", "invalid_key"):
        return _unknown_key(path, parts, project)
    if kind == "missing":
        return _missing(path, parts)
    if kind in ("model_type", "model_attributes_type"):
        return _not_a_record(path, value, parts)
    if kind == "literal_error":
        return Problem(
            path, f"this version understands {context['expected']}, found {found(value)}", "correct the schema line"
        )
    value_type = _value_type_at(path, parts, project)
    return Problem(path, f"expected {expected(value_type)}, found {found(value)}", advice(value_type, value))


def _record_at(path: Path, parts: Mapping[str, Part], project: type[Record]) -> type[Record]:
    """The record a path of a field leads through."""
    part = parts.get(str(path[0])) if len(path) > 1 else None
    return project if part is None else part.record


def _value_type_at(path: Path, parts: Mapping[str, Part], project: type[Record]) -> ValueType:
    record = _record_at(path, parts, project)
    name = path[0] if record is project else path[2 if parts[str(path[0])].many else 1]
    return fields_of(record)[str(name)].column.type


def _unknown_key(path: Path, parts: Mapping[str, Part], project: type[Record]) -> Problem:
    record = _record_at(path, parts, project)
    key = path[-1]
    if not isinstance(key, str):
        return Problem(path, f"a key must be text, found {found(key)}", about="key")
    if record is project:
        if key in {r.name for r in COMPUTED_LISTS}:
            return Problem(path, f"'{key}' is computed from the tasks and cannot be written", "leave it out", "key")
        names = [f.alias or name for name, f in project.model_fields.items()]
        return Problem(path, f"a project has no section or list {quoted(key)}", did_you_mean(key, names), "key")
    part = parts[str(path[0])]
    if part.name == "tasks" and key in {c.name for c in COMPUTED_TASK_COLUMNS}:
        return Problem(path, f"'{key}' is computed from the schedule and cannot be written", "leave it out", "key")
    if part.is_section and key == "id":
        return Problem(path, f"{part.name} is a section and needs no id", "leave it out", "key")
    return Problem(path, f"{part.name} has no field {quoted(key)}", did_you_mean(key, fields_of(record)), "key")


def _missing(path: Path, parts: Mapping[str, Part]) -> Problem:
    part, key = parts[str(path[0])], str(path[-1])
    singular = _singular(part)
    if key == "id":
        return Problem(path[:-1], f"this {singular} has no id", "add 'id:' and a short name that others can refer to")
    meaning = fields_of(part.record)[key].column.doc
    return Problem(path[:-1], f"this {singular} has no '{key}'", f"add '{key}:', {meaning}")


def _not_a_record(path: Path, value: Any, parts: Mapping[str, Part]) -> Problem:
    if not path:
        return Problem(path, f"expected sections and lists, found {found(value)}", "begin with 'project:' or 'team:'")
    part = parts[str(path[0])]
    if part.many:
        example = "id: ann" if part.is_list else "rule: some.rule"
        hint = f"write '- {example}'"
        if isinstance(value, str) and part.is_list:
            hint = f"write '- id: {value}'"
        return Problem(path, f"expected the fields of {a(_singular(part))}, found {found(value)}", hint)
    first = next(iter(fields_of(part.record)))
    return Problem(path, f"expected the fields of {part.name}, found {found(value)}", f"write them as '{first}: …'")


def _singular(part: Part) -> str:
    return part.record.singular if issubclass(part.record, Entry) else part.record.__name__.lower()
