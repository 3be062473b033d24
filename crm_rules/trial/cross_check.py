"""One project on every engine that is installed: whether all give the same answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crm_rules.api import Assessor, Subject, project_facts
from crm_rules.engine.protocol import Engine, Run
from crm_rules.engine.registry import FOREIGN_ENGINES, engine_named, installed_engines
from crm_rules.errors import EngineError
from crm_rules.explain.paths import fact_path
from crm_rules.facts.values import Row

SILENT = "silent"
"""What is said of an engine that says nothing about something."""

_Key = tuple[str, tuple[Row, ...]]


@dataclass(frozen=True, slots=True)
class Difference:
    """Something the engines do not agree on.

    Attributes:
        what: id of the rule, or name of the conclusion.
        about: the facts bound by its `each` clauses (`person = team[ann]`), or the derived fact.
        answers: name of every engine that answered to what it says.
    """

    what: str
    about: tuple[str, ...]
    answers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CrossCheck:
    """What came of running a project on every engine.

    Attributes:
        engines: those that answered, the one of the assessor first.
        unanswered: those that gave no answer (a limit, a rule they cannot run, a crash), to the reason.
        differences: everything that not all of `engines` say alike, in order of rules and facts.
    """

    engines: tuple[str, ...]
    unanswered: Mapping[str, str]
    differences: tuple[Difference, ...]


def cross_check(assessor: Assessor, subject: Subject) -> CrossCheck:
    """Run a project on every installed engine and compare whole answers, firing by firing.

    Engines that could crash run in processes of their own.
    """
    facts, _ = project_facts(subject, assessor.program.schema, assessor.orderings)
    others = (n for n in installed_engines() if n != assessor.engine.name)
    engines: list[Engine] = [assessor.engine, *(engine_named(n, n in FOREIGN_ENGINES) for n in others)]
    runs: list[Run] = []
    unanswered: dict[str, str] = {}
    for engine in engines:
        try:
            runs.append(engine.run(assessor.program, facts, limits=assessor.limits))
        except EngineError as error:
            unanswered[engine.name] = str(error)
    return CrossCheck(tuple(r.engine for r in runs), unanswered, tuple(_differences(runs)))


def _differences(runs: list[Run]) -> list[Difference]:
    said = {run.engine: _answers(run) for run in runs}
    keys: dict[_Key, None] = dict.fromkeys(key for answers in said.values() for key in answers)
    found: list[Difference] = []
    for key in keys:
        answers = {engine: answer.get(key, SILENT) for engine, answer in said.items()}
        if len(set(answers.values())) > 1:
            found.append(Difference(key[0], _bound(runs[0], *key), answers))
    return sorted(found, key=lambda d: (d.what, d.about))


def _answers(run: Run) -> dict[_Key, str]:
    """What a run says of each rule and the facts it binds, and of each derived fact, in words."""
    said: dict[_Key, list[str]] = {}
    for firing in run.firings():
        words = ["certain" if firing.certain else "possible"]
        if firing.certain:
            seen = zip(run.program.rule(firing.rule).somes, firing.witnesses, strict=True)
            words += [f"{s.var} = {fact_path(run.facts, s.relation, row)}" for s, row in seen if row is not None]
        said.setdefault((firing.rule, firing.facts), []).append(", ".join(words))
    for name, derived in run.derived.items():
        for word, rows in (("certain", derived.certain), ("possible", derived.possible)):
            for row in rows:
                said.setdefault((name, (row,)), []).append(word)
    # An answer given twice is not the same as one given once.
    return {what: " and ".join(sorted(answers)) for what, answers in said.items()}


def _bound(run: Run, what: str, rows: tuple[Row, ...]) -> tuple[str, ...]:
    if what not in run.program.by_id:
        return (fact_path(run.facts, what, rows[0]),)
    eaches = zip(run.program.rule(what).eaches, rows, strict=True)
    return tuple(f"{e.var} = {fact_path(run.facts, e.relation, row)}" for e, row in eaches)
