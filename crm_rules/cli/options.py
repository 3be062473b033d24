"""Options several commands share, and what their values mean."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import click

from crm_rules import api
from crm_rules.diagnostics import did_you_mean

F = TypeVar("F", bound=Callable[..., Any])

NEVER: Final = "never"


def engine_option(function: F) -> F:
    """`--engine`: the engine to run."""
    text = "Engine to run; every engine gives the same answers."
    return click.option(
        "--engine", metavar="NAME", default=api.DEFAULT_ENGINE, show_default=True, callback=_engine, help=text
    )(function)


def engines_option(function: F) -> F:
    """`--engine`, repeatable: the engines to run, all of them when none is named."""
    text = "Engine to run; may be repeated.  [default: all]"
    return click.option("--engine", "engines", metavar="NAME", multiple=True, callback=_engines, help=text)(function)


def _engines(ctx: click.Context, param: click.Parameter, values: Sequence[str]) -> Sequence[str]:
    return [_engine(ctx, param, value) for value in values]


def _engine(ctx: click.Context, param: click.Parameter, value: str) -> str:
    try:
        api.engine_named(value)
    except api.EngineError as error:
        raise click.BadParameter(str(error), ctx, param) from None
    return value


def pack_option(function: F) -> F:
    """`--pack`, repeatable: the packs to use."""
    text = "Folder or name of a pack of rules; may be repeated. [default: the bundled pack crm]"
    return click.option("--pack", "packs", metavar="PATH_OR_NAME", multiple=True, help=text)(function)


def setting_option(function: F) -> F:
    """`--setting`, repeatable: thresholds instead of those of the packs."""
    text = "Use another value for a setting of the pack; may be repeated."
    return click.option("--setting", "settings", metavar="NAME=VALUE", multiple=True, help=text)(function)


def packs_of(names: Sequence[str], lenient: bool = False) -> tuple[api.Pack, ...]:
    """The packs that were asked for, read; the bundled one when none was."""
    return api.load_packs(names or None, lenient)


# -- settings -----------------------------------------------------------------------------------


def settings_of(given: Sequence[str], packs: Iterable[api.Pack]) -> dict[str, bool | int | float | str]:
    """The values of `--setting`, read as what the settings of the packs are.

    Raises:
        click.UsageError: no `=`, a setting no pack has, given twice, or a value of another kind.
    """
    known = {name: setting for pack in packs for name, setting in pack.settings.items()}
    found: dict[str, bool | int | float | str] = {}
    for text in given:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not equals or not name:
            raise click.UsageError(f"--setting takes NAME=VALUE, found '{text}'.")
        if name not in known:
            hint = did_you_mean(name, known)
            raise click.UsageError(f"There is no setting '{name}'" + (f"; {hint}" if hint else "."))
        if name in found:
            raise click.UsageError(f"The setting '{name}' is given twice.")
        found[name] = _setting_value(known[name], value)
    return found


def _setting_value(setting: api.Setting, text: str) -> bool | int | float | str:
    if isinstance(setting.value, bool):
        if text not in ("true", "false"):
            raise click.UsageError(f"The setting '{setting.name}' is true or false, found '{text}'.")
        return text == "true"
    if not isinstance(setting.value, int | float):
        return text
    try:
        return int(text)
    except ValueError:
        pass
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if number != number or number in (float("inf"), float("-inf")):
        raise click.UsageError(f"The setting '{setting.name}' is a number, found '{text}'.")
    return number


# -- selecting findings -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Patterns:
    """What `--select` or `--ignore` names: rule ids, their beginnings, families, rows of the catalogue, or globs."""

    texts: tuple[str, ...]

    def match(self, *names: str) -> bool:
        """Whether any of the names of a rule fits any pattern."""
        return any(_fits(text, name) for text in self.texts for name in names if name)


def patterns_of(option: str, given: Sequence[str], packs: Iterable[api.Pack]) -> Patterns:
    """The values of an option, each a list with commas.

    Raises:
        click.UsageError: a pattern that fits no rule of the packs, which would hide or show nothing.
    """
    texts = tuple(dict.fromkeys(t for value in given for part in value.split(",") if (t := part.strip())))
    rules = [names_of(d) for pack in packs for d in pack.drafts]
    for text in texts:
        if not any(_fits(text, name) for names in rules for name in names if name):
            hint = did_you_mean(text, [n for names in rules for n in names if n])
            raise click.UsageError(f"{option} '{text}' fits no rule" + (f"; {hint}" if hint else "."))
    return Patterns(texts)


def names_of(rule: api.RuleDraft) -> tuple[str, str, str]:
    """What a rule can be called by: its id, its family, its row of the catalogue."""
    return rule.id, rule.family, rule.catalogue


def _fits(pattern: str, name: str) -> bool:
    if any(c in pattern for c in "*?["):
        return fnmatch.fnmatchcase(name, pattern)
    return name == pattern or name.startswith((f"{pattern}.", f"{pattern}-"))
