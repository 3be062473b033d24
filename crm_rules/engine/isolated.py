"""Any engine in a process of its own, so that its crash or an endless run stays there.

The process is a plain Python started on first use and kept. It is not made by `multiprocessing`, which
would run the main module of the host application a second time. Requests and answers are pickles on its
standard input and output; a watchdog in the host kills it when a run takes too long. Programs are sent
once, facts without the places they were written at, which no engine looks at.
"""

from __future__ import annotations

import faulthandler
import os
import pickle
import signal
import subprocess
import sys
import threading
import traceback
import weakref
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from crm_rules.engine.locks import ProcessLock
from crm_rules.engine.protocol import Derived, Engine, Limits, Record, Run, too_slow
from crm_rules.errors import CrmRulesError, EngineError
from crm_rules.facts.base import Extension, FactBase
from crm_rules.program.program import Program

DEFAULT_SECONDS: Final = 60.0
"""Longest time of a run when `Limits` names none."""

KEPT_PROGRAMS: Final = 16
"""How many programs the process keeps."""

GRACE: Final = 10.0
"""Seconds after which the process ends itself when its host is gone and a run does not end."""

# Ctrl-C is for the host, which ends this process in its own way; it can come while modules are imported.
# Nothing is imported from the folder the host happens to be in; what can be imported there can be here.
_START: Final = (
    "import signal\n"
    "signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
    "import pickle, sys\n"
    "sys.path[:] = pickle.load(sys.stdin.buffer)\n"
    "from crm_rules.engine.isolated import serve\n"
    "serve()\n"
)


@dataclass(frozen=True, slots=True)
class _Request:
    """One run; `program` is None when the process has it already, `forget` names one it no longer needs."""

    key: int
    program: Program | None
    forget: int | None
    extensions: Mapping[str, Extension]
    possible: bool
    limits: Limits
    seconds: float


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a run came to: records, or the error it raised."""

    certain: Sequence[Record] = ()
    possible: Sequence[Record] = ()
    derived: Mapping[str, Derived] | None = None
    error: BaseException | None = None
    trace: str = ""


class IsolatedEngine:
    """An engine that runs elsewhere. Runs are made one at a time.

    Args:
        name: name of the engine, for messages and results.
        make: makes the engine in its process; a function or class that can be imported there.
    """

    def __init__(self, name: str, make: Callable[[], Engine]) -> None:
        self.name = name
        self._make = make
        self._lock = ProcessLock()
        self._worker: _Worker | None = None
        self._end: weakref.finalize[..., Any] | None = None

    def run(self, program: Program, facts: FactBase, *, possible: bool = True, limits: Limits | None = None) -> Run:
        """Run a program; see `engine.protocol.Engine`.

        Raises:
            EngineError: moreover, the process crashed, or the run took longer than `limits.seconds`.
        """
        limits = limits or Limits()
        seconds = limits.timeout(DEFAULT_SECONDS)
        with self._lock.here:
            worker = self._running()
            try:
                answer = worker.ask(program, facts, possible, limits, seconds)
            except BaseException:
                # An answer that is still to come would be taken for that of the next run.
                self._stop()
                raise
        if answer.error is not None:
            if answer.trace:
                answer.error.add_note(answer.trace)
            raise answer.error
        return Run(program, facts, self.name, answer.certain, answer.possible, answer.derived or {}, complete=possible)

    def close(self) -> None:
        """End the process; the next run starts another one."""
        with self._lock.here:
            self._stop()

    def _stop(self) -> None:
        if self._end is not None:
            self._end()
        self._worker = self._end = None

    def _running(self) -> _Worker:
        if self._worker is None or not self._worker.usable():
            self._stop()
            self._worker = _Worker(self.name, self._make)
            # The process ends with the engine, and at the latest with the interpreter.
            self._end = weakref.finalize(self, self._worker.stop)
        return self._worker


class _Worker:
    """The process, seen from its host."""

    def __init__(self, name: str, make: Callable[[], Engine]) -> None:
        self._name = name
        self._owner = os.getpid()
        self._sent: OrderedDict[int, Program] = OrderedDict()
        self._count = 0
        if not sys.executable:
            raise EngineError(f"the engine '{name}' cannot run in a process of its own: Python's own path is not known")
        # What the process reads before the first request.
        self._greeting = pickle.dumps(sys.path) + pickle.dumps(make)
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-c", _START], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def usable(self) -> bool:
        """Whether the process is there, and is ours: a fork of its host must not talk to it."""
        return self._owner == os.getpid() and self._process.poll() is None

    def ask(self, program: Program, facts: FactBase, possible: bool, limits: Limits, seconds: float) -> _Answer:
        """Have one run made.

        Raises:
            EngineError: the process ended, by itself or because the time was over.
        """
        late = threading.Event()

        def kill() -> None:
            late.set()
            self._process.kill()

        watchdog = threading.Timer(seconds, kill)
        watchdog.start()
        try:
            return self._exchange(self._request(program, facts, possible, limits, seconds))
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            if late.is_set():
                raise too_slow(self._name, seconds) from error
            message = f"the engine '{self._name}' {_ending(self._process)}, so that there is no answer"
            raise EngineError(message) from error
        finally:
            watchdog.cancel()
            watchdog.join()
            if late.is_set():
                # The answer may have come all the same; the process must not be asked again while it is dying.
                self.stop()

    def _request(self, program: Program, facts: FactBase, possible: bool, limits: Limits, seconds: float) -> _Request:
        forget = None
        key = next((k for k, p in self._sent.items() if p is program or _same(p, program)), None)
        new = key is None
        if key is None:
            self._count = key = self._count + 1
            self._sent[key] = program
            if len(self._sent) > KEPT_PROGRAMS:
                forget = self._sent.popitem(last=False)[0]
        self._sent.move_to_end(key)
        return _Request(key, program if new else None, forget, facts.extensions, possible, limits, seconds)

    def _exchange(self, request: _Request) -> _Answer:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None, "both were asked for"
        stdin.write(self._greeting + pickle.dumps(request))
        stdin.flush()
        self._greeting = b""
        answer: _Answer = pickle.load(stdout)
        return answer

    def stop(self) -> None:
        """End the process, or in a fork of its host forget it."""
        process = self._process
        ours = self._owner == os.getpid()
        if ours:
            process.kill()
            process.wait()
        else:
            process.returncode = 0
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                try:
                    # A fork must not write out what its host was writing, nor wait for a lock that a
                    # thread of the host has on the buffer.
                    (pipe if ours else pipe.raw).close()  # type: ignore[attr-defined]
                except OSError:
                    # What was still to be written has no reader any more.
                    continue


def _same(one: Program, other: Program) -> bool:
    return one.fingerprint == other.fingerprint and one.schema == other.schema


def _ending(process: subprocess.Popen[bytes]) -> str:
    """How a process that closed its output has ended, in words."""
    code = process.wait()
    if code >= 0:
        return f"ended its process with exit code {code}"
    try:
        return f"crashed in its process ({signal.Signals(-code).name})"
    except ValueError:
        return f"crashed in its process (signal {-code})"


# -- the process itself -------------------------------------------------------------------------


def serve() -> None:
    """Answer requests on standard input until it ends."""
    # Where the host has closed its standard error there is none here, and this takes its number: what C
    # writes to it must not end up among the answers.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    requests = sys.stdin.buffer
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # Nor must what anybody prints.
    os.dup2(nowhere if sys.stderr is None else sys.stderr.fileno(), sys.stdout.fileno())
    make: Callable[[], Engine] = pickle.load(requests)
    programs: dict[int, Program] = {}
    engine: Engine | None = None
    while True:
        try:
            request: _Request = pickle.load(requests)
        except EOFError:
            return
        faulthandler.dump_traceback_later(min(request.seconds + GRACE, threading.TIMEOUT_MAX), exit=True, file=nowhere)
        if request.program is not None:
            programs[request.key] = request.program
        if request.forget is not None:
            del programs[request.forget]
        try:
            engine = engine or make()
            answer = _answer(engine, programs[request.key], request)
        except CrmRulesError as error:
            answer = _Answer(error=error)
        except Exception as error:  # noqa: BLE001 - every error belongs to who asked for the run
            answer = _Answer(error=error, trace=traceback.format_exc())
        faulthandler.cancel_dump_traceback_later()
        _send(answer, answers)


def _answer(engine: Engine, program: Program, request: _Request) -> _Answer:
    facts = FactBase(program.schema, request.extensions)
    run = engine.run(program, facts, possible=request.possible, limits=request.limits)
    return _Answer(run.certain_records, run.possible_records, run.derived)


def _send(answer: _Answer, answers: BinaryIO) -> None:
    try:
        text = pickle.dumps(answer)
    except Exception:  # noqa: BLE001 - an error that cannot travel is told in words
        text = pickle.dumps(_Answer(error=EngineError(f"an engine failed in its process:\n{answer.trace}")))
    answers.write(text)
    answers.flush()
