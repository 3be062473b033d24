"""Packs of rules: found, read in order, and compiled into one program."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from crm_rules.diagnostics import Diagnostic, did_you_mean
from crm_rules.engine.compiled import CompiledEngine
from crm_rules.errors import RulesetError
from crm_rules.files.pack import bundled_pack_path, find_packs
from crm_rules.files.ruleset import Pack, load_pack
from crm_rules.model.enums import Actor, enum_type
from crm_rules.model.schema import project_schema
from crm_rules.program.check import Conventions
from crm_rules.program.program import Program, compile_program
from crm_rules.rules.draft import RuleDraft, Setting
from crm_rules.rules.ordering import Ordering

BUNDLED_PACK = "crm"
"""Name of the pack that comes with the library."""

Settings = Mapping[str, bool | int | float | str]
"""Thresholds of a pack that are to be used instead of its own."""


def load_packs(packs: Sequence[str | os.PathLike[str] | Pack] | None = None, lenient: bool = False) -> tuple[Pack, ...]:
    """Read packs in order, each with the vocabulary of those before it; the bundled pack when None.

    When lenient, problems of rule files stay in the packs until they are compiled.

    Raises:
        RulesetError: with all problems of the first pack that has any, or there is no pack.
    """
    loaded: list[Pack] = []
    schema = project_schema()
    for pack in packs if packs is not None else [BUNDLED_PACK]:
        found = pack if isinstance(pack, Pack) else load_pack(pack_path(pack), schema, lenient=lenient)
        schema = found.schema
        loaded.append(found)
    if not loaded:
        raise RulesetError([Diagnostic("an assessor needs at least one pack")])
    return tuple(loaded)


def pack_path(pack: str | os.PathLike[str]) -> str | os.PathLike[str]:
    """Where a pack lies: the bundled one or an installed one by name, else the path as given."""
    if isinstance(pack, str) and os.sep not in pack and not Path(pack).is_dir():
        if pack == BUNDLED_PACK:
            return bundled_pack_path(pack)
        installed = find_packs()
        if pack in installed:
            return installed[pack]
    return pack


def compile_packs(
    packs: Sequence[Pack], settings: Settings | None = None, warnings: list[Diagnostic] | None = None
) -> Program:
    """Compile packs into one program.

    Raises:
        RulesetError: with every error found.
    """
    drafts: dict[str, RuleDraft] = {}
    problems = [p for pack in packs for p in pack.problems]
    for pack in packs:
        for draft in pack.drafts:
            if drafts.setdefault(draft.id, draft) is not draft:
                problems.append(draft.head.problem(f"another pack has a rule '{draft.id}' already"))
    own = {name: setting for pack in packs for name, setting in pack.settings.items()}
    conventions = Conventions(
        actors=enum_type(Actor),
        sources=frozenset(key for pack in packs for key in pack.sources),
        settings=_override(own, settings or {}),
        unreadable=frozenset(rule for pack in packs for rule in pack.unreadable),
    )
    try:
        program = compile_program(drafts.values(), packs[-1].schema, conventions, warnings)
    except RulesetError as error:
        raise RulesetError([*problems, *error.diagnostics]) from None
    if any(p.severity == "error" for p in problems):
        raise RulesetError(problems)
    return program


def rule_source(program: Program, rule: str) -> str:
    """The Python the compiled engine runs for one rule, certain and possible answers together.

    Raises:
        KeyError: the program has no such rule, or its author calls it a draft.
    """
    return CompiledEngine().source(program, rule)


def orderings_of(packs: Iterable[Pack]) -> tuple[Ordering, ...]:
    """The constraints on the order of work of several packs, sorted by id; of two with one id the first."""
    found: dict[str, Ordering] = {}
    for pack in packs:
        for ordering in pack.orderings:
            found.setdefault(ordering.id, ordering)
    return tuple(found[name] for name in sorted(found))


@cache
def bundled_orderings() -> tuple[Ordering, ...]:
    """The constraints on the order of work of the bundled pack, read once."""
    return orderings_of(load_packs(lenient=True))


def _override(own: Mapping[str, Setting], settings: Settings) -> dict[str, Setting]:
    result = dict(own)
    problems: list[Diagnostic] = []
    for name, value in settings.items():
        if name not in own:
            problems.append(Diagnostic(f"there is no setting '{name}'", hint=did_you_mean(name, own)))
            continue
        old = own[name]
        fits = _is_number(value) if _is_number(old.value) else type(value) is type(old.value)
        if not fits:
            problems.append(Diagnostic(f"setting '{name}' is {old.value!r} in the pack and cannot be {value!r}"))
            continue
        result[name] = Setting(name, value, old.unit, old.meaning, "set for this assessment")
    if problems:
        raise RulesetError(problems)
    return result


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
