"""Changes to a plan and names of tasks as people type them: `delay cfg 5d`, `link tor -> cfg SS+2d`.

Only wording is read here; whether a change makes sense for the plan is decided in `what_if`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from crm_rules.diagnostics import Diagnostic, did_you_mean
from crm_rules.roadmap.plan import LagUnit, LinkType, Plan, PlanLink, minutes_of, named_links
from crm_rules.roadmap.what_if import (
    AddLink,
    Change,
    ChangeLag,
    Delay,
    DropLink,
    DropTask,
    ImpossibleChange,
    Lengthen,
)

FORMS: Final = (
    "delay TASK 5d",
    "lengthen TASK 3d",
    "shorten TASK 2d",
    "drop TASK",
    "link A -> B",
    "link A -> B SS+2d",
    "unlink A -> B",
    "lag A -> B 3d",
)
"""What a change can look like; `5d` are working days, `2w` weeks of five, `4h` hours."""

_TIME: Final = r"(?P<sign>[+-]?)(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>ed|d|w|h|%)?"
_LINK: Final = re.compile(
    rf"(?P<before>.+?)\s*->\s*(?P<after>.+?)(?:\s+(?P<type>fs|ss|ff|sf)\s*(?P<lag>{_TIME})?)?", re.IGNORECASE
)
_LAST: Final = re.compile(rf"(?P<rest>.+)\s+{_TIME}", re.IGNORECASE)
_WEEK_DAYS: Final = 5
_HOURS_PER_DAY: Final = 24


def task_named(plan: Plan, text: str) -> str:
    """The id of a task that somebody calls by its id, or by its name where only one task has it.

    Raises:
        ImpossibleChange: there is no such task, or more than one.
    """
    clean = text.strip()
    ids = {t.id for t in plan.tasks}
    if clean in ids:
        return clean
    called = [t.id for t in plan.tasks if t.name.casefold() == clean.casefold()]
    if len(called) == 1:
        return called[0]
    if called:
        raise _impossible(f"{len(called)} tasks are called '{clean}'", f"say which by id: {', '.join(sorted(called))}")
    raise _impossible(f"there is no task '{clean}'", did_you_mean(clean, [*ids, *(t.name for t in plan.tasks)]))


def changes_of(plan: Plan, texts: Iterable[str]) -> tuple[Change, ...]:
    """Changes from their wording, see `FORMS`.

    Raises:
        ImpossibleChange: with everything in them that cannot be understood.
    """
    found: list[Change] = []
    problems: list[Diagnostic] = []
    for text in texts:
        try:
            found.append(_change(plan, text))
        except ImpossibleChange as error:
            problems += error.diagnostics
    if problems:
        raise ImpossibleChange(problems)
    return tuple(found)


def _change(plan: Plan, text: str) -> Change:
    verb, _, rest = text.strip().partition(" ")
    rest = rest.strip()
    if not rest:
        raise _not_understood(text)
    match verb.lower():
        case "delay":
            task, minutes = _task_and_time(plan, text, rest)
            return Delay(task, minutes)
        case "lengthen":
            task, minutes = _task_and_time(plan, text, rest)
            return Lengthen(task, minutes)
        case "shorten":
            task, minutes = _task_and_time(plan, text, rest)
            return Lengthen(task, -minutes)
        case "drop":
            return DropTask(task_named(plan, rest))
        case "link":
            return AddLink(_new_link(plan, text, rest))
        case "unlink":
            return DropLink(_known_link(plan, text, rest)[0])
        case "lag":
            return _new_lag(plan, text, rest)
        case _:
            raise _not_understood(text)


def _task_and_time(plan: Plan, text: str, rest: str) -> tuple[str, int]:
    parts = _LAST.fullmatch(rest)
    if parts is None or parts["unit"] in ("%", "ed"):
        raise _not_understood(text)
    return task_named(plan, parts["rest"]), _working(plan, parts)


def _new_link(plan: Plan, text: str, rest: str) -> PlanLink:
    parts = _LINK.fullmatch(rest)
    if parts is None:
        raise _not_understood(text)
    before, after = task_named(plan, parts["before"]), task_named(plan, parts["after"])
    kind = LinkType((parts["type"] or "fs").lower())
    lag, unit = (0, LagUnit.WORKING) if parts["lag"] is None else _lag(plan, parts)
    return PlanLink(before, after, kind, lag, unit)


def _known_link(plan: Plan, text: str, rest: str) -> tuple[str, PlanLink]:
    """The one link between two tasks, of the type named if there are several."""
    parts = _LINK.fullmatch(rest)
    if parts is None or parts["lag"] is not None:
        raise _not_understood(text)
    before, after = task_named(plan, parts["before"]), task_named(plan, parts["after"])
    links = [(i, k) for i, k in named_links(plan.links) if (k.predecessor, k.successor) == (before, after)]
    if parts["type"] is not None:
        links = [(i, k) for i, k in links if k.type.value == parts["type"].lower()]
    if len(links) == 1:
        return links[0]
    if links:
        ids = ", ".join(i for i, _ in links)
        raise _impossible(f"there are {len(links)} links '{before}' -> '{after}'", f"name the type: {ids}")
    raise _impossible(f"there is no such link '{before}' -> '{after}'", _others(plan, before, after))


def _others(plan: Plan, before: str, after: str) -> str | None:
    """What the successor does wait for."""
    waits = sorted({k.predecessor for k in plan.links if k.successor == after and k.predecessor != before})
    return f"'{after}' waits for {', '.join(waits)}" if waits else None


def _new_lag(plan: Plan, text: str, rest: str) -> ChangeLag:
    parts = _LAST.fullmatch(rest)
    if parts is None:
        raise _not_understood(text)
    name, link = _known_link(plan, text, parts["rest"])
    lag, unit = _lag(plan, parts)
    if unit is not link.unit:
        raise _impossible(f"the lag of '{name}' is counted in another unit", "take the link out and add a new one")
    return ChangeLag(name, lag)


def _lag(plan: Plan, parts: re.Match[str]) -> tuple[int, LagUnit]:
    number = float(parts["sign"] + parts["number"])
    match parts["unit"]:
        case "%":
            return round(number * 100), LagUnit.PERCENT
        case "ed":
            return minutes_of(number, _HOURS_PER_DAY * 60), LagUnit.ELAPSED
        case _:
            return _working(plan, parts), LagUnit.WORKING


def _working(plan: Plan, parts: re.Match[str]) -> int:
    number = float(parts["sign"] + parts["number"])
    match (parts["unit"] or "d").lower():
        case "h":
            return round(number * 60)
        case "w":
            return minutes_of(number * _WEEK_DAYS, plan.minutes_per_day)
        case _:
            return minutes_of(number, plan.minutes_per_day)


def _not_understood(text: str) -> ImpossibleChange:
    return _impossible(f"'{text.strip()}' is no change", f"changes look like this: {'; '.join(FORMS)}")


def _impossible(message: str, hint: str | None) -> ImpossibleChange:
    return ImpossibleChange([Diagnostic(message, hint=hint)])
