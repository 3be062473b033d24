"""The hand-written rules as runnable code: one function per rule, or all in one function.

The first is what rules by hand usually look like. The second takes every rule in its fastest form,
prepares everything once and lets rules about the same list share its loop; nobody would like to
maintain it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from textwrap import indent
from typing import Any

from tests.bench.rule_pairs import CHAIN, ByHand, Pair

Found = list[tuple[Any, ...]]
"""Firings: the rule's id, then the facts it matched."""

Rule = Callable[[Any, "Lookups", Found], None]


class Lookups:
    """Dictionaries by id, built once per evaluation, and what has been concluded so far."""

    __slots__ = ("departments", "endangered", "exposed", "people", "products", "shaky", "strained", "tasks", "vendors")

    def __init__(self, p: Any) -> None:
        self.people = {x.id: x for x in p.people}
        self.departments = {x.id: x for x in p.departments}
        self.tasks = {x.id: x for x in p.tasks}
        self.vendors = {x.id: x for x in p.vendors}
        self.products = {x.id: x for x in p.products}
        self.strained: dict[str, Any] = {}
        self.exposed: dict[str, Any] = {}
        self.endangered: dict[str, Any] = {}
        self.shaky: Any = None


def one_function_per_rule(pairs: Iterable[Pair]) -> Callable[[Any], Found]:
    """The rules as functions called one after the other."""
    rules: list[Rule] = [_load(_function(f"rule_{n}", _alone(p, p.plain))) for n, p in enumerate(pairs)]

    def evaluate(p: Any) -> Found:
        by, found = Lookups(p), Found()
        for rule in rules:
            rule(p, by, found)
        return found

    return evaluate


def one_function_for_all(pairs: Sequence[Pair]) -> Callable[[Any], Found]:
    """The rules in their tuned form, fused by list into one function."""
    rule = _load(fused_source(pairs))

    def evaluate(p: Any) -> Found:
        by, found = Lookups(p), Found()
        rule(p, by, found)
        return found

    return evaluate


def fused_source(pairs: Sequence[Pair]) -> str:
    """Source of the fused function; rules that read conclusions come last, in their order."""
    chained = [pair for pair in pairs if pair in CHAIN[1:]]
    together = [pair for pair in pairs if pair not in chained]
    lines = list(dict.fromkeys(pair.tuned.setup for pair in together if pair.tuned.setup))
    guards = {guard: f"guard_{n}" for n, guard in enumerate(dict.fromkeys(pair.tuned.guard for pair in together))}
    lines += [f"{name} = {guard}" for guard, name in guards.items() if guard]
    lines += [_body(pair, pair.tuned) for pair in together if not pair.over]
    loops: dict[str, list[Pair]] = {}
    for pair in together:
        if pair.over:
            loops.setdefault(pair.over, []).append(pair)
    for over, members in loops.items():
        bodies = [_guarded(guards[p.tuned.guard] if p.tuned.guard else "", _body(p, p.tuned)) for p in members]
        lines.append(f"for x in p.{over}:\n" + indent("\n".join(bodies), "    "))
    lines += [_alone(pair, pair.tuned) for pair in chained]
    return _function("fused", "\n".join(lines))


def _alone(pair: Pair, code: ByHand) -> str:
    body = _body(pair, code)
    if pair.over:
        body = f"for x in p.{pair.over}:\n" + indent(body, "    ")
    return (code.setup + "\n" if code.setup else "") + _guarded(code.guard, body)


def _guarded(guard: str, body: str) -> str:
    return f"if {guard}:\n" + indent(body, "    ") if guard else body


def _body(pair: Pair, code: ByHand) -> str:
    return code.body.replace("(ID,", f"({pair.id!r},")


def _function(name: str, body: str) -> str:
    return f"def {name}(p, by, found):\n" + indent(body, "    ") + "\n"


def _load(source: str) -> Rule:
    namespace: dict[str, Any] = {"dt": dt}
    exec(compile(source, "<hand-written>", "exec"), namespace)  # noqa: S102 - text of this package
    rule: Rule = namespace[source.partition("(")[0].removeprefix("def ")]
    return rule
