"""The durable-rules engine: the same answers as all others, and no answer when it cannot vouch for one."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import import_module
from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings

from crm_rules import api
from crm_rules.engine import registry
from crm_rules.engine.compiled import CompiledEngine
from crm_rules.engine.durable_layout import Identities, IsCell, Numbering, Shard, check_names, distinct, fnv1a, lay_out
from crm_rules.engine.durable_patterns import Mode
from crm_rules.engine.durable_plan import MOST_ALTERNATIVES, plan_variants
from crm_rules.engine.protocol import Engine, Limits
from crm_rules.engine.reference import ReferenceEngine
from crm_rules.engine.registry import engine_named, installed_engines
from crm_rules.errors import EngineError, LimitReached, RulesetError, UnsupportedByEngine
from crm_rules.facts.base import FactBase
from crm_rules.facts.schema import Arity, Column, Kind, Relation, RelationKind, Schema, ValueType
from crm_rules.facts.values import NO_VALUE
from crm_rules.program.program import Program, compile_program
from tests import fuzz, soak
from tests.engine.choices import Seeded
from tests.engine.drafts import check, conclusion, each, none, risk, some
from tests.engine.random_cases import Case, random_case
from tests.engine.random_facts import DEGREES, random_facts
from tests.house.checkout import ROOT
from tests.strategies import cases

needed = pytest.mark.skipif("durable" not in installed_engines(), reason="durable_rules is not installed here")

MODES: tuple[Mode, ...] = ("sure", "loose")
COMPILED = CompiledEngine()
REFERENCE = ReferenceEngine()
PEOPLE = Schema.of(
    [
        Relation(
            "people",
            RelationKind.LIST,
            (
                Column("id", ValueType(Kind.KEY, targets=frozenset({"people"}))),
                Column("boss", ValueType(Kind.KEY, targets=frozenset({"people"}))),
                Column("load", ValueType(Kind.NUMBER)),
            ),
        ),
        Relation("busy", RelationKind.DERIVED, (Column("who", ValueType(Kind.KEY, targets=frozenset({"people"}))),)),
        Relation("counted", RelationKind.DERIVED, (Column("n", ValueType(Kind.NUMBER)),)),
    ]
)


@pytest.fixture
def engine() -> Iterator[Any]:
    """An engine with an empty cache."""
    from crm_rules.engine.durable import DurableEngine

    made = DurableEngine()
    yield made
    made.close()


@pytest.fixture
def library() -> Any:
    """The C library."""
    return import_module("durable_rules_engine")


def team(*loads: float, boss: str | None = "p0") -> FactBase:
    """People with loads, all of one boss."""
    return FactBase.of(PEOPLE, {"people": [{"id": f"p{i}", "boss": boss, "load": n} for i, n in enumerate(loads)]})


def busy_program() -> Program:
    """Who is busy, whose boss is, and who is not."""
    return compile_program(
        [
            conclusion("a.busy", {"busy": {"who": "p.id"}}, each("p in people", "p.load > 1")),
            risk(
                "b.boss", each("p in people"), each("q in people", "p.boss == q.id"), some("b in busy", "b.who == q.id")
            ),
            risk("b.idle", each("p in people"), none("b in busy", "b.who == p.id")),
        ],
        PEOPLE,
    )


def same(program: Program, facts: FactBase, one: Engine, other: Engine) -> bool:
    """Whether two engines agree, asked for everything and for certain answers alone."""
    return all(
        one.run(program, facts, possible=p).same_answers(other.run(program, facts, possible=p)) for p in (True, False)
    )


# -- the same answers ---------------------------------------------------------------------------


@needed
@settings(max_examples=120)
@given(cases())
def test_random_programs_have_the_same_run(case: Case) -> None:
    assert same(case.program, case.facts, engine_named("durable"), COMPILED)


@needed
def test_all_engines_agree_on_many_programs_in_which_much_happens() -> None:
    tally = fuzz.fuzz((REFERENCE, engine_named("durable"), COMPILED), seed=31, numbers=range(160))
    assert tally.failure == ""
    assert tally.unanswered == []
    counts = tally.counts
    assert counts["programs"] > 120
    assert all(n >= fuzz.FACTS * counts["programs"] for n in tally.compared.values())
    assert len(tally.compared) == 3
    assert counts["programs that fire"] >= 0.8 * counts["programs"]
    assert counts["recursive programs"] >= 0.1 * counts["programs"]
    for what in ("negations", "aggregates", "raised", "any", "some", "certain firings", "possible firings"):
        assert counts[what] >= 0.3 * counts["programs"], what


class ManyRows(Seeded):
    """Choices with which lists have five to fifteen entries instead of up to four."""

    def pick(self, items: Any) -> Any:
        return super().pick((5, 8, 12, 15) if items == (2, 1, 3, 3, 3, 2, 0, 4) else items)


@needed
def test_more_facts_than_the_reference_engine_can_try_make_no_difference(engine: Engine) -> None:
    firings = 0
    for seed in range(80):
        case = random_case(Seeded(seed))
        try:
            program = case.program
        except RulesetError:
            continue
        facts = random_facts(ManyRows(seed), case.schema, DEGREES[seed % len(DEGREES)])
        run = engine.run(program, facts)
        assert run.differences(COMPILED.run(program, facts)) == [], seed
        firings += len(run.certain_records) + len(run.possible_records)
    assert firings > 2_500


TIGHT: dict[str, dict[str, int]] = {
    "no alternatives": {"plan.MOST_VARIANTS": 1, "plan.MOST_ALTERNATIVES": 1},
    "few alternatives": {"plan.MOST_VARIANTS": 3, "plan.MOST_ALTERNATIVES": 2, "durable.BATCH": 1},
    "one join": {"plan.MOST_JOINS": 1, "durable.BATCH": 3},
    "no sets": {"plan.MOST_EXPLODED": 0, "layout.MOST_PATTERNS_OF_RULESET": 1},
    "one set": {"plan.MOST_EXPLODED": 1, "layout.MOST_PATTERNS_OF_RULESET": 6},
    "few patterns": {"plan.MOST_PATTERNS_OF_RULE": 4, "layout.MOST_PROPERTIES": 2},
}


@needed
@pytest.mark.parametrize("limits", TIGHT.values(), ids=TIGHT)
def test_how_a_rule_is_planned_makes_no_difference(
    limits: dict[str, int], engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in limits.items():
        module, _, constant = name.partition(".")
        monkeypatch.setattr(f"crm_rules.engine.durable{'' if module == 'durable' else '_' + module}.{constant}", value)
    tally = fuzz.fuzz((engine, COMPILED), seed=32, numbers=range(60))
    assert tally.failure == ""
    assert tally.unanswered == []
    assert tally.counts["programs"] > 45
    assert tally.compared["durable", "compiled"] >= fuzz.FACTS * tally.counts["programs"]
    assert tally.counts["certain firings"] > 150


@needed
@pytest.mark.parametrize("project", sorted(p.parent.name for p in ROOT.glob("examples/*/project.yaml")))
def test_example_projects_have_the_same_run(project: str) -> None:
    assessor = api.Assessor(engine="durable")
    facts, _ = api.project_facts(
        api.load_project(ROOT / "examples" / project / "project.yaml"), assessor.program.schema
    )
    run = assessor.engine.run(assessor.program, facts)
    assert run.certain_records
    assert run.engine == "durable"
    assert run.differences(COMPILED.run(assessor.program, facts)) == []
    assert run.differences(REFERENCE.run(assessor.program, facts)) == []
    assert api.verify(run) == []


@needed
def test_threads_share_an_engine(engine: Engine) -> None:
    program = busy_program()
    facts = [team(*(i % 3 for i in range(n))) for n in range(2, 22)]
    expected = [COMPILED.run(program, f) for f in facts]
    wrong: list[int] = []

    def work() -> None:
        wrong.extend(i for i, f in enumerate(facts) if not engine.run(program, f).same_answers(expected[i]))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@needed
@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks here")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
@pytest.mark.parametrize("name", ["durable", "compiled"])
def test_a_fork_can_run_while_another_thread_of_its_host_does(
    name: str, engine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = engine if name == "durable" else CompiledEngine()
    program, facts = busy_program(), team(2, 0, 3, 1)
    expected = REFERENCE.run(program, facts)
    inside, goes_on = threading.Event(), threading.Event()

    def holds_the_lock() -> None:
        with engine._lock.here:
            inside.set()
            goes_on.wait()

    thread = threading.Thread(target=holds_the_lock)
    thread.start()
    inside.wait()
    fork = os.fork()
    if not fork:
        try:
            # What waits for a lock nobody has ends here.
            signal.setitimer(signal.ITIMER_REAL, 10)
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            os._exit(0 if engine.run(program, facts).same_answers(expected) else 1)
        finally:
            os._exit(2)
    goes_on.set()
    thread.join()
    assert os.waitstatus_to_exitcode(os.waitpid(fork, 0)[1]) == 0
    assert same(program, facts, engine, REFERENCE)


# -- what reaches the library -------------------------------------------------------------------


def shards_of(program: Program) -> list[Shard]:
    """All rulesets of a program."""
    found: list[Shard] = []
    for stratum in program.strata:
        for mode in MODES:
            found += lay_out([plan_variants(program, p, mode) for p in stratum.rules], Numbering())
    return found


def check_ruleset(shard: Shard) -> int:
    """Check a ruleset against what the library can be trusted with; returns the number of its joins."""
    rules = json.loads(shard.text)
    assert rules.pop("boot") == {"all": [{"m0": {"k": 1}}]}
    assert rules.pop("canary") == {"all": [{"m0": {"k": 2}}]}
    assert rules.keys() == shard.rules.keys()
    check_names(shard.kinds.values())
    assert sum(len(r["all"]) for r in rules.values()) <= 58 or len(rules) == 1
    joins = 0
    for rule in rules.values():
        assert rule.keys() == {"all", "dist"}
        assert rule["dist"] == 0
        assert len(rule["all"]) <= 16
        positive: set[str] = set()
        for number, pattern in enumerate(rule["all"]):
            ((alias, body),) = pattern.items()
            negated = alias == f"m{number}$not"
            assert negated or alias == f"m{number}"
            assert body.keys() == {"$and"}
            head, *tests = body["$and"]
            kind = shard.kinds[head["k"]]
            assert kind.shadow is negated
            literals = [t for t in tests if not isinstance(next(iter(t.values())), dict)]
            assert tests[: len(literals)] == literals
            assert all(v == 1 and k.startswith("f") for t in literals for k, v in t.items())
            joined = tests[len(literals) :]
            if number == 0:
                assert not negated
                assert not joined
            else:
                assert joined[-1] == {"u": {"m0": "u"}}
                assert len(joined) <= 13
                assert {a for t in joined for ref in t.values() for a in ref} <= positive
                joins += len(joined) - 1
            if not negated:
                positive.add(alias)
    return joins


def test_rulesets_keep_to_what_the_library_can_be_trusted_with() -> None:
    joins = shards = 0
    for seed in range(120):
        try:
            program = random_case(Seeded(seed)).program
        except RulesetError:
            continue
        for shard in shards_of(program):
            joins += check_ruleset(shard)
            shards += 1
    for shard in shards_of(api.Assessor().program):
        joins += check_ruleset(shard)
        shards += 1
    assert shards > 300
    assert joins > 500


@needed
def test_nothing_but_small_whole_numbers_reaches_the_library(
    engine: Engine, library: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    original = library.assert_facts

    def sends(handle: int, text: str) -> Any:
        sent.append(text)
        return original(handle, text)

    monkeypatch.setattr(library, "assert_facts", sends)
    for seed in range(40):
        case = random_case(Seeded(seed))
        engine.run(case.program, case.facts)
    facts = [f for text in sent for f in json.loads(text)]
    assert len(facts) > 400
    for fact in facts:
        assert fact.pop("id")[0] == "f"
        assert fact.pop("sid") == "s"
        assert fact.pop("u") == 1
        assert all(isinstance(v, int) and 0 <= v < 2**31 for v in fact.values())


def test_no_two_identities_have_one_hash() -> None:
    numbers = Identities().first(100_000)
    assert len({fnv1a(f"f{n}") for n in numbers}) == len(numbers) >= 100_000
    assert Identities([fnv1a("f2"), fnv1a("f11")]).first(10)[:10] == [1, 3, 4, 5, 6, 7, 8, 9, 10, 12]
    assert not distinct(["40189", "797186"])


@needed
def test_engines_count_their_facts_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    from crm_rules.engine.durable import DurableEngine

    def slow(text: str, start: int = 0) -> int:
        time.sleep(0.0005)
        return fnv1a(text, start)

    engines = [DurableEngine(), DurableEngine()]
    program, facts = busy_program(), team(2, 0, 3, 1)
    with monkeypatch.context() as slowed:
        slowed.setattr("crm_rules.engine.durable_layout.fnv1a", slow)
        threads = [threading.Thread(target=e.run, args=(program, facts)) for e in engines]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    for engine in engines:
        hashes = engine._identities._hashes
        assert len(hashes) > 5
        assert hashes == [fnv1a("f"), *(fnv1a(f"f{n}") for n in range(1, len(hashes)))]
        engine.close()


def test_names_the_library_would_confuse_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert fnv1a("costarring") == fnv1a("liquid")
    assert not distinct(["costarring", "declinate", "liquid"])
    assert fnv1a("") == 0x811C9DC5
    assert fnv1a("foobar") == 0xBF9CF968  # test vector of the authors of the hash
    (kind, *_) = (k for s in shards_of(chain(2)) for k in s.kinds.values())
    check_names([kind])
    crowded = replace(kind, cells={IsCell(n, "open"): n for n in range(248)})
    with pytest.raises(EngineError, match="facts for durable-rules have 253 properties, and it reads 252"):
        check_names([crowded])
    monkeypatch.setattr("crm_rules.engine.durable_layout.KIND", "c0")
    with pytest.raises(EngineError, match="cannot tell the properties of its facts apart"):
        check_names([kind])
    monkeypatch.setattr("crm_rules.engine.durable_layout.RESERVED", ("m0",))
    with pytest.raises(EngineError, match="cannot tell the patterns of a rule apart"):
        check_names([])


@pytest.mark.parametrize("fields", [4, 12])
def test_alternatives_are_counted_before_they_are_made(fields: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every equality of two values that may be unknown triples them: 12 of them would be half a million."""
    columns = tuple(Column(f"f{n}", ValueType(Kind.NUMBER)) for n in range(fields))
    schema = Schema.of([Relation("wide", RelationKind.LIST, (PEOPLE.relations["people"].columns[0], *columns))])
    where = [f"v.f{n} == w.f{n}" for n in range(fields)]
    program = compile_program([risk("r", each("w in wide"), none("v in wide", *where))], schema)

    def few(*options: Any) -> Any:
        assert math.prod(map(len, options)) <= MOST_ALTERNATIVES
        return product(*options)

    monkeypatch.setattr("crm_rules.engine.durable_plan.product", few)
    patterns = [len(plan_variants(program, 0, mode).variants[0].patterns) for mode in MODES]
    assert patterns == [1, 2]


@needed
def test_values_of_one_hash_are_not_joined(engine: Any, library: Any) -> None:
    program = compile_program([risk("r", each("p in people"), each("q in people", "p.boss == q.id"))], PEOPLE)
    (shard,) = lay_out([plan_variants(program, 0, "sure")], Numbering())
    (first, second) = shard.kinds.values()
    assert (len(first.views), len(first.cells), len(second.views), len(second.cells)) == (1, 1, 1, 1)
    assert fnv1a("40189") == fnv1a("797186")
    from crm_rules.engine.durable import _Compiled

    compiled = _Compiled((), Identities())
    with compiled.open(shard) as memory:
        facts = [(first, (1, 40189)), (second, (1, 797186)), (second, (1, 40189))]
        ((numbers, matches),) = ((n, list(m)) for n, m in memory.assert_facts(facts))
    compiled.close()
    assert [m for _, m in matches] == [{"m0": numbers[0], "m1": numbers[2]}]


# -- no answer rather than a wrong one ----------------------------------------------------------

Breakage = Callable[[pytest.MonkeyPatch, Any], None]


def _refuse(monkeypatch: pytest.MonkeyPatch, library: Any) -> None:
    original = library.assert_facts
    monkeypatch.setattr(library, "assert_facts", lambda h, t: (2, original(h, t)[1]))


def _fail(monkeypatch: pytest.MonkeyPatch, library: Any) -> None:
    def fails(handle: int, text: str) -> None:
        raise library.error("Could not assert facts, error code: 303")

    monkeypatch.setattr(library, "assert_facts", fails)


def _cut(monkeypatch: pytest.MonkeyPatch, library: Any) -> None:
    """As the library does on its own when it cannot read a fact: what follows is gone, the status is fine."""
    original = library.assert_facts
    monkeypatch.setattr(
        library, "assert_facts", lambda h, t: original(h, t if t.count("{") < 3 else t[: t.rindex(",{")] + "]")
    )


def _elsewhere(monkeypatch: pytest.MonkeyPatch, library: Any) -> None:
    original = library.assert_facts
    calls: list[int] = []

    def moves(handle: int, text: str) -> tuple[int, int]:
        calls.append(1)
        status, state = original(handle, text)
        return status, state + (len(calls) > 1)

    monkeypatch.setattr(library, "assert_facts", moves)


def _stay_silent(monkeypatch: pytest.MonkeyPatch, library: Any) -> None:
    monkeypatch.setattr(library, "start_action_for_state", lambda *_: None)


def _lose_matches(monkeypatch: pytest.MonkeyPatch, library: Any) -> None:
    """Every other match of the loose program is lost; only the comparison with the sure one can tell."""
    original = library.complete_and_start_action
    seen: list[int] = []

    def loses(handle: int, state: int) -> str | None:
        text: str | None = original(handle, state)
        while text and '"r' in text[:4]:
            seen.append(1)
            if len(seen) < 4:
                break
            text = original(handle, state)
        return text

    monkeypatch.setattr(library, "complete_and_start_action", loses)


BREAKAGES: dict[str, tuple[Breakage, str]] = {
    "a fact seen before": (_refuse, "status 2"),
    "an error number": (_fail, "error code: 303"),
    "a batch that is cut": (_cut, "did not read a batch of facts to its end"),
    "another memory": (_elsewhere, "refused facts"),
    "a rule that does not fire": (_stay_silent, "did not start"),
    "matches that are lost": (_lose_matches, "lost a match of rule"),
}


@needed
@pytest.mark.parametrize(("breaks", "words"), BREAKAGES.values(), ids=BREAKAGES)
def test_a_library_that_misbehaves_gives_no_answer(
    breaks: Breakage, words: str, engine: Engine, library: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, facts = busy_program(), team(2, 0, 3, 1)
    with monkeypatch.context() as broken:
        breaks(broken, library)
        with pytest.raises(EngineError, match=words):
            engine.run(program, facts)
    assert same(program, facts, engine, COMPILED)


@needed
def test_an_interruption_in_the_middle_of_a_run_leaves_nothing_behind(
    engine: Engine, library: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, facts = busy_program(), team(2, 0, 3, 1)
    original = library.complete_and_start_action
    for stop_at in range(1, 12):
        calls: list[int] = []

        def interrupt(handle: int, state: int, calls: list[int] = calls, stop_at: int = stop_at) -> str | None:
            calls.append(1)
            if len(calls) == stop_at:
                raise KeyboardInterrupt
            text: str | None = original(handle, state)
            return text

        with monkeypatch.context() as broken:
            broken.setattr(library, "complete_and_start_action", interrupt)
            with pytest.raises(KeyboardInterrupt):
                engine.run(program, facts)
        assert same(program, facts, engine, COMPILED)


@needed
def test_errors_of_conditions_reach_the_caller(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    program, facts = busy_program(), team(2, 0, 3, 1)

    def fails(*_: Any) -> None:
        raise RecursionError("on purpose")

    with monkeypatch.context() as broken:
        broken.setattr("crm_rules.engine.durable_conditions.evaluate", fails)
        with pytest.raises(RecursionError, match="on purpose"):
            engine.run(program, facts)
    assert same(program, facts, engine, COMPILED)


@needed
@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(firings=3), r"more than 3 firings \(limit: firings\)"),
        (Limits(derived_facts=4), r"more than 4 derived facts \(limit: derived facts\)"),
        (Limits(rounds=2), r"took more than 2 rounds \(limit: rounds\)"),
    ],
)
def test_limits_hold(limits: Limits, words: str, engine: Engine) -> None:
    program = compile_program(
        [
            conclusion("a.start", {"counted": {"n": "0"}}, check("count(p for p in people) > 0")),
            conclusion("a.next", {"counted": {"n": "c.n + 1"}}, each("c in counted", "c.n < 9")),
        ],
        PEOPLE,
    )
    with pytest.raises(EngineError, match=words):
        engine.run(program, team(1), limits=limits)
    run = engine.run(program, team(1), limits=Limits(firings=10, derived_facts=10, rounds=11))
    assert [row[0] for row in run.derived["counted"].certain] == list(range(10))


def pairs_program() -> Program:
    """A rule all pairs match and none fulfils, and one that fires."""
    return compile_program(
        [
            risk("a.pairs", each("p in people"), each("q in people", "p.load > q.load + 100")),
            risk("b.all", each("p in people")),
        ],
        PEOPLE,
    )


@needed
def test_matches_are_fetched_one_at_a_time_and_are_limited(
    engine: Any, library: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, facts = pairs_program(), team(*range(30))
    made: list[str] = []
    create = library.create_ruleset

    def creates(name: str, text: str) -> int:
        made.append(text)
        handle: int = create(name, text)
        return handle

    monkeypatch.setattr(library, "create_ruleset", creates)
    fetched: list[int] = []
    original = library.complete_and_start_action

    def fetches(handle: int, state: int) -> str | None:
        fetched.append(handle)
        text: str | None = original(handle, state)
        return text

    with monkeypatch.context() as counted:
        counted.setattr(library, "complete_and_start_action", fetches)
        with pytest.raises(LimitReached) as caught:
            engine.run(program, facts, limits=Limits(matches=200))
    assert str(caught.value) == (
        "durable-rules reported more than 200 matches, the last one of a.pairs (limit: matches)"
    )
    assert caught.value.rules == ("a.pairs",)
    assert 200 <= len(fetched) < 230
    run = engine.run(program, facts, possible=True, limits=Limits(matches=2 * (900 + 30)))
    assert run.same_answers(COMPILED.run(program, facts))
    assert len(run.certain_records) == 30
    # The ruleset that was left early is used again; the other one is that of the loose program.
    assert len(made) == 2


@needed
def test_runs_that_end_early_leave_no_memory_behind(engine: Engine) -> None:
    program, facts = pairs_program(), team(*range(60))
    found = []
    for _ in range(40):
        with pytest.raises(LimitReached):
            engine.run(program, facts, limits=Limits(matches=5))
        found.append(soak.resident_bytes())
    assert found[-1] - found[9] < 4_000_000


@needed
def test_the_clock_is_looked_at_between_matches(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    program, facts = pairs_program(), team(*range(30))
    looks: list[float] = []

    def ticks() -> float:
        looks.append(float(len(looks)))
        return looks[-1]

    with monkeypatch.context() as ticking:
        ticking.setattr("crm_rules.engine.durable_run.monotonic", ticks)
        with pytest.raises(LimitReached) as caught:
            engine.run(program, facts, limits=Limits(seconds=50))
    assert str(caught.value) == "the engine 'durable' gave no answer within 50 seconds (limit: seconds)"
    assert len(looks) == 52
    assert same(program, facts, engine, COMPILED)


def chain(length: int) -> Program:
    """A rule over so many people, each the boss of the one before."""
    eaches = [each("p0 in people")]
    eaches += [each(f"p{i} in people", f"p{i - 1}.boss == p{i}.id") for i in range(1, length)]
    return compile_program([risk("team.chain", *eaches)], PEOPLE)


@needed
def test_what_the_library_cannot_match_is_refused_before_anything_runs(
    engine: Engine, library: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = team(1)
    assert same(chain(16), facts, engine, COMPILED)
    monkeypatch.setattr(library, "create_ruleset", None)
    with pytest.raises(UnsupportedByEngine) as caught:
        engine.run(chain(17), facts)
    assert caught.value.rule == "team.chain"
    assert str(caught.value) == ("rule team.chain: it combines 17 facts, and durable-rules matches at most 16 at once")


# -- rulesets and memory ------------------------------------------------------------------------


@needed
def test_rulesets_are_made_once_and_deleted_with_the_program(
    engine: Any, library: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []
    deleted: list[int] = []
    create, delete = library.create_ruleset, library.delete_ruleset

    def creates(name: str, rules: str) -> int:
        made.append(create(name, rules))
        return made[-1]

    def deletes(handle: int) -> None:
        deleted.append(handle)
        delete(handle)

    monkeypatch.setattr(library, "create_ruleset", creates)
    monkeypatch.setattr(library, "delete_ruleset", deletes)
    monkeypatch.setattr("crm_rules.engine.durable.CACHED_PROGRAMS", 1)
    first = busy_program()
    engine.run(first, team(2, 0))
    count = len(made)
    assert count >= 3
    engine.run(busy_program(), team(2, 1, 3))
    assert len(made) == count
    assert deleted == []
    engine.run(chain(2), team(1))
    assert sorted(deleted) == sorted(made[:count])
    engine.close()
    assert sorted(deleted) == sorted(made)


@needed
@pytest.mark.parametrize("name", ["durable", "compiled"])
def test_a_value_that_is_computed_is_not_taken_for_one_that_is_stated(name: str, engine: Engine) -> None:
    """The same rules over the same facts; but computed values may be missing, and plans rely on it."""
    engine = engine if name == "durable" else CompiledEngine()
    stated = PEOPLE.relations["people"]
    people = replace(stated, columns=(*stated.columns[:-1], replace(stated.columns[-1], computed=True)))
    computed = Schema.of([people, *(r for r in PEOPLE.relations.values() if r is not stated)])
    drafts = [risk("a", each("p in people"), none("q in people", "q.id != p.id", "q.load == p.load"))]
    drafts.append(risk("b", each("p in people"), none("q in people", "q.load == p.load")))
    drafts.append(risk("c", each("p in people"), each("q in people", "q.load == p.load")))
    rows: list[dict[str, Any]] = [{"id": "p0", "load": NO_VALUE}, {"id": "p1", "load": None}, {"id": "p2", "load": 3}]
    programs = [compile_program(drafts, schema) for schema in (PEOPLE, computed)]
    engine.run(programs[0], team(1, 2))
    facts = FactBase.of(computed, {"people": rows})
    run = engine.run(programs[1], facts)
    assert run.differences(REFERENCE.run(programs[1], facts)) == []
    assert programs[0].fingerprint != programs[1].fingerprint
    assert compile_program(drafts, computed).fingerprint == programs[1].fingerprint


@needed
def test_programs_of_different_vocabularies_are_not_confused(engine: Engine) -> None:
    section = Relation("company", RelationKind.SECTION, (Column("id", ValueType(Kind.KEY)),))
    larger = PEOPLE.extended([section])
    program = busy_program()
    other = replace(program, schema=larger)
    facts = FactBase.of(larger, {"people": [{"id": "p0", "boss": "p0", "load": 2}]})
    assert other.fingerprint != program.fingerprint
    for _ in range(2):
        assert same(program, team(2, 0), engine, COMPILED)
        assert same(other, facts, engine, COMPILED)


@needed
def test_memory_stays_flat_and_no_thread_is_left(engine: Engine) -> None:
    program, facts = busy_program(), team(*(i % 4 for i in range(40)))
    for _ in range(30):
        engine.run(program, facts)
    threads, before = threading.active_count(), soak.resident_bytes()
    for _ in range(300):
        engine.run(program, facts)
    assert soak.resident_bytes() - before < 4_000_000
    assert threading.active_count() == threads


@needed
def test_programs_come_and_go_without_leaving_memory_behind(engine: Engine) -> None:
    programs = [random_case(Seeded(s)) for s in range(60)]
    found = []
    for _ in range(5):
        for case in programs:
            engine.run(case.program, case.facts)
        found.append(soak.resident_bytes())
    assert found[-1] - found[1] < 6_000_000


# -- where it is not ----------------------------------------------------------------------------


def test_nobody_who_does_not_ask_for_it_imports_the_library() -> None:
    code = (
        "import sys, crm_rules, crm_rules.engine.registry\n"
        "crm_rules.Assessor(); crm_rules.Assessor(engine='reference')\n"
        "sys.exit('durable_rules_engine' in sys.modules or 'durable' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


@pytest.mark.parametrize(
    ("version", "words"),
    [
        (
            (3, 12, 1),
            "is not installed: pip install 'crm-rules[durable]' builds it with a C compiler and the Python headers",
        ),
        (
            (3, 13, 0),
            (
                "is not installed: its package cannot be imported on Python 3.13 and later unless it is built by"
                f" {registry.BUILD_ON_NEWER_PYTHON}, or use Python 3.11 or 3.12"
            ),
        ),
    ],
)
def test_where_it_cannot_be_imported_one_sentence_says_how_to_get_it(
    version: tuple[int, ...], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "durable_rules_engine", None)
    monkeypatch.delitem(sys.modules, "crm_rules.engine.durable", raising=False)
    monkeypatch.delattr("crm_rules.engine.durable", raising=False)
    monkeypatch.setattr(registry, "sys", SimpleNamespace(version_info=version))
    registry._durable.cache_clear()
    try:
        assert installed_engines() == ("compiled", "reference")
        for isolated in (False, True):
            with pytest.raises(EngineError) as caught:
                engine_named("durable", isolated)
            assert str(caught.value) == f"the engine 'durable' {words}; the engine 'compiled' gives the same answers"
    finally:
        registry._durable.cache_clear()


@needed
def test_where_it_can_be_imported_it_is_listed() -> None:
    assert installed_engines() == ("compiled", "durable", "reference")
    assert engine_named("durable") is engine_named("durable")


# -- numbers that are none ----------------------------------------------------------------------


def test_what_is_not_a_number_is_refused_before_engines_can_disagree_about_it() -> None:
    with pytest.raises(ValueError, match=r"^load of 'p1' in people is not a number \(NaN\)$"):
        team(1, math.nan)
    several = Schema.of(
        [
            Relation(
                "s",
                RelationKind.SECTION,
                (PEOPLE.relations["people"].columns[0], Column("n", ValueType(Kind.NUMBER), Arity.SET)),
            )
        ]
    )
    with pytest.raises(ValueError, match=r"^n of 's' in s is not a number"):
        FactBase.of(several, {"s": {"id": "s", "n": [1, math.nan]}})
