"""What must hold between the fields of the roadmap and its tasks: dates, progress, constraints, parts and wholes.

A plan that only looks unwise is no business of this file, only one that contradicts itself. Like `references`,
the checks read authored data and validated models alike and leave what is unreadable to validation.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise, takewhile
from typing import Any, Final

from crm_rules.model.enums import ConstraintType
from crm_rules.model.links import LinkError, parse_link
from crm_rules.model.problems import Path, Problem
from crm_rules.model.references import value_of

_RUNS: Final = (("start", "finish"), ("actual_start", "actual_finish"), ("baseline_start", "baseline_finish"))
_PLANNED, _RUNNING, _DONE, _DROPPED = "planned", "running", "done", "dropped"


@dataclass(frozen=True, slots=True)
class _Task:
    """A task as far as it can be read.

    Attributes:
        path: where it stands.
        record: authored data or a model.
    """

    path: Path
    record: Any

    def problem(self, field: str, message: str, hint: str | None = None) -> Problem:
        return Problem((*self.path, field), message, hint)

    def has(self, field: str) -> bool:
        return value_of(self.record, field) is not None

    def date(self, field: str) -> dt.date | None:
        return _date(value_of(self.record, field))

    def number(self, field: str) -> float | None:
        value = value_of(self.record, field)
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None

    def text(self, field: str) -> str | None:
        value = value_of(self.record, field)
        return str(value) if isinstance(value, str) else None

    @property
    def status(self) -> str | None:
        """None when it cannot be read."""
        value = value_of(self.record, "status")
        if value is None:
            return _PLANNED
        return str(value) if value in (_PLANNED, _RUNNING, _DONE, _DROPPED) else None

    @property
    def happened(self) -> tuple[str, str]:
        """The fields that say when it really began and was finished."""
        began = "actual_start" if self.has("actual_start") or self.status == _PLANNED else "start"
        ended = "actual_finish" if self.has("actual_finish") or self.status != _DONE else "finish"
        return began, ended


def check_plan(data: Any) -> list[Problem]:
    """Contradictions within the roadmap and its tasks."""
    if not isinstance(data, Mapping):
        return []
    today = _date(data.get("as_of"))
    given = data.get("tasks")
    tasks = [
        _Task(("tasks", position), record)
        for position, record in enumerate(given if isinstance(given, list | tuple) else ())
        if value_of(record, "id") is not None
    ]
    problems = list(_roadmap(data.get("roadmap"), today))
    for task in tasks:
        problems += _order(task)
        problems += _laid_down(task)
        problems += _happened(task, today)
        problems += _estimate(task)
    problems += _parts(tasks)
    return problems


def _date(value: object) -> dt.date | None:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    try:
        return dt.date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        return None


def _roadmap(roadmap: Any, today: dt.date | None) -> Iterator[Problem]:
    status_date = _date(value_of(roadmap, "status_date"))
    if status_date is not None and today is not None and status_date > today:
        yield Problem(
            ("roadmap", "status_date"),
            f"progress cannot be known up to {status_date} when the facts describe {today}",
            "correct the date or as_of",
        )


def _order(task: _Task) -> Iterator[Problem]:
    runs = [*_RUNS]
    if task.status == _DONE and task.has("actual_start") is not task.has("actual_finish"):
        runs.append(task.happened)
    for first, last in runs:
        begin, end = task.date(first), task.date(last)
        if begin is not None and end is not None and end < begin:
            yield task.problem(last, f"'{last}' {end} is before '{first}' {begin}", "correct one of the two")


def _laid_down(task: _Task) -> Iterator[Problem]:
    constraint = value_of(task.record, "constraint")
    dated = any(constraint == c and c.dated for c in ConstraintType)
    if constraint is not None and constraint not in list(ConstraintType):
        return
    if dated and not task.has("constraint_date"):
        yield task.problem("constraint", f"'{constraint}' needs a date", "add 'constraint_date: YYYY-MM-DD'")
    if not dated and task.has("constraint_date"):
        yield task.problem(
            "constraint_date",
            "a date is laid down, but not what it does",
            "add a constraint, such as 'constraint: start_no_earlier_than'",
        )
    if value_of(task.record, "manual") is not True:
        return
    if not task.has("start") and not task.has("finish"):
        yield task.problem("manual", "a task scheduled by hand needs a start or a finish", "add 'start: YYYY-MM-DD'")
    if constraint is not None and constraint != ConstraintType.AS_SOON_AS_POSSIBLE:
        yield task.problem(
            "constraint",
            "a task scheduled by hand takes its dates from its start and finish, not from a constraint",
            "leave out the constraint, or manual",
        )


def _happened(task: _Task, today: dt.date | None) -> Iterator[Problem]:
    status = task.status
    if status is None or status == _DROPPED:
        return
    for field, verb in zip(task.happened, ("begun", "finished"), strict=True):
        day = task.date(field)
        if day is not None and today is not None and day > today:
            yield task.problem(
                field,
                f"the task cannot have {verb} on {day}, after the day the facts describe, {today}",
                "correct the date, the status or as_of",
            )
    if status != _DONE and task.has("actual_finish"):
        yield task.problem("actual_finish", f"the task has been finished but is {status}", "write 'status: done'")
    if status == _PLANNED:
        if task.has("actual_start"):
            yield task.problem("actual_start", "the task has begun but is planned", "write 'status: running'")
        if (task.number("progress") or 0) > 0:
            yield task.problem("progress", "the task has progressed but is planned", "write 'status: running'")
    if status == _DONE:
        if (task.number("remaining") or 0) > 0:
            yield task.problem("remaining", "the task is done but needs more days", "write 'status: running'")
        progress = task.number("progress")
        if progress is not None and progress < 1:
            yield task.problem("progress", "the task is done but its progress is less than 1", "leave it out")


def _estimate(task: _Task) -> Iterator[Problem]:
    ends = ("optimistic_duration", "pessimistic_duration")
    named = [field for field in ends if task.has(field)]
    if not named:
        return
    if len(named) == 1:
        missing = next(field for field in ends if field not in named)
        yield task.problem(named[0], f"'{named[0]}' says nothing without '{missing}'", f"add '{missing}:'")
    middle = "likely_duration" if task.has("likely_duration") else "duration"
    if not task.has(middle):
        yield task.problem(named[0], "the estimate has no likely value", "add 'likely_duration:' or 'duration:'")
    order = [(field, value) for field in (ends[0], middle, ends[1]) if (value := task.number(field)) is not None]
    for (low, small), (high, large) in pairwise(order):
        if large < small:
            at = high if high != "duration" else low
            yield task.problem(at, f"'{high}' {large:g} is less than '{low}' {small:g}", "correct one of the two")


def _parts(tasks: list[_Task]) -> Iterator[Problem]:
    """Tasks that are part of themselves, and links between a task and what it is part of."""
    by_id: dict[str, _Task] = {}
    for task in tasks:
        if (key := task.text("id")) is not None:
            by_id.setdefault(key, task)
    parents = {key: parent for key, task in by_id.items() if (parent := task.text("parent")) in by_id and parent != key}
    if not parents:
        return
    wholes = {key: _wholes(key, parents) for key in by_id}
    told: set[str] = set()
    for key, task in by_id.items():
        above = wholes[key]
        if key in above and key not in told:
            loop = [key, *takewhile(key.__ne__, above)]
            told.update(loop)
            yield task.problem("parent", f"the task is part of itself: {' in '.join([*loop, key])}", "leave out one")
        links = value_of(task.record, "after")
        for position, text in enumerate(links if isinstance(links, list | tuple) else ()):
            try:
                other = parse_link(text).predecessor if isinstance(text, str) else None
            except LinkError:
                continue
            if other not in by_id or other == key:
                continue
            if other in above:
                message = f"the task cannot wait for '{other}', which it is part of"
            elif key in wholes[other]:
                message = f"the task cannot wait for '{other}', which is part of it"
            else:
                continue
            yield Problem((*task.path, "after", position), message, "leave the link out")


def _wholes(task: str, parents: Mapping[str, str]) -> dict[str, None]:
    """What a task is part of, from its parent up, each once."""
    found: dict[str, None] = {}
    at = parents.get(task)
    while at is not None and at not in found:
        found[at] = None
        at = parents.get(at)
    return found
