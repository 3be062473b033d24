"""Engines in a process of their own: whatever happens there, here it is an answer or one sentence."""

from __future__ import annotations

import gc
import math
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crm_rules import api
from crm_rules.diagnostics import Span
from crm_rules.engine import isolated
from crm_rules.engine.compiled import CompiledEngine
from crm_rules.engine.isolated import IsolatedEngine
from crm_rules.engine.protocol import Limits
from crm_rules.engine.registry import engine_named, installed_engines
from crm_rules.errors import EngineError, RulesetError, UnsupportedByEngine
from crm_rules.facts.base import FactBase, Origin
from crm_rules.facts.schema import Column, Kind, Relation, RelationKind, Schema, ValueType
from crm_rules.program.program import Program, compile_program
from tests.engine.choices import Seeded
from tests.engine.drafts import each, risk
from tests.engine.fake_engines import Fake, Renamed, unmakable
from tests.engine.random_cases import random_case
from tests.house.checkout import ROOT

PEOPLE = Schema.of(
    [Relation("people", RelationKind.LIST, (Column("id", ValueType(Kind.KEY, targets=frozenset({"people"}))),))]
)
FACTS = FactBase.of(PEOPLE, {"people": [{"id": "ann"}]})
PROJECT = ROOT / "examples" / "troubled-rollout" / "project.yaml"


def program(what: str) -> Program:
    """A program whose one rule tells `Fake` what to do."""
    return compile_program([risk(f"do.{what}", each("p in people"))], PEOPLE)


@pytest.fixture(scope="module")
def engine() -> Iterator[IsolatedEngine]:
    """One engine for all tests, as they leave it behind."""
    made = IsolatedEngine("fake", Fake)
    yield made
    made.close()


def who(engine: IsolatedEngine, what: str = "answer", **options: Any) -> tuple[Any, ...]:
    """What the fake engine says of itself."""
    (record,) = engine.run(program(what), FACTS, **options).certain_records
    return record


def alive(pid: int) -> bool:
    """Whether a process exists and has not ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


# -- answers ------------------------------------------------------------------------------------


def test_answers_are_those_of_the_engine() -> None:
    engine = IsolatedEngine("renamed", Renamed)
    compared = 0
    for seed in range(60):
        case = random_case(Seeded(seed))
        try:
            program = case.program
        except RulesetError:
            continue
        for possible in (True, False):
            run = engine.run(program, case.facts, possible=possible)
            assert run.same_answers(Renamed().run(program, case.facts, possible=possible))
            assert (run.engine, run.complete, run.facts is case.facts) == ("renamed", possible, True)
            compared += len(run.certain_records) + len(run.possible_records)
    engine.close()
    assert compared > 300


def test_it_runs_in_another_process_which_is_kept(engine: IsolatedEngine) -> None:
    first, second = who(engine), who(engine)
    assert first[0] == second[0] != os.getpid()
    assert first[-1] == "Fake"


def test_programs_are_sent_once_and_some_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = IsolatedEngine("fake", Fake)
    # An object that is kept has the same address each time, and one beside it another.
    answer = who(engine)[1]
    assert who(engine)[1] == answer
    assert who(engine, "other")[1] != answer
    assert who(engine)[1] == answer
    sent: list[tuple[bool, bool]] = []
    monkeypatch.setattr(isolated, "KEPT_PROGRAMS", 2)
    original = isolated._Worker._exchange

    def exchange(worker: Any, request: Any) -> Any:
        sent.append((request.program is not None, request.forget is not None))
        return original(worker, request)

    monkeypatch.setattr(isolated._Worker, "_exchange", exchange)
    for what in ("other", "print", "print", "other", "answer", "print"):
        who(engine, what)
    engine.close()
    assert sent == [(False, False), (True, True), (False, False), (False, False), (True, True), (True, True)]


def test_facts_travel_without_the_places_they_were_written_at(engine: IsolatedEngine) -> None:
    origin = Origin({("people", "ann", ""): Span("project.yaml", 3, 5)})
    facts = FactBase.of(PEOPLE, {"people": [{"id": "ann"}]}, origin=origin)
    (record,) = engine.run(program("answer"), facts).certain_records
    assert record[2] == 0


def test_what_was_asked_for_arrives(engine: IsolatedEngine) -> None:
    limits = Limits(firings=7, seconds=50)
    assert who(engine, possible=False, limits=limits)[3:5] == (False, limits)


def test_what_an_engine_prints_is_no_answer(engine: IsolatedEngine, capfd: pytest.CaptureFixture[str]) -> None:
    who(engine, "print")
    who(engine)
    assert capfd.readouterr().out == ""


def test_threads_take_turns(engine: IsolatedEngine) -> None:
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.extend(who(engine)[0] for _ in range(5))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 20
    assert len(set(found)) == 1


# -- ends ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("segfault", "the engine 'fake' crashed in its process (SIGSEGV), so that there is no answer"),
        ("divide", "the engine 'fake' crashed in its process (SIGFPE), so that there is no answer"),
        ("leave", "the engine 'fake' ended its process with exit code 7, so that there is no answer"),
    ],
)
def test_a_crash_is_one_sentence_and_the_next_run_has_a_new_process(
    engine: IsolatedEngine, what: str, message: str
) -> None:
    before = who(engine)[0]
    for _ in range(2):
        with pytest.raises(EngineError) as caught:
            engine.run(program(what), FACTS)
        assert str(caught.value) == message
    assert who(engine)[0] != before


@pytest.mark.parametrize("what", ["loop", "loop_in_c"])
def test_an_endless_run_ends_when_its_time_is_over(engine: IsolatedEngine, what: str) -> None:
    before = who(engine)[0]
    began = time.monotonic()
    with pytest.raises(EngineError) as caught:
        engine.run(program(what), FACTS, limits=Limits(seconds=0.6))
    assert 0.5 < time.monotonic() - began < 5
    assert str(caught.value) == "the engine 'fake' gave no answer within 0.6 seconds (limit: seconds)"
    assert not alive(before)
    assert who(engine)[0] != before


@pytest.mark.parametrize("seconds", [math.inf, 1e10, 10**400, threading.TIMEOUT_MAX])
def test_a_time_nobody_can_wait_for_is_no_mistake(engine: IsolatedEngine, seconds: float) -> None:
    assert who(engine, limits=Limits(seconds=seconds))[0] == who(engine)[0]


@pytest.mark.parametrize("seconds", [0, -1, -0.5, math.nan, "60"])
def test_a_time_that_is_none_is_refused(seconds: Any) -> None:
    with pytest.raises(ValueError, match=rf"^seconds has to be a number above 0, not {seconds!r}$"):
        Limits(seconds=seconds)


@pytest.mark.parametrize("name", ["derived_facts", "firings", "rounds", "combinations", "matches"])
@pytest.mark.parametrize("value", [-1, math.nan, math.inf, 2.5, None, True])
def test_a_limit_that_cannot_be_counted_to_is_refused(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=rf"^{name} has to be a whole number of at least 0, not {value!r}$"):
        Limits(**{name: value})
    assert getattr(Limits(**{name: 0}), name) == 0


def test_an_answer_that_comes_as_the_time_ends_counts_and_the_process_is_not_asked_again(
    engine: IsolatedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    kills: list[int] = []
    exchange, kill = isolated._Worker._exchange, subprocess.Popen.kill

    def lingers(worker: Any, request: Any) -> Any:
        answer = exchange(worker, request)
        while not kills:
            time.sleep(0.01)
        return answer

    def takes_its_time(process: Any) -> None:
        kills.append(process.pid)
        if len(kills) > 1:
            kill(process)

    who(engine)
    with monkeypatch.context() as slowed:
        slowed.setattr(isolated._Worker, "_exchange", lingers)
        slowed.setattr(subprocess.Popen, "kill", takes_its_time)
        pid = who(engine, limits=Limits(seconds=0.2))[0]
    assert kills[0] == pid
    assert who(engine)[0] != pid
    assert not alive(pid)


def test_without_a_limit_there_is_one(engine: IsolatedEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    who(engine)
    monkeypatch.setattr(isolated, "DEFAULT_SECONDS", 0.5)
    with pytest.raises(EngineError, match=r"within 0.5 seconds \(limit: seconds\)"):
        engine.run(program("loop"), FACTS)


def test_a_process_killed_in_the_middle_of_a_run_is_a_crash(engine: IsolatedEngine) -> None:
    pid = who(engine)[0]
    killer = threading.Timer(0.3, os.kill, (pid, signal.SIGKILL))
    killer.start()
    with pytest.raises(EngineError, match=r"crashed in its process \(SIGKILL\)"):
        engine.run(program("wait"), FACTS)
    killer.join()
    assert who(engine)[0] != pid


def test_a_process_killed_between_runs_is_replaced_silently(engine: IsolatedEngine) -> None:
    pid = who(engine)[0]
    assert engine._worker is not None
    os.kill(pid, signal.SIGKILL)
    while engine._worker.usable():
        time.sleep(0.01)
    assert who(engine)[0] != pid


@pytest.mark.parametrize(
    ("what", "error", "message"),
    [
        ("limit", EngineError, "more than 3 firings (limit: firings)"),
        ("refuse", UnsupportedByEngine, "rule some.rule: it is too hard"),
        ("fail", ZeroDivisionError, "on purpose"),
    ],
)
def test_errors_reach_the_caller_as_they_are(
    engine: IsolatedEngine, what: str, error: type[Exception], message: str
) -> None:
    pid = who(engine)[0]
    with pytest.raises(error) as caught:
        engine.run(program(what), FACTS)
    assert type(caught.value) is error
    assert str(caught.value) == message
    # Where a defect came from is told in its notes; a limit needs none.
    notes = getattr(caught.value, "__notes__", [])
    assert ("in fail" in "".join(notes)) is (what == "fail")
    assert who(engine)[0] == pid


def test_an_error_that_cannot_travel_is_told_in_words(engine: IsolatedEngine) -> None:
    with pytest.raises(EngineError, match=r"an engine failed in its process:(.|\n)*Strange: cannot be sent"):
        engine.run(program("fail_strangely"), FACTS)


def test_an_engine_that_cannot_be_made_says_why() -> None:
    engine = IsolatedEngine("unmakable", unmakable)
    for _ in range(2):
        with pytest.raises(EngineError, match=r"^it is not here$"):
            engine.run(program("answer"), FACTS)
    engine.close()


def test_control_c_is_for_the_host(engine: IsolatedEngine) -> None:
    assert who(engine, "ignore_interrupts")[0] == who(engine)[0]


def test_an_interrupted_host_does_not_take_the_answer_for_the_next_one(
    engine: IsolatedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    pid = who(engine)[0]

    def interrupt(worker: Any, request: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(isolated._Worker, "_exchange", interrupt)
        with pytest.raises(KeyboardInterrupt):
            engine.run(program("wait"), FACTS)
    assert not alive(pid)
    assert who(engine, "other")[0] != pid


# -- the process and its host -------------------------------------------------------------------


def test_no_thread_is_left_and_the_process_ends_with_the_engine() -> None:
    threads = threading.active_count()
    engine = IsolatedEngine("fake", Fake)
    pid = who(engine)[0]
    assert threading.active_count() == threads
    assert alive(pid)
    del engine
    gc.collect()
    assert not alive(pid)


def test_closing_ends_the_process_and_the_next_run_starts_another(engine: IsolatedEngine) -> None:
    engine.close()
    pid = who(engine)[0]
    engine.close()
    assert not alive(pid)
    assert who(engine)[0] != pid


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks here")
def test_a_fork_of_the_host_has_a_process_of_its_own(engine: IsolatedEngine) -> None:
    pid = who(engine)[0]
    fork = os.fork()
    if not fork:
        try:
            other = who(engine)[0]
            engine.close()
            os._exit(0 if other != pid and not alive(other) else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(fork, 0)[1]) == 0
    assert who(engine)[0] == pid


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks here")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_fork_can_run_while_another_thread_of_its_host_does(engine: IsolatedEngine) -> None:
    pid = who(engine)[0]
    answers: list[Any] = []
    thread = threading.Thread(target=lambda: answers.append(who(engine, "wait")))
    thread.start()
    while not engine._lock.here.locked():
        time.sleep(0.01)
    # The thread is reading the answer by now.
    time.sleep(0.2)
    fork = os.fork()
    if not fork:
        try:
            # What waits for a lock nobody has ends here.
            signal.setitimer(signal.ITIMER_REAL, 20)
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            other = who(engine)[0]
            engine.close()
            os._exit(0 if other != pid and not alive(other) else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(fork, 0)[1]) == 0
    thread.join()
    assert [a[0] for a in answers] == [pid]
    assert who(engine)[0] == pid


def test_a_fork_does_not_send_what_its_host_was_about_to(engine: IsolatedEngine) -> None:
    pid = who(engine)[0]
    worker = engine._worker
    assert worker is not None
    stdin = worker._process.stdin
    assert stdin is not None
    fork = os.fork()
    if not fork:
        try:
            stdin.write(b"half a request")
            engine.close()
            os._exit(0)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(fork, 0)[1]) == 0
    assert who(engine)[0] == pid


def test_an_interruption_while_the_process_starts_is_for_the_host(tmp_path: Path) -> None:
    package = tmp_path / "crm_rules" / "engine"
    package.mkdir(parents=True)
    (tmp_path / "crm_rules" / "__init__.py").write_text("import os, signal; os.kill(os.getpid(), signal.SIGINT)\n")
    (package / "__init__.py").write_text("")
    (package / "isolated.py").write_text("def serve():\n    print('served')\n")
    command = [sys.executable, "-I", "-c", isolated._START]
    # Whoever runs the tests may ignore interruptions, and what is started would inherit that.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        done = subprocess.run(command, input=pickle.dumps([str(tmp_path), *sys.path]), capture_output=True, check=False)
    finally:
        signal.signal(signal.SIGINT, before)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, b"served", b"")


DAEMON = """
import os, sys
os.close(2)
sys.stderr = None
from crm_rules.engine.isolated import IsolatedEngine
from tests.engine.fake_engines import Fake
from tests.engine.test_isolated import FACTS, program
engine = IsolatedEngine("fake", Fake)
for what in ("print", "answer"):
    print(len(engine.run(program(what), FACTS).certain_records))
"""


def test_a_host_without_standard_error_has_answers_as_well() -> None:
    done = subprocess.run(
        [sys.executable, "-c", DAEMON], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout) == (0, "1\n1\n")


SCRIPT = """
import crm_rules as cr
print("once")
assessor = cr.Assessor(engine="reference", isolated=True)
print(assessor.assess(cr.load_project({project!r})).run.engine)
"""


def test_a_script_without_a_main_guard_runs_once_and_ends(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(project=str(PROJECT)), "utf-8")
    # In its folder there is something that must not be taken for the standard library.
    (tmp_path / "pickle.py").write_text("raise SystemExit('wrong pickle')", "utf-8")
    command = [sys.executable, "-X", "dev", "-W", "error", "-P", str(script)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "once\nreference\n", "")


def test_every_installed_engine_can_be_isolated() -> None:
    program = api.Assessor().program
    facts, _ = api.project_facts(api.load_project(PROJECT), program.schema)
    expected = CompiledEngine().run(program, facts)
    assert expected.certain_records
    for name in installed_engines():
        engine = engine_named(name, isolated=True)
        run = engine.run(program, facts)
        assert run.engine == name
        assert run.same_answers(expected)
        assert engine_named(name, isolated=True) is engine
        assert engine_named(name) is not engine
