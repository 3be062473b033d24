"""Conformance cases: a vocabulary, rules, facts, and what every engine has to answer.

A case is a YAML file:

    about: what it shows
    lists, sections, phase, settings     as in facts.yaml and settings.yaml of a pack
    conclusions: {name: {field: type}}
    rules: {id: {when: …, conclude: …}}  in the notation of rule files; what a case leaves out is filled in
    given: {list: [entry, …]}            lists that are left out are empty and complete
    unlisted: unknown                    … unless the case says this
    incomplete: [list]
    silent: true                         the case is right to have no firing at all
    skip: {engine: why}                  engines that would take for ever
    certain, possible: {rule: [firing]}  a firing is "x, y" by its facts, "x, y by w" with witnesses; a fact
                                         is its id, or "a b" by its values where it is a conclusion
    facts: {conclusion: [fact]}          a fact with "?" behind is merely possible

Instead of a list there may be a number: how many there are. Rules and conclusions that are left out
have nothing. To write down much in few words, `{repeat: 300, of: X}` in a list stands for 300 copies
of X, and under a key with `<n>` in it for 300 entries. In the copies `<n>` stands for the number
of the copy, from 0; `<n+1>`, `<n%10>` and `<n//10>` are computed. `<x*70000>` is so many letters x.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crm_rules.api import compile_packs
from crm_rules.diagnostics import Diagnostic
from crm_rules.engine.protocol import Firing, Run
from crm_rules.facts.base import FactBase
from crm_rules.facts.schema import Column, Kind, RelationKind, Schema
from crm_rules.facts.values import NO_VALUE, UNNAMED, Row, Value
from crm_rules.files.nodes import plain
from crm_rules.files.ruleset import load_pack
from crm_rules.files.text import read_source
from crm_rules.files.yaml_text import parse_yaml
from crm_rules.program.program import Program

CASES = Path(__file__).parent / "cases"

_KEYS = frozenset(("about", "lists", "sections", "phase", "settings", "conclusions", "rules", "given", "unlisted"))
_KEYS |= frozenset(("incomplete", "silent", "skip", "certain", "possible", "facts"))
_RULE_KEYS = frozenset({"when", "conclude", "phases", "mention"})
_BOTH = [{"name": "fires", "given": {}, "expect": "fires"}, {"name": "silent", "given": {}, "expect": "silent"}]

Answer = dict[str, Any]
"""What an engine says, or has to say: firings by rule and facts by conclusion, sorted, or their number."""


@dataclass(frozen=True)
class Case:
    """A case that has been read.

    Attributes:
        program: its rules.
        facts: what they run over.
        expected: what every engine has to answer.
        silent: whether nothing may fire.
        skip: engines the case is not for, each with the reason.
    """

    program: Program
    facts: FactBase
    expected: Answer
    silent: bool
    skip: Mapping[str, str]


def names() -> list[str]:
    """Names of all cases."""
    return sorted(p.relative_to(CASES).with_suffix("").as_posix() for p in CASES.rglob("*.yaml"))


def read_case(name: str, folder: Path) -> Case:
    """Read a case.

    Args:
        name: its name.
        folder: an empty folder to write its pack to.
    """
    problems: list[Diagnostic] = []
    root = parse_yaml(read_source(CASES / f"{name}.yaml", problems), problems)  # type: ignore[arg-type]
    assert root is not None, problems
    data = expanded(plain(root))
    assert set(data) <= _KEYS, sorted(set(data) - _KEYS)
    program = compile_packs([load_pack(write_pack(folder, data), Schema.of(()))])
    expected = {
        "certain": _wanted(data.get("certain")),
        "possible": _wanted(data.get("possible")),
        "facts": _wanted(data.get("facts")),
    }
    return Case(program, facts_of(program.schema, data), expected, bool(data.get("silent")), data.get("skip", {}))


def _wanted(stated: Mapping[str, Any] | None) -> Answer:
    return {
        name: sorted(map(str, value)) if isinstance(value, list) else value for name, value in (stated or {}).items()
    }


# -- much in few words --------------------------------------------------------------------------

_COUNTER = re.compile(r"<n(?:(\+|%|//)(\d+))?>")
_LETTERS = re.compile(r"<(.)\*(\d+)>")


def expanded(value: Any, number: int | None = None) -> Any:
    """Plain data with all repetitions written out."""
    if isinstance(value, str):
        return _text(value, number)
    if isinstance(value, list):
        found: list[Any] = []
        for item in value:
            if _is_repeated(item):
                found += (expanded(item["of"], n) for n in range(item["repeat"]))
            else:
                found.append(expanded(item, number))
        return found
    if isinstance(value, dict):
        entries: dict[str, Any] = {}
        for key, item in value.items():
            copies = [(n, item["of"]) for n in range(item["repeat"])] if _is_repeated(item) else [(number, item)]
            for n, copy in copies:
                entries[str(_text(key, n))] = expanded(copy, n)
        return entries
    return value


def _is_repeated(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == {"repeat", "of"}


def _text(text: str, number: int | None) -> str | int:
    text = _LETTERS.sub(lambda m: m[1] * int(m[2]), text)
    if number is None:
        return text
    whole = _COUNTER.fullmatch(text)
    return _computed(whole, number) if whole else _COUNTER.sub(lambda m: str(_computed(m, number)), text)


def _computed(match: re.Match[str], number: int) -> int:
    operand = int(match[2] or 0)
    match match[1]:
        case "+":
            return number + operand
        case "%":
            return number % operand
        case "//":
            return number // operand
    return number


# -- the pack -----------------------------------------------------------------------------------


def write_pack(folder: Path, data: Mapping[str, Any]) -> Path:
    """Write the vocabulary and the rules of a case as a pack."""
    files: dict[str, Any] = {
        "pack.yaml": {
            "schema": "crm-rules/pack/1",
            "name": "conformance",
            "version": "1",
            "title": str(data["about"]),
            "languages": ["en"],
        },
        "facts.yaml": {
            "lists": {n: {"singular": n, "fields": f} for n, f in data.get("lists", {}).items()},
            "sections": {n: {"fields": f} for n, f in data.get("sections", {}).items()},
            **({"phase": data["phase"]} if "phase" in data else {}),
        },
        "conclusions.yaml": {
            n: {"title": n, "sentence": n, "meaning": n, "fields": f} for n, f in data.get("conclusions", {}).items()
        },
        "settings.yaml": {n: {"value": v, "meaning": n} for n, v in data.get("settings", {}).items()},
    }
    for name, rule in data["rules"].items():
        assert set(rule) <= _RULE_KEYS, sorted(set(rule) - _RULE_KEYS)
        files["/".join(name.split(".")) + ".yaml"] = _rule(name, rule, data)
    for path, content in files.items():
        if content:
            folder.joinpath(path).parent.mkdir(parents=True, exist_ok=True)
            # JSON is YAML.
            folder.joinpath(path).write_text(json.dumps(content, ensure_ascii=False), "utf-8")
    return folder


def _rule(name: str, rule: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    then: dict[str, Any]
    if "conclude" in rule:
        then = {"conclude": rule["conclude"]}
    else:
        text = " ".join(_mentions(rule["when"], data.get("conclusions", {}))) or "it"
        then = {"risk": {"cause": "c", "event": text, "effect": "e", "likelihood": 3, "impact": 3}}
    return {
        "title": name,
        "kind": "conclusion" if "conclude" in rule else "risk",
        **({"phases": rule["phases"]} if "phases" in rule else {}),
        "when": rule["when"],
        "then": then,
        "examples": _BOTH,
    }


def _mentions(when: Sequence[Mapping[str, Any]], conclusions: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Holes that name everything bound, which a rule has to use."""
    found = []
    for clause in when:
        if "each" in clause:
            var, relation = re.split(r"\s+in\s+", clause["each"])
            found.append(f"{{{var}.{next(iter(conclusions.get(relation, {'id': ''})))}}}")
        elif "let" in clause:
            found.append(f"{{{clause['let']}}}")
    return found


# -- facts --------------------------------------------------------------------------------------


def facts_of(schema: Schema, data: Mapping[str, Any]) -> FactBase:
    """The facts of a case, as an author would have stated them; references are not checked."""
    given = dict(data.get("given", {}))
    if data.get("unlisted") != "unknown":
        lists = (n for n, r in schema.relations.items() if r.kind is RelationKind.LIST)
        given = {**{n: [] for n in lists}, **given}
    entries: dict[str, Any] = {}
    for name, stated in given.items():
        columns = {c.name: c for c in schema.relations[name].columns}
        if isinstance(stated, list):
            entries[name] = [{k: _authored(columns[k], v) for k, v in entry.items()} for entry in stated]
        elif stated is not None:
            entries[name] = {k: _authored(columns[k], v) for k, v in stated.items()}
    return FactBase.of(schema, entries, data.get("incomplete", ()))


def _authored(column: Column, value: Any) -> Any:
    if isinstance(value, list):
        return [_authored(column, v) for v in value]
    return dt.date.fromisoformat(value) if column.type.kind is Kind.DATE and value is not None else value


# -- answers ------------------------------------------------------------------------------------


def answer(run: Run, expected: Answer) -> Answer:
    """What a run says, in the form of what is expected: counted where that is a number."""
    certain: dict[str, list[str]] = {}
    possible: dict[str, list[str]] = {}
    for firing in run.firings():
        (certain if firing.certain else possible).setdefault(firing.rule, []).append(_firing(run, firing))
    facts = {
        name: [_fact(run, name, r) for r in derived.certain] + [f"{_fact(run, name, r)}?" for r in derived.possible]
        for name, derived in run.derived.items()
        if derived.certain or derived.possible
    }
    return {
        what: {
            name: len(found) if isinstance(expected[what].get(name), int) else sorted(found)
            for name, found in said.items()
        }
        for what, said in (("certain", certain), ("possible", possible), ("facts", facts))
    }


def _firing(run: Run, firing: Firing) -> str:
    rule = run.program.rule(firing.rule)
    text = ", ".join(_fact(run, e.relation, row) for e, row in zip(rule.eaches, firing.facts, strict=True))
    if any(w is not None for w in firing.witnesses):
        seen = zip(rule.somes, firing.witnesses, strict=True)
        text += " by " + ", ".join("-" if row is None else _fact(run, s.relation, row) for s, row in seen)
    return text.strip()


def _fact(run: Run, relation: str, row: Row) -> str:
    derived = run.program.schema.relations[relation].kind is RelationKind.DERIVED
    return " ".join(map(_value, row if derived else row[:1]))


def _value(value: Value) -> str:
    if value is None:
        return "unknown"
    if value is UNNAMED:
        return "unnamed"
    if value is NO_VALUE:
        return "nothing"
    if isinstance(value, tuple):
        return "[" + " ".join(map(_value, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)
