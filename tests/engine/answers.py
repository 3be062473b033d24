"""Whole answers of engines in a form that can be compared, hashed and shown."""

from __future__ import annotations

import hashlib
import sys
from dataclasses import replace
from typing import Any, TypeVar

from crm_rules.engine.protocol import Run
from crm_rules.engine.registry import engine_named
from crm_rules.errors import RulesetError
from crm_rules.facts.base import FactBase
from crm_rules.facts.schema import RelationKind
from crm_rules.rules.draft import ClauseDraft, ConcludeDraft, RuleDraft, Text
from tests.engine.choices import Choices, Seeded
from tests.engine.random_cases import Case, random_case

_T = TypeVar("_T")


def answer(run: Run) -> str:
    """Everything a run says, in canonical order."""
    lines = [str(f) for f in run.firings()]
    lines += [f"{name}: {derived}" for name, derived in sorted(run.derived.items())]
    return "\n".join(lines)


def digest(engine: str, seeds: range) -> str:
    """Hash of the answers of an engine to many programs."""
    found = hashlib.sha256()
    for seed in seeds:
        case = random_case(Seeded(seed))
        try:
            found.update(answer(engine_named(engine).run(case.program, case.facts)).encode())
        except RulesetError as error:
            found.update(str(error).encode())
    return found.hexdigest()


# -- the same case in another order -----------------------------------------------------------


def shuffled(case: Case, choices: Choices) -> Case:
    """The same rules and the same facts, written down in another order."""
    given: dict[str, Any] = {}
    for name in _permuted(sorted(case.facts.extensions), choices):
        relation = case.schema.relations[name]
        entries = [
            {c.name: c.decode(v) for c, v in zip(relation.columns, row, strict=True)}
            for row in _permuted(list(case.facts.extensions[name].rows), choices)
        ]
        given[name] = entries[0] if relation.kind is RelationKind.SECTION else entries
    open_ = [n for n, e in case.facts.extensions.items() if not e.complete]
    facts = FactBase.of(case.schema, given, open_)
    return Case(tuple(_permuted(list(case.drafts), choices)), facts)


def renamed(case: Case) -> tuple[Case, dict[str, str]]:
    """The same rules under names that sort the other way round, and the old name of each new one."""
    new = {d.id: f"also{len(case.drafts) - i}" for i, d in enumerate(case.drafts)}
    return Case(tuple(_renamed(d, new) for d in case.drafts), case.facts), {v: k for k, v in new.items()}


def _renamed(draft: RuleDraft, new: dict[str, str]) -> RuleDraft:
    def text(t: Text) -> Text:
        value = t.value
        for old, name in new.items():
            value = value.replace(f'"{old}"', f'"{name}"')
        return Text(value)

    def clause(c: ClauseDraft) -> ClauseDraft:
        return ClauseDraft(
            c.keyword,
            text(c.head),
            tuple(text(w) for w in c.where),
            text(c.be) if c.be is not None else None,
            tuple(tuple(clause(i) for i in a) for a in c.alternatives),
        )

    concludes = tuple(
        ConcludeDraft(c.relation, {n: (k, text(v)) for n, (k, v) in c.values.items()}) for c in draft.concludes
    )
    return replace(draft, id=new[draft.id], when=tuple(clause(c) for c in draft.when), concludes=concludes)


def _permuted(items: list[_T], choices: Choices) -> list[_T]:
    left = list(items)
    return [left.pop(choices.below(len(left))) for _ in items]


if __name__ == "__main__":
    sys.stdout.write(digest(sys.argv[1], range(int(sys.argv[2]), int(sys.argv[3]))))
